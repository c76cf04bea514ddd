"""The rules for every .ics file of a site, checked byte by byte.

They do not use the code or the library that renders the files, so that they do not share its
errors. Sections without another RFC are those of RFC 5545.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise, takewhile
from typing import Final, TypeAlias

from defects_ical.rfc5545.content_lines import (
    MAX_DEPTH,
    Component,
    ContentLine,
    PhysicalLine,
    count_uids,
    empty_properties,
    find_invisible,
    first_onset,
    is_utf8,
    parse_line,
    split_physical_lines,
    tzids_used,
)

CRLF: Final = b"\r\n"
_CONTROL: Final = re.compile("[\x00-\x08\x0a-\x1f\x7f]")


class MalformedError(ValueError):
    """Exception raised for bytes that are not an iCalendar object, with the line number."""


def parse_calendar(content: bytes) -> Component:
    """Parse a file that contains exactly one calendar (§3.4).

    Raises MalformedError if it is not UTF-8, or for an invalid content line or nesting.
    """
    lines = _unfold(content)
    first = next(lines, None)
    if first is None or (first.name, first.value) != ("BEGIN", "VCALENDAR"):
        raise MalformedError("the first line is not BEGIN:VCALENDAR")
    calendar = _parse_component(first, lines)
    for line in lines:
        raise MalformedError(f"line {line.number}: {line.name} after END:VCALENDAR")
    return calendar


def _unfold(content: bytes) -> Iterator[ContentLine]:
    """Yield the unfolded lines (§3.1); unfold before decoding, since a fold may split bytes."""
    start, parts = 0, list[bytes]()
    for number, physical in enumerate(content.removesuffix(CRLF).split(CRLF), start=1):
        if physical[:1] in {b" ", b"\t"} and parts:
            parts.append(physical[1:])
            continue
        if parts:
            yield _parse_line(b"".join(parts), start)
        start, parts = number, [physical]
    yield _parse_line(b"".join(parts), start)


def _parse_line(content: bytes, number: int) -> ContentLine:
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise MalformedError(f"line {number}: {error.reason}") from None
    line = parse_line(text, number)
    if not line or _CONTROL.search(text):
        raise MalformedError(f"line {number} is not a content line")
    return line


def _parse_component(begin: ContentLine, lines: Iterator[ContentLine], depth: int = 1) -> Component:
    if depth > MAX_DEPTH:
        raise MalformedError(f"line {begin.number}: nested more than {MAX_DEPTH} deep")
    own: list[ContentLine] = []
    inner: list[Component] = []
    for line in lines:
        if line.name == "BEGIN":
            inner.append(_parse_component(line, lines, depth + 1))
        elif line.name != "END":
            own.append(line)
        elif line.value == begin.value:
            return Component(begin.value, tuple(own), tuple(inner), begin.number)
        else:
            raise MalformedError(f"line {line.number}: END:{line.value} within {begin.value}")
    raise MalformedError(f"END:{begin.value} is missing")


@dataclass(frozen=True)
class CalendarFile:
    """An .ics file of a site: the site's URL, the path and the bytes."""

    site_url: str
    path: str
    content: bytes

    @cached_property
    def calendar(self) -> Component:
        """The calendar in the file; raises MalformedError."""
        return parse_calendar(self.content)

    @property
    def events(self) -> tuple[Component, ...]:
        """The calendar's events."""
        return self.calendar.get_components("VEVENT")

    @property
    def url(self) -> str:
        """The URL of the file."""
        return self.site_url.removesuffix("/") + self.path

    @property
    def physical_lines(self) -> tuple[PhysicalLine, ...]:
        """The folded lines."""
        return tuple(split_physical_lines(self.content))

    @property
    def is_episode(self) -> bool:
        """Whether it is the file of one episode, not a feed."""
        return self.path.startswith("/episodes/")

    @property
    def has_reminders(self) -> bool:
        """Whether it is a feed with reminders."""
        return self.path.endswith("-reminders.ics")

    @property
    def lines(self) -> Iterator[ContentLine]:
        """The properties of all components."""
        return chain.from_iterable(each.lines for each in self.calendar.walk())


