"""Render episodes as iCalendar files (RFC 5545, RFC 7986).

There are three kinds: feeds, the same feeds with reminders, and a file for each episode. A property
is there because a calendar app needs it, and left out if another app fails on it. Each event is
rendered once and its bytes are reused in all three kinds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, partial
from typing import Final, NamedTuple, TypeAlias

from icalendar import Calendar, Component, Timezone, TimezoneDaylight, TimezoneStandard
from icalendar.parser import Contentline, Parameters
from icalendar.prop import vCategory, vDate, vDatetime, vDuration, vText, vUri

from defects_ical.content import descriptions
from defects_ical.content.feeds import PRODID, Feed, add_reminders, event_path, event_uid
from defects_ical.content.site_input import SiteInput
from defects_ical.model.fields import color_to_hex
from defects_ical.model.schedule import Schedule
from defects_ical.rfc5545.content_lines import MAX_LINE_BYTES
from defects_ical.schedule.episodes import Availability, Event, Listings, Start
from defects_ical.text.english import format_distance
from defects_ical.timezones.conversion import to_local, to_unambiguous_local
from defects_ical.timezones.transitions import Observance, find_observances

# Short, so that a change on the day of the broadcast arrives in time.
REFRESH_INTERVAL: Final = timedelta(hours=1)
UTC_ZONE: Final = "UTC"
DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
BEGIN_EVENT: Final = b"BEGIN:VEVENT\r\n"
END_EVENT: Final = b"END:VEVENT\r\n"
END_CALENDAR: Final = b"END:VCALENDAR\r\n"
# In the order in which icalendar sorts them.
PROPERTIES: Final = (
    *("SUMMARY", "DTSTART", "DTEND", "DTSTAMP", "UID", "SEQUENCE", "CATEGORIES", "CREATED"),
    *("DESCRIPTION", "LAST-MODIFIED", "LOCATION", "STATUS", "TRANSP", "URL"),
)

Lines: TypeAlias = Mapping[str, bytes]
"""Rendered content lines of an event, by property name."""

Value: TypeAlias = str | vCategory | vDate | vDatetime | vDuration | vUri
"""The value of a property; a plain string is a TEXT (RFC 5545 §3.3.11)."""


def render_feeds(site: SiteInput) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of every .ics file."""
    schedule, listings = site.schedule, site.listings
    zone = _choose_zone(schedule, listings)
    timezone = _render(zone.make_timezone())
    lines = _SharedLines(site, zone)
    for feed in site.feeds:
        renderer = _FeedRenderer(site, feed, lines)
        events = listings.of(feed.platform).events
        modified = max((each.modified for each in events), default=schedule.published)
        # An edit of one event may change the form of the times of all others.
        name = f"{feed.path} in {zone.name}"
        contents = site.cache.get_or_render(name, events, renderer.render_event)
        calendar = _render(renderer.make_calendar(feed, modified))
        yield feed.path, _assemble(calendar, timezone, contents)
        for each in add_reminders(feed, schedule):
            calendar = _render(renderer.make_calendar(each, modified))
            render_alarm = partial(lines.render_alarm, minutes=each.reminder or 0)
            alarms = site.cache.get_or_render(each.path, events, render_alarm)
            yield each.path, _assemble(calendar, timezone, [*map(_add_alarm, contents, alarms)])
        if feed.platform is None:
            calendar = _render(_make_unnamed_calendar())
            for content, event in zip(contents, events, strict=True):
                yield event_path(event.id, schedule), _assemble(calendar, timezone, [content])


def _render(component: Component) -> bytes:
    return bytes(component.to_ical())


def _render_line(name: str, value: Value, **parameters: str) -> bytes:
    """Render a property as a content line, escaped and folded (RFC 5545 §3.1)."""
    line = Contentline.from_parts(name, Parameters(parameters), value)
    content = line.encode()
    # icalendar looks at each character to fold a line; most lines are too short for that.
    return (content if len(content) < MAX_LINE_BYTES else bytes(line.to_ical())) + b"\r\n"


