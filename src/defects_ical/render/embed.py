"""Render what other sites embed: the frame, the custom element, the card and oEmbed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from html import escape
from typing import Final

from defects_ical.content.links.feeds import PICTURE_PATH
from defects_ical.content.links.site_url import SiteURL
from defects_ical.content.site_input import SeasonRows, SiteInput
from defects_ical.model.schedule import Show
from defects_ical.render.card import render_card
from defects_ical.render.scripts import bundle_script, select_words
from defects_ical.render.templates import (
    LongTexts,
    RowPatterns,
    Texts,
    get_macro,
    get_template,
    name_in_html,
)
from defects_ical.schedule.episodes import Event
from defects_ical.text.words import Words
from defects_ical.timezones.conversion import format_utc

FRAME_PATH: Final = "/embed.html"
FRAME_STYLE_PATH: Final = "/embed.css"
FRAME_SCRIPT_PATH: Final = "/frame.js"
ELEMENT_PATH: Final = "/embed.js"
CARD_PATH: Final = "/card.svg"
OEMBED_PATH: Final = "/oembed.json"
# The week of all shows, in a site of several.
WEEK_PATHS: Final = ("/week.html", "/week.css", "/week-frame.js", "/week.js")
# Other sites may load and frame these; the pages may not be framed.
EMBED_PATHS: Final = frozenset(
    {
        *(FRAME_PATH, FRAME_STYLE_PATH, FRAME_SCRIPT_PATH, ELEMENT_PATH, CARD_PATH, OEMBED_PATH),
        *WEEK_PATHS,
    }
)

IFRAME_SANDBOX: Final = "allow-scripts allow-downloads allow-popups"
FRAME_SCRIPTS: Final = ("local-times.js", "frame.js")
ELEMENT_SCRIPTS: Final = ("local-times.js", "embed.js")
# Longer lists scroll inside the frame and the element. embed.js has the same number.
MAX_ROWS: Final = 10
# Sizes of the frame, in pixels. Hosts without a resize script keep the height they imply.
FRAME_WIDTH: Final = 600
ROW_HEIGHT: Final = 67
SHORT_ROW_HEIGHT: Final = 46
MAX_LIST_HEIGHT: Final = 576
OTHER_HEIGHT: Final = 280
CREDIT_HEIGHT: Final = 35
# Seconds for which a consumer may cache the oEmbed response.
CACHE_SECONDS: Final = 3600


def render_embeds(site: SiteInput) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the UTF-8 bytes of each file that other sites load."""
    yield FRAME_PATH, _render_frame(site)
    if site.is_main:
        yield FRAME_STYLE_PATH, _render_style(site)
        yield FRAME_SCRIPT_PATH, bundle_script(*FRAME_SCRIPTS)
    yield ELEMENT_PATH, _render_element(site)
    yield CARD_PATH, render_card(site)
    yield OEMBED_PATH, _render_oembed(site)


def _render_style(site: SiteInput) -> bytes:
    context = {"codes": site.schedule.languages, "has_credit": bool(site.show.credit)}
    return get_template("embed.css").render(context).encode()


def _render_element(site: SiteInput) -> bytes:
    has_credit = bool(site.show.credit)
    return bundle_script(*ELEMENT_SCRIPTS, words=site.words, root=site.root, has_credit=has_credit)


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


def format_link_text(show: Show, words: Words) -> str:
    """Return the text of a link to the page."""
    return words.episode_calendar.format(show=words.isolate(show.title))


def format_frame_title(site: SiteInput) -> str:
    """Return the title of the frame and of the image, escaped for HTML."""
    return escape(site.schedule.words.when_episodes_air.format(show=site.show.title))


def render_iframe(site: SiteInput) -> str:
    """Return the ``<iframe>`` that shows the schedule on another site."""
    return (
        f'<iframe src="{site.url.join(FRAME_PATH)}" title="{format_frame_title(site)}" '
        f'width="100%" height="{_estimate_frame_height(site)}" loading="lazy" frameborder="0" '
        f'sandbox="{IFRAME_SANDBOX}"></iframe>\n'
    )


def _estimate_frame_height(site: SiteInput) -> int:
    """Estimate the frame's height in pixels, for short names and a width of FRAME_WIDTH."""
    height = OTHER_HEIGHT + CREDIT_HEIGHT * len(site.show.credits)
    if _count_rows(site) > MAX_ROWS:
        return height + MAX_LIST_HEIGHT
    return height + sum(map(_estimate_season_height, site.rows))


def _estimate_season_height(rows: SeasonRows) -> int:
    with_hour = sum(1 for each in rows.events if each.first.start)
    without = rows.row_count - with_hour
    return with_hour * ROW_HEIGHT + without * SHORT_ROW_HEIGHT


def _render_frame(site: SiteInput) -> bytes:
    long_texts = LongTexts()
    events = [each for rows in site.rows for each in rows.events]
    render = partial(_render_frame_item, site, RowPatterns())
    rendered = site.cache.get_or_render("frame", events, render)
    items = {event.id: item for event, item in zip(events, rendered, strict=True)}
    context = {
        "content_security_policy": build_embed_policy(site.url),
        "list_events": lambda some: long_texts.hold(b"".join(items[each.id] for each in some)),
        "root": site.root,
        "script_words": select_words(site.schedule.words, *FRAME_SCRIPTS),
        "scrolls": _count_rows(site) > MAX_ROWS,
        "site": site,
        "words": site.schedule.words,
    }
    return long_texts.insert(get_template("embed.html").render(context))


def _count_rows(site: SiteInput) -> int:
    return sum(each.row_count for each in site.rows)


def _render_frame_item(site: SiteInput, patterns: RowPatterns, event: Event) -> bytes:
    """Render one row of the list in the frame, in UTF-8."""
    first = event.first
    texts = {
        "name": event.name,
        "start": format_utc(first.position),
        "end": format_utc(first.end or first.position + timedelta(days=1)),
        "air_time": site.get_start_text(first.start or first.date),
    }
    render = partial(_render_frame_texts, site, event)
    if first.start and first.status == "confirmed" and not (first.revisions or any(first.foreign)):
        return patterns.render(texts, render)
    return render(texts).encode()


def _render_frame_texts(site: SiteInput, event: Event, texts: Texts) -> str:
    """Render a row with these texts in place of those of the event."""
    first = event.first
    previous, start = first.previous_start, first.start or first.date
    context = {
        "first": first,
        "heading": name_in_html(event) if any(first.foreign) else texts["name"],
        "moved_from": site.get_start_text(previous) if previous and previous != start else "",
        "texts": texts,
        "words": site.words,
    }
    return get_macro("embed_episode.html", "row")(**context)


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
        "height": _estimate_frame_height(site),
        "html": render_iframe(site).strip().replace('"100%"', f'"{FRAME_WIDTH}"'),
    }
    if site.schedule.picture:
        sizes = {"thumbnail_width": 1200, "thumbnail_height": 630}
        response |= {"thumbnail_url": site.main_url.join(PICTURE_PATH), **sizes}
    return json.dumps(response, ensure_ascii=False, indent=1).encode() + b"\n"
