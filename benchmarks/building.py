"""How long it takes to make the site, for seasons of 8 to 1,000 episodes, and to make it anew."""

from __future__ import annotations

import gc
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks import peers, plain
from benchmarks.applications import SITE_URL
from benchmarks.contestants import cores, on_core
from benchmarks.measuring import Chapter, in_turns, ratio
from defects_ical.export.exporter import export_site
from defects_ical.schedule.episodes import expand_episodes
from defects_ical.schedule.loader import load_schedule
from defects_ical.schedule.model import Schedule
from defects_ical.server.app import SiteMiddleware, create_app
from defects_ical.server.reloader import SiteReloader
from defects_ical.site.build import build_site
from tests.support.processes import BIN

SIZES: Final = (8, 100, 1000)
LONG: Final = 1000
ROUNDS: Final = 9
OURS: Final = "the whole site"
ICALENDAR: Final = "icalendar: one calendar"
WHOLE: Final = "a whole build"
EDIT: Final = "one episode edited"
FIRST: Final = "the first run"
SECOND: Final = "the second run, nothing changed"
# As the shipped one, with as many episodes as there are.
SEASON: Final = """\
format: 1
show:
  uid: 3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29
  slug: the-show
  title: The Show
  genres: [K-drama, thriller]
timezone: Asia/Seoul
published: 2025-07-01T09:00:00+09:00
airing:
  premiere: 2025-07-21
  weekdays: [monday, tuesday, wednesday, thursday, friday]
  time: 23:00
  runtime: 60
  episodes: {episodes}
clocks: [America/New_York, Europe/London, UTC]
platforms:
  ena: {{name: ENA, kind: television, region: South Korea}}
  tving: {{name: TVing, kind: streaming, region: South Korea, url: "https://www.tving.com/"}}
  kocowa:
    {{name: Kocowa, kind: streaming, region: outside South Korea, url: "https://www.kocowa.com/"}}
episodes:
{teasers}changes:
"""
TEASER: Final = (
    "  {number}: {{teaser: Somebody who was sent back is found again in part {number}.}}\n"
)
ENTRY: Final = (
    "  - {{at: 2025-07-{day:02}T{hour:02}:00:00+09:00, episodes: [{number}], "
    "move: 2030-01-{day:02}T22:30, reason: A game ran over.}}\n"
)
BUILT: Final = (
    "From the loaded schedule: our whole site (the show's feed and three platforms', their twins, "
    "a file for each episode, the pages, JSON and Atom), and one calendar of the show's events by "
    "each of the libraries, with our words and without a VTIMEZONE. On one core, "
    f"{ROUNDS} times each, in turns."
)
GROWN: Final = f"The time of a whole site, divided by its episodes, {ROUNDS} times each, in turns."
EDITED: Final = (
    "1,000 episodes, from the saved file to the finished answers of the service: loaded, checked, "
    "built, compared with what was served, compressed. The whole build knows of no earlier one."
)
EXPORTED: Final = (
    "1,000 episodes. The command, from its start to its end, in a new folder and again; and of "
    "that the export alone, given the finished site."
)


def chapters() -> Iterator[Chapter]:
    """What is measured of building."""
    serving, _ = cores()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stack.enter_context(on_core(serving))
        yield from _built(folder)
        yield _edited(folder)
        yield from _exported(folder)


