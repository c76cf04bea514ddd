"""What a program reads from a feed: occurrences with their times as text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import NamedTuple

# The occurrences of this year are compared; all feeds have theirs in it.
YEAR = 2031


class Occurrence(NamedTuple):
    """An occurrence of an event, with times as RFC 5545 writes them; some give no end."""

    uid: str
    title: str
    start: str
    end: str | None


@dataclass(slots=True)
class Reading:
    """What an importer reads from a feed, and what it does not read."""

    occurrences: list[Occurrence] = field(default_factory=list)
    # Why it refuses the whole feed.
    refusal: str | None = None
    # Why it loses events.
    failures: list[str] = field(default_factory=list)
    # The properties that it leaves out.
    drops: list[str] = field(default_factory=list)


def make_occurrence(uid: object, title: object, start: object, end: object) -> Occurrence:
    """Make an occurrence of the values of an importer."""
    return Occurrence(
        str(uid or ""), str(title or ""), format_time(start) or "", format_time(end) or None
    )


def format_time(time: object) -> str:
    """Format a date, a time in UTC, or a time without a zone; all else is no time."""
    if isinstance(time, datetime):
        if time.tzinfo is None:
            return f"{time:%Y%m%dT%H%M%S}"
        return f"{time.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return f"{time:%Y%m%d}" if isinstance(time, date) else ""
