"""Edits of schedules with blocks, seasons, common events, unknown hours and platforms' plans."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import HealthCheck, example, given, settings

from defects_ical.compare.differences import Issue
from tests.compare.comparisons import (
    apply_report,
    compare,
    find_issues,
    get_live_feeds,
    make_early_report,
)
from tests.compare.release_schedules import draw_schedules, is_valid, write_schedule
from tests.compare.test_messages import list_messages

OWN: Final = "{name: Own, kind: streaming, region: R, airing: {dates: [2025-10-22T18:00]}}"
MONDAYS: Final = "{premiere: 2025-10-20, weekdays: [monday], time: 21:00, runtime: 50, episodes: 3}"
TOGETHER: Final = "{premiere: 2025-10-20, time: 21:00, runtime: 50, episodes: 3}"
DATES: Final = "{premiere: 2025-10-20, weekdays: [monday], runtime: 50, episodes: 3}"
SEASON_2: Final = "{season: 2, premiere: 2026-01-05, weekdays: [monday], episodes: 3}"
NIGHTS: Final = MONDAYS.replace("21:00", "25:30")
DECEMBER: Final = (
    "{premiere: 2025-12-01, weekdays: [monday], time: 21:00, runtime: 50, episodes: 4}"
)
LATE: Final = "{premiere: 2025-11-24, time: 21:00, runtime: 50, episodes: 1}"
AT: Final = "at: 2025-10-10T00:00:00+00:00"
NOW: Final = "at: 2025-09-30T20:00:0"
PLAN: Final = "{premiere: 2025-10-25, time: 19:00, episodes: 2}"


def write_plan(airing: str) -> str:
    """Return a platform with its own plan."""
    return f"{{name: Own, kind: streaming, region: R, airing: {airing}}}"


# The live version, the new version, the suggested steps and entries.
EDITS: Final = {
    "the hour is known": (
        write_schedule([DATES]),
        write_schedule([MONDAYS]),
        ["hour known"],
        [f"- {{{NOW}1-04:00, episodes: all, time: 21:00, runtime: 50}}"],
    ),
    "the hour is known, after midnight": (
        write_schedule([DATES]),
        write_schedule([NIGHTS]),
        ["hour known"],
        [f"- {{{NOW}1-04:00, episodes: all, time: 25:30, runtime: 50}}"],
    ),
    "the hour is not known any more": (
        write_schedule([MONDAYS.replace("episodes: 3", "episodes: 1")]),
        write_schedule([DATES.replace("episodes: 3", "episodes: 1")]),
        ["moved"],
        [f"- {{{NOW}1-04:00, episodes: [1], move: 2025-10-20}}"],
    ),
    "dates moved": (
        write_schedule([SEASON_2]),
        write_schedule([SEASON_2.replace("01-05", "01-12")]),
        ["moved"],
        [
            f"- {{{NOW}1-04:00, episodes: [s02e01], move: 2026-01-12}}",
            f"- {{{NOW}1-04:00, episodes: [s02e02], move: 2026-01-19}}",
            f"- {{{NOW}1-04:00, episodes: [s02e03], move: 2026-01-26}}",
        ],
    ),
    "a common event moved": (
        write_schedule([TOGETHER]),
        write_schedule([TOGETHER.replace("21:00", "22:00")]),
        ["moved"],
        [f"- {{{NOW}1-04:00, episodes: all, move: 2025-10-20T22:00}}"],
    ),
    "a common event with one more": (
        write_schedule([TOGETHER]),
        write_schedule([TOGETHER.replace("episodes: 3", "episodes: 4")]),
        ["episodes changed"],
        [f'- {{{NOW}1-04:00, episodes: all, note: "Announced again."}}'],
    ),
    "released together after publication": (
        write_schedule([MONDAYS]),
        write_schedule([TOGETHER]),
        ["episodes changed", "joined"],
        [f"- {{{NOW}1-04:00, episodes: [2, 3], status: confirmed}}"],
    ),
    "released together, other episodes on a platform": (
        write_schedule(
            [
                "{premiere: 2025-10-20, time: 21:00, runtime: 50, episodes: 2}",
                "{premiere: 2025-12-01, weekdays: [monday], time: 21:00, runtime: 50, episodes: 2}",
            ],
            write_plan(f"{PLAN}, delay: 60"),
        ),
        write_schedule([TOGETHER.replace("3}", "4}")], write_plan(f"{PLAN}, delay: 60")),
        ["episodes changed", "joined", "moved", "text changed"],
        [
            f"- {{{NOW}1-04:00, episodes: [4], platform: own, status: confirmed}}",
            f"- {{{NOW}2-04:00, episodes: [3, 4], status: confirmed}}",
        ],
    ),
    "postponed by an edit": (
        write_schedule([TOGETHER], log=[f"{{{AT}, episodes: [1-3], status: tentative}}"]),
        write_schedule([TOGETHER], log=[f"{{{AT}, episodes: [1-3], status: postponed}}"]),
        ["postponed"],
        ["- {at: 2025-10-09T20:00:01-04:00, episodes: all, status: postponed}"],
    ),
    "not postponed any more": (
        write_schedule([MONDAYS], log=[f"{{{AT}, episodes: [2], status: postponed}}"]),
        write_schedule([MONDAYS], log=[f"{{{AT}, episodes: [2], status: confirmed}}"]),
        ["confirmed"],
        ["- {at: 2025-10-09T20:00:01-04:00, episodes: [2], status: confirmed}"],
    ),
    "a postponed episode moved": (
        write_schedule([MONDAYS], log=[f"{{{AT}, episodes: [2], status: postponed}}"]),
        write_schedule([NIGHTS], log=[f"{{{AT}, episodes: [2], status: postponed}}"]),
        ["moved"],
        [
            "- {at: 2025-10-09T20:00:01-04:00, episodes: [1], move: 2025-10-20T25:30}",
            "- {at: 2025-10-09T20:00:01-04:00, episodes: [2], status: postponed}",
            "- {at: 2025-10-09T20:00:01-04:00, episodes: [3], move: 2025-11-03T25:30}",
        ],
    ),
    "the plan of a platform": (
        write_schedule([MONDAYS], OWN),
        write_schedule([MONDAYS], OWN.replace("18:00", "18:30")),
        ["moved", "text changed"],
        [f"- {{{NOW}1-04:00, episodes: [1], platform: own, move: 2025-10-22T18:30}}"],
    ),
    "the plan of a platform, several together": (
        write_schedule([MONDAYS], write_plan(PLAN)),
        write_schedule([MONDAYS], write_plan(PLAN.replace("10-25", "11-01"))),
        ["moved", "text changed"],
        [f"- {{{NOW}1-04:00, episodes: [1, 2], platform: own, move: 2025-11-01T19:00}}"],
    ),
    "a status on a platform": (
        write_schedule(
            [MONDAYS], log=[f"{{{AT}, episodes: [1], platform: own, status: tentative}}"]
        ),
        write_schedule(
            [MONDAYS], log=[f"{{{AT}, episodes: [1], platform: own, status: cancelled}}"]
        ),
        ["cancelled", "text changed"],
        ["- {at: 2025-10-09T20:00:01-04:00, episodes: [1], platform: own, status: cancelled}"],
    ),
    "a season removed": (
        write_schedule([MONDAYS, SEASON_2.replace("weekdays: [monday], ", "")]),
        write_schedule([MONDAYS]),
        ["removed"],
        [f"- {{{NOW}1-04:00, episodes: [s02e01-s02e03], status: cancelled}}"],
    ),
    "the end of a season removed": (
        write_schedule([MONDAYS, SEASON_2]),
        write_schedule([MONDAYS, SEASON_2.replace("episodes: 3", "episodes: 1")]),
        ["removed"],
        [f"- {{{NOW}1-04:00, episodes: [s02e02, s02e03], status: cancelled}}"],
    ),
    "an episode removed from the plan of a platform": (
        write_schedule([MONDAYS], write_plan("{dates: [2025-10-22T18:00, 2025-10-29]}")),
        write_schedule([MONDAYS], OWN),
        ["removed", "text changed"],
        [f"- {{{NOW}1-04:00, episodes: [2], platform: own, status: cancelled}}"],
    ),
    "the status of the broadcast, another on a platform": (
        write_schedule(
            [MONDAYS],
            OWN,
            log=[
                f"{{{AT}, episodes: [1], status: tentative}}",
                "{at: 2025-10-11T00:00:00+00:00, episodes: [1], platform: own, status: cancelled}",
            ],
        ),
        write_schedule(
            [MONDAYS],
            OWN,
            log=[
                f"{{{AT}, episodes: [1], status: confirmed}}",
                "{at: 2025-10-11T00:00:00+00:00, episodes: [1], platform: own, status: cancelled}",
            ],
        ),
        ["confirmed", "text changed"],
        [
            "- {at: 2025-10-10T20:00:01-04:00, episodes: [1], status: confirmed}",
            "- {at: 2025-10-10T20:00:02-04:00, episodes: [1], platform: own, status: cancelled}",
        ],
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_each_edit_is_found_and_announced(name: str) -> None:
    before, after, kinds, entries = EDITS[name]
    live = get_live_feeds(before)
    found = {each.kind for each in compare(after, live)}
    assert sorted(found - {"added"}) == kinds
    suggested = make_early_report(after, before)
    assert [*suggested.entries] == entries
    assert not find_issues(apply_report(after, suggested), live)


def test_block_put_before_others_renumbers_them() -> None:
    before = write_schedule([MONDAYS, DECEMBER])
    after = write_schedule([MONDAYS, LATE, DECEMBER])
    found = compare(after, get_live_feeds(before))
    assert {each.episode for each in found if each.issue is Issue.RENUMBERED} == {
        *("e04", "e05", "e06", "e07")
    }
    (message,) = list_messages(before, after)
    assert message.startswith(
        "Episodes 4 to 7: another broadcast now, because the numbers of a block changed. "
        "Put the new block at the end, or write the numbers of each block, like `9-10`; if the "
        "new numbers are correct, append `- {at: "
    )


def test_block_with_more_episodes_renumbers_what_follows() -> None:
    before = write_schedule([MONDAYS, DECEMBER])
    after = write_schedule([MONDAYS.replace("episodes: 3", "episodes: 5"), DECEMBER])
    (message,) = list_messages(before, after)
    assert message.startswith("Episodes 4 to 7: another broadcast now")
    numbered = DECEMBER.replace("episodes: 4", "episodes: 4-7")
    assert (
        list_messages(
            before,
            write_schedule([MONDAYS, LATE.replace("episodes: 1", "episodes: 8-8"), numbered]),
        )
        == []
    )


def test_block_with_fewer_episodes_renumbers_what_follows() -> None:
    before = write_schedule([MONDAYS, DECEMBER])
    after = write_schedule([MONDAYS.replace("episodes: 3", "episodes: 2"), DECEMBER])
    renumbered, removed = list_messages(before, after)
    assert renumbered.startswith("Episodes 3 to 6: another broadcast now")
    assert removed.startswith("Episode 7: removed without a cancellation")


@pytest.mark.parametrize("premiere", ["2025-11-24", "2025-12-08"])
def test_block_a_week_earlier_or_later_is_not_renumbered(premiere: str) -> None:
    before = write_schedule([MONDAYS, DECEMBER])
    after = write_schedule([MONDAYS, DECEMBER.replace("2025-12-01", premiere)])
    issues = {each.issue for each in find_issues(after, get_live_feeds(before))}
    assert issues == {Issue.UNANNOUNCED}


def test_message_of_events_that_would_be_gone() -> None:
    (message,) = list_messages(write_schedule([MONDAYS]), write_schedule([TOGETHER]), None)[1:]
    assert message == (
        "Episodes 2 to 3: now in the event of Episodes 1\u20133, so their own events are gone "
        "without a cancellation. Undo the edit of the plan, because what was published one by one "
        "cannot be released together later; or append `- {at: 2025-09-30T20:00:01-04:00, "
        "episodes: [2, 3], status: confirmed}` to `changes`."
    )


def test_message_of_a_platform_names_its_feed() -> None:
    before, after, _, _ = EDITS["the plan of a platform"]
    (message,) = list_messages(before, after, None)
    assert message == (
        "Episode 1: moved from Wednesday 22 October 2025, 18:00 EDT to Wednesday 22 October 2025, "
        "18:30 EDT in `/show-own.ics` without an entry in `changes`. Append `- {at: "
        "2025-09-30T20:00:01-04:00, episodes: [1], platform: own, move: 2025-10-22T18:30}` to "
        "`changes`."
    )


def test_feed_of_which_only_the_month_is_known_is_compared() -> None:
    """It has no events, but it can be live."""
    before = write_schedule(["{premiere: 2026-03}"])
    assert {each.kind for each in compare(write_schedule([DATES]), get_live_feeds(before))} == {
        "added"
    }


LOST_ON_PLATFORM: Final = (
    write_schedule(
        [TOGETHER.replace("episodes: 3", "episodes: 4")],
        log=[f"{{{AT}, episodes: [1-3], platform: own, move: 2025-11-03}}"],
    ),
    write_schedule([MONDAYS], OWN),
)
"""Episode 4 had an event of its own on the platform only, and is nowhere now."""


@example(*LOST_ON_PLATFORM)
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[*HealthCheck])
@given(draw_schedules().filter(is_valid), draw_schedules().filter(is_valid))
def test_suggestion_announces_any_edit_of_any_plan(before: str, after: str) -> None:
    result = apply_report(after, make_early_report(after, before))
    assert not find_issues(result, get_live_feeds(before))
