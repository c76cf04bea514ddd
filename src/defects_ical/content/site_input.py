"""What a site is built from, as every module of ``render`` takes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from defects_ical.content.build_cache import BuildCache
from defects_ical.content.changelog import Entry, list_entries
from defects_ical.content.feeds import Feed, main_feeds
from defects_ical.content.seasons import Season, list_seasons
from defects_ical.content.site_url import SiteURL
from defects_ical.model.schedule import Schedule, Show
from defects_ical.schedule.episodes import Episode, Event, Listings, sort_by_start
from defects_ical.schedule.expansion import expand_schedule


class SeasonRows(NamedTuple):
    """A season, and its events: what a list shows in rows."""

    season: Season
    events: tuple[Event, ...]

    @property
    def row_count(self) -> int:
        """The number of rows: events, and what is announced without a date."""
        return len(self.events) + len(self.season.announcements)


@dataclass(frozen=True)
class SiteInput:
    """A schedule, the URL of its site, and what was rendered for the last build.

    What several formats need from the schedule is computed once.
    """

    schedule: Schedule
    url: SiteURL
    cache: BuildCache = field(default_factory=BuildCache)

    @property
    def show(self) -> Show:
        """The show of the schedule."""
        return self.schedule.show

    @cached_property
    def feeds(self) -> tuple[Feed, ...]:
        """The feeds without reminders: the show's, then one for each platform."""
        return main_feeds(self.schedule)

    @property
    def listings(self) -> Listings:
        """What airs; raises ScheduleError if the schedule cannot be expanded."""
        return expand_schedule(self.schedule)

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

    def link_to(self, item: Episode | Event) -> str:
        """Return the URL of an episode on the page, or of the first one of an event."""
        return self.url.join(f"/#{item.id}")
