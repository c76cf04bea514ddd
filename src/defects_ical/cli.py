"""The command line: the one place that looks at the clock, and that turns errors into words."""

from __future__ import annotations

import json
import re
import shlex
import sys
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from defects_ical import __version__, starter, timezones, wording
from defects_ical.comparison import ERRORS_AND_WARNINGS, compare, problems, unchanged
from defects_ical.episodes import Episode, by_start, expand
from defects_ical.errors import (
    AddressError,
    DefectsIcalError,
    Problem,
    ScheduleError,
    SilenceError,
)
from defects_ical.export import export, standing
from defects_ical.links import Address
from defects_ical.loading import load
from defects_ical.provenance import provenance
from defects_ical.published import legible, read
from defects_ical.publisher import Publisher
from defects_ical.report import HEADINGS, Report, columns, markdown, report
from defects_ical.schedule import Schedule, json_schema
from defects_ical.serving import is_wildcard, listen, serve
from defects_ical.site import Site, build
from defects_ical.timezones import Reading


class AddressParameter(click.ParamType[Address]):
    """An http or https address, with or without a path."""

    name = "url"

    def convert(
        self, value: str | Address, param: click.Parameter | None, ctx: click.Context | None
    ) -> Address:
        """The address, or wrong usage."""
        if isinstance(value, Address):
            return value
        try:
            return Address.parse(value)
        except AddressError as error:
            self.fail(str(error), param, ctx)


class Boundary(click.Group):
    """Commands whose users read what they can mend, and see the traceback of a bug of ours."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what its user can mend ends in its message and exit status."""
        try:
            return super().invoke(ctx)
        except DefectsIcalError as error:
            _complain(_told(error))
            ctx.exit(error.exit_status)


DEFAULT_SCHEDULE: Final = Path("schedule.yaml")
# Wider than any table.
WIDE: Final = 100_000
STYLES: Final = {"confirmed": "green", "tentative": "yellow", "cancelled": "red"}
VERDICT_STYLES: Final = {"fine": "green", "warning": "yellow", "error": "red"}
# Directly in the folder; what single files say, feeds say too.
FEED: Final = re.compile(r"/[^/]+\.ics")

SCHEDULE_OPTION = click.option(
    "--schedule",
    "path",
    type=click.Path(readable=False, path_type=Path),
    default=DEFAULT_SCHEDULE,
    show_default=True,
    metavar="FILE",
    help="The schedule to read.",
)


@click.group(cls=Boundary, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="defects-ical")
def main() -> None:
    """Publish the episodes of a TV series as calendar feeds."""


@main.command("export", short_help="Write the site to a folder.")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--url",
    "address",
    type=AddressParameter(),
    required=True,
    help="The address at which the folder will be public; links in the feeds begin with it.",
)
@SCHEDULE_OPTION
@click.option("--force", is_flag=True, help="Write also what subscribers would not learn of.")
def export_command(folder: Path, address: Address, path: Path, *, force: bool) -> None:
    """Write the site to DIR: a new or empty folder, or one that it wrote before."""
    schedule = load(path)
    made_of = provenance(schedule, address)
    outcome = standing(folder, made_of)
    if outcome is None:
        site = build(schedule, address)

        def judge(held: Mapping[str, bytes]) -> None:
            _refuse_silence(held, site, schedule, folder, force=force)

        outcome = export(site, address, folder, judge, made_of)
    _warn(schedule, expand(schedule))
    counts = f"{outcome.written} written, {outcome.unchanged} unchanged, {outcome.removed} removed"
    click.echo(f"{folder}: {counts}")


@main.command("serve", short_help="Serve the site over HTTP.")
@SCHEDULE_OPTION
@click.option(
    "--url",
    "address",
    type=AddressParameter(),
    help="The address at which the site is public, if it is not the one it is served at.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="HOST",
    help="The host name or IP address to listen on.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    metavar="PORT",
    help="The port to listen on; 0 takes one that is free.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    metavar="N",
    help="How many processes answer.",
)
def serve_command(path: Path, address: Address | None, host: str, port: int, workers: int) -> None:
    """Serve the site over HTTP until Ctrl-C."""
    with listen(host, port) as listening:
        if address is None and is_wildcard(listening):
            what = f"`--host {host}` is every address of this machine; name the one that links"
            raise click.UsageError(f"{what} begin with: `--url https://defects.example`")
        here = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}/"
        where = f"{address}, served from {here}," if address else here
        address = address or Address.parse(here)
        publisher = Publisher(path, address)
        schedule = load(path)
        _warn(schedule, expand(schedule))
        publisher.publish(schedule)
        told = f"{schedule.show.title} is at {where} until Ctrl-C"
        serve(publisher, address, listening, workers, lambda: click.echo(told))
    if sys.stdout.isatty():
        # The prompt does not belong behind a terminal's `^C`.
        click.echo()


