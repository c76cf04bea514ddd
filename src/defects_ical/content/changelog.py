"""Turn the change log of a schedule into entries in plain words."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, NamedTuple

from defects_ical.content.descriptions import describe_change, format_local_date
from defects_ical.model.airing import NumberedBlock, number_blocks
from defects_ical.model.changes import ALL, Change
from defects_ical.model.episode_numbers import EpisodeNumber, format_numbers
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.episodes import Episode, Revision, sort_by_start
from defects_ical.schedule.roster import list_episodes
from defects_ical.text.dates import format_date, format_month
from defects_ical.text.lengths import format_count
from defects_ical.text.words import Words
from defects_ical.timezones.conversion import format_utc

ATOM_PATH: Final = "/changes.atom"


class ChangeText(NamedTuple):
    """What an entry changed, and the episodes to which it applies: "Cancelled. A strike.".

    ``parts`` are the texts of the schedule in it.
    """

    title: str
    episodes: tuple[Episode, ...]
    text: str
    parts: tuple[str, ...]


class Entry(NamedTuple):
    """An entry of the change log, or what was added to the schedule, in words.

    ``id`` never changes (RFC 4287 §4.2.6): it depends only on the entry's ``at`` and ``episodes``
    in the schedule, not on its texts or on other entries. ``at`` is in UTC; ``date`` is in the
    schedule's zone ("Thursday 3 July 2025"). ``title`` names the episodes: "Episode 5,
    Episode 6", "All episodes". ``episodes`` are sorted by their start; ``is_summary`` means that
    the title says enough of them. Each episode is in one of ``texts``; what was added has none.
    """

    id: uuid.UUID
    at: datetime
    date: str
    title: str
    episodes: tuple[Episode, ...]
    is_summary: bool
    texts: tuple[ChangeText, ...]
    words: Words

    @property
    def text(self) -> str:
        """The date and the change; one line for each of ``texts`` if there are several."""
        dated = self.words.dated_change
        if not self.texts:
            return dated.format(date=self.date, change=self.title)
        if len(self.texts) == 1:
            return dated.format(date=self.date, change=self.texts[0].text)
        return "\n".join(
            self.words.named_dated_change.format(names=each.title, date=self.date, change=each.text)
            for each in self.texts
        )

    @property
    def fragment(self) -> str:
        """The id of the page's element about it: of its only episode, or of all changes."""
        if not self.texts and self.episodes:
            return self.episodes[0].id
        return self.episodes[0].id if len(self.episodes) == 1 else "changes"


def list_entries(schedule: Schedule, episodes: Iterable[Episode]) -> tuple[Entry, ...]:
    """Return the entries of the change log, newest first; ``episodes`` are all of the schedule."""
    ordered = sort_by_start(episodes)
    entries = [*_list_changes(schedule, ordered), *_list_added(schedule, ordered)]
    return tuple(sorted(entries, key=lambda each: each.at, reverse=True))


def _list_changes(schedule: Schedule, ordered: tuple[Episode, ...]) -> Iterator[Entry]:
    if not schedule.changes:
        return
    roster = list_episodes(schedule)
    positions = {episode.key: n for n, episode in enumerate(ordered)}
    # The revisions of an episode all have different times.
    revisions = {(each.id, revised.at): revised for each in ordered for revised in each.revisions}
    for change in reversed(schedule.changes):
        named = [ordered[n] for n in sorted(positions[key] for key in roster.resolve(change))]
        revised = {
            each: revision for each in named if (revision := revisions.get((each.id, change.at)))
        }
        if revised:
            yield _make_entry(change, revised, schedule)


def _make_entry(change: Change, revised: dict[Episode, Revision], schedule: Schedule) -> Entry:
    name = f"changes/{format_utc(change.at)}/{','.join(change.episodes)}"
    is_all = change.episodes == (ALL,)
    names_each = is_all or len(change.episodes) == len(revised)
    words, join_names = schedule.words, _join_names if names_each else _join_ranges
    return Entry(
        id=uuid.uuid5(schedule.show.uid, name),
        at=change.at,
        date=format_local_date(change.at, schedule),
        title=words.all_episodes if is_all else join_names(revised, words),
        episodes=tuple(revised),
        is_summary=is_all,
        texts=tuple(
            ChangeText(join_names(group, words), group, text, list_parts(revised[group[0]]))
            for text, group in _group_by_text(revised, schedule).items()
        ),
        words=words,
    )


