"""Fixtures of the export tests."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def fast_folder(tmp_path: Path) -> Iterator[Path]:
    """Make a folder in memory, where syncing files is fast, if the system has one."""
    shared = Path("/dev/shm")  # noqa: S108 - the folder made in it has a random name
    usable = os.access(shared, os.W_OK)
    with tempfile.TemporaryDirectory(dir=shared if usable else tmp_path) as folder:
        yield Path(folder)
