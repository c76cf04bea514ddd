"""Convert between UTC and local times, with the zones of the tz database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import pytz
import pytz.exceptions

FIRST_YEAR: Final = 1973
"""The first year of a schedule: observances begin before it, none before 1970, and the last offset
that was not of whole minutes (Monrovia's) ended in 1972."""
LAST_YEAR: Final = 2037
"""The last year of a schedule: pytz knows no change of clocks after it."""

TIMEZONE_NAMES: Final = tuple(sorted(pytz.all_timezones))
"""Every IANA name that a schedule may use."""


class NonexistentTimeError(ValueError):
    """The wall time is skipped when clocks go forward; ``moved`` is it read past the gap."""

    def __init__(self, moved: datetime) -> None:
        super().__init__(moved)
        self.moved = moved


class AmbiguousTimeError(ValueError):
    """The wall time happens twice when clocks go back; the two offsets, the earlier first."""

    def __init__(self, first: timedelta, second: timedelta) -> None:
        super().__init__(first, second)
        self.first = first
        self.second = second


@dataclass(frozen=True, slots=True)
class LocalTime:
    """What a clock in one place shows at an instant.

    ``wall`` has no zone; ``abbreviation`` is the zone's own ("KST"), or "UTC+3" where it has none.
    """

    zone: str
    naive: datetime
    offset: timedelta
    abbreviation: str

    @property
    def place(self) -> str:
        """The city or region the zone is named for: "New York"; "UTC+9" for Etc/GMT-9."""
        if self.zone.startswith("Etc/"):
            return self.abbreviation
        return self.zone.rpartition("/")[2].replace("_", " ")


def to_utc(wall: datetime, zone: str) -> datetime:
    """The instant (UTC) at which clocks in ``zone`` show ``wall``.

    Raises GapError or OverlapError where no instant or two have that wall time.
    """
    there = pytz.timezone(zone)
    try:
        return there.localize(wall, is_dst=None).astimezone(UTC)
    except pytz.exceptions.NonExistentTimeError:
        # In a gap pytz reads is_dst=False as "by the offset before the change".
        moved = there.normalize(there.localize(wall, is_dst=False))
        raise NonexistentTimeError(moved.replace(tzinfo=None)) from None
    except pytz.exceptions.AmbiguousTimeError:
        offsets = [offset_of(there.localize(wall, is_dst=dst)) for dst in (True, False)]
        raise AmbiguousTimeError(max(offsets), min(offsets)) from None


def offset_is_valid(wall: datetime, offset: timedelta, zone: str) -> bool:
    """Whether clocks in ``zone`` do show ``wall`` with that UTC offset."""
    at = (wall - offset).replace(tzinfo=UTC)
    return to_local(at, zone).offset == offset


def format_utc(at: datetime) -> str:
    """An instant as programs read it (RFC 3339): "2025-07-21T14:00:00Z"."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def format_local(at: datetime, zone: str) -> str:
    """Format a datetime with the offset that ``zone`` has then: "2025-07-21T23:00:00+09:00"."""
    return at.astimezone(pytz.timezone(zone)).isoformat(timespec="seconds")


def to_local(at: datetime, zone: str) -> LocalTime:
    """What a clock in ``zone`` shows at the instant ``at``."""
    local = at.astimezone(pytz.timezone(zone))
    offset = offset_of(local)
    abbreviation = local.tzname() or ""
    if not abbreviation.isalpha():
        abbreviation = "UTC" + format_offset(offset)
    return LocalTime(zone, local.replace(tzinfo=None), offset, abbreviation)


def unambiguous_local_time(at: datetime, zone: str) -> datetime | None:
    """The wall time by which a calendar may name the instant ``at`` in ``zone``, without a zone.

    None for the second pass of a wall time that happens twice: as a local time, iCalendar
    takes it for the first (RFC 5545 §3.3.5).
    """
    reading = to_local(at, zone)
    try:
        to_utc(reading.naive, zone)
    except AmbiguousTimeError as overlap:
        if reading.offset != overlap.first:
            return None
    return reading.naive


def offset_of(local: datetime) -> timedelta:
    """Return the UTC offset of an aware datetime."""
    offset = local.utcoffset()
    if offset is None:
        raise AssertionError(f"{local!r} has no zone")
    return offset


def format_offset(offset: timedelta) -> str:
    """An offset for people: "+3", "-9:30"."""
    minutes = abs(offset) // timedelta(minutes=1)
    sign = "-" if offset < timedelta(0) else "+"
    tail = f":{minutes % 60:02}" if minutes % 60 else ""
    return f"{sign}{minutes // 60}{tail}"
