"""What became of an episode in each feed: what its subscribers see, and whether it is announced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple, TypeAlias

from defects_ical import timezones, wording
from defects_ical.calendars import Event, Stamps
from defects_ical.episodes import Episode
from defects_ical.mending import AGAIN, CORRECTED, Lost, Need, moves_all, target
from defects_ical.rewording import reworded
from defects_ical.schedule import ALL, Platform, Schedule, Status
from defects_ical.source import shortened

Kind: TypeAlias = Literal[
    "added",
    "moved",
    "retimed",
    "reworded",
    "cancelled",
    "in doubt",
    "confirmed",
    "restored",
    "removed",
]
"""What a subscriber sees; what is ``retimed`` is longer or shorter."""

Verdict: TypeAlias = Literal["fine", "warning", "error"]

Fault: TypeAlias = Literal["unannounced", "silent", "fallen", "stuck", "removed", "gone", "renewed"]
"""Why a difference is not fine.

``unannounced``: other words under stamps that did not all rise; ``silent``: another time or
status under such stamps; ``fallen``: a stamp is lower than it was; ``stuck``: SEQUENCE rose and
the other stamps did not; ``removed``: an event is gone; ``gone``: a feed is; ``renewed``: a feed
is there with none of its events.
"""

WHOLE: Final = "The whole feed"
CALENDAR: Final = "The calendar"
STATUS_KINDS: Final[Mapping[Status, Kind]] = {
    "cancelled": "cancelled",
    "tentative": "in doubt",
    "confirmed": "confirmed",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that subscribers to ``feed``, a path of the site, would see.

    ``episode`` is its id, None for what is about a feed as a whole; ``name`` is what people call
    it. ``before`` and ``after`` are in words, times on the schedule's clock; empty where there is
    nothing to tell. ``need`` is what the change log has to say of the episode.
    """

    episode: str | None
    name: str
    kind: Kind
    before: str
    after: str
    feed: str
    fault: Fault | None = None
    need: Need | None = None

    @property
    def verdict(self) -> Verdict:
        """Whether it may be published: a warning is of words alone."""
        if self.fault is None:
            return "fine"
        return "warning" if self.fault == "unannounced" else "error"


class _Course(NamedTuple):
    """What became of an event, in terms that are the same for every platform."""

    there: tuple[bool, bool]
    moved: timedelta = timedelta(0)
    lengthened: int = 0
    status: tuple[Status, Status] | None = None
    fault: Fault | None = None


class Seen(NamedTuple):
    """An event of an episode as a feed has it and would have it.

    ``id`` is the episode's, or the event's UID where no episode could be found.
    """

    id: str
    feed: str
    platform: Platform | None
    before: Event | None
    after: Event | None

    @property
    def course(self) -> _Course:
        """What became of it."""
        before, after = self.before, self.after
        if not before or not after:
            return _Course((bool(before), bool(after)), fault="removed" if before else None)
        moved, lengthened = after.start - before.start, after.runtime - before.runtime
        status = (before.status, after.status) if before.status != after.status else None
        visible = bool(moved or lengthened or status)
        fault = _fault(before.stamps, after.stamps, visible=visible)
        return _Course((True, True), moved, lengthened, status, fault)


def _fault(before: Stamps, after: Stamps, *, visible: bool) -> Fault | None:
    dates = [*zip(before[1:], after[1:], strict=True)]
    if after.sequence > before.sequence and all(new > old for old, new in dates):
        return None
    if after.sequence < before.sequence or any(new < old for old, new in dates):
        return "fallen"
    if after.sequence > before.sequence:
        return "stuck"
    return "silent" if visible else "unannounced"


def of_episode(
    seen: list[Seen], main: str, episode: Episode | None, schedule: Schedule
) -> Iterator[Difference]:
    """What differs in an episode: once for all feeds, and where a platform's shows more."""
    own = seen[0] if seen[0].feed == main else None
    for each in seen:
        if own is None or each.course != own.course or each is own:
            yield from _of_event(each, episode, schedule, of_platform=each is not own)


