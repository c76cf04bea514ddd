"""deploy/defects-ical@.service: its command starts a replica, and a signal stops it in time."""

from __future__ import annotations

import configparser
import re
import shlex
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.support.nginx import DEPLOY, find_free_port
from tests.support.processes import BIN, Server, responds, run_process, wait_for
from tests.support.replicas import FEED, URL, build_version
from tests.support.schedule_editor import make_version

UNIT: Final = "defects-ical@.service"


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
