"""Choose the time zone of a calendar, and define it as a VTIMEZONE (RFC 5545 §3.6.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from icalendar import Component, Timezone, TimezoneDaylight, TimezoneStandard
from icalendar.prop import vDatetime, vText

from defects_ical.model.schedule import Schedule
from defects_ical.render.ics.lines import Lines, render_line
from defects_ical.schedule.episodes import Listings
from defects_ical.timezones.conversion import to_local, to_unambiguous_local
from defects_ical.timezones.transitions import Observance, find_observances

UTC_ZONE: Final = "UTC"
DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class CalendarZone:
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


def choose_zone(schedule: Schedule, listings: Listings) -> CalendarZone:
    """Return the zone of a show's calendars: of its feed and of those of its platforms."""
    every = {id(each): each for each in (listings.main, *listings.platforms.values())}
    episodes = [each for listing in every.values() for each in listing.episodes]
    starts = (each.start for each in episodes if each.start)
    ends = (each.end for each in episodes if each.end)
    first, last = (min(starts, default=schedule.published), max(ends, default=schedule.published))
    years = [to_local(time, schedule.timezone).naive.year for time in (first, last)]
    return CalendarZone.choose(schedule.timezone, *years)


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
