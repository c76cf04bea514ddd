"""A VTIMEZONE as somebody wrote it: the offsets that it gives, and whether they are the zone's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from defects_ical.rfc5545.content_lines import Component
from defects_ical.rfc5545.observations import Observation, quoted
from defects_ical.timezones.conversion import (
    FIRST_YEAR,
    LAST_YEAR,
    TIMEZONE_NAMES,
    AmbiguousTimeError,
    NonexistentTimeError,
    to_local,
    to_utc,
)
from defects_ical.timezones.transitions import YearlyRule

# A definition with so many changes is a history; the longest that Outlook was seen to read is less.
LONG: Final = 40
MAX_RULE: Final = 300
# What is longer is not compared with the zone: the time that takes is their product.
MAX_CHANGES: Final = 200
MAX_WALLS: Final = 300
KNOWN: Final = frozenset(TIMEZONE_NAMES)
UTC_NAMES: Final = frozenset({"UTC", "Etc/UTC", "GMT", "Etc/GMT", "Z"})
DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# Windows begins its rules in 1601.
FIRST_UNTIL: Final = 1600
LAST_UNTIL: Final = datetime(9999, 12, 30)  # noqa: DTZ001 - as the wall times it is compared with
# The second after the 59th.
LEAP: Final = 60
NEEDED: Final = ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO")

_OFFSET: Final = re.compile(r"([+-])([0-9]{2})([0-5][0-9])([0-5][0-9])?")
_WALL: Final = re.compile("([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})")
_BY_DAY: Final = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
_PART: Final = re.compile(r"[A-Z]+=[A-Z0-9,+-]+")
_YEARLY: Final = frozenset({"FREQ", "INTERVAL", "BYMONTH", "BYDAY", "BYMONTHDAY", "UNTIL", "WKST"})


class Use(NamedTuple):
    """A wall time that an event has in a zone, and in which line."""

    naive: datetime
    line: int


class YearlyRRule(NamedTuple):
    """A plain yearly rule: days of one month, one weekday, or the first such among such days.

    ``nth`` counts weekdays of the month from its beginning, or from its end below zero; 0 is any.
    ``until`` is an instant as it stands there, without its zone.
    """

    month: int
    nth: int
    weekday: int | None
    days: tuple[int, ...]
    until: datetime | None

    def day(self, year: int) -> date | None:
        """The rule's day of a year, or None where the year has none."""
        if self.nth and self.weekday is not None:
            return self._nth(year, self.weekday)
        found = (_date(year, self.month, day) for day in sorted(self.days))
        return next((day for day in found if day and self._is_due(day)), None)

    def _is_due(self, day: date) -> bool:
        return self.weekday is None or day.weekday() == self.weekday

    def _nth(self, year: int, weekday: int) -> date | None:
        if self.nth > 0 or self.nth == -1:
            return YearlyRule(self.month, self.nth, weekday).find_date(year)
        last = YearlyRule(self.month, -1, weekday).find_date(year)
        return last + timedelta(weeks=self.nth + 1) if last else None


@dataclass(frozen=True, slots=True)
class Observance:
    """An observance that can be read; ``onset`` is as it stands, ``rule`` None without one.

    ``onsets`` are those of its RDATEs, its own among them.
    """

    part: Component
    onset: datetime
    offset_from: timedelta
    offset_to: timedelta
    rule: YearlyRRule | None
    onsets: tuple[datetime, ...]

    def last(self, wall: datetime) -> datetime | None:
        """The latest onset that is not after a wall time."""
        found = [each for each in self.onsets if each <= wall]
        until = self.rule.until if self.rule else None
        # A rule may end in a year before that year's onset.
        latest = min(wall.year, until.year) if until else wall.year
        for year in (latest, latest - 1):
            found.extend(each for each in self._of(year) if each <= wall)
        return max(found, default=None)

    def onset_of(self, year: int) -> datetime:
        """Its onset in that year where it comes back, or the one that stands there."""
        return next(iter(self._of(year)), self.onset)

    def _of(self, year: int) -> Iterator[datetime]:
        until = self.rule.until if self.rule else None
        day = self.rule.day(year) if self.rule else None
        if day:
            onset = datetime.combine(day, self.onset.time())
            if onset >= self.onset and (until is None or onset <= until + self.offset_from):
                yield onset


@lru_cache(maxsize=64)
def to_iana(tzid: str) -> str | None:
    """The IANA name that a TZID means, also behind a prefix of its maker's or as Windows has it."""
    if tzid in WINDOWS_TO_OLSON:
        return WINDOWS_TO_OLSON[tzid]
    words = tzid[:200].split("/")
    tails = ("/".join(words[start:]) for start in range(max(len(words) - 3, 0), len(words)))
    return next((tail for tail in tails if tail in KNOWN), None)


