"""Find what the change log has to say about each changed event."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from defects_ical.compare.differences import (
    ANNOUNCED_AGAIN,
    DETAILS_CORRECTED,
    Issue,
    RequiredEntry,
)
from defects_ical.compare.event_diff import EventPair
from defects_ical.compare.live.event_parser import PublishedEvent
from defects_ical.compare.restoration import RemovedEvent
from defects_ical.content import descriptions
from defects_ical.model.airing import Delay
from defects_ical.model.schedule import Platform
from defects_ical.schedule.episodes import Episode, Event, Start
from defects_ical.schedule.expansion import expand_schedule
from defects_ical.schedule.starts import delay_start
from defects_ical.text.display import excerpt
from defects_ical.text.languages import ENGLISH


def is_consequence(pair: EventPair, main: EventPair | None) -> bool:
    """Return whether a change on a platform is the same as in the main feed."""
    if not main or pair.scope or (pair.outcome.issue is Issue.JOINED and _leaves_whole(pair, main)):
        return False
    own, other = pair.outcome, main.outcome
    same = own._replace(moved=None) == other._replace(moved=None)
    return same and _moves_with(pair, main)


def _leaves_whole(pair: EventPair, main: EventPair) -> bool:
    """Return whether the main feed's entry names all episodes of a platform's smaller event.

    Then it takes none of them out there.
    """
    return pair.event is not None and {each.id for each in pair.event.episodes} <= main.gone


def _moves_with(pair: EventPair, main: EventPair) -> bool:
    """Return whether a platform shows an event at the same distance from the broadcast."""
    own, other = pair.outcome.moved, main.outcome.moved
    if not own or not other:
        return own == other
    delay, zone = _find_delay(pair), pair.schedule.timezone
    return tuple(_delay_start(each, delay, zone) for each in other) == own


def require_entries(pairs: list[EventPair], main: EventPair | None) -> list[RequiredEntry | None]:
    """Return what announces the changes of each pair; None if no entry can, or has to.

    ``pairs`` are of the same episode; ``main`` is the first of them if it is the main feed's.
    """
    required = [_require_entry(pair, main) for pair in pairs]
    if not main:
        return required
    first, *rest = required
    others = [each for each in rest if each]
    if first and main.outcome.issue is Issue.UNANNOUNCED_TEXT:
        # An entry about a platform increases the stamps of the main feed, too.
        first = replace(first, is_minor=all(each.platform for each in others))
    for pair, each in zip(pairs[1:], rest, strict=True):
        if first and each and is_consequence(pair, main):
            first = first.merge(each)
    return [first, *rest]


def _require_entry(pair: EventPair, main: EventPair | None) -> RequiredEntry | None:
    if not pair.before or not pair.outcome.issue or pair.is_unknown:
        return None
    if pair.outcome.issue is Issue.JOINED:
        return _require_own_event(pair, main)
    if not pair.event:
        return _require_cancellation(pair, pair.before, main)
    if pair.scope:
        return _require_on_platform(pair, pair.event, main)
    return _require_for_broadcast(pair, main) if pair.main_event else None


def _start_entry(pair: EventPair, event: Event) -> RequiredEntry:
    """Return an entry that only increases the stamps of an event."""
    before, now = pair.before, pair.event
    is_text = pair.outcome.issue is Issue.UNANNOUNCED_TEXT
    return RequiredEntry(
        keys=tuple(each.key for each in event.episodes if each.id not in pair.gone),
        stamp=max(before.stamps[1:]) if before else event.modified,
        platform=pair.scope,
        count=max(1, before.stamps.sequence - now.sequence + 1) if before and now else 1,
        note=DETAILS_CORRECTED if is_text else ANNOUNCED_AGAIN,
        published_timezone=before.timezone if before else None,
    )


def _require_own_event(pair: EventPair, main: EventPair | None) -> RequiredEntry | None:
    """Return the entry that takes an episode out of an event of several again."""
    is_joined = main and main.outcome.issue is Issue.JOINED
    is_broadcast = pair is main or (main and is_joined and not _leaves_whole(pair, main))
    if not pair.event:
        return None
    (episode,) = (each for each in pair.event.episodes if each.id == pair.id)
    entry = _start_entry(pair, pair.event)
    platform = pair.scope or (None if is_broadcast else pair.platform)
    return replace(
        entry, keys=(episode.key,), platform=platform, status=episode.status, takes_out=True
    )


def _require_cancellation(
    pair: EventPair, before: PublishedEvent, main: EventPair | None
) -> RequiredEntry:
    """Return what restores and cancels an event that is missing."""
    show, platform = pair.schedule.show.title, None if pair is main else pair.platform
    delay = None if platform else _find_delay(pair)
    listings = expand_schedule(pair.schedule)
    known = {each.id for each in listings.of(pair.scope).episodes}
    if pair.main_event:
        # Without the episodes that the show does not have any more.
        lost = {each.id for each in before.list_numbers(show)}
        known |= lost - {each.id for each in listings.main.episodes}
    removed = RemovedEvent(
        id=pair.id,
        numbers=tuple(each for each in before.list_numbers(show) if each.id not in known),
        title=before.find_name(show),
        start=_undo_delay(before.start, delay, pair.schedule.timezone),
        runtime=before.runtime,
        sequence=before.stamps.sequence,
        platform=pair.scope,
    )
    return RequiredEntry(
        keys=removed.keys,
        stamp=max(before.stamps[1:]),
        platform=platform,
        status="cancelled",
        note=ANNOUNCED_AGAIN,
        removed=removed,
        published_timezone=before.timezone,
    )


def _require_for_broadcast(pair: EventPair, main: EventPair | None) -> RequiredEntry | None:
    """Return the entry for an event in the show's feed, or on a platform that follows it."""
    event = pair.main_event
    if not event:
        return None
    entry = _start_entry(pair, event)
    if main and pair is not main:
        # The main feed's entry, if one is required, acts on the platform, too.
        if main.outcome.issue is Issue.JOINED and entry.count == 1:
            return None
        platform = pair.schedule.platforms.get(pair.platform or "")
        if pair.outcome.moved and platform and not _moves_with(pair, main):
            return replace(entry, note=_describe_delay(platform))
        return entry
    loses_others = len(entry.keys) < len(event.episodes)
    if loses_others and entry.count == 1 and _changes_only_episodes(pair):
        # The entries that take the others out are enough.
        return None
    return _add_changes(entry, pair, event)


