"""The service as its operator runs it: how it starts, ends, and goes on when something dies."""

from __future__ import annotations

import json
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

from defects_ical.content.site_url import SiteURL
from defects_ical.server.reloader import SiteReloader
from tests.support.example_schedules import make_yaml
from tests.support.processes import (
    BIN,
    ROOT,
    Server,
    run_granian,
    run_gunicorn,
    run_process,
    run_server,
    wait_for,
)

URL: Final = "https://defects.example"
ANY: Final = "0.0.0.0"  # noqa: S104 - what the tests are about
SCHEDULE: Final = ROOT / "schedule.yaml"
SERVE: Final = [str(BIN / "defects-ical"), "serve"]
FEED: Final = "/the-defects.ics"


def serve(*options: str) -> subprocess.CompletedProcess[str]:
    """Run a service that is expected to end by itself."""
    command = [*SERVE, *options]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=20
    )


def told(done: subprocess.CompletedProcess[str]) -> tuple[int, str, str]:
    return done.returncode, done.stdout, done.stderr


# How it starts.


def test_the_address_in_links_is_the_one_it_serves_at() -> None:
    with run_server(
        [*SERVE, "--port", "0"], r"at http://127\.0\.0\.1:(\d+)/ until Ctrl-C"
    ) as server:
        assert server.log.read_text("utf-8") == (
            f"The Defects is at http://127.0.0.1:{server.port}/ until Ctrl-C\n"
        )
        body = server.request(FEED).body
        assert f"SOURCE;VALUE=URI:http://127.0.0.1:{server.port}{FEED}\r\n".encode() in body


def test_it_serves_on_ipv6() -> None:
    command = [*SERVE, "--host", "::1", "--port", "0"]
    with run_process(command) as (process, log):
        found = wait_for(lambda: re.search(r"\[::1\]:(\d+)", log.read_text()), process, log)
        with socket.create_connection(("::1", int(found[1])), timeout=20) as connection:
            connection.sendall(b"GET /robots.txt HTTP/1.0\r\n\r\n")
            assert connection.recv(65536).startswith(b"HTTP/1.0 200 OK")


def test_a_wildcard_serves_every_address_under_the_name_it_is_given() -> None:
    with run_granian(SCHEDULE, URL, 1, "--host", ANY) as server:
        assert f"\r\nURL:{URL}/\r\n".encode() in server.request(FEED).body


@pytest.mark.parametrize("host", [ANY, "::", "0"])
def test_a_wildcard_needs_an_address_for_the_links(host: str) -> None:
    status, out, err = told(serve("--host", host, "--port", "0"))
    assert (status, out) == (2, "")
    assert err.endswith(
        f"Error: --host {host} is every address of this machine. Name the public URL of the "
        "site: --url https://defects.example\n"
    )


def test_a_bad_file_is_told_and_nothing_is_served(tmp_path: Path) -> None:
    file = tmp_path / "schedule.yaml"
    file.write_text(make_yaml(time="25:00"), "utf-8")
    assert told(serve("--schedule", str(file), "--port", "0")) == (
        1,
        "",
        f"{file}:8:9: airing.time: `25:00` is not a time of day; write it like `23:00`\n",
    )


NO_HOST: Final = "unknown host `{}`. Use an address of this machine, such as --host 127.0.0.1."


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--host", ""], NO_HOST),
        (["--host", "a..b"], NO_HOST),
        (["--host", "x" * 300], NO_HOST),
        (
            ["--host", "192.0.2.1"],
            "`{}` is not an address of this machine. Use --host with one that is.",
        ),
    ],
)
def test_what_stands_in_the_way_of_listening_is_told(options: list[str], message: str) -> None:
    assert told(serve(*options)) == (1, "", f"error: {message.format(options[1])}\n")


@pytest.mark.parametrize(
    "options", [["--port", "65536"], ["--port", "http"], ["--workers", "0"], ["--url", "me"]]
)
def test_wrong_usage_has_exit_status_2(options: list[str]) -> None:
    status, out, err = told(serve(*options))
    assert (status, out) == (2, "")
    assert options[0] in err


def test_a_second_service_on_the_port_refuses() -> None:
    with run_granian(SCHEDULE, URL) as server:
        port = str(server.port)
        assert told(serve("--port", port)) == (
            1,
            "",
            f"error: port {port} is already in use. Stop the other process or use --port.\n",
        )
        assert server.request(FEED).status == 200


# How it ends.

