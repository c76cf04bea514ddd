"""Describe a time zone for iCalendar, as the observances of a VTIMEZONE (RFC 5545 §3.6.5).

A *transition* is a change of a zone's UTC offset: on 2025-03-09, from 02:00 EST to 03:00 EDT. An
*observance* is a STANDARD or DAYLIGHT part of a VTIMEZONE: the UTC offset that starts with a
transition. Its *onset* (DTSTART) is the local time before the change, here 02:00. With a yearly
rule (RRULE), one observance stands for the transitions of many years. At any time, the offset of
the observance with the latest onset applies.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise, product
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import pytz

from defects_ical.timezones.conversion import LAST_YEAR, get_offset, to_local

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# Since 1970, two transitions of one zone have been at least six days apart.
STEP: Final = timedelta(days=5)


class YearlyRule(NamedTuple):
    """A yearly RRULE: BYMONTH and BYDAY, as ``nth`` ``weekday`` (0 is Monday) of ``month``.

    ``nth`` counts from 1; -1 is the last.
    """

    month: int
    nth: int
    weekday: int

    def find_date(self, year: int) -> date | None:
        """Return the date in ``year``, or None if the month has no such day."""
        if self.nth < 0:
            last = date(year + self.month // 12, self.month % 12 + 1, 1) - timedelta(days=1)
            return last - timedelta(days=(last.weekday() - self.weekday) % 7)
        first = date(year, self.month, 1)
        day = first + timedelta(days=(self.weekday - first.weekday()) % 7, weeks=self.nth - 1)
        return day if day.month == self.month else None


class Observance(NamedTuple):
    """A STANDARD or DAYLIGHT part of a VTIMEZONE; ``onset`` is naive."""

    onset: datetime
    offset_from: timedelta
    offset_to: timedelta
    abbreviation: str
    daylight: bool
    rule: YearlyRule | None = None

    def find_onset(self, year: int) -> datetime | None:
        """Return the onset in ``year``, or None if the rule has no date in it."""
        day = self.rule.find_date(year) if self.rule else None
        return datetime.combine(day, self.onset.time()) if day else None


class _Transition(NamedTuple):
    """A change of a zone's UTC offset; ``time`` (UTC) is the first with the new offset."""

    time: datetime
    offset_from: timedelta
    offset_to: timedelta

    @property
    def onset(self) -> datetime:
        return (self.time + self.offset_from).replace(tzinfo=None)

    @property
    def daylight(self) -> bool:
        # The lower offset is STANDARD, whatever the database calls it: for Dublin, it has winter
        # time as a negative daylight saving time.
        return self.offset_to > self.offset_from


_Pair = tuple[Observance, Observance]


@cache
def find_observances(zone: str, first_year: int, last_year: int) -> tuple[Observance, ...]:
    """Return the observances for events from ``first_year`` to ``last_year``.

    They cover all transitions from the year before to the year after: one STANDARD if there are
    none, a STANDARD and a DAYLIGHT with yearly rules if two rules yield all of them. The offset is
    right for every local time (at its first occurrence) from the start of ``first_year`` to the
    end of the year after ``last_year``. No onset is before 1970.

    Return an empty tuple if no two rules yield all transitions. An observance for each of them
    would not help: Outlook does not read it, Emacs misreads it, and ruby-icalendar crashes.
    """
    years = range(first_year - 1, min(last_year + 1, LAST_YEAR) + 1)
    transitions = _find_transitions(zone, years)
    if transitions:
        return _make_yearly_observances(zone, years, transitions)
    initial = _find_initial_transition(zone, _start_of_year(years.start))
    # The database may rename a zone's time without a transition: Tripoli's CET became EET.
    abbreviation = to_local(_start_of_year(first_year), zone).abbreviation
    # With another TZOFFSETFROM, Emacs ignores the zone: Seoul's times are nine hours off.
    offsets = (initial.offset_to, initial.offset_to)
    return (Observance(initial.onset, *offsets, abbreviation, daylight=False),)


