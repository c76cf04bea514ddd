"""Suggest the `changes` entries that announce an unannounced edit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from defects_ical.compare.differences import ANNOUNCED_AGAIN, RequiredEntry
from defects_ical.compare.restoration import RemovedEvent, restore_events
from defects_ical.errors import ScheduleError
from defects_ical.model.changes import ALL, Change
from defects_ical.model.fields import format_clock
from defects_ical.model.schedule import Schedule
from defects_ical.model.yaml.writer import quote_scalar, write_flow
from defects_ical.schedule.episodes import Event, Listings
from defects_ical.schedule.expansion import expand_schedule
from defects_ical.schedule.roster import Roster, list_episodes, split_runs
from defects_ical.timezones.conversion import format_local

MIN_RANGE: Final = 3
# The date of entries that have none yet.
EPOCH: Final = datetime.fromtimestamp(0, UTC)
SECOND: Final = timedelta(seconds=1)


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
    merged = [*_cancel_everywhere(_merge_by_event(required), also_restored, schedule)]
    restored = restore_events(schedule, _list_removed((*also_restored, *merged))).schedule
    listings = _expand(restored)
    completed = _sort(_complete_removed(each, listings, schedule.timezone) for each in merged)
    if listings:
        completed += [extra for each in completed for extra in _restate(each, restored, listings)]
    planned = [(change, each.takes_out) for each in completed for change in _plan_changes(each)]
    ranks = _rank(planned, listings.find_companions() if listings else {})
    latest = _choose_date(completed, restored, now) + max(ranks, default=0) * SECOND
    dated = (
        change.model_copy(update={"at": latest - rank * SECOND})
        for (change, _), rank in zip(planned, ranks, strict=True)
    )
    roster, zone = list_episodes(restored), schedule.timezone
    entries = tuple(_format_change(each, roster, zone) for each in _merge_changes(dated))
    steps = restore_events(schedule, _list_removed(merged)).steps
    return Suggestion((*_suggest_timezone(completed, zone), *steps), entries, latest)


def _list_removed(required: Iterable[RequiredEntry]) -> Iterable[RemovedEvent]:
    """Return what has to be restored, each event once."""
    removed = (each.removed for each in required if each.removed)
    return {(each.platform, each.id): each for each in removed}.values()


def _merge_by_event(required: Iterable[RequiredEntry]) -> list[RequiredEntry]:
    merged: dict[object, RequiredEntry] = {}
    for each in required:
        event = each.platform, each.keys, each.takes_out
        merged[event] = merged[event].merge(each) if event in merged else each
    named = {key for each in merged.values() if each.platform for key in each.keys}
    return [each for each in merged.values() if not (each.is_minor and named & {*each.keys})]


def _cancel_everywhere(
    required: list[RequiredEntry], others: Iterable[RequiredEntry], schedule: Schedule
) -> Iterator[RequiredEntry]:
    """Yield the entries; one for a platform is for all, if the show has no such episode any more.

    On the platform it had an event of its own, in the show's feed it belonged to another's.
    """
    known = {*list_episodes(schedule).planned}
    known |= {key for each in (*required, *others) if not each.platform for key in each.keys}
    for each in required:
        is_lost = each.removed and each.platform and known.isdisjoint(each.keys)
        yield replace(each, platform=None) if is_lost else each


def _sort(required: Iterable[RequiredEntry]) -> list[RequiredEntry]:
    """Return what is about one platform first, and of that, what takes episodes out of an event.

    An entry about the broadcast may take episodes out of a platform's own events, too.
    """
    return sorted(required, key=lambda each: (each.platform is None, not each.takes_out))


def _expand(schedule: Schedule) -> Listings | None:
    """Return what airs; None if a time is not valid."""
    try:
        return expand_schedule(schedule)
    except ScheduleError:
        return None


def _complete_removed(
    required: RequiredEntry, listings: Listings | None, zone: str
) -> RequiredEntry:
    """Add what moves a removed event, once restored, to its published time."""
    removed = required.removed
    if not removed:
        return required
    found = _find_events(removed.id, required.platform, listings)
    # Some entries did not act on every platform.
    sequence = min((each.sequence for each in found), default=0)
    count = max(1, removed.sequence - sequence + 1)
    if removed.platform and not required.platform:
        # Only the platform had it at that time.
        return replace(required, count=count)
    members = found[0].episodes if found else ()
    episode = next((each for each in members if each.id == removed.id), None)
    start = (episode.start or episode.slot.day) if episode else None
    # An entry can move only the episodes of one event.
    is_whole = not members or {*required.keys} <= {each.key for each in members}
    move = removed.find_slot(zone) if is_whole and removed.start != start else None
    runtime = removed.runtime if not episode or removed.runtime != episode.runtime else None
    # It is moved by one entry and cancelled by another.
    count = max(count, 2) if move or runtime else count
    return replace(required, move=move, runtime=runtime, count=count)


def _find_events(id_: str, platform: str | None, listings: Listings | None) -> list[Event]:
    """Return the events of an episode on one platform, or in the show's feed and on all others."""
    if not listings:
        return []
    feeds = [listings.of(platform)] if platform else [listings.main, *listings.platforms.values()]
    events = (event for feed in feeds for event in feed.events)
    return [event for event in events if id_ in {each.id for each in event.episodes}]


