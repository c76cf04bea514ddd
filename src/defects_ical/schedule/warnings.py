"""Find what is probably a mistake in a valid schedule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from defects_ical.errors import Problem
from defects_ical.schedule.episodes import Episode, sort_by_start
from defects_ical.schedule.model import Schedule
from defects_ical.text.english import join_names
from defects_ical.timezones.conversion import to_local


def find_warnings(
    schedule: Schedule, episodes: tuple[Episode, ...], now: datetime
) -> Iterator[Problem]:
    """Yield a problem for each probable mistake; ``now`` is in UTC."""
    yield from _find_future_changes(schedule, now)
    yield from _find_simultaneous_starts(schedule, episodes)


def _find_future_changes(schedule: Schedule, now: datetime) -> Iterator[Problem]:
    for index, change in enumerate(schedule.changes):
        if change.at > now:
            what = "the change is dated in the future"
            yield schedule.problem(("changes", index, "at"), what, "write when it was decided")


def _find_simultaneous_starts(
    schedule: Schedule, episodes: tuple[Episode, ...]
) -> Iterator[Problem]:
    airing = [each for each in episodes if each.status != "cancelled"]
    for start, group in groupby(sort_by_start(airing), key=lambda each: each.start):
        names = [each.name for each in group]
        if len(names) > 1:
            when = to_local(start, schedule.timezone).naive
            what = f"{join_names(names)} start together, on {when:%Y-%m-%d at %H:%M}"
            key_path = ("changes",) if schedule.changes else ("specials",)
            yield schedule.problem(key_path, what, "move or cancel one of them in `changes`")
