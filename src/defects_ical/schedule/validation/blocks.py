"""Rules for one block of episodes, under `airing` or under a platform's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from defects_ical.errors import Problem, ProblemCode
from defects_ical.model.airing import Block
from defects_ical.model.episode_numbers import EpisodeRange
from defects_ical.model.fields import WEEKDAYS, Slot, WeeklySlot, format_clock
from defects_ical.model.schedule import Schedule
from defects_ical.model.yaml.reader import KeyPath
from defects_ical.schedule.slots import assign_slots, list_slots
from defects_ical.text.english import count_noun, join_names
from defects_ical.text.lengths import DAY_MINUTES
from defects_ical.timezones.conversion import LAST_YEAR


class BlockChecks(NamedTuple):
    """Checks of the block at a key path."""

    schedule: Schedule
    block: Block
    key_path: KeyPath

    def check(self) -> Iterator[Problem]:
        """Yield the problems of the block's own values."""
        yield from self._check_kind()
        if self.block.dates:
            yield from self._check_dates()
        elif self.block.weekdays and self.block.first_day:
            yield from self._check_premiere(self.block.first_day)
        elif self.block.premiere:
            yield from self._check_one_date()

    def _fail(self, key: str | int | tuple[str | int, ...], message: str, hint: str) -> Problem:
        key_path = key if isinstance(key, tuple) else (key,)
        return self.schedule.problem((*self.key_path, *key_path), message, hint)

    def _check_kind(self) -> Iterator[Problem]:
        block = self.block
        if not block.premiere and not block.dates:
            hint = "Add it, for example `premiere: 2025-07-21`, or `dates`."
            yield self._fail("premiere", "`premiere` is missing", hint)
        others = {"premiere": block.premiere, "weekdays": block.weekdays, "skip": block.skip}
        found = [f"`{key}`" for key, value in others.items() if value]
        if block.dates and found:
            hint = f"Remove `dates`, or {join_names(found)}."
            yield self._fail("dates", f"the block has {join_names(found)}, too", hint)
        elif block.episodes is None and isinstance(block.premiere, date):
            yield self._fail(
                "episodes", "`episodes` is missing", "Add it, for example `episodes: 8`."
            )

    def _check_one_date(self) -> Iterator[Problem]:
        block = self.block
        when = "on one date" if block.period else f"on {block.premiere}"
        if block.skip:
            message = "the dates are not known yet" if block.period else "there is one date only"
            yield self._fail("skip", message, "Remove it.")
        if block.together and not block.weekdays:
            message = f"without `weekdays` all episodes come {when}"
            yield self._fail("together", message, "Remove it.")

    def _check_dates(self) -> Iterator[Problem]:
        slots = [*list_slots(self.block)]
        for index, (earlier, later) in enumerate(pairwise(slots), start=1):
            if later.naive < earlier.naive:
                times = (later, earlier) if later.day == earlier.day else (later.day, earlier.day)
                message = " is before ".join(each.isoformat().replace("T", " ") for each in times)
                yield self._fail(("dates", index), message, "Put them in order.")
            elif _make_time_key(later) == _make_time_key(earlier):
                yield self._fail_repeated(index, slots)
        size = self.block.group_size
        expected = len(slots) * size
        count = self.block.count
        if self.block.episodes is not None and -(-count // size) != len(slots):
            needed: object = expected
            if isinstance(self.block.episodes, EpisodeRange):
                first = self.block.episodes.first
                needed = EpisodeRange(first, first + expected - 1)
            dates = count_noun(len(slots), "date") + (f" of {size}" if size > 1 else "")
            verb = "is" if len(slots) == 1 else "are"
            message = f"{dates} {verb} {count_noun(expected, 'episode')}"
            yield self._fail("episodes", message, f"Remove it, or use `{needed}`.")

    def _fail_repeated(self, index: int, slots: list[Slot]) -> Problem:
        """Return the problem of a date that is there twice, with the hint that fits all dates."""
        slot, counts = slots[index], {*Counter(map(_make_time_key, slots)).values()}
        message = f"{slot.isoformat().replace('T', ' ')} is there already"
        if len(counts) == 1:
            size = self.block.group_size * counts.pop()
            hint = f"Remove it, and use `together: {size}`"
        else:
            hint = "Remove it"
        if slot.minutes is None:
            return self._fail(("dates", index), message, f"{hint}.")
        later = Slot.at(slot.naive + timedelta(minutes=self.block.runtime or 60))
        own = f"Use its own hour, like `{later.isoformat()}`"
        return self._fail(("dates", index), message, f"{own}, or {hint[0].lower()}{hint[1:]}.")

    def _check_premiere(self, premiere: date) -> Iterator[Problem]:
        yield from self._check_equal_weekdays()
        if premiere.weekday() in self._weekdays:
            yield from self._check_skip(premiere)
            return
        nearest = self._find_nearest(premiere)
        weekday = WEEKDAYS[premiere.weekday()]
        names = (self._name_weekday(each) for each in self.block.weekdays or ())
        airs = join_names([*dict.fromkeys(names)])
        message = f"{premiere} is a {weekday.title()}, but the show airs on {airs}"
        hint = f"Use `{nearest}` or add `{weekday}` to `weekdays`."
        problem = self._fail("premiere", message, hint)
        yield problem._replace(code=ProblemCode.PREMIERE_WEEKDAY, details=(str(nearest),))

    @property
    def _weekdays(self) -> frozenset[int]:
        return frozenset(each.weekday for each in self.block.weekdays or ())

    def _find_nearest(self, day: date) -> date:
        """Return the date of the rule that a date should be: the next, or the evening before."""
        late = {each.weekday for each in self._list_weekly() if (each.minutes or 0) >= DAY_MINUTES}
        evening = day - timedelta(days=1)
        # In the last week that a schedule may have, the nearest date is an earlier one.
        if evening.weekday() in late or day >= date(LAST_YEAR, 12, 24):
            days = (day - timedelta(days=n) for n in range(1, 8))
        else:
            days = (day + timedelta(days=n) for n in range(1, 8))
        return next(each for each in days if each.weekday() in self._weekdays)

    def _list_weekly(self) -> Iterator[WeeklySlot]:
        """Yield the weekdays, each with its hour."""
        for each in self.block.weekdays or ():
            yield WeeklySlot(each[0], self.block.time if each.minutes is None else each.minutes)

    def _name_weekday(self, slot: WeeklySlot) -> str:
        """Name a weekday; with both local times if its hour is after midnight."""
        name = WEEKDAYS[slot.weekday].title()
        minutes = self.block.time if slot.minutes is None else slot.minutes
        if minutes is None or minutes < DAY_MINUTES:
            return name
        following = WEEKDAYS[(slot.weekday + 1) % 7].title()
        clock = format_clock(minutes - DAY_MINUTES)
        return f"{name} {format_clock(minutes)} ({following} {clock})"

    def _check_equal_weekdays(self) -> Iterator[Problem]:
        """Yield a late hour that another weekday writes as its own: Thursday 25:30, Friday 01:30.

        The same weekday and hour twice is one slot.
        """
        seen: dict[int, WeeklySlot] = {}
        for index, slot in enumerate(self._list_weekly()):
            if slot.minutes is None:
                continue
            minutes = (slot.weekday * DAY_MINUTES + slot.minutes) % (7 * DAY_MINUTES)
            first = seen.setdefault(minutes, slot)
            if first != slot:
                this, other = (
                    f"`{WEEKDAYS[each.weekday]} {format_clock(each.minutes or 0)}`"
                    for each in (slot, first)
                )
                message = f"{this} is the same time as {other}"
                yield self._fail(("weekdays", index), message, "Remove one of the two.")

    def _check_skip(self, premiere: date) -> Iterator[Problem]:
        if not self.block.skip:
            return
        last = next(reversed(assign_slots(self.block)), None)
        seen: set[date] = set()
        for index, day in enumerate(self.block.skip):
            yield from (
                self._fail(("skip", index), message, hint)
                for message, hint in self._find_skip_error(day, premiere, last)
            )
            if day in seen:
                yield self._fail(("skip", index), f"{day} is already in the list", "Remove it.")
            seen.add(day)

    def _find_skip_error(
        self, day: date, premiere: date, last: Slot | None
    ) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with a skipped date, at most one message."""
        if day == premiere:
            following = next(list_slots(self.block)).day
            hint = f"Remove it, and use `premiere: {following}`."
            yield "the premiere cannot be left out", hint
        elif day.weekday() not in self._weekdays:
            nearest = self._find_nearest(day)
            weekday = WEEKDAYS[day.weekday()].title()
            message = f"{day} is a {weekday}, on which nothing airs"
            usable = premiere < nearest and last and nearest <= last.day
            found = usable and nearest not in self.block.skip
            yield message, f"Remove it, or use `{nearest}`." if found else "Remove it."
        elif day < premiere:
            yield f"the first episode airs on {premiere}", "Remove it."
        elif last and day > last.day:
            yield f"the last episode airs on {last.day}", "Remove it."


def _make_time_key(slot: Slot) -> tuple[datetime, bool, timedelta | None]:
    """Return what two slots at the same time have in common: 25:30 is 01:30 of the next day."""
    return slot.naive, slot.minutes is None, slot.offset


def check_block(schedule: Schedule, block: Block, key_path: KeyPath) -> Iterator[Problem]:
    """Yield the problems of the values of one block."""
    yield from BlockChecks(schedule, block, key_path).check()
