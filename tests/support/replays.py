"""Compare the calendars of a schedule before and after a change, event by event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Final, NamedTuple

from defects_ical.content.links.feeds import event_uid
from defects_ical.content.site_input import SiteInput
from defects_ical.model.schedule import Schedule
from defects_ical.render.ics.feeds import render_feeds
from tests.conftest import SITE_URL
from tests.support.events import get_stamps, get_value, split_events
from tests.support.example_schedules import load_yaml

# e01 to e03 are alone, in a rule with a gap; s02 comes three at a time; of s03 the hours are not
# known; s05 comes at once; of s04 only the month is known.
SCHEDULE: Final = """\
format: 1
show: {uid: 3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29, slug: show, title: The Show}
timezone: Europe/London
published: 2026-01-01T00:00:00Z
airing:
  - premiere: 2026-02-02
    weekdays: [monday]
    time: 21:00
    runtime: 60
    episodes: 3
    skip: [2026-02-09]
  - {season: 2, premiere: 2026-03-03, weekdays: [tuesday], time: 20:00, runtime: 45, together: 3,
     episodes: 6}
  - {season: 3, premiere: 2026-05-04, weekdays: [monday, wednesday], episodes: 3}
  - {season: 4, premiere: 2027-10, episodes: 2}
  - {season: 5, premiere: 2026-09-01, time: 12:00, runtime: 30, episodes: 2}
platforms:
  channel: {name: Channel, kind: television, region: Here}
  later: {name: Later, kind: streaming, region: There, delay: {days: 14}}
  stream:
    {name: Stream, kind: streaming, region: Here, delay: 60,
     airing: {dates: [2026-02-01T06:00, 2026-02-15T06:00]}}
  box:
    {name: Box, kind: streaming, region: Here,
     airing: {season: 2, premiere: 2026-03-12, time: 08:00, runtime: 45, episodes: 6}}
reminders: [30, 1440]
specials:
  - {id: special, title: The special, airs: 2026-12-24T19:00, runtime: 90}
changes:"""
FEEDS: Final = ("show", "channel", "later", "stream", "box")
"""The feeds of that schedule."""


class Stamps(NamedTuple):
    """What a calendar app compares to find out whether an event has changed."""

    sequence: int
    stamp: str
    modified: str


Calendars = Mapping[str, Mapping[str, str]]
"""The text of each event by its UID, by the path of its calendar."""


def render_calendars(schedule: Schedule) -> Calendars:
    """Return the events of every .ics file of a schedule."""
    return {
        path: {get_value(event, "UID"): event for event in split_events(body)}
        for path, body in render_feeds(SiteInput(schedule, SITE_URL))
    }


def read_stamps(event: str) -> Stamps:
    """Return the stamps of an event."""
    sequence, *others = get_stamps(event)
    return Stamps(int(sequence), *others)


def find_changed(before: Calendars, after: Calendars, path: str) -> set[str]:
    """Return the UIDs of the events in a calendar that have changed, or are new.

    Checks that no event is gone, and that the stamps of changed ones have risen together.
    """
    old, new = before.get(path, {}), after[path]
    assert {*old} <= {*new}, f"events are gone from {path}"
    changed = {uid for uid, event in new.items() if event != old.get(uid)}
    for uid in changed & {*old}:
        earlier, later = read_stamps(old[uid]), read_stamps(new[uid])
        assert earlier.sequence < later.sequence, (path, uid)
        assert earlier.stamp < later.stamp == later.modified, (path, uid)
    return changed


@cache
def load(*entries: str, text: str = SCHEDULE) -> Schedule:
    """Load a schedule with entries of 10 January 2026, 12:00, and of each following day."""
    log = "".join(
        f"\n  - {{at: 2026-01-{day}T12:00:00Z, {entry}}}"
        for day, entry in enumerate(entries, start=10)
    )
    return load_yaml(text + (log or " []"))


@cache
def replay(*entries: str, text: str = SCHEDULE) -> Calendars:
    """Return the events of every .ics file after these entries."""
    return render_calendars(load(*entries, text=text))


def list_paths(feed: str) -> Iterator[str]:
    """Yield the paths of a feed: "show", or the id of a platform; with and without reminders."""
    name = "show" if feed == "show" else f"show-{feed}"
    yield from (f"/{name}{kind}.ics" for kind in ("", "-reminders", "-reminders-1440"))


def make_uid(feed: str, id_: str) -> str:
    """Return the UID of an event in a feed: "show", or the id of a platform."""
    return event_uid(load().show, id_, None if feed == "show" else feed)


def edit(old: str, new: str) -> str:
    """Return the text of the schedule with something else in one place."""
    assert SCHEDULE.count(old) == 1
    return SCHEDULE.replace(old, new)


def replay_each(entries: Iterable[str], text: str = SCHEDULE) -> list[Calendars]:
    """Return the calendars before the first entry, and after each one.

    Checks that stamps only rise, and that no event is ever gone.
    """
    log = tuple(entries)
    states = [replay(*log[:count], text=text) for count in range(len(log) + 1)]
    for before, after in pairwise(states):
        for path in after:
            find_changed(before, after, path)
    return states


def find_event(calendars: Calendars, id_: str, feed: str = "show") -> str:
    """Return the text of an event in a feed."""
    return calendars[next(list_paths(feed))][make_uid(feed, id_)]


def list_lines(
    states: Iterable[Calendars], id_: str, *names: str, feed: str = "show"
) -> list[tuple[str, ...]]:
    """Return the lines of some properties of an event in each state; none before it exists."""
    events = [state[next(list_paths(feed))].get(make_uid(feed, id_), "") for state in states]
    return [
        tuple(line for line in event.split("\r\n") if line.startswith(names)) for event in events
    ]


def list_events(calendars: Calendars, feed: str, prefix: str) -> list[tuple[str, int]]:
    """Return the name and SEQUENCE of the events whose title begins with a prefix."""
    events = calendars[next(list_paths(feed))].values()
    found = [(get_value(each, "SUMMARY"), read_stamps(each).sequence) for each in events]
    return [
        (title.removeprefix("The Show: "), sequence)
        for title, sequence in found
        if title.startswith(f"The Show: {prefix}")
    ]
