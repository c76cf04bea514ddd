"""Render the schedule as an image (SVG, 1200 by 630 pixels), for sites that allow only images.

The width of a text can only be estimated here. The estimates are generous; the SVG clips what is
wider still.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple, TypeAlias

from defects_ical.content.credits import describe_credit, format_credit
from defects_ical.content.descriptions import (
    format_date_range,
    format_time,
    name_city,
    name_status,
)
from defects_ical.content.site_input import SeasonRows, SiteInput
from defects_ical.model.schedule import Schedule
from defects_ical.model.source import Credit
from defects_ical.render.templates import get_template
from defects_ical.schedule.episodes import Episode
from defects_ical.text.dates import format_month, format_short_date
from defects_ical.text.dates import format_time as format_clock
from defects_ical.text.languages import DEFAULT_LANGUAGE
from defects_ical.text.words import Words
from defects_ical.timezones.conversion import to_local

TitleSizes: TypeAlias = tuple[tuple[int, int], ...]
"""Font sizes of a title and how many lines each may take, the largest first."""

# Pixels.
_LEFT: Final = 72
_WIDTH: Final = 1056
_LIST_TOP: Final = 300
_LIST_HEIGHT: Final = 248
_COLUMN_GAP: Final = 56
# The line at the bottom, and where it is above a credit.
_FOOT: Final = 566
_FOOT_ABOVE_CREDIT: Final = 550
_CREDIT_FONT_SIZE: Final = 18
_TITLE_SIZES: Final[TitleSizes] = ((104, 1), (68, 2), (54, 2))
_MAX_ROWS: Final = 16
# Height for at least four rows, so that one or two episodes are not spread over the image.
_MIN_ROWS_PER_COLUMN: Final = 4
# Ems. An "…" is a wide character, too.
_WIDE_CHARACTER: Final = 1.05
_WIDE_CHARACTERS: Final = frozenset("MWmw@%&—…")
_NARROW_CHARACTERS: Final = frozenset(" .,:;'|!il،")
# The letters of Arabic join, and most are narrow.
_ARABIC_LETTER: Final = 0.45
# East Asian texts break beside these characters, by their names, but not before small kana and
# signs that repeat or prolong, marks and closing punctuation, nor after opening punctuation.
_BREAKING: Final = ("CJK UNIFIED", "HIRAGANA", "IDEOGRAPHIC", "KATAKANA")
_NEVER_FIRST: Final = frozenset("ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ")
_NEVER_FIRST_CATEGORIES: Final = frozenset({"Mn", "Mc", "Me", "Pe", "Pf", "Po"})
_NEVER_LAST_CATEGORIES: Final = frozenset({"Ps", "Pi"})
# Fonts with the letters of a language, after those of Latin letters.
_FONTS: Final = {
    "ar": "'Noto Naskh Arabic', 'Geeza Pro', 'Segoe UI', ",
    "ja": "'Hiragino Mincho ProN', 'Noto Serif JP', 'Noto Serif CJK JP', 'Yu Mincho', ",
    "ko": "'Nanum Myeongjo', 'Noto Serif KR', 'Noto Serif CJK KR', 'Malgun Gothic', ",
    "zh-Hant": "'Songti TC', 'Noto Serif TC', 'Noto Serif CJK TC', 'Microsoft JhengHei', ",
}
# Characters. Some have no width, so a width alone would not limit a line.
_MAX_LINE: Final = 400
# Ems of the name and of the licence in a credit, of which the card must show the end, too.
_CREDIT_PART: Final = 18


class Title(NamedTuple):
    """The title as lines of one font size, in pixels."""

    font_size: int
    lines: tuple[str, ...]


class RowText(NamedTuple):
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
    schedule, shown = site.schedule, pick_seasons(site)
    words = schedule.words
    names = [words.isolate_in_rtl(each.name) for each in schedule.platforms.values()]
    platforms = words.list_separator.join(names)
    name = shown[0].season.name if len(site.rows) > 1 else ""
    dates = format_date_range(shown[0].season.episodes, schedule)
    subtitle = " · ".join(filter(None, (name, dates, platforms)))
    context = {
        "address": truncate_to_width(str(site.url).partition("://")[2].rstrip("/"), 28),
        "credit": _fit_credit(site.show.credit, words) if site.show.credit else "",
        "credit_font_size": _CREDIT_FONT_SIZE,
        "description": words.when_episodes_air.format(show=site.show.title),
        "foot": _FOOT_ABOVE_CREDIT if site.show.credit else _FOOT,
        "fonts": _FONTS.get(words.code, ""),
        "language": "" if words.code == DEFAULT_LANGUAGE else words.code,
        "list_top": _LIST_TOP,
        "rows": _make_rows(shown, schedule),
        "subtitle": truncate_to_width(subtitle, 34),
        "timezone": words.times_in_city.format(
            city=name_city(schedule.timezone, schedule.published, words)
        ),
        "title": fit_title(site.show.title, _TITLE_SIZES, _WIDTH),
        "words": words,
    }
    return get_template("card.svg").render(context).encode()


def _fit_credit(credit: Credit, words: Words) -> str:
    """Return the credit, its name and its licence truncated if the line would be too long."""
    text = describe_credit(credit, words)
    if truncate_to_width(text, _WIDTH / _CREDIT_FONT_SIZE) == text:
        return text
    name, licence = (
        truncate_to_width(each, _CREDIT_PART) for each in (credit.name, credit.licence)
    )
    return format_credit(name, licence, words)


def fit_title(title: str, sizes: TitleSizes, width: float) -> Title:
    """Set a title in the largest size that holds all of it, or truncate it in the smallest.

    ``width`` is in pixels.
    """
    fitted = [Title(size, _wrap(title, width / size, lines)) for size, lines in sizes]
    complete = (each for each in fitted if not each.lines[-1].endswith("…"))
    return next(complete, fitted[-1])


def pick_seasons(site: SiteInput) -> tuple[SeasonRows, ...]:
    """Return the newest season of which dates are known, and those announced after it.

    The image cannot show what is next: its bytes depend on no clock.
    """
    dated = next((n for n, rows in enumerate(site.rows) if rows.events), 0)
    return site.rows[dated::-1]


def _make_rows(shown: tuple[SeasonRows, ...], schedule: Schedule) -> tuple[_Row, ...]:
    """Return a row for each event; if there are too many, the last row counts the others."""
    count = sum(each.row_count for each in shown)
    texts = (each for rows in shown for each in list_row_texts(rows, schedule))
    visible = [*islice(texts, count if count <= _MAX_ROWS else _MAX_ROWS - 1)]
    empty = _lay_out_rows(min(count, _MAX_ROWS), 1 if count <= _MIN_ROWS_PER_COLUMN else 2)
    if schedule.words.is_rtl:
        empty = [each._replace(x=_mirror(each)) for each in empty]
    rows = [_fill_row(row, each) for each, row in zip(visible, empty, strict=False)]
    if rest := count - len(visible):
        rows.append(empty[-1]._replace(name=schedule.words.and_more.format(count=rest)))
    return tuple(rows)


def list_row_texts(rows: SeasonRows, schedule: Schedule) -> Iterator[RowText]:
    """Yield the texts of a season: of its events, and of what is announced."""
    for event in rows.events:
        time = _format_air_time(event.first, schedule)
        yield RowText(event.name, time, is_cancelled=event.first.status == "cancelled")
    words = schedule.words
    fallback = rows.season.name if rows.season.number else words.announced
    for name, period in rows.season.announcements:
        yield RowText(name or fallback, format_month(*period, words))


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


def _mirror(row: _Row) -> int:
    """Return the left edge of a row in a column that is counted from the right."""
    return _LEFT + _WIDTH - (row.x - _LEFT) - row.width


def _fill_row(row: _Row, text: RowText) -> _Row:
    room = row.width / row.font_size - estimate_width(text.time) - 1
    name = truncate_to_width(text.name, room)
    return row._replace(name=name, time=text.time, cancelled=text.is_cancelled)


def _format_air_time(episode: Episode, schedule: Schedule) -> str:
    """Format an episode's local time and status briefly: "Mon 21 Jul, 23:00 KST"."""
    words = schedule.words
    date = format_short_date(episode.date, words)
    if episode.status in {"cancelled", "postponed"}:
        return words.time_and_status.format(time=date, status=name_status(episode.status, words))
    if not episode.start:
        return _mark_tentative(date, episode, words)
    local = to_local(episode.start, schedule.timezone)
    # No room for the zone as well; the image names it at the bottom.
    time = format_time(local, words)
    if episode.status == "tentative":
        time = format_clock(local.naive, words)
    shown = words.short_date_and_time.format(date=date, time=time)
    return _mark_tentative(shown, episode, words)