ENDINGS: Final = {
    "Ctrl-C": lambda server: server.signal_group(signal.SIGINT),
    "SIGINT to the first process": lambda server: server.process.send_signal(signal.SIGINT),
    "SIGTERM": lambda server: server.process.terminate(),
    "SIGTERM to all": lambda server: server.signal_group(signal.SIGTERM),
    "the terminal is closed": lambda server: server.signal_group(signal.SIGHUP),
}


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_signal_ends_everything_within_two_seconds(ending: str, workers: int) -> None:
    with run_granian(SCHEDULE, URL, workers) as server, ExitStack() as stack:
        wait_for(lambda: len(server.get_worker_pids()) == workers)
        # Ones that wait for an answer, have had one, and are in the middle of asking.
        for request in (b"", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"GET / HT"):
            stack.enter_context(server.connect()).sendall(request)
        before = time.monotonic()
        ENDINGS[ending](server)
        assert server.process.wait(timeout=20) == 0
        assert time.monotonic() - before < 2
        assert server.has_exited()
        _, *more = server.log.read_text("utf-8").splitlines()
        # Where a worker was told before its parent, the parent wonders.
        wonder = "Unexpected exit" if ending == "SIGTERM to all" else "nothing"
        assert [line for line in more if wonder not in line] == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_as_soon_as_it_is_announced_ends_it_too(number: signal.Signals) -> None:
    with run_process([*SERVE, "--port", "0", "--workers", "2"]) as (process, log):
        wait_for(lambda: "until Ctrl-C" in log.read_text("utf-8"), process, log, pause=0)
        before = time.monotonic()
        os.killpg(process.pid, number)
        assert process.wait(timeout=20) == 0
        assert time.monotonic() - before < 2


def test_a_worker_leaves_the_terminals_signals_to_its_parent() -> None:
    with run_granian(SCHEDULE, URL, 2) as server:
        before = server.get_worker_pids()
        for worker in before:
            os.kill(worker, signal.SIGINT)
            os.kill(worker, signal.SIGHUP)
        time.sleep(0.5)
        assert server.get_worker_pids() == before
        assert server.request(FEED).status == 200


def test_workers_that_end_before_their_parent_do_are_no_failure() -> None:
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


def test_a_signal_while_a_worker_is_replaced_is_not_forgotten() -> None:
    program = """
import os, signal
from defects_ical.server import granian
replace = granian.MPServer._respawn_workers
def replace_and_be_told_to_end(server, *arguments):
    os.kill(os.getpid(), signal.SIGTERM)
    server.main_loop_interrupt.clear()
    replace(server, *arguments)
granian.MPServer._respawn_workers = replace_and_be_told_to_end
from defects_ical.__main__ import run
run()
"""
    command = [sys.executable, "-c", program, "serve", "--port", "0"]
    with run_server(command, r"at http://127\.0\.0\.1:(\d+)/") as server:
        os.kill(server.get_worker_pids()[0], signal.SIGKILL)
        assert server.process.wait(timeout=20) == 0


def test_workers_that_cannot_live_are_not_replaced_in_a_tight_loop() -> None:
    program = """
import os
from defects_ical.server import granian
granian._create_worker_app = lambda *_: os._exit(1)
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


def test_a_terminal_that_is_closed_does_not_end_it_under_nohup() -> None:
    command = ["nohup", *SERVE, "--port", "0"]
    with run_server(command, r"at http://127\.0\.0\.1:(\d+)/") as server:
        server.signal_group(signal.SIGHUP)
        time.sleep(0.5)
        assert server.request(FEED).status == 200


SPAWN: Final = """
import multiprocessing, sys
if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    from defects_ical.__main__ import run
    run()
