"""How many requests a worker on one core answers: our responder beside a plain Flask view.

Both run under Granian, with the settings of ``defects-ical serve``, and answer the same bytes;
wrk asks from another core. They take turns, and the medians are compared: the numbers differ
from machine to machine and from minute to minute, the ratio hardly does.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Final

ROOT: Final = Path(__file__).parent.parent
BIN: Final = Path(sys.executable).parent
FEED: Final = "/the-defects.ics"
ROUNDS: Final = 7
SECONDS: Final = 2
CONNECTIONS: Final = 32
# The least that the responder has to be better by, or it is not worth its lines.
BAR: Final = 7
APPLICATIONS: Final = {"responder": "wsgi:app", "plain Flask": "benchmarks.plain:app"}


def main() -> None:
    """Measure, print, and fail below the bar."""
    if sys.platform != "linux" or not shutil.which("wrk"):
        sys.exit("This takes Linux and wrk (apt-get install wrk).")
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        sys.exit("This takes two cores.")
    with ExitStack() as stack:
        ports = {
            name: stack.enter_context(_served(application, cores[0]))
            for name, application in APPLICATIONS.items()
        }
        tag = _tag(ports["responder"])
        whole = _compared(ports, cores[1], "200, the whole feed", [])
        _compared(ports, cores[1], "304, nothing new", ["-H", f"If-None-Match: {tag}"])
    if whole < BAR:
        sys.exit(f"The responder is to be {BAR} times as fast.")


def _compared(ports: dict[str, int], core: int, what: str, options: list[str]) -> float:
    rates: dict[str, list[float]] = {name: [] for name in ports}
    for _ in range(ROUNDS):
        for name, port in ports.items():
            rates[name].append(_rate(port, core, options))
    print(what)
    for name, measured in rates.items():
        low, high = min(measured), max(measured)
        print(f"  {name:12} {median(measured):8,.0f} requests/s  ({low:,.0f} to {high:,.0f})")
    ratio = median(rates["responder"]) / median(rates["plain Flask"])
    print(f"  {'ratio':12} {ratio:8.1f}\n")
    return ratio


def _rate(port: int, core: int, options: list[str]) -> float:
    """Requests a second, all of them answered."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}", *options]
    done = subprocess.run(
        ["taskset", "-c", str(core), *command, f"http://127.0.0.1:{port}{FEED}"],
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"Requests/sec: +([\d.]+)", done.stdout)
    if not found or re.search("Socket errors|Non-2xx or 3xx", done.stdout):
        sys.exit(done.stdout)
    return float(found[1])


@contextmanager
def _served(application: str, core: int) -> Iterator[int]:
    """Serve an application on one core; the port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    command = [str(BIN / "granian"), "--interface", "wsgi", "--runtime-mode", "st", "--no-ws"]
    command += ["--blocking-threads", "1", "--backpressure", "4096", "--http", "1"]
    command += ["--log-level", "error", "--port", str(port), application]
    pinned = ["taskset", "-c", str(core), *command]
    environment = os.environ | {"DEFECTS_ICAL_URL": "https://defects.example"}
    with subprocess.Popen(pinned, cwd=ROOT, env=environment) as process:
        try:
            _wait(port)
            yield port
        finally:
            process.terminate()


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    sys.exit(f"Nothing listens on port {port}.")


def _tag(port: int) -> str:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(f"HEAD {FEED} HTTP/1.0\r\n\r\n".encode())
        found = re.search(rb'etag: (".*")', connection.recv(65536))
    return found[1].decode() if found else ""


if __name__ == "__main__":
    main()
