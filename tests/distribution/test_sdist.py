"""The sdist: everything that is in the clone, so that the tests run in it."""

from __future__ import annotations

import fnmatch
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.support.processes import ROOT

# Tests that read many files outside of tests/ and the package.
READERS: Final = ("tests/docs/test_links.py", "tests/docs/test_reference.py", "tests/distribution")


def list_files() -> set[str]:
    """Return the files of the project: those that git knows, or all of an unpacked sdist."""
    if not (ROOT / ".git").exists():
        return set(walk(ROOT))
    git = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    output = subprocess.run(git, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return {each for each in output.split("\0") if each and (ROOT / each).exists()}


def walk(folder: Path) -> Iterator[str]:
    """Yield the files below a folder that .gitignore does not name."""
    ignored = [each.strip("/") for each in (ROOT / ".gitignore").read_text("utf-8").splitlines()]
    for path in folder.iterdir():
        if path.name == "PKG-INFO" or any(fnmatch.fnmatch(path.name, each) for each in ignored):
            continue
        if path.is_dir():
            yield from walk(path)
        else:
            yield str(path.relative_to(ROOT))


def unpack(sdist: Path, folder: Path) -> Path:
    """Unpack an sdist, and return the folder that it contains."""
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (unpacked,) = folder.iterdir()
    return unpacked


def test_sdist_has_every_file_of_the_project(sdist: Path) -> None:
    """If this fails, add the file to ``[tool.flit.sdist]`` in pyproject.toml."""
    with tarfile.open(sdist) as archive:
        names = {each.name.partition("/")[2] for each in archive if each.isfile()}
    files = list_files()
    assert {"Makefile", "docs/README.md", "requirements/run.txt"} <= files
    assert sorted(files - names) == []
    assert [each for each in names if "__pycache__" in each] == []


@pytest.mark.soak
def test_tests_run_in_an_unpacked_sdist(sdist: Path, tmp_path: Path) -> None:
    folder = unpack(sdist, tmp_path)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *READERS]
    # Its own package, not the one that is installed for development.
    environment = {**os.environ, "PYTHONPATH": str(folder / "src")}
    done = subprocess.run(
        command, cwd=folder, env=environment, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
