"""The publisher: what it makes of everything that can happen to a schedule's file."""

from __future__ import annotations

import errno
import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from defects_ical.content.feeds import PICTURE_PATH
from defects_ical.content.site_url import SiteURL
from defects_ical.schedule.loader import load_schedule
from defects_ical.server import reloader
from defects_ical.server.reloader import INTERNAL_ERROR, LiveSite, SiteReloader
from tests.conftest import ROOT
from tests.support.example_schedules import make_yaml
from tests.support.processes import wait_for

SITE_URL: Final = SiteURL.parse("https://me.example")
PNG: Final = ROOT / "tests" / "schedule" / "invalid" / "picture.png"
NOTED: Final = "{at: 2025-08-01T12:00:00+09:00, episodes: [3], note: Corrected.}"
MOVED: Final = "{at: 2025-08-01T12:00:00+09:00, episodes: [3], move: 2025-07-28T22:00}"
GOOD: Final = make_yaml()
BETTER: Final = make_yaml(changes=f"[{NOTED}]")
BAD: Final = make_yaml(time="25:00")


def shown(publication: LiveSite) -> bytes:
    return publication.site["/show.ics"].body


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A schedule's file."""
    path = tmp_path / "schedule.yaml"
    path.write_text(GOOD, "utf-8")
    return path


@pytest.fixture
def publisher(file: Path) -> SiteReloader:
    """What is served of it."""
    publisher = SiteReloader(file, SITE_URL)
    publisher.publish(load_schedule(file))
    return publisher


def settle(publisher: SiteReloader) -> bool:
    """Look until the file has been seen to stand still; whether that changed anything."""
    changed = [publisher.look() for _ in range(3)]
    return any(changed)


# Every way in which an edit reaches a file.


def in_place(file: Path, text: str) -> None:
    file.write_text(text, "utf-8")


def replaced(file: Path, text: str) -> None:
    new = file.with_name("new.yaml")
    new.write_text(text, "utf-8")
    new.replace(file)


def linked(file: Path, text: str) -> None:
    version = file.with_name(f"{len(list(file.parent.iterdir()))}.version")
    version.write_text(text, "utf-8")
    link = file.with_name("link")
    link.symlink_to(version.name)
    link.replace(file)


def deleted_and_back(file: Path, text: str) -> None:
    file.unlink()
    file.write_text(text, "utf-8")


