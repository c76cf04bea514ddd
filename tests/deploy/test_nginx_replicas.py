"""deploy/nginx-replicas.conf: replicas stop, die and change, and clients notice nothing."""

from __future__ import annotations

import gzip
import random
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from itertools import groupby
from operator import gt
from pathlib import Path
from typing import Final

import pytest

from defects_ical.content.links.site_url import SiteURL
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.build import Site, build_site
from tests.support.nginx import find_free_port
from tests.support.processes import TIMEOUT, Response, Server, run_granian, run_gunicorn, wait_for
from tests.support.replicas import (
    CACHED,
    FEED,
    GZIP,
    UNCACHED,
    URL,
    VARIANTS,
    Client,
    Replica,
    build_version,
    put_load_on,
    read_digest,
    roll_out,
    run_cluster,
    run_proxy,
)
from tests.support.schedule_editor import RELOAD_SECONDS, make_version

NOW: Final = formatdate(usegmt=True)
# Seconds until nginx revalidates a cached response: `proxy_cache_valid 1s`, in whole seconds.
FRESH_SECONDS: Final = 2.0
# A path that is requested rarely, and one that is not requested while there are replicas.
RARE: Final = "/show-reminders.ics"
NEVER_CACHED: Final = "/robots.txt"


def assert_replicas_agree(replicas: list[Replica]) -> None:
    """Check that all replicas respond to every path with the same ETag and bytes."""
    paths = build_site(load_schedule(replicas[0].file), SiteURL.parse(URL))
    for path in paths:
        for variant in VARIANTS:
            responses = [replica.server.request(path, headers=variant) for replica in replicas]
            assert responses[1:] == responses[:-1], path
            assert responses[0].status == 200


def assert_etags_are_unique(clients: list[Client]) -> None:
    """Check that each ETag names one body and each body has one ETag, on all replicas."""
    seen = {each for client in clients for each in client.seen}
    assert len({(path, etag) for path, etag, _ in seen}) == len(seen)
    assert len({(path, body) for path, _, body in seen}) == len(seen)


def assert_cache_survives_replicas(proxy: Server, site: Site) -> None:
    """Check that without replicas, cached responses are served, and nothing else."""
    for path, _, _ in CACHED:
        for variant in VARIANTS:
            cached = proxy.request(path, headers=variant)
            decode = gzip.decompress if "content-encoding" in cached.headers else bytes
            assert (cached.status, decode(cached.body)) == (200, site[path].body)
            assert proxy.request(path, "HEAD", variant) == Response(200, cached.headers, b"")
            etag = cached.headers["etag"]
            not_modified = proxy.request(path, headers={**variant, "If-None-Match": etag})
            assert (not_modified.status, not_modified.headers["etag"]) == (304, etag)
            # A query does not change the cache key.
            assert proxy.request(f"{path}?from={id(proxy)}", headers=variant) == cached
    uncached = (NEVER_CACHED, "/nowhere", "/healthz")
    assert [proxy.request(path).status for path in uncached] == [502] * 3


def roll_out_and_restart(
    proxy: Server, replicas: list[Replica], clients: list[Client], folder: Path
) -> None:
    """Roll out version 2, first on one replica; then restart and kill all but the last."""
    feed, (first, second, third) = build_version(2, folder)[FEED].body, replicas
    edited_at = time.monotonic()
    roll_out(2, [first], folder)
    wait_for(lambda: proxy.request(FEED).body == feed)
    assert time.monotonic() - edited_at < RELOAD_SECONDS + FRESH_SECONDS
    # The other replicas are still old, but clients do not see both versions in turn.
    assert {read_digest(proxy) for _ in range(12)} == {read_digest(first.server)}
    assert read_digest(first.server) != read_digest(second.server)
    roll_out(2, [second, third], folder)
    first.stop()
    first.start()
    second.kill()
    first.kill()
    # Some more requests, which only the third replica can serve.
    enough = [client.requests + 20 for client in clients]
    wait_for(lambda: all(map(gt, (client.requests for client in clients), enough)))


