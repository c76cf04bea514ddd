"""The service on Granian: how it starts and stops, and what happens when a worker dies."""

from __future__ import annotations

import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest
import segno
from granian.server.mp import MPServer

from defects_ical.server import granian
from tests.server.conftest import URL
from tests.server.expected_responses import FEED_PATH, SCHEDULE
from tests.support.example_schedules import make_yaml
from tests.support.processes import (
    BIN,
    ROOT,
    Server,
    run_granian,
    run_process,
    run_server,
    wait_for,
)
from tests.support.variants import leave_to_soak, sample

WILDCARD: Final = "0.0.0.0"  # noqa: S104 - the subject of the tests
SERVE: Final = [str(BIN / "defects-ical"), "serve"]


def run_serve(*options: str) -> subprocess.CompletedProcess[str]:
    """Run ``serve`` with options that make it exit by itself."""
    command = [*SERVE, *options]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=20
    )


def get_result(done: subprocess.CompletedProcess[str]) -> tuple[int, str, str]:
    return done.returncode, done.stdout, done.stderr


# Start.


def test_links_use_listening_address_by_default() -> None:
    with run_server(
        [*SERVE, "--port", "0"], r"at http://127\.0\.0\.1:(\d+)/ until Ctrl-C"
    ) as server:
        assert server.log.read_text("utf-8") == (
            f"The Defects is at http://127.0.0.1:{server.port}/ until Ctrl-C\n"
            f"Feed: http://127.0.0.1:{server.port}{FEED_PATH}\n"
        )
        body = server.request(FEED_PATH).body
        assert f"SOURCE;VALUE=URI:http://127.0.0.1:{server.port}{FEED_PATH}\r\n".encode() in body


def test_code_leads_to_the_page() -> None:
    """`--qr` prints a QR code that is the one of the page's address, as wide as the terminal's."""
    with run_server(
        [*SERVE, "--port", "0", "--url", "https://defects.example", "--qr"],
        r"http://127\.0\.0\.1:(\d+)/",
    ) as server:
        wait_for(lambda: server.log.read_text("utf-8").count("\n") > 10)
        _, _, *lines = server.log.read_text("utf-8").splitlines()
    assert "A phone" not in lines[-1]
    code = segno.make("https://defects.example/", error="m", micro=False)
    dark = [[cell == "1" for cell in row] for row in to_matrix(lines)]
    expected = [[bool(module) for module in row] for row in code.matrix_iter(border=2)]
    # The number of rows is odd: half of the last line is empty.
    assert dark[:-1] == expected


def to_matrix(lines: list[str]) -> list[str]:
    """Return the rows of a code that is drawn in half blocks; 1 is dark."""
    halves = {"█": "00", "▀": "01", "▄": "10", " ": "11"}
    rows: list[str] = []
    for line in lines:
        cells = [halves[each] for each in line]
        rows += ["".join(each[0] for each in cells), "".join(each[1] for each in cells)]
    return rows


def test_serves_on_ipv6() -> None:
    command = [*SERVE, "--host", "::1", "--port", "0"]
    with run_process(command) as (process, log):
        found = wait_for(lambda: re.search(r"\[::1\]:(\d+)", log.read_text()), process, log)
        with socket.create_connection(("::1", int(found[1])), timeout=20) as connection:
            connection.sendall(b"GET /robots.txt HTTP/1.0\r\n\r\n")
            assert connection.recv(65536).startswith(b"HTTP/1.0 200 OK")


def test_wildcard_host_uses_url_in_links() -> None:
    with run_granian(SCHEDULE, URL, 1, "--host", WILDCARD) as server:
        assert f"\r\nURL:{URL}/\r\n".encode() in server.request(FEED_PATH).body


