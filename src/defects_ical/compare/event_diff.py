"""What became of an episode in each feed: what its subscribers see, and whether it is announced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from defects_ical.compare.differences import Difference, Issue, Kind
from defects_ical.compare.event_parser import PublishedEvent, RevisionStamps
from defects_ical.compare.suggested_entries import (
    AGAIN,
    CORRECTED,
    RemovedEpisode,
    RequiredEntry,
    moves_all,
)
from defects_ical.compare.text_diff import diff_text
from defects_ical.content.descriptions import PREFIXES, STATUSES, format_time
from defects_ical.schedule.episodes import Episode
from defects_ical.schedule.model import ALL, Platform, Schedule, Status
from defects_ical.text.display import excerpt
from defects_ical.text.english import format_date, format_duration
from defects_ical.timezones.conversion import to_local

STATUS_KINDS: Final[Mapping[Status, Kind]] = {
    "cancelled": "cancelled",
    "tentative": "in doubt",
    "confirmed": "confirmed",
}


class _Outcome(NamedTuple):
    """What became of an event, in terms that are the same for every platform."""

    there: tuple[bool, bool]
    moved: timedelta = timedelta(0)
    lengthened: int = 0
    status: tuple[Status, Status] | None = None
    fault: Issue | None = None


class EventPair(NamedTuple):
    """An event of an episode as a feed has it and would have it.

    ``id`` is the episode's, or the event's UID where no episode could be found.
    """

    id: str
    feed: str
    platform: Platform | None
    before: PublishedEvent | None
    after: PublishedEvent | None

    @property
    def course(self) -> _Outcome:
        """What became of it."""
        before, after = self.before, self.after
        if not before or not after:
            return _Outcome((bool(before), bool(after)), fault="removed" if before else None)
        moved, lengthened = after.start - before.start, after.runtime - before.runtime
        status = (before.status, after.status) if before.status != after.status else None
        visible = bool(moved or lengthened or status)
        fault = _find_issue(before.stamps, after.stamps, visible=visible)
        return _Outcome((True, True), moved, lengthened, status, fault)


def _find_issue(before: RevisionStamps, after: RevisionStamps, *, visible: bool) -> Issue | None:
    dates = [*zip(before[1:], after[1:], strict=True)]
    if after.sequence > before.sequence and all(new > old for old, new in dates):
        return None
    if after.sequence < before.sequence or any(new < old for old, new in dates):
        return "fallen"
    if after.sequence > before.sequence:
        return "stuck"
    return "silent" if visible else "unannounced"


def diff_episode(
    seen: list[EventPair], main: str, episode: Episode | None, schedule: Schedule
) -> Iterator[Difference]:
    """What differs in an episode: once for all feeds, and where a platform's shows more."""
    own = seen[0] if seen[0].feed == main else None
    for each in seen:
        if own is None or each.course != own.course or each is own:
            yield from _of_event(each, episode, schedule, of_platform=each is not own)


def _of_event(
    seen: EventPair, episode: Episode | None, schedule: Schedule, *, of_platform: bool
) -> Iterator[Difference]:
    """What differs in one event; ``of_platform`` where the show's own feed tells another story."""
    fault = seen.course.fault
    need = _need(seen, episode, schedule, of_platform=of_platform) if fault else None
    name = episode.name if episode else _name(seen, schedule)
    id_ = None if seen.before and seen.id == seen.before.uid else seen.id
    for kind, before, after in _kinds(seen, schedule, of_platform=of_platform):
        worded = kind == "reworded" and fault == "silent"
        own: Issue | None = "unannounced" if worded else fault
        yield Difference(id_, name, kind, before, after, seen.feed, own, need)


def _kinds(
    seen: EventPair, schedule: Schedule, *, of_platform: bool
) -> Iterator[tuple[Kind, str, str]]:
    before, after = seen.before, seen.after
    if after and not before:
        yield "added", "", _moment(after.start, schedule)
    elif before and not after:
        yield "removed", _moment(before.start, schedule), ""
    elif before and after:
        visible = [*_visible(before, after, schedule)]
        yield from visible
        words = diff_text(before, after, alone=not visible)
        if words and not (visible and of_platform):
            yield "reworded", *words


