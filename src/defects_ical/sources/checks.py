"""What every listing must keep to, whatever its source."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from defects_ical.errors import ListingError
from defects_ical.model.airing import MAX_EPISODES
from defects_ical.sources.listing import ListedEpisode
from defects_ical.text.display import excerpt
from defects_ical.timezones.conversion import FIRST_YEAR, LAST_YEAR, TIMEZONE_NAMES

MAX_RUNTIME: Final = 1439

_TIMEZONES: Final = frozenset(TIMEZONE_NAMES)


def is_timezone(name: str) -> bool:
    """Return whether the IANA database has a time zone of this name."""
    return name in _TIMEZONES


def check_timezone(name: str | None) -> None:
    """Raise ListingError for a name that is no IANA time zone; None is allowed."""
    if name is not None and not is_timezone(name):
        message = f"`{excerpt(name)}` is not an IANA time zone"
        raise ListingError(f"{message}. Use `--timezone` with a name like `Asia/Seoul`.")


def check_count(count: int, source: str) -> None:
    """Raise ListingError for more episodes than an import takes."""
    if count > MAX_EPISODES:
        message = f"more than {MAX_EPISODES:,} episodes"
        raise ListingError(f"{source}: {message}. Use a source with one show only.")


def check_year(day: date, where: str) -> None:
    """Raise ListingError for a date that no schedule can have; ``where`` begins the message."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        years = f"{FIRST_YEAR} to {LAST_YEAR}"
        message = f"{day.isoformat()[:10]} is outside the supported years ({years})"
        raise ListingError(f"{where}: {message}. Import a part of the show, or correct the date.")


def clamp_runtime(minutes: int | None) -> int | None:
    """Return a running time in minutes; None for one that no episode has."""
    return minutes if minutes and 1 <= minutes <= MAX_RUNTIME else None


def describe_number(season: int | None, number: int) -> str:
    """Return the number of an episode for messages: "S02E03", "episode 3"."""
    return f"episode {number}" if season is None else f"S{season:02}E{number:02}"


def find_duplicate(
    episodes: Iterable[ListedEpisode],
) -> tuple[ListedEpisode, ListedEpisode] | None:
    """Return the first two episodes with the same season and number, or None."""
    seen: dict[tuple[int | None, int], ListedEpisode] = {}
    for each in episodes:
        if each.number is None:
            continue
        first = seen.setdefault((each.season, each.number), each)
        if first is not each:
            return first, each
    return None


def describe_date(episode: ListedEpisode) -> str:
    """Return when an episode is, for messages."""
    when: date | datetime | None = episode.start or episode.day
    if when is None:
        return "without a date"
    return f"{when:%Y-%m-%d %H:%M} UTC" if isinstance(when, datetime) else when.isoformat()
