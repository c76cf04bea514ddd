"""Choose the time zone of a calendar, and define it as a VTIMEZONE (RFC 5545 §3.6.5)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final, NamedTuple

from icalendar import Component, Timezone, TimezoneDaylight, TimezoneStandard
from icalendar.prop import vDatetime, vText

from defects_ical.model.schedule import Schedule
from defects_ical.render.ics.lines import Lines, render_line
from defects_ical.schedule.episodes import Listings
from defects_ical.timezones.conversion import (
    AmbiguousTimeError,
    to_local,
    to_unambiguous_local,
    to_utc,
)
from defects_ical.timezones.transitions import Observance, find_observances

UTC_ZONE: Final = "UTC"
LOCAL_FORMAT: Final = "%Y%m%dT%H%M%S"
_LOCAL_TIME: Final = re.compile(rb"(DTSTART|DTEND);TZID=[^:]+:([0-9]{8}T[0-9]{6})\r\n")
DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class CalendarZone(NamedTuple):
    """The time zone in which a calendar has its times: that of its show, or UTC."""

    name: str
    observances: tuple[Observance, ...]

    @classmethod
    def choose(cls, name: str, first_year: int, last_year: int) -> CalendarZone:
        """Return the zone, or UTC if yearly rules cannot define it from first to last year."""
        if found := find_observances(name, first_year, last_year):
            return cls(name, found)
        return cls(UTC_ZONE, find_observances(UTC_ZONE, first_year, last_year))

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
            return {name: render_line(name, vDatetime(time)) for name, time in times.items()}
        # TZID by hand: icalendar writes zones that are always at UTC+0 as UTC.
        return {
            name: render_line(name, vDatetime(time), TZID=self.name) for name, time in local.items()
        }

    # Not icalendar's own VTIMEZONEs: they are an hour off, list transitions up to 2038, differ
    # between processes and have a COMMENT, which RFC 5545 §3.6.5 does not allow.
    def render_definition(self) -> bytes:
        """Render the VTIMEZONE."""
        timezone = Timezone()
        timezone.add("TZID", vText(self.name))
        for each in self.observances:
            timezone.add_component(_make_observance(each))
        return bytes(timezone.to_ical())


def convert_to_utc(events: bytes, zone: str) -> bytes:
    """Return events of a zone with DTSTART and DTEND in UTC, all else unchanged."""

    def convert(line: re.Match[bytes]) -> bytes:
        naive = datetime.strptime(line[2].decode(), LOCAL_FORMAT)  # noqa: DTZ007 - local
        return b"%s:%sZ\r\n" % (line[1], _to_utc(naive, zone).strftime(LOCAL_FORMAT).encode())

    return _LOCAL_TIME.sub(convert, events)


def _to_utc(naive: datetime, zone: str) -> datetime:
    try:
        return to_utc(naive, zone)
    except AmbiguousTimeError as ambiguous:
        # A local time is the first of the two (RFC 5545 §3.3.5).
        return naive - ambiguous.first


def choose_zone(schedule: Schedule, listings: Listings) -> CalendarZone:
    """Return the zone of a show's calendars: of its feed and of those of its platforms."""
    return CalendarZone.choose(schedule.timezone, *find_years(schedule, listings))


def find_years(schedule: Schedule, listings: Listings) -> tuple[int, int]:
    """Return the local years in which a show first and last airs, or in which it was published.

    The time zone of its calendars is defined for these years.
    """
    every = {id(each): each for each in (listings.main, *listings.platforms.values())}
    episodes = [each for listing in every.values() for each in listing.episodes]
    starts = (each.start for each in episodes if each.start)
    ends = (each.end for each in episodes if each.end)
    first, last = (min(starts, default=schedule.published), max(ends, default=schedule.published))
    return _find_year(first, schedule), _find_year(last, schedule)


def _find_year(time: datetime, schedule: Schedule) -> int:
    return to_local(time, schedule.timezone).naive.year


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
