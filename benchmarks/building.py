"""Build time: complete sites of 8 to 1,000 episodes, reloads after an edit, and exports."""

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

from benchmarks.applications import SITE_URL
from benchmarks.candidates import get_cores, pin_to_core
from benchmarks.feed_libraries import make_with_ical, make_with_icalendar, make_with_ics_py
from benchmarks.measurement import Section, compare, measure_in_turns
from defects_ical.content.site_input import SiteInput
from defects_ical.export.exporter import export_site
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.expansion import expand_episodes
from defects_ical.schedule.loader import load_schedule
from defects_ical.server.app import create_app
from defects_ical.server.reloaded_site import ReloadedSite
from defects_ical.server.reloader import SiteReloader
from defects_ical.site.build import build_site
from tests.support.processes import BIN

SIZES: Final = (8, 100, 1000)
LARGE: Final = 1000
ROUNDS: Final = 9
OURS: Final = "complete site"
ICALENDAR: Final = "icalendar: one calendar"
FULL_BUILD: Final = "full build"
ONE_EDIT: Final = "one episode edited"
FIRST: Final = "first run"
SECOND: Final = "second run, nothing changed"
# Like the shipped schedule, with any number of episodes.
SCHEDULE_TEMPLATE: Final = """\
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
TEASER_TEMPLATE: Final = (
    "  {number}: {{teaser: A missing person is found again in part {number}.}}\n"
)
ENTRY_TEMPLATE: Final = (
    "  - {{at: 2025-07-{day:02}T{hour:02}:00:00+09:00, episodes: [{number}], "
    "move: 2030-01-{day:02}T22:30, reason: A game ran over.}}\n"
)
BUILD_METHOD: Final = (
    "Build times from a loaded schedule: our complete site (the feeds of the show and of three "
    "platforms, each with and without reminders, a file per episode, pages, JSON and Atom), and "
    "one calendar of the show's events with each library, with our texts and without VTIMEZONE. "
    f"On one core, {ROUNDS} rounds in turns."
)
SCALING_METHOD: Final = (
    f"Build time of the complete site, divided by its number of episodes. {ROUNDS} rounds in turns."
)
RELOAD_METHOD: Final = (
    "1,000 episodes, from the saved file to the prepared responses: load, validate, build, compare "
    "with the live site, compress. The full build starts without a build cache."
)
EXPORT_METHOD: Final = (
    "1,000 episodes, exported to a new folder and then again: the complete command, and only the "
    "export of a site that is built already."
)


def measure() -> Iterator[Section]:
    """Measure build times."""
    server_core, _ = get_cores()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stack.enter_context(pin_to_core(server_core))
        yield from _measure_builds(folder)
        yield _measure_reloads(folder)
        yield from _measure_exports(folder)


def make_schedule_text(episodes: int, entries: int = 0) -> str:
    """Return a schedule with this many episodes, all with teasers, and change entries."""
    teasers = "".join(TEASER_TEMPLATE.format(number=each) for each in range(1, episodes + 1))
    changes = "".join(
        ENTRY_TEMPLATE.format(day=2 + each // 24, hour=each % 24, number=each + 5)
        for each in range(entries)
    )
    return SCHEDULE_TEMPLATE.format(episodes=episodes, teasers=teasers) + changes


def _measure_builds(folder: Path) -> Iterator[Section]:
    schedules = {size: _load_schedule(folder, size) for size in SIZES}
    for size, schedule in schedules.items():
        site = SiteInput(schedule, SITE_URL)
        builds: dict[str, Callable[[], object]] = {
            OURS: partial(build_site, schedule, SITE_URL),
            ICALENDAR: partial(make_with_icalendar, site),
            "ics.py: one calendar": partial(make_with_ics_py, site),
            "ical: one calendar": partial(make_with_ical, site),
        }
        timers = {name: partial(_time, build) for name, build in builds.items()}
        samples = measure_in_turns(timers, ROUNDS)
        target = 5 if size == LARGE else None
        ratio = compare(
            f"{OURS} / {ICALENDAR}", samples[OURS], samples[ICALENDAR], target, is_maximum=True
        )
        title = f"Building {size:,} episodes"
        yield Section(title, BUILD_METHOD, "ms", (*samples.values(),), (ratio,))
    yield _measure_scaling(schedules)


def _load_schedule(folder: Path, size: int) -> Schedule:
    file = folder / f"{size}.yaml"
    file.write_text(make_schedule_text(size), "utf-8")
    return load_schedule(file)


def _measure_scaling(schedules: Mapping[int, Schedule]) -> Section:
    """Measure the build time per episode."""

    def time_per_episode(size: int) -> float:
        # Loading has expanded the episodes already.
        expand_episodes(schedules[size])
        return _time(partial(build_site, schedules[size], SITE_URL)) / size

    names = {size: f"{OURS} of {size:,}, per episode" for size in SIZES}
    timers = {names[size]: partial(time_per_episode, size) for size in SIZES}
    samples = measure_in_turns(timers, ROUNDS)
    few, many = (samples[names[size]] for size in (100, LARGE))
    ratio = compare("per episode of 1,000 / of 100", many, few, 1.2, is_maximum=True)
    return Section("Scaling", SCALING_METHOD, "ms", (*samples.values(),), (ratio,))


def _time(run: Callable[[], object]) -> float:
    """Return the milliseconds of a call, after a garbage collection."""
    gc.collect()
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) * 1000


def _measure_reloads(folder: Path) -> Section:
    service = _Service(folder / "edited.yaml")
    candidates = {FULL_BUILD: service.time_start, ONE_EDIT: service.time_edit}
    samples = measure_in_turns(candidates, ROUNDS)
    edit, build = samples[ONE_EDIT], samples[FULL_BUILD]
    ratio = compare(f"{ONE_EDIT} / {FULL_BUILD}", edit, build, 0.25, is_maximum=True)
    return Section("Reload", RELOAD_METHOD, "ms", (*samples.values(),), (ratio,))


class _Service:
    """The steps of the service from its schedule file to its responses, without pauses."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._entries = 0
        self._save()
        self._reloader, self._site = self._start()

    def time_start(self) -> float:
        """Return the milliseconds from the file to the responses, without a build cache."""
        return _time(self._start)

    def time_edit(self) -> float:
        """Return the milliseconds from a saved edit of one episode to the new responses."""
        self._entries += 1
        self._save()
        return _time(self._reload)

    def _save(self) -> None:
        self._file.write_text(make_schedule_text(LARGE, self._entries), "utf-8")

    def _start(self) -> tuple[SiteReloader, ReloadedSite]:
        reloader = SiteReloader(self._file, SITE_URL)
        reloader.go_live(load_schedule(self._file))
        site = ReloadedSite(reloader, SITE_URL)
        create_app(site, SITE_URL)
        return reloader, site

    def _reload(self) -> None:
        # A new version goes live after two polls.
        self._reloader.poll()
        if not self._reloader.poll() or self._reloader.live.problem:
            raise RuntimeError(f"not reloaded: {self._reloader.live.problem}")
        self._site.swap_in()


