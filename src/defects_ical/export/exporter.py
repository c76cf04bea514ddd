"""Write a site as files: no file is ever half written, and only changed files are replaced.

A manifest in the folder lists the files that exports wrote. An export first adds every path that
it will write to the manifest, then writes the files, removes those that are no longer part of the
site, and finally writes the new manifest. If it is killed in between, the next export knows which
files it may replace, and finishes.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from defects_ical.content.links.site_url import SiteURL, name_file
from defects_ical.errors import ExportError
from defects_ical.export import atomic_files
from defects_ical.export.atomic_files import SAFE_PATH
from defects_ical.export.headers_file import HEADERS_FILE, format_headers
from defects_ical.site.build import Site

MANIFEST_FILE: Final = ".defects-ical.json"
ROOT_MANIFEST_FILE: Final = ".defects-ical-site.json"
"""The manifest of a site of several shows."""

PreWriteCheck: TypeAlias = Callable[[Mapping[str, bytes]], None]
"""Called before an export writes, with the content of the folder's managed files by site path."""


@dataclass(frozen=True, slots=True)
class ExportResult:
    """How many files an export wrote, left unchanged, and removed."""

    written: int
    unchanged: int
    removed: int


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
        return cls(digests, fingerprint)

    def write(self, folder: Path) -> None:
        """Write this manifest to a folder, in place of an earlier one."""
        content = {
            "written by": "defects-ical",
            "fingerprint": self.fingerprint,
            "files": dict(sorted(self.digests.items())),
        }
        body = json.dumps(content, indent=1).encode() + b"\n"
        atomic_files.replace_file(folder, MANIFEST_FILE, body)


def export_site(
    site: Site,
    site_url: SiteURL,
    folder: Path,
    check: PreWriteCheck | None = None,
    fingerprint: str = "",
) -> ExportResult:
    """Write the site to ``folder``: a new or empty folder, or one with an earlier export.

    An error that ``check`` raises prevents the export. ``fingerprint`` identifies the inputs of
    the site; it is stored for ``check_up_to_date``.

    Raises ExportError without writing anything if the folder, or a file that would be replaced,
    is not managed by exports. Also raises it for errors of the operating system; even then no
    file is half written.
    """
    with convert_os_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with atomic_files.lock_folder(folder):
            return _write_files(_collect_files(site, site_url), folder, check, fingerprint)


def check_up_to_date(folder: Path, fingerprint: str) -> ExportResult | None:
    """Return the result of an export that has nothing to do, or None if an export is needed.

    It has nothing to do if the folder's manifest has this fingerprint and every file has the
    content that the manifest lists. Raises ExportError like ``export_site``.
    """
    with convert_os_errors(folder):
        if not fingerprint or not (folder / MANIFEST_FILE).is_file():
            return None
        with atomic_files.lock_folder(folder):
            manifest = Manifest.read(folder)
            interrupted = (folder / atomic_files.TEMPORARY_FILE).exists()
            if interrupted or fingerprint != manifest.fingerprint:
                return None
            files = manifest.digests.items()
            _refuse_unmanaged_files(manifest.digests, manifest, folder)
            unmodified = all(_is_unmodified(folder / path, digests) for path, digests in files)
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


def _collect_files(site: Site, site_url: SiteURL) -> dict[str, bytes]:
    """Return the content of every file by its path in the folder."""
    files = {name_file(path): each.body for path, each in site.items()}
    # Without `.nojekyll`, GitHub Pages does not publish files that begin with an underscore.
    return files | {".nojekyll": b"", HEADERS_FILE: format_headers(site, site_url).encode()}


def _write_files(
    files: Mapping[str, bytes], folder: Path, check: PreWriteCheck | None, fingerprint: str
) -> ExportResult:
    before = Manifest.read(folder)
    _refuse_unmanaged_files(files, before, folder)
    found = {path: atomic_files.read_file(folder / path) for path in before.digests}
    if check:
        check({f"/{path}": body for path, body in found.items() if body is not None})
    (folder / atomic_files.TEMPORARY_FILE).unlink(missing_ok=True)
    changed = {path: body for path, body in files.items() if found.get(path) != body}
    after = Manifest({path: (_compute_digest(body),) for path, body in files.items()}, fingerprint)
    if not changed and before == after:
        return ExportResult(0, len(files), 0)
    before.merge(after).write(folder)
    for path, body in changed.items():
        atomic_files.replace_file(folder, path, body)
    atomic_files.sync_directories(folder, files)
    removed = _remove_stale_files(folder, before, files)
    after.write(folder)
    atomic_files.sync_directories(folder, [*files, *removed])
    return ExportResult(len(changed), len(files) - len(changed), len(removed))


def _refuse_unmanaged_files(paths: Collection[str], manifest: Manifest, folder: Path) -> None:
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


def _remove_stale_files(folder: Path, before: Manifest, files: Collection[str]) -> list[str]:
    """Remove files that are no longer part of the site and were not edited; return their paths."""
    stale = [
        path
        for path, digests in before.digests.items()
        if path not in files and _is_unmodified(folder / path, digests)
    ]
    for path in stale:
        (folder / path).unlink()
    return stale


def _is_unmodified(path: Path, digests: Collection[str]) -> bool:
    """Return whether a file has content that an export wrote."""
    body = atomic_files.read_file(path)
    return body is not None and _compute_digest(body) in digests


def _compute_digest(body: bytes) -> str:
    """Return the SHA-256 of a file's content, in hexadecimal."""
    return hashlib.sha256(body).hexdigest()
