"""What several entries do one after the other."""

from __future__ import annotations

from typing import Final

import pytest

from defects_ical.errors import ScheduleError
from tests.support.events import get_value
from tests.support.replays import (
    FEEDS,
    SCHEDULE,
    edit,
    find_event,
    list_events,
    list_lines,
    load,
    make_uid,
    read_stamps,
    replay_each,
)

EN_DASH: Final = "\N{EN DASH}"


# Hours


def test_hour_becomes_known_and_unknown_again() -> None:
    states = replay_each(
        [
            "episodes: [s03e01], time: 22:00, runtime: 40",
            "episodes: [s03e01], move: 2026-05-05",
            "episodes: [s03e01], shift: {days: 1}",
            "episodes: [s03e01], move: 2026-05-06T21:30",
        ]
    )
    assert list_lines(states, "s03e01", "DTSTART", "DTEND", "SEQUENCE") == [
        ("DTSTART;VALUE=DATE:20260504", "DTEND;VALUE=DATE:20260505", "SEQUENCE:0"),
        (
            "DTSTART;TZID=Europe/London:20260504T220000",
            "DTEND;TZID=Europe/London:20260504T224000",
            "SEQUENCE:1",
        ),
        ("DTSTART;VALUE=DATE:20260505", "DTEND;VALUE=DATE:20260506", "SEQUENCE:2"),
        ("DTSTART;VALUE=DATE:20260506", "DTEND;VALUE=DATE:20260507", "SEQUENCE:3"),
        (
            "DTSTART;TZID=Europe/London:20260506T213000",
            "DTEND;TZID=Europe/London:20260506T221000",
            "SEQUENCE:4",
        ),
    ]


def test_hour_after_midnight_is_that_of_the_evening() -> None:
    text = edit("time: 21:00", "time: 25:30")
    states = replay_each(
        [
            "episodes: [2], time: 24:10",
            "episodes: [2], time: 23:50",
            "episodes: [2], shift: {minutes: 20}",
            "episodes: [2], time: 22:00",
            "episodes: [2], shift: {slots: 1}",
            "episodes: [2], move: 2026-02-26T24:30",
        ],
        text,
    )
    assert list_lines(states, "e02", "DTSTART") == [
        ("DTSTART;TZID=Europe/London:20260217T013000",),
        ("DTSTART;TZID=Europe/London:20260217T001000",),
        ("DTSTART;TZID=Europe/London:20260216T235000",),
        ("DTSTART;TZID=Europe/London:20260217T001000",),
        ("DTSTART;TZID=Europe/London:20260216T220000",),
        ("DTSTART;TZID=Europe/London:20260223T220000",),
        ("DTSTART;TZID=Europe/London:20260227T003000",),
    ]


# Common events


def test_common_event_loses_its_first_its_last_and_its_middle_episode() -> None:
    states = replay_each(
        f"episodes: [{word}], shift: {{days: 1}}" for word in ("s02e04", "s02e06", "s02e05")
    )
    for feed in ("show", "channel", "later", "stream"):
        assert [list_events(each, feed, "S02E0")[1:] for each in states] == [
            [(f"S02E04{EN_DASH}E06", 0)],
            [("S02E04", 1), (f"S02E05{EN_DASH}E06", 1)],
            [("S02E04", 1), ("S02E05", 2), ("S02E06", 2)],
            [("S02E04", 1), ("S02E05", 3), ("S02E06", 2)],
        ]
    assert [find_event(each, "s02e01") for each in states] == 4 * [find_event(states[0], "s02e01")]


def test_episode_stays_out_of_its_common_event() -> None:
    """Also if it is back at the time of the others."""
    states = replay_each(
        [
            "episodes: [s02e02], shift: {days: 1}",
            "episodes: [s02e02], shift: {days: -1}",
            "episodes: [s02], note: Louder.",
            "episodes: [s02e01-s02e03], shift: {weeks: 1}",
        ]
    )
    assert list_events(states[-1], "show", "S02E0") == [
        (r"S02E01\, E03", 3),
        ("S02E02", 4),
        (f"S02E04{EN_DASH}E06", 1),
    ]


def test_entries_of_one_time_for_one_common_event_are_refused() -> None:
    """Clients would not apply the second one."""
    text = f"{SCHEDULE}\n  - {{at: 2026-01-10T12:00:00Z, episodes: [s02e01], note: Louder.}}"
    with pytest.raises(ScheduleError) as caught:
        load("episodes: [s02e02], shift: {days: 1}", text=text)
    (problem,) = caught.value.problems
    assert (problem.key_path, problem.message, problem.hint) == (
        "changes[1].at",
        "an earlier change of an episode in the same event has the same time",
        "Merge the two, or use a later time, like `2026-01-10T12:01:00+00:00`.",
    )


# Statuses


@pytest.mark.parametrize("action", ["status: confirmed", "move: 2026-02-23T21:00"])
def test_postponed_episode_comes_back(action: str) -> None:
    before, _, after = replay_each(["episodes: [3], status: postponed", f"episodes: [3], {action}"])
    for feed in ("show", "channel", "later", "stream"):
        old, new = find_event(before, "e03", feed), find_event(after, "e03", feed)
        for name in ("SUMMARY", "STATUS", "UID"):
            assert get_value(new, name) == get_value(old, name)
        assert read_stamps(new).sequence == 2
    reminders = "/show-reminders.ics"
    assert "BEGIN:VALARM" in after[reminders][make_uid("show", "e03")]


