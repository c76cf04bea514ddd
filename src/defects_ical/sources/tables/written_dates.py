"""Read dates as people and spreadsheets write them.

One cell does not tell whether "03/04/2025" is in March or April: it has a date for each order of
its numbers. `date_order` chooses one from all cells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final, Literal, TypeAlias, get_args

from defects_ical.sources.tables.problems import CellError
from defects_ical.sources.tables.written_times import (
    PERIOD,
    Clock,
    fold,
    is_unknown,
    parse_clock,
    parse_fraction,
)
from defects_ical.text.display import excerpt
from defects_ical.text.languages import ENGLISH, LANGUAGES, load_words
from defects_ical.timezones.conversion import FIRST_YEAR, LAST_YEAR

DateOrder: TypeAlias = Literal["day-first", "month-first"]
"""An order that a user can choose."""
Order: TypeAlias = Literal["day-first", "month-first", "year-first"]
"""An order that numbers may have: "25/07/21", with a year of two digits, has the year first."""
ORDERS: Final[tuple[Order, ...]] = get_args(Order)

_Parts: TypeAlias = Sequence[str]
_Days: TypeAlias = dict[Order, date]

# The day before 1 January 1900 and the 29 February 1900, which spreadsheets count but never was.
_SERIAL_START: Final = date(1899, 12, 30)
_SHORT_YEAR: Final = 2
_HINT: Final = "Use a date like `2025-07-21`, or leave the cell empty."

_WORD: Final = r"([^\W\d_]+)"
_DAY: Final = r"(\d{1,2})(?:st|nd|rd|th|er|º)?"
_YEAR: Final = r"(\d{4})"
_SEPARATED_TIME: Final = re.compile(
    rf"(?P<date>.*?\w[.)]?)(?:(?<=\d)t| at |,? )"
    rf"(?P<time>(?:(?:{PERIOD}) ?)?\d{{1,2}}(?::\d\d.*| ?[ap]\.?m.*)|(?:{PERIOD}) ?\d.*)"
)
_PARTIAL: Final = re.compile(rf"\d{{4}}(?:[-/.]\d{{1,2}})?|{_WORD}[-. ]+\d{{4}}")


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A cell with a date: ``days`` has the date for each order of its numbers that is possible.

    ``clock`` is None if it has no time. ``has_numbers`` says that the order matters, and
    ``is_serial`` that it is a number of days, as spreadsheets store dates.
    """

    text: str
    days: Mapping[Order, date]
    clock: Clock | None = None
    has_numbers: bool = False
    is_serial: bool = False


def parse_date(text: str) -> WrittenDate | None:
    """Parse a date, with a time if it has one; None for "TBA" and the like.

    Raises CellError for other texts, for a weekday that is not that of the date, and for a year
    that a schedule cannot have.
    """
    folded = fold(text)
    if is_unknown(text):
        return None
    if serial := re.fullmatch(r"(\d{5})(?:[.,](\d{1,17}))?", folded):
        return _read_serial(text, serial)
    separated = _SEPARATED_TIME.fullmatch(folded)
    clock = parse_clock(separated["time"], is_after_date=True) if separated else None
    weekdays, numbers = _split_weekday(separated["date"] if separated else folded)
    days, has_numbers = _read_days(numbers)
    if not days:
        raise _explain_date(text, folded)
    return WrittenDate(text, _choose_days(text, days, weekdays), clock, has_numbers)


def _read_serial(text: str, found: re.Match[str]) -> WrittenDate:
    """Return the date of a spreadsheet's number: days from the end of 1899, and the time."""
    day = _SERIAL_START + timedelta(days=int(found[1]))
    clock = Clock(parse_fraction(found[2])) if int(found[2] or 0) else None
    days = _choose_days(text, dict.fromkeys(ORDERS, day), None)
    return WrittenDate(text, days, clock, is_serial=True)


def _split_weekday(text: str) -> tuple[frozenset[int] | None, str]:
    """Split the weekday off the start or end of a date: "Mon 21 Jul", "7. 21.(월)"."""
    names = _name_weekdays()
    for pattern in (rf"{_WORD}[.,]* ?(?=\w)(.*)", rf"(.*?)[, (]+{_WORD}\.?\)?"):
        if found := re.fullmatch(pattern, text):
            word, rest = found.groups() if pattern.startswith(_WORD) else found.groups()[::-1]
            if word in names and re.search(r"\d", rest):
                return names[word], rest
    return None, text


def _read_days(text: str) -> tuple[_Days, bool]:
    """Return the dates that a text may be, and whether they depend on the order of its numbers."""
    for pattern, read in _FORMS:
        if found := re.fullmatch(pattern, text):
            days = read(found.groups())
            return days, read in {_read_slashes, _read_dots}
    return {}, False


def _read_year_first(parts: _Parts) -> _Days:
    return _fix_order(_make_day(*parts))


