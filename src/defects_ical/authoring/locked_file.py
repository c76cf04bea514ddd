"""Replace a file that people edit: under a lock, only if it is the one that was read, at once."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from defects_ical.errors import ScheduleFileError
from defects_ical.model.yaml.reader import read_content

# Seconds, for another edit by this program to end.
LOCK_TIMEOUT: Final = 10.0
LOCK_POLL: Final = 0.05
TEMPORARY_PREFIX: Final = ".defects-ical-"


@dataclass(frozen=True, slots=True)
class LockedFile:
    """A file that no other edit by this program changes, and what it contains.

    ``path`` is as the user named it. If it is a link, the file that it leads to is replaced.
    """

    path: Path
    content: bytes

    def replace(self, content: bytes) -> None:
        """Replace the content, and keep the mode and the owner.

        A process that is killed leaves the old or the new content. Raises ScheduleFileError if
        the file was changed since it was read, or cannot be replaced; then it stays as it is.
        """
        target = self.path.resolve()
        with _convert_os_errors(self.path), _write_temporary(target, content) as temporary:
            if _digest(target.read_bytes()) != _digest(self.content):
                message = "the file was changed in the meantime. Run the command again."
                raise ScheduleFileError(f"{self.path}: {message}")
            temporary.replace(target)
            _sync_folder(target.parent)


@contextmanager
def lock_file(path: Path, timeout: float = LOCK_TIMEOUT) -> Iterator[LockedFile]:
    """Lock a file against other edits by this program, and read it.

    The lock is on the file itself: it leaves nothing behind, and ends with the process. Waits at
    most ``timeout`` seconds for another edit. Raises ScheduleError if the file cannot be read, and
    ScheduleFileError if it is still locked.
    """
    end = time.monotonic() + timeout
    with suppress(OSError):
        # Of a path that cannot be looked at, reading it says why.
        if path.is_fifo():
            message = "this is a pipe, which cannot be replaced. Use the path of a file."
            raise ScheduleFileError(f"{path}: {message}")
    read_content(path)
    while True:
        with _open_file(path) as stream:
            if _take(stream, path):
                yield LockedFile(path, read_content(path))
                return
        if time.monotonic() > end:
            message = "another `defects-ical` command edits this file. Try again when it has ended."
            raise ScheduleFileError(f"{path}: {message}")
        time.sleep(LOCK_POLL)


def _open_file(path: Path) -> BinaryIO:
    with _convert_os_errors(path):
        return path.open("rb")


def _take(stream: BinaryIO, path: Path) -> bool:
    """Lock an open file; return whether that is possible, and the path still leads to it."""
    with _convert_os_errors(path):
        return _try_lock(stream.fileno()) and _is_same_file(stream.fileno(), path)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_same_file(descriptor: int, path: Path) -> bool:
    """Return whether the path still leads to the open file: an edit replaces it."""
    return os.path.samestat(os.fstat(descriptor), path.stat())


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


@contextmanager
def _write_temporary(target: Path, content: bytes) -> Iterator[Path]:
    """Write a file beside the target, with its mode and owner; remove it unless it was renamed."""
    stat = target.stat()
    descriptor, name = tempfile.mkstemp(prefix=TEMPORARY_PREFIX, dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            if (stat.st_uid, stat.st_gid) != (os.geteuid(), os.getegid()):
                os.fchown(descriptor, stat.st_uid, stat.st_gid)
            os.fchmod(descriptor, stat.st_mode & 0o7777)
            stream.flush()
            os.fsync(descriptor)
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _convert_os_errors(path: Path) -> Iterator[None]:
    """Turn every OSError of the block into ScheduleFileError."""
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        hint = "Allow writing to the file and its folder."
        if error.errno == errno.EBUSY:
            # A file that is mounted alone, as into a container, cannot be renamed over.
            reason, hint = "a single mounted file cannot be replaced", "Mount the folder instead."
        elif error.errno == errno.EPERM:
            hint = "Run the command as the owner of the file."
        elif error.errno in {errno.ENOSPC, errno.EDQUOT}:
            hint = "Free some space."
        raise ScheduleFileError(f"{path}: {reason}; nothing was written. {hint}") from None
