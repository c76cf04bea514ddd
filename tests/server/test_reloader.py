"""SiteReloader: what goes live after every way to edit, break or replace the schedule file."""

from __future__ import annotations

import errno
import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from defects_ical.content.links.feeds import PICTURE_PATH
from defects_ical.content.links.site_url import SiteURL
from defects_ical.schedule.loader import load_schedule
from defects_ical.server import reloader as reloader_module
from defects_ical.server.reloader import INTERNAL_ERROR, LiveSite, SiteReloader
from tests.conftest import ROOT
from tests.support.example_schedules import make_yaml
from tests.support.processes import wait_for

SITE_URL: Final = SiteURL.parse("https://me.example")
PNG: Final = ROOT / "tests" / "schedule" / "invalid" / "picture.png"
NOTE_ENTRY: Final = "{at: 2025-08-01T12:00:00+09:00, episodes: [3], note: Corrected.}"
MOVE_ENTRY: Final = "{at: 2025-08-01T12:00:00+09:00, episodes: [3], move: 2025-07-28T22:00}"
MOVE_TEXT: Final = (
    "Episode 3: moved from Monday 28 July 2025, 23:00 KST to Monday 28 July 2025, 22:00 KST."
)
VALID: Final = make_yaml()
EDITED: Final = make_yaml(changes=f"[{NOTE_ENTRY}]")
INVALID: Final = make_yaml(time="30:00")


def get_feed(live: LiveSite) -> bytes:
    return live.site["/show.ics"].body


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the path of a valid schedule."""
    path = tmp_path / "schedule.yaml"
    path.write_text(VALID, "utf-8")
    return path


@pytest.fixture
def reloader(file: Path) -> SiteReloader:
    """Return a reloader that serves the schedule."""
    reloader = SiteReloader(file, SITE_URL)
    reloader.go_live(load_schedule(file))
    return reloader


def poll_until_stable(reloader: SiteReloader) -> bool:
    """Poll until the file counts as stable. Return whether ``live`` was replaced."""
    changed = [reloader.poll() for _ in range(3)]
    return any(changed)


def write_in_place(file: Path, text: str) -> None:
    file.write_text(text, "utf-8")


def replace_file(file: Path, text: str) -> None:
    new = file.with_name("new.yaml")
    new.write_text(text, "utf-8")
    new.replace(file)


def replace_by_symlink(file: Path, text: str) -> None:
    version = file.with_name(f"{len(list(file.parent.iterdir()))}.version")
    version.write_text(text, "utf-8")
    link = file.with_name("link")
    link.symlink_to(version.name)
    link.replace(file)


def delete_and_write(file: Path, text: str) -> None:
    file.unlink()
    file.write_text(text, "utf-8")


def write_with_old_mtime(file: Path, text: str) -> None:
    before = file.stat()
    file.write_text(text, "utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


EDITS: Final = [
    write_in_place,
    replace_file,
    replace_by_symlink,
    delete_and_write,
    write_with_old_mtime,
]


@pytest.mark.parametrize("edit", EDITS)
def test_edit_goes_live_however_file_is_written(
    reloader: SiteReloader, file: Path, edit: Callable[[Path, str], None]
) -> None:
    before = reloader.live
    for text in (EDITED, VALID.replace("title: The Show", "title: Another"), EDITED):
        edit(file, text)
        poll_until_stable(reloader)
    assert get_feed(reloader.live) != get_feed(before)
    assert reloader.live.digest == load_schedule(file).digest


def test_swapped_folder_symlink_goes_live(tmp_path: Path) -> None:
    # Kubernetes mounts a ConfigMap this way: the file links into a folder that is a symlink.
    for name, text in (("one", VALID), ("two", EDITED)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "schedule.yaml").write_text(text, "utf-8")
    (tmp_path / "..data").symlink_to("one")
    file = tmp_path / "schedule.yaml"
    file.symlink_to("..data/schedule.yaml")
    reloader = SiteReloader(file, SITE_URL)
    reloader.reload()
    (tmp_path / "next").symlink_to("two")
    (tmp_path / "next").replace(tmp_path / "..data")
    assert poll_until_stable(reloader)
    assert reloader.live.digest == load_schedule(tmp_path / "two" / "schedule.yaml").digest


def test_edit_goes_live_only_after_stable_poll(reloader: SiteReloader, file: Path) -> None:
    poll_until_stable(reloader)
    for text in (EDITED, EDITED + "\n", EDITED + "\n\n"):
        write_in_place(file, text)
        assert not reloader.poll()
    assert reloader.poll()


def test_file_written_during_load_is_loaded_again(
    reloader: SiteReloader, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_in_place(file, EDITED)

    def load_slowly(path: Path) -> object:
        schedule = load_schedule(path)
        write_in_place(file, INVALID)
        return schedule

    monkeypatch.setattr(reloader_module, "load_schedule", load_slowly)
    before = reloader.live
    assert not reloader.poll()
    assert not reloader.poll()
    assert reloader.live is before


def test_same_content_does_not_replace_live_site(reloader: SiteReloader, file: Path) -> None:
    before = reloader.live
    for edit in EDITS:
        edit(file, VALID)
        assert not poll_until_stable(reloader)
    assert reloader.live.site is before.site
    assert reloader.live.loaded_at == before.loaded_at


@pytest.mark.parametrize(
    ("break_file", "problem"),
    [
        (lambda file: write_in_place(file, INVALID), "schedule.yaml:8:9: airing.time: `30:00` "),
        (lambda file: write_in_place(file, VALID[:200]), "schedule.yaml:"),
        (lambda file: write_in_place(file, ""), "schedule.yaml:"),
        (Path.unlink, "schedule.yaml: "),
        (lambda file: (file.unlink(), file.mkdir()), "schedule.yaml: "),
        (lambda file: (file.unlink(), file.symlink_to("nowhere")), "schedule.yaml: "),
    ],
    ids=["invalid", "truncated", "empty", "missing", "folder", "dangling symlink"],
)
def test_invalid_edit_keeps_site_and_is_logged_once(
    reloader: SiteReloader,
    file: Path,
    break_file: Callable[[Path], object],
    problem: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = reloader.live
    break_file(file)
    assert poll_until_stable(reloader)
    live = reloader.live
    assert (live.site, live.digest, live.loaded_at) == (
        before.site,
        before.digest,
        before.loaded_at,
    )
    assert live.problem
    assert live.problem.startswith(problem)
    assert str(file.parent) not in live.problem
    # Only the operator reads the log: it contains the complete path.
    assert [each.getMessage().startswith(str(file)) for each in caplog.records] == [True]
    assert not poll_until_stable(reloader)
    assert len(caplog.records) == 1


def test_fixed_edit_clears_problem(
    reloader: SiteReloader, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    site = reloader.live.site
    for text in (INVALID, VALID):
        write_in_place(file, text)
        assert poll_until_stable(reloader)
    assert reloader.live.problem is None
    assert reloader.live.site is site
    assert caplog.messages[-1] == f"{file}: the schedule has no problems any more"


@pytest.mark.parametrize(
    ("edited", "message"),
    [
        (EDITED, "Episode 3: text changed (list of changes)."),
        (
            make_yaml(changes=f"[{MOVE_ENTRY}]"),
            MOVE_TEXT,
        ),
        (f"# A comment.\n{VALID}", "No event changed."),
    ],
)
def test_edit_is_logged(
    edited: str, message: str, reloader: SiteReloader, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One line says which episodes changed, in words; only one process logs it."""
    caplog.set_level(logging.INFO)
    file.write_text(edited, "utf-8")
    assert poll_until_stable(reloader)
    assert caplog.messages == [f"{file}: edit is live. {message}"]
    reloader.is_logging = False
    file.write_text(VALID, "utf-8")
    poll_until_stable(reloader)
    assert len(caplog.messages) == 1


