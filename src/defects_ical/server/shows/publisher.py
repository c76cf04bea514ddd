"""Follow a folder of schedules, and keep the exported folder up to date with it.

One process does this for all that serve. A change goes live if two looks in a row see it, if it is
valid, and if calendar apps would notice it; until then the show's last good version stays.
"""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from defects_ical.catalog.feed_checks import check_named_feeds
from defects_ical.content.build_cache import BuildCaches
from defects_ical.errors import ExportError, Problem, ScheduleError, SourceLocation
from defects_ical.export.atomic_files import lock_folder
from defects_ical.export.manifest import convert_os_errors
from defects_ical.export.shows.show_stage import (
    ExportTarget,
    ShowSource,
    ShowStager,
    StagedShow,
)
from defects_ical.export.shows.site_exporter import stage_shows
from defects_ical.export.shows.site_folder import SiteFolder
from defects_ical.server.shows.edits import (
    accept,
    check_changes,
    is_edit,
    log_edit,
    log_removal,
    log_settings,
)
from defects_ical.server.shows.health import HealthReport
from defects_ical.shows.changes import RESTART, FolderChange
from defects_ical.shows.folder import FolderScan, ScheduleState, list_states, scan_folder
from defects_ical.shows.loader import find_conflicts
from defects_ical.shows.settings import SETTINGS_FILE, load_settings
from defects_ical.site.build import pause_collection

LOG: Final = logging.getLogger(__name__)
# Seconds between two looks at the folder, at least and at most.
MIN_POLL_SECONDS: Final = 0.1
MAX_POLL_SECONDS: Final = 5.0
# A look takes at most this part of the time.
POLL_SHARE: Final = 0.006
# Seconds until what could not be written is tried again.
RETRY_SECONDS: Final = 2.0
# How many edited shows are built in one look: this process also handles signals.
SHOWS_PER_POLL: Final = 16
# How many shows have their feeds read in one look, while nothing else is to do.
FEEDS_PER_POLL: Final = 50
INTERNAL_ERROR: Final = "internal error; the previous version stays live (see the log)"
WRITE_ERROR: Final = "the exported folder cannot be written; it is tried again (see the log)"


