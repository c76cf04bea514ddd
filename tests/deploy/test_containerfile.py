"""The Containerfile, and what the service does as the only process of a container.

``make container-test`` builds and runs it.
"""

from __future__ import annotations

import json
import re
import signal
import sys
from pathlib import Path
from typing import Final

from tests.support.processes import BIN, ROOT, run_process, run_server, wait_for
from tests.support.replicas import FEED, URL, build_version
from tests.support.schedule_editor import make_version

CONTAINERFILE: Final = (ROOT / "Containerfile").read_text("utf-8").replace("\\\n", "")
# The system ignores a signal to process 1 that the process does not handle.
PROCESS_1: Final = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.getpid = lambda: 1
from defects_ical.cli.serving import command
def load(path):
    print("loading", flush=True)
    time.sleep(60)
command.load_schedule = load
from defects_ical.__main__ import run
run()
"""


def list_instructions(name: str) -> list[str]:
    """Return the arguments of each instruction of a kind."""
    return re.findall(rf"^(?:HEALTHCHECK .*?)?{name} (.*)$", CONTAINERFILE, flags=re.MULTILINE)


def test_service_takes_options_from_variables(tmp_path: Path) -> None:
    file = tmp_path / "schedule.yaml"
    file.write_text(make_version(1), "utf-8")
    environment = {
        "DEFECTS_ICAL_SCHEDULE": str(file),
        "DEFECTS_ICAL_URL": URL,
        "DEFECTS_ICAL_LISTEN_HOST": "0.0.0.0",  # noqa: S104 - as in a container
        "DEFECTS_ICAL_LISTEN_PORT": "0",
        "DEFECTS_ICAL_WORKERS": "2",
    }
    command = [str(BIN / "defects-ical"), "serve"]
    with run_server(command, r"served from http://0\.0\.0\.0:(\d+)/,", environment) as server:
        assert server.request(FEED).body == build_version(1, tmp_path)[FEED].body
        wait_for(lambda: len(server.get_worker_pids()) == 2)


def test_process_1_stops_while_it_loads() -> None:
    command = [sys.executable, "-c", PROCESS_1, "serve", "--port", "0"]
    with run_process(command) as (process, log):
        wait_for(lambda: "loading" in log.read_text("utf-8"), process, log)
        process.terminate()
        assert process.wait(timeout=20) == 128 + signal.SIGTERM
        assert log.read_text("utf-8") == "loading\n"


def test_image_runs_nothing_in_a_shell() -> None:
    for name in ("RUN", "CMD", "ENTRYPOINT"):
        commands = list_instructions(name)
        assert commands, name
        for command in commands:
            assert all(isinstance(word, str) for word in json.loads(command)), command
    assert len(list_instructions("CMD")) == 2  # the command and that of the health check


def test_image_has_a_base_user_and_signal_of_its_own() -> None:
    assert list_instructions("ARG") == ["BASE=python:3.13-slim"]
    assert set(list_instructions("FROM")) == {"${BASE} AS build", "${BASE}"}
    # Kubernetes cannot see that a name is not root.
    assert list_instructions("USER") == ["65532:65532"]
    assert list_instructions("STOPSIGNAL") == ["SIGTERM"]


def test_image_installs_locked_libraries() -> None:
    installs = [each for each in list_instructions("RUN") if '"install"' in each]
    locked, own = map(json.loads, installs)
    assert {"--require-hashes", "/source/requirements/run.txt"} <= set(locked)
    assert {"--no-deps", "--no-index"} <= set(own)


def test_build_gets_only_what_it_needs() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    kept = [line.removeprefix("!") for line in lines if line.startswith("!")]
    assert lines[0] == "*"
    assert [name for name in kept if not (ROOT / name).exists()] == []
