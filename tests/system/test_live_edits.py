"""Live edits: a schedule that is edited at random, under load, while it is served."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from defects_ical.content.site_url import SiteURL
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.build import build_site
from tests.support.example_schedules import make_yaml
from tests.support.processes import (
    BIN,
    Server,
    make_wsgi_environment,
    run_granian,
    run_server,
    wait_for,
)

URL: Final = "https://me.example"
FEED: Final = "/show.ics"
CONNECTIONS: Final = 8
# Seconds within which an edit is served.
PROMISE: Final = 2.0
# Seconds that a good edit has to be there to be meant; shorter ones need not be served.
MEANT: Final = 1.0
FIRST: Final = datetime(2025, 7, 2, tzinfo=UTC)


def gunicorn_preloaded(schedule: Path, url: str, workers: int) -> AbstractContextManager[Server]:
    """Gunicorn that loads the application once, and answers in workers that keep connections."""
    command = [str(BIN / "gunicorn"), "--bind", "127.0.0.1:0", "--workers", str(workers)]
    command += ["--preload", "--worker-class", "gthread", "--threads", "8", "--no-control-socket"]
    announced = r"Listening at: http://127\.0\.0\.1:(\d+)"
    return run_server([*command, "wsgi:app"], announced, make_wsgi_environment(schedule, url))


Start = Callable[[Path, str, int], AbstractContextManager[Server]]
SERVERS: Final[dict[str, tuple[Start, int]]] = {
    "granian, 1 worker": (run_granian, 1),
    "granian, 2 workers": (run_granian, 2),
    "gunicorn --preload, 2 workers": (gunicorn_preloaded, 2),
}


def version(number: int) -> str:
    """A schedule that each time has another teaser, and every third time another entry as well.

    Its format stands at the end: none is a schedule that lacks its end.
    """
    entries = "".join(
        f"\n  - {{at: {(FIRST + timedelta(hours=each)).isoformat()}, "
        f"episodes: [{each % 8 + 1}], note: Note {each}.}}"
        for each in range(number // 3)
    )
    text = make_yaml(changes=entries or "[]").replace("format: 1\n", "")
    return f"{text}episodes: {{1: {{teaser: Version {number}.}}}}\nformat: 1\n"


@dataclass
class Editor:
    """Edits a file as editors, scripts, careless people and clusters do; remembers what was good.

    ``meant`` holds when each good version had been there for long enough to be served.
    """

    file: Path
    chance: random.Random
    number: int = 0
    meant: list[tuple[float, int]] = field(default_factory=list)
    _good_since: float | None = None

    def edit(self) -> None:
        """One edit, and a pause: now and then a long one."""
        self._remember()
        good = [self.write, self._replace, self._link]
        bad = [self._break, self._cut, self._drop]
        self.chance.choice([*good, *good, *bad])()
        time.sleep(1.1 if self.chance.random() < 0.1 else self.chance.uniform(0.02, 0.38))

    def finish(self) -> None:
        """A last good edit."""
        self._remember()
        self.write()
        time.sleep(PROMISE)
        self._remember()

    def _remember(self) -> None:
        now = time.monotonic()
        if self._good_since is not None and now - self._good_since >= MEANT:
            self.meant.append((self._good_since, self.number))

    def _next(self) -> str:
        self.number += 1
        return version(self.number)

    def write(self) -> None:
        """Write the next version into the file as it is."""
        self._good_since = None
        self.file.write_text(self._next(), "utf-8")
        self._good_since = time.monotonic()

    def _replace(self) -> None:
        new = self.file.with_name("new.yaml")
        new.write_text(self._next(), "utf-8")
        new.replace(self.file)
        self._good_since = time.monotonic()

    def _link(self) -> None:
        # What a link leads to is not written to any more: an edit in place would.
        target = self.file.with_name(f"{self.number + 1}.version")
        target.write_text(self._next(), "utf-8")
        link = self.file.with_name("link")
        link.symlink_to(target.name)
        link.replace(self.file)
        self._good_since = time.monotonic()

    def _break(self) -> None:
        self._good_since = None
        self.file.unlink(missing_ok=True)
        self.file.write_text(version(self.number + 1).replace("runtime: 60", "runtime: x"), "utf-8")

    def _cut(self) -> None:
        self._good_since = None
        whole = version(self.number + 1)
        self.file.unlink(missing_ok=True)
        self.file.write_text(whole[: self.chance.randrange(len(whole) - 2)], "utf-8")

    def _drop(self) -> None:
        self._good_since = None
        self.file.unlink(missing_ok=True)


@dataclass
class Reader:
    """Asks again and again on one connection, which leads to one worker: when, and what it got."""

    port: int
    stop: threading.Event
    responses: list[tuple[float, bytes]] = field(default_factory=list)
    health: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def run(self) -> None:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        while not self.stop.is_set():
            asked = time.monotonic()
            try:
                status, body = self._ask(connection, FEED)
                if len(self.responses) % 50 == 0:
                    self._ask_for_health(connection)
            except OSError as error:
                self.failures.append(repr(error))
                return
            self.responses.append((asked, body))
            if status != 200:
                self.failures.append(f"{status}: {body!r}")
        connection.close()

    def _ask(self, connection: HTTPConnection, path: str) -> tuple[int, bytes]:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()

    def _ask_for_health(self, connection: HTTPConnection) -> None:
        status, body = self._ask(connection, "/healthz")
        self.health.append(json.loads(body)["status"])
        if status != 200:
            self.failures.append(f"{status}: {body!r}")


def watch(start: Start, workers: int, folder: Path, edits: int) -> tuple[Editor, list[Reader]]:
    """Serve, edit so many times, and read all the while."""
    file = folder / "schedule.yaml"
    editor = Editor(file, random.Random(edits))  # noqa: S311 - a test that can be repeated
    editor.write()
    stop = threading.Event()
    with start(file, URL, workers) as server:
        readers = [Reader(server.port, stop) for _ in range(CONNECTIONS)]
        threads = [threading.Thread(target=reader.run) for reader in readers]
        for thread in threads:
            thread.start()
        try:
            for _ in range(edits):
                editor.edit()
            editor.finish()
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        assert "Traceback" not in server.log.read_text("utf-8")
    return editor, readers


def assert_fearless(editor: Editor, readers: list[Reader], fewest: int) -> None:
    assert [failure for reader in readers for failure in reader.failures] == []
    numbers = {body: number for number, body in bodies(editor)}
    seen = [[(at, numbers[body]) for at, body in reader.responses] for reader in readers]
    for each in seen:
        # One connection, one worker.
        assert all(before <= after for (_, before), (_, after) in pairwise(each))
        for since, number in editor.meant:
            assert min((new for at, new in each if at > since + PROMISE), default=number) >= number
        assert each[-1][1] == editor.number
    assert len({number for each in seen for _, number in each}) >= fewest
    assert {"ok", "degraded"} == {status for reader in readers for status in reader.health}


def bodies(editor: Editor) -> Iterator[tuple[int, bytes]]:
    """Each good version's feed."""
    file = editor.file.with_name("again.yaml")
    for number in range(1, editor.number + 1):
        file.write_text(version(number), "utf-8")
        yield number, build_site(load_schedule(file), SiteURL.parse(URL))[FEED].body