def _measure_exports(folder: Path) -> Iterator[Section]:
    schedule, target = folder / f"{LARGE}.yaml", folder / "public"
    site = build_site(load_schedule(schedule), SITE_URL)
    yield _measure_twice("command", partial(_run_export_command, schedule), target)
    yield _measure_twice("export only", partial(export_site, site, SITE_URL), target)


def _measure_twice(name: str, run: Callable[[Path], object], folder: Path) -> Section:
    def time_first() -> float:
        shutil.rmtree(folder, ignore_errors=True)
        return _time(partial(run, folder))

    def time_second() -> float:
        before = _stat_files(folder)
        milliseconds = _time(partial(run, folder))
        if _stat_files(folder) != before:
            raise RuntimeError("an unchanged file was written")
        return milliseconds

    samples = measure_in_turns({FIRST: time_first, SECOND: time_second}, ROUNDS)
    first, second = samples[FIRST], samples[SECOND]
    ratio = compare("second run / first run", second, first, 0.5, is_maximum=True)
    title = f"Exporting 1,000 episodes, {name}"
    return Section(title, EXPORT_METHOD, "ms", (first, second), (ratio,))


def _run_export_command(schedule: Path, folder: Path) -> None:
    options = ["--schedule", str(schedule), "--url", str(SITE_URL)]
    command = [str(BIN / "defects-ical"), "export", str(folder), *options]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _stat_files(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return inode and modification time of each file, which a write would change."""
    stats = {path: path.stat() for path in folder.rglob("*")}
    return {path: (stat.st_ino, stat.st_mtime_ns) for path, stat in stats.items()}
