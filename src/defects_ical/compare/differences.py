"""The types of a comparison: a difference, its kind, its issue and its severity."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal, TypeAlias

from defects_ical.compare.suggested_entries import RequiredEntry

Kind: TypeAlias = Literal[
    "added",
    "removed",
    "moved",
    "duration changed",
    "text changed",
    "confirmed",
    "tentative",
    "cancelled",
    "restored",
]
"""What subscribers see; "restored" is confirmed after a cancellation."""

Severity: TypeAlias = Literal["ok", "warning", "error"]


class Issue(Enum):
    """Why some calendar apps would not apply a difference.

    Apps apply a change if the stamps of an event (SEQUENCE, DTSTAMP and LAST-MODIFIED) increase,
    and only entries of the change log increase them. STAMP_UNCHANGED is an increased SEQUENCE with
    the same dates; REMOVED an event that is missing instead of cancelled,
    UNKNOWN_EVENT_REMOVED one whose episode is unknown.
    """

    UNANNOUNCED = "unannounced"
    UNANNOUNCED_TEXT = "unannounced-text"
    STAMP_DECREASED = "stamp-decreased"
    STAMP_UNCHANGED = "stamp-unchanged"
    REMOVED = "removed"
    UNKNOWN_EVENT_REMOVED = "unknown-event-removed"
    FEED_MISSING = "feed-missing"
    ALL_UIDS_CHANGED = "all-uids-changed"


WHOLE_FEED: Final = "The whole feed"
CALENDAR: Final = "The calendar"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that subscribers to ``feed`` (a path of the site) would see.

    ``episode`` is the id of an episode, or None if the difference is about a feed or about an
    unknown event; ``name`` is for people. ``before`` and ``after`` describe it in English, with
    times local to the schedule's time zone; they may be empty. ``required`` is what the change
    log has to say about the episode.
    """

    episode: str | None
    name: str
    kind: Kind
    before: str
    after: str
    feed: str
    issue: Issue | None = None
    required: RequiredEntry | None = None

    @property
    def severity(self) -> Severity:
        """An error for everything but text: an unannounced text is only a warning."""
        if self.issue is None:
            return "ok"
        return "warning" if self.issue is Issue.UNANNOUNCED_TEXT else "error"
