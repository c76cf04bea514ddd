"""Render episodes as iCalendar files (RFC 5545, RFC 7986).

There are three kinds: feeds, the same feeds with reminders, and a file for each episode. A property
is there because a calendar app needs it, and left out if another app fails on it. Each event is
rendered once and its bytes are reused in all three kinds.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache, partial
from typing import Final, NamedTuple

from icalendar.prop import vCategory, vDate, vDatetime, vDuration, vUri

from defects_ical.content import descriptions
from defects_ical.content.feeds import Feed, add_reminders, event_path, event_uid
from defects_ical.content.site_input import SiteInput
from defects_ical.model.schedule import Schedule
from defects_ical.render.ics.calendar import (
    CalendarProperties,
    assemble_calendar,
    render_calendar,
    render_unnamed_calendar,
)
from defects_ical.render.ics.lines import BEGIN_EVENT, END_EVENT, Lines, Value, render_line
from defects_ical.render.ics.zones import CalendarZone, choose_zone
from defects_ical.schedule.episodes import Availability, Event, Start
from defects_ical.text.english import format_distance

# In the order in which icalendar sorts them.
PROPERTIES: Final = (
    *("SUMMARY", "DTSTART", "DTEND", "DTSTAMP", "UID", "SEQUENCE", "CATEGORIES", "CREATED"),
    *("DESCRIPTION", "LAST-MODIFIED", "LOCATION", "STATUS", "TRANSP", "URL"),
)


def render_feeds(site: SiteInput) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of every .ics file."""
    schedule, listings = site.schedule, site.listings
    zone = choose_zone(schedule, listings)
    timezone = zone.render_definition()
    lines = _SharedLines(site, zone)
    for feed in site.feeds:
        renderer = _FeedRenderer(site, feed, lines)
        events = listings.of(feed.platform).events
        modified = max((each.modified for each in events), default=schedule.published)
        # An edit of one event may change the form of the times of all others.
        name = f"{feed.path} in {zone.name}"
        contents = site.cache.get_or_render(name, events, renderer.render_event)
        calendar = renderer.render_calendar(feed, modified)
        yield feed.path, assemble_calendar(calendar, timezone, contents)
        for each in add_reminders(feed, schedule):
            calendar = renderer.render_calendar(each, modified)
            render_alarm = partial(lines.render_alarm, minutes=each.reminder or 0)
            alarms = site.cache.get_or_render(each.path, events, render_alarm)
            yield (
                each.path,
                assemble_calendar(calendar, timezone, map(_add_alarm, contents, alarms)),
            )
        if feed.platform is None:
            calendar = render_unnamed_calendar()
            for content, event in zip(contents, events, strict=True):
                yield (
                    event_path(event.id, schedule),
                    assemble_calendar(calendar, timezone, [content]),
                )


def _add_alarm(event: bytes, alarm: bytes) -> bytes:
    """Add a reminder, only in feeds with reminders: many subscribers do not want one."""
    return event.removesuffix(END_EVENT) + alarm + END_EVENT


class _SharedLines:
    """Content lines that several events or feeds have in common, each rendered once."""

    def __init__(self, site: SiteInput, zone: CalendarZone) -> None:
        self.site = site
        categories = vCategory([*dict.fromkeys(("TV", *site.show.genres))])
        self.common: Lines = {
            # A broadcast does not make its viewers busy.
            "TRANSP": render_line("TRANSP", "TRANSPARENT"),
            "CATEGORIES": render_line("CATEGORIES", categories),
        }
        self.get_broadcast = cache(partial(_render_broadcast, site.schedule, zone))
        self._get_stamps = cache(_render_stamps)
        self._get_name = cache(_render_name)
        self._get_alarm = cache(_render_alarm)

    def render_event(self, event: Event) -> Lines:
        """Render what an event has in common in every feed."""
        title, first = descriptions.format_event_title(event, self.site.schedule), event.first
        stamps = self._get_stamps(first.published, event.modified, event.sequence)
        return {**stamps, **self._get_name(title, first.status, self.site.link_to(event))}

    def render_alarm(self, event: Event, minutes: int) -> bytes:
        """Render the reminder of an event; nothing if it does not air then."""
        if event.first.start is None or event.first.status in {"cancelled", "postponed"}:
            return b""
        return self._get_alarm(descriptions.format_event_title(event, self.site.schedule), minutes)


def _render_stamps(published: datetime, modified: datetime, sequence: int) -> Lines:
    """Render when an event was added and last changed."""
    values: dict[str, Value] = {
        "CREATED": vDatetime(published),
        # Evolution and ICSx5 apply a change only if all three of these increase.
        "DTSTAMP": vDatetime(modified),
        "LAST-MODIFIED": vDatetime(modified),
        "SEQUENCE": str(sequence),
    }
    return {name: render_line(name, value) for name, value in values.items()}


