"""The calendar of the show made with other libraries, as their documentation shows.

Each function returns a feed with the events, properties and texts of our main feed.
"""

from __future__ import annotations

import ical.calendar
import ical.event
import icalendar
import ics
from ical.calendar_stream import IcsCalendarStream
from ical.types import Uri

from benchmarks.others.plain_feeds import PlainEvent, PlainFeed


def make_with_icalendar(feed: PlainFeed, *, add_timezone: bool = False) -> bytes:
    """Return a feed made with icalendar.

    With ``add_timezone`` it has a VTIMEZONE, without which its local times are undefined
    (RFC 5545 §3.2.19). icalendar adds one only on request.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//plain//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", feed.title)
    calendar.add("x-wr-calname", feed.title)
    calendar.add("x-wr-timezone", feed.timezone)
    for event in feed.events:
        calendar.add_component(_make_icalendar_event(feed, event))
    if add_timezone:
        calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _make_icalendar_event(feed: PlainFeed, plain: PlainEvent) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", plain.uid)
    event.add("dtstamp", plain.modified)
    event.add("last-modified", plain.modified)
    event.add("sequence", plain.sequence)
    event.add("created", plain.created)
    event.add("dtstart", plain.start)
    event.add("dtend", plain.end)
    event.add("summary", plain.summary)
    event.add("description", plain.description)
    event.add("location", feed.location)
    event.add("url", plain.url)
    event.add("status", plain.status)
    event.add("transp", "TRANSPARENT")
    event.add("categories", list(feed.categories))
    return event


def make_with_ics_py(feed: PlainFeed) -> bytes:
    """Return a feed made with ics.py, which writes all times in UTC and no SEQUENCE."""
    calendar = ics.Calendar(creator="-//plain//EN")
    for plain in feed.events:
        event = ics.Event(
            name=plain.summary,
            begin=plain.start,
            end=plain.end,
            uid=plain.uid,
            description=plain.description,
            created=plain.created,
            last_modified=plain.modified,
            location=feed.location,
            url=plain.url,
            transparent=True,
            categories=list(feed.categories),
            status=plain.status,
        )
        calendar.events.add(event)
    return str(calendar.serialize()).encode()


def make_with_ical(feed: PlainFeed) -> bytes:
    """Return a feed made with ical."""
    calendar = ical.calendar.Calendar(prodid="-//plain//EN", x_wr_timezone=feed.timezone)
    for plain in feed.events:
        event = ical.event.Event(
            dtstamp=plain.modified,
            uid=plain.uid,
            dtstart=plain.start,
            dtend=plain.end,
            summary=plain.summary,
            description=plain.description,
            created=plain.created,
            last_modified=plain.modified,
            sequence=plain.sequence,
            location=feed.location,
            url=Uri(plain.url),
            transparency="TRANSPARENT",
            categories=list(feed.categories),
            status=ical.event.EventStatus(plain.status),
        )
        calendar.events.append(event)
    return IcsCalendarStream.calendar_to_ics(calendar).encode()
