"""Expand a schedule to what airs: episodes with their revisions, and the events of every feed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, TypeVar
from uuid import UUID

from defects_ical.errors import Problem, ScheduleError
from defects_ical.model.airing import Delay
from defects_ical.model.changes import Change
from defects_ical.model.fields import Slot
from defects_ical.model.schedule import Schedule
from defects_ical.model.yaml.reader import KeyPath
from defects_ical.schedule.episodes import (
    Availability,
    Episode,
    Event,
    EventRevision,
    LazyListings,
    Listing,
    Listings,
    Revision,
    Start,
)
from defects_ical.schedule.roster import list_episodes, plan_platform
from defects_ical.schedule.starts import (
    compute_start,
    delay_slot,
    delay_start,
    is_in_range,
    to_position,
    to_slot,
)
from defects_ical.schedule.timeline import Draft, Timeline
from defects_ical.schedule.timeline_problems import TimelineChecks
from defects_ical.timezones.conversion import FIRST_YEAR, LAST_YEAR

Item = TypeVar("Item", Episode, Event)


def expand_episodes(schedule: Schedule) -> tuple[Episode, ...]:
    """Return the episodes of a schedule with all changes applied, numbered ones first.

    Raises ScheduleError like `expand_schedule`.
    """
    return expand_schedule(schedule).main.episodes


# The loader expands a schedule, and so do the server, the comparison and the build afterwards.
@lru_cache(maxsize=2)
def expand_schedule(schedule: Schedule) -> Listings:
    """Return what airs in the show's feed and on each platform, with all changes applied.

    Raises ScheduleError for local times that do not exist, occur twice or are after 2037, and
    for entries that cannot be applied.
    """
    programme = _Programme(schedule)
    # What is wrong in the show's feed may be wrong in those of its platforms, too.
    if problems := (*dict.fromkeys((*programme.apply_changes(), *programme.check())),):
        raise ScheduleError(problems)
    return programme.finish()


class _Programme:
    """The timelines of the show's feed, and of each platform that differs from it."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule, self.zone = schedule, schedule.timezone
        # Texts are equal if they are in the main language, whatever their translations.
        is_translated = len(schedule.languages) > 1
        self._last_items = (
            _LastItems()
            if is_translated
            else _get_last_items(schedule.show.uid, id(schedule.words))
        )
        self.roster = list_episodes(schedule)
        self.main = Timeline(map(Draft, self.roster.planned.values()), self.zone)
        named = {change.platform for change in schedule.changes}
        self.platforms = {
            name: self._make_timeline(name)
            for name, platform in schedule.platforms.items()
            if platform.airing or name in named
        }

    def _make_timeline(self, name: str) -> Timeline:
        """Return the timeline of a platform: its own plan, and what follows the broadcast."""
        platform, own = self.schedule.platforms[name], plan_platform(self.schedule, name)
        drafts = []
        for key, plan in self.roster.planned.items():
            if key in own:
                draft = Draft(own[key])
                # Without a runtime of its own, a plan has that of the episode.
                draft.runtime = draft.runtime or plan.runtime
                drafts.append(draft)
            elif platform.follows:
                draft = Draft(plan, follows=True)
                draft.slot = delay_slot(draft.slot, platform.delay, self.zone)
                drafts.append(draft)
        return Timeline(drafts, self.zone, platform.delay)

    def apply_changes(self) -> Iterator[Problem]:
        """Apply every entry of the change log; yield the problems of those that cannot be."""
        for index, change in enumerate(self.schedule.changes):
            keys = self.roster.resolve(change)
            if change.platform:
                yield from self._apply_to_platform(change, keys, ("changes", index))
            else:
                yield from self._apply(change, keys, ("changes", index))

    def _apply(self, change: Change, keys: tuple[str, ...], key_path: KeyPath) -> Iterator[Problem]:
        yield from _apply_entry(TimelineChecks(self.schedule, self.main), change, keys, key_path)
        detail = change.model_copy(update={"move": None, "shift": None, "time": None})
        has_detail = bool(detail.runtime or detail.status or detail.note)
        for name, timeline in self.platforms.items():
            delay, drafts = self.schedule.platforms[name].delay, timeline.drafts
            present = [key for key in keys if key in drafts]
            following = {
                key: delay_slot(self.main.drafts[key].slot, delay, self.zone)
                for key in present
                if drafts[key].follows
            }
            followed = {
                key: each
                for key in following
                for each in self.main.drafts[key].revisions[-1:]
                if each.at == change.at
            }
            timeline.apply(change, following, key_path, followed)
            if has_detail:
                others = {key: drafts[key].slot for key in present if not drafts[key].follows}
                timeline.apply(detail, others, key_path)

    def _apply_to_platform(
        self, change: Change, keys: tuple[str, ...], key_path: KeyPath
    ) -> Iterator[Problem]:
        """Apply an entry to one platform; the show's feed only describes what happened."""
        timeline = self.platforms.get(change.platform or "")
        if not timeline:
            return
        present = tuple(key for key in keys if key in timeline.drafts)
        checks = TimelineChecks(self.schedule, timeline, change.platform)
        yield from _apply_entry(checks, change, present, key_path)
        if change.changes_time or change.status:
            timeline.detach(present)
        latest = {key: timeline.drafts[key].revisions[-1:] for key in present}
        revisions = {
            key: each._replace(platform=change.platform)
            for key, found in latest.items()
            for each in found
            # An entry that cannot be applied has none.
            if each.at == change.at
        }
        self.main.record(revisions, splits=False)

    def check(self) -> Iterator[Problem]:
        """Yield the problems of the final state."""
        yield from TimelineChecks(self.schedule, self.main).check_drafts()
        yield from self._check_delays()
        for name, timeline in self.platforms.items():
            yield from TimelineChecks(self.schedule, timeline, name).check_drafts()

    def _check_delays(self) -> Iterator[Problem]:
        """Yield delays that lead outside the supported years."""
        slots = [each.slot for each in self.main.drafts.values() if each.in_range]
        ends = [pick(slots, key=lambda each: each.naive) for pick in (min, max) if slots]
        for name, platform in self.schedule.platforms.items():
            if not all(is_in_range(delay_slot(each, platform.delay, self.zone)) for each in ends):
                message = f"it leads outside the years {FIRST_YEAR} to {LAST_YEAR}"
                path = ("platforms", name, "delay")
                yield self.schedule.problem(path, message, "Use a shorter one.")

    def finish(self) -> Listings:
        """Return the listings of the final state."""
        main = self._finish(self.main)
        own = {name: self._finish(timeline) for name, timeline in self.platforms.items()}
        self._last_items.end_version()
        makers = {
            name: partial(self._add_availability, own[name], {name: own[name]})
            if name in own
            else partial(_follow_listing, main, platform.delay, self.zone)
            for name, platform in self.schedule.platforms.items()
        }
        return Listings(self._add_availability(main, own), LazyListings(makers))

    def _add_availability(self, listing: Listing, own: Mapping[str, Listing]) -> Listing:
        """Add to each event when it is on a platform on which it does not follow the broadcast."""
        if not own:
            return listing
        shown = {
            name: {each.key: each for each in platform.episodes} for name, platform in own.items()
        }
        events = (
            each._replace(availability=tuple(self._list_availability(each, shown)))
            for each in listing.events
        )
        return listing._replace(events=tuple(events))

    def _list_availability(
        self, event: Event, shown: Mapping[str, Mapping[str, Episode]]
    ) -> Iterator[Availability]:
        keys = [each.key for each in event.episodes]
        for name, own in shown.items():
            drafts = [self.platforms[name].drafts.get(key) for key in keys]
            if not all(draft and draft.follows for draft in drafts):
                yield Availability(name, tuple(own[key] for key in keys if key in own))

    def _finish(self, timeline: Timeline) -> Listing:
        episodes = {
            key: self._reuse(self._finish_episode(each)) for key, each in timeline.drafts.items()
        }
        events = (
            self._reuse(Event(tuple(episodes[key] for key in group.keys), group.history))
            for group in timeline.groups
        )
        return Listing(tuple(episodes.values()), tuple(events))

    def _reuse(self, item: Item) -> Item:
        """Return the equal item of the last version of the schedule, if there is one.

        After an edit, most are equal; to compare an object with itself takes no time.
        """
        return self._last_items.keep(item)

    def _finish_episode(self, draft: Draft) -> Episode:
        plan = draft.plan
        details = self.schedule.episodes.get(plan.key) if plan.number else None
        start = compute_start(draft.slot, self.zone)
        return Episode(
            id=plan.number.id if plan.number else plan.key,
            number=plan.number,
            title=(details.title if details else None) if plan.number else plan.title,
            slot=draft.slot,
            start=start if isinstance(start, datetime) else None,
            position=to_position(start, self.zone),
            runtime=draft.runtime,
            status=draft.status,
            published=plan.published,
            revisions=tuple(draft.revisions),
            teaser=details.teaser if details else None,
            recap=details.recap if details else None,
            links=tuple(details.links.items()) if details else (),
            words=self.schedule.words,
        )


