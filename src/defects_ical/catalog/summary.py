"""What the site of several shows needs of one show, besides its files.

An export stores a summary next to the files of its show: what combines the shows is then made
without loading their schedules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, TypeAdapter

from defects_ical.content.changelog import Entry
from defects_ical.content.descriptions import (
    describe_delay,
    format_air_time,
    format_date_range,
)
from defects_ical.content.episode_list import list_expected
from defects_ical.content.links.feeds import main_feeds
from defects_ical.content.seasons import Season
from defects_ical.content.site_input import SiteInput
from defects_ical.model.changes import Status
from defects_ical.model.schedule import Platform, Schedule
from defects_ical.model.source import Credit
from defects_ical.render.ics.zones import find_years
from defects_ical.schedule.episodes import Event, Listing
from defects_ical.schedule.starts import to_position
from defects_ical.text.languages import DEFAULT_LANGUAGE
from defects_ical.text.words import Words

MAX_CHANGES: Final = 50
"""How many entries of a show's change log the site's own one has, the newest."""


def _use_one_utc(time: datetime) -> datetime:
    """Return a time in UTC with Python's own object for it: others make comparisons slow."""
    return time.replace(tzinfo=UTC)


Time: TypeAlias = Annotated[datetime, AfterValidator(_use_one_utc)]
"""A time in UTC."""


@dataclass(frozen=True, slots=True)
class EventSummary:
    """An event of the show's feed: ``start``, ``end`` and ``modified`` are in UTC.

    While the hour is unknown, ``has_hour`` is false, and start and end are those of the day.
    ``air_time`` is the start on the show's own clock, in words, and ``day`` its date there.
    ``platforms`` are ids.
    """

    id: str
    name: str
    air_time: str
    day: date
    start: Time
    end: Time
    has_hour: bool
    status: Status
    platforms: tuple[str, ...]
    modified: Time
    is_premiere: bool


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """An event in the order of its feed: ``day`` is local, ``modified`` in UTC.

    ``episodes`` are ids.
    """

    id: str
    day: date
    modified: Time
    episodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlatformSummary:
    """A platform of a show.

    ``when`` says that it does not show episodes with the broadcast: "1 h after the broadcast".
    """

    name: str
    kind: str
    region: str
    url: str | None
    when: str = ""


@dataclass(frozen=True, slots=True)
class ChangeSummary:
    """An entry of the change log; ``at`` is in UTC, ``fragment`` an id in the show's page."""

    id: UUID
    at: Time
    title: str
    text: str
    fragment: str


# Equal only to itself: each is a key for what was made of it.
@dataclass(frozen=True, slots=True, eq=False)
class ShowSummary:
    """A show, when it airs, and what its feeds contain.

    ``timezone`` is that of the schedule; its feeds define it for the years from ``first_year`` to
    ``last_year``. ``events`` are those of the show's feed in the order in which they air. ``feeds``
    has the events of each feed by its platform, and of the show's feed by an empty text. Of
    ``expected`` episodes, only a month or a year is known: a title, and when.

    ``language`` is that of its texts, and ``folder`` the folder of that language in the show's
    site, empty for its main one. ``translations`` are the summaries in the other languages of the
    site of all shows.
    """

    slug: str
    uid: UUID
    title: str
    original_title: str | None
    synopsis: str | None
    genres: tuple[str, ...]
    color: str
    timezone: str
    first_year: int
    last_year: int
    published: Time
    modified: Time
    dates: str
    has_picture: bool
    platforms: Mapping[str, PlatformSummary]
    events: tuple[EventSummary, ...]
    feeds: Mapping[str, tuple[FeedEvent, ...]]
    expected: tuple[tuple[str, str], ...]
    changes: tuple[ChangeSummary, ...]
    credit: Credit | None = None
    language: str = DEFAULT_LANGUAGE
    folder: str = ""
    translations: Mapping[str, ShowSummary] = field(default_factory=dict)

    def in_language(self, language: str) -> ShowSummary:
        """Return the summary in another language of the site."""
        return self.translations.get(language, self)

    def to_json(self) -> bytes:
        """Return the summary as JSON."""
        return _ADAPTER.dump_json(self)

    @classmethod
    def from_json(cls, content: bytes) -> ShowSummary:
        """Return a summary from its JSON; raise ValueError if it is not one."""
        return _ADAPTER.validate_json(content)


_ADAPTER: Final = TypeAdapter(ShowSummary)


