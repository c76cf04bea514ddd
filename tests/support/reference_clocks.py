"""What zoneinfo knows of time zones, to compare the program's own results with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

ZONES: Final = (
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Asuncion",
    "America/Havana",
    "America/New_York",
    "America/Nuuk",
    "America/Santiago",
    "America/Vancouver",
    "Antarctica/Troll",
    "Asia/Gaza",
    "Asia/Jerusalem",
    "Asia/Seoul",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Europe/London",
    "Pacific/Chatham",
)
"""Zones with and without rules, with transitions of 30, 60 and 120 minutes."""
SOAK_PREMIERES: Final = (
    *("1973-07-01", "1975-07-01", "1987-07-01", "1990-07-01", "1993-07-01", "2007-07-01"),
    *("2011-07-01", "2016-07-01", "2025-07-01", "2025-12-15", "2036-07-01", "2037-07-01"),
)
"""Years of new rules, years in which Kwajalein, Kiritimati and Samoa skip a day, the last year.

None is before 1973: pytz rounds Monrovia's offset, until January 1972, to whole minutes."""
EPISODES: Final = 42
DAY: Final = timedelta(days=1)
QUARTER_HOUR: Final = timedelta(minutes=15)

Clock: TypeAlias = Callable[[datetime], timedelta]
"""The UTC offset of a zone at a naive local time; ``fold`` selects one of two (PEP 495)."""


def make_clock(zone: tzinfo) -> Clock:
    """Return the clock of a tzinfo."""

    def get_offset(naive: datetime) -> timedelta:
        offset = zone.utcoffset(naive)
        assert offset is not None
        return offset

    return get_offset


def get_reference_clock(zone: str) -> Clock:
    """Return the clock of a zone by zoneinfo."""
    return make_clock(ZoneInfo(zone))


def list_season_days(premiere: str) -> list[date]:
    """Return the day of each of 42 daily episodes."""
    first = date.fromisoformat(premiere)
    return [first + n * DAY for n in range(EPISODES)]


def list_covered_days(premiere: str) -> list[date]:
    """Return each day from the first episode's year to the year after the last's, or to 2037."""
    season = list_season_days(premiere)
    first = date(season[0].year, 1, 1)
    last = date(min(season[-1].year + 1, 2037), 12, 31)
    return [first + n * DAY for n in range((last - first).days + 1)]


def find_days_near_transitions(days: list[date], *clocks: Clock) -> set[date]:
    """Return the days on which the offset of a clock changes, and two days before and after."""
    changed = {
        day
        for day in days
        for get_offset in clocks
        if len({get_offset(datetime.combine(each, time())) for each in (day, day + DAY)}) > 1
    }
    return {day + n * DAY for day in changed for n in range(-2, 3)} & set(days)


def list_quarter_hours(days: Iterable[date]) -> list[datetime]:
    """Return every quarter of an hour of some days, in order, as naive local times."""
    midnights = (datetime.combine(day, time()) for day in sorted(days))
    return [midnight + n * QUARTER_HOUR for midnight in midnights for n in range(96)]
