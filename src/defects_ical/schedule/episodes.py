"""Expand a schedule to single episodes, each with its start in UTC and its history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final

from dateutil.relativedelta import relativedelta
from dateutil.rrule import DAILY, rrule

from defects_ical.errors import Problem, ScheduleError
from defects_ical.schedule.fields import WEEKDAYS, LocalDateTime
from defects_ical.schedule.model import Change, KeyPath, Schedule, Status
from defects_ical.schedule.validation import episodes_of
from defects_ical.timezones.conversion import (
    FIRST_YEAR,
    LAST_YEAR,
    AmbiguousTimeError,
    NonexistentTimeError,
    is_valid_offset,
    to_local,
    to_utc,
)

OUT_OF_RANGE: Final = LocalDateTime(datetime.fromisoformat("9999-12-31"), None)
RULE_TIME: Final = ("airing", "time")


class OffsetError(ValueError):
    """The UTC offset that was written is not the one of that wall time."""


@dataclass(frozen=True, slots=True)
class Revision:
    """What one entry of the change log did to one episode.

    ``at`` is in UTC. ``start_change`` and ``runtime_change`` hold the start (UTC) and the runtime
    (minutes) before and after, where they changed; ``start_change`` from None is from a time that
    never was.
    ``status`` is what the entry says, also where it was so before.
    """

    at: datetime
    start_change: tuple[datetime | None, datetime] | None = None
    runtime_change: tuple[int, int] | None = None
    status: Status | None = None
    note: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Episode:
    """One broadcast: ``start`` in UTC, ``runtime`` in minutes.

    ``id`` is for ever ("e03", or a special's own); ``number`` is None for a special and
    ``title`` None for a numbered episode. ``revisions`` are in the order of the change log.
    """

    id: str
    number: int | None
    title: str | None
    start: datetime
    runtime: int
    status: Status
    published: datetime
    revisions: tuple[Revision, ...] = ()
    teaser: str | None = None
    recap: str | None = None

    @property
    def name(self) -> str:
        """What the episode is called within the show: "Episode 3"."""
        return self.title or f"Episode {self.number}"

    @property
    def key(self) -> str:
        """What an entry of ``changes`` calls it: its number, or a special's id."""
        return str(self.number) if self.number else self.id

    @property
    def end(self) -> datetime:
        """When it is over, in UTC."""
        return self.start + timedelta(minutes=self.runtime)

    @property
    def sequence(self) -> int:
        """How often it was revised (RFC 5545 §3.8.7.4)."""
        return len(self.revisions)

    @property
    def modified(self) -> datetime:
        """When it was last revised, or first published, in UTC."""
        return self.revisions[-1].at if self.revisions else self.published

    @property
    def previous_start(self) -> datetime | None:
        """Where it was before it was last moved, in UTC."""
        moves = [each.start_change for each in self.revisions if each.start_change]
        return moves[-1][0] if moves else None


@dataclass(frozen=True, slots=True)
class _DraftEpisode:
    """An episode on its way through the change log, still in wall time.

    ``key_path`` is where the schedule says its current time. A plan that is out of reach
    stays as it is: one message about it is enough.
    """

    id: str
    number: int | None
    title: str | None
    time: LocalDateTime
    runtime: int
    key_path: KeyPath
    status: Status = "confirmed"
    revisions: tuple[Revision, ...] = ()

    @property
    def in_reach(self) -> bool:
        """Whether the changes of clocks are known at its time."""
        return FIRST_YEAR <= self.time.naive.year <= LAST_YEAR


# Loading asks for it, and whoever serves, compares and builds what was loaded.
@lru_cache(maxsize=2)
def expand_episodes(schedule: Schedule) -> tuple[Episode, ...]:
    """Every episode of the schedule, numbered ones first, as its change log leaves them.

    Raises ScheduleError for times that do not exist, exist twice or are after 2037.
    """
    plans = dict(_planned(schedule))
    for index, change in enumerate(schedule.changes):
        for name in episodes_of(change, schedule):
            if name in plans and plans[name].in_reach:
                plans[name] = _revised(plans[name], change, ("changes", index), schedule.timezone)
    if all(plan.in_reach for plan in plans.values()):
        with suppress(NonexistentTimeError, AmbiguousTimeError, OffsetError):
            return tuple(_episode(plan, schedule) for plan in plans.values())
    raise ScheduleError(tuple(_problems(tuple(plans.values()), schedule)))


def sort_by_start(episodes: Iterable[Episode]) -> tuple[Episode, ...]:
    """Episodes in the order in which they air."""
    return tuple(sorted(episodes, key=lambda each: each.start))


def _planned(schedule: Schedule) -> Iterator[tuple[str, _DraftEpisode]]:
    """The episodes as the rule and the specials have them, by the name that changes use."""
    airing = schedule.airing
    # Wall times without a zone: over an aware datetime dateutil would keep the old offset
    # after a change of clocks.
    days = rrule(
        DAILY,
        dtstart=datetime.combine(airing.premiere, airing.time),
        byweekday=[WEEKDAYS.index(day) for day in airing.weekdays],
        count=airing.episodes,
    )
    for number, wall in enumerate(days, start=1):
        time = LocalDateTime(wall, None)
        yield (
            str(number),
            _DraftEpisode(f"e{number:02}", number, None, time, airing.runtime, RULE_TIME),
        )
    for index, special in enumerate(schedule.specials):
        key_path = ("specials", index, "airs")
        yield (
            special.id,
            _DraftEpisode(special.id, None, special.title, special.airs, special.runtime, key_path),
        )


def _revised(plan: _DraftEpisode, change: Change, key_path: KeyPath, zone: str) -> _DraftEpisode:
    time = _changed_time(plan.time, change)
    runtime = change.runtime or plan.runtime
    revision = Revision(
        at=change.at,
        start_change=_start_change(plan.time, time, zone),
        runtime_change=(plan.runtime, runtime) if runtime != plan.runtime else None,
        status=change.status,
        note=change.note,
        reason=change.reason,
    )
    action = "move" if change.move else "shift"
    return replace(
        plan,
        time=time,
        runtime=runtime,
        status=change.status or plan.status,
        key_path=plan.key_path if time == plan.time else (*key_path, action),
        revisions=(*plan.revisions, revision),
    )


def _start_change(
    before: LocalDateTime, after: LocalDateTime, zone: str
) -> tuple[datetime | None, datetime] | None:
    if after in (before, OUT_OF_RANGE):
        return None
    starts = _start(before, zone), _start(after, zone)
    return (starts[0], starts[1]) if starts[1] and starts[0] != starts[1] else None


def _changed_time(time: LocalDateTime, change: Change) -> LocalDateTime:
    if change.move:
        return change.move
    if change.shift:
        # On the clocks, not on the time line: a week later is the same time of day.
        try:
            return LocalDateTime(time.naive + relativedelta(**change.shift.model_dump()), None)
        except OverflowError:
            return OUT_OF_RANGE
    return time


def _start(time: LocalDateTime, zone: str) -> datetime | None:
    """The instant, or None for a wall time without exactly one."""
    try:
        return _instant(time, zone)
    except ValueError:
        return None


def _instant(time: LocalDateTime, zone: str) -> datetime:
    """The instant of a planned time; raises GapError, OverlapError or OffsetError."""
    if time.offset is not None and is_valid_offset(time.naive, time.offset, zone):
        return (time.naive - time.offset).replace(tzinfo=UTC)
    start = to_utc(time.naive, zone)
    if time.offset is not None:
        raise OffsetError(time.offset)
    return start


def _episode(plan: _DraftEpisode, schedule: Schedule) -> Episode:
    notes = schedule.episodes.get(plan.number) if plan.number else None
    return Episode(
        id=plan.id,
        number=plan.number,
        title=plan.title,
        start=_instant(plan.time, schedule.timezone),
        runtime=plan.runtime,
        status=plan.status,
        published=schedule.published,
        revisions=plan.revisions,
        teaser=notes.teaser if notes else None,
        recap=notes.recap if notes else None,
    )


def _problems(plans: tuple[_DraftEpisode, ...], schedule: Schedule) -> Iterator[Problem]:
    for plan in plans:
        if plan.in_reach:
            yield from _no_instant(plan, schedule)
        elif plan.key_path != RULE_TIME:
            yield schedule.problem(plan.key_path, _out_of_reach(plan), "write a shorter distance")
    if late := [plan for plan in plans if not plan.in_reach and plan.key_path == RULE_TIME]:
        # The first one says it for all that follow it.
        count = (late[0].number or 1) - 1
        hint = f"write `{count}` or fewer" if count else "write an earlier premiere"
        yield schedule.problem(("airing", "episodes"), _out_of_reach(late[0]), hint)


def _out_of_reach(plan: _DraftEpisode) -> str:
    day = plan.time.naive.date()
    return f"{_name(plan)} would air on {day}, outside the years {FIRST_YEAR} to {LAST_YEAR}"


def _no_instant(plan: _DraftEpisode, schedule: Schedule) -> Iterator[Problem]:
    zone, wall = schedule.timezone, plan.time.naive
    shown = f"{_name(plan)}: {wall:%H:%M} on {wall:%Y-%m-%d}"
    try:
        _instant(plan.time, zone)
    except NonexistentTimeError as gap:
        message = f"{shown} does not exist in {zone}: clocks go forward over it"
        yield schedule.problem(
            plan.key_path, message, _settled(plan, schedule, _written(gap.shifted))
        )
    except AmbiguousTimeError as overlap:
        message = f"{shown} happens twice in {zone}: clocks go back over it"
        first, second = (_written(wall, each) for each in (overlap.first, overlap.second))
        hint = f"{_settled(plan, schedule, first)}, or with `{second}` for the second time"
        yield schedule.problem(plan.key_path, message, hint)
    except OffsetError:
        offset = to_local(to_utc(wall, zone), zone).offset
        message = f"{shown} has another UTC offset in {zone}"
        yield schedule.problem(plan.key_path, message, f"write `{_written(wall, offset)}`")


def _settled(plan: _DraftEpisode, schedule: Schedule, time: str) -> str:
    """How to give the episode that time: where one is written, there; else in a new change."""
    if plan.key_path[-1] in {"move", "airs"}:
        return f"write `{time}`"
    latest = max((schedule.published, *(change.at for change in schedule.changes)))
    at = (latest + timedelta(minutes=1)).isoformat()
    name = plan.number or plan.id
    entry = f"- {{at: {at}, episodes: [{name}], move: {time}}}"
    return f"add at the end, in the list of `changes:`, `{entry}`"


def _written(wall: datetime, offset: timedelta | None = None) -> str:
    """A wall time as the schedule has it, with the UTC offset where there is one."""
    zone = None if offset is None else timezone(offset)
    return wall.replace(tzinfo=zone).isoformat(timespec="minutes")


def _name(plan: _DraftEpisode) -> str:
    return f"episode {plan.number}" if plan.number else plan.id