@pytest.mark.parametrize("host", [WILDCARD, *leave_to_soak("::", "0")])
def test_wildcard_host_requires_url(host: str) -> None:
    status, out, err = get_result(run_serve("--host", host, "--port", "0"))
    assert (status, out) == (2, "")
    assert err.endswith(
        f"Error: --host {host} means every address of this machine. Use --url, or "
        "DEFECTS_ICAL_URL, with the public URL of the site, such as https://defects.example.\n"
    )


def test_invalid_schedule_is_not_served(tmp_path: Path) -> None:
    file = tmp_path / "schedule.yaml"
    file.write_text(make_yaml(time="30:00"), "utf-8")
    assert get_result(run_serve("--schedule", str(file), "--port", "0")) == (
        1,
        "",
        f"{file}:8:9: airing.time: `30:00` is past the night. Use `06:00`, and the next day.\n",
    )


NO_HOST: Final = "unknown host `{}`. Use an address of this machine, such as --host 127.0.0.1."


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--host", "a..b"], NO_HOST),
        *leave_to_soak((["--host", ""], NO_HOST), (["--host", "x" * 300], NO_HOST)),
        (
            ["--host", "192.0.2.1"],
            "`{}` is not an address of this machine. Use --host with one that is.",
        ),
    ],
)
def test_bind_error_says_how_to_fix_it(options: list[str], message: str) -> None:
    assert get_result(run_serve(*options)) == (1, "", f"error: {message.format(options[1])}\n")


@pytest.mark.parametrize(
    "options",
    sample([["--port", "65536"], ["--port", "http"], ["--workers", "0"], ["--url", "me"]], 2),
)
def test_usage_error_exits_with_2(options: list[str]) -> None:
    status, out, err = get_result(run_serve(*options))
    assert (status, out) == (2, "")
    assert options[0] in err


def test_port_in_use_is_an_error() -> None:
    with run_granian(SCHEDULE, URL) as server:
        port = str(server.port)
        assert get_result(run_serve("--port", port)) == (
            1,
            "",
            f"error: port {port} is already in use. Stop the other process or use --port.\n",
        )
        assert server.request(FEED_PATH).status == 200


# Shutdown.

SIGNALS: Final = {
    "Ctrl-C": lambda server: server.signal_group(signal.SIGINT),
    "SIGINT to the parent": lambda server: server.process.send_signal(signal.SIGINT),
    "SIGTERM": lambda server: server.process.terminate(),
    "SIGTERM to all": lambda server: server.signal_group(signal.SIGTERM),
    "closed terminal": lambda server: server.signal_group(signal.SIGHUP),
}


@pytest.mark.parametrize("workers", [2, *leave_to_soak(1)])
@pytest.mark.parametrize("name", sample(SIGNALS, 3))
def test_signal_stops_all_processes_in_two_seconds(name: str, workers: int) -> None:
    with run_granian(SCHEDULE, URL, workers) as server, ExitStack() as stack:
        wait_for(lambda: len(server.get_worker_pids()) == workers)
        # One idle connection, one after a response, one in the middle of a request.
        for request in (b"", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"GET / HT"):
            stack.enter_context(server.connect()).sendall(request)
        before = time.monotonic()
        SIGNALS[name](server)
        assert server.process.wait(timeout=20) == 0
        assert time.monotonic() - before < 2
        assert server.has_exited()
        _, _, *more = server.log.read_text("utf-8").splitlines()
        # If a worker gets the signal first, Granian's parent process reports its exit.
        expected = "Unexpected exit" if name == "SIGTERM to all" else "nothing"
        assert [line for line in more if expected not in line] == []


@pytest.mark.parametrize("number", [signal.SIGTERM, *leave_to_soak(signal.SIGINT, signal.SIGHUP)])
def test_signal_right_after_start_stops_service(number: signal.Signals) -> None:
    with run_process([*SERVE, "--port", "0", "--workers", "2"]) as (process, log):
        wait_for(lambda: "until Ctrl-C" in log.read_text("utf-8"), process, log, pause=0)
        before = time.monotonic()
        os.killpg(process.pid, number)
        assert process.wait(timeout=20) == 0
        assert time.monotonic() - before < 2


