"""Render episodes as iCalendar files (RFC 5545, RFC 7986).

There are three kinds: feeds, the same feeds with reminders, and a file for each episode. A property
is there because a calendar app needs it, and left out if another app fails on it. Each event is
rendered once and its bytes are reused in all three kinds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Final, NamedTuple, TypeAlias

from icalendar import Calendar, Component, Timezone, TimezoneDaylight, TimezoneStandard
from icalendar.parser import Contentline, Parameters
from icalendar.prop import vCategory, vDatetime, vDuration, vText, vUri

from defects_ical.content import descriptions
from defects_ical.content.feeds import PRODID, Feed, episode_path, event_uid
from defects_ical.content.site_input import SiteInput
from defects_ical.model.fields import color_to_hex
from defects_ical.model.schedule import Schedule, Show
from defects_ical.schedule.episodes import Episode
from defects_ical.text.english import format_duration
from defects_ical.timezones.conversion import to_local, to_unambiguous_local
from defects_ical.timezones.transitions import Observance, find_observances

REMINDER: Final = timedelta(minutes=30)
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

Value: TypeAlias = str | vCategory | vDatetime | vDuration | vUri
"""The value of a property; a plain string is a TEXT (RFC 5545 §3.3.11)."""


def render_feeds(site: SiteInput) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of every .ics file."""
    get_or_render, episodes = site.cache.get_or_render, site.episodes
    modified = max(episode.modified for episode in episodes)
    timezone = _render(_make_timezone(site.schedule, episodes))
    lines = _SharedLines(site)
    alarms = get_or_render("alarm", episodes, partial(_render_alarm, site.show))
    for feed in site.feeds:
        renderer = _FeedRenderer(site, feed, lines)
        events = get_or_render(feed.path, episodes, renderer.render_event)
        with_alarms = [*map(_add_alarm, events, alarms)]
        for each, contents in ((feed, events), (feed.with_reminders, with_alarms)):
            calendar = _render(renderer.make_calendar(each, modified))
            yield each.path, _assemble(calendar, timezone, contents)
        if feed.platform is None:
            calendar = _render(_make_unnamed_calendar())
            for event, episode in zip(events, episodes, strict=True):
                yield episode_path(episode, site.schedule), _assemble(calendar, timezone, [event])


def _render(component: Component) -> bytes:
    return bytes(component.to_ical())


def _render_line(name: str, value: Value, **parameters: str) -> bytes:
    """Render a property as a content line, escaped and folded (RFC 5545 §3.1)."""
    line = Contentline.from_parts(name, Parameters(parameters), value)
    return bytes(line.to_ical()) + b"\r\n"


def _assemble(calendar: bytes, timezone: bytes, events: list[bytes]) -> bytes:
    """Insert events into a calendar, and the VTIMEZONE if an event refers to it."""
    body = b"".join(events)
    definition = timezone if b";TZID=" in body else b""
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


