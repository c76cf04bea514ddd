"""Zones: what a calendar program reads out of a feed, against what zoneinfo knows of clocks."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from importlib.metadata import version
from itertools import pairwise
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

import pytest
import pytz
from dateutil import tz

from defects_ical.content.build_cache import BuildCache
from defects_ical.render.ics import render_feeds
from defects_ical.schedule.episodes import expand_episodes
from defects_ical.site.build import build_site
from defects_ical.timezones.conversion import (
    AmbiguousTimeError,
    LocalTime,
    NonexistentTimeError,
    is_valid_offset,
    to_local,
    to_unambiguous_local,
    to_utc,
)
from defects_ical.timezones.transitions import find_observances
from tests.conftest import SITE_URL
from tests.support.example_schedules import load_yaml, make_yaml

ZONES: Final = (
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Asuncion",
    "America/Havana",
    "America/New_York",
    "America/Nuuk",
    "America/Santiago",
    "America/Vancouver",
    "Antarctica/Troll",
    "Asia/Gaza",
    "Asia/Jerusalem",
    "Asia/Seoul",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Europe/London",
    "Pacific/Chatham",
)
PREMIERES: Final = ("2025-03-01", "2025-07-21", "2025-10-06", "2025-12-15", "2026-10-05")
# Years of new rules, one in which Kwajalein and Kiritimati leave out a day, Samoa's, and the
# last. Not before 1973: pytz rounds Monrovia's offset, until January 1972, to whole minutes.
SOAK_PREMIERES: Final = (
    *("1973-07-01", "1975-07-01", "1987-07-01", "1990-07-01", "1993-07-01", "2007-07-01"),
    *("2011-07-01", "2016-07-01", "2025-07-01", "2025-12-15", "2036-07-01", "2037-07-01"),
)
EPISODES: Final = 42
DAY: Final = timedelta(days=1)
QUARTER: Final = timedelta(minutes=15)

Clock: TypeAlias = Callable[[datetime], timedelta]
"""A zone's UTC offset at a wall time; ``fold`` chooses between two (PEP 495)."""


def feed(text: str) -> str:
    """The main feed of a schedule's text."""
    schedule = load_yaml(text)
    _, body = next(render_feeds(schedule, expand_episodes(schedule), SITE_URL, BuildCache()))
    return body.decode()


def season(zone: str, premiere: str) -> str:
    """The feed of a season of six weeks: daily at noon, when clocks are never changed."""
    every_day = "[monday, tuesday, wednesday, thursday, friday, saturday, sunday]"
    return feed(
        make_yaml(
            timezone=zone, premiere=premiere, weekdays=every_day, time="12:00", episodes=EPISODES
        )
    )


def definition(text: str) -> str:
    """The VTIMEZONE of a feed as it stands there; nothing if all its times are in UTC."""
    if "TZID" not in text:
        return ""
    begin, end = "BEGIN:VTIMEZONE\r\n", "END:VTIMEZONE\r\n"
    return text[text.index(begin) : text.index(end) + len(end)]


def lines(text: str, *beginnings: str) -> list[str]:
    """The lines that begin with one of these."""
    return [line for line in text.split("\r\n") if line.startswith(beginnings)]


def clock(zone: tzinfo) -> Clock:
    def offset(wall: datetime) -> timedelta:
        found = zone.utcoffset(wall)
        assert found is not None
        return found

    return offset


def truth(zone: str) -> Clock:
    return clock(ZoneInfo(zone))


def told(defined: str) -> Clock:
    """The clock that a calendar program makes of a VTIMEZONE, or of none."""
    if not defined:
        return clock(UTC)
    zone = tz.tzical(io.StringIO(defined)).get()
    assert zone is not None
    return clock(zone)


def remembered(offset: Clock) -> Clock:
    """The same clock; it is slow, and many zones are defined alike."""

    @cache
    def once(wall: datetime, fold: int) -> timedelta:
        return offset(wall.replace(fold=fold))

    return lambda wall: once(wall, wall.fold)


