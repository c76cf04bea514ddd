"""Check properties and components: where they stand, how often, and their values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from types import MappingProxyType
from typing import Final, TypeAlias

import webcolors

from defects_ical.doctor.issues.issue import Occurrence
from defects_ical.doctor.issues.values import ValueIssue
from defects_ical.doctor.parsed_feed import ENTRIES, ParsedFeed
from defects_ical.rfc5545.content_lines import Component, ContentLine
from defects_ical.rfc5545.properties import (
    ALLOWED,
    COMPONENTS,
    PROPERTIES,
    UNREPEATABLE,
    is_extension,
)
from defects_ical.rfc5545.values import DURATION_PATTERN, parse_date_time

_Check: TypeAlias = Callable[[ContentLine, str], Iterator[Occurrence]]

# Characters of a number or a name that are read.
MAX_VALUE: Final = 2_000
MAX_NAME: Final = 20
MAX_SEQUENCE: Final = 2**31 - 1
MAX_LATITUDE: Final = 90
MAX_LONGITUDE: Final = 180
STATUSES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "VEVENT": ("TENTATIVE", "CONFIRMED", "CANCELLED"),
        "VTODO": ("NEEDS-ACTION", "COMPLETED", "IN-PROCESS", "CANCELLED"),
        "VJOURNAL": ("DRAFT", "FINAL", "CANCELLED"),
    }
)
RANGES: Final[Mapping[str, int]] = MappingProxyType(
    {"PRIORITY": 9, "SEQUENCE": MAX_SEQUENCE, "PERCENT-COMPLETE": 100}
)
"""The highest value of each number; the lowest is 0."""
PARAMETER_VALUES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "RSVP": ("TRUE", "FALSE"),
        "PARTSTAT": (
            *("NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED"),
            *("COMPLETED", "IN-PROCESS"),
        ),
    }
)
REQUIRED_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {"REFRESH-INTERVAL": "DURATION", "SOURCE": "URI", "CONFERENCE": "URI", "IMAGE": "URI"}
)
"""The types that must be declared (RFC 7986), though only one is possible or usual."""
TIME_TYPES: Final = frozenset({"DATE", "DATE-TIME", "DURATION", "PERIOD", "RECUR", "UTC-OFFSET"})
HARMLESS_TYPES: Final = frozenset({"TEXT", "URI", "UID", "XML-REFERENCE"})
# Times of a change, which no client shows.
STAMPS: Final = frozenset({"COMPLETED", "CREATED", "DTSTAMP", "LAST-MODIFIED", "ACKNOWLEDGED"})
COLORS: Final = frozenset(webcolors.names("css3"))
# Checks of these say more than that they are empty.
CHECKED_IF_EMPTY: Final = frozenset(
    {"ACTION", "ATTENDEE", "CALSCALE", "GEO", "METHOD", "ORGANIZER", "PRODID", "REQUEST-STATUS"}
    | {"STATUS", "TZID", "UID", "VERSION", "X-WR-TIMEZONE", *RANGES}
)

_NUMBER: Final = re.compile("[0-9]{1,10}")
_GEO: Final = re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{1,30})?;[+-]?[0-9]{1,3}(?:\.[0-9]{1,30})?")
_DURATION: Final = re.compile(DURATION_PATTERN)
_PERIOD: Final = re.compile(
    rf"[0-9]{{8}}T[0-9]{{6}}Z/(?:[0-9]{{8}}T[0-9]{{6}}Z|{DURATION_PATTERN})"
)
_URI: Final = re.compile(
    r"(?:(?!https?:)[a-z][a-z0-9+.-]{0,40}:|https?://[^/])[^\s<>\"]+", re.IGNORECASE
)
_STATUS_PARTS: Final = re.compile(r"(?:[^;\\]|\\.)*(?:;(?:[^;\\]|\\.)*){1,2}")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/=\s]*")


def check_values(feed: ParsedFeed) -> Iterator[Occurrence]:
    """Yield what is wrong with the components and the properties of a feed."""
    for component in chain.from_iterable(each.walk() for each in feed.calendars):
        if component.name in COMPONENTS:
            yield from _check_lines(component, feed.unreadable)
        elif not is_extension(component.name):
            yield _check_unknown_component(component)


def _check_unknown_component(component: Component) -> Occurrence:
    details = {"component": component.name}
    meant = _find_entry_name(component.name[:MAX_NAME])
    if meant:
        issue = ValueIssue.MISSPELT_COMPONENT.at(component.number, meant=meant, **details)
        return replace(issue, entry=component)
    return ValueIssue.UNKNOWN_COMPONENT.at(component.number, **details)


def _find_entry_name(name: str) -> str:
    """Return the name of the entry that a misspelt name probably means; empty if there is none."""
    letters = set(name)
    likely = (each for each in sorted(ENTRIES) if each[1:] in name or set(each) == letters)
    return next(likely, "")


def _check_lines(component: Component, unreadable: frozenset[int]) -> Iterator[Occurrence]:
    seen: set[str] = set()
    once = UNREPEATABLE.get(component.name, frozenset())
    previous: ContentLine | None = None
    for line in component.lines:
        if line.number not in unreadable:
            yield from _check_line(line, component, previous)
        if line.name in seen and line.name in once:
            yield _report_repetition(line, component.name)
        elif line.name in seen and (line.name, component.name) == ("DESCRIPTION", "VJOURNAL"):
            yield ValueIssue.REPEATED_DESCRIPTION.at(line.number)
        seen.add(line.name)
        previous = line


def _report_repetition(line: ContentLine, component: str) -> Occurrence:
    # Home Assistant reads no other extension.
    is_ignored = is_extension(line.name) and line.name != "X-WR-TIMEZONE"
    issue = ValueIssue.REPEATED_EXTENSION if is_ignored else ValueIssue.REPEATED_PROPERTY
    return issue.at(line.number, property=line.name, component=component)


def _check_line(
    line: ContentLine, component: Component, previous: ContentLine | None
) -> Iterator[Occurrence]:
    """Yield what is wrong with a value or its parameters, or else with the property itself."""
    check = VALUE_CHECKS.get(line.name)
    occurrences = list(check(line, component.name)) if check else []
    if line.parameters:
        occurrences.extend(_check_parameters(line))
    if not occurrences and previous and _continues(previous, line):
        occurrences.append(
            ValueIssue.BROKEN_TEXT.at(
                previous.number, property=previous.name, text=f"{line.name}:{line.value}"
            )
        )
    occurrences = occurrences or _check_presence(line, component)
    yield from occurrences or (_check_purpose(line) if component.name == "VEVENT" else ())


def _continues(previous: ContentLine, line: ContentLine) -> bool:
    """Return whether a line is probably the rest of a text with a raw line break."""
    if line.name in PROPERTIES or is_extension(line.name) or line.value[:1] != " ":
        return False
    known = PROPERTIES.get(previous.name)
    return bool(known and known.types[0] == "TEXT")


def _check_purpose(line: ContentLine) -> list[Occurrence]:
    """Return what a public feed should not have, though it is valid."""
    if line.name in {"ORGANIZER", "ATTENDEE"}:
        return [ValueIssue.ATTENDEE.at(line.number, property=line.name)]
    if line.name == "ATTACH":
        return [ValueIssue.ATTACHMENT.at(line.number)]
    return []


def _check_presence(line: ContentLine, component: Component) -> list[Occurrence]:
    """Return whether a property is unknown, in the wrong component, or without a value."""
    allowed = ALLOWED.get(component.name)
    if allowed is not None and line.name not in allowed and line.name in PROPERTIES:
        return _check_place(line, component)
    if line.name not in PROPERTIES and not is_extension(line.name):
        return [ValueIssue.UNKNOWN_PROPERTY.at(line.number, property=line.name)]
    if not line.value.strip() and not _is_checked_if_empty(line.name, component.name):
        return [ValueIssue.EMPTY_PROPERTY.at(line.number, property=line.name)]
    return []


def _check_place(line: ContentLine, component: Component) -> list[Occurrence]:
    if line.name == "TZID" and _has_floating_start(component):
        return [ValueIssue.TZID_PROPERTY.at(line.number, tzid=line.value)]
    if (component.name, line.name) == ("VTIMEZONE", "COMMENT"):
        return []  # Checked with the timezones.
    says_nothing = TIME_TYPES.isdisjoint(PROPERTIES[line.name].types) or line.name in STAMPS
    issue = ValueIssue.MISPLACED_PROPERTY if says_nothing else ValueIssue.MISPLACED_TIME
    return [issue.at(line.number, property=line.name, component=component.name)]


def _has_floating_start(component: Component) -> bool:
    starts = map(parse_date_time, component.get_lines("DTSTART"))
    return any(start and start.floating for start in starts)


def _is_checked_if_empty(name: str, component: str) -> bool:
    if name == "SUMMARY":
        return component in ENTRIES
    known = PROPERTIES.get(name)
    return name in CHECKED_IF_EMPTY or bool(known and not TIME_TYPES.isdisjoint(known.types))


def _check_parameters(line: ContentLine) -> Iterator[Occurrence]:
    if is_extension(line.name):
        return
    for name, raw in line.parameters:
        value = raw.strip('"').upper()
        if name in PARAMETER_VALUES:
            yield from _check_word(line, name, value)
        elif name == "ENCODING" and value != "8BIT":
            yield from _check_encoding(line, value)
        elif name == "VALUE":
            yield from _check_type(line, value)


def _check_word(line: ContentLine, parameter: str, value: str) -> Iterator[Occurrence]:
    allowed = PARAMETER_VALUES[parameter]
    if value not in allowed and not is_extension(value):
        yield ValueIssue.INVALID_PARAMETER_VALUE.at(
            line.number,
            parameter=parameter,
            property=line.name,
            value=value,
            expected=_join_words(allowed),
        )


def _check_encoding(line: ContentLine, encoding: str) -> Iterator[Occurrence]:
    known = PROPERTIES.get(line.name)
    # ATTACH has a check of its own.
    if known and "BINARY" not in known.types:
        yield ValueIssue.UNKNOWN_ENCODING.at(line.number, property=line.name, encoding=encoding)


def _check_type(line: ContentLine, value_type: str) -> Iterator[Occurrence]:
    known = PROPERTIES.get(line.name)
    # Types of times are checked with the times.
    if not known or value_type in known.types or not TIME_TYPES.isdisjoint(known.types):
        return
    details = {"property": line.name, "type": value_type, "expected": _join_words(known.types)}
    is_readable = value_type in HARMLESS_TYPES or value_type not in VALUE_TYPES
    issue = ValueIssue.UNEXPECTED_TYPE if is_readable else ValueIssue.WRONG_TYPE
    yield issue.at(line.number, **details)


def _check_number(line: ContentLine, component: str) -> Iterator[Occurrence]:
    high = RANGES[line.name]
    number = _read_number(line.value)
    in_range = number is not None and 0 <= number <= high
    # Where it is misplaced, other importers ignore it, and icalendar drops it only from events.
    is_ignored = component == "VEVENT" and line.name not in ALLOWED[component]
    if is_ignored or (in_range and _NUMBER.fullmatch(line.value)):
        return
    is_read = in_range or (number is not None and line.name == "SEQUENCE")
    issue = ValueIssue.UNUSUAL_NUMBER if is_read else ValueIssue.INVALID_NUMBER
    yield _report(issue, line, f"a whole number from 0 to {high}")


def _read_number(value: str) -> int | None:
    """Return a number as Python reads it, with spaces around it for example."""
    try:
        return int(value[:MAX_VALUE])
    except ValueError:
        return None


def _check_geo(line: ContentLine, _component: str) -> Iterator[Occurrence]:
    if numbers := _read_geo(line.value):
        latitude, longitude = numbers
        is_place = abs(latitude) <= MAX_LATITUDE and abs(longitude) <= MAX_LONGITUDE
        if is_place and _GEO.fullmatch(line.value):
            return
    issue = ValueIssue.UNUSUAL_GEO if numbers else ValueIssue.INVALID_GEO
    yield _report(issue, line, "latitude;longitude in degrees")


def _read_geo(value: str) -> tuple[float, float] | None:
    """Return two numbers as Python reads them, with spaces around them for example."""
    latitude, _, longitude = value[:MAX_VALUE].partition(";")
    try:
        return float(latitude), float(longitude)
    except ValueError:
        return None


def _check_status(line: ContentLine, component: str) -> Iterator[Occurrence]:
    allowed = STATUSES.get(component)
    if allowed and line.value not in allowed:
        yield _report(ValueIssue.INVALID_STATUS, line, _join_words(allowed))


def _check_transp(line: ContentLine, _component: str) -> Iterator[Occurrence]:
    if line.value and line.value.upper() not in {"OPAQUE", "TRANSPARENT"}:
        yield _report(ValueIssue.INVALID_TRANSP, line, "OPAQUE or TRANSPARENT")


def _check_request_status(line: ContentLine, _component: str) -> Iterator[Occurrence]:
    if not _STATUS_PARTS.fullmatch(line.value[:MAX_VALUE]):
        yield _report(ValueIssue.INVALID_REQUEST_STATUS, line, "a code and a text: 2.0;Success")


def _check_free_busy(line: ContentLine, _component: str) -> Iterator[Occurrence]:
    for period in line.value.split(","):
        if not _PERIOD.fullmatch(period):
            yield _report(
                ValueIssue.INVALID_FREEBUSY, line, "periods: 20260131T190000Z/PT2H", period
            )
            return


def _check_interval(line: ContentLine, component: str) -> Iterator[Occurrence]:
    if component != "VCALENDAR":
        return
    if not _DURATION.fullmatch(line.value):
        is_standard = line.name == "REFRESH-INTERVAL"
        issue = (
            ValueIssue.INVALID_REFRESH_INTERVAL if is_standard else ValueIssue.INVALID_PUBLISHED_TTL
        )
        yield _report(issue, line, "a duration like PT12H")
    else:
        yield from _check_declaration(line)


def _check_declaration(line: ContentLine) -> Iterator[Occurrence]:
    required = REQUIRED_TYPES.get(line.name)
    if required and line.value and line.get_parameter("VALUE") is None:
        yield ValueIssue.UNDECLARED_TYPE.at(line.number, property=line.name, type=required)


def _check_color(line: ContentLine, _component: str) -> Iterator[Occurrence]:
    if line.value and line.value[:MAX_VALUE].lower() not in COLORS:
        yield ValueIssue.INVALID_COLOR.at(line.number, value=line.value)


def _check_url(line: ContentLine, _component: str) -> Iterator[Occurrence]:
    if not line.value or (line.get_parameter("VALUE") or "URI").upper() != "URI":
        return
    if not _URI.fullmatch(line.value):
        yield ValueIssue.INVALID_URL.at(line.number, property=line.name, value=line.value)
    else:
        yield from _check_declaration(line)


def _check_address(line: ContentLine, _component: str) -> Iterator[Occurrence]:
    if not _URI.fullmatch(line.value):
        yield ValueIssue.INVALID_ADDRESS.at(line.number, property=line.name, value=line.value)


def _check_attach(line: ContentLine, _component: str) -> Iterator[Occurrence]:
    encoding = (line.get_parameter("ENCODING") or "").upper()
    if (line.get_parameter("VALUE") or "").upper() == "BINARY" or encoding == "BASE64":
        yield from _check_binary(line, encoding)
    elif line.value and not _URI.fullmatch(line.value):
        yield ValueIssue.INVALID_ATTACH.at(line.number, value=line.value)


def _check_binary(line: ContentLine, encoding: str) -> Iterator[Occurrence]:
    if not encoding:
        yield ValueIssue.UNDECLARED_BINARY.at(line.number, property=line.name)
    elif encoding != "BASE64":
        yield ValueIssue.UNKNOWN_BINARY_ENCODING.at(
            line.number, property=line.name, encoding=encoding
        )
    elif not _BASE64.fullmatch(line.value):
        yield ValueIssue.INVALID_BASE64.at(line.number, value=line.value)
    elif len(line.value) % 4 or " " in line.value:
        yield ValueIssue.INCOMPLETE_BASE64.at(line.number, value=line.value)


def _report(
    issue: ValueIssue, line: ContentLine, expected: str, value: str | None = None
) -> Occurrence:
    shown = line.value if value is None else value
    return issue.at(line.number, property=line.name, value=shown, expected=expected)


def _join_words(words: tuple[str, ...]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


VALUE_TYPES: Final = TIME_TYPES | {"BINARY", "BOOLEAN", "CAL-ADDRESS", "FLOAT", "INTEGER", "TIME"}
"""The types that importers read only in their own format."""

VALUE_CHECKS: Final[Mapping[str, _Check]] = MappingProxyType(
    {
        **dict.fromkeys(RANGES, _check_number),
        "GEO": _check_geo,
        "STATUS": _check_status,
        "TRANSP": _check_transp,
        "REQUEST-STATUS": _check_request_status,
        "FREEBUSY": _check_free_busy,
        **dict.fromkeys(("REFRESH-INTERVAL", "X-PUBLISHED-TTL"), _check_interval),
        "COLOR": _check_color,
        **dict.fromkeys(("URL", "SOURCE", "TZURL", "IMAGE", "CONFERENCE"), _check_url),
        **dict.fromkeys(("ORGANIZER", "ATTENDEE", "CALENDAR-ADDRESS"), _check_address),
        "ATTACH": _check_attach,
    }
)
"""What checks the values of each property."""
