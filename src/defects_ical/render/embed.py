"""Render what other sites embed: the frame, the custom element, the card and oEmbed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from html import escape
from typing import Final

from defects_ical.content.descriptions import format_date_time
from defects_ical.content.feeds import PICTURE_PATH
from defects_ical.content.site_input import SiteInput
from defects_ical.content.site_url import SiteURL
from defects_ical.model.schedule import Schedule, Show
from defects_ical.render.card import render_card
from defects_ical.render.templates import bundle_script, get_template, read_static
from defects_ical.schedule.episodes import Episode
from defects_ical.text.display import bidi_isolate
from defects_ical.timezones.conversion import to_local

FRAME_PATH: Final = "/embed.html"
FRAME_STYLE_PATH: Final = "/embed.css"
FRAME_SCRIPT_PATH: Final = "/frame.js"
ELEMENT_PATH: Final = "/embed.js"
CARD_PATH: Final = "/card.svg"
OEMBED_PATH: Final = "/oembed.json"
# Other sites may load and frame these; the pages may not be framed.
EMBED_PATHS: Final = frozenset(
    {FRAME_PATH, FRAME_STYLE_PATH, FRAME_SCRIPT_PATH, ELEMENT_PATH, CARD_PATH, OEMBED_PATH}
)

IFRAME_SANDBOX: Final = "allow-scripts allow-downloads allow-popups"
# Longer lists scroll inside the frame and the element. embed.js has the same number.
MAX_ROWS: Final = 10
# Sizes of the frame, in pixels. Hosts without a resize script keep the height they imply.
FRAME_WIDTH: Final = 600
ROW_HEIGHT: Final = 67
MAX_LIST_HEIGHT: Final = 576
OTHER_HEIGHT: Final = 280
# Seconds for which a consumer may cache the oEmbed response.
CACHE_SECONDS: Final = 3600


def render_embeds(site: SiteInput) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the UTF-8 bytes of each file that other sites load."""
    yield FRAME_PATH, _render_frame(site)
    yield FRAME_STYLE_PATH, read_static("embed.css")
    yield FRAME_SCRIPT_PATH, bundle_script("local-times.js", "frame.js")
    yield ELEMENT_PATH, bundle_script("local-times.js", "embed.js")
    yield CARD_PATH, render_card(site)
    yield OEMBED_PATH, _render_oembed(site)


def build_embed_policy(site_url: SiteURL) -> str:
    """Return the Content-Security-Policy of the embedded files.

    It names the origin besides 'self': a sandboxed frame has an opaque origin, which 'self'
    may not match.
    """
    own = f"'self' {site_url.origin}"
    return (
        f"default-src 'none'; script-src {own}; style-src {own}; img-src {own}; "
        "base-uri 'none'; form-action 'none'"
    )


def format_link_text(show: Show) -> str:
    """Return the text of a link to the page."""
    return f"{bidi_isolate(show.title)}: episode calendar"


def render_iframe(site: SiteInput) -> str:
    """Return the ``<iframe>`` that shows the schedule on another site."""
    title = escape(f"{site.show.title}: when the episodes air")
    return (
        f'<iframe src="{site.url.join(FRAME_PATH)}" title="{title}" width="100%" '
        f'height="{_estimate_frame_height(len(site.episodes))}" loading="lazy" frameborder="0" '
        f'sandbox="{IFRAME_SANDBOX}"></iframe>\n'
    )


def _estimate_frame_height(count: int) -> int:
    """Estimate the frame's height in pixels, for short names and a width of FRAME_WIDTH."""
    return OTHER_HEIGHT + (ROW_HEIGHT * count if count <= MAX_ROWS else MAX_LIST_HEIGHT)


def _render_frame(site: SiteInput) -> bytes:
    render = partial(_render_frame_item, site.schedule)
    context = {
        "content_security_policy": build_embed_policy(site.url),
        "episode_items": site.cache.get_or_render("frame", site.episodes_by_start, render),
        "max_rows": MAX_ROWS,
        "site": site,
    }
    return get_template("embed.html").render(context).encode()


def _render_frame_item(schedule: Schedule, episode: Episode) -> str:
    """Render one episode of the list in the frame."""
    previous = episode.previous_start
    moved = previous if previous != episode.start else None
    context = {
        "air_time": format_date_time(to_local(episode.start, schedule.timezone)),
        "episode": episode,
        "moved_from": format_date_time(to_local(moved, schedule.timezone)) if moved else "",
    }
    return get_template("embed_episode.html").render(context)


def _render_oembed(site: SiteInput) -> bytes:
    """Render the oEmbed 1.0 response, of type "rich", for the page's URL."""
    response = {
        "version": "1.0",
        "type": "rich",
        "title": site.show.title,
        "provider_name": site.show.title,
        "provider_url": str(site.url),
        "cache_age": CACHE_SECONDS,
        "width": FRAME_WIDTH,
        "height": _estimate_frame_height(len(site.episodes)),
        "html": render_iframe(site).strip().replace('"100%"', f'"{FRAME_WIDTH}"'),
    }
    if site.schedule.picture:
        sizes = {"thumbnail_width": 1200, "thumbnail_height": 630}
        response |= {"thumbnail_url": site.url.join(PICTURE_PATH), **sizes}
    return json.dumps(response, ensure_ascii=False, indent=1).encode() + b"\n"
