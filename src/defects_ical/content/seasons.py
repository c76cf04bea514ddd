"""Group the episodes of a schedule by season."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from defects_ical.model.airing import NumberedBlock, number_blocks
from defects_ical.model.episode_numbers import EpisodeNumber, format_numbers
from defects_ical.model.fields import Period
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.episodes import Episode, sort_by_start


class Announcement(NamedTuple):
    """Episodes of which only the month or year is known: their name, and when they air.

    ``name`` is empty if their number is unknown, too.
    """

    name: str
    period: Period


class Season(NamedTuple):
    """The episodes of a season in the order in which they air, and what is announced of it.

    ``name`` is for people: "Season 2". ``number`` is None for episodes without season.
    ``episode_count`` is the number of episodes, None if the schedule has not all of them. A special
    belongs to the season in which it airs.
    """

    name: str
    number: int | None
    episode_count: int | None
    episodes: tuple[Episode, ...]
    announcements: tuple[Announcement, ...]


def list_seasons(schedule: Schedule, episodes: Iterable[Episode]) -> tuple[Season, ...]:
    """Return every season, the first one first; ``episodes`` are all of the schedule."""
    blocks: dict[int | None, list[NumberedBlock]] = {}
    for block, numbers in zip(schedule.airing, number_blocks(schedule.airing), strict=True):
        season = schedule.show.season if block.season is None else block.season
        blocks.setdefault(season, []).append((block, numbers))
    members = _group_episodes(schedule, sort_by_start(episodes))
    words = schedule.words
    return tuple(
        Season(
            words.heading_episodes if number is None else words.season.format(number=number),
            number,
            _count_episodes(blocks.get(number, [])),
            tuple(members.get(number, ())),
            tuple(
                Announcement(format_numbers(numbers, words) if numbers else "", block.period)
                for block, numbers in blocks.get(number, [])
                if block.period
            ),
        )
        for number in sorted({**blocks, **members}, key=lambda each: each or 0)
    )


def _group_episodes(
    schedule: Schedule, ordered: tuple[Episode, ...]
) -> dict[int | None, list[Episode]]:
    """Return the episodes of each season; a special belongs to that of the episode before it."""
    seasons = [_find_season(schedule, each.number) for each in ordered if each.number]
    season, groups = next(iter(seasons), None), dict[int | None, list[Episode]]()
    for each in ordered:
        season = _find_season(schedule, each.number) if each.number else season
        groups.setdefault(season, []).append(each)
    return groups


def _find_season(schedule: Schedule, number: EpisodeNumber) -> int | None:
    return schedule.show.season if number.season is None else number.season


def _count_episodes(blocks: list[NumberedBlock]) -> int | None:
    """Return the number of episodes; None if it is unknown, or if some are not in the schedule."""
    numbers = sorted(each.number for _, numbers in blocks for each in numbers)
    if not numbers or not all(block.count for block, _ in blocks):
        return None
    first, last = numbers[0], numbers[-1]
    return len(numbers) if first <= 1 and last - first + 1 == len(numbers) else None
