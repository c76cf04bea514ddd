"""Instances of series: in other timezones, after changes of clocks, among added dates."""

from __future__ import annotations

from typing import Final

import pytest

from tests.doctor.content_issues import find_issues
from tests.support.broken_feeds import VALID

RULE: Final = b"RRULE:FREQ=WEEKLY;COUNT=3\r\n"
"""That of the second event: 17 and 24 November, 1 December 2026, 19:00 in New York."""
LINE: Final = 41


def add_line(line: str, rule: bytes = RULE) -> list[tuple[str, int | None]]:
    return find_issues(VALID.replace(RULE, rule + line.encode() + b"\r\n"))


@pytest.mark.parametrize(
    "line",
    [
        "EXDATE;TZID=America/New_York:20261117T190000,20261201T190000",
        "EXDATE:20261125T000000Z",
        "RDATE;TZID=America/New_York:20261203T190000",
    ],
)
def test_exception_may_be_written_in_utc(line: str) -> None:
    assert add_line(line) == []


@pytest.mark.parametrize("time", ["20261124T180000", "20261208T190000", "20261118T190000"])
def test_exception_that_excludes_nothing_is_found(time: str) -> None:
    """At another hour, after the last of the instances, on another day."""
    line = f"EXDATE;TZID=America/New_York:{time}"
    assert add_line(line) == [("exdate-without-instance", LINE)]


def test_added_date_may_be_excluded() -> None:
    dates = "RDATE;TZID=America/New_York:20261203T190000\r\nEXDATE;TZID=America/New_York:{}"
    assert add_line(dates.format("20261203T190000")) == []


@pytest.mark.parametrize(
    "rule",
    [
        b"RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1\r\n",
        b"RRULE:FREQ=HOURLY;INTERVAL=5\r\n",
        b"RRULE:FREQ=YEARLY;BYWEEKNO=47\r\n",
        b"RRULE:FREQ=WEEKLY;COUNT=999999999\r\n",
    ],
)
def test_nothing_is_said_of_what_is_not_decided(rule: bytes) -> None:
    assert add_line("EXDATE;TZID=America/New_York:20261119T190000", rule) == []


def test_change_of_a_series_keeps_its_local_time_over_a_change_of_clocks() -> None:
    body = VALID.replace(b"20261117T", b"20261020T").replace(
        RULE,
        RULE + b"END:VEVENT\r\nBEGIN:VEVENT\r\nUID:7d1f5b62-lecture-2@lectures.example\r\n"
        b"DTSTAMP:20260915T101500Z\r\nSUMMARY:Later\r\n"
        b"RECURRENCE-ID;TZID=America/New_York:20261103T190000\r\n"
        b"DTSTART;TZID=America/New_York:20261103T200000\r\n"
        b"DTEND;TZID=America/New_York:20261103T210000\r\n",
    )
    assert find_issues(body) == []
    local = b"RECURRENCE-ID;TZID=America/New_York:20261103T190000"
    in_utc = body.replace(local, b"RECURRENCE-ID:20261104T000000Z")
    assert find_issues(in_utc) == []
    wrong = body.replace(local, b"RECURRENCE-ID:20261103T230000Z")
    assert find_issues(wrong) == [("change-without-instance", 46)]
