"""Downloads of one URL by ``get``."""

from __future__ import annotations

import time

import pytest

from defects_ical.probe.fetch import get
from defects_ical.probe.responses import Response
from tests.support.faulty_server import (
    FEED,
    PATH,
    Misbehaviour,
    closed_port,
    healthy,
    misbehaving,
    one_after_another,
    redirect,
    running,
    silent,
)


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


def test_get_sends_the_user_agent_only() -> None:
    with running(Misbehaviour(healthy)) as server:
        response = download(server.url)
    assert (response.status, response.body, response.error) == (200, FEED, None)
    (asked,) = server.log
    assert set(asked.headers) == {"host", "user-agent"}
    assert asked.header("user-agent") == "defects-ical/1.0"


@pytest.mark.parametrize("status", ["401", "404", "410", "500"])
def test_get_returns_error_statuses(status: str) -> None:
    with misbehaving(status) as server:
        response = download(server.url)
    assert (response.status, response.error) == (int(status), None)


@pytest.mark.parametrize(("limit", "kind"), [(3, None), (2, "too many redirects")])
def test_get_limits_redirects(limit: int, kind: str | None) -> None:
    with running(Misbehaviour(one_after_another(3))) as server:
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
    with running(Misbehaviour(redirect(location))) as server:
        assert error_kind(download(server.url)) == kind


def test_get_truncates_at_the_limit() -> None:
    with misbehaving("10 GB") as server:
        response = download(server.url, max_bytes=1000)
    assert (response.truncated, len(response.body)) == (True, 1000)


@pytest.mark.parametrize("name", ["slow drip", "slow drip in the head", "silence"])
def test_get_ends_in_time(name: str) -> None:
    started = time.monotonic()
    with misbehaving(name) as server:
        response = download(server.url, timeout=0.3)
    assert error_kind(response) == "timeout"
    assert time.monotonic() - started < 5


def test_get_refuses_an_invalid_certificate() -> None:
    with misbehaving("self-signed certificate") as server:
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
    with running(Misbehaviour(healthy)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.removesuffix(PATH))
        response = download("http://feeds.invalid/show.ics")
    assert response.body == FEED
    assert [asked.path for asked in proxy.log] == ["http://feeds.invalid/show.ics"]


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "nonsense://127.0.0.1:1"])
def test_get_reports_an_unusable_proxy(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", proxy)
    response = download("http://feeds.invalid/show.ics")
    assert error_kind(response) == "no connection"
    assert response.error
    assert response.error.message.startswith("the proxy named in the environment cannot be used (")


def test_get_reports_an_unreachable_server() -> None:
    assert error_kind(download(f"http://127.0.0.1:{closed_port()}/")) == "no connection"
    with running(Misbehaviour(silent)) as server:
        secure = server.url.replace("http://", "https://")
        assert error_kind(download(secure, timeout=0.3)) == "tls"
