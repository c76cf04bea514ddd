"""Prepared responses: exact status, headers and bytes on every server, whatever the request."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from defects_ical.server.responses import prefers_gzip, prepare_responses
from tests.server.conftest import URL, URL_WITH_PATH
from tests.server.expected_responses import (
    FEED_200,
    FEED_PATH,
    GZIP_200,
    PAGE_200,
    REQUESTS,
    SCHEDULE,
    SITE,
)
from tests.site.test_build import PATHS
from tests.support.processes import BIN, Response, Server, run_validator


def export_files(folder: Path, url: str) -> dict[str, bytes]:
    """Run the command ``export``; return the files by path, without those for static hosts."""
    command = [str(BIN / "defects-ical"), "export", str(folder), "--url", url]
    subprocess.run([*command, "--schedule", str(SCHEDULE)], check=True, capture_output=True)
    files = {f"/{path.relative_to(folder)}": path for path in folder.rglob("*") if path.is_file()}
    unserved = {"/_headers", "/.nojekyll", "/.defects-ical.json"}
    return {
        path.removesuffix("index.html"): file.read_bytes()
        for path, file in files.items()
        if path not in unserved
    }


def test_every_path_serves_exported_bytes(server: Server, tmp_path: Path) -> None:
    files = export_files(tmp_path / "public", URL)
    assert set(files) == PATHS
    for path, content in files.items():
        response = server.request(path)
        assert (path, response.status, response.body) == (path, 200, content)


def test_bytes_are_same_with_and_without_url_path(server_with_path: Server, tmp_path: Path) -> None:
    files = export_files(tmp_path / "public", URL_WITH_PATH)
    for path, content in files.items():
        for target in (path, f"/the-defects{path}"):
            response = server_with_path.request(target)
            assert (target, response.status, response.body) == (target, 200, content)


@pytest.mark.parametrize(
    ("method", "target", "headers", "expected"),
    REQUESTS,
    ids=[f"{method} {target} {headers}" for method, target, headers, _ in REQUESTS],
)
def test_response_is_exact(
    server: Server, method: str, target: str, headers: dict[str, str], expected: Response
) -> None:
    assert server.request(target, method, headers) == expected
    assert "Traceback" not in server.log.read_text("utf-8")


def test_application_conforms_to_pep_3333() -> None:
    with run_validator(SCHEDULE, URL) as server:
        for method, target, headers, expected in REQUESTS:
            # wsgiref parses these targets in its own way.
            if not target.startswith(("//", "http:")):
                response = server.request(target, method, headers)
                assert (response.status, response.body) == (expected.status, expected.body)
        assert "Traceback" not in server.log.read_text("utf-8")


# Hostile headers.


def test_huge_headers_are_rejected_or_ignored(server: Server) -> None:
    for size in (5_000, 50_000, 500_000):
        value = "gzip;q=0.001, " * (size // 14)
        try:
            response = server.request("/", headers={"Accept-Encoding": value})
        except ConnectionError:
            # The server closed the connection before it had read everything.
            continue
        assert response == PAGE_200 or response.status in {400, 431}
    assert server.request("/", headers={"Accept-Encoding": "gzip"}) == GZIP_200


def test_malformed_headers_are_never_an_error(server: Server) -> None:
    etags = ", ".join(f'"{number:032x}"' for number in range(180))
    for headers in (
        {"If-None-Match": etags},
        {"If-None-Match": '"' * 7_000},
        {"Accept-Encoding": ",;=q" * 1_500},
        {"Accept-Encoding": "gzip;q=abc, gzip;q=-1, gzip;q=9e999, ;;;"},
    ):
        assert server.request(FEED_PATH, headers=headers) == FEED_200
        assert server.request("/", headers=headers).status == 200


@pytest.mark.parametrize(
    "unit",
    [
        '"',
        '"a,',
        ",",
        "W/",
        "a ,",
        '"a" ',
        " ",
        'W/"',
    ],
)
def test_if_none_match_is_parsed_in_linear_time(unit: str) -> None:
    """64 kB take milliseconds. In quadratic time they would take minutes."""
    responses = prepare_responses(SITE[FEED_PATH])
    header = (unit * 65_536)[:65_536]
    environ = {"REQUEST_METHOD": "GET", "HTTP_IF_NONE_MATCH": header}
    start = time.perf_counter()
    assert responses.select(environ) is responses.plain.full
    assert time.perf_counter() - start < 2


# Accept-Encoding.


@pytest.mark.parametrize(
    ("accept_encoding", "expected"),
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
def test_prefers_gzip_follows_q_values(accept_encoding: str, expected: bool) -> None:  # noqa: FBT001 - a column of the table
    assert prefers_gzip(accept_encoding) is expected
