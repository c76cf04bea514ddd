"""The list of the page: seasons, and the weeks, months or years of long lists."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest

from defects_ical.content.episode_list import Part, arrange_events, list_expected
from defects_ical.content.site_input import SiteInput
from tests.conftest import SITE_URL
from tests.support.example_schedules import load_yaml, make_yaml
from tests.support.page_schedules import (
    ANNOUNCED,
    DAILY,
    FILM,
    POSTPONED_SEASON,
    SHIPPED,
    THREE_SEASONS,
)

DAYS = "[monday, tuesday, wednesday, thursday, friday]"


def arrange(text: str) -> tuple[Part, ...]:
    return arrange_events(SiteInput(load_yaml(text), SITE_URL))


def measure_depth(part: Part) -> int:
    return 1 + max(map(measure_depth, part.parts), default=-1) if part.parts else 0


def list_leaves(parts: Iterable[Part]) -> list[Part]:
    return [leaf for each in parts for leaf in (list_leaves(each.parts) or [each])]


@pytest.mark.parametrize("text", [SHIPPED, FILM, make_yaml(episodes=31)])
def test_short_list_without_seasons_is_one_list(text: str) -> None:
    (season,) = arrange(text)
    assert (season.title, season.parts) == ("", ())


def test_seasons_are_listed_from_the_last_one() -> None:
    assert [(each.id, each.title, each.names) for each in arrange(THREE_SEASONS)] == [
        ("season_3", "Season 3", "S03E01–E08"),  # noqa: RUF001 - an en dash
        ("season_2", "Season 2", "S02E01–E10, A Christmas special"),  # noqa: RUF001 - an en dash
        ("season_1", "Season 1", "S01E01–E09"),  # noqa: RUF001 - an en dash
    ]


def test_episodes_without_season_have_the_label_of_the_show() -> None:
    titles = {
        text: [(each.id, each.title) for each in arrange(text)]
        for text in (
            POSTPONED_SEASON,
            POSTPONED_SEASON.replace("slug: show", "slug: show\n  season: 1"),
        )
    }
    assert [*titles.values()] == [
        [("season_2", "Season 2"), ("season_other", "Episodes 1–4")],  # noqa: RUF001 - an en dash
        [("season_2", "Season 2"), ("season_1", "Season 1")],
    ]


@pytest.mark.parametrize(
    ("weekdays", "episodes", "first", "count"),
    [
        (DAYS, 120, "21 July to 25 July 2025", 24),
        # A week of one episode each is no better than a list.
        ("[monday]", 32, "July 2025", 8),
        ("[monday]", 120, "July 2025", 29),
        (DAYS, 250, "July 2025", 13),
        (DAYS, 1500, "2025", 7),
    ],
)
def test_long_list_is_split_by_date(weekdays: str, episodes: int, first: str, count: int) -> None:
    (season,) = arrange(make_yaml(weekdays=weekdays, episodes=episodes))
    assert (season.parts[0].title, len(season.parts)) == (first, count)
    leaves = list_leaves(season.parts)
    assert max(len(each.events) for each in leaves) <= 31
    assert [event for leaf in leaves for event in leaf.events] == [*season.events]


def test_list_with_gaps_is_split_by_week() -> None:
    """Only the weeks in which something airs are parts."""
    rule = f"weekdays: {DAYS}, time: 21:00, runtime: 60, episodes: 15"
    blocks = "".join(f"  - {{premiere: {year}-03-01, {rule}}}\n" for year in (2021, 2022, 2023))
    text = make_yaml(published="2021-01-01T00:00:00+09:00")
    (season,) = arrange(re.sub("airing:\n(  .*\n)+", f"airing:\n{blocks}", text))
    assert [len(each.events) for each in season.parts] == [5, 5, 5, 4, 5, 5, 1, 3, 5, 5, 2]


def test_longest_list_is_split_twice() -> None:
    days = "[monday, tuesday, wednesday, thursday, friday, saturday, sunday]"
    (season,) = arrange(make_yaml(weekdays=days, episodes=3000))
    assert measure_depth(season) == 2
    assert season.parts[1].title == "2026"
    assert [each.title for each in season.parts[1].parts[:2]] == ["January 2026", "February 2026"]


def test_parts_name_their_episodes() -> None:
    (season,) = arrange(DAILY)
    assert [each.names for each in season.parts[1:3]] == [
        *("Episodes 6–10", "Episodes 11–15"),  # noqa: RUF001 - an en dash
    ]
    assert season.parts[-1].title == "15 June to 19 June 2026"


def test_what_comes_on_one_date_is_not_split() -> None:
    text = make_yaml(episodes=40).replace("  weekdays: [monday, tuesday]\n", "")
    (season,) = arrange(text)
    assert (season.parts, len(season.episodes), len(season.events)) == ((), 40, 1)


def test_expected_episodes_are_named() -> None:
    later = THREE_SEASONS.replace(
        "{season: 4, premiere: 2027-10}", "{season: 3, premiere: 2027, episodes: 4}"
    )
    expected = [
        [*map(tuple, list_expected(SiteInput(load_yaml(each), SITE_URL)))]
        for each in (THREE_SEASONS, later, ANNOUNCED, SHIPPED)
    ]
    assert expected == [
        [("Season 4", "October 2027", "")],
        [("More of season 3", "2027", "S03E09–E12")],  # noqa: RUF001 - an en dash
        [("Season 1", "October 2027", "")],
        [],
    ]
