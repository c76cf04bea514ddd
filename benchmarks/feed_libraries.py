"""The calendar of the show made with other libraries, as their documentation shows.

Each function returns a feed with the events, properties and texts of our main feed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import ical.calendar
import ical.event
import icalendar
import ics
from ical.calendar_stream import IcsCalendarStream
from ical.types import Uri

from defects_ical.content.descriptions import (
    describe_dated_change,
    describe_platforms,
    format_event_title,
    format_local_times,
)
from defects_ical.content.feeds import event_uid
from defects_ical.content.site_url import SiteURL
from defects_ical.schedule.episodes import Episode
from defects_ical.schedule.model import Schedule


def make_with_icalendar(
    schedule: Schedule,
    episodes: tuple[Episode, ...],
    site_url: SiteURL,
    *,
    add_timezone: bool = False,
) -> bytes:
    """Return a feed made with icalendar.

    With ``add_timezone`` it has a VTIMEZONE, without which its local times are undefined
    (RFC 5545 §3.2.19). icalendar adds one only on request.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//plain//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", schedule.show.title)
    calendar.add("x-wr-calname", schedule.show.title)
    calendar.add("x-wr-timezone", schedule.timezone)
    for episode in episodes:
        calendar.add_component(_make_icalendar_event(schedule, episode, site_url))
    if add_timezone:
        calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _make_icalendar_event(
    schedule: Schedule, episode: Episode, site_url: SiteURL
) -> icalendar.Event:
    event = icalendar.Event()
    start = episode.start.astimezone(ZoneInfo(schedule.timezone))
    event.add("uid", event_uid(schedule.show, episode.id))
    event.add("dtstamp", episode.modified)
    event.add("last-modified", episode.modified)
    event.add("sequence", episode.sequence)
    event.add("created", episode.published)
    event.add("dtstart", start)
    event.add("dtend", start + timedelta(minutes=episode.runtime))
    event.add("summary", format_event_title(episode, schedule.show))
    event.add("description", _format_description(schedule, episode, site_url))
    event.add("location", ", ".join(each.name for each in schedule.platforms.values()))
    event.add("url", site_url.join(f"/#{episode.id}"))
    event.add("status", episode.status.upper())
    event.add("transp", "TRANSPARENT")
    event.add("categories", ["TV", *schedule.show.genres])
    return event


def make_with_ics_py(schedule: Schedule, episodes: tuple[Episode, ...], site_url: SiteURL) -> bytes:
    """Return a feed made with ics.py, which writes all times in UTC and no SEQUENCE."""
    calendar = ics.Calendar(creator="-//plain//EN")
    for episode in episodes:
        event = ics.Event(
            name=format_event_title(episode, schedule.show),
            begin=episode.start,
            end=episode.end,
            uid=event_uid(schedule.show, episode.id),
            description=_format_description(schedule, episode, site_url),
            created=episode.published,
            last_modified=episode.modified,
            location=", ".join(each.name for each in schedule.platforms.values()),
            url=site_url.join(f"/#{episode.id}"),
            transparent=True,
            categories=["TV", *schedule.show.genres],
            status=episode.status.upper(),
        )
        calendar.events.add(event)
    return str(calendar.serialize()).encode()


def make_with_ical(schedule: Schedule, episodes: tuple[Episode, ...], site_url: SiteURL) -> bytes:
    """Return a feed made with ical."""
    calendar = ical.calendar.Calendar(prodid="-//plain//EN", x_wr_timezone=schedule.timezone)
    timezone = ZoneInfo(schedule.timezone)
    for episode in episodes:
        start = episode.start.astimezone(timezone)
        event = ical.event.Event(
            dtstamp=episode.modified,
            uid=event_uid(schedule.show, episode.id),
            dtstart=start,
            dtend=start + timedelta(minutes=episode.runtime),
            summary=format_event_title(episode, schedule.show),
            description=_format_description(schedule, episode, site_url),
            created=episode.published,
            last_modified=episode.modified,
            sequence=episode.sequence,
            location=", ".join(each.name for each in schedule.platforms.values()),
            url=Uri(site_url.join(f"/#{episode.id}")),
            transparency="TRANSPARENT",
            categories=["TV", *schedule.show.genres],
            status=ical.event.EventStatus(episode.status.upper()),
        )
        calendar.events.append(event)
    return IcsCalendarStream.calendar_to_ics(calendar).encode()


def _format_description(schedule: Schedule, episode: Episode, site_url: SiteURL) -> str:
    return "\n".join(_generate_description(schedule, episode, site_url))


def _generate_description(schedule: Schedule, episode: Episode, site_url: SiteURL) -> Iterator[str]:
    """Yield the lines of our DESCRIPTION."""
    if episode.teaser:
        yield from (episode.teaser, "")
    yield "Where to watch:"
    yield from describe_platforms(schedule.platforms.values())
    yield ""
    yield from format_local_times(episode.start, schedule)
    if episode.revisions:
        yield from ("", "What changed:")
    for revision in reversed(episode.revisions):
        yield describe_dated_change(revision, schedule)
    yield from ("", f"All episodes and changes: {site_url.join(f'/#{episode.id}')}")
