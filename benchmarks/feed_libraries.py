"""The calendar of the show made with other libraries, as their documentation shows.

Each function returns a feed with the events, properties and texts of our main feed.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import ical.calendar
import ical.event
import icalendar
import ics
from ical.calendar_stream import IcsCalendarStream
from ical.types import Uri

from defects_ical.content.descriptions import (
    EventDescription,
    describe_episodes,
    describe_event_change,
    describe_platforms,
    format_event_title,
    format_local_times,
)
from defects_ical.content.links.feeds import event_uid
from defects_ical.content.site_input import SiteInput
from defects_ical.schedule.episodes import Event


def make_with_icalendar(site: SiteInput, *, add_timezone: bool = False) -> bytes:
    """Return a feed made with icalendar.

    With ``add_timezone`` it has a VTIMEZONE, without which its local times are undefined
    (RFC 5545 §3.2.19). icalendar adds one only on request.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//plain//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", site.show.title)
    calendar.add("x-wr-calname", site.show.title)
    calendar.add("x-wr-timezone", site.schedule.timezone)
    for event in site.listings.main.events:
        calendar.add_component(_make_icalendar_event(site, event))
    if add_timezone:
        calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _make_icalendar_event(site: SiteInput, ours: Event) -> icalendar.Event:
    event = icalendar.Event()
    start, end = _get_times(ours)
    timezone = ZoneInfo(site.schedule.timezone)
    event.add("uid", event_uid(site.show, ours.id))
    event.add("dtstamp", ours.modified)
    event.add("last-modified", ours.modified)
    event.add("sequence", ours.sequence)
    event.add("created", ours.first.published)
    event.add("dtstart", start.astimezone(timezone))
    event.add("dtend", end.astimezone(timezone))
    event.add("summary", format_event_title(ours, site.schedule))
    event.add("description", _format_description(site, ours))
    event.add("location", ", ".join(each.name for each in site.schedule.platforms.values()))
    event.add("url", site.link_to(ours))
    event.add("status", ours.first.status.upper())
    event.add("transp", "TRANSPARENT")
    event.add("categories", ["TV", *site.show.genres])
    return event


def _get_times(event: Event) -> tuple[datetime, datetime]:
    """Return start and end, in UTC; the benchmarks' episodes all have an hour."""
    start, end = event.first.start, event.first.end
    if not start or not end:
        raise ValueError(event.id)
    return start, end


def make_with_ics_py(site: SiteInput) -> bytes:
    """Return a feed made with ics.py, which writes all times in UTC and no SEQUENCE."""
    calendar = ics.Calendar(creator="-//plain//EN")
    for ours in site.listings.main.events:
        start, end = _get_times(ours)
        event = ics.Event(
            name=format_event_title(ours, site.schedule),
            begin=start,
            end=end,
            uid=event_uid(site.show, ours.id),
            description=_format_description(site, ours),
            created=ours.first.published,
            last_modified=ours.modified,
            location=", ".join(each.name for each in site.schedule.platforms.values()),
            url=site.link_to(ours),
            transparent=True,
            categories=["TV", *site.show.genres],
            status=ours.first.status.upper(),
        )
        calendar.events.add(event)
    return str(calendar.serialize()).encode()


def make_with_ical(site: SiteInput) -> bytes:
    """Return a feed made with ical."""
    calendar = ical.calendar.Calendar(prodid="-//plain//EN", x_wr_timezone=site.schedule.timezone)
    timezone = ZoneInfo(site.schedule.timezone)
    for ours in site.listings.main.events:
        start, end = _get_times(ours)
        event = ical.event.Event(
            dtstamp=ours.modified,
            uid=event_uid(site.show, ours.id),
            dtstart=start.astimezone(timezone),
            dtend=end.astimezone(timezone),
            summary=format_event_title(ours, site.schedule),
            description=_format_description(site, ours),
            created=ours.first.published,
            last_modified=ours.modified,
            sequence=ours.sequence,
            location=", ".join(each.name for each in site.schedule.platforms.values()),
            url=Uri(site.link_to(ours)),
            transparency="TRANSPARENT",
            categories=["TV", *site.show.genres],
            status=ical.event.EventStatus(ours.first.status.upper()),
        )
        calendar.events.append(event)
    return IcsCalendarStream.calendar_to_ics(calendar).encode()


def _format_description(site: SiteInput, event: Event) -> str:
    """Return our DESCRIPTION."""
    schedule, first = site.schedule, event.first
    changes = (describe_event_change(each, schedule) for each in reversed(event.revisions))
    platforms = describe_platforms(schedule.platforms, event.availability, first.links, schedule)
    description = EventDescription(
        teaser=describe_episodes(event, schedule.words),
        platforms="\n".join(platforms),
        times="\n".join(format_local_times(first.start or first.date, schedule)),
        changes="\n".join(changes),
        link=f"All episodes and changes: {site.link_to(event)}",
    )
    return description.join(schedule.words)