def as_old_as_before(file: Path, text: str) -> None:
    before = file.stat()
    file.write_text(text, "utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


EDITS: Final = [in_place, replaced, linked, deleted_and_back, as_old_as_before]


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_is_taken_up_however_it_comes(
    publisher: SiteReloader, file: Path, edit: Callable[[Path, str], None]
) -> None:
    before = publisher.publication
    for text in (BETTER, GOOD.replace("title: The Show", "title: Another"), BETTER):
        edit(file, text)
        settle(publisher)
    assert shown(publisher.publication) != shown(before)
    assert publisher.publication.digest == load_schedule(file).digest


def test_a_mounted_folder_is_swapped_at_once(tmp_path: Path) -> None:
    # As Kubernetes does it: the file links into a folder, which is a link itself.
    for name, text in (("one", GOOD), ("two", BETTER)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "schedule.yaml").write_text(text, "utf-8")
    (tmp_path / "..data").symlink_to("one")
    file = tmp_path / "schedule.yaml"
    file.symlink_to("..data/schedule.yaml")
    publisher = SiteReloader(file, SITE_URL)
    publisher.refresh()
    (tmp_path / "next").symlink_to("two")
    (tmp_path / "next").replace(tmp_path / "..data")
    assert settle(publisher)
    assert publisher.publication.digest == load_schedule(tmp_path / "two" / "schedule.yaml").digest


def test_an_edit_is_not_taken_up_before_it_has_lasted(publisher: SiteReloader, file: Path) -> None:
    settle(publisher)
    for text in (BETTER, BETTER + "\n", BETTER + "\n\n"):
        in_place(file, text)
        assert not publisher.look()
    assert publisher.look()


def test_what_is_written_while_it_is_read_is_read_again(
    publisher: SiteReloader, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_place(file, BETTER)

    def load_slowly(path: Path) -> object:
        schedule = load_schedule(path)
        in_place(file, BAD)
        return schedule

    monkeypatch.setattr(reloader, "load_schedule", load_slowly)
    before = publisher.publication
    assert not publisher.look()
    assert not publisher.look()
    assert publisher.publication is before


def test_what_has_not_changed_is_not_published_again(publisher: SiteReloader, file: Path) -> None:
    before = publisher.publication
    for edit in EDITS:
        edit(file, GOOD)
        assert not settle(publisher)
    assert publisher.publication.site is before.site
    assert publisher.publication.loaded_at == before.loaded_at


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda file: in_place(file, BAD), "schedule.yaml:8:9: airing.time: `25:00` is not"),
        (lambda file: in_place(file, GOOD[:200]), "schedule.yaml:"),
        (lambda file: in_place(file, ""), "schedule.yaml:"),
        (Path.unlink, "schedule.yaml: "),
        (lambda file: (file.unlink(), file.mkdir()), "schedule.yaml: "),
        (lambda file: (file.unlink(), file.symlink_to("nowhere")), "schedule.yaml: "),
    ],
    ids=["bad", "half", "empty", "gone", "folder", "dangling"],
)
def test_a_bad_edit_changes_nothing_and_is_told_once(
    publisher: SiteReloader,
    file: Path,
    spoil: Callable[[Path], object],
    problem: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = publisher.publication
    spoil(file)
    assert settle(publisher)
    now = publisher.publication
    assert now.site is before.site
    assert (now.digest, now.loaded_at) == (before.digest, before.loaded_at)
    assert now.problem
    assert now.problem.startswith(problem)
    assert str(file.parent) not in now.problem
    # The log, which only the operator reads, has the whole path.
    assert [each.getMessage().startswith(str(file)) for each in caplog.records] == [True]
    assert not settle(publisher)
    assert len(caplog.records) == 1


def test_a_bad_edit_that_is_mended_is_over(
    publisher: SiteReloader, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    site = publisher.publication.site
    for text in (BAD, GOOD):
        in_place(file, text)
        assert settle(publisher)
    assert publisher.publication.problem is None
    assert publisher.publication.site is site
    assert caplog.messages[-1] == f"{file}: what was wrong is mended"


def test_what_nobody_touched_is_not_read_again(
    publisher: SiteReloader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(reloader, "load_schedule")
    assert not settle(publisher)
    assert publisher.publication.problem is None


def test_a_quiet_one_leaves_it_to_others_to_log(
    publisher: SiteReloader, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    publisher.quiet = True
    in_place(file, BAD)
    assert settle(publisher)
    assert publisher.publication.problem
    assert not caplog.records


# What is valid and not meant.


@pytest.mark.parametrize(
    "text",
    [
        make_yaml(time="22:00"),
        make_yaml(episodes=7),
        make_yaml(changes="[]"),
        make_yaml(changes=f"[{MOVED}]").replace("22:00}", "21:00}"),
    ],
    ids=["rule", "fewer", "entry gone", "entry edited"],
)
def test_a_silent_change_is_not_taken_up(file: Path, text: str) -> None:
    in_place(file, make_yaml(changes=f"[{MOVED}]"))
    publisher = SiteReloader(file, SITE_URL)
    publisher.refresh()
    site = publisher.publication.site
    in_place(file, text)
    assert settle(publisher)
    assert publisher.publication.site is site
    assert publisher.publication.problem
    assert "Episode" in publisher.publication.problem


def test_a_file_that_ends_too_early_is_not_taken_up(file: Path) -> None:
    # Cut anywhere, what is left is refused: most of it is no schedule, and what still is one
    # lacks an entry that was served.
    in_place(
        file, whole := make_yaml(changes=f"\n  - {NOTED}\n  - {MOVED.replace('01T', '02T')}\n")
    )
    publisher = SiteReloader(file, SITE_URL)
    publisher.refresh()
    site = publisher.publication.site
    cuts = range(len(whole.rstrip()) - 160, len(whole.rstrip()))
    valid = 0
    for cut in cuts:
        in_place(file, whole[:cut])
        settle(publisher)
        assert publisher.publication.site is site, whole[:cut]
        assert publisher.publication.problem
        valid += "without" in publisher.publication.problem
    assert valid


def test_a_reworded_teaser_is_taken_up(publisher: SiteReloader, file: Path) -> None:
    in_place(file, GOOD + "episodes: {1: {teaser: It begins.}}\n")
    assert settle(publisher)
    assert b"It begins." in shown(publisher.publication)
    assert publisher.publication.problem is None


def test_a_silent_change_is_served_where_nothing_was(file: Path) -> None:
    in_place(file, BAD)
    publisher = SiteReloader(file, SITE_URL)
    publisher.refresh()
    assert not publisher.publication.site
    in_place(file, BETTER)
    assert settle(publisher)
    assert publisher.publication.site
    assert publisher.publication.problem is None


# What goes with it.


def test_the_picture_is_followed_too(file: Path) -> None:
    picture = file.with_name("picture.png")
    shutil.copy(PNG, picture)
    in_place(file, GOOD.replace("title: The Show", "title: The Show, picture: picture.png"))
    publisher = SiteReloader(file, SITE_URL)
    publisher.refresh()
    settle(publisher)
    picture.write_bytes(picture.read_bytes() + b"more")
    assert settle(publisher)
    assert publisher.publication.site[PICTURE_PATH].body.endswith(b"more")
    picture.unlink()
    assert settle(publisher)
    assert publisher.publication.problem
    assert PICTURE_PATH in publisher.publication.site


def test_a_fault_of_ours_leaves_what_is_served(
    publisher: SiteReloader,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    site = publisher.publication.site
    with monkeypatch.context() as patched:
        patched.setattr(reloader, "build_site", lambda *_: 1 / 0)
        in_place(file, BETTER)
        assert settle(publisher)
    assert publisher.publication.site is site
    assert publisher.publication.problem == INTERNAL_ERROR
    assert "ZeroDivisionError" in caplog.text
    in_place(file, BETTER + "\n")
    assert settle(publisher)
    assert publisher.publication.problem is None


def test_a_picture_that_comes_late_is_noticed(
    publisher: SiteReloader, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reloader, "RETRY", 0.0)
    monkeypatch.setattr(reloader, "AGAIN", 0)
    picture = file.with_name("picture.png")
    in_place(file, GOOD.replace("title: The Show", "title: The Show, picture: picture.png"))
    settle(publisher)
    for content in (b"no picture", PNG.read_bytes()):
        assert publisher.publication.problem
        picture.write_bytes(content)
        settle(publisher)
    assert publisher.publication.problem is None
    assert publisher.publication.site[PICTURE_PATH].body == PNG.read_bytes()


def test_a_disk_that_recovers_is_noticed(
    publisher: SiteReloader, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reloader, "RETRY", 0.0)
    monkeypatch.setattr(reloader, "AGAIN", 0)
    with monkeypatch.context() as broken:
        broken.setattr(Path, "open", unreadable)
        in_place_by_descriptor(file, BETTER)
        assert settle(publisher)
        assert "Too many open files" in (publisher.publication.problem or "")
    assert settle(publisher)
    assert publisher.publication.problem is None
    assert publisher.publication.digest == load_schedule(file).digest


def unreadable(*_: object) -> None:
    raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))


def in_place_by_descriptor(file: Path, text: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_TRUNC)
    os.write(descriptor, text.encode())
    os.close(descriptor)


def test_a_problem_that_stays_is_not_told_again(
    publisher: SiteReloader,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(reloader, "RETRY", 0.0)
    monkeypatch.setattr(reloader, "AGAIN", 0)
    in_place(file, make_yaml(time="22:00"))
    settle(publisher)
    said = len(caplog.records)
    assert said == 8
    assert not settle(publisher)
    assert len(caplog.records) == said


def test_what_could_not_be_served_is_tried_again(
    publisher: SiteReloader, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reloader, "RETRY", 0.0)
    served: list[LiveSite] = []
    faults = iter([ZeroDivisionError()])

    def take_up() -> None:
        if fault := next(faults, None):
            raise fault
        served.append(publisher.publication)

    publisher.follow(take_up)
    in_place(file, BETTER)
    wait_for(lambda: served)
    assert served[0].digest == load_schedule(file).digest


def test_who_begins_to_answer_catches_up(publisher: SiteReloader, file: Path) -> None:
    assert not publisher.catch_up()
    in_place(file, BETTER)
    assert publisher.catch_up()
    assert publisher.publication.digest == load_schedule(file).digest
    file.unlink()
    assert publisher.catch_up()
    assert publisher.publication.problem
