"""Check whether every client gets the feed: failures, redirects, webcal links and robots.txt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus
from itertools import pairwise
from typing import get_args
from urllib.parse import urlsplit

from defects_ical.doctor.http_checks.failures import (
    describe_status,
    find_failure,
    find_working_probes,
)
from defects_ical.doctor.issues.http import RequestIssue
from defects_ical.doctor.issues.issue import Occurrence
from defects_ical.probe.clients import CLIENT_HEADERS, CLIENTS
from defects_ical.probe.responses import Probe, RedirectErrorKind, Response
from defects_ical.probe.robots import is_allowed
from defects_ical.probe.session import ProbeResult
from defects_ical.probe.urls import redact_url
from defects_ical.rfc5545.content_lines import looks_like_html
from defects_ical.text.english import join_names


def check_reachability(result: ProbeResult) -> Iterator[Occurrence]:
    """Yield what keeps clients from getting the feed, or may do so."""
    for check in (
        _check_failures,
        _check_omissions,
        _check_webcal,
        _check_redirects,
        _check_robots,
    ):
        yield from check(result)


def _check_failures(result: ProbeResult) -> Iterator[Occurrence]:
    """Yield why clients get no feed, each reason once with its clients."""
    probes = _get_timely_probes(result)
    if not probes:
        yield RequestIssue.TIMEOUT.at(reason=f"nothing after {result.limits.total:g} seconds")
    failures = [
        (each.client, failure) for each in probes if (failure := find_failure(each.response))
    ]
    others_work = bool(find_working_probes(result))
    for failure in {repr(failure): failure for _, failure in failures}.values():
        clients = tuple(client for client, other in failures if other == failure)
        affected = clients if len(clients) < len(probes) else ()
        yield replace(failure, clients=affected, others_work=others_work)


def _check_omissions(result: ProbeResult) -> Iterator[Occurrence]:
    """Yield which requests there was no time for: earlier ones used it up."""
    clients = tuple(each.client for each in result.select("subscribe") if each.response.had_no_time)
    omitted = [f"the feed as {join_names(clients)}"] if clients else []
    if any(each.response.had_no_time for each in result.select("robots")):
        omitted.append("robots.txt")
    if omitted and _get_timely_probes(result):
        seconds = result.limits.total
        omission = RequestIssue.INCOMPLETE_CHECK.at(seconds=seconds, omitted=" and ".join(omitted))
        yield replace(omission, clients=clients)


def _get_timely_probes(result: ProbeResult) -> tuple[Probe, ...]:
    """Return the clients' own requests that there was time for."""
    return tuple(each for each in result.select("subscribe") if not each.response.had_no_time)


def _check_webcal(result: ProbeResult) -> Iterator[Occurrence]:
    """Yield that a webcal URL leads to the feed over https only."""
    reached = {each.client for each in result.select("subscribe") if each.response.heads}
    failed = [each for each in result.select("webcal") if each.client in reached]
    for probe in failed[:1]:
        affected = {each.client for each in failed}
        clients = tuple(each for each in CLIENTS if each in affected) if affected < reached else ()
        url = redact_url(probe.response.url)
        failure = RequestIssue.WEBCAL_OVER_HTTP.at(url=url, failure=_describe_http(probe.response))
        yield replace(failure, clients=clients)


def _describe_http(response: Response) -> str:
    if response.error:
        return f"does not respond ({response.error.message}), while HTTPS does"
    return f"has status {describe_status(response.status)}, while HTTPS serves the feed"


def _check_redirects(result: ProbeResult) -> Iterator[Occurrence]:
    """Yield redirects that some clients do not follow, or that may stop working."""
    for probe in result.select("subscribe"):
        for head, target in pairwise(probe.response.heads):
            source_url, target_url = urlsplit(head.url), urlsplit(target.url)
            urls = {"url": redact_url(head.url), "target": redact_url(target.url)}
            if (source_url.scheme, target_url.scheme) == ("https", "http"):
                yield RequestIssue.INSECURE_REDIRECT.at(**urls)
            elif source_url.hostname != target_url.hostname:
                yield RequestIssue.REDIRECT_TO_OTHER_HOST.at(**urls)


def _check_robots(result: ProbeResult) -> Iterator[Occurrence]:
    """Yield that robots.txt disallows the feed, or that it is unavailable."""
    probes = result.select("subscribe")
    for robots in result.select("robots"):
        response = robots.response
        if response.ok and not looks_like_html(response.body):
            agent = CLIENT_HEADERS[robots.client]["User-Agent"]
            url = probes[0].response.url if probes else result.url
            if not is_allowed(response.body, agent, url):
                yield RequestIssue.ROBOTS_DISALLOWED.at(agent=agent)
        # A server that does not respond at all is reported for the feed.
        elif any(each.response.heads for each in probes) and _means_disallowed(response):
            reason = _describe_failure(response)
            yield RequestIssue.ROBOTS_UNAVAILABLE.at(reason=reason)


def _means_disallowed(response: Response) -> bool:
    """Return whether crawlers take this response to robots.txt for a ban (RFC 9309 §2.3.1.4)."""
    if response.error:
        # After more than five redirects, crawlers may assume that there is none (§2.3.1.2).
        return response.error.kind not in {*get_args(RedirectErrorKind), "no time left"}
    return response.status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _describe_failure(response: Response) -> str:
    if response.error:
        return response.error.message
    return f"response status {describe_status(response.status)}"
