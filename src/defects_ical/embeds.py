"""What fan sites show of the schedule: a frame, an element, a picture, and how to place them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Final

from defects_ical import card, timezones, wording
from defects_ical.episodes import Episode, by_start
from defects_ical.forms import isolated
from defects_ical.links import PICTURE, Address, Feed, feeds
from defects_ical.markup import script, static, template
from defects_ical.pieces import Pieces
from defects_ical.schedule import Schedule

FRAME: Final = "/embed.html"
ELEMENT: Final = "/embed.js"
CARD: Final = "/card.svg"
OEMBED: Final = "/oembed.json"
STYLE: Final = "/embed.css"
SCRIPT: Final = "/frame.js"
PATHS: Final = (FRAME, ELEMENT, CARD, OEMBED, STYLE, SCRIPT)

SANDBOX: Final = "allow-scripts allow-downloads allow-popups"
# Longer lists scroll inside the frame and the element (embed.js has the same number).
MANY: Final = 10
# Pixels, at the width that oEmbed promises; where nobody listens, the frame keeps this height.
WIDTH: Final = 600
ROW: Final = 67
REST: Final = 280
LIST: Final = 576
# Seconds that a site may keep what oEmbed told it.
KEPT: Final = 3600

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


def render(
    schedule: Schedule, episodes: tuple[Episode, ...], address: Address, pieces: Pieces
) -> Iterator[tuple[str, bytes]]:
    """Every file that other sites embed, and what belongs to it: the path and the bytes, UTF-8."""
    listed = by_start(episodes)
    items = pieces.made("frame", listed, partial(_frame_item, schedule))
    yield FRAME, _frame(schedule, items, address)
    yield STYLE, static("embed.css")
    yield SCRIPT, script("moments.js", "frame.js")
    yield ELEMENT, script("moments.js", "embed.js")
    yield CARD, card.render(schedule, listed, address)
    yield OEMBED, _oembed(schedule, listed, address)


def snippets(
    schedule: Schedule, episodes: tuple[Episode, ...], address: Address
) -> tuple[Snippet, ...]:
    """The ways to show the schedule on another site, the richest first."""
    episodes = by_start(episodes)
    return (
        Snippet(
            "frame",
            "Frame",
            "Works nearly everywhere, and follows every change. Add #dark or #light to its"
            " address to fix its colours. Where your site allows no inline script, the script"
            " of the element below gives the frame its height, too.",
            _framed(schedule, episodes, address) + _listener(address),
        ),
        Snippet(
            "element",
            "Element",
            "Becomes part of your page, in your fonts and colours: set --defects-ink,"
            " --defects-paper, --defects-accent and --defects-font in your stylesheet, or"
            ' theme="dark" or theme="light" on the element.',
            _element(schedule, address),
        ),
        Snippet(
            "html",
            "HTML without script",
            "A copy: it stays as it is when an episode is moved. The links do follow.",
            _block(schedule, episodes, address),
        ),
        Snippet(
            "markdown",
            "Markdown",
            "A link for forums, wikis and READMEs.",
            f"[{_markdown(invitation(schedule))}]({address})\n",
        ),
        Snippet(
            "oembed",
            "WordPress",
            "Paste the page's address into a line of its own: WordPress, and what else knows"
            " oEmbed, finds the frame by itself.",
            f"{address}\n",
        ),
        Snippet(
            "picture",
            "Picture",
            "For places that allow only images; it follows every change.",
            _picture(schedule, address),
        ),
    )


def policy(address: Address) -> str:
    """The Content-Security-Policy of the frame.

    It names the origin too: in a sandbox the frame's own is opaque, and 'self' may match nothing.
    """
    own = f"'self' {address.origin}"
    return (
        f"default-src 'none'; script-src {own}; style-src {own}; img-src {own}; "
        "base-uri 'none'; form-action 'none'"
    )


def _main_feed(schedule: Schedule) -> Feed:
    return feeds(schedule)[0]


def invitation(schedule: Schedule) -> str:
    """The words of a link to the page."""
    return f"{isolated(schedule.show.title)}: the episodes in your calendar"


def _frame(schedule: Schedule, items: list[str], address: Address) -> bytes:
    content = {
        "address": address,
        "feed": _main_feed(schedule),
        "items": items,
        "many": MANY,
        "policy": policy(address),
        "show": schedule.show,
    }
    return template("embed.html").render(content).encode()


def _frame_item(schedule: Schedule, episode: Episode) -> str:
    """An episode in the list of the frame."""
    content = {
        "episode": episode,
        "own": lambda at: timezones.read(at, schedule.timezone),
        "utc": timezones.in_utc,
        "wording": wording,
    }
    return template("embed_episode.html").render(content)


# Snippets and oEmbed


def _framed(schedule: Schedule, episodes: tuple[Episode, ...], address: Address) -> str:
    title = escape(f"{schedule.show.title}: when the episodes air")
    return (
        f'<iframe src="{address.url(FRAME)}" title="{title}" width="100%" '
        f'height="{_height(episodes)}" loading="lazy" frameborder="0" '
        f'sandbox="{SANDBOX}"></iframe>\n'
    )


def _listener(address: Address) -> str:
    return _LISTENER % {"origin": address.origin, "frame": address.url(FRAME)}


def _height(episodes: tuple[Episode, ...]) -> int:
    """About how high the frame is, in pixels, where it is WIDTH wide and names are short."""
    rows = ROW * len(episodes)
    return REST + (rows if len(episodes) <= MANY else LIST)


def _element(schedule: Schedule, address: Address) -> str:
    return (
        "<defects-episodes>\n"
        f'<p><a href="{address}">{escape(invitation(schedule))}</a></p>\n'
        "</defects-episodes>\n"
        f'<script src="{address.url(ELEMENT)}" async></script>\n'
    )


def _block(schedule: Schedule, episodes: tuple[Episode, ...], address: Address) -> str:
    items = "".join(f"<li>{_item(each, schedule)}</li>\n" for each in episodes)
    path = _main_feed(schedule).path
    return (
        f'<p><strong><a href="{address}">{escape(schedule.show.title)}</a></strong></p>\n'
        f"<ul>\n{items}</ul>\n"
        f'<p><a href="{address.webcal(path)}">Subscribe</a> or '
        f'<a href="{address.url(path)}">download</a>. '
        f'<a href="{address}">See it on your own clock</a>.</p>\n'
    )


def _item(episode: Episode, schedule: Schedule) -> str:
    there = timezones.read(episode.start, schedule.timezone)
    when = f"{wording.day(there.wall)}, {wording.time(there)}"
    unsure = episode.status != "confirmed"
    status = f" ({wording.STATUSES[episode.status]})" if unsure else ""
    time = f'<time datetime="{timezones.in_utc(episode.start)}">{when}</time>'
    return f"<bdi>{escape(episode.name)}</bdi>: {time}{status}"


def _markdown(text: str) -> str:
    """A text that Markdown, and the HTML in it, leave as it is."""
    return re.sub(r"([!#$&()*<>\[\\\]_`{|}~])", r"\\\1", text)


def _picture(schedule: Schedule, address: Address) -> str:
    words = escape(f"{schedule.show.title}: when the episodes air")
    return (
        f'<a href="{address}"><img src="{address.url(CARD)}" alt="{words}" '
        'width="600" height="315"></a>\n'
    )


def _oembed(schedule: Schedule, episodes: tuple[Episode, ...], address: Address) -> bytes:
    """What a site learns that is given the page's address (oEmbed 1.0, rich)."""
    title = schedule.show.title
    content = {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": title,
        "provider_url": str(address),
        "cache_age": KEPT,
        "width": WIDTH,
        "height": _height(episodes),
        "html": _framed(schedule, episodes, address).strip().replace('"100%"', f'"{WIDTH}"'),
    }
    if schedule.picture:
        sizes = {"thumbnail_width": 1200, "thumbnail_height": 630}
        content |= {"thumbnail_url": address.url(PICTURE), **sizes}
    return json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"
