"""Requests at a constant rate, as calendar apps send them: none waits for another's response.

The latency of a request counts from when it is due. A load generator that counts from when it has
sent it hides the waits of a slow server: it sends less as soon as responses take longer (wrk, hey,
h2load, siege), or sends all requests of a second at once (autocannon).
"""

from __future__ import annotations

import gc
import re
import select
import socket
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Final

from benchmarks.applications import FEED
from benchmarks.candidates import get_cores, pin_to_core
from tests.support.processes import TIMEOUT, Server

RATE: Final = 1000
"""Requests per second."""
CONNECTIONS: Final = 32
# Seconds after the last request is due, within which all responses must have come.
GRACE: Final = 0.2
# Seconds between two looks at the responses that are late.
PAUSE: Final = 0.1
REQUEST: Final = f"GET {FEED} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RateResult:
    """The figures of one run: latencies in milliseconds, and responses per second.

    ``kept_up`` says whether all responses came in time; without it, the latencies only show how
    long the run was.
    """

    p50: float
    p99: float
    rate: float
    kept_up: bool


@dataclass(slots=True)
class _Connection:
    """A keep-alive connection, and the request that it has sent; ``due`` is in seconds."""

    socket: socket.socket
    due: float = 0.0
    is_busy: bool = False
    received: bytearray = field(default_factory=bytearray)

    def send(self, due: float) -> None:
        """Send a request that was due then."""
        self.due, self.is_busy = due, True
        self.received.clear()
        self.socket.send(REQUEST)

    def receive(self) -> bool:
        """Receive what has come, and return whether the response is complete."""
        data = self.socket.recv(1 << 17)
        self.received += data
        head, end, body = self.received.partition(b"\r\n\r\n")
        length = LENGTH.search(head + b"\r\n")
        if not data or not head.startswith(b"HTTP/1.1 200 "[: len(head)]) or (end and not length):
            raise RuntimeError(f"not a complete response: {bytes(head[:500])!r}")
        self.is_busy = length is None or len(body) < int(length[1])
        return not self.is_busy


def send_at_rate(server: Server, seconds: float = 2, rate: float = RATE) -> RateResult:
    """Request the feed at a constant rate. Raises RuntimeError for anything but complete 200s."""
    _, core = get_cores()
    with ExitStack() as stack:
        stack.enter_context(pin_to_core(core))
        connections = [_connect(server, stack) for _ in range(CONNECTIONS)]
        epoll = stack.enter_context(select.epoll())
        for each in connections:
            epoll.register(each.socket.fileno(), select.EPOLLIN)
        stack.enter_context(_pause_garbage_collection())
        start = time.perf_counter()
        schedule = [start + number / rate for number in range(int(rate * seconds))]
        latencies = list(_run(connections, epoll, schedule))
        elapsed = time.perf_counter() - start
        _drain(connections, epoll)
    cuts = quantiles(latencies, n=100)
    return RateResult(
        cuts[49] * 1000,
        cuts[98] * 1000,
        len(latencies) / elapsed,
        kept_up=len(latencies) == len(schedule),
    )


def _connect(server: Server, stack: ExitStack) -> _Connection:
    connection = stack.enter_context(
        socket.create_connection(("127.0.0.1", server.port), timeout=TIMEOUT)
    )
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.settimeout(0)
    return _Connection(connection)


@contextmanager
def _pause_garbage_collection() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _run(
    connections: list[_Connection], epoll: select.epoll, schedule: list[float]
) -> Iterator[float]:
    """Send each request when it is due, and yield the seconds until its response."""
    by_number = {each.socket.fileno(): each for each in connections}
    free, coming = deque(connections), deque(schedule)
    waiting: deque[float] = deque()
    end = schedule[-1] + GRACE
    while (coming or waiting or len(free) < len(connections)) and time.perf_counter() < end:
        while coming and coming[0] <= time.perf_counter():
            waiting.append(coming.popleft())
        while waiting and free:
            free.popleft().send(waiting.popleft())
        # No wait: a sleeping process would be late for the next request.
        for number, _ in epoll.poll(0):
            connection = by_number[number]
            if connection.receive():
                yield time.perf_counter() - connection.due
                free.append(connection)


def _drain(connections: list[_Connection], epoll: select.epoll) -> None:
    """Receive what is still to come, so that the server is idle when the next one is measured."""
    by_number = {each.socket.fileno(): each for each in connections}
    end = time.monotonic() + TIMEOUT
    while any(each.is_busy for each in connections):
        if time.monotonic() > end:
            raise RuntimeError(f"no response within {TIMEOUT} seconds")
        for number, _ in epoll.poll(PAUSE):
            by_number[number].receive()
