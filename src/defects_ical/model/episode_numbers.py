"""The numbers of episodes, alone or with a season, and how a schedule refers to them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Final, NamedTuple

from defects_ical.text.languages import ENGLISH
from defects_ical.text.words import Words

MAX_NUMBER: Final = 99_999
MAX_SEASON: Final = 9999

NUMBER: Final = "0|[1-9][0-9]{0,4}"
"""The pattern of an episode without season: its number."""
SEASON: Final = r"s(?:0[1-9]|[1-9][0-9]{1,3})"
"""The pattern of a whole season in `changes`: "s02"."""
SEASON_NUMBER: Final = rf"{SEASON}e[0-9]{{2,5}}"
"""The pattern of an episode with season: "s02e03"."""

_MIN_RUN: Final = 3
_EN_DASH: Final = "\u2013"
_RUN: Final = f"E?([0-9]{{1,5}})(?:{_EN_DASH}E?([0-9]{{1,5}}))?"
_CODE_SEPARATOR: Final = ", "


class EpisodeNumber(NamedTuple):
    """The number of an episode in its season; ``season`` is None for episodes without one."""

    season: int | None
    number: int

    @property
    def id(self) -> str:
        """The id that never changes: "e03", "s02e03"."""
        return f"{self._season_id}e{self.number:02}"

    @property
    def key(self) -> str:
        """The name in the schedule: "3", "s02e03"."""
        return str(self.number) if self.season is None else self.id

    def describe(self, words: Words = ENGLISH) -> str:
        """Return the name for people: "Episode 3", "S02E03"."""
        if self.season is None:
            return words.episode.format(number=self.number)
        return self.id.upper()

    @property
    def _season_id(self) -> str:
        return "" if self.season is None else f"s{self.season:02}"


class EpisodeRange(NamedTuple):
    """The numbers from ``first`` to ``last``, both included."""

    first: int
    last: int

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"


def parse_key(text: str) -> EpisodeNumber | None:
    """Parse the key of a numbered episode; None for any other text, also "s2e3"."""
    if re.fullmatch(NUMBER, text):
        return EpisodeNumber(None, int(text))
    return parse_id(text) if text.startswith("s") else None


def parse_id(text: str) -> EpisodeNumber | None:
    """Parse the id of a numbered episode; None for any other text."""
    found = re.fullmatch(r"(?:s([0-9]{2,4}))?e([0-9]{2,5})", text)
    if not found:
        return None
    number = EpisodeNumber(int(found[1]) if found[1] else None, int(found[2]))
    return number if number.id == text else None


def format_numbers(numbers: Iterable[EpisodeNumber], words: Words = ENGLISH) -> str:
    """Name episodes of one season, with en dashes: "Episodes 1-9", "S02E01, E02, E04-E07".

    Names in one series of numbers are the first and the last; in a list, three or more in a
    row are a range.
    """
    ordered = sorted(numbers)
    if len(ordered) == 1:
        return ordered[0].describe(words)
    runs = _find_runs([each.number for each in ordered])
    season = ordered[0].season
    if len(runs) == 1:
        parts = [_format_run(*runs[0], season)]
    else:
        parts = [part for run in runs for part in _split_short_run(*run, season)]
    if season is None:
        return words.episodes.format(numbers=words.list_separator.join(parts))
    return f"S{season:02}{_CODE_SEPARATOR.join(parts)}"


def parse_numbers(name: str, words: Words = ENGLISH) -> tuple[EpisodeNumber, ...]:
    """Return the numbers in a name that `format_numbers` wrote; none of any other text."""
    found = _make_pattern(words).fullmatch(name)
    if not found:
        return ()
    season = int(found["season"]) if found["season"] else None
    parts = re.findall(_RUN, found["codes"] or found["numbers"])
    runs = ((int(first), int(last or first)) for first, last in parts)
    numbers = tuple(
        EpisodeNumber(season, number) for first, last in runs for number in range(first, last + 1)
    )
    return numbers if numbers and format_numbers(numbers, words) == name else ()


@cache
def _make_pattern(words: Words) -> re.Pattern[str]:
    """Return the pattern of what `format_numbers` writes of several episodes."""
    start, end = map(re.escape, words.episodes.split("{numbers}"))
    numbers = f"{_RUN}(?:{re.escape(words.list_separator)}{_RUN})*"
    codes = f"{_RUN}(?:{_CODE_SEPARATOR}{_RUN})*"
    return re.compile(
        f"{start}(?P<numbers>{numbers}){end}|S(?P<season>[0-9]{{2,4}})(?P<codes>{codes})"
    )


def _find_runs(numbers: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = runs[-1][0], number
        else:
            runs.append((number, number))
    return runs


def _split_short_run(first: int, last: int, season: int | None) -> list[str]:
    if last - first + 1 >= _MIN_RUN:
        return [_format_run(first, last, season)]
    return [_format_run(number, number, season) for number in range(first, last + 1)]


def _format_run(first: int, last: int, season: int | None) -> str:
    pattern = "{}" if season is None else "E{:02}"
    return _EN_DASH.join(pattern.format(number) for number in dict.fromkeys((first, last)))
