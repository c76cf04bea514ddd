"""Two responses of one URL, and DTSTAMPs that are the time of the request."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.doctor.content_issues import find_issues, make_single_event_feed
from tests.support.broken_feeds import FEEDS, NOW, SECOND_RESPONSES, VALID


@pytest.mark.parametrize("name", sorted(SECOND_RESPONSES.keys() - {"DTSTAMP of the request"}))
def test_one_response_shows_no_instability(name: str) -> None:
    assert find_issues(FEEDS[name]) == []


def test_recent_dtstamp_is_accepted_if_stable() -> None:
    body = FEEDS["DTSTAMP of the request"]
    assert find_issues(body) == [("unstable-dtstamp", 24)]
    assert find_issues(body, now=NOW + timedelta(minutes=2)) == []
    assert find_issues(body, body, now=NOW + timedelta(seconds=10)) == []


def test_dtstamp_of_request_found_within_one_second() -> None:
    body = FEEDS["DTSTAMP of the request"]
    # The time of the request is before that of the response.
    for later in (-10, 0, 3):
        assert find_issues(body, body, now=NOW + timedelta(seconds=later)) == [
            ("unstable-dtstamp", 24)
        ]
    assert find_issues(body, body, now=NOW - timedelta(minutes=2)) == []
    # The second event was changed earlier.
    older = body.replace(b"DTSTAMP:20261001T120000Z", b"DTSTAMP:20260901T120000Z", 1)
    assert find_issues(older, older) == []


def test_equal_events_may_have_recent_dtstamp() -> None:
    one = FEEDS["a single event with a calendar name"].replace(
        b"20260901T080000Z", b"20261001T120000Z"
    )
    assert find_issues(make_single_event_feed(one)) == []
    event = one[one.index(b"BEGIN:VEVENT") : one.index(b"END:VCALENDAR")]
    twice = one.replace(event, event + event.replace(b"lecture-1", b"lecture-3"))
    assert find_issues(twice) == find_issues(twice, twice) == []


def test_recurrences_are_compared_separately() -> None:
    series = FEEDS["one of a series"]
    later = series.replace(b"20260901T080000Z", b"20260920T080000Z")
    assert find_issues(series, later) == [("unstable-dtstamp", 25)]


def test_events_with_equal_titles_may_swap() -> None:
    head, first, second = VALID.split(b"BEGIN:VEVENT\r\n")
    twin = first.replace(b"lecture-1", b"lecture-3")
    one, other = (
        b"BEGIN:VEVENT\r\n".join((head, *events, second))
        for events in ((first, twin), (twin, first))
    )
    assert find_issues(one, other) == []
