"""Arrange what airs as the page lists it: by season, and long lists by week, month or year."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from itertools import groupby, islice
from typing import Final, NamedTuple

from defects_ical.content.descriptions import format_date_range
from defects_ical.content.seasons import Season
from defects_ical.content.site_input import SiteInput
from defects_ical.model.episode_numbers import format_numbers
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.episodes import Episode, Event
from defects_ical.text.dates import format_month
from defects_ical.text.words import Words

# A month of a daily show is one list.
MAX_ROWS: Final = 31
MAX_PARTS: Final = 30
MIN_ROWS_PER_PART: Final = 3

_PartKey = Callable[[Event], Hashable]


class Part(NamedTuple):
    """Events in the order in which they air. A long list has ``parts``, by date.

    ``title`` is empty for a season of a schedule without seasons. ``id`` is that of a season's
    heading.
    """

    title: str
    events: tuple[Event, ...]
    parts: tuple[Part, ...]
    words: Words
    id: str = ""

    @property
    def episodes(self) -> tuple[Episode, ...]:
        """The episodes of its events."""
        return tuple(episode for event in self.events for episode in event.episodes)

    @property
    def names(self) -> str:
        """The names of its episodes: "Episodes 6-10, The making of"."""
        numbers = [each.number for each in self.episodes if each.number]
        if len(numbers) > 1:
            specials = (each.name for each in self.episodes if not each.number)
            return self.words.list_separator.join((format_numbers(numbers, self.words), *specials))
        return self.words.list_separator.join(each.name for each in self.episodes)


class Expectation(NamedTuple):
    """Episodes of which only a month or year is known: "Season 3", "October 2027".

    ``names`` is empty if their number is unknown.
    """

    title: str
    when: str
    names: str


def arrange_events(site: SiteInput) -> tuple[Part, ...]:
    """Return the events by season, the last season first."""
    has_seasons = any(each.number and each.number.season for each in site.episodes)
    seasons = (season for season in reversed(site.seasons) if season.episodes)
    return tuple(_arrange_season(site, season, has_title=has_seasons) for season in seasons)


def _arrange_season(site: SiteInput, season: Season, *, has_title: bool) -> Part:
    found = (site.events_by_episode[each.id] for each in season.episodes)
    # By identity: to hash a thousand events takes long.
    events = tuple({id(each): each for each in found}.values())
    title, words = season.name, site.schedule.words
    if season.number is None and has_title:
        title = format_numbers((each.number for each in season.episodes if each.number), words)
    return Part(
        title if has_title else "",
        events,
        _split(events, site.schedule),
        words,
        f"season_{season.number or 'other'}",
    )


def list_expected(site: SiteInput) -> Iterator[Expectation]:
    """Yield the episodes of which only the month or year is known, the last season first."""
    words = site.schedule.words
    for season in reversed(site.seasons):
        title = season.name if season.number else ""
        if season.episodes:
            pattern = words.more_of_season if season.number else words.more_episodes
            title = pattern.format(number=season.number)
        for each in season.announcements:
            yield Expectation(title, format_month(*each.period, words), each.name)


def _split(events: tuple[Event, ...], schedule: Schedule) -> tuple[Part, ...]:
    """Split a long list into the shortest periods that are not too many."""
    rows = sum(len(event.episodes) for event in events)
    if rows <= MAX_ROWS:
        return ()
    for key in (_get_week, _get_month, _get_year):
        # One more than are allowed: of a thousand episodes, most weeks need not be found.
        groups = [tuple(group) for _, group in islice(groupby(events, key), MAX_PARTS + 1)]
        if 1 < len(groups) <= min(MAX_PARTS, rows // MIN_ROWS_PER_PART):
            return tuple(_make_part(key, group, schedule) for group in groups)
    return ()


def _make_part(key: _PartKey, events: tuple[Event, ...], schedule: Schedule) -> Part:
    day = events[0].first.date
    if key is _get_year:
        title = format_month(day.year, None, schedule.words)
    elif key is _get_month:
        title = format_month(day.year, day.month, schedule.words)
    else:
        title = format_date_range([each.first for each in events], schedule)
    return Part(title, events, _split(events, schedule), schedule.words)


def _get_week(event: Event) -> Hashable:
    return event.first.date.isocalendar()[:2]


def _get_month(event: Event) -> Hashable:
    return event.first.date.year, event.first.date.month


def _get_year(event: Event) -> Hashable:
    return event.first.date.year
