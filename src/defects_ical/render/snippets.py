"""The snippets that fan sites copy to show the schedule."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import Final

from defects_ical.content.descriptions import STATUSES, format_time
from defects_ical.content.site_url import SiteURL
from defects_ical.render.embed import CARD, ELEMENT, FRAME, _main_feed, iframe_html, link_text
from defects_ical.schedule.episodes import Episode, sort_by_start
from defects_ical.schedule.model import Schedule
from defects_ical.text.english import format_date
from defects_ical.timezones.conversion import format_utc, to_local

# The listener goes with the frame. A sandboxed frame's origin is "null", so the window that
# speaks is what counts.
_LISTENER: Final = """\
<script>
addEventListener("message", function (event) {
  if (event.origin !== "null" && event.origin !== "%(origin)s") return;
  if (!event.data || event.data.type !== "defects-episodes" || !(event.data.height > 0)) return;
  document.querySelectorAll("iframe").forEach(function (frame) {
    if (frame.contentWindow === event.source && frame.src.indexOf("%(frame)s") === 0)
      frame.height = event.data.height;
  });
});
</script>
"""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of code to copy: its id on the page, its title, what to know, and the code."""

    id: str
    title: str
    text: str
    code: str


def snippets(
    schedule: Schedule, episodes: tuple[Episode, ...], site_url: SiteURL
) -> tuple[Snippet, ...]:
    """The ways to show the schedule on another site, the richest first."""
    episodes = sort_by_start(episodes)
    return (
        Snippet(
            "frame",
            "Frame",
            "Works nearly everywhere, and follows every change. Add #dark or #light to its"
            " address to fix its colours. Where your site allows no inline script, the script"
            " of the element below gives the frame its height, too.",
            iframe_html(schedule, episodes, site_url) + _height_listener(site_url),
        ),
        Snippet(
            "element",
            "Element",
            "Becomes part of your page, in your fonts and colours: set --defects-ink,"
            " --defects-paper, --defects-accent and --defects-font in your stylesheet, or"
            ' theme="dark" or theme="light" on the element.',
            _element_html(schedule, site_url),
        ),
        Snippet(
            "html",
            "HTML without script",
            "A copy: it stays as it is when an episode is moved. The links do follow.",
            _static_html(schedule, episodes, site_url),
        ),
        Snippet(
            "markdown",
            "Markdown",
            "A link for forums, wikis and READMEs.",
            f"[{_escape_markdown(link_text(schedule))}]({site_url})\n",
        ),
        Snippet(
            "oembed",
            "WordPress",
            "Paste the page's address into a line of its own: WordPress, and what else knows"
            " oEmbed, finds the frame by itself.",
            f"{site_url}\n",
        ),
        Snippet(
            "picture",
            "Picture",
            "For places that allow only images; it follows every change.",
            _picture_html(schedule, site_url),
        ),
    )


def _height_listener(site_url: SiteURL) -> str:
    return _LISTENER % {"origin": site_url.origin, "frame": site_url.join(FRAME)}


def _element_html(schedule: Schedule, site_url: SiteURL) -> str:
    return (
        "<defects-episodes>\n"
        f'<p><a href="{site_url}">{escape(link_text(schedule))}</a></p>\n'
        "</defects-episodes>\n"
        f'<script src="{site_url.join(ELEMENT)}" async></script>\n'
    )


def _static_html(schedule: Schedule, episodes: tuple[Episode, ...], site_url: SiteURL) -> str:
    items = "".join(f"<li>{_episode_html(each, schedule)}</li>\n" for each in episodes)
    path = _main_feed(schedule).path
    return (
        f'<p><strong><a href="{site_url}">{escape(schedule.show.title)}</a></strong></p>\n'
        f"<ul>\n{items}</ul>\n"
        f'<p><a href="{site_url.webcal(path)}">Subscribe</a> or '
        f'<a href="{site_url.join(path)}">download</a>. '
        f'<a href="{site_url}">See it on your own clock</a>.</p>\n'
    )


def _episode_html(episode: Episode, schedule: Schedule) -> str:
    there = to_local(episode.start, schedule.timezone)
    when = f"{format_date(there.naive)}, {format_time(there)}"
    unsure = episode.status != "confirmed"
    status = f" ({STATUSES[episode.status]})" if unsure else ""
    time = f'<time datetime="{format_utc(episode.start)}">{when}</time>'
    return f"<bdi>{escape(episode.name)}</bdi>: {time}{status}"


def _escape_markdown(text: str) -> str:
    """A text that Markdown, and the HTML in it, leave as it is."""
    return re.sub(r"([!#$&()*<>\[\\\]_`{|}~])", r"\\\1", text)


def _picture_html(schedule: Schedule, site_url: SiteURL) -> str:
    words = escape(f"{schedule.show.title}: when the episodes air")
    return (
        f'<a href="{site_url}"><img src="{site_url.join(CARD)}" alt="{words}" '
        'width="600" height="315"></a>\n'
    )
