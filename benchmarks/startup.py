"""Startup time of the service, compared with a minimal Flask application."""

from __future__ import annotations

import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final

from benchmarks import candidates
from benchmarks.applications import FEED, SCHEDULE, SITE_URL
from benchmarks.candidates import get_cores, pin_to_core
from benchmarks.measurement import ROUNDS, Section, compare, measure_in_turns
from tests.support.nginx import find_free_port
from tests.support.processes import BIN, TIMEOUT, run_process

OURS: Final = "defects-ical"
MINIMAL: Final = "minimal Flask application"
MAX_RATIO: Final = 1.9
# Seconds between two attempts to reach a server that starts.
PAUSE: Final = 0.002
REQUEST: Final = f"GET {FEED} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()
METHOD: Final = (
    f"From the start of the process to the first 200. {ROUNDS} rounds in turns, on one "
    "core, with everything compiled and in the page cache. The minimal application has one view, "
    "which returns a constant. It runs under Granian's own command with the settings of "
    "`defects-ical serve`."
)


def measure() -> Iterator[Section]:
    """Measure startup time."""
    with tempfile.TemporaryDirectory() as compiled:
        # Only the first start compiles, as with an installed package.
        yield _measure_startup({"PYTHONPYCACHEPREFIX": compiled, "PYTHONDONTWRITEBYTECODE": ""})


def _measure_startup(environment: Mapping[str, str]) -> Section:
    commands = {OURS: _make_our_command, MINIMAL: _make_minimal_command}
    timers = {name: partial(time_start, make, environment) for name, make in commands.items()}
    for compile_all in timers.values():
        compile_all()
    samples = measure_in_turns(timers, ROUNDS)
    ours, minimal = samples[OURS], samples[MINIMAL]
    ratio = compare(f"{OURS} / {MINIMAL}", ours, minimal, MAX_RATIO, is_maximum=True)
    return Section("Startup", METHOD, "ms", (ours, minimal), (ratio,))


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
