"""Suggest the `changes` entries that announce an unannounced edit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Final

from defects_ical.errors import ScheduleError
from defects_ical.model.fields import LocalDateTime
from defects_ical.model.schedule import ALL, Change, Schedule, Special, Status
from defects_ical.model.yaml_writer import quote_scalar, write_flow
from defects_ical.schedule.episodes import expand_episodes
from defects_ical.timezones.conversion import AmbiguousTimeError, format_local, to_local, to_utc

# The notes of entries that only increase stamps, and that announce a changed text.
ANNOUNCED_AGAIN: Final = "Announced again."
DETAILS_CORRECTED: Final = "Details corrected."
SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class RemovedEpisode:
    """A published episode that is missing from the schedule, with what restores it.

    ``start`` is in UTC, ``runtime`` in minutes; ``number`` is None for a special.
    """

    number: int | None
    title: str
    start: datetime
    runtime: int


@dataclass(frozen=True, slots=True)
class RequiredEntry:
    """What the change log has to say about an episode, so that calendar apps apply its changes.

    ``key`` is ``Episode.key``. ``move`` (UTC), ``runtime`` (minutes) and ``status`` are what
    changed unannounced; if nothing did, the entry says ``note``. ``stamp`` is the latest published
    DTSTAMP or LAST-MODIFIED (UTC), and ``count`` the number of entries until SEQUENCE exceeds the
    published one: at least 1. ``published_timezone`` is the zone of the published times, if any.
    """

    key: str
    stamp: datetime
    count: int = 1
    move: datetime | None = None
    runtime: int | None = None
    status: Status | None = None
    note: str = DETAILS_CORRECTED
    removed: RemovedEpisode | None = None
    published_timezone: str | None = None

    def merge(self, other: RequiredEntry) -> RequiredEntry:
        """Return what satisfies both of two requirements for the same episode."""
        notes = dict.fromkeys(each.note for each in (self, other) if each.note != DETAILS_CORRECTED)
        return replace(
            self,
            stamp=max(self.stamp, other.stamp),
            count=max(self.count, other.count),
            move=self.move or other.move,
            runtime=self.runtime or other.runtime,
            status=self.status or other.status,
            note=" ".join(notes) or DETAILS_CORRECTED,
            removed=self.removed or other.removed,
            published_timezone=self.published_timezone or other.published_timezone,
        )


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to edit in the schedule.

    ``steps`` are sentences: what to restore. ``entries`` are lines of YAML to append to
    ``changes``, in this order; the last of them is dated ``latest`` (UTC).
    """

    steps: tuple[str, ...]
    entries: tuple[str, ...]
    latest: datetime


def suggest_entries(
    required: Iterable[RequiredEntry],
    schedule: Schedule,
    now: datetime | None = None,
    also_restored: Iterable[RequiredEntry] = (),
) -> Suggestion:
    """Suggest entries that announce everything that is ``required``.

    They are dated ``now``, or later if the published stamps are; without ``now``, as early as
    possible. Removed episodes of ``also_restored`` are taken to be restored as well.
    """
    zone, merged = schedule.timezone, _merge_by_episode(required)
    restored = _restore_removed(schedule, _merge_by_episode([*also_restored, *merged]))
    starts = _find_starts(restored) if any(each.removed for each in merged) else {}
    completed = [_complete_removed(each, starts) for each in merged]
    first = _choose_date(completed, schedule, now)
    latest = first + (max((each.count for each in completed), default=1) - 1) * SECOND
    planned = chain.from_iterable(_plan_changes(each, latest, zone) for each in completed)
    entries = tuple(_format_change(each, zone) for each in _merge_changes(planned, restored))
    steps = (*_suggest_timezone(completed, zone), *_suggest_restoring(completed, schedule))
    return Suggestion(steps, entries, latest)


def is_move_of_all(change: Change) -> bool:
    """Return whether an entry moves "all", which is valid while there is one episode."""
    return change.episodes == (ALL,) and change.move is not None


def _merge_by_episode(required: Iterable[RequiredEntry]) -> list[RequiredEntry]:
    merged: dict[str, RequiredEntry] = {}
    for each in required:
        merged[each.key] = merged[each.key].merge(each) if each.key in merged else each
    return [*merged.values()]


def _restore_removed(schedule: Schedule, required: Iterable[RequiredEntry]) -> Schedule:
    """Return the schedule as it will be once every removed episode is restored."""
    count, specials = schedule.airing.episodes, [*schedule.specials]
    removed = {each.key: each.removed for each in required if each.removed}
    if not removed:
        return schedule
    for key, each in removed.items():
        if each.number:
            count = max(count, each.number)
        else:
            airs = _to_local_datetime(each.start, schedule.timezone)
            special = Special.model_construct(
                id=key, title=each.title, airs=airs, runtime=each.runtime
            )
            specials.append(special)
    # An entry that moves "all" has to name its one episode, because "all" will be several.
    only = {"episodes": schedule.episode_keys[:1]}
    changes = (
        each.model_copy(update=only) if is_move_of_all(each) else each for each in schedule.changes
    )
    airing = schedule.airing.model_copy(update={"episodes": count})
    update = {"airing": airing, "specials": tuple(specials), "changes": tuple(changes)}
    return schedule.model_copy(update=update)


