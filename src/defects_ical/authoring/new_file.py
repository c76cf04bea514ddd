"""Create a schedule file that appears only when it is complete and checked."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from defects_ical.errors import ScheduleFileError


@contextmanager
def open_draft(path: Path) -> Iterator[Path]:
    """Provide a path on the file system of ``path``, and remove what is there afterwards.

    Turns every OSError of the block into ScheduleFileError.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=".defects-ical-", dir=path.parent) as folder:
            yield Path(folder) / "schedule.yaml"
    except FileExistsError:
        raise ScheduleFileError(f"{path}: already exists. Choose another file.") from None
    except FileNotFoundError:
        message = f"{path.parent}: this folder does not exist. Create it first."
        raise ScheduleFileError(message) from None
    except OSError as error:
        message = f"{path}: {os.strerror(error.errno or 0)}. Fix this, or choose another file."
        raise ScheduleFileError(message) from None


def check_is_new(path: Path) -> None:
    """Raise ScheduleFileError if a file cannot be created at a path, as far as can be seen."""
    with open_draft(path):
        if path.exists() or path.is_symlink():
            raise FileExistsError


def write_draft(draft: Path, text: str) -> None:
    """Write the text of a draft to disk."""
    with draft.open("xb") as stream:
        stream.write(text.encode())
        stream.flush()
        os.fsync(stream.fileno())


def publish_draft(draft: Path, path: Path) -> None:
    """Give a draft the name ``path``; raise FileExistsError if a file has it already."""
    # Unlike a rename, a link never replaces a file, even one created in the meantime.
    os.link(draft, path)
