"""Conversion between UTC and local times, compared with zoneinfo."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from zoneinfo import ZoneInfo

import pytest
import pytz

from defects_ical.timezones.conversion import (
    AmbiguousTimeError,
    LocalTime,
    NonexistentTimeError,
    is_valid_offset,
    to_local,
    to_unambiguous_local,
    to_utc,
)
from tests.support.reference_clocks import (
    SOAK_PREMIERES,
    ZONES,
    find_days_near_transitions,
    get_reference_clock,
    list_covered_days,
    list_quarter_hours,
)


def parse(text: str) -> datetime:
    return datetime.fromisoformat(text)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def list_times_near_transitions(zone: str, premiere: str) -> list[datetime]:
    clock = get_reference_clock(zone)
    return list_quarter_hours(find_days_near_transitions(list_covered_days(premiere), clock))


def convert(naive: datetime, zone: str) -> tuple[object, ...]:
    """Return what to_utc() makes of a local time."""
    try:
        return "once", to_utc(naive, zone)
    except NonexistentTimeError as error:
        return "never", error.shifted
    except AmbiguousTimeError as error:
        return "twice", error.first, error.second


def convert_with_zoneinfo(naive: datetime, zone: str) -> tuple[object, ...]:
    """Return what zoneinfo makes of the same local time."""
    first, second = (get_reference_clock(zone)(naive.replace(fold=fold)) for fold in (0, 1))
    if first < second:
        return "never", naive - first + second
    if first > second:
        return "twice", first, second
    return "once", (naive - first).replace(tzinfo=UTC)


def find_differences(zone: str, premiere: str) -> list[datetime]:
    """Return the local times near transitions that zoneinfo converts differently."""
    times = list_times_near_transitions(zone, premiere)
    return [each for each in times if convert(each, zone) != convert_with_zoneinfo(each, zone)]


def test_pytz_and_tzdata_are_one_release() -> None:
    """Zoneinfo is a reference only if it has the same release of the database."""
    assert version("pytz") == version("tzdata"), "lock pytz and tzdata to the same release"


# To UTC


@pytest.mark.parametrize(
    ("zone", "naive", "utc"),
    [
        ("Asia/Seoul", "2025-07-21T23:00", "2025-07-21T14:00Z"),
        ("America/New_York", "2025-01-15T12:00", "2025-01-15T17:00Z"),
        ("America/New_York", "2025-07-15T12:00", "2025-07-15T16:00Z"),
        ("America/New_York", "2025-03-09T03:00", "2025-03-09T07:00Z"),
        ("America/New_York", "2025-11-02T02:00", "2025-11-02T07:00Z"),
        ("Europe/Dublin", "2025-07-15T12:00", "2025-07-15T11:00Z"),
        ("Africa/Casablanca", "2025-03-15T12:00", "2025-03-15T12:00Z"),
        ("UTC", "2025-07-15T12:00", "2025-07-15T12:00Z"),
    ],
)
def test_to_utc(zone: str, naive: str, utc: str) -> None:
    assert to_utc(parse(naive), zone) == parse(utc)


@pytest.mark.parametrize(
    ("zone", "naive", "shifted"),
    [
        ("America/New_York", "2025-03-09T02:30", "2025-03-09T03:30"),
        ("Australia/Lord_Howe", "2025-10-05T02:15", "2025-10-05T02:45"),
        ("Europe/Dublin", "2025-03-30T01:30", "2025-03-30T02:30"),
        ("Africa/Casablanca", "2025-04-06T02:30", "2025-04-06T03:30"),
        ("Antarctica/Troll", "2025-03-30T01:30", "2025-03-30T03:30"),
        ("America/Nuuk", "2025-03-29T23:30", "2025-03-30T00:30"),
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-31T12:00"),
    ],
)
def test_to_utc_shifts_nonexistent_time(zone: str, naive: str, shifted: str) -> None:
    """A nonexistent time is shifted by as much as the transition skips."""
    with pytest.raises(NonexistentTimeError) as caught:
        to_utc(parse(naive), zone)
    assert caught.value.shifted == parse(shifted)


@pytest.mark.parametrize(
    ("zone", "naive", "first", "second"),
    [
        ("America/New_York", "2025-11-02T01:30", -4, -5),
        ("Australia/Lord_Howe", "2025-04-06T01:45", 11, 10.5),
        ("Europe/Dublin", "2025-10-26T01:30", 1, 0),
        ("Africa/Casablanca", "2025-02-23T02:30", 1, 0),
        ("Antarctica/Troll", "2025-10-26T01:30", 2, 0),
        ("America/Nuuk", "2025-10-25T23:30", -1, -2),
    ],
)
def test_to_utc_gives_offsets_of_ambiguous_time(
    zone: str, naive: str, first: float, second: float
) -> None:
    with pytest.raises(AmbiguousTimeError) as caught:
        to_utc(parse(naive), zone)
    assert (caught.value.first, caught.value.second) == (hours(first), hours(second))


@pytest.mark.parametrize("zone", ZONES)
def test_to_utc_agrees_with_zoneinfo(zone: str) -> None:
    assert find_differences(zone, "2025-07-21") == []


@pytest.mark.soak
@pytest.mark.parametrize("premiere", SOAK_PREMIERES)
def test_to_utc_agrees_with_zoneinfo_in_every_zone(premiere: str) -> None:
    differences = {zone: find_differences(zone, premiere)[:3] for zone in pytz.all_timezones}
    assert {zone: times for zone, times in differences.items() if times} == {}


@pytest.mark.parametrize(
    ("zone", "naive", "valid"),
    [
        ("Asia/Seoul", "2025-07-21T23:00", [9]),
        ("America/New_York", "2025-07-15T12:00", [-4]),
        ("America/New_York", "2025-11-02T01:30", [-5, -4]),
        ("America/New_York", "2025-03-09T02:30", []),
        ("Australia/Lord_Howe", "2025-04-06T01:45", [10.5, 11]),
        ("Pacific/Apia", "2011-12-30T12:00", []),
    ],
)
def test_is_valid_offset(zone: str, naive: str, valid: list[float]) -> None:
    half_hours = [n / 2 for n in range(-24, 29)]
    assert [n for n in half_hours if is_valid_offset(parse(naive), hours(n), zone)] == valid


# To local times


@pytest.mark.parametrize(
    ("zone", "utc", "naive"),
    [
        ("Asia/Seoul", "2025-07-21T14:00Z", "2025-07-21T23:00"),
        ("America/New_York", "2025-11-02T05:30Z", "2025-11-02T01:30"),
        ("America/New_York", "2025-11-02T07:00Z", "2025-11-02T02:00"),
        ("Australia/Lord_Howe", "2025-04-05T14:45Z", "2025-04-06T01:45"),
        ("Africa/Abidjan", "2025-07-21T14:00Z", "2025-07-21T14:00"),
    ],
)
def test_to_unambiguous_local(zone: str, utc: str, naive: str) -> None:
    assert to_unambiguous_local(parse(utc), zone) == parse(naive)


@pytest.mark.parametrize(
    ("zone", "utc"),
    [("America/New_York", "2025-11-02T06:30Z"), ("Australia/Lord_Howe", "2025-04-05T15:15Z")],
)
def test_to_unambiguous_local_rejects_second_time(zone: str, utc: str) -> None:
    assert to_unambiguous_local(parse(utc), zone) is None


@pytest.mark.parametrize("zone", ZONES)
def test_to_unambiguous_local_agrees_with_zoneinfo(zone: str) -> None:
    """All times but those of a second occurrence (PEP 495: fold=1) have a local time."""
    times = list_times_near_transitions(zone, "2025-07-21")
    for utc in (each.replace(tzinfo=UTC) for each in times):
        local = utc.astimezone(ZoneInfo(zone))
        naive = local.replace(tzinfo=None, fold=0)
        assert to_unambiguous_local(utc, zone) == (None if local.fold else naive)


@pytest.mark.parametrize(
    ("zone", "abbreviation"),
    [
        ("Asia/Seoul", "KST"),
        ("Europe/London", "BST"),
        ("America/New_York", "EDT"),
        ("UTC", "UTC"),
        ("Africa/Casablanca", "UTC+1"),
        ("America/Sao_Paulo", "UTC-3"),
        ("Antarctica/Troll", "UTC+2"),
        ("Asia/Kathmandu", "UTC+5:45"),
        ("Atlantic/Azores", "UTC+0"),
        ("Australia/Lord_Howe", "UTC+10:30"),
        ("Pacific/Marquesas", "UTC-9:30"),
    ],
)
def test_local_time_has_letters_or_offset(zone: str, abbreviation: str) -> None:
    assert to_local(parse("2025-07-21T14:00Z"), zone).abbreviation == abbreviation


def test_local_time_has_city() -> None:
    local = to_local(parse("2025-07-21T14:00Z"), "America/New_York")
    assert local == LocalTime("America/New_York", parse("2025-07-21T10:00"), hours(-4), "EDT")
    assert local.city == "New York"
