"""Check the identity of events, and their alarms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from defects_ical.doctor.issues.events import EventIssue
from defects_ical.doctor.issues.issue import Occurrence
from defects_ical.doctor.parsed_feed import ParsedFeed
from defects_ical.rfc5545.content_lines import (
    Component,
    ContentLine,
)
from defects_ical.rfc5545.values import DURATION_PATTERN

# Characters of a value that are matched with its format.
MAX_VALUE: Final = 2000
# The last is Apple's, for an alarm that is switched off.
ACTIONS: Final = frozenset({"AUDIO", "DISPLAY", "EMAIL", "NONE"})
REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "DISPLAY": ("TRIGGER", "DESCRIPTION"),
    "EMAIL": ("TRIGGER", "DESCRIPTION", "SUMMARY", "ATTENDEE"),
}
"""The properties that a VALARM must have, by its ACTION (RFC 5545 §3.6.6)."""

_DURATION: Final = re.compile(DURATION_PATTERN)
_TIME: Final = re.compile(r"[0-9]{8}T[0-9]{6}(Z?)")
_NUMBER: Final = re.compile(r"[0-9]{1,10}")


def check_events(feed: ParsedFeed) -> Iterator[Occurrence]:
    """Yield what is wrong with UIDs and alarms."""
    has_reminders = feed.has_reminders
    yield from _check_uids(feed)
    for entry in feed.entries:
        for alarm in entry.get_components("VALARM"):
            found = list(check_alarm(alarm))
            yield from found
            if not found and not has_reminders and entry.name == "VEVENT":
                yield EventIssue.ALARM.at(alarm.number)
    for calendar in feed.calendars:
        for alarm in calendar.get_components("VALARM"):
            yield EventIssue.MISPLACED_ALARM.at(alarm.number)


def _check_uids(feed: ParsedFeed) -> Iterator[Occurrence]:
    """Yield which events have no UID, or one that another event has."""
    groups: dict[str, list[ContentLine]] = {}
    for event in feed.events:
        lines = event.get_lines("UID")[:1]
        if not lines:
            yield EventIssue.NO_UID.at(event.number)
        elif not lines[0].value.strip():
            yield EventIssue.EMPTY_UID.at(lines[0].number)
        elif not event.get_lines("RECURRENCE-ID"):
            groups.setdefault(lines[0].value, []).extend(lines)
    for uid, same in groups.items():
        if len(same) > 1:
            for line in same:
                yield EventIssue.DUPLICATE_UID.at(line.number, count=len(same), uid=uid)


def check_alarm(alarm: Component) -> Iterator[Occurrence]:
    """Yield what is wrong with a VALARM: the first of what it lacks, and each wrong value."""
    action = alarm.get_value("ACTION").upper()
    required = ("ACTION", *REQUIRED.get(action, ("TRIGGER",)))
    for name in [name for name in required if not alarm.get_lines(name)][:1]:
        yield EventIssue.INCOMPLETE_ALARM.at(alarm.number, property=name)
    for line in alarm.lines:
        if line.name == "ACTION" and action not in ACTIONS and not action.startswith("X-"):
            yield EventIssue.UNKNOWN_ACTION.at(line.number, value=line.value)
        elif line.name == "TRIGGER":
            yield from _check_trigger(line)
        elif line.name == "REPEAT" and not _NUMBER.fullmatch(line.value):
            yield EventIssue.INVALID_REPETITION.at(line.number, value=line.value)
    yield from _check_repetition(alarm)


def _check_trigger(line: ContentLine) -> Iterator[Occurrence]:
    details = {"value": line.value}
    relation = (line.get_parameter("RELATED") or "START").upper()
    time = _TIME.fullmatch(line.value)
    if time and (not time[1] or line.tzid):
        yield EventIssue.LOCAL_TRIGGER.at(line.number, **details)
    elif time and (line.get_parameter("VALUE") or "").upper() != "DATE-TIME":
        yield EventIssue.UNDECLARED_TRIGGER.at(line.number, **details)
    elif not time and not _DURATION.fullmatch(line.value[:MAX_VALUE]):
        yield EventIssue.INVALID_TRIGGER.at(line.number, **details)
    elif relation not in {"START", "END"}:
        yield EventIssue.UNKNOWN_RELATION.at(line.number, value=relation)


def _check_repetition(alarm: Component) -> Iterator[Occurrence]:
    repeats, durations = alarm.get_lines("REPEAT"), alarm.get_lines("DURATION")
    if bool(repeats) != bool(durations):
        names = ("REPEAT", "DURATION") if repeats else ("DURATION", "REPEAT")
        line = (*repeats, *durations)[0]
        details = dict(zip(("property", "other"), names, strict=True))
        yield EventIssue.INCOMPLETE_REPETITION.at(line.number, **details)
