"""Convert between UTC and local times, with the zones of the IANA time zone database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Final, NamedTuple

import pytz
import pytz.exceptions

FIRST_YEAR: Final = 1973
"""The first year of a schedule. Its VTIMEZONE starts before it and no earlier than 1970, and the
last UTC offset that was not in whole minutes (Monrovia's) ended in 1972."""
LAST_YEAR: Final = 2037
"""The last year of a schedule: pytz knows no transition after it."""

TIMEZONE_NAMES: Final = tuple(sorted(pytz.all_timezones))
"""Every IANA name that a schedule may use."""

# pytz keeps its zones, too, but checks their names each time.
_get_zone = cache(pytz.timezone)


class NonexistentTimeError(ValueError):
    """Exception raised for a local time that is skipped when DST starts.

    ``shifted`` is the local time moved forward by as much as is skipped.
    """

    def __init__(self, shifted: datetime) -> None:
        super().__init__(shifted)
        self.shifted = shifted


class AmbiguousTimeError(ValueError):
    """Exception raised for a local time that occurs twice when DST ends.

    ``first`` and ``second`` are the UTC offsets of the earlier and the later occurrence.
    """

    def __init__(self, first: timedelta, second: timedelta) -> None:
        super().__init__(first, second)
        self.first = first
        self.second = second


class LocalTime(NamedTuple):
    """A point in time as clocks in ``zone`` show it.

    ``naive`` has no tzinfo; ``abbreviation`` is the zone's own ("KST"), or "UTC+3" if it has none.
    """

    zone: str
    naive: datetime
    offset: timedelta
    abbreviation: str

    @property
    def city(self) -> str:
        """The city or region in the zone's name: "New York"; "UTC+9" for Etc/GMT-9."""
        return name_city(self.zone, self.abbreviation)


def name_city(zone: str, abbreviation: str) -> str:
    """Return the city or region in a zone's name; see ``LocalTime`` for the abbreviation."""
    if zone.startswith("Etc/"):
        return abbreviation
    return zone.rpartition("/")[2].replace("_", " ")


def to_utc(naive: datetime, zone: str) -> datetime:
    """Convert a naive local time to UTC.

    Raises NonexistentTimeError or AmbiguousTimeError if the zone skips or repeats it.
    """
    tz = _get_zone(zone)
    try:
        return tz.localize(naive, is_dst=None).astimezone(UTC)
    except pytz.exceptions.NonExistentTimeError:
        # For a time that does not exist, pytz takes is_dst=False as the offset before the change.
        shifted = tz.normalize(tz.localize(naive, is_dst=False))
        raise NonexistentTimeError(shifted.replace(tzinfo=None)) from None
    except pytz.exceptions.AmbiguousTimeError:
        offsets = [get_offset(tz.localize(naive, is_dst=dst)) for dst in (True, False)]
        raise AmbiguousTimeError(max(offsets), min(offsets)) from None


# The site in each language shows the same times.
@lru_cache(maxsize=16_384)
def to_local(time: datetime, zone: str) -> LocalTime:
    """Convert an aware datetime to the local time of ``zone``."""
    local = time.astimezone(_get_zone(zone))
    offset = get_offset(local)
    abbreviation = local.tzname() or ""
    if not abbreviation.isalpha():
        abbreviation = "UTC" + format_offset(offset)
    return LocalTime(zone, local.replace(tzinfo=None), offset, abbreviation)


def to_unambiguous_local(time: datetime, zone: str) -> datetime | None:
    """Convert an aware datetime to a naive local time that iCalendar reads as the same time.

    Returns None for the second occurrence of a repeated local time: iCalendar takes a local time
    for the first (RFC 5545 §3.3.5).
    """
    local = to_local(time, zone)
    try:
        to_utc(local.naive, zone)
    except AmbiguousTimeError as ambiguous:
        if local.offset != ambiguous.first:
            return None
    return local.naive


def is_valid_offset(naive: datetime, offset: timedelta, zone: str) -> bool:
    """Return whether ``zone`` has this UTC offset at the local time ``naive``."""
    time = (naive - offset).replace(tzinfo=UTC)
    return to_local(time, zone).offset == offset


def get_offset(local: datetime) -> timedelta:
    """Return the UTC offset of an aware datetime."""
    offset = local.utcoffset()
    if offset is None:
        raise AssertionError(f"{local!r} has no time zone")
    return offset


@lru_cache(maxsize=16_384)
def format_utc(time: datetime) -> str:
    """Format an aware datetime in UTC (RFC 3339): "2025-07-21T14:00:00Z"."""
    return f"{time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


@lru_cache(maxsize=16_384)
def format_local(time: datetime, zone: str) -> str:
    """Format an aware datetime with the offset of ``zone``: "2025-07-21T23:00:00+09:00"."""
    return time.astimezone(_get_zone(zone)).isoformat(timespec="seconds")


def format_offset(offset: timedelta) -> str:
    """Format a UTC offset for people: "+3", "-9:30"."""
    minutes = abs(offset) // timedelta(minutes=1)
    sign = "-" if offset < timedelta(0) else "+"
    tail = f":{minutes % 60:02}" if minutes % 60 else ""
    return f"{sign}{minutes // 60}{tail}"
