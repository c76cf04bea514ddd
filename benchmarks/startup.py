"""Startup time and memory of the service, compared with a minimal Flask application."""

from __future__ import annotations

import re
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Final, TypeAlias

from benchmarks import candidates
from benchmarks.applications import FEED, SCHEDULE, SITE_URL
from benchmarks.candidates import get_cores, pin_to_core
from benchmarks.load import run_wrk
from benchmarks.measurement import Sample, Section, compare, measure_in_turns
from tests.support.nginx import find_free_port
from tests.support.processes import BIN, EMPTY, TIMEOUT, Server, run_process

OURS: Final = "defects-ical"
MINIMAL: Final = "minimal Flask application"
STARTUP_ROUNDS: Final = 11
# Seconds between two attempts to reach a server that starts.
PAUSE: Final = 0.002
REQUEST: Final = f"GET {FEED} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()
RESIDENT: Final = "worker, resident"
MEMORY_ROUNDS: Final = 3
# Requests after which a worker has its full size, and requests that must not increase it.
FEW_REQUESTS: Final = 500
MANY_REQUESTS: Final = 1_000_000
# Seconds of requests for 200s, then for 304s, in turns.
TURN: Final = 2
# Seconds for all of them.
TIME_LIMIT: Final = 120
KILOBYTES_PATTERN: Final = re.compile(r"^(?:VmRSS|Pss):\s+(\d+) kB$", re.MULTILINE)
STARTUP_METHOD: Final = (
    f"From the start of the process to the first 200. {STARTUP_ROUNDS} rounds in turns, on one "
    "core, with everything compiled and in the page cache. The minimal application has one view, "
    "which returns a constant. It runs under Granian's own command with the settings of "
    "`defects-ical serve`."
)
MEMORY_METHOD: Final = (
    f"{MEMORY_ROUNDS} new services each, after {FEW_REQUESTS} requests. The resident size counts "
    "all pages of a worker. The proportional size divides shared pages among their processes."
)
GROWTH_METHOD: Final = (
    f"Resident memory of one worker after {FEW_REQUESTS} requests, and after {MANY_REQUESTS:,} "
    "more with status 200 and 304."
)

RunServer: TypeAlias = Callable[[], AbstractContextManager[Server]]


def measure() -> Iterator[Section]:
    """Measure startup time and memory."""
    with tempfile.TemporaryDirectory() as compiled:
        # Only the first start compiles, as with an installed package.
        yield _measure_startup({"PYTHONPYCACHEPREFIX": compiled, "PYTHONDONTWRITEBYTECODE": ""})
    yield _measure_memory()
    yield _measure_growth()


def _measure_startup(environment: Mapping[str, str]) -> Section:
    commands = {OURS: _make_our_command, MINIMAL: _make_minimal_command}
    timers = {name: partial(time_start, make, environment) for name, make in commands.items()}
    for compile_all in timers.values():
        compile_all()
    samples = measure_in_turns(timers, STARTUP_ROUNDS)
    ours, minimal = samples[OURS], samples[MINIMAL]
    ratio = compare(f"{OURS} / {MINIMAL}", ours, minimal, 2.5, is_maximum=True)
    return Section("Startup", STARTUP_METHOD, "ms", (ours, minimal), (ratio,))


def _make_our_command(port: int) -> list[str]:
    options = ["--schedule", str(SCHEDULE), "--url", str(SITE_URL), "--port", str(port)]
    return [str(BIN / "defects-ical"), "serve", *options]


def _make_minimal_command(port: int) -> list[str]:
    granian, *options = candidates.GRANIAN
    return [str(BIN / granian), *options, "--port", str(port), "benchmarks.minimal_flask:app"]


def time_start(make_command: Callable[[int], list[str]], environment: Mapping[str, str]) -> float:
    """Return the milliseconds from the start of a server to its first 200."""
    server_core, client_core = get_cores()
    port = find_free_port()
    command = make_command(port)
    start = time.perf_counter()
    with pin_to_core(server_core), run_process(command, environment), pin_to_core(client_core):
        while not _responds_200(port):
            if time.perf_counter() > start + TIMEOUT:
                raise RuntimeError(f"{command} does not respond")
            time.sleep(PAUSE)
        return (time.perf_counter() - start) * 1000


def _responds_200(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT) as connection:
            connection.sendall(REQUEST)
            return connection.recv(4096).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def _measure_memory() -> Section:
    servers: dict[str, RunServer] = {
        OURS: candidates.run_ours,
        MINIMAL: partial(candidates.run_under_granian, "benchmarks.minimal_flask:app"),
    }
    values: dict[str, list[float]] = {}
    for _ in range(MEMORY_ROUNDS):
        for name, run_server in servers.items():
            for kind, size in _read_sizes(run_server).items():
                values.setdefault(f"{name}: {kind}", []).append(size)
    samples = {name: Sample(name, tuple(each)) for name, each in values.items()}
    ours, minimal = (samples[f"{name}: {RESIDENT}"] for name in servers)
    ratio = compare(f"{RESIDENT}: {OURS} / {MINIMAL}", ours, minimal, 2, is_maximum=True)
    return Section("Memory", MEMORY_METHOD, "MB", tuple(samples.values()), (ratio,))


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
