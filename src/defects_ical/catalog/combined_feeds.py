"""Join events of several shows to combined feeds.

An event has the bytes that it has in its show's own feed, so that both feeds agree on its UID, its
stamps and all else. The time zones are defined once for all shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import NamedTuple, TypeAlias

from defects_ical.catalog.catalog import Catalog, CombinedFeed
from defects_ical.catalog.show_feeds import Selection, ShowFeeds
from defects_ical.content.credits import describe_credits
from defects_ical.content.links.feeds import Feed
from defects_ical.render.ics.calendar import END_CALENDAR, CalendarProperties, render_head
from defects_ical.render.ics.zones import CalendarZone, convert_to_utc


class _Zones(NamedTuple):
    """The VTIMEZONEs of a feed, and the zones that they cannot define for all of its years."""

    definitions: bytes
    undefined: frozenset[str]


Parts: TypeAlias = tuple[bytes, ...]
"""The content of a file in pieces: joining a large feed would only copy it."""


def render_combined_feeds(
    catalog: Catalog,
    feeds: Mapping[str, ShowFeeds],
    is_current: Callable[[CombinedFeed], bool] = lambda _: False,
) -> Iterator[tuple[str, Parts]]:
    """Yield the path and the content of each combined feed; ``feeds`` are by slug.

    Leaves out a feed, and its twin with reminders, if ``is_current`` says that it has not changed.
    """
    for combined in catalog.feeds:
        if is_current(combined):
            continue
        selections = [
            (feeds[show.slug], selection)
            for show in catalog.shows
            if (selection := feeds[show.slug].select(combined.filter)).modified
        ]
        zones = _define_zones(catalog, selections)
        head = _render_head(catalog, combined, combined.feed, selections)
        bodies = [_write_out(show, each, each.plain, zones) for show, each in selections]
        yield combined.feed.path, _assemble(head, zones, bodies)
        if not combined.twin:
            continue
        head = _render_head(catalog, combined, combined.twin, selections)
        bodies = [_write_out(show, each, each.with_reminders, zones) for show, each in selections]
        yield combined.twin.path, _assemble(head, zones, bodies)


def _render_head(
    catalog: Catalog,
    combined: CombinedFeed,
    feed: Feed,
    selections: list[tuple[ShowFeeds, Selection]],
) -> bytes:
    """Render the head of a feed."""
    published = max(each.published for each in catalog.shows)
    credited = [each.summary.credit for each, _ in selections if each.summary.credit]
    description = describe_credits(credited, catalog.words, combined.description)
    modified = max((each.modified for _, each in selections if each.modified), default=published)
    properties = CalendarProperties(
        name=catalog.words.mark_lines(feed.title),
        description=catalog.words.mark_lines(description),
        timezone=catalog.settings.timezone,
        modified=modified,
        source=catalog.url.join(feed.path),
        page=str(catalog.url),
        color=catalog.settings.color,
    )
    return render_head(properties)


def _define_zones(catalog: Catalog, selections: list[tuple[ShowFeeds, Selection]]) -> _Zones:
    """Define each zone that events refer to, for the years of all shows in it."""
    if not selections:
        # The component that every calendar needs (RFC 5545 §3.6).
        year = max(each.first_year for each in catalog.shows)
        return _Zones(_choose_zone(catalog.settings.timezone, year, year)[1], frozenset())
    years: dict[str, tuple[int, int]] = {}
    for feeds, selection in selections:
        if selection.has_local_times:
            show = feeds.summary
            first, last = years.get(show.timezone, (show.first_year, show.last_year))
            years[show.timezone] = min(first, show.first_year), max(last, show.last_year)
    chosen = {name: _choose_zone(name, *years[name]) for name in sorted(years)}
    undefined = frozenset(name for name, (zone, _) in chosen.items() if zone != name)
    defined = (text for name, (_, text) in chosen.items() if name not in undefined)
    return _Zones(b"".join(defined), undefined)


@cache
def _choose_zone(name: str, first_year: int, last_year: int) -> tuple[str, bytes]:
    """Return the name and the definition of the zone in which the events of a zone can be."""
    zone = CalendarZone.choose(name, first_year, last_year)
    return zone.name, zone.render_definition()


def _write_out(feeds: ShowFeeds, selection: Selection, body: bytes, zones: _Zones) -> bytes:
    """Return events as they are, or in UTC if the feed does not define their zone."""
    zone = feeds.summary.timezone
    if not selection.has_local_times or zone not in zones.undefined:
        return body
    return convert_to_utc(body, zone)


def _assemble(head: bytes, zones: _Zones, bodies: list[bytes]) -> Parts:
    return (head, zones.definitions, *bodies, END_CALENDAR)
