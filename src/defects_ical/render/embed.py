"""What fan sites show of the schedule: a frame, an element, a picture, and how to place them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from html import escape
from typing import Final

from defects_ical.content.build_cache import BuildCache
from defects_ical.content.descriptions import STATUSES, format_time
from defects_ical.content.feeds import PICTURE_PATH, Feed, main_feeds
from defects_ical.content.site_url import SiteURL
from defects_ical.render.card import render_card
from defects_ical.render.templates import bundle_script, get_template, read_static
from defects_ical.schedule.episodes import Episode, sort_by_start
from defects_ical.schedule.model import Schedule
from defects_ical.text.display import bidi_isolate
from defects_ical.text.english import format_date
from defects_ical.timezones.conversion import format_utc, to_local

FRAME: Final = "/embed.html"
ELEMENT: Final = "/embed.js"
CARD: Final = "/card.svg"
OEMBED: Final = "/oembed.json"
STYLE: Final = "/embed.css"
SCRIPT: Final = "/frame.js"
PATHS: Final = (FRAME, ELEMENT, CARD, OEMBED, STYLE, SCRIPT)

SANDBOX: Final = "allow-scripts allow-downloads allow-popups"
# Longer lists scroll inside the frame and the element (embed.js has the same number).
MAX_ROWS: Final = 10
# Pixels, at the width that oEmbed promises; where nobody listens, the frame keeps this height.
WIDTH: Final = 600
ROW: Final = 67
REST: Final = 280
LIST: Final = 576
# Seconds that a site may keep what oEmbed told it.
CACHE_SECONDS: Final = 3600


def render_embeds(
    schedule: Schedule, episodes: tuple[Episode, ...], site_url: SiteURL, cache: BuildCache
) -> Iterator[tuple[str, bytes]]:
    """Every file that other sites embed, and what belongs to it: the path and the bytes, UTF-8."""
    listed = sort_by_start(episodes)
    items = cache.get_or_render("frame", listed, partial(_frame_item, schedule))
    yield FRAME, _frame(schedule, items, site_url)
    yield STYLE, read_static("embed.css")
    yield SCRIPT, bundle_script("moments.js", "frame.js")
    yield ELEMENT, bundle_script("moments.js", "embed.js")
    yield CARD, render_card(schedule, listed, site_url)
    yield OEMBED, _oembed(schedule, listed, site_url)


def content_security_policy(site_url: SiteURL) -> str:
    """The Content-Security-Policy of the frame.

    It names the origin too: in a sandbox the frame's own is opaque, and 'self' may match nothing.
    """
    own = f"'self' {site_url.origin}"
    return (
        f"default-src 'none'; script-src {own}; style-src {own}; img-src {own}; "
        "base-uri 'none'; form-action 'none'"
    )


def _main_feed(schedule: Schedule) -> Feed:
    return main_feeds(schedule)[0]


def link_text(schedule: Schedule) -> str:
    """The words of a link to the page."""
    return f"{bidi_isolate(schedule.show.title)}: the episodes in your calendar"


def _frame(schedule: Schedule, items: list[str], site_url: SiteURL) -> bytes:
    content = {
        "site_url": site_url,
        "feed": _main_feed(schedule),
        "items": items,
        "many": MAX_ROWS,
        "policy": content_security_policy(site_url),
        "show": schedule.show,
    }
    return get_template("embed.html").render(content).encode()


def _frame_item(schedule: Schedule, episode: Episode) -> str:
    """An episode in the list of the frame."""
    content = {
        "episode": episode,
        "own": lambda at: to_local(at, schedule.timezone),
        "utc": format_utc,
        "format_date": format_date,
        "format_time": format_time,
        "statuses": STATUSES,
    }
    return get_template("embed_episode.html").render(content)


# Snippets and oEmbed


def iframe_html(schedule: Schedule, episodes: tuple[Episode, ...], site_url: SiteURL) -> str:
    """Return the iframe that shows the schedule on another site."""
    title = escape(f"{schedule.show.title}: when the episodes air")
    return (
        f'<iframe src="{site_url.join(FRAME)}" title="{title}" width="100%" '
        f'height="{frame_height(episodes)}" loading="lazy" frameborder="0" '
        f'sandbox="{SANDBOX}"></iframe>\n'
    )


def frame_height(episodes: tuple[Episode, ...]) -> int:
    """About how high the frame is, in pixels, where it is WIDTH wide and names are short."""
    rows = ROW * len(episodes)
    return REST + (rows if len(episodes) <= MAX_ROWS else LIST)


def _oembed(schedule: Schedule, episodes: tuple[Episode, ...], site_url: SiteURL) -> bytes:
    """What a site learns that is given the page's address (oEmbed 1.0, rich)."""
    title = schedule.show.title
    content = {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": title,
        "provider_url": str(site_url),
        "cache_age": CACHE_SECONDS,
        "width": WIDTH,
        "height": frame_height(episodes),
        "html": iframe_html(schedule, episodes, site_url).strip().replace('"100%"', f'"{WIDTH}"'),
    }
    if schedule.picture:
        sizes = {"thumbnail_width": 1200, "thumbnail_height": 630}
        content |= {"thumbnail_url": site_url.join(PICTURE_PATH), **sizes}
    return json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"
