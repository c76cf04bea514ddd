"""The site being served: it follows the schedule's file, and the last good one stays."""

from __future__ import annotations

import logging
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from types import MappingProxyType
from typing import Final, TypeAlias, get_args

from defects_ical.compare.site_diff import unannounced_changes
from defects_ical.content.build_cache import BuildCache
from defects_ical.content.feeds import PICTURE_PATH
from defects_ical.content.site_url import SiteURL
from defects_ical.errors import Problem, ScheduleError, SourceLocation
from defects_ical.schedule.episodes import expand_episodes
from defects_ical.schedule.loader import load_schedule
from defects_ical.schedule.model import Schedule, Status
from defects_ical.site.build import Site, build_site

LOG: Final = logging.getLogger(__name__)
# Seconds between two looks at the file: an edit is served within two seconds, and a state that
# did not last from one look to the next was not meant.
POLL_SECONDS: Final = 0.1
# Seconds until what has a problem is tried again, besides this many times what trying took.
RETRY: Final = 2.0
AGAIN: Final = 10
# Where a state has the time of the last change, and in what unit.
MODIFIED: Final = 3
NANOSECONDS: Final = 1_000_000_000
# Looks that a process takes before it begins to answer all the same.
PATIENCE: Final = 20
INTERNAL_ERROR: Final = (
    "the schedule could not be taken up, which is a fault of this program; see its log"
)

State: TypeAlias = "tuple[int, ...] | None"
"""What tells one state of a file from another without reading it; None where there is no file."""


@dataclass(frozen=True, slots=True)
class LiveSite:
    """What is served: a site, and facts about the schedule that it was built from.

    ``loaded_at`` is in UTC; ``digest`` is the SHA-256 of the schedule's file, in hexadecimal;
    ``episodes`` counts them by status; ``picture`` names the file of the schedule's picture.
    ``problem`` tells why the file as it is now is not what is served, a line for each reason.
    Where nothing could be loaded yet, there is a problem and no site.
    """

    site: Site = field(default_factory=dict)
    loaded_at: datetime | None = None
    digest: str | None = None
    episodes: Mapping[Status, int] | None = None
    picture: str | None = None
    problem: str | None = None