def test_no_edit_fails_a_request_or_is_served_by_halves(tmp_path: Path) -> None:
    assert_fearless(*watch(*SERVERS["granian, 2 workers"], tmp_path, 14), 4)


@pytest.mark.soak
@pytest.mark.parametrize("server", SERVERS)
def test_nor_do_two_hundred_within_a_minute(tmp_path: Path, server: str) -> None:
    begun = time.monotonic()
    editor, readers = watch(*SERVERS[server], tmp_path, 200)
    assert time.monotonic() - begun >= 55
    assert_fearless(editor, readers, 50)


# What else happens to those who serve.


def write(file: Path, number: int) -> bytes:
    """Write a version; its feed."""
    file.write_text(version(number), "utf-8")
    return build_site(load_schedule(file), SiteURL.parse(URL))[FEED].body


def test_a_worker_s_first_answer_is_as_new_as_the_others(tmp_path: Path) -> None:
    file = tmp_path / "schedule.yaml"
    write(file, 1)
    start, workers = SERVERS["gunicorn --preload, 2 workers"]
    with start(file, URL, workers) as running_server:
        latest = write(file, 2)
        time.sleep(PROMISE)
        assert {running_server.request(FEED).body for _ in range(20)} == {latest}


def test_a_worker_that_takes_another_s_place_serves_the_last_good_edit(tmp_path: Path) -> None:
    file = tmp_path / "schedule.yaml"
    write(file, 1)
    with run_granian(file, URL, 1) as server:
        good = write(file, 2)
        wait_for(lambda: server.request(FEED).body == good)
        # The parent sees it as well, and has to have its time to.
        time.sleep(PROMISE)
        file.write_text("nothing", "utf-8")
        wait_for(lambda: b"degraded" in server.request("/healthz").body)
        (worker,) = server.get_worker_pids()
        time.sleep(PROMISE)
        os.kill(worker, signal.SIGKILL)
        wait_for(lambda: server.get_worker_pids() not in ([worker], []))
        assert server.request(FEED).body == good
        assert json.loads(server.request("/healthz").body)["status"] == "degraded"
        assert server.log.read_text("utf-8").count(f"{file}:1:1") == 1


