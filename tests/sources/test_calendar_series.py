"""Recurring events as episodes: rules, exceptions, changed instances, versions."""

from __future__ import annotations

import time
from datetime import date, datetime
from itertools import islice
from typing import Final

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.support.listed_calendars import (
    find_message,
    list_starts,
    make_event,
    parse_events,
)


def expand(rule: str, *lines: str, start: str = ":20250721T140000Z", **options: date) -> list[str]:
    event = make_event(1, start, "Quiz", f"RRULE:{rule}", *lines)
    return list_starts(parse_events(event, until=options.get("until")))


@pytest.mark.parametrize(
    ("rule", "starts"),
    [
        ("FREQ=DAILY;COUNT=3", ["20250721", "20250722", "20250723"]),
        ("FREQ=DAILY;INTERVAL=2;UNTIL=20250725T140000Z", ["20250721", "20250723", "20250725"]),
        ("FREQ=DAILY;UNTIL=20250722T135959Z", ["20250721"]),
        ("FREQ=DAILY;UNTIL=20250722", ["20250721", "20250722"]),
        ("FREQ=WEEKLY;BYDAY=MO,TU;COUNT=3", ["20250721", "20250722", "20250728"]),
        ("FREQ=MONTHLY;BYDAY=-1MO;COUNT=2", ["20250721", "20250728"]),
        ("FREQ=MONTHLY;COUNT=2", ["20250721", "20250821"]),
        ("FREQ=YEARLY;COUNT=2", ["20250721", "20260721"]),
        ("FREQ=YEARLY;UNTIL=20990101T000000Z", [f"20{year}0721" for year in range(25, 38)]),
    ],
)
def test_rules_are_expanded(rule: str, starts: list[str]) -> None:
    assert expand(rule) == [f"{each}T1400" for each in starts]


def test_series_keep_their_local_time() -> None:
    start = ";TZID=America/New_York:20251026T200000"
    rule = "FREQ=WEEKLY;UNTIL=20251103T010000Z"
    assert expand(rule, start=start) == ["20251027T0000", "20251103T0100"]


def test_the_end_of_a_series_is_in_utc() -> None:
    """The last instance is on the day after the date of UNTIL, in the zone of the series."""
    start = ";TZID=Asia/Seoul:20250722T000000"
    rule = "FREQ=DAILY;UNTIL=20250722T150000Z"
    assert expand(rule, start=start) == ["20250721T1500", "20250722T1500"]


def test_floating_series_end_at_local_times() -> None:
    header = "X-WR-TIMEZONE:Asia/Seoul\r\n"
    event = make_event(1, ":20250721T230000", "Quiz", "RRULE:FREQ=DAILY;UNTIL=20250722T230000")
    assert list_starts(parse_events(event, header=header)) == ["20250721T1400", "20250722T1400"]


def test_endless_series_need_a_last_day() -> None:
    event = make_event(1, ";TZID=Asia/Seoul:20250721T003000", "Quiz", "RRULE:FREQ=WEEKLY")
    assert find_message(event) == (
        "show.ics:3: the event “Quiz” recurs without an end. "
        "Use `--until YYYY-MM-DD` with the last day to import."
    )
    starts = list_starts(parse_events(event, until=date(2025, 8, 4)))
    assert starts == ["20250720T1530", "20250727T1530", "20250803T1530"]
    assert len(parse_events(event, until=date(2999, 1, 1)).episodes) == 650


def test_exceptions_and_additional_dates() -> None:
    lines = ("EXDATE:20250722T140000Z,20250724T140000Z", "EXDATE;VALUE=DATE:20250725")
    added = "RDATE;VALUE=PERIOD:20250901T100000Z/PT1H"
    assert expand("FREQ=DAILY;COUNT=6", *lines, added) == [
        *("20250721T1400", "20250723T1400", "20250726T1400", "20250901T1000")
    ]
    days = make_event(1, ";VALUE=DATE:20250721", "Quiz", "RDATE;VALUE=DATE:20250728,20250721")
    listing = parse_events(days)
    assert list_starts(listing) == ["20250721", "20250728"]
    assert [each.id for each in listing.episodes] == ["1/20250721", "1/20250728"]


def test_ids_stay_if_the_hour_changes() -> None:
    """An update finds the instances of a series that has another hour and length now."""
    before, after = (
        parse_events(make_event(1, f":20250721T{hour}0000Z", "Quiz", f"RRULE:FREQ=DAILY;{count}"))
        for hour, count in ((14, "COUNT=3"), (13, "COUNT=4"))
    )
    ids = [[each.id for each in listing.episodes] for listing in (before, after)]
    assert ids[0] == ids[1][:3] == ["1/20250721", "1/20250722", "1/20250723"]


def test_two_instances_of_a_day_have_two_ids() -> None:
    extra = "RDATE:20250721T180000Z"
    listing = parse_events(make_event(1, ":20250721T140000Z", "Quiz", extra))
    assert [each.id for each in listing.episodes] == ["1/20250721T140000Z", "1/20250721T180000Z"]


def make_change(recurrence: str, start: str, *lines: str, summary: str = "Quiz") -> str:
    return make_event(1, start, summary, f"RECURRENCE-ID{recurrence}", *lines)


