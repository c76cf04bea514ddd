"""/metrics of real servers: exact counts, whichever worker responds, and however one ends."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Final, TypeAlias

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from defects_ical import __version__
from defects_ical.content.links.site_url import SiteURL
from defects_ical.server.app import Monitoring, create_app
from defects_ical.server.monitoring.counters import RequestCounters
from defects_ical.server.reloaded_site import ReloadedSite
from defects_ical.server.reloader import SiteReloader
from tests.server.conftest import URL, URL_WITH_PATH
from tests.server.expected_responses import FEED_ETAG, FEED_PATH, SCHEDULE
from tests.server.test_granian import SPAWN
from tests.shows.shows import write_show
from tests.support.example_schedules import make_yaml
from tests.support.processes import (
    BIN,
    TIMEOUT,
    Server,
    make_wsgi_environment,
    run_granian,
    run_server,
    wait_for,
)

Labels: TypeAlias = tuple[str, ...]
Metrics: TypeAlias = dict[tuple[str, Labels], float]
REQUESTS: Final = "defects_ical_requests_total"
CLIENTS: Final = 8
ROUNDS: Final = 10
# Method, path, headers, status, and the kind that it counts as.
MIX: Final[tuple[tuple[str, str, dict[str, str], int, str], ...]] = (
    ("GET", FEED_PATH, {}, 200, "feed"),
    ("GET", FEED_PATH, {"If-None-Match": FEED_ETAG}, 304, "feed"),
    ("OPTIONS", FEED_PATH, {}, 204, "feed"),
    ("GET", FEED_PATH, {"Range": "bytes=0-9"}, 200, "feed"),
    ("HEAD", "/", {"Accept-Encoding": "gzip"}, 200, "page"),
    ("GET", "/episodes.json", {}, 200, "data"),
    ("GET", "/episodes/the-defects-e03.ics", {}, 200, "episode"),
    ("GET", "/nowhere", {}, 404, "other"),
    ("POST", FEED_PATH, {}, 405, "other"),
    ("GET", "/index.html", {}, 308, "other"),
    ("GET", "/healthz", {}, 200, "service"),
)


def read_metrics(server: Server, target: str = "/metrics") -> Metrics:
    """Return all samples, by name and labels."""
    response = server.request(target)
    assert response.status == 200
    families = text_string_to_metric_families(response.body.decode())
    samples = [sample for family in families for sample in family.samples]
    found = {(each.name, (*each.labels.values(),)): each.value for each in samples}
    assert len(found) == len(samples)
    return found


def read_requests(server: Server) -> dict[Labels, float]:
    """Return the counts of requests, without those of the service's own paths."""
    metrics = read_metrics(server)
    return {
        labels: value
        for (name, labels), value in metrics.items()
        if name == REQUESTS and labels[0] != "service"
    }


def read_value(server: Server, name: str) -> float | None:
    return read_metrics(server).get((f"defects_ical_{name}", ()))


def run_gunicorn_with_metrics(*options: str) -> AbstractContextManager[Server]:
    command = [str(BIN / "gunicorn"), "--bind", "127.0.0.1:0", "--workers", "2", *options]
    environment = {**make_wsgi_environment(SCHEDULE, URL), "DEFECTS_ICAL_METRICS": "1"}
    ready = r"Listening at: http://127\.0\.0\.1:(\d+)"
    return run_server([*command, "--no-control-socket", "wsgi:app"], ready, environment)


def run_spawned(folder: Path) -> AbstractContextManager[Server]:
    program = folder / "spawn.py"
    program.write_text(SPAWN, "utf-8")
    command = [sys.executable, str(program), "serve", "--port", "0", "--url", URL]
    ready = r"served from http://\S+:(\d+)/,"
    return run_server([*command, "--workers", "2", "--metrics"], ready)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with run_granian(SCHEDULE, URL, 2, "--metrics") as running:
        yield running


def send_mix(server: Server) -> None:
    """Send each request of the mix several times, on one connection."""
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=TIMEOUT)) as connection:
        for _ in range(ROUNDS):
            for method, path, headers, status, _ in MIX:
                connection.request(method, path, headers=headers)
                response = connection.getresponse()
                response.read()
                assert response.status == status


def assert_counts_are_exact(server: Server) -> None:
    before = read_requests(server)
    with ThreadPoolExecutor(CLIENTS) as pool:
        for each in [pool.submit(send_mix, server) for _ in range(CLIENTS)]:
            each.result()
    expected = dict(before)
    for _, _, _, status, kind in MIX:
        if kind != "service":
            expected[kind, str(status)] += CLIENTS * ROUNDS
    # Each request is a new connection, which any worker may accept.
    assert [read_requests(server) for _ in range(10)] == [expected] * 10


def test_concurrent_requests_are_counted_exactly(server: Server) -> None:
    assert_counts_are_exact(server)


@pytest.mark.soak
def test_spawned_workers_count_together(tmp_path: Path) -> None:
    with run_spawned(tmp_path) as spawned:
        assert_counts_are_exact(spawned)


def test_preloaded_gunicorn_counts_together() -> None:
    with run_gunicorn_with_metrics("--preload", "--threads", "4") as gunicorn:
        assert_counts_are_exact(gunicorn)


