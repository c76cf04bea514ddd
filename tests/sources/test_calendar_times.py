"""Times of calendars in UTC: zones of all kinds, running times, changes of the clock."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import pytest

from tests.support.listed_calendars import (
    find_message,
    list_starts,
    make_event,
    parse_events,
)


def test_times_at_changes_of_the_clock() -> None:
    """One that is skipped has the offset before; one that occurs twice is the first (§3.3.5)."""
    listing = parse_events(
        make_event(1, ";TZID=Europe/Berlin:20250330T023000", "E01"),
        make_event(2, ";TZID=Europe/Berlin:20251026T023000", "E02"),
    )
    assert list_starts(listing) == ["20250330T0130", "20251026T0030"]


@pytest.mark.parametrize(
    ("tzid", "start"),
    [
        ("Asia/Seoul", "20250721T1400"),
        ("/mozilla.org/20250101_1/Asia/Seoul", "20250721T1400"),
        ("Korea Standard Time", "20250721T1400"),
        ('"Korea Standard Time"', "20250721T1400"),
        ("UTC", "20250721T2300"),
        ("Nowhere", "20250722T0300"),
    ],
)
def test_zone_names(tzid: str, start: str) -> None:
    event = make_event(1, f";TZID={tzid}:20250721T230000", "E01")
    assert list_starts(parse_events(event, timezone="America/New_York")) == [start]


def test_an_unknown_zone_is_refused() -> None:
    event = make_event(1, ";TZID=Nowhere:20250721T230000", "E01")
    assert find_message(event) == (
        "show.ics:3: the event “E01” is in the unknown time zone “Nowhere”. "
        "Use `--timezone` with a name like `Asia/Seoul`."
    )
    assert "is not an IANA time zone" in find_message(event, timezone="Asia/Soul")


def make_zone(*observances: str, extra: str = "") -> str:
    parts = "".join(f"BEGIN:STANDARD\r\n{each}\r\nEND:STANDARD\r\n" for each in observances)
    return f"BEGIN:VTIMEZONE\r\nTZID:Studio\r\n{extra}{parts}END:VTIMEZONE\r\n"


OBSERVANCE: Final = "DTSTART:{}T000000\r\nTZOFFSETFROM:+0500\r\nTZOFFSETTO:{}"
STUDIO: Final = ";TZID=Studio:20250721T230000"


def test_zones_of_the_calendar() -> None:
    event = make_event(1, STUDIO, "E01")
    before = make_zone(OBSERVANCE.format("20300101", "+0600"))
    assert list_starts(parse_events(event, header=before)) == ["20250721T1800"]
    located = make_zone(extra="X-LIC-LOCATION:Asia/Seoul\r\n")
    listing = parse_events(event, header=located)
    assert (list_starts(listing), listing.timezone) == (["20250721T1400"], "Asia/Seoul")
    rule = OBSERVANCE.format("20200101", "+0600") + "\r\nRRULE:FREQ=SECONDLY"
    for header in (make_zone(rule), make_zone()):
        message = find_message(event, header=header, timezone="Asia/Seoul")
        assert "“Studio”, whose VTIMEZONE cannot be evaluated. Use an export with" in message


def test_floating_times_are_in_the_calendars_zone() -> None:
    """The zone that the user chose is that of the listing alone."""
    header = "X-WR-TIMEZONE:Tokyo Standard Time\r\n"
    event = make_event(1, ":20250721T230000", "E01")
    listing = parse_events(event, header=header, timezone="Europe/London")
    assert (list_starts(listing), listing.timezone) == (["20250721T1400"], "Europe/London")
    assert parse_events(event, header=header).timezone == "Asia/Tokyo"


def test_the_most_frequent_zone_is_the_listings() -> None:
    zones = ("Europe/Paris", "Asia/Seoul", "Europe/Paris", "UTC", "UTC", "UTC")
    events = [
        make_event(n, f";TZID={zone}:2025072{n}T200000", f"E0{n}") for n, zone in enumerate(zones)
    ]
    assert parse_events(*events).timezone == "Europe/Paris"
    assert parse_events(events[3], header="X-WR-TIMEZONE:UTC\r\n").timezone is None


@pytest.mark.parametrize(
    ("lines", "runtime"),
    [
        (["DTEND:20250721T150000Z"], 60),
        (["DTEND;TZID=Asia/Seoul:20250722T001000"], 70),
        (["DURATION:PT1H30M"], 90),
        (["DURATION:P1DT0S"], None),
        (["DURATION:-PT5M"], None),
        (["DTEND:20250721T130000Z"], None),
        (["DTEND;VALUE=DATE:20250722"], None),
        (["DTEND:20250725T140000Z"], None),
        (["DURATION:PT999999999W"], None),
        ([], None),
    ],
)
def test_running_times(lines: list[str], runtime: int | None) -> None:
    (episode,) = parse_events(make_event(1, ":20250721T140059Z", "E01", *lines)).episodes
    assert episode.runtime in {runtime, runtime and runtime - 1}
    assert episode.start == datetime(2025, 7, 21, 14, tzinfo=UTC)


def test_outlooks_whole_days_have_no_hour() -> None:
    event = make_event(
        1, ";TZID=Asia/Seoul:20250721T000000", "E01", "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE"
    )
    assert list_starts(parse_events(event)) == ["20250721"]