@pytest.mark.parametrize("action", ["shift: {weeks: 1}", "time: 22:00", "note: Soon."])
def test_postponed_episode_stays_postponed(action: str) -> None:
    states = replay_each(["episodes: [3], status: postponed", f"episodes: [3], {action}"])
    for feed in ("show", "channel", "later", "stream"):
        event = find_event(states[-1], "e03", feed)
        assert get_value(event, "SUMMARY") == "POSTPONED: The Show: Episode 3"
        assert get_value(event, "STATUS") == "TENTATIVE"


def test_new_date_of_the_broadcast_leaves_a_platforms_own_plan_postponed() -> None:
    states = replay_each(
        ["episodes: [2], status: postponed", "episodes: [2], move: 2026-03-02T21:00"]
    )
    titles = [get_value(find_event(states[-1], "e02", feed), "SUMMARY") for feed in FEEDS[:4]]
    assert titles == [*3 * ["The Show: Episode 2"], "POSTPONED: The Show: Episode 2"]


# Platforms


def test_platform_that_slipped_alone_no_longer_follows() -> None:
    states = replay_each(
        [
            "episodes: [3], platform: later, move: 2026-03-10T09:00",
            "episodes: [3], shift: {days: 1}",
            "episodes: [3], note: Louder.",
            "episodes: [3], platform: later, shift: {slots: 1}",
        ]
    )
    assert list_lines(states, "e03", "DTSTART", "SEQUENCE") == [
        ("DTSTART;TZID=Europe/London:20260223T210000", "SEQUENCE:0"),
        ("DTSTART;TZID=Europe/London:20260223T210000", "SEQUENCE:1"),
        ("DTSTART;TZID=Europe/London:20260224T210000", "SEQUENCE:2"),
        ("DTSTART;TZID=Europe/London:20260224T210000", "SEQUENCE:3"),
        ("DTSTART;TZID=Europe/London:20260224T210000", "SEQUENCE:4"),
    ]
    assert list_lines(states, "e03", "DTSTART", "SEQUENCE", feed="later") == [
        ("DTSTART;TZID=Europe/London:20260309T210000", "SEQUENCE:0"),
        ("DTSTART;TZID=Europe/London:20260310T090000", "SEQUENCE:1"),
        ("DTSTART;TZID=Europe/London:20260310T090000", "SEQUENCE:1"),
        ("DTSTART;TZID=Europe/London:20260310T090000", "SEQUENCE:2"),
        # From Tuesday to the next Monday of the rule, 14 days after the broadcast.
        ("DTSTART;TZID=Europe/London:20260316T210000", "SEQUENCE:3"),
    ]
    assert r"Moved from Monday 9 March 2026\, 21:00 GMT" in get_value(
        find_event(states[1], "e03"), "DESCRIPTION"
    )


def test_broadcast_and_platform_with_own_plan_move_separately() -> None:
    states = replay_each(
        [
            "episodes: [1-3], shift: {days: 1}",
            "episodes: [1-2], platform: stream, time: 07:00",
            "episodes: [1-3], runtime: 65",
        ]
    )
    assert list_lines(states, "e01", "DTSTART", "SEQUENCE", feed="stream") == [
        ("DTSTART;TZID=Europe/London:20260201T060000", "SEQUENCE:0"),
        ("DTSTART;TZID=Europe/London:20260201T060000", "SEQUENCE:0"),
        ("DTSTART;TZID=Europe/London:20260201T070000", "SEQUENCE:1"),
        ("DTSTART;TZID=Europe/London:20260201T070000", "SEQUENCE:2"),
    ]
    # Episode 3 is not in that plan: it follows one hour later.
    assert list_lines(states, "e03", "DTSTART", "SEQUENCE", feed="stream") == [
        ("DTSTART;TZID=Europe/London:20260223T220000", "SEQUENCE:0"),
        ("DTSTART;TZID=Europe/London:20260224T220000", "SEQUENCE:1"),
        ("DTSTART;TZID=Europe/London:20260224T220000", "SEQUENCE:1"),
        ("DTSTART;TZID=Europe/London:20260224T220000", "SEQUENCE:2"),
    ]


# Slots


def test_episodes_move_along_the_rule_at_their_new_hour() -> None:
    states = replay_each(
        ["episodes: [2-3], time: 20:30", "episodes: [2-3], shift: {slots: 1}"],
    )
    assert list_lines(states, "e02", "DTSTART")[-1] == (
        "DTSTART;TZID=Europe/London:20260223T203000",
    )
    assert list_lines(states, "e03", "DTSTART")[-1] == (
        "DTSTART;TZID=Europe/London:20260302T203000",
    )


def test_common_events_follow_one_after_the_other() -> None:
    states = replay_each(
        ["episodes: [s02], shift: {slots: 1}", "episodes: [s02e04-s02e06], shift: {slots: 1}"]
    )
    assert list_lines(states, "s02e01", "DTSTART", "SEQUENCE")[-1] == (
        "DTSTART;TZID=Europe/London:20260310T200000",
        "SEQUENCE:1",
    )
    assert list_lines(states, "s02e04", "DTSTART", "SEQUENCE")[-1] == (
        "DTSTART;TZID=Europe/London:20260324T200000",
        "SEQUENCE:2",
    )
