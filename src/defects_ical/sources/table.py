"""Read the episodes of a show from a CSV table.

A table is written by hand, so it is checked as a schedule is: everything that is wrong, or may be
understood in two ways, is reported in one run with line and column. Nothing is guessed.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import PurePath
from typing import Final

from defects_ical.errors import SourceLocation
from defects_ical.sources.listing import ListedEpisode, Listing
from defects_ical.sources.plain_text import clean_line
from defects_ical.sources.tables.columns import Column
from defects_ical.sources.tables.episode_reader import MAX_TITLE, EpisodeReader
from defects_ical.sources.tables.problems import TableError, fail
from defects_ical.sources.tables.rows import Table, read_table
from defects_ical.sources.tables.written_dates import DateOrder

# A title that so many episodes have is not that of an episode.
_MIN_SHARED: Final = 2


@dataclass(frozen=True, slots=True)
class TableListing(Listing):
    """A show as a table has it. ``ignored_columns`` are those whose names mean nothing known."""

    ignored_columns: tuple[str, ...] = ()


def parse_table(
    content: bytes, *, file: str, timezone: str | None, date_order: DateOrder | None = None
) -> TableListing:
    """Parse the content of a CSV file; ``file`` is its name in messages.

    ``timezone``, an IANA name, is that of times without a UTC offset; ``date_order`` is that of
    dates like "03/04/2025". Raises TableError with all problems and questions in the table.
    """
    table = read_table(content, file)
    if not table.rows:
        fail(SourceLocation(file), "the table has no rows", "Add a row for each episode.")
    reader = EpisodeReader(table, timezone)
    episodes = reader.read_episodes(date_order)
    has_codes = Column.EPISODE in table.head.indexes
    if not has_codes:
        episodes = _number_by_date(episodes)
    reader.check_names(episodes)
    show = reader.read_show()
    if reader.problems:
        raise TableError(reader.problems)
    if not has_codes:
        shared, episodes = _split_show(table, episodes)
        show = show or shared
    title, ignored = show or _name_show(file), table.head.ignored
    return TableListing("csv", "", title, timezone, episodes, ignored_columns=ignored)


def _number_by_date(episodes: tuple[ListedEpisode, ...]) -> tuple[ListedEpisode, ...]:
    """Give numbers to the episodes of a table without any, in each season from 1, by their dates.

    Those without a date come last. In a table with seasons, those without one are specials.
    """
    if any(each.number is not None for each in episodes):
        return episodes
    has_seasons = any(each.season is not None for each in episodes)
    counts: Counter[int | None] = Counter()
    numbered = list(episodes)
    for index in sorted(range(len(episodes)), key=lambda each: _make_date_key(episodes[each])):
        season = episodes[index].season
        if has_seasons is (season is not None):
            counts[season] += 1
            numbered[index] = replace(episodes[index], number=counts[season])
    return tuple(numbered)


def _make_date_key(episode: ListedEpisode) -> tuple[date, datetime]:
    start = episode.start or datetime.min.replace(tzinfo=UTC)
    return episode.day or date.max, start


def _split_show(
    table: Table, episodes: tuple[ListedEpisode, ...]
) -> tuple[str | None, tuple[ListedEpisode, ...]]:
    """Split off the title of the show, which a calendar may have in the title of each episode."""
    names = {each.title: None for each in episodes if each.number is not None}
    titles = [row.get(Column.TITLE) for row in table.rows]
    shared = (each for each in names if each and all(_has_more(title, each) for title in titles))
    show = next(iter(names), None) if len(names) == 1 else next(shared, None)
    if len(titles) < _MIN_SHARED or show is None:
        return None, episodes
    return show, tuple(
        replace(each, title=None) if each.title == show and each.number is not None else each
        for each in episodes
    )


def _has_more(title: str, show: str) -> bool:
    """Return whether a title is that of the show, and more."""
    return title.startswith(show) and title != show


def _name_show(file: str) -> str:
    """Return the name of a file as the title of a show: "My Show" for "my-show.csv"."""
    words = clean_line(re.sub("[-_]+", " ", PurePath(file).stem))[:MAX_TITLE]
    named = words if words != words.lower() else " ".join(map(_capitalize, words.split()))
    return named or "Show"


def _capitalize(word: str) -> str:
    return word[:1].upper() + word[1:]
