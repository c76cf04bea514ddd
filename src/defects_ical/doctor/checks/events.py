"""Check events: their identity, times, values and texts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Final

from defects_ical.doctor.issues import Issue, Occurrence
from defects_ical.doctor.parsed_feed import TIMES, ParsedFeed
from defects_ical.rfc5545.content_lines import (
    Component,
    ContentLine,
    count_uids,
    get_event_key,
    has_unescaped_separator,
)
from defects_ical.rfc5545.values import DURATION_PATTERN, DateTimeValue, parse_date_time

# Characters of a value that are matched with its format.
MAX_VALUE: Final = 2000
TEXTS: Final = frozenset({"SUMMARY", "DESCRIPTION", "LOCATION"})
SINGLE_PROPERTIES: Final[Mapping[str, frozenset[str]]] = {
    "VCALENDAR": frozenset({"VERSION", "PRODID", "CALSCALE", "METHOD"}),
    "VEVENT": frozenset(
        {"DTSTAMP", "UID", "DTSTART", "CLASS", "CREATED", "DESCRIPTION", "GEO", "LAST-MODIFIED"}
        | {"LOCATION", "ORGANIZER", "PRIORITY", "SEQUENCE", "STATUS", "SUMMARY", "TRANSP", "URL"}
        | {"RECURRENCE-ID", "DTEND", "DURATION"}
    ),
}
"""The properties that a component must not repeat (RFC 5545 §3.6, §3.6.1)."""
FREQUENCIES: Final = "SECONDLY|MINUTELY|HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY"
FORMATS: Final[Mapping[str, tuple[re.Pattern[str], str]]] = {
    name: (re.compile(pattern, re.IGNORECASE), expected)
    for name, pattern, expected in (
        ("STATUS", "TENTATIVE|CONFIRMED|CANCELLED", "TENTATIVE, CONFIRMED or CANCELLED"),
        ("TRANSP", "OPAQUE|TRANSPARENT", "OPAQUE or TRANSPARENT"),
        ("SEQUENCE", "[0-9]{1,10}", "a number"),
        ("PRIORITY", "[0-9]", "a number from 0 to 9"),
        ("DURATION", DURATION_PATTERN, "a duration like PT1H30M"),
        (
            "TRIGGER",
            rf"{DURATION_PATTERN}|[0-9]{{8}}T[0-9]{{6}}Z",
            "a duration like -PT30M or a time in UTC",
        ),
        ("RRULE", rf"(?:[^;]*;)*FREQ=(?:{FREQUENCIES})(?:;.*)?", "a rule like FREQ=WEEKLY"),
    )
}
"""The pattern of values by property (RFC 5545 §3.8), and its description."""

_HTML_TAG: Final = re.compile(
    r"</?(?:a|b|br|div|em|h[1-6]|i|img|li|ol|p|span|strong|table|td|tr|u|ul)[ />]", re.IGNORECASE
)


def check_events(feed: ParsedFeed) -> Iterator[Occurrence]:
    """Yield what is wrong with the events of a feed."""
    counts = count_uids(feed.events)
    has_reminders = feed.has_reminders
    for event in feed.events:
        yield from _check_required_properties(event, counts)
        yield from _check_lines(event)
        yield from _check_end(event)
        yield from _check_values(event)
        if not has_reminders:
            yield from (Issue.ALARM.at(each.number) for each in event.get_components("VALARM"))
    for component in chain.from_iterable(each.walk() for each in feed.calendars):
        yield from _check_component(component)


def _check_required_properties(
    event: Component, counts: Counter[tuple[str, str]]
) -> Iterator[Occurrence]:
    key = get_event_key(event)
    if not key[0]:
        yield Issue.NO_UID.at(event.number)
    elif counts[key] > 1:
        counts[key] = 0
        yield Issue.DUPLICATE_UID.at(event.number, uid=key[0])
    if not event.get_lines("DTSTAMP"):
        yield Issue.NO_DTSTAMP.at(event.number)
    if not event.get_lines("DTSTART"):
        yield Issue.NO_DTSTART.at(event.number)


def _check_lines(event: Component) -> Iterator[Occurrence]:
    for line in event.lines:
        if line.name in TIMES:
            time = parse_date_time(line)
            if time is None:
                yield Issue.INVALID_TIME.at(line.number, property=line.name, value=line.value)
            elif time.floating:
                yield Issue.FLOATING_TIME.at(line.number, property=line.name, value=line.value)
        elif line.name in {"ORGANIZER", "ATTENDEE"}:
            yield Issue.ATTENDEE.at(line.number, property=line.name)
        elif line.name == "ATTACH":
            yield Issue.ATTACHMENT.at(line.number)
        elif line.name in TEXTS:
            yield from _check_text(line)


def _check_text(line: ContentLine) -> Iterator[Occurrence]:
    if line.name == "DESCRIPTION" and (tag := _HTML_TAG.search(line.value)):
        yield Issue.HTML_IN_DESCRIPTION.at(line.number, tag=tag[0])
    if line.name == "LOCATION" and "://" in line.value:
        yield Issue.LINK_IN_LOCATION.at(line.number, location=line.value)
    if has_unescaped_separator(line.value):
        yield Issue.UNESCAPED_TEXT.at(line.number, property=line.name)


def _check_end(event: Component) -> Iterator[Occurrence]:
    start, end = (next(iter(event.get_lines(name)), None) for name in ("DTSTART", "DTEND"))
    durations = [each for each in event.get_lines("DURATION") if not _find_expected(each)]
    if durations and not end:
        yield Issue.NO_DTEND.at(durations[0].number)
    if start and end:
        yield from _check_order(start, end)


def _check_order(start: ContentLine, end: ContentLine) -> Iterator[Occurrence]:
    start_time, end_time = parse_date_time(start), parse_date_time(end)
    if not start_time or not end_time:
        return
    if ("T" in start.value) != ("T" in end.value):
        yield Issue.MIXED_TIMES.at(end.number)
    elif _is_before(end_time, start_time):
        yield Issue.END_BEFORE_START.at(end.number, start=start.value, end=end.value)


def _is_before(one: DateTimeValue, other: DateTimeValue) -> bool:
    # Most have the same timezone, and need no conversion.
    if one.tzid == other.tzid:
        return one.naive < other.naive
    return one.utc < other.utc


def _check_values(event: Component) -> Iterator[Occurrence]:
    for line in chain.from_iterable(each.lines for each in event.walk()):
        if expected := _find_expected(line):
            yield Issue.INVALID_VALUE.at(
                line.number, property=line.name, value=line.value, expected=expected
            )


def _find_expected(line: ContentLine) -> str | None:
    """Return the expected format of a value that has another one."""
    if line.name not in FORMATS or not line.value:
        return None
    pattern, expected = FORMATS[line.name]
    return None if pattern.fullmatch(line.value[:MAX_VALUE]) else expected


def _check_component(component: Component) -> Iterator[Occurrence]:
    seen: set[str] = set()
    single = SINGLE_PROPERTIES.get(component.name, frozenset())
    for line in component.lines:
        if not line.value.strip():
            yield Issue.EMPTY_PROPERTY.at(line.number, property=line.name)
        if line.name in seen and line.name in single:
            yield Issue.REPEATED_PROPERTY.at(line.number, property=line.name)
        seen.add(line.name)
