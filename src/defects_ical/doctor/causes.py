"""One cause, one finding: leave out what only repeats another issue."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from defects_ical.doctor.issues.events import EventIssue
from defects_ical.doctor.issues.files import FileIssue
from defects_ical.doctor.issues.issue import Issue, Occurrence
from defects_ical.doctor.issues.recurrences import RecurrenceIssue
from defects_ical.doctor.issues.times import TimeIssue
from defects_ical.doctor.issues.timezones import TimezoneIssue
from defects_ical.doctor.issues.values import ValueIssue

MISSING: Final[frozenset[Issue]] = frozenset(
    {
        EventIssue.NO_UID,
        EventIssue.NO_SUMMARY,
        TimeIssue.NO_DTSTAMP,
        TimeIssue.NO_DTSTART,
        TimeIssue.NO_END,
        TimeIssue.TODO_WITHOUT_DTSTAMP,
    }
)
"""What a truncated event lacks because it is truncated."""


SAME_LINE: Final[Mapping[Issue, Issue]] = {
    TimezoneIssue.DUPLICATE_TIMEZONE: FileIssue.NESTED_TIMEZONE,
    ValueIssue.UNKNOWN_COMPONENT: TimezoneIssue.UNKNOWN_OBSERVANCE,
}
"""The issue that explains another one in the same line."""


def drop_consequences(occurrences: Sequence[Occurrence]) -> Iterator[Occurrence]:
    """Yield the occurrences without those that another one explains.

    A VALARM that is broken is not reported as unwanted, too, and an event that the end of the file
    truncates not as incomplete. A rule whose UNTIL has another form than the start says it of both.
    """
    lines: defaultdict[Issue, set[int | None]] = defaultdict(set)
    for each in occurrences:
        lines[each.issue].add(each.line)
    mixed = {
        each.entry.number
        for each in occurrences
        if each.issue is RecurrenceIssue.UNTIL_FORM and each.entry
    }
    broken = _find_broken_alarms(occurrences)
    for each in occurrences:
        is_dropped = (
            (each.issue is EventIssue.ALARM and each.line in broken)
            or (each.issue in SAME_LINE and each.line in lines[SAME_LINE[each.issue]])
            or (each.issue is TimeIssue.FLOATING_TIME and _number_of(each) in mixed)
            or (each.issue in MISSING and _is_truncated(each, lines[FileIssue.TRUNCATED_FILE]))
        )
        if not is_dropped:
            yield each


def _find_broken_alarms(occurrences: Sequence[Occurrence]) -> set[int]:
    """Return the first lines of the VALARMs in which something else is wrong."""
    others = sorted(
        each.line for each in occurrences if each.issue is not EventIssue.ALARM and each.line
    )
    entries = {
        each.entry.number: each.entry
        for each in occurrences
        if each.issue is EventIssue.ALARM and each.entry
    }
    alarms = chain.from_iterable(each.get_components("VALARM") for each in entries.values())
    return {
        alarm.number
        for alarm in alarms
        if bisect_left(others, alarm.number) < bisect_right(others, alarm.end)
    }


def _number_of(occurrence: Occurrence) -> int | None:
    return occurrence.entry.number if occurrence.entry else None


def _is_truncated(occurrence: Occurrence, ends: set[int | None]) -> bool:
    return occurrence.entry is not None and occurrence.entry.end in ends