def season(episodes: int, entries: int = 0) -> str:
    """A schedule with so many episodes, all with teasers, and so many entries in its log."""
    teasers = "".join(TEASER.format(number=each) for each in range(1, episodes + 1))
    return SEASON.format(episodes=episodes, teasers=teasers) + "".join(
        ENTRY.format(day=2 + each // 24, hour=each % 24, number=each + 5) for each in range(entries)
    )


def _built(folder: Path) -> Iterator[Chapter]:
    schedules = {size: _loaded(folder, size) for size in SIZES}
    for size, schedule in schedules.items():
        calendar = (schedule, expand_episodes(schedule), SITE_URL)
        made: dict[str, Callable[[], object]] = {
            OURS: partial(build_site, schedule, SITE_URL),
            ICALENDAR: partial(plain.calendar, *calendar),
            "ics.py: one calendar": partial(peers.with_ics, *calendar),
            "ical: one calendar": partial(peers.with_ical, *calendar),
        }
        samples = in_turns({name: partial(_took, each) for name, each in made.items()}, ROUNDS)
        bar = 5 if size == LONG else None
        wait = ratio(f"{OURS} / {ICALENDAR}", samples[OURS], samples[ICALENDAR], bar, at_most=True)
        yield Chapter(f"Building {size:,} episodes", BUILT, "ms", (*samples.values(),), (wait,))
    yield _grown(schedules)


def _loaded(folder: Path, size: int) -> Schedule:
    file = folder / f"{size}.yaml"
    file.write_text(season(size), "utf-8")
    return load_schedule(file)


def _grown(schedules: Mapping[int, Schedule]) -> Chapter:
    """How much longer an episode takes among many."""

    def for_one(size: int) -> float:
        # As a build finds it that comes after loading.
        expand_episodes(schedules[size])
        return _took(partial(build_site, schedules[size], SITE_URL)) / size

    names = {size: f"{OURS} of {size:,}, an episode" for size in SIZES}
    samples = in_turns({names[size]: partial(for_one, size) for size in SIZES}, ROUNDS)
    few, many = (samples[names[size]] for size in (100, LONG))
    grown = ratio("an episode of 1,000 / an episode of 100", many, few, 1.2, at_most=True)
    return Chapter("Growing", GROWN, "ms", (*samples.values(),), (grown,))


def _took(make: Callable[[], object]) -> float:
    """Milliseconds that it takes, with the garbage of others out of the way."""
    gc.collect()
    begun = time.perf_counter()
    make()
    return (time.perf_counter() - begun) * 1000


def _edited(folder: Path) -> Chapter:
    service = _Service(folder / "edited.yaml")
    samples = in_turns({WHOLE: service.begin, EDIT: service.edit}, ROUNDS)
    bar = ratio(f"{EDIT} / {WHOLE}", samples[EDIT], samples[WHOLE], 0.25, at_most=True)
    return Chapter("An edit", EDITED, "ms", (*samples.values(),), (bar,))


class _Service:
    """What a service does with its file, but for the waits between two looks at it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._entries = 0
        self._save()
        self._publisher, self._responder = self._begun()

    def begin(self) -> float:
        """Milliseconds from the file to the answers, with nothing known of earlier ones."""
        return _took(self._begun)

    def edit(self) -> float:
        """Milliseconds from the saved edit of one episode to the new answers."""
        self._entries += 1
        self._save()
        return _took(self._taken_up)

    def _save(self) -> None:
        self._file.write_text(season(LONG, self._entries), "utf-8")

    def _begun(self) -> tuple[SiteReloader, SiteMiddleware]:
        publisher = SiteReloader(self._file, SITE_URL)
        publisher.go_live(load_schedule(self._file))
        responder: object = create_app(publisher, SITE_URL).wsgi_app
        if not isinstance(responder, SiteMiddleware):
            raise TypeError(responder)
        return publisher, responder

    def _taken_up(self) -> None:
        # What is new has to last from one look to the next.
        self._publisher.poll()
        if not self._publisher.poll() or self._publisher.live.problem:
            raise RuntimeError(f"not taken up: {self._publisher.live.problem}")
        self._responder.swap_in()


def _exported(folder: Path) -> Iterator[Chapter]:
    schedule, target = folder / f"{LONG}.yaml", folder / "public"
    site = build_site(load_schedule(schedule), SITE_URL)
    yield _twice("the command", partial(_command, schedule), target)
    yield _twice("the export alone", partial(export_site, site, SITE_URL), target)


def _twice(what: str, run: Callable[[Path], object], folder: Path) -> Chapter:
    def first() -> float:
        shutil.rmtree(folder, ignore_errors=True)
        return _took(partial(run, folder))

    def second() -> float:
        before = _states(folder)
        took = _took(partial(run, folder))
        if _states(folder) != before:
            raise RuntimeError("a file was written that had not changed")
        return took

    samples = in_turns({FIRST: first, SECOND: second}, ROUNDS)
    bar = ratio("the second run / the first", samples[SECOND], samples[FIRST], 0.5, at_most=True)
    return Chapter(
        f"Exporting 1,000 episodes: {what}", EXPORTED, "ms", (*samples.values(),), (bar,)
    )


def _command(schedule: Path, folder: Path) -> None:
    options = ["--schedule", str(schedule), "--url", str(SITE_URL)]
    command = [str(BIN / "defects-ical"), "export", str(folder), *options]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _states(folder: Path) -> dict[Path, tuple[int, int]]:
    """What tells that a file was replaced: inodes and times."""
    states = {path: path.stat() for path in folder.rglob("*")}
    return {path: (each.st_ino, each.st_mtime_ns) for path, each in states.items()}
