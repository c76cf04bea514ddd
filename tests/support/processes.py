"""Real servers on loopback, and requests to them, octet by octet."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from typing import Final, TypeVar

ROOT: Final = Path(__file__).parent.parent.parent
BIN: Final = Path(sys.executable).parent
# Seconds until a server that does not answer is one that never will.
PATIENCE: Final = 20
# What a server adds for itself.
ITS_OWN: Final = {"server", "date", "connection"}

NOTHING: Final[Mapping[str, str]] = {}
VALIDATED: Final = """
from wsgiref.simple_server import make_server
from wsgiref.validate import validator
from wsgi import app
with make_server("127.0.0.1", 0, validator(app)) as server:
    print("port", server.server_port, flush=True)
    server.serve_forever()
"""


@dataclass(frozen=True)
class Reply:
    """A response: its status, its headers with their names in lower case, its body."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Server:
    """A server that runs: its first process, which leads a group of its own, and its port.

    ``log`` holds what it says on both its outputs.
    """

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def ask(self, target: str, method: str = "GET", headers: Mapping[str, str] = NOTHING) -> Reply:
        """Ask on a connection of its own."""
        fields = {"Host": "127.0.0.1", "Connection": "close", **headers}
        lines = [f"{method} {target} HTTP/1.1", *map(": ".join, fields.items()), "", ""]
        return self.send("\r\n".join(lines).encode("latin-1"), method)

    def send(self, request: bytes, method: str = "GET") -> Reply:
        """Send a request as it is."""
        with self.connect() as connection:
            connection.sendall(request)
            response = HTTPResponse(connection, method=method)
            response.begin()
            names = [name.lower() for name, _ in response.getheaders()]
            assert len(set(names)) == len(names), f"a header is there twice: {names}"
            headers = {name.lower(): value for name, value in response.getheaders()}
            own = {name: value for name, value in headers.items() if name not in ITS_OWN}
            return Reply(response.status, own, response.read())

    def workers(self) -> list[int]:
        """The process ids of its workers."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        children = [pid for task in tasks for pid in task.read_text("ascii").split()]
        # Where workers do not fork, Python has a process more.
        return sorted(int(pid) for pid in children if b"tracker" not in _command(pid))

    def signal_group(self, number: signal.Signals) -> None:
        os.killpg(self.process.pid, number)

    def is_gone(self) -> bool:
        """Whether none of its processes is left, but for dead ones that wait to be buried."""
        return not any(self._lives_in_group(path) for path in Path("/proc").glob("[0-9]*/stat"))

    def _lives_in_group(self, path: Path) -> bool:
        try:
            state, _, group, *_ = path.read_text("utf-8").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return False
        return int(group) == self.process.pid and state != "Z"


def _command(pid: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


@contextmanager
def started(
    command: list[str], environment: Mapping[str, str] = NOTHING, folder: Path = ROOT
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Run a command, in a group of its own, until the block ends; and the log of what it says."""
    with tempfile.TemporaryDirectory() as logs:
        log = Path(logs) / "log"
        with (
            log.open("wb") as stream,
            subprocess.Popen(
                command,
                cwd=folder,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                start_new_session=True,
            ) as process,
        ):
            try:
                yield process, log
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def running(
    command: list[str],
    announced: str,
    environment: Mapping[str, str] = NOTHING,
    folder: Path = ROOT,
) -> Iterator[Server]:
    """Run a server until the block ends; its log has its port where ``announced`` has a group."""
    with started(command, environment, folder) as (process, log):
        found = wait_for(lambda: re.search(announced, log.read_text("utf-8")), process, log)
        server = Server(process, int(found[1]), log)
        wait_for(lambda: answers(server), process, log)
        yield server


def granian(
    schedule: Path, url: str, workers: int = 1, *options: str
) -> AbstractContextManager[Server]:
    """Our own command, on a port that is free."""
    command = [str(BIN / "defects-ical"), "serve", "--schedule", str(schedule), "--port", "0"]
    command += ["--url", url, "--workers", str(workers), *options]
    return running(command, r"served from http://\S+:(\d+)/,")


def settings(schedule: Path | None, url: str) -> dict[str, str]:
    """The environment that ``wsgi.py`` reads."""
    return {"DEFECTS_ICAL_SCHEDULE": str(schedule or ""), "DEFECTS_ICAL_URL": url}


def gunicorn(schedule: Path | None, url: str, workers: int = 1) -> AbstractContextManager[Server]:
    """gunicorn, with ``wsgi.py``."""
    command = [str(BIN / "gunicorn"), "--bind", "127.0.0.1:0", "--workers", str(workers)]
    # It would be a file in the home folder.
    command += ["--no-control-socket"]
    return running(
        [*command, "wsgi:app"],
        r"Listening at: http://127\.0\.0\.1:(\d+)",
        settings(schedule, url),
    )


def validated(schedule: Path, url: str) -> AbstractContextManager[Server]:
    """The standard library's server, with its check that both sides keep to PEP 3333."""
    return running(
        [sys.executable, "-c", VALIDATED],
        r"port (\d+)",
        settings(schedule, url),
    )


Result = TypeVar("Result")


def wait_for(
    condition: Callable[[], Result | None],
    process: subprocess.Popen[bytes] | None = None,
    log: Path | None = None,
    pause: float = 0.02,
) -> Result:
    """What the condition gives as soon as it gives something."""
    end = time.monotonic() + PATIENCE
    while not (result := condition()):
        told = log.read_text("utf-8") if log else ""
        assert process is None or process.poll() is None, f"it has ended: {told}"
        assert time.monotonic() < end, f"this took too long: {told}"
        time.sleep(pause)
    return result


def answers(server: Server) -> bool:
    """Whether the server answers at all."""
    try:
        return server.ask("/healthz").status > 0
    except OSError:
        return False
