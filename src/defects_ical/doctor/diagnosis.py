"""Diagnose a feed: request it as calendar clients do, and run all checks on what comes back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from defects_ical.doctor.checks.caching import check_caching
from defects_ical.doctor.checks.calendar import check_calendar
from defects_ical.doctor.checks.delivery import check_delivery
from defects_ical.doctor.checks.events import check_events
from defects_ical.doctor.checks.failures import get_feed_bodies
from defects_ical.doctor.checks.file import check_file, check_with_icalendar
from defects_ical.doctor.checks.reachability import check_reachability
from defects_ical.doctor.checks.stability import (
    WITH_ONE_RESPONSE,
    WITH_TWO_RESPONSES,
    check_dtstamps,
    compare_responses,
)
from defects_ical.doctor.checks.timezones import check_timezones
from defects_ical.doctor.findings import Finding, build_findings
from defects_ical.doctor.issues import Issue, Occurrence
from defects_ical.doctor.parsed_feed import read_feed
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
    occurrences = [*check_file(first, parse)]
    if not parse.calendars:
        yield from occurrences
        return
    feed = read_feed(parse, now)
    occurrences += (*check_calendar(feed), *check_timezones(feed), *check_events(feed))
    yield from occurrences
    if not any(map(_is_cause_of_parse_error, occurrences)):
        yield from check_with_icalendar(first)
    changed = [other for other in others if other != first]
    if not changed:
        yield from check_dtstamps(feed, WITH_TWO_RESPONSES if others else WITH_ONE_RESPONSE)
    for other in changed:
        yield from compare_responses(feed, read_feed(parse_lenient(other), now))


def _check_result(result: ProbeResult, now: datetime) -> Iterator[Occurrence]:
    yield from check_reachability(result)
    yield from check_delivery(result)
    yield from check_caching(result)
    if bodies := get_feed_bodies(result):
        yield from check_content(bodies, now)


def _is_cause_of_parse_error(occurrence: Occurrence) -> bool:
    """Return whether a parse error would only repeat this issue, in the library's words."""
    issue = occurrence.issue
    return issue.value.severity == "error" or issue is Issue.INVALID_VALUE
