"""Render the schedule as an image (SVG, 1200 by 630 pixels), for sites that allow only images.

The width of a text can only be estimated here. The estimates are generous; the SVG clips what is
wider still.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

from defects_ical.content.descriptions import STATUS_TEXTS, format_date_range, format_time
from defects_ical.content.site_input import SeasonRows, SiteInput
from defects_ical.model.schedule import Schedule
from defects_ical.render.templates import get_template
from defects_ical.schedule.episodes import Episode
from defects_ical.text.english import format_month, format_short_date
from defects_ical.timezones.conversion import to_local

# Pixels.
_LEFT: Final = 72
_WIDTH: Final = 1056
_LIST_TOP: Final = 300
_LIST_HEIGHT: Final = 248
_COLUMN_GAP: Final = 56
# Font sizes of the title and how many lines each may take, the largest first.
_TITLE_SIZES: Final = ((104, 1), (68, 2), (54, 2))
_MAX_ROWS: Final = 16
# Height for at least four rows, so that one or two episodes are not spread over the image.
_MIN_ROWS_PER_COLUMN: Final = 4
# Ems. An "…" is a wide character, too.
_WIDE_CHARACTER: Final = 1.05
_WIDE_CHARACTERS: Final = frozenset("MWmw@%&—…")
# Characters. Combining ones have no width, so a width alone would not limit a line.
_MAX_LINE: Final = 400


class _Title(NamedTuple):
    """The title as lines of one font size, in pixels."""

    font_size: int
    lines: tuple[str, ...]


class _Text(NamedTuple):
    """What a row says."""

    name: str
    time: str
    is_cancelled: bool = False


class _Row(NamedTuple):
    """An event's row: its box in pixels, and its texts."""

    x: int
    y: int
    width: int
    height: int
    font_size: int
    name: str = ""
    time: str = ""
    cancelled: bool = False


def render_card(site: SiteInput) -> bytes:
    """Render the SVG."""
    schedule, shown = site.schedule, _pick_seasons(site)
    platforms = ", ".join(each.name for each in schedule.platforms.values())
    name = shown[0].season.name if len(site.rows) > 1 else ""
    dates = format_date_range(shown[0].season.episodes, schedule)
    subtitle = " · ".join(filter(None, (name, dates, platforms)))
    context = {
        "address": _truncate_to_width(str(site.url).partition("://")[2].rstrip("/"), 28),
        "description": f"{site.show.title}: when the episodes air",
        "list_top": _LIST_TOP,
        "rows": _make_rows(shown, schedule),
        "subtitle": _truncate_to_width(subtitle, 34),
        "timezone": f"Times in {to_local(schedule.published, schedule.timezone).city}",
        "title": _fit_title(site.show.title),
    }
    return get_template("card.svg").render(context).encode()


def _fit_title(title: str) -> _Title:
    """Set the title in the largest size that holds all of it, or truncate it in the smallest."""
    fitted = [_Title(size, _wrap(title, _WIDTH / size, lines)) for size, lines in _TITLE_SIZES]
    complete = (each for each in fitted if not each.lines[-1].endswith("…"))
    return next(complete, fitted[-1])


def _pick_seasons(site: SiteInput) -> tuple[SeasonRows, ...]:
    """Return the newest season of which dates are known, and those announced after it.

    The image cannot show what is next: its bytes depend on no clock.
    """
    dated = next((n for n, rows in enumerate(site.rows) if rows.events), 0)
    return site.rows[dated::-1]


def _make_rows(shown: tuple[SeasonRows, ...], schedule: Schedule) -> tuple[_Row, ...]:
    """Return a row for each event; if there are too many, the last row counts the others."""
    texts = [each for rows in shown for each in _list_texts(rows, schedule)]
    count = len(texts)
    visible = texts if count <= _MAX_ROWS else texts[: _MAX_ROWS - 1]
    empty = _lay_out_rows(min(count, _MAX_ROWS), 1 if count <= _MIN_ROWS_PER_COLUMN else 2)
    rows = [_fill_row(row, each) for each, row in zip(visible, empty, strict=False)]
    if rest := count - len(visible):
        rows.append(empty[-1]._replace(name=f"and {rest} more"))
    return tuple(rows)


