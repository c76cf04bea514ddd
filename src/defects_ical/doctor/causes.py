"""One cause, one finding: leave out what only repeats another issue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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


def drop_consequences(occurrences: Sequence[Occurrence]) -> Iterator[Occurrence]:
    """Yield the occurrences without those that another one explains.

    A VALARM that is broken is not reported as unwanted, too, and an event that the end of the file
    truncates not as incomplete. A rule whose UNTIL has another form than the start says it of both.
    """
    lines = {each.line for each in occurrences if each.issue is not EventIssue.ALARM}
    ends = {each.line for each in occurrences if each.issue is FileIssue.TRUNCATED_FILE}
    nested = {each.line for each in occurrences if each.issue is FileIssue.NESTED_TIMEZONE}
    observances = {
        each.line for each in occurrences if each.issue is TimezoneIssue.UNKNOWN_OBSERVANCE
    }
    mixed = [each.entry for each in occurrences if each.issue is RecurrenceIssue.UNTIL_FORM]
    for each in occurrences:
        if each.issue is EventIssue.ALARM and _is_broken_alarm(each, lines):
            continue
        if each.issue is TimezoneIssue.DUPLICATE_TIMEZONE and each.line in nested:
            continue
        if each.issue is TimeIssue.FLOATING_TIME and each.entry in mixed:
            continue
        if each.issue is ValueIssue.UNKNOWN_COMPONENT and each.line in observances:
            continue
        if each.issue in MISSING and each.entry and each.entry.end in ends:
            continue
        yield each


def _is_broken_alarm(occurrence: Occurrence, lines: set[int | None]) -> bool:
    alarms = occurrence.entry.get_components("VALARM") if occurrence.entry else ()
    alarm = next((each for each in alarms if each.number == occurrence.line), None)
    if not alarm:
        return False
    return any(line in lines for line in range(alarm.number, alarm.end + 1))
