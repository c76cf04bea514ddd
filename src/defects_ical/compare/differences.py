"""The types of a comparison: a difference, its kind, its severity, and the catalogue of issues."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal, NamedTuple, TypeAlias

from defects_ical.compare.suggested_entries import RequiredEntry
from defects_ical.model.schedule import Status

Kind: TypeAlias = (
    Status | Literal["added", "removed", "moved", "duration changed", "text changed", "restored"]
)
"""What subscribers see; "restored" is confirmed after a cancellation."""

Severity: TypeAlias = Literal["ok", "warning", "error"]

WHOLE_FEED: Final = "The whole feed"
_NOT_CANCELLED: Final = (
    " without a cancellation; calendar apps keep it, or delete it without notice"
)


class IssueText(NamedTuple):
    """The texts of an issue.

    ``label`` follows the severity in a table; ``problem`` follows what changed, in a message;
    ``fix`` is a sentence without the entries to append: those replace ``{entries}`` in it.
    """

    label: str
    problem: str
    fix: str = "Append {entries} to `changes`."


class Issue(Enum):
    """Why some calendar apps would not apply a difference.

    Apps apply a change if the stamps of an event (SEQUENCE, DTSTAMP and LAST-MODIFIED) increase,
    and only entries of the change log increase them. Other changes reach some subscribers only.
    UNKNOWN_EVENT_REMOVED is about an event whose episode is unknown.
    """

    UNANNOUNCED = IssueText("unannounced", " without an entry in `changes`")
    UNANNOUNCED_TEXT = IssueText("text without an entry", " without an entry in `changes`")
    STAMP_DECREASED = IssueText(
        "SEQUENCE or DTSTAMP decreased",
        "; SEQUENCE or DTSTAMP decreased, so some calendar apps ignore this",
        "Restore the entry that was removed or edited, or append {entries} to `changes`.",
    )
    STAMP_UNCHANGED = IssueText(
        "DTSTAMP did not increase", "; SEQUENCE increased, but DTSTAMP did not"
    )
    REMOVED = IssueText("not cancelled", _NOT_CANCELLED)
    UNKNOWN_EVENT_REMOVED = IssueText(
        "not cancelled", _NOT_CANCELLED, "Restore it with its former id."
    )
    FEED_MISSING = IssueText(
        "feed missing",
        "the feed is missing, so subscribers would get no updates",
        "Restore the `slug`, or the platform's id.",
    )
    ALL_UIDS_CHANGED = IssueText(
        "all UIDs changed",
        "all UIDs changed, so subscribers would lose every event or see it twice",
        "Restore `show.uid`.",
    )


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
