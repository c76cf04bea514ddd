"""Render the site's own pages, with their style sheet and script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

import segno

from defects_ical.content.build_cache import BuildCache
from defects_ical.content.calendar_apps import (
    CalendarEntry,
    add_to_google,
    add_to_outlook,
    subscribe_links,
)
from defects_ical.content.changelog import ATOM_PATH, list_entries
from defects_ical.content.descriptions import (
    STATUS_TEXTS,
    describe_availability,
    describe_dated_change,
    describe_platforms,
    format_date_range,
    format_event_title,
    format_local_times,
)
from defects_ical.content.feeds import PICTURE_PATH, episode_path, main_feeds
from defects_ical.content.site_url import SiteURL
from defects_ical.render.embed import IFRAME_SANDBOX, format_link_text
from defects_ical.render.snippets import make_snippets
from defects_ical.render.structured_data import render_json_ld
from defects_ical.render.templates import bundle_script, get_template, read_static
from defects_ical.schedule.episodes import Episode, sort_by_start
from defects_ical.schedule.model import Schedule
from defects_ical.timezones.conversion import format_utc

PAGE_TEMPLATES: Final = {
    "/": "index.html",
    "/404.html": "404.html",
    "/robots.txt": "robots.txt",
    "/style.css": "style.css",
}
# Only the site's own files. The HTTP header adds frame-ancestors, which <meta> ignores.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"
)


def render_pages(
    schedule: Schedule, episodes: tuple[Episode, ...], site_url: SiteURL, cache: BuildCache
) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the UTF-8 bytes of each page and of the files that pages load."""
    context = _build_context(schedule, sort_by_start(episodes), site_url, cache)
    for path, name in PAGE_TEMPLATES.items():
        yield path, get_template(name).render(context).encode()
    yield "/page.js", bundle_script("local-times.js", "page.js")
    yield "/icon.svg", read_static("icon.svg")


def _build_context(
    schedule: Schedule, episodes: tuple[Episode, ...], site_url: SiteURL, cache: BuildCache
) -> Mapping[str, Any]:
    """Return the variables of the page templates."""
    return {
        "atom_path": ATOM_PATH,
        "changes": list_entries(schedule, episodes),
        "content_security_policy": CONTENT_SECURITY_POLICY,
        "date_range": format_date_range(episodes, schedule),
        "describe_availability": describe_availability,
        "episode_items": cache.get_or_render(
            "page", episodes, partial(_render_episode, schedule, site_url)
        ),
        "feeds": main_feeds(schedule),
        "format_utc": format_utc,
        "has_changes": any(each.previous_start or each.status != "confirmed" for each in episodes),
        "iframe_sandbox": IFRAME_SANDBOX,
        "json_ld": render_json_ld(schedule, episodes, site_url, cache),
        "link_text": format_link_text(schedule),
        "meta_description": _describe_page(schedule, episodes),
        "picture_path": PICTURE_PATH,
        "qr_code": _render_qr_code(site_url),
        "schedule": schedule,
        "show": schedule.show,
        "site_url": site_url,
        "snippets": make_snippets(schedule, episodes, site_url),
        "subscribe_links": subscribe_links,
    }


def _render_qr_code(site_url: SiteURL) -> str:
    """Render the site's URL as a QR code: SVG without inline styles, as the policy demands."""
    code = segno.make(str(site_url), error="m", micro=False)
    return str(code.svg_inline(border=2, omitsize=True, title="QR code of this page's address"))


def _describe_page(schedule: Schedule, episodes: tuple[Episode, ...]) -> str:
    return (
        f"When {schedule.show.title} airs in your time zone, and where to watch it. "
        f"{format_date_range(episodes, schedule)}. "
        "Subscribe in Apple Calendar, Google Calendar or Outlook, or download."
    )


def _render_episode(schedule: Schedule, site_url: SiteURL, episode: Episode) -> str:
    """Render one episode of the list on the page."""
    entry = _make_calendar_entry(episode, schedule, site_url)
    context = {
        "changes": [describe_dated_change(each, schedule) for each in reversed(episode.revisions)],
        "clock_lines": [*format_local_times(episode.start, schedule)],
        "episode": episode,
        "format_utc": format_utc,
        "google_url": add_to_google(entry),
        "ics_url": site_url.join(episode_path(episode, schedule)),
        "outlook_url": add_to_outlook(entry),
        "statuses": STATUS_TEXTS,
    }
    return get_template("episode.html").render(context)


def _make_calendar_entry(episode: Episode, schedule: Schedule, site_url: SiteURL) -> CalendarEntry:
    platforms = schedule.platforms.values()
    link = site_url.join(f"/#{episode.id}")
    lines = filter(None, (episode.teaser, *describe_platforms(platforms), link))
    return CalendarEntry(
        title=format_event_title(episode, schedule.show),
        details="\n".join(lines),
        location=", ".join(platform.name for platform in platforms),
        start=episode.start,
        end=episode.end,
    )
