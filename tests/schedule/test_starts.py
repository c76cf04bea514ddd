"""Starts in UTC, shifts in local time, and delays of platforms."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from defects_ical.model.airing import Delay
from defects_ical.model.changes import Shift
from defects_ical.model.fields import Slot
from defects_ical.schedule.starts import (
    OUT_OF_RANGE,
    compute_start,
    delay_slot,
    is_in_range,
    shift_slot,
    to_nearest_utc,
    to_slot,
)

LONDON = "Europe/London"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_hour_after_midnight_is_on_the_next_day() -> None:
    slot = Slot(date(2026, 2, 5), 25 * 60 + 30)
    assert compute_start(slot, LONDON) == utc("2026-02-06T01:30")


def test_start_without_an_hour_is_a_date() -> None:
    start = compute_start(Slot(date(2026, 2, 5)), LONDON)
    assert (type(start), start) == (date, date(2026, 2, 5))


@pytest.mark.parametrize(
    ("minutes", "shift", "shifted"),
    [
        (23 * 60 + 30, {"hours": "1"}, "2026-02-05T24:30"),
        (23 * 60 + 30, {"days": "1", "hours": "1"}, "2026-02-06T24:30"),
        (25 * 60, {"hours": "4", "minutes": "59"}, "2026-02-05T29:59"),
        (25 * 60, {"hours": "5"}, "2026-02-06T06:00"),
        (25 * 60, {"hours": "-2"}, "2026-02-05T23:00"),
        (30, {"hours": "-1"}, "2026-02-04T23:30"),
        (25 * 60, {"weeks": "-1"}, "2026-01-29T25:00"),
        (None, {"weeks": "1", "days": "1"}, "2026-02-13"),
    ],
)
def test_shift_keeps_the_evening(minutes: int | None, shift: dict[str, str], shifted: str) -> None:
    slot = Slot(date(2026, 2, 5), minutes)
    assert shift_slot(slot, Shift.model_validate(shift)).isoformat() == shifted


def test_shift_out_of_all_years() -> None:
    slot = shift_slot(Slot(date(9999, 12, 1), 0), Shift.model_validate({"weeks": "9999"}))
    assert slot == OUT_OF_RANGE
    assert not is_in_range(slot)


@pytest.mark.parametrize(
    ("slot", "delay", "delayed"),
    [
        ("2026-03-22T01:30", {"days": "7"}, "2026-03-29T02:30"),
        ("2026-10-18T01:30", {"days": "7"}, "2026-10-25T01:30+01:00"),
        ("2026-10-24T20:00", {"hours": "24"}, "2026-10-25T19:00"),
        ("2026-10-24T20:00", {"days": "1"}, "2026-10-25T20:00"),
        ("2026-10-24T20:00", {"days": "-1", "minutes": "-30"}, "2026-10-23T19:30"),
        ("2026-10-24", {"days": "-1", "minutes": "-30"}, "2026-10-23"),
        ("2026-10-24", {"minutes": "300"}, "2026-10-24"),
    ],
)
def test_delay(slot: str, delay: dict[str, str], delayed: str) -> None:
    day, _, clock = slot.partition("T")
    minutes = int(clock[:2]) * 60 + int(clock[3:]) if clock else None
    start = Slot(date.fromisoformat(day), minutes)
    assert delay_slot(start, Delay.model_validate(delay), LONDON).isoformat() == delayed


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-03-29T01:30", "2026-03-29T01:30"),  # does not exist: 02:30 BST
        ("2026-10-25T01:30", "2026-10-25T00:30"),  # the first: BST
        ("2026-10-25T02:30", "2026-10-25T02:30"),
    ],
)
def test_local_time_is_read_as_the_nearest_one(local: str, expected: str) -> None:
    assert to_nearest_utc(datetime.fromisoformat(local), LONDON) == utc(expected)


@pytest.mark.parametrize(("hour", "offset"), [(0, 1), (1, 0)])
def test_slot_of_a_repeated_time_has_its_offset(hour: int, offset: int) -> None:
    start = utc("2026-10-25T00:30") + timedelta(hours=hour)
    slot = to_slot(start, LONDON)
    assert slot == Slot(date(2026, 10, 25), 90, timedelta(hours=offset))
    assert compute_start(slot, LONDON) == start
