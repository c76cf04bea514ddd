"""Put the files of a staged show in place, and remove the files of a show that is gone.

A new show appears as a whole, by one rename. Of a show that is there, each file is replaced by a
rename; before that, the manifest lists the old files and the new ones, so that an export after a
kill knows them all.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from defects_ical.export.atomic_files import FileStamp, stamp_file
from defects_ical.export.shows.show_manifest import SHOW_MANIFEST_FILE, SUMMARY_FILE, ShowManifest
from defects_ical.export.shows.show_stage import StagedShow


def commit_show(staged: StagedShow, target: Path) -> None:
    """Put the files of a staged show in place, in the folder ``target`` of the site."""
    folder = target / staged.slug
    if not folder.exists():
        # os.rename also replaces an empty folder.
        staged.stage.rename(folder)
        return
    manifest = folder / SHOW_MANIFEST_FILE
    unfinished = staged.stage / f"{SHOW_MANIFEST_FILE}.unfinished"
    unfinished.write_bytes(staged.manifest.mark_unfinished(staged.before).to_json())
    unfinished.replace(manifest)
    for parent in {(folder / name).parent for name in staged.written}:
        parent.mkdir(parents=True, exist_ok=True)
    for name in (*staged.written, SUMMARY_FILE):
        (staged.stage / name).replace(folder / name)
    if staged.before:
        _remove_files(folder, staged.removed, staged.before.files)
    (staged.stage / SHOW_MANIFEST_FILE).replace(manifest)
    shutil.rmtree(staged.stage)


def remove_show(target: Path, slug: str) -> int:
    """Remove the files of a show that nobody has edited; return their number."""
    folder = target / slug
    manifest = ShowManifest.read(folder)
    if manifest is None:
        return 0
    removed = _remove_files(folder, manifest.files, manifest.files)
    for name in (SUMMARY_FILE, SHOW_MANIFEST_FILE):
        (folder / name).unlink(missing_ok=True)
    with suppress(OSError):
        folder.rmdir()
    return removed


def _remove_files(folder: Path, names: Iterable[str], stamps: Mapping[str, FileStamp]) -> int:
    """Remove files that still have their size, and folders that become empty.

    Not only files with their time: a copy of the folder has other ones.
    """
    found = {name: stamp_file(folder / name) for name in names}
    unedited = [name for name, each in found.items() if each and each.size == stamps[name].size]
    for name in unedited:
        os.unlink(folder / name)  # noqa: PTH108 - many files
    parents = {parent for name in unedited for parent in Path(name).parents} - {Path()}
    # The deepest first.
    for parent in sorted(parents, key=lambda each: len(each.parts), reverse=True):
        with suppress(OSError):
            (folder / parent).rmdir()
    return len(unedited)
