"""Dates, times, numbers and cities, compared with CLDR as Babel has it.

Each difference stands in a table, with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import product
from typing import Final

import pytest
from babel import Locale
from babel.core import get_global
from babel.dates import format_date as format_cldr_date
from babel.dates import format_time as format_cldr_time
from babel.dates import get_timezone_location
from babel.numbers import format_decimal
from babel.units import format_unit

from defects_ical.text.dates import (
    format_date,
    format_day,
    format_day_of_year,
    format_days,
    format_month,
    format_short_date,
    format_time,
)
from defects_ical.text.languages import LANGUAGES, load_words
from defects_ical.text.lengths import format_count, format_duration, format_number
from defects_ical.text.words import Forms, Words
from defects_ical.timezones.conversion import TIMEZONE_NAMES, LocalTime
from tests.support.languages import TRANSLATIONS, load_locale, read_cities
from tests.support.variants import sample

TIMES: Final = tuple(
    map(
        datetime.fromisoformat,
        (
            "2025-01-01T00:00",
            "2025-02-28T01:00",
            "2024-03-09T05:30",
            "2025-04-30T06:59",
            "2025-05-05T08:05",
            "2026-06-21T11:59",
            "2025-07-21T12:00",
            "2025-08-03T13:05",
            "2027-09-10T18:00",
            "2025-10-18T19:45",
            "2025-11-07T21:00",
            "2025-12-31T23:59",
        ),
    )
)
"""A day of each month and of each weekday, with one digit and with two; times of each period."""

RANGES: Final = {
    "d": ((date(2025, 7, 1), date(2025, 7, 9)), (date(2025, 9, 28), date(2025, 9, 30))),
    "M": ((date(2025, 7, 28), date(2025, 8, 3)), (date(2025, 1, 1), date(2025, 12, 31))),
    "y": ((date(2025, 12, 29), date(2026, 1, 4)), (date(2024, 3, 9), date(2027, 2, 10))),
}
"""Two dates of a range, by the greatest field of CLDR's patterns in which they differ."""

COUNTS: Final = (0, 1, 2, 3, 11, 100)
"""A number of each plural category."""

PARTS: Final[dict[str, Callable[[date, Words], str]]] = {
    "date": format_date,
    "date_without_weekday": format_day,
    "day_and_month": format_day_of_year,
    "short_date": format_short_date,
    "month_and_year": lambda when, words: format_month(when.year, when.month, words),
    "year": lambda when, words: format_month(when.year, None, words),
}
FIELDS: Final = {"dates_in_month": "d", "dates_in_year": "M", "dates_over_years": "y"}
SKELETONS: Final = {
    "day_and_month": "MMMMd",
    "short_date": "MMMEd",
    "month_and_year": "yMMMM",
    "year": "y",
}


@dataclass(frozen=True)
class Difference:
    """Regular expressions for what the site replaces in CLDR's patterns or texts, and why."""

    changes: tuple[tuple[str, str], ...]
    reason: str

    def apply(self, text: str) -> str:
        """Return what the site should have."""
        for part, replacement in self.changes:
            text = re.sub(part, replacement, text)
        return text


COMMA_BEFORE_TIME: Final = Difference(
    ((r"\} \{", "}, {"),), "a comma tells the time from the year before it"
)
COUNT_IN_EACH_FORM: Final = Difference(
    ((r"^(?=\D+ان$)", "2 "), (r"^(?=\D+$)", "1 ")), "a number is easier to compare with others"
)
ENGLISH_RANGE: Final = Difference(
    (("\N{THIN SPACE}\N{EN DASH}\N{THIN SPACE}", " 'to' "), ("MMM", "MMMM")),
    "the site always wrote so, with the names of months in full",
)
FULL_MONTHS: Final = Difference((("MMM", "MMMM"),), "there is room for the names of months in full")

