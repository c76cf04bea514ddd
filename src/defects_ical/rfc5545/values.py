"""Property values of iCalendar (RFC 5545 §3.3): text in, Python values out."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from defects_ical.rfc5545.content_lines import ContentLine
from defects_ical.timezones.conversion import (
    FIRST_YEAR,
    LAST_YEAR,
    TIMEZONE_NAMES,
    AmbiguousTimeError,
    NonexistentTimeError,
    to_utc,
)

UTC_NAMES: Final = frozenset({"UTC", "Etc/UTC", "GMT", "Etc/GMT"})
"""Timezones that clients know without a VTIMEZONE."""
LEAP_SECOND: Final = 60
# Times of more events than a feed has; in one feed, most times of one timezone repeat.
MAX_CACHED_TIMES: Final = 40_000
MAX_TIME_CHARS: Final = len("20260131T235900Z")

_IANA_NAMES: Final = frozenset(TIMEZONE_NAMES)
_LOWER_NAMES: Final = frozenset(map(str.lower, TIMEZONE_NAMES))
_LOCAL: Final = re.compile("([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})")
_DATE_OR_DATE_TIME: Final = re.compile(r"([0-9]{8})(?:T([0-9]{6})(Z?))?")
_UTC_OFFSET: Final = re.compile(r"([+-])([01][0-9]|2[0-3])([0-5][0-9])([0-5][0-9])?")
# The length of each part is limited, so that a match takes linear time.
DURATION_PATTERN: Final = (
    r"[+-]?P(?:[0-9]{1,9}W|(?=[0-9T])(?:[0-9]{1,9}D)?"
    r"(?:T(?=[0-9])(?:[0-9]{1,9}H)?(?:[0-9]{1,9}M)?(?:[0-9]{1,9}S)?)?)"
)
"""A regular expression for a duration, like "PT1H30M" (§3.3.6)."""
_DURATION_PARTS: Final = re.compile(r"([0-9]{1,9})([WDHMS])")
_DURATION_UNITS: Final = {"W": "weeks", "D": "days", "H": "hours", "M": "minutes", "S": "seconds"}


class DateTimeValue(NamedTuple):
    """A DATE or DATE-TIME (§3.3.4, §3.3.5): local time and TZID; ``tzid`` is empty for UTC.

    A date is the midnight that it starts with; it is never ``floating``.
    """

    naive: datetime
    tzid: str
    floating: bool

    @property
    def utc(self) -> datetime:
        """The time in UTC; floating times and those of unknown timezones are read as UTC."""
        return _to_utc(self.naive, self.tzid)


def parse_date_time(line: ContentLine) -> DateTimeValue | None:
    """Parse the DATE or DATE-TIME of a property; return None if it is neither."""
    return _parse_time(line.value, line.tzid) if len(line.value) <= MAX_TIME_CHARS else None


# Several checks ask for the same time.
@lru_cache(maxsize=MAX_CACHED_TIMES)
def _parse_time(value: str, tzid: str) -> DateTimeValue | None:
    found = _DATE_OR_DATE_TIME.fullmatch(value)
    naive = parse_local_datetime(f"{found[1]}T{found[2] or '000000'}") if found else None
    if not found or not naive:
        return None
    tzid = "" if found[3] else tzid
    return DateTimeValue(naive, tzid, floating=bool(found[2]) and not found[3] and not tzid)


def parse_local_datetime(value: str) -> datetime | None:
    """Parse a local DATE-TIME, like "20260131T235900"; return None if it is not one.

    A leap second becomes the second before it, as §3.3.12 recommends.
    """
    found = _LOCAL.fullmatch(value)
    if not found:
        return None
    year, month, day, hour, minute, second = map(int, found.groups())
    second -= second == LEAP_SECOND
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - the timezone is a parameter
    except ValueError:
        return None


def parse_utc_offset(value: str) -> timedelta | None:
    """Parse a UTC offset, like "-0330" (§3.3.14); return None if it is not one."""
    found = _UTC_OFFSET.fullmatch(value)
    if not found:
        return None
    offset = timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=int(found[4] or 0))
    return -offset if found[1] == "-" else offset


def parse_duration(value: str) -> timedelta | None:
    """Parse a duration, like "PT1H30M" (§3.3.6); return None if it is not one."""
    if not re.fullmatch(DURATION_PATTERN, value):
        return None
    parts = {_DURATION_UNITS[unit]: int(number) for number, unit in _DURATION_PARTS.findall(value)}
    try:
        return timedelta(**parts) * (-1 if value.startswith("-") else 1)
    except OverflowError:
        return None


@lru_cache(maxsize=64)
def to_iana(tzid: str) -> str | None:
    """Return the IANA name that a TZID means, also with a vendor's prefix or as a Windows name."""
    if tzid in WINDOWS_TO_OLSON:
        return WINDOWS_TO_OLSON[tzid]
    words = tzid[:200].split("/")
    tails = ("/".join(words[start:]) for start in range(max(len(words) - 3, 0), len(words)))
    return next((tail for tail in tails if tail in _IANA_NAMES), None)


def is_iana_name(tzid: str, *, ignore_case: bool = False) -> bool:
    """Return whether the IANA database has a timezone of exactly this name."""
    return tzid.lower() in _LOWER_NAMES if ignore_case else tzid in _IANA_NAMES


def is_windows_name(tzid: str) -> bool:
    """Return whether only Windows has a timezone of this name ("UTC" is one everywhere)."""
    return tzid in WINDOWS_TO_OLSON and tzid not in _IANA_NAMES


def find_utc(naive: datetime, name: str) -> datetime | None:
    """Return the UTC time of a local time in an IANA timezone.

    Returns None if the local time does not exist, is ambiguous, or is in a year without data.
    """
    return _resolve(naive, name).utc


def is_skipped(naive: datetime, name: str) -> bool:
    """Return whether the clocks of an IANA timezone skip a local time."""
    return _resolve(naive, name).is_skipped


class _Resolved(NamedTuple):
    """A local time in UTC, if it is there once; ``is_skipped`` if it is not there at all."""

    utc: datetime | None
    is_skipped: bool = False


@lru_cache(maxsize=MAX_CACHED_TIMES)
def _resolve(naive: datetime, name: str) -> _Resolved:
    if not FIRST_YEAR <= naive.year <= LAST_YEAR:
        return _Resolved(None)
    try:
        return _Resolved(to_utc(naive, name))
    except NonexistentTimeError:
        return _Resolved(None, is_skipped=True)
    except AmbiguousTimeError:
        return _Resolved(None)


def _to_utc(naive: datetime, tzid: str) -> datetime:
    name = to_iana(tzid)
    return (find_utc(naive, name) if name else None) or naive.replace(tzinfo=UTC)
