"""Dates, durations, counts and lists of names in English."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

# The names of strftime depend on the locale of the process.
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def format_date(when: date) -> str:
    """Format a date in full: "Monday 21 July 2025"."""
    return f"{WEEKDAYS[when.weekday()]} {when.day} {MONTHS[when.month - 1]} {when.year}"


def format_day(when: date) -> str:
    """Format a date without its weekday: "21 July 2025"."""
    return format_date(when).partition(" ")[2]


def format_short_date(when: date) -> str:
    """Format a date without its year, in little space: "Mon 21 Jul"."""
    return f"{WEEKDAYS[when.weekday()][:3]} {when.day} {MONTHS[when.month - 1][:3]}"


def format_duration(minutes: int) -> str:
    """Format a number of minutes: "1 h 30 min"."""
    hours, rest = divmod(minutes, 60)
    return " ".join(filter(None, (f"{hours} h" if hours else "", f"{rest} min" if rest else "")))


def format_distance(days: int, minutes: int) -> str:
    """Format days and minutes: "14 days", "1 day 2 h"."""
    parts = (count_noun(days, "day") if days else "", format_duration(minutes))
    return " ".join(filter(None, parts))


def format_month(year: int, month: int | None) -> str:
    """Format a month, or a year if ``month`` is None: "October 2027", "2027"."""
    return f"{MONTHS[month - 1]} {year}" if month else str(year)


def count_noun(count: int, noun: str) -> str:
    """Format a count of a noun whose plural ends in "s": "1 episode", "1,200 episodes"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def join_names(names: Sequence[str]) -> str:
    """Join names to a list: "Google, Apple and Outlook"."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
