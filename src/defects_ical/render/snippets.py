"""Make the code that other sites copy to show the schedule."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from html import escape

from defects_ical.content.descriptions import name_status
from defects_ical.content.site_input import SeasonRows, SiteInput
from defects_ical.model.source import Credit
from defects_ical.render import embed
from defects_ical.render.templates import (
    get_macro,
    get_template,
    mark_language,
    mark_parts,
    name_in_html,
)
from defects_ical.schedule.episodes import Event
from defects_ical.text.dates import format_month
from defects_ical.text.words import Words
from defects_ical.timezones.conversion import format_utc


def make_snippets(site: SiteInput) -> dict[str, str]:
    """Return the code of each snippet by its id."""
    link_text = embed.format_link_text(site.show, site.schedule.words)
    script = get_template("frame_height.html").render(site=site, frame_path=embed.FRAME_PATH)
    return {
        "frame": embed.render_iframe(site) + script,
        "element": _render_element(link_text, site),
        "html": _render_static_html(site),
        "markdown": f"[{_escape_markdown(link_text)}]({site.url})\n",
        "oembed": f"{site.url}\n",
        "picture": _render_picture(site),
    }


def _render_element(link_text: str, site: SiteInput) -> str:
    text = mark_parts(link_text, (site.show.title,))
    return (
        "<defects-episodes>\n"
        f'<p><a href="{site.url}">{text}</a></p>\n'
        "</defects-episodes>\n"
        f'<script src="{site.url.join(embed.ELEMENT_PATH)}" async></script>\n'
    )


def _render_static_html(site: SiteInput) -> str:
    events = [event for rows in site.rows for event in rows.events]
    items = site.cache.get_or_render("snippet", events, partial(_render_event, site))
    by_event = dict(zip(events, items, strict=True))
    seasons = (_render_season(each, by_event, site) for each in site.rows)
    path, name = site.feeds[0].path, site.show.title
    title = f'<a href="{site.url}"{mark_language(name)}>{escape(name)}</a>'
    links = site.schedule.words.subscribe_or_download.format(
        subscribe=f'<a href="{site.url.webcal(path)}">',
        download=f'<a href="{site.url.join(path)}">',
        page=f'<a href="{site.url}">',
        end="</a>",
    )
    notes = (links, *(_render_credit(each, site.words) for each in site.show.credits))
    paragraphs = "".join(f"<p>{each}</p>\n" for each in notes)
    return f"<p><strong>{title}</strong></p>\n{''.join(seasons)}{paragraphs}"


def _render_credit(credit: Credit, words: Words) -> str:
    return get_macro("parts.html", "credit_text")(words=words, credit=credit)


def _render_season(rows: SeasonRows, by_event: Mapping[Event, str], site: SiteInput) -> str:
    heading = f"<p>{rows.season.name}</p>\n" if len(site.rows) > 1 else ""
    words = site.schedule.words
    items = [by_event[each] for each in rows.events]
    items += (
        _make_item(name or words.announced, format_month(*period, words), words)
        for name, period in rows.season.announcements
    )
    return f"{heading}<ul>\n{''.join(items)}</ul>\n"


def _render_event(site: SiteInput, event: Event) -> str:
    first = event.first
    air_time = site.get_start_text(first.start or first.date)
    words, status = site.words, ""
    if first.status != "confirmed":
        status = f" {words.status_note.format(status=name_status(first.status, words))}"
    start = format_utc(first.start) if first.start else first.date.isoformat()
    time = f'<time datetime="{start}">{air_time}</time>'
    return _make_item(f"<bdi>{name_in_html(event)}</bdi>", f"{time}{status}", words)


def _make_item(name: str, time: str, words: Words) -> str:
    """Return an item of the list; both texts are HTML."""
    return f"<li>{words.added_special.format(name=name, date=time)}</li>\n"


def _escape_markdown(text: str) -> str:
    """Escape the characters that are special in Markdown or in the HTML inside it."""
    return re.sub(r"([!#$&()*<>\[\\\]_`{|}~])", r"\\\1", text)


def _render_picture(site: SiteInput) -> str:
    alt = embed.format_frame_title(site)
    return (
        f'<a href="{site.url}"><img src="{site.url.join(embed.CARD_PATH)}" alt="{alt}" '
        'width="600" height="315"></a>\n'
    )