def is_windows(tzid: str) -> bool:
    """Whether it is a zone's name in Windows alone; UTC's is its own everywhere."""
    return tzid in WINDOWS_TO_OLSON and tzid not in KNOWN


def is_utc(tzid: str) -> bool:
    """Whether it is one of the names that some give UTC; nobody needs a definition of it."""
    return tzid in UTC_NAMES


def tzid_of(definition: Component) -> str:
    """The zone that is defined, without the quotation marks that it may stand in elsewhere."""
    return definition.value("TZID").strip('"')


def check_timezone(definition: Component, uses: Sequence[Use]) -> Iterator[Observation]:
    """What is wrong with the definition of a zone that events use."""
    tzid = tzid_of(definition)
    yield from _form(definition)
    yield from _rules(tzid, definition)
    found = tuple(_observances(definition))
    # What cannot be read in full is not compared: what is left of it says nothing.
    if len(found) < len(definition.components) or _length(definition) > MAX_CHANGES:
        return
    walls = uses[:MAX_WALLS]
    yield from _late(tzid, found, walls)
    if name := to_iana(tzid):
        yield from _onsets(name, found, walls)
        yield from _offsets(name, found, walls)


def _form(definition: Component) -> Iterator[Observation]:
    tzid = quoted(tzid_of(definition))
    if not definition.parts("STANDARD"):
        yield Observation("zone-no-standard", definition.number, (tzid,))
    for line in definition.named("COMMENT"):
        yield Observation("zone-comment", line.number, (tzid,))
    for part in definition.components:
        if missing := [name for name in NEEDED if not _is_readable(part, name)]:
            yield Observation("zone-incomplete", part.number, (tzid, missing[0]))
    changes = _length(definition)
    if changes > LONG:
        yield Observation("zone-long", definition.number, (tzid, f"{changes:,}"))


def _length(definition: Component) -> int:
    """How many changes are written down, a yearly rule for one."""
    return sum(1 + len(_dates(part)) for part in definition.components)


def _rules(tzid: str, definition: Component) -> Iterator[Observation]:
    for part in definition.components:
        for line in part.named("RRULE"):
            if not yearly(line.value, parse_local_datetime(part.value("DTSTART"))):
                yield Observation("zone-rule", line.number, (quoted(tzid), quoted(line.value)))


def _late(tzid: str, found: tuple[Observance, ...], uses: Sequence[Use]) -> Iterator[Observation]:
    first = min((each.onset for each in found), default=None)
    for use in uses:
        if first and use.naive < first:
            what = f"{quoted(tzid)} is defined from {_day(first)} on, and an event is before that"
            yield Observation("zone-late", use.line, (what,))


def _offsets(
    name: str, found: tuple[Observance, ...], uses: Sequence[Use]
) -> Iterator[Observation]:
    for use in uses:
        true = _actual_offset(name, use.naive)
        said = None if true is None else _defined_offset(found, use.naive)
        if said is not None and true is not None and said != true:
            at = f"{use.naive:%Y-%m-%d %H:%M}"
            what = f"the definition says {_shown(said)} for {at}; {name} has {_shown(true)}"
            yield Observation("zone-wrong", use.line, (what,))


def _onsets(name: str, found: tuple[Observance, ...], uses: Sequence[Use]) -> Iterator[Observation]:
    """Changes that are written with the wall time after them, in the years of the events."""
    years = sorted({use.naive.year for use in uses if _is_known(use.naive)})
    for each in found:
        onset = each.onset_of(years[0]) if years else each.onset
        if _is_known(onset) and _is_after(name, each, onset):
            shown = f"{onset:%Y-%m-%d %H:%M}"
            what = f"the change of {shown} is in the offset after it ({_shown(each.offset_to)})"
            yield Observation("zone-onset", each.part.number, (what,))


def _is_after(name: str, each: Observance, onset: datetime) -> bool:
    """Whether the zone does change when a clock that was put already shows the onset."""
    return _changes(name, onset - each.offset_to) and not _changes(name, onset - each.offset_from)


def _changes(name: str, at: datetime) -> bool:
    """Whether the zone's clocks are put at an instant, here without its zone."""
    instant = at.replace(tzinfo=UTC)
    before = to_local(instant - timedelta(seconds=1), name)
    return before.offset != to_local(instant, name).offset


def _defined_offset(found: Iterable[Observance], wall: datetime) -> timedelta | None:
    """The offset that the definition gives for a wall time, None before it begins."""
    last = [(onset, each.offset_to) for each in found if (onset := each.last(wall))]
    return max(last)[1] if last else None


def _actual_offset(name: str, wall: datetime) -> timedelta | None:
    """The zone's own offset; None where the wall time has none or two, or the data end."""
    if not _is_known(wall):
        return None
    try:
        return wall - to_utc(wall, name).replace(tzinfo=None)
    except (NonexistentTimeError, AmbiguousTimeError):
        return None


