"""The types of a comparison: a difference, its kind, its severity, and the catalogue of issues."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Final, Literal, NamedTuple, TypeAlias

from defects_ical.compare.restoration import RemovedEvent
from defects_ical.model.changes import Status
from defects_ical.model.episode_numbers import EpisodeNumber
from defects_ical.model.fields import Slot
from defects_ical.schedule.episodes import Start

Kind: TypeAlias = (
    Status
    | Literal[
        "added",
        "removed",
        "joined",
        "moved",
        "hour known",
        "duration changed",
        "episodes changed",
        "text changed",
        "restored",
    ]
)
"""What subscribers see.

"joined" is an event that is gone because its episode is released together with others now;
"episodes changed" is what happens to the event of those. "restored" is confirmed after a
cancellation.
"""

Severity: TypeAlias = Literal["ok", "warning", "error"]

WHOLE_FEED: Final = "The whole feed"
# The notes of entries that only increase stamps, and that announce a changed text.
ANNOUNCED_AGAIN: Final = "Announced again."
DETAILS_CORRECTED: Final = "Details corrected."
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
    JOINED is about an event whose episode now belongs to another's. RENUMBERED is about
    episodes that have the dates of others, because a block was added or has other episodes.
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
    JOINED = IssueText(
        "not cancelled",
        ", so their own events are gone without a cancellation",
        "Undo the edit of the plan, because what was published one by one cannot be released "
        "together later; or append {entries} to `changes`.",
    )
    RENUMBERED = IssueText(
        "another broadcast",
        "another broadcast now, because the numbers of a block changed",
        "Put the new block at the end, or write the numbers of each block, like `9-10`; if the "
        "new numbers are correct, append {entries} to `changes`.",
    )
    UNKNOWN_EVENT_REMOVED = IssueText(
        "not cancelled", _NOT_CANCELLED, "Restore it with its former id."
    )
    FEED_MISSING = IssueText(
        "feed missing",
        "the feed is missing, so subscribers would get no updates",
        "Restore the `slug`, or the platform's id.",
    )
    LANGUAGE_MISSING = IssueText(
        "language missing",
        "the language is gone, so its subscribers would get no updates",
        "Restore it in `languages`.",
    )
    MAIN_LANGUAGE_CHANGED = IssueText(
        "another main language",
        "the main language is another one, so every text would change for subscribers",
        "Put the former one first in `languages`.",
    )
    ALL_UIDS_CHANGED = IssueText(
        "all UIDs changed",
        "all UIDs changed, so subscribers would lose every event or see it twice",
        "Restore `show.uid`.",
    )

    @property
    def code(self) -> str:
        """The name of the issue for programs, which never changes: "stamp-decreased"."""
        return self.name.lower().replace("_", "-")


@dataclass(frozen=True, slots=True)
class RequiredEntry:
    """What the change log has to say about an event, so that calendar apps apply its changes.

    ``keys`` are the names of its episodes in `changes`; ``platform`` is the only platform that it
    is about. ``move``, ``time``, ``runtime`` (minutes) and ``status`` are what changed
    unannounced; if nothing did, the entry says ``note``. ``stamp`` is the latest published DTSTAMP
    or LAST-MODIFIED (UTC), and ``count`` the number of entries until SEQUENCE exceeds the
    published one: at least 1. ``takes_out``: the entry gives the episode its own event again.
    ``is_minor``: any entry about a platform is enough, if it names one of the episodes.
    ``published_timezone`` is the zone of the published calendar, if it is known.
    """

    keys: tuple[str, ...]
    stamp: datetime
    platform: str | None = None
    count: int = 1
    move: Slot | None = None
    time: int | None = None
    runtime: int | None = None
    status: Status | None = None
    note: str = DETAILS_CORRECTED
    takes_out: bool = False
    is_minor: bool = False
    removed: RemovedEvent | None = None
    published_timezone: str | None = None

    @property
    def changes_time(self) -> bool:
        """Whether it gives its episodes another date or time."""
        return self.move is not None or self.time is not None

    @property
    def is_note(self) -> bool:
        """Whether it says nothing that is visible in an event."""
        return not (self.changes_time or self.runtime or self.status)

    def merge(self, other: RequiredEntry) -> RequiredEntry:
        """Return what satisfies both of two requirements for the same event."""
        notes = dict.fromkeys(each.note for each in (self, other) if each.note != DETAILS_CORRECTED)
        return replace(
            self,
            stamp=max(self.stamp, other.stamp),
            count=max(self.count, other.count),
            move=self.move or other.move,
            time=other.time if self.time is None and not self.move else self.time,
            runtime=self.runtime or other.runtime,
            status=self.status or other.status,
            note=" ".join(notes) or DETAILS_CORRECTED,
            takes_out=self.takes_out or other.takes_out,
            is_minor=self.is_minor and other.is_minor,
            removed=_merge_removed(self.removed, other.removed),
            published_timezone=self.published_timezone or other.published_timezone,
        )


def _merge_removed(first: RemovedEvent | None, second: RemovedEvent | None) -> RemovedEvent | None:
    if not first or not second:
        return first or second
    return replace(first, sequence=max(first.sequence, second.sequence))


class EventState(NamedTuple):
    """What calendar apps show of an event besides its texts; ``runtime`` in minutes, if known."""

    start: Start
    runtime: int | None
    status: Status


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that subscribers to ``feed`` (a path of the site) would see.

    ``episode`` is the id of an event, or None if the difference is about a feed or about an
    unknown event; ``name`` is for people. ``before`` and ``after`` describe it in English, with
    times local to the schedule's time zone; they may be empty. ``required`` is what the change
    log has to say about the event. ``numbers`` are those of its episodes. ``states`` are those of
    the event before and after, None where there is no event; ``revised`` is when the live one was
    last revised (UTC).
    """

    episode: str | None
    name: str
    kind: Kind
    before: str
    after: str
    feed: str
    issue: Issue | None = None
    required: RequiredEntry | None = None
    numbers: tuple[EpisodeNumber, ...] = ()
    states: tuple[EventState | None, EventState | None] = (None, None)
    revised: datetime | None = None

    @property
    def severity(self) -> Severity:
        """An error for everything but text: an unannounced text is only a warning."""
        if self.issue is None:
            return "ok"
        return "warning" if self.issue is Issue.UNANNOUNCED_TEXT else "error"
