"""Past one machine: replicas and the folder behind nginx, the unit of systemd, the bucket."""

from __future__ import annotations

import configparser
import gzip
import json
import os
import random
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.client import HTTPConnection, HTTPException
from itertools import groupby
from operator import gt
from pathlib import Path
from typing import Final

import pytest

from defects_ical.content.site_url import SiteURL
from defects_ical.export.exporter import export_site
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.build import Site, build_site
from defects_ical.site.headers import MEDIA_TYPES
from tests.support.nginx import DEPLOY, find_free_port, run_nginx
from tests.support.processes import (
    BIN,
    EMPTY,
    ROOT,
    TIMEOUT,
    Response,
    Server,
    responds,
    run_granian,
    run_gunicorn,
    run_process,
    wait_for,
)
from tests.system.test_live_edits import PROMISE, version

URL: Final = "https://defects.example"
FEED: Final = "/show.ics"
GZIP: Final = {"Accept-Encoding": "br, gzip, deflate"}
FORMS: Final[tuple[dict[str, str], ...]] = ({}, GZIP)
READERS: Final = 4
NOW: Final = formatdate(usegmt=True)
# Seconds for which nginx asks no replica, and until it does: it counts in whole ones.
FRESH: Final = 2.0
# What is asked for once in a while, and what is not asked for as long as there are replicas.
SELDOM: Final = "/show-reminders.ics"
NEVER: Final = "/robots.txt"


# Replicas.


class Replica:
    """A replica, with a schedule's file and a port of its own, that stops and starts."""

    def __init__(self, folder: Path, name: str) -> None:
        self.file = folder / f"{name}.yaml"
        self.port = find_free_port()
        self._running = ExitStack()
        self.server: Server
        self.write(1)

    def write(self, number: int) -> None:
        """Write a version of the schedule, whole at every instant."""
        new = self.file.with_suffix(".new")
        new.write_text(version(number), "utf-8")
        new.replace(self.file)

    def start(self) -> None:
        """Start it; it answers when this is done."""
        way = run_granian(self.file, URL, 1, "--port", str(self.port))
        self.server = self._running.enter_context(way)

    def stop(self) -> None:
        """End it as a service manager does."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a machine does that loses its power."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Have it take requests and answer none, for longer than nginx waits."""
        self.server.signal_group(signal.SIGSTOP)
        time.sleep(3)
        self.server.signal_group(signal.SIGCONT)

    def _end(self, number: signal.Signals) -> None:
        self.server.signal_group(number)
        wait_for(self.server.has_exited)
        self.close()

    def close(self) -> None:
        """Let go of what is left of it."""
        self._running.close()


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[Server, list[Replica]]]:
    """Three replicas, and nginx before them."""
    replicas = [Replica(folder, name) for name in ("one", "two", "three")]
    with ExitStack() as stack:
        for replica in replicas:
            stack.callback(replica.close)
        with ThreadPoolExecutor() as pool:
            list(pool.map(Replica.start, replicas))
        yield stack.enter_context(before([each.port for each in replicas], folder)), replicas


def before(ports: list[int], folder: Path) -> AbstractContextManager[Server]:
    """The nginx that is shipped, before the replicas at these ports."""
    changes = {f":{8001 + index} ": f":{port} " for index, port in enumerate(ports)}
    changes["/var/cache/nginx-defects"] = str(folder / "cache")
    changes["server_name me.example"] = "server_name defects.example"
    return run_nginx("nginx-replicas.conf", changes, folder / "nginx")


# What is asked again and again: the path, the method, the status that it should have. nginx keeps
# the answers of the first kind; the others come from a replica every time.
KEPT: Final = tuple((path, "GET", 200) for path in (FEED, "/", "/episodes.json", "/embed.js"))
PASSED: Final = ((FEED, "OPTIONS", 204), ("/healthz", "GET", 200), ("/nowhere", "GET", 404))


