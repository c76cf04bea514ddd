"""The requests that a probe sends: as which clients, how often, and within which time."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from defects_ical.probe import session
from defects_ical.probe.clients import CLIENT_HEADERS, CLIENTS
from defects_ical.probe.session import LIMITS, UNKNOWN_ETAG, Limits, probe_feed
from tests.support.faulty_server import (
    FEED,
    PATH,
    Scenario,
    find_closed_port,
    for_client,
    redirect_times,
    send_healthy,
    send_html,
    send_status,
    serve,
    trust_certificate,
)
from tests.support.server_scenarios import (
    CHALLENGE,
    IMPATIENT,
    QUICK,
    probe_scenario,
    serve_scenario,
)


def test_session_sends_the_headers_of_each_client() -> None:
    _, log = probe_scenario("healthy")
    user_agents = {each.header("user-agent") for each in log}
    assert user_agents == {headers["User-Agent"] for headers in CLIENT_HEADERS.values()}
    (outlook,) = [each for each in log if "Exchange" in each.header("user-agent")]
    assert outlook.header("authorization") == "Bearer"
    assert "accept-encoding" not in outlook.headers
    google = next(each for each in log if each.path == PATH)
    assert google.header("user-agent") == "Google-Calendar-Importer"
    assert set(google.headers) == {"host", "user-agent", "accept-encoding"}


def test_session_requests_only_feed_and_robots() -> None:
    _, log = probe_scenario("healthy")
    assert Counter((each.method, each.path) for each in log) == {
        ("GET", "/robots.txt"): 1,
        ("HEAD", PATH): 1,
        ("GET", PATH): 8,
    }


def test_thunderbird_sends_head_before_get() -> None:
    _, log = probe_scenario("healthy")
    methods = [each.method for each in log if "Thunderbird" in each.header("user-agent")]
    assert methods == ["HEAD", "GET"]


def test_session_sends_conditional_requests() -> None:
    """They have the validators of a response, and an ETag that matches nothing."""
    result, log = probe_scenario("Last-Modified in the future")
    (date,) = [
        each.header("if-modified-since") for each in log if "if-modified-since" in each.headers
    ]
    assert date == result.feeds[-1].response.header("last-modified")
    _, log = probe_scenario("healthy")
    etags = [each.header("if-none-match") for each in log if "if-none-match" in each.headers]
    assert etags == [send_healthy(log[1]).headers["ETag"], UNKNOWN_ETAG]


def test_session_repeats_a_request_that_succeeded() -> None:
    """A challenge page for the first client does not prevent it."""
    with serve(Scenario(for_client("Google", send_html(CHALLENGE)))) as server:
        result = probe_feed(server.url, QUICK)
    assert [each.client for each in result.select("repeat")] == ["Apple"]


def test_session_ignores_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{find_closed_port()}")
    assert probe_scenario("healthy")[0].feeds


# Limits


def test_documented_limits() -> None:
    assert (LIMITS.total, LIMITS.max_bytes, LIMITS.max_redirects) == (20, 10_000_000, 5)


@pytest.mark.parametrize("name", ["slow body", "slow head", "no response"])
def test_session_ends_in_time(name: str) -> None:
    started = time.monotonic()
    result, _ = probe_scenario(name, Limits(total=0.5))
    assert time.monotonic() - started < 5
    kinds = [each.response.error.kind for each in result.probes if each.response.error]
    assert (kinds[0], kinds[-1]) == ("timeout", "no time left")
    assert len(result.select("subscribe")) == len(CLIENTS)


@pytest.mark.parametrize(("times", "reached"), [(5, True), (6, False)])
def test_session_follows_five_redirects(times: int, *, reached: bool) -> None:
    with serve(Scenario(redirect_times(times))) as server:
        result = probe_feed(server.url, QUICK)
    google = result.select("subscribe")[0].response
    assert len(google.heads) == 6
    assert google.ok is reached
    paths = [each.path for each in server.log if each.count == 0 and each.path != "/robots.txt"]
    assert paths == [PATH, *(f"{PATH}?{step}" for step in range(1, 6))]


def test_session_reads_at_most_ten_megabytes() -> None:
    result, _ = probe_scenario("10 GB")
    assert {len(each.response.body) for each in result.feeds} == {10_000_000}
    assert all(each.response.truncated for each in result.feeds)


def test_body_is_kept_up_to_a_timeout() -> None:
    result, _ = probe_scenario("slow body", IMPATIENT)
    response = result.select("subscribe")[-1].response
    assert response.error
    assert response.body
    assert FEED.startswith(response.body)


# webcal


def test_webcal_falls_back_to_https(monkeypatch: pytest.MonkeyPatch) -> None:
    """A status of http that is no success leads to https, and is kept."""
    with (
        serve(Scenario(send_status(404))) as plain,
        serve(Scenario(send_healthy, tls=True)) as secure,
    ):
        monkeypatch.setattr(session, "candidate_urls", lambda _: (plain.url, secure.url))
        webcal = plain.url.replace("http:", "webcal:")
        result = probe_feed(webcal, QUICK, trust_certificate())
    assert {each.response.url for each in result.feeds} == {secure.url}
    assert {each.response.status for each in result.select("webcal")} == {404}
    assert {each.response.url for each in result.select("webcal")} == {plain.url}


def test_webcal_without_a_feed_has_the_status_of_http() -> None:
    with serve_scenario("403") as server:
        result = probe_feed(server.url.replace("http:", "webcal:"), QUICK)
    assert {each.response.status for each in result.select("subscribe")} == {403}
    assert result.select("webcal") == ()


def test_webcal_falls_back_to_https_without_http() -> None:
    with serve(Scenario(send_healthy, tls=True)) as server:
        webcal = server.url.replace("https://", "webcal://")
        result = probe_feed(webcal, QUICK, trust_certificate())
    assert {each.response.url for each in result.feeds} == {server.url}
    assert len(result.feeds) == len(CLIENTS)
    assert len(result.select("webcal")) == len(CLIENTS)
