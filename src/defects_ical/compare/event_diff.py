"""Find what changed in the events of one episode, and whether calendar apps apply it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final, NamedTuple

from defects_ical.compare.differences import Difference, Issue, Kind
from defects_ical.compare.event_parser import PublishedEvent, RevisionStamps
from defects_ical.compare.suggested_entries import (
    ANNOUNCED_AGAIN,
    DETAILS_CORRECTED,
    RemovedEpisode,
    RequiredEntry,
    is_move_of_all,
)
from defects_ical.content import descriptions
from defects_ical.model.schedule import ALL, Platform, Schedule, Status
from defects_ical.schedule.episodes import Episode
from defects_ical.text.display import excerpt
from defects_ical.text.english import format_duration
from defects_ical.timezones.conversion import to_local

# Parts of an event's text that people know by their words.
QUOTED_PARTS: Final = ("title", "teaser")
# Parts that change with a time or a stamp.
DERIVED_PARTS: Final = ("times in other time zones", "list of changes", "time zone")
# Properties that belong to other parts or kinds; all others are "details".
KNOWN_PROPERTIES: Final = (
    *("DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "CREATED", "DTSTART", "DTEND", "UID", "STATUS"),
    *("SUMMARY", "DESCRIPTION", "LOCATION", "CATEGORIES", "URL"),
)


class _Outcome(NamedTuple):
    """What changed in an event, in terms that are the same for every platform.

    ``present`` says whether the event exists before and after; ``moved`` and ``lengthened``
    (minutes) may be negative; ``status`` holds the status before and after if it changed.
    """

    present: tuple[bool, bool]
    moved: timedelta = timedelta(0)
    lengthened: int = 0
    status: tuple[Status, Status] | None = None
    issue: Issue | None = None

    @property
    def is_visible(self) -> bool:
        """Whether more changed than text."""
        return bool(self.moved or self.lengthened or self.status)


class EventPair(NamedTuple):
    """An event of an episode in the live feed and in the new one; None where it is missing.

    ``id`` is the episode's, or the UID of an event whose episode is unknown.
    """

    id: str
    feed: str
    platform: Platform | None
    before: PublishedEvent | None
    after: PublishedEvent | None

    @property
    def is_unknown(self) -> bool:
        """Whether the episode of a published event is unknown."""
        return self.before is not None and self.id == self.before.uid

    @property
    def outcome(self) -> _Outcome:
        """What changed."""
        before, after = self.before, self.after
        if not before or not after:
            removed = Issue.UNKNOWN_EVENT_REMOVED if self.is_unknown else Issue.REMOVED
            return _Outcome((bool(before), bool(after)), issue=removed if before else None)
        moved, lengthened = after.start - before.start, after.runtime - before.runtime
        status = (before.status, after.status) if before.status != after.status else None
        outcome = _Outcome((True, True), moved, lengthened, status)
        issue = _find_issue(before.stamps, after.stamps, is_visible=outcome.is_visible)
        return outcome._replace(issue=issue)


def _find_issue(before: RevisionStamps, after: RevisionStamps, *, is_visible: bool) -> Issue | None:
    dates = [*zip(before[1:], after[1:], strict=True)]
    if after.sequence > before.sequence and all(new > old for old, new in dates):
        return None
    if after.sequence < before.sequence or any(new < old for old, new in dates):
        return Issue.STAMP_DECREASED
    if after.sequence > before.sequence:
        return Issue.STAMP_UNCHANGED
    return Issue.UNANNOUNCED if is_visible else Issue.UNANNOUNCED_TEXT


def diff_episode(
    pairs: list[EventPair], main_feed: str, episode: Episode | None, schedule: Schedule
) -> Iterator[Difference]:
    """Yield what changed in an episode: once for all feeds, and again for deviating platforms.

    ``pairs`` begin with the pair of the ``main_feed`` (a path), if it has the episode.
    """
    main = pairs[0] if pairs[0].feed == main_feed else None
    for pair in pairs:
        is_deviation, issue = pair is not main, pair.outcome.issue
        if main and is_deviation and pair.outcome == main.outcome:
            continue
        required = _require_entry(pair, episode, schedule, is_deviation=is_deviation)
        name = episode.name if episode else _find_name(pair, schedule)
        id_ = None if pair.is_unknown else pair.id
        for kind, before, after in _list_changes(pair, schedule, is_deviation=is_deviation):
            is_text = kind == "text changed" and issue is Issue.UNANNOUNCED
            own_issue = Issue.UNANNOUNCED_TEXT if is_text else issue
            yield Difference(id_, name, kind, before, after, pair.feed, own_issue, required)


def _list_changes(
    pair: EventPair, schedule: Schedule, *, is_deviation: bool
) -> Iterator[tuple[Kind, str, str]]:
    """Yield the kind of each change, and what was before and is after it."""
    before, after, outcome = pair.before, pair.after, pair.outcome
    start_before, start_after = (
        descriptions.format_date_time(to_local(each.start, schedule.timezone)) if each else ""
        for each in (before, after)
    )
    if not before or not after:
        yield "removed" if before else "added", start_before, start_after
        return
    if outcome.moved:
        yield "moved", start_before, start_after
    if outcome.lengthened:
        yield "duration changed", format_duration(before.runtime), format_duration(after.runtime)
    if outcome.status:
        restored = outcome.status == ("cancelled", "confirmed")
        kind: Kind = "restored" if restored else after.status
        was, now = (descriptions.STATUS_TEXTS[each] for each in outcome.status)
        yield kind, was, now
    text = _diff_text(before, after, alone=not outcome.is_visible)
    if text and not (outcome.is_visible and is_deviation):
        yield "text changed", *text


def _require_entry(
    pair: EventPair, episode: Episode | None, schedule: Schedule, *, is_deviation: bool
) -> RequiredEntry | None:
    """Return what announces the changes of an event; None if no entry can, or has to."""
    before, outcome = pair.before, pair.outcome
    if not before or not outcome.issue or pair.is_unknown:
        return None
    number = parse_episode_number(pair.id)
    sequence = episode.sequence if episode else _count_entries_for_all(schedule)
    is_text = outcome.issue is Issue.UNANNOUNCED_TEXT
    required = RequiredEntry(
        key=str(number or pair.id),
        stamp=max(before.stamps[1:]),
        count=max(1, before.stamps.sequence - sequence + 1),
        note=DETAILS_CORRECTED if is_text else ANNOUNCED_AGAIN,
        published_timezone=before.timezone,
    )
    if not episode:
        start = before.start - descriptions.get_platform_delay(pair.platform)
        removed = RemovedEpisode(number, _parse_title(before, schedule), start, before.runtime)
        return replace(required, status="cancelled", removed=removed)
    if is_deviation:
        # Entries are about the broadcast; a platform's own time follows from its delay.
        if outcome.moved and pair.platform:
            return replace(required, note=_describe_delay(pair.platform))
        return required
    return replace(
        required,
        move=episode.start if outcome.moved else None,
        runtime=episode.runtime if outcome.lengthened else None,
        status=episode.status if outcome.status else None,
    )


def _count_entries_for_all(schedule: Schedule) -> int:
    """Return how many entries will be for a removed episode, too, once it is restored."""
    return sum(each.episodes == (ALL,) and not is_move_of_all(each) for each in schedule.changes)


def _describe_delay(platform: Platform) -> str:
    later = f"{format_duration(platform.delay)} after" if platform.delay else "with"
    return f"Now on {excerpt(platform.name)} {later} the broadcast."


def parse_episode_number(id_: str) -> int | None:
    """Return the number of an episode by its id, or None for a special."""
    digits = id_.removeprefix("e")
    return int(digits) if digits != id_ and digits.isdecimal() else None


def _find_name(pair: EventPair, schedule: Schedule) -> str:
    number = parse_episode_number(pair.id)
    if number or not pair.before:
        return f"Episode {number}"
    return _parse_title(pair.before, schedule)


def _parse_title(event: PublishedEvent, schedule: Schedule) -> str:
    """Return the title of a special from its event's SUMMARY."""
    summary = event.summary.removeprefix(descriptions.TITLE_PREFIXES[event.status])
    show = f"{schedule.show.title}: "
    if summary.startswith(show):
        return summary.removeprefix(show)
    return summary.partition(": ")[2] or summary


