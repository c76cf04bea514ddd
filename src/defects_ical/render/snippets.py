"""Make the code that other sites copy to show the schedule."""

from __future__ import annotations

import re
from html import escape

from defects_ical.content.descriptions import STATUS_TEXTS, format_air_time
from defects_ical.content.site_input import SeasonRows, SiteInput
from defects_ical.content.site_url import SiteURL
from defects_ical.model.schedule import Schedule
from defects_ical.render import embed
from defects_ical.render.templates import get_template
from defects_ical.schedule.episodes import Event
from defects_ical.text.english import format_month
from defects_ical.timezones.conversion import format_utc


def make_snippets(site: SiteInput) -> dict[str, str]:
    """Return the code of each snippet by its id."""
    link_text = embed.format_link_text(site.show)
    script = get_template("frame_height.html").render(site=site, frame_path=embed.FRAME_PATH)
    return {
        "frame": embed.render_iframe(site) + script,
        "element": _render_element(link_text, site.url),
        "html": _render_static_html(site),
        "markdown": f"[{_escape_markdown(link_text)}]({site.url})\n",
        "oembed": f"{site.url}\n",
        "picture": _render_picture(site),
    }


def _render_element(link_text: str, site_url: SiteURL) -> str:
    return (
        "<defects-episodes>\n"
        f'<p><a href="{site_url}">{escape(link_text)}</a></p>\n'
        "</defects-episodes>\n"
        f'<script src="{site_url.join(embed.ELEMENT_PATH)}" async></script>\n'
    )


def _render_static_html(site: SiteInput) -> str:
    seasons = (_render_season(each, site) for each in site.rows)
    path = site.feeds[0].path
    return (
        f'<p><strong><a href="{site.url}">{escape(site.show.title)}</a></strong></p>\n'
        f"{''.join(seasons)}"
        f'<p><a href="{site.url.webcal(path)}">Subscribe</a> or '
        f'<a href="{site.url.join(path)}">download</a>. '
        f'<a href="{site.url}">See the times in your time zone</a>.</p>\n'
    )


def _render_season(rows: SeasonRows, site: SiteInput) -> str:
    heading = f"<p>{rows.season.name}</p>\n" if len(site.rows) > 1 else ""
    items = [_render_event(each, site.schedule) for each in rows.events]
    items += (
        f"<li>{name or 'Announced'}: {format_month(*period)}</li>\n"
        for name, period in rows.season.announcements
    )
    return f"{heading}<ul>\n{''.join(items)}</ul>\n"


def _render_event(event: Event, schedule: Schedule) -> str:
    first = event.first
    air_time = format_air_time(first, schedule)
    status = f" ({STATUS_TEXTS[first.status]})" if first.status != "confirmed" else ""
    start = format_utc(first.start) if first.start else first.date.isoformat()
    time = f'<time datetime="{start}">{air_time}</time>'
    return f"<li><bdi>{escape(event.name)}</bdi>: {time}{status}</li>\n"


def _escape_markdown(text: str) -> str:
    """Escape the characters that are special in Markdown or in the HTML inside it."""
    return re.sub(r"([!#$&()*<>\[\\\]_`{|}~])", r"\\\1", text)


def _render_picture(site: SiteInput) -> str:
    alt = escape(f"{site.show.title}: when the episodes air")
    return (
        f'<a href="{site.url}"><img src="{site.url.join(embed.CARD_PATH)}" alt="{alt}" '
        'width="600" height="315"></a>\n'
    )
