"""Reading YAML: files that cannot be read, and limits of time and memory."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from defects_ical.errors import ScheduleError
from defects_ical.model.yaml.reader import problem_at, read_yaml
from tests.schedule.test_invalid_schedules import DATA, read_expected
from tests.support.example_schedules import make_yaml
from tests.support.variants import sample

UNPRIVILEGED_UID = 65534

HOSTILE: dict[str, Callable[[], str]] = {
    "nested-lists": lambda: "[" * 100_000,
    "nested-dashes": lambda: "- " * 100_000,
    "nested-keys": lambda: "? " * 100_000,
    "alias-bomb": lambda: (DATA / "alias-bomb.yaml").read_text("utf-8"),
    "huge-mapping": lambda: "".join(f"key{n}: value\n" for n in range(1_200_000)),
    "huge-list": lambda: "[" + "1, " * 6_700_000 + "1]",
}


def limit_resources() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (300_000_000, 300_000_000))
    resource.setrlimit(resource.RLIMIT_CPU, (2, 2))


def test_scalars_stay_strings(tmp_path: Path) -> None:
    """Neither `no` nor `23:00` becomes a boolean or a number."""
    file = tmp_path / "file.yaml"
    file.write_text("a: no\nb: [23:00, 010]\n", "utf-8")
    assert read_yaml(file).root == {"a": "no", "b": ["23:00", "010"]}


def test_values_and_keys_have_locations(tmp_path: Path) -> None:
    file = tmp_path / "file.yaml"
    file.write_text("a: no\nb: [23:00, 010]\n", "utf-8")
    locations = read_yaml(file).locations
    found = {
        key_path: (problem_at(locations, key_path, "", "").key_path, each.line, each.column)
        for key_path, each in locations.items()
    }
    assert found == {
        (): ("", 1, 1),
        ("a", "[key]"): ("a", 1, 1),
        ("a",): ("a", 1, 4),
        ("b", "[key]"): ("b", 2, 1),
        ("b",): ("b", 2, 4),
        ("b", 0): ("b[0]", 2, 5),
        ("b", 1): ("b[1]", 2, 12),
    }


def test_unreadable_file_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = Path("unreadable.yaml")
    file.write_text(make_yaml(), "utf-8")
    file.chmod(0)
    privileged = os.geteuid() == 0
    if privileged:  # root may read any file
        os.seteuid(UNPRIVILEGED_UID)
    try:
        with pytest.raises(ScheduleError) as caught:
            read_yaml(file)
    finally:
        if privileged:
            os.seteuid(0)
    assert f"{caught.value}\n" == read_expected("unreadable")


@pytest.mark.parametrize("name", sample(HOSTILE, 3))
def test_hostile_file_is_rejected_within_limits(name: str, tmp_path: Path) -> None:
    """Two seconds of CPU and 300 MB of memory are enough to reject it."""
    (tmp_path / f"{name}.yaml").write_text(HOSTILE[name](), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "defects_ical", "check", "--schedule", f"{name}.yaml"],
        cwd=tmp_path,
        preexec_fn=limit_resources,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, "", read_expected(name))


def test_reading_stops_after_200000_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = Path("many-values.yaml")
    file.write_text("[" + "1," * 900_000 + "1]", "utf-8")
    with pytest.raises(ScheduleError) as caught:
        read_yaml(file)
    assert f"{caught.value}\n" == read_expected("many-values")
