"""Render the site's own pages, with their style sheet and script."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

import segno

from defects_ical.content import calendar_apps, descriptions
from defects_ical.content.changelog import ATOM_PATH
from defects_ical.content.feeds import PICTURE_PATH, episode_path
from defects_ical.content.site_input import SiteInput
from defects_ical.content.site_url import SiteURL
from defects_ical.render.embed import IFRAME_SANDBOX, format_link_text
from defects_ical.render.snippets import make_snippets
from defects_ical.render.structured_data import render_json_ld
from defects_ical.render.templates import bundle_script, get_template, read_static
from defects_ical.schedule.episodes import Episode

PAGE_TEMPLATES: Final = {
    "/sitemap.xml": "sitemap.xml",
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


def render_pages(site: SiteInput) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the UTF-8 bytes of each page and of the files that pages load."""
    schedule, episodes = site.schedule, site.episodes_by_start
    items = site.cache.get_or_render("page", episodes, partial(_render_episode, site))
    context = {
        "atom_path": ATOM_PATH,
        "content_security_policy": CONTENT_SECURITY_POLICY,
        "date_range": descriptions.format_date_range(episodes, schedule),
        "describe_availability": descriptions.describe_availability,
        "episode_items": items,
        "has_changes": any(each.previous_start or each.status != "confirmed" for each in episodes),
        "iframe_sandbox": IFRAME_SANDBOX,
        "json_ld": render_json_ld(site),
        "link_text": format_link_text(site.show),
        "modified": max([schedule.published, *(change.at for change in schedule.changes)]),
        "picture_path": PICTURE_PATH,
        "qr_code": _render_qr_code(site.url),
        "site": site,
        "snippets": make_snippets(site),
        "subscribe_links": calendar_apps.subscribe_links,
    }
    for path, name in PAGE_TEMPLATES.items():
        yield path, get_template(name).render(context).encode()
    yield "/page.js", bundle_script("local-times.js", "page.js")
    yield "/icon.svg", read_static("icon.svg")


def _render_qr_code(site_url: SiteURL) -> str:
    """Render the site's URL as a QR code: SVG without inline styles, as the policy demands."""
    code = segno.make(str(site_url), error="m", micro=False)
    return str(code.svg_inline(border=2, omitsize=True, title="QR code of this page's address"))


def _render_episode(site: SiteInput, episode: Episode) -> str:
    """Render one episode of the list on the page."""
    schedule, entry = site.schedule, _make_calendar_entry(site, episode)
    changes = reversed(episode.revisions)
    context = {
        "changes": [descriptions.describe_dated_change(each, schedule) for each in changes],
        "clock_lines": [*descriptions.format_local_times(episode.start, schedule)],
        "episode": episode,
        "google_url": calendar_apps.add_to_google(entry),
        "ics_url": site.url.join(episode_path(episode, schedule)),
        "outlook_url": calendar_apps.add_to_outlook(entry),
    }
    return get_template("episode.html").render(context)


def _make_calendar_entry(site: SiteInput, episode: Episode) -> calendar_apps.CalendarEntry:
    platforms = site.schedule.platforms.values()
    lines = (episode.teaser, *descriptions.describe_platforms(platforms), site.link_to(episode))
    return calendar_apps.CalendarEntry(
        title=descriptions.format_event_title(episode, site.show),
        details="\n".join(filter(None, lines)),
        location=", ".join(platform.name for platform in platforms),
        start=episode.start,
        end=episode.end,
    )
