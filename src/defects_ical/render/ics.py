"""Episodes as iCalendar bytes (RFC 5545, RFC 7986): feeds, their reminder twins, single files.

Every line is there for a calendar program that needs it, and none for another that stumbles
over it. Each event is written once; twins and single files reuse its lines.
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
    clock_lines,
    describe_dated_change,
    event_title,
    platform_start,
    where_to_watch,
)
from defects_ical.content.feeds import PRODID, Feed, episode_path, event_uid, main_feeds
from defects_ical.content.site_url import SiteURL
from defects_ical.schedule.episodes import Episode
from defects_ical.schedule.fields import color_code
from defects_ical.schedule.model import Schedule
from defects_ical.text.english import format_duration
from defects_ical.timezones.conversion import to_local, unambiguous_local_time
from defects_ical.timezones.transitions import Observance, observances

REMINDER: Final = timedelta(minutes=30)
# A move of the same evening has to get through.
REFRESH: Final = timedelta(hours=1)
UTC_NAME: Final = "UTC"
DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
BEGIN_EVENT: Final = b"BEGIN:VEVENT\r\n"
END_EVENT: Final = b"END:VEVENT\r\n"
END_CALENDAR: Final = b"END:VCALENDAR\r\n"
SPAN: Final = ("DTSTART", "DTEND")
# In the order in which icalendar has them.
PROPERTIES: Final = (
    *("SUMMARY", *SPAN, "DTSTAMP", "UID", "SEQUENCE", "CATEGORIES", "CREATED"),
    *("DESCRIPTION", "LAST-MODIFIED", "LOCATION", "STATUS", "TRANSP", "URL"),
)

Lines: TypeAlias = Mapping[str, bytes]
"""Finished lines of an event, by the names of their properties."""

Value: TypeAlias = vCategory | vDatetime | vDuration | vInt | vText | vUri


def render_feeds(
    schedule: Schedule, episodes: tuple[Episode, ...], site_url: SiteURL, cache: BuildCache
) -> Iterator[tuple[str, bytes]]:
    """Every .ics file of the site: its path and its bytes."""
    latest = max(episode.modified for episode in episodes)
    zone = _bytes(_timezone(schedule, episodes))
    lines = _SharedLines(schedule, site_url)
    alarms = cache.get_or_render("alarm", episodes, lines.alarm)
    for feed in main_feeds(schedule):
        writer = _FeedWriter(schedule, site_url, feed, lines)
        events = cache.get_or_render(feed.path, episodes, writer.event)
        yield feed.path, _assemble(_bytes(writer.calendar(feed, latest)), zone, events)
        reminding = [*map(_add_alarm, events, alarms)]
        yield (
            feed.with_reminders.path,
            _assemble(_bytes(writer.calendar(feed.with_reminders, latest)), zone, reminding),
        )
        if feed.platform is None:
            bare = _bytes(_bare_calendar())
            for event, episode in zip(events, episodes, strict=True):
                yield episode_path(episode, schedule), _assemble(bare, zone, [event])


def _assemble(calendar: bytes, zone: bytes, events: list[bytes]) -> bytes:
    """A calendar with its parts spliced in; the zone only where an event names it."""
    body = b"".join(events)
    definition = zone if b";TZID=" in body else b""
    return calendar.removesuffix(END_CALENDAR) + definition + body + END_CALENDAR


def _add_alarm(event: bytes, alarm: bytes) -> bytes:
    """The same event with a reminder.

    Only in the twins: others resent a reminder that they did not ask for.
    """
    return event.removesuffix(END_EVENT) + alarm + END_EVENT


def _bytes(component: Component) -> bytes:
    return bytes(component.to_ical())


def _line(name: str, value: Value, **parameters: str) -> bytes:
    """A property of an event as a content line, escaped and folded (RFC 5545 §3.1)."""
    line = Contentline.from_parts(name, Parameters(parameters), value)
    return bytes(line.to_ical()) + b"\r\n"


def _bare_calendar() -> Calendar:
    """What every file begins with, and all that a single episode's has.

    For a single event with a calendar's name Outlook makes a new calendar.
    """
    calendar = Calendar()
    calendar.add("VERSION", vText("2.0"))
    calendar.add("PRODID", vText(PRODID))
    calendar.add("CALSCALE", vText("GREGORIAN"))
    return calendar


class Broadcast(NamedTuple):
    """When an episode is shown somewhere: DTSTART and DTEND, and a line of text for each clock."""

    span: Lines
    times: list[str]


class _SharedLines:
    """The lines of events that are the same in several feeds, each written once."""

    def __init__(self, schedule: Schedule, site_url: SiteURL) -> None:
        self.schedule = schedule
        self.site_url = site_url
        self.of_all = self._of_all()
        self._episodes: dict[Episode, Lines] = {}
        self._broadcasts: dict[tuple[datetime, int], Broadcast] = {}

    def of_episode(self, episode: Episode) -> Lines:
        """The lines of an episode that are the same in every feed."""
        if episode not in self._episodes:
            self._episodes[episode] = self._of_episode(episode)
        return self._episodes[episode]

    def of_broadcast(self, start: datetime, runtime: int) -> Broadcast:
        """What says when it is shown; ``start`` is in UTC, ``runtime`` in minutes."""
        key = start, runtime
        if key not in self._broadcasts:
            times = [*clock_lines(start, self.schedule)]
            self._broadcasts[key] = Broadcast(self._span(start, runtime), times)
        return self._broadcasts[key]

    def _of_all(self) -> Lines:
        genres = self.schedule.show.genres
        return {
            # A broadcast makes nobody busy.
            "TRANSP": _line("TRANSP", vText("TRANSPARENT")),
            "CATEGORIES": _line("CATEGORIES", vCategory([*dict.fromkeys(("TV", *genres))])),
        }

    def _of_episode(self, episode: Episode) -> Lines:
        title = event_title(episode, self.schedule.show)
        return {
            # Evolution and ICSx5 take up a change only when all three rise.
            "DTSTAMP": _line("DTSTAMP", vDatetime(episode.modified)),
            "LAST-MODIFIED": _line("LAST-MODIFIED", vDatetime(episode.modified)),
            "SEQUENCE": _line("SEQUENCE", vInt(episode.sequence)),
            "CREATED": _line("CREATED", vDatetime(episode.published)),
            "SUMMARY": _line("SUMMARY", vText(title)),
            "URL": _line("URL", vUri(self.site_url.join(f"/#{episode.id}"))),
            "STATUS": _line("STATUS", vText(episode.status.upper())),
        }

    def _span(self, start: datetime, runtime: int) -> Lines:
        """DTSTART and DTEND, local to the schedule's zone; in UTC where one has no name there.

        Not DURATION: five parsers compute no end from it.
        """
        zone = self.schedule.timezone
        ends = (start, start + timedelta(minutes=runtime))
        walls = [wall for at in ends if (wall := unambiguous_local_time(at, zone))]
        if zone == UTC_NAME or len(walls) < len(ends):
            return {name: _line(name, vDatetime(at)) for name, at in zip(SPAN, ends, strict=True)}
        # The zone by name: icalendar takes those that stay at UTC+0 for UTC itself.
        zoned = zip(SPAN, walls, strict=True)
        return {name: _line(name, vDatetime(wall), TZID=zone) for name, wall in zoned}

    def alarm(self, episode: Episode) -> bytes:
        """The reminder of an episode, unless there is nothing to be reminded of."""
        if episode.status == "cancelled":
            return b""
        title = event_title(episode, self.schedule.show)
        minutes = format_duration(REMINDER // timedelta(minutes=1))
        description = vText(f"{title} starts in {minutes}")
        return b"".join(
            (
                b"BEGIN:VALARM\r\n",
                _line("ACTION", vText("DISPLAY")),
                _line("DESCRIPTION", description),
                _line("TRIGGER", vDuration(-REMINDER)),
                b"END:VALARM\r\n",
            )
        )


class _FeedWriter:
    """Writes what one feed and its twin are made of."""

    def __init__(
        self, schedule: Schedule, site_url: SiteURL, feed: Feed, lines: _SharedLines
    ) -> None:
        self.schedule = schedule
        self.site_url = site_url
        self.feed = feed
        self.lines = lines
        self.platform = schedule.platforms[feed.platform] if feed.platform else None
        # The platforms that the feed is about.
        watched = (self.platform,) if self.platform else tuple(schedule.platforms.values())
        self.where_to_watch = ["Where to watch:", *where_to_watch(watched)]
        # Names only: Google looks an address up on its map.
        self.location = _line("LOCATION", vText(", ".join(each.name for each in watched)))

    def calendar(self, feed: Feed, modified: datetime) -> Calendar:
        """The calendar's own properties: nothing in them changes unless an episode does.

        No METHOD (RFC 5546 §3.2.1 would want an ORGANIZER), and no UID: with one, vdirsyncer
        keeps a single event of the whole calendar.
        """
        title = self.schedule.show.title
        about = f"When {title} airs, and where to watch it"
        if self.platform:
            about = f"When {title} is on {self.platform.name} ({self.platform.region})"
        calendar = _bare_calendar()
        # Each name and description twice: in the standard's word, and in the older one that
        # Google, Apple and Outlook read. vText escapes them; icalendar by itself would not.
        for name in ("NAME", "X-WR-CALNAME"):
            calendar.add(name, vText(feed.title))
        for name in ("DESCRIPTION", "X-WR-CALDESC"):
            calendar.add(name, vText(about))
        # For Google and Apple; others ignore it.
        calendar.add("X-WR-TIMEZONE", vText(self.schedule.timezone))
        calendar.add("LAST-MODIFIED", modified)
        # RFC 7986 §5.7 and §5.8 want the VALUE parameter; icalendar's setters leave it out.
        calendar.add("SOURCE", vUri(self.site_url.join(feed.path)), {"VALUE": "URI"})
        calendar.add("URL", vUri(str(self.site_url)))
        # The first is read by Nextcloud, the second by Outlook; Google keeps its own time.
        calendar.add("REFRESH-INTERVAL", vDuration(REFRESH), {"VALUE": "DURATION"})
        calendar.add("X-PUBLISHED-TTL", vDuration(REFRESH))
        color = self.schedule.show.color
        calendar.add("COLOR", vText(color))
        # Apple knows no names of colours.
        calendar.add("X-APPLE-CALENDAR-COLOR", vText(color_code(color)))
        return calendar

    def event(self, episode: Episode) -> bytes:
        """An episode as a VEVENT, without a reminder."""
        start = platform_start(episode.start, self.platform)
        broadcast = self.lines.of_broadcast(start, episode.runtime)
        uid = event_uid(self.schedule.show, episode.id, self.feed.platform)
        lines = {
            **self.lines.of_all,
            **self.lines.of_episode(episode),
            **broadcast.span,
            "UID": _line("UID", vText(uid)),
            "DESCRIPTION": _line("DESCRIPTION", vText(self._description(episode, broadcast))),
            "LOCATION": self.location,
        }
        return b"".join((BEGIN_EVENT, *(lines[name] for name in PROPERTIES), END_EVENT))

    def _description(self, episode: Episode, broadcast: Broadcast) -> str:
        changes = [
            describe_dated_change(each, self.schedule, self.platform)
            for each in reversed(episode.revisions)
        ]
        paragraphs = (
            [episode.teaser] if episode.teaser else [],
            self.where_to_watch,
            broadcast.times,
            ["What changed:", *changes] if changes else [],
            [f"All episodes and changes: {self.site_url.join(f'/#{episode.id}')}"],
        )
        return "\n\n".join("\n".join(lines) for lines in paragraphs if lines)


def _timezone(schedule: Schedule, episodes: Sequence[Episode]) -> Timezone:
    """The schedule's zone as a VTIMEZONE that holds for every platform's times."""
    latest = max((platform.delay for platform in schedule.platforms.values()), default=0)
    first = min(each.start for each in episodes)
    last = max(each.end for each in episodes) + timedelta(minutes=latest)
    years = (to_local(at, schedule.timezone).naive.year for at in (first, last))
    zone = Timezone()
    zone.add("TZID", vText(schedule.timezone))
    for each in observances(schedule.timezone, *years):
        zone.add_component(_observance(each))
    return zone


# Not icalendar's own definitions: those are an hour off, list changes up to 2038, differ between
# processes, and carry a COMMENT that RFC 5545 §3.6.5 does not allow.
def _observance(observance: Observance) -> Component:
    part = TimezoneDaylight() if observance.daylight else TimezoneStandard()
    part.add("DTSTART", observance.onset)
    part.add("TZOFFSETFROM", observance.offset_from)
    part.add("TZOFFSETTO", observance.offset_to)
    part.add("TZNAME", vText(observance.abbreviation))
    if observance.rule:
        day = f"{observance.rule.nth}{DAYS[observance.rule.weekday]}"
        part.add("RRULE", {"FREQ": "YEARLY", "BYMONTH": observance.rule.month, "BYDAY": day})
    return part
