"""Find what changed in the events of one episode, and whether calendar apps apply it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple, TypeVar

from defects_ical.compare.differences import Difference, EventState, Issue, Kind
from defects_ical.compare.live.event_parser import PublishedEvent, RevisionStamps
from defects_ical.content import descriptions
from defects_ical.model.airing import number_blocks
from defects_ical.model.changes import Status
from defects_ical.model.episode_numbers import EpisodeNumber, format_numbers
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.episodes import Event, Start
from defects_ical.text.display import excerpt
from defects_ical.text.languages import ENGLISH
from defects_ical.text.lengths import format_duration

_Value = TypeVar("_Value")

# Parts of an event's text that people know by their words.
QUOTED_PARTS: Final = ("title", "teaser")
# Parts that change with a time or a stamp.
DERIVED_PARTS: Final = ("times in other time zones", "list of changes")
# Properties that belong to other parts or kinds; all others are "details".
KNOWN_PROPERTIES: Final = (
    *("DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "CREATED", "DTSTART", "DTEND", "UID", "STATUS"),
    *("SUMMARY", "DESCRIPTION", "LOCATION", "CATEGORIES", "URL"),
)


class Outcome(NamedTuple):
    """What changed in an event: the values before and after of everything that did.

    ``present`` says whether the event exists before and after. ``names`` are those of the events
    of several episodes, if their episodes changed.
    """

    present: tuple[bool, bool]
    moved: tuple[Start, Start] | None = None
    lengthened: tuple[int, int] | None = None
    status: tuple[Status, Status] | None = None
    names: tuple[str, str] | None = None
    issue: Issue | None = None

    @property
    def is_visible(self) -> bool:
        """Whether more changed than text."""
        return bool(self.moved or self.lengthened or self.status or self.names)


@dataclass(frozen=True, slots=True)
class EventPair:
    """An event of an episode in the live feed and in the new one; None where it is missing.

    ``id`` is the first episode's, or the UID of an event whose episode is unknown. ``platform``
    is the id of the feed's platform. ``event`` is what announces the episode in the new feed, and
    ``main_event`` what does in the show's feed. ``origin`` is the live event of several episodes
    that a new event was taken out of. ``gone`` are the ids of live events whose episodes belong
    to other events now.
    """

    id: str
    feed: str
    platform: str | None
    schedule: Schedule
    before: PublishedEvent | None
    after: PublishedEvent | None
    event: Event | None = None
    main_event: Event | None = None
    origin: PublishedEvent | None = None
    gone: frozenset[str] = frozenset()

    @property
    def is_unknown(self) -> bool:
        """Whether the episode of a published event is unknown."""
        return self.before is not None and self.id == self.before.uid

    @property
    def scope(self) -> str | None:
        """The platform, if it has a plan of its own for the event; else None."""
        if not self.event:
            return self.platform if self.main_event or self._needs_own_plan else None
        own = {each.platform for each in self.event.availability}
        return self.platform if self.platform in own else None

    @property
    def _needs_own_plan(self) -> bool:
        """Whether the platform shows the episode only if its own plan names it."""
        platform = self.schedule.platforms.get(self.platform or "")
        if not platform or platform.follows:
            return False
        own = {each.id for numbers in number_blocks(platform.airing or ()) for each in numbers}
        return self.id not in own

    @property
    def numbers(self) -> tuple[EpisodeNumber, ...]:
        """The numbers of its episodes."""
        event = self.after or self.before
        return event.list_numbers(self.schedule.show.title) if event else ()

    @property
    def name(self) -> str:
        """The name for people."""
        if self.after and self.event:
            return self.event.name
        event = self.after or self.before
        if self.numbers or not event:
            return _name_numbers(self.numbers)
        return event.find_name(self.schedule.show.title)

    @property
    def outcome(self) -> Outcome:
        """What changed."""
        before, after = self.before or self.origin, self.after
        if not before or not after:
            return Outcome((bool(before), bool(after)), issue=self._find_removal())
        names = [
            _name_numbers(each.list_numbers(self.schedule.show.title)) for each in (before, after)
        ]
        outcome = Outcome(
            present=(True, True),
            moved=_pair_different(before.start, after.start),
            lengthened=(
                _pair_different(before.runtime, after.runtime)
                if before.runtime and after.runtime
                else None
            ),
            status=_pair_different(before.status, after.status),
            names=_pair_different(*names) if self.before else None,
        )
        if not self.before:
            return outcome
        issue = _find_issue(before.stamps, after.stamps, is_visible=outcome.is_visible)
        return outcome._replace(issue=issue)

    def _find_removal(self) -> Issue | None:
        if not self.before:
            return None
        if self.is_unknown:
            return Issue.UNKNOWN_EVENT_REMOVED
        return Issue.JOINED if self.event else Issue.REMOVED


def _pair_different(before: _Value, after: _Value) -> tuple[_Value, _Value] | None:
    return (before, after) if before != after else None


def _name_numbers(numbers: tuple[EpisodeNumber, ...]) -> str:
    return format_numbers(numbers) if numbers else ""


def _find_issue(before: RevisionStamps, after: RevisionStamps, *, is_visible: bool) -> Issue | None:
    dates = [*zip(before[1:], after[1:], strict=True)]
    if after.sequence > before.sequence and all(new > old for old, new in dates):
        return None
    if after.sequence < before.sequence or any(new < old for old, new in dates):
        return Issue.STAMP_DECREASED
    if after.sequence > before.sequence:
        return Issue.STAMP_UNCHANGED
    return Issue.UNANNOUNCED if is_visible else Issue.UNANNOUNCED_TEXT


def list_changes(pair: EventPair, *, is_deviation: bool) -> Iterator[tuple[Kind, str, str]]:
    """Yield the kind of each change of an event, and what was before and is after it."""
    before, after, outcome = pair.before or pair.origin, pair.after, pair.outcome
    zone = pair.schedule.timezone
    starts = [
        descriptions.format_start(each.start, zone, ENGLISH) if each else ""
        for each in (before, after)
    ]
    if not before or not after:
        if outcome.issue is Issue.JOINED and pair.event:
            yield "joined", starts[0], pair.event.name
        else:
            yield "removed" if before else "added", starts[0], starts[1]
        return
    if outcome.names:
        yield "episodes changed", *outcome.names
    if outcome.moved:
        yield _describe_move(pair.event, outcome.moved, starts)
    if outcome.lengthened:
        was, now = (format_duration(each, ENGLISH) for each in outcome.lengthened)
        yield "duration changed", was, now
    if outcome.status:
        restored = outcome.status == ("cancelled", "confirmed")
        kind: Kind = "restored" if restored else after.status
        was, now = (descriptions.name_status(each, ENGLISH) for each in outcome.status)
        yield kind, was, now
    if not pair.before:
        return
    text = _diff_text(before, after, outcome)
    if text and not (outcome.is_visible and is_deviation):
        yield "text changed", *text


def _describe_move(
    event: Event | None, moved: tuple[Start, Start], texts: list[str]
) -> tuple[Kind, str, str]:
    was_known, is_known = (isinstance(each, datetime) for each in moved)
    if is_known and event and event.first.slot.day == moved[0]:
        return "hour known", texts[0], texts[1]
    note = " (hour not known)" if was_known and not is_known else ""
    return "moved", texts[0], f"{texts[1]}{note}"


def _diff_text(
    before: PublishedEvent, after: PublishedEvent, outcome: Outcome
) -> tuple[str, str] | None:
    """Return the changed parts before and after ("teaser: They run."); None without changes.

    Parts that follow from another time or stamp are reported only if nothing visible changed.
    """
    old, new = _split_text(before), _split_text(after)
    old["title"], new["title"] = _strip_common_name(old["title"], new["title"])
    changed = [part for part in old if old[part] != new[part]]
    derived = (*DERIVED_PARTS, *(QUOTED_PARTS if outcome.names else ()))
    reported = [part for part in changed if part not in derived]
    if not reported and outcome.is_visible:
        return None
    reported = reported or changed or ["stamps"]
    quoted = [part for part in reported if part in QUOTED_PARTS]
    names = [part for part in reported if part not in QUOTED_PARTS]
    was, now = (
        [f"{part}: {excerpt(texts[part]) or 'none'}" for part in quoted] for texts in (old, new)
    )
    return "; ".join(was), "; ".join((*now, *names))


def _split_text(event: PublishedEvent) -> dict[str, str]:
    """Return what an event says, by the name that people have for each part."""
    values = {name: each.value for name, each in event.properties.items()}
    paragraphs = descriptions.EventDescription.parse(event.description, event.words)
    return {
        "title": event.title,
        "teaser": paragraphs.teaser,
        "where to watch": paragraphs.platforms + values.get("LOCATION", ""),
        "times in other time zones": paragraphs.times,
        "list of changes": paragraphs.changes,
        "link": paragraphs.link + values.get("URL", ""),
        "genres": values.get("CATEGORIES", ""),
        "first published": values.get("CREATED", ""),
        "details": "\n".join(line for line in event.lines if not line.startswith(KNOWN_PROPERTIES)),
    }


def _strip_common_name(old: str, new: str) -> tuple[str, str]:
    """Remove the episode's name from two titles that differ only in the show's."""
    (old_show, _, old_name), (new_show, _, new_name) = old.rpartition(": "), new.rpartition(": ")
    return (old_show, new_show) if old != new and old_name == new_name else (old, new)


def make_difference(pair: EventPair, change: tuple[Kind, str, str]) -> Difference:
    """Return one change of an event as a difference; its text alone is only a warning."""
    kind, before, after = change
    issue = pair.outcome.issue
    if kind == "text changed" and issue is Issue.UNANNOUNCED:
        issue = Issue.UNANNOUNCED_TEXT
    live = pair.before or pair.origin
    return Difference(
        episode=None if pair.is_unknown else pair.id,
        name=pair.name,
        kind=kind,
        before=before,
        after=after,
        feed=pair.feed,
        issue=issue,
        numbers=pair.numbers,
        states=(_get_state(live), _get_state(pair.after)),
        revised=live.stamps.last_modified if live else None,
    )


def _get_state(event: PublishedEvent | None) -> EventState | None:
    return EventState(event.start, event.runtime, event.status) if event else None