def _find_starts(schedule: Schedule) -> dict[str, tuple[datetime, int]]:
    """Return start (UTC) and runtime of each episode by its key; {} if a time is not valid."""
    try:
        return {each.key: (each.start, each.runtime) for each in expand_episodes(schedule)}
    except ScheduleError:
        return {}


def _complete_removed(
    required: RequiredEntry, starts: dict[str, tuple[datetime, int]]
) -> RequiredEntry:
    """Add what moves a removed episode, once restored, to its published time."""
    removed = required.removed
    if not removed:
        return required
    start, rule_runtime = starts.get(required.key, (None, None))
    move = removed.start if removed.start != start else None
    runtime = removed.runtime if removed.runtime != rule_runtime else None
    # It is moved by one entry and cancelled by another.
    count = max(required.count, 2) if move or runtime else required.count
    return replace(required, move=move, runtime=runtime, count=count)


def _choose_date(
    required: Iterable[RequiredEntry], schedule: Schedule, now: datetime | None
) -> datetime:
    """Return the date of the first entry: now, but later than every published stamp."""
    stamps = (each.stamp for each in required)
    latest = max((schedule.published, *(change.at for change in schedule.changes), *stamps))
    return max(latest + SECOND, now.replace(microsecond=0)) if now else latest + SECOND


def _plan_changes(required: RequiredEntry, latest: datetime, zone: str) -> Iterator[Change]:
    """Yield the entries for one episode, a second apart; the last of them is dated ``latest``."""
    plan = [required]
    if required.status == "cancelled":
        # An entry cannot move and cancel an episode.
        plan = [replace(required, move=None, runtime=None)]
        if required.removed and (required.move or required.runtime):
            plan.insert(0, replace(required, status=None))
    again = RequiredEntry(required.key, required.stamp, note=ANNOUNCED_AGAIN)
    plan = [again] * (required.count - len(plan)) + plan
    for index, each in enumerate(plan, start=1 - len(plan)):
        yield Change.model_construct(
            at=latest + index * SECOND,
            episodes=(each.key,),
            move=_to_local_datetime(each.move, zone) if each.move else None,
            runtime=each.runtime,
            status=each.status,
            note=None if each.move or each.runtime or each.status else each.note,
        )


def _merge_changes(changes: Iterable[Change], schedule: Schedule) -> Iterator[Change]:
    """Merge entries that say the same at the same time, except moves: each is of one episode."""
    episodes: dict[Change, list[str]] = {}
    for change in sorted(changes, key=lambda each: each.at):
        content = change if change.move else change.model_copy(update={"episodes": ()})
        episodes.setdefault(content, []).extend(change.episodes)
    for content, keys in episodes.items():
        is_all = len(keys) > 1 and {*keys} == {*schedule.episode_keys}
        yield content.model_copy(update={"episodes": (ALL,) if is_all else tuple(keys)})


def _format_change(change: Change, zone: str) -> str:
    """Format an entry as a line of YAML."""
    fields = {
        "at": format_local(change.at, zone),
        "episodes": ALL if change.episodes == (ALL,) else change.episodes,
        "move": change.move.isoformat() if change.move else None,
        "runtime": change.runtime,
        "status": change.status,
        "note": quote_scalar(change.note) if change.note else None,
    }
    return f"- {write_flow({key: value for key, value in fields.items() if value})}"


def _to_local_datetime(at: datetime, zone: str) -> LocalDateTime:
    """Convert a UTC time to one local to ``zone``, with its offset if it is ambiguous there."""
    local = to_local(at, zone)
    try:
        to_utc(local.naive, zone)
    except AmbiguousTimeError:
        return LocalDateTime(local.naive, local.offset)
    return LocalDateTime(local.naive)


def _suggest_timezone(required: Iterable[RequiredEntry], own: str) -> Iterator[str]:
    """Suggest to restore the time zone if the published times are local to another one."""
    published = {each.published_timezone for each in required if each.move}
    for zone in sorted(each for each in published if each and each != own):
        restore = f"Restore `timezone: {zone}` and compare again"
        yield f"{restore}, or keep `{own}`: the entries use its local times."


def _suggest_restoring(required: Iterable[RequiredEntry], schedule: Schedule) -> Iterator[str]:
    removed = {each.key: each.removed for each in required if each.removed}
    numbers = [each.number for each in removed.values() if each.number]
    if removed and any(map(is_move_of_all, schedule.changes)):
        yield "Write `episodes: [1]` instead of `all` in the entry with `move`."
    if numbers:
        yield f"Restore `episodes: {max(numbers)}` under `airing`."
    for key, each in removed.items():
        if not each.number:
            airs = _to_local_datetime(each.start, schedule.timezone).isoformat()
            title, runtime = quote_scalar(each.title), str(each.runtime)
            special = {"id": key, "title": title, "airs": airs, "runtime": runtime}
            yield f"Restore `- {write_flow(special)}` under `specials`."