def test_clients_notice_no_replica_change(tmp_path: Path) -> None:
    early, latest = build_version(1, tmp_path), build_version(2, tmp_path)
    with run_cluster(tmp_path) as (proxy, replicas):
        assert_replicas_agree(replicas)
        assert proxy.request(RARE).body == early[RARE].body
        with put_load_on(proxy) as clients:
            roll_out_and_restart(proxy, replicas, clients, tmp_path)
        assert_etags_are_unique(clients)
        assert sum(client.not_modified for client in clients) > 50
        for client in clients:
            # The old version, then the new one, and never the old one again.
            bodies = [body for body, _ in groupby(client.feeds)]
            assert bodies == [early[FEED].body, latest[FEED].body]
        # A rarely requested path is current too, not as it was at its last request.
        assert proxy.request(RARE).body == latest[RARE].body
        replicas[2].stop()
        time.sleep(FRESH_SECONDS)
        assert_cache_survives_replicas(proxy, latest)
        replicas[2].start()
        assert [proxy.request(path).status for path in (NEVER_CACHED, "/nowhere")] == [200, 404]


@pytest.mark.soak
def test_clients_notice_no_replica_change_for_a_minute(tmp_path: Path) -> None:
    chance = random.Random(1)  # noqa: S311 - repeatable
    end, number = time.monotonic() + 60, 1
    with run_cluster(tmp_path) as (proxy, replicas):
        with put_load_on(proxy) as clients:
            while time.monotonic() < end:
                number += 1
                roll_out(number, replicas, tmp_path)
                for replica in chance.sample(replicas, chance.randint(1, 3)):
                    chance.choice([Replica.stop, Replica.kill])(replica)
                    time.sleep(chance.uniform(0, 0.5))
                    replica.start()
                chance.choice(replicas).freeze()
        assert_replicas_agree(replicas)
        assert_etags_are_unique(clients)
        versions = [build_version(each, tmp_path)[FEED].body for each in range(1, number + 1)]
        for client in clients:
            seen = [versions.index(body) for body, _ in groupby(client.feeds)]
            assert seen == sorted(seen)
            assert len(seen) > 5
        for replica in replicas:
            replica.stop()
        assert_cache_survives_replicas(proxy, build_version(number, tmp_path))


@pytest.fixture(scope="module")
def proxy_and_replica(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Server, Server]]:
    """Run nginx in front of a replica without a schedule, none at all, and a good one."""
    folder = tmp_path_factory.mktemp("weak")
    file = folder / "schedule.yaml"
    file.write_text(make_version(1), "utf-8")
    with (
        run_gunicorn(folder / "nothing.yaml", URL) as empty,
        run_granian(file, URL, 1, "--metrics") as replica,
    ):
        assert empty.request(FEED).status == 503
        with run_proxy([empty.port, find_free_port(), replica.port], folder) as proxy:
            yield proxy, replica


def test_failing_replicas_cause_no_failed_request(
    proxy_and_replica: tuple[Server, Server],
) -> None:
    proxy, replica = proxy_and_replica
    for path, method, status in (*CACHED, *UNCACHED):
        for variant in VARIANTS:
            response = proxy.request(path, method, variant)
            assert response.status == status
            if method != "OPTIONS" and path != "/healthz":
                assert response == replica.request(path, method, variant)


@pytest.mark.parametrize("target", ["/metrics", "/metrics?a", "/%6detrics", "/./metrics"])
def test_metrics_of_a_replica_are_not_public(
    proxy_and_replica: tuple[Server, Server], target: str
) -> None:
    proxy, replica = proxy_and_replica
    assert b"defects_ical_requests_total" in replica.request("/metrics").body
    assert proxy.request(target).status == 404


@pytest.mark.parametrize("path", ["/", FEED, "/episodes/show-e03.ics", "/embed.js", "/card.svg"])
@pytest.mark.parametrize("variant", VARIANTS, ids=["plain", "compressed"])
def test_nginx_responds_304_to_matching_etag(
    proxy_and_replica: tuple[Server, Server], path: str, variant: dict[str, str]
) -> None:
    proxy, _ = proxy_and_replica
    etag = proxy.request(path, headers=variant).headers["etag"]
    conditions = {etag: 304, f"W/{etag}": 304, f'"x", {etag}': 304, "*": 304, '"x"': 200, "x": 200}
    for condition, status in conditions.items():
        for method in ("GET", "HEAD"):
            headers = {**variant, "If-None-Match": condition}
            response = proxy.request(path, method, headers)
            assert (condition, response.status) == (condition, status)
            assert response.headers["etag"] == etag


