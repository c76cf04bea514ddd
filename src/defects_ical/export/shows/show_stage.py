"""Build the site of one show, and write what differs from the folder aside.

Nothing goes live here: an export first stages every show, and writes nothing if one is refused.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from defects_ical.catalog.summary import ShowSummary, summarize_show
from defects_ical.content.build_cache import BuildCache
from defects_ical.content.links.site_url import SiteURL, name_file
from defects_ical.content.site_input import SiteInput
from defects_ical.errors import ExportError
from defects_ical.export.atomic_files import FileStamp, read_file, stamp_file
from defects_ical.export.shows.show_manifest import SHOW_MANIFEST_FILE, SUMMARY_FILE, ShowManifest
from defects_ical.model.schedule import Schedule
from defects_ical.model.yaml.reader import MAX_BYTES
from defects_ical.schedule.loader import MAX_PICTURE_BYTES
from defects_ical.shows.loader import ShowIdentity, load_show
from defects_ical.shows.settings import SiteSettings
from defects_ical.site.build import Site, build_site
from defects_ical.site.fingerprint import compute_fingerprint
from defects_ical.text.languages import DEFAULT_LANGUAGE
from defects_ical.text.translations import Translated

STAGE_FOLDER: Final = ".defects-ical.new"
SHARED_FOLDER: Final = "shared"
# Scripts and style sheets are the same for many shows.
STATIC_SUFFIXES: Final = (".js", ".css", ".svg")


class Verdict(NamedTuple):
    """Why a show cannot go live, and what its maintainer should know.

    An error has a message, and a hint that says how to fix it; a warning is one text, and so is
    each of the ``changes`` that subscribers see.
    """

    errors: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()


ShowCheck: TypeAlias = Callable[[Mapping[str, bytes], Site, Schedule], Verdict]
"""Compares the show's published files, by site path, with the site that would replace them."""


@dataclass(frozen=True, slots=True)
class ExportTarget:
    """The folder that an export writes to, and the URL at which it is public."""

    folder: Path
    site_url: SiteURL

    def get_show_url(self, slug: str) -> SiteURL:
        """Return the URL of a show's own site."""
        return self.site_url.below(slug)


@dataclass(frozen=True, slots=True)
class StagedShow:
    """A show that can go live: its files that differ are in ``stage``, with their final times.

    ``removed`` are files of the show that are no longer part of it.
    """

    manifest: ShowManifest
    summary: ShowSummary
    before: ShowManifest | None
    stage: Path
    written: tuple[str, ...]
    removed: tuple[str, ...]
    verdict: Verdict

    @property
    def slug(self) -> str:
        """The slug of the show."""
        return self.summary.slug


class ShowSource(NamedTuple):
    """A schedule in a folder of schedules; ``name`` is its path in that folder."""

    path: Path
    name: str


@dataclass(frozen=True)
class ShowStager:
    """Stages shows of one site."""

    settings: SiteSettings
    target: ExportTarget
    check: ShowCheck

    def stage_show(
        self, source: ShowSource, number: int, cache: BuildCache | None = None
    ) -> StagedShow:
        """Build a show and write what differs to a folder with this number.

        Nothing is written if the check finds an error. Raises ScheduleError for an invalid
        schedule, ExportError if a file that no export wrote is in the way.
        """
        schedule = load_show(source.path, self.settings)
        url = self.target.get_show_url(schedule.show.slug)
        folder = self.target.folder / schedule.show.slug
        before = _read_manifest(folder)
        site = build_site(schedule, url, cache)
        bodies = {name_file(path): each.body for path, each in site.items()}
        _refuse_unmanaged_files(folder, bodies, before)
        published = _read_files(folder, before)
        verdict = self.check({f"/{name}": each for name, each in published.items()}, site, schedule)
        changed = {name: body for name, body in bodies.items() if published.get(name) != body}
        stage = self.target.folder / STAGE_FOLDER / str(number)
        stamps = {} if verdict.errors else _write_files(stage, changed)
        manifest = self._describe(source, schedule, url)
        summary = summarize_show(SiteInput(schedule, url), self.settings.languages)
        for name in () if verdict.errors else bodies:
            manifest.files[name] = stamps.get(name) or _get_stamp(folder / name)
        if not verdict.errors:
            (stage / SUMMARY_FILE).write_bytes(summary.to_json())
            (stage / SHOW_MANIFEST_FILE).write_bytes(manifest.to_json())
        removed = tuple(name for name in (before.files if before else {}) if name not in bodies)
        return StagedShow(manifest, summary, before, stage, tuple(changed), removed, verdict)

    def is_current(self, manifest: ShowManifest, path: Path) -> bool:
        """Return whether a show was made of these inputs, without loading its schedule."""
        content, picture = _read_file(path, MAX_BYTES), None
        if manifest.picture:
            picture = _read_file(path.with_name(manifest.picture), MAX_PICTURE_BYTES)
        if content is None or (manifest.picture and picture is None):
            return False
        url, digest = (
            self.target.get_show_url(manifest.identity.slug),
            hashlib.sha256(content).hexdigest(),
        )
        shared = self._describe_platforms(manifest.platforms)
        return manifest.fingerprint == _fingerprint_show(digest, picture, shared, url)

    def _describe(self, source: ShowSource, schedule: Schedule, url: SiteURL) -> ShowManifest:
        """Return the manifest of a show, as yet without files."""
        platforms = tuple(schedule.platforms)
        shared = self._describe_platforms(platforms)
        return ShowManifest(
            source=source.name,
            digest=schedule.digest,
            picture=schedule.show.picture,
            platforms=platforms,
            fingerprint=_fingerprint_show(schedule.digest, schedule.picture, shared, url),
            identity=ShowIdentity.of(schedule, source.name),
            files={},
        )

    def _describe_platforms(self, names: Iterable[str]) -> str:
        """Return what a show may take from the settings: shared platforms, and languages."""
        shared = [(name, self.settings.platforms.get(name)) for name in names]
        found = repr([(name, repr(each)) for name, each in shared])
        if self.settings.languages == (DEFAULT_LANGUAGE,):
            return found
        # An edited translation is not in the text of what it translates.
        platforms = [each for _, each in shared if each]
        texts = [text for each in platforms for text in (each.name, each.region)]
        translations = [dict(each.translations) for each in texts if isinstance(each, Translated)]
        return f"{found}{self.settings.languages}{translations}"