Rule: TypeAlias = Callable[[CalendarFile], Iterator[str]]
"""Yields a message for each place in a file that breaks the rule."""

# Bytes


def check_line_ends(file: CalendarFile) -> Iterator[str]:
    """Each line ends in CRLF, and no line contains a CR or LF (§3.1)."""
    for line in file.physical_lines:
        if line.has_bare_ending:
            yield f"line {line.number}: a bare {line.ending!r}"


def check_last_line_end(file: CalendarFile) -> Iterator[str]:
    """The last line ends in CRLF too (§3.1)."""
    if not file.content.endswith(b"END:VCALENDAR\r\n"):
        yield f"the last bytes are {file.content[-15:]!r}"


def check_line_lengths(file: CalendarFile) -> Iterator[str]:
    """No line is longer than 75 bytes, without its end (§3.1)."""
    for line in file.physical_lines:
        if line.is_too_long:
            yield f"line {line.number} has {len(line.raw)} bytes"


def check_folds(file: CalendarFile) -> Iterator[str]:
    """A fold does not split a character: each folded line is UTF-8 (§3.1)."""
    for line in file.physical_lines:
        if not is_utf8(line.raw):
            yield f"line {line.number} is not UTF-8"


def check_byte_order_mark(file: CalendarFile) -> Iterator[str]:
    """The file does not start with a byte order mark."""
    if not file.content.startswith(b"BEGIN:VCALENDAR\r\n"):
        yield f"the first bytes are {file.content[:17]!r}"


def check_control_characters(file: CalendarFile) -> Iterator[str]:
    """No line has an invisible character that an app may take for a line end."""
    for line in file.physical_lines:
        for character in find_invisible(line.raw.decode(errors="replace")):
            yield f"line {line.number}: U+{ord(character):04X}"


# Lines and nesting


def check_nesting(file: CalendarFile) -> Iterator[str]:
    """Each BEGIN has its END, and every line is a content line (§3.4, §3.6)."""
    try:
        parse_calendar(file.content)
    except MalformedError as error:
        yield str(error)


def check_empty_values(file: CalendarFile) -> Iterator[str]:
    """Every property has a value."""
    for line in chain.from_iterable(map(empty_properties, file.calendar.walk())):
        yield f"line {line.number}: {line.name} is empty"


def check_property_order(file: CalendarFile) -> Iterator[str]:
    """The properties of a component come before the components in it (§3.4, §3.6)."""
    for each in file.calendar.walk():
        start = min((part.number for part in each.components), default=len(file.physical_lines))
        for line in each.lines:
            if line.number > start:
                yield f"line {line.number}: {line.name} comes after a component"


def check_normalization(file: CalendarFile) -> Iterator[str]:
    """Text is in Unicode normalization form NFC."""
    for line in file.lines:
        if not unicodedata.is_normalized("NFC", line.text):
            yield f"line {line.number}: {line.name} is not in NFC"


TEXTS: Final = frozenset(
    {"CATEGORIES", "COLOR", "DESCRIPTION", "LOCATION", "NAME", "PRODID", "STATUS", "SUMMARY"}
    | {"TZID", "TZNAME", "X-APPLE-CALENDAR-COLOR", "X-WR-CALDESC", "X-WR-CALNAME", "X-WR-TIMEZONE"}
)


def check_escapes(file: CalendarFile) -> Iterator[str]:
    r"""In text, commas and semicolons are escaped; a backslash is only in ``\n \, \;`` (§3.3.11).

    A category has no comma: some apps split there even if it is escaped.
    """
    for line in file.lines:
        allowed = r"([^\\;]|\\;)+" if line.name == "CATEGORIES" else r"([^\\,;]|\\[n,;])+"
        if line.name in TEXTS and not re.fullmatch(allowed, line.value):
            yield f"line {line.number}: {line.name} is not escaped: {line.value}"


