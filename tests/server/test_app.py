"""The application: what it serves besides prepared responses, and what it trusts."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit
from wsgiref.util import setup_testing_defaults

import pytest
from flask import Flask

from defects_ical import __version__
from defects_ical.content.links.site_url import SiteURL
from defects_ical.server.app import create_app
from defects_ical.server.reloaded_site import ReloadedSite
from defects_ical.server.reloader import SiteReloader
from defects_ical.server.responses import PathResponses
from tests.server.conftest import URL
from tests.server.expected_responses import FEED_PATH, FLASK_HEADERS, NOT_FOUND, SCHEDULE
from tests.support.html_tree import find_links
from tests.support.processes import Server
from tests.support.variants import leave_to_soak, sample


def create_example_app(url: str = URL) -> Flask:
    """Return the application of the shipped schedule."""
    site_url = SiteURL.parse(url)
    reloader = SiteReloader(SCHEDULE, site_url)
    reloader.reload()
    return create_app(ReloadedSite(reloader, site_url), site_url)


# Paths.

LONG_PATH: Final = f"/{'a' * 16_384}"


def test_path_of_16_kb_is_not_found(server: Server) -> None:
    response = server.request(LONG_PATH)
    # gunicorn rejects a request line of this length.
    assert response.status in {404, 414}
    assert (response == NOT_FOUND) == (response.status == 404)


def test_path_with_nul_is_a_bad_request(server: Server) -> None:
    response = server.send_raw(b"GET /\0 HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    assert response.status == 400


class LateSite(ReloadedSite):
    """A site with an edit between the two times that a request is looked up."""

    is_live = False

    def find_responses(self, path: str) -> PathResponses | None:
        was_live, self.is_live = self.is_live, True
        return super().find_responses(path) if was_live else None


LATE_REQUESTS: Final = {"GET": 200, "HEAD": 200, "OPTIONS": 204, "POST": 405}


@pytest.mark.parametrize("path", ["/", FEED_PATH])
@pytest.mark.parametrize(("method", "status"), LATE_REQUESTS.items())
def test_path_that_an_edit_adds_during_a_request(method: str, status: int, path: str) -> None:
    site_url = SiteURL.parse(URL)
    reloader = SiteReloader(SCHEDULE, site_url)
    reloader.reload()
    client = create_app(LateSite(reloader, site_url), site_url).test_client()
    early, later = (client.open(path, method=method) for _ in range(2))
    assert (early.status_code, early.data) == (status, later.data)
    assert [*early.headers] == [*later.headers]


@pytest.mark.parametrize(("method", "status"), [("GET", 200), ("POST", 405)])
@pytest.mark.parametrize("path_info", [{}, {"PATH_INFO": ""}], ids=["missing", "empty"])
def test_empty_path_info_is_root(method: str, status: int, path_info: dict[str, str]) -> None:
    environ = path_info | {"REQUEST_METHOD": method}
    setup_testing_defaults(environ)
    if not path_info:
        del environ["PATH_INFO"]
    statuses: list[str] = []

    def start_response(line: str, *_: object) -> Callable[[bytes], object]:
        statuses.append(line)
        return lambda _: None

    list(create_example_app()(environ, start_response))
    assert statuses[0].startswith(str(status))


FORGED_HEADERS: Final = [
    {"Host": "evil.example"},
    {"Host": "evil.example:81"},
    {"Host": "a b"},
    {"Host": "<script>"},
    {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"},
    {"X-Forwarded-Prefix": "/evil", "X-Script-Name": "/evil"},
    {"Forwarded": "host=evil.example;proto=http"},
    {"X-Original-URL": "/evil", "X-Rewrite-URL": "/evil"},
]


@pytest.mark.parametrize("target", [FEED_PATH, "/healthz", *leave_to_soak("/", "/no-such-page")])
@pytest.mark.parametrize(
    "forged",
    sample(FORGED_HEADERS, 4),
    ids=str,
)
def test_forged_headers_change_nothing(
    server: Server, server_with_path: Server, target: str, forged: dict[str, str]
) -> None:
    redirects = ["/the-defects", "/the-defects//healthz", "/the-defects/index.html"]
    for each, paths in ((server, [target]), (server_with_path, [target, *redirects])):
        for path in paths:
            expected, response = each.request(path), each.request(path, headers=forged)
            # Two workers may have loaded the schedule in different seconds.
            bodies = {re.sub(rb'"loaded_at": ".*"', b"", one.body) for one in (expected, response)}
            assert (response.status, response.headers) == (expected.status, expected.headers)
            assert len(bodies) == 1


# A site URL with a path.


@pytest.mark.parametrize(
    "target", ["/the-defects", "/the-defects/index.html", "/index.html", "/index.html?a=b"]
)
def test_other_paths_of_page_redirect(server_with_path: Server, target: str) -> None:
    response = server_with_path.request(target)
    assert (response.status, response.headers["location"]) == (308, "/the-defects/")
    assert response.headers["cache-control"] == "public, max-age=300"


def test_index_html_redirects_to_root(server: Server) -> None:
    response = server.request("/index.html")
    assert (response.status, response.headers["location"]) == (308, "/")


@pytest.mark.parametrize("target", ["/the-defects/no/such/page", "/no/such/page"])
def test_404_page_links_work_at_any_depth(server_with_path: Server, target: str) -> None:
    response = server_with_path.request(target)
    assert response.status == 404
    paths = [urlsplit(link).path for link in find_links(response.body)]
    assert "/the-defects/" in paths
    assert {server_with_path.request(path).status for path in paths} == {200}


@pytest.mark.parametrize("target", ["/healthz", "/the-defects/healthz"])
def test_healthz_works_with_and_without_path(server_with_path: Server, target: str) -> None:
    assert json.loads(server_with_path.request(target).body)["status"] == "ok"


def test_post_under_url_path_is_not_allowed(server_with_path: Server) -> None:
    response = server_with_path.request(f"/the-defects{FEED_PATH}", "POST", {"Content-Length": "0"})
    assert (response.status, response.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize(
    ("url", "expected"), [(URL, "max-age=31536000"), ("http://127.0.0.1:8000", None)]
)
def test_hsts_is_sent_for_https_only(url: str, expected: str | None) -> None:
    client = create_example_app(url).test_client()
    for path in ("/", FEED_PATH, "/healthz", "/no-such-page"):
        assert client.get(path).headers.get("Strict-Transport-Security") == expected


# Responses of Flask views.


def test_healthz_reports_live_site(server: Server) -> None:
    response = server.request("/healthz")
    facts = json.loads(response.body)
    age = datetime.now(UTC) - datetime.fromisoformat(facts.pop("loaded_at"))
    assert timedelta(seconds=-1) < age < timedelta(minutes=10)
    assert facts == {
        "status": "ok",
        "version": __version__,
        "edited_at": None,
        "digest": hashlib.sha256(SCHEDULE.read_bytes()).hexdigest(),
        "episodes": {"confirmed": 8, "tentative": 0, "postponed": 0, "cancelled": 0},
        "problem": None,
    }
    assert (response.status, response.headers) == (
        200,
        {
            "cache-control": "no-store",
            "content-type": "application/json",
            "content-length": str(len(response.body)),
            **FLASK_HEADERS,
        },
    )
    rejected = server.request("/healthz", "POST", {"Content-Length": "0"})
    assert (rejected.status, rejected.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_internal_error_is_logged_not_sent(caplog: pytest.LogCaptureFixture) -> None:
    app = create_example_app()
    app.add_url_rule("/broken", "broken", lambda: str(1 // 0))
    response = app.test_client().get("/broken")
    assert response.status_code == 500
    assert response.text.startswith("500 Internal Server Error: ")
    assert not re.search("Traceback|ZeroDivision", response.text)
    assert "ZeroDivisionError" in caplog.text