@dataclass
class Reader:
    """Asks nginx again and again on one connection; what came, and what should not have."""

    port: int
    stop: threading.Event
    chance: random.Random
    asked: int = 0
    unchanged: int = 0
    feeds: list[bytes] = field(default_factory=list)
    found: set[tuple[str, str, bytes]] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)
    _tags: dict[tuple[str, bool], str] = field(default_factory=dict)

    def run(self) -> None:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        while not self.stop.is_set():
            path, method, expected = self.chance.choice([*KEPT, *KEPT, *PASSED])
            try:
                if (path, method, expected) in KEPT:
                    self._ask_for_kept(connection, path)
                else:
                    self._ask(connection, path, method, {}, {expected})
            except (OSError, HTTPException) as error:
                self.failures.append(f"{method} {path}: {error!r}")
                connection.close()
            time.sleep(0.003)
        connection.close()

    def _ask_for_kept(self, connection: HTTPConnection, path: str) -> None:
        form = self.chance.choice(FORMS)
        known = self._tags.get((path, form is GZIP))
        condition = {"If-None-Match": known} if known and self.chance.random() < 0.5 else {}
        expected = {200, 304} if condition else {200}
        status, tag, body = self._ask(connection, path, "GET", {**form, **condition}, expected)
        if status == 304:
            self.unchanged += 1
            body = next(body for where, each, body in self.found if (where, each) == (path, tag))
        self._tags[path, form is GZIP] = tag
        self.found.add((path, tag, body))
        if path == FEED:
            self.feeds.append(body)

    def _ask(
        self,
        connection: HTTPConnection,
        path: str,
        method: str,
        headers: dict[str, str],
        expected: set[int],
    ) -> tuple[int, str, bytes]:
        self.asked += 1
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        body = response.read()
        if response.status not in expected:
            raise HTTPException(f"{response.status}: {body[:80]!r}")
        return response.status, response.headers.get("ETag", ""), body


@contextmanager
def load_on(front: Server) -> Iterator[list[Reader]]:
    """Have readers ask until the block ends; nothing that they ask for may fail."""
    stop = threading.Event()
    # Each asks the same in every run.
    chances = [random.Random(number) for number in range(READERS)]  # noqa: S311
    readers = [Reader(front.port, stop, chance) for chance in chances]
    threads = [threading.Thread(target=reader.run) for reader in readers]
    for thread in threads:
        thread.start()
    try:
        yield readers
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert [failure for reader in readers for failure in reader.failures] == []


def site_of(number: int, folder: Path) -> Site:
    """The site of a version of the schedule."""
    file = folder / "version.yaml"
    file.write_text(version(number), "utf-8")
    return build_site(load_schedule(file), SiteURL.parse(URL))


def digest(server: Server) -> str:
    """Which schedule the one that answers has."""
    found: str = json.loads(server.request("/healthz").body)["digest"]
    return found


def roll_out(number: int, replicas: list[Replica], folder: Path) -> None:
    """Give each replica a version, one after the other."""
    feed = site_of(number, folder)[FEED].body
    for replica in replicas:
        replica.write(number)
        wait_for(lambda: replica.server.request(FEED).body == feed)  # noqa: B023 - it has ended by then


def assert_they_agree(replicas: list[Replica]) -> None:
    """Each replica, asked by itself, answers every path with the same tag and the same bytes."""
    paths = build_site(load_schedule(replicas[0].file), SiteURL.parse(URL))
    for path in paths:
        for form in FORMS:
            answered = [replica.server.request(path, headers=form) for replica in replicas]
            assert answered[1:] == answered[:-1], path
            assert answered[0].status == 200


def assert_tags_name_bodies(readers: list[Reader]) -> None:
    """One tag for each body, and one body for each tag, whichever replica it came from."""
    found = {each for reader in readers for each in reader.found}
    assert len({(path, tag) for path, tag, _ in found}) == len(found)
    assert len({(path, body) for path, _, body in found}) == len(found)


def assert_answered_without_replicas(front: Server, site: Site) -> None:
    """What was asked for before is there, in each form, and earns a 304."""
    for path, _, _ in KEPT:
        for form in FORMS:
            kept = front.request(path, headers=form)
            content = gzip.decompress if "content-encoding" in kept.headers else bytes
            assert (kept.status, content(kept.body)) == (200, site[path].body)
            assert front.request(path, "HEAD", form) == Response(200, kept.headers, b"")
            same = front.request(path, headers={**form, "If-None-Match": kept.headers["etag"]})
            assert (same.status, same.headers["etag"]) == (304, kept.headers["etag"])
            # A query asks for nothing else.
            assert front.request(f"{path}?from={id(front)}", headers=form) == kept
    # Of nothing else is it said that it is as it was.
    assert [front.request(path).status for path in (NEVER, "/nowhere", "/healthz")] == [502] * 3