def _list_texts(rows: SeasonRows, schedule: Schedule) -> Iterator[_Text]:
    """Yield the texts of a season: of its events, and of what is announced."""
    for event in rows.events:
        time = _format_air_time(event.first, schedule)
        yield _Text(event.name, time, is_cancelled=event.first.status == "cancelled")
    fallback = rows.season.name if rows.season.number else "Announced"
    for name, period in rows.season.announcements:
        yield _Text(name or fallback, format_month(*period))


def _lay_out_rows(count: int, columns: int) -> list[_Row]:
    """Return empty rows, column by column."""
    per_column = max(_MIN_ROWS_PER_COLUMN, math.ceil(count / columns))
    width = (_WIDTH - (columns - 1) * _COLUMN_GAP) // columns
    height = _LIST_HEIGHT // per_column
    font_size = min(28 if columns == 1 else 24, height * 2 // 3)
    cells = [divmod(number, per_column) for number in range(count)]
    step = width + _COLUMN_GAP
    return [
        _Row(_LEFT + column * step, _LIST_TOP + line * height, width, height, font_size)
        for column, line in cells
    ]


def _fill_row(row: _Row, text: _Text) -> _Row:
    room = row.width / row.font_size - sum(map(_estimate_width, text.time)) - 1
    name = _truncate_to_width(text.name, room)
    return row._replace(name=name, time=text.time, cancelled=text.is_cancelled)


def _format_air_time(episode: Episode, schedule: Schedule) -> str:
    """Format an episode's local time and status briefly: "Mon 21 Jul, 23:00 KST"."""
    date = format_short_date(episode.date)
    if episode.status in {"cancelled", "postponed"}:
        return f"{date}, {STATUS_TEXTS[episode.status]}"
    tentative = episode.status == "tentative"
    if not episode.start:
        return f"{date} (TBC)" if tentative else date
    local = to_local(episode.start, schedule.timezone)
    # No room for the zone as well; the image names it at the bottom.
    return f"{date}, {local.naive:%H:%M} (TBC)" if tentative else f"{date}, {format_time(local)}"


# Widths of texts, in ems.


def _estimate_width(character: str) -> float:
    if unicodedata.combining(character):
        return 0
    if character in _WIDE_CHARACTERS or unicodedata.east_asian_width(character) in "WF":
        return _WIDE_CHARACTER
    if character.isupper() or not character.isascii():
        return 0.8
    return 0.35 if character in " .,:;'|!il" else 0.6


def _truncate_to_width(text: str, width: float) -> str:
    return _wrap(text, width, 1)[0]


def _wrap(text: str, width: float, max_lines: int) -> tuple[str, ...]:
    """Wrap a text into lines of a width; if it needs more of them, the last ends in "…"."""
    lines: list[str] = []
    rest = text
    while rest and len(lines) < max_lines:
        line = rest[: _count_fitting(rest, width)]
        if line != rest and len(lines) + 1 < max_lines:
            line = line.rpartition(" ")[0] or line
        lines.append(line)
        rest = rest[len(line) :].lstrip()
    if rest:
        fitting = _count_fitting(lines[-1], width - _WIDE_CHARACTER)
        lines[-1] = lines[-1][:fitting].rstrip() + "…"
    return tuple(lines)


def _count_fitting(text: str, width: float) -> int:
    """Count the leading characters that fit in a width, at least one."""
    for count, character in enumerate(text[:_MAX_LINE]):
        width -= _estimate_width(character)
        if width < 0:
            return max(count, 1)
    return min(len(text), _MAX_LINE)