class _LastItems:
    """The episodes and events of the last version of a schedule."""

    def __init__(self) -> None:
        # Each by itself.
        self._before: dict[Any, Any] = {}
        self._items: dict[Any, Any] = {}

    def keep(self, item: Item) -> Item:
        """Return the equal item of the last version, or this one."""
        kept: Item = self._before.get(item, item)
        self._items[kept] = kept
        return kept

    def end_version(self) -> None:
        """Forget what the version that is complete now does not have."""
        self._before, self._items = self._items, {}


# Of the shows that were expanded last, each in one language.
@lru_cache(maxsize=8)
def _get_last_items(_show: UUID, _words: int) -> _LastItems:
    return _LastItems()


def _apply_entry(
    checks: TimelineChecks, change: Change, keys: tuple[str, ...], key_path: KeyPath
) -> Iterator[Problem]:
    """Apply an entry to a timeline; yield why it cannot be applied to some episodes."""
    timeline = checks.timeline
    drafts = [draft for key in keys if (draft := timeline.drafts[key]).in_range]
    find_slot = timeline.find_slot if change.changes_time else _keep_slot
    slots = {each.plan.key: find_slot(each, change) for each in drafts}
    yield from checks.check_entry(change, slots, key_path)
    timeline.apply(change, {key: slot for key, slot in slots.items() if slot}, key_path)


