"""Golden files of invalid schedules: every message, its location, and that its hint helps.

In `invalid/`, NAME.yaml is not valid, NAME.txt is the expected output, and NAME.fixed.yaml is the
same file after following its hints to the letter.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from defects_ical.cli.app import main
from defects_ical.schedule.loader import load_schedule

DATA = Path(__file__).parent / "invalid"
FIXED = sorted(path.name.removesuffix(".fixed.yaml") for path in DATA.glob("*.fixed.yaml"))
INVALID = sorted(path.stem for path in DATA.glob("*.yaml") if not path.stem.endswith(".fixed"))

# "Use `A` or `B`.", "Add, for example, `A`."
SUGGESTED = re.compile(r"\. (?:Use|Add(?: it, for example)?) ((?:(?: or )?`[^`]+`)+)")


def read_expected(name: str) -> str:
    return (DATA / f"{name}.txt").read_text("utf-8")


@pytest.mark.parametrize("name", [*INVALID, "file-missing"])
def test_invalid_schedule_prints_golden_text(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`export` exits with 1, prints exactly NAME.txt and creates nothing."""
    monkeypatch.chdir(DATA)
    folder = tmp_path / "public"
    command = ["export", str(folder), "--url", "https://defects.example"]
    result = CliRunner().invoke(main, [*command, "--schedule", f"{name}.yaml"])
    assert result.stderr == read_expected(name)
    assert (result.exit_code, result.stdout, folder.exists()) == (1, "", False)


@pytest.mark.parametrize("name", FIXED)
def test_fixed_schedule_loads(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DATA)
    load_schedule(Path(f"{name}.fixed.yaml"))


@pytest.mark.parametrize("name", FIXED)
def test_fixed_schedule_follows_hints(name: str) -> None:
    """Of each hint's suggestions, the fixed file contains at least one."""
    fixed = (DATA / f"{name}.fixed.yaml").read_text("utf-8")
    hints = [re.findall("`([^`]+)`", each) for each in SUGGESTED.findall(read_expected(name))]
    assert [each for each in hints if not any(text in fixed for text in each)] == []


def test_every_invalid_schedule_has_fixed_one() -> None:
    assert set(INVALID) - {"a-folder"} == set(FIXED)


@pytest.mark.parametrize(("name", "count"), [("many-problems", 20), ("many-rule-violations", 11)])
def test_problems_are_in_file_order(name: str, count: int) -> None:
    """All field errors, or else all violations of rules across fields, come in one run."""
    lines = [int(line.split(":")[1]) for line in read_expected(name).splitlines()]
    assert lines == sorted(lines)
    assert len(lines) == count
