"""What an export knows of a show that it has written, without loading its schedule."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from defects_ical.export.atomic_files import SAFE_PATH, FileStamp
from defects_ical.shows.loader import ShowIdentity

SHOW_MANIFEST_FILE: Final = ".defects-ical-show.json"
SUMMARY_FILE: Final = ".defects-ical-summary.json"
"""The show's summary, which is read only if the files at the root change."""


@dataclass(frozen=True, slots=True)
class ShowManifest:
    """A show's inputs, its identity, and the files that an export wrote for it.

    ``source`` is the schedule's path in the folder of schedules; ``digest`` is the SHA-256 of its
    content, ``picture`` the name of its picture, ``platforms`` are ids. ``fingerprint`` identifies
    all inputs; it is empty while an export writes. ``files`` are relative to the show's folder.
    """

    source: str
    digest: str
    picture: str | None
    platforms: tuple[str, ...]
    fingerprint: str
    identity: ShowIdentity
    files: dict[str, FileStamp]

    @classmethod
    def read(cls, folder: Path) -> ShowManifest | None:
        """Return the manifest of a show's folder; None if there is none, or if it is damaged."""
        try:
            manifest = _ADAPTER.validate_json((folder / SHOW_MANIFEST_FILE).read_bytes())
        except (OSError, ValidationError):
            return None
        return manifest if all(map(SAFE_PATH.fullmatch, manifest.files)) else None

    def to_json(self) -> bytes:
        """Return the content of the manifest's file."""
        return _ADAPTER.dump_json(self)

    def mark_unfinished(self, before: ShowManifest | None) -> ShowManifest:
        """Return the manifest to have while files are written: all of both, no fingerprint."""
        files = {**(before.files if before else {}), **self.files}
        return replace(self, files=files, fingerprint="")

    def is_intact(self, folder: Path) -> bool:
        """Return whether every file still is as it was written, by its size and time."""
        prefix = f"{folder}/"
        try:
            # Strings, not Path objects: a thousand shows have 42,000 files.
            os.lstat(f"{prefix}{SUMMARY_FILE}")
            stats = [os.lstat(f"{prefix}{name}") for name in self.files]
        except OSError:
            return False
        return all(
            stat.st_mtime_ns == modified and stat.st_size == size
            for stat, (size, modified) in zip(stats, self.files.values(), strict=True)
        )


_ADAPTER: Final = TypeAdapter(ShowManifest)
