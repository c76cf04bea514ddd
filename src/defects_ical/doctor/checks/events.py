"""Check events: their identity, times, values and texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Final, TypeAlias

from defects_ical.doctor.issues import Issue, Occurrence
from defects_ical.doctor.parsed_feed import TIMES, ParsedFeed
from defects_ical.rfc5545.content_lines import (
    Component,
    ContentLine,
    count_uids,
    find_empty_properties,
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

Check: TypeAlias = Callable[[ParsedFeed], Iterator[Occurrence]]


def check_events(feed: ParsedFeed) -> Iterator[Occurrence]:
    """Yield what is wrong with the events of a feed."""
    return chain.from_iterable(check(feed) for check in CHECKS)


def _check_uids(feed: ParsedFeed) -> Iterator[Occurrence]:
    counts = count_uids(feed.events)
    for event in feed.events:
        key = get_event_key(event)
        if not key[0]:
            yield Issue.NO_UID.at(event.number)
        elif counts[key] > 1:
            counts[key] = 0
            yield Issue.DUPLICATE_UID.at(event.number, uid=key[0])


def _check_required_properties(feed: ParsedFeed) -> Iterator[Occurrence]:
    for event in feed.events:
        if not event.get_lines("DTSTAMP"):
            yield Issue.NO_DTSTAMP.at(event.number)
        if not event.get_lines("DTSTART"):
            yield Issue.NO_DTSTART.at(event.number)


def _check_times(feed: ParsedFeed) -> Iterator[Occurrence]:
    for line in chain.from_iterable(event.lines for event in feed.events):
        if line.name not in TIMES:
            continue
        time = parse_date_time(line)
        if time is None:
            yield Issue.INVALID_TIME.at(line.number, property=line.name, value=line.value)
        elif time.floating:
            yield Issue.FLOATING_TIME.at(line.number, property=line.name, value=line.value)


def _check_ends(feed: ParsedFeed) -> Iterator[Occurrence]:
    for event in feed.events:
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


def _check_values(feed: ParsedFeed) -> Iterator[Occurrence]:
    for line in chain.from_iterable(each.lines for each in _walk(feed.events)):
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


def _check_unwanted_properties(feed: ParsedFeed) -> Iterator[Occurrence]:
    has_reminders = feed.has_reminders
    for event in feed.events:
        if not has_reminders:
            yield from (Issue.ALARM.at(each.number) for each in event.get_components("VALARM"))
        for line in event.lines:
            if line.name in {"ORGANIZER", "ATTENDEE"}:
                yield Issue.ATTENDEE.at(line.number, property=line.name)
            elif line.name == "ATTACH":
                yield Issue.ATTACHMENT.at(line.number)


def _check_texts(feed: ParsedFeed) -> Iterator[Occurrence]:
    for line in chain.from_iterable(event.lines for event in feed.events):
        if line.name == "DESCRIPTION" and (tag := _HTML_TAG.search(line.value)):
            yield Issue.HTML_IN_DESCRIPTION.at(line.number, tag=tag[0])
        if line.name == "LOCATION" and "://" in line.value:
            yield Issue.LINK_IN_LOCATION.at(line.number, location=line.value)
        if line.name in TEXTS and has_unescaped_separator(line.value):
            yield Issue.UNESCAPED_TEXT.at(line.number, property=line.name)


def _check_empty_properties(feed: ParsedFeed) -> Iterator[Occurrence]:
    for line in chain.from_iterable(map(find_empty_properties, _walk(feed.calendars))):
        yield Issue.EMPTY_PROPERTY.at(line.number, property=line.name)


def _check_repeated_properties(feed: ParsedFeed) -> Iterator[Occurrence]:
    for component in _walk(feed.calendars):
        seen: set[str] = set()
        single = SINGLE_PROPERTIES.get(component.name, frozenset())
        for line in (line for line in component.lines if line.name in single):
            if line.name in seen:
                yield Issue.REPEATED_PROPERTY.at(line.number, property=line.name)
            seen.add(line.name)


def _walk(components: tuple[Component, ...]) -> Iterator[Component]:
    return chain.from_iterable(each.walk() for each in components)


CHECKS: Final[tuple[Check, ...]] = (
    _check_uids,
    _check_required_properties,
    _check_times,
    _check_ends,
    _check_values,
    _check_unwanted_properties,
    _check_texts,
    _check_empty_properties,
    _check_repeated_properties,
)
