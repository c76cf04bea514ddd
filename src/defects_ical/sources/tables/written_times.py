"""Read times of day and lengths as people and spreadsheets write them."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from typing import Final, NamedTuple

from defects_ical.model.fields import TIMEZONE_ABBREVIATIONS, format_clock
from defects_ical.sources.tables.problems import CellError
from defects_ical.text.display import excerpt
from defects_ical.text.lengths import DAY_MINUTES

MAX_LENGTH: Final = 60
"""How many characters a cell with a date, a time or a length may have."""

_UNDECIDED: Final = frozenset(
    {"", "-", "--", "\u2013", "\u2014", "tba", "tbd", "tbc", "미정", "未定", "待定"}
)
_UNKNOWN: Final = _UNDECIDED | {"?", "??", "???", "n/a", "unknown"}
# What stations print of a night, as in a schedule.
_MAX_MINUTES: Final = 30 * 60
_MAX_OFFSET: Final = timedelta(hours=14)
_MAX_RUNTIME: Final = DAY_MINUTES - 1
_HALF_DAY: Final = 12
_HOUR_MINUTES: Final = 60
# Up to here "9:30" is hours and minutes; "22:30" may also be minutes and seconds.
_MAX_HOURS: Final = 9

_PERIODS: Final = {"오전": 0, "오후": 12, "午前": 0, "午後": 12, "上午": 0, "下午": 12}
PERIOD: Final = "|".join(_PERIODS)
"""The pattern of a word before a time that says which half of the day it is in."""
_CLOCK: Final = re.compile(
    rf"(?:(?P<before>{PERIOD}) ?)?(?P<hour>\d{{1,2}})"
    r"(?:(?P<mark>[:.h시時点點] ?)"
    r"(?:(?P<minute>\d\d|\d(?= ?[분分]))(?::\d\d(?:[.,]\d{1,9})?)? ?[분分]?)?)?"
    r"(?: ?(?P<after>[ap])\.?m\.?)?(?P<word> ?uhr)?"
    r"(?: ?(?P<zone>z|(?:utc|gmt)(?:[+-]\d{1,2}(?::?\d\d)?)?|[+-]\d\d(?::?\d\d)?))?"
)
_FRACTION: Final = re.compile(r"0?[.,](\d{1,17})|0")
_TWO_DIGITS: Final = 2
_ENDS_WITH_NAME: Final = re.compile(r".*\d.*?\b([a-z]{2,5})")
_RUNTIME: Final = re.compile(
    r"(?:(?P<hours>\d{1,2}) ?(?:h|hrs?|hours?|std|stunden?|시간|時間|小時|小时)\.? ?)?"
    r"(?:(?P<minutes>\d{1,4})(?:[.,]0+)? ?"
    r"(?:m|mins?|minutes?|minuten?|minutos?|menit|분|分|分鐘|分钟)?\.?)?"
)
_RUNTIME_CLOCK: Final = re.compile(r"(\d{1,2}):(\d\d)(:\d\d)?")


class Clock(NamedTuple):
    """A time of day in minutes, less than 1800 (25:30), and its UTC offset if it has one."""

    minutes: int
    offset: timedelta | None = None


def fold(text: str) -> str:
    """Return a text in lower case, with ordinary digits, signs and spaces.

    Raises CellError for one that is longer than any date or time.
    """
    folded = " ".join(unicodedata.normalize("NFKC", text).casefold().split()).replace("\u2212", "-")
    if len(folded) > MAX_LENGTH:
        raise CellError(f"`{excerpt(text)}` is too long here", "Move notes to another column.")
    return folded


def is_undecided(text: str) -> bool:
    """Return whether a title is still open: empty, "TBA", "-"."""
    return text.strip().casefold() in _UNDECIDED


def is_unknown(text: str) -> bool:
    """Return whether a cell says that nothing is known: also "?", which may be a title."""
    return text.strip().casefold() in _UNKNOWN


def parse_clock(text: str, *, is_after_date: bool = False) -> Clock:
    """Parse a time of day: "23:00", "11 pm", "23h00", "오후 11:00", "25:30", "0.958333".

    A part of a day is rounded to minutes, seconds are dropped. Raises CellError.
    """
    folded = fold(text)
    if _FRACTION.fullmatch(folded):
        return Clock(_read_fraction(folded))
    found = _CLOCK.fullmatch(folded)
    minutes = _read_minutes(found) if found else None
    if found is None or minutes is None:
        raise _explain_clock(text, folded)
    zone = found["zone"] or ""
    if re.fullmatch(r"-\d\d:?\d\d", zone) and not is_after_date:
        message = f"`{excerpt(text)}` may have a UTC offset or an end"
        hint = "Write an offset like `UTC-05:00`, and an end in a column `end time`."
        raise CellError(message, hint)
    return Clock(minutes, _read_offset(zone, text))


def parse_fraction(digits: str) -> int:
    """Return the minutes in a part of a day, of which ``digits`` are behind the point."""
    return round(float(f"0.{digits}") * DAY_MINUTES)


def parse_runtime(text: str) -> int:
    """Parse a length to minutes: "60", "60 min", "1h 30", "1:30". Raises CellError."""
    folded = fold(text)
    hint = "Use minutes, like `60`."
    if clock := _RUNTIME_CLOCK.fullmatch(folded):
        hours, minutes = int(clock[1]), int(clock[2])
        if hours > _MAX_HOURS:
            raise CellError(f"`{excerpt(text)}` may be hours or minutes", hint)
    elif found := _RUNTIME.fullmatch(folded):
        hours, minutes = int(found["hours"] or 0), int(found["minutes"] or 0)
    else:
        raise CellError(f"`{excerpt(text)}` is not a length", hint)
    return check_runtime(hours * _HOUR_MINUTES + minutes)


def check_runtime(minutes: int) -> int:
    """Return a length in minutes; raise CellError if an episode cannot have it."""
    if not 1 <= minutes <= _MAX_RUNTIME:
        message = f"{minutes} minutes is not between 1 and {_MAX_RUNTIME}"
        raise CellError(message, "Correct it, or leave the cell empty.")
    return minutes


def _read_fraction(folded: str) -> int:
    """Return the minutes in a part of a day, as spreadsheets write times."""
    _, _, digits = folded.replace(",", ".").partition(".")
    minutes = parse_fraction(digits or "0")
    # Spreadsheets write no final zero.
    is_clock = len(digits) == _TWO_DIGITS and int(digits) < _HOUR_MINUTES and folded[0] == "0"
    if is_clock and not digits.endswith("0"):
        message = f"`{folded}` may be 00:{digits} or a part of a day ({format_clock(minutes)})"
        raise CellError(message, f"Use `00:{digits}` or `{format_clock(minutes)}`.")
    return int(digits) if is_clock else minutes


def _read_minutes(found: re.Match[str]) -> int | None:
    """Return the minutes from the start of the day; None if the parts do not make a time."""
    hour, minute, mark = int(found["hour"]), int(found["minute"] or 0), (found["mark"] or "")[:1]
    period = found["before"] or found["after"]
    is_complete = found["minute"] if mark in {":", "."} else mark or period or found["word"]
    if not is_complete or minute >= _HOUR_MINUTES:
        return None
    if period:
        if hour > _HALF_DAY or (found["before"] and found["after"]):
            return None
        hour = hour % _HALF_DAY + _PERIODS.get(period, _HALF_DAY if period == "p" else 0)
    minutes = hour * _HOUR_MINUTES + minute
    return minutes if minutes < _MAX_MINUTES else None


def _read_offset(zone: str, text: str) -> timedelta | None:
    """Return the offset in "z", "utc", "gmt+9", "+09:00", "-0500"; None if there is none."""
    if not zone:
        return None
    found = re.search(r"([+-])(\d{1,2}):?(\d\d)?", zone)
    if not found:
        return timedelta()
    offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    if offset > _MAX_OFFSET or int(found[3] or 0) >= _HOUR_MINUTES:
        hint = "Use an offset like `+09:00`."
        raise CellError(f"`{excerpt(text)}` has no valid UTC offset", hint)
    return -offset if found[1] == "-" else offset


def _explain_clock(text: str, folded: str) -> CellError:
    """Return the error for a text that is no time, with what was probably meant."""
    named = _ENDS_WITH_NAME.fullmatch(folded)
    name = named[1].upper() if named else ""
    if name in TIMEZONE_ABBREVIATIONS:
        message = f"`{name}` in `{excerpt(text)}` is not the name of one time zone"
        hint = f"Remove it, and use `--timezone {TIMEZONE_ABBREVIATIONS[name]}`."
        return CellError(message, hint)
    if re.fullmatch(r"\d{1,2}", folded):
        return CellError(f"`{folded}` is no time without minutes", f"Use `{folded}:00`.")
    hint = "Use a time like `23:00`, after midnight up to `29:59`."
    return CellError(f"`{excerpt(text)}` is not a time", hint)
