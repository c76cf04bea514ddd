"""Episodes as they air, and the events that announce them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from typing import NamedTuple

from defects_ical.model.changes import Status
from defects_ical.model.episode_numbers import EpisodeNumber, format_numbers
from defects_ical.model.fields import Slot
from defects_ical.text.languages import ENGLISH
from defects_ical.text.words import Words

Start = date
"""A start in UTC (a datetime), or a local date while the hour is unknown."""


class Revision(NamedTuple):
    """What one entry of the change log did to one episode.

    ``at`` is in UTC. ``start_change`` and ``runtime_change`` (minutes) hold the values before and
    after if they differ; the start before is None if that local time does not exist, the runtime
    before if it was not known. ``status`` is the one in the entry, even if the episode had it
    before. ``platform`` is the id of the only platform on which it happened. ``adds_hour`` says
    that the date stayed and only its hour became known.
    """

    at: datetime
    start_change: tuple[Start | None, Start] | None = None
    adds_hour: bool = False
    runtime_change: tuple[int | None, int] | None = None
    status: Status | None = None
    note: str | None = None
    reason: str | None = None
    platform: str | None = None


class Episode(NamedTuple):
    """One broadcast: ``start`` in UTC, or None while the hour is unknown; ``runtime`` in minutes.

    ``id`` never changes: "e03", "s02e03", or the id of a special. ``number`` is None for a
    special, ``title`` for an episode whose title is unknown. ``slot`` is the start in local time;
    ``position`` (UTC) is the start, or the beginning of the day while the hour is unknown.
    ``links`` are the episode's own URLs by platform. ``revisions`` are in the order of the log.
    ``words`` are those of its language; ``foreign`` says which of its texts are in another one,
    because an equal text in its own language is not the same.
    """

    id: str
    number: EpisodeNumber | None
    title: str | None
    slot: Slot
    start: datetime | None
    position: datetime
    runtime: int | None
    status: Status
    published: datetime
    revisions: tuple[Revision, ...] = ()
    teaser: str | None = None
    recap: str | None = None
    links: tuple[tuple[str, str], ...] = ()
    words: Words = ENGLISH
    foreign: tuple[bool, ...] = ()

    def __hash__(self) -> int:
        # Of one build, no two have the same id; a hash of all values takes long.
        return hash(self.id)

    @property
    def name(self) -> str:
        """The name within the show: "Episode 3, The Search", or the title of a special."""
        if self.number is None:
            return self.title or self.id
        number, words = self.number.describe(self.words), self.words
        if not self.title:
            return number
        title = words.isolate_in_rtl(self.title)
        return words.episode_and_title.format(episode=number, title=title)

    @property
    def key(self) -> str:
        """The name of the episode in `changes`: its number, or the id of a special."""
        return self.number.key if self.number else self.id

    @property
    def date(self) -> date:
        """The local date on which it airs."""
        return self.slot.calendar_date

    @property
    def end(self) -> datetime | None:
        """The end of the broadcast, in UTC; None while the hour is unknown."""
        return self.start + timedelta(minutes=self.runtime or 0) if self.start else None

    @property
    def previous_start(self) -> Start | None:
        """The start before the last move of the broadcast; an hour that was added is no move."""
        if not self.revisions:
            return None
        moves = (each for each in reversed(self.revisions) if not (each.platform or each.adds_hour))
        return next((each.start_change[0] for each in moves if each.start_change), None)


class EventRevision(NamedTuple):
    """What one entry of the change log did to an event.

    ``parts`` are the revisions of its episodes, each with the numbers of those episodes; without
    numbers if it is about the whole event.
    """

    at: datetime
    parts: tuple[tuple[tuple[EpisodeNumber, ...], Revision], ...]


class Availability(NamedTuple):
    """When the episodes of an event are on a platform that has a plan of its own for one of them.

    ``episodes`` are those of the event as they are there, without those that are not.
    """

    platform: str
    episodes: tuple[Episode, ...]


class Event(NamedTuple):
    """What one VEVENT announces: an episode, or several that are released together.

    ``revisions`` are the entries that named one of its episodes while it belonged to the event.
    """

    episodes: tuple[Episode, ...]
    revisions: tuple[EventRevision, ...]
    availability: tuple[Availability, ...] = ()

    def __hash__(self) -> int:
        return hash(self.episodes[0].id)

    @property
    def first(self) -> Episode:
        """The episode whose id, time, runtime and status are those of the event."""
        return self.episodes[0]

    @property
    def id(self) -> str:
        """The id of its first episode."""
        return self.first.id

    @property
    def name(self) -> str:
        """The name within the show: that of its episode, or for example "Episodes 1-9"."""
        if len(self.episodes) == 1:
            return self.first.name
        numbers = (each.number for each in self.episodes if each.number)
        return format_numbers(numbers, self.first.words)

    @property
    def sequence(self) -> int:
        """The number of revisions (RFC 5545 §3.8.7.4)."""
        return len(self.revisions)

    @property
    def modified(self) -> datetime:
        """The time of the last revision, or else of publication, in UTC."""
        return self.revisions[-1].at if self.revisions else self.first.published


class Listing(NamedTuple):
    """What airs in the show's feed, or on one platform.

    Both are in the order of the schedule: numbered episodes first.
    """

    episodes: tuple[Episode, ...]
    events: tuple[Event, ...]


class Listings(NamedTuple):
    """What airs: in the show's feed (``main``), and on each platform by its id."""

    main: Listing
    platforms: Mapping[str, Listing]

    def of(self, platform: str | None) -> Listing:
        """Return the listing of a platform, or of the show's feed."""
        return self.platforms[platform] if platform else self.main

    def find_companions(self) -> dict[str, set[str]]:
        """Return the episodes that share an event with others in any feed, by the key of each."""
        found: dict[str, set[str]] = {}
        every = (self.main, *self.platforms.values())
        for event in (event for listing in every for event in listing.events):
            keys = {each.key for each in event.episodes}
            for key in keys if len(keys) > 1 else ():
                found.setdefault(key, set()).update(keys)
        return found


class LazyListings(Mapping[str, Listing]):
    """The listings of platforms, each made when it is first used: to check a file needs none."""

    def __init__(self, makers: Mapping[str, Callable[[], Listing]]) -> None:
        self._makers = {name: cache(maker) for name, maker in makers.items()}

    def __getitem__(self, name: str) -> Listing:
        return self._makers[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


def sort_by_start(episodes: Iterable[Episode]) -> tuple[Episode, ...]:
    """Return the episodes in the order in which they air."""
    return tuple(sorted(episodes, key=lambda each: each.position))
