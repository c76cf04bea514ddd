"""Start real servers on loopback, and send them requests byte for byte."""

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
# Seconds until a server that does not respond counts as broken.
TIMEOUT: Final = 20
# Response headers that a server adds itself.
SERVER_HEADERS: Final = {"server", "date", "connection"}

EMPTY: Final[Mapping[str, str]] = {}
WSGI_APPLICATION: Final = "defects_ical.wsgi:app"
VALIDATOR_PROGRAM: Final = """
from wsgiref.simple_server import make_server
from wsgiref.validate import validator
from defects_ical.wsgi import app
with make_server("127.0.0.1", 0, validator(app)) as server:
    print("port", server.server_port, flush=True)
    server.serve_forever()
"""


@dataclass(frozen=True)
class Response:
    """A response: status, headers with lower-case names, body; no headers of the server itself."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Server:
    """A running server: its parent process, which leads a process group, and its port.

    ``log`` is the file with its standard output and standard error.
    """

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=TIMEOUT)

    def request(
        self, target: str, method: str = "GET", headers: Mapping[str, str] = EMPTY
    ) -> Response:
        """Send a request on a new connection, and return the response."""
        fields = {"Host": "127.0.0.1", "Connection": "close", **headers}
        lines = [f"{method} {target} HTTP/1.1", *map(": ".join, fields.items()), "", ""]
        return self.send_raw("\r\n".join(lines).encode("latin-1"), method)

    def send_raw(self, request: bytes, method: str = "GET") -> Response:
        """Send the bytes of a request on a new connection, and return the response."""
        with self.connect() as connection:
            connection.sendall(request)
            response = HTTPResponse(connection, method=method)
            response.begin()
            names = [name.lower() for name, _ in response.getheaders()]
            assert len(set(names)) == len(names), f"duplicate header: {names}"
            headers = {name.lower(): value for name, value in response.getheaders()}
            kept = {name: value for name, value in headers.items() if name not in SERVER_HEADERS}
            return Response(response.status, kept, response.read())

    def get_worker_pids(self) -> list[int]:
        """Return the process IDs of the workers, in ascending order."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        children = [pid for task in tasks for pid in task.read_text("ascii").split()]
        # Without fork, Python also starts a resource tracker process.
        return sorted(int(pid) for pid in children if b"tracker" not in _read_command_line(pid))

    def signal_group(self, number: signal.Signals) -> None:
        os.killpg(self.process.pid, number)

    def has_exited(self) -> bool:
        """Return whether all processes of the group have exited; zombies do not count."""
        return not any(self._is_alive_in_group(path) for path in Path("/proc").glob("[0-9]*/stat"))

    def _is_alive_in_group(self, path: Path) -> bool:
        try:
            state, _, group, *_ = path.read_text("utf-8").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return False
        return int(group) == self.process.pid and state != "Z"


def _read_command_line(pid: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


@contextmanager
def run_process(
    command: list[str], environment: Mapping[str, str] = EMPTY, folder: Path = ROOT
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Run a command in its own process group until the block ends; yield it and its log."""
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
def run_server(
    command: list[str],
    ready_pattern: str,
    environment: Mapping[str, str] = EMPTY,
    folder: Path = ROOT,
) -> Iterator[Server]:
    """Run a server until the block ends; its port is the group of ``ready_pattern`` in its log."""
    with run_process(command, environment, folder) as (process, log):
        found = wait_for(lambda: re.search(ready_pattern, log.read_text("utf-8")), process, log)
        server = Server(process, int(found[1]), log)
        wait_for(lambda: responds(server), process, log)
        yield server


def run_granian(
    schedule: Path, url: str, workers: int = 1, *options: str
) -> AbstractContextManager[Server]:
    """Run ``defects-ical serve`` on a free port."""
    command = [str(BIN / "defects-ical"), "serve", "--schedule", str(schedule), "--port", "0"]
    command += ["--url", url, "--workers", str(workers), *options]
    return run_server(command, r"served from http://\S+:(\d+)/,")


def make_wsgi_environment(schedule: Path | None, url: str) -> dict[str, str]:
    """Return the environment variables that ``defects_ical.wsgi`` reads."""
    return {"DEFECTS_ICAL_SCHEDULE": str(schedule or ""), "DEFECTS_ICAL_URL": url}


def run_gunicorn(
    schedule: Path | None, url: str, workers: int = 1, name: str = WSGI_APPLICATION
) -> AbstractContextManager[Server]:
    """Run the WSGI application under gunicorn; ``name`` is where gunicorn finds it."""
    command = [str(BIN / "gunicorn"), "--bind", "127.0.0.1:0", "--workers", str(workers)]
    # gunicorn would create the socket in the home folder.
    command += ["--no-control-socket"]
    return run_server(
        [*command, name],
        r"Listening at: http://127\.0\.0\.1:(\d+)",
        make_wsgi_environment(schedule, url),
    )


def run_validator(schedule: Path, url: str) -> AbstractContextManager[Server]:
    """Run the WSGI application under wsgiref's validator, which checks both sides for PEP 3333."""
    return run_server(
        [sys.executable, "-c", VALIDATOR_PROGRAM],
        r"port (\d+)",
        make_wsgi_environment(schedule, url),
    )


Result = TypeVar("Result")


def wait_for(
    condition: Callable[[], Result | None],
    process: subprocess.Popen[bytes] | None = None,
    log: Path | None = None,
    pause: float = 0.02,
) -> Result:
    """Return the condition's result as soon as it is true."""
    end = time.monotonic() + TIMEOUT
    while not (result := condition()):
        output = log.read_text("utf-8") if log else ""
        assert process is None or process.poll() is None, f"the process has ended: {output}"
        assert time.monotonic() < end, f"timed out: {output}"
        time.sleep(pause)
    return result


def responds(server: Server) -> bool:
    """Return whether the server responds, with any status."""
    try:
        return server.request("/healthz").status > 0
    except OSError:
        return False
