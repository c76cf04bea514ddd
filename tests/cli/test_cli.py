"""The command line: what its users read, and its exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from defects_ical import __version__
from defects_ical.cli.app import main
from defects_ical.schedule.model import json_schema
from tests.conftest import ROOT
from tests.support.example_schedules import make_yaml

DATA = Path(__file__).parent / "data"

EVENTFUL = make_yaml(
    clocks="[America/New_York, Australia/Sydney]",
    specials="[{id: making-of, title: The making of, airs: 2025-08-04T23:30, runtime: 45}]",
    changes="""
  - {at: 2025-08-01T12:00:00+09:00, episodes: [5], move: 2025-08-04T23:30, reason: Baseball.}
  - {at: 2025-08-02T12:00:00+09:00, episodes: [6], shift: {weeks: 1}, status: tentative}
  - {at: 2037-12-30T12:00:00+09:00, episodes: [7, 8], status: cancelled}
""",
)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.fixture
def eventful(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A schedule in which much has changed is the one of the working folder."""
    monkeypatch.chdir(tmp_path)
    Path("schedule.yaml").write_text(EVENTFUL, "utf-8")


def test_check_shows_every_episode_on_every_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = run("check")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (DATA / "check.txt").read_text("utf-8")


@pytest.mark.usefixtures("eventful")
def test_check_shows_status_revision_and_other_days() -> None:
    result = run("check")
    assert result.stdout == (DATA / "check-eventful.txt").read_text("utf-8")


@pytest.mark.usefixtures("eventful")
def test_check_warns_of_a_future_change_and_of_two_episodes_at_once() -> None:
    result = run("check")
    assert result.exit_code == 0
    assert result.stderr == (
        "warning: schedule.yaml:17:10: changes[2].at: the change is dated in the future; "
        "write when it was decided\n"
        "warning: schedule.yaml:15:3: changes: Episode 5 and The making of start together, "
        "on 2025-08-04 at 23:30; move or cancel one of them in `changes`\n"
    )


def test_check_tells_problems_and_fails(tmp_path: Path) -> None:
    file = tmp_path / "schedule.yaml"
    file.write_text(make_yaml(time="25:00"), "utf-8")
    result = run("check", "--schedule", str(file))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"{file}:8:9: airing.time: `25:00` is not a time of day; write it like `23:00`\n"
    )


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["export", "public"], "Missing option '--url'"),
        (["export", "--url", "https://me.example"], "Missing argument 'DIR'"),
        (["export", "public", "--url", "me"], "`me` is not like `https://defects.example`"),
        (["exprt"], "No such command 'exprt'"),
        (["check", "--shedule", "x"], "--shedule"),
    ],
)
def test_wrong_usage_has_exit_status_2(arguments: list[str], reason: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert reason in result.stderr


def test_schema_prints_the_json_schema() -> None:
    result = run("schema")
    assert (result.exit_code, json.loads(result.stdout)) == (0, json_schema())


COMMAND = str(Path(sys.executable).with_name("defects-ical"))


@pytest.mark.parametrize("program", [[sys.executable, "-m", "defects_ical"], [COMMAND]])
def test_the_version_is_told(program: list[str]) -> None:
    done = subprocess.run([*program, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"defects-ical, version {__version__}\n"


def test_a_bug_of_ours_shows_its_traceback(tmp_path: Path) -> None:
    broken = (
        "import defects_ical.cli.app as cli\n"
        "cli.load_schedule = lambda path: 1 / 0\n"
        "cli.main(['check'], prog_name='defects-ical')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", broken], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Traceback")
    assert done.stderr.endswith("ZeroDivisionError: division by zero\n")
