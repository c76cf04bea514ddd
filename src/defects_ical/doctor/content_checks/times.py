"""Check when entries start and end, and when they were changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from defects_ical.doctor.issues.issue import Occurrence
from defects_ical.doctor.issues.times import TimeIssue
from defects_ical.doctor.parsed_feed import ParsedFeed, collect_components
from defects_ical.rfc5545.content_lines import Component, ContentLine
from defects_ical.rfc5545.values import (
    DURATION_PATTERN,
    UTC_NAMES,
    DateTimeValue,
    is_iana_name,
    is_skipped,
    parse_date_time,
    parse_local_datetime,
    to_iana,
)
from defects_ical.rfc5545.vtimezone import tzid_of

if TYPE_CHECKING:
    from datetime import datetime

STARTS_AND_ENDS: Final = frozenset({"DTSTART", "DTEND", "DUE"})
STAMPS: Final = frozenset({"DTSTAMP", "CREATED", "LAST-MODIFIED", "COMPLETED"})
# Characters of a duration that are read.
MAX_VALUE: Final = 200

_DURATION: Final = re.compile(DURATION_PATTERN)
# Weeks with days, and a T without hours, which RFC 5545 does not allow.
_READABLE_DURATION: Final = re.compile(
    "([+-]?)P(?:([0-9]{1,9})W)?(?:([0-9]{1,9})D)?"
    "(?:T(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})S)?)?"
)
_STAMP: Final = re.compile("([0-9]{8}T[0-9]{4})([0-9]{2})(Z?)")
_LEAP_SECOND: Final = re.compile("[0-9]{8}T[0-9]{4}60Z?")


def check_times(feed: ParsedFeed) -> Iterator[Occurrence]:
    """Yield what is wrong with the times of a feed."""
    defined = frozenset(map(tzid_of, feed.timezones))
    for component in (*feed.calendars, *feed.timezones):
        yield from _check_stamps(component, defined)
    for entry in feed.entries:
        yield from _check_required_properties(entry)
        yield from _check_stamps(entry, defined)
        yield from _check_starts_and_ends(entry, feed)
        yield from _check_end(entry)
    for free_busy in collect_components(feed.calendars, "VFREEBUSY"):
        yield from _check_stamps(free_busy, defined)
        for line in free_busy.lines:
            if line.name in STARTS_AND_ENDS:
                yield from check_time(line)


def _check_required_properties(entry: Component) -> Iterator[Occurrence]:
    if not entry.get_lines("DTSTAMP") and entry.name == "VEVENT":
        yield TimeIssue.NO_DTSTAMP.at(entry.number)
    elif not entry.get_lines("DTSTAMP") and entry.name == "VTODO":
        yield TimeIssue.TODO_WITHOUT_DTSTAMP.at(entry.number)
    if not entry.get_lines("DTSTART") and entry.name == "VEVENT":
        yield TimeIssue.NO_DTSTART.at(entry.number)


def _check_stamps(component: Component, defined: frozenset[str]) -> Iterator[Occurrence]:
    for line in component.lines:
        if line.name in STAMPS:
            yield from _check_stamp(line, defined)


def _check_stamp(line: ContentLine, defined: frozenset[str]) -> Iterator[Occurrence]:
    found = _STAMP.fullmatch(line.value)
    details = {"property": line.name, "value": line.value}
    is_known = not line.tzid or line.tzid in defined or is_iana_name(line.tzid)
    if not found or not parse_local_datetime(f"{found[1]}{found[2]}") or not is_known:
        yield TimeIssue.INVALID_STAMP.at(line.number, **details)
    elif line.parameters and _get_type(line) not in {None, "DATE-TIME"}:
        parameter = f"VALUE={_get_type(line)}"
        yield TimeIssue.WRONG_TIME_TYPE.at(line.number, parameter=parameter, **details)
    elif found[2] == "60":
        yield TimeIssue.LEAP_SECOND.at(line.number, **details)
    elif (line.tzid or not found[3]) and line.tzid not in UTC_NAMES:
        yield TimeIssue.LOCAL_STAMP.at(line.number, **details)


def _get_type(line: ContentLine) -> str | None:
    """Return the type that a property declares in capitals; None if it declares none."""
    declared = line.get_parameter("VALUE")
    return None if declared is None else declared.strip('"').upper()


def _check_starts_and_ends(entry: Component, feed: ParsedFeed) -> Iterator[Occurrence]:
    lines = [line for line in entry.lines if line.name in STARTS_AND_ENDS]
    found = [occurrence for line in lines for occurrence in check_time(line)]
    is_mixed = entry.name == "VEVENT" and len({"T" in line.value for line in lines}) > 1
    for each in found:
        # That only one of two is a date says more.
        if not is_mixed or each.issue is not TimeIssue.UNDECLARED_DATE:
            yield each
    floating = [line for line in lines if _is_floating(line)]
    # Another check says that a TZID is in the wrong place, or that only one of two is floating.
    if found or entry.get_lines("TZID") or len(floating) < len(lines) or feed.unknown_zones:
        return
    for line in floating:
        yield TimeIssue.FLOATING_TIME.at(line.number, property=line.name, value=line.value)


def _is_floating(line: ContentLine) -> bool:
    time = parse_date_time(line)
    return bool(time and time.floating)


def check_time(line: ContentLine) -> Iterator[Occurrence]:
    """Yield what is wrong with the DATE or DATE-TIME of a property (§3.3.4, §3.3.5)."""
    time = parse_date_time(line)
    details = {"property": line.name, "value": line.value}
    if not time:
        yield TimeIssue.INVALID_TIME.at(line.number, **details)
    elif _LEAP_SECOND.fullmatch(line.value):
        yield TimeIssue.LEAP_SECOND.at(line.number, **details)
    elif line.parameters:
        yield from _check_type(line, time)
    elif "T" not in line.value:
        yield TimeIssue.UNDECLARED_DATE.at(line.number, **details)


def _check_type(line: ContentLine, time: DateTimeValue) -> Iterator[Occurrence]:
    """Yield what is wrong with the parameters of a valid time."""
    details = {"property": line.name, "value": line.value}
    declared, is_date = _get_type(line), "T" not in line.value
    if declared == "DATE" and not is_date:
        yield TimeIssue.TIMED_DATE.at(line.number, **details)
    elif declared not in {None, "DATE", "DATE-TIME"} or (declared == "DATE-TIME" and is_date):
        parameter = f"VALUE={declared}"
        yield TimeIssue.WRONG_TIME_TYPE.at(line.number, parameter=parameter, **details)
    elif line.get_parameter("TZID") in {"", '""'}:
        yield TimeIssue.EMPTY_TZID.at(line.number, property=line.name)
    elif is_date and line.tzid:
        parameter = f"TZID={line.tzid}"
        yield TimeIssue.WRONG_TIME_TYPE.at(line.number, parameter=parameter, **details)
    elif is_date and not declared:
        yield TimeIssue.UNDECLARED_DATE.at(line.number, **details)
    elif line.value[-1:] == "Z" and line.tzid:
        if line.tzid not in UTC_NAMES:
            yield TimeIssue.TZID_WITH_UTC.at(line.number, **details)
    elif not is_date and (timezone := _find_skipping_zone(time.naive, time.tzid)):
        yield TimeIssue.NONEXISTENT_TIME.at(
            line.number, property=line.name, time=time.naive, timezone=timezone
        )


def _find_skipping_zone(naive: datetime, tzid: str) -> str:
    """Return the IANA timezone whose clocks skip a local time; empty if it exists."""
    name = to_iana(tzid) if tzid else None
    return name if name and is_skipped(naive, name) else ""


def _check_end(entry: Component) -> Iterator[Occurrence]:
    """Yield what is wrong with the end of an event, or with when a to-do is due."""
    property_ = "DUE" if entry.name == "VTODO" else "DTEND"
    start, end, duration = (
        next(iter(entry.get_lines(name)), None) for name in ("DTSTART", property_, "DURATION")
    )
    if entry.name not in {"VEVENT", "VTODO"}:
        return
    if end and duration:
        yield TimeIssue.END_AND_DURATION.at(duration.number, property=property_)
    elif duration:
        yield from _check_duration(duration, start, entry)
    elif start and end:
        yield from _check_order(start, end)
    elif start and "T" in start.value and entry.name == "VEVENT" and parse_date_time(start):
        yield TimeIssue.NO_END.at(start.number)


def _check_duration(
    duration: ContentLine, start: ContentLine | None, entry: Component
) -> Iterator[Occurrence]:
    time = parse_date_time(start) if start else None
    value, length = duration.value[:MAX_VALUE], _parse_length(duration.value, time)
    if length is None:
        yield TimeIssue.INVALID_DURATION.at(duration.number, value=value)
    elif (declared := _get_type(duration)) not in {None, "DURATION"}:
        parameter, details = f"VALUE={declared}", {"property": duration.name, "value": value}
        yield TimeIssue.WRONG_TIME_TYPE.at(duration.number, parameter=parameter, **details)
    elif length < timedelta():
        yield TimeIssue.NEGATIVE_DURATION.at(duration.number, value=value)
    elif entry.name == "VEVENT" and start and time and "T" not in start.value:
        yield from _check_duration_of_day(duration, length)
    elif not _DURATION.fullmatch(value):
        yield TimeIssue.UNUSUAL_DURATION.at(duration.number, value=value)
    elif entry.name == "VTODO" and not start:
        yield TimeIssue.DURATION_WITHOUT_START.at(duration.number)
    elif entry.name == "VEVENT" and start and len(entry.get_lines("DURATION")) == 1:
        yield TimeIssue.NO_DTEND.at(duration.number)


def _check_duration_of_day(duration: ContentLine, length: timedelta) -> Iterator[Occurrence]:
    """Yield what is wrong with the duration of an all-day event (§3.8.2.5)."""
    value = duration.value[:MAX_VALUE]
    if not length:
        yield TimeIssue.EMPTY_DAY.at(duration.number, end=value)
    elif re.search("[1-9]", value.partition("T")[2]):
        yield TimeIssue.TIMED_DURATION.at(duration.number, value=value)
    elif not _DURATION.fullmatch(value):
        yield TimeIssue.UNUSUAL_DURATION.at(duration.number, value=value)
    else:
        yield TimeIssue.NO_DTEND.at(duration.number)


def _parse_length(value: str, start: DateTimeValue | None) -> timedelta | None:
    """Return the length of a duration that importers read; None if it has no last day."""
    found = _READABLE_DURATION.fullmatch(value[:MAX_VALUE])
    if not found or not any(found.groups()[1:]):
        return None
    weeks, days, hours, minutes, seconds = (int(each or 0) for each in found.groups()[1:])
    try:
        length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
        if start:
            # Raises OverflowError after the year 9999.
            start.naive + length + timedelta(days=1)
    except OverflowError:
        return None
    return -length if found[1] == "-" else length


def _check_order(start: ContentLine, end: ContentLine) -> Iterator[Occurrence]:
    start_time, end_time = parse_date_time(start), parse_date_time(end)
    if not start_time or not end_time or _is_misread(start) or _is_misread(end):
        return
    details = {"start": start.value, "end": end.value}
    if end.name == "DTEND" and ("T" in start.value) != ("T" in end.value):
        yield TimeIssue.MIXED_TIMES.at(end.number, property=end.name)
    elif start_time.floating != end_time.floating and "T" in start.value and "T" in end.value:
        yield TimeIssue.MIXED_FORMS.at(end.number, property=end.name)
    elif end.name == "DTEND" and start.value == end.value and start_time == end_time:
        is_date = "T" not in end.value
        issue = TimeIssue.EMPTY_DAY if is_date else TimeIssue.EMPTY_EVENT
        yield issue.at(end.number, end=end.value)
    elif _is_before(end_time, start_time):
        is_due = end.name == "DUE"
        issue = TimeIssue.DUE_BEFORE_START if is_due else TimeIssue.END_BEFORE_START
        yield issue.at(end.number, **details)


def _is_misread(line: ContentLine) -> bool:
    """Return whether importers read another time than the value."""
    return any(each.issue is not TimeIssue.UNDECLARED_DATE for each in check_time(line))


def _is_before(one: DateTimeValue, other: DateTimeValue) -> bool:
    # Most have the same timezone, and need no conversion.
    if one.tzid == other.tzid:
        return one.naive < other.naive
    return one.utc < other.utc
