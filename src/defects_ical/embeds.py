"""What fan sites show of the schedule: a frame, an element, a picture, and how to place them."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Final, NamedTuple

from defects_ical import timezones, wording
from defects_ical.episodes import Episode
from defects_ical.links import PICTURE, Address, Feed, feeds
from defects_ical.markup import static, template
from defects_ical.schedule import Schedule
from defects_ical.timezones import Reading

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
    schedule: Schedule, episodes: tuple[Episode, ...], address: Address
) -> Iterator[tuple[str, bytes]]:
    """Every file that other sites embed, and what belongs to it: the path and the bytes, UTF-8."""
    listed = _by_start(episodes)
    yield FRAME, _frame(schedule, listed, address)
    yield STYLE, static("embed.css")
    yield SCRIPT, _script("moments.js", "frame.js")
    yield ELEMENT, _script("moments.js", "embed.js")
    yield CARD, _card(schedule, listed, address)
    yield OEMBED, _oembed(schedule, listed, address)


def snippets(
    schedule: Schedule, episodes: tuple[Episode, ...], address: Address
) -> tuple[Snippet, ...]:
    """The ways to show the schedule on another site, the richest first."""
    episodes = _by_start(episodes)
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
            f"[{_markdown(_invitation(schedule))}]({address})\n",
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


def _by_start(episodes: tuple[Episode, ...]) -> tuple[Episode, ...]:
    return tuple(sorted(episodes, key=lambda each: each.start))


def _own(at: datetime, schedule: Schedule) -> Reading:
    """What the schedule's own clock shows."""
    return timezones.read(at, schedule.timezone)


def _main_feed(schedule: Schedule) -> Feed:
    return feeds(schedule)[0]


def _invitation(schedule: Schedule) -> str:
    return f"{schedule.show.title}: the episodes in your calendar"


def _frame(schedule: Schedule, episodes: tuple[Episode, ...], address: Address) -> bytes:
    content = {
        "address": address,
        "episodes": episodes,
        "feed": _main_feed(schedule),
        "many": MANY,
        "own": lambda at: _own(at, schedule),
        "policy": policy(address),
        "show": schedule.show,
        "utc": timezones.in_utc,
        "wording": wording,
    }
    return template("embed.html").render(content).encode()


def _script(*names: str) -> bytes:
    """One script of several files, which share their names with nobody else on the page."""
    parts = b"\n".join(map(static, names))
    return b'(() => {\n"use strict";\n' + parts + b"})();\n"


# Snippets and oEmbed


