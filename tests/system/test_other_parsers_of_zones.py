"""Other libraries read the same times from the feed of any time zone: none is an hour off."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import pytest
import pytz

from tests.render.test_ics import render_main_feed
from tests.support.example_schedules import make_yaml
from tests.support.other_parsers import (
    Reader,
    format_time,
    list_broadcasts,
    read_with_dateutil,
    read_with_ical,
    read_with_icalendar,
    read_with_ics,
    read_with_recurring_ical_events,
    read_with_vobject,
)
from tests.support.variants import sample

EPISODES: Final = 5
# Across midnight and the early hours, when most transitions are; no zone skips or repeats 20:00.
START: Final = time(20)
RUNTIME: Final = timedelta(hours=6)
MONTHS: Final = [f"2025-{month:02}" for month in range(1, 13)]
ALL_READERS: Final[tuple[Reader, ...]] = (
    read_with_dateutil,
    read_with_ical,
    read_with_icalendar,
    read_with_ics,
    read_with_recurring_ical_events,
    read_with_vobject,
)

# ics 0.7.3 calls re.split() in a way that is deprecated since Python 3.13.
pytestmark = pytest.mark.filterwarnings(
    "ignore:'maxsplit' is passed as positional argument:DeprecationWarning:ics.utils"
)


class Times(NamedTuple):
    """The start and the end of a broadcast in UTC, as text."""

    start: str
    end: str


def list_days(month: str) -> list[date]:
    """Return the days of a weekly season: the first five Saturdays from a month's first day on."""
    first = date.fromisoformat(f"{month}-01")
    saturday = first + timedelta(days=(5 - first.weekday()) % 7)
    return [saturday + timedelta(weeks=n) for n in range(EPISODES)]


def render_season(zone: str, month: str) -> bytes:
    yaml = make_yaml(
        timezone=zone,
        premiere=str(list_days(month)[0]),
        weekdays="[saturday]",
        time=f"{START:%H:%M}",
        runtime=RUNTIME // timedelta(minutes=1),
        episodes=EPISODES,
    )
    return render_main_feed(yaml).encode()


def list_expected(zone: str, month: str) -> list[Times]:
    """Return the times of a season by zoneinfo."""
    starts = (datetime.combine(day, START, ZoneInfo(zone)) for day in list_days(month))
    return [
        Times(format_time(start), format_time(start.astimezone(UTC) + RUNTIME)) for start in starts
    ]


def list_times(read: Reader, feed: bytes) -> list[Times]:
    return [Times(each.start, each.end) for each in list_broadcasts(read, feed)]


@pytest.mark.parametrize("read", ALL_READERS)
@pytest.mark.parametrize(
    ("zone", "month"),
    sample(
        [
            ("Africa/Cairo", "2025-10"),
            ("Africa/Casablanca", "2025-02"),
            ("America/Havana", "2025-11"),
            ("America/Nuuk", "2025-10"),
            ("America/St_Johns", "2026-03"),
            ("Antarctica/Troll", "2025-10"),
            ("Asia/Gaza", "2026-03"),
            ("Asia/Kathmandu", "2025-07"),
            ("Asia/Seoul", "2025-07"),
            ("Asia/Tehran", "2022-03"),
            ("Asia/Tehran", "2022-09"),
            ("Australia/Lord_Howe", "2025-10"),
            ("Europe/Dublin", "2025-10"),
            ("Pacific/Chatham", "2026-04"),
        ],
        3,
    ),
)
def test_parser_reads_season_in_zone(read: Reader, zone: str, month: str) -> None:
    assert list_times(read, render_season(zone, month)) == list_expected(zone, month)


@pytest.mark.soak
@pytest.mark.parametrize("month", MONTHS)
def test_every_parser_reads_season_in_any_zone(month: str) -> None:
    wrong: list[tuple[str, str]] = []
    for zone in pytz.all_timezones:
        feed, expected = render_season(zone, month), list_expected(zone, month)
        wrong += [
            (zone, read.__name__) for read in ALL_READERS if list_times(read, feed) != expected
        ]
    assert wrong == []
