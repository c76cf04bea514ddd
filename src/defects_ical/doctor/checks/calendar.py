"""Check what a calendar says about itself, and whether it has events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from defects_ical.doctor.issues import Issue, Occurrence
from defects_ical.doctor.parsed_feed import CALENDAR_NAMES, ParsedFeed
from defects_ical.rfc5545.content_lines import Component
from defects_ical.rfc5545.recurrence import estimate_end

# A file with one of these is there to be subscribed to, however few events it has.
FEED_PROPERTIES: Final = ("REFRESH-INTERVAL", "X-PUBLISHED-TTL", "SOURCE")


def check_calendar(feed: ParsedFeed) -> Iterator[Occurrence]:
    """Yield what is wrong with the properties of the calendars, and with their number of events."""
    for calendar in feed.calendars:
        yield from _check_properties(calendar)
    if not feed.events:
        yield Issue.NO_EVENTS.at(feed.calendars[0].number)
    if feed.complete:
        yield from _check_single_event_name(feed)
        yield from _check_upcoming_events(feed)


def _check_properties(calendar: Component) -> Iterator[Occurrence]:
    version = next(iter(calendar.get_lines("VERSION")), None)
    if version is None or not version.value:
        yield Issue.NO_VERSION.at(version.number if version else calendar.number)
    elif version.value != "2.0":
        yield Issue.WRONG_VERSION.at(version.number, version=version.value)
    if not calendar.get_lines("PRODID"):
        yield Issue.NO_PRODID.at(calendar.number)
    for line in calendar.get_lines("METHOD"):
        yield Issue.METHOD.at(line.number, method=line.value)
    for line in calendar.get_lines("UID"):
        yield Issue.CALENDAR_UID.at(line.number)


def _check_single_event_name(feed: ParsedFeed) -> Iterator[Occurrence]:
    if len(feed.events) != 1:
        return
    if any(calendar.get_lines(name) for calendar in feed.calendars for name in FEED_PROPERTIES):
        return
    lines = (line for calendar in feed.calendars for line in calendar.lines)
    for line in [line for line in lines if line.name in CALENDAR_NAMES][:1]:
        yield Issue.NAMED_SINGLE_EVENT.at(line.number, name=line.text)


def _check_upcoming_events(feed: ParsedFeed) -> Iterator[Occurrence]:
    latest = None
    for end in filter(None, map(estimate_end, feed.events)):
        if end >= feed.now:
            return
        latest = max(end, latest or end)
    if latest:
        yield Issue.NO_UPCOMING_EVENTS.at(date=latest)
