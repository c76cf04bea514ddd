"""Checks whether every client gets the feed."""

from __future__ import annotations

import socket
import threading
from typing import Final

import pytest

from defects_ical.doctor.findings import Finding
from defects_ical.probe import session
from defects_ical.probe.clients import CLIENTS
from defects_ical.probe.session import Limits, ProbeResult, probe_feed
from tests.doctor.http_issues import find_http_issues, summarize, summarize_all
from tests.support.faulty_server import (
    Handler,
    Scenario,
    close_connection,
    delay,
    find_closed_port,
    for_client,
    hang,
    redirect,
    send_healthy,
    send_status,
    serve,
    trust_certificate,
)
from tests.support.server_scenarios import QUICK, SCENARIOS, probe_scenario, serve_scenario
from tests.support.variants import sample

EXPECTED: Final[dict[str, list[str]]] = {
    "healthy": [],
    "403 for one User-Agent": ["error forbidden: Google"],
    "403 for two User-Agents": ["error forbidden: Outlook, ICSx5"],
    "401": ["error unauthorized"],
    "403": ["error forbidden"],
    "404": ["error not-found"],
    "410": ["error gone"],
    "418": ["error unexpected-status"],
    "429": ["error rate-limited"],
    "500": ["error server-error"],
    "503 for one User-Agent": ["error server-error: Outlook"],
    "unconditional 304": ["error unconditional-304"],
    "connection closed for one User-Agent": ["error incomplete-response: Apple"],
    "HTML page": ["error html-page"],
    "challenge with 200": ["error challenge"],
    "challenge with 403": ["error challenge"],
    "challenge for one User-Agent": ["error challenge: ICSx5"],
    "redirect to a login page": ["error login-page"],
    "login page": ["error login-page"],
    "empty response": ["error empty-response"],
    "redirect loop": ["error redirect-loop"],
    "five redirects": [],
    "six redirects": ["error too-many-redirects"],
    "redirect from https to http": ["error insecure-redirect: ICSx5"],
    "redirect to a file URL": ["error invalid-redirect"],
    "redirect to another host": ["info redirect-to-other-host"],
    "self-signed certificate": ["error invalid-certificate"],
    "robots.txt disallows all": ["error robots-disallowed: Google"],
    "robots.txt disallows Google": ["error robots-disallowed: Google"],
    "robots.txt disallows another client": [],
    "robots.txt with 404": [],
    "robots.txt with 500": ["warning robots-unavailable: Google"],
    "slow body": ["error timeout"],
    "slow head": ["error timeout"],
    "no response": ["error timeout"],
    "truncated body": ["error incomplete-response"],
}


@pytest.mark.parametrize("name", sample(EXPECTED, 2))
def test_reachability_issues(name: str) -> None:
    assert summarize_all(probe_scenario(name)[0]) == EXPECTED[name]


# Clients without a response


def find_one(url: str, limits: Limits = QUICK, *, trusted: bool = False) -> Finding:
    """Return the only finding of a feed."""
    context = trust_certificate() if trusted else None
    (finding,) = find_http_issues(probe_feed(url, limits, context))
    return finding


def test_closed_port() -> None:
    finding = find_one(f"http://127.0.0.1:{find_closed_port()}/a.ics")
    assert summarize(finding) == "error no-connection"
    assert finding.message == "Connection failed: the server refuses the connection."


def test_unknown_host() -> None:
    finding = find_one("http://feeds.invalid/a.ics")
    assert finding.message == "Host not found: the host name cannot be resolved."


def test_http_on_an_https_port() -> None:
    with serve(Scenario(send_healthy)) as server:
        finding = find_one(server.url.replace("http://", "https://"))
    assert finding.message == "HTTPS failed: the server does not speak HTTPS on this port."


def test_certificate_for_another_name() -> None:
    """The certificate is for the IP address, and not for `localhost`."""
    with serve_scenario("self-signed certificate") as server:
        assert summarize_all(probe_feed(server.url, QUICK, trust_certificate())) == []
        finding = find_one(server.url.replace("127.0.0.1", "localhost"), trusted=True)
    assert finding.message == "The TLS certificate is not valid: it is for another host name."


