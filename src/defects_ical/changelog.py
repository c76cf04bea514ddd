"""The change log as people read it: its entries in words, and the feed that tells of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from defects_ical import timezones, wording
from defects_ical.episodes import Episode, Revision, by_start
from defects_ical.links import Address
from defects_ical.markup import template
from defects_ical.schedule import ALL, Change, Schedule

ATOM: Final = "/changes.atom"
"""Where the feed is."""


@dataclass(frozen=True, slots=True)
class Telling:
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
    told: tuple[Telling, ...]

    @property
    def title(self) -> str:
        """Which episodes it is about: "Episode 5, Episode 6", or "All episodes"."""
        return "All episodes" if self.everything else _names(self.episodes)

    @property
    def text(self) -> str:
        """The day and what it did; where that differs by episode, a line for each telling."""
        if len(self.told) == 1:
            return f"{self.day}: {self.told[0].text}"
        return "\n".join(f"{_names(each.episodes)}, {self.day}: {each.text}" for each in self.told)


def entries(schedule: Schedule, episodes: Iterable[Episode]) -> tuple[Entry, ...]:
    """Every entry of the change log, the newest first; ``episodes`` are all of the schedule's."""
    ordered = by_start(episodes)
    ranks = {_named(episode): rank for rank, episode in enumerate(ordered)}
    # The stamps of one episode's revisions rise, so that each is found by its own.
    revisions = {(each.id, revised.at): revised for each in ordered for revised in each.revisions}
    log = []
    for change in reversed(schedule.changes):
        concerned = [ordered[rank] for rank in _ranks(change, ranks)]
        revised = [(each, revisions[each.id, change.at]) for each in concerned]
        log.append(_entry(change, revised, schedule))
    return tuple(log)


def render(
    schedule: Schedule, episodes: tuple[Episode, ...], address: Address
) -> Iterator[tuple[str, bytes]]:
    """The Atom feed (RFC 4287): its path and its bytes, UTF-8; without changes, no entries."""
    log = entries(schedule, episodes)
    content = {
        "address": address,
        "entries": log,
        "id": uuid.uuid5(schedule.show.uid, "changes"),
        "instant": timezones.in_utc,
        "path": ATOM,
        "place": _place,
        "title": schedule.show.title,
        "updated": log[0].at if log else schedule.published,
    }
    yield ATOM, template("changes.atom").render(content).encode()


def _named(episode: Episode) -> str:
    """What a change calls an episode: its number, or a special's id."""
    return str(episode.number) if episode.number else episode.id


def _ranks(change: Change, ranks: dict[str, int]) -> list[int]:
    """Where the episodes that a change names are in the order of starts."""
    names = ranks if change.episodes == (ALL,) else change.episodes
    return sorted(ranks[name] for name in names)


def _entry(change: Change, revised: list[tuple[Episode, Revision]], schedule: Schedule) -> Entry:
    name = f"changes/{timezones.in_utc(change.at)}/{','.join(change.episodes)}"
    return Entry(
        id=uuid.uuid5(schedule.show.uid, name),
        at=change.at,
        day=wording.own_day(change.at, schedule),
        episodes=tuple(episode for episode, _ in revised),
        everything=change.episodes == (ALL,),
        told=tuple(_told(revised, schedule)),
    )


def _told(revised: list[tuple[Episode, Revision]], schedule: Schedule) -> Iterator[Telling]:
    episodes: dict[str, list[Episode]] = {}
    for episode, revision in revised:
        episodes.setdefault(wording.outcome(revision, schedule), []).append(episode)
    for text, those in episodes.items():
        yield Telling(tuple(those), text)


def _names(episodes: Iterable[Episode]) -> str:
    return ", ".join(episode.name for episode in episodes)


def _place(entry: Entry) -> str:
    """Where on the page an entry is told: at its episode, or where all are."""
    return entry.episodes[0].id if len(entry.episodes) == 1 else "changes"
