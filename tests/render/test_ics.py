"""Feeds: what subscribers of The Defects see, and in which zone times are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
import pytz

from defects_ical.content.build_cache import BuildCache
from defects_ical.render.ics import render_feeds
from defects_ical.schedule.episodes import expand_episodes
from defects_ical.site.build import Site, build_site
from tests.conftest import SITE_URL
from tests.support.example_schedules import load_yaml, make_yaml

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


def render_main_feed(yaml: str) -> str:
    schedule = load_yaml(yaml)
    _, body = next(render_feeds(schedule, expand_episodes(schedule), SITE_URL, BuildCache()))
    return body.decode()


def find_vtimezone(feed: str) -> str:
    """Return the VTIMEZONE of a feed; empty if all its times are in UTC."""
    if "TZID" not in feed:
        return ""
    begin, end = "BEGIN:VTIMEZONE\r\n", "END:VTIMEZONE\r\n"
    return feed[feed.index(begin) : feed.index(end) + len(end)]


def find_lines(text: str, *prefixes: str) -> list[str]:
    return [line for line in text.split("\r\n") if line.startswith(prefixes)]


# The Defects


def test_feed_has_eight_events_of_an_hour(events: list[icalendar.Event]) -> None:
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


def test_description_has_platforms_and_four_clocks(events: list[icalendar.Event]) -> None:
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


def test_description_starts_with_teaser(events: list[icalendar.Event]) -> None:
    assert str(events[2]["DESCRIPTION"]).startswith("The survivors set out on a search.\n\n")
    assert str(events[4]["DESCRIPTION"]).startswith("Where to watch:\n")


def test_no_file_contains_gmt(site: Site) -> None:
    """UTC is the name of the time zone; GMT is London's winter time."""
    assert not [path for path, resource in site.items() if b"GMT" in resource.body]


def test_no_feed_contains_a_recap(site: Site) -> None:
    spoilers = (b"crash", b"Si-woo", b"A shot ends", b"audition", b"school bag")
    unfolded = {path: each.body.replace(b"\r\n ", b"") for path, each in site.items()}
    assert not [
        path
        for path, body in unfolded.items()
        for word in spoilers
        if word in body
        if path.endswith(".ics")
    ]


# Time zones


@pytest.mark.parametrize("zone", sorted(set(pytz.all_timezones) - {"UTC"}))
def test_event_refers_to_zone_and_its_definition(zone: str) -> None:
    feed = render_main_feed(make_yaml(timezone=zone, time="12:00", episodes=1))
    feed = feed.replace("\r\n ", "")
    assert find_lines(find_vtimezone(feed), "TZID") == [f"TZID:{zone}"]
    assert f"\r\nDTSTART;TZID={zone}:20250721T120000\r\n" in feed
    assert f"\r\nDTEND;TZID={zone}:20250721T130000\r\n" in feed


def test_zone_is_defined_before_events_if_used() -> None:
    late = "[{id: late, title: Late, airs: 2025-11-02T01:30-05:00, runtime: 60}]"
    site = build_site(load_yaml(make_yaml(timezone="America/New_York", specials=late)), SITE_URL)
    files = {path: each.body.decode() for path, each in site.items() if path.endswith(".ics")}
    assert {path for path, file in files.items() if "TZID" not in file} == {
        "/episodes/show-late.ics"
    }
    for file in files.values():
        assert file.count("BEGIN:VTIMEZONE") == int("TZID" in file)
        assert file.rfind("END:VTIMEZONE") < file.index("BEGIN:VEVENT")


def test_feed_in_utc_defines_no_zone() -> None:
    feed = render_main_feed(make_yaml(timezone="UTC", episodes=2))
    assert "VTIMEZONE" not in feed
    assert find_lines(feed, "DTSTART", "DTEND") == [
        *("DTSTART:20250721T230000Z", "DTEND:20250722T000000Z"),
        *("DTSTART:20250722T230000Z", "DTEND:20250723T000000Z"),
    ]


@pytest.mark.parametrize(
    ("airs", "runtime", "lines"),
    [
        ("2025-11-02T01:30-05:00", 60, ["DTSTART:20251102T063000Z", "DTEND:20251102T073000Z"]),
        ("2025-11-02T01:30-04:00", 60, ["DTSTART:20251102T053000Z", "DTEND:20251102T063000Z"]),
        (
            "2025-11-02T01:30-04:00",
            20,
            [
                "DTSTART;TZID=America/New_York:20251102T013000",
                "DTEND;TZID=America/New_York:20251102T015000",
            ],
        ),
        (
            "2025-11-02T01:30-04:00",
            90,
            [
                "DTSTART;TZID=America/New_York:20251102T013000",
                "DTEND;TZID=America/New_York:20251102T020000",
            ],
        ),
    ],
)
def test_event_is_in_utc_if_local_time_is_ambiguous(
    airs: str, runtime: int, lines: list[str]
) -> None:
    """That is, if it starts or ends in the second occurrence of a repeated hour."""
    special = f"[{{id: late, title: Late, airs: {airs}, runtime: {runtime}}}]"
    feed = render_main_feed(make_yaml(timezone="America/New_York", specials=special))
    assert find_lines(feed.rpartition("BEGIN:VEVENT")[2], "DTSTART", "DTEND") == lines
