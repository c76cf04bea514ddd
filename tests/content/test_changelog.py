"""Entries of the change log in words."""

from __future__ import annotations

import uuid
from typing import Final

from defects_ical.content.changelog import Entry, list_entries
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.expansion import expand_episodes
from tests.support.example_schedules import edit_airing, load_yaml, make_yaml
from tests.support.json_documents import RELEASES

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
    assert [each.text for each in log if not each.is_summary] == [
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
    assert (entry.title, entry.is_summary) == ("Episode 1, Episode 2", False)


def test_order_of_arguments_does_not_matter() -> None:
    schedule = load_log(*LOG)
    assert list_entries(schedule, reversed(expand_episodes(schedule))) == list_log(schedule)


# Ranges, platforms, and what was added later


def test_entry_with_ranges_names_them() -> None:
    changes = (
        "{at: 2025-07-02T00:00:00+00:00, episodes: [3-6, making-of], status: tentative}",
        "{at: 2025-07-03T00:00:00+00:00, episodes: [2-5], runtime: 70}",
        "{at: 2025-07-04T00:00:00+00:00, episodes: [2-6], runtime: 90}",
    )
    newest, _, oldest = list_log(load_log(*changes))
    assert oldest.title == "Episodes 3–6, The making of"  # noqa: RUF001 - an en dash
    assert newest.text == (
        "Episodes 2–5, Friday 4 July 2025: Now 1 h 30 min long, not 1 h 10 min.\n"  # noqa: RUF001
        "Episode 6, Friday 4 July 2025: Now 1 h 30 min long, not 1 h."
    )


def test_entries_of_a_growing_schedule() -> None:
    log = list_log(load_yaml(RELEASES))
    assert [(each.title, each.fragment) for each in log] == [
        ("Season 3: October 2027", "changes"),
        ("Episode 2, The Search", "e02"),
        ("S02E03", "s02e03"),
        ("S02E05", "s02e05"),
        ("S02E01–E02", "changes"),  # noqa: RUF001 - an en dash
        ("Season 2: 5 episodes from Monday 6 January 2025", "s02e01"),
        ("The party: Wednesday 25 December 2024", "party"),
    ]
    assert [each.text.partition(": ")[2] for each in log[:5]] == [
        "Season 3: October 2027",
        "Channel: Moved from Sunday 12 May 2024, 21:30 BST to Sunday 12 May 2024, 22:00 BST.",
        "Moved from Monday 13 January 2025 to Tuesday 14 January 2025.",
        "Postponed. A strike.",
        "The hour is known: Monday 6 January 2025, 22:00 GMT.",
    ]


BLOCK: Final = "{premiere: 2025-07-21, weekdays: [monday], time: 23:00, runtime: 60, episodes: 8}"
ADDED: Final = "season: 2, published: 2025-08-01T00:00:00Z, time: 23:00, runtime: 60"


def list_added(*blocks: str) -> list[tuple[str, str]]:
    log = list_log(load_yaml(edit_airing(BLOCK, *(f"{{{ADDED}, {each}}}" for each in blocks))))
    return [(each.title, str(each.id)) for each in log]


def test_added_blocks_of_a_season_are_one_entry() -> None:
    volumes = ("premiere: 2026-11-26, episodes: 4", "premiere: 2026-12-25, episodes: 3")
    ((one, id_of_one),), ((both, id_of_both),) = list_added(volumes[0]), list_added(*volumes)
    assert one == "Season 2: 4 episodes on Thursday 26 November 2026"
    assert both == "Season 2: 7 episodes from Thursday 26 November 2026"
    assert id_of_one == id_of_both


def test_added_episode_is_on_its_date() -> None:
    ((title, _),) = list_added("dates: [2026-11-26]")
    assert title == "Season 2: 1 episode on Thursday 26 November 2026"


def test_ids_do_not_change_when_a_count_is_raised() -> None:
    later = BLOCK.replace("2025-07-21", "2026-07-20").replace(
        "{", "{published: 2025-08-01T00:00:00Z, "
    )
    for first in (BLOCK, BLOCK.replace("8}", "9}")):
        schedule = load_yaml(edit_airing(first, later))
        (entry,) = list_log(schedule)
        assert entry.id == uuid.uuid5(schedule.show.uid, "published/2025-08-01T00:00:00Z/")
