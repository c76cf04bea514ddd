"""Dates, durations, counts and lists in English."""

from __future__ import annotations

from datetime import date

import pytest

from defects_ical.text.english import (
    count_noun,
    format_date,
    format_day,
    format_duration,
    join_names,
)


def test_date_is_written_in_full() -> None:
    assert format_date(date(2025, 7, 21)) == "Monday 21 July 2025"
    assert format_day(date(2025, 7, 21)) == "21 July 2025"


@pytest.mark.parametrize(("minutes", "text"), [(45, "45 min"), (60, "1 h"), (131, "2 h 11 min")])
def test_duration_has_hours_and_minutes(minutes: int, text: str) -> None:
    assert format_duration(minutes) == text


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 episodes"), (1, "1 episode"), (1200, "1,200 episodes")]
)
def test_noun_agrees_with_count(count: int, text: str) -> None:
    assert count_noun(count, "episode") == text


def test_names_are_joined() -> None:
    assert join_names(["Google"]) == "Google"
    assert join_names(["Google", "Apple", "Outlook"]) == "Google, Apple and Outlook"
