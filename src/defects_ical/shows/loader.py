"""Load every show of a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from defects_ical.errors import Problem, ScheduleError
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.loader import load_schedule
from defects_ical.shows.folder import find_schedules

# What no two shows may have in common, and what to do about it.
_IDENTITIES: Final[tuple[tuple[str, Callable[[Schedule], str], str], ...]] = (
    ("slug", lambda each: each.show.slug, "Use another: it is in every URL of the show."),
    (
        "uid",
        lambda each: str(each.show.uid),
        "Create a new one, unless people have subscribed to both shows.",
    ),
)


def load_folder(folder: Path) -> tuple[Schedule, ...]:
    """Load every schedule in a folder and below; return them sorted by their slugs.

    Raises ScheduleError with the problems of all files. A slug or uid that two shows have is found
    once each file is valid.
    """
    schedules: list[Schedule] = []
    problems: list[Problem] = []
    for path in find_schedules(folder):
        try:
            schedules.append(load_schedule(path))
        except ScheduleError as error:
            problems += error.problems
    if problems := problems or [*_find_duplicates(schedules)]:
        raise ScheduleError(tuple(problems))
    return tuple(sorted(schedules, key=lambda each: each.show.slug))


def _find_duplicates(schedules: list[Schedule]) -> Iterator[Problem]:
    """Yield a problem for each show with the slug or the uid of an earlier one."""
    for key, get, hint in _IDENTITIES:
        first: dict[str, Schedule] = {}
        for schedule in schedules:
            value = get(schedule)
            other = first.setdefault(value, schedule)
            if other is not schedule:
                place = other.problem(("show", key), "", "").location
                message = f"`{value}` is already the {key} of {place}"
                yield schedule.problem(("show", key), message, hint)
