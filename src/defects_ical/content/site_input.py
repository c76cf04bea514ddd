"""What a site is built from, as every module of ``render`` takes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, cached_property, partial
from typing import NamedTuple

from defects_ical.content.build_cache import BuildCache
from defects_ical.content.changelog import Entry, list_entries
from defects_ical.content.descriptions import (
    describe_platforms,
    format_event_title,
    format_local_times,
    format_start,
)
from defects_ical.content.links.feeds import Feed, main_feeds
from defects_ical.content.links.site_url import SiteURL
from defects_ical.content.seasons import Season, list_seasons
from defects_ical.model.schedule import Schedule, Show
from defects_ical.schedule.episodes import (
    Availability,
    Episode,
    Event,
    Listings,
    Start,
    sort_by_start,
)
from defects_ical.schedule.expansion import expand_schedule
from defects_ical.schedule.translation import translate_listings
from defects_ical.text.languages import load_words
from defects_ical.text.translations import Foreign
from defects_ical.text.words import Words


class SeasonRows(NamedTuple):
    """A season, and its events: what a list shows in rows."""

    season: Season
    events: tuple[Event, ...]

    @property
    def row_count(self) -> int:
        """The number of rows: events, and what is announced without a date."""
        return len(self.events) + len(self.season.announcements)


class Version(NamedTuple):
    """The site in one language: its texts, and its URL."""

    words: Words
    url: SiteURL


class SiteInput:
    """A schedule, the URL of its site, and what was rendered for the last build.

    What several formats need from the schedule is computed once. A schedule in another language
    than the main one has a site in a folder of the ``main`` one, whose URL is ``main_url``.
    """

    def __init__(
        self,
        schedule: Schedule,
        url: SiteURL,
        cache: BuildCache | None = None,
        main: SiteInput | None = None,
    ) -> None:
        self.schedule = schedule
        self.url = url
        self.cache = cache or BuildCache()
        self.main = main

    @property
    def main_url(self) -> SiteURL:
        """The URL of the site in its main language, with the files that all languages share."""
        return self.main.url if self.main else self.url

    @property
    def is_main(self) -> bool:
        """Whether it is the site in the main language."""
        return self.main is None

    @property
    def root(self) -> str:
        """The way from a file of the site to those that all languages share: "", "../"."""
        return "" if self.is_main else "../"

    @property
    def words(self) -> Words:
        """The texts of its language."""
        return self.schedule.words

    @cached_property
    def versions(self) -> tuple[Version, ...]:
        """The site in each of its languages, the main one first."""
        main, *_ = codes = self.schedule.languages
        return tuple(Version(load_words(c), self.main_url.in_language(c, main)) for c in codes)

    @cached_property
    def others(self) -> tuple[SiteInput, ...]:
        """The site in each other language; none for a site that is in one of these."""
        return tuple(map(self._translate, self.schedule.languages[1:])) if self.is_main else ()

    def _translate(self, language: str) -> SiteInput:
        schedule, cache = self.schedule.in_language(language), self.cache.for_language(language)
        url = self.url.below(language)
        cache.start_build(schedule, url)
        return SiteInput(schedule, url, cache, main=self)

    @property
    def foreign_names(self) -> tuple[Foreign, ...]:
        """The titles of the show and of specials that are not in the language of the site."""
        titles = (self.show.title, *(each.title for each in self.schedule.specials))
        return tuple(title for title in titles if isinstance(title, Foreign))

    @property
    def show(self) -> Show:
        """The show of the schedule."""
        return self.schedule.show

    @property
    def original_title(self) -> str | None:
        """The original title; None if it is the title in one of several languages."""
        title, original = self.show.title, self.show.original_title
        return None if len(self.versions) > 1 and title == original else original

    @cached_property
    def feeds(self) -> tuple[Feed, ...]:
        """The feeds without reminders: the show's, then one for each platform."""
        return main_feeds(self.schedule)

    @property
    def listings(self) -> Listings:
        """What airs; raises ScheduleError if the schedule cannot be expanded."""
        return self._translated_listings if self.main else expand_schedule(self.schedule)

    @cached_property
    def _translated_listings(self) -> Listings:
        listings = self.main.listings if self.main else self.listings
        return translate_listings(listings, self.schedule)

    @property
    def episodes(self) -> tuple[Episode, ...]:
        """The episodes, numbered ones first; raises ScheduleError like ``listings``."""
        return self.listings.main.episodes

    @cached_property
    def episodes_by_start(self) -> tuple[Episode, ...]:
        """The episodes in the order in which they air."""
        return sort_by_start(self.episodes)

    @cached_property
    def film(self) -> Episode | None:
        """The only broadcast of the schedule if it is a film: a special with the show's title."""
        names = [each.name for each in self.episodes]
        is_film = not self.schedule.airing and names == [self.show.title]
        return self.episodes[0] if is_film else None

    @cached_property
    def seasons(self) -> tuple[Season, ...]:
        """The seasons, the first one first."""
        return list_seasons(self.schedule, self.episodes)

    @cached_property
    def rows(self) -> tuple[SeasonRows, ...]:
        """The events of each season in the order in which they air, the newest season first."""
        events = {each.id: each for each in self.listings.main.events}
        return tuple(
            SeasonRows(each, tuple(events[one.id] for one in each.episodes if one.id in events))
            for each in reversed(self.seasons)
        )

    @cached_property
    def events_by_episode(self) -> Mapping[str, Event]:
        """The event of the show's feed that announces each episode, by the episode's id."""
        events = self.listings.main.events
        return {episode.id: event for event in events for episode in event.episodes}

    @cached_property
    def episodes_by_platform(self) -> Mapping[str, Mapping[str, Episode]]:
        """The episodes on each platform, with its times, by their ids."""
        listings = self.listings.platforms.items()
        return {name: {each.id: each for each in listing.episodes} for name, listing in listings}

    @cached_property
    def changes(self) -> tuple[Entry, ...]:
        """The entries of the change log, newest first."""
        return list_entries(self.schedule, self.episodes)

    @cached_property
    def get_local_times(self) -> Callable[[Start], tuple[str, ...]]:
        """A function that returns the lines of a start's local times, each made once."""
        return cache(self._format_local_times)

    def _format_local_times(self, start: Start) -> tuple[str, ...]:
        return tuple(format_local_times(start, self.schedule))

    @cached_property
    def get_event_title(self) -> Callable[[Event], str]:
        """A function that returns the title of an event."""
        return cache(partial(format_event_title, schedule=self.schedule))

    @cached_property
    def get_start_text(self) -> Callable[[Start], str]:
        """A function that returns a start in words: "Monday 4 August 2025, 23:00 KST"."""
        return cache(partial(format_start, zone=self.schedule.timezone, words=self.words))

    @cached_property
    def get_location(self) -> Callable[[tuple[str, ...]], str]:
        """A function that returns the names of platforms, by their ids."""
        return cache(self._name_platforms)

    def _name_platforms(self, ids: tuple[str, ...]) -> str:
        names = (self.schedule.platforms[each].name for each in ids)
        return self.words.list_separator.join(names)

    @cached_property
    def get_platform_lines(self) -> Callable[..., tuple[str, ...]]:
        """A function with the arguments of `describe_platforms`, but for the schedule."""
        return cache(self._describe_platforms)

    def _describe_platforms(
        self,
        names: tuple[str, ...],
        availability: tuple[Availability, ...],
        links: tuple[tuple[str, str], ...],
    ) -> tuple[str, ...]:
        return tuple(describe_platforms(names, availability, links, self.schedule))

    def link_to(self, item: Episode | Event) -> str:
        """Return the URL of an episode on the page, or of the first one of an event."""
        return self.url.join(f"/#{item.id}")