def test_changes_come_in_any_order() -> None:
    series = make_event(1, ":20250721T140000Z", "Quiz", "RRULE:FREQ=DAILY;COUNT=3")
    moved = make_change(":20250722T140000Z", ":20250724T100000Z", "SEQUENCE:1")
    moved_again = make_change(":20250722T140000Z", ":20250725T100000Z", "SEQUENCE:2")
    by_date = make_change(";VALUE=DATE:20250723", ":20250726T100000Z")
    extra = make_change(":20250801T140000Z", ":20250801T150000Z")
    listing = parse_events(moved_again, moved, by_date, series, extra)
    assert {
        each.id: start for each, start in zip(listing.episodes, list_starts(listing), strict=True)
    } == {
        "1/20250721": "20250721T1400",
        "1/20250722": "20250725T1000",
        "1/20250723": "20250726T1000",
        "1/20250801T140000Z": "20250801T1500",
    }
    (alone,) = parse_events(moved).episodes
    assert alone.id == "1/20250722T140000Z"


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (["RRULE:FREQ=SECONDLY;COUNT=5"], "a rule that is not supported: `FREQ=SECONDLY;COUNT=5`"),
        (["RRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1;COUNT=2"], "a rule that is not supported"),
        (["RRULE:FREQ=SOMETIMES"], "a rule that is not supported"),
        (["RRULE:FREQ=DAILY;COUNT=2", "RRULE:FREQ=WEEKLY;COUNT=2"], "more than one rule"),
        (["RRULE:FREQ=DAILY;COUNT=2", "EXRULE:FREQ=WEEKLY"], "more than one rule"),
        (["RRULE:FREQ=DAILY;COUNT=2", "EXDATE:tomorrow"], "an invalid EXDATE: `tomorrow`"),
        (["RDATE:20250199T000000Z"], "an invalid RDATE"),
        (["RECURRENCE-ID:x"], "an invalid RECURRENCE-ID: `x`"),
    ],
)
def test_other_series_are_refused(lines: list[str], problem: str) -> None:
    message = find_message(make_event(1, ":20250721T140000Z", "Quiz", *lines))
    assert message.startswith(f"show.ics:3: the event “Quiz” has {problem}")
    assert message.endswith(".")


def test_a_change_of_the_rest_is_refused() -> None:
    change = make_change(";RANGE=THISANDFUTURE:20250722T140000Z", ":20250722T150000Z")
    assert "from one instance on, which is not supported" in find_message(change)


def test_versions_of_an_event() -> None:
    """The highest SEQUENCE counts; different events with one UID stay, without an id."""
    old, new = (make_event(1, f":2025072{day}T140000Z", "E01", f"SEQUENCE:{day}") for day in (1, 2))
    listing = parse_events(new, old)
    assert [(each.id, each.number) for each in listing.episodes] == [("1", 1)]
    assert list_starts(listing) == ["20250722T1400"]
    assert len(parse_events(old, old).episodes) == 1
    twins = (make_event(1, f":2025072{day}T140000Z", f"E0{day}") for day in (1, 2))
    assert [each.id for each in parse_events(*twins).episodes] == ["", ""]


def test_events_without_uid_have_no_id() -> None:
    event = "BEGIN:VEVENT\r\nDTSTART:20250721T140000Z\r\nSUMMARY:E01\r\nEND:VEVENT\r\n"
    other = event.replace("E01", "E02").replace("0721", "0722")
    assert [each.id for each in parse_events(event, other).episodes] == ["", ""]


def test_too_many_instances_are_refused() -> None:
    rule = "RRULE:FREQ=DAILY;COUNT=900"
    events = [make_event(n, ":20250721T140000Z", "Quiz", rule) for n in range(6)]
    assert "more than 5,000 episodes" in find_message(*events)
    words = ",".join(f"20250721T{n // 3600:02}{n // 60 % 60:02}{n % 60:02}Z" for n in range(5001))
    assert "more than 5,000 episodes" in find_message(
        make_event(1, ":20250721T235959Z", "Quiz", f"RDATE:{words}")
    )


def test_series_without_instances_end() -> None:
    """Each rule asks for 30 February until 2037; together they take too many days."""
    rule = "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=5"
    events = [make_event(n, ":20250721T140000Z", "Quiz", rule) for n in range(100)]
    started = time.monotonic()
    assert "recur over too many days. Replace the recurring" in find_message(*events)
    assert len(parse_events(events[0]).episodes) == 1
    assert time.monotonic() - started < 5


FREQUENCIES: Final = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
FILTERS: Final = ("", ";BYDAY=MO,TH", ";BYMONTH=1,7,8", ";BYMONTHDAY=21,-1", ";WKST=SU")


@given(
    st.sampled_from(FREQUENCIES),
    st.sampled_from(FILTERS),
    st.integers(1, 4),
    st.sampled_from((";COUNT=4", ";UNTIL=20270101T000000")),
)
def test_instances_equal_dateutils(frequency: str, part: str, interval: int, end: str) -> None:
    rule = f"FREQ={frequency};INTERVAL={interval}{part}{end}"
    start = datetime(2025, 7, 21, 14)  # noqa: DTZ001 - a floating time
    oracle = [*islice(rrulestr(rule, dtstart=start), 1000)]
    # dateutil leaves out a start that the rule does not give.
    assume(start in oracle)
    header = "X-WR-TIMEZONE:UTC\r\n"
    event = make_event(1, ":20250721T140000", "Quiz", f"RRULE:{rule}")
    if frequency == "YEARLY" and "BYMONTHDAY" in part:
        assert "not supported" in find_message(event, header=header)
    else:
        found = list_starts(parse_events(event, header=header))
        assert found == [f"{each:%Y%m%dT%H%M}" for each in oracle]