def _render_name(title: str, status: str, url: str) -> Lines:
    # iCalendar has no "postponed"; the title says it.
    status = "tentative" if status == "postponed" else status
    values: dict[str, Value] = {"SUMMARY": title, "STATUS": status.upper(), "URL": vUri(url)}
    return {name: render_line(name, value) for name, value in values.items()}


def _render_alarm(title: str, minutes: int) -> bytes:
    distance = format_distance(*divmod(minutes, 24 * 60))
    lines = (
        render_line("ACTION", "DISPLAY"),
        render_line("DESCRIPTION", f"{title} starts in {distance}"),
        render_line("TRIGGER", vDuration(-timedelta(minutes=minutes))),
    )
    return b"".join((b"BEGIN:VALARM\r\n", *lines, b"END:VALARM\r\n"))


class _Broadcast(NamedTuple):
    """An event on one platform: DTSTART and DTEND, and its local times as text."""

    start_end: Lines
    local_times: str


def _render_broadcast(
    schedule: Schedule, zone: CalendarZone, start: Start, runtime: int
) -> _Broadcast:
    """Render what depends on the start and the runtime (minutes)."""
    times = "\n".join(descriptions.format_local_times(start, schedule))
    if not isinstance(start, datetime):
        return _Broadcast(_render_dates(start), times)
    return _Broadcast(zone.render_start_end(start, start + timedelta(minutes=runtime)), times)


def _render_dates(day: date) -> Lines:
    """Render DTSTART and DTEND as dates; DTEND is the next day, as an importer demands."""
    days = {"DTSTART": day, "DTEND": day + timedelta(days=1)}
    return {name: render_line(name, vDate(each), VALUE="DATE") for name, each in days.items()}


class _FeedRenderer:
    """A renderer of the parts of a feed: its events, and its calendar without events."""

    def __init__(self, site: SiteInput, feed: Feed, lines: _SharedLines) -> None:
        self.site = site
        self.feed = feed
        self.lines = lines
        self.platform = site.schedule.platforms[feed.platform] if feed.platform else None
        # Most events of a feed are on the same platforms.
        self.render_platforms = cache(self._render_platforms)

    def render_calendar(self, feed: Feed, modified: datetime) -> bytes:
        """Render the calendar of a feed, or of the same with reminders, without its events."""
        properties = CalendarProperties(
            name=feed.title,
            description=self._describe_calendar(),
            timezone=self.site.schedule.timezone,
            modified=modified,
            source=self.site.url.join(feed.path),
            page=str(self.site.url),
            color=self.site.show.color,
        )
        return render_calendar(properties)

    def render_event(self, event: Event) -> bytes:
        """Render a VEVENT without a reminder."""
        first = event.first
        broadcast = self.lines.get_broadcast(first.start or first.date, first.runtime or 0)
        uid = event_uid(self.site.show, event.id, self.feed.platform)
        platforms, location = self.render_platforms(event.availability, first.links)
        description = self._describe_event(event, platforms, broadcast.local_times)
        lines = {
            **self.lines.common,
            **self.lines.render_event(event),
            **broadcast.start_end,
            "UID": render_line("UID", uid),
            "DESCRIPTION": render_line("DESCRIPTION", description),
            "LOCATION": location,
        }
        return b"".join((BEGIN_EVENT, *(lines[name] for name in PROPERTIES), END_EVENT))

    def _describe_calendar(self) -> str:
        title = self.site.show.title
        if self.platform:
            return f"When {title} is on {self.platform.name} ({self.platform.region})"
        return f"When {title} airs, and where to watch it"

    def _render_platforms(
        self, availability: tuple[Availability, ...], links: tuple[tuple[str, str], ...]
    ) -> tuple[str, bytes]:
        """Return where to watch an event, and its LOCATION."""
        schedule = self.site.schedule
        names = descriptions.list_platforms(availability, schedule)
        shown = (self.feed.platform,) if self.feed.platform else names
        text = "\n".join(descriptions.describe_platforms(shown, availability, links, schedule))
        # Only names: Google looks up a URL on its map.
        location = ", ".join(schedule.platforms[name].name for name in shown)
        return text, render_line("LOCATION", location)

    def _describe_event(self, event: Event, platforms: str, times: str) -> str:
        schedule = self.site.schedule
        changes = (
            descriptions.describe_event_change(each, schedule) for each in reversed(event.revisions)
        )
        description = descriptions.EventDescription(
            teaser=descriptions.describe_episodes(event),
            platforms=platforms,
            times=times,
            changes="\n".join(changes),
            link=f"All episodes and changes: {self.site.link_to(event)}",
        )
        return str(description)
