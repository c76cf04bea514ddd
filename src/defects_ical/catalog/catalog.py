"""The shows of a site, and the feeds that combine them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from defects_ical.catalog.summary import PlatformSummary, ShowSummary
from defects_ical.content.build_cache import BuildCache
from defects_ical.content.links.feeds import Feed, name_platform_feed
from defects_ical.content.links.site_url import SiteURL
from defects_ical.content.site_input import Version
from defects_ical.model.schedule import DEFAULT_REMINDER
from defects_ical.model.source import Credit
from defects_ical.shows.settings import (
    ALL_FEED,
    PLATFORM_FEED_PREFIX,
    PREMIERES_FEED,
    NamedFeed,
    SiteSettings,
)
from defects_ical.text.dates import format_month
from defects_ical.text.languages import ENGLISH, load_words
from defects_ical.text.words import Words


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
    """A feed with events of several shows; ``feed`` has no reminders, ``twin`` has them.

    ``description`` is one sentence without a full stop. An archive, which has past events only,
    has no twin.
    """

    feed: Feed
    description: str
    filter: EventFilter
    twin: Feed | None

    @property
    def is_archive(self) -> bool:
        """Whether it has past events only."""
        return self.twin is None

    @property
    def feeds(self) -> tuple[Feed, ...]:
        """The feed, and its twin with reminders if there is one."""
        return (self.feed, self.twin) if self.twin else (self.feed,)


@dataclass(frozen=True)
class Catalog:
    """The shows of a site, sorted by slug, the site's settings and its URL, in one language.

    ``cache`` has what was made of each show for the last catalog with these settings and URL. A
    catalog in another language than the main one belongs to the ``main`` one.
    """

    settings: SiteSettings
    url: SiteURL
    shows: tuple[ShowSummary, ...]
    cache: BuildCache = field(default_factory=BuildCache)
    words: Words = ENGLISH
    main: Catalog | None = None

    @classmethod
    def create(
        cls,
        settings: SiteSettings,
        url: SiteURL,
        shows: tuple[ShowSummary, ...],
        cache: BuildCache | None = None,
    ) -> Catalog:
        """Create the catalog in the main language of the settings."""
        words = load_words(settings.languages[0])
        return cls(settings, url, shows, cache or BuildCache(), words)

    @property
    def main_url(self) -> SiteURL:
        """The URL of the site in its main language, with the files that all languages share."""
        return self.main.url if self.main else self.url

    @property
    def root(self) -> str:
        """The way from a file of the site to those that all languages share: "", "../"."""
        return "../" if self.main else ""

    @cached_property
    def others(self) -> tuple[Catalog, ...]:
        """The catalog in each other language; none for a catalog that is in one of these."""
        codes = () if self.main else self.settings.languages[1:]
        return tuple(map(self._translate, codes))

    def _translate(self, language: str) -> Catalog:
        return Catalog(
            self.settings.in_language(language),
            self.url.below(language),
            tuple(each.in_language(language) for each in self.shows),
            self.cache.for_language(language),
            load_words(language),
            main=self,
        )

    @cached_property
    def versions(self) -> tuple[Version, ...]:
        """The site in each of its languages, the main one first."""
        main, *_ = codes = self.settings.languages
        return tuple(Version(load_words(c), self.main_url.in_language(c, main)) for c in codes)

    def get_show_url(self, slug: str) -> SiteURL:
        """Return the URL of a show's own site, in the language of the catalog if it has it."""
        url, folder = self.main_url.below(slug), self._folders[slug]
        return url.below(folder) if folder else url

    @cached_property
    def _folders(self) -> dict[str, str]:
        return {each.slug: each.folder for each in self.shows}

    @cached_property
    def platforms(self) -> dict[str, PlatformSummary]:
        """Every platform by its id: those of the settings, then those of shows."""
        shared = {
            name: PlatformSummary(each.name, each.kind, each.region, each.url)
            for name, each in self.settings.platforms.items()
        }
        used = {name: each for show in self.shows for name, each in show.platforms.items()}
        return {name: each for name, each in (used | shared).items() if name in used}

    @property
    def credits(self) -> tuple[Credit, ...]:
        """The credits of all shows, in their order."""
        return tuple(each.credit for each in self.shows if each.credit)

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
        title, words = self.settings.title, self.words
        current = EventFilter(since=self.settings.archive_before)
        yield self._combine(Feed(ALL_FEED, title), words.every_event, current)
        for name, platform in self.platforms.items():
            feed_title = name_platform_feed(title, platform.name, words)
            yield self._combine(
                Feed(f"{PLATFORM_FEED_PREFIX}{name}", feed_title, name),
                words.on_platform.format(
                    platform=words.isolate_in_rtl(platform.name),
                    region=words.isolate_in_rtl(platform.region),
                ),
                EventFilter(platforms=(name,)),
            )
        yield self._combine(
            Feed(PREMIERES_FEED, words.premieres.format(site=words.isolate(title))),
            words.premieres_description,
            EventFilter(premieres_only=True),
        )
        for name, each in self.settings.feeds.items():
            chosen = EventFilter(each.shows, each.platforms, each.genres)
            yield self._combine(Feed(name, each.title), self._describe_feed(each), chosen)
        yield from self._list_archives()

    def _combine(self, feed: Feed, description: str, chosen: EventFilter) -> CombinedFeed:
        twin = feed.with_reminder(DEFAULT_REMINDER, self.words)
        return CombinedFeed(feed, description, chosen, twin)

    def _describe_feed(self, feed: NamedFeed) -> str:
        """Return the conditions of a named feed: "Platforms: ENA. Genres: crime, mystery"."""
        words = self.words
        titles = {each.slug: each.title for each in self.shows}
        names = {name: each.name for name, each in self.platforms.items()}
        conditions = {
            words.feed_of_shows: [titles.get(each, each) for each in feed.shows],
            words.feed_of_platforms: [names.get(each, each) for each in feed.platforms],
            words.feed_of_genres: feed.genres,
        }
        texts = (
            pattern.format(names=words.list_separator.join(map(words.isolate_in_rtl, each)))
            for pattern, each in conditions.items()
            if each
        )
        return f"{words.sentence_end}{words.sentence_separator}".join(texts)

    def _list_archives(self) -> Iterator[CombinedFeed]:
        """Yield a feed for each year with events before the limit, the last year first."""
        limit, words = self.settings.archive_before, self.words
        if not limit:
            return
        title = words.isolate(self.settings.title)
        days = (each.day for show in self.shows for each in show.feeds[""] if each.day < limit)
        for year in sorted({day.year for day in days}, reverse=True):
            end = min(limit, date(year + 1, 1, 1))
            shown = format_month(year, None, words)
            yield CombinedFeed(
                Feed(f"{ALL_FEED}-{year}", words.archive.format(site=title, year=shown)),
                words.archive_description.format(year=shown),
                EventFilter(since=date(year, 1, 1), before=end),
                twin=None,
            )
