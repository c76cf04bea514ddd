"""Wall times, instants and zones: what a clock shows where, and a zone as VTIMEZONE."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from itertools import product
from typing import Final, NamedTuple

import pytz
from pytz.exceptions import AmbiguousTimeError, NonExistentTimeError

FIRST_YEAR: Final = 1973
"""The first year of a schedule: observances begin before it, none before 1970, and the last offset
that was not of whole minutes (Monrovia's) ended in 1972."""
LAST_YEAR: Final = 2037
"""The last year of a schedule: pytz knows no change of clocks after it."""

NAMES: Final = tuple(sorted(pytz.all_timezones))
"""Every IANA name that a schedule may use."""

AREAS: Final = (
    *("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/"),
    *("Europe/", "Indian/", "Pacific/"),
)
# What people write for a zone; the widest meaning where there are several.
ABBREVIATED: Final = {
    **dict.fromkeys(("ET", "EDT"), "America/New_York"),
    **dict.fromkeys(("CT", "CST", "CDT"), "America/Chicago"),
    **dict.fromkeys(("MT", "MDT"), "America/Denver"),
    **dict.fromkeys(("PT", "PST", "PDT"), "America/Los_Angeles"),
    **dict.fromkeys(("AEST", "AEDT"), "Australia/Sydney"),
    "BST": "Europe/London",
    "CEST": "Europe/Berlin",
    "EEST": "Europe/Athens",
    "HKT": "Asia/Hong_Kong",
    "IST": "Asia/Kolkata",
    "JST": "Asia/Tokyo",
    "KST": "Asia/Seoul",
    "MSK": "Europe/Moscow",
    "PHT": "Asia/Manila",
    "WIB": "Asia/Jakarta",
}

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# Two changes of one zone have never been less than six days apart since 1970.
STRIDE: Final = timedelta(days=3)


class GapError(ValueError):
    """The wall time is skipped when clocks go forward; ``moved`` is it read past the gap."""

    def __init__(self, moved: datetime) -> None:
        super().__init__(moved)
        self.moved = moved


class OverlapError(ValueError):
    """The wall time happens twice when clocks go back; the two offsets, the earlier first."""

    def __init__(self, first: timedelta, second: timedelta) -> None:
        super().__init__(first, second)
        self.first = first
        self.second = second


@dataclass(frozen=True, slots=True)
class Reading:
    """What a clock in one place shows at an instant.

    ``wall`` has no zone; ``abbreviation`` is the zone's own ("KST"), or "UTC+3" where it has none.
    """

    zone: str
    wall: datetime
    offset: timedelta
    abbreviation: str

    @property
    def place(self) -> str:
        """The city or region the zone is named for: "New York"; "UTC+9" for Etc/GMT-9."""
        if self.zone.startswith("Etc/"):
            return self.abbreviation
        return self.zone.rpartition("/")[2].replace("_", " ")


class Rule(NamedTuple):
    """A yearly rule, as RRULE has it: ``nth`` ``weekday`` (0 is Monday) of ``month``.

    ``nth`` counts from 1, or is -1 for the last.
    """

    month: int
    nth: int
    weekday: int

    def date(self, year: int) -> date | None:
        """The rule's date in ``year``, or None where the month has no such day."""
        if self.nth < 0:
            last = date(year + self.month // 12, self.month % 12 + 1, 1) - timedelta(days=1)
            return last - timedelta(days=(last.weekday() - self.weekday) % 7)
        first = date(year, self.month, 1)
        day = first + timedelta(days=(self.weekday - first.weekday()) % 7, weeks=self.nth - 1)
        return day if day.month == self.month else None


@dataclass(frozen=True, slots=True)
class Observance:
    """A STANDARD or DAYLIGHT part of a VTIMEZONE (RFC 5545 §3.6.5).

    ``onset`` is the wall time *before* the change, which is what DTSTART means there.
    """

    daylight: bool
    onset: datetime
    offset_from: timedelta
    offset_to: timedelta
    abbreviation: str
    rule: Rule | None = None


class _Change(NamedTuple):
    """A change of a zone's offset: its first instant (UTC), and the offset on both sides."""

    instant: datetime
    before: timedelta
    after: timedelta

    @property
    def wall(self) -> datetime:
        return (self.instant + self.before).replace(tzinfo=None)

    @property
    def daylight(self) -> bool:
        # The lower offset is STANDARD, whatever the zone's own data calls it: Dublin's and
        # Casablanca's call the winter or Ramadan time the daylight saving.
        return self.after > self.before


def meant(raw: str) -> tuple[str, ...]:
    """The names that an unknown one was probably meant to be: one if that is sure, or up to three.

    Only zones named for a place: one that merely looks alike (MST for KST) is hours off.
    """
    if raw.upper() in ABBREVIATED:
        return (ABBREVIATED[raw.upper()],)
    names = {name.lower(): name for name in NAMES if name.startswith(AREAS)}
    places = {name.rpartition("/")[2]: name for name in names}
    word = raw.lower().replace(" ", "_")
    if sure := difflib.get_close_matches(word.rpartition("/")[2], places, n=1, cutoff=0.8):
        return (names[places[sure[0]]],)
    return tuple(names[name] for name in difflib.get_close_matches(word, names))


def instant(wall: datetime, zone: str) -> datetime:
    """The instant (UTC) at which clocks in ``zone`` show ``wall``.

    Raises GapError or OverlapError where no instant or two have that wall time.
    """
    there = pytz.timezone(zone)
    try:
        return there.localize(wall, is_dst=None).astimezone(UTC)
    except NonExistentTimeError:
        # In a gap pytz reads is_dst=False as "by the offset before the change".
        moved = there.normalize(there.localize(wall, is_dst=False))
        raise GapError(moved.replace(tzinfo=None)) from None
    except AmbiguousTimeError:
        offsets = [_offset_of(there.localize(wall, is_dst=dst)) for dst in (True, False)]
        raise OverlapError(max(offsets), min(offsets)) from None


def fits(wall: datetime, offset: timedelta, zone: str) -> bool:
    """Whether clocks in ``zone`` do show ``wall`` with that UTC offset."""
    at = (wall - offset).replace(tzinfo=UTC)
    return read(at, zone).offset == offset


def in_utc(at: datetime) -> str:
    """An instant as programs read it (RFC 3339): "2025-07-21T14:00:00Z"."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def read(at: datetime, zone: str) -> Reading:
    """What a clock in ``zone`` shows at the instant ``at``."""
    local = at.astimezone(pytz.timezone(zone))
    offset = _offset_of(local)
    abbreviation = local.tzname() or ""
    if not abbreviation.isalpha():
        abbreviation = "UTC" + _short(offset)
    return Reading(zone, local.replace(tzinfo=None), offset, abbreviation)


def local_name(at: datetime, zone: str) -> datetime | None:
    """The wall time by which a calendar may name the instant ``at`` in ``zone``, without a zone.

    None for the second pass of a wall time that happens twice: as a local time, iCalendar
    takes it for the first (RFC 5545 §3.3.5).
    """
    reading = read(at, zone)
    try:
        instant(reading.wall, zone)
    except OverlapError as overlap:
        if reading.offset != overlap.first:
            return None
    return reading.wall


@cache
def observances(zone: str, first_year: int, last_year: int) -> tuple[Observance, ...]:
    """The smallest VTIMEZONE for airings from ``first_year`` to ``last_year`` (RFC 5545 §3.6.5).

    It accounts for every change from the year before to the year after: one STANDARD where
    there is none; a STANDARD and a DAYLIGHT with yearly rules where rules give them all;
    each change by itself where they do not. Right for every wall time, in its first pass, from
    the beginning of ``first_year`` to the end of the year after ``last_year``; no onset is
    before 1970.
    """
    years = range(first_year - 1, min(last_year + 1, LAST_YEAR) + 1)
    changes = _changes(zone, years)
    if not changes:
        opening = _observance(zone, _opening(zone, _new_year(years.start)), daylight=False)
        # Some zones were renamed since, without a change of offset: Tripoli's CEST is EET now.
        name = read(_new_year(first_year), zone).abbreviation
        return (replace(opening, abbreviation=name),)
    return _by_rule(zone, years, changes) or _one_by_one(zone, changes)


def _one_by_one(zone: str, changes: tuple[_Change, ...]) -> tuple[Observance, ...]:
    every = (_opening(zone, changes[0].instant), *changes)
    # Outlook expects a STANDARD, also of a zone whose offset has only ever risen.
    lowest = min(each.after for each in every)
    return tuple(
        _observance(zone, each, daylight=each.daylight and each.after > lowest) for each in every
    )


def _by_rule(
    zone: str, years: range, changes: tuple[_Change, ...]
) -> tuple[Observance, ...] | None:
    """Two observances with yearly rules, begun as far back as the rules hold; or None."""
    found = [(_held_since(zone, years.start, pair), pair) for pair in _pairs(years, changes)]
    if not found:
        return None
    since, pair = min(found, key=lambda each: each[0])
    standard, daylight = sorted(pair, key=lambda each: each.change.daylight)
    return standard.observance(zone, since), daylight.observance(zone, since)


class _Yearly(NamedTuple):
    """A change that comes back every year: one example of it, and its rule."""

    rule: Rule
    change: _Change

    def onset(self, year: int) -> datetime | None:
        """The wall time before that year's change, or None where the year has none."""
        day = self.rule.date(year)
        return datetime.combine(day, self.change.wall.time()) if day else None

    def gives(self, change: _Change) -> bool:
        same = (change.before, change.after) == (self.change.before, self.change.after)
        return same and change.wall == self.onset(change.wall.year)

    def observance(self, zone: str, since: int) -> Observance:
        onset = self.onset(since) or self.change.wall
        return replace(_observance(zone, self.change), onset=onset, rule=self.rule)


def _pairs(years: range, changes: tuple[_Change, ...]) -> Iterator[tuple[_Yearly, _Yearly]]:
    """The pairs of yearly rules that give exactly these changes, all of ``years``."""
    firsts, seconds = ([*_candidates(changes[n % len(changes)])] for n in (0, 1))
    for pair in product(firsts, seconds):
        if _give(pair, years, changes):
            yield pair


def _candidates(change: _Change) -> Iterator[_Yearly]:
    day = change.wall.date()
    for nth in (-1, (day.day - 1) // 7 + 1):
        rule = Rule(day.month, nth, day.weekday())
        if rule.date(day.year) == day:
            yield _Yearly(rule, change)


def _give(pair: tuple[_Yearly, _Yearly], years: range, changes: tuple[_Change, ...]) -> bool:
    """Whether the two rules, in this order every year, give these changes and no others."""
    due = [(year, yearly) for year in years for yearly in pair]
    return len(due) == len(changes) and all(
        change.wall.year == year and yearly.gives(change)
        for (year, yearly), change in zip(due, changes, strict=True)
    )


def _held_since(zone: str, year: int, pair: tuple[_Yearly, _Yearly]) -> int:
    """The earliest year from which the rules have held without a break."""
    while year > EPOCH.year:
        before = range(year - 1, year)
        if not _give(pair, before, _changes(zone, before)):
            break
        year -= 1
    return year


@cache
def _changes(zone: str, years: range) -> tuple[_Change, ...]:
    """Every change of offset in these years of the zone's own calendar, in order.

    It looks at nothing but the offset: what else pytz knows of a zone is private to it.
    """
    there = pytz.timezone(zone)
    # A year's first and last hours belong to its neighbours on clocks away from Greenwich.
    looks = [_new_year(years.start) - STRIDE]
    while looks[-1] < _new_year(years.stop):
        looks.append(looks[-1] + STRIDE)
    offsets = [_offset(there, look) for look in looks]
    changes = (
        _bisect(there, looks[n], looks[n + 1])
        for n in range(len(looks) - 1)
        if offsets[n] != offsets[n + 1]
    )
    return tuple(change for change in changes if change.wall.year in years)


def _opening(zone: str, end: datetime) -> _Change:
    """The last change before the instant ``end``; without one since 1970, that year's beginning."""
    there = pytz.timezone(zone)
    late = end - timedelta(seconds=1)
    offset = _offset(there, late)
    while late > EPOCH:
        early = max(late - STRIDE, EPOCH)
        if _offset(there, early) != offset:
            return _bisect(there, early, late)
        late = early
    return _Change(EPOCH - offset, offset, offset)


def _bisect(there: tzinfo, early: datetime, late: datetime) -> _Change:
    """The one change between two instants, to the second."""
    before, after = _offset(there, early), _offset(there, late)
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        if _offset(there, middle) == before:
            early = middle
        else:
            late = middle
    return _Change(late, before, after)


def _observance(zone: str, change: _Change, *, daylight: bool | None = None) -> Observance:
    return Observance(
        daylight=change.daylight if daylight is None else daylight,
        onset=change.wall,
        offset_from=change.before,
        offset_to=change.after,
        abbreviation=read(change.instant, zone).abbreviation,
    )


def _new_year(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC)


def _offset(there: tzinfo, at: datetime) -> timedelta:
    return _offset_of(at.astimezone(there))


def _offset_of(local: datetime) -> timedelta:
    offset = local.utcoffset()
    if offset is None:
        raise AssertionError(f"{local!r} has no zone")
    return offset


def _short(offset: timedelta) -> str:
    """An offset for people: "+3", "-9:30"."""
    minutes = abs(offset) // timedelta(minutes=1)
    sign = "-" if offset < timedelta(0) else "+"
    tail = f":{minutes % 60:02}" if minutes % 60 else ""
    return f"{sign}{minutes // 60}{tail}"
