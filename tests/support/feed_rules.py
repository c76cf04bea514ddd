"""The rules that every .ics file of a site keeps, checked byte by byte.

Nothing here knows how the files are made, so that an error of the writer, or of the library that
it writes with, cannot hide one here. Sections are those of RFC 5545 where no other is named.
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
    """The octets are no iCalendar object; the message says what is wrong, and in which line."""


def read(octets: bytes) -> Component:
    """The calendar of a file that holds exactly one (§3.4).

    Raises MalformedError for what is not UTF-8, not a content line, or not nested.
    """
    lines = _content_lines(octets)
    first = next(lines, None)
    if first is None or (first.name, first.value) != ("BEGIN", "VCALENDAR"):
        raise MalformedError("the first line is not BEGIN:VCALENDAR")
    calendar = _component(first, lines)
    for line in lines:
        raise MalformedError(f"line {line.number}: {line.name} after END:VCALENDAR")
    return calendar


def _content_lines(octets: bytes) -> Iterator[ContentLine]:
    """The lines with their folds undone (§3.1); characters are put together only after that."""
    start, parts = 0, list[bytes]()
    for number, physical in enumerate(octets.removesuffix(CRLF).split(CRLF), start=1):
        if physical[:1] in {b" ", b"\t"} and parts:
            parts.append(physical[1:])
            continue
        if parts:
            yield _line(b"".join(parts), start)
        start, parts = number, [physical]
    yield _line(b"".join(parts), start)


def _line(octets: bytes, number: int) -> ContentLine:
    try:
        text = octets.decode()
    except UnicodeDecodeError as error:
        raise MalformedError(f"line {number}: {error.reason}") from None
    line = parse_line(text, number)
    if not line or _CONTROL.search(text):
        raise MalformedError(f"line {number} is no content line")
    return line


def _component(begin: ContentLine, lines: Iterator[ContentLine], depth: int = 1) -> Component:
    if depth > MAX_DEPTH:
        raise MalformedError(f"line {begin.number}: nested more than {MAX_DEPTH} deep")
    own: list[ContentLine] = []
    inner: list[Component] = []
    for line in lines:
        if line.name == "BEGIN":
            inner.append(_component(line, lines, depth + 1))
        elif line.name != "END":
            own.append(line)
        elif line.value == begin.value:
            return Component(begin.value, tuple(own), tuple(inner), begin.number)
        else:
            raise MalformedError(f"line {line.number}: END:{line.value} within {begin.value}")
    raise MalformedError(f"END:{begin.value} is missing")


@dataclass(frozen=True)
class File:
    """An .ics file as it is published: the site's address, its path there, its octets."""

    site: str
    path: str
    octets: bytes

    @cached_property
    def calendar(self) -> Component:
        """What the file holds; raises MalformedError."""
        return read(self.octets)

    @property
    def events(self) -> tuple[Component, ...]:
        """The calendar's events."""
        return self.calendar.get_components("VEVENT")

    @property
    def url(self) -> str:
        """Where the file is."""
        return self.site.removesuffix("/") + self.path

    @property
    def physical(self) -> tuple[PhysicalLine, ...]:
        """The lines as they are folded."""
        return tuple(split_physical_lines(self.octets))

    @property
    def single(self) -> bool:
        """Whether it is one episode to download, and no feed."""
        return self.path.startswith("/episodes/")

    @property
    def reminding(self) -> bool:
        """Whether it is the twin of a feed that reminds."""
        return self.path.endswith("-reminders.ics")

    @property
    def lines(self) -> Iterator[ContentLine]:
        """Every property of every component."""
        return chain.from_iterable(each.lines for each in self.calendar.walk())


Rule: TypeAlias = Callable[[File], Iterator[str]]
"""A rule of one file: it tells each fault that it finds."""

# The octets.


def line_ends(file: File) -> Iterator[str]:
    """A CR and an LF stand nowhere but together (§3.1)."""
    for line in file.physical:
        if line.has_bare_ending:
            yield f"line {line.number}: a bare {line.ending!r}"


def final_line_end(file: File) -> Iterator[str]:
    """The last line ends as all others do (§3.1)."""
    if not file.octets.endswith(b"END:VCALENDAR\r\n"):
        yield f"the last octets are {file.octets[-15:]!r}"


