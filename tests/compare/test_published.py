"""Load what is live: files, folders and URLs, and refuse what is no feed of the show.

The file data/errors.txt has the errors.
"""

from __future__ import annotations

import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

import pytest

from defects_ical import __version__
from defects_ical.compare.live import published
from defects_ical.compare.live.published import load_published
from defects_ical.errors import ComparisonSourceError
from tests.compare.commands import (
    EXPECTED_ERRORS,
    URL,
    read_error,
    read_expected,
    run_command,
)
from tests.compare.comparisons import apply_edit, build_feeds
from tests.compare.edits import EDITS, PUBLISHED
from tests.support.example_schedules import load_yaml
from tests.support.processes import run_granian

FEED: Final = build_feeds(PUBLISHED)["/show.ics"].body


@pytest.mark.usefixtures("export_folder")
@pytest.mark.parametrize("name", ["show.ics", "show-stream-reminders.ics", "episodes/show-e02.ics"])
def test_check_against_one_file(name: str) -> None:
    Path("schedule.yaml").write_text(apply_edit(EDITS["rule time edited"]), "utf-8")
    result = run_command("check", "--against", f"public/{name}")
    assert result.exit_code == 1
    assert f"The Show, compared with public/{name}\n" in result.stdout
    assert "episodes: [2], move: 2025-07-22T22:00}" in result.stdout


@pytest.mark.usefixtures("export_folder")
def test_copied_feed_is_identified_by_its_content() -> None:
    assert run_command("export", "moved", "--url", "https://me.example/shows").exit_code == 0
    Path("moved/show-stream.ics").rename("show-stream (1).ics")
    Path("moved/episodes/show-e02.ics").rename("e2.ics")
    for name in ("show-stream (1).ics", "e2.ics"):
        result = run_command("check", "--against", name)
        assert (result.exit_code, result.stdout.splitlines()[1]) == (
            0,
            "schedule.yaml: no changes",
        )


def test_check_against_live_feed(export_folder: Path) -> None:
    Path("edited.yaml").write_text(apply_edit(EDITS["rule time and runtime edited"]), "utf-8")
    with run_granian(export_folder / "schedule.yaml", "https://me.example/shows") as server:
        url = f"http://127.0.0.1:{server.port}/show.ics"
        result = run_command("check", "--against", url, "--schedule", "edited.yaml")
    text = read_expected("moved.txt").replace("public", url).replace("schedule.yaml", "edited.yaml")
    assert (result.exit_code, result.stdout) == (1, text)


@pytest.mark.usefixtures("export_folder")
def test_other_calendars_in_folder_are_skipped() -> None:
    Path("public/party.ics").write_text("BEGIN:VCALENDAR\nEND:VCALENDAR\n", "utf-8")
    other = PUBLISHED.replace("slug: show", "slug: film").replace("3c2d1f64", "4c2d1f64")
    Path("other.yaml").write_text(other, "utf-8")
    assert run_command("export", "other", "--url", URL, "--schedule", "other.yaml").exit_code == 0
    Path("other/film.ics").rename("public/film.ics")
    result = run_command("check", "--against", "public")
    assert (result.exit_code, result.stdout.splitlines()[1]) == (
        0,
        "schedule.yaml: no changes",
    )


def edit_feed(old: bytes, new: bytes) -> bytes:
    assert old in FEED
    return FEED.replace(old, new)


