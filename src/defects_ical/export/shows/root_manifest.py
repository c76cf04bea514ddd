"""What an export knows of a site of several shows: its shows, and the files at its root."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from defects_ical.errors import ExportError
from defects_ical.export.atomic_files import SAFE_PATH, TEMPORARY_FILE, FileStamp
from defects_ical.export.manifest import MANIFEST_FILE, ROOT_MANIFEST_FILE
from defects_ical.export.shows.show_stage import STAGE_FOLDER
from defects_ical.text.languages import DEFAULT_LANGUAGE

_OWN_FILES: Final = {TEMPORARY_FILE, STAGE_FOLDER, ROOT_MANIFEST_FILE}


@dataclass(frozen=True, slots=True)
class RootManifest:
    """The shows of an exported site by slug, each with the fingerprint of its inputs.

    ``files`` are those at the root; ``fingerprint`` identifies what they were made of, and is
    empty while an export writes. ``feeds`` has the same for each combined feed, by its name.
    ``kept`` are the files of feeds that are no longer part of the site. ``language`` is the main
    one of the site.
    """

    shows: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, FileStamp] = field(default_factory=dict)
    fingerprint: str = ""
    feeds: Mapping[str, str] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    language: str = DEFAULT_LANGUAGE

    @classmethod
    def read(cls, folder: Path) -> RootManifest:
        """Return the manifest of a folder; an empty one for an empty folder.

        Raises ExportError if it is damaged, or if the folder has other files but no manifest.
        """
        try:
            manifest = _ADAPTER.validate_json((folder / ROOT_MANIFEST_FILE).read_bytes())
        except FileNotFoundError:
            cls._refuse_other_folder(folder)
            return cls()
        except ValidationError:
            message = "damaged. Export to a new folder."
            raise ExportError(f"{folder / ROOT_MANIFEST_FILE}: {message}") from None
        if not all(map(SAFE_PATH.fullmatch, (*manifest.files, *manifest.shows))):
            message = "damaged. Export to a new folder."
            raise ExportError(f"{folder / ROOT_MANIFEST_FILE}: {message}")
        return manifest

    @staticmethod
    def _refuse_other_folder(folder: Path) -> None:
        names = {each.name for each in folder.iterdir()} - _OWN_FILES
        if MANIFEST_FILE in names:
            message = "has the site of one schedule. Use another folder for several."
            raise ExportError(f"{folder}: {message}")
        if names:
            message = "not empty, and not written by defects-ical. Use a new or empty folder."
            raise ExportError(f"{folder}: {message}")

    def to_json(self) -> bytes:
        """Return the content of the manifest's file."""
        return _ADAPTER.dump_json(self)


_ADAPTER: Final = TypeAdapter(RootManifest)