def line_lengths(file: File) -> Iterator[str]:
    """No line is longer than 75 octets, without its end (§3.1)."""
    for line in file.physical:
        if line.is_too_long:
            yield f"line {line.number} has {len(line.raw)} octets"


def folds(file: File) -> Iterator[str]:
    """A fold falls between two characters, never into one: each line is UTF-8 (§3.1)."""
    for line in file.physical:
        if not is_utf8(line.raw):
            yield f"line {line.number} is not UTF-8"


def byte_order_mark(file: File) -> Iterator[str]:
    """The first character is the B of BEGIN."""
    if not file.octets.startswith(b"BEGIN:VCALENDAR\r\n"):
        yield f"the first octets are {file.octets[:17]!r}"


def control_characters(file: File) -> Iterator[str]:
    """Nothing stands in a line that cannot be seen and that some program takes for its end."""
    for line in file.physical:
        for character in find_invisible(line.raw.decode(errors="replace")):
            yield f"line {line.number}: U+{ord(character):04X}"


# The lines and their nesting.


def nesting(file: File) -> Iterator[str]:
    """Each BEGIN has its END, and every line between is a content line (§3.4, §3.6)."""
    try:
        read(file.octets)
    except MalformedError as error:
        yield str(error)


def empty_values(file: File) -> Iterator[str]:
    """Every property has a value."""
    for line in chain.from_iterable(map(empty_properties, file.calendar.walk())):
        yield f"line {line.number}: {line.name} is empty"


def order(file: File) -> Iterator[str]:
    """A component's properties stand before the components within it (§3.4, §3.6)."""
    for each in file.calendar.walk():
        begun = min((part.number for part in each.components), default=len(file.physical))
        for line in each.lines:
            if line.number > begun:
                yield f"line {line.number}: {line.name} stands behind a component"


def normalization(file: File) -> Iterator[str]:
    """Text is in Unicode's form NFC."""
    for line in file.lines:
        if not unicodedata.is_normalized("NFC", line.text):
            yield f"line {line.number}: {line.name} is not in NFC"


TEXTS: Final = frozenset(
    {"CATEGORIES", "COLOR", "DESCRIPTION", "LOCATION", "NAME", "PRODID", "STATUS", "SUMMARY"}
    | {"TZID", "TZNAME", "X-APPLE-CALENDAR-COLOR", "X-WR-CALDESC", "X-WR-CALNAME", "X-WR-TIMEZONE"}
)


def escapes(file: File) -> Iterator[str]:
    r"""In text, commas and semicolons are escaped; a backslash is only in ``\n \, \;`` (§3.3.11).

    A category has no comma at all, since some programs split there whether it is escaped or not.
    """
    for line in file.lines:
        allowed = r"([^\\;]|\\;)+" if line.name == "CATEGORIES" else r"([^\\,;]|\\[n,;])+"
        if line.name in TEXTS and not re.fullmatch(allowed, line.value):
            yield f"line {line.number}: {line.name} is not escaped: {line.value}"


# What a calendar has, and what it does not have.