DIFFERENCES: Final[dict[tuple[str, str], Difference]] = {
    ("en", "date"): Difference(((", ", " "),), "the site always wrote so"),
    ("en", "dates_in_month"): ENGLISH_RANGE,
    ("en", "dates_in_year"): ENGLISH_RANGE,
    ("en", "dates_over_years"): ENGLISH_RANGE,
    ("en", "short_months"): Difference((("Sept", "Sep"),), "the names have three letters"),
    ("en", "short_date"): Difference((("Sept", "Sep"),), "the names have three letters"),
    ("en", "hours"): Difference((("hrs?", "h"),), "the symbol is the same for every number"),
    ("en", "minutes"): Difference((("mins", "min"),), "the symbol is the same for every number"),
    ("zh-Hant", "time"): Difference(
        (("午夜", "凌晨"),), "an hour has one day period; CLDR has another for midnight alone"
    ),
    ("es", "group_separator"): Difference(
        ((r"\.", ""),), "CLDR has none in numbers of four digits, which Babel does not know"
    ),
    ("pt-BR", "dates_in_month"): FULL_MONTHS,
    ("pt-BR", "dates_in_year"): FULL_MONTHS,
    ("pt-BR", "dates_over_years"): FULL_MONTHS,
    ("pt-BR", "date_and_time"): COMMA_BEFORE_TIME,
    ("pt-BR", "short_date_and_time"): COMMA_BEFORE_TIME,
    ("fr", "dates_in_month"): FULL_MONTHS,
    ("fr", "dates_in_year"): FULL_MONTHS,
    ("fr", "dates_over_years"): FULL_MONTHS,
    ("de", "dates_in_month"): FULL_MONTHS,
    ("de", "dates_in_year"): FULL_MONTHS,
    ("de", "dates_over_years"): FULL_MONTHS,
    ("id", "dates_in_month"): FULL_MONTHS,
    ("id", "dates_in_year"): FULL_MONTHS,
    ("id", "dates_over_years"): FULL_MONTHS,
    ("ar", "list_separator"): Difference(
        ((" و", "، "),), "a comma also stands before values in another script"
    ),
    ("ar", "days"): COUNT_IN_EACH_FORM,
    ("ar", "long_hours"): COUNT_IN_EACH_FORM,
    ("ar", "long_minutes"): COUNT_IN_EACH_FORM,
}
"""What the site has otherwise than CLDR, by language and text."""


def apply_differences(code: str, name: str, texts: Sequence[str]) -> list[str]:
    """Return what the site should have where CLDR has ``texts``."""
    difference = DIFFERENCES.get((code, name))
    return [difference.apply(each) for each in texts] if difference else [*texts]


