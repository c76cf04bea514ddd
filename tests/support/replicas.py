"""Three replicas of the service behind the nginx of ``deploy/``, and clients that load them."""

from __future__ import annotations

import json
import random
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final

from defects_ical.content.links.site_url import SiteURL
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.build import Site, build_site
from tests.support.nginx import find_free_port, run_nginx
from tests.support.processes import Server, run_granian, wait_for
from tests.support.schedule_editor import make_version

URL: Final = "https://defects.example"
FEED: Final = "/show.ics"
GZIP: Final = {"Accept-Encoding": "br, gzip, deflate"}
# Request headers for each variant of a resource.
VARIANTS: Final[tuple[dict[str, str], ...]] = ({}, GZIP)
CLIENTS: Final = 4
# Paths, methods and expected statuses. nginx caches the first kind; the others reach a replica.
CACHED: Final = tuple((path, "GET", 200) for path in (FEED, "/", "/episodes.json", "/embed.js"))
UNCACHED: Final = ((FEED, "OPTIONS", 204), ("/healthz", "GET", 200), ("/nowhere", "GET", 404))


class Replica:
    """A replica with its own schedule file and port, which can stop and start again."""

    def __init__(self, folder: Path, name: str) -> None:
        self.file = folder / f"{name}.yaml"
        self.port = find_free_port()
        self.server: Server
        self._stack = ExitStack()
        self.write(1)

    def write(self, number: int) -> None:
        """Replace the schedule by a version, atomically."""
        new = self.file.with_suffix(".new")
        new.write_text(make_version(number), "utf-8")
        new.replace(self.file)

    def start(self) -> None:
        """Start the service, and wait until it responds."""
        service = run_granian(self.file, URL, 1, "--port", str(self.port))
        self.server = self._stack.enter_context(service)

    def stop(self) -> None:
        """Stop the service as a service manager does."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill the service, as a power failure would."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Accept requests without responding, for longer than nginx waits."""
        self.server.signal_group(signal.SIGSTOP)
        time.sleep(3)
        self.server.signal_group(signal.SIGCONT)

    def _end(self, number: signal.Signals) -> None:
        self.server.signal_group(number)
        wait_for(self.server.has_exited)
        self.close()

    def close(self) -> None:
        """Release the processes and files of the service."""
        self._stack.close()


@contextmanager
def run_cluster(folder: Path) -> Iterator[tuple[Server, list[Replica]]]:
    """Run three replicas and nginx in front of them until the block ends."""
    replicas = [Replica(folder, name) for name in ("one", "two", "three")]
    with ExitStack() as stack:
        for replica in replicas:
            stack.callback(replica.close)
        with ThreadPoolExecutor() as pool:
            list(pool.map(Replica.start, replicas))
        ports = [replica.port for replica in replicas]
        yield stack.enter_context(run_proxy(ports, folder)), replicas


def run_proxy(ports: list[int], folder: Path) -> AbstractContextManager[Server]:
    """Run nginx with ``nginx-replicas.conf`` in front of replicas on these ports."""
    replacements = {f":{8001 + index} ": f":{port} " for index, port in enumerate(ports)}
    replacements["/var/cache/nginx-defects"] = str(folder / "cache")
    replacements["server_name me.example"] = "server_name defects.example"
    return run_nginx("nginx-replicas.conf", replacements, folder / "nginx")


@dataclass
class Client:
    """Sends random requests to nginx on one connection, and records the responses.

    ``seen`` has each path, ETag and body; ``feeds`` the bodies of the feed in order.
    """

    port: int
    stop: threading.Event
    chance: random.Random
    requests: int = 0
    not_modified: int = 0
    feeds: list[bytes] = field(default_factory=list)
    seen: set[tuple[str, str, bytes]] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)
    _etags: dict[tuple[str, bool], str] = field(default_factory=dict)

    def run(self) -> None:
        """Send requests until ``stop`` is set."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        while not self.stop.is_set():
            path, method, expected = self.chance.choice([*CACHED, *CACHED, *UNCACHED])
            try:
                if (path, method, expected) in CACHED:
                    self._request_cached(connection, path)
                else:
                    self._request(connection, path, method, {}, {expected})
            except (OSError, HTTPException) as error:
                self.failures.append(f"{method} {path}: {error!r}")
                connection.close()
            time.sleep(0.003)
        connection.close()

    def _request_cached(self, connection: HTTPConnection, path: str) -> None:
        variant = self.chance.choice(VARIANTS)
        known = self._etags.get((path, variant is GZIP))
        condition = {"If-None-Match": known} if known and self.chance.random() < 0.5 else {}
        expected = {200, 304} if condition else {200}
        headers = {**variant, **condition}
        status, etag, body = self._request(connection, path, "GET", headers, expected)
        if status == 304:
            self.not_modified += 1
            body = next(body for where, each, body in self.seen if (where, each) == (path, etag))
        self._etags[path, variant is GZIP] = etag
        self.seen.add((path, etag, body))
        if path == FEED:
            self.feeds.append(body)

    def _request(
        self,
        connection: HTTPConnection,
        path: str,
        method: str,
        headers: dict[str, str],
        expected: set[int],
    ) -> tuple[int, str, bytes]:
        self.requests += 1
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        body = response.read()
        if response.status not in expected:
            raise HTTPException(f"{response.status}: {body[:80]!r}")
        return response.status, response.headers.get("ETag", ""), body


@contextmanager
def put_load_on(proxy: Server) -> Iterator[list[Client]]:
    """Run clients until the block ends; every request must succeed."""
    stop = threading.Event()
    # Seeded, so that each run sends the same requests.
    chances = [random.Random(number) for number in range(CLIENTS)]  # noqa: S311
    clients = [Client(proxy.port, stop, chance) for chance in chances]
    threads = [threading.Thread(target=client.run) for client in clients]
    for thread in threads:
        thread.start()
    try:
        yield clients
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    failures = [failure for client in clients for failure in client.failures]
    assert not failures, failures


def build_version(number: int, folder: Path) -> Site:
    """Build the site of a version of the schedule."""
    file = folder / "version.yaml"
    file.write_text(make_version(number), "utf-8")
    return build_site(load_schedule(file), SiteURL.parse(URL))


def read_digest(server: Server) -> str:
    """Return the digest of the schedule that is live."""
    digest: str = json.loads(server.request("/healthz").body)["digest"]
    return digest


def roll_out(number: int, replicas: list[Replica], folder: Path) -> None:
    """Bring a version to one replica after the other."""
    feed = build_version(number, folder)[FEED].body
    for replica in replicas:
        replica.write(number)
        wait_for(lambda: replica.server.request(FEED).body == feed)  # noqa: B023 - called in this iteration