# Properties

EPISODE_FILE: Final = ("VERSION", "PRODID", "CALSCALE")
FEED: Final = (
    *(*EPISODE_FILE, "NAME", "X-WR-CALNAME", "DESCRIPTION", "X-WR-CALDESC", "X-WR-TIMEZONE"),
    *("LAST-MODIFIED", "SOURCE", "URL", "REFRESH-INTERVAL", "X-PUBLISHED-TTL"),
    *("COLOR", "X-APPLE-CALENDAR-COLOR"),
)
EVENT: Final = (
    *("UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "CREATED", "DTSTART", "DTEND", "SUMMARY"),
    *("DESCRIPTION", "LOCATION", "URL", "STATUS", "TRANSP", "CATEGORIES"),
)
ALARM: Final = ("ACTION", "TRIGGER", "DESCRIPTION")
OBSERVANCE: Final = ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME")
NEVER: Final = frozenset(
    {"METHOD", "ORGANIZER", "ATTENDEE", "ATTACH", "DURATION", "COMMENT", "RDATE", "EXDATE"}
)
WITHIN: Final = {
    "VCALENDAR": {"VTIMEZONE", "VEVENT"},
    "VTIMEZONE": {"STANDARD", "DAYLIGHT"},
    "VEVENT": {"VALARM"},
}


def check_first_properties(file: CalendarFile) -> Iterator[str]:
    """VERSION, PRODID and CALSCALE come first (§3.7), each with its only value."""
    found = [f"{line.name}:{line.value}" for line in file.calendar.lines[:3]]
    expected = ["VERSION:2.0", "PRODID:-//defects-ical//defects-ical//EN", "CALSCALE:GREGORIAN"]
    if found != expected:
        yield f"the first lines are {found}"


def check_calendar_properties(file: CalendarFile) -> Iterator[str]:
    """A feed has a name and a description (RFC 7986 §5), an episode file has not; none has a UID.

    Outlook creates a new calendar for a file of one event if the calendar has a name.
    """
    yield from _check_properties(file.calendar, EPISODE_FILE if file.is_episode else FEED)


def check_event_properties(file: CalendarFile) -> Iterator[str]:
    """An event has each of its properties once, and no other (§3.6.1)."""
    for event in file.events:
        yield from _check_properties(event, EVENT)


def check_unwanted_properties(file: CalendarFile) -> Iterator[str]:
    """No file has what some app fails on; RRULE is only in observances."""
    for each in file.calendar.walk():
        for line in each.lines:
            if line.name in NEVER or (line.name == "RRULE" and each.name in {"VEVENT", "VALARM"}):
                yield f"line {line.number}: {line.name} in {each.name}"
        for part in each.components:
            if part.name not in WITHIN.get(each.name, ()):
                yield f"line {part.number}: {part.name} in {each.name}"


def _check_properties(component: Component, names: tuple[str, ...]) -> Iterator[str]:
    counts = Counter(line.name for line in component.lines)
    for name in sorted({*counts, *names}):
        if counts[name] != int(name in names):
            yield f"{component.name} of line {component.number}: {counts[name]} times {name}"


# The calendar of a feed


def check_names(file: CalendarFile) -> Iterator[str]:
    """Name and description are there twice, with the same value, each in one line."""
    for name, other in (("NAME", "X-WR-CALNAME"), ("DESCRIPTION", "X-WR-CALDESC")):
        value, other_value = file.calendar.get_value(name), file.calendar.get_value(other)
        if value != other_value or r"\n" in value:
            yield f"{name} is {value!r} and {other} is {other_value!r}"


def check_urls(file: CalendarFile) -> Iterator[str]:
    """SOURCE is the URL of the feed (RFC 7986 §5.8), URL is that of the site (§5.5)."""
    expected = [(("VALUE", "URI"),), file.url]
    for line in file.calendar.get_lines("SOURCE"):
        if [line.parameters, line.value] != expected:
            yield f"line {line.number}: SOURCE is {line.value} with {line.parameters}"
    for line in file.calendar.get_lines("URL"):
        if line.value != file.site_url:
            yield f"line {line.number}: URL is {line.value}"


def check_refresh_interval(file: CalendarFile) -> Iterator[str]:
    """A feed asks to be refreshed every hour (RFC 7986 §5.7)."""
    expected = {"REFRESH-INTERVAL": (("VALUE", "DURATION"),), "X-PUBLISHED-TTL": ()}
    for name, parameters in expected.items():
        for line in file.calendar.get_lines(name):
            if (line.parameters, line.value) != (parameters, "PT1H"):
                yield f"line {line.number}: {name} is {line.value} with {line.parameters}"


def check_colors(file: CalendarFile) -> Iterator[str]:
    """The colour is a CSS name (RFC 7986 §5.9) and, for Apple, six hexadecimal digits."""
    patterns = {"COLOR": "[a-z]+", "X-APPLE-CALENDAR-COLOR": "#[0-9A-F]{6}"}
    for name, pattern in patterns.items():
        for line in file.calendar.get_lines(name):
            if not re.fullmatch(pattern, line.value):
                yield f"line {line.number}: {name} is {line.value}"


def check_last_modified(file: CalendarFile) -> Iterator[str]:
    """A feed was last modified with the latest of its events (RFC 7986 §5.4)."""
    latest = max((event.get_value("LAST-MODIFIED") for event in file.events), default="")
    for line in file.calendar.get_lines("LAST-MODIFIED"):
        if line.value != latest:
            yield f"line {line.number}: LAST-MODIFIED is {line.value}, not {latest}"


# Events

UUID5: Final = "[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
PREFIXES: Final = {"CANCELLED": "CANCELLED: ", "TENTATIVE": "TBC: ", "CONFIRMED": ""}


def check_uids(file: CalendarFile) -> Iterator[str]:
    """Each event has its own UID, a UUID of version 5 (RFC 7986 §5.3)."""
    for (uid, _), count in count_uids(file.events).items():
        if count != 1 or not re.fullmatch(UUID5, uid):
            yield f"{count} times UID:{uid}"


def check_stamps(file: CalendarFile) -> Iterator[str]:
    """DTSTAMP, LAST-MODIFIED and SEQUENCE increase together (§3.8.7), starting with CREATED."""
    for event in file.events:
        created, stamp, modified = map(event.get_value, ("CREATED", "DTSTAMP", "LAST-MODIFIED"))
        if not re.fullmatch(r"\d{8}T\d{6}Z", stamp) or stamp != modified or created > stamp:
            yield f"line {event.number}: created {created}, stamped {stamp}, modified {modified}"
        sequence = event.get_value("SEQUENCE")
        if not re.fullmatch(r"0|[1-9]\d{0,3}", sequence) or (sequence == "0") != (created == stamp):
            yield f"line {event.number}: SEQUENCE is {sequence}"


def check_times(file: CalendarFile) -> Iterator[str]:
    """Start and end are both in one zone or both in UTC, never floating (§3.3.5)."""
    for event in file.events:
        start_end = (*event.get_lines("DTSTART"), *event.get_lines("DTEND"))
        for line in start_end:
            suffix = "" if line.get_parameter("TZID") else "Z"
            if not re.fullmatch(rf"\d{{8}}T\d{{6}}{suffix}", line.value):
                yield f"line {line.number}: {line.name} is {line.value}"
        for start, end in pairwise(start_end):
            if start.parameters != end.parameters or start.value >= end.value:
                yield f"line {event.number}: from {start} to {end}"


def check_statuses(file: CalendarFile) -> Iterator[str]:
    """The title shows the status (§3.8.1.11), because most apps do not."""
    for event in file.events:
        status, summary = event.get_value("STATUS"), event.get_value("SUMMARY")
        prefix = next(each for each in PREFIXES.values() if summary.startswith(each))
        if PREFIXES.get(status) != prefix:
            yield f"line {event.number}: {status}, but {summary}"


def check_transparency(file: CalendarFile) -> Iterator[str]:
    """A broadcast does not make its viewers busy (§3.8.2.7)."""
    for event in file.events:
        if event.get_value("TRANSP") != "TRANSPARENT":
            yield f"line {event.number}: TRANSP is {event.get_value('TRANSP')}"


def check_locations(file: CalendarFile) -> Iterator[str]:
    """A location is a name: Google looks up a URL on its map."""
    for line in file.lines:
        if line.name == "LOCATION" and "://" in line.value:
            yield f"line {line.number}: LOCATION is {line.value}"


def check_links(file: CalendarFile) -> Iterator[str]:
    """No URL has a comma or semicolon, where some apps cut it off; events link to the site."""
    for line in file.lines:
        for link in re.findall(r"https?://\S+", line.text):
            if "," in link or ";" in link:
                yield f"line {line.number}: {line.name} has {link}"
    for event in file.events:
        if not event.get_value("URL").startswith(f"{file.site_url}#"):
            yield f"line {event.number}: URL is {event.get_value('URL')}"


def check_alarms(file: CalendarFile) -> Iterator[str]:
    """Only feeds with reminders have alarms (§3.6.6), half an hour before, unless cancelled."""
    for event in file.events:
        expected = file.has_reminders and event.get_value("STATUS") != "CANCELLED"
        if len(event.get_components("VALARM")) != int(expected):
            yield f"line {event.number}: {len(event.get_components('VALARM'))} alarms"
        for alarm in event.get_components("VALARM"):
            yield from _check_properties(alarm, ALARM)
            action, trigger = map(alarm.get_value, ("ACTION", "TRIGGER"))
            if (action, trigger) != ("DISPLAY", "-PT30M"):
                yield f"line {alarm.number}: {action} at {trigger}"


# Time zones


def check_timezones(file: CalendarFile) -> Iterator[str]:
    """The zones that events use, and no others, are defined before them, sorted (§3.2.19)."""
    used = set(tzids_used(file.events))
    components = file.calendar.components
    first = tuple(takewhile(lambda each: each.name == "VTIMEZONE", components))
    defined = [zone.get_value("TZID") for zone in file.calendar.get_components("VTIMEZONE")]
    if defined != sorted(used) or len(first) != len(defined):
        yield f"events use {used}; {defined} are defined, {len(first)} of them before the events"
    for line in file.calendar.get_lines("X-WR-TIMEZONE"):
        if used - {line.value}:
            yield f"line {line.number}: X-WR-TIMEZONE is {line.value}"


def check_observances(file: CalendarFile) -> Iterator[str]:
    """A VTIMEZONE is complete (§3.6.5), and starts before its events and not before 1970."""
    starts = [line.value for event in file.events for line in event.get_lines("DTSTART")]
    for zone in file.calendar.get_components("VTIMEZONE"):
        yield from _check_properties(zone, ("TZID",))
        first = first_onset(zone)
        if not zone.get_components("STANDARD") or not "19700101T000000" <= first < min(starts):
            yield f"line {zone.number}: starts at {first} for {starts}"
        for each in zone.components:
            rules = [line.name for line in each.get_lines("RRULE")]
            yield from _check_properties(each, (*OBSERVANCE, *rules[:1]))


RULES: Final[tuple[Rule, ...]] = (
    check_line_ends,
    check_last_line_end,
    check_line_lengths,
    check_folds,
    check_byte_order_mark,
    check_control_characters,
    check_nesting,
    check_empty_values,
    check_property_order,
    check_normalization,
    check_escapes,
    check_first_properties,
    check_calendar_properties,
    check_event_properties,
    check_unwanted_properties,
    check_names,
    check_urls,
    check_refresh_interval,
    check_colors,
    check_last_modified,
    check_uids,
    check_stamps,
    check_times,
    check_statuses,
    check_transparency,
    check_locations,
    check_links,
    check_alarms,
    check_timezones,
    check_observances,
)
"""All rules."""
