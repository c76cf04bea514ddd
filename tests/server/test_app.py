"""The service: the same bytes as the files, on any WSGI server, whatever is asked and how."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from wsgiref.util import setup_testing_defaults

import pytest

from defects_ical import __version__
from defects_ical.content.site_url import SiteURL
from defects_ical.schedule.loader import load_schedule
from defects_ical.server.app import create_app
from defects_ical.server.reloader import SiteReloader
from defects_ical.server.responses import prefers_gzip
from defects_ical.site.build import build_site
from tests.site.test_build import PATHS
from tests.support import golden
from tests.support.html_tree import find_links
from tests.support.processes import (
    BIN,
    ROOT,
    Response,
    Server,
    run_granian,
    run_gunicorn,
    run_validator,
)

URL: Final = "https://defects.example"
UNDER_A_PATH: Final = "https://me.example/the-defects"
SCHEDULE: Final = ROOT / "schedule.yaml"
SITE: Final = build_site(load_schedule(SCHEDULE), golden.SITE_URL)
SERVERS: Final = {
    "granian": lambda url: run_granian(SCHEDULE, url),
    "granian with 2 workers": lambda url: run_granian(SCHEDULE, url, 2),
    "gunicorn": lambda url: run_gunicorn(SCHEDULE, url, 2),
}


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """The shipped schedule, served in every way."""
    with SERVERS[request.param](URL) as running:
        yield running


@pytest.fixture(scope="module", params=SERVERS)
def under_a_path(request: pytest.FixtureRequest) -> Iterator[Server]:
    """The same, for an address that has a path."""
    with SERVERS[request.param](UNDER_A_PATH) as running:
        yield running


# The same bytes.


def exported(folder: Path, url: str) -> dict[str, bytes]:
    """What the command writes for an address, by path."""
    command = [str(BIN / "defects-ical"), "export", str(folder), "--url", url]
    subprocess.run([*command, "--schedule", str(SCHEDULE)], check=True, capture_output=True)
    files = {f"/{path.relative_to(folder)}": path for path in folder.rglob("*") if path.is_file()}
    hosts = {"/_headers", "/.nojekyll", "/.defects-ical.json"}
    return {
        path.removesuffix("index.html"): file.read_bytes()
        for path, file in files.items()
        if path not in hosts
    }


def test_every_file_and_every_path_of_the_design_is_served_as_exported(
    server: Server, tmp_path: Path
) -> None:
    files = exported(tmp_path / "public", URL)
    assert set(files) == PATHS
    for path, content in files.items():
        response = server.request(path)
        assert (path, response.status, response.body) == (path, 200, content)


def test_under_a_path_the_bytes_are_the_same_with_it_and_without(
    under_a_path: Server, tmp_path: Path
) -> None:
    files = exported(tmp_path / "public", UNDER_A_PATH)
    for path, content in files.items():
        for target in (path, f"/the-defects{path}"):
            response = under_a_path.request(target)
            assert (target, response.status, response.body) == (target, 200, content)


# What is asked, and what is answered: all headers but those that a server adds for itself.


def tag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


CACHE: Final = "public, max-age=300, stale-while-revalidate=3600, stale-if-error=604800"
SAFE: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000",
}
FEED: Final = SITE["/the-defects.ics"].body
FEED_TAG: Final = tag(FEED)
FEED_SAME: Final = Response(
    304,
    {
        "cache-control": f"{CACHE}, no-transform",
        "access-control-allow-origin": "*",
        "etag": FEED_TAG,
        **SAFE,
    },
    b"",
)
FEED_FULL: Final = Response(
    200,
    {
        **FEED_SAME.headers,
        "content-type": "text/calendar; charset=utf-8",
        "content-disposition": "inline",
        "content-length": str(len(FEED)),
    },
    FEED,
)
FEED_OPTIONS: Final = Response(
    204,
    {
        "allow": "GET, HEAD, OPTIONS",
        "access-control-allow-origin": "*",
        "access-control-allow-methods": "GET, HEAD, OPTIONS",
        "access-control-allow-headers": "*",
        "access-control-max-age": "86400",
        **SAFE,
    },
    b"",
)
SINGLE: Final = SITE["/episodes/the-defects-e03.ics"].body
SINGLE_FULL: Final = Response(
    200,
    {
        **FEED_FULL.headers,
        "content-disposition": 'attachment; filename="the-defects-e03.ics"',
        "content-length": str(len(SINGLE)),
        "etag": tag(SINGLE),
    },
    SINGLE,
)
PAGE: Final = SITE["/"].body
PAGE_TAG: Final = tag(PAGE)
PAGE_SAME: Final = Response(
    304, {"cache-control": CACHE, "vary": "Accept-Encoding", "etag": PAGE_TAG, **SAFE}, b""
)
POLICY: Final = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
PAGE_FULL: Final = Response(
    200,
    {
        **PAGE_SAME.headers,
        **POLICY,
        "content-type": "text/html; charset=utf-8",
        "content-length": str(len(PAGE)),
    },
    PAGE,
)
ZIPPED: Final = gzip.compress(PAGE, 6, mtime=0)
ZIPPED_TAG: Final = f'{PAGE_TAG[:-1]}-gzip"'
ZIPPED_SAME: Final = replace(PAGE_SAME, headers=PAGE_SAME.headers | {"etag": ZIPPED_TAG})
ZIPPED_FULL: Final = Response(
    200,
    {
        **PAGE_FULL.headers,
        "content-encoding": "gzip",
        "content-length": str(len(ZIPPED)),
        "etag": ZIPPED_TAG,
    },
    ZIPPED,
)
PAGE_OPTIONS: Final = Response(204, {"allow": "GET, HEAD, OPTIONS", **SAFE}, b"")
ROBOTS: Final = SITE["/robots.txt"].body
ROBOTS_FULL: Final = Response(
    200,
    {
        "cache-control": CACHE,
        "content-type": "text/plain; charset=utf-8",
        "content-length": "70",
        "etag": tag(ROBOTS),
        **SAFE,
    },
    b"User-agent: *\nDisallow:\n\nSitemap: https://defects.example/sitemap.xml\n",
)
# Of what Flask answers, too, scripts elsewhere may know.
OPEN: Final = {**SAFE, "access-control-allow-origin": "*"}
LOST: Final = SITE["/404.html"].body
NOT_FOUND: Final = Response(
    404,
    {
        "cache-control": "public, max-age=60",
        "content-type": "text/html; charset=utf-8",
        **POLICY,
        "content-length": str(len(LOST)),
        **OPEN,
    },
    LOST,
)
SENTENCE: Final = b"405 Method Not Allowed: Use GET, HEAD or OPTIONS.\n"
NOT_ALLOWED: Final = Response(
    405,
    {
        "allow": "GET, HEAD, OPTIONS",
        "cache-control": "no-store",
        "content-type": "text/plain; charset=utf-8",
        "content-length": str(len(SENTENCE)),
        **OPEN,
    },
    SENTENCE,
)
UNKNOWN: Final = '"0123456789abcdef0123456789abcdef"'
LONG_AGO: Final = "Thu, 01 Jan 1970 00:00:00 GMT"
# After the schedule was published, and not in the future.
LATELY: Final = "Thu, 01 Jan 2026 00:00:00 GMT"


def head(response: Response) -> Response:
    return replace(response, body=b"")


ICS: Final = "/the-defects.ics"
REQUESTS: Final[list[tuple[str, str, dict[str, str], Response]]] = [
    ("GET", ICS, {}, FEED_FULL),
    ("HEAD", ICS, {}, head(FEED_FULL)),
    ("OPTIONS", ICS, {}, FEED_OPTIONS),
    ("OPTIONS", ICS, {"Origin": "https://fan.example"}, FEED_OPTIONS),
    ("POST", ICS, {"Content-Length": "0"}, NOT_ALLOWED),
    ("PUT", ICS, {"Content-Length": "0"}, NOT_ALLOWED),
    ("DELETE", ICS, {}, NOT_ALLOWED),
    ("PROPFIND", ICS, {"Depth": "0"}, NOT_ALLOWED),
    ("BREW", ICS, {}, NOT_ALLOWED),
    ("GET", "/episodes/the-defects-e03.ics", {}, SINGLE_FULL),
    ("GET", "/", {}, PAGE_FULL),
    ("HEAD", "/", {}, head(PAGE_FULL)),
    ("OPTIONS", "/", {}, PAGE_OPTIONS),
    ("POST", "/", {"Content-Length": "0"}, NOT_ALLOWED),
    ("GET", "/robots.txt", {}, ROBOTS_FULL),
    ("GET", "/robots.txt", {"Accept-Encoding": "gzip"}, ROBOTS_FULL),
    # Conditions.
    ("GET", ICS, {"If-None-Match": FEED_TAG}, FEED_SAME),
    ("HEAD", ICS, {"If-None-Match": FEED_TAG}, FEED_SAME),
    ("OPTIONS", ICS, {"If-None-Match": FEED_TAG}, FEED_OPTIONS),
    ("GET", ICS, {"If-None-Match": f"W/{FEED_TAG}"}, FEED_SAME),
    ("GET", ICS, {"If-None-Match": f"{UNKNOWN}, {FEED_TAG}"}, FEED_SAME),
    ("GET", ICS, {"If-None-Match": f'"a,b",W/{FEED_TAG},{UNKNOWN}'}, FEED_SAME),
    ("GET", ICS, {"If-None-Match": "*"}, FEED_SAME),
    ("GET", ICS, {"If-None-Match": UNKNOWN}, FEED_FULL),
    ("GET", ICS, {"If-None-Match": FEED_TAG.upper()}, FEED_FULL),
    # Not valid, but clear: a client that strips the quotes.
    ("GET", ICS, {"If-None-Match": FEED_TAG.strip('"')}, FEED_SAME),
    ("GET", ICS, {"If-None-Match": FEED_TAG.rstrip('"')}, FEED_FULL),
    ("GET", ICS, {"If-None-Match": f'{FEED_TAG[:-1]}-gzip"'}, FEED_FULL),
    ("GET", ICS, {"If-None-Match": '"*"'}, FEED_FULL),
    ("GET", ICS, {"If-None-Match": ""}, FEED_FULL),
    ("GET", ICS, {"If-None-Match": "garbage"}, FEED_FULL),
    ("GET", ICS, {"If-None-Match": '""""",,,W/W/"'}, FEED_FULL),
    ("GET", ICS, {"If-None-Match": "\xff\xfe"}, FEED_FULL),
    ("GET", ICS, {"If-None-Match": UNKNOWN, "If-Modified-Since": LATELY}, FEED_FULL),
    ("GET", ICS, {"If-None-Match": FEED_TAG, "If-Modified-Since": LONG_AGO}, FEED_SAME),
    ("GET", ICS, {"If-Modified-Since": LATELY}, FEED_FULL),
    ("GET", ICS, {"If-Modified-Since": LONG_AGO}, FEED_FULL),
    ("GET", ICS, {"If-Modified-Since": "yesterday"}, FEED_FULL),
    # Compression: of pages, never of feeds.
    ("GET", ICS, {"Accept-Encoding": "gzip"}, FEED_FULL),
    ("GET", "/", {"Accept-Encoding": "gzip"}, ZIPPED_FULL),
    ("HEAD", "/", {"Accept-Encoding": "gzip"}, head(ZIPPED_FULL)),
    ("GET", "/", {"Accept-Encoding": "gzip, deflate, br, zstd"}, ZIPPED_FULL),
    ("GET", "/", {"Accept-Encoding": "*"}, ZIPPED_FULL),
    ("GET", "/", {"Accept-Encoding": "gzip;q=0"}, PAGE_FULL),
    ("GET", "/", {"Accept-Encoding": "gzip;q=0, *"}, PAGE_FULL),
    ("GET", "/", {"Accept-Encoding": "*;q=0"}, PAGE_FULL),
    ("GET", "/", {"Accept-Encoding": "br"}, PAGE_FULL),
    ("GET", "/", {"Accept-Encoding": ""}, PAGE_FULL),
    ("GET", "/", {"If-None-Match": PAGE_TAG}, PAGE_SAME),
    ("GET", "/", {"If-None-Match": ZIPPED_TAG, "Accept-Encoding": "gzip"}, ZIPPED_SAME),
    # Either tag earns a 304, and is the one confirmed.
    ("GET", "/", {"If-None-Match": ZIPPED_TAG}, ZIPPED_SAME),
    ("GET", "/", {"If-None-Match": PAGE_TAG, "Accept-Encoding": "gzip"}, PAGE_SAME),
    ("GET", "/", {"If-None-Match": f"{PAGE_TAG}, W/{ZIPPED_TAG}"}, PAGE_SAME),
    ("GET", "/", {"If-None-Match": "*", "Accept-Encoding": "gzip"}, ZIPPED_SAME),
    ("GET", "/", {"If-None-Match": UNKNOWN, "Accept-Encoding": "gzip"}, ZIPPED_FULL),
    # What changes nothing.
    ("GET", ICS, {"Accept": "nonsense"}, FEED_FULL),
    ("GET", ICS, {"Accept": "application/json;q=1, text/html;q=0"}, FEED_FULL),
    ("GET", ICS, {"Authorization": "Bearer x"}, FEED_FULL),
    ("GET", ICS, {"Cookie": "session=x"}, FEED_FULL),
    ("GET", ICS, {"Range": "bytes=0-9"}, FEED_FULL),
    ("GET", ICS, {"If-Match": UNKNOWN}, FEED_FULL),
    ("GET", ICS, {"Content-Length": "0"}, FEED_FULL),
    ("GET", f"{ICS}?v=2", {}, FEED_FULL),
    ("GET", f"{ICS}?", {}, FEED_FULL),
    ("GET", "/the%2Ddefects.ics", {}, FEED_FULL),
    ("GET", f"http://evil.example{ICS}", {}, FEED_FULL),
    # Paths that lead nowhere.
    ("GET", "/no-such-page", {}, NOT_FOUND),
    ("HEAD", "/no-such-page", {}, head(NOT_FOUND)),
    ("POST", "/no-such-page", {"Content-Length": "0"}, NOT_FOUND),
    ("BREW", "/no-such-page", {}, NOT_FOUND),
    ("GET", "/no-such-page", {"Accept-Encoding": "gzip", "If-None-Match": "*"}, NOT_FOUND),
    ("GET", f"{ICS}/", {}, NOT_FOUND),
    ("GET", "/The-Defects.ics", {}, NOT_FOUND),
    ("GET", "/static/x", {}, NOT_FOUND),
    ("GET", "/episodes/", {}, NOT_FOUND),
    ("GET", f"/{ICS}", {}, NOT_FOUND),
    ("POST", f"/{ICS}", {"Content-Length": "0"}, NOT_FOUND),
    ("GET", "//healthz", {}, NOT_FOUND),
    ("GET", "//index.html", {}, NOT_FOUND),
    ("GET", "//", {}, NOT_FOUND),
    ("GET", "/episodes//the-defects-e03.ics", {}, NOT_FOUND),
    ("GET", f"/..{ICS}", {}, NOT_FOUND),
    ("GET", f"/episodes/..{ICS}", {}, NOT_FOUND),
    ("GET", f"/%2e%2e{ICS}", {}, NOT_FOUND),
    ("GET", "/%2e%2e%2f%2e%2e%2fetc%2fpasswd", {}, NOT_FOUND),
    ("GET", "/%00", {}, NOT_FOUND),
    ("GET", f"{ICS}%00", {}, NOT_FOUND),
    ("GET", "/%ff%fe", {}, NOT_FOUND),
    ("GET", "/%zz", {}, NOT_FOUND),
    ("GET", "/%0d%0aX-Injected:%20yes", {}, NOT_FOUND),
]


