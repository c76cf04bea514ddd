"""The calendar of the show made with other libraries, as their documentation shows.

Each function returns a feed with the events, properties and texts of our main feed.
"""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import ical.calendar
import ical.event
import icalendar
import ics
from ical.calendar_stream import IcsCalendarStream
from ical.types import Uri

from defects_ical.content.descriptions import (
    EventDescription,
    describe_dated_change,
    describe_platforms,
    format_event_title,
    format_local_times,
)
from defects_ical.content.feeds import event_uid
from defects_ical.content.site_input import SiteInput
from defects_ical.schedule.episodes import Episode


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
    for episode in site.episodes:
        calendar.add_component(_make_icalendar_event(site, episode))
    if add_timezone:
        calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _make_icalendar_event(site: SiteInput, episode: Episode) -> icalendar.Event:
    event = icalendar.Event()
    start = episode.start.astimezone(ZoneInfo(site.schedule.timezone))
    event.add("uid", event_uid(site.show, episode.id))
    event.add("dtstamp", episode.modified)
    event.add("last-modified", episode.modified)
    event.add("sequence", episode.sequence)
    event.add("created", episode.published)
    event.add("dtstart", start)
    event.add("dtend", start + timedelta(minutes=episode.runtime))
    event.add("summary", format_event_title(episode, site.show))
    event.add("description", _format_description(site, episode))
    event.add("location", ", ".join(each.name for each in site.schedule.platforms.values()))
    event.add("url", site.link_to(episode))
    event.add("status", episode.status.upper())
    event.add("transp", "TRANSPARENT")
    event.add("categories", ["TV", *site.show.genres])
    return event


def make_with_ics_py(site: SiteInput) -> bytes:
    """Return a feed made with ics.py, which writes all times in UTC and no SEQUENCE."""
    calendar = ics.Calendar(creator="-//plain//EN")
    for episode in site.episodes:
        event = ics.Event(
            name=format_event_title(episode, site.show),
            begin=episode.start,
            end=episode.end,
            uid=event_uid(site.show, episode.id),
            description=_format_description(site, episode),
            created=episode.published,
            last_modified=episode.modified,
            location=", ".join(each.name for each in site.schedule.platforms.values()),
            url=site.link_to(episode),
            transparent=True,
            categories=["TV", *site.show.genres],
            status=episode.status.upper(),
        )
        calendar.events.add(event)
    return str(calendar.serialize()).encode()


def make_with_ical(site: SiteInput) -> bytes:
    """Return a feed made with ical."""
    calendar = ical.calendar.Calendar(prodid="-//plain//EN", x_wr_timezone=site.schedule.timezone)
    timezone = ZoneInfo(site.schedule.timezone)
    for episode in site.episodes:
        start = episode.start.astimezone(timezone)
        event = ical.event.Event(
            dtstamp=episode.modified,
            uid=event_uid(site.show, episode.id),
            dtstart=start,
            dtend=start + timedelta(minutes=episode.runtime),
            summary=format_event_title(episode, site.show),
            description=_format_description(site, episode),
            created=episode.published,
            last_modified=episode.modified,
            sequence=episode.sequence,
            location=", ".join(each.name for each in site.schedule.platforms.values()),
            url=Uri(site.link_to(episode)),
            transparency="TRANSPARENT",
            categories=["TV", *site.show.genres],
            status=ical.event.EventStatus(episode.status.upper()),
        )
        calendar.events.append(event)
    return IcsCalendarStream.calendar_to_ics(calendar).encode()


def _format_description(site: SiteInput, episode: Episode) -> str:
    """Return our DESCRIPTION."""
    changes = (describe_dated_change(each, site.schedule) for each in reversed(episode.revisions))
    description = EventDescription(
        teaser=episode.teaser or "",
        platforms="\n".join(describe_platforms(site.schedule.platforms.values())),
        times="\n".join(format_local_times(episode.start, site.schedule)),
        changes="\n".join(changes),
        link=f"All episodes and changes: {site.link_to(episode)}",
    )
    return str(description)