def test_workers_ignore_terminal_signals() -> None:
    with run_granian(SCHEDULE, URL, 2) as server:
        before = server.get_worker_pids()
        for worker in before:
            os.kill(worker, signal.SIGINT)
            os.kill(worker, signal.SIGHUP)
        time.sleep(0.5)
        assert server.get_worker_pids() == before
        assert server.request(FEED_PATH).status == 200


def test_workers_may_exit_before_parent() -> None:
    program = """
from defects_ical.server import granian
shutdown = granian.MPServer.shutdown
def shutdown_late(server):
    server.interrupt_children.append(0)
    shutdown(server)
granian.MPServer.shutdown = shutdown_late
from defects_ical.__main__ import run
run()
"""
    with run_server(
        [sys.executable, "-c", program, "serve", "--port", "0"],
        r"at http://127\.0\.0\.1:(\d+)/",
    ) as server:
        server.process.terminate()
        assert server.process.wait(timeout=20) == 0


def test_signal_during_respawn_stops_service() -> None:
    program = """
import os, signal
from defects_ical.server import granian
respawn = granian.MPServer._respawn_workers
def respawn_after_sigterm(server, *arguments):
    os.kill(os.getpid(), signal.SIGTERM)
    server.main_loop_interrupt.clear()
    respawn(server, *arguments)
granian.MPServer._respawn_workers = respawn_after_sigterm
from defects_ical.__main__ import run
run()
"""
    command = [sys.executable, "-c", program, "serve", "--port", "0"]
    with run_server(command, r"at http://127\.0\.0\.1:(\d+)/") as server:
        os.kill(server.get_worker_pids()[0], signal.SIGKILL)
        assert server.process.wait(timeout=20) == 0


def test_failing_workers_are_not_respawned_in_a_loop() -> None:
    program = """
import os
from defects_ical.server import granian
granian._start_worker_app = lambda *_: os._exit(1)
from defects_ical.__main__ import run
run()
"""
    command = [sys.executable, "-c", program, "serve", "--port", "0", "--workers", "4"]
    with run_process(command) as (process, log):
        wait_for(lambda: "until Ctrl-C" in log.read_text("utf-8"), process, log)
        time.sleep(3)
        process.terminate()
        assert process.wait(timeout=20) == 0
        assert 4 <= log.read_text("utf-8").count("; replacing it") <= 16


def test_nohup_survives_closed_terminal() -> None:
    command = ["nohup", *SERVE, "--port", "0"]
    with run_server(command, r"at http://127\.0\.0\.1:(\d+)/") as server:
        server.signal_group(signal.SIGHUP)
        time.sleep(0.5)
        assert server.request(FEED_PATH).status == 200


SPAWN: Final = """
import multiprocessing, sys
if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    from defects_ical.__main__ import run
    run()
"""


@pytest.mark.parametrize("workers", [2, *leave_to_soak(1)])
def test_spawned_workers_behave_like_forked_ones(tmp_path: Path, workers: int) -> None:
    program = tmp_path / "spawn.py"
    program.write_text(SPAWN, "utf-8")
    command = [sys.executable, str(program), "serve", "--port", "0", "--workers", str(workers)]
    with run_server(command, r"at http://127\.0\.0\.1:(\d+)/") as server:
        before = server.request("/healthz")
        for worker in server.get_worker_pids():
            os.kill(worker, signal.SIGKILL)
        assert [server.request("/healthz") for _ in range(20)] == [before] * 20
        server.signal_group(signal.SIGINT)
        assert server.process.wait(timeout=20) == 0
        wait_for(server.has_exited)


@pytest.mark.parametrize("workers", [2, *leave_to_soak(1)])
def test_workers_exit_with_killed_parent(workers: int) -> None:
    with run_granian(SCHEDULE, URL, workers) as server:
        server.process.kill()
        server.process.wait(timeout=20)
        wait_for(server.has_exited)


