"""Write a site as files: no file is ever half written, and only changed files are replaced.

A manifest in the folder lists the files that exports wrote. An export first adds every path that
it will write to the manifest, then writes the files, removes those that are no longer part of the
site, and finally writes the new manifest. If it is killed in between, the next export knows which
files it may replace, and finishes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TypeAlias

from defects_ical.content.links.site_url import SiteURL, name_file
from defects_ical.export import atomic_files
from defects_ical.export.headers_file import HEADERS_FILE, format_headers
from defects_ical.export.manifest import (
    UNKNOWN,
    ExportResult,
    Inputs,
    Manifest,
    compute_digest,
    convert_os_errors,
    is_unmodified,
    refuse_unmanaged_files,
)
from defects_ical.site.build import Site

PreWriteCheck: TypeAlias = Callable[[Mapping[str, bytes]], None]
"""Called before an export writes, with the content of the folder's managed files by site path."""


def export_site(
    site: Site,
    site_url: SiteURL,
    folder: Path,
    check: PreWriteCheck | None = None,
    inputs: Inputs = UNKNOWN,
) -> ExportResult:
    """Write the site to ``folder``: a new or empty folder, or one with an earlier export.

    An error that ``check`` raises prevents the export. ``inputs`` are stored for
    ``check_up_to_date``.

    Raises ExportError without writing anything if the folder, or a file that would be replaced,
    is not managed by exports. Also raises it for errors of the operating system; even then no
    file is half written.
    """
    with convert_os_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with atomic_files.lock_folder(folder):
            return _write_files(_collect_files(site, site_url), folder, check, inputs)


def _collect_files(site: Site, site_url: SiteURL) -> dict[str, bytes]:
    """Return the content of every file by its path in the folder."""
    files = {name_file(path): each.body for path, each in site.items()}
    # Without `.nojekyll`, GitHub Pages does not publish files that begin with an underscore.
    return files | {".nojekyll": b"", HEADERS_FILE: format_headers(site, site_url).encode()}


def _write_files(
    files: Mapping[str, bytes], folder: Path, check: PreWriteCheck | None, inputs: Inputs
) -> ExportResult:
    before = Manifest.read(folder)
    refuse_unmanaged_files(files, before, folder)
    found = {path: atomic_files.read_file(folder / path) for path in before.digests}
    if check:
        check({f"/{path}": body for path, body in found.items() if body is not None})
    (folder / atomic_files.TEMPORARY_FILE).unlink(missing_ok=True)
    changed = {path: body for path, body in files.items() if found.get(path) != body}
    after = Manifest({path: (compute_digest(body),) for path, body in files.items()}, inputs)
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


def _remove_stale_files(folder: Path, before: Manifest, files: Collection[str]) -> list[str]:
    """Remove files that are no longer part of the site and were not edited; return their paths."""
    stale = [
        path
        for path, digests in before.digests.items()
        if path not in files and is_unmodified(folder / path, digests)
    ]
    for path in stale:
        (folder / path).unlink()
    return stale