def _visible(
    before: PublishedEvent, after: PublishedEvent, schedule: Schedule
) -> Iterator[tuple[Kind, str, str]]:
    """What everybody sees at a glance: when it is, how long, and whether."""
    if before.start != after.start:
        yield "moved", _moment(before.start, schedule), _moment(after.start, schedule)
    if before.runtime != after.runtime:
        yield "retimed", format_duration(before.runtime), format_duration(after.runtime)
    if before.status != after.status:
        restored = (before.status, after.status) == ("cancelled", "confirmed")
        kind = "restored" if restored else STATUS_KINDS[after.status]
        yield kind, STATUSES[before.status], STATUSES[after.status]


def _moment(at: datetime, schedule: Schedule) -> str:
    """An instant on the schedule's clock: "Monday 4 August 2025, 23:00 KST"."""
    reading = to_local(at, schedule.timezone)
    return f"{format_date(reading.naive)}, {format_time(reading)}"


def _need(
    seen: EventPair, episode: Episode | None, schedule: Schedule, *, of_platform: bool
) -> RequiredEntry | None:
    """What announces what became of the event, if there is anything to announce it of."""
    before, course = seen.before, seen.course
    if not before:
        return None
    if not episode:
        return _need_of_lost(seen.id, before, seen.platform, schedule)
    need = RequiredEntry(
        target=episode.key,
        stamp=max(before.stamps[1:]),
        entries=_entries(before, episode.sequence),
        note=CORRECTED if course.fault == "unannounced" else AGAIN,
        zone=before.zone,
    )
    if of_platform:
        told = _showing(seen.platform) if course.moved and seen.platform else need.note
        return replace(need, note=told)
    return replace(
        need,
        move=episode.start if course.moved else None,
        runtime=episode.runtime if course.lengthened else None,
        status=episode.status if course.status else None,
    )


def _entries(before: PublishedEvent, sequence: int) -> int:
    """How many entries it takes from ``sequence`` until the published one is passed."""
    return max(1, before.stamps.sequence - sequence + 1)


def _showing(platform: Platform) -> str:
    later = f"{format_duration(platform.delay)} after" if platform.delay else "with"
    return f"Now on {excerpt(platform.name)} {later} the broadcast."


def _need_of_lost(
    id_: str, before: PublishedEvent, platform: Platform | None, schedule: Schedule
) -> RequiredEntry | None:
    """What cancels an episode that was taken out of the schedule; None if it was never in it."""
    if id_ == before.uid:
        return None
    number = episode_number(id_)
    delay = timedelta(minutes=platform.delay if platform else 0)
    # Put back, it is named by the entries that name all.
    named = (each for each in schedule.changes if each.episodes == (ALL,) and not moves_all(each))
    return RequiredEntry(
        target=str(number) if number else id_,
        stamp=max(before.stamps[1:]),
        entries=_entries(before, len([*named])),
        status="cancelled",
        lost=RemovedEpisode(number, _title(before, schedule), before.start - delay, before.runtime),
        zone=before.zone,
    )


def episode_number(id_: str) -> int | None:
    """The number of an episode, or None for a special."""
    digits = id_.removeprefix("e")
    return int(digits) if digits != id_ and digits.isdecimal() else None


def _name(seen: EventPair, schedule: Schedule) -> str:
    number = episode_number(seen.id)
    if number or not seen.before:
        return f"Episode {number}"
    return _title(seen.before, schedule)


def _title(event: PublishedEvent, schedule: Schedule) -> str:
    """What a special was called, from the title of its event."""
    summary = event.summary.removeprefix(PREFIXES[event.status])
    own = f"{schedule.show.title}: "
    if summary.startswith(own):
        return summary.removeprefix(own)
    return summary.partition(": ")[2] or summary
