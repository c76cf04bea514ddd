"""Dates, times and lengths in the cells of a table, as people and spreadsheets write them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from defects_ical.model.fields import format_clock
from defects_ical.sources.tables.problems import CellError
from defects_ical.sources.tables.written_dates import parse_date
from defects_ical.sources.tables.written_times import is_unknown, parse_clock, parse_runtime

DAY = date(2025, 7, 21)


@pytest.mark.parametrize(
    "text",
    [
        "2025-07-21",
        "2025/7/21",
        "2025.07.21",
        "20250721",
        "2025. 7. 21.",
        "2025. 7. 21.(월)",
        "25. 7. 21.",
        "2025年7月21日",
        "2025年7月21日(月)",
        "2025년 7월 21일 월요일",
        "２０２５年７月２１日",
        "21 July 2025",
        "21st July 2025",
        "21-Jul-25",
        "Jul 21, 2025",
        "July 21 2025",
        "Mon 21 Jul 2025",
        "Monday, July 21st, 2025",
        "2025 Jul 21",
        "21. Juli 2025",
        "21 juillet 2025",
        "21 de julio de 2025",
        "45859",
        "Mon 21/07/2025",
    ],
)
def test_date_is_read(text: str) -> None:
    written = parse_date(text)
    assert written
    assert {*written.days.values()} == {DAY}
    assert written.clock is None


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        ("21/07/2025", {"day-first"}),
        ("7/21/2025", {"month-first"}),
        ("21.07.2025", {"day-first"}),
        ("21-07-2025", {"day-first"}),
        ("7/21/25", {"month-first"}),
        ("03/04/2025", {"day-first", "month-first"}),
        ("21.07.25", {"day-first", "year-first"}),
        ("01/02/03", {"day-first", "month-first", "year-first"}),
    ],
)
def test_order_of_numbers_may_be_open(text: str, orders: set[str]) -> None:
    written = parse_date(text)
    assert written
    assert {*written.days} == orders
    assert written.has_numbers


@pytest.mark.parametrize(
    ("text", "clock", "offset"),
    [
        ("2025-07-21T23:00", "23:00", None),
        ("2025-07-21 23:00:00", "23:00", None),
        ("2025-07-21T25:30", "25:30", None),
        ("2025-07-21T23:00+09:00", "23:00", 9),
        ("2025-07-21T23:00Z", "23:00", 0),
        ("2025-07-21 23:00-05:00", "23:00", -5),
        ("45859.958333", "23:00", None),
        ("21 July 2025 11 pm", "23:00", None),
        ("Jul 21, 2025 at 11:00 PM", "23:00", None),
        ("2025. 7. 21. 오후 11:00", "23:00", None),
        ("Mon, 21 Jul 2025 14:00:00 GMT", "14:00", 0),
    ],
)
def test_date_may_have_time(text: str, clock: str, offset: int | None) -> None:
    written = parse_date(text)
    assert written
    assert written.clock
    assert written.days["day-first"] == DAY
    assert format_clock(written.clock.minutes) == clock
    assert written.clock.offset == (None if offset is None else timedelta(hours=offset))


@pytest.mark.parametrize("text", ["", "TBA", "tbd", "?", "-", "–", "미정", "未定"])  # noqa: RUF001 - a dash
def test_date_may_be_unknown(text: str) -> None:
    assert is_unknown(text)
    assert parse_date(text) is None


INVALID_DATES = {
    "soon": "`soon` is not a date",
    "30 Feb 2025": "`30 Feb 2025` is not a date",
    "31/02/2025": "`31/02/2025` is not a date",
    "21 July": "`21 July` is not a date",
    "07.21.2025": "`07.21.2025` is not a date",
    "2025-07": "`2025-07` has no day",
    "July 2025": "`July 2025` has no day",
    "Tue 21 Jul 2025": "`Tue 21 Jul 2025` is a Monday",
    "1950-01-01": "1950-01-01 is outside the supported years (1973 to 2037)",
    "99999": "2173-10-13 is outside the supported years (1973 to 2037)",
    "2025-07-21 24:61": "`24:61` is not a time",
}


@pytest.mark.parametrize("text", INVALID_DATES)
def test_invalid_date_is_explained(text: str) -> None:
    with pytest.raises(CellError) as caught:
        parse_date(text)
    assert caught.value.message == INVALID_DATES[text]
    assert caught.value.hint.endswith(".")


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("23:00", "23:00"),
        ("9:05", "09:05"),
        ("23:00:59", "23:00"),
        ("11:00 PM", "23:00"),
        ("11pm", "23:00"),
        ("11 p.m.", "23:00"),
        ("12:00 AM", "00:00"),
        ("12:30 pm", "12:30"),
        ("23.00", "23:00"),
        ("9.00", "09:00"),
        ("23h00", "23:00"),
        ("23 Uhr", "23:00"),
        ("20.15 Uhr", "20:15"),
        ("오후 11:00", "23:00"),
        ("오후 11시 5분", "23:05"),
        ("오전 12:00", "00:00"),
        ("午後0時", "12:00"),
        ("23時30分", "23:30"),
        ("25:30", "25:30"),
        ("29:59", "29:59"),
        ("0.958333", "23:00"),
        ("0,958333333333333", "23:00"),
        ("0.5", "12:00"),
        ("0.75", "18:00"),
        ("00.25", "00:25"),
        ("0", "00:00"),
    ],
)
def test_time_is_read(text: str, clock: str) -> None:
    found = parse_clock(text)
    assert format_clock(found.minutes) == clock
    assert found.offset is None


@pytest.mark.parametrize(
    ("text", "hours"),
    [("14:00Z", 0), ("23:00+09:00", 9), ("23:00 +0930", 9.5), ("9:00 PM UTC-5", -5)],
)
def test_time_may_have_offset(text: str, hours: float) -> None:
    assert parse_clock(text).offset == timedelta(hours=hours)


INVALID_TIMES = {
    "30:00": ("`30:00` is not a time", "Use a time like `23:00`, after midnight up to `29:59`."),
    "23": ("`23` is no time without minutes", "Use `23:00`."),
    "13:00 PM": (
        "`13:00 PM` is not a time",
        "Use a time like `23:00`, after midnight up to `29:59`.",
    ),
    "0.25": ("`0.25` may be 00:25 or a part of a day (06:00)", "Use `00:25` or `06:00`."),
    "21:00-05:00": (
        "`21:00-05:00` may have a UTC offset or an end",
        "Write an offset like `UTC-05:00`, and an end in a column `end time`.",
    ),
    "9pm KST": (
        "`KST` in `9pm KST` is not the name of one time zone",
        "Remove it, and use `--timezone Asia/Seoul`.",
    ),
    "23:00+15:00": ("`23:00+15:00` has no valid UTC offset", "Use an offset like `+09:00`."),
    "x" * 61: (f"`{'x' * 59}…` is too long here", "Move notes to another column."),
}


@pytest.mark.parametrize("text", INVALID_TIMES)
def test_invalid_time_is_explained(text: str) -> None:
    with pytest.raises(CellError) as caught:
        parse_clock(text)
    assert caught.value.args == INVALID_TIMES[text]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("60", 60),
        ("60.0", 60),
        ("60 min", 60),
        ("60 minutes", 60),
        ("90 Min.", 90),
        ("1h", 60),
        ("1h30", 90),
        ("1 h 30 min", 90),
        ("2 hours", 120),
        ("1:00", 60),
        ("0:45", 45),
        ("1:30:00", 90),
        ("1시간 10분", 70),
        ("60分", 60),
        ("1439", 1439),
    ],
)
def test_length_is_read(text: str, minutes: int) -> None:
    assert parse_runtime(text) == minutes


@pytest.mark.parametrize("text", ["0", "1440", "1.5", "long", "22:15", "PT1H", "-60"])
def test_invalid_length_is_refused(text: str) -> None:
    """22:15 may be 22 minutes or 22 hours."""
    with pytest.raises(CellError):
        parse_runtime(text)
