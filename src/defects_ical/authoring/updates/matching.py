"""Match the episodes of a schedule with those of its source, by the source's own ids."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from defects_ical.authoring.imports.selection import (
    Broadcast,
    find_runtime,
    find_slot,
    is_outside,
)
from defects_ical.authoring.imports.texts import is_placeholder
from defects_ical.errors import ListingError
from defects_ical.model.schedule import Schedule
from defects_ical.model.source import Source
from defects_ical.schedule.episodes import Episode, Start
from defects_ical.schedule.expansion import expand_episodes
from defects_ical.sources.listing import ListedEpisode, Listing
from defects_ical.sources.plain_text import clean_line
from defects_ical.text.display import excerpt


@dataclass(frozen=True, slots=True)
class Pair:
    """An episode of the schedule, and what the source says of it now.

    ``broadcast`` has our number, whatever the source's is; it is None without a date that a
    schedule may have.
    """

    episode: Episode
    listed: ListedEpisode
    broadcast: Broadcast | None

    @property
    def new_title(self) -> str | None:
        """The title of the source, if it has one that is not ours."""
        title = find_title(self.listed)
        # The titles of cancelled events say so.
        is_same = self.listed.is_cancelled or title == self.episode.title
        return None if is_same else title


@dataclass(frozen=True, slots=True)
class Matching:
    """The episodes of both, those that the source no longer lists, and those that it has more."""

    pairs: tuple[Pair, ...]
    gone: tuple[Episode, ...]
    new: tuple[ListedEpisode, ...]


def match_episodes(schedule: Schedule, listing: Listing) -> Matching:
    """Match the episodes; of several with one id, the first is taken.

    Raises ListingError for a listing of another source than the schedule's.
    """
    source = _check_source(schedule, listing)
    listed: dict[str, ListedEpisode] = {}
    for each in listing.episodes:
        listed.setdefault(each.id, each)
    ours = {each.id: each for each in expand_episodes(schedule)}
    known = {id_: ours[own] for own, id_ in source.episodes.items() if own in ours}
    pairs = (
        _make_pair(episode, listed[id_], listing, schedule.timezone)
        for id_, episode in known.items()
        if id_ in listed
    )
    taken = {*source.episodes.values()}
    return Matching(
        pairs=tuple(sorted(pairs, key=_make_order(ours))),
        gone=tuple(each for id_, each in known.items() if id_ not in listed),
        new=tuple(each for id_, each in listed.items() if id_ not in taken),
    )


def find_title(listed: ListedEpisode) -> str | None:
    """Return the title of an episode as a schedule may have it; None for a placeholder."""
    title = clean_line(listed.title)
    return None if not title or is_placeholder(title) else title


def make_broadcast(
    episode: Episode, listed: ListedEpisode, listing: Listing, zone: str
) -> Broadcast:
    """Return an episode of ours with the date, runtime and title that the source has."""
    return Broadcast(
        id=episode.id,
        number=episode.number,
        slot=find_slot(listed, listing.timezone, zone),
        runtime=find_runtime(listed),
        title=find_title(listed),
        listed=listed,
    )


def find_start(broadcast: Broadcast) -> Start:
    """Return the start in UTC, or the date while the hour is unknown."""
    start = broadcast.listed.start
    return start.replace(second=0, microsecond=0) if start else broadcast.slot.day


def get_start(episode: Episode) -> Start:
    """Return the start of an episode in UTC, or the date while the hour is unknown."""
    return episode.start or episode.date


def _make_pair(episode: Episode, listed: ListedEpisode, listing: Listing, zone: str) -> Pair:
    is_undated = is_outside(listed, listing.timezone, zone)
    broadcast = None if is_undated else make_broadcast(episode, listed, listing, zone)
    return Pair(episode, listed, broadcast)


def _make_order(ours: Mapping[str, Episode]) -> Callable[[Pair], int]:
    ranks = {id_: rank for rank, id_ in enumerate(ours)}
    return lambda pair: ranks[pair.episode.id]


def _check_source(schedule: Schedule, listing: Listing) -> Source:
    source = schedule.source
    location = schedule.problem(("source",), "", "").location
    if source is None:
        hint = "`defects-ical import` writes it for a show at TVmaze, and for a calendar with a URL"
        raise ListingError(f"{location}: the schedule has no `source` to update from. {hint}.")
    own = {"tvmaze": source.tvmaze, "ics": source.ics}
    if str(own.get(listing.kind)) == listing.reference:
        return source
    kind, reference = next((kind, each) for kind, each in own.items() if each)
    message = f"the source of the schedule is `{kind}: {reference}`, and not"
    other = f"`{listing.kind}: {excerpt(listing.reference)}`"
    raise ListingError(f"{location}: {message} {other}. Update from the same source.")
