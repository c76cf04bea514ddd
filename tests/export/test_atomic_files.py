"""Exports that fail, are killed, or run at the same time."""

from __future__ import annotations

import fcntl
import json
import math
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Final

import pytest

from defects_ical.export.exporter import export_site
from tests.support.example_schedules import make_yaml
from tests.support.exports import (
    EXTRA_FILES,
    LARGE,
    MANIFEST_FILE,
    MOVED,
    ONE_PLATFORM,
    SITE_URL,
    TEMPORARY_FILE,
    Files,
    build,
    diff_files,
    export_arguments,
    get_export_error,
    list_site_files,
    read_files,
    run_export,
    run_python,
    write_text,
)

LOCKED = "another export or a service writes here. Wait for it to finish, or stop it."


def test_export_refuses_locked_folder(tmp_path: Path) -> None:
    export_site(build(ONE_PLATFORM), SITE_URL, tmp_path)
    other_export = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(other_export, fcntl.LOCK_EX)
    message = get_export_error(build(MOVED), tmp_path)
    assert message == f"{tmp_path}: {LOCKED}"
    os.close(other_export)
    assert export_site(build(MOVED), SITE_URL, tmp_path).written > 0


def test_concurrent_exports_do_not_mix(tmp_path: Path) -> None:
    text = make_yaml(episodes=100)
    schedule, folder = write_text(tmp_path / "schedule.yaml", text), tmp_path / "site"
    command = [sys.executable, "-m", "defects_ical", *export_arguments(folder, schedule)]
    pipe = subprocess.PIPE
    exports = [subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) for _ in range(2)]
    results = sorted((*each.communicate(), each.returncode) for each in exports)
    count = len(build(text)) + 2
    assert (f"{folder}: {count} written, 0 unchanged, 0 removed\n", "", 0) in results
    results.remove((f"{folder}: {count} written, 0 unchanged, 0 removed\n", "", 0))
    assert results[0] in [
        (
            "",
            f"error: {folder}: {LOCKED}\n",
            1,
        ),
        (f"{folder}: 0 written, {count} unchanged, 0 removed\n", "", 0),
    ]
    assert diff_files(read_files(folder), list_site_files(build(text))) == EXTRA_FILES


def test_leftover_temporary_file_is_replaced(tmp_path: Path) -> None:
    write_text(tmp_path / TEMPORARY_FILE, "left by a killed export")
    export_site(build(ONE_PLATFORM), SITE_URL, tmp_path)
    assert (tmp_path / "show.ics").read_bytes() == build(ONE_PLATFORM)["/show.ics"].body
    assert not (tmp_path / TEMPORARY_FILE).exists()


def test_second_export_removes_temporary_file(tmp_path: Path) -> None:
    export_site(build(ONE_PLATFORM), SITE_URL, tmp_path)
    before = read_files(tmp_path)
    write_text(tmp_path / TEMPORARY_FILE, "left by a killed export")
    assert export_site(build(ONE_PLATFORM), SITE_URL, tmp_path).written == 0
    assert read_files(tmp_path) == before


def test_files_are_synced_before_they_are_renamed(tmp_path: Path) -> None:
    calls: list[str] = []

    def observe(_frame: FrameType, event: str, function: object) -> None:
        if event == "c_call" and function in {os.fsync, os.replace}:
            calls.append("fsync" if function is os.fsync else "rename")

    sys.setprofile(observe)
    try:
        outcome = export_site(build(ONE_PLATFORM), SITE_URL, tmp_path)
    finally:
        sys.setprofile(None)
    assert calls.count("rename") > outcome.written > 10
    assert {first for first, second in pairwise(calls) if second == "rename"} == {"fsync"}
    assert (calls[0], calls[-1]) == ("fsync", "fsync")


EXPORT_WITH_SIZE_LIMIT: Final = """\
import resource, runpy, sys
size = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
runpy.run_module("defects_ical", run_name="__main__")
"""


def test_failed_export_leaves_no_partial_file(tmp_path: Path) -> None:
    text = make_yaml(episodes=100)
    schedule, folder = write_text(tmp_path / "schedule.yaml", text), tmp_path / "site"
    export_site(build(ONE_PLATFORM), SITE_URL, folder)
    old, new = list_site_files(build(ONE_PLATFORM)), list_site_files(build(text))
    # The page is the longest file: it does not fit.
    limit = max(map(len, new.values())) - 1
    failed = run_python(
        "-c", EXPORT_WITH_SIZE_LIMIT, f"{limit}", *export_arguments(folder, schedule)
    )
    message = "File too large. Fix this, or use another folder."
    assert failed.stderr == f"error: {folder}: {message}\n"
    assert (failed.stdout, failed.returncode) == ("", 1)
    found = read_files(folder)
    assert not [path for path in new if found.get(path) not in (old.get(path), new[path])]
    assert diff_files(found, old) > EXTRA_FILES
    assert diff_files(found, new) > EXTRA_FILES
    assert TEMPORARY_FILE not in found
    assert run_export(folder, schedule).returncode == 0
    assert diff_files(read_files(folder), new) == EXTRA_FILES