def _render_alarm(show: Show, episode: Episode) -> bytes:
    """Render the reminder of an episode; nothing if it is cancelled."""
    if episode.status == "cancelled":
        return b""
    title = descriptions.format_event_title(episode, show)
    minutes = format_duration(REMINDER // timedelta(minutes=1))
    lines = (
        _render_line("ACTION", "DISPLAY"),
        _render_line("DESCRIPTION", f"{title} starts in {minutes}"),
        _render_line("TRIGGER", vDuration(-REMINDER)),
    )
    return b"".join((b"BEGIN:VALARM\r\n", *lines, b"END:VALARM\r\n"))


class _SharedLines:
    """Content lines that several feeds have in common, each rendered once."""

    def __init__(self, site: SiteInput) -> None:
        categories = vCategory([*dict.fromkeys(("TV", *site.show.genres))])
        self.common: Lines = {
            # A broadcast does not make its viewers busy.
            "TRANSP": _render_line("TRANSP", "TRANSPARENT"),
            "CATEGORIES": _render_line("CATEGORIES", categories),
        }
        self.get_episode = cache(partial(_render_episode, site))
        self.get_broadcast = cache(partial(_render_broadcast, site.schedule))


def _render_episode(site: SiteInput, episode: Episode) -> Lines:
    """Render what an episode has in common in every feed."""
    values: dict[str, Value] = {
        # Evolution and ICSx5 apply a change only if all three of these increase.
        "DTSTAMP": vDatetime(episode.modified),
        "LAST-MODIFIED": vDatetime(episode.modified),
        "SEQUENCE": str(episode.sequence),
        "CREATED": vDatetime(episode.published),
        "SUMMARY": descriptions.format_event_title(episode, site.show),
        "URL": vUri(site.link_to(episode)),
        "STATUS": episode.status.upper(),
    }
    return {name: _render_line(name, value) for name, value in values.items()}


class _Broadcast(NamedTuple):
    """An episode on one platform: DTSTART and DTEND, and its local times as text."""

    start_end: Lines
    local_times: str


def _render_broadcast(schedule: Schedule, start: datetime, runtime: int) -> _Broadcast:
    """Render what depends on the start (UTC) and the runtime (minutes)."""
    times = "\n".join(descriptions.format_local_times(start, schedule))
    end = start + timedelta(minutes=runtime)
    return _Broadcast(_render_start_end(start, end, schedule.timezone), times)


def _render_start_end(start: datetime, end: datetime, zone: str) -> Lines:
    """Render DTSTART and DTEND in the schedule's zone, or in UTC if a local time is ambiguous.

    Not DURATION: five parsers do not compute the end from it.
    """
    times = {"DTSTART": start, "DTEND": end}
    local = {
        name: each for name, time in times.items() if (each := to_unambiguous_local(time, zone))
    }
    if zone == UTC_ZONE or len(local) < len(times):
        return {name: _render_line(name, vDatetime(time)) for name, time in times.items()}
    # TZID by hand: icalendar writes zones that are always at UTC+0 as UTC.
    return {name: _render_line(name, vDatetime(time), TZID=zone) for name, time in local.items()}


class _FeedRenderer:
    """A renderer of the parts of a feed: its events, and its calendar without events."""

    def __init__(self, site: SiteInput, feed: Feed, lines: _SharedLines) -> None:
        self.site = site
        self.feed = feed
        self.lines = lines
        every = site.schedule.platforms
        self.platform = every[feed.platform] if feed.platform else None
        platforms = (self.platform,) if self.platform else tuple(every.values())
        self.platforms = "\n".join(descriptions.describe_platforms(platforms))
        # Only names: Google looks up a URL on its map.
        self.location = _render_line("LOCATION", ", ".join(each.name for each in platforms))

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

    def render_event(self, episode: Episode) -> bytes:
        """Render an episode as a VEVENT without a reminder."""
        start = episode.start + descriptions.get_platform_delay(self.platform)
        broadcast = self.lines.get_broadcast(start, episode.runtime)
        uid = event_uid(self.site.show, episode.id, self.feed.platform)
        description = self._describe_event(episode, broadcast.local_times)
        lines = {
            **self.lines.common,
            **self.lines.get_episode(episode),
            **broadcast.start_end,
            "UID": _render_line("UID", uid),
            "DESCRIPTION": _render_line("DESCRIPTION", description),
            "LOCATION": self.location,
        }
        return b"".join((BEGIN_EVENT, *(lines[name] for name in PROPERTIES), END_EVENT))

    def _describe_calendar(self) -> str:
        title = self.site.show.title
        if self.platform:
            return f"When {title} is on {self.platform.name} ({self.platform.region})"
        return f"When {title} airs, and where to watch it"

    def _describe_event(self, episode: Episode, times: str) -> str:
        changes = (
            descriptions.describe_dated_change(each, self.site.schedule, self.platform)
            for each in reversed(episode.revisions)
        )
        description = descriptions.EventDescription(
            teaser=episode.teaser or "",
            platforms=self.platforms,
            times=times,
            changes="\n".join(changes),
            link=f"All episodes and changes: {self.site.link_to(episode)}",
        )
        return str(description)


# Not icalendar's own VTIMEZONEs: they are an hour off, list transitions up to 2038, differ between
# processes and have a COMMENT, which RFC 5545 §3.6.5 does not allow.
def _make_timezone(schedule: Schedule, episodes: Sequence[Episode]) -> Timezone:
    """Return the VTIMEZONE of the schedule's zone, for the times of all platforms."""
    delay = max(map(descriptions.get_platform_delay, schedule.platforms.values()))
    first = min(each.start for each in episodes)
    last = max(each.end for each in episodes) + delay
    years = (to_local(time, schedule.timezone).naive.year for time in (first, last))
    timezone = Timezone()
    timezone.add("TZID", vText(schedule.timezone))
    for each in find_observances(schedule.timezone, *years):
        timezone.add_component(_make_observance(each))
    return timezone


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
