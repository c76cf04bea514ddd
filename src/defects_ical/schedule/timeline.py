"""Apply the change log to the episodes of one feed, and to the events that announce them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from defects_ical.model.airing import Block, Delay
from defects_ical.model.changes import Change, Status
from defects_ical.model.episode_numbers import EpisodeNumber
from defects_ical.model.fields import Slot
from defects_ical.model.yaml.reader import KeyPath
from defects_ical.schedule.episodes import EventRevision, Revision
from defects_ical.schedule.roster import PlannedEpisode
from defects_ical.schedule.slots import SlotRule, list_slots
from defects_ical.schedule.starts import compare_starts, delay_slot, is_in_range, shift_slot


class Draft:
    """An episode to which changes are being applied, still in local time.

    ``key_path`` leads to the value in the schedule that determines its current time. ``follows``
    says that a platform shows it at a fixed distance from the broadcast. Once a draft is out of
    range, later changes are ignored: one message about it is enough.
    """

    def __init__(self, plan: PlannedEpisode, *, follows: bool = False) -> None:
        self.plan = plan
        self.slot = plan.slot
        self.runtime = plan.runtime
        self.key_path = plan.key_path
        self.status: Status = (plan.block and plan.block.status) or "confirmed"
        self.follows = follows
        self.revisions: list[Revision] = []

    @property
    def name(self) -> str:
        """The name of the episode in messages."""
        number = self.plan.number
        return f"episode {number.number}" if number and number.season is None else self.plan.key

    @property
    def in_range(self) -> bool:
        """Whether its time is in the years of which DST changes are known."""
        return is_in_range(self.slot)


class Group(NamedTuple):
    """Episodes that share an event by their keys, and what happened to the event."""

    keys: tuple[str, ...]
    history: tuple[EventRevision, ...] = ()


NOTHING_FOLLOWED: Final[Mapping[str, Revision]] = MappingProxyType({})


class Timeline:
    """The episodes of one feed while the change log is applied to them, entry by entry.

    ``delay`` is that of a platform for what it has no plan of its own for.
    """

    def __init__(self, drafts: Iterable[Draft], zone: str, delay: Delay | None = None) -> None:
        self.drafts = {each.plan.key: each for each in drafts}
        self._zone, self._delay = zone, delay
        self._groups = _find_groups(self.drafts)
        self._rules: dict[int, SlotRule] = {}

    def find_group(self, key: str) -> Group:
        """Return the group of an episode; most are alone in theirs."""
        return self._groups.get(key) or Group((key,), _to_event_revisions(self.drafts[key]))

    def is_first(self, key: str) -> bool:
        """Return whether an episode is the first of its group."""
        group = self._groups.get(key)
        return not group or group.keys[0] == key

    @property
    def groups(self) -> Iterator[Group]:
        """The groups in the order of their first episodes."""
        return (self.find_group(key) for key in self.drafts if self.is_first(key))

    @property
    def common_groups(self) -> Iterator[Group]:
        """The groups of several episodes, and what is left of them."""
        return (group for key, group in self._groups.items() if group.keys[0] == key)

    def find_slot(self, draft: Draft, change: Change) -> Slot | None:
        """Return where an entry puts an episode; None if its block has no such slot."""
        if change.move:
            return change.move
        if change.time is not None:
            return Slot(draft.slot.day, change.time)
        if not change.shift:
            return draft.slot
        if change.shift.slots is None:
            return shift_slot(draft.slot, change.shift)
        return self._find_neighbour(draft, change.shift.slots)

    def _find_neighbour(self, draft: Draft, distance: int) -> Slot | None:
        block = draft.plan.block
        if block is None or not block.group_size:
            return None
        rule = self._rules.setdefault(id(block), SlotRule(self._list_slots(draft.plan, block)))
        return rule.find_neighbour(draft.slot, distance)

    def _list_slots(self, plan: PlannedEpisode, block: Block) -> Iterator[Slot]:
        """Yield the slots of an episode's block: where a platform follows, the platform's."""
        own_plan = plan.key_path[0] != "airing"
        for slot in list_slots(block):
            yield slot if own_plan else delay_slot(slot, self._delay, self._zone)

    def apply(
        self,
        change: Change,
        slots: Mapping[str, Slot],
        key_path: KeyPath,
        followed: Mapping[str, Revision] = NOTHING_FOLLOWED,
    ) -> None:
        """Apply an entry to the episodes in ``slots``, each of which it puts there.

        ``followed`` are the revisions of the broadcasts that some of them follow.
        """
        revisions = {}
        for key, slot in slots.items():
            draft = self.drafts[key]
            revisions[key] = _make_revision(draft, slot, change, self._zone)
            if key in followed:
                # With a delay, a late hour of one day may be an early one of the next.
                revisions[key] = revisions[key]._replace(adds_hour=followed[key].adds_hour)
            if slot != draft.slot:
                draft.slot, draft.key_path = slot, (*key_path, _name_action(change))
            draft.runtime = change.runtime or draft.runtime
            draft.status = revisions[key].status or draft.status
        self.record(revisions, splits=change.changes_time or change.status is not None)

    def detach(self, keys: Iterable[str]) -> None:
        """Stop letting episodes follow the broadcast."""
        for key in keys:
            self.drafts[key].follows = False

    def record(self, revisions: Mapping[str, Revision], *, splits: bool) -> None:
        """Add a revision to each of the episodes, and to the events that they belong to.

        ``splits``: episodes leave their event unless all of it is named.
        """
        touched = {group.keys[0]: group for key in revisions if (group := self._groups.get(key))}
        for key, revision in revisions.items():
            self.drafts[key].revisions.append(revision)
        for group in touched.values():
            for changed in self._revise_group(group, revisions, splits=splits):
                self._groups |= dict.fromkeys(changed.keys, changed)

    def _revise_group(
        self, group: Group, revisions: Mapping[str, Revision], *, splits: bool
    ) -> Iterator[Group]:
        """Yield what becomes of a group of which some or all episodes are revised."""
        named = {key: revisions[key] for key in group.keys if key in revisions}
        rest = tuple(key for key in group.keys if key not in named)
        joined = self._join_revisions(named, is_whole=not rest)
        if not splits or not rest:
            yield group._replace(history=(*group.history, joined))
            return
        for key, revision in named.items():
            alone = EventRevision(revision.at, (((), revision),))
            yield Group((key,), (*group.history, alone))
        yield Group(rest, (*group.history, joined))

    def _join_revisions(self, named: Mapping[str, Revision], *, is_whole: bool) -> EventRevision:
        """Return what an entry did to an event; episodes to which it did the same share a part."""
        parts: dict[Revision, list[EpisodeNumber]] = {}
        for key, revision in named.items():
            number = self.drafts[key].plan.number
            parts.setdefault(revision, []).extend([number] if number else [])
        at = next(iter(parts)).at
        if is_whole and len(parts) == 1:
            return EventRevision(at, tuple(((), each) for each in parts))
        return EventRevision(at, tuple((tuple(numbers), each) for each, numbers in parts.items()))


def _find_groups(drafts: Mapping[str, Draft]) -> dict[str, Group]:
    """Return the groups of several episodes, by the key of each of those."""
    members: dict[object, list[str]] = {}
    for key, draft in drafts.items():
        if draft.plan.group:
            # On a platform, only some of a group may follow the broadcast.
            kind = draft.follows, draft.plan.key_path[:1], draft.plan.group
            members.setdefault(kind, []).append(key)
    groups = (Group(tuple(keys)) for keys in members.values() if len(keys) > 1)
    return {key: group for group in groups for key in group.keys}


def _to_event_revisions(draft: Draft) -> tuple[EventRevision, ...]:
    return tuple(EventRevision(each.at, (((), each),)) for each in draft.revisions)


def _make_revision(draft: Draft, slot: Slot, change: Change, zone: str) -> Revision:
    runtime, status = change.runtime or draft.runtime, change.status
    if change.move and draft.status == "postponed":
        status = status or "confirmed"
    return Revision(
        at=change.at,
        start_change=compare_starts(draft.slot, slot, zone),
        adds_hour=slot.minutes is not None and draft.slot == Slot(slot.day),
        runtime_change=(draft.runtime, runtime) if runtime and runtime != draft.runtime else None,
        status=status,
        note=change.note,
        reason=change.reason,
    )


def _name_action(change: Change) -> str:
    """Return the key of an entry that determines the new time."""
    return "move" if change.move else "shift" if change.shift else "time"