@pytest.mark.parametrize(
    ("method", "target", "headers", "expected"),
    REQUESTS,
    ids=[f"{method} {target} {headers}" for method, target, headers, _ in REQUESTS],
)
def test_a_request_has_its_answer(
    server: Server, method: str, target: str, headers: dict[str, str], expected: Response
) -> None:
    assert server.request(target, method, headers) == expected
    assert "Traceback" not in server.log.read_text("utf-8")


def test_server_and_application_keep_to_pep_3333() -> None:
    with run_validator(SCHEDULE, URL) as server:
        for method, target, headers, expected in REQUESTS:
            # This server reads these targets in its own way.
            if not target.startswith(("//", "http:")):
                response = server.request(target, method, headers)
                assert (response.status, response.body) == (expected.status, expected.body)
        assert "Traceback" not in server.log.read_text("utf-8")


LONG: Final = f"/{'a' * 16_384}"


def test_a_path_of_16_kilobytes_leads_nowhere(server: Server) -> None:
    response = server.request(LONG)
    # gunicorn reads no line that long.
    assert response.status in {404, 414}
    assert (response == NOT_FOUND) == (response.status == 404)


def test_a_path_with_a_nul_as_it_is_is_no_request(server: Server) -> None:
    response = server.send_raw(b"GET /\0 HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    assert response.status == 400


def test_headers_without_measure_are_refused_or_of_no_consequence(server: Server) -> None:
    for octets in (5_000, 50_000, 500_000):
        value = "gzip;q=0.001, " * (octets // 14)
        try:
            response = server.request("/", headers={"Accept-Encoding": value})
        except ConnectionError:
            # It is not even read to its end.
            continue
        assert response == PAGE_FULL or response.status in {400, 431}
    assert server.request("/", headers={"Accept-Encoding": "gzip"}) == ZIPPED_FULL


def publisher(address: SiteURL) -> SiteReloader:
    """What is published of the shipped schedule."""
    publisher = SiteReloader(SCHEDULE, address)
    publisher.reload()
    return publisher


@pytest.mark.parametrize(("method", "status"), [("GET", 200), ("POST", 405)])
@pytest.mark.parametrize("environ", [{}, {"PATH_INFO": ""}])
def test_an_empty_path_is_the_root(method: str, status: int, environ: dict[str, str]) -> None:
    address = SiteURL.parse(URL)
    app = create_app(publisher(address), address)
    asked = environ | {"REQUEST_METHOD": method}
    setup_testing_defaults(asked)
    if not environ:
        del asked["PATH_INFO"]
    statuses: list[str] = []

    def start_response(line: str, *_: object) -> Callable[[bytes], object]:
        statuses.append(line)
        return lambda _: None

    list(app(asked, start_response))
    assert statuses[0].startswith(str(status))


def test_what_no_table_could_list_is_never_an_error_of_ours(server: Server) -> None:
    tags = ", ".join(f'"{number:032x}"' for number in range(180))
    for headers in (
        {"If-None-Match": tags},
        {"If-None-Match": '"' * 7_000},
        {"Accept-Encoding": ",;=q" * 1_500},
        {"Accept-Encoding": "gzip;q=abc, gzip;q=-1, gzip;q=9e999, ;;;"},
    ):
        assert server.request(ICS, headers=headers) == FEED_FULL
        assert server.request("/", headers=headers).status == 200


@pytest.mark.parametrize("target", [ICS, "/", "/healthz", "/no-such-page"])
@pytest.mark.parametrize(
    "forged",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:81"},
        {"Host": "a b"},
        {"Host": "<script>"},
        {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"},
        {"X-Forwarded-Prefix": "/evil", "X-Script-Name": "/evil"},
        {"Forwarded": "host=evil.example;proto=http"},
        {"X-Original-URL": "/evil", "X-Rewrite-URL": "/evil"},
    ],
    ids=str,
)
def test_a_forged_header_changes_no_byte(
    server: Server, under_a_path: Server, target: str, forged: dict[str, str]
) -> None:
    # The last ones are what redirects, or would.
    more = ["/the-defects", "/the-defects//healthz", "/the-defects/index.html"]
    for each, paths in ((server, [target]), (under_a_path, [target, *more])):
        for path in paths:
            expected, response = each.request(path), each.request(path, headers=forged)
            # Two workers have not loaded the schedule in the same second.
            bodies = {re.sub(rb'"loaded_at": ".*"', b"", one.body) for one in (expected, response)}
            assert (response.status, response.headers, len(bodies)) == (
                expected.status,
                expected.headers,
                1,
            )


# An address with a path.


@pytest.mark.parametrize(
    "target", ["/the-defects", "/the-defects/index.html", "/index.html", "/index.html?a=b"]
)
def test_other_names_of_the_page_lead_to_it(under_a_path: Server, target: str) -> None:
    response = under_a_path.request(target)
    assert (response.status, response.headers["location"]) == (308, "/the-defects/")
    assert response.headers["cache-control"] == "public, max-age=300"


def test_the_file_of_the_page_leads_to_the_page(server: Server) -> None:
    response = server.request("/index.html")
    assert (response.status, response.headers["location"]) == (308, "/")


@pytest.mark.parametrize("target", ["/the-defects/no/such/page", "/no/such/page"])
def test_the_404_page_leads_back_from_any_depth(under_a_path: Server, target: str) -> None:
    response = under_a_path.request(target)
    assert response.status == 404
    ways = [urlsplit(link).path for link in find_links(response.body)]
    assert "/the-defects/" in ways
    assert {under_a_path.request(way).status for way in ways} == {200}


@pytest.mark.parametrize("target", ["/healthz", "/the-defects/healthz"])
def test_the_health_is_found_under_the_path_and_without(under_a_path: Server, target: str) -> None:
    assert json.loads(under_a_path.request(target).body)["status"] == "ok"


def test_methods_are_refused_under_the_path(under_a_path: Server) -> None:
    response = under_a_path.request(f"/the-defects{ICS}", "POST", {"Content-Length": "0"})
    assert (response.status, response.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_hsts_is_for_https_alone() -> None:
    for url, expected in ((URL, "max-age=31536000"), ("http://127.0.0.1:8000", None)):
        address = SiteURL.parse(url)
        client = create_app(publisher(address), address).test_client()
        for path in ("/", ICS, "/healthz", "/no-such-page"):
            assert client.get(path).headers.get("Strict-Transport-Security") == expected


# What Flask answers.


def test_the_health_tells_what_is_served(server: Server) -> None:
    response = server.request("/healthz")
    facts = json.loads(response.body)
    age = datetime.now(UTC) - datetime.fromisoformat(facts.pop("loaded_at"))
    assert timedelta(seconds=-1) < age < timedelta(minutes=10)
    assert facts == {
        "status": "ok",
        "version": __version__,
        "digest": hashlib.sha256(SCHEDULE.read_bytes()).hexdigest(),
        "episodes": {"confirmed": 8, "tentative": 0, "cancelled": 0},
        "problem": None,
    }
    assert (response.status, response.headers) == (
        200,
        {
            "cache-control": "no-store",
            "content-type": "application/json",
            "content-length": str(len(response.body)),
            **OPEN,
        },
    )
    refused = server.request("/healthz", "POST", {"Content-Length": "0"})
    assert (refused.status, refused.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_a_bug_of_ours_is_told_to_the_log_and_not_to_the_reader(
    caplog: pytest.LogCaptureFixture,
) -> None:
    address = SiteURL.parse(URL)
    app = create_app(publisher(address), address)
    app.add_url_rule("/broken", "broken", lambda: str(1 // 0))
    response = app.test_client().get("/broken")
    assert response.status_code == 500
    assert response.text.startswith("500 Internal Server Error: ")
    assert not re.search("Traceback|ZeroDivision", response.text)
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("gzip", True),
        ("GZip", True),
        ("gzip;q=0.001", True),
        ("deflate, gzip;q=1.0, *;q=0.5", True),
        ("identity;q=0.5, gzip;q=0.5", True),
        ("identity, gzip;q=0.5", False),
        ("identity;q=0", False),
        ("identity", False),
        ("gzip;q=0.000", False),
        ("x-gzipped", False),
    ],
)
def test_gzip_is_for_those_who_prefer_it(accepted: str, expected: bool) -> None:  # noqa: FBT001 - a column of the table
    assert prefers_gzip(accepted) is expected
