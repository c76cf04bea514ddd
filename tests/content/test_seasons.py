"""The seasons of a schedule, with their episodes and what is announced."""

from __future__ import annotations

import pytest

from defects_ical.content.seasons import Season, list_seasons
from defects_ical.schedule.expansion import expand_episodes
from tests.support.example_schedules import edit_airing, load_yaml

RULE = "weekdays: [monday], time: 23:00, runtime: 60"
FIRST = f"{{premiere: 2025-07-21, {RULE}, episodes: 2}}"
SECOND = f"{{season: 2, premiere: 2026-07-20, {RULE}, episodes: 2}}"
SPECIAL = "{id: special, title: Special, airs: 2025-12-25, runtime: 60}"


def list_of(*blocks: str, specials: str = "", season: int | None = None) -> tuple[Season, ...]:
    schedule = load_yaml(edit_airing(*blocks, specials=specials, season=season))
    return list_seasons(schedule, expand_episodes(schedule))


def describe(season: Season) -> tuple[str, int | None, list[str], list[str]]:
    announced = [f"{name}: {period.isoformat()}" for name, period in season.announcements]
    return season.name, season.episode_count, [each.id for each in season.episodes], announced


def test_old_schedule_is_one_season() -> None:
    assert [describe(each) for each in list_of(FIRST, specials=SPECIAL)] == [
        ("Episodes", 2, ["e01", "e02", "special"], [])
    ]
    assert [each.name for each in list_of(FIRST, season=4)] == ["Season 4"]


def test_special_belongs_to_the_season_before_it() -> None:
    blocks = SECOND, FIRST, "{season: 3, premiere: 2027-10}"
    assert [describe(each) for each in list_of(*blocks, specials=SPECIAL, season=1)] == [
        ("Season 1", 2, ["e01", "e02", "special"], []),
        ("Season 2", 2, ["s02e01", "s02e02"], []),
        ("Season 3", None, [], [": 2027-10"]),
    ]


def test_special_before_every_season_belongs_to_the_first() -> None:
    special = SPECIAL.replace("2025-12-25", "2025-07-01")
    first, _ = list_of(FIRST, SECOND, specials=special, season=1)
    assert [each.id for each in first.episodes] == ["special", "e01", "e02"]


def test_schedule_of_specials_has_one_season_without_number() -> None:
    (season,) = list_of(specials=SPECIAL)
    assert (season.number, season.episode_count, len(season.episodes)) == (None, None, 1)


@pytest.mark.parametrize(
    ("episodes", "name"),
    [("1", "Episode 3"), ("2", "Episodes 3–4"), ("10-12", "Episodes 10–12")],  # noqa: RUF001 - en dashes
)
def test_announced_episodes_have_their_numbers(episodes: str, name: str) -> None:
    (season,) = list_of(FIRST, f"{{premiere: 2027, episodes: {episodes}}}")
    assert [(each.name, each.period.isoformat()) for each in season.announcements] == [
        (name, "2027")
    ]


@pytest.mark.parametrize(
    ("episodes", "count"),
    [("8", 8), ("1-8", 8), ("0-8", 9), ("2-8", None), ("7250-7289", None), ("60-75", None)],
)
def test_count_is_known_from_the_first_number_on(episodes: str, count: int | None) -> None:
    (season,) = list_of(f"{{premiere: 2025-07-21, {RULE}, episodes: {episodes}}}")
    assert season.episode_count == count


def test_count_is_unknown_with_a_gap_or_an_announcement() -> None:
    last = f"{{premiere: 2026-07-20, {RULE}, episodes: 5-6}}"
    assert list_of(FIRST, last)[0].episode_count is None
    assert list_of(FIRST, "{premiere: 2027}")[0].episode_count is None
    assert list_of(FIRST, "{premiere: 2027, episodes: 3}")[0].episode_count == 5