def test_unchanged_file_is_not_loaded_again(
    reloader: SiteReloader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(reloader_module, "load_schedule")
    assert not poll_until_stable(reloader)
    assert reloader.live.problem is None


def test_is_logging_false_logs_nothing(
    reloader: SiteReloader, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    reloader.is_logging = False
    write_in_place(file, INVALID)
    assert poll_until_stable(reloader)
    assert reloader.live.problem
    assert not caplog.records


@pytest.mark.parametrize(
    "text",
    [
        make_yaml(time="22:00"),
        make_yaml(episodes=7),
        make_yaml(changes="[]"),
        make_yaml(changes=f"[{MOVE_ENTRY}]").replace("22:00}", "21:00}"),
    ],
    ids=["time", "fewer episodes", "entry removed", "entry edited"],
)
def test_unannounced_change_does_not_go_live(file: Path, text: str) -> None:
    write_in_place(file, make_yaml(changes=f"[{MOVE_ENTRY}]"))
    reloader = SiteReloader(file, SITE_URL)
    reloader.reload()
    site = reloader.live.site
    write_in_place(file, text)
    assert poll_until_stable(reloader)
    assert reloader.live.site is site
    assert reloader.live.problem
    assert "Episode" in reloader.live.problem


def test_truncated_file_does_not_go_live(file: Path) -> None:
    # Most truncated files are invalid; a valid one lacks a change entry that was live.
    text = make_yaml(changes=f"\n  - {NOTE_ENTRY}\n  - {MOVE_ENTRY.replace('01T', '02T')}\n")
    write_in_place(file, text)
    reloader = SiteReloader(file, SITE_URL)
    reloader.reload()
    site = reloader.live.site
    lengths = range(len(text.rstrip()) - 160, len(text.rstrip()))
    valid = 0
    for length in lengths:
        write_in_place(file, text[:length])
        poll_until_stable(reloader)
        assert reloader.live.site is site, text[:length]
        assert reloader.live.problem
        valid += "DTSTAMP decreased" in reloader.live.problem
    assert valid


def test_teaser_edit_goes_live(reloader: SiteReloader, file: Path) -> None:
    write_in_place(file, VALID + "episodes: {1: {teaser: It begins.}}\n")
    assert poll_until_stable(reloader)
    assert b"It begins." in get_feed(reloader.live)
    assert reloader.live.problem is None


def test_first_valid_schedule_goes_live(file: Path) -> None:
    write_in_place(file, INVALID)
    reloader = SiteReloader(file, SITE_URL)
    reloader.reload()
    assert not reloader.live.site
    write_in_place(file, EDITED)
    assert poll_until_stable(reloader)
    assert reloader.live.site
    assert reloader.live.problem is None


# The picture, and errors that end without an edit.


def test_picture_edit_goes_live(file: Path) -> None:
    picture = file.with_name("picture.png")
    shutil.copy(PNG, picture)
    write_in_place(file, VALID.replace("title: The Show", "title: The Show, picture: picture.png"))
    reloader = SiteReloader(file, SITE_URL)
    reloader.reload()
    poll_until_stable(reloader)
    picture.write_bytes(picture.read_bytes() + b"more")
    assert poll_until_stable(reloader)
    assert reloader.live.site[PICTURE_PATH].body.endswith(b"more")
    picture.unlink()
    assert poll_until_stable(reloader)
    assert reloader.live.problem
    assert PICTURE_PATH in reloader.live.site


def test_internal_error_keeps_live_site(
    reloader: SiteReloader,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    site = reloader.live.site
    with monkeypatch.context() as patched:
        patched.setattr(reloader_module, "build_site", lambda *_: 1 / 0)
        write_in_place(file, EDITED)
        assert poll_until_stable(reloader)
    assert reloader.live.site is site
    assert reloader.live.problem == INTERNAL_ERROR
    assert "ZeroDivisionError" in caplog.text
    write_in_place(file, EDITED + "\n")
    assert poll_until_stable(reloader)
    assert reloader.live.problem is None


def test_late_picture_is_retried(
    reloader: SiteReloader, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reloader_module, "RETRY_SECONDS", 0.0)
    monkeypatch.setattr(reloader_module, "RETRY_FACTOR", 0)
    picture = file.with_name("picture.png")
    write_in_place(file, VALID.replace("title: The Show", "title: The Show, picture: picture.png"))
    poll_until_stable(reloader)
    for content in (b"no picture", PNG.read_bytes()):
        assert reloader.live.problem
        picture.write_bytes(content)
        poll_until_stable(reloader)
    assert reloader.live.problem is None
    assert reloader.live.site[PICTURE_PATH].body == PNG.read_bytes()


def test_read_error_is_retried(
    reloader: SiteReloader, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reloader_module, "RETRY_SECONDS", 0.0)
    monkeypatch.setattr(reloader_module, "RETRY_FACTOR", 0)
    write_in_place(file, EDITED)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", raise_too_many_files)
        assert poll_until_stable(reloader)
        assert "Too many open files" in (reloader.live.problem or "")
    assert poll_until_stable(reloader)
    assert reloader.live.problem is None
    assert reloader.live.digest == load_schedule(file).digest


def raise_too_many_files(*_: object) -> None:
    raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))


def test_same_problem_is_logged_once(
    reloader: SiteReloader,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(reloader_module, "RETRY_SECONDS", 0.0)
    monkeypatch.setattr(reloader_module, "RETRY_FACTOR", 0)
    write_in_place(file, make_yaml(time="22:00"))
    poll_until_stable(reloader)
    logged = len(caplog.records)
    assert logged == 8
    assert not poll_until_stable(reloader)
    assert len(caplog.records) == logged


def test_failed_on_change_is_retried(
    reloader: SiteReloader, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reloader_module, "RETRY_SECONDS", 0.0)
    served: list[LiveSite] = []
    errors = iter([ZeroDivisionError()])

    def swap_in() -> None:
        if error := next(errors, None):
            raise error
        served.append(reloader.live)

    reloader.start_polling(swap_in)
    write_in_place(file, EDITED)
    wait_for(lambda: served)
    assert served[0].digest == load_schedule(file).digest


def test_catch_up_loads_newer_file(reloader: SiteReloader, file: Path) -> None:
    assert not reloader.catch_up()
    write_in_place(file, EDITED)
    assert reloader.catch_up()
    assert reloader.live.digest == load_schedule(file).digest
    file.unlink()
    assert reloader.catch_up()
    assert reloader.live.problem
