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
from defects_ical import wording
from defects_ical.episodes import Episode
from defects_ical.ics import event_uid
from defects_ical.links import Address
from defects_ical.schedule import Schedule


def with_ics(schedule: Schedule, episodes: tuple[Episode, ...], address: Address) -> bytes:
    """A calendar of ics.py (all its times are in UTC, and it has no SEQUENCE)."""
    calendar = ics.Calendar(creator="-//plain//EN")
    for episode in episodes:
        event = ics.Event(
            name=wording.summary(episode, schedule.show),
            begin=episode.start,
            end=episode.end,
            uid=event_uid(schedule.show, episode.id),
            description="\n".join(description(schedule, episode, address)),
            created=episode.published,
            last_modified=episode.modified,
            location=", ".join(each.name for each in schedule.platforms.values()),
            url=address.url(f"/#{episode.id}"),
            transparent=True,
            categories=["TV", *schedule.show.genres],
            status=episode.status.upper(),
        )
        calendar.events.add(event)
    return str(calendar.serialize()).encode()


def with_ical(schedule: Schedule, episodes: tuple[Episode, ...], address: Address) -> bytes:
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
            summary=wording.summary(episode, schedule.show),
            description="\n".join(description(schedule, episode, address)),
            created=episode.published,
            last_modified=episode.modified,
            sequence=episode.sequence,
            location=", ".join(each.name for each in schedule.platforms.values()),
            url=Uri(address.url(f"/#{episode.id}")),
            transparency="TRANSPARENT",
            categories=["TV", *schedule.show.genres],
            status=EventStatus(episode.status.upper()),
        )
        calendar.events.append(event)
    return IcsCalendarStream.calendar_to_ics(calendar).encode()
