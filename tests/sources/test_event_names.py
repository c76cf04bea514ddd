"""Season, number and title in the names of events."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from defects_ical.sources.events.names import find_title, parse_name, remove_cancelled_label

_ONE_SEASON = [
    *("S01E02", "s1e2", "S1 E2", "S1.E02", "S01 Ep. 2", "Season 1 Episode 2", "1x02", "01X02"),
    *("Season 1, Episode 2", "Series 1: Episode 2", "시즌1 2화", "シーズン1 第2話", "第1季第2集"),
    *("Staffel 1, Folge 2", "第1期 第2話", "S1 #2"),
]
_NO_SEASON = [
    *(
        "Episode 2",
        "episode 02",
        "Ep. 2",
        "Ep 2",
        "EP2",
        "E02",
        "#2",
        "# 2",
        "2화",
        "제2화",
        "제 2 화",
    ),
    *(
        "2회",
        "제2회",
        "第2話",
        "第2集",
        "第2话",
        "第2回",
        "第\uff12話",
        "Episode 2 of 16",
        "Ep. 2/16",
    ),
    *("Folge 2", "Episodio 2", "Épisode 2", "Capítulo 2"),
]


@pytest.mark.parametrize("text", _ONE_SEASON)
def test_seasons_and_numbers(text: str) -> None:
    for summary in (
        text,
        f"The Show {text}",
        f"The Show \u2013 {text}: A Title",
        f"A Title ({text})",
    ):
        name = parse_name(summary)
        assert (name.season, name.number, name.last) == (1, 2, 2)
        assert find_title(name, ["The Show"]) == ("A Title" if "Title" in summary else None)


@pytest.mark.parametrize("text", _NO_SEASON)
def test_numbers_without_season(text: str) -> None:
    for summary in (text, f"The Show {text}", f"[{text}] A Title", f"The Show: {text} “A Title”"):
        name = parse_name(summary)
        assert (name.season, name.number, name.last) == (None, 2, 2)
        assert find_title(name, ["The Show"]) == ("A Title" if "Title" in summary else None)


@pytest.mark.parametrize(
    "text",
    [
        *("", "The Search", "The 4400", "1920x1080", "Part 2", "Wave2", "The E3x", "A#2", "&#2;"),
        *("2회차", "Apollo 13", "24", "Episode", "Prep 2", "S01", "R2D2", "1x1", "Sleep. 2"),
    ],
)
def test_other_texts_have_no_number(text: str) -> None:
    assert parse_name(text).number is None
    assert find_title(parse_name(text), []) == (text or None)


@pytest.mark.parametrize(
    ("text", "numbers", "title"),
    [
        ("S01E01-E02 Pilot", (1, 2), "Pilot"),
        ("S01E01E02", (1, 2), None),
        ("Episodes 3-4", (3, 4), None),
        ("Ep. 3+4", (3, 4), None),
        ("3~4화", (3, 4), None),
        ("第3-4話", (3, 4), None),
        ("1x01-02", (1, 2), None),
        ("Episode 3 - 4 Weddings", (3, 3), "4 Weddings"),
        ("Episode 3-24 Hours", (3, 3), "24 Hours"),
        ("Episode 4-3", (4, 4), "3"),
    ],
)
def test_ranges_of_numbers(text: str, numbers: tuple[int, int], title: str | None) -> None:
    name = parse_name(text)
    assert (name.number, name.last) == numbers
    assert find_title(name, []) == title


@pytest.mark.parametrize(
    ("text", "shows", "title"),
    [
        ("The Show: The Search", ["the show"], "The Search"),
        ("The Showdown", ["The Show"], "The Showdown"),
        ("NEW: The Show S01E02 \u2013 A", ["The Show"], "NEW \u2013 A"),
        ("The Show Goes On S01E02", ["The Show", "The Show Goes On"], None),
        ("The Show S01E02 “A” and “B”", ["The Show"], "“A” and “B”"),
        ("(The Show) S01E02 「探す」", ["The Show"], "探す"),
        ("The Show", ["The Show"], None),
        ("A (b) S01E02", [], "A (b)"),
        ("The Show S00E03: The Making", ["The Show"], "The Making"),
    ],
)
def test_titles_are_what_is_left(text: str, shows: list[str], title: str | None) -> None:
    assert find_title(parse_name(text), shows) == title


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Cancelled: Show E03", "Show E03"),
        ("[결방] 쇼 3화", "쇼 3화"),
        ("Canceled event: Show", "Show"),
        ("【休止】ショー", "ショー"),
        ("Cancelled Lives E03", "Cancelled Lives E03"),
    ],
)
def test_labels_of_cancelled_events(text: str, rest: str) -> None:
    assert remove_cancelled_label(text) == rest


@given(st.text("S01E x#제화第話-\u2013()[]“” :Episode", max_size=60))
def test_any_name_is_read(text: str) -> None:
    name = parse_name(text)
    find_title(name, [text[:5], ""])
    assert (name.number is None) == (name.last is None)


@pytest.mark.parametrize("part", ["S1", "E", "(", "第", "1", " ", "[]", "Season ", "1x", "#", "“"])
def test_hostile_names_take_linear_time(part: str) -> None:
    started = time.monotonic()
    find_title(parse_name(part * 5000), ["x"])
    assert time.monotonic() - started < 2
