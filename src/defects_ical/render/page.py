"""The site's pages, for people and for robots."""

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
    STATUSES,
    describe_audience,
    describe_dated_change,
    describe_platforms,
    format_date_range,
    format_event_title,
    format_local_times,
)
from defects_ical.content.feeds import PICTURE_PATH, episode_path, main_feeds
from defects_ical.content.site_url import SiteURL
from defects_ical.render.embed import SANDBOX, link_text
from defects_ical.render.snippets import snippets
from defects_ical.render.structured_data import render_json_ld
from defects_ical.render.templates import bundle_script, get_template, read_static
from defects_ical.schedule.episodes import Episode, sort_by_start
from defects_ical.schedule.model import Schedule
from defects_ical.timezones.conversion import format_utc

TEMPLATES: Final = {
    "/": "index.html",
    "/404.html": "404.html",
    "/robots.txt": "robots.txt",
    "/style.css": "style.css",
}
# Everything is the site's own. The header adds who may frame it, which no <meta> can.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"
)


def render_pages(
    schedule: Schedule, episodes: tuple[Episode, ...], site_url: SiteURL, cache: BuildCache
) -> Iterator[tuple[str, bytes]]:
    """Every page of the site, and what belongs to it: the path and the bytes, UTF-8."""
    content = _template_context(schedule, sort_by_start(episodes), site_url, cache)
    for path, name in TEMPLATES.items():
        yield path, get_template(name).render(content).encode()
    yield "/page.js", bundle_script("moments.js", "page.js")
    yield "/icon.svg", read_static("icon.svg")


def _template_context(
    schedule: Schedule, episodes: tuple[Episode, ...], site_url: SiteURL, cache: BuildCache
) -> Mapping[str, Any]:
    """What the templates may use."""
    return {
        "site_url": site_url,
        "atom": ATOM_PATH,
        "changes": list_entries(schedule, episodes),
        "code": _qr_code(site_url),
        "description": _description(schedule, episodes),
        "eventful": any(each.previous_start or each.status != "confirmed" for each in episodes),
        "feeds": main_feeds(schedule),
        "format_utc": format_utc,
        "items": cache.get_or_render("page", episodes, partial(_episode_html, schedule, site_url)),
        "picture": PICTURE_PATH,
        "invitation": link_text(schedule),
        "policy": CONTENT_SECURITY_POLICY,
        "sandbox": SANDBOX,
        "schedule": schedule,
        "show": schedule.show,
        "snippets": snippets(schedule, episodes, site_url),
        "span": format_date_range(episodes, schedule),
        "json_ld": render_json_ld(schedule, episodes, site_url, cache),
        "subscribe_links": subscribe_links,
        "describe_audience": describe_audience,
    }


def _qr_code(site_url: SiteURL) -> str:
    """The page's address as a QR code, in SVG without a style of its own."""
    code = segno.make(str(site_url), error="m", micro=False)
    return str(code.svg_inline(border=2, omitsize=True, title="The address of this page"))


def _description(schedule: Schedule, episodes: tuple[Episode, ...]) -> str:
    return (
        f"When {schedule.show.title} airs, on your own clock, and where to watch it. "
        f"{format_date_range(episodes, schedule)}. "
        "Subscribe in Apple, Google or Outlook, or download."
    )


def _episode_html(schedule: Schedule, site_url: SiteURL, episode: Episode) -> str:
    """An episode in the list on the page."""
    entry = _calendar_entry(episode, schedule, site_url)
    content = {
        "episode": episode,
        "google": add_to_google(entry),
        "ics": site_url.join(episode_path(episode, schedule)),
        "format_utc": format_utc,
        "outlook": add_to_outlook(entry),
        "revisions": [
            describe_dated_change(each, schedule) for each in reversed(episode.revisions)
        ],
        "times": [*format_local_times(episode.start, schedule)],
        "statuses": STATUSES,
    }
    return get_template("episode.html").render(content)


def _calendar_entry(episode: Episode, schedule: Schedule, site_url: SiteURL) -> CalendarEntry:
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