def _changes_only_episodes(pair: EventPair) -> bool:
    outcome = pair.outcome
    return not (outcome.moved or outcome.lengthened or outcome.status)


def _require_on_platform(pair: EventPair, event: Event, main: EventPair | None) -> RequiredEntry:
    """Return the entry for an event on a platform that has its own plan."""
    entry = _add_changes(_start_entry(pair, event), pair, event)
    if not main or not main.event or not main.outcome.issue:
        return entry
    # Entries about the broadcast act on the status and the runtime of every platform.
    other = main.outcome
    status = None if pair.outcome.status == other.status else entry.status
    runtime = None if pair.outcome.lengthened == other.lengthened else entry.runtime
    entry = replace(entry, status=status, runtime=runtime)
    if entry.is_note and not pair.outcome.names and (other.status or other.lengthened):
        keys = tuple(each.key for each in main.event.episodes if each.id not in main.gone)
        return replace(entry, keys=keys, platform=None)
    return entry


def _add_changes(entry: RequiredEntry, pair: EventPair, event: Event) -> RequiredEntry:
    """Add what changed to an entry for an event."""
    outcome, episode = pair.outcome, event.first
    if outcome.moved and pair.before:
        entry = _add_start(entry, pair.before.start, episode)
    # The event has the runtime of its first episode, an entry would give it to all.
    runtimes = {each.runtime for each in event.episodes}
    if (outcome.lengthened or entry.time is not None) and len(runtimes) == 1:
        entry = replace(entry, runtime=episode.runtime)
    # A `move` would confirm a postponed episode.
    is_postponed = entry.move and episode.status == "postponed"
    return replace(entry, status=episode.status) if outcome.status or is_postponed else entry


def _add_start(entry: RequiredEntry, before: Start, episode: Episode) -> RequiredEntry:
    slot = episode.slot
    had_hour = isinstance(before, datetime)
    if slot.minutes is not None and not slot.offset and not had_hour and slot.day == before:
        return replace(entry, time=slot.minutes)
    return replace(entry, move=slot)


def _find_delay(pair: EventPair) -> Delay | None:
    platform = pair.schedule.platforms.get(pair.platform or "")
    return platform.delay if platform else None


def _delay_start(start: Start, delay: Delay | None, zone: str) -> Start:
    return delay_start(start, delay, zone) if delay else start


def _undo_delay(start: Start, delay: Delay | None, zone: str) -> Start:
    """Return the start of the broadcast from that on a platform which follows it."""
    if not delay:
        return start
    if isinstance(start, datetime):
        start -= timedelta(minutes=delay.elapsed_minutes)
    back = {"weeks": -delay.weeks, "days": -delay.days, "hours": 0, "minutes": 0}
    return delay_start(start, delay.model_copy(update=back), zone)


def _describe_delay(platform: Platform) -> str:
    delay = descriptions.describe_delay(platform.delay, ENGLISH) if platform.delay else ""
    return f"Now on {excerpt(platform.name)} {delay or 'with the broadcast'}."
