"""What words in `changes` refer to, and what a platform's own plan is."""

from __future__ import annotations

from typing import Final

import pytest

from defects_ical.schedule.expansion import expand_schedule
from defects_ical.schedule.roster import list_episodes, plan_platform
from tests.support.example_schedules import load_yaml

SCHEDULE: Final = """\
format: 1
show: {uid: 3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29, slug: show, title: The Show}
timezone: Asia/Seoul
published: 2026-01-01T00:00:00Z
airing:
  - {premiere: 2026-02-02, weekdays: [monday], time: 21:00, runtime: 60, episodes: 98-103}
  - {season: 2, premiere: 2026-05-04, weekdays: [monday], together: 2, episodes: 5}
  - {season: 2, published: 2026-01-05T00:00:00Z, premiere: 2026-07-06, episodes: 2}
  - {season: 3, premiere: 2027, episodes: 2}
platforms:
  channel: {name: Channel, kind: television, region: Here}
  box:
    {name: Box, kind: streaming, region: Here, delay: 0,
     airing: {season: 2, dates: [2026-05-10, 2026-05-17], together: 3}}
specials:
  - {id: s02, title: Named like a season, airs: 2026-12-24}
  - {id: extra, published: 2026-01-05T00:00:00Z, title: Extra, airs: 2026-12-25}
changes:
"""


def resolve(words: str, day: str) -> list[str]:
    """Return the keys that an entry of a day of January is about."""
    entry = f"  - {{at: 2026-01-{day}T00:00:00Z, episodes: {words}, note: Louder.}}"
    schedule = load_yaml(SCHEDULE + entry)
    return [*list_episodes(schedule).resolve(schedule.changes[0])]


SECOND_SEASON: Final = [f"s02e0{number}" for number in range(1, 6)]
FIRST_EPISODES: Final = ["98", "99", "100", "101", "102", "103"]


@pytest.mark.parametrize(
    ("words", "day", "keys"),
    [
        ("[100]", "02", ["100"]),
        ("[extra, 98]", "06", ["extra", "98"]),
        ("[99-101]", "02", ["99", "100", "101"]),
        ("[s02e04-s02e06]", "06", ["s02e04", "s02e05", "s02e06"]),
        # A special of that id comes before the season.
        ("[s02]", "06", ["s02"]),
        # What is published later, also at the same time, is not part of `all`.
        ("all", "02", [*FIRST_EPISODES, *SECOND_SEASON, "s02"]),
        ("all", "05", [*FIRST_EPISODES, *SECOND_SEASON, "s02"]),
        ("all", "06", [*FIRST_EPISODES, *SECOND_SEASON, "s02e06", "s02e07", "s02", "extra"]),
    ],
)
def test_words_name_episodes(words: str, day: str, keys: list[str]) -> None:
    assert resolve(words, day) == keys


@pytest.mark.parametrize(("day", "count"), [("02", 5), ("06", 7)])
def test_season_is_what_was_published(day: str, count: int) -> None:
    text = SCHEDULE.replace("id: s02,", "id: other,")
    entry = f"  - {{at: 2026-01-{day}T00:00:00Z, episodes: [s02], note: Louder.}}"
    schedule = load_yaml(text + entry)
    assert len(list_episodes(schedule).resolve(schedule.changes[0])) == count


def test_announced_episodes_are_not_planned() -> None:
    roster = list_episodes(load_yaml(f"{SCHEDULE} []"))
    assert roster.announced == {"s03e01", "s03e02"}
    assert not roster.announced & {*roster.planned}


def test_own_plan_of_a_platform() -> None:
    schedule = load_yaml(f"{SCHEDULE} []")
    own, planned = plan_platform(schedule, "box"), list_episodes(schedule).planned
    assert [*own] == [*SECOND_SEASON, "s02e06"]
    assert {key: str(each.slot.day) for key, each in own.items() if key[-1] in "36"} == {
        "s02e03": "2026-05-10",
        "s02e06": "2026-05-17",
    }
    assert own["s02e06"].published == planned["s02e06"].published > schedule.published


def test_events_of_a_platform_with_own_plan() -> None:
    """What the plan does not name follows the broadcast, in the broadcast's events."""
    listings = expand_schedule(load_yaml(f"{SCHEDULE} []"))
    events = {event.id: len(event.episodes) for event in listings.platforms["box"].events}
    assert events == {
        **{f"e{key}": 1 for key in FIRST_EPISODES},
        "s02e01": 3,
        "s02e04": 3,
        "s02e07": 1,
        "s02": 1,
        "extra": 1,
    }
    assert {event.id: len(event.episodes) for event in listings.main.events} == {
        **{f"e{key}": 1 for key in FIRST_EPISODES},
        "s02e01": 2,
        "s02e03": 2,
        "s02e05": 1,
        "s02e06": 2,
        "s02": 1,
        "extra": 1,
    }


def test_platform_without_own_plan_is_as_the_broadcast() -> None:
    listings = expand_schedule(load_yaml(f"{SCHEDULE} []"))
    starts = {each.id: each.start or each.date for each in listings.platforms["channel"].episodes}
    assert starts == {each.id: each.start or each.date for each in listings.main.episodes}
