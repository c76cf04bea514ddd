"""Counts and lists in English."""

from __future__ import annotations

import pytest

from defects_ical.text.english import MONTHS, WEEKDAYS, count_noun, join_names


def test_names_of_calendar_begin_with_monday_and_january() -> None:
    assert (WEEKDAYS[0], WEEKDAYS[-1]) == ("Monday", "Sunday")
    assert (MONTHS[0], MONTHS[-1]) == ("January", "December")


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 episodes"), (1, "1 episode"), (1200, "1,200 episodes")]
)
def test_noun_agrees_with_count(count: int, text: str) -> None:
    assert count_noun(count, "episode") == text


def test_names_are_joined() -> None:
    assert join_names(["Google"]) == "Google"
    assert join_names(["Google", "Apple", "Outlook"]) == "Google, Apple and Outlook"
