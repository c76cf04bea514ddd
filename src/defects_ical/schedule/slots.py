"""The slots of a block: the dates and hours on which its episodes air."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from typing import Final

from dateutil.rrule import DAILY, rrule

from defects_ical.model.airing import Block
from defects_ical.model.fields import Slot

NIGHT_END: Final = timedelta(hours=30)
"""The end of the hours of a day: 29:59 is the last one."""
# Longer than any rule needs: 5000 weeks begin in 1973 and end in 2069.
MAX_SLOTS: Final = 10_000


def list_slots(block: Block) -> Iterator[Slot]:
    """Yield the slots of a block in their order: without end for a weekly rule.

    A block of which only the month is known has none.
    """
    if block.dates:
        yield from (_fill_hour(each, block) for each in block.dates)
    elif block.weekdays:
        yield from _list_weekly_slots(block)
    elif block.first_day:
        yield Slot(block.first_day, block.time)


# An edit seldom changes a block.
@lru_cache(maxsize=16)
def assign_slots(block: Block) -> tuple[Slot, ...]:
    """Return the slot of each episode of a block."""
    size = block.group_size or block.count
    slots, found = list_slots(block), list[Slot]()
    for first in range(0, block.count, size or 1):
        for slot in islice(slots, 1):
            found += [slot] * min(size, block.count - first)
    return tuple(found)


def _list_weekly_slots(block: Block) -> Iterator[Slot]:
    hours: dict[int, set[int | None]] = {}
    for each in block.weekdays or ():
        minutes = block.time if each.minutes is None else each.minutes
        hours.setdefault(each.weekday, set()).add(minutes)
    if block.first_day is None:
        return
    first = datetime.combine(block.first_day, time())
    skipped, late = frozenset(block.skip), list[Slot]()
    # Without a time zone: with one, dateutil would keep the offset of the first day.
    for day in rrule(DAILY, dtstart=first, byweekday=sorted(hours)):
        if day.date() not in skipped:
            slots = (Slot(day.date(), minutes) for minutes in hours[day.weekday()])
            # A late night's slot may be after the first ones of the next day.
            slots_in_order = sorted((*late, *slots), key=_sort_key)
            midnight = day + timedelta(days=1)
            late = [each for each in slots_in_order if each.naive >= midnight]
            yield from slots_in_order[: len(slots_in_order) - len(late)]


def _sort_key(slot: Slot) -> tuple[datetime, bool]:
    """Order slots by time; on one day, a slot without an hour comes first."""
    return slot.naive, slot.minutes is not None


def _fill_hour(slot: Slot, block: Block) -> Slot:
    return slot._replace(minutes=block.time) if slot.minutes is None else slot


def place_time(local: datetime, evening: date) -> Slot:
    """Return the slot of a local time; until 29:59 it belongs to the evening before."""
    late = local - datetime.combine(evening, time())
    if timedelta(0) <= late < NIGHT_END:
        return Slot(evening, late // timedelta(minutes=1))
    return Slot.at(local)


class SlotRule:
    """The slots of a block, in order, as a series along which an episode can be moved."""

    def __init__(self, slots: Iterable[Slot]) -> None:
        self._rest = iter(slots)
        self._slots: list[Slot] = []

    def find_neighbour(self, slot: Slot, distance: int) -> Slot | None:
        """Return the slot that is ``distance`` slots after ``slot``, or before it if negative.

        Where a day has one slot, an episode of that day is in it, also at another hour, and
        keeps the difference to its hour. Returns None if the block has no such slot.
        """
        index = first = self._find_first(datetime.combine(slot.day, time()))
        home = self._find_home(slot, first)
        if home is not None:
            found = self._get(home + distance) if home + distance >= 0 else None
            return found and _keep_difference(found, self._slots[home], slot)
        while (each := self._get(index)) and not _is_after(each, slot):
            index += 1
        if distance > 0:
            distance -= 1
        else:
            while index and not _is_after(slot, self._slots[index - 1]):
                index -= 1
        found = self._get(index + distance) if index + distance >= 0 else None
        return found and _keep_difference(found, None, slot)

    def _find_home(self, slot: Slot, index: int) -> int | None:
        """Return the index of the only slot on the day of an episode, or in its night."""
        end = datetime.combine(slot.day, time()) + NIGHT_END
        by_day, by_date = list[int](), list[int]()
        while (each := self._get(index)) and each.naive < end:
            if each.day == slot.day:
                by_day.append(index)
            elif each.naive.date() == slot.naive.date():
                by_date.append(index)
            index += 1
        nearest = by_day or by_date
        return nearest[0] if len(nearest) == 1 else None

    def _find_first(self, earliest: datetime) -> int:
        """Return the index of the first slot at a local time or later."""
        while not self._slots or self._slots[-1].naive < earliest:
            if not self._get(len(self._slots)):
                break
        return bisect_left(self._slots, earliest, key=lambda each: each.naive)

    def _get(self, index: int) -> Slot | None:
        if index < MAX_SLOTS:
            self._slots.extend(islice(self._rest, max(0, index + 1 - len(self._slots))))
        return self._slots[index] if index < len(self._slots) else None


def _keep_difference(found: Slot, home: Slot | None, slot: Slot) -> Slot:
    """Return a slot of the rule, as far from its hour as ``slot`` is from that of ``home``."""
    if found.minutes is None:
        return found._replace(minutes=slot.minutes)
    if not home or home.minutes is None or slot.minutes is None:
        return found
    return place_time(found.naive + (slot.naive - home.naive), found.day)


def _is_after(slot: Slot, other: Slot) -> bool:
    """Return whether a slot is later; on one day, both hours have to be known for that."""
    if slot.minutes is None or other.minutes is None:
        return slot.day > other.day
    return slot.naive > other.naive
