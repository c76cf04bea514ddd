"""Follow a folder of schedules, and keep the exported folder up to date with it.

One process does this for all that serve. A change goes live if two looks in a row see it, if it is
valid, and if calendar apps would notice it; until then the show's last good version stays.
"""

from __future__ import annotations

import gc
import logging
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from defects_ical.catalog.feed_checks import check_named_feeds
from defects_ical.compare.site_diff import unannounced_changes
from defects_ical.content.build_cache import BuildCache
from defects_ical.errors import ExportError, Problem, ScheduleError, SourceLocation
from defects_ical.export.atomic_files import lock_folder
from defects_ical.export.exporter import convert_os_errors
from defects_ical.export.show_stage import (
    ExportTarget,
    ShowSource,
    ShowStager,
    StagedShow,
    Verdict,
)
from defects_ical.export.site_exporter import stage_shows
from defects_ical.export.site_folder import SiteFolder
from defects_ical.model.schedule import Schedule
from defects_ical.server.health import HealthReport
from defects_ical.shows.file_state import FileState, stat_file
from defects_ical.shows.folder import FolderScan, scan_folder
from defects_ical.shows.loader import find_conflicts
from defects_ical.shows.settings import SETTINGS_FILE, load_settings
from defects_ical.site.build import Site

LOG: Final = logging.getLogger(__name__)
# Seconds between two looks at the folder, at least and at most.
MIN_POLL_SECONDS: Final = 0.1
MAX_POLL_SECONDS: Final = 5.0
# A look takes at most this part of the time.
POLL_SHARE: Final = 0.006
# Seconds until what could not be written is tried again.
RETRY_SECONDS: Final = 2.0
# How many shows keep what was rendered for them: those that were edited last.
MAX_CACHES: Final = 8
# Seconds after which the rest waits for the next look: this process also handles signals.
MAX_WORK_SECONDS: Final = 1.0
# How many shows have their feeds read in one look, while nothing else is to do.
FEEDS_PER_POLL: Final = 50
RESTART: Final = "Or restart the service, or start it with --allow-removal."
INTERNAL_ERROR: Final = "internal error; the previous version stays live (see the log)"
WRITE_ERROR: Final = "the exported folder cannot be written; it is tried again (see the log)"


class _States(NamedTuple):
    """The states of a schedule and of its picture, by which an edit is seen.

    While a show has a problem, a picture of any name may end it.
    """

    schedule: FileState | None
    pictures: tuple[object, ...] = ()


