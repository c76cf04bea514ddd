"""Read and write the manifest: which files of a folder an export wrote."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from defects_ical.errors import ExportError
from defects_ical.export.atomic_files import TEMPORARY_FILE, replace_file

MANIFEST_FILE: Final = ".defects-ical.json"
# An edited manifest must not make an export write or delete outside its folder.
_SAFE_PATH: Final = re.compile(r"(?!\.\.?(/|$))[\w.-]+(/(?!\.\.?(/|$))[\w.-]+)?")


@dataclass(frozen=True, slots=True)
class Manifest:
    """The files that exports wrote to a folder.

    ``digests`` maps each path to the SHA-256 of what was written there: one digest, or two while
    an export replaces the file. ``fingerprint`` identifies the inputs of the site; it is empty if
    they are unknown or an export did not finish.
    """

    digests: Mapping[str, tuple[str, ...]]
    fingerprint: str = ""

    def merge(self, other: Manifest) -> Manifest:
        """Return a manifest of the files of both, without a fingerprint."""
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
            fingerprint = str(content.get("fingerprint", ""))
        except FileNotFoundError:
            if any(entry.name != TEMPORARY_FILE for entry in folder.iterdir()):
                message = "not empty, and not written by defects-ical. Use a new or empty folder."
                raise ExportError(f"{folder}: {message}") from None
            return cls({})
        except (ValueError, LookupError, AttributeError, TypeError, RecursionError):
            raise damage from None
        if not all(map(_SAFE_PATH.fullmatch, digests)):
            raise damage
        return cls(digests, fingerprint)

    def write(self, folder: Path) -> None:
        """Replace the manifest of a folder."""
        content = {
            "written by": "defects-ical",
            "fingerprint": self.fingerprint,
            "files": dict(sorted(self.digests.items())),
        }
        replace_file(folder, MANIFEST_FILE, json.dumps(content, indent=1).encode() + b"\n")


def compute_digest(body: bytes) -> str:
    """Return the SHA-256 of a file's content, in hexadecimal."""
    return hashlib.sha256(body).hexdigest()