def test_replicas_stop_die_and_change_and_nobody_notices(tmp_path: Path) -> None:
    early, latest = site_of(1, tmp_path), site_of(2, tmp_path)
    with cluster(tmp_path) as (front, replicas):
        first, second, third = replicas
        assert_they_agree(replicas)
        assert front.request(SELDOM).body == early[SELDOM].body
        with load_on(front) as readers:
            edited = time.monotonic()
            roll_out(2, [first], tmp_path)
            wait_for(lambda: front.request(FEED).body == latest[FEED].body)
            assert time.monotonic() - edited < PROMISE + FRESH
            # The others still have the old one: readers do not see both in turn.
            assert {digest(front) for _ in range(12)} == {digest(first.server)}
            assert digest(first.server) != digest(second.server)
            roll_out(2, [second, third], tmp_path)
            first.stop()
            first.start()
            second.kill()
            first.kill()
            # Of the only one that is left.
            enough = [reader.asked + 20 for reader in readers]
            wait_for(lambda: all(map(gt, (reader.asked for reader in readers), enough)))
        assert_tags_name_bodies(readers)
        assert sum(reader.unchanged for reader in readers) > 50
        for reader in readers:
            # The old version, and then the new one; never the old one again.
            seen = [body for body, _ in groupby(reader.feeds)]
            assert seen == [early[FEED].body, latest[FEED].body]
        # Who asks seldom does not get what was there when somebody last asked.
        assert front.request(SELDOM).body == latest[SELDOM].body
        third.stop()
        time.sleep(FRESH)
        assert_answered_without_replicas(front, latest)
        third.start()
        assert [front.request(path).status for path in (NEVER, "/nowhere")] == [200, 404]


@pytest.mark.soak
def test_nor_within_a_minute_of_it(tmp_path: Path) -> None:
    chance = random.Random(1)  # noqa: S311 - a test that can be repeated
    end, number = time.monotonic() + 60, 1
    with cluster(tmp_path) as (front, replicas):
        with load_on(front) as readers:
            while time.monotonic() < end:
                number += 1
                roll_out(number, replicas, tmp_path)
                for replica in chance.sample(replicas, chance.randint(1, 3)):
                    chance.choice([Replica.stop, Replica.kill])(replica)
                    time.sleep(chance.uniform(0, 0.5))
                    replica.start()
                chance.choice(replicas).freeze()
        assert_they_agree(replicas)
        assert_tags_name_bodies(readers)
        versions = [site_of(each, tmp_path)[FEED].body for each in range(1, number + 1)]
        for reader in readers:
            seen = [versions.index(body) for body, _ in groupby(reader.feeds)]
            assert seen == sorted(seen)
            assert len(seen) > 5
        for replica in replicas:
            replica.stop()
        assert_answered_without_replicas(
            front, build_site(load_schedule(replicas[0].file), SiteURL.parse(URL))
        )


