"""Restore published events that are missing from a schedule, so that they can be cancelled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Final, NamedTuple

from defects_ical.model.airing import Block, Delay, number_blocks
from defects_ical.model.changes import ALL, Change
from defects_ical.model.episode_numbers import SEASON, EpisodeNumber, EpisodeRange
from defects_ical.model.fields import Slot, format_clock
from defects_ical.model.schedule import Platform, Schedule, Special
from defects_ical.model.yaml.writer import quote_scalar, write_flow
from defects_ical.schedule.episodes import Start
from defects_ical.schedule.roster import list_episodes
from defects_ical.schedule.starts import to_slot

NO_DELAY: Final = Delay()
# In minutes, for events of which no runtime was published.
DEFAULT_RUNTIME: Final = 60


@dataclass(frozen=True, slots=True)
class RemovedEvent:
    """A published event that is missing from the schedule, with what restores it.

    ``numbers`` are those of its episodes, none for a special. ``start`` is in UTC or a date,
    ``runtime`` in minutes. ``sequence`` is the published one. ``platform`` is the id of the only
    platform from whose plan it is missing.
    """

    id: str
    numbers: tuple[EpisodeNumber, ...]
    title: str
    start: Start
    runtime: int | None
    sequence: int
    platform: str | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of its episodes in `changes`."""
        return tuple(each.key for each in self.numbers) or (self.id,)

    def find_slot(self, zone: str) -> Slot:
        """Return its local start."""
        return find_slot(self.start, zone)


class Restoration(NamedTuple):
    """A schedule with every removed event in it, and the sentences that say how to get it."""

    schedule: Schedule
    steps: tuple[str, ...]


def find_slot(start: Start, zone: str) -> Slot:
    """Return the local slot of a start."""
    return to_slot(start, zone) if isinstance(start, datetime) else Slot(start)


def restore_events(schedule: Schedule, removed: Iterable[RemovedEvent]) -> Restoration:
    """Return the schedule as it will be once the removed events are restored."""
    events = [*removed]
    if not events:
        return Restoration(schedule, ())
    if any(change.time is not None for change in schedule.changes):
        # An entry may give them an hour, which needs a runtime.
        events = [replace(each, runtime=each.runtime or DEFAULT_RUNTIME) for each in events]
    steps: list[str] = []
    changes = _name_episodes(schedule, steps)
    airing = schedule.airing
    main = [each for each in events if not each.platform]
    for _, same in _group_by_season([*main, *_find_lost(events, schedule)]):
        airing = _restore_numbered(airing, same, schedule, steps)
    platforms = {
        name: _restore_on_platform(name, each, events, schedule.timezone, steps)
        for name, each in schedule.platforms.items()
    }
    specials = (*schedule.specials, *_restore_specials(main, schedule.timezone, steps))
    update = {"airing": airing, "platforms": platforms, "specials": specials, "changes": changes}
    return Restoration(schedule.model_copy(update=update), tuple(steps))


def _find_lost(events: Iterable[RemovedEvent], schedule: Schedule) -> Iterator[RemovedEvent]:
    """Yield what is missing from a platform's plan, and from the show as well."""
    planned = list_episodes(schedule).planned
    for each in events:
        if each.platform and each.numbers and all(key not in planned for key in each.keys):
            yield each


def _name_episodes(schedule: Schedule, steps: list[str]) -> tuple[Change, ...]:
    """Return the entries; one that moves "all" has to name its episodes, as there will be more."""
    roster, changes = list_episodes(schedule), [*schedule.changes]
    for index, change in enumerate(changes):
        (word, *others) = change.episodes
        if change.move and not others and (word == ALL or re.fullmatch(SEASON, word)):
            named = roster.resolve(change)
            changes[index] = change.model_copy(update={"episodes": named})
            text = ALL if word == ALL else f"[{word}]"
            step = f"Write `episodes: {write_flow(named)}` instead of `{text}`"
            steps.append(f"{step} in the entry with `move`.")
    return tuple(changes)


def _sort_key(event: RemovedEvent) -> list[tuple[int, int]]:
    return [(each.season or 0, each.number) for each in event.numbers[:1]]


def _group_by_season(
    events: Iterable[RemovedEvent],
) -> Iterator[tuple[int | None, list[RemovedEvent]]]:
    by_season: dict[int | None, list[RemovedEvent]] = {}
    taken: set[EpisodeNumber] = set()
    for each in sorted(events, key=_sort_key):
        # On a platform, an episode may have had an event of its own.
        numbers = tuple(number for number in each.numbers if number not in taken)
        taken.update(numbers)
        if numbers:
            same = by_season.setdefault(numbers[0].season, [])
            same.append(replace(each, numbers=numbers))
    yield from by_season.items()