def test_wsgi_recovers_from_a_bad_start(tmp_path: Path) -> None:
    file = tmp_path / "schedule.yaml"
    file.write_text("nothing", "utf-8")
    with gunicorn_preloaded(file, URL, 2) as server:
        assert server.request(FEED).status == 503
        good = write(file, 1)
        time.sleep(PROMISE)
        assert {server.request(FEED).body for _ in range(20)} == {good}
        assert json.loads(server.request("/healthz").body)["problem"] is None


@pytest.mark.soak
def test_memory_is_the_same_after_two_thousand_reloads(tmp_path: Path) -> None:
    file = tmp_path / "schedule.yaml"
    reworded(file, 0)
    with run_granian(file, URL, 1) as server:
        server.request(FEED)
        processes = [*server.get_worker_pids(), server.process.pid]
        for number in range(1, 101):
            reworded(file, number)
            wait_for(lambda: is_served(file, server))
        early = [resident(process) for process in processes]
        for number in range(101, 2001):
            reworded(file, number)
            wait_for(lambda: is_served(file, server))
        late = [resident(process) for process in processes]
    assert all(0.9 <= after / before <= 1.1 for before, after in zip(early, late, strict=True)), (
        f"{early} became {late}"
    )


# What is asked for, how, and the status that it should have.
MIXED: Final = (
    *((path, "GET", 200) for path in (FEED, "/", "/episodes.json", "/episodes/show-e03.ics")),
    *((path, "HEAD", 200) for path in (FEED, "/")),
    *((path, "GET", 404) for path in ("/nowhere", "/nowhere.ics")),
    ("/healthz", "GET", 200),
    (FEED, "OPTIONS", 204),
    (FEED, "POST", 405),
)
MINUTES: Final = 10


@dataclass
class Crowd:
    """Asks for everything, again and again, on one connection: how often, and what went wrong."""

    port: int
    stop: threading.Event
    chance: random.Random
    answered: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    _tags: dict[str, str] = field(default_factory=dict)

    def run(self) -> None:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        while not self.stop.is_set():
            path, method, expected = self.chance.choice(MIXED)
            try:
                self._ask(connection, path, method, expected)
            except (OSError, HTTPException) as error:
                self.failures.append(f"{method} {path}: {error!r}")
                connection.close()
        connection.close()

    def _ask(self, connection: HTTPConnection, path: str, method: str, expected: int) -> None:
        known = self._tags.get(path) if expected == 200 and self.chance.random() < 0.5 else None
        connection.request(method, path, headers={"If-None-Match": known} if known else {})
        response = connection.getresponse()
        body, tag = response.read(), response.headers.get("ETag", "")
        self.answered[response.status] += 1
        if response.status == 304 and tag == known:
            return
        if response.status != expected:
            self.failures.append(f"{method} {path}: {response.status} {body[:80]!r}")
        elif tag and method == "GET":
            self._tags[path] = tag
            # A tag is made of the body: this one is whole, and of one version.
            if tag != f'"{sha256(body).hexdigest()[:32]}"':
                self.failures.append(f"{path}: {tag} is not of this body")


@pytest.mark.soak
def test_ten_minutes_of_everything_fail_nothing_and_take_no_memory(tmp_path: Path) -> None:
    file, stop, sizes = tmp_path / "schedule.yaml", threading.Event(), []
    reworded(file, 0)
    with run_granian(file, URL, 2) as server:
        chances = [random.Random(number) for number in range(CONNECTIONS)]  # noqa: S311
        crowd = [Crowd(server.port, stop, chance) for chance in chances]
        threads = [threading.Thread(target=each.run) for each in crowd]
        for thread in threads:
            thread.start()
        try:
            for number in range(1, MINUTES * 60 + 1):
                reworded(file, number)
                time.sleep(1)
                if number % 60 == 0:
                    sizes.append([*map(resident, (*server.get_worker_pids(), server.process.pid))])
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        assert server.log.read_text("utf-8").count("\n") == 1
    assert [failure for each in crowd for failure in each.failures] == []
    answered = sum((each.answered for each in crowd), Counter[int]())
    assert all(answered[status] > 10_000 for status in (200, 204, 304, 404, 405)), answered
    # From the first minute on.
    for processes in zip(*sizes, strict=True):
        assert max(processes) <= processes[0] * 1.05, sizes
    print(f"{answered}, kB by the minute: {sizes}")  # noqa: T201 - figures that are worth seeing


def reworded(file: Path, number: int) -> None:
    """A version that is no longer than the others."""
    new = file.with_name("new.yaml")
    new.write_text(f"{make_yaml()}episodes: {{1: {{teaser: Version {number:04}.}}}}\n", "utf-8")
    new.replace(file)


def is_served(file: Path, server: Server) -> bool:
    return sha256(file.read_bytes()).hexdigest() in server.request("/healthz").body.decode()


def resident(process: int) -> int:
    """The memory that a process has, in kB."""
    status = Path(f"/proc/{process}/status").read_text("utf-8")
    return int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0])
