"""Add new episodes to a schedule: to its last block where they continue it, else in new ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from defects_ical.authoring.imports.block_text import list_values
from defects_ical.authoring.imports.plan import PlannedBlock, plan_blocks
from defects_ical.authoring.imports.selection import Broadcast
from defects_ical.authoring.updates.continuation import (
    continue_block,
    find_last_block,
    select_continuation,
)
from defects_ical.authoring.updates.names import name_episodes
from defects_ical.authoring.yaml.lists import AppendItems
from defects_ical.authoring.yaml.operations import MAX_COLUMNS, AddKeys, Operation
from defects_ical.model.airing import number_blocks
from defects_ical.model.episode_numbers import EpisodeRange
from defects_ical.model.schedule import Schedule
from defects_ical.model.yaml.reader import Plain
from defects_ical.timezones.conversion import format_local


@dataclass(frozen=True, slots=True)
class Additions:
    """What is added, by which operations, and in words."""

    broadcasts: tuple[Broadcast, ...]
    operations: tuple[Operation, ...]
    actions: tuple[str, ...]
    questions: tuple[str, ...]


class AdditionPlanner:
    """Plans additions to one schedule, published at a time (UTC).

    ``has_list`` says whether the file has a list at `airing`. ``runtime`` (minutes) is for what
    has an hour, but no runtime at the source, which sentences call ``source``.
    """

    def __init__(
        self,
        schedule: Schedule,
        published: datetime,
        runtime: int,
        *,
        has_list: bool,
        source: str,
    ) -> None:
        self.schedule, self.source = schedule, source
        self.runtime, self.has_list = runtime, has_list
        self.published = format_local(published, schedule.timezone)
        self.operations = list[Operation]()
        self.added = list[Broadcast]()
        self.blocks = list[Plain]()
        self.details: dict[str, Plain] = {}
        self.actions = list[str]()
        self.questions = list[str]()

    def plan(self, broadcasts: tuple[Broadcast, ...]) -> Additions:
        """Return what adds the broadcasts."""
        seasons: dict[int | None, list[Broadcast]] = {}
        for each in broadcasts:
            if each.number:
                seasons.setdefault(each.number.season, []).append(each)
        for season in sorted(seasons, key=lambda each: each or 0):
            self._add_season(season, sorted(seasons[season], key=_get_number))
        if self.blocks:
            self.operations.append(AppendItems(("airing",), (*self.blocks,), MAX_COLUMNS))
        if self.details:
            self.operations.append(AddKeys(("episodes",), self.details))
        self._add_specials([each for each in broadcasts if not each.number])
        if self.added:
            ids = {each.id: each.listed.id for each in self.added}
            self.operations.append(AddKeys(("source", "episodes"), ids))
        added, operations = tuple(self.added), tuple(self.operations)
        return Additions(added, operations, tuple(self.actions), tuple(self.questions))

    def _add_season(self, season: int | None, broadcasts: list[Broadcast]) -> None:
        if any(each.period for each in self.schedule.airing if each.season == season):
            self._ask(broadcasts, "and only their month is known here", "Edit their block by hand")
            return
        found: tuple[Broadcast, ...] = ()
        if last := find_last_block(self.schedule, season, has_list=self.has_list):
            found = select_continuation(last, broadcasts, self.schedule.timezone)
            if found:
                self.operations += continue_block(last, found)
                self._add(found, last.block.runtime)
        self._add_blocks(season, broadcasts[len(found) :], found)

    def _add_blocks(
        self, season: int | None, rest: list[Broadcast], continued: tuple[Broadcast, ...]
    ) -> None:
        """Add blocks behind those of a season; none may begin before one of these."""
        last = max(self._list_numbers(season, continued), default=0)
        days = (each.first_day for each in self.schedule.airing if each.season == season)
        latest = max((each for each in days if each), default=date.min)
        for block in plan_blocks(rest, self.runtime):
            if block.broadcasts[0].slot.day < latest:
                reason, advice = "before a block of that season", "Add a block above it by hand"
                self._ask(block.broadcasts, reason, advice)
                continue
            self.blocks.append(self._write_block(block, last))
            last = max(last, *map(_get_number, block.broadcasts))
            self._add(block.broadcasts, block.runtime)

    def _list_numbers(self, season: int | None, continued: Iterable[Broadcast]) -> Iterable[int]:
        known = (number for block in number_blocks(self.schedule.airing) for number in block)
        yield from (each.number for each in known if each.season == season)
        yield from map(_get_number, continued)

    def _write_block(self, block: PlannedBlock, last: int) -> Plain:
        """Return the values of a block; with its numbers unless it goes on from the last one."""
        first = _get_number(block.broadcasts[0])
        values: dict[str, Plain] = {}
        if block.season is not None:
            values["season"] = str(block.season)
        values["published"] = self.published
        values |= {key: _to_plain(value) for key, value in list_values(block)}
        if first != last + 1:
            values["episodes"] = str(EpisodeRange(first, first + len(block.broadcasts) - 1))
        elif not block.dates or len(block.broadcasts) % (block.together or 1):
            values["episodes"] = str(len(block.broadcasts))
        else:
            values.pop("episodes", None)
        return values

    def _add(self, broadcasts: tuple[Broadcast, ...], runtime: int | None) -> None:
        """Note broadcasts of a block with a runtime, and what is known of each."""
        self.added += broadcasts
        self.actions.append(_describe(broadcasts))
        for each in broadcasts:
            details: dict[str, Plain] = {"title": each.title} if each.title else {}
            own = each.runtime or (None if each.slot.minutes is None else runtime or self.runtime)
            if own and own != runtime:
                details["runtime"] = str(own)
            if details and each.number:
                self.details[each.number.key] = details

    def _add_specials(self, specials: list[Broadcast]) -> None:
        specials.sort(key=lambda each: each.slot.naive)
        self.added += specials
        self.actions += [_describe((each,)) for each in specials]
        if specials:
            items = tuple(map(self._write_special, specials))
            self.operations.append(AppendItems(("specials",), items, MAX_COLUMNS))

    def _write_special(self, special: Broadcast) -> Plain:
        values: dict[str, Plain] = {"id": special.id, "title": special.title or special.id}
        values |= {"published": self.published, "airs": special.slot.isoformat()}
        runtime = special.runtime or (None if special.slot.minutes is None else self.runtime)
        return values | ({"runtime": str(runtime)} if runtime else {})

    def _ask(self, broadcasts: Iterable[Broadcast], reason: str, advice: str) -> None:
        names = name_episodes(each.number or each.title or each.id for each in broadcasts)
        sentence = f"{self.source} lists {names} as new, {reason}"
        self.questions.append(f"{sentence[0].upper()}{sentence[1:]}. {advice}.")


def _to_plain(value: str | list[str]) -> Plain:
    return value if isinstance(value, str) else [*value]


def _describe(broadcasts: tuple[Broadcast, ...]) -> str:
    names = name_episodes(each.number or each.title or each.id for each in broadcasts)
    slots = [each.slot for each in broadcasts]
    if len(slots) == 1:
        return f"{names} is new, on {slots[0].isoformat()}"
    first, last = (pick(slots, key=lambda each: each.naive) for pick in (min, max))
    return f"{names} are new, from {first.isoformat()} to {last.isoformat()}"


def _get_number(broadcast: Broadcast) -> int:
    if broadcast.number is None:
        raise AssertionError(f"{broadcast.id} has no number")
    return broadcast.number.number
