"""Make every file at the root of a site of several shows."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final

from defects_ical.catalog.catalog import Catalog, CombinedFeed
from defects_ical.catalog.combined_feeds import Parts, render_combined_feeds
from defects_ical.catalog.overview import render_overview
from defects_ical.catalog.show_feeds import ShowFeeds
from defects_ical.catalog.summary import ChangeSummary, EventSummary, ShowSummary
from defects_ical.catalog.week import render_week
from defects_ical.content.changelog import ATOM_PATH
from defects_ical.content.site_url import SiteURL
from defects_ical.model.schedule import DEFAULT_REMINDER
from defects_ical.render.embed import WEEK_PATHS
from defects_ical.render.episodes_json import JSON_PATH, serialize_feed
from defects_ical.render.templates import get_template, read_static
from defects_ical.timezones.conversion import format_utc

SHOWS_JSON_PATH: Final = "/shows.json"
ROOT_TEMPLATES: Final = {
    # The template of a show's own sitemap lists one page, as this does.
    "/sitemap-overview.xml": "sitemap.xml",
    "/sitemap.xml": "sitemap_index.xml",
    "/robots.txt": "robots.txt",
}
# Increased when a key is removed or gets another meaning.
VERSION: Final = 1
ICON_PATH: Final = "/icon.svg"
PAGE_PATHS: Final = ("/", "/404.html", "/overview.css", "/overview.js")
FIXED_PATHS: Final = (
    *WEEK_PATHS,
    ATOM_PATH,
    SHOWS_JSON_PATH,
    *ROOT_TEMPLATES,
    ICON_PATH,
    *PAGE_PATHS,
)
MAX_CHANGES: Final = 100
"""How many changes the feed for feed readers has, the newest."""


def list_root_paths(catalog: Catalog) -> tuple[str, ...]:
    """Return the path of each file, without making it."""
    return (*(path for each in catalog.feeds for path in list_paths(each)), *FIXED_PATHS)


def list_paths(combined: CombinedFeed) -> tuple[str, ...]:
    """Return the path of a combined feed, and of its twin with reminders if there is one."""
    if combined.is_archive:
        return (combined.feed.path,)
    return combined.feed.path, combined.feed.with_reminder(DEFAULT_REMINDER).path


def render_root_files(
    catalog: Catalog,
    feeds: Mapping[str, ShowFeeds],
    is_current: Callable[[CombinedFeed], bool] = lambda _: False,
) -> Iterator[tuple[str, Parts]]:
    """Yield the path and the content of each file; ``feeds`` are those of each show, by slug.

    A file comes before the pages that link to it. Leaves out feeds that ``is_current`` accepts.
    """
    yield from render_combined_feeds(catalog, feeds, is_current)
    for path, body in _render_files(catalog):
        yield path, (body,)


def _render_files(catalog: Catalog) -> Iterator[tuple[str, bytes]]:
    yield from render_week(catalog)
    yield ATOM_PATH, _render_atom(catalog)
    yield SHOWS_JSON_PATH, _render_json(catalog)
    modified = max(each.modified for each in catalog.shows)
    context = {"catalog": catalog, "modified": modified, "site": catalog}
    for path, name in ROOT_TEMPLATES.items():
        yield path, get_template(name).render(context).encode()
    yield ICON_PATH, read_static("icon.svg")
    yield from render_overview(catalog)


def _render_atom(catalog: Catalog) -> bytes:
    entries = [(show, each) for show in catalog.shows for each in show.changes]
    entries.sort(key=_get_order, reverse=True)
    context = {
        "atom_path": ATOM_PATH,
        "catalog": catalog,
        "entries": entries[:MAX_CHANGES],
        "id": uuid.uuid5(uuid.NAMESPACE_URL, catalog.url.join(ATOM_PATH)),
        "updated": entries[0][1].at if entries else max(each.published for each in catalog.shows),
    }
    return get_template("shows.atom").render(context).encode()


def _get_order(entry: tuple[ShowSummary, ChangeSummary]) -> tuple[object, ...]:
    show, change = entry
    return (change.at, show.slug, change.id)


def _render_json(catalog: Catalog) -> bytes:
    shows = catalog.cache.get_or_render(
        SHOWS_JSON_PATH, catalog.shows, partial(_serialize_show, catalog)
    )
    head = {
        "version": VERSION,
        "title": catalog.settings.title,
        "description": catalog.settings.description,
        "timezone": catalog.settings.timezone,
        "page": str(catalog.url),
        "feeds": [*_serialize_feeds(catalog)],
        "platforms": [
            {
                "id": name,
                "name": each.name,
                "kind": each.kind,
                "region": each.region,
                "url": each.url,
            }
            for name, each in catalog.platforms.items()
        ],
    }
    start = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    joined = ",\n".join(shows)
    return f'{start},\n "shows": [\n{joined}\n ]\n}}\n'.encode()


def _serialize_feeds(catalog: Catalog) -> Iterator[dict[str, object]]:
    for each in catalog.feeds:
        yield serialize_feed(each.feed, catalog.url)
        if not each.is_archive:
            yield serialize_feed(each.feed.with_reminder(DEFAULT_REMINDER), catalog.url)


def _serialize_show(catalog: Catalog, show: ShowSummary) -> str:
    """Return a show as JSON, on one line."""
    url = catalog.get_show_url(show.slug)
    content = {
        "slug": show.slug,
        "title": show.title,
        "original_title": show.original_title,
        "synopsis": show.synopsis,
        "genres": show.genres,
        "color": show.color,
        "page": str(url),
        "feed": url.join(f"/{show.slug}.ics"),
        "json": url.join(JSON_PATH),
        "dates": show.dates,
        "platforms": [*show.platforms],
        "later": {name: each.when for name, each in show.platforms.items() if each.when},
        "events": [_serialize_event(each, url) for each in show.events],
        "expected": [{"title": title, "when": when} for title, when in show.expected],
    }
    return f"  {json.dumps(content, ensure_ascii=False)}"


def _serialize_event(event: EventSummary, url: SiteURL) -> dict[str, object]:
    content = {
        "id": event.id,
        "name": event.name,
        "status": event.status,
        "start": format_utc(event.start),
        "end": format_utc(event.end),
        "date": None if event.has_hour else event.day.isoformat(),
        "platforms": event.platforms,
        "page": url.join(f"/#{event.id}"),
    }
    return {key: value for key, value in content.items() if value is not None}
