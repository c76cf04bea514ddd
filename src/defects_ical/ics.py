"""Episodes as iCalendar bytes (RFC 5545, RFC 7986): feeds, their reminder twins, single files.

Every line is there for a calendar program that needs it, and none for another that stumbles
over it. Each event is written once; twins and single files reuse its lines.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from icalendar import (
    Alarm,
    Calendar,
    Component,
    Event,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vDuration,
    vText,
    vUri,
)

from defects_ical import timezones, wording
from defects_ical.episodes import Episode
from defects_ical.forms import color_code
from defects_ical.links import Address, Feed, feeds, single_path
from defects_ical.schedule import Platform, Schedule, Show
from defects_ical.timezones import Observance

# Without a version: a new release must not rewrite every subscriber's calendar.
PRODID: Final = "-//defects-ical//defects-ical//EN"
REMINDER: Final = timedelta(minutes=30)
# A move of the same evening has to get through.
REFRESH: Final = timedelta(hours=1)
UTC_NAME: Final = "UTC"
DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
END_EVENT: Final = b"END:VEVENT\r\n"
END_CALENDAR: Final = b"END:VCALENDAR\r\n"


def render(
    schedule: Schedule, episodes: tuple[Episode, ...], address: Address
) -> Iterator[tuple[str, bytes]]:
    """Every .ics file of the site: its path and its bytes."""
    for feed in feeds(schedule):
        writer = _Writer(schedule, episodes, address, feed)
        events = [writer.event(episode) for episode in episodes]
        yield feed.path, _joined(writer.calendar(feed), writer.zone, events)
        reminding = [writer.reminding(*each) for each in zip(events, episodes, strict=True)]
        yield feed.twin.path, _joined(writer.calendar(feed.twin), writer.zone, reminding)
        if feed.platform is None:
            for event, episode in zip(events, episodes, strict=True):
                yield (
                    single_path(episode, schedule),
                    _joined(_bare_calendar(), writer.zone, [event]),
                )


def event_uid(show: Show, episode: str, platform: str | None = None) -> str:
    """The UID of an episode's event, for ever: in the main feed, or in a platform's (by its id)."""
    return str(uuid.uuid5(show.uid, f"{platform}/{episode}" if platform else episode))


def _joined(calendar: Component, zone: Timezone, events: list[bytes]) -> bytes:
    """A calendar with its parts spliced in; the zone only where an event names it."""
    body = b"".join(events)
    definition = _bytes(zone) if b";TZID=" in body else b""
    return _bytes(calendar).removesuffix(END_CALENDAR) + definition + body + END_CALENDAR


def _bytes(component: Component) -> bytes:
    return bytes(component.to_ical())


def _bare_calendar() -> Calendar:
    """What every file begins with, and all that a single episode's has.

    For a single event with a calendar's name Outlook makes a new calendar.
    """
    calendar = Calendar()
    calendar.add("VERSION", vText("2.0"))
    calendar.add("PRODID", vText(PRODID))
    calendar.add("CALSCALE", vText("GREGORIAN"))
    return calendar


class _Writer:
    """Writes what one feed and its twin are made of."""

    def __init__(
        self, schedule: Schedule, episodes: tuple[Episode, ...], address: Address, feed: Feed
    ) -> None:
        self.schedule = schedule
        self.episodes = episodes
        self.address = address
        self.feed = feed
        self.platform = schedule.platforms[feed.platform] if feed.platform else None
        self.zone = _timezone(schedule, episodes)

    @property
    def watched(self) -> tuple[Platform, ...]:
        """The platforms that the feed is about."""
        return (self.platform,) if self.platform else tuple(self.schedule.platforms.values())

    def calendar(self, feed: Feed) -> Calendar:
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
        calendar.add("LAST-MODIFIED", max(episode.modified for episode in self.episodes))
        # RFC 7986 §5.7 and §5.8 want the VALUE parameter; icalendar's setters leave it out.
        calendar.add("SOURCE", vUri(self.address.url(feed.path)), {"VALUE": "URI"})
        calendar.add("URL", vUri(str(self.address)))
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
        start = wording.delayed(episode.start, self.platform)
        event = Event()
        uid = event_uid(self.schedule.show, episode.id, self.feed.platform)
        event.add("UID", vText(uid))
        # Evolution and ICSx5 take up a change only when all three rise.
        event.add("DTSTAMP", episode.modified)
        event.add("LAST-MODIFIED", episode.modified)
        event.add("SEQUENCE", episode.sequence)
        event.add("CREATED", episode.published)
        self._add_span(event, start, start + timedelta(minutes=episode.runtime))
        event.add("SUMMARY", vText(wording.summary(episode, self.schedule.show)))
        event.add("DESCRIPTION", vText(self._description(episode, start)))
        # Names only: Google looks an address up on its map.
        event.add("LOCATION", vText(", ".join(platform.name for platform in self.watched)))
        event.add("URL", vUri(self.address.url(f"/#{episode.id}")))
        event.add("STATUS", vText(episode.status.upper()))
        # A broadcast makes nobody busy.
        event.add("TRANSP", vText("TRANSPARENT"))
        event.add("CATEGORIES", [*dict.fromkeys(("TV", *self.schedule.show.genres))])
        return _bytes(event)

    def reminding(self, event: bytes, episode: Episode) -> bytes:
        """The same event with a reminder, unless there is nothing to be reminded of.

        Only in the twins: others resent a reminder that they did not ask for.
        """
        if episode.status == "cancelled":
            return event
        title = wording.summary(episode, self.schedule.show)
        alarm = Alarm()
        alarm.add("ACTION", vText("DISPLAY"))
        alarm.add("TRIGGER", -REMINDER)
        minutes = wording.minutes(REMINDER // timedelta(minutes=1))
        alarm.add("DESCRIPTION", vText(f"{title} starts in {minutes}"))
        return event.removesuffix(END_EVENT) + _bytes(alarm) + END_EVENT

    def _add_span(self, event: Event, start: datetime, end: datetime) -> None:
        """DTSTART and DTEND, local to the schedule's zone; in UTC where one has no name there.

        Not DURATION: five parsers compute no end from it.
        """
        zone = self.schedule.timezone
        names = [timezones.local_name(at, zone) for at in (start, end)]
        for name, wall, at in zip(("DTSTART", "DTEND"), names, (start, end), strict=True):
            if zone == UTC_NAME or None in names:
                event.add(name, at)
            else:
                # The zone by name: icalendar takes those that stay at UTC+0 for UTC itself.
                event.add(name, wall, {"TZID": zone})

    def _description(self, episode: Episode, start: datetime) -> str:
        changes = [
            wording.revision(each, self.schedule, self.platform)
            for each in reversed(episode.revisions)
        ]
        paragraphs = (
            [episode.teaser] if episode.teaser else [],
            ["Where to watch:", *wording.where_to_watch(self.watched)],
            list(wording.times(start, self.schedule)),
            ["What changed:", *changes] if changes else [],
            [f"All episodes and changes: {self.address.url(f'/#{episode.id}')}"],
        )
        return "\n\n".join("\n".join(lines) for lines in paragraphs if lines)


def _timezone(schedule: Schedule, episodes: Iterable[Episode]) -> Timezone:
    """The schedule's zone as a VTIMEZONE that holds for every platform's times."""
    latest = max((platform.delay for platform in schedule.platforms.values()), default=0)
    spans = [(each.start, each.end + timedelta(minutes=latest)) for each in episodes]
    years = [timezones.read(at, schedule.timezone).wall.year for span in spans for at in span]
    zone = Timezone()
    zone.add("TZID", vText(schedule.timezone))
    for each in timezones.observances(schedule.timezone, min(years), max(years)):
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
