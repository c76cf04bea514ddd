"""Load generators: wrk, and connections that stay open, idle or slow."""

from __future__ import annotations

import multiprocessing
import os
import re
import resource
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection
from typing import Final

from benchmarks.applications import FEED
from benchmarks.candidates import get_cores, pin_to_core
from tests.support.processes import EMPTY, TIMEOUT, Server

MILLISECONDS: Final = {"us": 1e-3, "ms": 1.0, "s": 1e3}
WRK_OUTPUT: Final = re.compile(
    r" 99% +(?P<p99>[\d.]+)(?P<unit>us|ms|s) *\n"
    r" +(?P<requests>\d+) requests in .*\n(?s:.*)"
    r"Requests/sec: +(?P<rate>[\d.]+)"
)
WRK_ERRORS: Final = re.compile("Socket errors|Non-2xx or 3xx")
# The limit of open files that the process needs.
FILE_LIMIT: Final = 8192
REQUEST_HEAD: Final = f"GET {FEED} HTTP/1.1\r\nHost: 127.0.0.1\r\n".encode()
# A header that takes a minute and a half at one byte a second.
SLOW_HEADER: Final = b"X-Slow: " + b"x" * 82
# Each second, the slow connections send their byte in this many batches, with pauses in seconds.
BATCHES: Final = 50
PAUSE: Final = 0.02


@dataclass(frozen=True, slots=True)
class WrkResult:
    """The figures of one run of wrk.

    ``rate`` is in requests per second, ``p99`` (latency) in milliseconds. ``cpu_time`` is the
    processor time of wrk itself and ``elapsed`` its running time, both in seconds.
    """

    requests: int
    rate: float
    p99: float
    cpu_time: float
    elapsed: float

    @property
    def ceiling(self) -> float:
        """Requests per second of wrk's own processor time: the most that it could send."""
        return self.requests / self.cpu_time

    @property
    def core_share(self) -> float:
        """The share of its core that wrk used."""
        return self.cpu_time / self.elapsed


def run_wrk(
    server: Server, headers: Mapping[str, str] = EMPTY, connections: int = 32, seconds: int = 2
) -> WrkResult:
    """Request the feed with wrk. Raises RuntimeError if a request failed."""
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
    output, cpu_time, elapsed = _run_timed(command)
    match = WRK_OUTPUT.search(output)
    if not match or WRK_ERRORS.search(output):
        raise RuntimeError(f"wrk failed: {output}")
    p99 = float(match["p99"]) * MILLISECONDS[match["unit"]]
    return WrkResult(int(match["requests"]), float(match["rate"]), p99, cpu_time, elapsed)


def _run_timed(command: list[str]) -> tuple[str, float, float]:
    """Return a command's output, its processor time and its running time in seconds."""
    _, client_core = get_cores()
    start = time.monotonic()
    with (
        pin_to_core(client_core),
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process,
    ):
        output = process.stdout.read() if process.stdout else ""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return output, used.ru_utime + used.ru_stime, time.monotonic() - start


@contextmanager
def hold_connections(server: Server, count: int) -> Iterator[None]:
    """Hold ``count`` connections to a server, in another process, until the block ends.

    Half are idle keep-alive connections, half send one byte of a request per second. Raises
    RuntimeError if the server has closed any of them.
    """
    here, there = multiprocessing.Pipe()
    fork = multiprocessing.get_context("fork")
    process = fork.Process(target=_hold, args=(server.port, count, there), daemon=True)
    process.start()
    there.close()
    try:
        _expect_open(count, here)
        yield
        here.send("stop")
        _expect_open(count, here)
    finally:
        process.kill()
        process.join()


def _expect_open(count: int, connection: Connection) -> None:
    if not connection.poll(TIMEOUT):
        raise RuntimeError("the connections were not opened in time")
    if (open_count := connection.recv()) != count:
        raise RuntimeError(f"{open_count} of {count} connections are open")


def _hold(port: int, count: int, parent: Connection) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, FILE_LIMIT)), hard))
    idle = [_connect(port, REQUEST_HEAD + b"\r\n") for _ in range(count // 2)]
    for connection in idle:
        connection.recv(65536)
    slow = [_connect(port, REQUEST_HEAD) for _ in range(count - len(idle))]
    time.sleep(1)
    for connection in idle:
        _drain(connection)
    parent.send(sum(map(_is_open, (*idle, *slow))))
    _send_slowly(slow, parent)
    parent.send(sum(map(_is_open, (*idle, *slow))))


def _send_slowly(connections: list[socket.socket], parent: Connection) -> None:
    """Send one byte per second on each connection until the parent says stop."""
    for byte in SLOW_HEADER:
        if parent.poll():
            return
        for batch in range(BATCHES):
            for connection in islice(connections, batch, None, BATCHES):
                connection.send(bytes([byte]))
            time.sleep(PAUSE)


def _connect(port: int, request: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
    connection.sendall(request)
    return connection


def _drain(connection: socket.socket) -> None:
    """Receive the rest of a response."""
    connection.settimeout(0)
    try:
        while connection.recv(65536):
            pass
    except BlockingIOError:
        pass


def _is_open(connection: socket.socket) -> bool:
    """Return whether the server has neither closed the connection nor sent anything."""
    connection.settimeout(0)
    try:
        connection.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
