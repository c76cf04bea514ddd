"""Suggesting a known word for a misspelt one."""

from __future__ import annotations

import pytest

from defects_ical.text.suggestions import closest_match

KEYS = ("changes", "clocks", "episodes")


@pytest.mark.parametrize(
    ("word", "match"), [("episods", "episodes"), ("CLOCKS", "clocks"), ("xyz", None)]
)
def test_closest_word_is_suggested(word: str, match: str | None) -> None:
    assert closest_match(word, KEYS) == match


def test_cutoff_rejects_weak_similarity() -> None:
    assert closest_match("languages", KEYS) == "changes"
    assert closest_match("languages", KEYS, 0.65) is None
