"""Exports of a large schedule, to a new folder and then again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

from benchmarks.applications import SITE_URL
from benchmarks.candidates import get_cores, pin_to_core
from benchmarks.measurement import ROUNDS, Section, compare, measure_in_turns, time_wall
from benchmarks.schedules import LARGE, load_large_schedule
from defects_ical.export.exporter import export_site
from defects_ical.site.build import build_site
from tests.support.processes import BIN

MAX_RATIO: Final = 4.0
FIRST: Final = "first run"
SECOND: Final = "second run, nothing changed"
FIRST_WRITE: Final = "first run, export of a built site only"
SECOND_WRITE: Final = "second run, export of a built site only"
IMPORT: Final = "`python -c 'import click'`"
METHOD: Final = (
    "1,000 episodes, exported to a new folder and then again: the complete command, and only the "
    "export of a site that is built already. Compared with a Python that starts, imports click and "
    "ends: the least that a command of this kind takes. Everything is compiled and in the page "
    f"cache. On one core, {ROUNDS} rounds in turns."
)

Export: TypeAlias = Callable[[Path], object]


def measure() -> Iterator[Section]:
    """Measure exports next to the import of click."""
    server_core, _ = get_cores()
    with tempfile.TemporaryDirectory() as name, pin_to_core(server_core):
        folder = Path(name)
        site = build_site(load_large_schedule(folder), SITE_URL)
        compiled = _make_environment(folder / "compiled")
        command = partial(_run_export, folder / f"{LARGE}.yaml", compiled)
        write = partial(export_site, site, SITE_URL)
        candidates = {
            FIRST: partial(_time_first, command, folder / "command"),
            SECOND: partial(_time_second, command, folder / "command"),
            IMPORT: partial(
                time_wall, partial(_run, [sys.executable, "-c", "import click"], compiled)
            ),
            FIRST_WRITE: partial(_time_first, write, folder / "write"),
            SECOND_WRITE: partial(_time_second, write, folder / "write"),
        }
        for time_once in candidates.values():
            # Only the first run compiles.
            time_once()
        samples = measure_in_turns(candidates, ROUNDS)
    ratio = compare(
        f"{SECOND} / {IMPORT}", samples[SECOND], samples[IMPORT], MAX_RATIO, is_maximum=True
    )
    yield Section("Exporting 1,000 episodes", METHOD, "ms", (*samples.values(),), (ratio,))


def _make_environment(compiled: Path) -> dict[str, str]:
    """Return an environment in which Python keeps what it compiles, as an installed package."""
    return {**os.environ, "PYTHONPYCACHEPREFIX": str(compiled), "PYTHONDONTWRITEBYTECODE": ""}


def _time_first(export: Export, folder: Path) -> float:
    shutil.rmtree(folder, ignore_errors=True)
    return time_wall(partial(export, folder))


def _time_second(export: Export, folder: Path) -> float:
    before = _stat_files(folder)
    milliseconds = time_wall(partial(export, folder))
    if not before or _stat_files(folder) != before:
        raise RuntimeError("an unchanged file was written")
    return milliseconds


def _run_export(schedule: Path, environment: Mapping[str, str], folder: Path) -> None:
    options = ["--schedule", str(schedule), "--url", str(SITE_URL)]
    _run([str(BIN / "defects-ical"), "export", str(folder), *options], environment)


def _run(command: list[str], environment: Mapping[str, str]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise RuntimeError(done.stderr)


def _stat_files(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return inode and modification time of each file, which a write would change."""
    stats = {path: path.stat() for path in folder.rglob("*")}
    return {path: (stat.st_ino, stat.st_mtime_ns) for path, stat in stats.items()}
