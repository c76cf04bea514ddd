"""A wrong schedule: every message, where it points, and that its advice helps.

In data/invalid, NAME.yaml is wrong, NAME.txt is what its author reads, and NAME.mended.yaml
is the same file with that advice followed to the letter.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from defects_ical.cli.app import main
from defects_ical.errors import ScheduleError
from defects_ical.schedule.loader import load_schedule
from tests.support.example_schedules import make_yaml

DATA = Path(__file__).parent / "invalid"
NAMES = sorted(path.stem for path in DATA.glob("*.yaml") if not path.stem.endswith(".mended"))
MENDED = sorted(path.name for path in DATA.glob("*.mended.yaml"))
NOBODY = 65534

HOSTILE: dict[str, Callable[[], str]] = {
    "nested-lists": lambda: "[" * 100_000,
    "nested-dashes": lambda: "- " * 100_000,
    "nested-keys": lambda: "? " * 100_000,
    "alias-bomb": lambda: (DATA / "alias-bomb.yaml").read_text("utf-8"),
    "huge-mapping": lambda: "".join(f"key{n}: value\n" for n in range(1_200_000)),
    "huge-list": lambda: "[" + "1, " * 6_700_000 + "1]",
}


def expected(name: str) -> str:
    return (DATA / f"{name}.txt").read_text("utf-8")


def limit_resources() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (300_000_000, 300_000_000))
    resource.setrlimit(resource.RLIMIT_CPU, (2, 2))


@pytest.mark.parametrize("name", [*NAMES, "file-missing"])
def test_a_wrong_schedule_is_refused_with_its_exact_text(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(DATA)
    folder = tmp_path / "public"
    command = ["export", str(folder), "--url", "https://defects.example"]
    result = CliRunner().invoke(main, [*command, "--schedule", f"{name}.yaml"])
    assert result.stderr == expected(name)
    assert (result.exit_code, result.stdout, folder.exists()) == (1, "", False)


@pytest.mark.parametrize("name", MENDED)
def test_the_advice_mends_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DATA)
    load_schedule(Path(name))


@pytest.mark.parametrize("name", MENDED)
def test_the_mended_file_has_what_the_advice_says_to_write(name: str) -> None:
    name = name.removesuffix(".mended.yaml")
    mended = (DATA / f"{name}.mended.yaml").read_text("utf-8")
    advised = re.findall("; (?:write|add[^`;]*`changes:`,) ((?:(?: or )?`[^`]+`)+)", expected(name))
    choices = [re.findall("`([^`]+)`", each) for each in advised]
    assert [each for each in choices if not any(text in mended for text in each)] == []


def test_every_wrong_schedule_has_a_mended_one() -> None:
    assert {f"{name}.mended.yaml" for name in NAMES} - {"a-folder.mended.yaml"} == set(MENDED)


def test_a_file_that_may_not_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = Path("unreadable.yaml")
    file.write_text(make_yaml(), "utf-8")
    file.chmod(0)
    privileged = os.geteuid() == 0
    if privileged:  # root may read anything: look as somebody else
        os.seteuid(NOBODY)
    try:
        with pytest.raises(ScheduleError) as caught:
            load_schedule(file)
    finally:
        if privileged:
            os.seteuid(0)
    assert f"{caught.value}\n" == expected("unreadable")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_little_time_and_memory(name: str, tmp_path: Path) -> None:
    (tmp_path / f"{name}.yaml").write_text(HOSTILE[name](), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "defects_ical", "check", "--schedule", f"{name}.yaml"],
        cwd=tmp_path,
        preexec_fn=limit_resources,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, "", expected(name))


def test_a_file_of_too_many_values_is_not_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = Path("many-values.yaml")
    file.write_text("[" + "1," * 900_000 + "1]", "utf-8")
    with pytest.raises(ScheduleError) as caught:
        load_schedule(file)
    assert f"{caught.value}\n" == expected("many-values")


def test_a_file_of_ninety_thousand_problems_tells_the_first_thousand(tmp_path: Path) -> None:
    file = tmp_path / "schedule.yaml"
    file.write_text(make_yaml(changes="[" + "x," * 90_000 + "]"), "utf-8")
    with pytest.raises(ScheduleError) as caught:
        load_schedule(file)
    assert len(caught.value.problems) == 1001
    assert str(caught.value.problems[-1]).endswith(
        "89000 more problems follow; mend those before first"
    )


def test_problems_come_in_the_order_of_the_file() -> None:
    lines = [int(line.split(":")[1]) for line in expected("many-problems").splitlines()]
    assert lines == sorted(lines)
    assert len(lines) == 20
