"""Turn the change log of a schedule into entries in plain English."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from defects_ical.content.descriptions import describe_change, format_local_date
from defects_ical.model.schedule import ALL, Change, Schedule
from defects_ical.schedule.episodes import Episode, Revision, sort_by_start
from defects_ical.timezones.conversion import format_utc

ATOM_PATH: Final = "/changes.atom"


@dataclass(frozen=True, slots=True)
class ChangeText:
    """What an entry changed, and the episodes to which it applies: "Cancelled. A strike."."""

    episodes: tuple[Episode, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the change log, in words.

    ``id`` never changes (RFC 4287 §4.2.6): it depends only on the entry's ``at`` and ``episodes``
    in the schedule, not on its texts or on other entries. ``at`` is in UTC; ``date`` is in the
    schedule's zone ("Thursday 3 July 2025"). ``episodes`` are sorted by their start;
    ``is_all`` means that the schedule names them as "all". Each episode is in one of ``texts``.
    """

    id: uuid.UUID
    at: datetime
    date: str
    episodes: tuple[Episode, ...]
    is_all: bool
    texts: tuple[ChangeText, ...]

    @property
    def title(self) -> str:
        """The names of the episodes: "Episode 5, Episode 6", or "All episodes"."""
        return "All episodes" if self.is_all else _join_names(self.episodes)

    @property
    def text(self) -> str:
        """The date and the change; one line for each of ``texts`` if there are several."""
        if len(self.texts) == 1:
            return f"{self.date}: {self.texts[0].text}"
        lines = (f"{_join_names(each.episodes)}, {self.date}: {each.text}" for each in self.texts)
        return "\n".join(lines)

    @property
    def fragment(self) -> str:
        """The id of the page's element about it: of its only episode, or of all changes."""
        return self.episodes[0].id if len(self.episodes) == 1 else "changes"


def list_entries(schedule: Schedule, episodes: Iterable[Episode]) -> tuple[Entry, ...]:
    """Return the entries of the change log, newest first; ``episodes`` are all of the schedule."""
    ordered = sort_by_start(episodes)
    positions = {episode.key: n for n, episode in enumerate(ordered)}
    # The revisions of an episode all have different times.
    revisions = {(each.id, revised.at): revised for each in ordered for revised in each.revisions}
    log = []
    for change in reversed(schedule.changes):
        keys = positions if change.episodes == (ALL,) else change.episodes
        changed = [ordered[n] for n in sorted(positions[key] for key in keys)]
        revised = {each: revisions[each.id, change.at] for each in changed}
        log.append(_make_entry(change, revised, schedule))
    return tuple(log)


def _make_entry(change: Change, revised: dict[Episode, Revision], schedule: Schedule) -> Entry:
    name = f"changes/{format_utc(change.at)}/{','.join(change.episodes)}"
    return Entry(
        id=uuid.uuid5(schedule.show.uid, name),
        at=change.at,
        date=format_local_date(change.at, schedule),
        episodes=tuple(revised),
        is_all=change.episodes == (ALL,),
        texts=tuple(_group_by_text(revised, schedule)),
    )


def _group_by_text(revised: dict[Episode, Revision], schedule: Schedule) -> Iterator[ChangeText]:
    groups: dict[str, list[Episode]] = {}
    for episode, revision in revised.items():
        groups.setdefault(describe_change(revision, schedule), []).append(episode)
    for text, group in groups.items():
        yield ChangeText(tuple(group), text)


def _join_names(episodes: Iterable[Episode]) -> str:
    return ", ".join(episode.name for episode in episodes)
