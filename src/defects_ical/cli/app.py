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

from defects_ical import __version__
from defects_ical.authoring.schedule_file import ShowAnswers, create_schedule
from defects_ical.compare.messages import ERRORS_AND_WARNINGS, format_issues
from defects_ical.compare.published import load_published, split_readable
from defects_ical.compare.report import HEADINGS, Report, build_report, to_markdown, used_columns
from defects_ical.compare.site_diff import compare_site, unchanged
from defects_ical.content.descriptions import format_time, local_times
from defects_ical.content.site_url import SiteURL
from defects_ical.errors import (
    DefectsIcalError,
    Problem,
    ScheduleError,
    SiteURLError,
    UnannouncedChangeError,
)
from defects_ical.export.exporter import export_site, is_up_to_date
from defects_ical.schedule.episodes import Episode, expand_episodes, sort_by_start
from defects_ical.schedule.loader import load_schedule
from defects_ical.schedule.model import Schedule, json_schema
from defects_ical.server.granian import bind_socket, is_wildcard, serve
from defects_ical.server.reloader import SiteReloader
from defects_ical.site.build import Site, build_site
from defects_ical.site.fingerprint import input_fingerprint
from defects_ical.text.english import WEEKDAYS, count_noun
from defects_ical.timezones.conversion import LocalTime, to_local


class AddressParameter(click.ParamType[SiteURL]):
    """An http or https address, with or without a path."""

    name = "url"

    def convert(
        self, value: str | SiteURL, param: click.Parameter | None, ctx: click.Context | None
    ) -> SiteURL:
        """The address, or wrong usage."""
        if isinstance(value, SiteURL):
            return value
        try:
            return SiteURL.parse(value)
        except SiteURLError as error:
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
    "site_url",
    type=AddressParameter(),
    required=True,
    help="The address at which the folder will be public; links in the feeds begin with it.",
)
@SCHEDULE_OPTION
@click.option("--force", is_flag=True, help="Write also what subscribers would not learn of.")
def export_command(folder: Path, site_url: SiteURL, path: Path, *, force: bool) -> None:
    """Write the site to DIR: a new or empty folder, or one that it wrote before."""
    schedule = load_schedule(path)
    made_of = input_fingerprint(schedule, site_url)
    outcome = is_up_to_date(folder, made_of)
    if outcome is None:
        site = build_site(schedule, site_url)

        def judge(held: Mapping[str, bytes]) -> None:
            _refuse_silence(held, site, schedule, folder, force=force)

        outcome = export_site(site, site_url, folder, judge, made_of)
    _warn(schedule, expand_episodes(schedule))
    counts = f"{outcome.written} written, {outcome.unchanged} unchanged, {outcome.removed} removed"
    click.echo(f"{folder}: {counts}")


@main.command("serve", short_help="Serve the site over HTTP.")
@SCHEDULE_OPTION
@click.option(
    "--url",
    "site_url",
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
def serve_command(path: Path, site_url: SiteURL | None, host: str, port: int, workers: int) -> None:
    """Serve the site over HTTP until Ctrl-C."""
    with bind_socket(host, port) as listening:
        if site_url is None and is_wildcard(listening):
            what = f"`--host {host}` is every address of this machine; name the one that links"
            raise click.UsageError(f"{what} begin with: `--url https://defects.example`")
        here = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}/"
        where = f"{site_url}, served from {here}," if site_url else here
        site_url = site_url or SiteURL.parse(here)
        publisher = SiteReloader(path, site_url)
        schedule = load_schedule(path)
        _warn(schedule, expand_episodes(schedule))
        publisher.publish(schedule)
        told = f"{schedule.show.title} is at {where} until Ctrl-C"
        serve(publisher, site_url, listening, workers, lambda: click.echo(told))
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
    schedule = load_schedule(path)
    if against:
        _compare(schedule, against, path, markdown_wanted=form == "markdown")
        return
    episodes = expand_episodes(schedule)
    click.echo(schedule.show.title)
    _print(_table(schedule, episodes))
    warnings = _warn(schedule, episodes)
    verdict = count_noun(warnings, "warning") if warnings else "nothing wrong"
    click.echo(f"{path}: {count_noun(len(episodes), 'episode')}, {verdict}")


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
    outline = ShowAnswers(**said)
    schedule = create_schedule(path, outline, uuid.uuid4(), _now())
    airing = schedule.airing
    what = f"{count_noun(airing.episodes, 'episode')} from {airing.premiere}"
    click.echo(f"{path}: {schedule.show.title}, {what}")
    click.echo("Its `uid` is the show's for ever. Next, complete the file by its comments; then:")
    option = "" if path == DEFAULT_SCHEDULE else f" --schedule {shlex.quote(str(path))}"
    for command in ("check", "serve", "export public --url URL"):
        click.echo(f"  defects-ical {command}{option}")


