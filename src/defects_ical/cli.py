"""The command line: the one place that looks at the clock, and that turns errors into words."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from defects_ical import __version__, timezones, wording
from defects_ical.episodes import Episode, by_start, expand
from defects_ical.errors import AddressError, DefectsIcalError, Problem, ScheduleError
from defects_ical.export import export
from defects_ical.links import Address
from defects_ical.loading import load
from defects_ical.publisher import publish
from defects_ical.schedule import Schedule, json_schema
from defects_ical.serving import is_wildcard, listen, serve
from defects_ical.site import build
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


# Wider than any table.
WIDE: Final = 100_000
STYLES: Final = {"confirmed": "green", "tentative": "yellow", "cancelled": "red"}

SCHEDULE_OPTION = click.option(
    "--schedule",
    "path",
    type=click.Path(readable=False, path_type=Path),
    default=Path("schedule.yaml"),
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
def export_command(folder: Path, address: Address, path: Path) -> None:
    """Write the site to DIR: a new or empty folder, or one that it wrote before."""
    schedule = load(path)
    outcome = export(build(schedule, address), address, folder)
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
        schedule = load(path)
        _warn(schedule, expand(schedule))
        told = f"{schedule.show.title} is at {where} until Ctrl-C"
        serve(publish(schedule, address), address, listening, workers, lambda: click.echo(told))
    if sys.stdout.isatty():
        # The prompt does not belong behind a terminal's `^C`.
        click.echo()


@main.command(short_help="Show every episode, or what is wrong.")
@SCHEDULE_OPTION
def check(path: Path) -> None:
    """Say what is wrong with the schedule, or show every episode that it makes."""
    schedule = load(path)
    episodes = expand(schedule)
    click.echo(schedule.show.title)
    table, out = _table(schedule, episodes), Console(highlight=False)
    # A line that is broken by the screen is easier to read than columns cut short.
    out.width = max(out.width, out.measure(table, options=out.options.update(width=WIDE)).maximum)
    out.print(table)
    warnings = _warn(schedule, episodes)
    verdict = _counted(warnings, "warning") if warnings else "nothing wrong"
    click.echo(f"{path}: {_counted(len(episodes), 'episode')}, {verdict}")


@main.command(short_help="Print the JSON Schema of a schedule.")
def schema() -> None:
    """Print the JSON Schema of the schedule's format, for editors."""
    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


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


def _date_beside(own: Reading, other: Reading) -> str:
    """The weekday, where the other clock is on another day."""
    return "" if other.wall.date() == own.wall.date() else f"{_day(other)} "


def _day(reading: Reading) -> str:
    return wording.WEEKDAYS[reading.wall.weekday()][:3]


def _warn(schedule: Schedule, episodes: tuple[Episode, ...]) -> int:
    """Tell what is likely to be a mistake; how many there are."""
    warnings = [*map(str, _warnings(schedule, episodes, datetime.now(UTC)))]
    _complain(Text.assemble(("warning: ", "yellow"), warning) for warning in warnings)
    return len(warnings)


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
