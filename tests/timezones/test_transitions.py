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
    ZONES,
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


def render_season(zone: str, premiere: str) -> str:
    """Render the feed of 42 daily episodes at noon, when no transition happens."""
    every_day = "[monday, tuesday, wednesday, thursday, friday, saturday, sunday]"
    return render_main_feed(
        make_yaml(
            timezone=zone, premiere=premiere, weekdays=every_day, time="12:00", episodes=EPISODES
        )
    )


def parse_clock(vtimezone: str) -> Clock:
    """Return the clock that a calendar app makes of a VTIMEZONE; UTC without one."""
    if not vtimezone:
        return make_clock(UTC)
    zone = tz.tzical(io.StringIO(vtimezone)).get()
    assert zone is not None
    return make_clock(zone)


def cache_clock(clock: Clock) -> Clock:
    """Return the same clock, faster when it is called again: many zones share a VTIMEZONE."""

    @cache
    def get_offset(naive: datetime, fold: int) -> timedelta:
        return clock(naive.replace(fold=fold))

    return lambda naive: get_offset(naive, naive.fold)


def group_zones(premiere: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each VTIMEZONE with all zones that have it, apart from its TZID."""
    zones: dict[str, list[str]] = defaultdict(list)
    for zone in pytz.all_timezones:
        vtimezone = find_vtimezone(render_season(zone, premiere))
        zones[vtimezone.replace(f"TZID:{zone}", "TZID:Any")].append(zone)
    yield from zones.items()


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
@pytest.mark.parametrize("zone", ZONES)
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
    for vtimezone, zones in group_zones(premiere):
        clock = cache_clock(parse_clock(vtimezone))
        wrong |= {zone: find_wrong_times(times, clock, zone)[:3] for zone in zones}
    assert len(wrong) == len(pytz.all_timezones)
    assert {zone: found for zone, found in wrong.items() if found} == {}


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
    vtimezone = find_vtimezone(render_main_feed(make_yaml(timezone="Asia/Seoul")))
    assert vtimezone.splitlines() == [
        "BEGIN:VTIMEZONE",
        "TZID:Asia/Seoul",
        "BEGIN:STANDARD",
        "DTSTART:19881009T030000",
        "TZNAME:KST",
        "TZOFFSETFROM:+1000",
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


def test_cairo_has_an_observance_for_each_transition() -> None:
    """No yearly rule is its Friday after the last Thursday: in 2024 that is 1 November."""
    vtimezone = find_vtimezone(render_main_feed(make_yaml(timezone="Africa/Cairo")))
    assert find_lines(vtimezone, "BEGIN:S", "BEGIN:D", "DTSTART", "RRULE") == [
        *("BEGIN:STANDARD", "DTSTART:20231027T000000"),
        *("BEGIN:DAYLIGHT", "DTSTART:20240426T000000"),
        *("BEGIN:STANDARD", "DTSTART:20241101T000000"),
        *("BEGIN:DAYLIGHT", "DTSTART:20250425T000000"),
        *("BEGIN:STANDARD", "DTSTART:20251031T000000"),
        *("BEGIN:DAYLIGHT", "DTSTART:20260424T000000"),
        *("BEGIN:STANDARD", "DTSTART:20261030T000000"),
    ]


@pytest.mark.parametrize("zone", ZONES)
def test_onset_is_local_time_before_transition(zone: str) -> None:
    for each in find_observances(zone, 2025, 2026):
        transition = (each.onset - each.offset_from).replace(tzinfo=UTC)
        times = (transition - timedelta(seconds=1), transition)
        offsets = [time.astimezone(ZoneInfo(zone)).utcoffset() for time in times]
        assert offsets == [each.offset_from, each.offset_to]


def find_first_year(zone: str, year: int) -> int:
    """Return the year of the first onset for a season in ``year``."""
    return min(each.onset for each in find_observances(zone, year, year)).year


@pytest.mark.parametrize("zone", ZONES)
def test_first_onset_is_before_season_and_after_1970(zone: str) -> None:
    assert 1970 <= find_first_year(zone, 2025) < 2025


@pytest.mark.soak
@pytest.mark.parametrize("year", [1973, 1980, 1990, 2000, 2010, 2020, 2037])
def test_first_onset_in_any_zone_is_before_season(year: int) -> None:
    years = {find_first_year(zone, year) for zone in pytz.all_timezones}
    assert years <= {*range(1970, year)}
