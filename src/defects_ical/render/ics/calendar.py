"""Render calendars without their events: a VCALENDAR and its properties (RFC 5545, RFC 7986)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from icalendar import Calendar
from icalendar.prop import vDuration, vText, vUri

from defects_ical.content.links.feeds import PRODID
from defects_ical.model.fields import color_to_hex

# Short, so that a change on the day of the broadcast arrives in time.
REFRESH_INTERVAL: Final = timedelta(hours=1)
END_CALENDAR: Final = b"END:VCALENDAR\r\n"


class CalendarProperties(NamedTuple):
    """What a feed says of itself: ``modified`` is in UTC, ``color`` a CSS colour name.

    ``source`` is the URL of the feed, ``page`` that of the page about it.
    """

    name: str
    description: str
    timezone: str
    modified: datetime
    source: str
    page: str
    color: str


def render_calendar(properties: CalendarProperties) -> bytes:
    """Render a calendar without its events; it changes only if an event does.

    It has no METHOD (RFC 5546 §3.2.1 requires an ORGANIZER with it), and no UID: with one,
    vdirsyncer keeps only one event of the calendar.
    """
    calendar = _make_unnamed_calendar()
    # Name and description twice: for RFC 7986, and for Google, Apple and Outlook. icalendar
    # does not escape them without vText.
    for name in ("NAME", "X-WR-CALNAME"):
        calendar.add(name, vText(properties.name))
    for name in ("DESCRIPTION", "X-WR-CALDESC"):
        calendar.add(name, vText(properties.description))
    # For Google and Apple.
    calendar.add("X-WR-TIMEZONE", vText(properties.timezone))
    calendar.add("LAST-MODIFIED", properties.modified)
    # RFC 7986 §5.7 and §5.8 require VALUE; icalendar's setters leave it out.
    calendar.add("SOURCE", vUri(properties.source), {"VALUE": "URI"})
    calendar.add("URL", vUri(properties.page))
    # Nextcloud reads the first, Outlook the second; Google has its own interval.
    calendar.add("REFRESH-INTERVAL", vDuration(REFRESH_INTERVAL), {"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", vDuration(REFRESH_INTERVAL))
    calendar.add("COLOR", vText(properties.color))
    # Apple knows no names of colours.
    calendar.add("X-APPLE-CALENDAR-COLOR", vText(color_to_hex(properties.color)))
    return bytes(calendar.to_ical())


def render_unnamed_calendar() -> bytes:
    """Render a calendar with the properties of every file, and no more.

    Outlook creates a new calendar for a file of one event if the calendar has a name.
    """
    return bytes(_make_unnamed_calendar().to_ical())


def assemble_calendar(calendar: bytes, definitions: bytes, events: Iterable[bytes]) -> bytes:
    """Insert events into a calendar, and the VTIMEZONEs if an event refers to one.

    Without events, a VTIMEZONE is the component that every calendar needs (RFC 5545 §3.6).
    """
    body = b"".join(events)
    needed = definitions if not body or b";TZID=" in body else b""
    return b"".join((calendar.removesuffix(END_CALENDAR), needed, body, END_CALENDAR))


def _make_unnamed_calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", PRODID)
    calendar.add("CALSCALE", "GREGORIAN")
    return calendar
