"""A folder of schedules: what is loaded, and every way in which it can be wrong."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from defects_ical.errors import ScheduleError
from defects_ical.schedule.loader import load_schedule
from defects_ical.shows import folder as folder_module
from defects_ical.shows.loader import load_folder
from tests.authoring.shows import run_cli
from tests.conftest import ROOT
from tests.shows.shows import edit, make_uid, write_show

RELEASES: Final = ROOT / "tests" / "releases"
NAMES: Final = ("k-on", "lovely-runner", "the-mandalorian-season-3")


@pytest.fixture
def shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a folder with two shows and change to the folder above; it is `shows` from there."""
    monkeypatch.chdir(tmp_path)
    folder = Path("shows")
    write_show(folder / "one.yaml")
    write_show(folder / "below" / "two.yaml")
    (folder / ".hidden.yaml").write_text("not a schedule", "utf-8")
    (folder / "notes.txt").write_text("not a schedule", "utf-8")
    return folder


def test_shows_are_found_below_and_sorted_by_slug(shows: Path) -> None:
    assert [each.show.slug for each in load_folder(shows).schedules] == ["one", "two"]


def test_schedules_are_the_same_as_alone(tmp_path: Path) -> None:
    for name in NAMES:
        (tmp_path / f"{name}.yaml").write_bytes((RELEASES / f"{name}.yaml").read_bytes())
    loaded = load_folder(tmp_path).schedules
    alone = {load_schedule(path).digest for path in tmp_path.iterdir()}
    assert {each.digest for each in loaded} == alone
    assert len(loaded) == len(NAMES)


def remove_schedules(folder: Path) -> None:
    for path in folder.rglob("*.yaml"):
        path.unlink()


def link_to_nothing(folder: Path) -> None:
    (folder / "one.yaml").unlink()
    (folder / "one.yaml").symlink_to("missing.yaml")


def add_odd_name(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/odd\xff\n.yaml")).write_text("", "utf-8")


BAD: Final[dict[str, tuple[Callable[[Path], object], str]]] = {
    "same slug": (
        lambda folder: write_show(folder / "again" / "one.yaml", str(uuid.UUID(int=5))),
        """\
shows/one.yaml:2:57: show.slug: `one` is already the slug of shows/again/one.yaml:2:57. \
Use another: it is in every URL of the show.""",
    ),
    "same uid": (
        lambda folder: write_show(folder / "three.yaml", make_uid("one")),
        f"""\
shows/three.yaml:2:13: show.uid: `{make_uid("one")}` is already the uid of shows/one.yaml:2:13. \
Create a new one, unless people have subscribed to both shows.""",
    ),
    "reserved slug": (
        lambda folder: write_show(folder / "episodes.yaml"),
        """\
shows/episodes.yaml:2:57: show.slug: `episodes` is the name of a folder in the site of each show. \
Use another word, like `my-episodes`.""",
    ),
    "pipe": (
        lambda folder: os.mkfifo(folder / "pipe.yaml"),
        "shows/pipe.yaml: neither a file nor a folder. Move it elsewhere.",
    ),
    "settings below": (
        lambda folder: (folder / "below" / "site.yaml").write_text("", "utf-8"),
        """\
shows/below/site.yaml: the settings of a site are not in a folder below. \
Move it to the top folder, or give it another name.""",
    ),
    "no schedules": (
        remove_schedules,
        """\
shows: no schedules (*.yaml) in this folder. \
Create one with `defects-ical init FOLDER/my-show.yaml`.""",
    ),
    "no schedule": (
        lambda folder: (folder / "one.yaml").write_text("A text.\n", "utf-8"),
        "shows/one.yaml:1:1: expected a mapping, got text. Start the file with `format: 1`.",
    ),
    "other ending": (
        lambda folder: (folder / "one.yaml").rename(folder / "one.yml"),
        "shows/one.yml: schedules are files that end in `.yaml`. Rename it to `one.yaml`.",
    ),
    "link to nothing": (
        link_to_nothing,
        """\
shows/one.yaml: the file does not exist. Choose the schedule with --schedule FILE \
(or DEFECTS_ICAL_SCHEDULE), or create one with `defects-ical init`.""",
    ),
    "loop of links": (
        lambda folder: (folder / "below" / "loop").symlink_to(".."),
        "shows/below/loop: this link leads back to a folder above it. Remove the link.",
    ),
    "loop of a link to itself": (
        lambda folder: (folder / "loop.yaml").symlink_to("loop.yaml"),
        """\
shows/loop.yaml: the file cannot be read (Too many levels of symbolic links). \
Choose another file with --schedule FILE (or DEFECTS_ICAL_SCHEDULE).""",
    ),
    "too deep": (
        lambda folder: folder.joinpath(*"abcdefghij").mkdir(parents=True),
        "shows/a/b/c/d/e/f/g/h/i: more than 8 levels deep. Move it up.",
    ),
    "odd name": (
        add_odd_name,
        f"""\
shows/odd{folder_module.REPLACEMENT * 2}.yaml: the name has characters that cannot be shown. \
Rename it.""",
    ),
    "odd name of a folder": (
        lambda folder: write_show(folder / "odd\n" / "three.yaml"),
        f"""\
shows/odd{folder_module.REPLACEMENT}: the name has characters that cannot be shown. Rename it.""",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_folder_is_one_problem(name: str, shows: Path) -> None:
    make_bad, expected = BAD[name]
    make_bad(shows)
    with pytest.raises(ScheduleError) as caught:
        load_folder(shows)
    assert [*map(str, caught.value.problems)] == [expected]


def test_too_many_schedules_are_refused(shows: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_module, "MAX_SHOWS", 1)
    with pytest.raises(ScheduleError, match="shows: more than 1 schedules"):
        load_folder(shows)


def test_problems_of_all_files_come_in_one_run(shows: Path) -> None:
    for path in (shows / "one.yaml", shows / "below" / "two.yaml"):
        edit(path, "time: 21:00", "time: 21h")
    with pytest.raises(ScheduleError) as caught:
        load_folder(shows)
    assert [each.location.file for each in caught.value.problems] == [
        "shows/below/two.yaml",
        "shows/one.yaml",
    ]


def test_check_lists_shows(shows: Path) -> None:
    result = run_cli("check", "--schedule", str(shows))
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines() == [
        "Show  Slug  Dates                       Episodes",
        "one   one   4 August to 25 August 2025         4",
        "two   two   4 August to 25 August 2025         4",
        "shows: OK, 2 shows, 8 episodes",
    ]


def test_check_prints_warnings_of_each_show(shows: Path) -> None:
    for path in (shows / "one.yaml", shows / "below" / "two.yaml"):
        edit(path, "name: ENA", "name: <b>ENA</b>")
    result = run_cli("check", "--schedule", str(shows))
    assert (result.exit_code, result.stderr.count("warning: shows/")) == (0, 2)
    assert result.stdout.endswith("shows: OK, 2 shows, 8 episodes, 2 warnings\n")


def test_check_reports_bad_folder(shows: Path) -> None:
    edit(shows / "one.yaml", "time: 21:00", "time: 21h")
    result = run_cli("check", "--schedule", str(shows))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("shows/one.yaml:5:")
