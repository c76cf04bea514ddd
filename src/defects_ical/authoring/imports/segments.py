"""Stretches of a run of episodes that may become one block, and how much there is to read of it.

The cost of a block is the number of values in it. A plan of few values reads best: a single week
without an episode is a date in `skip`, a pause of six is cheaper as another block.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable
from datetime import date, timedelta
from enum import IntEnum
from typing import Final, Generic, NamedTuple, TypeVar

from defects_ical.authoring.imports.selection import Broadcast
from defects_ical.model.fields import Slot
from defects_ical.text.lengths import DAY_MINUTES

MIN_REGULAR_DATES: Final = 3
"""The dates that make a weekly rule: fewer may be chance."""

_Key = TypeVar("_Key", bound=Hashable)

_ONE_DAY: Final = timedelta(days=1)
_WEEK: Final = 7


class Release(NamedTuple):
    """Episodes that start together."""

    slot: Slot
    episodes: tuple[Broadcast, ...]


class Day(NamedTuple):
    """Releases of one date, in order, of equally many episodes; all have an hour, or none."""

    date: date
    releases: tuple[Release, ...]

    @property
    def size(self) -> int:
        """How many episodes start together."""
        return len(self.releases[0].episodes)

    @property
    def has_hour(self) -> bool:
        """Whether the hours are known."""
        return self.releases[0].slot.minutes is not None

    @property
    def hours(self) -> tuple[int | None, ...]:
        """The minutes of each release from the start of the day."""
        return tuple(each.slot.minutes for each in self.releases)

    @property
    def has_offset(self) -> bool:
        """Whether a local time occurs twice, so that it has to be written with its offset."""
        return any(each.slot.offset is not None for each in self.releases)


class Form(IntEnum):
    """The forms of a block; of two that cost the same, the first is taken."""

    WEEKLY = 1
    ONE_DATE = 2
    DATES = 3


class Tally(Generic[_Key]):
    """Counts values as they come, and knows the most frequent one."""

    def __init__(self, values: Iterable[_Key] = ()) -> None:
        self._counts: dict[_Key, int] = {}
        self.total = self.highest = 0
        self.most_frequent: _Key | None = None
        self.add(values)

    def add(self, values: Iterable[_Key]) -> None:
        """Count more values."""
        for each in values:
            count = self._counts[each] = self._counts.get(each, 0) + 1
            self.total += 1
            if count > self.highest:
                self.highest, self.most_frequent = count, each

    @property
    def has_majority(self) -> bool:
        """Whether more than half of the values are the most frequent one."""
        return 2 * self.highest > self.total


def find_usual_hour(hours: Iterable[int | None]) -> int | None:
    """Return the hour that more than half of the slots have: the `time` of their block."""
    tally = Tally(hours)
    return tally.most_frequent if tally.has_majority else None


def _count_hours(hours: Tally[int | None]) -> int:
    """Return how many hours a block with these slots has to say."""
    if not hours.total or hours.most_frequent is None:
        return 0
    return 1 + hours.total - hours.highest if hours.has_majority else hours.total


class Segment(ABC):
    """A stretch of days, growing day by day, and the block that it may become.

    ``start`` is the index of its first day, ``before`` the cost of the plan of the days before.
    """

    form: Form

    def __init__(self, start: int, before: int, day: Day) -> None:
        self.start, self.before = start, before
        self.has_hour, self.size = day.has_hour, day.size
        self.is_complete = False
        self._runtimes = Tally[int]()

    @property
    @abstractmethod
    def cost(self) -> int:
        """The values of the block."""

    @property
    @abstractmethod
    def key(self) -> Hashable:
        """What decides on how it can grow: of those with one key, few have to be kept."""

    @property
    def is_block(self) -> bool:
        """Whether it can be a block as it is."""
        return True

    @abstractmethod
    def _extend(self, day: Day) -> bool:
        """Add a day; return whether that is possible."""

    def extend(self, day: Day) -> bool:
        """Add the next day; return whether the block can have it."""
        if self.is_complete or day.has_hour != self.has_hour or not self._fits(day):
            return False
        if not self._extend(day):
            return False
        for release in day.releases:
            self._runtimes.add(each.runtime for each in release.episodes if each.runtime)
        return True

    def _fits(self, day: Day) -> bool:
        """Return whether as many episodes are released together; only the last may be fewer."""
        self.is_complete = day.size < self.size
        return day.size == self.size or (self.is_complete and len(day.releases) == 1)

    @property
    def _shared_cost(self) -> int:
        """The values that every form has: runtimes, `together`, `episodes`."""
        others = self._runtimes.total - self._runtimes.highest
        return others + bool(self._runtimes.total or self.has_hour) + (self.size > 1)

    @property
    def _shared_key(self) -> tuple[Hashable, ...]:
        return self.form, self.has_hour, self.size, self._runtimes.most_frequent


class OneDate(Segment):
    """All episodes of a release: `premiere` alone."""

    form = Form.ONE_DATE

    def __init__(self, start: int, before: int, day: Day) -> None:
        super().__init__(start, before, day)
        self._is_possible = len(day.releases) == 1 and not day.has_offset

    @property
    def is_block(self) -> bool:
        """Whether it can be a block as it is."""
        return self._is_possible

    @property
    def cost(self) -> int:
        """The values of the block: a premiere, its hour, and how many episodes."""
        return 2 + self.has_hour + self._shared_cost - (self.size > 1)

    @property
    def key(self) -> Hashable:
        """What decides on how it can grow."""
        return self._shared_key

    def _extend(self, day: Day) -> bool:  # noqa: ARG002 - there is one day only
        self.is_complete = True
        return self._is_possible


class Dates(Segment):
    """Releases on any dates, each of which is written."""

    form = Form.DATES

    def __init__(self, start: int, before: int, day: Day) -> None:
        super().__init__(start, before, day)
        self._hours = Tally[int | None]()
        self._has_offset = False

    @property
    def is_block(self) -> bool:
        """Whether it can be a block as it is: one date is a premiere."""
        return self._hours.total > 1 or self._has_offset

    @property
    def cost(self) -> int:
        """The values of the block: dates, and hours that are not the usual one."""
        return self._hours.total + _count_hours(self._hours) + self._shared_cost

    @property
    def key(self) -> Hashable:
        """What decides on how it can grow."""
        return *self._shared_key, self._hours.most_frequent

    def _extend(self, day: Day) -> bool:
        self._hours.add(day.hours)
        self._has_offset |= day.has_offset
        return True


class Weekly(Segment):
    """Releases on the same weekdays and hours every week; dates without any are skipped."""

    form = Form.WEEKLY

    def __init__(self, start: int, before: int, day: Day) -> None:
        super().__init__(start, before, day)
        self._first = self._last = day.date
        self._days = self._skipped = self._rule_cost = 0
        self._hours: dict[int, tuple[int | None, ...]] = {}

    @property
    def is_block(self) -> bool:
        """Whether it can be a block as it is."""
        return self._days >= MIN_REGULAR_DATES

    @property
    def cost(self) -> int:
        """The values of the block: a premiere, weekdays, hours, skipped dates, a count."""
        return 2 + self._rule_cost + self._skipped + self._shared_cost

    @property
    def key(self) -> Hashable:
        """What decides on how it can grow."""
        return *self._shared_key, tuple(sorted(self._hours.items()))

    def _extend(self, day: Day) -> bool:
        if day.has_offset or (self._days and day.date <= self._last):
            return False
        weekday, hours = day.date.weekday(), day.hours
        known = self._hours.get(weekday)
        if known is None and not self._add_weekday(weekday, hours):
            return False
        if known and known != hours:
            if known[: len(hours)] != hours:
                return False
            # Only the last date of a rule may have fewer releases.
            self.is_complete = True
        self._skipped += self._count_skipped(day.date, is_new=known is None)
        self._last = day.date
        self._days += 1
        return True

    def _add_weekday(self, weekday: int, hours: tuple[int | None, ...]) -> bool:
        """Add a weekday to the rule; return False if another one has the same time of the week.

        Thursday 25:30 is Friday 01:30, which a rule may not say twice.
        """
        times = {_to_week_time(day, each) for day, known in self._hours.items() for each in known}
        if any(_to_week_time(weekday, each) in times for each in hours):
            return False
        self._hours[weekday] = hours
        every = [hour for each in self._hours.values() for hour in each]
        self._rule_cost = len(every) + _count_hours(Tally(every))
        return True

    def _count_skipped(self, day: date, *, is_new: bool) -> int:
        """Return how many dates of the rule there are between the last day and this one."""
        if not self._days:
            return 0
        others = [each for each in self._hours if each != day.weekday()]
        count = sum(_count_weekdays(self._last, day, each) for each in others)
        # A weekday that is new has been left out since the rule began.
        return count + _count_weekdays(self._first if is_new else self._last, day, day.weekday())


def _to_week_time(weekday: int, minutes: int | None) -> int | tuple[int, None]:
    if minutes is None:
        return weekday, None
    return (weekday * DAY_MINUTES + minutes) % (_WEEK * DAY_MINUTES)


def _count_weekdays(after: date, before: date, weekday: int) -> int:
    """Return how many dates with a weekday are between two dates."""
    first = after + _ONE_DAY + timedelta(days=(weekday - after.weekday() - 1) % _WEEK)
    return max(0, -(-(before - first).days // _WEEK))