@main.command(short_help="Show every episode, or what is wrong.")
@SCHEDULE_OPTION
@click.option(
    "--against",
    metavar="PUBLISHED",
    help="Compare with what is published: a feed's file, an exported folder, or a feed's address.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown"]),
    help="How a comparison is written: for a screen (text) or for a pull request (markdown).",
)
def check(path: Path, against: str | None, form: str | None) -> None:
    """Say what is wrong with the schedule, or show every episode that it makes.

    With --against, show what would change for subscribers instead, and what to add to the
    schedule so that they learn of it.
    """
    if form and not against:
        raise click.UsageError("`--format` is of a comparison; name what to compare `--against`")
    schedule = load(path)
    if against:
        _compare(schedule, against, path, markdown_wanted=form == "markdown")
        return
    episodes = expand(schedule)
    click.echo(schedule.show.title)
    _print(_table(schedule, episodes))
    warnings = _warn(schedule, episodes)
    verdict = _counted(warnings, "warning") if warnings else "nothing wrong"
    click.echo(f"{path}: {_counted(len(episodes), 'episode')}, {verdict}")


@main.command(short_help="Write a schedule for another show.")
@click.argument(
    "path",
    type=click.Path(path_type=Path),
    default=DEFAULT_SCHEDULE,
    metavar="[FILE]",
)
@click.option("--title", required=True, help="What the show is called.")
@click.option(
    "--premiere", required=True, metavar="DATE", help="The day of its first episode: 2025-03-02."
)
@click.option("--time", required=True, metavar="HH:MM", help="When it airs, by the local clocks.")
@click.option(
    "--timezone",
    required=True,
    metavar="ZONE",
    help="The zone of these clocks, by its IANA name: America/New_York.",
)
@click.option("--episodes", required=True, metavar="N", help="How many there are; 1 for a film.")
@click.option(
    "--platform",
    "platforms",
    required=True,
    multiple=True,
    metavar="NAME[,KEY=VALUE…]",
    help="Who shows it, as often as needed; keys are kind (television or streaming), region, url, "
    "delay (minutes after the broadcast) and id.",
)
@click.option(
    "--weekday",
    "weekdays",
    multiple=True,
    metavar="DAY[,DAY…]",
    help="When it airs, if not on the weekday of the premiere: monday,tuesday.",
)
@click.option(
    "--runtime", default="60", show_default=True, metavar="MINUTES", help="How long one episode is."
)
@click.option("--slug", help="The word in every address, if not the one made of the title.")
def init(path: Path, **said: Any) -> None:
    """Write a commented schedule for another show to FILE (schedule.yaml).

    The file must not be there yet.
    """
    outline = starter.Outline(**said)
    schedule = starter.start(path, outline, uuid.uuid4(), _now())
    airing = schedule.airing
    what = f"{_counted(airing.episodes, 'episode')} from {airing.premiere}"
    click.echo(f"{path}: {schedule.show.title}, {what}")
    click.echo("Its `uid` is the show's for ever. Next, complete the file by its comments; then:")
    option = "" if path == DEFAULT_SCHEDULE else f" --schedule {shlex.quote(str(path))}"
    for command in ("check", "serve", "export public --url URL"):
        click.echo(f"  defects-ical {command}{option}")


@main.command(short_help="Look at a live feed as calendar programs do.")
@click.argument("url", metavar="URL")
def doctor(url: str) -> None:
    """Say what calendar programs would stumble over in the feed at URL, ours or anybody's."""
    from defects_ical.doctor import diagnose, is_sound, told  # noqa: PLC0415 - slows other starts

    found = diagnose(url, _now())
    click.echo(told(url, found), nl=False)
    if not is_sound(found):
        click.get_current_context().exit(1)


@main.command(short_help="Print the JSON Schema of a schedule.")
def schema() -> None:
    """Print the JSON Schema of the schedule's format, for editors."""
    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


def _compare(schedule: Schedule, against: str, path: Path, *, markdown_wanted: bool) -> None:
    """Show what would change for subscribers; exit with 1 if they would not learn of it."""
    episodes = expand(schedule)
    published = read(against, schedule)
    site = build(schedule, published.address)
    differences = compare(published.calendars, site, schedule, episodes)
    told = report(differences, schedule, _now())
    title = f"{schedule.show.title}, compared with {against}"
    if markdown_wanted:
        click.echo(markdown(told, title), nl=False)
    else:
        _show(told, title, path)
    _warn(schedule, episodes)
    if any(each.verdict == "error" for each in differences):
        click.get_current_context().exit(1)


def _show(told: Report, title: str, path: Path) -> None:
    click.echo(title)
    if told.rows:
        _print(_comparison(told))
    for step in told.steps:
        click.echo(f"- {step}")
    for entry in told.entries:
        # Never broken by the screen: it is there to be copied.
        click.echo(f"  {entry}")
    click.echo(f"{path}: {told.summary}")