def defined_alike(premiere: str) -> Iterator[tuple[str, list[str]]]:
    """Every zone there is, beside the VTIMEZONE that it shares with others but for its name."""
    zones: dict[str, list[str]] = defaultdict(list)
    for zone in pytz.all_timezones:
        zones[definition(season(zone, premiere)).replace(f"TZID:{zone}", "TZID:Any")].append(zone)
    yield from zones.items()


def airings(premiere: str) -> list[date]:
    first = date.fromisoformat(premiere)
    return [first + n * DAY for n in range(EPISODES)]


def span(premiere: str) -> list[date]:
    """Every day from the first airing's year to the year after the last's, or to 2037."""
    aired = airings(premiere)
    first = date(aired[0].year, 1, 1)
    last = date(min(aired[-1].year + 1, 2037), 12, 31)
    return [first + n * DAY for n in range((last - first).days + 1)]


def around_changes(days: list[date], *clocks: Clock) -> set[date]:
    """The days on which a clock is changed, with two more on either side."""
    changed = {
        day
        for day in days
        for offset in clocks
        if len({offset(datetime.combine(each, time())) for each in (day, day + DAY)}) > 1
    }
    return {day + n * DAY for day in changed for n in range(-2, 3)} & set(days)


def quarters(days: Iterable[date]) -> list[datetime]:
    """Every quarter of an hour of these days, in order, as wall times."""
    midnights = (datetime.combine(day, time()) for day in sorted(days))
    return [midnight + n * QUARTER for midnight in midnights for n in range(96)]


def existing(walls: list[datetime], offset: Clock) -> Iterator[tuple[datetime, timedelta]]:
    """The wall times that exist, and with fold=1 once more those that exist twice (PEP 495)."""
    for wall in walls:
        again = wall.replace(fold=1)
        first, second = offset(wall), offset(again)
        if first >= second:
            yield wall, first
        if first > second:
            yield again, second


def misread(walls: list[datetime], by: Clock, zone: str) -> list[datetime]:
    return [wall for wall, offset in existing(walls, truth(zone)) if by(wall) != offset]


def found(wall: datetime, zone: str) -> tuple[object, ...]:
    """What ``instant`` makes of a wall time."""
    try:
        return "once", to_utc(wall, zone)
    except NonexistentTimeError as gap:
        return "never", gap.shifted
    except AmbiguousTimeError as overlap:
        return "twice", overlap.first, overlap.second


def expected(wall: datetime, zone: str) -> tuple[object, ...]:
    """What zoneinfo makes of it."""
    first, second = (truth(zone)(wall.replace(fold=fold)) for fold in (0, 1))
    if first < second:
        return "never", wall - first + second
    if first > second:
        return "twice", first, second
    return "once", (wall - first).replace(tzinfo=UTC)


def misplaced(zone: str, premiere: str) -> list[datetime]:
    """The wall times around changes of clocks of which the two make different things."""
    walls = quarters(around_changes(span(premiere), truth(zone)))
    return [wall for wall in walls if found(wall, zone) != expected(wall, zone)]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def test_the_truth_about_zones_is_of_the_release_that_is_compared_with_it() -> None:
    assert version("pytz") == version("tzdata"), "lock pytz and tzdata to the same release"


@pytest.mark.parametrize("premiere", PREMIERES)
@pytest.mark.parametrize("zone", ZONES)
def test_a_feed_tells_the_offset_of_every_wall_time(zone: str, premiere: str) -> None:
    program = told(definition(season(zone, premiere)))
    days = around_changes(span(premiere), truth(zone), program).union(airings(premiere))
    assert misread(quarters(days), program, zone) == []


@pytest.mark.soak
@pytest.mark.parametrize("premiere", SOAK_PREMIERES)
def test_a_feed_in_any_zone_tells_the_offset_of_every_wall_time(premiere: str) -> None:
    walls = quarters(span(premiere))
    wrong: dict[str, list[datetime]] = {}
    for defined, zones in defined_alike(premiere):
        program = remembered(told(defined))
        wrong |= {zone: misread(walls, program, zone)[:3] for zone in zones}
    assert len(wrong) == len(pytz.all_timezones)
    assert {zone: walls for zone, walls in wrong.items() if walls} == {}


