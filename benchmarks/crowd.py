"""Connections that ask for little and stay: programs that wait, slow ones, and malice."""

from __future__ import annotations

import multiprocessing
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from multiprocessing.connection import Connection
from typing import Final

from benchmarks.applications import FEED
from tests.support.processes import TIMEOUT, Server

FILES: Final = 8192
HEAD: Final = f"GET {FEED} HTTP/1.1\r\nHost: 127.0.0.1\r\n".encode()
SLOWLY: Final = b"X-Slow: " + b"x" * 82
# Seconds between two turns of those that drip; each does so once a second.
TURN: Final = 0.02
TURNS: Final = 50


@contextmanager
def beside(server: Server, count: int) -> Iterator[None]:
    """Hold connections to a server from another process, until the block ends.

    Half are idle and keep-alive, half send an octet of a request each second. Raises RuntimeError
    where the server has not kept them all.
    """
    here, there = multiprocessing.Pipe()
    fork = multiprocessing.get_context("fork")
    process = fork.Process(target=_hold, args=(server.port, count, there), daemon=True)
    process.start()
    there.close()
    try:
        _expect(count, here)
        yield
        here.send("enough")
        _expect(count, here)
    finally:
        process.kill()
        process.join()


def _expect(count: int, connection: Connection) -> None:
    if not connection.poll(TIMEOUT):
        raise RuntimeError("the connections are not made in time")
    if (there := connection.recv()) != count:
        raise RuntimeError(f"of {count} connections there are {there}")


def _hold(port: int, count: int, parent: Connection) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, FILES)), hard))
    idle = [_connected(port, HEAD + b"\r\n") for _ in range(count // 2)]
    for each in idle:
        each.recv(65536)
    slow = [_connected(port, HEAD) for _ in range(count - len(idle))]
    time.sleep(1)
    for each in idle:
        _drain(each)
    parent.send(sum(map(_is_open, (*idle, *slow))))
    _drip(slow, parent)
    parent.send(sum(map(_is_open, (*idle, *slow))))


def _drip(connections: list[socket.socket], parent: Connection) -> None:
    """Send an octet a second on each, until the parent says so or a minute and a half is over."""
    for octet in SLOWLY:
        if parent.poll():
            return
        for turn in range(TURNS):
            for each in islice(connections, turn, None, TURNS):
                each.send(bytes([octet]))
            time.sleep(TURN)


def _connected(port: int, request: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
    connection.sendall(request)
    return connection


def _drain(connection: socket.socket) -> None:
    """Take what is left of an answer."""
    connection.settimeout(0)
    try:
        while connection.recv(65536):
            pass
    except BlockingIOError:
        pass


def _is_open(connection: socket.socket) -> bool:
    """Whether the server has neither closed the connection nor said anything."""
    connection.settimeout(0)
    try:
        connection.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
