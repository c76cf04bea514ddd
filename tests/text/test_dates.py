"""Dates and times in words."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from defects_ical.text.dates import (
    format_date,
    format_day,
    format_day_of_year,
    format_days,
    format_month,
    format_short_date,
    format_time,
)
from defects_ical.text.languages import ENGLISH, LANGUAGES, load_words

KOREAN = load_words("ko")
MONDAY = date(2025, 7, 21)


def format_clock(hour: int, minute: int, code: str) -> str:
    return format_time(datetime.combine(MONDAY, time(hour, minute)), load_words(code))


def test_date_is_written_in_full() -> None:
    assert format_date(MONDAY, ENGLISH) == "Monday 21 July 2025"
    assert format_day(MONDAY, ENGLISH) == "21 July 2025"
    assert format_day_of_year(MONDAY, ENGLISH) == "21 July"


def test_short_date_has_short_names() -> None:
    assert format_short_date(date(2025, 9, 3), ENGLISH) == "Wed 3 Sep"


def test_date_has_the_order_of_the_language() -> None:
    assert format_date(MONDAY, KOREAN) == "2025년 7월 21일 월요일"
    assert format_day(MONDAY, KOREAN) == "2025년 7월 21일"
    assert format_day_of_year(MONDAY, KOREAN) == "7월 21일"
    assert format_short_date(MONDAY, KOREAN) == "7월 21일 (월)"


def test_day_may_have_two_digits() -> None:
    assert format_date(date(2025, 7, 1), load_words("id")) == "Selasa, 01 Juli 2025"
    assert format_day(date(2025, 7, 1), load_words("id")) == "1 Juli 2025"


def test_month_may_be_unknown() -> None:
    assert format_month(2027, 10, ENGLISH) == "October 2027"
    assert format_month(2027, None, ENGLISH) == "2027"
    assert format_month(2027, 10, KOREAN) == "2027년 10월"
    assert format_month(2027, None, KOREAN) == "2027년"


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2025, 7, 28), date(2025, 7, 28), "28 July 2025"),
        (date(2025, 7, 28), date(2025, 7, 30), "28 to 30 July 2025"),
        (date(2025, 7, 28), date(2025, 8, 3), "28 July to 3 August 2025"),
        (date(2025, 12, 29), date(2026, 1, 4), "29 December 2025 to 4 January 2026"),
        (date(2024, 7, 28), date(2025, 7, 28), "28 July 2024 to 28 July 2025"),
    ],
)
def test_range_names_month_and_year_once(first: date, last: date, text: str) -> None:
    assert format_days(first, last, ENGLISH) == text


def test_range_may_repeat_the_month() -> None:
    first, last = date(2025, 7, 28), date(2025, 7, 30)
    assert format_days(first, last, ENGLISH, repeat_month=True) == "28 July to 30 July 2025"
    assert format_days(first, last, KOREAN, repeat_month=True) == "2025년 7월 28일~7월 30일"


def test_range_begins_with_the_year_where_dates_do() -> None:
    first = date(2025, 7, 28)
    assert format_days(first, date(2025, 7, 30), KOREAN) == "2025년 7월 28일~30일"
    assert format_days(first, date(2026, 1, 4), KOREAN) == "2025년 7월 28일~2026년 1월 4일"


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ("en", ("00:05", "09:30", "12:00", "13:05")),
        ("ko", ("오전 12:05", "오전 9:30", "오후 12:00", "오후 1:05")),
        ("ja", ("0:05", "9:30", "12:00", "13:05")),
        ("zh-Hant", ("凌晨12:05", "上午9:30", "中午12:00", "下午1:05")),
        ("id", ("00.05", "09.30", "12.00", "13.05")),
    ],
)
def test_clock_has_12_or_24_hours(code: str, texts: tuple[str, ...]) -> None:
    times = ((0, 5), (9, 30), (12, 0), (13, 5))
    assert tuple(format_clock(*each, code) for each in times) == texts


@pytest.mark.parametrize("code", LANGUAGES)
def test_times_and_dates_differ(code: str) -> None:
    """No two times of a day have the same text, and no two days of two years."""
    words = load_words(code)
    times = {format_clock(hour, minute, code) for hour in range(24) for minute in range(60)}
    assert len(times) == 24 * 60
    days = [date.fromordinal(MONDAY.toordinal() + each) for each in range(730)]
    assert len({format_date(each, words) for each in days}) == 730
    assert len({format_day(each, words) for each in days}) == 730
    assert len({format_short_date(each, words) for each in days[:365]}) == 365
