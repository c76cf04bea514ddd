"""Render episodes as iCalendar files (RFC 5545, RFC 7986).

There are three kinds: feeds, the same feeds with reminders, and a file for each episode. A property
is there because a calendar app needs it, and left out if another app fails on it. Each event is
rendered once and its bytes are reused in all three kinds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple, TypeAlias

from icalendar import (
    Calendar,
    Component,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vCategory,
    vDatetime,
    vDuration,
    vInt,
    vText,
    vUri,
)
from icalendar.parser import Contentline, Parameters

from defects_ical.content.build_cache import BuildCache
from defects_ical.content.descriptions import (
    EventDescription,
    add_platform_delay,
    describe_dated_change,
    describe_platforms,
    format_event_title,
    format_local_times,
)
from defects_ical.content.feeds import PRODID, Feed, episode_path, event_uid, main_feeds
from defects_ical.content.site_url import SiteURL
from defects_ical.schedule.episodes import Episode
from defects_ical.schedule.fields import color_to_hex
from defects_ical.schedule.model import Schedule
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
START_END: Final = ("DTSTART", "DTEND")
# In the order in which icalendar sorts them.
PROPERTIES: Final = (
    *("SUMMARY", *START_END, "DTSTAMP", "UID", "SEQUENCE", "CATEGORIES", "CREATED"),
    *("DESCRIPTION", "LAST-MODIFIED", "LOCATION", "STATUS", "TRANSP", "URL"),
)

Lines: TypeAlias = Mapping[str, bytes]
"""Rendered content lines of an event, by property name."""

Value: TypeAlias = vCategory | vDatetime | vDuration | vInt | vText | vUri


def render_feeds(
    schedule: Schedule, episodes: tuple[Episode, ...], site_url: SiteURL, cache: BuildCache
) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of every .ics file."""
    modified = max(episode.modified for episode in episodes)
    timezone = _render(_make_timezone(schedule, episodes))
    lines = _SharedLines(schedule, site_url)
    alarms = cache.get_or_render("alarm", episodes, lines.render_alarm)
    for feed in main_feeds(schedule):
        writer = _FeedWriter(schedule, site_url, feed, lines)
        events = cache.get_or_render(feed.path, episodes, writer.render_event)
        with_alarms = [*map(_add_alarm, events, alarms)]
        for each, contents in ((feed, events), (feed.with_reminders, with_alarms)):
            calendar = _render(writer.make_calendar(each, modified))
            yield each.path, _assemble(calendar, timezone, contents)
        if feed.platform is None:
            calendar = _render(_make_unnamed_calendar())
            for event, episode in zip(events, episodes, strict=True):
                yield episode_path(episode, schedule), _assemble(calendar, timezone, [event])


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
    calendar.add("VERSION", vText("2.0"))
    calendar.add("PRODID", vText(PRODID))
    calendar.add("CALSCALE", vText("GREGORIAN"))
    return calendar


class _Broadcast(NamedTuple):
    """An episode on one platform: DTSTART and DTEND, and its local times as text."""

    start_end: Lines
    times: str


