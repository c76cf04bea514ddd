"""Recurrence rules (RFC 5545 §3.3.10): their mistakes, and whether a time is an instance.

No rule is expanded: with a filter that nothing passes, it would take forever. Whether a time is an
instance is decided for the time itself; only COUNT makes it necessary to count days, up to a limit.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum, auto
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

from defects_ical.rfc5545.content_lines import ContentLine
from defects_ical.rfc5545.values import parse_date_time

# Characters of a rule that are read.
MAX_RULE_LENGTH: Final = 2_000
DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES: Final = ("SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY")
DECIDABLE: Final = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
DECIDABLE_PARTS: Final = frozenset(
    {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH", "BYMONTHDAY"}
)
YEAR_WEEKS: Final = 53

_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_SIGNED: Final = re.compile(r"[+-]?[0-9]{1,9}")
_BY_DAY: Final = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_PART: Final = re.compile(r"([A-Z-]+)=([^ \"\\]*)")


class RuleFault(Enum):
    """What can be wrong with a part of a rule."""

    UNREADABLE = auto()
    UNKNOWN_PART = auto()
    REPEATED_PART = auto()
    INVALID_VALUE = auto()
    NO_FREQUENCY = auto()


class RuleProblem(NamedTuple):
    """A mistake in a rule: the part as it is written, and what its value must be."""

    fault: RuleFault
    part: str
    value: str = ""
    expected: str = ""


class ParsedRule(NamedTuple):
    """The parts of a rule by name, without those that cannot be read, and its problems."""

    parts: Mapping[str, str]
    problems: tuple[RuleProblem, ...]


def _is_positive(value: str) -> bool:
    return bool(_NUMBER.fullmatch(value)) and int(value) > 0


def _is_until(value: str) -> bool:
    return parse_date_time(ContentLine("UNTIL", (), value, 0)) is not None


def _is_day(value: str) -> bool:
    found = _BY_DAY.fullmatch(value)
    if not found:
        return False
    return found[1] is None or 1 <= abs(int(found[1])) <= YEAR_WEEKS


def _in_range(low: int, high: int) -> Callable[[str], bool]:
    """Return a test for numbers; a ``low`` of less than 0 means that 0 is not allowed."""

    def test(value: str) -> bool:
        if not _SIGNED.fullmatch(value) or not low <= int(value) <= high:
            return False
        return low >= 0 or int(value) != 0

    return test


_LISTS: Final[Mapping[str, tuple[Callable[[str], bool], str]]] = MappingProxyType(
    {
        "BYDAY": (_is_day, "a day like MO, or like -1FR"),
        "BYMONTH": (_in_range(1, 12), "a month from 1 to 12"),
        "BYMONTHDAY": (_in_range(-31, 31), "a day of the month from 1 to 31, or from -31 to -1"),
        "BYYEARDAY": (_in_range(-366, 366), "a day of the year from 1 to 366, or negative"),
        "BYWEEKNO": (_in_range(-53, 53), "a week from 1 to 53, or negative"),
        "BYSETPOS": (_in_range(-366, 366), "a number from 1 to 366, or negative"),
        "BYHOUR": (_in_range(0, 23), "an hour from 0 to 23"),
        "BYMINUTE": (_in_range(0, 59), "a minute from 0 to 59"),
        "BYSECOND": (_in_range(0, 60), "a second from 0 to 60"),
    }
)
_SINGLES: Final[Mapping[str, tuple[Callable[[str], bool], str]]] = MappingProxyType(
    {
        "FREQ": (FREQUENCIES.__contains__, "DAILY, WEEKLY, MONTHLY, YEARLY or shorter"),
        "INTERVAL": (_is_positive, "a whole number from 1"),
        "COUNT": (_is_positive, "a whole number from 1"),
        "UNTIL": (_is_until, "a date or a time in UTC: 20260131T235900Z"),
        "WKST": (DAYS.__contains__, "a day like MO"),
    }
)


# Several checks read a rule, and many events of a feed have the same.
@lru_cache(maxsize=500)
def parse_rule(value: str) -> ParsedRule:
    """Parse a RECUR of any quality, in linear time."""
    parts: dict[str, str] = {}
    problems: list[RuleProblem] = []
    for word in value[:MAX_RULE_LENGTH].split(";"):
        found = _PART.fullmatch(word.upper())
        if not found:
            problems.append(RuleProblem(RuleFault.UNREADABLE, word))
            continue
        name, text = found[1], found[2]
        if name in parts:
            problems.append(RuleProblem(RuleFault.REPEATED_PART, name))
        elif problem := _find_problem(name, text):
            problems.append(problem)
        else:
            parts[name] = text
    if not problems and "FREQ" not in parts:
        problems.append(RuleProblem(RuleFault.NO_FREQUENCY, "FREQ"))
    return ParsedRule(parts, tuple(problems))


def _find_problem(name: str, value: str) -> RuleProblem | None:
    if name in _SINGLES:
        is_valid, expected = _SINGLES[name]
        is_fine = is_valid(value)
    elif name in _LISTS:
        is_valid, expected = _LISTS[name]
        is_fine = all(map(is_valid, value.split(",")))
    else:
        is_extension = name.startswith("X-")
        return None if is_extension else RuleProblem(RuleFault.UNKNOWN_PART, name, value)
    return None if is_fine else RuleProblem(RuleFault.INVALID_VALUE, name, value, expected)


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A valid rule and the local time at which its series starts."""

    parts: Mapping[str, str]
    start: datetime

    @property
    def is_decidable(self) -> bool:
        """Whether ``is_instance`` knows the answer for this rule."""
        if self.parts.get("FREQ") not in DECIDABLE or not self.parts.keys() <= DECIDABLE_PARTS:
            return False
        is_numbered = any(number for number, _ in self._days)
        if is_numbered and not all(number for number, _ in self._days):
            return False
        if self.parts["FREQ"] in {"DAILY", "WEEKLY"}:
            return not is_numbered
        # What these mean together is read in two ways.
        has_both = "BYDAY" in self.parts and "BYMONTHDAY" in self.parts
        is_yearly = self.parts["FREQ"] == "YEARLY"
        return not has_both and not (is_yearly and "BYMONTHDAY" in self.parts and not self._months)

    @property
    def _days(self) -> list[tuple[int, int]]:
        """The number (0 without one) and the weekday of each word of BYDAY."""
        words = map(_BY_DAY.fullmatch, filter(None, self.parts.get("BYDAY", "").split(",")))
        return [(int(found[1] or 0), DAYS.index(found[2])) for found in words if found]

    @property
    def _months(self) -> list[int]:
        return [*map(int, filter(None, self.parts.get("BYMONTH", "").split(",")))]

    def is_instance(self, time: datetime) -> bool:
        """Return whether a local time is one that the rule gives, if COUNT and UNTIL are ignored.

        The answer is right for rules that are decidable.
        """
        if time < self.start or time.time() != self.start.time():
            return False
        return self.has_day(time.date())

    def has_day(self, day: date) -> bool:
        """Return whether the rule gives an instance on a local day from the start on."""
        return self._fits_interval(day) and self._fits_month(day) and self._fits_day(day)

    def find_last_day(self, limit: int) -> date | None:
        """Return the day of the last instance by COUNT; None after ``limit`` days."""
        remaining, day = int(self.parts["COUNT"]), self.start.date()
        for _ in range(limit):
            remaining -= self.has_day(day)
            if remaining == 0:
                return day
            if day == date.max:
                break
            day += timedelta(days=1)
        return None

    def _fits_interval(self, day: date) -> bool:
        start, frequency = self.start.date(), self.parts["FREQ"]
        if frequency == "DAILY":
            steps = (day - start).days
        elif frequency == "WEEKLY":
            first = DAYS.index(self.parts.get("WKST", "MO"))
            begins = ((each.toordinal() - 1 - first) // 7 for each in (day, start))
            steps = next(begins) - next(begins)
        elif frequency == "MONTHLY":
            steps = (day.year - start.year) * 12 + day.month - start.month
        else:
            steps = day.year - start.year
        return steps % int(self.parts.get("INTERVAL", "1")) == 0

    def _fits_month(self, day: date) -> bool:
        if self._months:
            return day.month in self._months
        is_implied = self.parts["FREQ"] == "YEARLY" and "BYDAY" not in self.parts
        return not is_implied or day.month == self.start.month

    def _fits_day(self, day: date) -> bool:
        if "BYDAY" in self.parts and not any(self._is_weekday(day, *each) for each in self._days):
            return False
        if month_days := self.parts.get("BYMONTHDAY"):
            length = monthrange(day.year, day.month)[1]
            return bool({day.day, day.day - length - 1} & {*map(int, month_days.split(","))})
        if "BYDAY" in self.parts or self.parts["FREQ"] == "DAILY":
            return True
        if self.parts["FREQ"] == "WEEKLY":
            return day.weekday() == self.start.weekday()
        return day.day == self.start.day

    def _is_weekday(self, day: date, number: int, weekday: int) -> bool:
        if day.weekday() != weekday:
            return False
        if not number:
            return True
        if self.parts["FREQ"] == "MONTHLY" or self._months:
            index, length = day.day - 1, monthrange(day.year, day.month)[1]
        else:
            index = day.timetuple().tm_yday - 1
            length = date(day.year, 12, 31).timetuple().tm_yday
        return number in {index // 7 + 1, -((length - 1 - index) // 7 + 1)}
