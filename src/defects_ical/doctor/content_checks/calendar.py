"""Check what a calendar says about itself, and whether it has events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from defects_ical.doctor.issues.calendars import CalendarIssue
from defects_ical.doctor.issues.issue import Occurrence
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
        yield CalendarIssue.NO_EVENTS.at(feed.calendars[0].number)
    if feed.complete:
        yield from _check_single_event_name(feed)
        yield from _check_upcoming_events(feed)


def _check_properties(calendar: Component) -> Iterator[Occurrence]:
    yield from _check_version(calendar)
    if not (programs := calendar.get_lines("PRODID")):
        yield CalendarIssue.NO_PRODID.at(calendar.number)
    for line in programs[:1]:
        if not line.value.strip():
            yield CalendarIssue.EMPTY_PRODID.at(line.number)
    for line in calendar.get_lines("CALSCALE")[:1]:
        if line.value != "GREGORIAN":
            yield CalendarIssue.WRONG_CALSCALE.at(line.number, calscale=line.value)
    yield from _check_method(calendar)
    for line in calendar.get_lines("UID")[:1]:
        yield CalendarIssue.CALENDAR_UID.at(line.number)


def _check_method(calendar: Component) -> Iterator[Occurrence]:
    methods = calendar.get_lines("METHOD")
    wrong = [each for each in methods if each.value.upper() != "PUBLISH"]
    for line in wrong[:1]:
        yield CalendarIssue.WRONG_METHOD.at(line.number, method=line.value)
    # Several are reported as such.
    if len(methods) == 1 and not wrong:
        yield CalendarIssue.METHOD_PUBLISH.at(methods[0].number)


def _check_version(calendar: Component) -> Iterator[Occurrence]:
    version = next(iter(calendar.get_lines("VERSION")), None)
    if version is None:
        yield CalendarIssue.NO_VERSION.at(calendar.number)
    elif version.value != "2.0":
        yield CalendarIssue.WRONG_VERSION.at(version.number, version=version.value)


def _check_single_event_name(feed: ParsedFeed) -> Iterator[Occurrence]:
    if len(feed.events) != 1:
        return
    if any(calendar.get_lines(name) for calendar in feed.calendars for name in FEED_PROPERTIES):
        return
    lines = (line for calendar in feed.calendars for line in calendar.lines)
    for line in [line for line in lines if line.name in CALENDAR_NAMES][:1]:
        yield CalendarIssue.NAMED_SINGLE_EVENT.at(line.number, name=line.text)


def _check_upcoming_events(feed: ParsedFeed) -> Iterator[Occurrence]:
    latest = None
    for end in filter(None, map(estimate_end, feed.events)):
        if end >= feed.now:
            return
        latest = max(end, latest or end)
    if latest:
        yield CalendarIssue.NO_UPCOMING_EVENTS.at(date=latest)