def list_parts(revision: Revision) -> tuple[str, ...]:
    """Return the texts of the schedule in what a revision says."""
    return tuple(each for each in (revision.note, revision.reason) if each)


def _group_by_text(
    revised: dict[Episode, Revision], schedule: Schedule
) -> dict[str, tuple[Episode, ...]]:
    groups: dict[str, list[Episode]] = {}
    for episode, revision in revised.items():
        groups.setdefault(describe_change(revision, schedule), []).append(episode)
    return {text: tuple(group) for text, group in groups.items()}


def _join_names(episodes: Iterable[Episode], words: Words) -> str:
    return words.list_separator.join(episode.name for episode in episodes)


def _join_ranges(episodes: Iterable[Episode], words: Words) -> str:
    """Name episodes by ranges, as an entry with ranges or seasons does."""
    seasons: dict[int | None, list[EpisodeNumber]] = {}
    specials = []
    for each in episodes:
        if each.number:
            seasons.setdefault(each.number.season, []).append(each.number)
        else:
            specials.append(each.name)
    ranges = (format_numbers(numbers, words) for numbers in seasons.values())
    return words.list_separator.join((*ranges, *specials))


def _list_added(schedule: Schedule, ordered: tuple[Episode, ...]) -> Iterator[Entry]:
    """Yield an entry for each season and special that was added after the first publication.

    What was added to a season at one time is one entry.
    """
    added: dict[tuple[datetime, int | None], list[NumberedBlock]] = {}
    for block, numbers in zip(schedule.airing, number_blocks(schedule.airing), strict=True):
        if block.published:
            added.setdefault((block.published, block.season), []).append((block, numbers))
    for (at, season), blocks in added.items():
        keys = {number.key for _, numbers in blocks for number in numbers}
        episodes = tuple(each for each in ordered if each.key in keys)
        word = "" if season is None else f"season {season}"
        yield _make_added(schedule, at, word, _describe_blocks(blocks, schedule), episodes)
    for special in schedule.specials:
        if special.published:
            date = format_date(special.airs.naive, schedule.words)
            title = schedule.words.added_special.format(name=special.title, date=date)
            episodes = tuple(each for each in ordered if each.id == special.id)
            yield _make_added(schedule, special.published, special.id, title, episodes)


def _make_added(
    schedule: Schedule, at: datetime, word: str, title: str, episodes: tuple[Episode, ...]
) -> Entry:
    """Return an entry; ``word`` is the season or the special, which more episodes do not change."""
    return Entry(
        id=uuid.uuid5(schedule.show.uid, f"published/{format_utc(at)}/{word}"),
        at=at,
        date=format_local_date(at, schedule),
        title=title,
        episodes=episodes,
        is_summary=True,
        texts=(),
        words=schedule.words,
    )


def _describe_blocks(blocks: list[NumberedBlock], schedule: Schedule) -> str:
    """Return what was added to a season: "Season 2: 8 episodes from Monday 20 July 2026"."""
    words, season = schedule.words, blocks[0][0].season or schedule.show.season
    name = words.season.format(number=season) if season else schedule.show.title
    days = [block.first_day for block, _ in blocks if block.first_day]
    if not days:
        months = (format_month(*block.period, words) for block, _ in blocks if block.period)
        return words.added_months.format(name=name, months=words.list_separator.join(months))
    count = sum(len(numbers) for block, numbers in blocks if block.first_day)
    is_one_date = len(days) == 1 and (count == 1 or not blocks[0][0].group_size)
    first, forms = (
        format_date(min(days), words),
        words.added_on if is_one_date else words.added_from,
    )
    return format_count(count, forms, words, name=name, date=first)
