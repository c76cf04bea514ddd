"""Names of single events, and upcoming events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from tests.doctor.content_issues import find_issues, make_single_event_feed
from tests.support.broken_feeds import FEEDS, FIRST_EVENT, VALID


def test_feed_with_one_event_may_have_a_name() -> None:
    assert find_issues(make_single_event_feed()) == []
    assert find_issues(FEEDS["a single event with a calendar name"]) == [("named-single-event", 4)]


UPCOMING_IN_2028: Final = {
    "FREQ=WEEKLY": True,
    "FREQ=WEEKLY;COUNT=3": False,
    "FREQ=WEEKLY;COUNT=300": True,
    "FREQ=WEEKLY;COUNT=300;BYDAY=MO,TU,WE,TH,FR,SA": False,
    "FREQ=WEEKLY;COUNT=3;INTERVAL=100": True,
    "FREQ=DAILY;UNTIL=20270101T000000Z": False,
    "FREQ=DAILY;UNTIL=20290101": True,
    "FREQ=DAILY;UNTIL=soon": True,
    # It may be 29 February.
    "FREQ=YEARLY;COUNT=2": True,
    "FREQ=MONTHLY;COUNT=999999999999": True,
    "FREQ=DAILY;COUNT=999999": True,
    "FREQ=YEARLY;COUNT=3;BYMONTH=2;BYMONTHDAY=30": True,
    "": True,
}


@pytest.mark.parametrize("rule", UPCOMING_IN_2028)
def test_recurring_event_is_upcoming_until_last(rule: str) -> None:
    event = FIRST_EVENT.replace("URL:", f"RRULE:{rule}\nURL:")
    body = VALID.replace(
        FIRST_EVENT.replace("\n", "\r\n").encode(), event.replace("\n", "\r\n").encode()
    )
    issues = dict(find_issues(body, now=datetime(2028, 10, 1, tzinfo=UTC)))
    assert ("no-upcoming-events" not in issues) is UPCOMING_IN_2028[rule]


def test_running_event_is_upcoming() -> None:
    end = datetime(2026, 10, 21, 0, 30, tzinfo=UTC)
    assert find_issues(make_single_event_feed(), now=end) == []
    assert find_issues(make_single_event_feed(), now=end + timedelta(seconds=1)) == [
        ("no-upcoming-events", None)
    ]


def test_all_day_event_is_upcoming_until_midnight() -> None:
    body = FEEDS["an all-day event"].partition(b"BEGIN:VEVENT\r\nUID:7d1f5b62-lecture-2")[0]
    evening = datetime(2026, 10, 20, 22, tzinfo=UTC)
    assert "no-upcoming-events" not in dict(find_issues(body, now=evening))
    assert "no-upcoming-events" in dict(find_issues(body, now=evening + timedelta(days=1)))


def test_rdate_is_upcoming() -> None:
    dates = b"RDATE;TZID=America/New_York:20300101T190000,20310101T190000\r\nURL:"
    body = VALID.replace(b"URL:", dates)
    assert find_issues(body, now=datetime(2030, 6, 1, tzinfo=UTC)) == []
    assert find_issues(body, now=datetime(2031, 6, 1, tzinfo=UTC)) == [("no-upcoming-events", None)]
