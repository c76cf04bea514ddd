"""The service under load for a long time, while its schedule is edited."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from itertools import pairwise
from pathlib import Path
from typing import Final, Protocol

import pytest

from defects_ical.content.links.site_url import SiteURL
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.build import build_site
from tests.support.example_schedules import make_yaml
from tests.support.processes import (
    BIN,
    WSGI_APPLICATION,
    Server,
    make_wsgi_environment,
    run_granian,
    run_server,
    wait_for,
)
from tests.support.schedule_editor import RELOAD_SECONDS, ScheduleEditor, make_version

URL: Final = "https://me.example"
FEED: Final = "/show.ics"
CONNECTIONS: Final = 8


def run_preloaded_gunicorn(
    schedule: Path, url: str, workers: int
) -> AbstractContextManager[Server]:
    """Run gunicorn, which loads the application once, with workers that keep connections alive."""
    command = [str(BIN / "gunicorn"), "--bind", "127.0.0.1:0", "--workers", str(workers)]
    command += ["--preload", "--worker-class", "gthread", "--threads", "8", "--no-control-socket"]
    ready = r"Listening at: http://127\.0\.0\.1:(\d+)"
    return run_server([*command, WSGI_APPLICATION], ready, make_wsgi_environment(schedule, url))


StartServer = Callable[[Path, str, int], AbstractContextManager[Server]]
SERVERS: Final[dict[str, tuple[StartServer, int]]] = {
    "granian, 1 worker": (run_granian, 1),
    "granian, 2 workers": (run_granian, 2),
    "gunicorn --preload, 2 workers": (run_preloaded_gunicorn, 2),
}


class Client(Protocol):
    """Sends requests on one connection until it is stopped."""

    def run(self) -> None: ...


@contextmanager
def run_in_threads(clients: Sequence[Client], stop: threading.Event) -> Iterator[None]:
    """Run clients until the block ends."""
    threads = [threading.Thread(target=client.run) for client in clients]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@dataclass
class FeedReader:
    """Requests the feed over and over on one connection, which leads to one worker.

    ``feeds`` has the monotonic time of each request, and the body of its response.
    """

    port: int
    stop: threading.Event
    feeds: list[tuple[float, bytes]] = field(default_factory=list)
    health: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Send requests until ``stop`` is set."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        while not self.stop.is_set():
            requested_at = time.monotonic()
            try:
                body = self._request(connection, FEED)
                if len(self.feeds) % 50 == 0:
                    self.health.append(json.loads(self._request(connection, "/healthz"))["status"])
            except OSError as error:
                self.failures.append(repr(error))
                return
            self.feeds.append((requested_at, body))
        connection.close()

    def _request(self, connection: HTTPConnection, path: str) -> bytes:
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:
            self.failures.append(f"{path}: {response.status} {body!r}")
        return body


def edit_under_load(
    start: StartServer, workers: int, folder: Path, edits: int
) -> tuple[ScheduleEditor, list[FeedReader]]:
    """Serve a schedule, and make ``edits`` edits while clients read the feed."""
    file = folder / "schedule.yaml"
    editor = ScheduleEditor(file, random.Random(edits))  # noqa: S311 - repeatable
    editor.write()
    stop = threading.Event()
    with start(file, URL, workers) as server:
        readers = [FeedReader(server.port, stop) for _ in range(CONNECTIONS)]
        with run_in_threads(readers, stop):
            for _ in range(edits):
                editor.edit()
            editor.finish()
        assert "Traceback" not in server.log.read_text("utf-8")
    return editor, readers


def assert_edits_go_live(editor: ScheduleEditor, readers: list[FeedReader], fewest: int) -> None:
    """Check that readers saw complete, valid versions only, in order and in time."""
    assert [failure for reader in readers for failure in reader.failures] == []
    numbers = {body: number for number, body in build_feeds(editor)}
    seen = [[(at, numbers[body]) for at, body in reader.feeds] for reader in readers]
    for each in seen:
        # In order, because each connection leads to one worker.
        assert all(before <= after for (_, before), (_, after) in pairwise(each))
        for written_at, number in editor.stable:
            later = [new for at, new in each if at > written_at + RELOAD_SECONDS]
            assert min(later, default=number) >= number
        assert each[-1][1] == editor.number
    assert len({number for each in seen for _, number in each}) >= fewest
    assert {"ok", "degraded"} == {status for reader in readers for status in reader.health}


def build_feeds(editor: ScheduleEditor) -> Iterator[tuple[int, bytes]]:
    """Yield the number and the feed of each valid version."""
    file = editor.file.with_name("rebuilt.yaml")
    for number in range(1, editor.number + 1):
        yield number, write_version(file, number)


def write_version(file: Path, number: int) -> bytes:
    """Write a version in place. Return its feed."""
    file.write_text(make_version(number), "utf-8")
    return build_site(load_schedule(file), SiteURL.parse(URL))[FEED].body


@pytest.mark.soak
def test_edits_under_load_fail_no_request(tmp_path: Path) -> None:
    assert_edits_go_live(*edit_under_load(*SERVERS["granian, 2 workers"], tmp_path, 14), 4)


@pytest.mark.soak
@pytest.mark.parametrize("server", SERVERS)
def test_200_edits_in_a_minute_fail_no_request(tmp_path: Path, server: str) -> None:
    start = time.monotonic()
    editor, readers = edit_under_load(*SERVERS[server], tmp_path, 200)
    assert time.monotonic() - start >= 55
    assert_edits_go_live(editor, readers, 50)


# Edits and the lives of workers.


def test_first_response_of_worker_is_current(tmp_path: Path) -> None:
    file = tmp_path / "schedule.yaml"
    write_version(file, 1)
    start, workers = SERVERS["gunicorn --preload, 2 workers"]
    with start(file, URL, workers) as server:
        latest = write_version(file, 2)
        time.sleep(RELOAD_SECONDS)
        assert {server.request(FEED).body for _ in range(20)} == {latest}


@pytest.mark.soak
def test_replacement_worker_serves_last_valid_edit(tmp_path: Path) -> None:
    file = tmp_path / "schedule.yaml"
    write_version(file, 1)
    with run_granian(file, URL, 1) as server:
        valid = write_version(file, 2)
        wait_for(lambda: server.request(FEED).body == valid)
        # The parent process needs time to load it too.
        time.sleep(RELOAD_SECONDS)
        file.write_text("nothing", "utf-8")
        wait_for(lambda: b"degraded" in server.request("/healthz").body)
        (worker,) = server.get_worker_pids()
        time.sleep(RELOAD_SECONDS)
        os.kill(worker, signal.SIGKILL)
        wait_for(lambda: server.get_worker_pids() not in ([worker], []))
        assert server.request(FEED).body == valid
        assert json.loads(server.request("/healthz").body)["status"] == "degraded"
        assert server.log.read_text("utf-8").count(f"{file}:1:1") == 1


def test_wsgi_recovers_from_invalid_schedule(tmp_path: Path) -> None:
    file = tmp_path / "schedule.yaml"
    file.write_text("nothing", "utf-8")
    with run_preloaded_gunicorn(file, URL, 2) as server:
        assert server.request(FEED).status == 503
        valid = write_version(file, 1)
        time.sleep(RELOAD_SECONDS)
        assert {server.request(FEED).body for _ in range(20)} == {valid}
        assert json.loads(server.request("/healthz").body)["problem"] is None


# Memory.


@pytest.mark.soak
def test_2000_reloads_take_no_memory(tmp_path: Path) -> None:
    file = tmp_path / "schedule.yaml"
    replace_teaser(file, 0)
    with run_granian(file, URL, 1) as server:
        server.request(FEED)
        pids = [*server.get_worker_pids(), server.process.pid]
        reload_repeatedly(file, server, range(1, 101))
        early = [read_resident_kb(pid) for pid in pids]
        reload_repeatedly(file, server, range(101, 2001))
        late = [read_resident_kb(pid) for pid in pids]
    ratios = [after / before for before, after in zip(early, late, strict=True)]
    assert all(0.9 <= ratio <= 1.1 for ratio in ratios), f"{early} became {late}"


def reload_repeatedly(file: Path, server: Server, numbers: range) -> None:
    """Replace the teaser, and wait until the new version is live, for each number."""
    for number in numbers:
        replace_teaser(file, number)
        wait_for(lambda: is_live(file, server))


# Paths, methods and expected statuses.
MIXED_REQUESTS: Final = (
    *((path, "GET", 200) for path in (FEED, "/", "/episodes.json", "/episodes/show-e03.ics")),
    *((path, "HEAD", 200) for path in (FEED, "/")),
    *((path, "GET", 404) for path in ("/nowhere", "/nowhere.ics")),
    ("/healthz", "GET", 200),
    (FEED, "OPTIONS", 204),
    (FEED, "POST", 405),
)
MINUTES: Final = 10


@dataclass
class MixedClient:
    """Sends MIXED_REQUESTS at random on one connection, half of the GETs conditional."""

    port: int
    stop: threading.Event
    chance: random.Random
    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    _etags: dict[str, str] = field(default_factory=dict)

    def run(self) -> None:
        """Send requests until ``stop`` is set."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        while not self.stop.is_set():
            path, method, expected = self.chance.choice(MIXED_REQUESTS)
            try:
                self._request(connection, path, method, expected)
            except (OSError, HTTPException) as error:
                self.failures.append(f"{method} {path}: {error!r}")
                connection.close()
        connection.close()

    def _request(self, connection: HTTPConnection, path: str, method: str, expected: int) -> None:
        known = self._etags.get(path) if expected == 200 and self.chance.random() < 0.5 else None
        connection.request(method, path, headers={"If-None-Match": known} if known else {})
        response = connection.getresponse()
        body, etag = response.read(), response.headers.get("ETag", "")
        self.statuses[response.status] += 1
        if response.status == 304 and etag == known:
            return
        if response.status != expected:
            self.failures.append(f"{method} {path}: {response.status} {body[:80]!r}")
        elif etag and method == "GET":
            self._etags[path] = etag
            # The ETag is a hash of the body, so a match proves that the body is complete.
            if etag != f'"{sha256(body).hexdigest()[:32]}"':
                self.failures.append(f"{path}: {etag} is not the ETag of this body")


