"""Mistakes in rules, and instances without expanding: the same as dateutil finds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from defects_ical.rfc5545.rrule import Recurrence, RuleFault, parse_rule

START: Final = datetime(2026, 1, 29, 19)  # noqa: DTZ001 - local time
DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@st.composite
def make_rules(draw: st.DrawFn) -> str:
    """Draw a rule that can be decided, or nearly."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={frequency}", f"INTERVAL={draw(st.integers(1, 4))}"]
    number = st.sampled_from(["", "1", "2", "-1", "-2"] if frequency[0] in "MY" else [""])
    if draw(st.booleans()):
        days = draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=3, unique=True))
        parts.append(f"BYDAY={','.join(draw(number) + day for day in days)}")
    elif draw(st.booleans()):
        days = draw(st.lists(st.sampled_from(["1", "15", "29", "31", "-1", "-3"]), min_size=1))
        parts.append(f"BYMONTHDAY={','.join(dict.fromkeys(days))}")
    if draw(st.booleans()):
        parts.append(f"BYMONTH={','.join(draw(st.sampled_from(['1', '2,3', '12', '6,7,8'])))}")
    if draw(st.booleans()):
        parts.append(f"WKST={draw(st.sampled_from(DAYS))}")
    return ";".join(parts).replace(",,", "")


@settings(max_examples=150, deadline=None)
@given(make_rules(), st.integers(0, 400))
def test_instances_are_those_that_dateutil_expands(rule: str, days: int) -> None:
    parts, problems = parse_rule(rule)
    assume(not problems)
    recurrence = Recurrence(parts, START + timedelta(days=days))
    assume(recurrence.is_decidable)
    every = (recurrence.start + timedelta(days=number) for number in range(900))
    found = {time for time in every if recurrence.is_instance(time)}
    # dateutil looks for the next instance of a rule that has none until the year 9999.
    assume(len(found) > 1)
    assert (
        set(rrulestr(rule, dtstart=recurrence.start).between(START, max(found), inc=True)) == found
    )


@settings(max_examples=50, deadline=None)
@given(make_rules(), st.integers(1, 20))
def test_last_day_is_that_of_the_last_counted_instance(rule: str, count: int) -> None:
    parts, problems = parse_rule(f"{rule};COUNT={count}")
    assume(not problems)
    recurrence = Recurrence(parts, START)
    assume(recurrence.is_decidable and recurrence.is_instance(START))
    last = recurrence.find_last_day(3_000)
    if last:
        assert list(rrulestr(f"{rule};COUNT={count}", dtstart=START))[-1].date() == last


@pytest.mark.parametrize(
    ("rule", "fault", "part"),
    [
        ("FREQ=WEEKLY;BYDAY=MO,TU;WKST=SU;X-NOTE=A", None, ""),
        ("freq=weekly;count=10", None, ""),
        ("", RuleFault.UNREADABLE, ""),
        ("every week", RuleFault.UNREADABLE, "every week"),
        ("FREQ=WEEKLY;", RuleFault.UNREADABLE, ""),
        ("FREQ=WEEKLY; COUNT=4", RuleFault.UNREADABLE, " COUNT=4"),
        ("RRULE:FREQ=WEEKLY", RuleFault.UNREADABLE, "RRULE:FREQ=WEEKLY"),
        ("COUNT=4", RuleFault.NO_FREQUENCY, "FREQ"),
        ("FREQ=WEEKLY;COUNT=0", RuleFault.INVALID_VALUE, "COUNT"),
        ("FREQ=WEEKLY;BYDAY=54MO", RuleFault.INVALID_VALUE, "BYDAY"),
        ("FREQ=WEEKLY;BYMONTHDAY=0", RuleFault.INVALID_VALUE, "BYMONTHDAY"),
        ("FREQ=WEEKLY;UNTIL=20260230", RuleFault.INVALID_VALUE, "UNTIL"),
        ("FREQ=WEEKLY;BYEASTER=0", RuleFault.UNKNOWN_PART, "BYEASTER"),
        ("FREQ=WEEKLY;FREQ=DAILY", RuleFault.REPEATED_PART, "FREQ"),
    ],
)
def test_first_mistake_is_found(rule: str, fault: RuleFault | None, part: str) -> None:
    problems = parse_rule(rule).problems
    assert [(each.fault, each.part) for each in problems[:1]] == ([(fault, part)] if fault else [])


def test_rule_without_instances_is_not_expanded() -> None:
    parts, _ = parse_rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3")
    assert Recurrence(parts, START).find_last_day(1_000) is None
    parts, _ = parse_rule("FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30")
    assert not Recurrence(parts, START).is_decidable
