"""Downloads of one URL: redirects, limits on size and time, and errors."""

from __future__ import annotations

import time

import pytest

from defects_ical.probe.fetch import get, run_with_deadline
from defects_ical.probe.responses import Response
from defects_ical.probe.session import probe_feed
from tests.support.faulty_server import (
    FEED,
    PATH,
    Scenario,
    find_closed_port,
    hang,
    redirect,
    redirect_times,
    send_healthy,
    serve,
)
from tests.support.server_scenarios import QUICK, serve_scenario


def download(
    url: str, *, timeout: float = 5, max_bytes: int = 10_000, max_redirects: int = 10
) -> Response:
    return get(
        url,
        user_agent="defects-ical/1.0",
        timeout=timeout,
        max_bytes=max_bytes,
        max_redirects=max_redirects,
    )


def error_kind(response: Response) -> str | None:
    return response.error.kind if response.error else None


def test_get_sends_no_other_headers() -> None:
    with serve(Scenario(send_healthy)) as server:
        response = download(server.url)
    assert (response.status, response.body, response.error) == (200, FEED, None)
    (request,) = server.log
    assert set(request.headers) == {"host", "user-agent"}
    assert request.header("user-agent") == "defects-ical/1.0"


@pytest.mark.parametrize("status", ["401", "404", "410", "500"])
def test_get_returns_error_statuses(status: str) -> None:
    with serve_scenario(status) as server:
        response = download(server.url)
    assert (response.status, response.error) == (int(status), None)


@pytest.mark.parametrize(("limit", "kind"), [(3, None), (2, "too many redirects")])
def test_get_limits_redirects(limit: int, kind: str | None) -> None:
    with serve(Scenario(redirect_times(3))) as server:
        response = download(server.url, max_redirects=limit)
    assert error_kind(response) == kind


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        (PATH, "redirect loop"),
        ("file:///etc/passwd", "invalid redirect"),
        ("ftp://127.0.0.1/show.ics", "invalid redirect"),
    ],
)
def test_get_refuses_redirects(location: str, kind: str) -> None:
    with serve(Scenario(redirect(location))) as server:
        assert error_kind(download(server.url)) == kind


def test_passwords_in_redirects_are_not_sent() -> None:
    with serve(Scenario(send_healthy)) as target:
        location = target.url.replace("://", "://me:secret@")
        with serve(Scenario(redirect(location))) as server:
            result = probe_feed(server.url, QUICK)
    assert result.feeds
    assert {each.header("authorization") for each in target.log} == {"", "Bearer"}
    urls = [head.url for each in result.probes for head in each.response.heads]
    assert "secret" not in repr(urls)


def test_get_truncates_at_the_limit() -> None:
    with serve_scenario("10 GB") as server:
        response = download(server.url, max_bytes=1000)
    assert (response.truncated, len(response.body)) == (True, 1000)


@pytest.mark.parametrize("name", ["slow body", "slow head", "no response"])
def test_get_ends_in_time(name: str) -> None:
    started = time.monotonic()
    with serve_scenario(name) as server:
        response = download(server.url, timeout=0.3)
    assert error_kind(response) == "timeout"
    assert time.monotonic() - started < 5


def test_get_refuses_an_invalid_certificate() -> None:
    with serve_scenario("self-signed certificate") as server:
        assert error_kind(download(server.url)) == "certificate"


@pytest.mark.parametrize(
    "url",
    [
        *("", "a.ics", "http:///a.ics", "http://a b.example/", "http://127.0.0.1:x/a.ics"),
        *("webcal://a.example/", "file:///etc/passwd", "http://me:secret@a.example/"),
    ],
)
def test_get_refuses_invalid_urls(url: str) -> None:
    assert error_kind(download(url)) == "invalid url"


def test_get_uses_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with serve(Scenario(send_healthy)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.removesuffix(PATH))
        response = download("http://feeds.invalid/show.ics")
    assert response.body == FEED
    assert [request.path for request in proxy.log] == ["http://feeds.invalid/show.ics"]


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "nonsense://127.0.0.1:1"])
def test_get_reports_an_unusable_proxy(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", proxy)
    response = download("http://feeds.invalid/show.ics")
    assert error_kind(response) == "no connection"
    assert response.error
    assert response.error.message.startswith("the proxy named in the environment cannot be used (")


def test_get_reports_an_unreachable_server() -> None:
    assert error_kind(download(f"http://127.0.0.1:{find_closed_port()}/")) == "no connection"
    with serve(Scenario(hang)) as server:
        secure = server.url.replace("http://", "https://")
        assert error_kind(download(secure, timeout=0.3)) == "tls"


def test_deadline_passes_results_and_exceptions_on() -> None:
    assert run_with_deadline(lambda: 1, 5) == 1
    with pytest.raises(ZeroDivisionError):
        run_with_deadline(lambda: 1 // 0, 5)


def test_deadline_abandons_a_function_that_hangs() -> None:
    assert run_with_deadline(lambda: time.sleep(1), 0.01) is None
