"""What a site is built from, as every module of ``render`` takes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from defects_ical.content.build_cache import BuildCache
from defects_ical.content.changelog import Entry, list_entries
from defects_ical.content.feeds import Feed, main_feeds
from defects_ical.content.site_url import SiteURL
from defects_ical.model.schedule import Schedule, Show
from defects_ical.schedule.episodes import Episode, expand_episodes, sort_by_start


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
    def episodes(self) -> tuple[Episode, ...]:
        """The episodes, numbered ones first; raises ScheduleError if they cannot be expanded."""
        return expand_episodes(self.schedule)

    @cached_property
    def episodes_by_start(self) -> tuple[Episode, ...]:
        """The episodes in the order in which they air."""
        return sort_by_start(self.episodes)

    @cached_property
    def changes(self) -> tuple[Entry, ...]:
        """The entries of the change log, newest first."""
        return list_entries(self.schedule, self.episodes)

    def link_to(self, episode: Episode) -> str:
        """Return the URL of an episode on the page."""
        return self.url.join(f"/#{episode.id}")