"""


@pytest.mark.parametrize("workers", [1, 2])
def test_where_workers_do_not_fork_all_is_the_same(tmp_path: Path, workers: int) -> None:
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


@pytest.mark.parametrize("workers", [1, 2])
def test_workers_do_not_outlive_their_parent(workers: int) -> None:
    with run_granian(SCHEDULE, URL, workers) as server:
        server.process.kill()
        server.process.wait(timeout=20)
        wait_for(server.has_exited)


# When something dies.


@pytest.mark.parametrize("workers", [1, 2])
def test_a_worker_that_is_killed_is_replaced_and_no_later_request_fails(workers: int) -> None:
    with run_granian(SCHEDULE, URL, workers) as server:
        # More often than Granian by itself would bear.
        for _ in range(4):
            before = server.get_worker_pids()
            os.kill(before[0], signal.SIGKILL)
            statuses = [server.request(FEED).status for _ in range(50)]
            assert statuses == [200] * 50
            wait_for(lambda: len(set(server.get_worker_pids()) - set(before)) == 1)  # noqa: B023 - called here
        assert server.process.poll() is None
        ended = "WARNING worker-1 exited with status -9; replacing it\n"
        assert server.log.read_text("utf-8").count(ended) >= 1
        assert "Traceback" not in server.log.read_text("utf-8")


def test_a_worker_that_takes_anothers_place_serves_the_same(tmp_path: Path) -> None:
    file = tmp_path / "schedule.yaml"
    file.write_text(make_yaml(), "utf-8")
    with run_granian(file, URL) as server:
        before, workers = server.request("/show.ics"), server.get_worker_pids()
        for text in (make_yaml(time="22:00"), "half a fi"):
            file.write_text(text, "utf-8")
            os.kill(workers[0], signal.SIGKILL)
            assert server.request("/show.ics") == before
            workers = server.get_worker_pids()


def test_workers_that_are_killed_together_are_all_replaced() -> None:
    with run_granian(SCHEDULE, URL, 4) as server:
        before = server.get_worker_pids()
        for worker in before:
            os.kill(worker, signal.SIGKILL)
        assert [server.request(FEED).status for _ in range(50)] == [200] * 50
        wait_for(lambda: len(set(server.get_worker_pids()) - set(before)) == 4)


# When others are slow.

SLOW: Final = 2_000
SECONDS: Final = 6


def allow_files(number: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (number, hard))


def slow_connections(server: Server, stack: ExitStack) -> Iterator[socket.socket]:
    """Connections that have not finished asking: every other one has not even begun."""
    for number in range(SLOW):
        connection = stack.enter_context(server.connect())
        if number % 2:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        yield connection


def test_2000_slow_connections_keep_nobody_from_being_answered() -> None:
    with ExitStack() as stack:
        # What most systems allow a program that does not ask for more.
        allow_files(1024)
        server = stack.enter_context(run_granian(SCHEDULE, URL))
        allow_files(2 * SLOW)
        end, answered = time.monotonic() + SECONDS, 0
        slow = [*slow_connections(server, stack)]
        while time.monotonic() < end:
            for connection in slow[1::2]:
                connection.sendall(b"x")
            for _ in range(10):
                assert server.request(FEED).status == 200
                answered += 1
        assert answered >= SECONDS
        # They were there all the time: each is still answered when it has asked.
        for connection in slow[1::2]:
            connection.sendall(b"\r\n\r\n")
            assert connection.recv(12) == b"HTTP/1.1 200"


# As an application for any server: wsgi.py.


def bad(folder: Path) -> Path:
    file = folder / "schedule.yaml"
    file.write_text(make_yaml(time="25:00"), "utf-8")
    return file


PROBLEM: Final = "8:9: airing.time: `25:00` is not a time of day; write it like `23:00`"


@pytest.mark.parametrize("target", ["/", FEED, "/robots.txt", "/404.html", "/no-such-page"])
def test_a_bad_file_is_a_503_on_every_path(tmp_path: Path, target: str) -> None:
    with run_gunicorn(bad(tmp_path), URL) as server:
        response = server.request(target, headers={"If-None-Match": "*"})
        assert (response.status, response.headers["retry-after"]) == (503, "60")
        assert response.headers["cache-control"] == "no-store"
        assert response.body.startswith(b"503 Service Unavailable: There is no valid schedule. ")


def test_even_other_names_of_the_page_are_a_503(tmp_path: Path) -> None:
    with run_gunicorn(bad(tmp_path), f"{URL}/show") as server:
        assert {server.request(path).status for path in ("/show", "/show/", "/index.html")} == {503}


def test_the_health_and_the_log_say_what_is_wrong_with_the_file(tmp_path: Path) -> None:
    file = bad(tmp_path)
    with run_gunicorn(file, URL) as server:
        response = server.request("/healthz")
        facts = json.loads(response.body)
        assert (response.status, facts["status"]) == (503, "unavailable")
        assert facts["problem"] == f"schedule.yaml:{PROBLEM}"
        assert (facts["digest"], facts["episodes"]) == (None, None)
        assert f"{file}:{PROBLEM}\n" in server.log.read_text("utf-8")


def test_a_problem_keeps_its_words_whatever_the_file_is_called(tmp_path: Path) -> None:
    file = bad(tmp_path).rename(tmp_path / "e")
    publisher = SiteReloader(file, SiteURL.parse(URL))
    publisher.reload()
    assert publisher.live.problem == f"e:{PROBLEM}"


@pytest.mark.parametrize("name", ["folder", "missing.yaml"])
def test_the_health_tells_nothing_of_the_folders(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    publisher = SiteReloader(tmp_path / name, SiteURL.parse(URL))
    publisher.reload()
    problem = publisher.live.problem
    assert problem
    assert problem.startswith(f"{name}: ")
    assert str(tmp_path) not in problem


def test_a_missing_file_is_a_503_too(tmp_path: Path) -> None:
    with run_gunicorn(tmp_path / "schedule.yaml", URL) as server:
        assert server.request(FEED).status == 503
        assert "schedule.yaml" in json.loads(server.request("/healthz").body)["problem"]


def test_without_an_address_the_log_says_where_links_point() -> None:
    with run_gunicorn(SCHEDULE, "") as server:
        line = "DEFECTS_ICAL_URL is not set: links point to http://127.0.0.1:8000. "
        assert server.log.read_text("utf-8").count(line) == 1
        assert b"\r\nURL:http://127.0.0.1:8000/\r\n" in server.request(FEED).body


def test_without_a_schedule_it_serves_the_one_beside_it() -> None:
    with run_gunicorn(None, URL) as server:
        assert server.request("/episodes/the-defects-e03.ics").status == 200


def test_an_address_that_is_none_is_told_and_nothing_is_served() -> None:
    command = [str(BIN / "gunicorn"), "--bind", "127.0.0.1:0", "--no-control-socket", "wsgi:app"]
    with run_process(command, {"DEFECTS_ICAL_URL": "me"}) as (process, log):
        assert process.wait(timeout=20) == 3
        said = log.read_text("utf-8")
    assert (
        said.count(
            "DEFECTS_ICAL_URL: `me` is not a site's URL. Use one like `https://defects.example`.\n"
        )
        == 1
    )
    assert "Traceback" not in said