def _fingerprint_show(digest: str, picture: bytes | None, shared: str, url: SiteURL) -> str:
    parts = (digest.encode(), picture or b"", shared.encode(), str(url).encode())
    return compute_fingerprint(*parts)


def _read_file(path: Path, max_bytes: int) -> bytes | None:
    """Return the content of a regular file that is not too large, or None."""
    try:
        # Opening a pipe would wait for a writer.
        if not path.is_file() or path.stat().st_size > max_bytes:
            return None
        return path.read_bytes()
    except OSError:
        return None


def _read_manifest(folder: Path) -> ShowManifest | None:
    """Return the manifest of a show's folder; raise ExportError if the folder is not ours."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise ExportError(f"{folder}: must be a folder. Move the file elsewhere.")
    manifest = ShowManifest.read(folder)
    is_ours = (folder / SHOW_MANIFEST_FILE).exists()
    if not (manifest or is_ours) and folder.exists() and any(folder.iterdir()):
        message = "not written by defects-ical. Move it elsewhere, or use another folder."
        raise ExportError(f"{folder}: {message}")
    return manifest


def _refuse_unmanaged_files(
    folder: Path, names: Collection[str], before: ShowManifest | None
) -> None:
    """Raise ExportError for a file in the way that no export wrote, or a link to a folder."""
    # Without a readable manifest, all of our names are.
    is_damaged = before is None and (folder / SHOW_MANIFEST_FILE).exists()
    managed = before.files if before else {}
    for name in names:
        target = folder / name
        if name not in managed and not is_damaged and (target.exists() or target.is_symlink()):
            raise ExportError(f"{target}: not written by defects-ical. Move it elsewhere.")
        for parent in [*Path(name).parents][:-1]:
            if (folder / parent).is_symlink():
                raise ExportError(f"{folder / parent}: must be a folder. Move the file elsewhere.")


def _read_files(folder: Path, before: ShowManifest | None) -> dict[str, bytes]:
    """Return the content of the files that an export wrote, as far as they are there."""
    names = before.files if before else {}
    bodies = ((name, read_file(folder / name)) for name in names)
    return {name: body for name, body in bodies if body is not None}


def _write_files(stage: Path, bodies: Mapping[str, bytes]) -> dict[str, FileStamp]:
    # An earlier attempt may have ended in the middle.
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    for folder in {(stage / name).parent for name in bodies}:
        folder.mkdir(parents=True, exist_ok=True)
    for name, body in bodies.items():
        if name.endswith(STATIC_SUFFIXES):
            _write_shared(stage, name, body)
        else:
            (stage / name).write_bytes(body)
    return {name: _get_stamp(stage / name) for name in bodies}


def _write_shared(stage: Path, name: str, body: bytes) -> None:
    """Write a file that other shows may have, too: all of them are links to one file."""
    shared = stage.parent / SHARED_FOLDER / hashlib.sha256(body).hexdigest()
    try:
        os.link(shared, stage / name)
    except OSError:
        # The first of its kind, or a file system without links.
        (stage / name).write_bytes(body)
        with suppress(OSError):
            shared.parent.mkdir(exist_ok=True)
            os.link(stage / name, shared)


def _get_stamp(path: Path) -> FileStamp:
    stamp = stamp_file(path)
    if stamp is None:
        raise ExportError(f"{path}: removed during the export. Export again.")
    return stamp
