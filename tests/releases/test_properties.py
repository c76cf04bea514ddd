"""What holds for every plan and every change log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, assume, given, settings

from defects_ical.errors import ScheduleError
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.episodes import Event, Listing
from defects_ical.schedule.expansion import expand_schedule
from defects_ical.schedule.roster import list_episodes
from tests.support.example_schedules import load_yaml
from tests.support.random_schedules import Plain, RandomSchedule, random_schedules
from tests.support.replays import find_changed, render_calendars

given_schedules = given(random_schedules())
some = settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
many = settings(max_examples=5000, suppress_health_check=[HealthCheck.too_slow])


def try_load(text: str) -> Schedule | None:
    """Load a schedule; any other error than ScheduleError fails the test."""
    try:
        return load_yaml(text)
    except ScheduleError:
        return None


def load_prefixes(random: RandomSchedule) -> list[Schedule]:
    """Return the schedule without changes, and after each entry that can be applied."""
    schedule = try_load(random.write([]))
    assume(schedule)
    states, entries = [schedule] if schedule else [], list[Plain]()
    for entry in random.entries:
        if schedule := try_load(random.write([*entries, entry])):
            entries.append(entry)
            states.append(schedule)
    return states


def list_feeds(schedule: Schedule) -> Mapping[str, Listing]:
    """Return what airs: in the show's feed, and on each platform."""
    listings = expand_schedule(schedule)
    return {"show": listings.main, **listings.platforms}


def describe_state(event: Event) -> object:
    """Return what must not change without a higher SEQUENCE."""
    first = event.first
    members = tuple(each.id for each in event.episodes)
    return members, first.start, first.date, first.runtime, first.status, event.name


def check_listing(listing: Listing) -> None:
    """Check that each episode is in one event, in order, and that no id is there twice."""
    order = [each.id for each in listing.episodes]
    assert max(Counter(order).values(), default=1) == 1
    members = [each.id for event in listing.events for each in event.episodes]
    assert sorted(members) == sorted(order)
    firsts = [order.index(event.id) for event in listing.events]
    assert firsts == sorted(firsts)
    for event in listing.events:
        assert [order.index(each.id) for each in event.episodes] == sorted(
            order.index(each.id) for each in event.episodes
        )
        assert len({(each.start, each.date, each.status) for each in event.episodes}) == 1
        stamps = [each.at for each in event.revisions]
        assert stamps == sorted(set(stamps))
        assert all(at > event.first.published for at in stamps)


def check_step(before: Listing, after: Listing, named: set[str]) -> None:
    """Check that an entry adds one revision to what it names, and leaves all else as it was."""
    assert [each.id for each in before.episodes] == [each.id for each in after.episodes]
    origins = {episode.id: event for event in before.events for episode in event.episodes}
    assert {event.id for event in before.events} <= {event.id for event in after.events}
    for event in after.events:
        origin = origins[event.id]
        if event.sequence == origin.sequence:
            assert describe_state(event) == describe_state(origin)
            assert event.modified == origin.modified
        else:
            assert named.intersection(each.key for each in origin.episodes)
            assert event.sequence == origin.sequence + 1
            assert event.modified > origin.modified


def check_events(random: RandomSchedule) -> None:
    """Check all feeds after each entry."""
    states = load_prefixes(random)
    for state in states:
        for listing in list_feeds(state).values():
            check_listing(listing)
    for earlier, later in pairwise(states):
        change = later.changes[-1]
        named = {*list_episodes(later).resolve(change)}
        before, after = list_feeds(earlier), list_feeds(later)
        for feed in before:
            about_feed = feed == "show" or change.platform in {feed, None}
            check_step(before[feed], after[feed], named if about_feed else set())


def check_bytes(random: RandomSchedule) -> None:
    """Check that no byte of an event changes without a higher SEQUENCE."""
    states = load_prefixes(random)
    before, after = render_calendars(states[-2:][0]), render_calendars(states[-1])
    for path in after:
        find_changed(before, after, path)


def check_growth(random: RandomSchedule) -> None:
    """Check that a later block at the end and a later special change no older event."""
    later = {"published": "2026-01-20T00:00:00Z", "runtime": 30}
    block = {"season": 5, "premiere": "2026-12-01", "time": "20:00", "episodes": 3, **later}
    special = {"id": "bonus", "title": "Bonus", "airs": "2026-12-24T20:00", **later}
    longer = random.plan | {
        "airing": [*random.plan["airing"], block],
        "specials": [*random.plan["specials"], special],
    }
    entries = [each for each in random.entries if each["episodes"] == "all"]
    schedule = try_load(random.write(entries))
    assume(schedule)
    if schedule:
        before = render_calendars(schedule)
        after = render_calendars(load_yaml(RandomSchedule(longer, []).write(entries)))
        for path, events in before.items():
            assert {uid: after[path][uid] for uid in events} == events


CHECKS = [check_events, check_bytes, check_growth]


@some
@given_schedules
def test_events_change_only_with_their_sequence(random: RandomSchedule) -> None:
    check_events(random)


@some
@given_schedules
def test_events_keep_their_bytes_or_raise_their_stamps(random: RandomSchedule) -> None:
    check_bytes(random)


def test_late_hour_on_a_platform_that_follows_stays_a_known_hour() -> None:
    """25:00 is on the day of the plan; an hour later, on the platform, it is on the next one."""
    plan = {
        "format": 1,
        "show": {"uid": "3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29", "slug": "show", "title": "A Show"},
        "timezone": "Asia/Seoul",
        "published": "2026-01-01T00:00:00Z",
        "airing": {"premiere": "2026-02-02", "weekdays": ["monday"], "runtime": 45, "episodes": 2},
        "platforms": {"two": {"name": "Two", "kind": "streaming", "region": "A", "delay": 60}},
    }
    late = {"episodes": "all", "time": "25:00", "at": "2026-01-10T00:00:00Z"}
    own = {
        "episodes": ["1"],
        "shift": {"weeks": 1},
        "platform": "two",
        "at": "2026-01-11T00:00:00Z",
    }
    logs: tuple[list[Plain], ...] = ([late], [late, own])
    before, after = (
        render_calendars(load_yaml(RandomSchedule(plan, []).write(each))) for each in logs
    )
    for path in after:
        find_changed(before, after, path)


@some
@given_schedules
def test_longer_plan_changes_no_older_event(random: RandomSchedule) -> None:
    check_growth(random)


@pytest.mark.soak
@many
@given_schedules
def test_many_plans_and_logs(random: RandomSchedule) -> None:
    check_events(random)
    check_bytes(random)
    check_growth(random)
