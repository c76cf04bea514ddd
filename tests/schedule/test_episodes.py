"""Expanding a schedule: starts in UTC, the effect of changes, and revisions."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import pytest

from defects_ical.errors import ProblemCode, ScheduleError
from defects_ical.schedule.episodes import Episode, Event, sort_by_start
from defects_ical.schedule.expansion import expand_episodes, expand_schedule
from tests.support.example_schedules import load_yaml, make_yaml

SPECIAL = "[{id: making-of, title: The making of, airs: 2025-07-25T20:00, runtime: 45}]"


def expand(text: str) -> dict[str, Episode]:
    return {episode.key: episode for episode in expand_episodes(load_yaml(text))}


def expand_events(changes: str = "[]") -> dict[str, Event]:
    listing = expand_schedule(load_yaml(make_yaml(changes=changes))).main
    return {event.id: event for event in listing.events}


def expand_seoul(changes: str = "[]") -> dict[str, Episode]:
    return expand(make_yaml(specials=SPECIAL, changes=changes))


def expand_new_york(changes: str = "[]") -> dict[str, Episode]:
    """Expand a show around the end of DST, on 2 November 2025."""
    text = make_yaml(
        timezone="America/New_York", premiere="2025-10-27", weekdays="[monday]", changes=changes
    )
    return expand(text)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_pickled_episodes_are_equal() -> None:
    """A worker that is not forked gets them pickled, and finds them in its build cache."""
    shift = "[{at: 2025-07-10T12:00:00+00:00, episodes: [1], shift: {days: 1}}]"
    episodes = tuple(expand_seoul(shift).values())
    assert pickle.loads(pickle.dumps(episodes)) == episodes  # noqa: S301 - of this test


def test_rule_gives_numbered_episodes() -> None:
    """The show airs at 23:00 in Seoul (UTC+9) on Mondays and Tuesdays."""
    episodes = expand_seoul()
    assert [*episodes] == ["1", "2", "3", "4", "5", "6", "7", "8", "making-of"]
    assert (episodes["3"].id, episodes["3"].name) == ("e03", "Episode 3")
    assert episodes["3"].start == utc("2025-07-28T14:00")
    assert episodes["3"].end == utc("2025-07-28T15:00")


def test_special_keeps_its_id_and_title() -> None:
    special = expand_seoul()["making-of"]
    assert (special.id, special.number, special.name) == ("making-of", None, "The making of")
    assert special.start == utc("2025-07-25T11:00")


def test_rule_keeps_local_time_across_transition() -> None:
    episodes = expand_new_york()
    assert episodes["1"].start == utc("2025-10-28T03:00")
    assert episodes["2"].start == utc("2025-11-04T04:00")


def test_shift_keeps_local_time_across_transition() -> None:
    changes = "[{at: 2025-10-01T12:00:00+00:00, episodes: [1], shift: {weeks: 1}}]"
    assert expand_new_york(changes)["1"].start == utc("2025-11-04T04:00")


def test_move_with_offset_selects_second_occurrence() -> None:
    entry = "{at: 2025-10-01T12:00:00+00:00, episodes: [1], move: 2025-11-02T01:30-05:00}"
    assert expand_new_york(f"[{entry}]")["1"].start == utc("2025-11-02T06:30")


def test_changes_become_revisions() -> None:
    changes = """
  - {at: 2025-07-10T12:00:00+09:00, episodes: [1], move: 2025-07-21T23:30, reason: Baseball.}
  - {at: 2025-07-11T12:00:00+09:00, episodes: all, runtime: 75}
  - {at: 2025-07-12T12:00:00+09:00, episodes: [1], status: cancelled}
"""
    episode = expand_seoul(changes)["1"]
    move, runtime, cancellation = episode.revisions
    assert move.start_change == (utc("2025-07-21T14:00"), utc("2025-07-21T14:30"))
    assert (move.reason, runtime.runtime_change) == ("Baseball.", (60, 75))
    assert (cancellation.status, episode.status) == ("cancelled", "cancelled")
    event = expand_events(changes)["e01"]
    assert (event.sequence, event.modified) == (3, utc("2025-07-12T03:00"))
    assert episode.previous_start == utc("2025-07-21T14:00")


def test_episode_without_changes_is_not_revised() -> None:
    event = expand_events()["e01"]
    assert (event.sequence, event.modified) == (0, utc("2025-07-01T00:00"))
    assert expand_seoul()["1"].previous_start is None


def test_episodes_are_sorted_by_start() -> None:
    keys = [episode.key for episode in sort_by_start(expand_seoul().values())]
    assert keys == ["1", "2", "making-of", "3", "4", "5", "6", "7", "8"]


def test_nonexistent_time_of_rule_has_code() -> None:
    """`init` recognizes it, to suggest another --time."""
    text = make_yaml(
        timezone="America/New_York",
        published="2025-02-01T00:00:00+00:00",
        premiere="2025-03-03",
        weekdays="[sunday, monday]",
        time="02:30",
    )
    with pytest.raises(ScheduleError) as caught:
        load_yaml(text)
    assert [problem.code for problem in caught.value.problems] == [ProblemCode.RULE_TIME]


def test_equal_episodes_are_the_same_objects_after_an_edit() -> None:
    changes = "[{at: 2025-07-02T09:00:00+09:00, episodes: [2], status: tentative}]"
    texts = (make_yaml(), make_yaml(changes=changes))
    before, after = (expand_schedule(load_yaml(each)) for each in texts)
    kept = [old is new for old, new in zip(before.main.events, after.main.events, strict=True)]
    assert kept == [True, False, *[True] * (len(kept) - 2)]


def test_episodes_of_other_shows_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shows have episodes with the same ids: to compare them would take long for many shows."""
    compared: list[tuple[Episode, Episode]] = []
    compare = Episode.__eq__

    def note(self: Episode, other: object) -> bool:
        if isinstance(other, Episode):
            compared.append((self, other))
        return compare(self, other)

    monkeypatch.setattr(Episode, "__eq__", note)
    for number in range(20):
        uid = f"3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a{number:02}"
        text = make_yaml().replace("3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29", uid)
        expand_schedule(load_yaml(text.replace("The Show", f"Show {number}")))
    assert not compared