@pytest.fixture(scope="module")
def weak(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    """The only good replica, and nginx before it, which asks one without a schedule first."""
    folder = tmp_path_factory.mktemp("weak")
    good = folder / "schedule.yaml"
    good.write_text(version(1), "utf-8")
    with run_gunicorn(folder / "nothing.yaml", URL) as empty, run_granian(good, URL) as replica:
        assert empty.request(FEED).status == 503
        with before([empty.port, find_free_port(), replica.port], folder) as front:
            yield front, replica


def test_a_replica_without_a_schedule_or_without_life_costs_nobody_an_answer(
    weak: tuple[Server, Server],
) -> None:
    front, replica = weak
    for path, method, status in (*KEPT, *PASSED):
        for form in FORMS:
            response = front.request(path, method, form)
            assert response.status == status
            assert (
                method == "OPTIONS"
                or path == "/healthz"
                or response == replica.request(path, method, form)
            )


@pytest.mark.parametrize("path", ["/", FEED, "/episodes/show-e03.ics", "/embed.js", "/card.svg"])
@pytest.mark.parametrize("form", FORMS, ids=["as it is", "compressed"])
def test_nginx_answers_304_to_whoever_names_the_tag(
    weak: tuple[Server, Server], path: str, form: dict[str, str]
) -> None:
    front, _ = weak
    tag = front.request(path, headers=form).headers["etag"]
    conditions = {tag: 304, f"W/{tag}": 304, f'"x", {tag}': 304, "*": 304, '"x"': 200, "x": 200}
    for condition, status in conditions.items():
        for method in ("GET", "HEAD"):
            response = front.request(path, method, {**form, "If-None-Match": condition})
            assert (condition, response.status) == (condition, status)
            assert response.headers["etag"] == tag


@pytest.mark.parametrize(
    "ignored",
    [{"Range": "bytes=0-9"}, {"If-Modified-Since": NOW}],
    # In no test's name is the time: processes that share the tests have to agree on them.
    ids=["a range", "a date"],
)
def test_what_the_service_ignores_nginx_ignores_too(
    weak: tuple[Server, Server], ignored: dict[str, str]
) -> None:
    front, replica = weak
    assert front.request(FEED, headers=ignored) == replica.request(FEED)


def test_nginx_asks_a_replica_for_a_path_and_whether_its_tag_is_right(tmp_path: Path) -> None:
    told = {"Cookie": "a=b", "Authorization": "Bearer x", "User-Agent": "x", **GZIP}
    with ThreadPoolExecutor() as pool, socket.create_server(("127.0.0.1", 0)) as replica:
        asked = pool.submit(answer_two, replica)
        ports = [replica.getsockname()[1], find_free_port(), find_free_port()]
        with before(ports, tmp_path) as front:
            first = front.request("/", headers=told)
            assert (first.status, first.body) == (200, b"that")
            wait_for(lambda: front.request("/", headers=told) == first and asked.done())
    # Of its readers it says nothing.
    headers = ["Accept-Encoding: gzip", "Host: defects"]
    assert asked.result() == [headers, [*headers, 'If-None-Match: "t"']]


def answer_two(listening: socket.socket) -> list[list[str]]:
    """Answer two requests for the page, the second that it is as before; the headers of both."""
    answers = ["200 OK\r\nContent-Length: 4\r\n", "304 Not Modified\r\n"]
    bodies = ["that", ""]
    asked: list[list[str]] = []
    listening.settimeout(TIMEOUT)
    while len(asked) < 2:
        with listening.accept()[0] as connection:
            request, *headers = connection.recv(65536).decode().split("\r\n")
            if request == "GET / HTTP/1.1":
                told = f'HTTP/1.1 {answers[len(asked)]}ETag: "t"\r\nConnection: close\r\n\r\n'
                connection.sendall(f"{told}{bodies[len(asked)]}".encode())
                asked.append(sorted(filter(None, headers)))
            else:
                connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
    return asked


# Other ways to ask for a feed, and what comes of it.
OTHER_WAYS: Final = {
    f"{FEED}?utm_source=me": 200,
    "/%73how.ics": 200,
    f"/{FEED}": 404,
    f"/.{FEED}": 404,
    f"/nowhere/..{FEED}": 404,
}


@pytest.mark.parametrize("path", OTHER_WAYS)
def test_what_nginx_tidies_up_is_not_kept_under_another_path_s_name(
    weak: tuple[Server, Server], path: str
) -> None:
    front, replica = weak
    for asked in (path, FEED, path):
        status = OTHER_WAYS.get(asked, 200)
        assert (front.request(asked).status, replica.request(asked).status) == (status, status)


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("br,gzip", "gzip"),
        ("deflate, gzip;q=0.5", "gzip"),
        ("gzip;q=0.0, br", None),
        ("gzip; q=0", None),
        ("br", None),
        ("x-gzipped", None),
        ("", None),
    ],
)
def test_only_who_takes_gzip_gets_it_and_feeds_never_have_it(
    weak: tuple[Server, Server], accepted: str, coding: str | None
) -> None:
    front, _ = weak
    page = front.request("/", headers={"Accept-Encoding": accepted})
    assert page.headers.get("content-encoding") == coding
    assert page.headers["vary"] == "Accept-Encoding"
    feed = front.request(FEED, headers={"Accept-Encoding": accepted})
    assert "content-encoding" not in feed.headers
    assert "vary" not in feed.headers


