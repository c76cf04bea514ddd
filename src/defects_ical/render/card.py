"""The picture of the schedule, for places that allow only images.

It is of 1200 by 630 pixels. Nothing here can measure a text, so widths are estimated, rather too
wide, and what is wider yet is cut off at the edge of its box.
"""

from __future__ import annotations

import math
import unicodedata
from typing import Final, NamedTuple

from defects_ical.content.descriptions import STATUSES, format_date_range, format_time
from defects_ical.content.site_url import SiteURL
from defects_ical.render.templates import get_template
from defects_ical.schedule.episodes import Episode
from defects_ical.schedule.model import Schedule
from defects_ical.text.english import format_date
from defects_ical.timezones.conversion import to_local

_LEFT: Final = 72
_WIDTH: Final = 1056
_TITLES: Final = ((104, 1), (68, 2), (54, 2))
_LIST_TOP: Final = 300
_LIST_HEIGHT: Final = 248
_GAP: Final = 56
_CELLS: Final = 16
# A column has at least as many, so that few episodes are not spread out.
_LINES: Final = 4
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


def render_card(schedule: Schedule, episodes: tuple[Episode, ...], site_url: SiteURL) -> bytes:
    """The picture, in SVG; ``episodes`` are in the order in which they air."""
    title = schedule.show.title
    platforms = ", ".join(each.name for each in schedule.platforms.values())
    content = {
        "heading": _heading(title),
        "note": f"Times in {to_local(episodes[0].start, schedule.timezone).city}",
        "place": _truncate_to_width(str(site_url).partition("://")[2].rstrip("/"), 28),
        "rows": _rows(schedule, episodes),
        "subtitle": _truncate_to_width(
            f"{format_date_range(episodes, schedule)} · {platforms}", 34
        ),
        "title": f"{title}: when the episodes air",
        "top": _LIST_TOP,
    }
    return get_template("card.svg").render(content).encode()


def _heading(title: str) -> _Heading:
    """The title in the largest size that holds all of it, or what fits in the smallest."""
    tried = [_Heading(size, _lines(title, _WIDTH / size, count)) for size, count in _TITLES]
    whole = [each for each in tried if not each.lines[-1].endswith("…")]
    return (whole or tried[-1:])[0]


def _rows(schedule: Schedule, episodes: tuple[Episode, ...]) -> tuple[_Row, ...]:
    """A box for each episode, in one column or two; the last one counts those left out."""
    shown = episodes if len(episodes) <= _CELLS else episodes[: _CELLS - 1]
    columns = 1 if len(episodes) <= _LINES else 2
    boxes = _boxes(min(len(episodes), _CELLS), columns)
    rows = [_row(each, schedule, box) for each, box in zip(shown, boxes, strict=False)]
    if rest := len(episodes) - len(shown):
        rows.append(boxes[-1]._replace(name=f"and {rest} more"))
    return tuple(rows)


def _boxes(count: int, columns: int) -> list[_Row]:
    """Empty boxes, column by column."""
    lines = max(_LINES, math.ceil(count / columns))
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
    room = box.width / box.size - _text_width(when) - 1
    name = _truncate_to_width(episode.name, room)
    return box._replace(name=name, when=when, off=episode.status == "cancelled")


def _when(episode: Episode, schedule: Schedule) -> str:
    """A time in few words: "Mon 21 Jul, 23:00 KST"."""
    there = to_local(episode.start, schedule.timezone)
    weekday, day, month, _ = format_date(there.naive).split()
    date = f"{weekday[:3]} {day} {month[:3]}"
    if episode.status == "cancelled":
        return f"{date}, {STATUSES['cancelled']}"
    # Whose time it is, the picture says below: there is room for one of the two.
    unsure = episode.status == "tentative"
    return f"{date}, {there.naive:%H:%M} (TBC)" if unsure else f"{date}, {format_time(there)}"


def _text_width(text: str) -> float:
    """About how wide a text is, in its own size."""
    return sum(map(_character_width, text))


def _character_width(character: str) -> float:
    if unicodedata.combining(character):
        return 0
    if character in _WIDE_LETTERS or unicodedata.east_asian_width(character) in "WF":
        return 1.05
    if character.isupper() or not character.isascii():
        return 0.8
    return 0.35 if character in " .,:;'|!il" else 0.6


def _truncate_to_width(text: str, ems: float) -> str:
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
        room -= _character_width(character)
        if room < 0:
            return max(at, 1)
    return min(len(text), 400)
