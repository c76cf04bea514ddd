"""Observances of VTIMEZONEs: what calendar apps make of them, compared with zoneinfo."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

import pytest
import pytz
from dateutil import tz

from defects_ical.timezones.transitions import find_observances
from tests.render.test_ics import find_lines, find_vtimezone, render_main_feed
from tests.support.example_schedules import make_yaml
from tests.support.reference_clocks import (
    DAY,
    EPISODES,
    SOAK_PREMIERES,
    Clock,
    find_days_near_transitions,
    get_reference_clock,
    list_covered_days,
    list_quarter_hours,
    list_season_days,
    make_clock,
)
from tests.support.variants import sample

PREMIERES: Final = ("2025-03-01", "2025-07-21", "2025-10-06", "2025-12-15", "2026-10-05")
# Those of ZONES that have yearly rules in these years, with 30, 60 and 120 minutes of DST.
YEARLY: Final = (
    *("America/New_York", "America/Nuuk", "Antarctica/Troll", "Asia/Jerusalem"),
    *("Australia/Lord_Howe", "Europe/Dublin", "Europe/London", "Pacific/Chatham"),
)
NOON: Final = datetime.min.time().replace(hour=12)


def render_season(zone: str, premiere: str) -> str:
    """Render the feed of 42 daily episodes at noon, when no transition happens."""
    every_day = "[monday, tuesday, wednesday, thursday, friday, saturday, sunday]"
    return render_main_feed(
        make_yaml(
            timezone=zone, premiere=premiere, weekdays=every_day, time="12:00", episodes=EPISODES
        )
    )


def parse_clock(vtimezone: str) -> Clock:
    """Return the clock that a calendar app makes of a VTIMEZONE."""
    zone = tz.tzical(io.StringIO(vtimezone)).get()
    assert zone is not None
    return make_clock(zone)


def cache_clock(clock: Clock) -> Clock:
    """Return the same clock, faster when it is called again: many zones share a VTIMEZONE."""

    @cache
    def get_offset(naive: datetime, fold: int) -> timedelta:
        return clock(naive.replace(fold=fold))

    return lambda naive: get_offset(naive, naive.fold)


def group_zones(premiere: str) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Return the zones by their VTIMEZONE, apart from its TZID, and the feeds of zones without."""
    zones: dict[str, list[str]] = defaultdict(list)
    in_utc: dict[str, str] = {}
    for zone in pytz.all_timezones:
        feed = render_season(zone, premiere)
        if vtimezone := find_vtimezone(feed):
            zones[vtimezone.replace(f"TZID:{zone}", "TZID:Any")].append(zone)
        else:
            in_utc[zone] = feed
    return zones, in_utc


def list_noons_in_utc(zone: str, premiere: str) -> list[str]:
    """Return the DTSTART of each episode, by zoneinfo."""
    noons = (datetime.combine(day, NOON) for day in list_season_days(premiere))
    return [f"DTSTART:{to_utc(noon, zone):%Y%m%dT%H%M%SZ}" for noon in noons]


def to_utc(naive: datetime, zone: str) -> datetime:
    return naive.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def has_transition(zone: str, premiere: str) -> bool:
    """Return whether a zone has two offsets in the years that a VTIMEZONE would cover.

    The days next to them count: in Kathmandu, the year 1986 began with a transition, and in
    Kiritimati, 1994 ended with one.
    """
    days = list_covered_days(premiere)
    clock, first = get_reference_clock(zone), date(days[0].year - 1, 1, 1) - DAY
    every = (first + n * DAY for n in range((days[-1] - first).days + 2))
    return len({clock(datetime.combine(day, NOON)) for day in every}) > 1


def list_offsets(times: list[datetime], clock: Clock) -> Iterator[tuple[datetime, timedelta]]:
    """Yield the local times that exist with their offset; ambiguous ones twice (PEP 495)."""
    for time in times:
        again = time.replace(fold=1)
        first, second = clock(time), clock(again)
        if first >= second:
            yield time, first
        if first > second:
            yield again, second


def find_wrong_times(times: list[datetime], clock: Clock, zone: str) -> list[datetime]:
    """Return the local times for which a clock has another offset than zoneinfo."""
    expected = list_offsets(times, get_reference_clock(zone))
    return [time for time, offset in expected if clock(time) != offset]


