"""Diagnose a feed: request it as calendar clients do, run all checks, let importers read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime

from defects_ical.doctor.causes import drop_consequences
from defects_ical.doctor.content_checks import (
    calendar,
    events,
    file,
    recurrences,
    stability,
    texts,
    times,
    timezones,
    values,
)
from defects_ical.doctor.findings import Finding, build_findings
from defects_ical.doctor.http_checks import caching, delivery, failures, reachability
from defects_ical.doctor.importers.readings import Reading, read_with_importers
from defects_ical.doctor.issues.issue import Occurrence
from defects_ical.doctor.losses import find_unexplained_losses
from defects_ical.doctor.parsed_feed import ParsedFeed, read_feed
from defects_ical.probe.session import LIMITS, Limits, ProbeResult, ignore, probe_feed
from defects_ical.rfc5545.lenient_parser import parse_lenient


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong with a feed, the worst first; ``source`` is its URL or its file.

    ``readings`` are what importers made of it; there are none if there is no feed.
    """

    source: str
    findings: tuple[Finding, ...]
    readings: tuple[Reading, ...] = ()


def diagnose_url(
    url: str, now: datetime, limits: Limits = LIMITS, *, on_step: Callable[[str], None] = ignore
) -> Diagnosis:
    """Request a feed and return what is wrong with it; ``now`` is in UTC.

    ``on_step`` is called with what is done next. Raises InvalidFeedURLError for a URL that cannot
    be requested.
    """
    result = probe_feed(
        url, limits, on_request=lambda client: on_step(f"Requesting the feed as {client} does")
    )
    on_step("Checking the feed")
    bodies = failures.get_feed_bodies(result)
    return _diagnose(result.url, bodies, now, list(_check_responses(result)))


def diagnose_result(result: ProbeResult, now: datetime) -> Diagnosis:
    """Return what is wrong with a feed that was requested at ``now`` (UTC), without importers."""
    occurrences = [*_check_responses(result)]
    if bodies := failures.get_feed_bodies(result):
        occurrences.extend(check_content(bodies, now))
    return Diagnosis(result.url, build_findings(occurrences))


def diagnose_file(source: str, body: bytes, now: datetime) -> Diagnosis:
    """Return what is wrong with the content of a file at ``now`` (UTC)."""
    return _diagnose(source, (body,), now, [])


def _diagnose(
    source: str, bodies: tuple[bytes, ...], now: datetime, occurrences: list[Occurrence]
) -> Diagnosis:
    """Check the content of a feed while importers read it in processes of their own."""
    if not bodies:
        return Diagnosis(source, build_findings(occurrences))
    with ThreadPoolExecutor(max_workers=1) as pool:
        future = pool.submit(read_with_importers, bodies[0], now)
        occurrences.extend(check_content(bodies, now))
        readings = future.result()
    occurrences.extend(find_unexplained_losses(readings, occurrences))
    return Diagnosis(source, build_findings(occurrences), readings)


def check_content(bodies: tuple[bytes, ...], now: datetime) -> Iterator[Occurrence]:
    """Yield what is wrong with one response, or with two of the same URL, at ``now`` (UTC).

    The second request should be some seconds later: then the time of the request, if the server
    writes it into the feed, differs. Takes linear time and accepts any bytes.
    """
    first, *others = bodies
    parse = parse_lenient(first)
    feed = read_feed(parse, now)
    found = [*file.check_file(first, parse)]
    if parse.calendars:
        changed = [other for other in others if other != first]
        responses = [read_feed(parse_lenient(other), now) for other in changed]
        found.extend(_check_feed(feed, responses, is_repeated=bool(others)))
    yield from drop_consequences([_add_entry(each, feed) for each in found])


def _check_feed(
    feed: ParsedFeed, changed: list[ParsedFeed], *, is_repeated: bool
) -> Iterator[Occurrence]:
    for check in (
        calendar.check_calendar,
        timezones.check_timezones,
        events.check_events,
        times.check_times,
        recurrences.check_recurrences,
        values.check_values,
        texts.check_texts,
    ):
        yield from check(feed)
    if not changed:
        max_age = stability.WITH_TWO_RESPONSES if is_repeated else stability.WITH_ONE_RESPONSE
        yield from stability.check_dtstamps(feed, max_age)
    for other in changed:
        yield from stability.compare_responses(feed, other)


def _add_entry(occurrence: Occurrence, feed: ParsedFeed) -> Occurrence:
    """Return an occurrence with the event that its line is in."""
    if occurrence.entry or not occurrence.line:
        return occurrence
    return replace(occurrence, entry=feed.find_entry(occurrence.line))


def _check_responses(result: ProbeResult) -> Iterator[Occurrence]:
    yield from reachability.check_reachability(result)
    yield from delivery.check_delivery(result)
    yield from caching.check_caching(result)