def _assemble(calendar: bytes, timezone: bytes, events: list[bytes]) -> bytes:
    """Insert events into a calendar, and the VTIMEZONE if an event refers to it.

    Without events, the VTIMEZONE is the component that every calendar needs (RFC 5545 §3.6).
    """
    body = b"".join(events)
    definition = timezone if not body or b";TZID=" in body else b""
    return calendar.removesuffix(END_CALENDAR) + definition + body + END_CALENDAR


def _add_alarm(event: bytes, alarm: bytes) -> bytes:
    """Add a reminder, only in feeds with reminders: many subscribers do not want one."""
    return event.removesuffix(END_EVENT) + alarm + END_EVENT


def _make_unnamed_calendar() -> Calendar:
    """Return a calendar with the properties of every file, and no more.

    Outlook creates a new calendar for a file of one event if the calendar has a name.
    """
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", PRODID)
    calendar.add("CALSCALE", "GREGORIAN")
    return calendar


class _SharedLines:
    """Content lines that several events or feeds have in common, each rendered once."""

    def __init__(self, site: SiteInput, zone: _CalendarZone) -> None:
        self.site = site
        categories = vCategory([*dict.fromkeys(("TV", *site.show.genres))])
        self.common: Lines = {
            # A broadcast does not make its viewers busy.
            "TRANSP": _render_line("TRANSP", "TRANSPARENT"),
            "CATEGORIES": _render_line("CATEGORIES", categories),
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
    return {name: _render_line(name, value) for name, value in values.items()}


def _render_name(title: str, status: str, url: str) -> Lines:
    # iCalendar has no "postponed"; the title says it.
    status = "tentative" if status == "postponed" else status
    values: dict[str, Value] = {"SUMMARY": title, "STATUS": status.upper(), "URL": vUri(url)}
    return {name: _render_line(name, value) for name, value in values.items()}


def _render_alarm(title: str, minutes: int) -> bytes:
    distance = format_distance(*divmod(minutes, 24 * 60))
    lines = (
        _render_line("ACTION", "DISPLAY"),
        _render_line("DESCRIPTION", f"{title} starts in {distance}"),
        _render_line("TRIGGER", vDuration(-timedelta(minutes=minutes))),
    )
    return b"".join((b"BEGIN:VALARM\r\n", *lines, b"END:VALARM\r\n"))


class _Broadcast(NamedTuple):
    """An event on one platform: DTSTART and DTEND, and its local times as text."""

    start_end: Lines
    local_times: str


def _render_broadcast(
    schedule: Schedule, zone: _CalendarZone, start: Start, runtime: int
) -> _Broadcast:
    """Render what depends on the start and the runtime (minutes)."""
    times = "\n".join(descriptions.format_local_times(start, schedule))
    if not isinstance(start, datetime):
        return _Broadcast(_render_dates(start), times)
    return _Broadcast(zone.render_start_end(start, start + timedelta(minutes=runtime)), times)


def _render_dates(day: date) -> Lines:
    """Render DTSTART and DTEND as dates; DTEND is the next day, as an importer demands."""
    days = {"DTSTART": day, "DTEND": day + timedelta(days=1)}
    return {name: _render_line(name, vDate(each), VALUE="DATE") for name, each in days.items()}


@dataclass(frozen=True, slots=True)
class _CalendarZone:
    """The time zone in which the calendars have their times: the schedule's, or UTC."""

    name: str
    observances: tuple[Observance, ...]

    def render_start_end(self, start: datetime, end: datetime) -> Lines:
        """Render DTSTART and DTEND as local times, or in UTC if one of them is ambiguous.

        Not DURATION: five parsers do not compute the end from it.
        """
        times = {"DTSTART": start, "DTEND": end}
        local = {
            name: each
            for name, time in times.items()
            if (each := to_unambiguous_local(time, self.name))
        }
        if self.name == UTC_ZONE or len(local) < len(times):
            return {name: _render_line(name, vDatetime(time)) for name, time in times.items()}
        # TZID by hand: icalendar writes zones that are always at UTC+0 as UTC.
        return {
            name: _render_line(name, vDatetime(time), TZID=self.name)
            for name, time in local.items()
        }

    # Not icalendar's own VTIMEZONEs: they are an hour off, list transitions up to 2038, differ
    # between processes and have a COMMENT, which RFC 5545 §3.6.5 does not allow.
    def make_timezone(self) -> Timezone:
        """Return the VTIMEZONE."""
        timezone = Timezone()
        timezone.add("TZID", vText(self.name))
        for each in self.observances:
            timezone.add_component(_make_observance(each))
        return timezone


def _choose_zone(schedule: Schedule, listings: Listings) -> _CalendarZone:
    """Return the schedule's zone, or UTC if yearly rules cannot define it for all platforms."""
    every = {id(each): each for each in (listings.main, *listings.platforms.values())}
    episodes = [each for listing in every.values() for each in listing.episodes]
    starts = (each.start for each in episodes if each.start)
    ends = (each.end for each in episodes if each.end)
    first, last = (min(starts, default=schedule.published), max(ends, default=schedule.published))
    years = [to_local(time, schedule.timezone).naive.year for time in (first, last)]
    found = find_observances(schedule.timezone, *years)
    if found:
        return _CalendarZone(schedule.timezone, found)
    return _CalendarZone(UTC_ZONE, find_observances(UTC_ZONE, *years))


class _FeedRenderer:
    """A renderer of the parts of a feed: its events, and its calendar without events."""

    def __init__(self, site: SiteInput, feed: Feed, lines: _SharedLines) -> None:
        self.site = site
        self.feed = feed
        self.lines = lines
        self.platform = site.schedule.platforms[feed.platform] if feed.platform else None
        # Most events of a feed are on the same platforms.
        self.render_platforms = cache(self._render_platforms)

    def make_calendar(self, feed: Feed, modified: datetime) -> Calendar:
        """Return the calendar without its events; it changes only if an episode does.

        It has no METHOD (RFC 5546 §3.2.1 requires an ORGANIZER with it), and no UID: with one,
        vdirsyncer keeps only one event of the calendar.
        """
        calendar = _make_unnamed_calendar()
        # Name and description twice: for RFC 7986, and for Google, Apple and Outlook. icalendar
        # does not escape them without vText.
        for name in ("NAME", "X-WR-CALNAME"):
            calendar.add(name, vText(feed.title))
        for name in ("DESCRIPTION", "X-WR-CALDESC"):
            calendar.add(name, vText(self._describe_calendar()))
        # For Google and Apple.
        calendar.add("X-WR-TIMEZONE", vText(self.site.schedule.timezone))
        calendar.add("LAST-MODIFIED", modified)
        # RFC 7986 §5.7 and §5.8 require VALUE; icalendar's setters leave it out.
        calendar.add("SOURCE", vUri(self.site.url.join(feed.path)), {"VALUE": "URI"})
        calendar.add("URL", vUri(str(self.site.url)))
        # Nextcloud reads the first, Outlook the second; Google has its own interval.
        calendar.add("REFRESH-INTERVAL", vDuration(REFRESH_INTERVAL), {"VALUE": "DURATION"})
        calendar.add("X-PUBLISHED-TTL", vDuration(REFRESH_INTERVAL))
        calendar.add("COLOR", vText(self.site.show.color))
        # Apple knows no names of colours.
        calendar.add("X-APPLE-CALENDAR-COLOR", vText(color_to_hex(self.site.show.color)))
        return calendar

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
            "UID": _render_line("UID", uid),
            "DESCRIPTION": _render_line("DESCRIPTION", description),
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
        return text, _render_line("LOCATION", location)

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


def _make_observance(observance: Observance) -> Component:
    component = TimezoneDaylight() if observance.daylight else TimezoneStandard()
    component.add("DTSTART", observance.onset)
    component.add("TZOFFSETFROM", observance.offset_from)
    component.add("TZOFFSETTO", observance.offset_to)
    component.add("TZNAME", vText(observance.abbreviation))
    if observance.rule:
        day = f"{observance.rule.nth}{DAYS[observance.rule.weekday]}"
        component.add("RRULE", {"FREQ": "YEARLY", "BYMONTH": observance.rule.month, "BYDAY": day})
    return component
