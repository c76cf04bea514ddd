"""One build in a process of its own: ``python -m benchmarks.build_process site schedule.yaml``.

It prints the milliseconds of processor time. No earlier build of the same site has filled a cache.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.applications import SITE_URL
from benchmarks.candidates import get_cores, pin_to_core
from benchmarks.measurement import time_cpu
from benchmarks.others.feed_libraries import (
    make_with_ical,
    make_with_icalendar,
    make_with_ics_py,
)
from benchmarks.others.plain_feeds import PlainScript, make_plain_feed
from benchmarks.schedules import load_large_schedule
from defects_ical.content.site_input import SiteInput
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.build import build_site

FEW_EPISODES: Final = 8
Build = Callable[[], object]


def time_build(name: str, file: Path) -> float:
    """Return the milliseconds of processor time that a build takes in a new process."""
    core, _ = get_cores()
    command = [sys.executable, "-m", "benchmarks.build_process", name, str(file)]
    with pin_to_core(core):
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return float(done.stdout)


def main() -> None:
    """Time a build, after one of a short schedule that imports and compiles what it needs."""
    _, name, file = sys.argv
    prepare = BUILDS[name]
    with tempfile.TemporaryDirectory() as folder:
        prepare(load_large_schedule(Path(folder), FEW_EPISODES))()
    print(time_cpu(prepare(load_schedule(Path(file)))))


def prepare_site(schedule: Schedule) -> Build:
    """Return a function that builds our complete site."""
    return partial(build_site, schedule, SITE_URL)


def prepare_icalendar(schedule: Schedule) -> Build:
    """Return a function that makes a calendar with icalendar, with texts that we write."""
    site = SiteInput(schedule, SITE_URL)
    return lambda: make_with_icalendar(make_plain_feed(site))


def prepare_plain_icalendar(schedule: Schedule) -> Build:
    """Return a function that makes a calendar with icalendar, and runs none of our code."""
    script = PlainScript(SiteInput(schedule, SITE_URL))
    return lambda: make_with_icalendar(script.write())


def prepare_ics_py(schedule: Schedule) -> Build:
    """Return a function that makes a calendar with ics.py."""
    site = SiteInput(schedule, SITE_URL)
    return lambda: make_with_ics_py(make_plain_feed(site))


def prepare_ical(schedule: Schedule) -> Build:
    """Return a function that makes a calendar with ical."""
    site = SiteInput(schedule, SITE_URL)
    return lambda: make_with_ical(make_plain_feed(site))


BUILDS: Final[Mapping[str, Callable[[Schedule], Build]]] = {
    "site": prepare_site,
    "icalendar": prepare_icalendar,
    "plain": prepare_plain_icalendar,
    "ics.py": prepare_ics_py,
    "ical": prepare_ical,
}


if __name__ == "__main__":
    main()