@pytest.mark.soak
def test_ten_minutes_of_load_take_no_memory(tmp_path: Path) -> None:
    """No request fails, no response is incomplete, and resident memory grows by less than 5 %."""
    file, stop, sizes = tmp_path / "schedule.yaml", threading.Event(), []
    replace_teaser(file, 0)
    with run_granian(file, URL, 2) as server:
        chances = [random.Random(number) for number in range(CONNECTIONS)]  # noqa: S311
        clients = [MixedClient(server.port, stop, chance) for chance in chances]
        with run_in_threads(clients, stop):
            for number in range(1, MINUTES * 60 + 1):
                replace_teaser(file, number)
                time.sleep(1)
                if number % 60 == 0:
                    pids = (*server.get_worker_pids(), server.process.pid)
                    sizes.append([*map(read_resident_kb, pids)])
        start, feed, *edits = server.log.read_text("utf-8").splitlines()
        assert (" is at " in start, feed.startswith("Feed: ")) == (True, True)
        assert [each for each in edits if "edit is live" not in each] == []
    assert [failure for client in clients for failure in client.failures] == []
    statuses = sum((client.statuses for client in clients), Counter[int]())
    assert all(statuses[status] > 10_000 for status in (200, 204, 304, 404, 405)), statuses
    for process_sizes in zip(*sizes, strict=True):
        assert max(process_sizes) <= process_sizes[0] * 1.05, sizes
    print(f"{statuses}, kB per minute: {sizes}")  # noqa: T201 - figures worth reading


def replace_teaser(file: Path, number: int) -> None:
    """Replace the file by a version of constant length."""
    new = file.with_name("new.yaml")
    new.write_text(f"{make_yaml()}episodes: {{1: {{teaser: Version {number:04}.}}}}\n", "utf-8")
    new.replace(file)


def is_live(file: Path, server: Server) -> bool:
    """Return whether the server serves the file's current content."""
    return sha256(file.read_bytes()).hexdigest() in server.request("/healthz").body.decode()


def read_resident_kb(pid: int) -> int:
    """Return the resident memory of a process in kB."""
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    return int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0])