# The folder.

PICTURE: Final = ROOT / "tests" / "schedule" / "invalid" / "picture.png"
ADDRESSES: Final = {"without a path": URL, "with a path": f"{URL}/fans/the-defects"}
# What nginx says differently about a file, and why.
DIFFERENT: Final = {
    "etag",  # made of the file's time and size; weak when nginx has compressed the file
    "content-length",  # what nginx compresses on the way is as long as it turns out to be
    "transfer-encoding",  # and comes in chunks
}


@dataclass(frozen=True)
class Both:
    """One site twice: as the service has it, and nginx over the exported folder."""

    address: SiteURL
    site: Site
    service: Server
    folder: Server
    root: Path

    def request(
        self, path: str, method: str = "GET", headers: Mapping[str, str] = EMPTY
    ) -> tuple[Response, Response]:
        """The service's answer and the folder's, without what differs."""
        target = f"{self.address.path}{path}"
        responses = (each.request(target, method, headers) for each in self.servers)
        service, folder = map(comparable, responses)
        return service, folder

    @property
    def servers(self) -> tuple[Server, Server]:
        """The service, and the folder."""
        return self.service, self.folder


def comparable(response: Response) -> Response:
    """A response as it reads when it is decompressed, without what may differ."""
    headers = {name: value for name, value in response.headers.items() if name not in DIFFERENT}
    compressed = response.body and "content-encoding" in headers
    return Response(
        response.status, headers, gzip.decompress(response.body) if compressed else response.body
    )


@pytest.fixture(scope="module", params=ADDRESSES)
def both(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Both]:
    """The shipped schedule with a picture, in both ways."""
    place = tmp_path_factory.mktemp("both")
    schedule, root = place / "schedule.yaml", place / "root"
    shutil.copy(PICTURE, place)
    shipped = (ROOT / "schedule.yaml").read_text("utf-8")
    schedule.write_text(shipped.replace("show:\n", "show:\n  picture: picture.png\n", 1), "utf-8")
    address = SiteURL.parse(ADDRESSES[request.param])
    site = build_site(load_schedule(schedule), address)
    export_site(site, address, Path(f"{root}{address.path}"))
    changes = {
        "server_name me.example": "server_name defects.example",
        "https://me.example;": f"{URL};",
        "root /srv/defects;": f"root {root};",
        " /404.html;": f" {address.path}/404.html;",
    }
    with (
        run_granian(schedule, str(address)) as service,
        run_nginx("nginx-folder.conf", changes, place / "nginx") as folder,
    ):
        yield Both(address, site, service, folder, root)


def test_the_folder_behind_nginx_answers_as_the_service_does(both: Both) -> None:
    assert {Path(path).suffix for path in both.site} == set(MEDIA_TYPES)
    for path, resource in both.site.items():
        for form in FORMS:
            service, folder = both.request(path, headers=form)
            assert (path, folder) == (path, service)
            assert (folder.status, folder.body) == (200, resource.body)
        # Of what is compressed on the way, nginx does not know the length beforehand: to HEAD it
        # tells of the file as it is.
        service, folder = both.request(path, "HEAD")
        assert (path, folder) == (path, service)


def test_and_as_the_service_does_it_says_304(both: Both) -> None:
    for path in both.site:
        for form in FORMS:
            target = f"{both.address.path}{path}"
            tags = [each.request(target, headers=form).headers["etag"] for each in both.servers]
            responses = [
                comparable(each.request(target, headers={**form, "If-None-Match": tag}))
                for each, tag in zip(both.servers, tags, strict=True)
            ]
            assert responses[0] == responses[1]
            assert responses[0].status == 304