def _diff_text(
    before: PublishedEvent, after: PublishedEvent, *, alone: bool
) -> tuple[str, str] | None:
    """Return the changed parts before and after ("teaser: They run."); None without changes.

    Parts that follow from another time or stamp are reported only if nothing visible changed:
    ``alone``.
    """
    old, new = _split_text(before), _split_text(after)
    old["title"], new["title"] = _strip_common_name(old["title"], new["title"])
    changed = [part for part in old if old[part] != new[part]]
    reported = [part for part in changed if part not in DERIVED_PARTS]
    if not reported and not alone:
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
    paragraphs = descriptions.EventDescription.parse(event.description)
    return {
        "title": event.summary.removeprefix(descriptions.TITLE_PREFIXES[event.status]),
        "teaser": paragraphs.teaser,
        "where to watch": paragraphs.platforms + values.get("LOCATION", ""),
        "times in other time zones": paragraphs.times,
        "list of changes": paragraphs.changes,
        "link": paragraphs.link + values.get("URL", ""),
        "genres": values.get("CATEGORIES", ""),
        "first published": values.get("CREATED", ""),
        "time zone": event.timezone or "UTC",
        "details": "\n".join(line for line in event.lines if not line.startswith(KNOWN_PROPERTIES)),
    }


def _strip_common_name(old: str, new: str) -> tuple[str, str]:
    """Remove the episode's name from two titles that differ only in the show's."""
    (old_show, _, old_name), (new_show, _, new_name) = old.rpartition(": "), new.rpartition(": ")
    return (old_show, new_show) if old != new and old_name == new_name else (old, new)
