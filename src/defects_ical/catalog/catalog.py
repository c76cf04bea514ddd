"""The shows of a site, and the feeds that combine them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from defects_ical.catalog.summary import PlatformSummary, ShowSummary
from defects_ical.content.build_cache import BuildCache
from defects_ical.content.feeds import Feed
from defects_ical.content.site_url import SiteURL
from defects_ical.shows.settings import (
    ALL_FEED,
    PLATFORM_FEED_PREFIX,
    PREMIERES_FEED,
    NamedFeed,
    SiteSettings,
)
from defects_ical.text.display import bidi_isolate


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events a combined feed has: those that meet every condition that is not empty.

    ``shows`` are slugs, ``platforms`` ids. ``before`` and ``since`` are local dates; an event on
    the second one is in the feed, one on the first is not.
    """

    shows: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    premieres_only: bool = False
    since: date | None = None
    before: date | None = None

    def accepts(self, show: ShowSummary) -> bool:
        """Return whether events of a show can be in the feed."""
        genres = {each.casefold() for each in self.genres}
        return (
            (not self.shows or show.slug in self.shows)
            and (not self.platforms or not show.platforms.keys().isdisjoint(self.platforms))
            and (not genres or not genres.isdisjoint(each.casefold() for each in show.genres))
        )


@dataclass(frozen=True, slots=True)
class CombinedFeed:
    """A feed with events of several shows; ``feed`` has no reminders.

    ``description`` is one sentence without a full stop. An archive, which has past events only,
    has no feed with reminders.
    """

    feed: Feed
    description: str
    filter: EventFilter
    is_archive: bool = False


@dataclass(frozen=True)
class Catalog:
    """The shows of a site, sorted by slug, the site's settings and its URL.

    ``cache`` has what was made of each show for the last catalog with these settings and URL.
    """

    settings: SiteSettings
    url: SiteURL
    shows: tuple[ShowSummary, ...]
    cache: BuildCache = field(default_factory=BuildCache)

    def get_show_url(self, slug: str) -> SiteURL:
        """Return the URL of a show's own site."""
        return self.url.below(slug)

    @cached_property
    def platforms(self) -> dict[str, PlatformSummary]:
        """Every platform by its id: those of the settings, then those of shows."""
        shared = {
            name: PlatformSummary(each.name, each.kind, each.region, each.url)
            for name, each in self.settings.platforms.items()
        }
        used = {name: each for show in self.shows for name, each in show.platforms.items()}
        return {name: each for name, each in (used | shared).items() if name in used}

    @cached_property
    def genres(self) -> tuple[str, ...]:
        """Every genre, sorted; of two spellings in different case, the first one."""
        found: dict[str, str] = {}
        for show in self.shows:
            for each in show.genres:
                found.setdefault(each.casefold(), each)
        return tuple(found[each] for each in sorted(found))

    @cached_property
    def feeds(self) -> tuple[CombinedFeed, ...]:
        """The combined feeds without reminders: all, platforms, premieres, named, archives."""
        return tuple(self._list_feeds())

    def _list_feeds(self) -> Iterator[CombinedFeed]:
        title, since = self.settings.title, self.settings.archive_before
        yield CombinedFeed(
            Feed(ALL_FEED, title), "Every event of every show", EventFilter(since=since)
        )
        isolated = bidi_isolate(title)
        for name, platform in self.platforms.items():
            shown = bidi_isolate(platform.name)
            yield CombinedFeed(
                Feed(f"{PLATFORM_FEED_PREFIX}{name}", f"{isolated} on {shown}", name),
                f"What is on {platform.name} ({platform.region})",
                EventFilter(platforms=(name,)),
            )
        yield CombinedFeed(
            Feed(PREMIERES_FEED, f"{isolated}: premieres"),
            "The first event of each season of each show",
            EventFilter(premieres_only=True),
        )
        for name, each in self.settings.feeds.items():
            chosen = EventFilter(each.shows, each.platforms, each.genres)
            yield CombinedFeed(Feed(name, each.title), self._describe_feed(each), chosen)
        yield from self._list_archives()

    def _describe_feed(self, feed: NamedFeed) -> str:
        """Return the conditions of a named feed: "Platforms: ENA. Genres: crime, mystery"."""
        titles = {each.slug: each.title for each in self.shows}
        names = {name: each.name for name, each in self.platforms.items()}
        conditions = {
            "Shows": [titles.get(each, each) for each in feed.shows],
            "Platforms": [names.get(each, each) for each in feed.platforms],
            "Genres": feed.genres,
        }
        return ". ".join(f"{key}: {', '.join(each)}" for key, each in conditions.items() if each)

    def _list_archives(self) -> Iterator[CombinedFeed]:
        """Yield a feed for each year with events before the limit, the last year first."""
        limit = self.settings.archive_before
        if not limit:
            return
        days = (each.day for show in self.shows for each in show.feeds[""] if each.day < limit)
        for year in sorted({day.year for day in days}, reverse=True):
            end = min(limit, date(year + 1, 1, 1))
            yield CombinedFeed(
                Feed(f"{ALL_FEED}-{year}", f"{bidi_isolate(self.settings.title)}: {year}"),
                f"The events of {year}",
                EventFilter(since=date(year, 1, 1), before=end),
                is_archive=True,
            )
