"""Throughput of one worker on one core, and its latency with many open connections."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from icalendar import Calendar

from benchmarks import candidates
from benchmarks.applications import FEED, SCHEDULE, SITE_URL
from benchmarks.candidates import get_cores, pin_to_core, run_under_granian
from benchmarks.load import WrkResult, hold_connections, run_wrk
from benchmarks.measurement import ROUNDS, Ratio, Sample, Section, compare, measure_in_turns
from defects_ical.export.exporter import export_site
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.build import Resource, Site, build_site
from tests.support.processes import EMPTY, Server


class Comparison(NamedTuple):
    """Two candidates, and the least ratio of their rates for 200s and for 304s, if there is one."""

    one: str
    other: str
    target: float | None = None
    target_not_modified: float | None = None


OURS: Final = "defects-ical"
NGINX: Final = "nginx (deploy/nginx-folder.conf)"
NGINX_DEBIAN: Final = "nginx (Debian's settings)"
NGINX_FAST: Final = "nginx (settings for speed)"
GUNICORN: Final = "defects-ical under gunicorn (gthread)"
PREBUILT: Final = "Flask view, prebuilt bytes"
REPLICAS: Final = "nginx (deploy/nginx-replicas.conf)"
EMPTY_APPLICATION: Final = "Granian, an empty application with the same bytes"
WHITENOISE: Final = "WhiteNoise"
REBUILDING: Final = "Flask view, calendar built per request"
REBUILDING_NO_TZ: Final = "Flask view, built without VTIMEZONE"
CEILING: Final = "wrk's own limit, per second of its processor time"
OPEN_CONNECTIONS: Final = 2000
P99: Final = "99th percentile"
P99_WITH_LOAD: Final = f"99th percentile with {OPEN_CONNECTIONS:,} open connections"
# Connections of wrk while the others are open.
WRK_CONNECTIONS: Final = 16
# If wrk uses a larger share of its core, the figures show wrk's limit, not the server's.
MAX_CORE_SHARE: Final = 0.95
THROUGHPUT_METHOD: Final = (
    f"wrk on its own core, 32 keep-alive connections, {ROUNDS} rounds of 2 seconds each; one "
    "worker on one core. Applications under Granian have the settings of `defects-ical serve`; the "
    "empty one returns the feed with our headers to every request, and decides nothing. nginx with "
    "nginx-folder.conf sends the same headers as the service, for every path. With "
    "nginx-replicas.conf it has three replicas behind it, on the same core. The other two send one "
    "set of headers; the one with Debian's settings writes a log, the one with settings for speed "
    "keeps files open. Building VTIMEZONE takes most of the time that icalendar needs for the "
    "calendar. All candidates run all the time, and wait for their turn."
)
LATENCY_METHOD: Final = (
    f"wrk with {WRK_CONNECTIONS} keep-alive connections, alone, and while {OPEN_CONNECTIONS:,} "
    "other connections are open. Half of those are idle, half send one byte per second. "
    f"{ROUNDS} rounds of 2 seconds each."
)
# What is compared, in this order, and the targets for 200s and 304s. `_run_candidates` runs each.
COMPARISONS: Final = (
    Comparison(OURS, EMPTY_APPLICATION, 0.95, None),
    Comparison(OURS, NGINX, 0.62, 0.4),
    Comparison(REPLICAS, NGINX, 0.95, 0.95),
    Comparison(OURS, NGINX_DEBIAN),
    Comparison(OURS, NGINX_FAST),
    Comparison(OURS, GUNICORN),
    Comparison(OURS, WHITENOISE),
    Comparison(OURS, PREBUILT, 7.0),
    Comparison(OURS, REBUILDING, 300.0),
    Comparison(OURS, REBUILDING_NO_TZ),
)
# Candidates without 304s, or whose 304s say nothing more than their 200s.
FULL_RESPONSES_ONLY: Final = (EMPTY_APPLICATION, GUNICORN, REBUILDING, REBUILDING_NO_TZ)


def measure() -> Iterator[Section]:
    """Measure throughput and latency."""
    site = build_site(load_schedule(SCHEDULE), SITE_URL)
    with _run_candidates(site) as servers:
        for name, server in servers.items():
            _verify(name, server, site[FEED])
        _verify_headers(servers[EMPTY_APPLICATION], servers[OURS])
        targets = {(each.one, each.other): each.target for each in COMPARISONS}
        yield _measure_throughput("The feed (200)", servers, {}, targets)
        for name in FULL_RESPONSES_ONLY:
            del servers[name]
        headers = {name: {"If-None-Match": _get_etag(each)} for name, each in servers.items()}
        targets = {(each.one, each.other): each.target_not_modified for each in COMPARISONS}
        yield _measure_throughput("The unchanged feed (304)", servers, headers, targets)
    yield _measure_latency()


@contextmanager
def _run_candidates(site: Site) -> Iterator[dict[str, Server]]:
    server_core, _ = get_cores()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        # nginx's worker runs as another user.
        folder.chmod(0o755)
        export_site(site, SITE_URL, folder)
        application = "benchmarks.applications:{}".format
        headers = site[FEED].headers
        contexts = {
            NGINX: candidates.run_shipped_nginx(folder),
            NGINX_DEBIAN: candidates.run_plain_nginx(folder, headers, candidates.DEBIAN_SETTINGS),
            NGINX_FAST: candidates.run_plain_nginx(folder, headers, candidates.FAST_SETTINGS),
            REPLICAS: candidates.run_replicas(),
            OURS: candidates.run_ours(),
            EMPTY_APPLICATION: run_under_granian(application("create_empty")),
            GUNICORN: candidates.run_under_gunicorn(),
            WHITENOISE: run_under_granian(application("create_whitenoise"), folder),
            PREBUILT: run_under_granian(application("create_prebuilt")),
            REBUILDING: run_under_granian(application("create_rebuilding")),
            REBUILDING_NO_TZ: run_under_granian(application("create_rebuilding_without_timezone")),
        }
        with pin_to_core(server_core):
            servers = {name: stack.enter_context(each) for name, each in contexts.items()}
        yield servers


def _verify(name: str, server: Server, expected: Resource) -> None:
    """Raise RuntimeError if the responses are wrong."""
    full = server.request(FEED)
    is_same = full.body == expected.body
    if name in {REBUILDING, REBUILDING_NO_TZ}:
        is_same = _read_uids(full.body) == _read_uids(expected.body)
    is_calendar = full.headers["content-type"].startswith("text/calendar")
    condition = {"If-None-Match": full.headers["etag"]}
    status = server.request(FEED, headers=condition).status
    expected_status = 200 if name == EMPTY_APPLICATION else 304
    if not (is_same and is_calendar and full.status == 200 and status == expected_status):
        raise RuntimeError(f"{name}: {full.status} {full.headers}, {status}")


def _verify_headers(server: Server, ours: Server) -> None:
    """Raise RuntimeError if a server sends other headers than ours."""
    found, expected = (each.request(FEED).headers for each in (server, ours))
    if found != expected:
        raise RuntimeError(f"{found}, not {expected}")


def _get_etag(server: Server) -> str:
    return server.request(FEED).headers["etag"]


def _read_uids(body: bytes) -> list[str]:
    return [str(event["uid"]) for event in Calendar.from_ical(body.decode()).walk("VEVENT")]


def _measure_throughput(
    title: str,
    servers: Mapping[str, Server],
    headers: Mapping[str, Mapping[str, str]],
    targets: Mapping[tuple[str, str], float | None],
) -> Section:
    results: dict[str, list[WrkResult]] = {name: [] for name in servers}

    def measure_rate(name: str) -> float:
        result = run_wrk(servers[name], headers.get(name, EMPTY))
        results[name].append(result)
        return result.rate

    for name, server in servers.items():
        run_wrk(server, headers.get(name, EMPTY), seconds=1)
    samples = measure_in_turns({name: partial(measure_rate, name) for name in servers}, ROUNDS)
    ceiling = Sample(CEILING, tuple(result.ceiling for result in results[NGINX_FAST]))
    ratios = [
        compare(f"{one} / {other}", samples[one], samples[other], target)
        for (one, other), target in targets.items()
        if other in samples
    ]
    # Not with the fastest nginx, which may exhaust wrk: it has no target.
    share = _compare_core_share(
        result for name in (OURS, NGINX, REPLICAS) for result in results[name]
    )
    all_samples = (*samples.values(), ceiling)
    return Section(title, THROUGHPUT_METHOD, "requests/s", all_samples, (*ratios, share))


def _compare_core_share(results: Iterable[WrkResult]) -> Ratio:
    """Return the largest share of its core that wrk used."""
    shares = [result.core_share for result in results]
    name, largest = "wrk's share of its core", max(shares)
    return Ratio(name, largest, min(shares), largest, MAX_CORE_SHARE, is_maximum=True)


def _measure_latency() -> Section:
    server_core, client_core = get_cores()
    with ExitStack() as stack:
        with pin_to_core(server_core):
            server = stack.enter_context(candidates.run_ours())

        def measure_alone() -> float:
            return run_wrk(server, connections=WRK_CONNECTIONS).p99

        def measure_with_load() -> float:
            with pin_to_core(client_core), hold_connections(server, OPEN_CONNECTIONS):
                return measure_alone()

        samples = measure_in_turns({P99: measure_alone, P99_WITH_LOAD: measure_with_load}, ROUNDS)
    alone, with_load = samples[P99], samples[P99_WITH_LOAD]
    ratio = compare(f"{P99_WITH_LOAD} / {P99}", with_load, alone, 5, is_maximum=True)
    return Section("Latency", LATENCY_METHOD, "ms", (alone, with_load), (ratio,))
