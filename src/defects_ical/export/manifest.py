"""The manifest of an exported folder: which files exports wrote, and from which inputs.

It needs no schedule, so that an export finds out that it has nothing to do before one is loaded.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from defects_ical.errors import ExportError
from defects_ical.export import atomic_files
from defects_ical.export.atomic_files import SAFE_PATH

MANIFEST_FILE: Final = ".defects-ical.json"
ROOT_MANIFEST_FILE: Final = ".defects-ical-site.json"
"""The manifest of a site of several shows."""


@dataclass(frozen=True, slots=True)
class ExportResult:
    """How many files an export wrote, left unchanged, and removed."""

    written: int
    unchanged: int
    removed: int

    def __str__(self) -> str:
        return f"{self.written} written, {self.unchanged} unchanged, {self.removed} removed"


class Inputs(NamedTuple):
    """What a site was built from.

    ``fingerprint`` identifies all of it; it is empty if that is unknown, or if an export did not
    finish. ``picture`` is the name of the file next to the schedule that it depends on, too.
    """

    fingerprint: str = ""
    picture: str | None = None


UNKNOWN: Final = Inputs()


@dataclass(frozen=True, slots=True)
class Manifest:
    """The files that exports wrote to a folder, and from what.

    ``digests`` maps each path to the SHA-256 of what was written there: one digest, or two while
    an export replaces the file.
    """

    digests: Mapping[str, tuple[str, ...]]
    inputs: Inputs = UNKNOWN

    def merge(self, other: Manifest) -> Manifest:
        """Return a manifest of the files of both, without inputs."""
        paths = {**self.digests, **other.digests}
        return Manifest(
            {path: self.digests.get(path, ()) + other.digests.get(path, ()) for path in paths}
        )

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Return the manifest of a folder; an empty one for an empty folder.

        Raises ExportError if it is damaged, or if there is none and the folder is not empty.
        """
        damage = ExportError(f"{folder / MANIFEST_FILE}: damaged. Export to a new folder.")
        try:
            content = json.loads((folder / MANIFEST_FILE).read_bytes())
            digests = {path: tuple(map(str, each)) for path, each in content["files"].items()}
            picture = content.get("picture")
            inputs = Inputs(str(content.get("fingerprint", "")), picture and str(picture))
        except FileNotFoundError:
            if (folder / ROOT_MANIFEST_FILE).exists():
                message = "has the site of several schedules. Export them with --schedule DIR."
                raise ExportError(f"{folder}: {message} Or use another folder.") from None
            if any(entry.name != atomic_files.TEMPORARY_FILE for entry in folder.iterdir()):
                message = "not empty, and not written by defects-ical. Use a new or empty folder."
                raise ExportError(f"{folder}: {message}") from None
            return cls({})
        except (ValueError, LookupError, AttributeError, TypeError, RecursionError):
            raise damage from None
        if not all(map(SAFE_PATH.fullmatch, digests)):
            raise damage
        return cls(digests, inputs)

    def write(self, folder: Path) -> None:
        """Write this manifest to a folder, in place of an earlier one."""
        content = {
            "written by": "defects-ical",
            "fingerprint": self.inputs.fingerprint,
            **({"picture": self.inputs.picture} if self.inputs.picture else {}),
            "files": dict(sorted(self.digests.items())),
        }
        body = json.dumps(content, indent=1).encode() + b"\n"
        atomic_files.replace_file(folder, MANIFEST_FILE, body)


def check_up_to_date(
    folder: Path, identify: Callable[[str | None], str | None]
) -> ExportResult | None:
    """Return the result of an export that has nothing to do, or None if an export is needed.

    ``identify`` returns the fingerprint of the inputs, given the name of the picture that they
    had at the last export. There is nothing to do if it is that of the folder's manifest, and
    every file has the content that the manifest lists. Raises ExportError like ``export_site``.
    """
    with convert_os_errors(folder):
        if not (folder / MANIFEST_FILE).is_file():
            return None
        with atomic_files.lock_folder(folder):
            manifest = Manifest.read(folder)
            interrupted = (folder / atomic_files.TEMPORARY_FILE).exists()
            fingerprint, picture = manifest.inputs
            if interrupted or not fingerprint or identify(picture) != fingerprint:
                return None
            files = manifest.digests.items()
            refuse_unmanaged_files(manifest.digests, manifest, folder)
            unmodified = all(is_unmodified(folder / path, digests) for path, digests in files)
            return ExportResult(0, len(files), 0) if unmodified else None


@contextmanager
def convert_os_errors(folder: Path) -> Iterator[None]:
    """Raise ExportError for an error of the operating system."""
    try:
        yield
    except (FileExistsError, NotADirectoryError) as error:
        raise ExportError(f"{error.filename}: not a folder. Use another path.") from None
    except OSError as error:
        path, reason = error.filename or folder, os.strerror(error.errno or 0)
        raise ExportError(f"{path}: {reason}. Fix this, or use another folder.") from None


def refuse_unmanaged_files(paths: Collection[str], manifest: Manifest, folder: Path) -> None:
    """Raise ExportError for a file in the way of one of ``paths`` that no export wrote.

    Also for anything but a folder in place of a subfolder, so that no export writes or deletes
    through a symbolic link.
    """
    for path in {*paths, *manifest.digests}:
        target = folder / path
        in_the_way = target.is_dir() if path in manifest.digests else os.path.lexists(target)
        if path in paths and in_the_way:
            raise ExportError(f"{target}: not written by defects-ical. Move it elsewhere.")
        for name in [*Path(path).parents][:-1]:
            parent = folder / name
            if parent.is_symlink() or (parent.exists() and not parent.is_dir()):
                raise ExportError(f"{parent}: must be a folder. Move the file elsewhere.")


def is_unmodified(path: Path, digests: Collection[str]) -> bool:
    """Return whether a file has content that an export wrote."""
    body = atomic_files.read_file(path)
    return body is not None and compute_digest(body) in digests


def compute_digest(body: bytes) -> str:
    """Return the SHA-256 of a file's content, in hexadecimal."""
    return hashlib.sha256(body).hexdigest()
