"""Expand a schedule to episodes, each with its start in UTC and its revisions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from dateutil.relativedelta import relativedelta
from dateutil.rrule import DAILY, rrule

from defects_ical.errors import Problem, ProblemCode, ScheduleError
from defects_ical.model.fields import WEEKDAYS, LocalDateTime
from defects_ical.model.schedule import Change, Schedule, Status
from defects_ical.model.yaml_reader import KeyPath
from defects_ical.model.yaml_writer import write_flow
from defects_ical.timezones import conversion

OUT_OF_RANGE: Final = LocalDateTime(datetime.fromisoformat("9999-12-31"))
RULE_TIME: Final = ("airing", "time")


class OffsetError(ValueError):
    """Raised for a local time with a UTC offset that the time zone does not have then."""


@dataclass(frozen=True, slots=True)
class Revision:
    """What one entry of the change log did to one episode.

    ``at`` is in UTC. ``start_change`` (UTC) and ``runtime_change`` (minutes) hold the values
    before and after if they differ; the start before is None if that local time does not exist.
    ``status`` is the one in the entry, even if the episode had it before.
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

    ``id`` never changes: "e03", or the id of a special. ``number`` is None for a special,
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
        """The name within the show: "Episode 3", or the title of a special."""
        return self.title or f"Episode {self.number}"

    @property
    def key(self) -> str:
        """The name of the episode in `changes`: its number, or the id of a special."""
        return str(self.number) if self.number else self.id

    @property
    def end(self) -> datetime:
        """The end of the broadcast, in UTC."""
        return self.start + timedelta(minutes=self.runtime)

    @property
    def sequence(self) -> int:
        """The number of revisions (RFC 5545 §3.8.7.4)."""
        return len(self.revisions)

    @property
    def modified(self) -> datetime:
        """The time of the last revision, or else of publication, in UTC."""
        return self.revisions[-1].at if self.revisions else self.published

    @property
    def previous_start(self) -> datetime | None:
        """The start before the last move, in UTC."""
        moves = [each.start_change for each in self.revisions if each.start_change]
        return moves[-1][0] if moves else None


