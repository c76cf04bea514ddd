"""Other libraries that read calendars, each as a function of the bytes of an .ics file."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import NamedTuple, TypeAlias

import icalendar
import ics
import pytest
import recurring_ical_events
import vobject
from dateutil import tz
from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream

from defects_ical.timezones.conversion import format_utc


class Reading(NamedTuple):
    """An event as a library reads it; the start and the end are dates if it is all day."""

    uid: str
    start: date
    end: date
    status: str
    title: str


class Broadcast(NamedTuple):
    """An event with its times in UTC, or its dates, as text."""

    uid: str
    start: str
    end: str
    status: str


Reader: TypeAlias = Callable[[bytes], Iterable[Reading]]


def parse_calendar_with_ical(body: bytes) -> Calendar:
    """Return the calendar of the library ical."""
    return IcsCalendarStream.calendar_from_ics(body.decode())


def read_with_ical(body: bytes) -> Iterator[Reading]:
    """Yield the events that the library ical reads."""
    for each in parse_calendar_with_ical(body).events:
        status = str(each.status and each.status.value)
        yield Reading(str(each.uid), each.start, each.end, status, str(each.summary))


def read_with_ics(body: bytes) -> Iterator[Reading]:
    """Yield the events that the library ics reads."""
    for each in ics.Calendar(body.decode()).events:
        start, end = each.begin.datetime, each.end.datetime
        if each.all_day:
            start, end = start.date(), end.date()
        yield Reading(each.uid, start, end, each.status, each.name)


def read_with_vobject(body: bytes) -> Iterator[Reading]:
    """Yield the events that the library vobject reads."""
    text = body.decode()
    for name in re.findall("^TZID:(.+)\r", text, flags=re.MULTILINE):
        # It would keep the VTIMEZONE of this name from an earlier file, for other years.
        vobject.icalendar.registerTzid(name, None)
    for each in vobject.readOne(text).contents.get("vevent", []):
        start, end = each.dtstart.value, each.dtend.value
        yield Reading(each.uid.value, start, end, each.status.value, each.summary.value)


def read_with_recurring_ical_events(body: bytes) -> Iterator[Reading]:
    """Yield the events that the library recurring_ical_events reads, in all years."""
    calendar = icalendar.Calendar.from_ical(body)
    for each in recurring_ical_events.of(calendar).between(date(1973, 1, 1), date(2038, 1, 1)):
        texts = (str(each[name]) for name in ("STATUS", "SUMMARY"))
        yield Reading(str(each["UID"]), each.start, each.end, *texts)


def read_with_icalendar(body: bytes) -> Iterator[Reading]:
    """Yield the events that the library icalendar reads."""
    for each in icalendar.Calendar.from_ical(body).walk("VEVENT"):
        assert isinstance(each, icalendar.Event)
        texts = (str(each[name]) for name in ("STATUS", "SUMMARY"))
        yield Reading(str(each["UID"]), each.start, each.end, *texts)


def read_with_dateutil(body: bytes) -> Iterator[Reading]:
    """Yield the events with their times as dateutil reads the VTIMEZONE, whatever its name."""
    zones = tz.tzical(io.StringIO(body.decode()))
    for each in icalendar.Calendar.from_ical(body).walk("VEVENT"):
        assert isinstance(each, icalendar.Event)
        start, end = (_convert_time(each, name, zones) for name in ("DTSTART", "DTEND"))
        texts = (str(each[name]) for name in ("STATUS", "SUMMARY"))
        yield Reading(str(each["UID"]), start, end, *texts)


def _convert_time(event: icalendar.Event, name: str, zones: tz.tzical) -> datetime:
    value = event[name]
    assert isinstance(value, icalendar.vDDDTypes)
    text, tzid = value.to_ical().decode(), value.params.get("TZID")
    naive = datetime.strptime(text.removesuffix("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 - added below
    return naive.replace(tzinfo=zones.get(tzid) if tzid else UTC)


READERS = [
    read_with_ical,
    pytest.param(
        read_with_ics,
        # ics 0.7.3 calls re.split() in a way that is deprecated since Python 3.13.
        marks=pytest.mark.filterwarnings(
            "ignore:'maxsplit' is passed as positional argument:DeprecationWarning:ics.utils"
        ),
    ),
    read_with_vobject,
    read_with_recurring_ical_events,
]


def format_time(time: date) -> str:
    """Format a date, or an aware datetime in UTC; fail for a floating time."""
    if not isinstance(time, datetime):
        return str(time)
    assert time.tzinfo is not None
    return format_utc(time)


def list_broadcasts(read: Reader, body: bytes) -> list[Broadcast]:
    """Return the events of an .ics file by their start, as a library reads them."""
    broadcasts = (
        Broadcast(each.uid, format_time(each.start), format_time(each.end), each.status)
        for each in read(body)
    )
    return sorted(broadcasts, key=lambda each: each.start)
