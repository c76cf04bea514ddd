"""Make the code that other sites copy to show the schedule."""

from __future__ import annotations

import re
from html import escape

from defects_ical.content.descriptions import STATUS_TEXTS, format_date_time
from defects_ical.content.site_input import SiteInput
from defects_ical.content.site_url import SiteURL
from defects_ical.model.schedule import Schedule
from defects_ical.render import embed
from defects_ical.render.templates import get_template
from defects_ical.schedule.episodes import Episode
from defects_ical.timezones.conversion import format_utc, to_local


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
    episodes = (_render_episode(each, site.schedule) for each in site.episodes_by_start)
    path = site.feeds[0].path
    return (
        f'<p><strong><a href="{site.url}">{escape(site.show.title)}</a></strong></p>\n'
        f"<ul>\n{''.join(episodes)}</ul>\n"
        f'<p><a href="{site.url.webcal(path)}">Subscribe</a> or '
        f'<a href="{site.url.join(path)}">download</a>. '
        f'<a href="{site.url}">See the times in your time zone</a>.</p>\n'
    )


def _render_episode(episode: Episode, schedule: Schedule) -> str:
    air_time = format_date_time(to_local(episode.start, schedule.timezone))
    status = f" ({STATUS_TEXTS[episode.status]})" if episode.status != "confirmed" else ""
    time = f'<time datetime="{format_utc(episode.start)}">{air_time}</time>'
    return f"<li><bdi>{escape(episode.name)}</bdi>: {time}{status}</li>\n"


def _escape_markdown(text: str) -> str:
    """Escape the characters that are special in Markdown or in the HTML inside it."""
    return re.sub(r"([!#$&()*<>\[\\\]_`{|}~])", r"\\\1", text)


def _render_picture(site: SiteInput) -> str:
    alt = escape(f"{site.show.title}: when the episodes air")
    return (
        f'<a href="{site.url}"><img src="{site.url.join(embed.CARD_PATH)}" alt="{alt}" '
        'width="600" height="315"></a>\n'
    )
