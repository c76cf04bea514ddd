"""What events need to be announced → the entries of the change log that announce them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Final

from defects_ical.errors import ScheduleError
from defects_ical.schedule.episodes import expand_episodes
from defects_ical.schedule.fields import LocalDateTime
from defects_ical.schedule.model import ALL, Change, Schedule, Special, Status
from defects_ical.schedule.validation import episode_keys
from defects_ical.schedule.yaml_writer import quote_scalar
from defects_ical.timezones.conversion import AmbiguousTimeError, to_local, to_utc

AGAIN: Final = "Announced again."
"""The note of an entry that is there to raise a stamp."""
CORRECTED: Final = "Details corrected."
"""The note of an entry that announces other words."""

SECOND: Final = timedelta(seconds=1)
MOVE: Final = "move: "
LAST: Final = 1
LAST_BUT_ONE: Final = 2


@dataclass(frozen=True, slots=True)
class RemovedEpisode:
    """An episode that was published and is no longer there: what it takes to put it back.

    ``start`` is in UTC, ``runtime`` in minutes; ``number`` is None for a special.
    """

    number: int | None
    title: str
    start: datetime
    runtime: int


@dataclass(frozen=True, slots=True)
class RequiredEntry:
    """What the change log has to say of one episode, so that programs take up what it is now.

    ``target`` is what a change calls the episode. ``move`` (UTC), ``runtime`` (minutes) and
    ``status`` are what changed without being announced; ``note`` is said where nothing else is.
    ``entries`` is the number that it takes for SEQUENCE to pass the published one, at least 1,
    and ``stamp`` the published one (UTC) that they have to be later than. ``zone`` is the one
    of its published times.
    """

    target: str
    stamp: datetime
    entries: int = 1
    move: datetime | None = None
    runtime: int | None = None
    status: Status | None = None
    note: str = CORRECTED
    lost: RemovedEpisode | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to write: ``restore`` says what belongs back into the schedule, and as it reads there.

    ``entries`` are lines for the end of ``changes``, the earliest first; the last of them is
    dated ``latest`` (UTC).
    """

    restore: tuple[str, ...]
    entries: tuple[str, ...]
    latest: datetime


def merge_entries(one: RequiredEntry, other: RequiredEntry) -> RequiredEntry:
    """What both need of the same episode."""
    notes = dict.fromkeys(each.note for each in (one, other) if each.note != CORRECTED)
    return RequiredEntry(
        target=one.target,
        stamp=max(one.stamp, other.stamp),
        entries=max(one.entries, other.entries),
        move=one.move or other.move,
        runtime=one.runtime or other.runtime,
        status=one.status or other.status,
        note=" ".join(notes) or CORRECTED,
        lost=one.lost or other.lost,
        zone=one.zone or other.zone,
    )


def suggest_entries(
    needs: Iterable[RequiredEntry],
    schedule: Schedule,
    now: datetime | None = None,
    beside: Iterable[RequiredEntry] = (),
) -> Suggestion:
    """What announces all of ``needs``, decided at ``now``, or as early as stamps still rise.

    Whatever is lost of what is mended ``beside`` them is taken to be back, too.
    """
    every: dict[str, RequiredEntry] = {}
    for need in needs:
        every[need.target] = (
            merge_entries(every[need.target], need) if need.target in every else need
        )
    whole = _whole(schedule, {each.target: each for each in (*beside, *every.values())}.values())
    starts = _starts(whole) if any(need.lost for need in every.values()) else {}
    wanted = [_restored(need, starts) for need in every.values()]
    count = max((need.entries for need in wanted), default=0)
    first = _first(wanted, schedule, now)
    entries = [
        entry
        for index in range(count)
        for entry in _round(wanted, count - index, first + index * SECOND, whole)
    ]
    restore = (*_zones(wanted, schedule), *_restore(wanted, schedule))
    return Suggestion(restore, tuple(entries), first + max(count - 1, 0) * SECOND)


def _whole(schedule: Schedule, needs: Iterable[RequiredEntry]) -> Schedule:
    """The schedule with everything that was lost put back."""
    numbers, specials = [], []
    for need in needs:
        if need.lost and need.lost.number:
            numbers.append(need.lost.number)
        elif need.lost:
            specials.append(_special(need.target, need.lost, schedule.timezone))
    if not numbers and not specials:
        return schedule
    count = max((schedule.airing.episodes, *numbers))
    return schedule.model_copy(
        update={
            "airing": schedule.airing.model_copy(update={"episodes": count}),
            "specials": (*schedule.specials, *specials),
            "changes": tuple(_of_one(change, schedule) for change in schedule.changes),
        }
    )


def moves_all(change: Change) -> bool:
    """Whether an entry moves "all", which it may while that is one episode."""
    return change.episodes == (ALL,) and change.move is not None


def _of_one(change: Change, schedule: Schedule) -> Change:
    """The entry as it has to be where others are put back: of the one episode that it moved."""
    one = episode_keys(schedule)[:1]
    return change.model_copy(update={"episodes": one}) if moves_all(change) else change