class _SharedLines:
    """Content lines that several feeds have in common, each rendered once."""

    def __init__(self, schedule: Schedule, site_url: SiteURL) -> None:
        self.schedule = schedule
        self.site_url = site_url
        self.common = self._render_common()
        self._episodes: dict[Episode, Lines] = {}
        self._broadcasts: dict[tuple[datetime, int], _Broadcast] = {}

    def get_episode(self, episode: Episode) -> Lines:
        """Return the lines of an episode that are the same in every feed."""
        if episode not in self._episodes:
            self._episodes[episode] = self._render_episode(episode)
        return self._episodes[episode]

    def get_broadcast(self, start: datetime, runtime: int) -> _Broadcast:
        """Return what depends on the start (UTC) and the runtime (minutes)."""
        key = start, runtime
        if key not in self._broadcasts:
            times = "\n".join(format_local_times(start, self.schedule))
            self._broadcasts[key] = _Broadcast(self._render_start_end(start, runtime), times)
        return self._broadcasts[key]

    def render_alarm(self, episode: Episode) -> bytes:
        """Render the reminder of an episode; nothing if it is cancelled."""
        if episode.status == "cancelled":
            return b""
        title = format_event_title(episode, self.schedule.show)
        minutes = format_duration(REMINDER // timedelta(minutes=1))
        return b"".join(
            (
                b"BEGIN:VALARM\r\n",
                _render_line("ACTION", vText("DISPLAY")),
                _render_line("DESCRIPTION", vText(f"{title} starts in {minutes}")),
                _render_line("TRIGGER", vDuration(-REMINDER)),
                b"END:VALARM\r\n",
            )
        )

    def _render_common(self) -> Lines:
        genres = self.schedule.show.genres
        return {
            # A broadcast does not make its viewers busy.
            "TRANSP": _render_line("TRANSP", vText("TRANSPARENT")),
            "CATEGORIES": _render_line("CATEGORIES", vCategory([*dict.fromkeys(("TV", *genres))])),
        }

    def _render_episode(self, episode: Episode) -> Lines:
        values: dict[str, Value] = {
            # Evolution and ICSx5 apply a change only if all three of these increase.
            "DTSTAMP": vDatetime(episode.modified),
            "LAST-MODIFIED": vDatetime(episode.modified),
            "SEQUENCE": vInt(episode.sequence),
            "CREATED": vDatetime(episode.published),
            "SUMMARY": vText(format_event_title(episode, self.schedule.show)),
            "URL": vUri(self.site_url.join(f"/#{episode.id}")),
            "STATUS": vText(episode.status.upper()),
        }
        return {name: _render_line(name, value) for name, value in values.items()}

    def _render_start_end(self, start: datetime, runtime: int) -> Lines:
        """Render DTSTART and DTEND in the schedule's zone, or in UTC if a local time is ambiguous.

        Not DURATION: five parsers do not compute the end from it.
        """
        zone = self.schedule.timezone
        times = (start, start + timedelta(minutes=runtime))
        local = [each for time in times if (each := to_unambiguous_local(time, zone))]
        if zone == UTC_ZONE or len(local) < len(times):
            in_utc = zip(START_END, times, strict=True)
            return {name: _render_line(name, vDatetime(time)) for name, time in in_utc}
        # TZID by hand: icalendar writes zones that are always at UTC+0 as UTC.
        in_zone = zip(START_END, local, strict=True)
        return {name: _render_line(name, vDatetime(time), TZID=zone) for name, time in in_zone}


class _FeedWriter:
    """Renders the calendar and the events of a feed, for the feed with reminders too."""

    def __init__(
        self, schedule: Schedule, site_url: SiteURL, feed: Feed, lines: _SharedLines
    ) -> None:
        self.schedule = schedule
        self.site_url = site_url
        self.feed = feed
        self.lines = lines
        self.platform = schedule.platforms[feed.platform] if feed.platform else None
        platforms = (self.platform,) if self.platform else tuple(schedule.platforms.values())
        self.platforms = "\n".join(describe_platforms(platforms))
        # Only names: Google looks up a URL on its map.
        self.location = _render_line("LOCATION", vText(", ".join(each.name for each in platforms)))

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
        calendar.add("X-WR-TIMEZONE", vText(self.schedule.timezone))
        calendar.add("LAST-MODIFIED", modified)
        # RFC 7986 §5.7 and §5.8 require VALUE; icalendar's setters leave it out.
        calendar.add("SOURCE", vUri(self.site_url.join(feed.path)), {"VALUE": "URI"})
        calendar.add("URL", vUri(str(self.site_url)))
        # Nextcloud reads the first, Outlook the second; Google has its own interval.
        calendar.add("REFRESH-INTERVAL", vDuration(REFRESH_INTERVAL), {"VALUE": "DURATION"})
        calendar.add("X-PUBLISHED-TTL", vDuration(REFRESH_INTERVAL))
        color = self.schedule.show.color
        calendar.add("COLOR", vText(color))
        # Apple knows no names of colours.
        calendar.add("X-APPLE-CALENDAR-COLOR", vText(color_to_hex(color)))
        return calendar

    def render_event(self, episode: Episode) -> bytes:
        """Render an episode as a VEVENT without a reminder."""
        start = add_platform_delay(episode.start, self.platform)
        broadcast = self.lines.get_broadcast(start, episode.runtime)
        uid = event_uid(self.schedule.show, episode.id, self.feed.platform)
        description = str(self._describe_event(episode, broadcast.times))
        lines = {
            **self.lines.common,
            **self.lines.get_episode(episode),
            **broadcast.start_end,
            "UID": _render_line("UID", vText(uid)),
            "DESCRIPTION": _render_line("DESCRIPTION", vText(description)),
            "LOCATION": self.location,
        }
        return b"".join((BEGIN_EVENT, *(lines[name] for name in PROPERTIES), END_EVENT))

    def _describe_calendar(self) -> str:
        title = self.schedule.show.title
        if self.platform:
            return f"When {title} is on {self.platform.name} ({self.platform.region})"
        return f"When {title} airs, and where to watch it"

    def _describe_event(self, episode: Episode, times: str) -> EventDescription:
        changes = (
            describe_dated_change(each, self.schedule, self.platform)
            for each in reversed(episode.revisions)
        )
        return EventDescription(
            teaser=episode.teaser or "",
            platforms=self.platforms,
            times=times,
            changes="\n".join(changes),
            link=f"All episodes and changes: {self.site_url.join(f'/#{episode.id}')}",
        )


# Not icalendar's own VTIMEZONEs: they are an hour off, list transitions up to 2038, differ between
# processes and have a COMMENT, which RFC 5545 §3.6.5 does not allow.
def _make_timezone(schedule: Schedule, episodes: Sequence[Episode]) -> Timezone:
    """Return the VTIMEZONE of the schedule's zone, for the times of all platforms."""
    delay = max((platform.delay for platform in schedule.platforms.values()), default=0)
    first = min(each.start for each in episodes)
    last = max(each.end for each in episodes) + timedelta(minutes=delay)
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
