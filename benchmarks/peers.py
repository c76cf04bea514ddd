"""The same calendar, made with other libraries as their documentation shows."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import ics
from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream
from ical.event import Event, EventStatus
from ical.types import Uri

from benchmarks.plain import description
from defects_ical.content.descriptions import format_event_title
from defects_ical.content.feeds import event_uid
from defects_ical.content.site_url import SiteURL
from defects_ical.schedule.episodes import Episode
from defects_ical.schedule.model import Schedule


def with_ics(schedule: Schedule, episodes: tuple[Episode, ...], address: SiteURL) -> bytes:
    """A calendar of ics.py (all its times are in UTC, and it has no SEQUENCE)."""
    calendar = ics.Calendar(creator="-//plain//EN")
    for episode in episodes:
        event = ics.Event(
            name=format_event_title(episode, schedule.show),
            begin=episode.start,
            end=episode.end,
            uid=event_uid(schedule.show, episode.id),
            description="\n".join(description(schedule, episode, address)),
            created=episode.published,
            last_modified=episode.modified,
            location=", ".join(each.name for each in schedule.platforms.values()),
            url=address.join(f"/#{episode.id}"),
            transparent=True,
            categories=["TV", *schedule.show.genres],
            status=episode.status.upper(),
        )
        calendar.events.add(event)
    return str(calendar.serialize()).encode()


def with_ical(schedule: Schedule, episodes: tuple[Episode, ...], address: SiteURL) -> bytes:
    """A calendar of ical."""
    calendar = Calendar(prodid="-//plain//EN", x_wr_timezone=schedule.timezone)
    zone = ZoneInfo(schedule.timezone)
    for episode in episodes:
        start = episode.start.astimezone(zone)
        event = Event(
            dtstamp=episode.modified,
            uid=event_uid(schedule.show, episode.id),
            dtstart=start,
            dtend=start + timedelta(minutes=episode.runtime),
            summary=format_event_title(episode, schedule.show),
            description="\n".join(description(schedule, episode, address)),
            created=episode.published,
            last_modified=episode.modified,
            sequence=episode.sequence,
            location=", ".join(each.name for each in schedule.platforms.values()),
            url=Uri(address.join(f"/#{episode.id}")),
            transparency="TRANSPARENT",
            categories=["TV", *schedule.show.genres],
            status=EventStatus(episode.status.upper()),
        )
        calendar.events.append(event)
    return IcsCalendarStream.calendar_to_ics(calendar).encode()
