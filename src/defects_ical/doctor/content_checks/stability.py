"""Check whether events stay the same: in two responses, or against the time of the request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from defects_ical.doctor.issues.events import EventIssue
from defects_ical.doctor.issues.issue import Occurrence
from defects_ical.doctor.issues.times import TimeIssue
from defects_ical.doctor.parsed_feed import TIMES, ParsedFeed
from defects_ical.rfc5545.content_lines import Component, ContentLine, get_event_key
from defects_ical.rfc5545.values import parse_date_time

# How close DTSTAMP and the time of the request are if the server writes its own clock. In a second,
# identical response, DTSTAMP may only be as old as the two responses are apart.
WITH_ONE_RESPONSE: Final = timedelta(minutes=1)
WITH_TWO_RESPONSES: Final = timedelta(seconds=5)
CLOCK_TOLERANCE: Final = timedelta(minutes=1)
TIMESTAMPS: Final = frozenset({"DTSTAMP", "CREATED", "LAST-MODIFIED"})


def check_dtstamps(feed: ParsedFeed, max_age: timedelta) -> Iterator[Occurrence]:
    """Yield whether the events were all last changed at the time of the request.

    ``max_age`` is how old their DTSTAMP may be then.
    """
    lines = [line for event in feed.events for line in event.get_lines("DTSTAMP")]
    times = [value.utc for line in lines if (value := parse_date_time(line))]
    # A single event may really have been changed just now.
    several = len(set(map(_time_and_title, feed.events))) > 1
    if several and times and all(-max_age <= each - feed.now <= CLOCK_TOLERANCE for each in times):
        yield TimeIssue.UNSTABLE_DTSTAMP.at(lines[0].number, dtstamp=lines[0].value)


def compare_responses(first: ParsedFeed, second: ParsedFeed) -> Iterator[Occurrence]:
    """Yield which UIDs and DTSTAMPs differ between two responses, though the events do not."""
    yield from _compare_uids(first, second)
    yield from _compare_dtstamps(first, second)


def _compare_uids(first: ParsedFeed, second: ParsedFeed) -> Iterator[Occurrence]:
    others = _index_by_time_and_title(second)
    for key, event in _index_by_time_and_title(first).items():
        other = others.get(key)
        if other and event.get_value("UID") != other.get_value("UID"):
            yield EventIssue.UNSTABLE_UID.at(event.number, uid=event.get_value("UID"))


def _index_by_time_and_title(feed: ParsedFeed) -> dict[tuple[str, ...], Component]:
    """Return the events by time and title, without those that share them with another event."""
    keys = list(map(_time_and_title, feed.events))
    counts = Counter(keys)
    return {key: each for key, each in zip(keys, feed.events, strict=True) if counts[key] == 1}


def _time_and_title(event: Component) -> tuple[str, ...]:
    return tuple(map(event.get_value, ("SUMMARY", *TIMES)))


def _compare_dtstamps(first: ParsedFeed, second: ParsedFeed) -> Iterator[Occurrence]:
    others = {get_event_key(event): event for event in second.events}
    for event in first.events:
        other = others.get(get_event_key(event))
        if not other:
            continue
        before, after = event.get_value("DTSTAMP"), other.get_value("DTSTAMP")
        if before != after and _strip_timestamps(event) == _strip_timestamps(other):
            line = next(iter(event.get_lines("DTSTAMP")), event)
            yield TimeIssue.UNSTABLE_DTSTAMP.at(line.number, dtstamp=f"{before}, then {after}")


def _strip_timestamps(event: Component) -> list[ContentLine]:
    return [line for line in event.lines if line.name not in TIMESTAMPS]