class FolderPublisher:
    """Exports a folder of schedules whenever it changes.

    Without ``allow_removal``, a show whose schedule is gone stays until the next start, and so does
    a combined feed. Without ``is_restart``, a start accepts no more than an edit does: it may be
    that of a process which replaces another. ``jobs`` processes build shows at the start.
    ``poll_seconds`` says when to poll next.
    """

    def __init__(
        self,
        source: Path,
        target: ExportTarget,
        *,
        allow_removal: bool = False,
        is_restart: bool = True,
        jobs: int = 1,
    ) -> None:
        self.poll_seconds = MIN_POLL_SECONDS
        self._source = source
        self._target = target
        self._allow_removal = allow_removal
        self._is_restart = is_restart
        self._jobs = jobs
        self._lock = ExitStack()
        self._seen: Mapping[str, ScheduleState] = {}
        self._done: dict[str, ScheduleState] = {}
        self._settings_problems: tuple[Problem, ...] = ()
        self._caches = BuildCaches()
        # Schedules that may go live after a change of others.
        self._refused: set[str] = set()
        self._retry_at = 0.0
        # Whether the last look found something that is live now.
        self._has_edit = False
        # Whether there was something to do at the last look.
        self._is_busy = True

    def start(self) -> None:
        """Export what has changed since the last start; a restart accepts every valid change.

        A schedule with a problem keeps the show's last good version. Raises ScheduleError if there
        is no show to serve, or if the settings are invalid; ExportError for a folder that cannot be
        used.
        """
        folder = self._target.folder
        with convert_os_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._lock.enter_context(lock_folder(folder))
            self._site, self._health = SiteFolder(self._target), HealthReport(folder, self._source)
            scan = scan_folder(self._source)
            self._load_settings()
            self._seen = self._list_states(scan)
            problems = self._stage_changed(scan)
            self._drop_damaged_shows()
            if not self._site.shows:
                raise ScheduleError((*scan.problems, *problems))
            self._done = dict(self._seen)
            may_remove = self._is_restart or self._allow_removal
            self._site.write_root(self._settings, keep_vanished=not may_remove)
            self._health.report(".", scan.problems)
            self._health.write(len(self._site.shows))
        _freeze_objects()

    def _load_settings(self) -> None:
        try:
            self._settings = load_settings(self._source)
        except ScheduleError as error:
            self._health.report(SETTINGS_FILE, error.problems)
            self._health.write(len(self._site.shows))
            raise

    @property
    def show_count(self) -> int:
        """The number of shows that are served."""
        return len(self._site.shows)

    def close(self) -> None:
        """Let another process follow the folder."""
        self._lock.close()

    def poll(self) -> None:
        """Take up what has changed, unless something went wrong a moment ago."""
        if time.monotonic() < self._retry_at:
            return
        try:
            with pause_collection():
                self._poll()
        except Exception as error:
            # A bug of ours, or a full disk, must not take down the live site.
            if self._health.report_text(".", _describe_failure(error)):
                LOG.exception("%s could not be published", self._source)
            self._health.write(len(self._site.shows))
            self._is_busy = True
            self._retry_at = time.monotonic() + RETRY_SECONDS

    def _poll(self) -> None:
        started = time.monotonic()
        scan = self._scan()
        states = self._list_states(scan)
        # What differs between two looks is still being written.
        ready = [name for name, each in states.items() if self._seen.get(name) == each]
        is_stable, self._seen = states == self._seen, states
        changed = [name for name in ready if self._done.get(name) != states[name]]
        is_live = self._has_edit = False
        if SETTINGS_FILE in changed:
            changed.remove(SETTINGS_FILE)
            is_live = self._has_edit = self._take_up_settings(states)
        waits = len(changed) > SHOWS_PER_POLL
        is_live |= self._take_up_shows(changed[:SHOWS_PER_POLL], states, scan, is_stable=is_stable)
        if self._has_edit:
            self._health.note_change()
        has_changed = is_live or waits or not is_stable
        if is_live or self._is_busy:
            self._site.write_root(self._settings, keep_vanished=not self._allow_removal)
            self._report_folder(scan)
        if has_changed or self._is_busy:
            self._is_busy = has_changed or self._is_busy_reading()
            self.poll_seconds = MIN_POLL_SECONDS
            return
        elapsed = time.monotonic() - started
        self.poll_seconds = min(max(elapsed / POLL_SHARE, MIN_POLL_SECONDS), MAX_POLL_SECONDS)

    def _is_busy_reading(self) -> bool:
        """Read some feeds, for the next edit to be fast; return whether any are left."""
        catalog = self._site.build_catalog(self._settings)
        has_more = self._site.read_feeds(catalog, FEEDS_PER_POLL)
        if not has_more:
            _freeze_objects()
        return has_more

    def _scan(self) -> FolderScan:
        try:
            return scan_folder(self._source)
        except ScheduleError as error:
            return FolderScan({}, {}, error.problems)

    def _list_states(self, scan: FolderScan) -> dict[str, ScheduleState]:
        """Return the states of the settings and of each schedule, by name."""
        shows = self._site.shows.values()
        pictures = {each.source: each.picture for each in shows if each.picture}
        return list_states(scan, pictures, self._health.problems)

    def _take_up_settings(self, states: Mapping[str, ScheduleState]) -> bool:
        """Use edited settings, unless they have a problem; return whether they are used."""
        self._done[SETTINGS_FILE] = states[SETTINGS_FILE]
        try:
            settings = load_settings(self._source)
        except ScheduleError as error:
            self._settings_problems = error.problems
            return False
        self._settings_problems = tuple(self._site.check_settings(settings))
        if self._settings_problems:
            return False
        self._settings = settings
        log_settings(self._source / SETTINGS_FILE)
        stager = ShowStager(settings, self._target, accept)
        for each in self._site.shows.values():
            if not stager.is_current(each, self._source / each.source):
                self._done.pop(each.source, None)
        for name in self._health.problems:
            self._done.pop(name, None)
        return True

    def _take_up_shows(
        self,
        names: Sequence[str],
        states: Mapping[str, ScheduleState],
        scan: FolderScan,
        *,
        is_stable: bool,
    ) -> bool:
        """Put edited shows in place, as far as they may go live; return whether any did."""
        staged: dict[str, StagedShow] = {}
        for number, name in enumerate(names):
            self._done[name] = states[name]
            if show := self._stage(name, number):
                staged[name] = show
        may_remove = is_stable and self._allow_removal and _is_complete(scan)
        is_live = self._put_in_place(staged, scan, may_remove=may_remove)
        for name in sorted(staged.keys() - self._refused):
            log_edit(self._source / name, staged[name])
        self._site.clear_stage()
        if pictures := [name for name, each in staged.items() if each.manifest.picture]:
            # The edit may have named another picture.
            current = self._list_states(self._scan())
            self._done |= {name: current[name] for name in pictures if name in current}
        return is_live

    def _stage(self, name: str, number: int) -> StagedShow | None:
        """Stage an edited show; otherwise report why that is not possible."""
        source = ShowSource(self._source / name, name)
        stager = ShowStager(self._settings, self._target, check_changes)
        try:
            staged = stager.stage_show(source, number, self._caches.get(name))
        except ScheduleError as error:
            self._health.report(name, error.problems)
            return None
        except Exception as error:
            if self._health.report_text(name, f"{name}: {_describe_failure(error)}"):
                LOG.exception("%s could not be published", source.path)
            self._done.pop(name, None)
            self._retry_at = time.monotonic() + RETRY_SECONDS
            return None
        if staged.verdict.errors:
            self._health.report(name, self._explain_refusal(staged, source.path))
            return None
        return staged

    def _explain_refusal(self, staged: StagedShow, path: Path) -> list[Problem]:
        """Return why a show cannot go live: it would be another one, or changes unnoticed."""
        source = staged.manifest.source
        others = [each.identity for each in self._site.shows.values() if each.source != source]
        if conflicts := [*find_conflicts((*others, staged.manifest.identity))]:
            self._refused.add(source)
            return conflicts
        location = SourceLocation(str(path))
        return [Problem(location, "", *each) for each in staged.verdict.errors]

    def _put_in_place(
        self, staged: Mapping[str, StagedShow], scan: FolderScan, *, may_remove: bool
    ) -> bool:
        """Put those shows in place that fit together; return whether anything changed."""
        change = FolderChange(
            live={slug: (each.source, each.identity) for slug, each in self._site.shows.items()},
            edited={name: each.manifest.identity for name, each in staged.items()},
            names=scan.schedules.keys(),
            allow_removal=may_remove,
        )
        resolution = change.resolve()
        for name in sorted(resolution.accepted):
            self._site.commit_show(staged[name])
        for name in staged:
            self._health.report(name, resolution.refused.get(name, ()))
        for slug in resolution.withdrawn:
            log_removal(self._source / self._site.shows[slug].source, slug)
            self._site.withdraw_show(slug)
        is_live = bool(resolution.accepted or resolution.withdrawn)
        edits = (is_edit(staged[name]) for name in resolution.accepted)
        self._has_edit |= bool(resolution.withdrawn) or any(edits)
        if is_live:
            self._site.publish_shows()
            # What was in their way may be gone.
            for name in self._refused:
                self._done.pop(name, None)
            self._refused.clear()
        self._refused |= resolution.refused.keys()
        return is_live

    def _report_gone(self, scan: FolderScan) -> None:
        """Report shows that stay although their schedule is gone; forget files without a show."""
        sources = {each.source: slug for slug, each in self._site.shows.items()}
        # An empty folder is rather one that is not mounted.
        gone = sources.keys() - scan.schedules.keys() if scan.schedules else set()
        for name in gone:
            # If the file comes back, it is looked at again.
            self._done.pop(name, None)
            message = f"the schedule is gone; `/{sources[name]}/` stays until a restart"
            problem = Problem(SourceLocation(name), "", message, f"Bring it back. {RESTART}")
            self._health.report(name, [problem])
        known = {*scan.schedules, *sources, SETTINGS_FILE, "."}
        for name in [each for each in self._health.problems if each not in known]:
            self._health.report(name, ())
            # A copy may have been in the way of another schedule.
            for refused in self._refused:
                self._done.pop(refused, None)

    def _stage_changed(self, scan: FolderScan) -> list[Problem]:
        """Put every show in place that has changed since the last start; return the problems."""
        check = accept if self._is_restart else check_changes
        stager = ShowStager(self._settings, self._target, check)
        known = {each.source: each for each in self._site.shows.values()}
        changed = []
        for name in scan.schedules:
            source, manifest = ShowSource(self._source / name, name), known.get(name)
            is_current = manifest and stager.is_current(manifest, source.path)
            if not (manifest and is_current and self._site.is_intact(manifest.identity.slug)):
                changed.append(source)
        staged, problems = {}, list[Problem]()
        outcomes = stage_shows(changed, stager, self._source, self._jobs)
        for source, outcome in zip(changed, outcomes, strict=True):
            if isinstance(outcome, StagedShow) and not outcome.verdict.errors:
                staged[source.name] = outcome
                continue
            found = (
                self._explain_refusal(outcome, source.path)
                if isinstance(outcome, StagedShow)
                else [*outcome]
            )
            self._health.report(source.name, found)
            problems += found
        may_remove = self._is_restart or self._allow_removal
        self._put_in_place(staged, scan, may_remove=may_remove and _is_complete(scan))
        self._site.clear_stage()
        return problems

    def _drop_damaged_shows(self) -> None:
        """Take away shows of broken schedules whose last good version has lost files."""
        for slug, each in [*self._site.shows.items()]:
            if each.source in self._health.problems and not self._site.is_intact(slug):
                self._site.withdraw_show(slug)

    def _report_folder(self, scan: FolderScan) -> None:
        """Report what is wrong with the folder as a whole, and write the report."""
        self._report_gone(scan)
        catalog = self._site.build_catalog(self._settings)
        problems = [*self._settings_problems, *check_named_feeds(catalog)]
        # With a mistake in the settings, those before are in use.
        vanished = () if self._settings_problems else self._site.find_vanished_feeds(catalog)
        for name in vanished:
            message = f"the feed `/{name}` is gone; it stays until a restart"
            location = SourceLocation(str(self._source / SETTINGS_FILE))
            problems.append(Problem(location, "", message, f"Bring it back. {RESTART}"))
        self._health.report(SETTINGS_FILE, problems)
        self._health.report(".", scan.problems)
        self._health.write(len(self._site.shows))


def _is_complete(scan: FolderScan) -> bool:
    """Return whether all of the folder could be read: what is not seen is not gone."""
    return bool(scan.schedules) and not scan.problems


def _freeze_objects() -> None:
    """Collect garbage once; what is there now stays, and looking at it again takes time."""
    gc.collect()
    gc.freeze()


def _describe_failure(error: Exception) -> str:
    return WRITE_ERROR if isinstance(error, (OSError, ExportError)) else INTERNAL_ERROR
