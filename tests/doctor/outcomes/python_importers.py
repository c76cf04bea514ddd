"""Importers written in Python, each used as its users use it."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from itertools import takewhile
from typing import Any, TypeAlias

import icalendar
import ics
import recurring_ical_events
import vobject
from ical.calendar_stream import IcsCalendarStream
from icalendar.timezone import tzp
from vobject import icalendar as vobject_icalendar

from tests.doctor.outcomes.readings import YEAR, Occurrence, Reading, make_occurrence

Importer: TypeAlias = Callable[[bytes], Reading]
FIRST, LAST = date(YEAR, 1, 1), date(YEAR + 1, 1, 1)
VOBJECT_ZONES: dict[str, object] = vars(vobject_icalendar)["__tzidMap"]


def read_with_ical(body: bytes) -> Reading:
    """Read a feed as Home Assistant does, which shows nothing of a feed with an error."""
    calendar = IcsCalendarStream.calendar_from_ics(decode(body))
    first, last = (datetime(each.year, 1, 1, tzinfo=UTC) for each in (FIRST, LAST))
    timeline = calendar.timeline_tz(UTC).overlapping(first, last)
    return Reading([make_occurrence(e.uid, e.summary, e.dtstart, e.end) for e in timeline])


def read_with_icalendar(body: bytes) -> Reading:
    """Read the events of a feed; this library does not expand rules."""
    reading = Reading()
    events: list[Any] = icalendar.Calendar.from_ical(body).walk("VEVENT")
    for event in events:
        reading.drops += [name or "a line" for name, _ in event.errors]
        with note_failure(reading):
            reading.occurrences.append(
                make_occurrence(event.get("UID"), event.get("SUMMARY"), event.start, event.end)
            )
    return reading


def read_with_recurring_ical_events(body: bytes) -> Reading:
    """Read the occurrences of a feed."""
    calendar = icalendar.Calendar.from_ical(body)
    return Reading(
        [
            make_occurrence(e.get("UID"), e.get("SUMMARY"), e["DTSTART"].dt, e["DTEND"].dt)
            for e in recurring_ical_events.of(calendar).between(FIRST, LAST)
        ]
    )


def read_with_ics(body: bytes) -> Reading:
    """Read the events of a feed; this library does not expand rules."""
    return Reading([_read_ics_event(each) for each in ics.Calendar(decode(body)).events])


def _read_ics_event(event: Any) -> Occurrence:
    start, end = event.begin and event.begin.datetime, event.end and event.end.datetime
    if event.all_day:
        start, end = start.date(), end.date()
    return make_occurrence(event.uid, event.name, start, end)


def read_with_vobject(body: bytes) -> Reading:
    """Read the occurrences of all calendars of a feed, as Radicale does."""
    reading = Reading()
    for calendar in vobject.readComponents(decode(body)):
        events = calendar.contents.get("vevent", [])
        changed = {
            (get_value(each, "uid"), each.recurrence_id.value)
            for each in events
            if "recurrence-id" in each.contents
        }
        for event in events:
            with note_failure(reading):
                reading.occurrences += _expand_with_vobject(event, changed)
    return reading


def _expand_with_vobject(event: Any, changed: set[tuple[str, date]]) -> list[Occurrence]:
    uid, title, start = get_value(event, "uid"), get_value(event, "summary"), event.dtstart.value
    end, duration = get_value(event, "dtend"), get_value(event, "duration")
    if end is None and isinstance(duration, timedelta):
        end = start + duration
    rules = event.getrruleset(addRDate=True)
    if rules is None:
        return [make_occurrence(uid, title, start, end)]
    until = takewhile(lambda each: each.year <= YEAR, rules)
    within = (each for each in until if each.year == YEAR)
    starts = [each if isinstance(start, datetime) else each.date() for each in within]
    return [
        make_occurrence(uid, title, each, end and each + (end - start))
        for each in starts
        if (uid, each) not in changed
    ]


def get_value(component: Any, name: str) -> Any:
    """Return the value of a property that vobject has read, or None."""
    return getattr(getattr(component, name, None), "value", None)


IMPORTERS: dict[str, Importer] = {
    "ical": read_with_ical,
    "icalendar": read_with_icalendar,
    "recurring-ical-events": read_with_recurring_ical_events,
    "ics": read_with_ics,
    "vobject": read_with_vobject,
}


def read_with(importer: str, body: bytes) -> Reading:
    """Read a feed with an importer; an error that it raises is a refusal."""
    # They would keep the time zones of an earlier feed.
    tzp.use_default()
    VOBJECT_ZONES.clear()
    VOBJECT_ZONES["UTC"] = vobject_icalendar.utc
    try:
        with warnings.catch_warnings(action="ignore"), redirect_stdout(io.StringIO()):
            return IMPORTERS[importer](body)
    except Exception as error:  # noqa: BLE001 - importers raise errors of any kind
        return Reading(refusal=describe_error(error))


@contextmanager
def note_failure(reading: Reading) -> Iterator[None]:
    """Note the error of one event, as programs do that go on with the next event."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - importers raise errors of any kind
        reading.failures.append(describe_error(error))


def describe_error(error: Exception) -> str:
    """Return the message of an error, or its name if it has none."""
    detail = getattr(error, "detailed_error", None)
    text = detail if detail and "see the detailed_error" in str(error) else str(error)
    return text.removeprefix("The calendar is not valid: ") or type(error).__name__


def decode(body: bytes) -> str:
    """Decode a feed as programs do that fetch it."""
    return body.decode(errors="replace")


def list_versions() -> dict[str, str]:
    """Return the version of each importer."""
    return {name: version(name) for name in IMPORTERS}