def _mark_tentative(time: str, episode: Episode, words: Words) -> str:
    return words.tentative_time.format(time=time) if episode.status == "tentative" else time


# Widths of texts, in ems.


def estimate_width(text: str) -> float:
    """Estimate the width of a text, in ems."""
    return sum(map(_estimate_width, text))


def _estimate_width(character: str) -> float:
    if unicodedata.combining(character) or unicodedata.category(character) == "Cf":
        return 0
    if character in _WIDE_CHARACTERS or unicodedata.east_asian_width(character) in "WF":
        return _WIDE_CHARACTER
    if unicodedata.bidirectional(character) == "AL":
        return _ARABIC_LETTER
    if character in _NARROW_CHARACTERS:
        return 0.35
    return 0.8 if character.isupper() or not character.isascii() else 0.6


def truncate_to_width(text: str, width: float) -> str:
    """Return a text that fits in a width, in ems; if it is truncated, it ends in "…"."""
    return _wrap(text, width, 1)[0]


def _wrap(text: str, width: float, max_lines: int) -> tuple[str, ...]:
    """Wrap a text into lines of a width; if it needs more of them, the last ends in "…"."""
    lines: list[str] = []
    rest = text
    while rest and len(lines) < max_lines:
        line = rest[: _count_fitting(rest, width)]
        if line != rest and len(lines) + 1 < max_lines:
            line = line[: _find_break(rest, len(line))]
        lines.append(line)
        rest = rest[len(line) :].lstrip()
    if rest:
        fitting = _count_fitting(lines[-1], width - _WIDE_CHARACTER)
        lines[-1] = lines[-1][:fitting].rstrip() + "…"
    return tuple(lines)


def _find_break(text: str, limit: int) -> int:
    """Return where the last line that fits ends: at a space, or beside a Han character or kana."""
    space = text.rfind(" ", 0, limit)
    beside = (n for n in range(limit, 0, -1) if _breaks_between(text[n - 1], text[n]))
    return max(space, next(beside, 0)) or limit


def _breaks_between(before: str, after: str) -> bool:
    """Return whether an East Asian text breaks between two characters; Korean has spaces."""
    is_kept = (
        " " in before + after
        or after in _NEVER_FIRST
        or unicodedata.category(after) in _NEVER_FIRST_CATEGORIES
        or unicodedata.category(before) in _NEVER_LAST_CATEGORIES
    )
    names = (unicodedata.name(each, "") for each in (before, after))
    return not is_kept and any(name.startswith(_BREAKING) for name in names)


def _count_fitting(text: str, width: float) -> int:
    """Count the leading characters that fit in a width, at least one."""
    for count, character in enumerate(text[:_MAX_LINE]):
        width -= _estimate_width(character)
        if width < 0:
            return max(count, 1)
    return min(len(text), _MAX_LINE)
