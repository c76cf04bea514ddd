"""Evaluate a VTIMEZONE (RFC 5545 §3.6.5): the offset that it gives for a local time.

dateutil's tzical and icalendar's Timezone.to_tz() answer this too, but expand the rules that they
are given: a hostile feed with FREQ=SECONDLY, or FREQ=MINUTELY until 2037, hangs them. This module
reads only yearly rules, each in constant time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from defects_ical.rfc5545.content_lines import Component
from defects_ical.rfc5545.values import parse_local_datetime, parse_utc_offset
from defects_ical.timezones.transitions import YearlyRule

MAX_RULE_LENGTH: Final = 300
WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# Windows starts its rules in 1601.
FIRST_UNTIL_YEAR: Final = 1600
# A day before the last that Python knows: an offset is added to it.
LAST_UNTIL: Final = datetime(9999, 12, 30)  # noqa: DTZ001 - UNTIL is compared with local times

_BY_DAY: Final = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
_BY_MONTH: Final = re.compile("0?[1-9]|1[0-2]")
_BY_MONTH_DAY: Final = re.compile("0?[1-9]|[12][0-9]|3[01]")
_RULE_PART: Final = re.compile(r"[A-Z]+=[A-Z0-9,+-]+")
_YEARLY_PARTS: Final = frozenset(
    {"FREQ", "INTERVAL", "BYMONTH", "BYDAY", "BYMONTHDAY", "UNTIL", "WKST"}
)


class YearlyRRule(NamedTuple):
    """An RRULE with one day a year: a day or a weekday of one month, or both.

    ``nth`` counts the weekday from the start of the month, or from its end if it is negative; 0 is
    the first one among ``days``. ``until`` is in UTC, without a tzinfo.
    """

    month: int
    nth: int
    weekday: int | None
    days: tuple[int, ...]
    until: datetime | None

    def find_date(self, year: int) -> date | None:
        """Return the rule's day in a year, or None if the year has none."""
        if self.nth and self.weekday is not None:
            return self._find_nth_weekday(year, self.weekday)
        days = filter(None, (_make_date(year, self.month, day) for day in sorted(self.days)))
        return next((day for day in days if self.weekday in {None, day.weekday()}), None)

    def _find_nth_weekday(self, year: int, weekday: int) -> date | None:
        if self.nth > 0 or self.nth == -1:
            return YearlyRule(self.month, self.nth, weekday).find_date(year)
        last = YearlyRule(self.month, -1, weekday).find_date(year)
        return last + timedelta(weeks=self.nth + 1) if last else None


@dataclass(frozen=True, slots=True)
class Observance:
    """A STANDARD or DAYLIGHT of a VTIMEZONE.

    ``onset`` is its DTSTART and ``onsets`` are its RDATEs and DTSTART, in local time before the
    transition; ``rule`` is None if it does not recur.
    """

    component: Component
    onset: datetime
    offset_from: timedelta
    offset_to: timedelta
    rule: YearlyRRule | None
    onsets: tuple[datetime, ...]

    def find_last_onset(self, naive: datetime) -> datetime | None:
        """Return the latest onset that is not later than a local time."""
        until = self.rule.until if self.rule else None
        # A rule may end in a year before that year's onset.
        last_year = min(naive.year, until.year) if until else naive.year
        by_rule = map(self.find_onset, (last_year, last_year - 1))
        onsets = (*self.onsets, *filter(None, by_rule))
        return max((each for each in onsets if each <= naive), default=None)

    def find_onset(self, year: int) -> datetime | None:
        """Return the onset that the rule gives in a year, if any."""
        day = self.rule.find_date(year) if self.rule else None
        if not self.rule or not day:
            return None
        onset, until = datetime.combine(day, self.onset.time()), self.rule.until
        has_ended = until is not None and onset > until + self.offset_from
        return None if has_ended or onset < self.onset else onset


def tzid_of(definition: Component) -> str:
    """Return the TZID of a VTIMEZONE, without quotation marks."""
    return definition.get_value("TZID").strip('"')


def count_transitions(definition: Component) -> int:
    """Count the transitions that a VTIMEZONE lists; a rule counts as one."""
    return sum(1 + len(_list_rdates(observance)) for observance in definition.components)


def parse_observances(definition: Component) -> Iterator[Observance]:
    """Yield the observances of a VTIMEZONE that can be evaluated."""
    for component in definition.components:
        onset = parse_local_datetime(component.get_value("DTSTART"))
        before, after = (
            parse_utc_offset(component.get_value(name)) for name in ("TZOFFSETFROM", "TZOFFSETTO")
        )
        if onset is None or before is None or after is None:
            continue
        rule = parse_yearly_rrule(component.get_value("RRULE"), onset)
        if rule or not component.get_lines("RRULE"):
            onsets = (onset, *filter(None, map(parse_local_datetime, _list_rdates(component))))
            yield Observance(component, onset, before, after, rule, onsets)


def defined_offset(observances: Iterable[Observance], naive: datetime) -> timedelta | None:
    """Return the UTC offset that observances give for a local time; None before the first onset."""
    last = [
        (onset, each.offset_to) for each in observances if (onset := each.find_last_onset(naive))
    ]
    return max(last)[1] if last else None


def parse_yearly_rrule(value: str, onset: datetime) -> YearlyRRule | None:
    """Parse an RRULE that has one day a year; return None for any other.

    What the rule leaves out is taken from the onset (§3.3.10).
    """
    words = value[:MAX_RULE_LENGTH].upper().rstrip(";").split(";")
    if not all(map(_RULE_PART.fullmatch, words)):
        return None
    parts = dict(word.split("=") for word in words)
    if parts.get("FREQ") != "YEARLY" or parts.get("INTERVAL", "1") != "1":
        return None
    month = parts.get("BYMONTH", str(onset.month))
    days = _parse_days(parts, onset)
    if not parts.keys() <= _YEARLY_PARTS or not _BY_MONTH.fullmatch(month) or not days:
        return None
    try:
        nth, weekday = _parse_weekday(parts.get("BYDAY"))
        return YearlyRRule(int(month), nth, weekday, days, _parse_until(parts.get("UNTIL")))
    except ValueError:
        return None


def _parse_days(parts: Mapping[str, str], onset: datetime) -> tuple[int, ...]:
    """Return the days of the month that a rule may choose; none if they are not valid."""
    if "BYMONTHDAY" not in parts:
        return tuple(range(1, 32)) if "BYDAY" in parts else (onset.day,)
    words = parts["BYMONTHDAY"].split(",")
    return tuple(map(int, words)) if all(map(_BY_MONTH_DAY.fullmatch, words)) else ()


def _parse_weekday(by_day: str | None) -> tuple[int, int | None]:
    """Return ``nth`` and ``weekday`` of BYDAY. Raises ValueError for more than one weekday."""
    if by_day is None:
        return 0, None
    found = _BY_DAY.fullmatch(by_day)
    if not found:
        raise ValueError(by_day)
    return int(found[1] or 0), WEEKDAYS.index(found[2])


def _parse_until(value: str | None) -> datetime | None:
    """Parse UNTIL; a date includes its whole day. Raises ValueError for neither."""
    if value is None:
        return None
    until = parse_local_datetime(value.removesuffix("Z") if "T" in value else f"{value}T235959")
    if until is None or until.year < FIRST_UNTIL_YEAR:
        raise ValueError(value)
    return min(until, LAST_UNTIL)


def _list_rdates(observance: Component) -> list[str]:
    return [value for line in observance.get_lines("RDATE") for value in line.value.split(",")]


def _make_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
