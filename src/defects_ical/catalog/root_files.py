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
from defects_ical.content.credits import describe_credits
from defects_ical.content.links.feeds import Feed
from defects_ical.content.links.site_url import SiteURL
from defects_ical.render.embed import WEEK_PATHS
from defects_ical.render.episodes_json import (
    JSON_PATH,
    format_texts,
    serialize_credit,
    serialize_feed,
    serialize_feed_texts,
)
from defects_ical.render.templates import get_template, read_static
from defects_ical.text.languages import DEFAULT_LANGUAGE
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
LANGUAGE_PATHS: Final = ("/week.html", "/week.js", ATOM_PATH, "/")
"""What each language has besides feeds; all else is there once."""

MAX_CHANGES: Final = 100
"""How many changes the feed for feed readers has, the newest."""


def list_root_paths(catalog: Catalog) -> tuple[str, ...]:
    """Return the path of each file in every language, without making it."""
    return (
        *(path for each in catalog.feeds for path in list_paths(each)),
        *FIXED_PATHS,
        *(
            f"/{other.words.code}{path}"
            for other in catalog.others
            for path in (*list_feed_paths(other), *LANGUAGE_PATHS)
        ),
    )


def list_feed_paths(catalog: Catalog) -> tuple[str, ...]:
    """Return the path of each combined feed in the language of a catalog."""
    return tuple(path for each in catalog.feeds for path in list_paths(each))


def list_paths(combined: CombinedFeed) -> tuple[str, ...]:
    """Return the path of a combined feed, and of its twin with reminders if there is one."""
    return tuple(each.path for each in combined.feeds)


def render_root_files(
    catalog: Catalog,
    feeds: Mapping[str, ShowFeeds],
    is_current: Callable[[CombinedFeed], bool] = lambda _: False,
) -> Iterator[tuple[str, Parts]]:
    """Yield the path and the content of each file in the language of a catalog.

    ``feeds`` are those of each show in this language, by slug. A file comes before the pages that
    link to it. Leaves out feeds that ``is_current`` accepts.
    """
    yield from render_combined_feeds(catalog, feeds, is_current)
    for path, body in _render_files(catalog):
        yield path, (body,)


def _render_files(catalog: Catalog) -> Iterator[tuple[str, bytes]]:
    yield from render_week(catalog)
    yield ATOM_PATH, _render_atom(catalog)
    if catalog.main:
        yield from render_overview(catalog)
        return
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
        "entries": [
            (show, each, _make_entry_id(catalog, show, each))
            for show, each in entries[:MAX_CHANGES]
        ],
        "id": uuid.uuid5(uuid.NAMESPACE_URL, catalog.url.join(ATOM_PATH)),
        "rights": catalog.words.mark_lines(describe_credits(catalog.credits, catalog.words)),
        "updated": entries[0][1].at if entries else max(each.published for each in catalog.shows),
        "words": catalog.words,
    }
    return get_template("shows.atom").render(context).encode()


def _make_entry_id(catalog: Catalog, show: ShowSummary, change: ChangeSummary) -> uuid.UUID:
    """Return the id of an entry: that in the show's own feed of the same language, if it has it."""
    own = catalog.words.code if show.language != catalog.words.code else show.folder
    return uuid.uuid5(change.id, own) if own else change.id


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
        **_name_language(catalog),
        "timezone": catalog.settings.timezone,
        "page": str(catalog.url),
        "feeds": [serialize_feed(each, catalog.url) for each in _list_feeds(catalog)],
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
    return f'{start},\n "shows": [\n{joined}\n ]{_format_texts(catalog)}\n}}\n'.encode()


def _name_language(catalog: Catalog) -> dict[str, object]:
    """Return the main language, unless it is the only one and English."""
    is_default = catalog.settings.languages == (DEFAULT_LANGUAGE,)
    return {} if is_default else {"language": catalog.words.code}


def _format_texts(catalog: Catalog) -> str:
    """Format the texts of all other languages, if there are any, with a comma before them."""
    if not catalog.others:
        return ""
    texts = {each.words.code: _serialize_texts(each) for each in catalog.others}
    return f",\n {format_texts(texts)}"


def _serialize_texts(catalog: Catalog) -> dict[str, object]:
    """Return the texts and the URLs of another language than the main one."""
    return {
        "title": catalog.settings.title,
        "description": catalog.settings.description,
        "page": str(catalog.url),
        "feeds": [serialize_feed_texts(each, catalog.url) for each in _list_feeds(catalog)],
        "platforms": {
            name: {"name": each.name, "region": each.region}
            for name, each in catalog.platforms.items()
        },
        "shows": {show.slug: _serialize_show_texts(catalog, show) for show in catalog.shows},
    }


def _serialize_show_texts(catalog: Catalog, show: ShowSummary) -> dict[str, object]:
    url = catalog.get_show_url(show.slug)
    return {
        "title": show.title,
        **({"synopsis": show.synopsis} if show.synopsis else {}),
        "genres": show.genres,
        "page": str(url),
        "feed": url.join(f"/{show.slug}.ics"),
        "dates": show.dates,
        "later": {name: each.when for name, each in show.platforms.items() if each.when},
        "events": {
            each.id: {"name": each.name, "page": url.join(f"/#{each.id}")} for each in show.events
        },
        "expected": [{"title": title, "when": when} for title, when in show.expected],
    }


def _list_feeds(catalog: Catalog) -> Iterator[Feed]:
    for combined in catalog.feeds:
        yield from combined.feeds


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
        **serialize_credit(show.credit),
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
