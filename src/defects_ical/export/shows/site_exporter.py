"""Export a folder of schedules: load and build what has changed, then write all of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Final, TypeAlias

from defects_ical.catalog.catalog import Catalog
from defects_ical.catalog.feed_checks import check_named_feeds
from defects_ical.errors import ExportError, Problem, ScheduleError, UnannouncedChangeError
from defects_ical.export.atomic_files import lock_folder
from defects_ical.export.manifest import ExportResult, convert_os_errors
from defects_ical.export.shows.show_manifest import ShowManifest
from defects_ical.export.shows.show_stage import (
    ExportTarget,
    ShowCheck,
    ShowSource,
    ShowStager,
    StagedShow,
)
from defects_ical.export.shows.site_folder import SiteFolder
from defects_ical.shows.folder import FolderScan, scan_folder
from defects_ical.shows.loader import find_conflicts
from defects_ical.shows.settings import SiteSettings, load_settings
from defects_ical.text.english import count_noun

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the number of shows that are done, and of all that have changed."""

# Shows that a process gets at a time: few enough for all to end at about the same time.
_CHUNK: Final = 4


@dataclass(frozen=True, slots=True)
class SiteExportResult(ExportResult):
    """How many shows an export wrote, left unchanged and removed, and how many files it wrote.

    ``warnings`` are about the shows that were written.
    """

    files: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteExport:
    """A folder of schedules, and how to export it.

    ``jobs`` processes build shows. Without ``allow_removal``, an export that would take a show or
    a combined feed away is refused.
    """

    source: Path
    target: ExportTarget
    check: ShowCheck
    jobs: int = 1
    allow_removal: bool = False
    progress: Progress | None = None

    def run(self) -> SiteExportResult:
        """Export the folder.

        Raises, before anything goes live: ScheduleError with the problems of all files,
        UnannouncedChangeError with the changes of all shows that calendar apps would not show,
        ExportError for files that no export wrote.
        """
        # Before anything is created.
        scan, settings = scan_folder(self.source), load_settings(self.source)
        folder = self.target.folder
        with convert_os_errors(folder), _create_folder(folder), lock_folder(folder):
            site = SiteFolder(self.target)
            try:
                return _Run(self, site).export(scan, settings)
            finally:
                site.clear_stage()


@contextmanager
def _create_folder(folder: Path) -> Iterator[None]:
    """Create a folder, and remove it again if it stays empty."""
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    finally:
        if is_new:
            with suppress(OSError):
                folder.rmdir()