BARE: Final = ("VERSION", "PRODID", "CALSCALE")
FEED: Final = (
    *(*BARE, "NAME", "X-WR-CALNAME", "DESCRIPTION", "X-WR-CALDESC", "X-WR-TIMEZONE"),
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


def head(file: File) -> Iterator[str]:
    """The format, its maker and its calendar come first (§3.7), each with its one value."""
    found = [f"{line.name}:{line.value}" for line in file.calendar.lines[:3]]
    wanted = ["VERSION:2.0", "PRODID:-//defects-ical//defects-ical//EN", "CALSCALE:GREGORIAN"]
    if found != wanted:
        yield f"the first lines are {found}"


def calendar_properties(file: File) -> Iterator[str]:
    """A feed describes itself (RFC 7986 §5); a single file does not, and none has a UID.

    Outlook opens a new calendar for a named file of one event.
    """
    yield from _exactly(file.calendar, BARE if file.single else FEED)


def event_properties(file: File) -> Iterator[str]:
    """An event has each of its properties once, and no others (§3.6.1)."""
    for event in file.events:
        yield from _exactly(event, EVENT)


def unwanted(file: File) -> Iterator[str]:
    """What programs stumble over is nowhere; RRULE is only in a zone's observances."""
    for each in file.calendar.walk():
        for line in each.lines:
            if line.name in NEVER or (line.name == "RRULE" and each.name in {"VEVENT", "VALARM"}):
                yield f"line {line.number}: {line.name} in {each.name}"
        for part in each.components:
            if part.name not in WITHIN.get(each.name, ()):
                yield f"line {part.number}: {part.name} in {each.name}"


def _exactly(component: Component, names: tuple[str, ...]) -> Iterator[str]:
    counts = Counter(line.name for line in component.lines)
    for name in sorted({*counts, *names}):
        if counts[name] != int(name in names):
            yield f"{component.name} of line {component.number}: {counts[name]} times {name}"


# What a feed says of itself.


def names(file: File) -> Iterator[str]:
    """Name and description stand twice, the same both times, each in one line."""
    for name, other in (("NAME", "X-WR-CALNAME"), ("DESCRIPTION", "X-WR-CALDESC")):
        here, there = file.calendar.get_value(name), file.calendar.get_value(other)
        if here != there or r"\n" in here:
            yield f"{name} is {here!r} and {other} is {there!r}"


def source(file: File) -> Iterator[str]:
    """SOURCE is the feed's own address (RFC 7986 §5.8), URL the site's (§5.5)."""
    wanted = [(("VALUE", "URI"),), file.url]
    for line in file.calendar.get_lines("SOURCE"):
        if [line.parameters, line.value] != wanted:
            yield f"line {line.number}: SOURCE is {line.value} with {line.parameters}"
    for line in file.calendar.get_lines("URL"):
        if line.value != file.site:
            yield f"line {line.number}: URL is {line.value}"


def refresh(file: File) -> Iterator[str]:
    """A feed asks to be read again in an hour (RFC 7986 §5.7)."""
    wanted = {"REFRESH-INTERVAL": (("VALUE", "DURATION"),), "X-PUBLISHED-TTL": ()}
    for name, parameters in wanted.items():
        for line in file.calendar.get_lines(name):
            if (line.parameters, line.value) != (parameters, "PT1H"):
                yield f"line {line.number}: {name} is {line.value} with {line.parameters}"


def colors(file: File) -> Iterator[str]:
    """The colour is a CSS name (RFC 7986 §5.9) and, for Apple's programs, six digits."""
    forms = {"COLOR": "[a-z]+", "X-APPLE-CALENDAR-COLOR": "#[0-9A-F]{6}"}
    for name, form in forms.items():
        for line in file.calendar.get_lines(name):
            if not re.fullmatch(form, line.value):
                yield f"line {line.number}: {name} is {line.value}"


def calendar_stamp(file: File) -> Iterator[str]:
    """A feed was last modified when the latest of its events was (RFC 7986 §5.4)."""
    latest = max((event.get_value("LAST-MODIFIED") for event in file.events), default="")
    for line in file.calendar.get_lines("LAST-MODIFIED"):
        if line.value != latest:
            yield f"line {line.number}: LAST-MODIFIED is {line.value}, not {latest}"


# What an event says.

UUID5: Final = "[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
PREFIXES: Final = {"CANCELLED": "CANCELLED: ", "TENTATIVE": "TBC: ", "CONFIRMED": ""}


def identities(file: File) -> Iterator[str]:
    """No two events have one UID, and each is a UUID of version 5 (RFC 7986 §5.3)."""
    for (uid, _), count in count_uids(file.events).items():
        if count != 1 or not re.fullmatch(UUID5, uid):
            yield f"{count} times UID:{uid}"


def stamps(file: File) -> Iterator[str]:
    """DTSTAMP, LAST-MODIFIED and SEQUENCE rise together (§3.8.7), from CREATED on."""
    for event in file.events:
        made, stamp, modified = map(event.get_value, ("CREATED", "DTSTAMP", "LAST-MODIFIED"))
        if not re.fullmatch(r"\d{8}T\d{6}Z", stamp) or stamp != modified or made > stamp:
            yield f"line {event.number}: made {made}, stamped {stamp}, modified {modified}"
        sequence = event.get_value("SEQUENCE")
        if not re.fullmatch(r"0|[1-9]\d{0,3}", sequence) or (sequence == "0") != (made == stamp):
            yield f"line {event.number}: SEQUENCE is {sequence}"


def times(file: File) -> Iterator[str]:
    """Start and end are local to one zone or in UTC, both alike, and never floating (§3.3.5)."""
    for event in file.events:
        both = (*event.get_lines("DTSTART"), *event.get_lines("DTEND"))
        for line in both:
            tail = "" if line.get_parameter("TZID") else "Z"
            if not re.fullmatch(rf"\d{{8}}T\d{{6}}{tail}", line.value):
                yield f"line {line.number}: {line.name} is {line.value}"
        for start, end in pairwise(both):
            if start.parameters != end.parameters or start.value >= end.value:
                yield f"line {event.number}: from {start} to {end}"


def statuses(file: File) -> Iterator[str]:
    """The title says what the status is, which most programs do not show (§3.8.1.11)."""
    for event in file.events:
        status, summary = event.get_value("STATUS"), event.get_value("SUMMARY")
        said = next(each for each in PREFIXES.values() if summary.startswith(each))
        if PREFIXES.get(status) != said:
            yield f"line {event.number}: {status}, but {summary}"


def transparency(file: File) -> Iterator[str]:
    """A broadcast makes nobody busy (§3.8.2.7)."""
    for event in file.events:
        if event.get_value("TRANSP") != "TRANSPARENT":
            yield f"line {event.number}: TRANSP is {event.get_value('TRANSP')}"


def locations(file: File) -> Iterator[str]:
    """A place is a name: Google looks an address up on its map."""
    for line in file.lines:
        if line.name == "LOCATION" and "://" in line.value:
            yield f"line {line.number}: LOCATION is {line.value}"


def links(file: File) -> Iterator[str]:
    """No URL has a comma or semicolon, where several programs cut it; events link to the site."""
    for line in file.lines:
        for link in re.findall(r"https?://\S+", line.text):
            if "," in link or ";" in link:
                yield f"line {line.number}: {line.name} has {link}"
    for event in file.events:
        if not event.get_value("URL").startswith(f"{file.site}#"):
            yield f"line {event.number}: URL is {event.get_value('URL')}"


def alarms(file: File) -> Iterator[str]:
    """Only a twin reminds (§3.6.6), half an hour before, and not of what is cancelled."""
    for event in file.events:
        due = file.reminding and event.get_value("STATUS") != "CANCELLED"
        if len(event.get_components("VALARM")) != int(due):
            yield f"line {event.number}: {len(event.get_components('VALARM'))} alarms"
        for alarm in event.get_components("VALARM"):
            yield from _exactly(alarm, ALARM)
            if (alarm.get_value("ACTION"), alarm.get_value("TRIGGER")) != ("DISPLAY", "-PT30M"):
                action, trigger = map(alarm.get_value, ("ACTION", "TRIGGER"))
                yield f"line {alarm.number}: {action} at {trigger}"


# Zones.


def zones(file: File) -> Iterator[str]:
    """The zones that events name, and no others, are defined before them, sorted (§3.2.19)."""
    used = set(tzids_used(file.events))
    parts = file.calendar.components
    first = tuple(takewhile(lambda each: each.name == "VTIMEZONE", parts))
    defined = [zone.get_value("TZID") for zone in file.calendar.get_components("VTIMEZONE")]
    if defined != sorted(used) or len(first) != len(defined):
        yield f"events name {used}; {defined} are defined, {len(first)} of them before the events"
    for line in file.calendar.get_lines("X-WR-TIMEZONE"):
        if used - {line.value}:
            yield f"line {line.number}: X-WR-TIMEZONE is {line.value}"


def observances(file: File) -> Iterator[str]:
    """A definition is complete (§3.6.5), begun before its events, no earlier than 1970."""
    starts = [line.value for event in file.events for line in event.get_lines("DTSTART")]
    for zone in file.calendar.get_components("VTIMEZONE"):
        yield from _exactly(zone, ("TZID",))
        first = first_onset(zone)
        if not zone.get_components("STANDARD") or not "19700101T000000" <= first < min(starts):
            yield f"line {zone.number}: begins at {first} for {starts}"
        for each in zone.components:
            ruled = [line.name for line in each.get_lines("RRULE")]
            yield from _exactly(each, (*OBSERVANCE, *ruled[:1]))


RULES: Final[tuple[Rule, ...]] = (
    *(line_ends, final_line_end, line_lengths, folds, byte_order_mark, control_characters),
    *(nesting, empty_values, order, normalization, escapes),
    *(head, calendar_properties, event_properties, unwanted),
    *(names, source, refresh, colors, calendar_stamp),
    *(identities, stamps, times, statuses, transparency, locations, links, alarms),
    *(zones, observances),
)
"""Every rule, octets first."""