# Dead workers.


@pytest.mark.parametrize("workers", [2, *leave_to_soak(1)])
def test_killed_worker_is_replaced(workers: int) -> None:
    with run_granian(SCHEDULE, URL, workers) as server:
        # Granian alone would stop the service after the second time.
        for _ in range(4):
            before = server.get_worker_pids()
            os.kill(before[0], signal.SIGKILL)
            statuses = [server.request(FEED_PATH).status for _ in range(50)]
            assert statuses == [200] * 50
            wait_for(lambda: len(set(server.get_worker_pids()) - set(before)) == 1)  # noqa: B023 - called in this iteration
        assert server.process.poll() is None
        line = "WARNING worker-1 exited with status -9; replacing it\n"
        assert server.log.read_text("utf-8").count(line) >= 1
        assert "Traceback" not in server.log.read_text("utf-8")


def test_replacement_worker_serves_live_version(tmp_path: Path) -> None:
    file = tmp_path / "schedule.yaml"
    file.write_text(make_yaml(), "utf-8")
    with run_granian(file, URL) as server:
        before, workers = server.request("/show.ics"), server.get_worker_pids()
        for text in (make_yaml(time="22:00"), "half a fi"):
            file.write_text(text, "utf-8")
            os.kill(workers[0], signal.SIGKILL)
            assert server.request("/show.ics") == before
            workers = server.get_worker_pids()


def test_workers_killed_together_are_replaced() -> None:
    with run_granian(SCHEDULE, URL, 4) as server:
        before = server.get_worker_pids()
        for worker in before:
            os.kill(worker, signal.SIGKILL)
        assert [server.request(FEED_PATH).status for _ in range(50)] == [200] * 50
        wait_for(lambda: len(set(server.get_worker_pids()) - set(before)) == 4)


# Slow clients.

SLOW_CONNECTIONS: Final = 2_000
SECONDS: Final = 6


def set_file_limit(number: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (number, hard))


def open_slow_connections(server: Server, stack: ExitStack) -> Iterator[socket.socket]:
    """Open connections with unfinished requests; every other one has sent nothing."""
    for number in range(SLOW_CONNECTIONS):
        connection = stack.enter_context(server.connect())
        if number % 2:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        yield connection


@pytest.mark.soak
def test_2000_slow_connections_block_no_request() -> None:
    with ExitStack() as stack:
        # The default limit of open files on most systems.
        set_file_limit(1024)
        server = stack.enter_context(run_granian(SCHEDULE, URL))
        set_file_limit(2 * SLOW_CONNECTIONS)
        end, count = time.monotonic() + SECONDS, 0
        slow = [*open_slow_connections(server, stack)]
        while time.monotonic() < end:
            for connection in slow[1::2]:
                connection.sendall(b"x")
            for _ in range(10):
                assert server.request(FEED_PATH).status == 200
                count += 1
        assert count >= SECONDS
        # The slow connections are still open: each gets its response.
        for connection in slow[1::2]:
            connection.sendall(b"\r\n\r\n")
            assert connection.recv(12) == b"HTTP/1.1 200"


# Granian's private interface.


def test_granian_still_has_overridden_methods() -> None:
    """An override of a method that Granian no longer has would silently do nothing."""
    names = vars(granian._SharedSocketServer)  # noqa: SLF001 - the class under test
    overrides = [name for name in names if re.match("_[a-z]", name)]
    missing = [name for name in overrides if not hasattr(MPServer, name)]
    assert len(overrides) == 3
    assert missing == [], "Granian has changed. Adapt _SharedSocketServer to the new version."


def test_granian_still_has_used_attributes() -> None:
    server = MPServer("defects-ical")
    used = {"wrks", "respawned_wrks", "interrupt_signal", "main_loop_interrupt"}
    missing = used - vars(server).keys()
    assert missing == set(), "Granian has changed. Adapt _SharedSocketServer to the new version."