def test_what_the_service_ignores_the_folder_ignores_too(both: Both) -> None:
    for path in both.site:
        file = Path(f"{both.root}{both.address.path}{path}")
        written = (file / "index.html" if path == "/" else file).stat().st_mtime
        for ignored in (
            {"If-Modified-Since": formatdate(written, usegmt=True)},
            {"Range": "bytes=0-9"},
        ):
            service, folder = both.request(path, headers=ignored)
            assert (path, folder) == (path, service)
            assert folder.status == 200


# The first three are in the folder.
NOWHERE: Final = (
    "/_headers",
    "/.nojekyll",
    "/.defects-ical.json",
    "/.defects-ical.tmp",
    "/.git/config",
    "/nowhere",
    "/nowhere.ics",
    "/episodes/",
    "/episodes/nowhere.ics",
)


def test_what_leads_nowhere_leads_to_the_same_page(both: Both) -> None:
    for path in NOWHERE:
        service, folder = both.request(path)
        # nginx compresses this page as well, for those who ask.
        vary = {"vary": "Accept-Encoding"}
        assert folder == Response(404, {**service.headers, **vary}, service.body), path
        assert service.status == 404
        assert both.request(path, headers=GZIP)[1].body == service.body


def test_the_page_has_one_address(both: Both) -> None:
    at = both.address.path
    for path in ("/index.html", "/index.html?a=b"):
        service, folder = both.request(path)
        told = [
            (each.status, each.headers["location"], each.headers["cache-control"])
            for each in (service, folder)
        ]
        assert told == [(308, f"{at}/", "public, max-age=300")] * 2
    elsewhere = both.folder.request("//other.example/index.html")
    assert (elsewhere.status, elsewhere.headers.get("location")) == (404, None)


def test_a_folder_in_it_is_nothing_to_remember(both: Both) -> None:
    target = f"{both.address.path}/episodes"
    response = both.folder.request(target)
    assert (response.status, response.headers["cache-control"]) == (301, "no-store")
    assert both.folder.request(f"{target}/").status == 404


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "OPTIONS"])
def test_no_path_becomes_a_header(both: Both, method: str) -> None:
    for path in ("/episodes/a%0d%0aX-Added:%20yes%0d%0aY:%20b.ics", "/episodes/a%22;b=%22.ics"):
        response = both.folder.request(f"{both.address.path}{path}", method)
        assert response.status in {404, 405}
        assert {"x-added", "y", "content-disposition"} & response.headers.keys() == set()


def test_nothing_can_be_changed_in_the_folder(both: Both) -> None:
    for method in ("POST", "PUT", "DELETE"):
        service, folder = both.request("/", method)
        assert (folder.status, folder.headers["cache-control"]) == (405, "no-store")
        assert service.status == 405


# The unit.

UNIT: Final = "defects-ical@.service"


def unit(name: str = UNIT) -> configparser.RawConfigParser:
    """A unit; of a key that is there more than once, the last value."""
    parser = configparser.RawConfigParser(strict=False, delimiters="=")
    parser.optionxform = str  # type: ignore[assignment,method-assign] # keys are as they are written
    parser.read_string((DEPLOY / name).read_text("utf-8"))
    return parser


def command(instance: str, changes: Mapping[str, str]) -> list[str]:
    """What the unit runs, as systemd reads it, with another environment."""
    lines = (DEPLOY / UNIT).read_text("utf-8").splitlines()
    settings = [line.removeprefix("Environment=") for line in lines if "Environment=" in line[:12]]
    environment = {**dict(each.split("=", 1) for each in settings), **changes}
    words = shlex.split(unit()["Service"]["ExecStart"].replace("%i", instance))
    return [re.sub(r"\$\{(\w+)\}", lambda found: environment[found[1]], word) for word in words]


def test_the_unit_runs_a_replica_and_ends_it_in_time(tmp_path: Path) -> None:
    file, port = tmp_path / "schedule.yaml", find_free_port()
    file.write_text(version(1), "utf-8")
    program, *rest = command(str(port), {"SCHEDULE": str(file), "URL": URL, "WORKERS": "2"})
    assert program == "/opt/defects-ical/.venv/bin/defects-ical"
    with run_process([str(BIN / "defects-ical"), *rest], folder=Path("/")) as (process, log):
        server = Server(process, port, log)
        wait_for(lambda: responds(server), process, log)
        assert server.request(FEED).body == site_of(1, tmp_path)[FEED].body
        begun = time.monotonic()
        # KillMode=mixed: it is for the first process to end the others.
        process.terminate()
        assert process.wait(timeout=20) == 0
        assert time.monotonic() - begun < float(unit()["Service"]["TimeoutStopSec"])
        wait_for(server.has_exited)


