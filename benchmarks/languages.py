"""A site in ten languages, compared with the same site in one: build, start and memory."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.applications import FEED, SITE_URL
from benchmarks.build_process import time_build
from benchmarks.measurement import ROUNDS, Sample, Section, compare, measure_in_turns
from benchmarks.memory import read_megabytes
from benchmarks.schedules import make_schedule_text
from benchmarks.startup import time_start
from defects_ical.text.languages import LANGUAGES
from tests.support.processes import BIN, run_granian

EPISODES: Final = 1000
FEW_EPISODES: Final = 8
REQUESTS: Final = 500
ONE: Final = "one language"
TEN: Final = "ten languages"
BUILD_METHOD: Final = (
    f"Processor time to build the site of {EPISODES:,} episodes from a loaded schedule, in a new "
    f"process each time, after a build of 8 episodes in English. {ROUNDS} rounds in turns."
)
START_METHOD: Final = (
    f"From the start of the process to the first 200, for {FEW_EPISODES} episodes. {ROUNDS} "
    "rounds in turns, on one core, with everything compiled and in the page cache."
)
MEMORY_METHOD: Final = (
    f"Proportional memory of the only worker after {REQUESTS} requests, {FEW_EPISODES} episodes. "
    f"{ROUNDS} new services each."
)


def measure() -> Iterator[Section]:
    """Measure both sites side by side."""
    with tempfile.TemporaryDirectory() as folder:
        files = _write_schedules(Path(folder), EPISODES)
        timers = {name: partial(time_build, "site", file) for name, file in files.items()}
        samples = measure_in_turns(timers, ROUNDS)
        yield _compare("Building in ten languages", BUILD_METHOD, "ms", samples, 6)
        files = _write_schedules(Path(folder), FEW_EPISODES)
        compiled = {"PYTHONPYCACHEPREFIX": f"{folder}/compiled", "PYTHONDONTWRITEBYTECODE": ""}
        starts = {
            name: partial(time_start, partial(_make_command, file), compiled)
            for name, file in files.items()
        }
        for start in starts.values():
            # Only the first start compiles.
            start()
        samples = measure_in_turns(starts, ROUNDS)
        yield _compare("Start in ten languages", START_METHOD, "ms", samples, 1.3)
        readers = {name: partial(_measure_memory, file) for name, file in files.items()}
        samples = measure_in_turns(readers, ROUNDS)
        yield _compare("Memory in ten languages", MEMORY_METHOD, "MB", samples, 1.5)


def _compare(
    title: str, method: str, unit: str, samples: dict[str, Sample], target: float
) -> Section:
    one, ten = samples[ONE], samples[TEN]
    ratio = compare(f"{TEN} / {ONE}", ten, one, target, is_maximum=True)
    return Section(title, method, unit, (one, ten), (ratio,))


def _write_schedules(folder: Path, episodes: int) -> dict[str, Path]:
    """Write a schedule in English, and one with teasers in every language."""
    one = make_schedule_text(episodes).replace("slug: the-show", "slug: the-defects")
    found = "".join(f", {code}: A missing person ({code}) is found again" for code in LANGUAGES[1:])
    ten = re.sub(r"\{teaser: ([^}]*)\}", rf"{{teaser: {{en: \1{found}}}}}", one)
    ten = ten.replace("show:\n", f"languages: [{', '.join(LANGUAGES)}]\nshow:\n", 1)
    files = {name: folder / f"{name.replace(' ', '-')}-{episodes}.yaml" for name in (ONE, TEN)}
    files[ONE].write_text(one, "utf-8")
    files[TEN].write_text(ten, "utf-8")
    return files


def _make_command(file: Path, port: int) -> list[str]:
    options = ["--schedule", str(file), "--url", str(SITE_URL), "--port", str(port)]
    return [str(BIN / "defects-ical"), "serve", *options]


def _measure_memory(file: Path) -> float:
    """Return the proportional size of a worker in megabytes."""
    with run_granian(file, str(SITE_URL)) as server:
        for _ in range(REQUESTS):
            server.request(FEED)
        (worker,) = server.get_worker_pids()
        return read_megabytes(worker, "smaps_rollup")