# All offsets


@pytest.mark.parametrize("premiere", sample(PREMIERES, 3))
@pytest.mark.parametrize("zone", [*YEARLY, "Asia/Seoul", "Asia/Kathmandu"])
def test_feed_has_every_offset(zone: str, premiere: str) -> None:
    clock = parse_clock(find_vtimezone(render_season(zone, premiere)))
    covered = list_covered_days(premiere)
    days = find_days_near_transitions(covered, get_reference_clock(zone), clock)
    times = list_quarter_hours(days.union(list_season_days(premiere)))
    assert find_wrong_times(times, clock, zone) == []


@pytest.mark.soak
@pytest.mark.parametrize("premiere", SOAK_PREMIERES)
def test_feed_of_any_zone_has_every_offset(premiere: str) -> None:
    times = list_quarter_hours(list_covered_days(premiere))
    wrong: dict[str, list[datetime]] = {}
    groups, in_utc = group_zones(premiere)
    for vtimezone, zones in groups.items():
        clock = cache_clock(parse_clock(vtimezone))
        wrong |= {zone: find_wrong_times(times, clock, zone)[:3] for zone in zones}
    assert len(wrong) + len(in_utc) == len(pytz.all_timezones)
    assert {zone: found for zone, found in wrong.items() if found} == {}
    assert [zone for zone in in_utc if not has_transition(zone, premiere)] == ["UTC"]
    for zone, feed in in_utc.items():
        assert find_lines(feed, "DTSTART") == list_noons_in_utc(zone, premiere), zone


def test_comparison_finds_wrong_onset() -> None:
    """An onset an hour late makes the offset of two hours wrong."""
    vtimezone = find_vtimezone(render_season("America/New_York", "2025-07-21"))
    clock = parse_clock(vtimezone.replace(":20071104T02", ":20071104T03"))
    times = list_quarter_hours([date(2025, 11, 2)])
    quarters = ("00", "15", "30", "45")
    assert find_wrong_times(times, clock, "America/New_York") == [
        *(datetime.fromisoformat(f"2025-11-02T01:{each}").replace(fold=1) for each in quarters),
        *(datetime.fromisoformat(f"2025-11-02T02:{each}") for each in quarters),
    ]


@pytest.mark.soak
def test_transitions_are_six_days_apart() -> None:
    """The search for transitions looks at every third day, and would miss closer ones."""
    start = datetime(1970, 1, 1, tzinfo=UTC)
    times = [start + n * timedelta(hours=6) for n in range(4 * 365 * 68)]
    for zone in map(ZoneInfo, pytz.all_timezones):
        offsets = pairwise((time.astimezone(zone).utcoffset(), time) for time in times)
        transitions = [time for (before, _), (after, time) in offsets if before != after]
        assert all(late - early > 6 * DAY for early, late in pairwise(transitions)), zone


# The observances


def test_seoul_has_one_observance_without_rule() -> None:
    """Its offsets are equal: with +1000 before, Emacs ignores it."""
    vtimezone = find_vtimezone(render_main_feed(make_yaml(timezone="Asia/Seoul")))
    assert vtimezone.splitlines() == [
        "BEGIN:VTIMEZONE",
        "TZID:Asia/Seoul",
        "BEGIN:STANDARD",
        "DTSTART:19881009T030000",
        "TZNAME:KST",
        "TZOFFSETFROM:+0900",
        "TZOFFSETTO:+0900",
        "END:STANDARD",
        "END:VTIMEZONE",
    ]


def test_zone_without_transitions_starts_in_1970() -> None:
    vtimezone = find_vtimezone(render_main_feed(make_yaml(timezone="Asia/Kolkata")))
    assert find_lines(vtimezone, "BEGIN:S", "BEGIN:D", "DTSTART", "TZOFFSET") == [
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZOFFSETFROM:+0530",
        "TZOFFSETTO:+0530",
    ]


