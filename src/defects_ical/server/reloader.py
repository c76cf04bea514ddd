"""Reload the schedule when its file changes, and keep serving the last valid site."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias, get_args

from defects_ical.content.build_cache import BuildCache
from defects_ical.content.links.feeds import PICTURE_PATH
from defects_ical.content.links.site_url import SiteURL
from defects_ical.errors import Problem, ScheduleError, SourceLocation
from defects_ical.model.changes import Status
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.expansion import expand_episodes
from defects_ical.schedule.loader import load_schedule
from defects_ical.server.monitoring.logs import with_fields, with_problem
from defects_ical.shows.file_state import FileState, stat_file
from defects_ical.site.build import Site, build_site

LOG: Final = logging.getLogger(__name__)
# Seconds between two polls. A file that differs between two polls is still being written.
POLL_SECONDS: Final = 0.1
# A failed reload is retried RETRY_SECONDS after its start, plus RETRY_FACTOR times its duration.
RETRY_SECONDS: Final = 2.0
RETRY_FACTOR: Final = 10
# The number of polls after which a worker starts even if the file is still being written.
MAX_CATCH_UP_POLLS: Final = 20
INTERNAL_ERROR: Final = (
    "internal error while reloading the schedule; the previous version stays live (see the log)"
)


# A file that does not exist has no state.
FileStates: TypeAlias = Mapping[Path, FileState | None]


class LiveSite(NamedTuple):
    """The site that is served, and the state of the schedule that it was built from.

    ``loaded_at`` is in UTC, and so is ``edited_at``: when an edit last went live. ``digest`` is the
    SHA-256 of the schedule file in hexadecimal.
    ``episodes`` counts the episodes by status. ``picture`` is the file name of the picture.
    ``problem`` says why the current file is not live, one line per reason, or is None. Until the
    first successful load, ``site`` is empty and ``problem`` is set.
    """

    site: Site = MappingProxyType({})
    loaded_at: datetime | None = None
    edited_at: datetime | None = None
    digest: str | None = None
    episodes: Mapping[Status, int] | None = None
    picture: str | None = None
    problem: str | None = None


class SiteReloader:
    """The live site of one schedule file, replaced after every valid edit.

    A new version of the file goes live if two polls in a row see it, it is valid, and it contains
    no unannounced change. With ``is_logging = False`` nothing about the file is logged: of
    several processes that watch one file, only one should log.
    """

    def __init__(self, path: Path, site_url: SiteURL) -> None:
        self.live = LiveSite()
        self.is_logging = True
        self._path = path
        self._site_url = site_url
        # Read before the file is loaded, so that a later write counts as a new version.
        self._loaded_state = self._polled_state = self._stat_files()
        self._retry_at = 0.0
        self._cache = BuildCache()

    def go_live(self, schedule: Schedule) -> None:
        """Serve a loaded schedule. Raises ScheduleError if an episode's time is invalid."""
        self.live = self._build(schedule)

    def reload(self) -> None:
        """Load the file now. If it cannot go live, ``live.problem`` says why."""
        self._apply(_load(self._path))

    def poll(self) -> bool:
        """Reload the file if it has changed. Return whether ``live`` was replaced."""
        state, started = self._stat_files(), time.monotonic()
        is_stable, self._polled_state = state == self._polled_state, state
        # Some problems end without an edit of the file: a missing picture, a full disk.
        is_retry = self.live.problem and started >= self._retry_at
        if not is_stable or (state == self._loaded_state and not is_retry):
            return False
        before = self.live
        try:
            loaded = _load(self._path)
            # Otherwise the file was written during the load.
            if self._stat_files() == state:
                self._loaded_state = state
                self._apply(loaded)
        except Exception:
            # A bug in this program must not take down the live site.
            if self.is_logging and self.live.problem != INTERNAL_ERROR:
                extra = with_fields("bug", file=str(self._path))
                LOG.exception("%s could not be reloaded", self._path, extra=extra)
            self._loaded_state = state
            self._set_live(self.live._replace(problem=INTERNAL_ERROR))
        elapsed = time.monotonic() - started
        self._retry_at = started + RETRY_FACTOR * elapsed + RETRY_SECONDS
        return self.live != before

    def catch_up(self) -> bool:
        """Reload the file if it has changed since the last load. Return whether ``live`` changed.

        For a worker that starts: it must not serve a version that other workers have replaced.
        Waits at most two seconds for a file that is still being written.
        """
        before = self.live
        for _ in range(MAX_CATCH_UP_POLLS):
            if stat_file(self._path) == self._loaded_state[self._path]:
                break
            self.poll()
            time.sleep(POLL_SECONDS)
        return self.live is not before

    def start_polling(self, on_change: Callable[[], None]) -> None:
        """Poll in a daemon thread, and call ``on_change`` after every new ``live``."""
        Thread(target=self._poll_forever, args=(on_change,), name="reloader", daemon=True).start()

    def _poll_forever(self, on_change: Callable[[], None]) -> None:
        changed = False
        while True:
            time.sleep(POLL_SECONDS)
            try:
                changed = self.poll() or changed
                if changed:
                    on_change()
                    changed = False
            except Exception:
                # If this thread ended, no edit would go live until the next restart.
                extra = with_fields("bug", file=str(self._path))
                LOG.exception("%s could not be served", self._path, extra=extra)
                time.sleep(RETRY_SECONDS)

    def _set_live(self, live: LiveSite, problems: tuple[Problem, ...] = ()) -> None:
        """Replace ``live``, and log its problems unless they are the same as before."""
        problem_before, self.live = self.live.problem, live
        if not self.is_logging or live.problem == problem_before:
            return
        for problem in problems:
            LOG.warning("%s", problem, extra=with_problem(problem))
        if not live.problem:
            extra = with_fields("fixed", file=str(self._path))
            LOG.info("%s: the schedule has no problems any more", self._path, extra=extra)

    def _apply(self, loaded: Schedule | ScheduleError) -> None:
        """Serve the loaded schedule if it can go live. Otherwise set ``live.problem``."""
        live = self.live
        try:
            if isinstance(loaded, ScheduleError):
                raise loaded
            picture = live.site[PICTURE_PATH].body if live.picture else None
            if (loaded.digest, loaded.picture) == (live.digest, picture):
                self._set_live(live._replace(problem=None))
            else:
                new = self._build(loaded)
                changes = self._review(new.site, loaded)
                self._set_live(new._replace(edited_at=new.loaded_at if live.site else None))
                if self.is_logging and live.site:
                    self._log_edit(loaded.show.slug, changes)
        except ScheduleError as error:
            # Without the folder of the file: ``/healthz`` is public.
            lines = (str(problem.with_file_name()) for problem in error.problems)
            self._set_live(live._replace(problem="\n".join(lines)), error.problems)

    def _log_edit(self, show: str, changes: Sequence[str]) -> None:
        from defects_ical.compare.report import summarize_edit  # noqa: PLC0415 - see `_review`

        extra = with_fields("edit", file=str(self._path), show=show, changes=changes)
        LOG.info("%s: edit is live. %s.", self._path, summarize_edit(changes), extra=extra)

    def _review(self, site: Site, schedule: Schedule) -> Sequence[str]:
        """Return what changes; raise ScheduleError if calendar apps would not notice some of it."""
        from defects_ical.compare.site_diff import review_edit  # noqa: PLC0415 - slow, and not for a start

        state = self._polled_state[self._path]
        # Not the current time: all processes that watch the file must give the same message.
        edited_at = datetime.fromtimestamp(state.modified / 1_000_000_000, UTC) if state else None
        published = {path: each.body for path, each in self.live.site.items()}
        review = review_edit(published, site, schedule, edited_at, is_copy=False)
        if review.unannounced:
            location = SourceLocation(str(self._path))
            problems = (Problem(location, "", *texts) for texts in review.unannounced)
            raise ScheduleError(tuple(problems))
        return review.changes

    def _build(self, schedule: Schedule) -> LiveSite:
        counts = Counter(episode.status for episode in expand_episodes(schedule))
        return LiveSite(
            site=build_site(schedule, self._site_url, self._cache),
            loaded_at=datetime.now(UTC),
            digest=schedule.digest,
            episodes=MappingProxyType({status: counts[status] for status in get_args(Status)}),
            picture=schedule.show.picture,
        )

    def _stat_files(self) -> FileStates:
        """Return the state of the schedule file and of the live site's picture, by path."""
        picture = self.live.picture
        paths = (self._path, self._path.with_name(picture)) if picture else (self._path,)
        return {path: stat_file(path) for path in paths}


def _load(path: Path) -> Schedule | ScheduleError:
    try:
        return load_schedule(path)
    except ScheduleError as error:
        return error
