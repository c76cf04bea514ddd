"""Property values (RFC 5545 §3.3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from defects_ical.rfc5545.content_lines import parse_line
from defects_ical.rfc5545.values import (
    DateTimeValue,
    is_windows_name,
    parse_date_time,
    parse_duration,
    parse_local_datetime,
    parse_utc_offset,
    to_iana,
)


@pytest.mark.parametrize(
    ("value", "offset"),
    [
        ("-0330", -timedelta(hours=3, minutes=30)),
        ("+005328", timedelta(minutes=53, seconds=28)),
        *((invalid, None) for invalid in ("", "0900", "+9", "+09:00", "+2400", "+0960")),
    ],
)
def test_parse_utc_offset(value: str, offset: timedelta | None) -> None:
    assert parse_utc_offset(value) == offset


@pytest.mark.parametrize(
    ("value", "duration"),
    [
        ("PT1H30M", timedelta(hours=1, minutes=30)),
        ("-P1DT2S", -timedelta(days=1, seconds=2)),
        ("+P2W", timedelta(weeks=2)),
        ("PT999999999S", timedelta(seconds=999_999_999)),
        *((invalid, None) for invalid in ("", "P", "PT", "1H", "PT1H30", "P1W2D", "P999999999W")),
    ],
)
def test_parse_duration(value: str, duration: timedelta | None) -> None:
    assert parse_duration(value) == duration


def test_leap_second_is_the_second_before() -> None:
    assert parse_local_datetime("20161231T235960") == parse_local_datetime("20161231T235959")
    assert parse_local_datetime("20161231T235961") is None


NAIVE = datetime(2026, 7, 21, 23, 0)  # noqa: DTZ001 - local times have no tzinfo


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("DTSTART:20260721T230000", DateTimeValue(NAIVE, "", floating=True)),
        ("DTSTART:20260721T230000Z", DateTimeValue(NAIVE, "", floating=False)),
        (
            "DTSTART;TZID=Asia/Seoul:20260721T230000",
            DateTimeValue(NAIVE, "Asia/Seoul", floating=False),
        ),
        ('DTSTART;TZID="A:B":20260721T230000', DateTimeValue(NAIVE, "A:B", floating=False)),
        ("DTSTART;VALUE=DATE:20260721", DateTimeValue(NAIVE.replace(hour=0), "", floating=False)),
        ("DTSTART:20260231T000000", None),
        ("DTSTART:2026-07-21", None),
    ],
)
def test_parse_date_time(line: str, value: DateTimeValue | None) -> None:
    parsed = parse_line(line)
    assert parsed
    assert parse_date_time(parsed) == value


@pytest.mark.parametrize(
    ("tzid", "hour"),
    [("Asia/Seoul", 14), ("/example.com/Asia/Seoul", 14), ("Korea Standard Time", 14), ("?", 23)],
)
def test_time_in_utc(tzid: str, hour: int) -> None:
    """Times in unknown timezones are read as UTC."""
    value = DateTimeValue(NAIVE, tzid, floating=False)
    assert value.utc == datetime(2026, 7, 21, hour, tzinfo=UTC)


def test_windows_names() -> None:
    assert to_iana("Eastern Standard Time") == "America/New_York"
    assert is_windows_name("Eastern Standard Time")
    assert not is_windows_name("UTC")
    assert to_iana("Our town") is None