def _restore_on_platform(
    name: str, platform: Platform, events: Iterable[RemovedEvent], zone: str, steps: list[str]
) -> Platform:
    """Return a platform with what is missing from its own plan."""
    own, delay = platform.airing or (), platform.delay
    for each in (each for each in events if each.platform == name):
        if each.numbers:
            own = _add_blocks(own, each, zone, f"platforms.{name}.airing", steps)
        elif not delay:
            # A plan has no place for a special, but it can follow the broadcast.
            delay = NO_DELAY
            steps.append(f"Write `delay: 0` under `platforms.{name}`.")
    return platform.model_copy(update={"airing": own or None, "delay": delay})


def _restore_numbered(
    airing: tuple[Block, ...], events: list[RemovedEvent], schedule: Schedule, steps: list[str]
) -> tuple[Block, ...]:
    """Return the blocks with the episodes of one season that are missing.

    They continue the last block if its rule allows that; otherwise each gets a block of its own.
    """
    index = _find_last_block(airing, events)
    if index is None:
        for each in events:
            airing = _add_blocks(airing, each, schedule.timezone, "airing", steps)
        return airing
    last = max(number.number for each in events for number in each.numbers)
    block, numbers = airing[index], number_blocks(airing)[index]
    first = numbers[0].number
    count = EpisodeRange(first, last) if isinstance(block.episodes, EpisodeRange) else 0
    restored = block.model_copy(update={"episodes": count or last - first + 1})
    path = "airing" if len(airing) == 1 else f"airing[{index}]"
    steps.append(f"Restore `episodes: {restored.episodes}` under `{path}`.")
    return (*airing[:index], restored, *airing[index + 1 :])


def _find_last_block(airing: tuple[Block, ...], events: list[RemovedEvent]) -> int | None:
    """Return the index of the block that ended with the missing episodes, if it can be known."""
    season = events[0].numbers[0].season
    same = [index for index, block in enumerate(airing) if block.season == season]
    if not same or not airing[same[-1]].weekdays or not airing[same[-1]].first_day:
        return None
    numbers = number_blocks(airing)[same[-1]]
    missing = {number.number for each in events for number in each.numbers}
    end = numbers[-1].number
    return same[-1] if min(missing) > end and max(missing) - end == len(missing) else None


def _add_blocks(
    blocks: tuple[Block, ...], event: RemovedEvent, zone: str, path: str, steps: list[str]
) -> tuple[Block, ...]:
    """Return the blocks with one more for each run of the numbers of a missing event."""
    slot = event.find_slot(zone)
    runs = groupby(enumerate(event.numbers), key=lambda each: each[1].number - each[0])
    for _, run in runs:
        numbers = [number for _, number in run]
        block = Block.model_construct(
            season=numbers[0].season,
            premiere=slot.day,
            time=slot.minutes,
            runtime=event.runtime,
            episodes=EpisodeRange(numbers[0].number, numbers[-1].number),
        )
        place = _find_place(blocks, block.season, slot.day)
        steps.append(f"Restore `- {_write_block(block)}` as `{path}[{place}]`.")
        blocks = _insert(blocks, place, block, path, steps)
    return blocks


def _insert(
    blocks: tuple[Block, ...], place: int, block: Block, path: str, steps: list[str]
) -> tuple[Block, ...]:
    """Return the blocks with one more; those after it keep their numbers."""
    inserted = [*blocks[:place], block, *blocks[place:]]
    former = number_blocks(blocks)
    for index in range(place + 1, len(inserted)):
        numbers = former[index - 1]
        if numbers and numbers != number_blocks(tuple(inserted))[index]:
            episodes = EpisodeRange(numbers[0].number, numbers[-1].number)
            inserted[index] = inserted[index].model_copy(update={"episodes": episodes})
            steps.append(f"Write `episodes: {episodes}` under `{path}[{index}]`.")
    return tuple(inserted)


def _find_place(blocks: tuple[Block, ...], season: int | None, day: date) -> int:
    """Return where a block belongs: those of one season are in the order of their first dates."""
    later = (
        index
        for index, block in enumerate(blocks)
        if block.season == season and (block.first_day is None or block.first_day > day)
    )
    return next(later, len(blocks))


def _write_block(block: Block) -> str:
    fields = {
        "season": block.season,
        "premiere": block.premiere.isoformat() if block.premiere else None,
        "time": None if block.time is None else format_clock(block.time),
        "runtime": block.runtime,
        "episodes": block.episodes,
    }
    return write_flow({key: str(value) for key, value in fields.items() if value is not None})


def _restore_specials(
    events: Iterable[RemovedEvent], zone: str, steps: list[str]
) -> Iterator[Special]:
    for each in events:
        if each.numbers:
            continue
        slot = each.find_slot(zone)
        fields = {"id": each.id, "title": quote_scalar(each.title), "airs": slot.isoformat()}
        if each.runtime:
            fields["runtime"] = str(each.runtime)
        steps.append(f"Restore `- {write_flow(fields)}` under `specials`.")
        yield Special.model_construct(
            id=each.id, title=each.title, published=None, airs=slot, runtime=each.runtime
        )