def _is_known(wall: datetime) -> bool:
    return FIRST_YEAR <= wall.year <= LAST_YEAR


def _observances(definition: Component) -> Iterator[Observance]:
    for part in definition.components:
        onset = parse_local_datetime(part.value("DTSTART"))
        before, after = (
            parse_utc_offset(part.value("TZOFFSETFROM")),
            parse_utc_offset(part.value("TZOFFSETTO")),
        )
        if onset is None or before is None or after is None:
            continue
        rule = yearly(part.value("RRULE"), onset)
        if part.named("RRULE") and rule is None:
            continue
        onsets = (onset, *filter(None, map(parse_local_datetime, _dates(part))))
        yield Observance(part, onset, before, after, rule, onsets)


def _dates(part: Component) -> list[str]:
    return [value for line in part.named("RDATE") for value in line.value.split(",")]


def _is_readable(part: Component, name: str) -> bool:
    value = part.value(name)
    return (
        parse_local_datetime(value) is not None
        if name == "DTSTART"
        else parse_utc_offset(value) is not None
    )


def parse_utc_offset(value: str) -> timedelta | None:
    """A UTC offset (§3.3.14), or None for what is none; no zone is a day away from UTC."""
    found = _OFFSET.fullmatch(value)
    if not found or int(found[2]) > 23:  # noqa: PLR2004 - the hours of a day
        return None
    long = timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=int(found[4] or 0))
    return -long if found[1] == "-" else long


def yearly(value: str, onset: datetime | None) -> YearlyRRule | None:
    """The plain yearly rule that a RRULE is, or None for any other.

    What the rule does not say is as in the onset (§3.3.10).
    """
    words = value[:MAX_RULE].upper().rstrip(";").split(";")
    if onset is None or not all(map(_PART.fullmatch, words)):
        return None
    said = dict(word.split("=") for word in words)
    if said.get("FREQ") != "YEARLY" or not said.keys() <= _YEARLY or _is_sparse(said):
        return None
    return _yearly(said, onset)


def _is_sparse(said: dict[str, str]) -> bool:
    return said.get("INTERVAL", "1") != "1"


def _yearly(said: dict[str, str], onset: datetime) -> YearlyRRule | None:
    by_day = _BY_DAY.fullmatch(said["BYDAY"]) if "BYDAY" in said else None
    month, days = said.get("BYMONTH", str(onset.month)), _days(said, onset)
    until = _until(said.get("UNTIL"))
    wrong = not by_day and "BYDAY" in said
    if wrong or not month.isdecimal() or not 1 <= int(month) <= 12 or not days or until == _BAD:  # noqa: PLR2004 - the months of a year
        return None
    nth = int(by_day[1] or 0) if by_day else 0
    return YearlyRRule(int(month), nth, DAYS.index(by_day[2]) if by_day else None, days, until)


def _days(said: dict[str, str], onset: datetime) -> tuple[int, ...]:
    """The days of the month among which a rule looks; none where they cannot be read."""
    if "BYMONTHDAY" not in said:
        return tuple(range(1, 32)) if "BYDAY" in said else (onset.day,)
    words = said["BYMONTHDAY"].split(",")
    return tuple(map(int, words)) if all(map(_is_day, words)) else ()


def _is_day(word: str) -> bool:
    return word.isdecimal() and 1 <= int(word) <= 31  # noqa: PLR2004 - the days of a month


_BAD: Final = datetime.min  # noqa: DTZ901 - stands for no time, and is compared with itself alone


def _until(value: str | None) -> datetime | None:
    if value is None:
        return None
    end = parse_local_datetime(value.removesuffix("Z") if "T" in value else f"{value}T235959")
    if end is None or end.year < FIRST_UNTIL:
        return _BAD
    # A day before the last that there is: an offset is added to it.
    return min(end, LAST_UNTIL)


def parse_local_datetime(value: str) -> datetime | None:
    """A wall time as it stands, or None for what is none; a leap second is the one before it.

    So §3.3.12 has it for those who do not know leap seconds.
    """
    found = _WALL.fullmatch(value)
    if not found:
        return None
    year, month, day, hour, minute, second = map(int, found.groups())
    second -= second == LEAP
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - its zone stands elsewhere
    except ValueError:
        return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"


def _shown(offset: timedelta) -> str:
    """An offset for people: "UTC-4", "UTC+5:30"."""
    minutes = abs(offset) // timedelta(minutes=1)
    tail = f":{minutes % 60:02}" if minutes % 60 else ""
    return f"UTC{'-' if offset < timedelta(0) else '+'}{minutes // 60}{tail}"