@main.command(short_help="Look at a live feed as calendar programs do.")
@click.argument("url", metavar="URL")
def doctor(url: str) -> None:
    """Say what calendar programs would stumble over in the feed at URL, ours or anybody's."""
    # It loads httpx and icalendar, which would slow every other command's start.
    from defects_ical.doctor import report  # noqa: PLC0415 - see above

    found = report.diagnose(url, _now())
    click.echo(report.format_report(url, found), nl=False)
    if not report.has_no_errors(found):
        click.get_current_context().exit(1)


@main.command(short_help="Print the JSON Schema of a schedule.")
def schema() -> None:
    """Print the JSON Schema of the schedule's format, for editors."""
    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


def _compare(schedule: Schedule, against: str, path: Path, *, markdown_wanted: bool) -> None:
    """Show what would change for subscribers; exit with 1 if they would not learn of it."""
    episodes = expand_episodes(schedule)
    published = load_published(against, schedule)
    site = build_site(schedule, published.site_url)
    differences = compare_site(published.calendars, site, schedule, episodes)
    told = build_report(differences, schedule, _now())
    title = f"{schedule.show.title}, compared with {against}"
    if markdown_wanted:
        click.echo(to_markdown(told, title), nl=False)
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
    sound, damaged = split_readable(had)
    differences = compare_site(sound, site, schedule, expand_episodes(schedule))
    silence = format_issues(differences, schedule, _now())
    if silence and not force:
        what = "nothing was written, because subscribers would not learn of this:"
        lines = [f"  {wrong}; {mend}" for wrong, mend in silence]
        text = "\n".join(
            (f"{folder}: {what}", *lines, "  or write it all the same, with `--force`")
        )
        raise UnannouncedChangeError(text)
    told = format_issues(differences, schedule, _now(), ERRORS_AND_WARNINGS)
    _complain_of(f"{folder}{path}: damaged, and not compared" for path in damaged)
    _complain_of(f"{folder}: {wrong}; {mend}" for wrong, mend in told)


def _now() -> datetime:
    return datetime.now(UTC)


def _print(table: Table) -> None:
    out = Console(highlight=False)
    # A line that is broken by the screen is easier to read than columns cut short.
    out.width = max(out.width, out.measure(table, options=out.options.update(width=WIDE)).maximum)
    out.print(table)


def _told(error: DefectsIcalError) -> Iterator[Text]:
    """What the user reads of an error: a line for each problem."""
    if isinstance(error, ScheduleError):
        yield from map(_problem, error.problems)
    else:
        yield Text.assemble(("error: ", "red"), str(error))


def _problem(problem: Problem) -> Text:
    """A problem in one line: the place stands back, what is wrong stands out."""
    place = f"{problem.location}:"
    what = str(problem).removeprefix(place).removesuffix(problem.hint)
    return Text.assemble((place, "dim"), (what, "bold"), problem.hint)


def _complain(lines: Iterable[Text]) -> None:
    # A screen breaks lines between words; a file or a program gets them whole.
    err = Console(stderr=True, highlight=False, soft_wrap=not sys.stderr.isatty())
    for line in lines:
        err.print(line)


def _table(schedule: Schedule, episodes: tuple[Episode, ...]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("Ep.", no_wrap=True)
    for reading in local_times(schedule.published, schedule):
        table.add_column(reading.place, no_wrap=True)
    table.add_column("Status", no_wrap=True)
    table.add_column("Rev.", no_wrap=True, justify="right")
    for episode in sort_by_start(episodes):
        own, *others = local_times(episode.start, schedule)
        clocks = (f"{_date_beside(own, each)}{format_time(each)}" for each in others)
        status = Text(episode.status, STYLES[episode.status])
        revision = str(episode.sequence)
        own_time = f"{_day(own)} {own.naive:%Y-%m-%d} {format_time(own)}"
        name = Text(str(episode.number or episode.id))
        table.add_row(name, own_time, *clocks, status, revision)
    return table


def _comparison(told: Report) -> Table:
    table = Table(box=None, pad_edge=False)
    *shown, verdict = used_columns(told)
    for index in shown:
        table.add_column(HEADINGS[index], no_wrap=True)
    table.add_column(HEADINGS[verdict], no_wrap=True, justify="right")
    for row in told.rows:
        judged = Text(row.cells[verdict], VERDICT_STYLES[row.verdict])
        table.add_row(*(Text(row.cells[index]) for index in shown), judged)
    return table


def _date_beside(own: LocalTime, other: LocalTime) -> str:
    """The weekday, where the other clock is on another day."""
    return "" if other.naive.date() == own.naive.date() else f"{_day(other)} "


def _day(reading: LocalTime) -> str:
    return WEEKDAYS[reading.naive.weekday()][:3]


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
    for start, together in groupby(sort_by_start(airing), key=lambda each: each.start):
        names = [each.name for each in together]
        if len(names) > 1:
            when = to_local(start, schedule.timezone).naive
            what = f"{' and '.join(names)} start together, on {when:%Y-%m-%d at %H:%M}"
            location = ("changes",) if schedule.changes else ("specials",)
            yield schedule.problem(location, what, "move or cancel one of them in `changes`")