def _make_yearly_observances(
    zone: str, years: range, transitions: tuple[_Transition, ...]
) -> tuple[Observance, ...]:
    """Return two observances with rules that start as early as possible; none without rules."""
    pairs = _find_rule_pairs(zone, years, transitions)
    found = [(_find_rule_start_year(zone, years.start, pair), pair) for pair in pairs]
    if not found:
        return ()
    year, pair = min(found, key=lambda each: each[0])
    return tuple(
        each._replace(onset=each.find_onset(year) or each.onset)
        for each in sorted(pair, key=lambda each: each.daylight)
    )


def _find_rule_pairs(
    zone: str, years: range, transitions: tuple[_Transition, ...]
) -> Iterator[_Pair]:
    """Yield each pair of yearly observances that yields exactly these transitions in ``years``."""
    candidates = ([*_find_rules(zone, transitions[n % len(transitions)])] for n in (0, 1))
    for first, second in product(*candidates):
        if _is_exact_match((first, second), years, transitions):
            yield first, second


def _find_rules(zone: str, transition: _Transition) -> Iterator[Observance]:
    """Yield what a transition may recur as: on the last weekday, on the nth weekday."""
    abbreviation = to_local(transition.time, zone).abbreviation
    onset, offset_from, offset_to = transition.onset, transition.offset_from, transition.offset_to
    day = onset.date()
    for nth in (-1, (day.day - 1) // 7 + 1):
        rule = YearlyRule(day.month, nth, day.weekday())
        if rule.find_date(day.year) == day:
            yield Observance(onset, offset_from, offset_to, abbreviation, transition.daylight, rule)


def _is_exact_match(pair: _Pair, years: range, transitions: tuple[_Transition, ...]) -> bool:
    """Return whether two rules, in this order every year, yield these transitions and no others."""
    expected = [
        (each.find_onset(year), each.offset_from, each.offset_to) for year in years for each in pair
    ]
    return expected == [(each.onset, *each[1:]) for each in transitions]


def _find_rule_start_year(zone: str, year: int, pair: _Pair) -> int:
    """Return the first of the consecutive years, up to ``year``, in which two rules hold."""
    while year > EPOCH.year:
        previous = range(year - 1, year)
        if not _is_exact_match(pair, previous, _find_transitions(zone, previous)):
            break
        year -= 1
    return year


# The search for transitions. It uses nothing but offsets: the list of them is private to pytz.


@cache
def _read_zone(name: str) -> ZoneInfo:
    """Return pytz's own data of a zone; the standard library finds an offset in them faster."""
    with pytz.open_resource(name) as file:  # type: ignore[attr-defined] # not in its stub
        return ZoneInfo.from_file(file, name)


@cache
def _find_transitions(zone: str, years: range) -> tuple[_Transition, ...]:
    """Return every transition whose onset (local time) is in ``years``, in order."""
    tz = _read_zone(zone)
    # In UTC, the first and last hours of a local year may be in the years next to it.
    times = [_start_of_year(years.start) - STEP]
    while times[-1] < _start_of_year(years.stop):
        times.append(times[-1] + STEP)
    offsets = ((time, _get_offset_at(tz, time)) for time in times)
    transitions = (
        _bisect_transition(tz, early, late)
        for (early, before), (late, after) in pairwise(offsets)
        if before != after
    )
    return tuple(each for each in transitions if each.onset.year in years)


def _find_initial_transition(zone: str, end: datetime) -> _Transition:
    """Return the last transition before ``end``, or 1970-01-01 without a change of offset."""
    tz = _read_zone(zone)
    late = end - timedelta(seconds=1)
    offset = _get_offset_at(tz, late)
    while late > EPOCH:
        early = max(late - STEP, EPOCH)
        if _get_offset_at(tz, early) != offset:
            return _bisect_transition(tz, early, late)
        late = early
    return _Transition(EPOCH - offset, offset, offset)


def _bisect_transition(tz: ZoneInfo, early: datetime, late: datetime) -> _Transition:
    """Return the only transition between two times, to the second."""
    before, after = _get_offset_at(tz, early), _get_offset_at(tz, late)
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        if _get_offset_at(tz, middle) == before:
            early = middle
        else:
            late = middle
    return _Transition(late, before, after)


def _start_of_year(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC)


def _get_offset_at(tz: ZoneInfo, time: datetime) -> timedelta:
    return get_offset(time.astimezone(tz))
