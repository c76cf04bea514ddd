"""The exported folder of a site of several shows: what is in it, and how it changes."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from defects_ical.catalog.catalog import Catalog, CombinedFeed
from defects_ical.catalog.combined_feeds import Parts
from defects_ical.catalog.feed_checks import check_named_feeds
from defects_ical.catalog.root_files import list_paths, list_root_paths, render_root_files
from defects_ical.catalog.show_feeds import ShowFeeds
from defects_ical.catalog.summary import ShowSummary
from defects_ical.content.build_cache import BuildCache
from defects_ical.content.links.feeds import REMINDERS_PATH
from defects_ical.content.links.site_url import name_file
from defects_ical.errors import ExportError, Problem
from defects_ical.export.atomic_files import FileStamp, read_file, stamp_file, swap_file
from defects_ical.export.headers_file import FEED_SUFFIX, HEADERS_FILE, format_site_headers
from defects_ical.export.manifest import ROOT_MANIFEST_FILE
from defects_ical.export.shows.root_manifest import RootManifest
from defects_ical.export.shows.show_commit import commit_show, remove_show
from defects_ical.export.shows.show_manifest import SUMMARY_FILE, ShowManifest
from defects_ical.export.shows.show_stage import STAGE_FOLDER, ExportTarget, StagedShow
from defects_ical.shows.settings import SiteSettings
from defects_ical.site.build import pause_collection
from defects_ical.site.fingerprint import compute_fingerprint

NO_JEKYLL: Final = ".nojekyll"


class SiteFolder:
    """An exported folder, to be changed only by the process that holds its lock.

    ``shows`` are the manifests of its shows by slug, ``manifest`` is that of its root. Readers of
    the folder see each change by a new manifest of the root.
    """

    def __init__(self, target: ExportTarget) -> None:
        """Read what is in the folder; raise ExportError if it is not an exported site's."""
        self.target = target
        self.manifest = RootManifest.read(target.folder)
        with pause_collection():
            found = {slug: ShowManifest.read(target.folder / slug) for slug in self.manifest.shows}
        self.shows = {slug: manifest for slug, manifest in found.items() if manifest}
        self._summaries: dict[str, ShowSummary] = {}
        self._feeds: dict[str, dict[str, ShowFeeds]] = {}
        self._read: set[str] = set()
        self._cache = BuildCache()
        self._cached_digest: str | None = None
        self._catalog: Catalog | None = None
        self.clear_stage()

    @property
    def stage(self) -> Path:
        """The folder in which shows are staged."""
        return self.target.folder / STAGE_FOLDER

    def clear_stage(self) -> None:
        """Remove what an export that was killed, or refused, has left."""
        shutil.rmtree(self.stage, ignore_errors=True)

    def expect(self, slugs: Iterable[str], catalog: Catalog) -> None:
        """Note shows and files at the root that will be written.

        An export after a kill then knows which files are ours. Raises ExportError if a file that
        no export wrote is in the way.
        """
        names = {name_file(path) for path in list_root_paths(catalog)} | {HEADERS_FILE, NO_JEKYLL}
        for name in names - self.manifest.files.keys():
            path = self.target.folder / name
            if path.exists() or path.is_symlink():
                raise ExportError(f"{path}: not written by defects-ical. Move it elsewhere.")
        for parent in {(self.target.folder / name).parent for name in names}:
            if parent.is_symlink() or (parent.exists() and not parent.is_dir()):
                raise ExportError(f"{parent}: must be a folder. Move the file elsewhere.")
        shows = {**dict.fromkeys(slugs, ""), **self.manifest.shows}
        files = {**dict.fromkeys(names, FileStamp(0, 0)), **self.manifest.files}
        if shows.keys() != self.manifest.shows.keys() or files.keys() != self.manifest.files.keys():
            self._write_manifest(replace(self.manifest, shows=shows, files=files, fingerprint=""))

    def commit_show(self, staged: StagedShow) -> None:
        """Put a staged show in place."""
        commit_show(staged, self.target.folder)
        self.shows[staged.slug] = staged.manifest
        self._summaries[staged.slug] = staged.summary
        self._feeds.pop(staged.slug, None)
        self._read.discard(staged.slug)
        self._catalog = None

    def withdraw_show(self, slug: str) -> None:
        """Take a show out of the site; its files stay until nothing links to them."""
        for each in (self.shows, self._summaries, self._feeds):
            each.pop(slug, None)
        self._catalog = None

    def publish_shows(self) -> None:
        """Let readers of the folder see which shows it has now, and in which version.

        A show that is withdrawn is listed until its files are removed.
        """
        current = {slug: each.fingerprint for slug, each in self.shows.items()}
        shows = {**dict.fromkeys(self.manifest.shows, ""), **current}
        if shows != self.manifest.shows:
            self._write_manifest(replace(self.manifest, shows=shows, fingerprint=""))

    def build_catalog(self, settings: SiteSettings) -> Catalog:
        """Return the shows of the folder, with the settings of the site."""
        if self._catalog and self._catalog.settings is settings:
            return self._catalog
        if settings.digest != self._cached_digest:
            self._cached_digest, self._cache = settings.digest, BuildCache()
        summaries = tuple(map(self.get_summary, sorted(self.shows)))
        self._catalog = Catalog.create(settings, self.target.site_url, summaries, self._cache)
        return self._catalog

    def get_summary(self, slug: str) -> ShowSummary:
        """Return the summary of a show; read it if it was not needed yet."""
        if slug not in self._summaries:
            path = self.target.folder / slug / SUMMARY_FILE
            try:
                self._summaries[slug] = ShowSummary.from_json(path.read_bytes())
            except (OSError, ValueError):
                raise ExportError(f"{path}: damaged. Export to a new folder.") from None
        return self._summaries[slug]

    def check_language(self, settings: SiteSettings) -> Iterator[Problem]:
        """Yield the problem that the main language is another one: all feeds would change."""
        before, now = self.manifest.language, settings.languages[0]
        if self.manifest.feeds and before != now:
            message = (
                f"the main language was `{before}`, and every text would change for subscribers"
            )
            hint = f"Put `{before}` first in `languages`, or export to a new folder."
            yield settings.problem(("languages", 0), message, hint)

    def check_settings(self, settings: SiteSettings) -> Iterator[Problem]:
        """Yield why settings cannot be used for the shows of the folder."""
        yield from self.check_language(settings)
        yield from check_named_feeds(self.build_catalog(settings))

    def find_vanished_feeds(self, catalog: Catalog) -> tuple[str, ...]:
        """Return the names of combined feeds that the folder has, but the catalog has not."""
        names = {name_file(path) for path in list_root_paths(catalog)}
        reminders = {name for name in self.manifest.files if REMINDERS_PATH.search(name)}
        feeds = {name for name in self.manifest.files if name.endswith(FEED_SUFFIX)} - reminders
        return tuple(sorted(feeds - names))

    def write_root(self, settings: SiteSettings, *, keep_vanished: bool = False) -> int:
        """Write the files at the root that differ; return their number.

        Then remove the files that are no longer part of the site, and those of shows that are not:
        nothing links to them now. With ``keep_vanished``, feeds stay.
        """
        if self.is_root_current(settings, keep_vanished=keep_vanished):
            return 0
        fingerprint = self._fingerprint_root(settings)
        shows = {slug: each.fingerprint for slug, each in self.shows.items()}
        catalog = self.build_catalog(settings)
        self.expect((), catalog)
        before, written = self.manifest, 0
        feeds = {
            f"{folder}{each.feed.name}": self._fingerprint_feed(each, catalog, version)
            for folder, version in _list_versions(catalog)
            for each in version.feeds
        }
        stamps = self._list_current_feeds(catalog, feeds)
        for name, parts in self._render_root(catalog, frozenset(stamps)):
            stamp = self._get_unchanged_stamp(name, parts)
            if stamp is None:
                written += 1
                stamp = swap_file(self.target.folder, name, parts)
            stamps[name] = stamp
        kept = self._remove_files(before.files.keys() - stamps.keys(), keep_feeds=keep_vanished)
        files = {**stamps, **{name: before.files[name] for name in kept}}
        for slug in before.shows.keys() - shows.keys():
            remove_show(self.target.folder, slug)
        language = settings.languages[0]
        self._write_manifest(RootManifest(shows, files, fingerprint, feeds, kept, language))
        return written

    def is_root_current(self, settings: SiteSettings, *, keep_vanished: bool = False) -> bool:
        """Return whether there is nothing to write at the root."""
        folder, manifest = self.target.folder, self.manifest
        if self._fingerprint_root(settings) != manifest.fingerprint:
            return False
        return (keep_vanished or not manifest.kept) and all(
            stamp_file(folder / name) == each for name, each in manifest.files.items()
        )

    def is_intact(self, slug: str) -> bool:
        """Return whether the files of a show still are as they were written."""
        return self.shows[slug].is_intact(self.target.folder / slug)

    def read_feeds(self, catalog: Catalog, limit: int) -> bool:
        """Read feeds of some shows, for the next change to be fast; return whether any are left."""
        waiting = [each.slug for each in catalog.shows if each.slug not in self._read]
        for slug in waiting[:limit]:
            for version in (catalog, *catalog.others):
                feeds = self._get_feeds(slug, version)
                for each in version.feeds:
                    feeds.select(each.filter)
            self._read.add(slug)
        return len(waiting) > limit

    def _render_root(
        self, catalog: Catalog, current: Collection[str]
    ) -> Iterator[tuple[str, Parts]]:
        """Yield the name and the content of each file at the root, without ``current`` feeds."""
        names = []
        for version in (*catalog.others, catalog):
            for path, parts in self._render_language(version, current):
                names.append(path)
                yield name_file(path), parts
        yield HEADERS_FILE, (self._format_headers(names),)
        # Without `.nojekyll`, GitHub Pages does not publish files that begin with an underscore.
        yield NO_JEKYLL, ()

    def _render_language(
        self, catalog: Catalog, current: Collection[str]
    ) -> Iterator[tuple[str, Parts]]:
        """Yield the path and the content of each file in the language of a catalog."""
        feeds = {each.slug: self._get_feeds(each.slug, catalog) for each in catalog.shows}
        folder = f"/{catalog.words.code}" if catalog.main else ""

        def is_current(combined: CombinedFeed) -> bool:
            return name_file(f"{folder}{combined.feed.path}") in current

        for path, parts in render_root_files(catalog, feeds, is_current):
            yield f"{folder}{path}", parts

    def _format_headers(self, root_paths: Iterable[str]) -> bytes:
        files = {slug: each.files for slug, each in self.shows.items()}
        return format_site_headers(root_paths, files, self.target.site_url).encode()

    def _get_feeds(self, slug: str, catalog: Catalog) -> ShowFeeds:
        """Return the feeds of a show in the language of a catalog; else in its main one."""
        summary, versions = self.get_summary(slug), self._feeds.setdefault(slug, {})
        folder = summary.in_language(catalog.words.code).folder if catalog.main else summary.folder
        if folder not in versions:
            # Filters name genres as in the main language.
            read = partial(_read_feed, self.target.folder / slug / folder)
            versions[folder] = ShowFeeds(summary, read)
        return versions[folder]

    def _fingerprint_root(self, settings: SiteSettings) -> str:
        shows = sorted((slug, each.fingerprint) for slug, each in self.shows.items())
        parts = (settings.digest, str(self.target.site_url), repr(shows))
        return compute_fingerprint(*(each.encode() for each in parts))

    def _get_unchanged_stamp(self, name: str, parts: Parts) -> FileStamp | None:
        """Return the stamp of a file that has this content already."""
        path, known = self.target.folder / name, self.manifest.files.get(name)
        if known is None or known.size != sum(map(len, parts)) or stamp_file(path) != known:
            return None
        return known if read_file(path) == b"".join(parts) else None

    def _list_current_feeds(
        self, catalog: Catalog, fingerprints: Mapping[str, str]
    ) -> dict[str, FileStamp]:
        """Return the stamps of combined feeds that are as they have to be, and of their twins."""
        found: dict[str, FileStamp] = {}
        for folder, version in _list_versions(catalog):
            for each in version.feeds:
                names = [f"{folder}{name_file(path)}" for path in list_paths(each)]
                stamps = {name: self.manifest.files.get(name) for name in names}
                intact = all(
                    stamp and stamp_file(self.target.folder / name) == stamp
                    for name, stamp in stamps.items()
                )
                name = f"{folder}{each.feed.name}"
                if intact and self.manifest.feeds.get(name) == fingerprints[name]:
                    found |= {name: stamp for name, stamp in stamps.items() if stamp}
        return found

    def _fingerprint_feed(self, combined: CombinedFeed, catalog: Catalog, version: Catalog) -> str:
        """Identify what a combined feed is made of: settings, and shows that may be in it.

        ``version`` is the catalog in the language of the feed.
        """
        shows = [self.shows[each.slug] for each in catalog.shows if combined.filter.accepts(each)]
        parts = (catalog.settings.digest, str(version.url), *(each.fingerprint for each in shows))
        return compute_fingerprint(*(each.encode() for each in parts))

    def _remove_files(self, names: Iterable[str], *, keep_feeds: bool) -> tuple[str, ...]:
        """Remove files that nobody has edited; return the feeds that are kept."""
        kept = []
        for name in names:
            path = self.target.folder / name
            if keep_feeds and name.endswith(FEED_SUFFIX):
                kept.append(name)
            # A copy of the folder has other times.
            elif (stamp := stamp_file(path)) and stamp.size == self.manifest.files[name].size:
                path.unlink()
                if path.parent != self.target.folder:
                    with suppress(OSError):
                        path.parent.rmdir()
        return tuple(kept)

    def _write_manifest(self, manifest: RootManifest) -> None:
        swap_file(self.target.folder, ROOT_MANIFEST_FILE, [manifest.to_json()])
        self.manifest = manifest


def _list_versions(catalog: Catalog) -> Iterator[tuple[str, Catalog]]:
    """Yield the catalog in each language, with the folder of its files."""
    yield "", catalog
    for each in catalog.others:
        yield f"{each.words.code}/", each


def _read_feed(folder: Path, path: str) -> bytes:
    return (folder / path.removeprefix("/")).read_bytes()
