"""Parse a published calendar as far as a comparison needs it: bytes in, events out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NamedTuple, TypeAlias, get_args

from defects_ical.rfc5545.content_lines import ContentLine, parse_line, unfold
from defects_ical.rfc5545.values import parse_local_datetime
from defects_ical.schedule.model import Status
from defects_ical.text.display import excerpt
from defects_ical.text.english import join_names
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
# No change log is that long.
MAX_SEQUENCE: Final = 99_999

Properties: TypeAlias = Mapping[str, ContentLine]
"""The properties of a component by name."""


class CalendarError(ValueError):
    """A calendar cannot be parsed; the message says why."""


class RevisionStamps(NamedTuple):
    """What calendar apps compare to see whether an event is newer; times in UTC."""

    sequence: int
    dtstamp: datetime
    last_modified: datetime


@dataclass(frozen=True, slots=True)
class PublishedEvent:
    """A VEVENT: ``start`` in UTC, ``runtime`` in minutes, texts without escapes.

    ``timezone`` is the TZID of its times, None for UTC. ``lines`` are its unfolded lines, sorted.
    """

    uid: str
    stamps: RevisionStamps
    start: datetime
    runtime: int
    timezone: str | None
    status: Status
    summary: str
    description: str
    properties: Properties
    lines: tuple[str, ...]

    @property
    def episode_id(self) -> str:
        """The id of the episode ("e08"): the fragment of its URL."""
        return self.properties["URL"].value.rpartition("#")[2]


Changes: TypeAlias = dict[str, tuple[PublishedEvent | None, PublishedEvent | None]]
"""Events before and after by UID; None if there is none."""


def normalize_line_ends(body: bytes) -> bytes:
    """Restore the CRLF line endings that a copy may have lost, and remove a byte order mark."""
    body = body.removeprefix(BYTE_ORDER_MARK)
    if body.count(b"\n") == body.count(b"\r\n"):
        return body
    return body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def split_events(body: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    """Return what precedes the events of a calendar, and the folded lines within each event."""
    header, *events = body.split(BEGIN_EVENT)
    return header, tuple(each.partition(END_EVENT)[0] for each in events)


def parse_header(header: bytes) -> Properties:
    """Parse the properties of the calendar itself; raises CalendarError."""
    lines = _split_lines(header)
    if lines[:1] != ["BEGIN:VCALENDAR"]:
        raise CalendarError("the first line is not `BEGIN:VCALENDAR`")
    return _parse_properties(lines[1:])


def changed_events(before: bytes, after: bytes) -> Changes:
    """Return the events whose lines differ between two calendars, or that only one of them has.

    Events with equal bytes are not parsed, so that they cost almost nothing. Raises CalendarError.
    """
    old, new = split_events(before)[1], split_events(after)[1]
    old_events = _parse_events(old, skip=frozenset(new))
    new_events = _parse_events(new, skip=frozenset(old))
    uids = (*new_events, *old_events)
    pairs = {uid: (old_events.get(uid), new_events.get(uid)) for uid in uids}
    return {uid: pair for uid, pair in pairs.items() if not _have_equal_lines(*pair)}


def _parse_events(events: Iterable[bytes], skip: frozenset[bytes]) -> dict[str, PublishedEvent]:
    parsed = (parse_event(each) for each in events if each not in skip)
    return {each.uid: each for each in parsed}


def _have_equal_lines(before: PublishedEvent | None, after: PublishedEvent | None) -> bool:
    """Return whether two events differ only in their folds, or in the order of their lines."""
    return before is not None and after is not None and before.lines == after.lines


def parse_event(event: bytes) -> PublishedEvent:
    """Parse the folded lines within an event.

    Raises CalendarError if it is not in the form that this program writes.
    """
    lines = _split_lines(event)
    properties = _parse_properties(lines)
    start, timezone = _parse_time(properties, "DTSTART")
    duration = _parse_time(properties, "DTEND")[0] - start
    _get_property(properties, "URL")
    return PublishedEvent(
        uid=_get_property(properties, "UID").value,
        stamps=_parse_stamps(properties),
        start=start,
        runtime=round(duration.total_seconds() / 60),
        timezone=timezone,
        status=_parse_status(properties),
        summary=_get_property(properties, "SUMMARY").text,
        description=_get_property(properties, "DESCRIPTION").text,
        properties=properties,
        lines=tuple(sorted(lines)),
    )


def _split_lines(part: bytes) -> list[str]:
    try:
        return unfold(part).decode().removesuffix("\r\n").split("\r\n")
    except UnicodeDecodeError:
        raise CalendarError("not UTF-8") from None


def _parse_properties(lines: Iterable[str]) -> Properties:
    """Return the properties of a component, without those of components within it."""
    return {line.name: line for line in _iterate_properties(lines)}


def _iterate_properties(lines: Iterable[str]) -> Iterator[ContentLine]:
    depth = 0
    for text in lines:
        line = parse_line(text)
        if not line:
            raise CalendarError(f"`{excerpt(text)}` is not a content line")
        if line.name == "BEGIN":
            depth += 1
        elif line.name == "END":
            depth -= 1
        elif not depth:
            yield line


def _get_property(properties: Properties, name: str) -> ContentLine:
    if name not in properties:
        raise CalendarError(f"an event has no {name}")
    return properties[name]


def _parse_stamps(properties: Properties) -> RevisionStamps:
    return RevisionStamps(
        sequence=_parse_sequence(properties),
        dtstamp=_parse_utc(properties, "DTSTAMP"),
        last_modified=_parse_utc(properties, "LAST-MODIFIED"),
    )


def _parse_sequence(properties: Properties) -> int:
    line = _get_property(properties, "SEQUENCE")
    if not re.fullmatch("[0-9]{1,5}", line.value):
        raise _value_error(line, f"is not a number from 0 to {MAX_SEQUENCE}")
    return int(line.value)


def _parse_status(properties: Properties) -> Status:
    line = _get_property(properties, "STATUS")
    if line.value not in STATUSES:
        raise _value_error(line, f"is not one of {join_names([*STATUSES])}")
    return STATUSES[line.value]


def _parse_utc(properties: Properties, name: str) -> datetime:
    line = _get_property(properties, name)
    if not line.value.endswith("Z"):
        raise _value_error(line, "is not in UTC")
    return _parse_local(line).replace(tzinfo=UTC)


def _parse_time(properties: Properties, name: str) -> tuple[datetime, str | None]:
    """Return a time in UTC, and the time zone in which it is written; None for UTC."""
    line = _get_property(properties, name)
    local = _parse_local(line)
    if line.value.endswith("Z"):
        return local.replace(tzinfo=UTC), None
    zone = line.tzid
    if zone not in TIMEZONE_NAMES:
        raise _value_error(line, "is neither in UTC nor in an IANA time zone")
    try:
        return to_utc(local, zone), zone
    except AmbiguousTimeError as error:
        # iCalendar means the first of the two (RFC 5545 §3.3.5).
        return (local - error.first).replace(tzinfo=UTC), zone
    except NonexistentTimeError:
        raise _value_error(line, f"does not exist in {zone}") from None


def _parse_local(line: ContentLine) -> datetime:
    local = parse_local_datetime(line.value.removesuffix("Z"))
    if not local:
        raise _value_error(line, "is not a date and time")
    return local


def _value_error(line: ContentLine, problem: str) -> CalendarError:
    return CalendarError(f"the {line.name} `{excerpt(line.value)}` of an event {problem}")
