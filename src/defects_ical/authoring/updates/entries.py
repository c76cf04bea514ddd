"""Write differences as entries of the change log: what is the same for several shares one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from defects_ical.authoring.updates.differences import Difference
from defects_ical.authoring.updates.names import name_episodes, write_words
from defects_ical.authoring.yaml.text import Entry
from defects_ical.model.airing import MAX_AMOUNT
from defects_ical.model.changes import Shift
from defects_ical.model.fields import Slot, format_clock
from defects_ical.model.schedule import Schedule
from defects_ical.model.yaml.reader import Plain
from defects_ical.schedule.episodes import Episode
from defects_ical.schedule.expansion import expand_schedule
from defects_ical.schedule.roster import list_episodes
from defects_ical.schedule.slots import SlotRule, list_slots, place_time
from defects_ical.schedule.starts import shift_slot, try_start
from defects_ical.text.english import count_noun
from defects_ical.timezones.conversion import format_local

NEW_TITLE: Final = "New title."
"""What subscribers read: the title itself might say too much, and is in the event."""

_DISTANCES: Final = (1, -1, 2, -2, 3, -3)
_UNITS: Final = ("weeks", "days", "time", "slots")
_SECOND: Final = timedelta(seconds=1)


class Move(NamedTuple):
    """How episodes get another start: the unit is one of _UNITS, or "move" with a slot."""

    unit: str
    amount: int | Slot

    @property
    def values(self) -> dict[str, Plain]:
        """The key of an entry, with its value."""
        match self:
            case ("move", Slot() as slot):
                return {"move": slot.isoformat()}
            case ("time", int(minutes)):
                return {"time": format_clock(minutes)}
        return {"shift": {self.unit: str(self.amount)}}

    def describe(self, *, is_plural: bool) -> str:
        """Return what the episodes do: "moves to 2025-08-04T23:30", "move 1 week later"."""
        verb, air = ("move", "air") if is_plural else ("moves", "airs")
        match self:
            case ("move", Slot() as slot):
                hour = "" if slot.minutes is not None else ", at an unknown hour"
                return f"{verb} to {slot.isoformat()}{hour}"
            case ("time", int(minutes)):
                return f"{air} at {format_clock(minutes)}"
            case (unit, int(amount)):
                distance = count_noun(abs(amount), unit.removesuffix("s"))
                return f"{verb} {distance} {'later' if amount > 0 else 'earlier'}"
        raise AssertionError(self)


@dataclass(frozen=True, slots=True)
class PlannedEntry:
    """What an entry does to which episodes, without its date."""

    episodes: tuple[Episode, ...]
    values: Entry
    action: str


class EntryPlanner:
    """Finds what several differences have in common."""

    def __init__(self, schedule: Schedule) -> None:
        self.zone = schedule.timezone
        self.planned = list_episodes(schedule).planned
        self.events = {
            each.id: event.id
            for event in expand_schedule(schedule).main.events
            for each in event.episodes
        }
        self._rules: dict[int, SlotRule] = {}

    def plan(self, differences: Iterable[Difference]) -> Iterator[PlannedEntry]:
        """Yield the entries for differences in the order of the schedule."""
        buckets: dict[tuple[object, ...], list[Difference]] = {}
        for each in differences:
            key = each.slot is None, each.runtime, each.status
            buckets.setdefault(key, []).append(each)
        for bucket in buckets.values():
            if bucket[0].slot is None:
                yield _make_entry(bucket)
            else:
                yield from self._plan_moves(bucket)

    def _plan_moves(self, differences: list[Difference]) -> Iterator[PlannedEntry]:
        """Yield entries for many first, then a `move` for each of the rest."""
        rest = [(each, {*self._list_moves(each)}) for each in differences]
        while rest:
            counts = Counter(move for _, moves in rest for move in moves)
            best = max(counts, key=lambda each: (counts[each], *_rate(each)), default=None)
            if best is None or not _is_worthwhile(best, counts[best], rest):
                break
            yield _make_entry([each for each, moves in rest if best in moves], best)
            rest = [(each, moves) for each, moves in rest if best not in moves]
        yield from self._move_each(each for each, _ in rest)

    def _move_each(self, differences: Iterable[Difference]) -> Iterator[PlannedEntry]:
        """Yield a `move` for each event: one entry moves episodes that are released together."""
        groups: dict[tuple[str, Slot], list[Difference]] = {}
        for each in differences:
            if each.slot:
                key = self.events[each.episode.id], each.slot
                groups.setdefault(key, []).append(each)
        for (_, slot), group in groups.items():
            yield _make_entry(group, Move("move", slot))

    def _list_moves(self, difference: Difference) -> Iterator[Move]:
        """Yield what would move an episode exactly there, besides a `move`."""
        episode, slot = difference.episode, difference.slot
        if slot is None:
            return
        start = try_start(slot, self.zone)
        days = slot.naive - episode.slot.naive
        if (slot.minutes is None) == (episode.slot.minutes is None) and not days % timedelta(1):
            shift = Shift.model_construct(days=days.days)
            if 0 < abs(days.days) <= MAX_AMOUNT and self._leads(shift, episode, start):
                weeks, odd = divmod(days.days, 7)
                yield Move("days", days.days) if odd else Move("weeks", weeks)
        yield from self._list_hours(episode.slot, slot, start)
        yield from self._list_slots(episode, start)

    def _leads(self, shift: Shift, episode: Episode, start: object) -> bool:
        return try_start(shift_slot(episode.slot, shift), self.zone) == start

    def _list_hours(self, before: Slot, after: Slot, start: object) -> Iterator[Move]:
        if after.minutes is None:
            return
        evening = place_time(after.naive, before.day)
        if evening.day == before.day and try_start(evening, self.zone) == start:
            yield Move("time", evening.minutes or 0)

    def _list_slots(self, episode: Episode, start: object) -> Iterator[Move]:
        block = self.planned[episode.key].block
        if not block or not block.group_size:
            return
        rule = self._rules.setdefault(id(block), SlotRule(list_slots(block)))
        for distance in _DISTANCES:
            found = rule.find_neighbour(episode.slot, distance)
            if found and try_start(found, self.zone) == start:
                yield Move("slots", distance)


def _rate(move: Move) -> tuple[int, int]:
    """Return how well a move reads; the larger, the better."""
    return -_UNITS.index(move.unit), -abs(move.amount) if isinstance(move.amount, int) else 0


def _is_worthwhile(move: Move, count: int, rest: list[tuple[Difference, set[Move]]]) -> bool:
    """Return whether an entry is for several episodes, or gives one its hour."""
    if count > 1:
        return True
    named = (each for each, moves in rest if move in moves)
    return move.unit == "time" and all(each.episode.slot.minutes is None for each in named)


def _make_entry(differences: list[Difference], move: Move | None = None) -> PlannedEntry:
    first = differences[0]
    values = dict(move.values) if move else {}
    if first.runtime:
        values["runtime"] = str(first.runtime)
    if first.status:
        values["status"] = first.status
    episodes = tuple(each.episode for each in differences)
    return PlannedEntry(episodes, values, _describe(differences, move))


def _describe(differences: list[Difference], move: Move | None) -> str:
    is_plural, first = len(differences) > 1, differences[0]
    names = name_episodes(each.episode.number or each.episode.name for each in differences)
    if first.status == "cancelled":
        return f"{names} {'are' if is_plural else 'is'} cancelled"
    parts = list[str]()
    if first.status == "confirmed":
        parts.append("air after all" if is_plural else "airs after all")
    if move:
        parts.append(move.describe(is_plural=is_plural))
    if first.runtime:
        verb = "last" if is_plural else "lasts"
        parts.append(f"{verb} {count_noun(first.runtime, 'minute')}")
    return f"{names} {', '.join(parts)}"


def plan_title_entry(episodes: tuple[Episode, ...]) -> PlannedEntry:
    """Return the entry that announces new titles."""
    return PlannedEntry(episodes, {"note": NEW_TITLE}, "")


def find_earliest_date(schedule: Schedule, now: datetime) -> datetime:
    """Return when an update is dated: now, or later than all stamps of the schedule."""
    planned = list_episodes(schedule).planned.values()
    stamps = [each.published for each in planned] + [each.at for each in schedule.changes]
    return max(max((schedule.published, *stamps)) + _SECOND, now.replace(microsecond=0))


def date_entries(
    entries: Iterable[PlannedEntry], schedule: Schedule, earliest: datetime
) -> tuple[Entry, ...]:
    """Return the entries with their dates: each event has at most one of a date."""
    companions, latest = expand_schedule(schedule).find_companions(), dict[str, datetime]()
    order, at = {key: n for n, key in enumerate(list_episodes(schedule).planned)}, earliest
    dated = list[Entry]()
    for entry in entries:
        keys = sorted((each.key for each in entry.episodes), key=order.__getitem__)
        touched = {other for key in keys for other in companions.get(key, (key,))}
        at = max([at, *(latest[each] + _SECOND for each in touched if each in latest)])
        latest |= dict.fromkeys(touched, at)
        head: dict[str, Plain] = {"at": format_local(at, schedule.timezone)}
        dated.append({**head, "episodes": [*write_words(keys)], **entry.values})
    return tuple(dated)
