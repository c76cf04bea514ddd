"""The change log as entries that people read."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from defects_ical.content.descriptions import describe_change, format_local_date
from defects_ical.schedule.episodes import Episode, Revision, sort_by_start
from defects_ical.schedule.model import ALL, Change, Schedule
from defects_ical.timezones.conversion import format_utc

ATOM_PATH: Final = "/changes.atom"
"""Where the feed is."""


@dataclass(frozen=True, slots=True)
class ChangeText:
    """What an entry did to some of its episodes, the same to each: "Cancelled. A strike."."""

    episodes: tuple[Episode, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the change log, in words.

    ``id`` is for ever (RFC 4287 §4.2.6): it follows from when the entry was decided and how it
    names its episodes, so that it outlives new words, later entries, and ones inserted between.
    ``at`` is in UTC, ``day`` the one on the schedule's clock: "Thursday 3 July 2025".
    ``episodes`` are those concerned, in the order of their starts; ``everything`` is whether the
    entry names them as "all". ``told`` has at least one telling; each episode is in one of them.
    """

    id: uuid.UUID
    at: datetime
    day: str
    episodes: tuple[Episode, ...]
    everything: bool
    told: tuple[ChangeText, ...]

    @property
    def title(self) -> str:
        """Which episodes it is about: "Episode 5, Episode 6", or "All episodes"."""
        return "All episodes" if self.everything else _join_names(self.episodes)

    @property
    def text(self) -> str:
        """The day and what it did; where that differs by episode, a line for each telling."""
        if len(self.told) == 1:
            return f"{self.day}: {self.told[0].text}"
        return "\n".join(
            f"{_join_names(each.episodes)}, {self.day}: {each.text}" for each in self.told
        )


def entries(schedule: Schedule, episodes: Iterable[Episode]) -> tuple[Entry, ...]:
    """Every entry of the change log, the newest first; ``episodes`` are all of the schedule's."""
    ordered = sort_by_start(episodes)
    ranks = {episode.key: rank for rank, episode in enumerate(ordered)}
    # The stamps of one episode's revisions rise, so that each is found by its own.
    revisions = {(each.id, revised.at): revised for each in ordered for revised in each.revisions}
    log = []
    for change in reversed(schedule.changes):
        concerned = [ordered[rank] for rank in _ranks(change, ranks)]
        revised = [(each, revisions[each.id, change.at]) for each in concerned]
        log.append(_entry(change, revised, schedule))
    return tuple(log)


def _ranks(change: Change, ranks: dict[str, int]) -> list[int]:
    """Where the episodes that a change names are in the order of starts."""
    names = ranks if change.episodes == (ALL,) else change.episodes
    return sorted(ranks[name] for name in names)


def _entry(change: Change, revised: list[tuple[Episode, Revision]], schedule: Schedule) -> Entry:
    name = f"changes/{format_utc(change.at)}/{','.join(change.episodes)}"
    return Entry(
        id=uuid.uuid5(schedule.show.uid, name),
        at=change.at,
        day=format_local_date(change.at, schedule),
        episodes=tuple(episode for episode, _ in revised),
        everything=change.episodes == (ALL,),
        told=tuple(_group_by_text(revised, schedule)),
    )


def _group_by_text(
    revised: list[tuple[Episode, Revision]], schedule: Schedule
) -> Iterator[ChangeText]:
    episodes: dict[str, list[Episode]] = {}
    for episode, revision in revised:
        episodes.setdefault(describe_change(revision, schedule), []).append(episode)
    for text, those in episodes.items():
        yield ChangeText(tuple(those), text)


def _join_names(episodes: Iterable[Episode]) -> str:
    return ", ".join(episode.name for episode in episodes)
