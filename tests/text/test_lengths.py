"""Lengths of time and counts in words."""

from __future__ import annotations

import pytest

from defects_ical.text.languages import ENGLISH, LANGUAGES, load_words
from defects_ical.text.lengths import (
    DAY_MINUTES,
    format_count,
    format_distance,
    format_duration,
    format_number,
)


@pytest.mark.parametrize(
    ("minutes", "text"), [(45, "45 min"), (60, "1 h"), (131, "2 h 11 min"), (0, "")]
)
def test_duration_has_hours_and_minutes(minutes: int, text: str) -> None:
    assert format_duration(minutes, ENGLISH) == text


@pytest.mark.parametrize(
    ("code", "text"), [("ko", "2시간 11분"), ("de", "2 Std. 11 Min."), ("id", "2 j 11 mnt")]
)
def test_duration_has_the_units_of_the_language(code: str, text: str) -> None:
    assert format_duration(131, load_words(code)) == text


@pytest.mark.parametrize(
    ("days", "minutes", "text"),
    [
        (14, 0, "14 days"),
        (1, 120, "1 day 2 h"),
        (0, 30, "30 min"),
        (0, DAY_MINUTES, "24 h"),
        (1200, 1, "1,200 days 1 min"),
    ],
)
def test_distance_has_days(days: int, minutes: int, text: str) -> None:
    assert format_distance(days, minutes, ENGLISH) == text


def test_parts_of_a_distance_are_joined_as_in_the_language() -> None:
    assert format_distance(1, 120, load_words("ko")) == "1일 2시간"
    assert format_distance(3, 90, load_words("ar")) == "3 أيام و1 س و30 د"


@pytest.mark.parametrize(
    ("code", "text"),
    [("en", "12,345"), ("de", "12.345"), ("fr", "12\N{NARROW NO-BREAK SPACE}345"), ("es", "12345")],
)
def test_thousands_are_grouped_as_in_the_language(code: str, text: str) -> None:
    words = load_words(code)
    assert format_number(12_345, words) == text
    assert format_number(999, words) == "999"


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 episodes"), (1, "1 episode"), (1200, "1,200 episodes")]
)
def test_form_agrees_with_the_count(count: int, text: str) -> None:
    assert format_count(count, ENGLISH.count_episodes, ENGLISH) == text


@pytest.mark.parametrize(
    ("code", "count", "text"),
    [
        ("fr", 0, "0 épisode"),
        ("fr", 2, "2 épisodes"),
        ("de", 0, "0 Folgen"),
        ("ko", 1, "에피소드 1개"),
        ("ar", 2, "2 حلقتان"),
        ("ar", 3, "3 حلقات"),
        ("ar", 11, "11 حلقة"),
    ],
)
def test_form_is_that_of_the_language(code: str, count: int, text: str) -> None:
    words = load_words(code)
    assert format_count(count, words.count_episodes, words) == text


def test_text_with_a_count_has_other_values() -> None:
    text = format_count(2, ENGLISH.added_on, ENGLISH, name="{count}", date="21 July 2025")
    assert text == "{count}: 2 episodes on 21 July 2025"


@pytest.mark.parametrize("code", LANGUAGES)
def test_counts_differ(code: str) -> None:
    """Each form has the number, also where the language could do without."""
    words = load_words(code)
    for forms in (words.days, words.long_hours, words.count_episodes, words.count_shows):
        assert len({format_count(each, forms, words) for each in range(2000)}) == 2000
