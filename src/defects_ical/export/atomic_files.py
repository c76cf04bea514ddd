"""Read, replace and lock files so that a killed process leaves no file half written."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from defects_ical.errors import ExportError

TEMPORARY_FILE: Final = ".defects-ical.tmp"


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Lock a folder against other exports; the lock ends with the process.

    Raises ExportError if another process holds the lock.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = "another export is writing here. Wait for it to finish."
            raise ExportError(f"{folder}: {message}") from None
        yield
    finally:
        os.close(descriptor)


def read_file(path: Path) -> bytes | None:
    """Return the content of a regular file, or None for anything else, links included."""
    return path.read_bytes() if path.is_file() and not path.is_symlink() else None


def replace_file(folder: Path, path: str, body: bytes) -> None:
    """Write a file under a temporary name, then rename it to ``path`` in the folder."""
    temporary, target = folder / TEMPORARY_FILE, folder / path
    target.parent.mkdir(exist_ok=True)
    try:
        # Not tempfile: only their owner can read its files, and a web server has to.
        with temporary.open("xb") as stream:
            stream.write(body)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(target)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def sync_directories(folder: Path, paths: Iterable[str]) -> None:
    """Flush to disk the directory entries of these paths in the folder."""
    for directory in {(folder / path).parent for path in paths}:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
