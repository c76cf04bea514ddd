"""The times of a calendar of any client, in UTC: IANA, Windows and custom zones, floating times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, NamedTuple

from defects_ical.errors import ListingError
from defects_ical.rfc5545.content_lines import Component, ContentLine
from defects_ical.rfc5545.values import UTC_NAMES, DateTimeValue, parse_date_time, to_iana
from defects_ical.rfc5545.vtimezone import Observance, defined_offset, parse_observances, tzid_of
from defects_ical.sources.checks import check_year
from defects_ical.text.display import excerpt
from defects_ical.timezones.conversion import (
    AmbiguousTimeError,
    NonexistentTimeError,
    to_local,
    to_utc,
)

USE_TIMEZONE: Final = "Use `--timezone` with a name like `Asia/Seoul`."
# Names of a zone that says nothing of where a show airs.
_UTC_ZONES: Final = UTC_NAMES | {"Etc/UCT", "Etc/Universal", "Etc/Zulu", "UCT", "Universal", "Zulu"}


class EventStart(NamedTuple):
    """When an event starts: local time as it is written, and UTC; None for a whole day."""

    naive: datetime
    utc: datetime | None

    @property
    def key(self) -> str:
        """What identifies the instance of a series: "20250721T140000Z", "20250721"."""
        return f"{self.utc:%Y%m%dT%H%M%SZ}" if self.utc else f"{self.naive:%Y%m%d}"


@dataclass(frozen=True, slots=True)
class CalendarZones:
    """What the times of a calendar mean.

    ``definitions`` are the VTIMEZONEs by TZID; ``locations`` the IANA names that some of them give
    (X-LIC-LOCATION). ``floating`` is the IANA zone of times without one, ``fallback`` the one that
    the user chose, for times that are in no known zone.
    """

    definitions: Mapping[str, Component]
    locations: Mapping[str, str]
    floating: str | None
    fallback: str | None

    def find_name(self, tzid: str) -> str | None:
        """Return the IANA name that a TZID means, or None."""
        return to_iana(tzid) or self.locations.get(tzid)

    def read_start(self, line: ContentLine, where: str) -> EventStart | None:
        """Return the time of a property, or None if it is not valid; see `to_utc`."""
        value = parse_date_time(line)
        if value is None:
            return None
        check_year(value.naive, where)
        is_date = "T" not in line.value
        return EventStart(value.naive, None if is_date else self.to_utc(value, where))

    def to_utc(self, value: DateTimeValue, where: str) -> datetime:
        """Return a time in UTC; ``where`` begins the message of an error.

        Raises ListingError for a time without a zone, or with an unknown one.
        """
        if not value.tzid and not value.floating:
            return value.naive.replace(tzinfo=UTC)
        if value.floating:
            name = self.floating or self.fallback
            problem = "has a time without a time zone"
        else:
            name = self.find_name(value.tzid)
            problem = f"is in the unknown time zone “{excerpt(value.tzid)}”"
        if name is None and value.tzid in self.definitions:
            return self._evaluate(value, where)
        name = name or self.fallback
        if name is None:
            raise ListingError(f"{where} {problem}. {USE_TIMEZONE}")
        return resolve(value.naive, name)

    def _evaluate(self, value: DateTimeValue, where: str) -> datetime:
        """Return a time in UTC by the VTIMEZONE of its zone."""
        definition = self.definitions[value.tzid]
        observances = tuple(parse_observances(definition))
        if not observances or len(observances) < len(definition.components):
            zone = f"the time zone “{excerpt(value.tzid)}”"
            message = f"is in {zone}, whose VTIMEZONE cannot be evaluated"
            hint = "Use an export with IANA names of time zones, or in UTC."
            raise ListingError(f"{where} {message}. {hint}")
        offset = defined_offset(observances, value.naive)
        if offset is None:
            offset = min(observances, key=_get_onset).offset_from
        return (value.naive - offset).replace(tzinfo=UTC)


def read_zones(calendars: Iterable[Component], fallback: str | None) -> CalendarZones:
    """Return what the times of calendars mean; ``fallback`` is the IANA zone a user chose."""
    calendars = tuple(calendars)
    found = [zone for each in calendars for zone in each.get_components("VTIMEZONE")]
    definitions = {tzid_of(each): each for each in reversed(found)}
    locations = {
        tzid: to_iana(each.get_value("X-LIC-LOCATION")) for tzid, each in definitions.items()
    }
    names = [to_iana(each.get_value("X-WR-TIMEZONE").strip()) for each in calendars]
    return CalendarZones(
        definitions,
        {tzid: name for tzid, name in locations.items() if name},
        next(filter(None, names), None),
        fallback,
    )


def find_main_zone(zones: CalendarZones, events: Iterable[Component]) -> str | None:
    """Return the IANA zone in which a calendar thinks; None if it has all times in UTC.

    It is the one that the calendar names, or else that of most of its events.
    """
    if zones.floating and zones.floating not in _UTC_ZONES:
        return zones.floating
    lines = (line for each in events for line in each.get_lines("DTSTART")[:1])
    names = Counter(zones.find_name(line.tzid) for line in lines if line.tzid)
    known = (name for name, _ in names.most_common() if name and name not in _UTC_ZONES)
    return next(known, None)


def resolve(naive: datetime, zone: str) -> datetime:
    """Return the UTC time of a local time in an IANA zone, as RFC 5545 §3.3.5 reads it.

    One that occurs twice is the first; one that does not exist has the offset from before it.
    """
    try:
        return to_utc(naive, zone)
    except AmbiguousTimeError as error:
        return (naive - error.first).replace(tzinfo=UTC)
    except NonexistentTimeError as error:
        return to_utc(error.shifted, zone)


def find_day(start: EventStart, zone: str | None) -> date:
    """Return the date of a start in a zone; in UTC if that is None."""
    if not start.utc:
        return start.naive.date()
    return to_local(start.utc, zone).naive.date() if zone else start.utc.date()


def _get_onset(observance: Observance) -> datetime:
    return observance.onset