def _refuse_silence(
    held: Mapping[str, bytes], site: Site, schedule: Schedule, folder: Path, *, force: bool
) -> None:
    """Refuse what subscribers to an exported folder would not learn of; warn of other words."""
    had = {path: held[path] for path in held if FEED.fullmatch(path)}
    if unchanged(had, site):
        return
    sound, damaged = legible(had)
    differences = compare(sound, site, schedule, expand(schedule))
    silence = problems(differences, schedule, _now())
    if silence and not force:
        what = "nothing was written, because subscribers would not learn of this:"
        lines = [f"  {wrong}; {mend}" for wrong, mend in silence]
        text = "\n".join(
            (f"{folder}: {what}", *lines, "  or write it all the same, with `--force`")
        )
        raise SilenceError(text)
    told = problems(differences, schedule, _now(), ERRORS_AND_WARNINGS)
    _complain_of(f"{folder}{path}: damaged, and not compared" for path in damaged)
    _complain_of(f"{folder}: {wrong}; {mend}" for wrong, mend in told)


def _now() -> datetime:
    return datetime.now(UTC)


def _print(table: Table) -> None:
    out = Console(highlight=False)
    # A line that is broken by the screen is easier to read than columns cut short.
    out.width = max(out.width, out.measure(table, options=out.options.update(width=WIDE)).maximum)
    out.print(table)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _told(error: DefectsIcalError) -> Iterator[Text]:
    """What the user reads of an error: a line for each problem."""
    if isinstance(error, ScheduleError):
        yield from map(_problem, error.problems)
    else:
        yield Text.assemble(("error: ", "red"), str(error))


def _problem(problem: Problem) -> Text:
    """A problem in one line: the place stands back, what is wrong stands out."""
    place = f"{problem.place}:"
    what = str(problem).removeprefix(place).removesuffix(problem.mend)
    return Text.assemble((place, "dim"), (what, "bold"), problem.mend)


def _complain(lines: Iterable[Text]) -> None:
    # A screen breaks lines between words; a file or a program gets them whole.
    err = Console(stderr=True, highlight=False, soft_wrap=not sys.stderr.isatty())
    for line in lines:
        err.print(line)


def _table(schedule: Schedule, episodes: tuple[Episode, ...]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("Ep.", no_wrap=True)
    for reading in wording.readings(schedule.published, schedule):
        table.add_column(reading.place, no_wrap=True)
    table.add_column("Status", no_wrap=True)
    table.add_column("Rev.", no_wrap=True, justify="right")
    for episode in by_start(episodes):
        own, *others = wording.readings(episode.start, schedule)
        clocks = (f"{_date_beside(own, each)}{wording.time(each)}" for each in others)
        status = Text(episode.status, STYLES[episode.status])
        revision = str(episode.sequence)
        own_time = f"{_day(own)} {own.wall:%Y-%m-%d} {wording.time(own)}"
        name = Text(str(episode.number or episode.id))
        table.add_row(name, own_time, *clocks, status, revision)
    return table


def _comparison(told: Report) -> Table:
    table = Table(box=None, pad_edge=False)
    *shown, verdict = columns(told)
    for index in shown:
        table.add_column(HEADINGS[index], no_wrap=True)
    table.add_column(HEADINGS[verdict], no_wrap=True, justify="right")
    for row in told.rows:
        judged = Text(row.cells[verdict], VERDICT_STYLES[row.verdict])
        table.add_row(*(Text(row.cells[index]) for index in shown), judged)
    return table


def _date_beside(own: Reading, other: Reading) -> str:
    """The weekday, where the other clock is on another day."""
    return "" if other.wall.date() == own.wall.date() else f"{_day(other)} "


def _day(reading: Reading) -> str:
    return wording.WEEKDAYS[reading.wall.weekday()][:3]


def _warn(schedule: Schedule, episodes: tuple[Episode, ...]) -> int:
    """Tell what is likely to be a mistake; how many there are."""
    warnings = [*map(str, _warnings(schedule, episodes, _now()))]
    _complain_of(warnings)
    return len(warnings)


def _complain_of(warnings: Iterable[str]) -> None:
    _complain(Text.assemble(("warning: ", "yellow"), warning) for warning in warnings)


def _warnings(
    schedule: Schedule, episodes: tuple[Episode, ...], now: datetime
) -> Iterator[Problem]:
    for index, change in enumerate(schedule.changes):
        if change.at > now:
            what = "the change is dated in the future"
            yield schedule.problem(("changes", index, "at"), what, "write when it was decided")
    airing = [each for each in episodes if each.status != "cancelled"]
    for start, together in groupby(by_start(airing), key=lambda each: each.start):
        names = [each.name for each in together]
        if len(names) > 1:
            when = timezones.read(start, schedule.timezone).wall
            what = f"{' and '.join(names)} start together, on {when:%Y-%m-%d at %H:%M}"
            location = ("changes",) if schedule.changes else ("specials",)
            yield schedule.problem(location, what, "move or cancel one of them in `changes`")
