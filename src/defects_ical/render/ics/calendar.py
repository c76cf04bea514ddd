"""Render calendars without their events: a VCALENDAR and its properties (RFC 5545, RFC 7986)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from icalendar.prop import vDatetime, vDuration, vUri

from defects_ical.content.links.feeds import PRODID
from defects_ical.model.fields import color_to_hex
from defects_ical.render.ics.lines import render_line

# Short, so that a change on the day of the broadcast arrives in time.
REFRESH_INTERVAL: Final = vDuration(timedelta(hours=1))
END_CALENDAR: Final = b"END:VCALENDAR\r\n"

UNNAMED_HEAD: Final = b"".join(
    (
        b"BEGIN:VCALENDAR\r\n",
        render_line("VERSION", "2.0"),
        render_line("PRODID", PRODID),
        render_line("CALSCALE", "GREGORIAN"),
    )
)
"""The start of a calendar with the properties of every file, and no more.

Outlook creates a new calendar for a file of one event if the calendar has a name.
"""


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


def render_head(properties: CalendarProperties) -> bytes:
    """Render the start of a calendar, before its time zones; it changes only if an event does.

    It has no METHOD (RFC 5546 §3.2.1 requires an ORGANIZER with it), and no UID: with one,
    vdirsyncer keeps only one event of the calendar. The properties are in the order of icalendar.
    """
    # Name and description twice: for RFC 7986, and for Google, Apple and Outlook.
    names = {
        "DESCRIPTION": properties.description,
        "X-WR-CALDESC": properties.description,
        "NAME": properties.name,
        "X-WR-CALNAME": properties.name,
    }
    lines = (
        render_line("COLOR", properties.color),
        render_line("LAST-MODIFIED", vDatetime(properties.modified)),
        # Nextcloud reads this one, Outlook X-PUBLISHED-TTL; Google has its own interval. RFC 7986
        # §5.7 and §5.8 require VALUE for this and for SOURCE.
        render_line("REFRESH-INTERVAL", REFRESH_INTERVAL, VALUE="DURATION"),
        render_line("SOURCE", vUri(properties.source), VALUE="URI"),
        render_line("URL", vUri(properties.page)),
        # Apple knows no names of colours.
        render_line("X-APPLE-CALENDAR-COLOR", color_to_hex(properties.color)),
        render_line("X-PUBLISHED-TTL", REFRESH_INTERVAL),
        # For Google and Apple.
        render_line("X-WR-TIMEZONE", properties.timezone),
    )
    named = (render_line(name, text) for name, text in names.items())
    return b"".join((UNNAMED_HEAD, *named, *lines))


def assemble_calendar(head: bytes, definitions: bytes, events: Iterable[bytes]) -> bytes:
    """Return a calendar of a head, events, and the VTIMEZONEs if an event refers to one.

    Without events, a VTIMEZONE is the component that every calendar needs (RFC 5545 §3.6).
    """
    body = b"".join(events)
    needed = definitions if not body or b";TZID=" in body else b""
    return b"".join((head, needed, body, END_CALENDAR))
