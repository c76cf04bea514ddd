"""Lay out the picture for link previews as SVG, 1200 by 630 pixels.

It has less than the card, in larger type: previews are often shown half as wide. resvg, which draws
it, differs from browsers. It ignores ``direction``, does not look for a font by the language of a
text, and draws nothing where no font of a list exists.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from defects_ical.content.credits import describe_credit
from defects_ical.content.descriptions import format_date_range
from defects_ical.content.site_input import SiteInput
from defects_ical.errors import PictureError
from defects_ical.render.card import (
    RowText,
    TitleSizes,
    estimate_width,
    fit_title,
    list_row_texts,
    pick_seasons,
    truncate_to_width,
)
from defects_ical.render.templates import get_template
from defects_ical.text.display import excerpt

# Pixels.
_WIDTH: Final = 1056
_TITLE_TOP: Final = 84
_LIST_BOTTOM: Final = 594
_CREDIT_LINE: Final = 619
_CREDIT_SIZE: Final = 18
_ROW_HEIGHT: Final = 50
_ROW_SIZE: Final = 34
_TITLE_SIZES: Final[TitleSizes] = ((120, 1), (88, 1), (72, 2), (52, 3))
_MAX_ROWS: Final = 4
# DejaVu Serif, often the only font, is wider than the estimates.
_FITTING: Final = _WIDTH / 1.14

_PALE: Final = "#b9a9a6"
_BRIGHT: Final = "#f1e8e5"
_ROSE: Final = "#ff8794"

_LATIN: Final = (
    *("Georgia", "Noto Serif", "Liberation Serif", "DejaVu Serif", "Times New Roman"),
    *("Noto Sans", "DejaVu Sans", "Liberation Sans", "Helvetica", "Arial"),
)
# Han characters have other forms in each language. Some fonts have one name or the other.
_EAST_ASIAN: Final = {
    "ko": (
        *("Noto Serif CJK KR", "Noto Serif KR", "Nanum Myeongjo", "NanumMyeongjo", "AppleMyungjo"),
        *("Noto Sans CJK KR", "Noto Sans KR", "Nanum Gothic", "NanumGothic"),
        *("Apple SD Gothic Neo", "Malgun Gothic"),
    ),
    "ja": (
        *("Noto Serif CJK JP", "Noto Serif JP", "Hiragino Mincho ProN", "IPAMincho", "Yu Mincho"),
        *("Noto Sans CJK JP", "Noto Sans JP", "Hiragino Sans", "IPAGothic", "Yu Gothic"),
    ),
    "zh-Hant": (
        *("Noto Serif CJK TC", "Noto Serif TC", "Songti TC", "AR PL UMing TW", "PMingLiU"),
        *("Noto Sans CJK TC", "Noto Sans TC", "PingFang TC", "Microsoft JhengHei"),
    ),
}
_ANY_EAST_ASIAN: Final = ("WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback")
# By the start of a character's name.
_SCRIPTS: Final = {"HANGUL": "ko", "HIRAGANA": "ja", "KATAKANA": "ja", "CJK UNIFIED": "zh-Hant"}
_RTL_CLASSES: Final = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI"})
_LTR_CONTROLS: Final = frozenset({"LRE", "LRO", "LRI", "FSI", "PDF", "PDI"})


@dataclass(frozen=True, slots=True)
class Line:
    """A text, its baseline and font size in pixels, and how it is drawn."""

    text: str
    y: int
    size: int
    color: str = _BRIGHT
    fonts: str = ""
    is_bold: bool = False
    is_struck: bool = False
    is_at_end: bool = False


def lay_out_picture(site: SiteInput) -> str:
    """Return the SVG. It depends on no clock, and names no URL.

    Raises PictureError if a text in it is written from right to left.
    """
    title = [*_set_title(site)]
    below = title[-1].y + title[-1].size // 4
    shown = [each for rows in pick_seasons(site) for each in list_row_texts(rows, site.schedule)]
    top = _LIST_BOTTOM - _ROW_HEIGHT * min(len(shown), _MAX_ROWS)
    lines = (*title, *_set_facts(site, below), *_set_rows(site, shown, top), *_set_credit(site))
    context = {
        "language": site.schedule.language,
        "lines": [_choose_fonts(_clean(each), site.schedule.language) for each in lines],
        "rules": range(top, _LIST_BOTTOM, _ROW_HEIGHT),
    }
    return get_template("picture.svg").render(context)


def _set_title(site: SiteInput) -> Iterator[Line]:
    title = fit_title(site.show.title, _TITLE_SIZES, _FITTING)
    for number, text in enumerate(title.lines, 1):
        y = _TITLE_TOP + round(title.font_size * (1.1 * number - 0.1))
        yield Line(text, y, title.font_size, is_bold=True)


def _set_facts(site: SiteInput, top: int) -> Iterator[Line]:
    """Yield the dates of the season that is shown, and the platforms."""
    schedule, season = site.schedule, pick_seasons(site)[0].season
    name = season.name if len(site.rows) > 1 else ""
    dates = format_date_range(season.episodes, schedule)
    yield _fit(Line(" · ".join(filter(None, (name, dates))), top + 50, 40, _ROSE))
    names = (each.name for each in schedule.platforms.values())
    yield _fit(Line(schedule.words.list_separator.join(names), top + 98, 34, _PALE))


def _set_rows(site: SiteInput, shown: list[RowText], top: int) -> Iterator[Line]:
    """Yield the lines of each row; if there are too many rows, the last one counts the others."""
    rest = 0 if len(shown) <= _MAX_ROWS else len(shown) - _MAX_ROWS + 1
    rows = shown[: _MAX_ROWS - 1] if rest else shown
    for number, row in enumerate(rows):
        yield from _set_row(row, top + number * _ROW_HEIGHT + 36)
    if rest:
        text = site.words.and_more.format(count=rest)
        yield Line(text, _LIST_BOTTOM - _ROW_HEIGHT + 36, _ROW_SIZE, _PALE)


def _set_row(row: RowText, y: int) -> Iterator[Line]:
    color = _PALE if row.is_cancelled else _BRIGHT
    room = _FITTING - (estimate_width(row.time) + 1) * _ROW_SIZE
    name = Line(row.name, y, _ROW_SIZE, color, is_bold=True, is_struck=row.is_cancelled)
    yield _fit(name, room)
    yield Line(row.time, y, _ROW_SIZE, color, is_at_end=True)


def _set_credit(site: SiteInput) -> Iterator[Line]:
    """Yield the line below the list that names the source of the data, if there is one."""
    for each in site.show.credits:
        text = describe_credit(each, site.words)
        yield _fit(Line(text, _CREDIT_LINE, _CREDIT_SIZE, _PALE, is_at_end=True))


def _fit(line: Line, width: float = _FITTING) -> Line:
    return replace(line, text=truncate_to_width(line.text, width / line.size))


def _clean(line: Line) -> Line:
    """Return a line without the controls of direction that do nothing where all is left to right.

    Raises PictureError if it is not.
    """
    if any(unicodedata.bidirectional(each) in _RTL_CLASSES for each in line.text):
        message = f"the picture cannot have `{excerpt(line.text)}`, written from right to left"
        raise PictureError(f"{message}. Take a screenshot of `/card.svg` instead.")
    kept = (each for each in line.text if unicodedata.bidirectional(each) not in _LTR_CONTROLS)
    return replace(line, text="".join(kept))


def _choose_fonts(line: Line, language: str) -> Line:
    """Return a line with the fonts of its script; in an East Asian language, all lines have them.

    resvg takes the first font that exists, and looks in others of any kind for what it lacks.
    """
    scripts = (code for each in line.text for code in [_find_script(each)] if code)
    code = language if language in _EAST_ASIAN else next(scripts, "")
    fonts = (*_EAST_ASIAN[code], *_ANY_EAST_ASIAN, *_LATIN) if code else _LATIN
    return replace(line, fonts=", ".join(f"'{each}'" for each in fonts))


def _find_script(character: str) -> str:
    name = unicodedata.name(character, "")
    return next((code for start, code in _SCRIPTS.items() if name.startswith(start)), "")