def _framed(schedule: Schedule, episodes: tuple[Episode, ...], address: Address) -> str:
    title = escape(f"{schedule.show.title}: when the episodes air")
    return (
        f'<iframe src="{address.url(FRAME)}" title="{title}" width="100%" '
        f'height="{_height(episodes)}" loading="lazy" sandbox="{SANDBOX}" '
        'style="border: 0; max-width: 48rem"></iframe>\n'
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
        f'<p><a href="{address}">{escape(_invitation(schedule))}</a></p>\n'
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
    there = _own(episode.start, schedule)
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


# The picture: pixels of 1200 by 630. Nothing here can measure a text, so widths are estimated,
# rather too wide, and what is wider yet is cut off at the edge of its box.

_LEFT: Final = 72
_WIDTH: Final = 1056
_TITLES: Final = ((104, 1), (68, 2), (54, 2))
_LIST_TOP: Final = 300
_LIST_HEIGHT: Final = 248
_GAP: Final = 56
_CELLS: Final = 16
_WIDE_LETTERS: Final = frozenset("MWmw@%&—…")


class _Heading(NamedTuple):
    """The title: its size and its lines."""

    size: int
    lines: tuple[str, ...]


class _Row(NamedTuple):
    """An episode's box in the picture, and what it says."""

    x: int
    y: int
    width: int
    height: int
    size: int
    name: str
    when: str
    off: bool


def _card(schedule: Schedule, episodes: tuple[Episode, ...], address: Address) -> bytes:
    title = schedule.show.title
    content = {
        "heading": _heading(title),
        "note": f"Times in {_own(episodes[0].start, schedule).place}",
        "place": _fitted(str(address).partition("://")[2].rstrip("/"), 28),
        "rows": _rows(schedule, episodes),
        "subtitle": _fitted(_subtitle(schedule, episodes), 34),
        "title": f"{title}: when the episodes air",
        "top": _LIST_TOP,
    }
    return template("card.svg").render(content).encode()


def _heading(title: str) -> _Heading:
    """The title in the largest size that holds all of it, or what fits in the smallest."""
    tried = [_Heading(size, _lines(title, _WIDTH / size, count)) for size, count in _TITLES]
    whole = [each for each in tried if not each.lines[-1].endswith("…")]
    return (whole or tried[-1:])[0]


def _subtitle(schedule: Schedule, episodes: tuple[Episode, ...]) -> str:
    first, last = (wording.calendar_date(_own(episodes[at].start, schedule).wall) for at in (0, -1))
    days = first if first == last else f"{first} to {last}"
    names = ", ".join(each.name for each in schedule.platforms.values())
    return f"{days} · {names}"


def _rows(schedule: Schedule, episodes: tuple[Episode, ...]) -> tuple[_Row, ...]:
    """A box for each episode, in one column or two; the last one counts those left out."""
    shown = episodes if len(episodes) <= _CELLS else episodes[: _CELLS - 1]
    columns = 1 if len(episodes) <= 4 else 2  # noqa: PLR2004 - as many lines as a column has
    boxes = _boxes(min(len(episodes), _CELLS), columns)
    rows = [_row(each, schedule, box) for each, box in zip(shown, boxes, strict=False)]
    if rest := len(episodes) - len(shown):
        rows.append(boxes[-1]._replace(name=f"and {rest} more"))
    return tuple(rows)


def _boxes(count: int, columns: int) -> list[_Row]:
    """Empty boxes, column by column."""
    lines = max(4, math.ceil(count / columns))
    width = (_WIDTH - (columns - 1) * _GAP) // columns
    height = _LIST_HEIGHT // lines
    size = min(28 if columns == 1 else 24, height * 2 // 3)
    places = [(_LEFT + (width + _GAP) * (at // lines), at % lines) for at in range(count)]
    return [
        _Row(x, _LIST_TOP + line * height, width, height, size, "", "", off=False)
        for x, line in places
    ]


def _row(episode: Episode, schedule: Schedule, box: _Row) -> _Row:
    when = _when(episode, schedule)
    room = box.width / box.size - _ems(when) - 1
    name = _fitted(episode.name, room)
    return box._replace(name=name, when=when, off=episode.status == "cancelled")


def _when(episode: Episode, schedule: Schedule) -> str:
    """A time in few words: "Mon 21 Jul, 23:00 KST"."""
    there = _own(episode.start, schedule)
    weekday, day, month, _ = wording.day(there.wall).split()
    date = f"{weekday[:3]} {day} {month[:3]}"
    if episode.status == "cancelled":
        return f"{date}, {wording.STATUSES['cancelled']}"
    return f"{date}, {wording.time(there)}{' (TBC)' if episode.status == 'tentative' else ''}"


def _ems(text: str) -> float:
    """About how wide a text is, in its own size."""
    return sum(map(_em, text))


def _em(character: str) -> float:
    if unicodedata.combining(character):
        return 0
    if character in _WIDE_LETTERS or unicodedata.east_asian_width(character) in "WF":
        return 1.05
    if character.isupper() or not character.isascii():
        return 0.8
    return 0.35 if character in " .,:;'|!il" else 0.6


def _fitted(text: str, ems: float) -> str:
    """A text, or as much of its beginning as is about this wide."""
    return _lines(text, ems, 1)[0]


def _lines(text: str, ems: float, count: int) -> tuple[str, ...]:
    """A text in at most so many lines about this wide; one that had to be cut ends in "…"."""
    lines: list[str] = []
    rest = text
    while rest and len(lines) < count:
        line = rest[: _fitting(rest, ems)]
        if line != rest and len(lines) + 1 < count:
            line = line.rpartition(" ")[0] or line
        lines.append(line)
        rest = rest[len(line) :].lstrip()
    if rest:
        lines[-1] = lines[-1][: _fitting(lines[-1], ems - 1.05)].rstrip() + "…"
    return tuple(lines)


def _fitting(text: str, ems: float) -> int:
    """How many characters of a text are at most about this wide; always one."""
    room = ems
    for at, character in enumerate(text[:400]):
        room -= _em(character)
        if room < 0:
            return max(at, 1)
    return min(len(text), 400)
