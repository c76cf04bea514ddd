"""What most would write: a calendar made with icalendar, property by property."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

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


def calendar(schedule: Schedule, episodes: tuple[Episode, ...], address: SiteURL) -> bytes:
    """A feed with the events of the main one: all their properties, and all their words.

    Without the definition of the time zone, which icalendar makes on request.
    """
    return bytes(_calendar(schedule, episodes, address).to_ical())


def whole_calendar(schedule: Schedule, episodes: tuple[Episode, ...], address: SiteURL) -> bytes:
    """The same with the definition, without which the times mean nothing (RFC 5545 §3.2.19)."""
    made = _calendar(schedule, episodes, address)
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _calendar(schedule: Schedule, episodes: tuple[Episode, ...], address: SiteURL) -> Calendar:
    made = Calendar()
    made.add("prodid", "-//plain//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("name", schedule.show.title)
    made.add("x-wr-calname", schedule.show.title)
    made.add("x-wr-timezone", schedule.timezone)
    zone = ZoneInfo(schedule.timezone)
    for episode in episodes:
        made.add_component(_event(schedule, episode, address, zone))
    return made


def _event(schedule: Schedule, episode: Episode, address: SiteURL, zone: ZoneInfo) -> Event:
    event = Event()
    start = episode.start.astimezone(zone)
    event.add("uid", event_uid(schedule.show, episode.id))
    event.add("dtstamp", episode.modified)
    event.add("last-modified", episode.modified)
    event.add("sequence", episode.sequence)
    event.add("created", episode.published)
    event.add("dtstart", start)
    event.add("dtend", start + timedelta(minutes=episode.runtime))
    event.add("summary", format_event_title(episode, schedule.show))
    event.add("description", "\n".join(description(schedule, episode, address)))
    event.add("location", ", ".join(each.name for each in schedule.platforms.values()))
    event.add("url", address.join(f"/#{episode.id}"))
    event.add("status", episode.status.upper())
    event.add("transp", "TRANSPARENT")
    event.add("categories", ["TV", *schedule.show.genres])
    return event


def description(schedule: Schedule, episode: Episode, address: SiteURL) -> Iterator[str]:
    """The lines of an event's description, as ours."""
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
    yield from ("", f"All episodes and changes: {address.join(f'/#{episode.id}')}")
