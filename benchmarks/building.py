"""Build time of complete sites of 8 to 1,000 episodes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.build_process import time_build
from benchmarks.measurement import ROUNDS, Ratio, Sample, Section, compare, measure_in_turns
from benchmarks.schedules import LARGE, load_large_schedule

SIZES: Final = (8, 100, LARGE)
MAX_RATIO: Final = 1.5
OURS: Final = "complete site"
PLAIN: Final = "icalendar: one plain calendar"
"""What sites and edits are divided by; it runs none of our code."""
ICALENDAR: Final = "icalendar: one calendar with our texts"
BUILDS: Final = {OURS: "site", PLAIN: "plain", ICALENDAR: "icalendar"}
LARGE_BUILDS: Final = {**BUILDS, "ics.py: one calendar": "ics.py", "ical: one calendar": "ical"}
BUILD_METHOD: Final = (
    "Processor time from a loaded schedule to our complete site (the feeds of the show and of "
    "three platforms, each with and without reminders, a file per episode, pages, JSON and Atom), "
    "and to one calendar of the show's events with each library, without VTIMEZONE. All have the "
    "same texts. A plain script writes those of the plain calendar, with none of our code; our "
    "functions write the others. On one core, in a new process each time, after a build of 8 "
    f"episodes; {ROUNDS} rounds in turns."
)
SCALING_METHOD: Final = "The same builds of the complete site, divided by its number of episodes."


def measure() -> Iterator[Section]:
    """Measure build times."""
    complete: dict[int, Sample] = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            load_large_schedule(Path(folder), size)
            samples = _measure_builds(Path(folder) / f"{size}.yaml", size)
            complete[size] = samples[OURS]
            ratios = tuple(_compare_builds(size, samples))
            title = f"Building {size:,} episodes"
            yield Section(title, BUILD_METHOD, "ms", (*samples.values(),), ratios)
    yield _measure_scaling(complete)


def _measure_builds(file: Path, size: int) -> dict[str, Sample]:
    builds = LARGE_BUILDS if size == LARGE else BUILDS
    timers = {name: partial(time_build, build, file) for name, build in builds.items()}
    return measure_in_turns(timers, ROUNDS)


def _compare_builds(size: int, samples: Mapping[str, Sample]) -> Iterator[Ratio]:
    target = MAX_RATIO if size == LARGE else None
    for name, each in ((PLAIN, target), (ICALENDAR, None)):
        yield compare(f"{OURS} / {name}", samples[OURS], samples[name], each, is_maximum=True)


def _measure_scaling(complete: Mapping[int, Sample]) -> Section:
    """Compare the build time per episode."""
    samples = {
        size: Sample(
            f"{OURS} of {size:,}, per episode", tuple(each / size for each in sample.values)
        )
        for size, sample in complete.items()
    }
    ratio = compare(
        "per episode of 1,000 / of 100", samples[LARGE], samples[100], 1.2, is_maximum=True
    )
    return Section("Scaling", SCALING_METHOD, "ms", (*samples.values(),), (ratio,))
