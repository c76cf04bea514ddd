"""Make the code that other sites copy to show the schedule."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import Final

from defects_ical.content.descriptions import STATUS_TEXTS, format_date_time
from defects_ical.content.site_input import SiteInput
from defects_ical.content.site_url import SiteURL
from defects_ical.render import embed
from defects_ical.schedule.episodes import Episode
from defects_ical.schedule.model import Schedule
from defects_ical.timezones.conversion import format_utc, to_local

# The title and the explanation of each snippet, by its id.
_TEXTS: Final = {
    "frame": (
        "Frame",
        (
            "Works on almost every site and updates automatically. To set the colour scheme, add"
            " #dark or #light to the frame's address. If your site blocks inline scripts, load the"
            " script of the custom element instead: it sizes the frame, too."
        ),
    ),
    "element": (
        "Custom element",
        (
            "Becomes part of your page and updates automatically. To match your design, set"
            " --defects-ink, --defects-paper, --defects-accent and --defects-font in your style"
            ' sheet, or add theme="dark" or theme="light" to the element.'
        ),
    ),
    "html": (
        "HTML without scripts",
        "A one-time copy: the times do not update when an episode is moved. The links still work.",
    ),
    "markdown": ("Markdown", "A link for forums, wikis and READMEs."),
    "oembed": (
        "WordPress",
        (
            "Paste the address of this page on a line of its own. WordPress and other sites that"
            " support oEmbed replace it with the frame."
        ),
    ),
    "picture": ("Image", "For sites that allow only images. Updates automatically."),
}
# A sandboxed frame has the origin "null", so the script checks which window sent the message.
_HEIGHT_SCRIPT: Final = """\
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
    """Code to copy, with its id on the page, its title and an explanation."""

    id: str
    title: str
    text: str
    code: str


def make_snippets(site: SiteInput) -> tuple[Snippet, ...]:
    """Return the snippets of a schedule, the most capable first."""
    link_text = embed.format_link_text(site.show)
    script = _HEIGHT_SCRIPT % {"origin": site.url.origin, "frame": site.url.join(embed.FRAME_PATH)}
    code = {
        "frame": embed.render_iframe(site) + script,
        "element": _render_element(link_text, site.url),
        "html": _render_static_html(site),
        "markdown": f"[{_escape_markdown(link_text)}]({site.url})\n",
        "oembed": f"{site.url}\n",
        "picture": _render_picture(site),
    }
    return tuple(Snippet(id_, title, text, code[id_]) for id_, (title, text) in _TEXTS.items())


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
