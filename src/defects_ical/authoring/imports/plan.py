"""Numbered episodes in; the blocks that plan exactly these, with few values to read, out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from itertools import groupby, pairwise
from typing import Final, NamedTuple

from defects_ical.authoring.imports.segments import (
    Dates,
    Day,
    Form,
    OneDate,
    Release,
    Segment,
    Weekly,
    find_usual_hour,
)
from defects_ical.authoring.imports.selection import Broadcast
from defects_ical.model.episode_numbers import EpisodeRange
from defects_ical.model.fields import Slot, WeeklySlot

MAX_EXCESS: Final = 20
"""How many values a stretch may cost more than the best plan: another block has no more."""


@dataclass(frozen=True, slots=True)
class PlannedBlock:
    """A block of `airing`, as in `model.airing.Block`, with the episodes that it plans.

    ``time`` is in minutes from the start of a day, ``runtime`` in minutes. Dates have an hour only
    if it is not ``time``.
    """

    season: int | None
    broadcasts: tuple[Broadcast, ...]
    runtime: int | None
    premiere: date | None = None
    weekdays: tuple[WeeklySlot, ...] = ()
    dates: tuple[Slot, ...] = ()
    skip: tuple[date, ...] = ()
    time: int | None = None
    together: int | None = None
    episodes: int | EpisodeRange | None = None


def plan_blocks(episodes: Iterable[Broadcast], default_runtime: int) -> tuple[PlannedBlock, ...]:
    """Return the blocks of numbered episodes, season by season.

    ``default_runtime`` (minutes) is for blocks with an hour, of which the source says no runtime.
    """
    seasons: dict[int | None, list[Broadcast]] = {}
    for each in episodes:
        seasons.setdefault(each.number.season if each.number else None, []).append(each)
    in_order = sorted(seasons.items(), key=lambda season: season[0] or 0)
    return tuple(
        block for season, each in in_order for block in _plan_season(season, each, default_runtime)
    )


def _plan_season(
    season: int | None, episodes: list[Broadcast], default_runtime: int
) -> Iterator[PlannedBlock]:
    runs = _split_runs(_order(episodes))
    blocks = [
        _make_block(season, form, days, default_runtime)
        for run in runs
        for form, days in _split_run(_group_days(run))
    ]
    return _write_numbers(blocks)


def _order(episodes: list[Broadcast]) -> list[Broadcast]:
    """Return the episodes in the order of their starts, and their days in order, too."""
    ordered = sorted(episodes, key=_make_sort_key)
    latest = date.min
    for index, each in enumerate(ordered):
        slot, before = each.slot, ordered[index - 1].slot if index else None
        if before and _make_time_key(before) == _make_time_key(slot):
            # They start together, even if the source counts only one of them to the evening.
            slot = before
        elif slot.day < latest:
            # An evening that goes on past the first hours of the next day is no evening.
            slot = Slot.at(slot.naive, slot.offset)
        ordered[index] = replace(each, slot=slot)
        latest = max(latest, slot.day)
    return ordered


def _make_sort_key(episode: Broadcast) -> tuple[object, ...]:
    number = episode.number
    return *_make_time_key(episode.slot), number.number if number else 0


def _make_time_key(slot: Slot) -> tuple[object, ...]:
    # Of a local time that occurs twice, the larger offset is the first.
    return slot.naive, slot.minutes is not None, -(slot.offset or timedelta(0))


def _split_runs(episodes: list[Broadcast]) -> Iterator[list[Broadcast]]:
    """Yield the longest stretches in which each number is one more than the one before."""
    positions = enumerate(episodes)
    for _, group in groupby(positions, key=lambda each: _get_number(each[1]) - each[0]):
        yield [episode for _, episode in group]


def _get_number(episode: Broadcast) -> int:
    if episode.number is None:
        raise AssertionError(f"{episode.id} has no number")
    return episode.number.number


def _group_days(episodes: list[Broadcast]) -> tuple[Day, ...]:
    releases = (Release(slot, tuple(each)) for slot, each in groupby(episodes, key=_get_slot))
    days = (tuple(each) for _, each in groupby(releases, key=_make_day_key))
    return tuple(Day(each[0].slot.day, each) for each in days)


def _make_day_key(release: Release) -> tuple[date, bool, int]:
    """Return what the releases have in common that are one day of a rule."""
    return release.slot.day, release.slot.minutes is None, len(release.episodes)


def _get_slot(episode: Broadcast) -> Slot:
    return episode.slot


class _Step(NamedTuple):
    """The best plan up to a day: of equal ones, the last block is as long as possible."""

    cost: int
    blocks: int
    start: int
    form: Form


def _split_run(days: Sequence[Day]) -> list[tuple[Form, Sequence[Day]]]:
    """Return the blocks of a run: those with the fewest values, then the fewest blocks."""
    steps = [_Step(0, 0, 0, Form.WEEKLY)]
    segments: list[Segment] = []
    for index, day in enumerate(days):
        before = steps[-1].cost
        segments += (make(index, before, day) for make in (Weekly, OneDate, Dates))
        segments = [each for each in segments if each.extend(day)]
        steps.append(min(map(partial(_make_step, steps), filter(_is_block, segments))))
        segments = _keep_best(segments, steps[-1].cost)
    return [*_list_blocks(steps, days)][::-1]


def _make_step(steps: list[_Step], segment: Segment) -> _Step:
    blocks = steps[segment.start].blocks + 1
    return _Step(segment.before + segment.cost, blocks, segment.start, segment.form)


def _is_block(segment: Segment) -> bool:
    return segment.is_block


def _keep_best(segments: list[Segment], best: int) -> list[Segment]:
    """Return the segments that may be part of the best plan.

    Of those that grow alike, these are the cheapest, and the latest: it has no dates to skip where
    a weekday is added. All others are left out, so that the work grows with the days alone.
    """
    cheapest: dict[object, tuple[int, Segment]] = {}
    latest: dict[object, Segment] = {}
    for each in segments:
        total = each.before + each.cost
        if each.is_complete or total > best + MAX_EXCESS:
            continue
        key = each.key
        if key not in cheapest or total < cheapest[key][0]:
            cheapest[key] = total, each
        latest[key] = each
    kept = {id(each): each for _, each in cheapest.values()}
    return [*(kept | {id(each): each for each in latest.values()}).values()]


def _list_blocks(steps: list[_Step], days: Sequence[Day]) -> Iterator[tuple[Form, Sequence[Day]]]:
    """Yield the blocks of the best plan, the last one first."""
    end = len(days)
    while end:
        step = steps[end]
        yield step.form, days[step.start : end]
        end = step.start


def _make_block(
    season: int | None, form: Form, days: Sequence[Day], default_runtime: int
) -> PlannedBlock:
    releases = [release for day in days for release in day.releases]
    broadcasts = tuple(each for release in releases for each in release.episodes)
    runtimes = Counter(each.runtime for each in broadcasts if each.runtime)
    default = default_runtime if days[0].has_hour else None
    size = len(releases[0].episodes)
    block = PlannedBlock(
        season=season,
        broadcasts=broadcasts,
        runtime=runtimes.most_common(1)[0][0] if runtimes else default,
        together=size if size > 1 and form is not Form.ONE_DATE else None,
        episodes=len(broadcasts),
    )
    match form:
        case Form.WEEKLY:
            return _add_rule(block, days)
        case Form.DATES:
            return _add_dates(block, [each.slot for each in releases])
        case Form.ONE_DATE:
            return replace(block, premiere=days[0].date, time=days[0].hours[0])


def _add_rule(block: PlannedBlock, days: Sequence[Day]) -> PlannedBlock:
    hours: dict[int, tuple[int | None, ...]] = {}
    for day in days:
        hours.setdefault(day.date.weekday(), day.hours)
    usual = find_usual_hour(hour for each in hours.values() for hour in each)
    weekdays = (
        WeeklySlot(weekday, None if hour == usual else hour)
        for weekday in _order_weekdays([*hours])
        for hour in hours[weekday]
    )
    first, last = days[0].date, days[-1].date
    dates = (first + timedelta(days=n) for n in range((last - first).days))
    aired = {day.date for day in days}
    skip = tuple(each for each in dates if each.weekday() in hours and each not in aired)
    return replace(block, premiere=first, weekdays=tuple(weekdays), skip=skip, time=usual)


def _order_weekdays(weekdays: list[int]) -> list[int]:
    """Return weekdays from the one after the longest pause on: Sunday before Monday."""
    ordered = sorted(weekdays)
    pauses = [(day - before) % 7 for before, day in pairwise((ordered[-1], *ordered))]
    first = pauses.index(max(pauses))
    return ordered[first:] + ordered[:first]


def _add_dates(block: PlannedBlock, slots: list[Slot]) -> PlannedBlock:
    usual = find_usual_hour(each.minutes for each in slots)
    dates = (
        Slot(each.day) if each.minutes == usual and each.offset is None else each for each in slots
    )
    return replace(block, dates=tuple(dates), time=usual)


def _write_numbers(blocks: list[PlannedBlock]) -> Iterator[PlannedBlock]:
    """Yield the blocks of a season with their numbers, as ranges if there are gaps."""
    ranges = [EpisodeRange(*_list_bounds(block)) for block in blocks]
    ends = [0, *(each.last for each in ranges)]
    has_gaps = any(each.first != end + 1 for each, end in zip(ranges, ends, strict=False))
    for block, numbers in zip(blocks, ranges, strict=True):
        if has_gaps:
            yield replace(block, episodes=numbers)
        elif block.dates and len(block.broadcasts) % (block.together or 1) == 0:
            yield replace(block, episodes=None)
        else:
            yield block


def _list_bounds(block: PlannedBlock) -> tuple[int, int]:
    return _get_number(block.broadcasts[0]), _get_number(block.broadcasts[-1])