UNUSABLE_FEEDS: Final[dict[str, Callable[[], bytes]]] = {
    "empty": lambda: b"",
    "blank": lambda: b"\r\n\r\n",
    "web page": lambda: b"\n<!DOCTYPE html>\n<title>The Show</title>\n",
    "binary": lambda: b"\x89PNG\r\n\x1a\n\0\0",
    "compressed": lambda: b"\x1f\x8b\x08\x01",
    "not a calendar": lambda: b"The Show\n",
    "truncated": lambda: FEED[:1000],
    "of another program": lambda: edit_feed(b"-//defects-ical//defects-ical//EN", b"-//a//b//EN"),
    "without events": lambda: re.sub(b"(?s)SOURCE.*?\r\n|BEGIN:VEVENT.*END:VEVENT\r\n", b"", FEED),
    "of another show": lambda: (
        build_feeds(PUBLISHED.replace("slug: show", "slug: film").replace("3c2d1f64", "4c2d1f64"))[
            "/film.ics"
        ].body
    ),
    "not UTF-8": lambda: edit_feed(b"They run.", b"They r\xfcn."),
    "invalid SOURCE": lambda: edit_feed(b"SOURCE;VALUE=URI:https:", b"SOURCE;VALUE=URI:ftp:"),
    "invalid line": lambda: edit_feed(b"TRANSP:TRANSPARENT\r\n", b"TRANSPARENT\r\n"),
    "no SEQUENCE": lambda: edit_feed(b"SEQUENCE:0\r\n", b""),
    "negative SEQUENCE": lambda: edit_feed(b"SEQUENCE:0\r\n", b"SEQUENCE:-1\r\n"),
    "large SEQUENCE": lambda: edit_feed(b"SEQUENCE:0\r\n", b"SEQUENCE:100000\r\n"),
    "unknown STATUS": lambda: edit_feed(b"STATUS:CONFIRMED", b"STATUS:PLANNED"),
    "local DTSTAMP": lambda: edit_feed(b"DTSTAMP:20250701T000000Z", b"DTSTAMP:20250701T000000"),
    "floating DTSTART": lambda: edit_feed(b"DTSTART;TZID=Asia/Seoul:", b"DTSTART:"),
    "unknown time zone": lambda: edit_feed(b"DTSTART;TZID=Asia/Seoul:", b"DTSTART;TZID=Asia/Soul:"),
    "date without time": lambda: edit_feed(
        b"DTSTART;TZID=Asia/Seoul:20250721T230000", b"DTSTART:20250721"
    ),
    "invalid date": lambda: edit_feed(b"Seoul:20250721T23", b"Seoul:20250732T23"),
    "nonexistent time": lambda: edit_feed(
        b"DTSTART;TZID=Asia/Seoul:20250721T230000", b"DTSTART;TZID=Europe/London:20250330T013000"
    ),
    "too large": lambda: FEED + b" " * 10_000_000,
}


@pytest.mark.usefixtures("schedule_folder")
@pytest.mark.parametrize("name", UNUSABLE_FEEDS)
def test_unusable_file_is_refused(name: str) -> None:
    Path("feed.ics").write_bytes(UNUSABLE_FEEDS[name]())
    assert read_error("feed.ics") == EXPECTED_ERRORS[name]


@pytest.mark.usefixtures("schedule_folder")
def test_missing_file_or_unknown_scheme_is_refused() -> None:
    Path("empty").mkdir()
    os.mkfifo("pipe")
    assert read_error("none.ics") == EXPECTED_ERRORS["missing file"]
    assert read_error("empty") == EXPECTED_ERRORS["empty folder"]
    assert read_error("pipe") == EXPECTED_ERRORS["pipe"]
    assert read_error("schedule.yaml/feed.ics") == EXPECTED_ERRORS["below a file"]
    assert read_error("a\0b") == EXPECTED_ERRORS["invalid path"]
    assert read_error("webcal://defects.example/show.ics") == EXPECTED_ERRORS["webcal"]
    assert read_error("ftp://defects.example/show.ics") == EXPECTED_ERRORS["ftp"]


@pytest.mark.usefixtures("export_folder")
def test_feeds_of_several_sites_are_refused() -> None:
    feed = Path("public/show-stream.ics")
    feed.write_bytes(feed.read_bytes().replace(b"https://defects.example", b"https://me.example"))
    assert read_error("public") == EXPECTED_ERRORS["several sites"]


@pytest.mark.usefixtures("export_folder")
def test_damaged_feed_in_folder_is_named() -> None:
    Path("public/show-stream.ics").write_bytes(b"half a file")
    assert read_error("public") == EXPECTED_ERRORS["damaged feed in a folder"]


