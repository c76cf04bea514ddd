"""Each installer puts the wheel into an empty environment, and the program works from there.

Their names are in docs/installing.md. They download the libraries from the package index.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.support.installed_program import check_program, make_environment
from tests.support.processes import BIN, ROOT
from tests.support.pythons import VERSIONS, find_python

RELEASE_TOOLS: Final = BIN.parent / "release" / "bin"


def run(environment: Mapping[str, str], *command: str | Path) -> None:
    done = subprocess.run(
        [*map(str, command)], env=environment, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def make_venv(python: str, folder: Path, environment: Mapping[str, str]) -> Path:
    run(environment, python, "-m", "venv", folder / "environment")
    return folder / "environment" / "bin"


def install_with_pip(wheel: Path, python: str, folder: Path) -> Path:
    environment = make_environment(folder)
    programs = make_venv(python, folder, environment)
    run(environment, programs / "pip", "install", wheel)
    return programs


def install_locked(wheel: Path, python: str, folder: Path) -> Path:
    """Install the libraries by their hashes, then the wheel alone."""
    environment = make_environment(folder)
    programs = make_venv(python, folder, environment)
    lock_file = ROOT / "requirements" / "run.txt"
    run(environment, programs / "pip", "install", "--require-hashes", "-r", lock_file)
    run(environment, programs / "pip", "install", "--no-deps", wheel)
    return programs


def install_with_pipx(wheel: Path, python: str, folder: Path) -> Path:
    programs = folder / "programs"
    environment = make_environment(
        folder, PIPX_HOME=str(folder / "pipx"), PIPX_BIN_DIR=str(programs)
    )
    run(environment, RELEASE_TOOLS / "pipx", "install", "--python", python, wheel)
    return programs


def install_with_uv(wheel: Path, python: str, folder: Path) -> Path:
    programs = folder / "programs"
    environment = make_environment(
        folder,
        UV_TOOL_DIR=str(folder / "uv"),
        UV_TOOL_BIN_DIR=str(programs),
        UV_PYTHON_DOWNLOADS="never",
    )
    run(environment, BIN / "uv", "tool", "install", "--python", python, wheel)
    return programs


INSTALLERS: Final[Mapping[str, Callable[[Path, str, Path], Path]]] = {
    "pip": install_with_pip,
    "pip with hashes": install_locked,
    "pipx": install_with_pipx,
    "uv": install_with_uv,
}


@pytest.mark.soak
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", INSTALLERS)
def test_installed_wheel_works(name: str, version: str, wheel: Path, tmp_path: Path) -> None:
    programs = INSTALLERS[name](wheel, find_python(version), tmp_path)
    check_program(programs / "defects-ical", tmp_path / "my-show", make_environment(tmp_path))
