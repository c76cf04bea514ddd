"""All rules across the fields of a schedule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from defects_ical.errors import Problem
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.validation import airing, entries, names

CHECKS: Final = (
    airing.check_airing,
    airing.check_platform_airing,
    names.check_episode_details,
    names.check_feed_names,
    names.check_reminders,
    names.check_special_ids,
    names.check_clocks,
    names.check_source,
    entries.check_order,
    entries.check_equal_times,
    entries.check_episodes,
    entries.check_platforms,
    entries.check_actions,
)


def validate(schedule: Schedule) -> Iterator[Problem]:
    """Yield the problems of values that are valid alone, but not together.

    Call it, and expand the schedule, only if `check_totals` yields none.
    """
    for check in CHECKS:
        yield from check(schedule)
