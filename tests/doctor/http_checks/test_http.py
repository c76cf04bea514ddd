"""All HTTP checks together: every scenario has expectations, and no header breaks a check."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain
from typing import Final, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from defects_ical.doctor.catalogue import HTTP_ISSUES
from defects_ical.doctor.http_checks.failures import ERROR_ISSUES, get_feed_bodies
from defects_ical.probe.clients import CLIENTS
from defects_ical.probe.responses import (
    FetchError,
    FetchErrorKind,
    Probe,
    Purpose,
    Response,
    ResponseHead,
)
from defects_ical.probe.session import Limits, ProbeResult, probe_feed
from tests.doctor.http_checks import test_caching, test_delivery, test_reachability
from tests.doctor.http_issues import find_http_issues
from tests.support.faulty_server import FEED, Scenario, for_client, send_html, serve
from tests.support.server_scenarios import (
    CHALLENGE,
    QUICK,
    SCENARIOS,
    probe_scenario,
    serve_scenario,
)

EXPECTED: Final = {**test_reachability.EXPECTED, **test_delivery.EXPECTED, **test_caching.EXPECTED}
# Other tests expect these, and one test below.
WITHOUT_SCENARIO: Final = frozenset(
    {"incomplete-check", "webcal-over-http", "wrong-charset", "unknown-content-encoding"}
)


def test_every_scenario_has_expectations() -> None:
    modules = (test_reachability, test_delivery, test_caching)
    names = [name for module in modules for name in module.EXPECTED]
    assert sorted(names) == sorted(SCENARIOS)


def test_every_http_issue_is_expected() -> None:
    summaries = chain.from_iterable(EXPECTED.values())
    found = {summary.split()[1].removesuffix(":") for summary in summaries}
    by_error = {issue.id for issue in ERROR_ISSUES.values()}
    # The catalogue lists the issues of HTTP first.
    http_issues = {each.id for each in HTTP_ISSUES}
    assert found | by_error | WITHOUT_SCENARIO == http_issues


@pytest.mark.parametrize("kind", get_args(FetchErrorKind))
def test_fetch_error_has_an_issue(kind: FetchErrorKind) -> None:
    response = Response("http://a.example/a.ics", error=FetchError(kind, "the reason"))
    probes = tuple(Probe(client, "subscribe", response) for client in CLIENTS)
    (finding,) = find_http_issues(ProbeResult(response.url, probes, Limits()))
    assert finding.severity == "error"
    if kind != "no time left":
        assert finding.issue == ERROR_ISSUES[kind]
        assert finding.message.endswith(": the reason.")


def test_feed_bodies_are_the_first_two_responses() -> None:
    changed = FEED.replace(b"Episode 1", b"Episode 2")
    with serve_scenario("healthy", FEED, changed) as server:
        result = probe_feed(server.url, QUICK)
    assert get_feed_bodies(result) == (FEED, changed)
    assert find_http_issues(result) == ()


def test_feed_bodies_are_of_one_client() -> None:
    with serve(Scenario(for_client("Google", send_html(CHALLENGE)))) as server:
        result = probe_feed(server.url, QUICK)
    assert get_feed_bodies(result) == (FEED, FEED)


def test_feed_bodies_are_decoded() -> None:
    assert get_feed_bodies(probe_scenario("gzip for all clients")[0]) == (FEED, FEED)


# Third-party headers


def make_result(headers: dict[str, str]) -> ProbeResult:
    """Return the result of a server that sends these headers to every request."""
    url = "http://a.example/a.ics"
    head = ResponseHead(url, 200, {"content-type": "text/calendar; charset=utf-8"} | headers)
    response = Response(url, (head,), FEED)
    subscriptions = [Probe(client, "subscribe", response) for client in CLIENTS]
    purposes: tuple[Purpose, ...] = ("head", "repeat", "if-none-match", "if-modified-since")
    others = [Probe(CLIENTS[-1], purpose, response) for purpose in purposes]
    return ProbeResult(url, (*subscriptions, *others), Limits())


def test_wrong_charset() -> None:
    result = make_result({"content-type": "text/calendar; charset=latin-1"})
    response = replace(result.probes[0].response, body=FEED.replace(b"Show", "쇼".encode()))
    probes = tuple(replace(each, response=response) for each in result.probes)
    messages = {each.message for each in find_http_issues(replace(result, probes=probes))}
    assert "The feed contains non-ASCII characters, but its charset is `latin-1`." in messages


@pytest.mark.parametrize(
    "headers",
    [
        {"expires": "Fri, 31 Dec 9999 23:59:59 -0900", "date": "Fri, 31 Dec 2025 23:59:59 GMT"},
        {"last-modified": "Fri, 31 Dec 9999 23:59:59 -0900"},
        {"last-modified": "Fri, 31 Dec 9999 23:59:59 GMT", "date": "Fri, 31 Dec 9999 23:59:59 GMT"},
        {"content-type": "text/calendar; charset*0=a; charset*1=b; charset*=c"},
        {"content-type": f"text/calendar; charset*{'1' * 5000}=a"},
    ],
)
def test_unusual_headers_are_no_errors(headers: dict[str, str]) -> None:
    assert all(each.severity != "error" for each in find_http_issues(make_result(headers)))


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "x" * 500},
        {"content-type": f"text/calendar; charset={'x' * 500}"},
        {"content-encoding": "x" * 500},
        {"content-encoding": f"gzip, {'x' * 500}"},
        {"etag": "x" * 500},
        {"last-modified": "x" * 500},
    ],
)
def test_long_headers_are_truncated(headers: dict[str, str]) -> None:
    result = make_result(headers)
    body = FEED.replace(b"Show", "쇼".encode())
    response = replace(result.probes[0].response, body=body, decoded="gzip" not in str(headers))
    probes = tuple(replace(each, response=response) for each in result.probes)
    findings = find_http_issues(replace(result, probes=probes))
    assert any(re.search(r"`\S+( x+)?…`", each.message) for each in findings)
    assert all(len(each.message) + len(each.fix) < 550 for each in findings)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.sampled_from(
            [
                *("content-type", "content-encoding", "etag", "last-modified", "expires", "date"),
                *("cache-control", "content-disposition", "location", "cf-mitigated"),
            ]
        ),
        st.one_of(
            st.text(max_size=100),
            st.from_regex(r"[A-Z][a-z]{2}, \d+ Dec \d+ \d+:\d+:\d+ [-+]\d+", fullmatch=True),
            st.from_regex(r"(text/calendar)?;charset(\*\d*)?=.*", fullmatch=True),
            st.from_regex(r"max-age=.*", fullmatch=True),
        ),
    )
)
def test_checks_accept_any_headers(headers: dict[str, str]) -> None:
    for each in find_http_issues(make_result(headers)):
        assert len(each.message) < 400
