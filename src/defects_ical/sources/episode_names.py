"""Read season and number from the name of an episode: "S01E02", "Episode 3", "3화", "第3話"."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_NUMBER: Final = r"0*(?P<number>\d{1,5})"
_SEASON: Final = r"0*(?P<season>\d{1,4})"
_END: Final = r"(?!\w)"
_PATTERNS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<!\w)(?:season|series|s) ?{_SEASON} ?[.,:-]? ?(?:episode|ep\.?|e) ?{_NUMBER}{_END}",
        # "4x4" is no episode.
        rf"(?<!\w){_SEASON}x(?=\d\d){_NUMBER}{_END}",
        rf"시즌 ?{_SEASON} ?(?:제 ?)?{_NUMBER} ?[화회]{_END}",
        rf"第 ?{_SEASON} ?[季期] ?第 ?{_NUMBER} ?[話话集回]",
        rf"(?<!\w)(?:제 ?)?{_NUMBER} ?[화회]{_END}",
        rf"第 ?{_NUMBER} ?[話话集回]",
        rf"(?<!\w)(?:episode|ep\.?|folge|épisode|episodio|episódio) ?#?{_NUMBER}{_END}",
        # "E3" is a trade fair.
        rf"(?<!\w)e(?=\d\d){_NUMBER}{_END}",
        rf"(?<!\w)# ?{_NUMBER}{_END}",
    )
)
# "S01E01-E02", "S01E01-02", "Episode 3 & 4"; a title may begin with a number, as in "- 24 Hours".
_SEVERAL: Final = re.compile(
    r" ?[&+~,] ?(?:ep?\.? ?)?\d| ?[-\u2013/] ?ep?\.? ?\d|[-\u2013/]\d", re.IGNORECASE
)
_SEPARATORS: Final = " \t\n-\u2013\u2014:|·・,;"
_BRACKETS: Final = {"(": ")", "[": "]", "【": "】"}
_QUOTES: Final = {"「": "」", "『": "』", "\u201c": "\u201d", '"': '"'}


class EpisodeName(NamedTuple):
    """What the name of an episode says; ``season`` is 0 if it is among the specials.

    ``number`` is None if there is none, or if there are several. ``title`` is what stands around
    season and number, or the complete text if there is no number.
    """

    season: int | None
    number: int | None
    title: str | None


def parse_episode_name(text: str) -> EpisodeName:
    """Parse the name of an episode. Of texts on both sides of the number, the second is its title.

    The first is then the name of the show: "The Show: S01E02 - The Search".
    """
    found = next(filter(None, (each.search(text) for each in _PATTERNS)), None)
    if not found or _SEVERAL.match(text, found.end()):
        return EpisodeName(None, None, text.strip() or None)
    season = found.groupdict().get("season")
    title = _read_title(text[: found.start()].rstrip(), text[found.end() :].lstrip())
    return EpisodeName(int(season) if season else None, int(found["number"]), title)


def _read_title(before: str, after: str) -> str | None:
    """Return the title in the text before or after the number, without separators and quotes."""
    if before and after.startswith(_BRACKETS.get(before[-1], "\n")):
        before, after = before[:-1], after[1:]
    after = re.sub(r"^\.\s+", "", after).strip(_SEPARATORS)
    title = after or before.strip(_SEPARATORS)
    if len(title) > 1 and _QUOTES.get(title[0]) == title[-1]:
        title = title[1:-1].strip()
    return title or None
