"""The slots of a block, and moving along them."""

from __future__ import annotations

from datetime import date
from itertools import islice

import pytest

from defects_ical.model.airing import Block
from defects_ical.model.fields import Slot
from defects_ical.schedule.slots import SlotRule, assign_slots, list_slots


def make_block(**values: object) -> Block:
    return Block.model_validate(values)


def write_slots(block: Block, count: int) -> list[str]:
    return [slot.isoformat() for slot in islice(list_slots(block), count)]


def at(text: str) -> Slot:
    day, _, clock = text.partition("T")
    minutes = int(clock[:2]) * 60 + int(clock[3:]) if clock else None
    return Slot(date.fromisoformat(day), minutes)


WEEKLY = make_block(
    premiere="2026-02-06", weekdays=["friday 21:50", "saturday"], time="21:40", episodes="4"
)
EVENING = make_block(
    premiere="2026-02-04",
    weekdays=["wednesday 22:35", "wednesday 22:00"],
    skip=["2026-02-11"],
    episodes="4",
)
LATE = make_block(premiere="2026-02-05", weekdays=["thursday"], time="25:30", episodes="4")
DATES = make_block(dates=["2026-02-05", "2026-02-07T20:00", "2026-03-01"], time="19:00")
UNKNOWN = make_block(premiere="2026-02-02", weekdays=["monday", "tuesday"], episodes="4")


@pytest.mark.parametrize(
    ("block", "slots"),
    [
        (WEEKLY, "2026-02-06T21:50 2026-02-07T21:40 2026-02-13T21:50"),
        # In the order of their hours, and not on the date that is left out.
        (EVENING, "2026-02-04T22:00 2026-02-04T22:35 2026-02-18T22:00"),
        (LATE, "2026-02-05T25:30 2026-02-12T25:30 2026-02-19T25:30"),
        (DATES, "2026-02-05T19:00 2026-02-07T20:00 2026-03-01T19:00"),
        (UNKNOWN, "2026-02-02 2026-02-03 2026-02-09"),
    ],
)
def test_block_has_slots_in_order(block: Block, slots: str) -> None:
    assert write_slots(block, 3) == slots.split()


def test_block_of_one_date_has_one_slot() -> None:
    block = make_block(premiere="2026-02-06", time="16:00", episodes="9")
    assert write_slots(block, 2) == ["2026-02-06T16:00"]


def test_announced_block_has_no_slot() -> None:
    assert write_slots(make_block(premiere="2027-10", episodes="9"), 2) == []


def test_slot_twice_is_one() -> None:
    block = make_block(
        premiere="2026-02-04", weekdays=["wednesday", "wednesday 22:00"], time="22:00", episodes="4"
    )
    assert write_slots(block, 2) == ["2026-02-04T22:00", "2026-02-11T22:00"]


def test_late_night_is_after_the_first_hours_of_the_next_day() -> None:
    block = make_block(
        premiere="2026-02-05", weekdays=["thursday 25:30", "friday 00:30"], episodes="4"
    )
    assert write_slots(block, 3) == ["2026-02-06T00:30", "2026-02-05T25:30", "2026-02-13T00:30"]


def test_last_slot_takes_what_is_left() -> None:
    block = make_block(
        premiere="2026-02-02", weekdays=["monday"], together="3", episodes="7", time="20:00"
    )
    slots = [slot.day.day for slot in assign_slots(block)]
    assert slots == [2, 2, 2, 9, 9, 9, 16]


@pytest.mark.parametrize(
    ("block", "slot", "distance", "found"),
    [
        (WEEKLY, "2026-02-06T21:50", 1, "2026-02-07T21:40"),
        (WEEKLY, "2026-02-06T21:50", 3, "2026-02-14T21:40"),
        (WEEKLY, "2026-02-14T21:40", -3, "2026-02-06T21:50"),
        # Past the last episode of the block.
        (WEEKLY, "2026-02-14T21:40", 5, "2026-03-06T21:50"),
        # Ten minutes late stays ten minutes late.
        (WEEKLY, "2026-02-06T22:00", 1, "2026-02-07T21:50"),
        (WEEKLY, "2026-02-06T23:59", 1, "2026-02-07T23:49"),
        (WEEKLY, "2026-02-06T24:20", 1, "2026-02-07T24:10"),
        # From a day that is not in the rule.
        (WEEKLY, "2026-02-08T12:00", 1, "2026-02-13T21:50"),
        (WEEKLY, "2026-02-08T12:00", -1, "2026-02-07T21:40"),
        (WEEKLY, "2026-01-01T12:00", 2, "2026-02-07T21:40"),
        # From a date to an hour.
        (WEEKLY, "2026-02-06", 1, "2026-02-07T21:40"),
        # Two in one evening: by their hours.
        (EVENING, "2026-02-04T22:00", 1, "2026-02-04T22:35"),
        (EVENING, "2026-02-04T22:10", 1, "2026-02-04T22:35"),
        (EVENING, "2026-02-04T22:35", 1, "2026-02-18T22:00"),
        (EVENING, "2026-02-18T22:00", -1, "2026-02-04T22:35"),
        (EVENING, "2026-02-11T22:00", 1, "2026-02-18T22:00"),
        (LATE, "2026-02-05T25:30", 1, "2026-02-12T25:30"),
        (LATE, "2026-02-05T23:30", 1, "2026-02-12T23:30"),
        # Friday 01:40, as other clocks write it.
        (LATE, "2026-02-06T01:40", 1, "2026-02-12T25:40"),
        (LATE, "2026-02-06T05:40", 1, "2026-02-12T29:40"),
        (DATES, "2026-02-05T19:00", 2, "2026-03-01T19:00"),
        (DATES, "2026-02-05T18:30", 1, "2026-02-07T19:30"),
        (UNKNOWN, "2026-02-02", 1, "2026-02-03"),
        (UNKNOWN, "2026-02-03T22:00", 1, "2026-02-09T22:00"),
    ],
)
def test_neighbour_of_a_slot(block: Block, slot: str, distance: int, found: str) -> None:
    neighbour = SlotRule(list_slots(block)).find_neighbour(at(slot), distance)
    assert neighbour is not None
    assert neighbour.isoformat() == found


@pytest.mark.parametrize(
    ("block", "slot", "distance"),
    [
        (WEEKLY, "2026-02-06T21:50", -1),
        (WEEKLY, "2026-02-01T21:50", -1),
        (DATES, "2026-03-01T19:00", 1),
        (DATES, "2026-03-02T19:00", 1),
        (DATES, "2026-02-06T19:00", -2),
    ],
)
def test_block_may_have_no_such_slot(block: Block, slot: str, distance: int) -> None:
    assert SlotRule(list_slots(block)).find_neighbour(at(slot), distance) is None