def _of_event(
    seen: Seen, episode: Episode | None, schedule: Schedule, *, of_platform: bool
) -> Iterator[Difference]:
    """What differs in one event; ``of_platform`` where the show's own feed tells another story."""
    fault = seen.course.fault
    need = _need(seen, episode, schedule, of_platform=of_platform) if fault else None
    name = episode.name if episode else _name(seen, schedule)
    id_ = None if seen.before and seen.id == seen.before.uid else seen.id
    for kind, before, after in _kinds(seen, schedule, of_platform=of_platform):
        worded = kind == "reworded" and fault == "silent"
        own: Fault | None = "unannounced" if worded else fault
        yield Difference(id_, name, kind, before, after, seen.feed, own, need)


def _kinds(seen: Seen, schedule: Schedule, *, of_platform: bool) -> Iterator[tuple[Kind, str, str]]:
    before, after = seen.before, seen.after
    if after and not before:
        yield "added", "", _moment(after.start, schedule)
    elif before and not after:
        yield "removed", _moment(before.start, schedule), ""
    elif before and after:
        visible = [*_visible(before, after, schedule)]
        yield from visible
        words = reworded(before, after, alone=not visible)
        if words and not (visible and of_platform):
            yield "reworded", *words


def _visible(before: Event, after: Event, schedule: Schedule) -> Iterator[tuple[Kind, str, str]]:
    """What everybody sees at a glance: when it is, how long, and whether."""
    if before.start != after.start:
        yield "moved", _moment(before.start, schedule), _moment(after.start, schedule)
    if before.runtime != after.runtime:
        yield "retimed", wording.minutes(before.runtime), wording.minutes(after.runtime)
    if before.status != after.status:
        restored = (before.status, after.status) == ("cancelled", "confirmed")
        kind = "restored" if restored else STATUS_KINDS[after.status]
        yield kind, wording.STATUSES[before.status], wording.STATUSES[after.status]


def _moment(at: datetime, schedule: Schedule) -> str:
    """An instant on the schedule's clock: "Monday 4 August 2025, 23:00 KST"."""
    reading = timezones.read(at, schedule.timezone)
    return f"{wording.day(reading.wall)}, {wording.time(reading)}"


def _need(
    seen: Seen, episode: Episode | None, schedule: Schedule, *, of_platform: bool
) -> Need | None:
    """What announces what became of the event, if there is anything to announce it of."""
    before, course = seen.before, seen.course
    if not before:
        return None
    if not episode:
        return _need_of_lost(seen.id, before, seen.platform, schedule)
    need = Need(
        target=target(episode),
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


def _entries(before: Event, sequence: int) -> int:
    """How many entries it takes from ``sequence`` until the published one is passed."""
    return max(1, before.stamps.sequence - sequence + 1)


def _showing(platform: Platform) -> str:
    later = f"{wording.minutes(platform.delay)} after" if platform.delay else "with"
    return f"Now on {shortened(platform.name)} {later} the broadcast."


def _need_of_lost(
    id_: str, before: Event, platform: Platform | None, schedule: Schedule
) -> Need | None:
    """What cancels an episode that was taken out of the schedule; None if it was never in it."""
    if id_ == before.uid:
        return None
    number = numbered(id_)
    delay = timedelta(minutes=platform.delay if platform else 0)
    # Put back, it is named by the entries that name all.
    named = (each for each in schedule.changes if each.episodes == (ALL,) and not moves_all(each))
    return Need(
        target=str(number) if number else id_,
        stamp=max(before.stamps[1:]),
        entries=_entries(before, len([*named])),
        status="cancelled",
        lost=Lost(number, _title(before, schedule), before.start - delay, before.runtime),
        zone=before.zone,
    )


def numbered(id_: str) -> int | None:
    """The number of an episode, or None for a special."""
    digits = id_.removeprefix("e")
    return int(digits) if digits != id_ and digits.isdecimal() else None


def _name(seen: Seen, schedule: Schedule) -> str:
    number = numbered(seen.id)
    if number or not seen.before:
        return f"Episode {number}"
    return _title(seen.before, schedule)


def _title(event: Event, schedule: Schedule) -> str:
    """What a special was called, from the title of its event."""
    summary = event.summary.removeprefix(wording.PREFIXES[event.status])
    own = f"{schedule.show.title}: "
    if summary.startswith(own):
        return summary.removeprefix(own)
    return summary.partition(": ")[2] or summary
