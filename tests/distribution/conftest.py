"""Fixtures of the distribution's tests: the wheel and the sdist, built as installers do."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from flit_core import buildapi

from tests.support.processes import ROOT


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the path of the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    # The interface (PEP 517) builds what is in the current folder.
    with contextlib.chdir(ROOT):
        return folder / str(buildapi.build_wheel(str(folder)))


@pytest.fixture(scope="session")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the path of the sdist."""
    folder = tmp_path_factory.mktemp("sdist")
    with contextlib.chdir(ROOT):
        return folder / str(buildapi.build_sdist(str(folder)))
