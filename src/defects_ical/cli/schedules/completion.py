"""What a shell completes (click's completion): episodes, platforms, shows and time zones.

The values are those of the schedule that the command line names so far. A schedule that cannot be
loaded completes nothing: a message would break the line that is being typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

import click
from click.shell_completion import CompletionItem

from defects_ical.cli.options import DEFAULT_SCHEDULE
from defects_ical.errors import DefectsIcalError
from defects_ical.model.changes import ALL
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.roster import list_episodes
from defects_ical.shows.file_state import is_folder
from defects_ical.shows.loader import load_alone, load_folder
from defects_ical.timezones.conversion import TIMEZONE_NAMES

Complete: TypeAlias = Callable[[click.Context, click.Parameter, str], list[str]]


def list_words(schedule: Schedule) -> Iterator[str]:
    """Yield what names the episodes of a schedule: keys, seasons and `all`."""
    planned = list_episodes(schedule).planned.values()
    yield from (each.key for each in planned)
    seasons = (each.number.season for each in planned if each.number)
    yield from dict.fromkeys(f"s{season:02}" for season in seasons if season)
    yield ALL


def complete_from(list_values: Callable[[Schedule], Iterable[str]]) -> Complete:
    """Return a completion with values of the schedule."""

    def complete(context: click.Context, _: click.Parameter, typed: str) -> list[str]:
        schedules = _load_schedules(context)
        values = dict.fromkeys(value for each in schedules for value in list_values(each))
        return [each for each in values if each.startswith(typed)]

    return complete


def complete_timezone(_: click.Context, __: click.Parameter, typed: str) -> list[str]:
    """Return the time zones that begin so, or whose city does, in any case."""
    word = typed.lower().replace(" ", "_")
    zones = [each for each in TIMEZONE_NAMES if each.lower().startswith(word)]
    places = [each for each in TIMEZONE_NAMES if f"/{word}" in each.lower()]
    return zones or places


def complete_file(_: click.Context, __: click.Parameter, typed: str) -> list[CompletionItem]:
    """Leave the completion to the shell: the value may be the path of a file."""
    return [CompletionItem(typed, type="file")]


def _load_schedules(context: click.Context) -> tuple[Schedule, ...]:
    path = Path(context.params.get("path") or DEFAULT_SCHEDULE)
    try:
        if not is_folder(path):
            return (load_alone(path),)
        schedules = load_folder(path).schedules
    except DefectsIcalError:
        return ()
    show = context.params.get("show")
    return tuple(each for each in schedules if show in {None, each.show.slug})