def test_a_definition_that_is_an_hour_off_would_be_noticed() -> None:
    right = definition(season("America/New_York", "2025-07-21"))
    program = told(right.replace(":20071104T02", ":20071104T03"))
    assert misread(quarters([date(2025, 11, 2)]), program, "America/New_York") == [
        *(at(f"2025-11-02T01:{minute}").replace(fold=1) for minute in ("00", "15", "30", "45")),
        *(at(f"2025-11-02T02:{minute}") for minute in ("00", "15", "30", "45")),
    ]


@pytest.mark.soak
def test_no_zone_changes_its_clocks_twice_in_six_days() -> None:
    """What the search for changes relies on: it looks at every third day."""
    start = datetime(1970, 1, 1, tzinfo=UTC)
    looks = [start + n * hours(6) for n in range(4 * 365 * 68)]
    for zone in map(ZoneInfo, pytz.all_timezones):
        offsets = pairwise((look.astimezone(zone).utcoffset(), look) for look in looks)
        changes = [look for (before, _), (after, look) in offsets if before != after]
        assert all(later - earlier > 6 * DAY for earlier, later in pairwise(changes)), zone


def test_seoul_is_one_observance_without_a_rule() -> None:
    assert definition(feed(make_yaml(timezone="Asia/Seoul"))).splitlines() == [
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


def test_a_zone_without_a_change_since_1970_begins_with_that_year() -> None:
    defined = definition(feed(make_yaml(timezone="Asia/Kolkata")))
    assert lines(defined, "BEGIN:S", "BEGIN:D", "DTSTART", "TZOFFSET") == [
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZOFFSETFROM:+0530",
        "TZOFFSETTO:+0530",
    ]


@pytest.mark.parametrize(
    ("zone", "name"), [("Africa/Tripoli", "EET"), ("America/Whitehorse", "MST")]
)
def test_a_zone_without_changes_has_the_name_that_it_has_now(zone: str, name: str) -> None:
    text = definition(feed(make_yaml(timezone=zone, time="12:00")))
    assert lines(text, "TZNAME") == [f"TZNAME:{name}"]


def test_new_york_is_a_rule_for_each_half_of_the_year() -> None:
    assert definition(feed(make_yaml(timezone="America/New_York"))).splitlines() == [
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


def test_dublins_standard_time_is_that_of_the_winter() -> None:
    """Its own data has it the other way round, with a daylight saving of minus one hour."""
    defined = definition(feed(make_yaml(timezone="Europe/Dublin")))
    assert lines(defined, "BEGIN", "TZNAME", "TZOFFSETTO") == [
        "BEGIN:VTIMEZONE",
        "BEGIN:STANDARD",
        "TZNAME:GMT",
        "TZOFFSETTO:+0000",
        "BEGIN:DAYLIGHT",
        "TZNAME:IST",
        "TZOFFSETTO:+0100",
    ]


def test_cairo_is_each_change_by_itself() -> None:
    """No yearly rule is its Friday after the last Thursday: in 2024 that is 1 November."""
    defined = definition(feed(make_yaml(timezone="Africa/Cairo")))
    assert lines(defined, "BEGIN:S", "BEGIN:D", "DTSTART", "RRULE") == [
        *("BEGIN:STANDARD", "DTSTART:20231027T000000"),
        *("BEGIN:DAYLIGHT", "DTSTART:20240426T000000"),
        *("BEGIN:STANDARD", "DTSTART:20241101T000000"),
        *("BEGIN:DAYLIGHT", "DTSTART:20250425T000000"),
        *("BEGIN:STANDARD", "DTSTART:20251031T000000"),
        *("BEGIN:DAYLIGHT", "DTSTART:20260424T000000"),
        *("BEGIN:STANDARD", "DTSTART:20261030T000000"),
    ]


@pytest.mark.parametrize("zone", ZONES)
def test_an_onset_is_the_wall_time_before_the_change(zone: str) -> None:
    for each in find_observances(zone, 2025, 2026):
        change = (each.onset - each.offset_from).replace(tzinfo=UTC)
        instants = (change - timedelta(seconds=1), change)
        offsets = [instant.astimezone(ZoneInfo(zone)).utcoffset() for instant in instants]
        assert offsets == [each.offset_from, each.offset_to]


def opening(zone: str, year: int) -> int:
    """The year of the first onset in the definition for a season of ``year``."""
    return min(each.onset for each in find_observances(zone, year, year)).year


@pytest.mark.parametrize("zone", ZONES)
def test_a_definition_opens_before_its_season_and_not_before_1970(zone: str) -> None:
    assert 1970 <= opening(zone, 2025) < 2025


@pytest.mark.soak
@pytest.mark.parametrize("year", [1973, 1980, 1990, 2000, 2010, 2020, 2037])
def test_a_definition_of_any_zone_opens_before_its_season_and_not_before_1970(year: int) -> None:
    assert {opening(zone, year) for zone in pytz.all_timezones} <= {*range(1970, year)}


def test_a_file_defines_the_zone_once_before_its_events_and_only_if_one_names_it() -> None:
    late = "[{id: late, title: Late, airs: 2025-11-02T01:30-05:00, runtime: 60}]"
    site = build_site(load_yaml(make_yaml(timezone="America/New_York", specials=late)), SITE_URL)
    files = {path: each.body.decode() for path, each in site.items() if path.endswith(".ics")}
    assert {path for path, file in files.items() if "TZID" not in file} == {
        "/episodes/show-late.ics"
    }
    for file in files.values():
        assert file.count("BEGIN:VTIMEZONE") == int("TZID" in file)
        assert file.rfind("END:VTIMEZONE") < file.index("BEGIN:VEVENT")


def test_a_feed_in_utc_defines_no_zone() -> None:
    text = feed(make_yaml(timezone="UTC", episodes=2))
    assert "VTIMEZONE" not in text
    assert lines(text, "DTSTART", "DTEND") == [
        *("DTSTART:20250721T230000Z", "DTEND:20250722T000000Z"),
        *("DTSTART:20250722T230000Z", "DTEND:20250723T000000Z"),
    ]


@pytest.mark.parametrize(
    ("zone", "wall", "instant"),
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
def test_a_wall_time_is_an_instant(zone: str, wall: str, instant: str) -> None:
    assert to_utc(at(wall), zone) == at(instant)


@pytest.mark.parametrize(
    ("zone", "wall", "moved"),
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
def test_a_wall_time_in_a_gap_is_moved_by_the_gap(zone: str, wall: str, moved: str) -> None:
    with pytest.raises(NonexistentTimeError) as caught:
        to_utc(at(wall), zone)
    assert caught.value.shifted == at(moved)


@pytest.mark.parametrize(
    ("zone", "wall", "first", "second"),
    [
        ("America/New_York", "2025-11-02T01:30", -4, -5),
        ("Australia/Lord_Howe", "2025-04-06T01:45", 11, 10.5),
        ("Europe/Dublin", "2025-10-26T01:30", 1, 0),
        ("Africa/Casablanca", "2025-02-23T02:30", 1, 0),
        ("Antarctica/Troll", "2025-10-26T01:30", 2, 0),
        ("America/Nuuk", "2025-10-25T23:30", -1, -2),
    ],
)
def test_an_ambiguous_wall_time_has_two_offsets_the_earlier_first(
    zone: str, wall: str, first: float, second: float
) -> None:
    with pytest.raises(AmbiguousTimeError) as caught:
        to_utc(at(wall), zone)
    assert (caught.value.first, caught.value.second) == (hours(first), hours(second))


@pytest.mark.parametrize("zone", ZONES)
def test_wall_times_are_once_never_or_twice_as_zoneinfo_has_them(zone: str) -> None:
    assert misplaced(zone, "2025-07-21") == []


@pytest.mark.soak
@pytest.mark.parametrize("premiere", SOAK_PREMIERES)
def test_wall_times_of_any_zone_are_once_never_or_twice_as_zoneinfo_has_them(premiere: str) -> None:
    wrong = {zone: misplaced(zone, premiere)[:3] for zone in pytz.all_timezones}
    assert {zone: walls for zone, walls in wrong.items() if walls} == {}


@pytest.mark.parametrize(
    ("zone", "wall", "fitting"),
    [
        ("Asia/Seoul", "2025-07-21T23:00", [9]),
        ("America/New_York", "2025-07-15T12:00", [-4]),
        ("America/New_York", "2025-11-02T01:30", [-5, -4]),
        ("America/New_York", "2025-03-09T02:30", []),
        ("Australia/Lord_Howe", "2025-04-06T01:45", [10.5, 11]),
        ("Pacific/Apia", "2011-12-30T12:00", []),
    ],
)
def test_a_wall_time_fits_the_offsets_at_which_clocks_show_it(
    zone: str, wall: str, fitting: list[float]
) -> None:
    halves = [n / 2 for n in range(-24, 29)]
    assert [n for n in halves if is_valid_offset(at(wall), hours(n), zone)] == fitting


@pytest.mark.parametrize(
    ("zone", "instant", "name"),
    [
        ("Asia/Seoul", "2025-07-21T14:00Z", "2025-07-21T23:00"),
        ("America/New_York", "2025-11-02T05:30Z", "2025-11-02T01:30"),
        ("America/New_York", "2025-11-02T07:00Z", "2025-11-02T02:00"),
        ("Australia/Lord_Howe", "2025-04-05T14:45Z", "2025-04-06T01:45"),
        ("Africa/Abidjan", "2025-07-21T14:00Z", "2025-07-21T14:00"),
    ],
)
def test_an_instant_is_named_in_local_time(zone: str, instant: str, name: str) -> None:
    assert to_unambiguous_local(at(instant), zone) == at(name)


@pytest.mark.parametrize(
    ("zone", "instant"),
    [
        ("America/New_York", "2025-11-02T06:30Z"),
        ("Australia/Lord_Howe", "2025-04-05T15:15Z"),
    ],
)
def test_the_second_pass_of_a_wall_time_has_no_local_name(zone: str, instant: str) -> None:
    assert to_unambiguous_local(at(instant), zone) is None


@pytest.mark.parametrize("zone", ZONES)
def test_every_instant_but_those_of_a_second_pass_has_a_local_name(zone: str) -> None:
    days = around_changes(span("2025-07-21"), truth(zone))
    for instant in (wall.replace(tzinfo=UTC) for wall in quarters(days)):
        local = instant.astimezone(ZoneInfo(zone))
        wall = local.replace(tzinfo=None, fold=0)
        assert to_unambiguous_local(instant, zone) == (None if local.fold else wall)


@pytest.mark.parametrize("zone", sorted(set(pytz.all_timezones) - {"UTC"}))
def test_the_events_of_every_zone_name_it_and_its_definition(zone: str) -> None:
    text = feed(make_yaml(timezone=zone, time="12:00", episodes=1)).replace("\r\n ", "")
    assert lines(definition(text), "TZID") == [f"TZID:{zone}"]
    assert f"\r\nDTSTART;TZID={zone}:20250721T120000\r\n" in text
    assert f"\r\nDTEND;TZID={zone}:20250721T130000\r\n" in text


@pytest.mark.parametrize(
    ("airs", "runtime", "written"),
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
def test_an_event_is_in_utc_if_it_begins_or_ends_in_a_second_pass(
    airs: str, runtime: int, written: list[str]
) -> None:
    special = f"[{{id: late, title: Late, airs: {airs}, runtime: {runtime}}}]"
    text = feed(make_yaml(timezone="America/New_York", specials=special))
    assert lines(text.rpartition("BEGIN:VEVENT")[2], "DTSTART", "DTEND") == written


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
def test_a_clock_is_named_by_its_letters_or_else_by_its_offset(
    zone: str, abbreviation: str
) -> None:
    assert to_local(at("2025-07-21T14:00Z"), zone).abbreviation == abbreviation


def test_a_clock_shows_a_wall_time_an_offset_and_the_place() -> None:
    reading = to_local(at("2025-07-21T14:00Z"), "America/New_York")
    assert reading == LocalTime("America/New_York", at("2025-07-21T10:00"), hours(-4), "EDT")
    assert reading.city == "New York"