@pytest.mark.parametrize(
    "location",
    [
        "//[::1",
        "http://a b.example/",
        "http://xn--/",
        f"http://{'a' * 64}.example/",
        "http://\x07/",
    ],
)
def test_redirect_to_an_invalid_url(location: str) -> None:
    with serve(Scenario(redirect(location))) as server:
        assert summarize_all(probe_feed(server.url, QUICK)) == ["error invalid-redirect"]


# Time limits


@pytest.mark.parametrize("name", ["slow body", "slow head", "no response"])
def test_timeout_is_reported_with_its_limit(name: str) -> None:
    result, _ = probe_scenario(name, Limits(total=0.5))
    finding = find_http_issues(result)[0]
    assert summarize(finding) == "error timeout"
    assert finding.message == "The response took too long: not finished after 0.2 seconds."


def test_server_that_never_responds() -> None:
    with serve(Scenario(hang, robots=hang)) as server:
        result = probe_feed(server.url, Limits(total=1))
    assert summarize_all(result)[0] == "error timeout"


def test_resolver_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    stopping = threading.Event()

    def getaddrinfo(*_: object) -> None:
        stopping.wait()
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    result = probe_feed("http://slow.example/a.ics", Limits(total=0.5))
    stopping.set()
    assert summarize_all(result)[0] == "error timeout"


def test_no_probes_are_an_error() -> None:
    result = ProbeResult("http://a.example/", (), Limits())
    assert summarize_all(result) == ["error timeout"]


def test_last_clients_are_not_blamed_for_lack_of_time() -> None:
    with serve(Scenario(delay(0.6))) as server:
        result = probe_feed(server.url, Limits(total=3))
    assert 2 <= len(result.feeds) < len(CLIENTS)
    omitted = ", ".join(CLIENTS[len(result.feeds) :])
    (finding,) = find_http_issues(result)
    assert summarize(finding) == f"warning incomplete-check: {omitted}"
    assert finding.message.startswith("After 3 seconds, no time was left to request the feed as ")
    assert finding.message.endswith(" and robots.txt.")


def test_slow_client_leaves_time_for_others() -> None:
    with serve(Scenario(for_client("Google", hang))) as server:
        result = probe_feed(server.url, Limits(total=3, request=1, robots=0.2, pause=0))
    assert summarize_all(result) == ["error timeout: Google"]
    assert len(result.feeds) == len(CLIENTS) - 1


# robots.txt and webcal


def probe_robots(handler: Handler) -> ProbeResult:
    with serve(Scenario(send_healthy, robots=handler)) as server:
        return probe_feed(server.url, Limits(request=2, robots=0.2, pause=0))


def test_slow_robots_hides_no_other_issue() -> None:
    result = probe_robots(hang)
    assert len(result.feeds) == len(CLIENTS)
    assert len(result.select("repeat")) == 1
    (finding,) = find_http_issues(result)
    assert summarize(finding) == "warning robots-unavailable: Google"
    assert finding.message == "robots.txt is unavailable: not finished after 0.2 seconds."


def test_robots_without_a_response() -> None:
    assert summarize_all(probe_robots(close_connection)) == ["warning robots-unavailable: Google"]


def test_webcal_without_a_feed_over_http(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(SCENARIOS["404"]) as plain, serve(Scenario(send_healthy, tls=True)) as secure:
        monkeypatch.setattr(session, "candidate_urls", lambda _: (plain.url, secure.url))
        finding = find_one(plain.url.replace("http:", "webcal:"), trusted=True)
    assert summarize(finding) == "warning webcal-over-http"
    assert finding.message == (
        f"webcal links lead to {plain.url}, which has status 404 (Not Found), "
        "while HTTPS serves the feed."
    )
    assert "redirect from HTTP to HTTPS" in finding.fix


def test_webcal_without_http() -> None:
    with serve(Scenario(send_healthy, tls=True)) as server:
        finding = find_one(server.url.replace("https://", "webcal://"), trusted=True)
    assert summarize(finding) == "warning webcal-over-http"


def test_webcal_without_any_feed() -> None:
    with serve(Scenario(send_status(403))) as server:
        finding = find_one(server.url.replace("http:", "webcal:"))
    assert summarize(finding) == "error forbidden"
