"""Tell two versions of a file apart without reading it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple


class FileState(NamedTuple):
    """The result of ``stat`` by which two versions of a file differ, with times in nanoseconds."""

    device: int
    inode: int
    size: int
    modified: int
    # A tool can reset the modification time, but not the time of the inode's last change.
    changed: int

    @classmethod
    def of(cls, stat: os.stat_result) -> FileState:
        """Return the state in a result of ``stat``."""
        return cls(stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


def is_folder(path: Path) -> bool:
    """Return whether a path is a folder's; of one that cannot be looked at, reading it says why."""
    try:
        return path.is_dir()
    except OSError:
        return False


def stat_file(path: Path) -> FileState | None:
    """Return the state of a file, or None if it cannot be found."""
    try:
        return FileState.of(os.stat(path))  # noqa: PTH116 - called ten times a second
    except OSError:
        return None