def find_differences(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the pairs of texts that are not equal."""
    return [(ours, theirs) for ours, theirs in pairs if ours != theirs]


def find_patterns(code: str, name: str) -> Sequence[str]:
    """Return CLDR's pattern of a date, or both of a range."""
    locale = load_locale(code)
    if name in FIELDS:
        formats = locale.interval_formats
        return tuple((formats.get("yMMMMd") or formats["yMMMd"])[FIELDS[name]])
    if name in SKELETONS:
        return (locale.datetime_skeletons[SKELETONS[name]].pattern,)
    return (locale.date_formats["full" if name == "date" else "long"].pattern,)


def format_cldr(code: str, patterns: Sequence[str], dates: Sequence[date]) -> str:
    """Format one or two dates by CLDR's patterns."""
    pairs = zip(dates, patterns, strict=True)
    return "".join(format_cldr_date(when, each, load_locale(code)) for when, each in pairs)


def pair_dates(code: str, name: str, patterns: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield dates as the site formats them, and as CLDR does by its patterns."""
    words = load_words(code)
    if name in FIELDS:
        for first, last in RANGES[FIELDS[name]]:
            yield format_days(first, last, words), format_cldr(code, patterns, (first, last))
        return
    for each in TIMES:
        yield PARTS[name](each.date(), words), format_cldr(code, patterns, (each.date(),))


@pytest.mark.parametrize(("code", "name"), sample(product(LANGUAGES, [*PARTS, *FIELDS]), 4))
def test_dates(code: str, name: str) -> None:
    patterns = find_patterns(code, name)
    pairs = [*pair_dates(code, name, apply_differences(code, name, patterns))]
    expected = apply_differences(code, name, [theirs for _, theirs in pairs])
    assert find_differences(zip((ours for ours, _ in pairs), expected, strict=True)) == []
    assert bool(find_differences(pair_dates(code, name, patterns))) is ((code, name) in DIFFERENCES)


# Texts


def pair_times(words: Words, locale: Locale) -> Iterator[tuple[str, str]]:
    """Yield times of day, and one of each hour, so that every day period is among them."""
    for each in (*(each.time() for each in TIMES), *(time(hour, 30) for hour in range(24))):
        when = datetime.combine(date(2025, 7, 21), each)
        yield format_time(when, words), format_cldr_time(each, "short", locale=locale)


def pair_names(
    names: Sequence[str], theirs: Mapping[int, str], first: int
) -> Iterator[tuple[str, str]]:
    """Yield the names of days or months, which CLDR counts from ``first``."""
    yield from zip(names, (theirs[each + first] for each in range(len(theirs))), strict=True)


def pair_counts(words: Words, locale: Locale, forms: Forms, unit: str) -> Iterator[tuple[str, str]]:
    """Yield a length of time with a number of each plural category."""
    for count in COUNTS:
        theirs = format_unit(count, unit, "long", locale=locale, numbering_system="latn")
        yield format_count(count, forms, words), theirs


def pair_short_lengths(words: Words, locale: Locale, unit: str) -> Iterator[tuple[str, str]]:
    """Yield a length of time of one unit, with little space."""
    for count in (1, 2, 11, 23):
        theirs = format_unit(
            count, f"duration-{unit}", "short", locale=locale, numbering_system="latn"
        )
        yield format_duration(count * (60 if unit == "hour" else 1), words), theirs


def pair_glue(pattern: str, theirs: str) -> Iterator[tuple[str, str]]:
    """Yield what stands between a date and a time."""
    yield pattern.format(date="{1}", time="{0}"), theirs


TEXTS: Final[dict[str, Callable[[Words, Locale], Iterator[tuple[str, str]]]]] = {
    "weekdays": lambda words, locale: pair_names(
        words.weekdays, locale.days["format"]["wide"], first=0
    ),
    "short_weekdays": lambda words, locale: pair_names(
        words.short_weekdays, locale.days["format"]["abbreviated"], first=0
    ),
    "months": lambda words, locale: pair_names(
        words.months, locale.months["format"]["wide"], first=1
    ),
    "short_months": lambda words, locale: pair_names(
        words.short_months, locale.months["format"]["abbreviated"], first=1
    ),
    "time": pair_times,
    "date_and_time": lambda words, locale: pair_glue(
        words.date_and_time, locale.datetime_formats["full"]
    ),
    "short_date_and_time": lambda words, locale: pair_glue(
        words.short_date_and_time, locale.datetime_formats["medium"]
    ),
    "list_separator": lambda words, locale: iter(
        [(f"{{0}}{words.list_separator}{{1}}", locale.list_patterns["standard"]["middle"])]
    ),
    "group_separator": lambda words, locale: iter(
        [(format_number(1234567, words), format_decimal(1234567, locale=locale))]
    ),
    "days": lambda words, locale: pair_counts(words, locale, words.days, "duration-day"),
    "long_hours": lambda words, locale: pair_counts(
        words, locale, words.long_hours, "duration-hour"
    ),
    "long_minutes": lambda words, locale: pair_counts(
        words, locale, words.long_minutes, "duration-minute"
    ),
    "hours": lambda words, locale: pair_short_lengths(words, locale, "hour"),
    "minutes": lambda words, locale: pair_short_lengths(words, locale, "minute"),
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("code", LANGUAGES)
def test_texts(code: str, name: str) -> None:
    pairs = [*TEXTS[name](load_words(code), load_locale(code))]
    expected = apply_differences(code, name, [theirs for _, theirs in pairs])
    assert find_differences(zip((ours for ours, _ in pairs), expected, strict=True)) == []
    assert bool(find_differences(pairs)) is ((code, name) in DIFFERENCES)


def test_every_difference_is_of_a_tested_text() -> None:
    names = {*PARTS, *FIELDS, *TEXTS}
    assert [key for key in DIFFERENCES if key[0] not in LANGUAGES or key[1] not in names] == []


# Cities


def name_in_english(zone: str) -> str:
    """Return the city in the name of a time zone."""
    return LocalTime(zone, datetime.min, timedelta(0), "").city  # noqa: DTZ901 - of no zone


@pytest.mark.parametrize("code", TRANSLATIONS)
def test_cities(code: str) -> None:
    """Places have the names that CLDR has in the language, where those are not the English ones.

    A zone that CLDR takes for the same as another has the other's. Texts have no soft hyphens.
    """
    locale, aliases = load_locale(code), get_global("zone_aliases")
    expected = {
        zone: get_timezone_location(zone, locale=locale, return_city=True).replace(
            "\N{SOFT HYPHEN}", ""
        )
        for zone in TIMEZONE_NAMES
        if "/" in zone and not zone.startswith("Etc/")
        if "city" in locale.time_zones.get(aliases.get(zone, zone), {})
    }
    unknown = locale.time_zones["Etc/Unknown"]["city"]
    assert read_cities(code) == {
        zone: city
        for zone, city in expected.items()
        if city not in {unknown, name_in_english(zone)}
    }


@pytest.mark.parametrize("code", LANGUAGES)
def test_cities_are_sorted(code: str) -> None:
    assert [*read_cities(code)] == sorted(read_cities(code))


def test_english_names_of_cities_are_those_of_their_zones() -> None:
    assert read_cities("en") == {}
