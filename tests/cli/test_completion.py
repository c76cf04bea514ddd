"""What a shell completes, asked as the shell's script asks."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from click.shell_completion import BashComplete

from defects_ical.cli.app import main
from tests.shows.shows import write_show
from tests.support.documents import PAGES
from tests.support.example_schedules import make_yaml
from tests.support.processes import BIN


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a schedule, and one with the schedules of two shows."""
    special = "[{id: making-of, title: Making, airs: 2025-08-14}]"
    text = make_yaml(episodes=2).replace("specials: []", f"specials: {special}")
    (tmp_path / "schedule.yaml").write_text(text, "utf-8")
    (tmp_path / "broken.yaml").write_text("format: 2", "utf-8")
    for name in ("one", "two"):
        write_show(tmp_path / "shows" / f"{name}.yaml")
    return tmp_path


def complete(line: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what bash offers for the last word of a line."""
    words = shlex.split(line) + ([""] if line.endswith(" ") else [])
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
    shell = BashComplete(main, {}, "defects-ical", "_DEFECTS_ICAL_COMPLETE")
    return [each.partition(",")[2] for each in shell.complete().split()]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("defects-ical cha", ["change"]),
        ("defects-ical change ", ["1", "2", "making-of", "all"]),
        ("defects-ical change 1 mak", ["making-of"]),
        ("defects-ical change --schedule broken.yaml ", []),
        ("defects-ical change 1 --status can", ["cancelled"]),
        ("defects-ical change 1 --platform ", ["channel"]),
        ("defects-ical change --schedule shows --show ", ["one", "two"]),
        ("defects-ical change --schedule shows --show two ", ["1", "2", "3", "4", "all"]),
        ("defects-ical init --timezone asia/seo", ["Asia/Seoul"]),
        ("defects-ical init --timezone new_y", ["America/New_York"]),
    ],
)
def test_values_complete(
    line: str, expected: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    assert complete(line, monkeypatch) == expected


@pytest.mark.parametrize("line", ["defects-ical import sch", "defects-ical check --against pub"])
def test_shell_completes_files(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Click's script leaves a value of the type `file` to bash."""
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(line.split()) - 1))
    shell = BashComplete(main, {}, "defects-ical", "_DEFECTS_ICAL_COMPLETE")
    assert shell.complete() == f"file,{line.rsplit(maxsplit=1)[-1]}"


def test_documented_line_completes_in_bash(folder: Path) -> None:
    """The line of the documentation makes a real bash complete."""
    (line,) = re.findall(r"```bash\n(.*)\n```", PAGES["docs/completion.md"])
    script = f"""
        {line}
        COMP_WORDS=(defects-ical change mak) COMP_CWORD=2
        _defects_ical_completion defects-ical
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    bash = shutil.which("bash")
    assert bash
    environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [bash, "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "making-of\n"