def test_dead_worker_takes_no_count_away() -> None:
    with run_granian(SCHEDULE, URL, 2, "--metrics") as server:
        sent = 0
        for turn in range(2):
            sent += sum(server.request(FEED_PATH).status == 200 for _ in range(20))
            assert read_requests(server)["feed", "200"] == sent
            before = server.get_worker_pids()
            for worker in before[: 1 + turn % 2]:
                os.kill(worker, signal.SIGKILL)
            assert read_requests(server)["feed", "200"] == sent
            wait_for(lambda: not {*before} <= {*server.get_worker_pids()})  # noqa: B023 - called in this iteration
            wait_for(lambda: len(server.get_worker_pids()) == 2)
        assert read_requests(server)["feed", "200"] == sent


def test_own_paths_are_counted_as_service(server: Server) -> None:
    first = read_metrics(server)[REQUESTS, ("service", "200")]
    server.request("/healthz")
    assert read_metrics(server)[REQUESTS, ("service", "200")] == first + 2


def test_hostile_requests_add_no_series(server: Server) -> None:
    before = {name for name, _ in read_metrics(server)}, read_requests(server).keys()
    paths = [f"/{'x' * 4000}", "/%00%0a%22", '/"};evil{a="b"}', "/%ff%fe", "//metrics", "/metrics/"]
    paths += [f"/{number}.ics" for number in range(50)]
    statuses = {server.request(path).status for path in paths}
    statuses |= {server.request("/", method).status for method in ("BREW", "PROPFIND", "TRACE")}
    assert statuses == {404, 405}
    after = {name for name, _ in read_metrics(server)}, read_requests(server).keys()
    assert after == before


def test_metrics_have_the_type_of_prometheus(server: Server) -> None:
    full = server.request("/metrics")
    assert full.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert full.headers["cache-control"] == "no-store"
    head = server.request("/metrics", "HEAD")
    assert (head.status, head.body, head.headers.keys()) == (200, b"", full.headers.keys())
    assert server.request("/metrics", "POST", {"Content-Length": "0"}).status == 405


def test_metrics_describe_the_site(server: Server) -> None:
    metrics = read_metrics(server)
    values = {name: value for (name, labels), value in metrics.items() if not labels}
    age = time.time() - values.pop("defects_ical_loaded_timestamp_seconds")
    # The server is that of all tests in this module.
    assert 0 <= age < 3600
    assert values == {
        "defects_ical_available": 1,
        "defects_ical_problems": 0,
        "defects_ical_shows": 1,
    }
    assert metrics["defects_ical_episodes", ("confirmed",)] == 8
    assert metrics["defects_ical_build_info", (__version__,)] == 1


def test_metrics_work_with_and_without_path() -> None:
    client = create_client(SCHEDULE, URL_WITH_PATH)
    for path in ("/metrics", "/the-defects/metrics"):
        assert b"defects_ical_available 1.0" in client.get(path).data
    assert client.get("/other/metrics").status_code == 404


def create_client(schedule: Path, url: str) -> FlaskClient:
    """Return a client of the application in this process."""
    site_url = SiteURL.parse(url)
    reloader = SiteReloader(schedule, site_url)
    reloader.reload()
    site = ReloadedSite(reloader, site_url)
    return create_app(site, site_url, Monitoring(RequestCounters())).test_client()


def test_edits_and_problems_are_metrics(tmp_path: Path) -> None:
    file = tmp_path / "schedule.yaml"
    file.write_text(make_yaml(), "utf-8")
    with run_granian(file, URL, 1, "--metrics") as server:
        assert read_value(server, "edited_timestamp_seconds") is None
        file.write_text("half a fi", "utf-8")
        wait_for(lambda: read_value(server, "problems") == 1, pause=0.2)
        file.write_text(f"{make_yaml()}\nepisodes: {{1: {{teaser: New.}}}}\n", "utf-8")
        edited = wait_for(lambda: read_value(server, "edited_timestamp_seconds"), pause=0.2)
        assert time.time() - 10 < edited < time.time() + 1
        assert read_value(server, "loaded_timestamp_seconds") == edited
        assert read_value(server, "problems") == 0


def test_folder_counts_shows_and_problems(tmp_path: Path) -> None:
    folder = tmp_path / "schedules"
    for name in ("one", "metrics", "three"):
        write_show(folder / f"{name}.yaml")
    with run_granian(folder, URL, 2, "--metrics") as server:
        assert read_value(server, "shows") == 3
        assert server.request("/metrics/").status == 200
        assert server.request("/one/one.ics").status == 200
        assert read_requests(server)["feed", "200"] == 1
        for name in ("one", "three"):
            (folder / f"{name}.yaml").write_text("half a fi", "utf-8")
        wait_for(lambda: read_value(server, "problems") == 2, pause=0.2)
        assert read_value(server, "shows") == 3


def test_nothing_to_serve_is_a_metric(tmp_path: Path) -> None:
    client = create_client(tmp_path / "schedule.yaml", URL)
    assert client.get(FEED_PATH).status_code == 503
    lines = client.get("/metrics").text.splitlines()
    expected = ["available 0.0", "shows 0.0", "problems 1.0"]
    expected += ['requests_total{kind="other",status="503"} 1.0']
    assert [each for each in expected if f"defects_ical_{each}" not in lines] == []
    assert "timestamp" not in "".join(lines)