@dataclass
class _Run:
    """One export: the shows that are current, and those that are staged."""

    options: SiteExport
    site: SiteFolder
    current: list[ShowManifest] = field(default_factory=list)
    staged: list[StagedShow] = field(default_factory=list)

    def export(self, scan: FolderScan, settings: SiteSettings) -> SiteExportResult:
        options, site = self.options, self.site
        stager = ShowStager(settings, options.target, options.check)
        sources = [ShowSource(options.source / name, name) for name in scan.schedules]
        self._stage(self._find_changed(sources, stager), stager, scan.problems)
        slugs = {each.identity.slug for each in self._list_manifests(sources)}
        gone = site.manifest.shows.keys() - slugs
        if not self.staged and not gone and site.is_root_current(settings):
            return SiteExportResult(0, len(self.current), 0, 0, ())
        if problems := tuple(site.check_language(settings)):
            raise ScheduleError(problems)
        catalog = self._build_catalog(slugs, settings)
        if problems := tuple(check_named_feeds(catalog)):
            raise ScheduleError(problems)
        self._refuse_changes(gone, site.find_vanished_feeds(catalog))
        site.expect((each.slug for each in self.staged), catalog)
        # What is renamed below is on the disk, also after a power failure.
        if self.staged:
            os.sync()
        for staged in self.staged:
            site.commit_show(staged)
        for slug in gone:
            site.withdraw_show(slug)
        root_files = site.write_root(settings)
        return SiteExportResult(
            written=len(self.staged),
            unchanged=len(self.current),
            removed=len(gone),
            files=root_files + sum(len(each.written) for each in self.staged),
            warnings=tuple(chain.from_iterable(each.verdict.warnings for each in self.staged)),
        )

    def _find_changed(self, sources: Sequence[ShowSource], stager: ShowStager) -> list[ShowSource]:
        """Return the schedules whose show has to be built; note the others as current."""
        known = {each.source: each for each in self.site.shows.values()}
        changed = []
        for source in sources:
            manifest = known.get(source.name)
            if (
                manifest
                and stager.is_current(manifest, source.path)
                and self.site.is_intact(manifest.identity.slug)
            ):
                self.current.append(manifest)
            else:
                changed.append(source)
        return changed

    def _stage(
        self, changed: list[ShowSource], stager: ShowStager, problems: tuple[Problem, ...]
    ) -> None:
        """Stage every show; raise ScheduleError with the problems of all, and ``problems``."""
        found = [*problems]
        outcomes = stage_shows(changed, stager, self.options.source, self.options.jobs)
        for done, outcome in enumerate(outcomes, start=1):
            if isinstance(outcome, StagedShow):
                self.staged.append(outcome)
            else:
                found += outcome
            if self.options.progress:
                self.options.progress(done, len(changed))
        if found:
            raise ScheduleError(tuple(found))

    def _list_manifests(self, sources: Sequence[ShowSource]) -> list[ShowManifest]:
        """Return the manifest of each show; raise ScheduleError if two have one slug or uid."""
        manifests = {each.source: each for each in self.current}
        manifests |= {each.manifest.source: each.manifest for each in self.staged}
        ordered = [manifests[each.name] for each in sources]
        if problems := tuple(find_conflicts(each.identity for each in ordered)):
            raise ScheduleError(problems)
        return ordered

    def _build_catalog(self, slugs: Iterable[str], settings: SiteSettings) -> Catalog:
        """Return the shows that the site will have."""
        staged = {each.slug: each.summary for each in self.staged}
        summaries = (staged.get(slug) or self.site.get_summary(slug) for slug in sorted(slugs))
        return Catalog.create(settings, self.options.target.site_url, tuple(summaries))

    def _refuse_changes(self, gone: set[str], vanished: Sequence[str]) -> None:
        """Raise UnannouncedChangeError if the export would take something from subscribers."""
        folder = self.options.target.folder
        if errors := [
            f"  {each.slug}: {message}. {hint}"
            for each in self.staged
            for message, hint in each.verdict.errors
        ]:
            reason = "export refused, because some calendar apps would not show these changes:"
            end = "  Use --force to export anyway."
            raise UnannouncedChangeError("\n".join([f"{folder}: {reason}", *errors, end]))
        if (gone or vanished) and not self.options.allow_removal:
            names = ", ".join(
                [f"/{each}/" for each in sorted(gone)] + [f"/{each}" for each in vanished]
            )
            count = count_noun(len(gone) + len(vanished), "URL")
            message = f"export refused, because subscribers would lose {count}: {names}."
            hint = "Bring the schedule or the feed back, or use --allow-removal."
            raise UnannouncedChangeError(f"{folder}: {message} {hint}")


Outcome: TypeAlias = StagedShow | tuple[Problem, ...]
"""A staged show, or what is wrong with its schedule."""


def stage_shows(
    sources: Sequence[ShowSource], stager: ShowStager, folder: Path, jobs: int
) -> Iterator[Outcome]:
    """Yield the outcome for each schedule in ``folder``; ``jobs`` processes build shows."""
    tasks = [*enumerate(sources)]
    jobs = min(jobs, len(tasks))
    if jobs < 2:  # noqa: PLR2004 - one process is this one
        _set_stager(stager)
        yield from map(_stage_one, tasks)
        return
    arguments = (folder, stager.target, stager.check)
    with ProcessPoolExecutor(jobs, initializer=_start_process, initargs=arguments) as pool:
        try:
            yield from pool.map(_stage_one, tasks, chunksize=_CHUNK)
        except BrokenProcessPool:
            message = "a process that built shows was killed. Export with fewer --jobs."
            raise ExportError(f"{stager.target.folder}: {message}") from None


# Of this process; a schedule is sent to a process, but the settings are loaded in each.
_stagers: list[ShowStager] = []


def _start_process(folder: Path, target: ExportTarget, check: ShowCheck) -> None:
    _set_stager(ShowStager(load_settings(folder), target, check))


def _set_stager(stager: ShowStager) -> None:
    _stagers[:] = [stager]


def _stage_one(task: tuple[int, ShowSource]) -> Outcome:
    number, source = task
    try:
        return _stagers[0].stage_show(source, number)
    except ScheduleError as error:
        return error.problems
