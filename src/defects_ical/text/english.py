"""Counts and lists of names in English, for messages and reports."""

from __future__ import annotations

from collections.abc import Sequence

from defects_ical.text.languages import ENGLISH

WEEKDAYS = ENGLISH.weekdays
MONTHS = ENGLISH.months


def count_noun(count: int, noun: str) -> str:
    """Format a count of a noun whose plural ends in "s": "1 episode", "1,200 episodes"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def join_names(names: Sequence[str]) -> str:
    """Join names to a list: "Google, Apple and Outlook"."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
