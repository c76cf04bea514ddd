"""How messages and entries name episodes, and the source."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from defects_ical.model.episode_numbers import EpisodeNumber, format_numbers
from defects_ical.schedule.roster import split_runs
from defects_ical.text.display import excerpt
from defects_ical.text.english import join_names

MIN_RANGE: Final = 3
_SOURCES: Final = {"tvmaze": "TVmaze", "ics": "the calendar"}


def name_source(kind: str) -> str:
    """Return the name of a source in a sentence."""
    return _SOURCES.get(kind, "the source")


def name_episodes(names: Iterable[EpisodeNumber | str]) -> str:
    """Name episodes by their numbers, and specials by their titles: "S01E05, E06 and “Home”"."""
    seasons: dict[int | None, set[EpisodeNumber]] = {}
    titles = dict[str, None]()
    for each in names:
        if isinstance(each, EpisodeNumber):
            seasons.setdefault(each.season, set()).add(each)
        else:
            titles[f"“{excerpt(each)}”"] = None
    return join_names([*map(format_numbers, seasons.values()), *titles])


def write_words(keys: Iterable[str]) -> list[str]:
    """Return the words of an entry for the keys of episodes, with ranges for three in a row."""
    words = list[str]()
    for run in split_runs(keys):
        words += [f"{run[0]}-{run[-1]}"] if len(run) >= MIN_RANGE else run
    return words