class SiteReloader:
    """What is served of the schedule in one file, now and after every edit.

    A state of the file is taken up when it has lasted from one look to the next, has no problem,
    and changes nothing of what is served in silence. ``quiet`` leaves it to others to log.
    """

    def __init__(self, path: Path, site_url: SiteURL) -> None:
        self.publication = LiveSite()
        self.quiet = False
        self._path = path
        self._site_url = site_url
        # Noted before the file is read: what is written from now on is another state.
        self._taken_up = self._seen = self._states()
        self._again = 0.0
        self._cache = BuildCache()

    def publish(self, schedule: Schedule) -> None:
        """Serve a schedule that was loaded from the file.

        Raises ScheduleError for one whose times cannot be expanded.
        """
        self.publication = self._built(schedule)

    def refresh(self) -> None:
        """Take up the file as it is now; where it cannot be, ``publication`` tells why."""
        self._put(*self._next(_loaded(self._path)))

    def look(self) -> bool:
        """Take up the file if it has changed; whether ``publication`` is another one now."""
        states, begun = self._states(), time.monotonic()
        lasted, self._seen = states == self._seen, states
        # A problem may go away by itself: a picture comes, a disk recovers.
        due = self.publication.problem and begun >= self._again
        if not lasted or (states == self._taken_up and not due):
            return False
        try:
            return self._take_up(states)
        except Exception:
            # What is served stays, also where the fault is ours.
            if not self.quiet and self.publication.problem != INTERNAL_ERROR:
                LOG.exception("%s could not be taken up", self._path)
            self._taken_up = states
            self._put(replace(self.publication, problem=INTERNAL_ERROR), ())
            return True
        finally:
            self._again = begun + AGAIN * (time.monotonic() - begun) + RETRY

    def catch_up(self) -> bool:
        """Take up at once what has become of the file; whether ``publication`` is another one now.

        For a process that begins to answer, and must not serve what others serve no more. It
        waits for a file that is being written, but not for ever.
        """
        before = self.publication
        for _ in range(PATIENCE):
            if _state(self._path) == self._taken_up[self._path]:
                break
            self.look()
            time.sleep(POLL_SECONDS)
        return self.publication is not before

    def follow(self, take_up: Callable[[], None]) -> None:
        """Look again and again, on a thread of its own; ``take_up`` each new publication."""
        Thread(target=self._follow, args=(take_up,), name="publisher", daemon=True).start()

    def _follow(self, take_up: Callable[[], None]) -> None:
        changed = False
        while True:
            time.sleep(POLL_SECONDS)
            try:
                changed = self.look() or changed
                if changed:
                    take_up()
                    changed = False
            except Exception:
                # It is tried again: nothing may end what only a restart would begin anew.
                LOG.exception("%s could not be served", self._path)
                time.sleep(RETRY)

    def _put(self, publication: LiveSite, problems: Iterable[Problem]) -> None:
        before, self.publication = self.publication.problem, publication
        if self.quiet or publication.problem == before:
            return
        for problem in problems:
            LOG.warning("%s", problem)
        if not publication.problem:
            LOG.info("%s: what was wrong is mended", self._path)

    def _take_up(self, states: dict[Path, State]) -> bool:
        loaded = _loaded(self._path)
        if self._states() != states:
            # It was written while it was read.
            return False
        self._taken_up = states
        before = self.publication
        self._put(*self._next(loaded))
        return self.publication != before

    def _next(self, loaded: Schedule | ScheduleError) -> tuple[LiveSite, tuple[Problem, ...]]:
        """What is to be served after what is served now, and what is wrong with the file."""
        served = self.publication
        try:
            if isinstance(loaded, ScheduleError):
                raise loaded
            picture = served.site[PICTURE_PATH].body if served.picture else None
            if (loaded.digest, loaded.picture) == (served.digest, picture):
                return replace(served, problem=None), ()
            publication = self._built(loaded)
            self._refuse_silence(publication.site, loaded)
        except ScheduleError as error:
            return replace(served, problem=_told(error)), error.problems
        return publication, ()

    def _refuse_silence(self, site: Site, schedule: Schedule) -> None:
        """Raise ScheduleError where subscribers would see a change that is not announced."""
        served = self.publication.site
        if not served:
            return
        place = SourceLocation(str(self._path))
        state = self._seen[self._path]
        # As if decided when it was written: all who look at this state say the same.
        edited = datetime.fromtimestamp(state[MODIFIED] / NANOSECONDS, UTC) if state else None
        found = unannounced_changes(served, site, schedule, edited)
        problems = [Problem(place, "", what, mend) for what, mend in found]
        if problems:
            raise ScheduleError(tuple(problems))

    def _built(self, schedule: Schedule) -> LiveSite:
        counts = Counter(episode.status for episode in expand_episodes(schedule))
        return LiveSite(
            site=build_site(schedule, self._site_url, self._cache),
            loaded_at=datetime.now(UTC),
            digest=schedule.digest,
            episodes=MappingProxyType({status: counts[status] for status in get_args(Status)}),
            picture=schedule.show.picture,
        )

    def _states(self) -> dict[Path, State]:
        """How the schedule's file is now, and the picture's that is served."""
        name = self.publication.picture
        paths = (self._path, self._path.with_name(name)) if name else (self._path,)
        return {path: _state(path) for path in paths}


def _loaded(path: Path) -> Schedule | ScheduleError:
    try:
        return load_schedule(path)
    except ScheduleError as error:
        return error


def _state(path: Path) -> State:
    try:
        found = os.stat(path)  # noqa: PTH116 - asked ten times a second
    except OSError:
        return None
    # A tool may set back the time of a change; nobody sets back when it did so.
    times = (found.st_mtime_ns, found.st_ctime_ns)
    return (found.st_dev, found.st_ino, found.st_size, *times)


def _told(error: ScheduleError) -> str:
    """The problems, for whoever asks: of where the file is, they learn no more than its name."""
    return "\n".join(str(_without_folder(problem)) for problem in error.problems)


def _without_folder(problem: Problem) -> Problem:
    path = problem.location.file
    name = Path(path).name
    location = replace(problem.location, file=name)
    return replace(problem, location=location, hint=problem.hint.replace(path, name))
