"""Read, replace and lock files so that a killed process leaves no file half written."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISREG
from typing import Final, NamedTuple

from defects_ical.errors import FolderLockedError

TEMPORARY_FILE: Final = ".defects-ical.tmp"
# An edited manifest must not make an export write or delete outside its folder.
# A file is at most in a folder of a language, and there in that of episodes.
SAFE_PATH: Final = re.compile(r"(?!\.\.?(/|$))[\w.-]+(/(?!\.\.?(/|$))[\w.-]+){0,2}")


class FileStamp(NamedTuple):
    """The size of a file in bytes, and the time of its last change in nanoseconds."""

    size: int
    modified: int


def stamp_file(path: Path) -> FileStamp | None:
    """Return the stamp of a regular file, or None for anything else, links included."""
    try:
        stat = os.lstat(path)
    except OSError:
        return None
    return FileStamp(stat.st_size, stat.st_mtime_ns) if S_ISREG(stat.st_mode) else None


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Lock a folder against other exports; the lock ends with the process.

    Raises FolderLockedError if another process holds the lock.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = "another export or a service writes here. Wait for it to finish, or stop it."
            raise FolderLockedError(f"{folder}: {message}") from None
        yield
    finally:
        os.close(descriptor)


def read_file(path: Path) -> bytes | None:
    """Return the content of a regular file, or None for anything else, links included."""
    return path.read_bytes() if path.is_file() and not path.is_symlink() else None


def replace_file(folder: Path, path: str, body: bytes) -> None:
    """Write a file under a temporary name, then rename it to ``path`` in the folder."""
    temporary, target = folder / TEMPORARY_FILE, folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
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


def swap_file(folder: Path, name: str, parts: Iterable[bytes]) -> FileStamp:
    """Replace a file in the folder at once, without waiting for the disk; return its stamp.

    After a power failure the file may be empty, which its stamp then shows.
    """
    temporary, target = folder / TEMPORARY_FILE, folder / name
    temporary.unlink(missing_ok=True)
    target.parent.mkdir(exist_ok=True)
    with temporary.open("xb") as stream:
        stream.writelines(parts)
    stat = temporary.stat()
    temporary.replace(target)
    return FileStamp(stat.st_size, stat.st_mtime_ns)


def sync_directories(folder: Path, paths: Iterable[str]) -> None:
    """Flush to disk the directory entries of these paths in the folder."""
    folders = {parent for path in paths for parent in Path(path).parents}
    for directory in {folder / each for each in folders}:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
