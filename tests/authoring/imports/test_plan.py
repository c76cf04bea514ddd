"""Plans: the blocks that listings of different kinds become, as people read them."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from pathlib import Path
from textwrap import dedent, indent

import pytest

from defects_ical.authoring.imports.block_text import write_airing
from defects_ical.authoring.imports.imported_schedule import create_imported_schedule
from defects_ical.authoring.imports.options import ImportOptions
from defects_ical.authoring.imports.schedule_text import prepare_import
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.loader import load_schedule
from defects_ical.schedule.roster import list_episodes
from defects_ical.schedule.starts import compute_start
from defects_ical.sources.listing import ListedEpisode
from tests.authoring.imports.listings import (
    list_episode,
    list_every,
    list_weekly,
    list_working_days,
    make_listing,
    number_episodes,
)
from tests.authoring.shows import FILE, NOW, UID
from tests.support.variants import leave_to_soak, sample

# Of this show, only the month is known.
UNDATED = "announced-for-march-2027.yaml"
RELEASES = [
    file
    for file in sorted((Path(__file__).parents[2] / "releases").glob("*.yaml"))
    if file.name != UNDATED
]
WORKING_DAYS = "weekdays: [monday, tuesday, wednesday, thursday, friday]"
DAILY = number_episodes(
    list_working_days("2025-01-06", 60, skip=["2025-02-17"]), season=2025, runtime=62
)
WEEKS_OFF = [
    when
    for when in list_working_days("2025-01-06", 60)
    if not "2025-02-10" <= when < "2025-02-15" and not "2025-03-03" <= when < "2025-03-15"
]
CASES = {
    "weekly": (
        number_episodes(list_weekly("2025-01-12", 8)),
        """
        premiere: 2025-01-12
        weekdays: [sunday]
        time: 21:00
        runtime: 60
        episodes: 8
        """,
    ),
    "clocks change": (
        # In New York on 2 November.
        number_episodes(list_weekly("2025-10-12", 6)),
        """
        premiere: 2025-10-12
        weekdays: [sunday]
        time: 21:00
        runtime: 60
        episodes: 6
        """,
    ),
    "a week left out": (
        number_episodes(list_weekly("2025-11-27", 8, skip=["2025-12-25", "2026-01-01"])),
        """
        premiere: 2025-11-27
        weekdays: [thursday]
        time: 21:00
        runtime: 60
        episodes: 8
        skip: [2025-12-25, 2026-01-01]
        """,
    ),
    "six weeks left out": (
        number_episodes([*list_weekly("2025-09-04", 8), *list_weekly("2025-12-11", 8)]),
        """
        - {premiere: 2025-09-04, weekdays: [thursday], time: 21:00, runtime: 60, episodes: 8}
        - {premiere: 2025-12-11, weekdays: [thursday], time: 21:00, runtime: 60, episodes: 8}
        """,
    ),
    "two a week, each at its hour": (
        number_episodes(
            sorted([*list_weekly("2025-09-19", 6, "21:50"), *list_weekly("2025-09-20", 6, "21:40")])
        ),
        """
        premiere: 2025-09-19
        weekdays: [friday 21:50, saturday 21:40]
        runtime: 60
        episodes: 12
        """,
    ),
    "two days around a weekend": (
        number_episodes(sorted([*list_weekly("2025-03-02", 4), *list_weekly("2025-03-03", 4)])),
        """
        premiere: 2025-03-02
        weekdays: [sunday, monday]
        time: 21:00
        runtime: 60
        episodes: 8
        """,
    ),
    "twice on one day": (
        number_episodes(
            sorted(
                when
                for first in ("01", "02", "03", "04 20:00", "04", "05")
                for day, _, clock in [first.partition(" ")]
                for when in list_weekly(f"2025-09-{day}", 4, clock or "19:30")
            ),
            first=10400,
            runtime=30,
        ),
        """
        premiere: 2025-09-01
        weekdays: [monday, tuesday, wednesday, thursday, thursday 20:00, friday]
        time: 19:30
        runtime: 30
        episodes: 10400-10423
        """,
    ),
    "twice on one day, once at the end": (
        number_episodes(
            sorted([*list_weekly("2025-09-04", 4, "19:30"), *list_weekly("2025-09-04", 3, "20:00")])
        ),
        """
        premiere: 2025-09-04
        weekdays: [thursday 19:30, thursday 20:00]
        runtime: 60
        episodes: 7
        """,
    ),
    "two evenings that are one time": (
        number_episodes(
            [*list_weekly("2025-10-02", 3, "25:30"), *list_weekly("2025-10-24", 3, "01:30")]
        ),
        """
        - {premiere: 2025-10-02, weekdays: [thursday], time: 25:30, runtime: 60, episodes: 3}
        - {premiere: 2025-10-24, weekdays: [friday], time: 01:30, runtime: 60, episodes: 3}
        """,
    ),
    "a night before an earlier evening": (
        number_episodes(["2025-10-03T00:30", "2025-10-02T25:00", "2025-10-04T21:00"]),
        """
        dates: [2025-10-03T00:30, 2025-10-03T01:00, 2025-10-04T21:00]
        runtime: 60
        """,
    ),
    "one start on two dates": (
        number_episodes(["2025-10-02T24:00", "2025-10-03T00:00", "2025-10-04T21:00"]),
        """
        dates: [2025-10-02T24:00, 2025-10-04T21:00]
        runtime: 60
        together: 2
        episodes: 3
        """,
    ),
    "another day from some week on": (
        number_episodes(sorted([*list_weekly("2025-01-06", 15), *list_weekly("2025-03-18", 4)])),
        """
        - {premiere: 2025-01-06, weekdays: [monday], time: 21:00, runtime: 60, episodes: 10}
        - {premiere: 2025-03-17, weekdays: [monday, tuesday], time: 21:00, runtime: 60, episodes: 9}
        """,
    ),
    "daily, numbers with gaps": (
        [each for each in DAILY if each.number not in {20, 21, 40}],
        f"""
        - season: 2025
          premiere: 2025-01-06
          {WORKING_DAYS}
          time: 23:35
          runtime: 62
          episodes: 1-19
        - season: 2025
          premiere: 2025-02-04
          {WORKING_DAYS}
          time: 23:35
          runtime: 62
          episodes: 22-39
          skip: [2025-02-17]
        - season: 2025
          premiere: 2025-03-04
          {WORKING_DAYS}
          time: 23:35
          runtime: 62
          episodes: 41-60
        """,
    ),
    "daily, one and two weeks off": (
        number_episodes(WEEKS_OFF, first=101),
        f"""
        - premiere: 2025-01-06
          {WORKING_DAYS}
          time: 23:35
          runtime: 60
          episodes: 101-135
          skip: [2025-02-10, 2025-02-11, 2025-02-12, 2025-02-13, 2025-02-14]
        - premiere: 2025-03-17
          {WORKING_DAYS}
          time: 23:35
          runtime: 60
          episodes: 136-145
        """,
    ),
    "all at once": (
        number_episodes(["2025-09-19T03:00"] * 9, runtime=50),
        """
        premiere: 2025-09-19
        time: 03:00
        runtime: 50
        episodes: 9
        """,
    ),
    "all at once, hour unknown": (
        number_episodes(["2025-09-19"] * 9, runtime=None),
        """
        premiere: 2025-09-19
        episodes: 9
        """,
    ),
    "two seasons at once": (
        [
            *number_episodes(["2024-12-26"] * 7, season=1, runtime=55),
            *number_episodes(["2025-06-27"] * 6, season=2, runtime=55),
        ],
        """
        - {season: 1, premiere: 2024-12-26, runtime: 55, episodes: 7}
        - {season: 2, premiere: 2025-06-27, runtime: 55, episodes: 6}
        """,
    ),
    "a later season alone": (
        number_episodes(list_weekly("2020-10-08", 7), season=15, first=14),
        """
        season: 15
        premiere: 2020-10-08
        weekdays: [thursday]
        time: 21:00
        runtime: 60
        episodes: 14-20
        """,
    ),
    "season 1 alone": (
        number_episodes(list_weekly("2020-10-08", 3), season=1),
        """
        premiere: 2020-10-08
        weekdays: [thursday]
        time: 21:00
        runtime: 60
        episodes: 3
        """,
    ),
    "three together": (
        number_episodes([when for when in list_weekly("2025-04-22", 4) for _ in range(3)]),
        """
        premiere: 2025-04-22
        weekdays: [tuesday]
        time: 21:00
        runtime: 60
        together: 3
        episodes: 12
        """,
    ),
    "two together, one at the end": (
        number_episodes([w for w in list_every(1, "2025-07-01", 7, "18:00") for _ in "12"][:-1]),
        """
        dates: [2025-07-01, 2025-07-02, 2025-07-03, 2025-07-04, 2025-07-05, 2025-07-06, 2025-07-07]
        time: 18:00
        runtime: 60
        together: 2
        episodes: 13
        """,
    ),
    "two to begin with, then weekly": (
        number_episodes([*["2025-02-21T21:00"] * 2, *list_weekly("2025-02-28", 7)]),
        """
        - {premiere: 2025-02-21, time: 21:00, runtime: 60, episodes: 2}
        - {premiere: 2025-02-28, weekdays: [friday], time: 21:00, runtime: 60, episodes: 7}
        """,
    ),
    "seven, then two a week, three at the end": (
        number_episodes(
            [
                *["2023-08-09"] * 7,
                *(when for when in list_weekly("2023-08-16", 5, "") for _ in range(2)),
                *["2023-09-20"] * 3,
            ]
        ),
        """
        - {premiere: 2023-08-09, runtime: 60, episodes: 7}
        - {premiere: 2023-08-16, weekdays: [wednesday], runtime: 60, together: 2, episodes: 10}
        - {premiere: 2023-09-20, runtime: 60, episodes: 3}
        """,
    ),
    "a finale of two hours": (
        [
            *number_episodes(list_weekly("2015-03-01", 9, "20:00", ["2015-04-05"])),
            *number_episodes(["2015-05-10T20:00", "2015-05-10T21:00"], first=10),
        ],
        """
        - premiere: 2015-03-01
          weekdays: [sunday]
          time: 20:00
          runtime: 60
          episodes: 9
          skip: [2015-04-05]
        - {dates: [2015-05-10T20:00, 2015-05-10T21:00], runtime: 60}
        """,
    ),
    "different numbers on one evening": (
        number_episodes(["2025-01-05T20:00", *["2025-01-05T21:00"] * 2, "2025-01-12T20:00"]),
        """
        - {premiere: 2025-01-05, time: 20:00, runtime: 60, episodes: 1}
        - {dates: [2025-01-05T21:00, 2025-01-12T20:00], runtime: 60, together: 2, episodes: 3}
        """,
    ),
    "longer from some week on": (
        [
            *number_episodes(list_weekly("2025-01-06", 10), runtime=30),
            *number_episodes(list_weekly("2025-03-17", 10), first=11),
        ],
        """
        - {premiere: 2025-01-06, weekdays: [monday], time: 21:00, runtime: 30, episodes: 10}
        - {premiere: 2025-03-17, weekdays: [monday], time: 21:00, runtime: 60, episodes: 10}
        """,
    ),
    "late at night": (
        number_episodes(list_weekly("2025-10-02", 12, "25:30"), runtime=30),
        """
        premiere: 2025-10-02
        weekdays: [thursday]
        time: 25:30
        runtime: 30
        episodes: 12
        """,
    ),
    "irregular": (
        number_episodes(
            [
                *("2025-10-04T23:30", "2025-10-11T23:30", "2025-11-01T23:30"),
                *("2025-12-06T23:30", "2025-12-31T20:00"),
            ],
            runtime=90,
        ),
        """
        dates: [2025-10-04, 2025-10-11, 2025-11-01, 2025-12-06, 2025-12-31T20:00]
        time: 23:30
        runtime: 90
        """,
    ),
    "each at another hour": (
        number_episodes(["2025-10-04T19:00", "2025-11-11T20:30", "2025-11-22T18:15"]),
        """
        dates: [2025-10-04T19:00, 2025-11-11T20:30, 2025-11-22T18:15]
        runtime: 60
        """,
    ),
    "two dates are no rule": (
        number_episodes(list_weekly("2025-10-05", 2)),
        """
        dates: [2025-10-05, 2025-10-12]
        time: 21:00
        runtime: 60
        """,
    ),
    "every second week": (
        number_episodes(list_every(14, "2025-01-06", 5)),
        """
        dates: [2025-01-06, 2025-01-20, 2025-02-03, 2025-02-17, 2025-03-03]
        time: 21:00
        runtime: 60
        """,
    ),
    "one night on another day": (
        number_episodes(
            [*list_weekly("2025-01-05", 5), "2025-02-10T21:00", *list_weekly("2025-02-16", 14)]
        ),
        """
        - dates: [2025-01-05, 2025-01-12, 2025-01-19, 2025-01-26, 2025-02-02, 2025-02-10]
          time: 21:00
          runtime: 60
        - {premiere: 2025-02-16, weekdays: [sunday], time: 21:00, runtime: 60, episodes: 14}
        """,
    ),
    "out of order": (
        [
            list_episode(when, number)
            for number, when in zip(
                (1, 2, 4, 3, 5, 6, 7), list_weekly("2025-01-05", 7), strict=True
            )
        ],
        """
        - {dates: [2025-01-05, 2025-01-12], time: 21:00, runtime: 60, episodes: 1-2}
        - {premiere: 2025-01-19, time: 21:00, runtime: 60, episodes: 4-4}
        - {premiere: 2025-01-26, time: 21:00, runtime: 60, episodes: 3-3}
        - {premiere: 2025-02-02, weekdays: [sunday], time: 21:00, runtime: 60, episodes: 5-7}
        """,
    ),
    "hours not known yet": (
        number_episodes(
            [*list_weekly("2026-03-01", 4), *list_weekly("2026-03-29", 4, "")], runtime=None
        ),
        """
        - {premiere: 2026-03-01, weekdays: [sunday], time: 21:00, runtime: 60, episodes: 4}
        - {premiere: 2026-03-29, weekdays: [sunday], episodes: 4}
        """,
    ),
    "dates not known yet": (
        [
            *number_episodes(list_weekly("2026-03-01", 3)),
            *number_episodes(["", ""], first=4),
            list_episode("2026-04-19T21:00", 6),
        ],
        """
        - {premiere: 2026-03-01, weekdays: [sunday], time: 21:00, runtime: 60, episodes: 1-3}
        - {premiere: 2026-04-19, time: 21:00, runtime: 60, episodes: 6-6}
        """,
    ),
    "an hour that occurs twice": (
        number_episodes(
            [
                *list_weekly("2025-10-19", 2, "01:30"),
                "2025-11-02T01:30-05:00",
                *list_weekly("2025-11-09", 2, "01:30"),
            ]
        ),
        """
        dates: [2025-10-19, 2025-10-26, 2025-11-02T01:30-05:00, 2025-11-09, 2025-11-16]
        time: 01:30
        runtime: 60
        """,
    ),
    "from 0": (
        number_episodes(list_weekly("2025-01-12", 4), first=0),
        """
        premiere: 2025-01-12
        weekdays: [sunday]
        time: 21:00
        runtime: 60
        episodes: 0-3
        """,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_listing_becomes_readable_plan(name: str, folder: Path) -> None:
    """The text is as expected, and the loader plans the same from it."""
    episodes, expected = CASES[name]
    listing = make_listing(episodes)
    text = write_airing(prepare_import(listing, ImportOptions()).blocks)
    assert text == indent(dedent(expected).lstrip("\n"), "  ")
    create_imported_schedule(folder / FILE, listing, ImportOptions(), UID, NOW)


def make_regular(count: int) -> list[ListedEpisode]:
    """Return a daily show, whose holidays and lengths are not quite regular."""
    source = random.Random(1)  # noqa: S311 - test data
    whens = list_working_days("2010-01-04", count * 10 // 9)
    kept = [when for when in whens if source.random() < 0.97][:count]
    return [
        list_episode(when, number, title=f"Title {number}", runtime=source.choice([30] * 9 + [60]))
        for number, when in enumerate(kept, start=1)
    ]


def make_irregular(count: int) -> list[ListedEpisode]:
    """Return a show without any rule."""
    source, start = random.Random(2), datetime(2001, 1, 1, tzinfo=UTC)  # noqa: S311 - test data
    episodes = []
    for number in range(1, count + 1):
        start += timedelta(minutes=source.randrange(60, 3000))
        runtime = source.choice([30, 60])
        episodes.append(ListedEpisode("", None, number, None, start, start.date(), runtime))
    return episodes


@pytest.mark.parametrize("make", [make_regular, *leave_to_soak(make_irregular)])
def test_5000_episodes_take_seconds(
    make: Callable[[int], list[ListedEpisode]], folder: Path
) -> None:
    listing = make_listing(make(5000))
    start = time.process_time()
    schedule = create_imported_schedule(folder / FILE, listing, ImportOptions(), UID, NOW)
    assert time.process_time() - start < 5
    assert sum(block.count for block in schedule.airing) == 5000


def list_planned(schedule: Schedule) -> list[ListedEpisode]:
    """Return the plan of a schedule as a source would list it."""
    episodes = []
    for each in list_episodes(schedule).planned.values():
        start = compute_start(each.slot, schedule.timezone)
        season, number = each.number or (None, None)
        moment = start if isinstance(start, datetime) else None
        day = each.slot.day
        episodes.append(ListedEpisode("", season, number, each.title, moment, day, each.runtime))
    return episodes


@pytest.mark.parametrize("file", sample(RELEASES, 6), ids=attrgetter("stem"))
def test_plan_needs_no_more_blocks_than_by_hand(file: Path, folder: Path) -> None:
    """The dates of real shows become the plans that people wrote for them, or shorter ones."""
    schedule = load_schedule(file)
    listing = make_listing(list_planned(schedule), schedule.timezone)
    imported = create_imported_schedule(folder / FILE, listing, ImportOptions(), UID, NOW)
    by_hand = [block for block in schedule.airing if not block.period]
    assert len(imported.airing) <= len(by_hand)
    planned = list_episodes(schedule).planned.values()
    assert sorted(each.slot for each in list_episodes(imported).planned.values()) == sorted(
        each.slot for each in planned
    )
