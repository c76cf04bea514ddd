"""Names of episodes: season, number and title."""

from __future__ import annotations

import pytest

from defects_ical.sources.episode_names import EpisodeName, parse_episode_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("S01E02", (1, 2, None)),
        ("s1e2", (1, 2, None)),
        ("S2 E10", (2, 10, None)),
        ("S2025E250", (2025, 250, None)),
        ("Season 2, Episode 3: The End", (2, 3, "The End")),
        ("1x02", (1, 2, None)),
        ("Episode 3", (None, 3, None)),
        ("Ep. 3", (None, 3, None)),
        ("EP3", (None, 3, None)),
        ("Folge 12", (None, 12, None)),
        ("E03", (None, 3, None)),
        ("#3", (None, 3, None)),
        ("3화", (None, 3, None)),
        ("제3화", (None, 3, None)),
        ("시즌 2 3화", (2, 3, None)),
        ("第3話", (None, 3, None)),
        ("第3集", (None, 3, None)),
        ("第2季第3集", (2, 3, None)),
        ("S00E01 The Making of", (0, 1, "The Making of")),
    ],
)
def test_number_is_found(text: str, name: tuple[int | None, int, str | None]) -> None:
    assert parse_episode_name(text) == EpisodeName(*name)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("S01E02 The Search", "The Search"),
        ("S01E02 - The Search", "The Search"),
        ("S01E02: “The Search”", "The Search"),
        ("The Search (S01E02)", "The Search"),
        ("The Search | S01E02", "The Search"),
        ("The Show: S01E02 - The Search", "The Search"),
        ("S01E02. The Search", "The Search"),
        ("S01E02 - 24 Hours", "24 Hours"),
        ("S01E02 (Part 1)", "Part 1"),
        ("S01E02 ...and Justice", "...and Justice"),
    ],
)
def test_title_is_around_number(text: str, title: str) -> None:
    assert parse_episode_name(text) == EpisodeName(1, 2, title)


def test_title_has_no_quotes_of_its_language() -> None:
    assert parse_episode_name("第3話「雨の音」").title == "雨の音"


@pytest.mark.parametrize(
    "text",
    ["Pilot", "Catch-22", "E3 2025", "The 4x4", "Seas1e2", "Apollo 13", "Episode Three", "#MeToo"],
)
def test_other_text_is_title(text: str) -> None:
    assert parse_episode_name(text) == EpisodeName(None, None, text)


@pytest.mark.parametrize(
    "text",
    ["S01E01-E02", "S01E01E02", "S01E01-02", "S01E01 & E02", "Episode 3 & 4", "Episode 3-4"],
)
def test_several_numbers_are_none(text: str) -> None:
    """A name of several episodes is not that of the first."""
    assert parse_episode_name(text) == EpisodeName(None, None, text)


def test_empty_text_names_nothing() -> None:
    assert parse_episode_name(" ") == EpisodeName(None, None, None)
