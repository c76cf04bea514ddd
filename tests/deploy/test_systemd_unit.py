"""deploy/defects-ical@.service: its command starts a replica, and a signal stops it in time."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.support.nginx import DEPLOY, find_free_port
from tests.support.processes import BIN, Server, responds, run_process, wait_for
from tests.support.replicas import FEED, URL, build_version
from tests.support.schedule_editor import make_version

UNIT: Final = "defects-ical@.service"
# In tenths; 100 is a service without any restriction. It must have an address and a network.
MAX_EXPOSURE: Final = 15


def read_unit() -> configparser.RawConfigParser:
    """Parse the unit; a repeated key has its last value."""
    parser = configparser.RawConfigParser(strict=False, delimiters="=")
    parser.optionxform = str  # type: ignore[assignment,method-assign] # keys are case-sensitive
    parser.read_string((DEPLOY / UNIT).read_text("utf-8"))
    return parser


def read_command(instance: str, changes: Mapping[str, str]) -> list[str]:
    """Return the ExecStart command as systemd would expand it, with a changed environment."""
    lines = (DEPLOY / UNIT).read_text("utf-8").splitlines()
    settings = [line.removeprefix("Environment=") for line in lines if "Environment=" in line[:12]]
    environment = {**dict(each.split("=", 1) for each in settings), **changes}
    words = shlex.split(read_unit()["Service"]["ExecStart"].replace("%i", instance))
    return [re.sub(r"\$\{(\w+)\}", lambda match: environment[match[1]], word) for word in words]


def test_unit_starts_and_stops_a_replica(tmp_path: Path) -> None:
    file, port = tmp_path / "schedule.yaml", find_free_port()
    file.write_text(make_version(1), "utf-8")
    program, *rest = read_command(str(port), {"SCHEDULE": str(file), "URL": URL, "WORKERS": "2"})
    assert program == "/opt/defects-ical/.venv/bin/defects-ical"
    with run_process([str(BIN / "defects-ical"), *rest], folder=Path("/")) as (process, log):
        server = Server(process, port, log)
        wait_for(lambda: responds(server), process, log)
        assert server.request(FEED).body == build_version(1, tmp_path)[FEED].body
        start = time.monotonic()
        # KillMode=mixed: systemd signals only the parent process, which stops the workers.
        process.terminate()
        assert process.wait(timeout=20) == 0
        assert time.monotonic() - start < float(read_unit()["Service"]["TimeoutStopSec"])
        wait_for(server.has_exited)


def analyze(*arguments: str) -> tuple[int, str]:
    """Return the exit status of systemd-analyze and what it says. It needs no running systemd."""
    # It reads the units of this machine too, and must not talk to its manager.
    environment = {
        "PATH": os.environ["PATH"],
        "SYSTEMD_PAGER": "cat",
        "SYSTEMD_LOG_LEVEL": "notice",
    }
    command = ["/usr/bin/env", "systemd-analyze", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def write_unit(folder: Path, before: str = "", after: str = "") -> str:
    """Write the unit with an edit, for the program in this environment. Return its path."""
    text = (DEPLOY / UNIT).read_text("utf-8").replace("/opt/defects-ical/.venv/bin", str(BIN))
    assert before in text
    (folder / UNIT).write_text(text.replace(before, after), "utf-8")
    return str(folder / UNIT)


def verify(unit: str) -> tuple[int, list[str]]:
    """Return the exit status of `systemd-analyze verify`, and what it says of the unit itself."""
    status, said = analyze("verify", "--man=no", "--recursive-errors=no", unit)
    return status, [line for line in said.splitlines() if "defects-ical" in line]


def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    assert verify(write_unit(tmp_path)) == (0, [])


def test_systemd_refuses_a_mistake(tmp_path: Path) -> None:
    _, (said,) = verify(write_unit(tmp_path, "Type=exec", "Type=exce"))
    assert "Failed to parse service type" in said


def test_systemd_finds_little_exposure(tmp_path: Path) -> None:
    check = ("security", "--offline=true", "--no-pager", f"--threshold={MAX_EXPOSURE}")
    status, said = analyze(*check, write_unit(tmp_path))
    assert status == 0, said
    status, said = analyze(*check, write_unit(tmp_path, "CapabilityBoundingSet=\n"))
    assert status == 1, said
