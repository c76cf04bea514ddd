"""Replace a file that people edit, under a lock."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from defects_ical.authoring.locked_file import lock_file
from defects_ical.errors import ScheduleError, ScheduleFileError
from tests.support.processes import BIN, wait_for

# Replaces a file again and again, by one of two contents.
WRITER = """
import sys
from pathlib import Path
from defects_ical.authoring.locked_file import lock_file
while True:
    with lock_file(Path(sys.argv[1])) as file:
        file.replace(b"new" * 100_000 if file.content.startswith(b"old") else b"old" * 100_000)
"""
# Holds the lock of a file until it is killed.
HOLDER = """
import sys, time
from pathlib import Path
from defects_ical.authoring.locked_file import lock_file
with lock_file(Path(sys.argv[1])):
    print("locked", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a file."""
    path = tmp_path / "schedule.yaml"
    path.write_bytes(b"old" * 100_000)
    return path


def test_replace_keeps_mode_and_owner(path: Path) -> None:
    # Only root may give a file to another user.
    owner = (1234, 2345) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
    os.chown(path, *owner)
    path.chmod(0o640)
    with lock_file(path) as file:
        file.replace(b"new")
    stat = path.stat()
    assert path.read_bytes() == b"new"
    assert (stat.st_mode & 0o7777, stat.st_uid, stat.st_gid) == (0o640, *owner)
    assert [*path.parent.iterdir()] == [path]


def test_replace_follows_links(path: Path, tmp_path: Path) -> None:
    """The link stays, and what it leads to is replaced."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    link = folder / "link.yaml"
    link.symlink_to("../schedule.yaml")
    with lock_file(link) as file:
        file.replace(b"new")
    assert link.is_symlink()
    assert path.read_bytes() == b"new"


def test_replace_refuses_edited_file(path: Path) -> None:
    """What an editor wrote since the file was read is not lost."""
    with lock_file(path) as file:
        path.write_bytes(b"edited")
        with pytest.raises(ScheduleFileError, match="changed in the meantime"):
            file.replace(b"new")
    assert path.read_bytes() == b"edited"
    assert [*path.parent.iterdir()] == [path]


def test_lock_waits_for_its_time(path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER, path], stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"locked\n"
        with pytest.raises(ScheduleFileError, match="another `defects-ical`"), lock_file(path, 0.1):
            pass
        holder.kill()
    # The lock of a killed process is gone.
    with lock_file(path, 0.1) as file:
        file.replace(b"new")


def test_lock_reads_what_another_wrote(path: Path) -> None:
    """Who waited for the lock goes on with what the other edit made of the file."""
    with lock_file(path) as file:
        waiting = subprocess.Popen([sys.executable, "-c", WRITER, path])
        time.sleep(0.5)
        file.replace(b"old and longer")
    try:
        wait_for(lambda: path.read_bytes() == b"new" * 100_000)
    finally:
        waiting.kill()
        waiting.wait()


def test_kill_leaves_a_whole_file(path: Path) -> None:
    """A process that is killed at any time leaves the old content or the new one."""
    found = set()
    for _ in range(12):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, path])
        before = path.stat().st_ino
        wait_for(lambda before=before: path.stat().st_ino != before)  # type: ignore[misc]
        time.sleep(random.uniform(0, 0.02))  # noqa: S311 - no secret
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        found.add(path.read_bytes())
    assert found <= {b"old" * 100_000, b"new" * 100_000}


def test_pipe_is_refused(tmp_path: Path) -> None:
    """Reading it would wait for a writer."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ScheduleFileError, match="a pipe"), lock_file(tmp_path / "pipe"):
        pass


def test_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ScheduleError, match="does not exist"), lock_file(tmp_path / "x.yaml"):
        pass


def test_single_mounted_file_is_refused(path: Path) -> None:
    """A file that is mounted alone, as into a container, cannot be renamed over."""
    path.write_text((Path(__file__).parents[2] / "schedule.yaml").read_text("utf-8"), "utf-8")
    before = path.read_bytes()
    mounted = f"mount --bind {path} {path} && {BIN}/defects-ical change 8 --postpone --yes"
    done = subprocess.run(
        ["/bin/sh", "-c", f"unshare --mount --map-root-user sh -c '{mounted}'"],
        cwd=path.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == (
        "error: schedule.yaml: a single mounted file cannot be replaced; nothing was written. "
        "Mount the folder instead.\n"
    )
    assert path.read_bytes() == before
    assert [*path.parent.iterdir()] == [path]
