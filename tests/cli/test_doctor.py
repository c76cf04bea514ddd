"""The command ``doctor``."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from defects_ical.cli.app import main
from defects_ical.doctor.diagnosis import diagnose_url
from tests.support.broken_feeds import FEEDS, NOW
from tests.support.server_scenarios import QUICK, serve_scenario
from tests.support.variants import leave_to_soak


def run_doctor(*arguments: str, feed: bytes = b"") -> Result:
    return CliRunner().invoke(main, ["doctor", *arguments], input=feed)


def test_exit_status_is_0_without_findings() -> None:
    with serve_scenario("healthy") as server:
        command = [sys.executable, "-m", "defects_ical", "doctor", server.url]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    first, second = done.stdout.splitlines()
    assert first == f"{server.url}: no problems found"
    names = r"ical \S+ \(Home Assistant\), icalendar \S+ and recurring-ical-events \S+"
    assert re.fullmatch(rf"Read by {names}\.", second)


def test_exit_status_is_0_for_warning_and_info() -> None:
    with serve_scenario("max-age of a week", FEEDS["DURATION"]) as server:
        done = run_doctor(server.url)
        findings = diagnose_url(server.url, NOW, QUICK).findings
    assert done.exit_code == 0
    assert [each.severity for each in findings] == ["warning", "info"]


def test_exit_status_is_1_for_error() -> None:
    with serve_scenario("404") as server:
        done = run_doctor(server.url)
    assert (done.exit_code, done.stderr) == (1, "")
    assert done.stdout.startswith(f"{server.url}: 1 error\n\nerror    ")


@pytest.mark.parametrize(
    ("options", "status"),
    [((), 0), (("--fail-on", "warning"), 1), *leave_to_soak((("--fail-on", "info"), 1))],
)
def test_fail_on_sets_what_is_a_failure(options: tuple[str, ...], status: int) -> None:
    """The file has one warning. It comes by standard input and by its name."""
    feed = FEEDS["no PRODID"] if options else FEEDS["METHOD"]
    done = run_doctor("-", "--format", "json", *options, feed=feed)
    assert (done.exit_code, done.stderr) == (status, "")
    assert json.loads(done.stdout)["source"] == "standard input"


def test_file_is_checked_and_reported_as_markdown(tmp_path: Path) -> None:
    file = tmp_path / "lectures.ics"
    file.write_bytes(FEEDS["no DTSTART"])
    done = run_doctor(str(file), "--format", "markdown")
    assert done.exit_code == 1
    assert done.stdout.startswith("### ")
    assert "- **Error: An event has no DTSTART.**" in done.stdout


def test_missing_file_is_an_error(tmp_path: Path) -> None:
    done = run_doctor(str(tmp_path / "no.ics"))
    assert (done.exit_code, done.stdout) == (1, "")
    assert "no.ics: No such file or directory. Give the path of a file, or a URL" in done.stderr


@pytest.mark.parametrize("url", ["ftp://me.example/a.ics", "file:///etc/passwd"])
def test_invalid_url_is_an_error(url: str) -> None:
    done = run_doctor(url)
    assert (done.exit_code, done.stdout) == (1, "")
    assert re.fullmatch(r"error: .*: not an .* URL\. Use .*\n", done.stderr)


def test_missing_url_is_a_usage_error() -> None:
    assert run_doctor().exit_code == 2


def test_other_commands_do_not_load_httpx() -> None:
    code = """
import sys, click
from defects_ical.cli.app import main
for name in set(main.list_commands(None)) - {"doctor", "import"}:
    main.get_command(None, name)
print('httpx' in sys.modules)
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
