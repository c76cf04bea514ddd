"""The real show's feed: what a viewer of The Defects gets, in literal values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import icalendar
import pytest

from defects_ical.site.build import Site

STARTS = [
    datetime(2025, 7, 21, 14, 0, tzinfo=UTC),
    datetime(2025, 7, 22, 14, 0, tzinfo=UTC),
    datetime(2025, 7, 28, 14, 0, tzinfo=UTC),
    datetime(2025, 7, 29, 14, 0, tzinfo=UTC),
    datetime(2025, 8, 4, 14, 0, tzinfo=UTC),
    datetime(2025, 8, 5, 14, 0, tzinfo=UTC),
    datetime(2025, 8, 11, 14, 0, tzinfo=UTC),
    datetime(2025, 8, 12, 14, 0, tzinfo=UTC),
]


@pytest.fixture(scope="module")
def events(site: Site) -> list[icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(site["/the-defects.ics"].body)
    assert isinstance(calendar, icalendar.Calendar)
    return calendar.events


def test_it_holds_eight_events_of_an_hour_each_at_the_right_instants(
    events: list[icalendar.Event],
) -> None:
    assert [event.start for event in events] == STARTS
    assert [event.end - event.start for event in events] == [timedelta(minutes=60)] * 8
    assert [event["SUMMARY"] for event in events] == [
        "The Defects: Episode 1",
        "The Defects: Episode 2",
        "The Defects: Episode 3",
        "The Defects: Episode 4",
        "The Defects: Episode 5",
        "The Defects: Episode 6",
        "The Defects: Episode 7",
        "The Defects: Episode 8",
    ]


def test_each_description_says_where_to_watch_and_when_on_four_clocks(
    events: list[icalendar.Event],
) -> None:
    for event in events:
        lines = str(event["DESCRIPTION"]).splitlines()
        assert "ENA (television, South Korea)" in lines
        assert "TVing (streaming, South Korea) https://www.tving.com/" in lines
        assert "Kocowa (streaming, outside South Korea) https://www.kocowa.com/" in lines
        assert "23:00 KST (Seoul)" in lines
        assert "10:00 EDT (New York)" in lines
        assert "15:00 BST (London)" in lines
        assert "14:00 UTC" in lines
        assert "GMT" not in str(event["DESCRIPTION"])


def test_no_file_of_the_site_says_gmt(site: Site) -> None:
    assert not [path for path, resource in site.items() if b"GMT" in resource.body]


def test_no_feed_gives_a_recap_away(site: Site) -> None:
    spoilers = (b"crash", b"Si-woo", b"A shot ends", b"audition", b"school bag")
    unfolded = {path: each.body.replace(b"\r\n ", b"") for path, each in site.items()}
    assert not [
        path
        for path, body in unfolded.items()
        for word in spoilers
        if word in body
        if path.endswith(".ics")
    ]


def test_a_teaser_is_the_first_thing_that_a_description_says(
    events: list[icalendar.Event],
) -> None:
    assert str(events[2]["DESCRIPTION"]).startswith("The survivors set out on a search.\n\n")
    assert str(events[4]["DESCRIPTION"]).startswith("Where to watch:\n")
