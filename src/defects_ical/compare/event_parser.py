"""iCalendar bytes → events: a published calendar, read back as far as a comparison needs it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NamedTuple, TypeAlias, get_args

from defects_ical.schedule.model import Status
from defects_ical.text.display import excerpt
from defects_ical.timezones.conversion import (
    TIMEZONE_NAMES,
    AmbiguousTimeError,
    NonexistentTimeError,
    to_utc,
)

BEGIN_EVENT: Final = b"BEGIN:VEVENT\r\n"
END_EVENT: Final = b"END:VEVENT\r\n"
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
STATUSES: Final[Mapping[str, Status]] = {each.upper(): each for each in get_args(Status)}
# Far more than anybody writes: what is above came from elsewhere.
MAX_SEQUENCE: Final = 99_999

_PROPERTY: Final = re.compile(r"([A-Za-z0-9-]+)((?:;[^:]*)?):(.*)", re.DOTALL)
_FOLD: Final = re.compile(rb"\r\n[ \t]")
_ESCAPE: Final = re.compile(r"\\([\\;,nN])")
_MOMENT: Final = re.compile(r"[0-9]{8}T[0-9]{6}Z?")


class CalendarError(ValueError):
    """What a calendar has in it cannot be read; the message says what it is."""


class Property(NamedTuple):
    """A property: its parameters as they stand, and its value, escapes and all."""

    parameters: str
    value: str


class RevisionStamps(NamedTuple):
    """What a calendar program compares to see whether an event is newer; instants in UTC."""

    sequence: int
    stamped: datetime
    modified: datetime


@dataclass(frozen=True, slots=True)
class PublishedEvent:
    """A VEVENT: ``start`` in UTC, ``runtime`` in minutes, texts without their escapes.

    ``zone`` is the one that its times are written in, None for UTC. ``lines`` are all of its
    lines, unfolded and in alphabetical order.
    """

    uid: str
    stamps: RevisionStamps
    start: datetime
    runtime: int
    zone: str | None
    status: Status
    summary: str
    description: str
    properties: Mapping[str, Property]
    lines: tuple[str, ...]

    @property
    def anchor(self) -> str:
        """What its link ends in, the id of the episode: "e08"."""
        return self.properties["URL"].value.rpartition("#")[2]


Changes: TypeAlias = dict[str, tuple[PublishedEvent | None, PublishedEvent | None]]
"""Events before and after, by UID; None where there is none."""


def normalize_line_ends(body: bytes) -> bytes:
    """A calendar with the ends of lines that it was published with, whoever copied it."""
    body = body.removeprefix(BYTE_ORDER_MARK)
    if body.count(b"\n") == body.count(b"\r\n"):
        return body
    return body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def split_events(body: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    """What stands before the events of a calendar, and the inside of each, folds and all."""
    head, *events = body.split(BEGIN_EVENT)
    return head, tuple(each.partition(END_EVENT)[0] for each in events)


def parse_header(head: bytes) -> Mapping[str, Property]:
    """The properties of the calendar itself; raises CalendarError."""
    lines = _lines(head)
    if lines[:1] != ["BEGIN:VCALENDAR"]:
        raise CalendarError("it does not begin with `BEGIN:VCALENDAR`")
    return _properties(lines[1:])


def changed_events(was: bytes, now: bytes) -> Changes:
    """The events that are not in both calendars with the same lines, by UID: before and after.

    Only these are read: a thousand others cost nothing. Raises CalendarError.
    """
    old, new = split_events(was)[1], split_events(now)[1]
    before = _without(old, frozenset(new))
    after = _without(new, frozenset(old))
    pairs = {uid: (before.get(uid), after.get(uid)) for uid in (*after, *before)}
    return {uid: pair for uid, pair in pairs.items() if not _alike(*pair)}


def _without(events: Iterable[bytes], others: frozenset[bytes]) -> dict[str, PublishedEvent]:
    found = (parse_event(each) for each in events if each not in others)
    return {each.uid: each for each in found}


def _alike(before: PublishedEvent | None, after: PublishedEvent | None) -> bool:
    """Whether they only differ in their folds or in the order of their lines."""
    return before is not None and after is not None and before.lines == after.lines


def parse_event(event: bytes) -> PublishedEvent:
    """An event from its inside; raises CalendarError for one that this program cannot write."""
    lines = _lines(event)
    properties = _properties(lines)
    start, zone = _time(properties, "DTSTART")
    length = _time(properties, "DTEND")[0] - start
    _value(properties, "URL")
    return PublishedEvent(
        uid=_value(properties, "UID"),
        stamps=_stamps(properties),
        start=start,
        runtime=round(length.total_seconds() / 60),
        zone=zone,
        status=_status(properties),
        summary=unescape_text(_value(properties, "SUMMARY")),
        description=unescape_text(_value(properties, "DESCRIPTION")),
        properties=properties,
        lines=tuple(sorted(lines)),
    )


def unescape_text(value: str) -> str:
    """A text without its escapes (RFC 5545 §3.3.11)."""
    return _ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)


def _lines(part: bytes) -> list[str]:
    try:
        return _FOLD.sub(b"", part).decode().removesuffix("\r\n").split("\r\n")
    except UnicodeDecodeError:
        raise CalendarError("it is not UTF-8") from None


def _properties(lines: Iterable[str]) -> Mapping[str, Property]:
    """The properties of a component by name, without those of what is inside it."""
    return dict(_own(lines))


def _own(lines: Iterable[str]) -> Iterator[tuple[str, Property]]:
    depth = 0
    for line in lines:
        found = _PROPERTY.fullmatch(line)
        if not found:
            raise CalendarError(f"`{excerpt(line)}` is no line of a calendar")
        name = found[1].upper()
        if name == "BEGIN":
            depth += 1
        elif name == "END":
            depth -= 1
        elif not depth:
            yield name, Property(found[2], found[3])


def _value(properties: Mapping[str, Property], name: str) -> str:
    if name not in properties:
        raise CalendarError(f"an event has no {name}")
    return properties[name].value


def _stamps(properties: Mapping[str, Property]) -> RevisionStamps:
    stamped, modified = (_stamp(properties, name) for name in ("DTSTAMP", "LAST-MODIFIED"))
    return RevisionStamps(_sequence(properties), stamped, modified)


def _sequence(properties: Mapping[str, Property]) -> int:
    value = _value(properties, "SEQUENCE")
    if not re.fullmatch("[0-9]{1,5}", value):
        raise _unreadable("SEQUENCE", value, f"a number up to {MAX_SEQUENCE}")
    return int(value)


def _status(properties: Mapping[str, Property]) -> Status:
    value = _value(properties, "STATUS")
    if value not in STATUSES:
        raise _unreadable("STATUS", value, " or ".join(STATUSES))
    return STATUSES[value]


def _stamp(properties: Mapping[str, Property], name: str) -> datetime:
    value = _value(properties, name)
    if not value.endswith("Z"):
        raise _unreadable(name, value, "a time in UTC")
    return _moment(name, value).replace(tzinfo=UTC)


def _time(properties: Mapping[str, Property], name: str) -> tuple[datetime, str | None]:
    """An instant in UTC, and the zone in which it is written."""
    value = _value(properties, name)
    wall = _moment(name, value)
    if value.endswith("Z"):
        return wall.replace(tzinfo=UTC), None
    zone = properties[name].parameters.removeprefix(";TZID=")
    written = f"{zone}:{value}".lstrip(":")
    if zone not in TIMEZONE_NAMES:
        raise _unreadable(name, written, "a time in UTC or in a zone of the IANA list")
    try:
        return to_utc(wall, zone), zone
    except AmbiguousTimeError as overlap:
        # As a local time, iCalendar has the first of two (RFC 5545 §3.3.5).
        return (wall - overlap.first).replace(tzinfo=UTC), zone
    except NonexistentTimeError:
        raise _unreadable(name, written, "a time that there is") from None


def _moment(name: str, value: str) -> datetime:
    try:
        if _MOMENT.fullmatch(value):
            return datetime.fromisoformat(value.removesuffix("Z"))
    except ValueError:
        pass
    raise _unreadable(name, value, "a date and time")


def _unreadable(name: str, value: str, wanted: str) -> CalendarError:
    return CalendarError(f"the {name} of an event, `{excerpt(value)}`, is not {wanted}")
