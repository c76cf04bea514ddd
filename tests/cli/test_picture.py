"""The command ``picture``."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from defects_ical.cli.app import main
from defects_ical.schedule.loader import load_schedule
from defects_ical.shows.settings import SETTINGS_FILE
from tests.support.drawing import NOT_INSTALLED, replace_resvg
from tests.support.example_schedules import make_yaml
from tests.support.png_pixels import read_size

SHOW = make_yaml()
NAMED = SHOW.replace("title: The Show", "title: The Show, picture: preview.png")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a schedule; it is the working folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "schedule.yaml").write_text(SHOW, "utf-8")
    return tmp_path


def run_picture(*options: str) -> Result:
    return CliRunner().invoke(main, ["picture", *options])


def list_files(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_line_that_is_printed_names_the_picture(folder: Path) -> None:
    done = run_picture()
    assert (done.exit_code, done.stderr) == (0, "")
    first, second, line = done.stdout.splitlines()
    assert first.startswith("picture.png: 1200 by 630 pixels, ")
    assert second == "To use it, add this line to `show` in schedule.yaml:"
    path = folder / "schedule.yaml"
    path.write_text(SHOW.replace("title: The Show", f"title: The Show, {line.strip()}"), "utf-8")
    picture = load_schedule(path).picture
    assert picture == (folder / "picture.png").read_bytes()
    assert read_size(picture) == (1200, 630)


def test_schedule_that_names_a_missing_picture_gets_it(folder: Path) -> None:
    (folder / "schedule.yaml").write_text(NAMED, "utf-8")
    done = run_picture()
    assert (done.exit_code, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 1
    assert list_files(folder) == ["preview.png", "schedule.yaml"]
    assert load_schedule(folder / "schedule.yaml").picture


def test_other_problems_of_schedule_are_reported(folder: Path) -> None:
    (folder / "schedule.yaml").write_text(NAMED.replace("monday", "friday"), "utf-8")
    done = run_picture()
    assert done.exit_code == 1
    assert "preview.png" not in done.stderr
    assert list_files(folder) == ["schedule.yaml"]


def test_existing_file_is_replaced_only_with_force(folder: Path) -> None:
    (folder / "picture.png").write_bytes(b"mine")
    done = run_picture()
    expected = "error: picture.png: already exists. Use `--force` to replace it.\n"
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", expected)
    assert (folder / "picture.png").read_bytes() == b"mine"
    assert run_picture("--force").exit_code == 0
    assert read_size((folder / "picture.png").read_bytes()) == (1200, 630)


def test_picture_elsewhere_is_not_offered_to_schedule(folder: Path) -> None:
    done = run_picture("--output", "elsewhere/a.png")
    assert (done.exit_code, len(done.stdout.splitlines())) == (0, 1)
    assert list_files(folder) == ["elsewhere", "schedule.yaml"]


def test_folder_that_cannot_be_written_is_reported(folder: Path) -> None:
    done = run_picture("--output", "schedule.yaml/a.png")
    assert done.exit_code == 1
    assert done.stderr.startswith("error: schedule.yaml/a.png: ")
    assert done.stderr.endswith(". Fix this, or choose another file with `--output`.\n")
    assert list_files(folder) == ["schedule.yaml"]


def test_folder_of_shows_is_refused(folder: Path) -> None:
    done = run_picture("--schedule", str(folder))
    assert done.exit_code == 2
    assert "Use --schedule FILE." in done.stderr


def test_shared_platforms_are_known(folder: Path) -> None:
    platforms = SHOW.partition("platforms: ")[2].partition("\n")[0]
    assert platforms.startswith("{channel:")
    (folder / SETTINGS_FILE).write_text(f"platforms: {platforms}\n", "utf-8")
    (folder / "schedule.yaml").write_text(SHOW.replace(platforms, "[channel]"), "utf-8")
    done = run_picture()
    assert (done.exit_code, done.stderr) == (0, "")


def test_language_is_one_of_the_schedule(folder: Path) -> None:
    text = SHOW.replace("title: The Show", "title: {en: The Show, ko: 그 쇼}")
    (folder / "schedule.yaml").write_text(f"languages: [en, ko]\n{text}", "utf-8")
    pictures = []
    for options in ((), ("--language", "ko")):
        done = run_picture("--force", *options)
        assert (done.exit_code, done.stderr) == (0, "")
        pictures.append((folder / "picture.png").read_bytes())
    assert pictures[0] != pictures[1]
    done = run_picture("--language", "ja")
    assert done.exit_code == 2
    assert "ja is no language of the schedule; it has en, ko." in done.stderr


def test_missing_extra_is_reported(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    substitute = replace_resvg(tmp_path_factory.mktemp("resvg"), NOT_INSTALLED)
    monkeypatch.setenv("PYTHONPATH", substitute)
    done = run_picture()
    message = 'resvg-py is not installed. Install it with `pip install "defects-ical[picture]"`.'
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", f"error: {message}\n")
    assert list_files(folder) == ["schedule.yaml"]
