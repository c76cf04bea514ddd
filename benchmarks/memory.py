"""Memory of the service, compared with a minimal Flask application, and its growth."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Final, TypeAlias

from benchmarks import candidates
from benchmarks.applications import FEED
from benchmarks.candidates import get_cores, pin_to_core
from benchmarks.load import run_wrk
from benchmarks.measurement import ROUNDS, Sample, Section, compare
from benchmarks.startup import MINIMAL, OURS
from tests.support.processes import EMPTY, Server

RESIDENT: Final = "worker, resident"
MAX_RATIO: Final = 1.35
# Requests after which a worker has its full size, and requests that must not increase it.
FEW_REQUESTS: Final = 500
MANY_REQUESTS: Final = 1_000_000
# Seconds of requests for 200s, then for 304s, in turns.
TURN: Final = 2
# Seconds for all of them.
TIME_LIMIT: Final = 120
KILOBYTES_PATTERN: Final = re.compile(r"^(?:VmRSS|Pss):\s+(\d+) kB$", re.MULTILINE)
METHOD: Final = (
    f"{ROUNDS} new services each, after {FEW_REQUESTS} requests. The resident size counts "
    "all pages of a worker. The proportional size divides shared pages among their processes."
)
GROWTH_METHOD: Final = (
    f"Resident memory of one worker after {FEW_REQUESTS} requests, and after {MANY_REQUESTS:,} "
    "more with status 200 and 304."
)

RunServer: TypeAlias = Callable[[], AbstractContextManager[Server]]


def measure() -> Iterator[Section]:
    """Measure memory, and how it grows."""
    yield _measure_memory()
    yield _measure_growth()


def _measure_memory() -> Section:
    servers: dict[str, RunServer] = {
        OURS: candidates.run_ours,
        MINIMAL: partial(candidates.run_under_granian, "benchmarks.minimal_flask:app"),
    }
    values: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for name, run_server in servers.items():
            for kind, size in _read_sizes(run_server).items():
                values.setdefault(f"{name}: {kind}", []).append(size)
    samples = {name: Sample(name, tuple(each)) for name, each in values.items()}
    ours, minimal = (samples[f"{name}: {RESIDENT}"] for name in servers)
    ratio = compare(f"{RESIDENT}: {OURS} / {MINIMAL}", ours, minimal, MAX_RATIO, is_maximum=True)
    return Section("Memory", METHOD, "MB", tuple(samples.values()), (ratio,))


def _read_sizes(run_server: RunServer) -> dict[str, float]:
    with run_server() as server:
        for _ in range(FEW_REQUESTS):
            server.request(FEED)
        (worker,) = server.get_worker_pids()
        pids = (worker, server.process.pid)
        proportional = [read_megabytes(pid, "smaps_rollup") for pid in pids]
        return {
            RESIDENT: read_megabytes(worker, "status"),
            "worker, proportional": proportional[0],
            "worker and parent, proportional": sum(proportional),
        }


def read_megabytes(pid: int, file: str) -> float:
    """Return VmRSS from ``/proc/PID/status``, or Pss from ``/proc/PID/smaps_rollup``."""
    match = KILOBYTES_PATTERN.search(Path(f"/proc/{pid}/{file}").read_text("ascii"))
    if not match:
        raise RuntimeError(f"/proc/{pid}/{file} has no size")
    return int(match[1]) / 1024


def _measure_growth() -> Section:
    server_core, _ = get_cores()
    with ExitStack() as stack:
        with pin_to_core(server_core):
            server = stack.enter_context(candidates.run_ours())
        (worker,) = server.get_worker_pids()
        condition = {"If-None-Match": server.request(FEED).headers["etag"]}
        for headers in islice(cycle((EMPTY, condition)), FEW_REQUESTS):
            server.request(FEED, headers=headers)
        before = Sample("before", (read_megabytes(worker, "status"),))
        _send_requests(server, MANY_REQUESTS)
        after = Sample("after", (read_megabytes(worker, "status"),))
    larger, smaller = sorted((before, after), key=lambda each: each.median, reverse=True)
    ratio = compare("larger / smaller", larger, smaller, 1.05, is_maximum=True)
    return Section("Memory growth", GROWTH_METHOD, "MB", (before, after), (ratio,))


def _send_requests(server: Server, minimum: int) -> None:
    """Send at least ``minimum`` requests, half the time for 200s and half for 304s."""
    condition = {"If-None-Match": server.request(FEED).headers["etag"]}
    end, count = time.monotonic() + TIME_LIMIT, 0
    for headers in cycle((EMPTY, condition)):
        if count >= minimum:
            return
        if time.monotonic() > end:
            raise RuntimeError(f"only {count:,} responses within {TIME_LIMIT} seconds")
        count += run_wrk(server, headers, seconds=TURN).requests
