"""The transitions of a zone as the observances of a VTIMEZONE (RFC 5545 §3.6.5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from itertools import product
from typing import Final, NamedTuple

import pytz

from defects_ical.timezones.conversion import LAST_YEAR, offset_of, to_local

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# Two changes of one zone have never been less than six days apart since 1970.
STRIDE: Final = timedelta(days=3)


class YearlyRule(NamedTuple):
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
    rule: YearlyRule | None = None


class _Transition(NamedTuple):
    """A change of a zone's offset: its first instant (UTC), and the offset on both sides."""

    instant: datetime
    before: timedelta
    after: timedelta

    @property
    def naive(self) -> datetime:
        return (self.instant + self.before).replace(tzinfo=None)

    @property
    def daylight(self) -> bool:
        # The lower offset is STANDARD, whatever the zone's own data calls it: Dublin's and
        # Casablanca's call the winter or Ramadan time the daylight saving.
        return self.after > self.before


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
    changes = _find_transitions(zone, years)
    if not changes:
        opening = _observance(
            zone, _initial_transition(zone, _new_year(years.start)), daylight=False
        )
        # Some zones were renamed since, without a change of offset: Tripoli's CEST is EET now.
        name = to_local(_new_year(first_year), zone).abbreviation
        return (replace(opening, abbreviation=name),)
    return _by_rule(zone, years, changes) or _one_by_one(zone, changes)


def _one_by_one(zone: str, changes: tuple[_Transition, ...]) -> tuple[Observance, ...]:
    every = (_initial_transition(zone, changes[0].instant), *changes)
    # Outlook expects a STANDARD, also of a zone whose offset has only ever risen.
    lowest = min(each.after for each in every)
    return tuple(
        _observance(zone, each, daylight=each.daylight and each.after > lowest) for each in every
    )


def _by_rule(
    zone: str, years: range, changes: tuple[_Transition, ...]
) -> tuple[Observance, ...] | None:
    """Two observances with yearly rules, begun as far back as the rules hold; or None."""
    found = [(_rule_start_year(zone, years.start, pair), pair) for pair in _pairs(years, changes)]
    if not found:
        return None
    since, pair = min(found, key=lambda each: each[0])
    standard, daylight = sorted(pair, key=lambda each: each.change.daylight)
    return standard.observance(zone, since), daylight.observance(zone, since)


class _YearlyTransition(NamedTuple):
    """A change that comes back every year: one example of it, and its rule."""

    rule: YearlyRule
    change: _Transition

    def onset(self, year: int) -> datetime | None:
        """The wall time before that year's change, or None where the year has none."""
        day = self.rule.date(year)
        return datetime.combine(day, self.change.naive.time()) if day else None

    def gives(self, change: _Transition) -> bool:
        same = (change.before, change.after) == (self.change.before, self.change.after)
        return same and change.naive == self.onset(change.naive.year)

    def observance(self, zone: str, since: int) -> Observance:
        onset = self.onset(since) or self.change.naive
        return replace(_observance(zone, self.change), onset=onset, rule=self.rule)


def _pairs(
    years: range, changes: tuple[_Transition, ...]
) -> Iterator[tuple[_YearlyTransition, _YearlyTransition]]:
    """The pairs of yearly rules that give exactly these changes, all of ``years``."""
    firsts, seconds = ([*_candidates(changes[n % len(changes)])] for n in (0, 1))
    for pair in product(firsts, seconds):
        if _give(pair, years, changes):
            yield pair


def _candidates(change: _Transition) -> Iterator[_YearlyTransition]:
    day = change.naive.date()
    for nth in (-1, (day.day - 1) // 7 + 1):
        rule = YearlyRule(day.month, nth, day.weekday())
        if rule.date(day.year) == day:
            yield _YearlyTransition(rule, change)


def _give(
    pair: tuple[_YearlyTransition, _YearlyTransition],
    years: range,
    changes: tuple[_Transition, ...],
) -> bool:
    """Whether the two rules, in this order every year, give these changes and no others."""
    due = [(year, yearly) for year in years for yearly in pair]
    return len(due) == len(changes) and all(
        change.naive.year == year and yearly.gives(change)
        for (year, yearly), change in zip(due, changes, strict=True)
    )


def _rule_start_year(
    zone: str, year: int, pair: tuple[_YearlyTransition, _YearlyTransition]
) -> int:
    """The earliest year from which the rules have held without a break."""
    while year > EPOCH.year:
        before = range(year - 1, year)
        if not _give(pair, before, _find_transitions(zone, before)):
            break
        year -= 1
    return year


@cache
def _find_transitions(zone: str, years: range) -> tuple[_Transition, ...]:
    """Every change of offset in these years of the zone's own calendar, in order.

    It looks at nothing but the offset: what else pytz knows of a zone is private to it.
    """
    there = pytz.timezone(zone)
    # A year's first and last hours belong to its neighbours on clocks away from Greenwich.
    looks = [_new_year(years.start) - STRIDE]
    while looks[-1] < _new_year(years.stop):
        looks.append(looks[-1] + STRIDE)
    offsets = [_offset_at(there, look) for look in looks]
    changes = (
        _bisect(there, looks[n], looks[n + 1])
        for n in range(len(looks) - 1)
        if offsets[n] != offsets[n + 1]
    )
    return tuple(change for change in changes if change.naive.year in years)


def _initial_transition(zone: str, end: datetime) -> _Transition:
    """The last change before the instant ``end``; without one since 1970, that year's beginning."""
    there = pytz.timezone(zone)
    late = end - timedelta(seconds=1)
    offset = _offset_at(there, late)
    while late > EPOCH:
        early = max(late - STRIDE, EPOCH)
        if _offset_at(there, early) != offset:
            return _bisect(there, early, late)
        late = early
    return _Transition(EPOCH - offset, offset, offset)


def _bisect(there: tzinfo, early: datetime, late: datetime) -> _Transition:
    """The one change between two instants, to the second."""
    before, after = _offset_at(there, early), _offset_at(there, late)
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        if _offset_at(there, middle) == before:
            early = middle
        else:
            late = middle
    return _Transition(late, before, after)


def _observance(zone: str, change: _Transition, *, daylight: bool | None = None) -> Observance:
    return Observance(
        daylight=change.daylight if daylight is None else daylight,
        onset=change.naive,
        offset_from=change.before,
        offset_to=change.after,
        abbreviation=to_local(change.instant, zone).abbreviation,
    )


def _new_year(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC)


def _offset_at(there: tzinfo, at: datetime) -> timedelta:
    return offset_of(at.astimezone(there))