def summarize_show(
    site: SiteInput, languages: tuple[str, ...] = (DEFAULT_LANGUAGE,)
) -> ShowSummary:
    """Return the summary of a show; ``site`` is its own site.

    ``languages`` are those of the site of all shows, the main one first.
    """
    main, *others = languages
    translations = {each: _summarize_in(site, each) for each in others}
    return replace(_summarize_in(site, main), translations=translations)


def _summarize_in(site: SiteInput, language: str) -> ShowSummary:
    """Return the summary in a language; a show that lacks it is described in that language."""
    if language == site.words.code:
        return _summarize(site)
    for each in site.others:
        if each.words.code == language:
            return replace(_summarize(each), folder=language)
    return _summarize(SiteInput(site.schedule.described_in(language), site.url))


def _summarize(site: SiteInput) -> ShowSummary:
    schedule, show, listings = site.schedule, site.show, site.listings
    first_year, last_year = find_years(schedule, listings)
    return ShowSummary(
        slug=show.slug,
        uid=show.uid,
        title=show.title,
        original_title=show.original_title,
        synopsis=show.synopsis,
        genres=show.genres,
        color=show.color,
        timezone=schedule.timezone,
        first_year=first_year,
        last_year=last_year,
        published=schedule.published,
        modified=max([schedule.published, *(each.at for each in schedule.changes)]),
        dates=format_date_range(site.episodes_by_start, schedule) if site.episodes else "",
        has_picture=schedule.picture is not None,
        platforms=_summarize_platforms(schedule),
        events=_summarize_events(site),
        feeds={
            each.platform or "": _list_feed_events(listings.of(each.platform))
            for each in main_feeds(schedule)
        },
        expected=tuple((each.title, each.when) for each in list_expected(site)),
        changes=tuple(map(_summarize_change, site.changes[:MAX_CHANGES])),
        credit=show.credit,
        language=schedule.language,
    )


def _summarize_platforms(schedule: Schedule) -> dict[str, PlatformSummary]:
    words = schedule.words
    return {
        name: PlatformSummary(
            each.name, each.kind, each.region, each.url, _describe_dates(each, words)
        )
        for name, each in schedule.platforms.items()
    }


def _describe_dates(platform: Platform, words: Words) -> str:
    if platform.airing:
        return words.on_own_dates
    return describe_delay(platform.delay, words) if platform.delay else ""


def _summarize_events(site: SiteInput) -> tuple[EventSummary, ...]:
    premieres = _find_premieres(site)
    ordered = sorted(site.listings.main.events, key=lambda each: each.first.position)
    return tuple(_summarize_event(each, premieres, site) for each in ordered)


def _summarize_event(event: Event, premieres: frozenset[str], site: SiteInput) -> EventSummary:
    first, schedule = event.first, site.schedule
    next_day = to_position(first.date + timedelta(days=1), schedule.timezone)
    own = site.episodes_by_platform
    return EventSummary(
        id=event.id,
        name=site.show.title if site.film else event.name,
        air_time=format_air_time(first, schedule),
        day=first.date,
        start=first.position,
        end=first.end or next_day,
        has_hour=first.start is not None,
        status=first.status,
        platforms=tuple(
            name
            for name in schedule.platforms
            if any(each.id in own[name] for each in event.episodes)
        ),
        modified=event.modified,
        is_premiere=event.id in premieres,
    )


def _list_feed_events(listing: Listing) -> tuple[FeedEvent, ...]:
    return tuple(
        FeedEvent(each.id, each.first.date, each.modified, tuple(one.id for one in each.episodes))
        for each in listing.events
    )


def _find_premieres(site: SiteInput) -> frozenset[str]:
    """Return the ids of the events with which a season begins.

    A special opens a season only if nothing else is in it. If the first event is cancelled, the
    next one that is not cancelled is a premiere too.
    """
    return frozenset(
        event.id for season in site.seasons for event in _find_first_events(season, site)
    )


def _find_first_events(season: Season, site: SiteInput) -> Iterable[Event]:
    numbered = [each for each in season.episodes if each.number] or [*season.episodes]
    events = dict.fromkeys(site.events_by_episode[each.id] for each in numbered)
    for event in events:
        yield event
        if event.first.status != "cancelled":
            return


def _summarize_change(entry: Entry) -> ChangeSummary:
    return ChangeSummary(entry.id, entry.at, entry.title, entry.text, entry.fragment)