def _special(name: str, lost: RemovedEpisode, zone: str) -> Special:
    airs = datetime.fromisoformat(_wall(lost.start, zone))
    time = LocalDateTime(airs.replace(tzinfo=None), airs.utcoffset())
    return Special.model_construct(id=name, title=lost.title, airs=time, runtime=lost.runtime)


def _starts(schedule: Schedule) -> dict[str, tuple[datetime, int]]:
    """When each episode starts and how long it is, by its target; nothing if one cannot be."""
    try:
        return {each.key: (each.start, each.runtime) for each in expand_episodes(schedule)}
    except ScheduleError:
        return {}


def _restored(need: RequiredEntry, starts: dict[str, tuple[datetime, int]]) -> RequiredEntry:
    """The need of an episode that is put back: it goes where it was published, then it is off."""
    lost = need.lost
    if not lost:
        return need
    start, runtime = starts.get(need.target, (None, None))
    move = lost.start if start != lost.start else None
    length = lost.runtime if runtime != lost.runtime else None
    entries = max(need.entries, LAST_BUT_ONE) if move or length else need.entries
    return replace(need, move=move, runtime=length, entries=entries)


def _first(needs: Iterable[RequiredEntry], schedule: Schedule, now: datetime | None) -> datetime:
    """When the first entry is dated: now, but later than all that its stamps have to pass."""
    stamps = (need.stamp for need in needs)
    passed = max((schedule.published, *(change.at for change in schedule.changes), *stamps))
    return max(passed + SECOND, now.replace(microsecond=0)) if now else passed + SECOND


def _round(
    needs: Iterable[RequiredEntry], left: int, at: datetime, schedule: Schedule
) -> Iterator[str]:
    """The entries of one instant, one for all that say the same of episodes that need ``left``."""
    together: dict[str, list[str]] = {}
    for need in needs:
        if need.entries >= left:
            together.setdefault(_said(need, left, schedule.timezone), []).append(need.target)
    dated = _with_offset(at, schedule.timezone, "seconds")
    for said, targets in together.items():
        for named in _named(targets, said, schedule):
            yield f"- {{at: {dated}, episodes: {named}, {said}}}"


def _named(targets: list[str], said: str, schedule: Schedule) -> Iterator[str]:
    """The episodes of an entry, as it names them; a move is of one episode."""
    if said.startswith(MOVE):
        yield from (f"[{each}]" for each in targets)
    elif len(targets) > 1 and {*targets} == {*episode_keys(schedule)}:
        yield ALL
    else:
        yield f"[{', '.join(targets)}]"


def _said(need: RequiredEntry, left: int, zone: str) -> str:
    """What the entry says, if ``left - 1`` others of the episode follow it."""
    if left == LAST:
        # A cancelled episode has no new time; it keeps the one that it has.
        cancelled = need.status == "cancelled"
        return _fields(replace(need, move=None, runtime=None) if cancelled else need, zone)
    if left == LAST_BUT_ONE and need.lost and (need.move or need.runtime):
        return _fields(replace(need, status=None), zone)
    return f"note: {quote_scalar(AGAIN)}"


def _fields(need: RequiredEntry, zone: str) -> str:
    fields = (
        f"{MOVE}{_wall(need.move, zone)}" if need.move else "",
        f"runtime: {need.runtime}" if need.runtime else "",
        f"status: {need.status}" if need.status else "",
    )
    return ", ".join(filter(None, fields)) or f"note: {quote_scalar(need.note)}"


def _wall(at: datetime, zone: str) -> str:
    """An instant as a local time of the schedule; with its offset where it is shown twice."""
    reading = to_local(at, zone)
    try:
        to_utc(reading.naive, zone)
    except AmbiguousTimeError:
        return _with_offset(at, zone, "minutes")
    return reading.naive.isoformat(timespec="minutes")


def _with_offset(at: datetime, zone: str, unit: str) -> str:
    reading = to_local(at, zone)
    return reading.naive.replace(tzinfo=timezone(reading.offset)).isoformat(timespec=unit)


def _zones(needs: Iterable[RequiredEntry], schedule: Schedule) -> Iterator[str]:
    """What to think of first where local times mean something else than they did."""
    own = schedule.timezone
    for zone in sorted({need.zone for need in needs if need.move and need.zone} - {own}):
        yield (
            f"write `timezone: {zone}` again and compare once more, "
            f"unless it is to be `{own}`, whose times the entries have"
        )


def _restore(needs: Iterable[RequiredEntry], schedule: Schedule) -> Iterator[str]:
    lost = {need.target: need.lost for need in needs if need.lost}
    numbers = [each.number for each in lost.values() if each.number]
    if lost and any(map(moves_all, schedule.changes)):
        yield "write `episodes: [1]`, not `all`, in the entry that has a `move`"
    if numbers:
        yield f"write `episodes: {max(numbers)}` under `airing` again"
    for name, each in lost.items():
        if not each.number:
            airs = _wall(each.start, schedule.timezone)
            special = f"id: {name}, title: {quote_scalar(each.title)}, airs: {airs}"
            yield f"put back under `specials`: `- {{{special}, runtime: {each.runtime}}}`"
