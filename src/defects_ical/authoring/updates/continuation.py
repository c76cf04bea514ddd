"""Find the new episodes that continue the last block of a season by its own rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from defects_ical.authoring.imports.selection import Broadcast
from defects_ical.authoring.updates.matching import find_start
from defects_ical.authoring.yaml.lists import AppendItems
from defects_ical.authoring.yaml.operations import Operation, SetValue
from defects_ical.model.airing import Block, number_blocks
from defects_ical.model.changes import ALL
from defects_ical.model.episode_numbers import EpisodeNumber, EpisodeRange
from defects_ical.model.fields import Slot
from defects_ical.model.schedule import Schedule
from defects_ical.model.yaml.reader import KeyPath
from defects_ical.schedule.slots import assign_slots
from defects_ical.schedule.starts import try_start


class LastBlock(NamedTuple):
    """The last block of a season, with its path in the file and the number of its last episode."""

    block: Block
    key_path: KeyPath
    last: int


def find_last_block(schedule: Schedule, season: int | None, *, has_list: bool) -> LastBlock | None:
    """Return the block that new episodes may continue: what is added to others renumbers.

    ``has_list`` says whether the file has a list at `airing`.
    """
    numbered = [
        (index, block, numbers)
        for index, (block, numbers) in enumerate(
            zip(schedule.airing, number_blocks(schedule.airing), strict=True)
        )
        if block.season == season and numbers
    ]
    if not numbered:
        return None
    index, block, numbers = numbered[-1]
    highest = max(each for *_, others in numbered for each in others)
    if highest != numbers[-1] or _is_named(schedule, block, season):
        return None
    key_path: KeyPath = ("airing", index) if has_list else ("airing",)
    return LastBlock(block, key_path, highest.number)


def _is_named(schedule: Schedule, block: Block, season: int | None) -> bool:
    """Return whether an entry would act on what is added to a block: `all`, or its season."""
    words = {ALL, f"s{season:02}"} if season else {ALL}
    published = block.published or schedule.published
    return any(
        change.at > published and not words.isdisjoint(change.episodes)
        for change in schedule.changes
    )


def select_continuation(
    last: LastBlock, broadcasts: Iterable[Broadcast], zone: str
) -> tuple[Broadcast, ...]:
    """Return those of the broadcasts, in the order of their numbers, that continue the block."""
    return tuple(_iterate_continuation(last, [*broadcasts], zone))


def _iterate_continuation(
    last: LastBlock, broadcasts: list[Broadcast], zone: str
) -> Iterator[Broadcast]:
    slots = _list_following_slots(last.block, broadcasts)
    numbers = range(last.last + 1, last.last + 1 + len(broadcasts))
    for number, slot, each in zip(numbers, slots, broadcasts, strict=False):
        if each.number != EpisodeNumber(last.block.season, number):
            return
        if try_start(slot, zone) != find_start(each):
            return
        yield each


def _list_following_slots(block: Block, broadcasts: list[Broadcast]) -> Iterator[Slot]:
    """Yield the slots behind those of a block; for a list of dates, any that are later."""
    size = block.group_size
    if not size or block.period or block.count % size:
        # Another episode in a slot would be part of an event that subscribers have.
        return
    if block.weekdays:
        longer = block.model_copy(update={"episodes": block.count + len(broadcasts)})
        yield from assign_slots(longer)[block.count :]
    elif size == 1 and block.dates:
        yield from _list_later_slots(block, block.dates[-1], broadcasts)


def _list_later_slots(block: Block, last: Slot, broadcasts: list[Broadcast]) -> Iterator[Slot]:
    latest = last if last.minutes is not None else last._replace(minutes=block.time)
    for each in broadcasts:
        slot = each.slot
        is_known = slot.minutes is not None
        if slot.naive <= latest.naive or is_known != (latest.minutes is not None):
            return
        yield slot
        latest = slot


def continue_block(last: LastBlock, broadcasts: tuple[Broadcast, ...]) -> Iterator[Operation]:
    """Yield the operations that add broadcasts to a block."""
    block, count = last.block, last.block.count + len(broadcasts)
    if isinstance(block.episodes, EpisodeRange):
        numbers = EpisodeRange(block.episodes.first, block.episodes.first + count - 1)
        yield SetValue((*last.key_path, "episodes"), str(numbers))
    elif block.episodes is not None:
        yield SetValue((*last.key_path, "episodes"), str(count))
    if block.dates:
        dates = tuple(_write_date(each.slot, block.time) for each in broadcasts)
        yield AppendItems((*last.key_path, "dates"), dates)


def _write_date(slot: Slot, time: int | None) -> str:
    """Return a date of a block, with an hour if it is not the block's."""
    is_usual = slot.minutes == time and slot.offset is None
    return Slot(slot.day).isoformat() if is_usual else slot.isoformat()
