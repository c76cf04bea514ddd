"""Every episode that a schedule plans, and what the words in `changes` refer to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from defects_ical.model.airing import Block, number_blocks
from defects_ical.model.changes import ALL, Change
from defects_ical.model.episode_numbers import SEASON, EpisodeNumber, parse_key
from defects_ical.model.fields import Slot
from defects_ical.model.schedule import Schedule
from defects_ical.model.yaml.reader import KeyPath
from defects_ical.schedule.slots import assign_slots

_SEASON: Final = re.compile(SEASON)


class PlannedEpisode(NamedTuple):
    """A broadcast as it is planned, before any change.

    ``key_path`` leads to the value that determines its time. ``title`` is that of a special;
    ``block`` is None for one.
    ``group`` identifies the episodes that are released together; it is None if it is alone.
    """

    key: str
    number: EpisodeNumber | None
    slot: Slot
    runtime: int | None
    published: datetime
    key_path: KeyPath
    title: str | None = None
    block: Block | None = None
    group: tuple[int, int] | None = None


class Roster(NamedTuple):
    """The planned episodes by their keys, numbered ones first, and the announced ones.

    Of an announced episode only the month or year is known: nothing is in a calendar.
    """

    planned: Mapping[str, PlannedEpisode]
    announced: frozenset[str]

    def resolve(self, change: Change) -> tuple[str, ...]:
        """Return the keys of the episodes that an entry is about; unknown words name none."""
        if change.episodes == (ALL,):
            return self._list_published(change.at)
        keys = (key for word in change.episodes for key in self.resolve_word(word, change.at))
        return tuple(dict.fromkeys(keys))

    def resolve_word(self, word: str, at: datetime) -> tuple[str, ...]:
        """Return the keys that a number, a range, a season or the id of a special refers to."""
        if word in self.planned:
            return (word,)
        if _SEASON.fullmatch(word):
            return tuple(key for key in self.list_season(word) if self.planned[key].published < at)
        first, last = (parse_key(part) for part in (*word.split("-", 1), "")[:2])
        if not first or not last or first.season != last.season:
            return ()
        numbers = range(first.number, last.number + 1)
        if len(numbers) > len(self.planned):
            return tuple(key for key, each in self.planned.items() if _is_in(each, first, last))
        keys = (EpisodeNumber(first.season, number).key for number in numbers)
        return tuple(key for key in keys if key in self.planned)

    def list_season(self, word: str) -> tuple[str, ...]:
        """Return the keys of a season, as "s02"."""
        season = int(word[1:])
        return tuple(key for key in self.planned if self._season_of(key) == season)

    def _list_published(self, at: datetime) -> tuple[str, ...]:
        """Return the keys of the episodes that were published before a time."""
        return tuple(key for key, each in self.planned.items() if each.published < at)

    def _season_of(self, key: str) -> int | None:
        number = self.planned[key].number
        return number.season if number else None


def _is_in(episode: PlannedEpisode, first: EpisodeNumber, last: EpisodeNumber) -> bool:
    number = episode.number
    same_season = number is not None and number.season == first.season
    return number is not None and same_season and first.number <= number.number <= last.number


@lru_cache(maxsize=2)
def list_episodes(schedule: Schedule) -> Roster:
    """Return every episode of a schedule."""
    planned = {each.key: each for each in _plan_blocks(schedule, schedule.airing, ("airing",))}
    for index, special in enumerate(schedule.specials):
        planned[special.id] = PlannedEpisode(
            key=special.id,
            number=None,
            slot=special.airs,
            runtime=special.runtime,
            published=special.published or schedule.published,
            key_path=("specials", index, "airs"),
            title=special.title,
        )
    numbered = zip(schedule.airing, number_blocks(schedule.airing), strict=True)
    announced = (number.key for block, numbers in numbered if block.period for number in numbers)
    return Roster(planned, frozenset(announced))


# As many as a schedule may have platforms: each entry about one asks for its plan.
@lru_cache(maxsize=20)
def plan_platform(schedule: Schedule, platform: str) -> Mapping[str, PlannedEpisode]:
    """Return the episodes of a platform's own plan by their keys; only those of the show.

    They were published together with the show's.
    """
    blocks, shown = schedule.platforms[platform].airing or (), list_episodes(schedule).planned
    plan = _plan_blocks(schedule, blocks, ("platforms", platform, "airing"))
    known = (each for each in plan if each.key in shown)
    return {each.key: each._replace(published=shown[each.key].published) for each in known}


def _plan_blocks(
    schedule: Schedule, blocks: tuple[Block, ...], key_path: KeyPath
) -> Iterator[PlannedEpisode]:
    for index, (block, numbers) in enumerate(zip(blocks, number_blocks(blocks), strict=True)):
        size = block.group_size or block.count
        for position, (number, slot) in enumerate(zip(numbers, assign_slots(block), strict=False)):
            group = position // size
            details = schedule.episodes.get(number.key)
            yield PlannedEpisode(
                key=number.key,
                number=number,
                slot=slot,
                runtime=(details.runtime if details else None) or block.runtime,
                published=block.published or schedule.published,
                key_path=(*key_path, index, *(("dates", group) if block.dates else ("time",))),
                block=block,
                group=(index, group) if min(size, block.count - group * size) > 1 else None,
            )


def split_runs(keys: Iterable[str]) -> Iterator[list[str]]:
    """Yield the keys of episodes in lists of consecutive numbers."""
    run: list[str] = []
    for key in keys:
        number, last = parse_key(key), parse_key(run[-1]) if run else None
        if run and not (number and last and number == (last.season, last.number + 1)):
            yield run
            run = []
        run.append(key)
    if run:
        yield run
