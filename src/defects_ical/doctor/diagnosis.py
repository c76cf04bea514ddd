"""Diagnose a feed: request it as calendar clients do, and run all checks on what comes back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from defects_ical.doctor.checks import (
    caching,
    calendar,
    delivery,
    events,
    failures,
    file,
    reachability,
    stability,
    timezones,
)
from defects_ical.doctor.issues import Issue, Occurrence
from defects_ical.doctor.parsed_feed import read_feed
from defects_ical.doctor.report import Finding, build_findings
from defects_ical.probe.session import LIMITS, Limits, ProbeResult, probe_feed
from defects_ical.rfc5545.lenient_parser import parse_lenient


def diagnose(url: str, now: datetime, limits: Limits = LIMITS) -> tuple[Finding, ...]:
    """Request a feed and return what is wrong with it, the worst first; ``now`` is in UTC.

    Raises InvalidFeedURLError for a URL that cannot be requested.
    """
    return diagnose_result(probe_feed(url, limits), now)


def diagnose_result(result: ProbeResult, now: datetime) -> tuple[Finding, ...]:
    """Return what is wrong with a feed that was requested at ``now`` (UTC), the worst first."""
    return build_findings(_check_result(result, now))


def check_content(bodies: tuple[bytes, ...], now: datetime) -> Iterator[Occurrence]:
    """Yield what is wrong with one response, or with two of the same URL, at ``now`` (UTC).

    The second request should be some seconds later: then the time of the request, if the server
    writes it into the feed, differs. Takes linear time and accepts any bytes.
    """
    first, *others = bodies
    parse = parse_lenient(first)
    occurrences = [*file.check_file(first, parse)]
    if not parse.calendars:
        yield from occurrences
        return
    feed = read_feed(parse, now)
    for check in (calendar.check_calendar, timezones.check_timezones, events.check_events):
        occurrences.extend(check(feed))
    yield from occurrences
    if not any(map(_is_cause_of_parse_error, occurrences)):
        yield from file.check_with_icalendar(first)
    changed = [other for other in others if other != first]
    if not changed:
        max_age = stability.WITH_TWO_RESPONSES if others else stability.WITH_ONE_RESPONSE
        yield from stability.check_dtstamps(feed, max_age)
    for other in changed:
        yield from stability.compare_responses(feed, read_feed(parse_lenient(other), now))


def _check_result(result: ProbeResult, now: datetime) -> Iterator[Occurrence]:
    yield from reachability.check_reachability(result)
    yield from delivery.check_delivery(result)
    yield from caching.check_caching(result)
    if bodies := failures.get_feed_bodies(result):
        yield from check_content(bodies, now)


def _is_cause_of_parse_error(occurrence: Occurrence) -> bool:
    """Return whether a parse error would only repeat this issue, in the library's words."""
    issue = occurrence.issue
    return issue.value.severity == "error" or issue is Issue.INVALID_VALUE