@pytest.mark.parametrize(
    ("zone", "name"), [("Africa/Tripoli", "EET"), ("America/Whitehorse", "MST")]
)
def test_zone_without_transitions_has_current_name(zone: str, name: str) -> None:
    """The abbreviation has changed since the last transition."""
    vtimezone = find_vtimezone(render_main_feed(make_yaml(timezone=zone, time="12:00")))
    assert find_lines(vtimezone, "TZNAME") == [f"TZNAME:{name}"]


def test_new_york_has_two_yearly_rules() -> None:
    vtimezone = find_vtimezone(render_main_feed(make_yaml(timezone="America/New_York")))
    assert vtimezone.splitlines() == [
        "BEGIN:VTIMEZONE",
        "TZID:America/New_York",
        "BEGIN:STANDARD",
        "DTSTART:20071104T020000",
        "RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11",
        "TZNAME:EST",
        "TZOFFSETFROM:-0400",
        "TZOFFSETTO:-0500",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "DTSTART:20070311T020000",
        "RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3",
        "TZNAME:EDT",
        "TZOFFSETFROM:-0500",
        "TZOFFSETTO:-0400",
        "END:DAYLIGHT",
        "END:VTIMEZONE",
    ]


def test_dublin_has_standard_time_in_winter() -> None:
    """In the database, winter is a daylight saving time of minus one hour."""
    vtimezone = find_vtimezone(render_main_feed(make_yaml(timezone="Europe/Dublin")))
    assert find_lines(vtimezone, "BEGIN", "TZNAME", "TZOFFSETTO") == [
        "BEGIN:VTIMEZONE",
        "BEGIN:STANDARD",
        "TZNAME:GMT",
        "TZOFFSETTO:+0000",
        "BEGIN:DAYLIGHT",
        "TZNAME:IST",
        "TZOFFSETTO:+0100",
    ]


@pytest.mark.parametrize(
    ("zone", "premiere"),
    [
        # Its Friday after the last Thursday of October 2024 was 1 November.
        ("Africa/Cairo", "2025-07-21"),
        ("Africa/Casablanca", "2025-02-03"),
        ("Asia/Gaza", "2025-12-15"),
        # Its last transition was on 21 September 2022.
        ("Asia/Tehran", "2022-09-01"),
        ("Asia/Tehran", "2023-03-01"),
    ],
)
def test_feed_is_in_utc_without_yearly_rules(zone: str, premiere: str) -> None:
    feed = render_season(zone, premiere)
    assert find_lines(feed, "DTSTART") == list_noons_in_utc(zone, premiere)
    assert "TZID" not in feed
    assert "VTIMEZONE" not in feed
    assert f"\r\nX-WR-TIMEZONE:{zone}\r\n" in feed


def test_tehran_has_one_observance_again() -> None:
    """From the second year after the last transition on."""
    (observance,) = find_observances("Asia/Tehran", 2024, 2024)
    assert observance.offset_from == observance.offset_to == timedelta(hours=3, minutes=30)


@pytest.mark.parametrize("zone", YEARLY)
def test_onset_is_local_time_before_transition(zone: str) -> None:
    standard, daylight = find_observances(zone, 2025, 2026)
    for each in (standard, daylight):
        transition = (each.onset - each.offset_from).replace(tzinfo=UTC)
        times = (transition - timedelta(seconds=1), transition)
        offsets = [time.astimezone(ZoneInfo(zone)).utcoffset() for time in times]
        assert offsets == [each.offset_from, each.offset_to]


def find_first_year(zone: str, year: int) -> int | None:
    """Return the year of the first onset for a season in ``year``; None without observances."""
    onsets = (each.onset.year for each in find_observances(zone, year, year))
    return min(onsets, default=None)


@pytest.mark.parametrize("zone", [*YEARLY, "Asia/Seoul", "Asia/Kathmandu"])
def test_first_onset_is_before_season_and_after_1970(zone: str) -> None:
    assert find_first_year(zone, 2025) in range(1970, 2025)


@pytest.mark.soak
@pytest.mark.parametrize("year", [1973, 1980, 1990, 2000, 2010, 2020, 2037])
def test_first_onset_in_any_zone_is_before_season(year: int) -> None:
    years = {find_first_year(zone, year) for zone in pytz.all_timezones}
    assert years <= {None, *range(1970, year)}
