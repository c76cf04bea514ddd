"""wrk, which asks a server for the feed as often as it can, on keep-alive connections."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from benchmarks.applications import FEED
from benchmarks.contestants import cores, on_core
from tests.support.processes import EMPTY, TIMEOUT, Server

UNITS: Final = {"us": 1e-3, "ms": 1.0, "s": 1e3}
LINES: Final = re.compile(
    r" 99% +(?P<p99>[\d.]+)(?P<unit>us|ms|s)\n"
    r" +(?P<requests>\d+) requests in .*\n(?s:.*)"
    r"Requests/sec: +(?P<rate>[\d.]+)"
)
COMPLAINTS: Final = re.compile("Socket errors|Non-2xx or 3xx")


@dataclass(frozen=True, slots=True)
class Run:
    """What wrk found, and what it took itself.

    ``rate`` is in requests per second, ``p99`` in milliseconds; ``processor`` is the time that wrk
    spent on its core and ``elapsed`` the time that it ran, both in seconds.
    """

    requests: int
    rate: float
    p99: float
    processor: float
    elapsed: float

    @property
    def ceiling(self) -> float:
        """The most that wrk could ask: requests per second of its own processor time."""
        return self.requests / self.processor

    @property
    def busy(self) -> float:
        """The share of its core that wrk took."""
        return self.processor / self.elapsed


def ask(
    server: Server, headers: Mapping[str, str] = EMPTY, connections: int = 32, seconds: int = 2
) -> Run:
    """Ask for the feed; raises RuntimeError where a request failed."""
    command = [
        "timeout",
        str(seconds + TIMEOUT),
        "wrk",
        "-t1",
        f"-c{connections}",
        f"-d{seconds}",
        "--latency",
    ]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    command.append(f"http://127.0.0.1:{server.port}{FEED}")
    said, processor, elapsed = _timed(command)
    found = LINES.search(said)
    if not found or COMPLAINTS.search(said):
        raise RuntimeError(f"wrk says: {said}")
    p99 = float(found["p99"]) * UNITS[found["unit"]]
    return Run(int(found["requests"]), float(found["rate"]), p99, processor, elapsed)


def _timed(command: list[str]) -> tuple[str, float, float]:
    """What a command says, its processor time and how long it ran, in seconds."""
    _, asking = cores()
    begun = time.monotonic()
    with (
        on_core(asking),
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process,
    ):
        said = process.stdout.read() if process.stdout else ""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return said, used.ru_utime + used.ru_stime, time.monotonic() - begun
