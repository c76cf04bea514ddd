"""Entries of the change log in words."""

from __future__ import annotations

from typing import Final

from defects_ical.content.changelog import Entry, list_entries
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.episodes import expand_episodes
from tests.support.example_schedules import load_yaml, make_yaml

SPECIAL: Final = "[{id: making-of, title: The making of, airs: 2025-08-18T23:00, runtime: 45}]"
# In the order of the schedule, newest last; the last two have the same time.
LOG: Final = (
    "{at: 2025-07-02T00:00:00+00:00, episodes: [3], note: Teaser corrected.}",
    "{at: 2025-07-03T00:00:00+09:00, episodes: [5], move: 2025-08-04T23:30}",
    "{at: 2025-07-04T00:00:00+00:00, episodes: all, shift: {hours: -1}, reason: So it is listed.}",
    "{at: 2025-07-05T00:00:00+00:00, episodes: [8, making-of, 7], status: tentative}",
    "{at: 2025-07-06T00:00:00+00:00, episodes: [6], runtime: 90}",
    "{at: 2025-07-06T00:00:00+00:00, episodes: [making-of], status: cancelled}",
)


def load_log(*changes: str) -> Schedule:
    """Load a schedule with these entries in its change log."""
    return load_yaml(make_yaml(specials=SPECIAL, changes=f"[{', '.join(changes)}]"))


def list_log(schedule: Schedule) -> tuple[Entry, ...]:
    return list_entries(schedule, expand_episodes(schedule))


def test_entries_are_sorted_newest_first() -> None:
    log = list_log(load_log(*LOG))
    assert [(each.title, f"{each.at:%d %H:%M}") for each in log] == [
        ("The making of", "06 00:00"),
        ("Episode 6", "06 00:00"),
        ("Episode 7, Episode 8, The making of", "05 00:00"),
        ("All episodes", "04 00:00"),
        ("Episode 5", "02 15:00"),
        ("Episode 3", "02 00:00"),
    ]
    assert [each.text for each in log if not each.is_all] == [
        "Sunday 6 July 2025: Cancelled.",
        "Sunday 6 July 2025: Now 1 h 30 min long, not 1 h.",
        "Saturday 5 July 2025: To be confirmed.",
        (
            "Thursday 3 July 2025: Moved from Monday 4 August 2025, 23:00 KST to Monday 4 August"
            " 2025, 23:30 KST."
        ),
        "Wednesday 2 July 2025: Teaser corrected.",
    ]


def test_entry_has_a_line_for_each_different_text() -> None:
    entry = list_log(load_log(*LOG))[3]
    assert [len(each.episodes) for each in entry.texts] == [1] * 9
    lines = entry.text.splitlines()
    assert lines[4] == (
        "Episode 5, Friday 4 July 2025: Moved from Monday 4 August 2025, 23:30 KST to Monday 4"
        " August 2025, 22:30 KST. So it is listed."
    )
    assert lines[8].startswith("The making of, Friday 4 July 2025: Moved from Monday 18 August")
    assert len(lines) == 9


def test_entry_names_every_episode_of_a_list() -> None:
    """Only an entry for "all" is about all episodes, not one that lists all of them."""
    change = "{at: 2025-07-02T00:00:00+00:00, episodes: [2, 1], status: tentative}"
    (entry,) = list_log(load_yaml(make_yaml(episodes=2, changes=f"[{change}]")))
    assert (entry.title, entry.is_all) == ("Episode 1, Episode 2", False)


def test_order_of_arguments_does_not_matter() -> None:
    schedule = load_log(*LOG)
    assert list_entries(schedule, reversed(expand_episodes(schedule))) == list_log(schedule)