# Building the sites once and forking for each export lets fifty kills take only seconds.
# The delay starts with the first replaced file (the manifest): before that, an export only reads.
EXPORT_SERVER: Final = """\
import json, os, signal, sys, time
from pathlib import Path
from defects_ical.content.links.site_url import SiteURL
from defects_ical.export.exporter import export_site
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.build import build_site

def find_inode(path):
    return path.stat().st_ino if path.exists() else None

def has_ended(child):
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT)

site_url = SiteURL.parse("https://defects.example")
sites = [build_site(load_schedule(Path(name)), site_url) for name in sys.argv[1:]]
for line in sys.stdin:
    which, folder, delay = json.loads(line)
    manifest = Path(folder, ".defects-ical.json")
    before = find_inode(manifest)
    child = os.fork()
    if not child:
        export_site(sites[which], site_url, Path(folder))
        os._exit(0)
    while find_inode(manifest) == before and not has_ended(child):
        time.sleep(0.0005)
    start = time.monotonic()
    while time.monotonic() < start + delay and not has_ended(child):
        time.sleep(0.0005)
    seconds = time.monotonic() - start
    os.kill(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(json.dumps([status, seconds]), flush=True)
"""


@dataclass(frozen=True)
class ExportServer:
    """A process that exports the large sites, each export in a process of its own."""

    process: subprocess.Popen[str]

    def run_export(self, which: int, folder: Path) -> Files:
        """Export without a kill; return the files that the folder then contains."""
        assert not self.kill(which, folder, math.inf)[0]
        return read_files(folder)

    def kill(self, which: int, folder: Path, delay: float) -> tuple[bool, float]:
        """Kill an export after it has been writing for ``delay`` seconds, unless it ends earlier.

        Returns whether it was killed, and for how many seconds it was writing.
        """
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps([which, str(folder), delay]), file=self.process.stdin, flush=True)
        status, seconds = json.loads(self.process.stdout.readline())
        assert status in {0, -signal.SIGKILL}
        return status != 0, seconds


@pytest.fixture(scope="module")
def export_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExportServer]:
    folder = tmp_path_factory.mktemp("schedules")
    schedules = [write_text(folder / f"{index}.yaml", text) for index, text in enumerate(LARGE)]
    command = [sys.executable, "-c", EXPORT_SERVER, *map(str, schedules)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        yield ExportServer(process)


def assert_no_partial_files(found: Files, old: Files, new: Files) -> None:
    """Every file is the old or the new one and in the manifest; stale files are removed last."""
    managed = found.keys() - {MANIFEST_FILE, TEMPORARY_FILE}
    assert {path for path in managed if found[path] not in (old.get(path), new.get(path))} == set()
    assert managed - json.loads(found.get(MANIFEST_FILE, b'{"files": {}}'))["files"].keys() == set()
    removed = old.keys() - found.keys()
    assert removed & new.keys() == set()
    assert not removed or diff_files(found, new) <= {
        MANIFEST_FILE,
        TEMPORARY_FILE,
        *old.keys() - new.keys(),
    }


def was_interrupted(found: Files, old: Files, new: Files) -> bool:
    """Return whether the folder has both old and new files, or a temporary file."""
    changed = diff_files(old, new) & found.keys() - {MANIFEST_FILE}
    replaced = {path for path in changed if found[path] == new.get(path)}
    return TEMPORARY_FILE in found or set() < replaced < changed


def kill_exports(export_server: ExportServer, folder: Path, wanted: int) -> tuple[int, int]:
    """Return how often an export was killed, and how often while it was replacing files."""
    first, second = (export_server.run_export(which, folder / f"{which}") for which in (0, 1))
    site = folder / "site"
    export_server.run_export(0, site)
    longest = max(export_server.kill(which, site, math.inf)[1] for which in (1, 0))
    delays = random.Random(1)  # noqa: S311 - the same delays in every run
    kills = writing = 0
    for turn in range(200):
        which, old, new = (0, second, first) if turn % 2 else (1, first, second)
        killed, seconds = export_server.kill(which, site, delays.uniform(0, longest))
        found = read_files(site)
        assert_no_partial_files(found, old, new)
        kills += killed
        writing += killed and was_interrupted(found, old, new)
        longest = longest if killed else seconds
        assert diff_files(export_server.run_export(which, site), new) == set()
        if kills == wanted:
            break
    return kills, writing


def test_export_survives_kill(export_server: ExportServer, fast_folder: Path) -> None:
    kills, writing = kill_exports(export_server, fast_folder, 4)
    assert kills == 4
    assert writing >= 1


@pytest.mark.soak
def test_export_survives_kill_on_disk(export_server: ExportServer, tmp_path: Path) -> None:
    kills, writing = kill_exports(export_server, tmp_path, 50)
    assert kills == 50
    assert writing >= 30


def test_first_export_survives_kill(export_server: ExportServer, fast_folder: Path) -> None:
    _, longest = export_server.kill(0, fast_folder / "site", math.inf)
    site = read_files(fast_folder / "site")
    delays = random.Random(2)  # noqa: S311 - the same delays in every run
    kills = 0
    for turn in range(3):
        folder = fast_folder / f"{turn}"
        kills += export_server.kill(0, folder, delays.uniform(0, longest))[0]
        assert_no_partial_files(read_files(folder), {}, site)
        assert diff_files(export_server.run_export(0, folder), site) == set()
    assert kills > 0