class FolderPublisher:
    """Exports a folder of schedules whenever it changes.

    Without ``allow_removal``, a show whose schedule is gone stays until the next start, and so does
    a combined feed. ``jobs`` processes build shows at the start. ``poll_seconds`` says when to poll
    next.
    """

    def __init__(
        self, source: Path, target: ExportTarget, *, allow_removal: bool = False, jobs: int = 1
    ) -> None:
        self.poll_seconds = MIN_POLL_SECONDS
        self._source = source
        self._target = target
        self._allow_removal = allow_removal
        self._jobs = jobs
        self._lock = ExitStack()
        self._seen: Mapping[str, _States] = {}
        self._done: dict[str, _States] = {}
        self._settings_problems: tuple[Problem, ...] = ()
        self._caches: OrderedDict[str, BuildCache] = OrderedDict()
        self._retry_at = 0.0
        # Whether there was something to do at the last look.
        self._is_busy = True

    def start(self) -> None:
        """Export what has changed since the last start; this accepts every change.

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
            self._settings = load_settings(self._source)
            self._seen = self._list_states(scan)
            problems = self._stage_changed(scan)
            for slug in self._find_gone(scan):
                self._site.withdraw_show(slug)
            if not self._site.shows:
                raise ScheduleError((*scan.problems, *problems))
            self._done = dict(self._seen)
            self._site.write_root(self._settings)
            self._health.report(".", scan.problems)
            self._health.write(len(self._site.shows))
        # What is there now stays: looking at it again would only take time.
        gc.collect()
        gc.freeze()

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
            self._poll()
        except Exception as error:
            # A bug of ours, or a full disk, must not take down the live site.
            if self._health.report_text(".", _describe_failure(error)):
                LOG.exception("%s could not be published", self._source)
            self._done.clear()
            self._retry_at = time.monotonic() + RETRY_SECONDS

    def _poll(self) -> None:
        started = time.monotonic()
        scan = self._scan()
        states = self._list_states(scan)
        # What differs between two looks is still being written.
        ready = [name for name, each in states.items() if self._seen.get(name) == each]
        is_stable, self._seen = states == self._seen, states
        is_live = False
        for name in ready:
            if time.monotonic() - started > MAX_WORK_SECONDS:
                is_stable = False
                break
            is_live |= self._done.get(name) != states[name] and self._take_up(name, states[name])
        if is_stable:
            is_live |= self._take_up_removals(scan)
        if is_live:
            self._health.note_change()
            self._site.write_root(self._settings, keep_vanished=not self._allow_removal)
        if is_live or not is_stable or self._is_busy:
            catalog = self._site.build_catalog(self._settings)
            has_more = self._site.read_feeds(catalog, FEEDS_PER_POLL)
            self._report_folder(scan)
            self._is_busy = is_live or not is_stable or has_more
            self.poll_seconds = MIN_POLL_SECONDS
        else:
            elapsed = time.monotonic() - started
            self.poll_seconds = min(max(elapsed / POLL_SHARE, MIN_POLL_SECONDS), MAX_POLL_SECONDS)

    def _scan(self) -> FolderScan:
        try:
            return scan_folder(self._source)
        except ScheduleError as error:
            return FolderScan({}, {}, error.problems)

    def _list_states(self, scan: FolderScan) -> dict[str, _States]:
        """Return the states of the settings and of each schedule, by name."""
        states = {name: _States(state) for name, state in scan.schedules.items()}
        for each in self._site.shows.values():
            if each.picture and each.source in states:
                picture = str(Path(each.source).with_name(each.picture))
                state = scan.schedules[each.source]
                states[each.source] = _States(state, (scan.others.get(picture),))
        for name in self._health.problems.keys() & states.keys():
            states[name] = _States(states[name].schedule, (*scan.others.items(),))
        return {SETTINGS_FILE: _States(scan.others.get(SETTINGS_FILE)), **states}

    def _take_up(self, name: str, states: _States) -> bool:
        """Take up an edit of a schedule or of the settings; return whether anything changed."""
        self._done[name] = states
        if name == SETTINGS_FILE:
            return self._take_up_settings()
        is_live = self._take_up_show(name)
        # The edit may have named another picture.
        self._done[name] = self._list_states(self._scan()).get(name, states)
        return is_live

    def _take_up_settings(self) -> bool:
        try:
            settings, self._settings_problems = load_settings(self._source), ()
        except ScheduleError as error:
            self._settings_problems = error.problems
            return False
        if settings.platforms != self._settings.platforms:
            # Any show may use one of them.
            self._done = {SETTINGS_FILE: self._done[SETTINGS_FILE]}
        self._settings = settings
        return True

    def _take_up_show(self, name: str) -> bool:
        """Put an edited show in place, if it may go live; otherwise report why not."""
        source = ShowSource(self._source / name, name)
        stager = ShowStager(self._settings, self._target, partial(_check_changes, source))
        try:
            staged = stager.stage_show(source, 0, self._get_cache(name))
        except ScheduleError as error:
            self._health.report(name, error.problems)
            return False
        before = self._get_slug(name)
        location = SourceLocation(str(source.path))
        problems = [*self._find_conflicts(staged, before)]
        problems += (Problem(location, "", *each) for each in staged.verdict.errors)
        self._health.report(name, problems)
        if problems:
            self._site.clear_stage()
            return False
        self._site.commit_show(staged)
        if before and before != staged.slug:
            self._site.withdraw_show(before)
        self._site.publish_shows()
        return True

    def _find_conflicts(self, staged: StagedShow, before: str | None) -> Iterator[Problem]:
        """Yield why a show cannot take the place of the one that its schedule had."""
        source = staged.manifest.source
        others = (
            each.identity
            for each in self._site.shows.values()
            if each.source != source and each.source in self._seen
        )
        yield from find_conflicts((*others, staged.manifest.identity))
        if before and before != staged.slug and not self._allow_removal:
            location = staged.manifest.identity.slug_location
            message = f"subscribers of `/{before}/` would lose their show"
            yield Problem(location, "show.slug", message, f"Use `{before}`. {RESTART}")

    def _take_up_removals(self, scan: FolderScan) -> bool:
        """Withdraw shows whose schedule is gone, if that is allowed; otherwise report them."""
        # An empty folder is rather one that is not mounted.
        gone = self._find_gone(scan) if scan.schedules else []
        for slug in gone:
            name = self._site.shows[slug].source
            # If the file comes back, it is looked at again.
            self._done.pop(name, None)
            if self._allow_removal:
                self._site.withdraw_show(slug)
                self._health.report(name, ())
            else:
                message = f"the schedule is gone; `/{slug}/` stays until the service is restarted"
                hint = f"Bring it back. {RESTART}"
                self._health.report(name, [Problem(SourceLocation(name), "", message, hint)])
        return self._allow_removal and bool(gone)

    def _find_gone(self, scan: FolderScan) -> list[str]:
        shows = self._site.shows.items()
        return [slug for slug, each in shows if each.source not in scan.schedules]

    def _stage_changed(self, scan: FolderScan) -> list[Problem]:
        """Put every show in place that has changed since the last start; return the problems."""
        stager = ShowStager(self._settings, self._target, _accept)
        known = {each.source: each for each in self._site.shows.values()}
        changed = []
        for name in scan.schedules:
            source, manifest = ShowSource(self._source / name, name), known.get(name)
            is_current = manifest and stager.is_current(manifest, source.path)
            if not (manifest and is_current and self._site.is_intact(manifest.identity.slug)):
                changed.append(source)
        outcomes = [*stage_shows(changed, stager, self._source, self._jobs)]
        staged = [each for each in outcomes if isinstance(each, StagedShow)]
        found = {
            source.name: outcome
            for source, outcome in zip(changed, outcomes, strict=True)
            if not isinstance(outcome, StagedShow)
        }
        found |= self._commit(staged, scan)
        for name, problems in found.items():
            self._health.report(name, problems)
        self._site.clear_stage()
        return [each for problems in found.values() for each in problems]

    def _commit(
        self, staged: Sequence[StagedShow], scan: FolderScan
    ) -> dict[str, tuple[Problem, ...]]:
        """Put staged shows in place; return the problems of those whose slug or uid is taken."""
        names = {each.manifest.source for each in staged}
        taken = [
            each.identity
            for each in self._site.shows.values()
            if each.source in scan.schedules and each.source not in names
        ]
        refused = {}
        for each in staged:
            identity = each.manifest.identity
            if problems := tuple(find_conflicts((*taken, identity))):
                refused[each.manifest.source] = problems
            else:
                taken.append(identity)
                self._site.commit_show(each)
        return refused

    def _report_folder(self, scan: FolderScan) -> None:
        """Report what is wrong with the folder as a whole, and write the report."""
        catalog = self._site.build_catalog(self._settings)
        problems = [*self._settings_problems, *check_named_feeds(catalog)]
        for name in self._site.find_vanished_feeds(catalog):
            message = f"the feed `/{name}` is gone; it stays until the service is restarted"
            location = SourceLocation(str(self._source / SETTINGS_FILE))
            problems.append(Problem(location, "", message, f"Bring it back. {RESTART}"))
        self._health.report(SETTINGS_FILE, problems)
        self._health.report(".", scan.problems)
        self._health.write(len(self._site.shows))

    def _get_cache(self, name: str) -> BuildCache:
        cache = self._caches.pop(name, None) or BuildCache()
        self._caches[name] = cache
        if len(self._caches) > MAX_CACHES:
            self._caches.popitem(last=False)
        return cache

    def _get_slug(self, name: str) -> str | None:
        """Return the slug of the show that a schedule had so far."""
        return next((slug for slug, each in self._site.shows.items() if each.source == name), None)


def _accept(_: Mapping[str, bytes], __: Site, ___: Schedule) -> Verdict:
    return Verdict()


def _check_changes(
    source: ShowSource, published: Mapping[str, bytes], site: Site, schedule: Schedule
) -> Verdict:
    """Return the changes that calendar apps would not notice."""
    state = stat_file(source.path)
    edited_at = datetime.fromtimestamp(state.modified / 1_000_000_000, UTC) if state else None
    return Verdict(unannounced_changes(published, site, schedule, edited_at))


def _describe_failure(error: Exception) -> str:
    return WRITE_ERROR if isinstance(error, (OSError, ExportError)) else INTERNAL_ERROR