def _restate(
    required: RequiredEntry, schedule: Schedule, listings: Listings
) -> Iterator[RequiredEntry]:
    """Yield what keeps an entry about the broadcast from changing platforms that differ."""
    if required.platform or required.removed or required.takes_out:
        return
    for name in schedule.platforms:
        for event in listings.of(name).events:
            has_own_plan = name in {each.platform for each in event.availability}
            if has_own_plan and {each.key for each in event.episodes} & {*required.keys}:
                yield from _restate_event(required, event, name)


def _restate_event(required: RequiredEntry, event: Event, platform: str) -> Iterator[RequiredEntry]:
    keys, first = tuple(each.key for each in event.episodes), event.first
    status = first.status if required.status not in {None, first.status} else None
    runtime = first.runtime if required.runtime not in {None, first.runtime} else None
    if status or runtime:
        yield RequiredEntry(keys, required.stamp, platform, status=status, runtime=runtime)


def _choose_date(
    required: Iterable[RequiredEntry], schedule: Schedule, now: datetime | None
) -> datetime:
    """Return the date of the first entry: now, but later than every published stamp."""
    planned, entries = list_episodes(schedule).planned, [*required]
    published = (planned[key].published for each in entries for key in each.keys if key in planned)
    changed = (change.at for change in schedule.changes)
    stamps = (each.stamp for each in entries)
    latest = max((schedule.published, *changed, *published, *stamps))
    return max(latest + SECOND, now.replace(microsecond=0)) if now else latest + SECOND


def _plan_changes(required: RequiredEntry) -> Iterator[Change]:
    """Yield the entries for one event in their order, without dates."""
    plan = [required]
    if required.status in {"cancelled", "postponed"}:
        # An entry cannot move and cancel an episode.
        plan = [replace(required, move=None, time=None, runtime=None)]
        if required.removed and (required.move or required.runtime):
            plan.insert(0, replace(required, status=None))
    again = RequiredEntry(required.keys, required.stamp, required.platform, note=ANNOUNCED_AGAIN)
    for each in [again] * (required.count - len(plan)) + plan:
        yield Change.model_construct(
            at=EPOCH,
            episodes=each.keys,
            platform=each.platform,
            move=each.move,
            time=each.time,
            runtime=each.runtime,
            status=each.status,
            note=each.note if each.is_note else None,
        )


def _rank(planned: list[tuple[Change, bool]], companions: Mapping[str, set[str]]) -> list[int]:
    """Return how many entries come after each one, of those about the same events.

    Two entries about one event must not have the same date, unless they will be merged.
    ``planned`` has the entries, and whether each takes episodes out of an event. ``companions``
    are the episodes that share an event with another, by its key.
    """
    ranks: list[int] = []
    later: dict[str, tuple[int, tuple[Change, bool]]] = {}
    for change, takes_out in reversed(planned):
        content, keys = (_remove_keys(change), takes_out), {*change.episodes}
        others = {key for each in keys for key in companions.get(each, ())} - keys
        taken = [later[key][0] for key in keys if key in later]
        taken += [later[key][0] for key in others if key in later and later[key][1] != content]
        shared = [later[key][0] for key in others if key in later and later[key][1] == content]
        rank = max((*(each + 1 for each in taken), *shared), default=0)
        later |= dict.fromkeys(keys, (rank, content))
        ranks.append(rank)
    return ranks[::-1]


def _remove_keys(change: Change) -> Change:
    """Return what an entry says, without its episodes; those of a move belong to it."""
    return change if change.move else change.model_copy(update={"episodes": ()})


def _merge_changes(changes: Iterable[Change]) -> Iterator[Change]:
    """Merge entries that say the same at the same time, except moves: each is of one event."""
    episodes: dict[Change, list[str]] = {}
    for change in sorted(changes, key=lambda each: each.at):
        keys = episodes.setdefault(_remove_keys(change), [])
        keys += [key for key in change.episodes if key not in keys]
    for content, keys in episodes.items():
        yield content.model_copy(update={"episodes": tuple(keys)})


def _format_change(change: Change, roster: Roster, zone: str) -> str:
    """Format an entry as a line of YAML."""
    fields = {
        "at": format_local(change.at, zone),
        "episodes": _format_keys(change, roster),
        "platform": change.platform,
        "move": change.move.isoformat() if change.move else None,
        "time": None if change.time is None else format_clock(change.time),
        "runtime": change.runtime,
        "status": change.status,
        "note": quote_scalar(change.note) if change.note else None,
    }
    return f"- {write_flow({key: value for key, value in fields.items() if value})}"


def _format_keys(change: Change, roster: Roster) -> str | list[str]:
    """Return the words for episodes: `all`, or numbers, with ranges for three or more in a row."""
    everything = roster.resolve(change.model_copy(update={"episodes": (ALL,)}))
    named = {*change.episodes}
    if len(named) > 1 and named == {*everything} == {*roster.planned}:
        return ALL
    words: list[str] = []
    for run in split_runs(change.episodes):
        word = f"{run[0]}-{run[-1]}"
        is_range = len(run) >= MIN_RANGE and word not in roster.planned
        words += [word] if is_range else run
    return words


def _suggest_timezone(required: Iterable[RequiredEntry], own: str) -> Iterator[str]:
    """Suggest to restore the time zone if the published times are local to another one."""
    published = {each.published_timezone for each in required if each.changes_time}
    for zone in sorted(each for each in published if each and each != own):
        restore = f"Restore `timezone: {zone}` and compare again"
        yield f"{restore}, or keep `{own}`: the entries use its local times."
