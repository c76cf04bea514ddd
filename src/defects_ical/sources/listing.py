"""A show as a source lists it: the same values from TVmaze, a calendar or a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class ListedEpisode:
    """An episode as its source has it.

    ``id`` is the source's own and stays when the source renumbers; it is empty if the source has
    none. ``season`` is None if the source has no seasons, ``number`` if it is a special, and
    ``number`` and ``title`` both if nothing names it.

    ``start`` is in UTC, without seconds; None while the hour is unknown. ``day`` is the date on
    which it is listed, in the zone of the listing: for a start after midnight, it may be the
    evening before ("25:30"). Both are None while nothing is known. ``runtime`` is in minutes.
    ``summary`` is plain text, which may tell the story.
    """

    id: str
    season: int | None
    number: int | None
    title: str | None = None
    start: datetime | None = None
    day: date | None = None
    runtime: int | None = None
    summary: str | None = None
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class ListedPlatform:
    """A channel or service as its source names it; ``region`` is a country in English, or None."""

    name: str
    kind: str
    region: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Credit:
    """Whom a site has to name for what it took from them."""

    name: str
    url: str
    licence: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A show and its episodes as a source has them.

    ``kind`` is the key of the source in a schedule ("tvmaze", "ics"; "csv" is none), ``reference``
    its value there: TVmaze's number of the show, or the address of a calendar; empty if the source
    cannot be asked again. ``timezone`` is an IANA name in which the source thinks, None if it names
    none. ``episodes`` are in the order of the source. ``cast`` has pairs of actor and role.
    ``summary`` is plain text.
    """

    kind: str
    reference: str
    title: str
    timezone: str | None
    episodes: tuple[ListedEpisode, ...]
    platforms: tuple[ListedPlatform, ...] = ()
    genres: tuple[str, ...] = ()
    cast: tuple[tuple[str, str], ...] = ()
    summary: str | None = None
    credit: Credit | None = None
