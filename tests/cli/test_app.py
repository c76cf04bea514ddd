"""The command line as a whole: usage errors, the version, the schema and tracebacks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from defects_ical import __version__
from defects_ical.cli.app import main
from defects_ical.model.schedule import build_json_schema
from tests.support.example_schedules import make_yaml

COMMAND = str(Path(sys.executable).with_name("defects-ical"))


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["export", "public"], "Missing option '--url'"),
        (["export", "--url", "https://me.example"], "Missing argument 'DIR'"),
        (
            ["export", "public", "--url", "me"],
            "`me` is not a site's URL. Use one like `https://defects.example`.",
        ),
        (["exprt"], "No such command 'exprt'"),
        (["check", "--shedule", "x"], "--shedule"),
    ],
)
def test_usage_error_exits_with_2(arguments: list[str], reason: str) -> None:
    result = CliRunner().invoke(main, arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert reason in result.stderr


@pytest.mark.parametrize("arguments", [["check"], ["schema"], ["--help"], ["check", "--help"]])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_full_disk_behind_output_is_reported(
    arguments: list[str], unbuffered: str, tmp_path: Path
) -> None:
    (tmp_path / "schedule.yaml").write_text(make_yaml(), "utf-8")
    environment = os.environ | {"PYTHONUNBUFFERED": unbuffered}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [COMMAND, *arguments],
            cwd=tmp_path,
            env=environment,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    message = b"error: cannot write: No space left on device. Free some space.\n"
    assert (done.returncode, done.stderr) == (1, message)


@pytest.mark.parametrize(
    "arguments",
    [
        ["change", "2", "--status", "tentative"],
        ["check"],
        ["check", "--against", "public"],
        ["export", "public", "--url", "https://me.example"],
        ["picture"],
        ["serve", "--port", "0"],
    ],
    ids=" ".join,
)
def test_path_that_cannot_be_looked_at_is_reported(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a folder that is closed to this user: nobody can ask whether it is a file."""
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, [*arguments, "--schedule", "a" * 300])
    assert (result.exit_code, result.stdout) == (1, "")
    assert "File name too long" in result.stderr


def test_schema_prints_json_schema() -> None:
    result = CliRunner().invoke(main, ["schema"])
    assert (result.exit_code, json.loads(result.stdout)) == (0, build_json_schema())


@pytest.mark.parametrize("program", [[sys.executable, "-m", "defects_ical"], [COMMAND]])
def test_version_is_printed(program: list[str]) -> None:
    done = subprocess.run([*program, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"defects-ical, version {__version__}\n"


def test_bug_keeps_its_traceback(tmp_path: Path) -> None:
    """An exception that is not a user's error is not caught."""
    broken = (
        "from defects_ical.cli import app\n"
        "from defects_ical.cli.check import command\n"
        "command.load_schedule = lambda path: 1 / 0\n"
        "app.main(['check'], prog_name='defects-ical')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", broken], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Traceback")
    assert done.stderr.endswith("ZeroDivisionError: division by zero\n")