def _read_slashes(parts: _Parts) -> _Days:
    """Return the dates of "03/04/2025", or of "01/02/03"."""
    first, _, second, third = parts
    readings: dict[Order, tuple[str, str, str]] = {
        "day-first": (third, second, first),
        "month-first": (third, first, second),
    }
    if len(third) == _SHORT_YEAR and len(first) == _SHORT_YEAR:
        readings["year-first"] = (first, second, third)
    found = ((order, _make_day(*each)) for order, each in readings.items())
    return {order: day for order, day in found if day}


def _read_dots(parts: _Parts) -> _Days:
    """Return the date of "21.07.2025", which has the day first, or those of "21.07.25"."""
    first, second, third = parts
    days = _read_slashes((first, ".", second, third))
    return {order: day for order, day in days.items() if order != "month-first"}


def _read_day_and_word(parts: _Parts) -> _Days:
    day, word, year = parts
    return _read_word(year, word, day)


def _read_word_and_day(parts: _Parts) -> _Days:
    word, day, year = parts
    return _read_word(year, word, day)


def _read_year_and_word(parts: _Parts) -> _Days:
    return _read_word(*parts)


_FORMS: Final[tuple[tuple[str, Callable[[_Parts], _Days]], ...]] = (
    (rf"{_YEAR} ?[-/.年년] ?(\d{{1,2}}) ?[-/.月월] ?(\d{{1,2}}) ?[.日일]?", _read_year_first),
    (rf"{_YEAR}(\d\d)(\d\d)", _read_year_first),
    # Korean: only it has a point behind the day.
    (r"(\d\d)\. ?(\d{1,2})\. ?(\d{1,2})\.", _read_year_first),
    (r"(\d{1,2}) ?([-/]) ?(\d{1,2}) ?\2 ?(\d{4}|\d\d)", _read_slashes),
    (r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4}|\d\d)", _read_dots),
    (rf"{_DAY}[-. ]*(?:of |de )?{_WORD}[-., ]+(?:de )?(\d{{4}}|\d\d)", _read_day_and_word),
    (rf"{_WORD}[-. ]+{_DAY}[-, ]+{_YEAR}", _read_word_and_day),
    (rf"{_YEAR}[-, ]+{_WORD}[-. ]+{_DAY}", _read_year_and_word),
)


def _read_word(year: str, word: str, day: str) -> _Days:
    month = _name_months().get(word)
    return _fix_order(_make_day(year, str(month), day)) if month else {}


def _fix_order(day: date | None) -> _Days:
    """Return the same date for every order."""
    return dict.fromkeys(ORDERS, day) if day else {}


def _make_day(year: str, month: str, day: str) -> date | None:
    """Return the date of numbers; None if there is none, or the century is not known."""
    number = int(year)
    if len(year) == _SHORT_YEAR:
        number += 2000 if number <= LAST_YEAR % 100 else 1900
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return None


def _choose_days(text: str, days: _Days, weekdays: frozenset[int] | None) -> _Days:
    """Return the possible dates that are in a schedule's years and on the weekday, if one is given.

    Raises CellError if none is.
    """
    possible = {key: day for key, day in days.items() if FIRST_YEAR <= day.year <= LAST_YEAR}
    if not possible:
        years = f"{FIRST_YEAR} to {LAST_YEAR}"
        message = f"{min(days.values())} is outside the supported years ({years})"
        raise CellError(message, f"Use a year from {years}.")
    fitting = {
        key: day for key, day in possible.items() if weekdays is None or day.weekday() in weekdays
    }
    if not fitting:
        day = min(possible.values())
        message = f"`{excerpt(text)}` is a {ENGLISH.weekdays[day.weekday()]}"
        raise CellError(message, "Correct the date, or remove the weekday.")
    return fitting


def _explain_date(text: str, folded: str) -> CellError:
    if _PARTIAL.fullmatch(folded):
        return CellError(f"`{excerpt(text)}` has no day", "Use a complete date, or `TBA`.")
    return CellError(f"`{excerpt(text)}` is not a date", _HINT)


@cache
def _name_months() -> Mapping[str, int]:
    """Return the number of each name of a month, in all languages, and of its abbreviations."""
    names = {"sept": 9}
    for words in map(load_words, LANGUAGES):
        for listed in (words.months, words.short_months):
            names |= {fold(name).rstrip("."): number for number, name in enumerate(listed, start=1)}
    return names | {name[:3].lower(): number for number, name in enumerate(ENGLISH.months, start=1)}


@cache
def _name_weekdays() -> Mapping[str, frozenset[int]]:
    """Return the days (0 is Monday) that each name of a weekday has, in all languages.

    "sab" is Saturday in Indonesian and in Spanish; "min" is Sunday.
    """
    names: dict[str, set[int]] = {"tues": {1}, "thur": {3}, "thurs": {3}}
    for words in map(load_words, LANGUAGES):
        for listed in (words.weekdays, words.short_weekdays):
            for day, name in enumerate(listed):
                names.setdefault(fold(name).rstrip("."), set()).add(day)
    return {name: frozenset(days) for name, days in names.items()}
