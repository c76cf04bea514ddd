"""The command ``doctor``."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from defects_ical.doctor.diagnosis import diagnose
from tests.support.broken_feeds import FEEDS, NOW
from tests.support.server_scenarios import QUICK, serve_scenario


def run_doctor(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "defects_ical", "doctor", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_exit_status_is_0_without_findings() -> None:
    with serve_scenario("healthy") as server:
        done = run_doctor(server.url)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{server.url}: no problems found\n"


def test_exit_status_is_0_for_warning_and_info() -> None:
    with serve_scenario("max-age of a week", FEEDS["DURATION"]) as server:
        done = run_doctor(server.url)
        findings = diagnose(server.url, NOW, QUICK)
    assert done.returncode == 0
    assert [each.severity for each in findings] == ["warning", "info"]


def test_exit_status_is_1_for_error() -> None:
    with serve_scenario("404") as server:
        done = run_doctor(server.url)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith(f"{server.url}: 1 error\n\nerror    ")


@pytest.mark.parametrize("url", ["ftp://me.example/a.ics", "file:///etc/passwd", "me.example", ""])
def test_invalid_url_is_an_error(url: str) -> None:
    done = run_doctor(url)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"error: .*: not an .* URL\. Use .*\n", done.stderr)


def test_missing_url_is_a_usage_error() -> None:
    assert run_doctor().returncode == 2


def test_other_commands_do_not_load_httpx() -> None:
    code = "import sys, defects_ical.cli.app; print('httpx' in sys.modules)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