# The bucket.

# What `aws s3 sync` does, as far as the script needs it, with a list instead of a bucket: an entry
# for each file that it uploads or removes. By time, it may take every file for changed.
AWS: Final = """\
#!{python}
import argparse, fnmatch, json, os, pathlib, sys
assert sys.argv[1:3] == ["s3", "sync"]
rules = []
class Rule(argparse.Action):
    def __call__(self, parser, space, value, option=None):
        rules.append((option == "--include", value))
parser = argparse.ArgumentParser(allow_abbrev=False)
parser.add_argument("source", type=pathlib.Path)
parser.add_argument("target")
parser.add_argument("--include", action=Rule)
parser.add_argument("--exclude", action=Rule)
parser.add_argument("--delete", action="store_true")
parser.add_argument("--size-only", action="store_true")
for each in ("--content-type", "--cache-control", "--content-disposition"):
    parser.add_argument(each)
asked = parser.parse_args(sys.argv[3:])
assert asked.target == "s3://me.example"
state = pathlib.Path(os.environ["BUCKET"])
bucket = json.loads(state.read_text())
def goes(name):
    chosen = True
    for include, pattern in rules:
        if fnmatch.fnmatch(name, pattern):
            chosen = include
    return chosen
paths = [path for path in asked.source.rglob("*") if path.is_file()]
files = {{str(path.relative_to(asked.source)) for path in paths}}
headers = [asked.content_type, asked.cache_control, asked.content_disposition]
there = dict(bucket) if asked.size_only else {{}}
bucket += [[name, headers] for name in sorted(files - there.keys()) if goes(name)]
if asked.delete:
    stale = sorted(dict(bucket).keys() - files)
    bucket += [[name, "removed"] for name in stale if goes(name)]
state.write_text(json.dumps(bucket))
"""


def test_a_bucket_gets_each_file_as_what_it_is_and_in_order(tmp_path: Path) -> None:
    address, site = SiteURL.parse(URL), site_of(1, tmp_path)
    folder, program, state = tmp_path / "public", tmp_path / "aws", tmp_path / "bucket.json"
    export_site(site, address, folder)
    program.write_text(AWS.format(python=sys.executable), "utf-8")
    program.chmod(0o755)
    # Of an earlier version.
    state.write_text(json.dumps([["episodes/show-e09.ics", "earlier"]]), "utf-8")
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(
        ["/bin/sh", str(DEPLOY / "upload.sh"), str(folder), "s3://me.example"],
        env={**os.environ, "PATH": path, "BUCKET": str(state)},
        check=True,
    )
    _, *uploaded, removed = json.loads(state.read_text("utf-8"))
    # What is missing is kept for a minute.
    uploaded.remove(["404.html", ["text/html; charset=utf-8", "public, max-age=60", None]])
    assert removed == ["episodes/show-e09.ics", "removed"]
    names = [path.removeprefix("/") or "index.html" for path in site if path != "/404.html"]
    assert sorted(name for name, _ in uploaded) == sorted(names)
    for name, told in uploaded:
        headers = dict(site["/" + name.replace("index.html", "")].headers)
        # The name of a single file is in its address already.
        disposition = headers.get("Content-Disposition", "").partition(";")[0] or None
        assert told == [headers["Content-Type"], headers["Cache-Control"], disposition]
    suffixes = [suffix for suffix, _ in groupby(Path(name).suffix for name, _ in uploaded)]
    assert suffixes[0] == ".ics"
    assert suffixes[-1] == ".html"
    assert len(suffixes) == len(set(suffixes))


def test_no_other_folder_is_uploaded(tmp_path: Path) -> None:
    script = ["/bin/sh", str(DEPLOY / "upload.sh"), str(tmp_path), "s3://me.example"]
    # Without a program to upload with, it would end otherwise.
    done = subprocess.run(script, env={}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, f"{tmp_path}: not an exported folder\n")
