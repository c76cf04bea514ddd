"""Season, number and title in a cell of a table: "S01E02", "Episode 3", "3화", "第3話"."""

from __future__ import annotations

from typing import NamedTuple

from defects_ical.sources.events.names import clean_title, parse_name


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
    name = parse_name(text)
    if name.number is None or name.last != name.number:
        return EpisodeName(None, None, text.strip() or None)
    title = clean_title(name.after) or clean_title(name.before)
    return EpisodeName(name.season, name.number, title or None)