def _keep_slot(draft: Draft, _change: Change) -> Slot:
    return draft.slot


def _follow_listing(main: Listing, delay: Delay | None, zone: str) -> Listing:
    """Return what a platform shows that follows the broadcast."""
    has_foreign = any(revision.platform for each in main.episodes for revision in each.revisions)
    if not has_foreign and not (delay and delay.total_minutes):
        return main
    move = partial(_delay_start, delay=delay, zone=zone)
    episodes = {each.key: _follow_episode(each, zone, move) for each in main.episodes}
    events = (
        Event(
            tuple(episodes[each.key] for each in event.episodes),
            tuple(_follow_revisions(event.revisions, move)),
        )
        for event in main.events
    )
    return Listing(tuple(episodes.values()), tuple(events))


def _follow_episode(episode: Episode, zone: str, move: Callable[[Start], Start]) -> Episode:
    start = move(episode.start or episode.slot.day)
    own = (each for each in episode.revisions if not each.platform)
    return episode._replace(
        slot=to_slot(start, zone) if isinstance(start, datetime) else Slot(start),
        start=start if isinstance(start, datetime) else None,
        position=to_position(start, zone),
        revisions=tuple(_follow_revision(each, move) for each in own),
    )


def _follow_revisions(
    revisions: tuple[EventRevision, ...], move: Callable[[Start], Start]
) -> Iterator[EventRevision]:
    for revision in revisions:
        at, parts = revision
        own = [(numbers, each) for numbers, each in parts if not each.platform]
        if len(own) == len(parts) and not any(each.start_change for _, each in own):
            # Most entries change no start, and a daily show has many.
            yield revision
        elif own:
            moved = ((numbers, _follow_revision(each, move)) for numbers, each in own)
            yield EventRevision(at, tuple(moved))


def _follow_revision(revision: Revision, move: Callable[[Start], Start]) -> Revision:
    if not revision.start_change:
        return revision
    before, after = revision.start_change
    old, new = before and move(before), move(after)
    # Where clocks go forward, two starts may be the same some days later.
    return revision._replace(start_change=(old, new) if old != new else None)


def _delay_start(start: Start, delay: Delay | None, zone: str) -> Start:
    return start if delay is None else delay_start(start, delay, zone)