@pytest.mark.parametrize(
    "ignored",
    [{"Range": "bytes=0-9"}, {"If-Modified-Since": NOW}],
    # Not the time itself: parallel test processes must agree on the test names.
    ids=["range", "date"],
)
def test_nginx_ignores_range_and_date(
    proxy_and_replica: tuple[Server, Server], ignored: dict[str, str]
) -> None:
    proxy, replica = proxy_and_replica
    assert proxy.request(FEED, headers=ignored) == replica.request(FEED)


def test_nginx_forwards_no_client_headers(tmp_path: Path) -> None:
    """Nginx sends a replica the path, the encoding and the ETag to revalidate, and nothing else."""
    sent = {"Cookie": "a=b", "Authorization": "Bearer x", "User-Agent": "x", **GZIP}
    with ThreadPoolExecutor() as pool, socket.create_server(("127.0.0.1", 0)) as replica:
        received = pool.submit(respond_twice, replica)
        ports = [replica.getsockname()[1], find_free_port(), find_free_port()]
        with run_proxy(ports, tmp_path) as proxy:
            first = proxy.request("/", headers=sent)
            assert (first.status, first.body) == (200, b"body")
            wait_for(lambda: proxy.request("/", headers=sent) == first and received.done())
    headers = ["Accept-Encoding: gzip", "Host: defects"]
    assert received.result() == [headers, [*headers, 'If-None-Match: "t"']]


def respond_twice(listener: socket.socket) -> list[list[str]]:
    """Respond to two requests for `/`, first with 200 and then with 304. Return their headers."""
    heads = ["200 OK\r\nContent-Length: 4\r\n", "304 Not Modified\r\n"]
    bodies = ["body", ""]
    received: list[list[str]] = []
    listener.settimeout(TIMEOUT)
    while len(received) < 2:
        with listener.accept()[0] as connection:
            request, *headers = connection.recv(65536).decode().split("\r\n")
            if request == "GET / HTTP/1.1":
                head = f'HTTP/1.1 {heads[len(received)]}ETag: "t"\r\nConnection: close\r\n\r\n'
                connection.sendall(f"{head}{bodies[len(received)]}".encode())
                received.append(sorted(filter(None, headers)))
            else:
                connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
    return received


# Other paths that lead to the feed, or seem to, and their statuses.
SIMILAR_PATHS: Final = {
    f"{FEED}?utm_source=me": 200,
    "/%73how.ics": 200,
    f"/{FEED}": 404,
    f"/.{FEED}": 404,
    f"/nowhere/..{FEED}": 404,
}


@pytest.mark.parametrize("path", SIMILAR_PATHS)
def test_nginx_caches_similar_paths_separately(
    proxy_and_replica: tuple[Server, Server], path: str
) -> None:
    """Nginx normalizes paths, the service does not: its 404 must not be cached for the feed."""
    proxy, replica = proxy_and_replica
    for each in (path, FEED, path):
        status = SIMILAR_PATHS.get(each, 200)
        assert (proxy.request(each).status, replica.request(each).status) == (status, status)


@pytest.mark.parametrize(
    ("accept_encoding", "coding"),
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
def test_nginx_compresses_pages_but_no_feeds(
    proxy_and_replica: tuple[Server, Server], accept_encoding: str, coding: str | None
) -> None:
    proxy, _ = proxy_and_replica
    page = proxy.request("/", headers={"Accept-Encoding": accept_encoding})
    assert page.headers.get("content-encoding") == coding
    assert page.headers["vary"] == "Accept-Encoding"
    feed = proxy.request(FEED, headers={"Accept-Encoding": accept_encoding})
    assert "content-encoding" not in feed.headers
    assert "vary" not in feed.headers