@dataclass(frozen=True, slots=True)
class _DraftEpisode:
    """An episode to which changes are being applied, still in local time.

    ``key_path`` leads to the value in the schedule that determines its current time. Once a draft
    is out of range, later changes are ignored: one message about it is enough.
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
    def name(self) -> str:
        """The name of the episode in messages."""
        return f"episode {self.number}" if self.number else self.id

    @property
    def in_range(self) -> bool:
        """Whether its time is in the years of which DST changes are known."""
        return conversion.FIRST_YEAR <= self.time.naive.year <= conversion.LAST_YEAR


# The loader expands a schedule, and so do the server, the comparison and the build afterwards.
@lru_cache(maxsize=2)
def expand_episodes(schedule: Schedule) -> tuple[Episode, ...]:
    """Return the episodes of a schedule with all changes applied, numbered ones first.

    Raises ScheduleError for local times that do not exist, occur twice or are after 2037.
    """
    drafts = dict(_draft_episodes(schedule))
    for index, change in enumerate(schedule.changes):
        for key in schedule.resolve_episodes(change):
            if key in drafts and drafts[key].in_range:
                key_path = ("changes", index)
                drafts[key] = _apply_change(drafts[key], change, key_path, schedule.timezone)
    if all(draft.in_range for draft in drafts.values()):
        with suppress(conversion.NonexistentTimeError, conversion.AmbiguousTimeError, OffsetError):
            return tuple(_finish_episode(draft, schedule) for draft in drafts.values())
    raise ScheduleError(tuple(_find_problems(tuple(drafts.values()), schedule)))


def sort_by_start(episodes: Iterable[Episode]) -> tuple[Episode, ...]:
    """Return the episodes in the order in which they air."""
    return tuple(sorted(episodes, key=lambda each: each.start))


def _draft_episodes(schedule: Schedule) -> Iterator[tuple[str, _DraftEpisode]]:
    """Yield the key and the draft of every episode before any change."""
    airing = schedule.airing
    # Without a time zone: with one, dateutil would keep the offset of the first day.
    days = rrule(
        DAILY,
        dtstart=datetime.combine(airing.premiere, airing.time),
        byweekday=[WEEKDAYS.index(day) for day in airing.weekdays],
        count=airing.episodes,
    )
    for number, day in enumerate(days, start=1):
        time = LocalDateTime(day)
        draft = _DraftEpisode(f"e{number:02}", number, None, time, airing.runtime, RULE_TIME)
        yield str(number), draft
    for index, each in enumerate(schedule.specials):
        path = ("specials", index, "airs")
        draft = _DraftEpisode(each.id, None, each.title, each.airs, each.runtime, path)
        yield each.id, draft


def _apply_change(
    draft: _DraftEpisode, change: Change, key_path: KeyPath, zone: str
) -> _DraftEpisode:
    time = _change_time(draft.time, change)
    runtime = change.runtime or draft.runtime
    revision = Revision(
        at=change.at,
        start_change=_compare_starts(draft.time, time, zone),
        runtime_change=(draft.runtime, runtime) if runtime != draft.runtime else None,
        status=change.status,
        note=change.note,
        reason=change.reason,
    )
    action = "move" if change.move else "shift"
    return replace(
        draft,
        time=time,
        runtime=runtime,
        status=change.status or draft.status,
        key_path=draft.key_path if time == draft.time else (*key_path, action),
        revisions=(*draft.revisions, revision),
    )


def _compare_starts(
    before: LocalDateTime, after: LocalDateTime, zone: str
) -> tuple[datetime | None, datetime] | None:
    """Return both starts in UTC, or None if they are equal or the new one is not valid."""
    if after in (before, OUT_OF_RANGE):
        return None
    old, new = _try_start(before, zone), _try_start(after, zone)
    return (old, new) if new and old != new else None


def _change_time(time: LocalDateTime, change: Change) -> LocalDateTime:
    if change.move:
        return change.move
    if change.shift:
        # In local time: a week later is the same time of day, also across a DST change.
        try:
            return LocalDateTime(time.naive + relativedelta(**change.shift.model_dump()))
        except OverflowError:
            return OUT_OF_RANGE
    return time


def _try_start(time: LocalDateTime, zone: str) -> datetime | None:
    try:
        return _compute_start(time, zone)
    except ValueError:
        return None


def _compute_start(time: LocalDateTime, zone: str) -> datetime:
    """Return the start in UTC; raise NonexistentTimeError, AmbiguousTimeError or OffsetError."""
    if time.offset is not None and conversion.is_valid_offset(time.naive, time.offset, zone):
        return (time.naive - time.offset).replace(tzinfo=UTC)
    start = conversion.to_utc(time.naive, zone)
    if time.offset is not None:
        raise OffsetError(time.offset)
    return start


def _finish_episode(draft: _DraftEpisode, schedule: Schedule) -> Episode:
    text = schedule.episodes.get(draft.number) if draft.number else None
    return Episode(
        id=draft.id,
        number=draft.number,
        title=draft.title,
        start=_compute_start(draft.time, schedule.timezone),
        runtime=draft.runtime,
        status=draft.status,
        published=schedule.published,
        revisions=draft.revisions,
        teaser=text.teaser if text else None,
        recap=text.recap if text else None,
    )


def _find_problems(drafts: tuple[_DraftEpisode, ...], schedule: Schedule) -> Iterator[Problem]:
    for draft in drafts:
        if draft.in_range:
            yield from _check_start(draft, schedule)
        elif draft.key_path != RULE_TIME:
            message = _describe_out_of_range(draft)
            yield schedule.problem(draft.key_path, message, "Use a shorter distance.")
    if late := [each for each in drafts if not each.in_range and each.key_path == RULE_TIME]:
        # The message about the first one is enough for all that follow it.
        count = (late[0].number or 1) - 1
        hint = f"Use `{count}` or fewer." if count else "Use an earlier premiere."
        yield schedule.problem(("airing", "episodes"), _describe_out_of_range(late[0]), hint)


def _describe_out_of_range(draft: _DraftEpisode) -> str:
    years = f"{conversion.FIRST_YEAR} to {conversion.LAST_YEAR}"
    return f"{draft.name} would air on {draft.time.naive:%Y-%m-%d}, outside the years {years}"


def _check_start(draft: _DraftEpisode, schedule: Schedule) -> Iterator[Problem]:
    zone, naive = schedule.timezone, draft.time.naive
    subject = f"{draft.name}: {naive:%H:%M} on {naive:%Y-%m-%d}"
    try:
        _compute_start(draft.time, zone)
    except conversion.NonexistentTimeError as error:
        message = f"{subject} does not exist in {zone} (clocks go forward)"
        hint = f"{_hint_at_time(draft, schedule, LocalDateTime(error.shifted))}."
    except conversion.AmbiguousTimeError as error:
        message = f"{subject} occurs twice in {zone} (clocks go back)"
        first, second = (LocalDateTime(naive, each) for each in (error.first, error.second))
        hint = _hint_at_time(draft, schedule, first)
        hint = f"{hint}, or `{second.isoformat()}` for the second occurrence."
    except OffsetError:
        offset = conversion.to_local(conversion.to_utc(naive, zone), zone).offset
        message = f"{subject} has another UTC offset in {zone}"
        hint = f"Use `{LocalDateTime(naive, offset).isoformat()}`."
    else:
        return
    problem = schedule.problem(draft.key_path, message, hint)
    rule = draft.key_path == RULE_TIME
    yield replace(problem, code=ProblemCode.RULE_TIME) if rule else problem


def _hint_at_time(draft: _DraftEpisode, schedule: Schedule, time: LocalDateTime) -> str:
    """Return how to set the time of one episode: where it has one of its own, or by a change."""
    if draft.key_path[-1] in {"move", "airs"}:
        return f"Use `{time.isoformat()}`"
    latest = max((schedule.published, *(change.at for change in schedule.changes)))
    entry = {
        "at": (latest + timedelta(minutes=1)).isoformat(),
        "episodes": [draft.number or draft.id],
        "move": time.isoformat(),
    }
    return f"Add `- {write_flow(entry)}` at the end of `changes`"
