"""How long the service takes to start, and how much memory it takes and keeps."""

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

from benchmarks import contestants, wrk
from benchmarks.applications import FEED, SCHEDULE, SITE_URL
from benchmarks.contestants import cores, on_core
from benchmarks.measuring import Chapter, Sample, in_turns, ratio
from tests.support.nginx import find_free_port
from tests.support.processes import BIN, EMPTY, TIMEOUT, Server, run_process

OURS: Final = "defects-ical"
BARE: Final = "a bare Flask application"
STARTS: Final = 11
# Seconds between two tries to reach a server that starts.
PAUSE: Final = 0.002
REQUEST: Final = f"GET {FEED} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()
RESIDENT: Final = "a worker, resident"
MEMORIES: Final = 3
# Requests after which a worker is at its size, and those that must not change it.
SOME: Final = 500
MANY: Final = 1_000_000
# Seconds of 200s, and then of 304s, in turns.
TURN: Final = 2
# Seconds that they may take at most.
MOST: Final = 120
KILOBYTES: Final = re.compile(r"^(?:VmRSS|Pss):\s+(\d+) kB$", re.MULTILINE)
HOW_STARTED: Final = (
    f"From the start of the process to the first 200, {STARTS} times each, in turns, on one core, "
    "with everything compiled and in the page cache. The bare application has one view, which "
    "returns a constant; Granian's own command runs it, with the settings of `defects-ical serve`."
)
HOW_BIG: Final = (
    f"{MEMORIES} fresh services each, after {SOME} requests and more; resident is what a worker's "
    "pages take, shared ones too; the proportional size divides what processes share among them."
)
HOW_STEADY: Final = (
    f"Resident memory of one worker, after {SOME} requests and after {MANY:,} more, 200s and 304s."
)

Start: TypeAlias = Callable[[], AbstractContextManager[Server]]


def chapters() -> Iterator[Chapter]:
    """What is measured of starts and of memory."""
    with tempfile.TemporaryDirectory() as compiled:
        # As where packages are installed: nothing is compiled at a start but the first.
        yield _starts({"PYTHONPYCACHEPREFIX": compiled, "PYTHONDONTWRITEBYTECODE": ""})
    yield _sizes()
    yield _steady()


def _starts(environment: Mapping[str, str]) -> Chapter:
    commands = {OURS: _our_command, BARE: _bare_command}
    took = {name: partial(_took, each, environment) for name, each in commands.items()}
    for each in took.values():
        each()
    samples = in_turns(took, STARTS)
    bar = ratio(f"{OURS} / {BARE}", samples[OURS], samples[BARE], 2.5, at_most=True)
    return Chapter("A start", HOW_STARTED, "ms", tuple(samples.values()), (bar,))


def _our_command(port: int) -> list[str]:
    options = ["--schedule", str(SCHEDULE), "--url", str(SITE_URL), "--port", str(port)]
    return [str(BIN / "defects-ical"), "serve", *options]


def _bare_command(port: int) -> list[str]:
    granian, *options = contestants.GRANIAN
    return [str(BIN / granian), *options, "--port", str(port), "benchmarks.bare:app"]


def _took(command: Callable[[int], list[str]], environment: Mapping[str, str]) -> float:
    """Milliseconds from the start of a server to its first 200."""
    serving, asking = cores()
    port = find_free_port()
    begun = time.perf_counter()
    with on_core(serving), run_process(command(port), environment), on_core(asking):
        while not _is_answered(port):
            if time.perf_counter() > begun + TIMEOUT:
                raise RuntimeError(f"{command(port)} does not answer")
            time.sleep(PAUSE)
        return (time.perf_counter() - begun) * 1000


def _is_answered(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT) as connection:
            connection.sendall(REQUEST)
            return connection.recv(4096).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def _sizes() -> Chapter:
    starts: dict[str, Start] = {
        OURS: contestants.ours,
        BARE: partial(contestants.under_granian, "benchmarks.bare:app"),
    }
    found: dict[str, list[float]] = {}
    for _ in range(MEMORIES):
        for name, start in starts.items():
            for what, size in _sized(start).items():
                found.setdefault(f"{name}: {what}", []).append(size)
    samples = {name: Sample(name, tuple(values)) for name, values in found.items()}
    ours, bare = (samples[f"{name}: {RESIDENT}"] for name in starts)
    bar = ratio(f"a worker, resident: {OURS} / {BARE}", ours, bare, 2, at_most=True)
    return Chapter("Memory", HOW_BIG, "MB", tuple(samples.values()), (bar,))


def _sized(start: Start) -> dict[str, float]:
    with start() as server:
        for _ in range(SOME):
            server.request(FEED)
        (worker,) = server.get_worker_pids()
        shares = [_megabytes(pid, "smaps_rollup") for pid in (worker, server.process.pid)]
        return {
            RESIDENT: _megabytes(worker, "status"),
            "a worker, proportional": shares[0],
            "worker and parent, proportional": sum(shares),
        }


def _megabytes(pid: int, file: str) -> float:
    """A process's VmRSS out of its ``status``, or its Pss out of its ``smaps_rollup``."""
    found = KILOBYTES.search(Path(f"/proc/{pid}/{file}").read_text("ascii"))
    if not found:
        raise RuntimeError(f"/proc/{pid}/{file} tells no size")
    return int(found[1]) / 1024


def _steady() -> Chapter:
    serving, _ = cores()
    with ExitStack() as stack:
        with on_core(serving):
            server = stack.enter_context(contestants.ours())
        (worker,) = server.get_worker_pids()
        known = {"If-None-Match": server.request(FEED).headers["etag"]}
        for headers in islice(cycle((EMPTY, known)), SOME):
            server.request(FEED, headers=headers)
        before = Sample("before", (_megabytes(worker, "status"),))
        _exercise(server, MANY)
        after = Sample("after", (_megabytes(worker, "status"),))
    larger, smaller = sorted((before, after), key=lambda each: each.median, reverse=True)
    bar = ratio("the larger / the smaller", larger, smaller, 1.05, at_most=True)
    return Chapter("Memory that stays", HOW_STEADY, "MB", (before, after), (bar,))


def _exercise(server: Server, least: int) -> None:
    """Ask at least so often, half the time for 200s and half for 304s."""
    known = {"If-None-Match": server.request(FEED).headers["etag"]}
    end, done = time.monotonic() + MOST, 0
    for headers in cycle((EMPTY, known)):
        if done >= least:
            return
        if time.monotonic() > end:
            raise RuntimeError(f"in {MOST} seconds there were {done:,} answers")
        done += wrk.ask(server, headers, seconds=TURN).requests
