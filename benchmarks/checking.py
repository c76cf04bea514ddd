"""Checking feeds: the doctor on a large feed, and on feeds that are made to take long."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.applications import SITE_URL
from benchmarks.measurement import Sample, Section, compare, measure_in_turns
from benchmarks.schedules import make_schedule_text
from defects_ical.content.site_input import SiteInput
from defects_ical.doctor.diagnosis import check_content
from defects_ical.render.ics.feeds import render_feeds
from defects_ical.schedule.loader import load_schedule
from tests.support.hostile_feeds import make_hostile_feeds
from tests.support.processes import BIN

ROUNDS: Final = 5
LARGE: Final = 10_000_000
"""Bytes: the largest feed that the doctor requests."""
MANY: Final = 5_000
SECONDS: Final = "defects-ical doctor"
PARSING: Final = "icalendar: parsing alone"
PARSE: Final = "import sys, icalendar; icalendar.Calendar.from_ical(open(sys.argv[1], 'rb').read())"
DOCTOR_METHOD: Final = (
    "A feed of 10 MB with 1,000 episodes again and again, as a file: the complete command, with "
    "its importers; and the icalendar library, which only parses it."
)
MEMORY_METHOD: Final = (
    "The same. The peak of the largest process, without its child processes: those have limits."
)
HOSTILE_METHOD: Final = (
    "Checks of each feed of tests/support/hostile_feeds.py, {small:,} and {large:,} times of what "
    "it has too many of. Linear time is a ratio of 2."
)
NOW: Final = datetime(2025, 7, 1, tzinfo=UTC)


def measure() -> Iterator[Section]:
    """Measure the time and the memory of checks."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "large.ics"
        file.write_bytes(_make_large_feed(Path(folder)))
        yield from _measure_large_feed(file)
    yield _measure_hostile_feeds()


def _make_large_feed(folder: Path) -> bytes:
    """Return a feed of at least LARGE bytes; each of its events has another UID."""
    schedule = folder / "schedule.yaml"
    schedule.write_text(make_schedule_text(1000), "utf-8")
    feed = next(body for _, body in render_feeds(SiteInput(load_schedule(schedule), SITE_URL)))
    start, end = feed.index(b"BEGIN:VEVENT"), feed.rindex(b"END:VCALENDAR")
    events = feed[start:end]
    copies = (
        events.replace(b"\r\nUID:", b"\r\nUID:%x-" % number)
        for number in range(LARGE // len(events) + 1)
    )
    return feed[:start] + b"".join(copies) + feed[end:]


def _measure_large_feed(file: Path) -> Iterator[Section]:
    commands = {
        SECONDS: [str(BIN / "defects-ical"), "doctor", str(file)],
        PARSING: [sys.executable, "-c", PARSE, str(file)],
    }
    sizes: dict[str, list[float]] = {name: [] for name in commands}

    def run(name: str) -> float:
        milliseconds, megabytes = _run(commands[name])
        sizes[name].append(megabytes)
        return milliseconds

    samples = measure_in_turns({name: partial(run, name) for name in commands}, ROUNDS)
    doctor, parsing = samples.values()
    ratio = compare(f"{SECONDS} / {PARSING}", doctor, parsing, 0.5, is_maximum=True)
    yield Section("Checking 10 MB", DOCTOR_METHOD, "ms", (doctor, parsing), (ratio,))
    peaks = {name: Sample(name, tuple(each)) for name, each in sizes.items()}
    doctor, parsing = peaks.values()
    ratio = compare(f"{SECONDS} / {PARSING}", doctor, parsing, 1, is_maximum=True)
    yield Section("Memory of checking 10 MB", MEMORY_METHOD, "MB", (doctor, parsing), (ratio,))


def _run(command: list[str]) -> tuple[float, float]:
    """Return the milliseconds that a command takes, and the megabytes that it has at most."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    milliseconds = (time.perf_counter() - start) * 1000
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in {0, 1}:
        raise RuntimeError(f"{command[0]} has exit status {process.returncode}")
    return milliseconds, usage.ru_maxrss / 1024


def _measure_hostile_feeds() -> Section:
    small, large = make_hostile_feeds(MANY), make_hostile_feeds(2 * MANY)
    candidates = {
        f"{name}, {size}": partial(_time_checks, feeds[name])
        for name in small
        for size, feeds in (("half", small), ("whole", large))
    }
    samples = measure_in_turns(candidates, ROUNDS)
    ratios = tuple(
        compare(name, samples[f"{name}, whole"], samples[f"{name}, half"], 3, is_maximum=True)
        for name in small
    )
    method = HOSTILE_METHOD.format(small=MANY, large=2 * MANY)
    return Section("Checking hostile feeds", method, "ms", (*samples.values(),), ratios)


def _time_checks(feed: bytes) -> float:
    # Not with the garbage of the feeds before.
    gc.collect()
    start = time.process_time()
    for _ in check_content((feed,), NOW):
        pass
    return (time.process_time() - start) * 1000