@pytest.mark.usefixtures("export_folder")
def test_unreadable_file_is_refused() -> None:
    Path("public/show.ics").chmod(0)
    schedule = load_yaml(PUBLISHED)
    is_root = os.geteuid() == 0
    if is_root:  # root may read any file
        os.seteuid(65534)
    try:
        with pytest.raises(ComparisonSourceError) as caught:
            load_published("public/show.ics", schedule)
    finally:
        if is_root:
            os.seteuid(0)
    assert f"error: {caught.value}" == EXPECTED_ERRORS["no permission"]


REDIRECTS: Final = {
    "moved": "/show.ics",
    "to-a-file": "file:///etc/passwd",
    "to-ftp": "ftp://127.0.0.1/show.ics",
}


user_agents: list[str] = []


class Handler(BaseHTTPRequestHandler):
    """Responds as faulty servers do."""

    def do_GET(self) -> None:
        name = self.path.strip("/")
        user_agents.append(self.headers["User-Agent"])
        if name.isdigit():
            self.respond(int(name), b"<html>", Location=f"/{name}")
        elif name in REDIRECTS:
            self.respond(302, b"", Location=REDIRECTS[name])
        elif name == "slow":
            time.sleep(0.5)
        elif name == "trickle":
            self.respond_slowly()
        elif name == "hang-up":
            self.close_connection = True
        elif name == "not-gzip":
            self.respond(200, FEED, **{"Content-Encoding": "gzip"})
        else:
            self.respond(200, UNUSABLE_FEEDS.get(name.replace("-", " "), lambda: FEED)())

    def respond(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def respond_slowly(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(20):
            self.wfile.write(b"BEGIN:VCALENDAR\r\n")
            time.sleep(0.05)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
        """Log nothing."""


class QuietServer(ThreadingHTTPServer):
    """A server that ignores clients that disconnect, and waits for its threads."""

    daemon_threads = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore it."""


@pytest.fixture
def server() -> Iterator[str]:
    with QuietServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


@pytest.mark.usefixtures("schedule_folder")
def test_redirect_is_followed_with_user_agent(server: str) -> None:
    user_agents.clear()
    result = run_command("check", "--against", f"{server}/moved")
    assert (result.exit_code, result.stdout.splitlines()[1]) == (
        0,
        "schedule.yaml: no changes",
    )
    assert user_agents == [f"defects-ical/{__version__}"] * 2


RESPONSES: Final = (
    *("404", "410", "403", "500", "503", "418", "302"),
    *("to-a-file", "to-ftp", "slow", "trickle", "hang-up", "not-gzip"),
    *("web-page", "empty", "too-large", "of-another-show", "truncated"),
)


@pytest.mark.usefixtures("schedule_folder")
@pytest.mark.parametrize("name", RESPONSES)
def test_unusable_response_is_refused(
    name: str, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name in {"slow", "trickle"}:
        monkeypatch.setattr(published, "TIMEOUT", 0.3)
    assert read_error(f"{server}/{name}") == EXPECTED_ERRORS[f"/{name}"]


@pytest.mark.usefixtures("schedule_folder")
def test_unreachable_url_is_refused(server: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert read_error(f"http://127.0.0.1:{port}/show.ics") == EXPECTED_ERRORS["connection refused"]
    https_url = server.replace("http:", "https:") + "/show.ics"
    assert read_error(https_url) == EXPECTED_ERRORS["no TLS"]
    assert read_error("http://127.0.0.1:x/show.ics") == EXPECTED_ERRORS["invalid port"]
    assert read_error("http:///show.ics") == EXPECTED_ERRORS["no host"]
    assert read_error("http://dé fects.example/show.ics") == EXPECTED_ERRORS["invalid host"]


@pytest.mark.usefixtures("schedule_folder")
def test_unknown_host_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    assert read_error("http://unknown.invalid/show.ics") == EXPECTED_ERRORS["unknown host"]
