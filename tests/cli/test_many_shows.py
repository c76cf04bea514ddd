"""The commands with a folder: the shipped schedule and eleven real shows of other kinds."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import pytest

from tests.authoring.shows import run_cli
from tests.conftest import ROOT
from tests.shows.shows import edit
from tests.support.catalogs import list_release_paths
from tests.support.processes import run_granian

SLUGS: Final = (
    *("arcane", "bodyguard", "k-on", "lovely-runner", "oscars-2026", "peaky-blinders"),
    *("queen-of-tears", "severance", "the-daily", "the-glory", "wolf-hall"),
)
URL: Final = "https://tv.example"


@pytest.fixture
def shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write twelve schedules to the folder `shows`, and change to the folder above."""
    monkeypatch.chdir(tmp_path)
    folder = Path("shows")
    folder.mkdir()
    shutil.copy(ROOT / "schedule.yaml", folder / "the-defects.yaml")
    for slug in SLUGS:
        shutil.copy(list_release_paths()[slug], folder / f"{slug}.yaml")
    return folder


def run(*arguments: str) -> tuple[int, str]:
    """Run a command on the folder; return its exit status and what it printed."""
    command, *rest = arguments
    result = run_cli(command, *rest, "--schedule", "shows")
    return result.exit_code, result.stdout + result.stderr


def export(*options: str) -> tuple[int, str]:
    return run("export", "public", "--url", URL, *options)


def test_folder_is_checked_exported_and_compared(shows: Path) -> None:
    status, output = run("check")
    assert (status, output.splitlines()[-1].split(", ")[:2]) == (0, ["shows: OK", "12 shows"])
    status, output = export("--jobs", "2")
    assert (status, output.splitlines()[-1].partition(" (")[0]) == (
        0,
        "public: 12 written, 0 unchanged, 0 removed",
    )
    assert export() == (0, "public: 0 written, 12 unchanged, 0 removed (0 files written)\n")
    status, output = run("check", "--against", "public")
    assert status == 0
    assert output.count("no changes") == 12
    assert output.endswith("shows: 12 shows compared with public\n")
    # Moved without an entry.
    edit(shows / "the-defects.yaml", "time: 23:00", "time: 22:30")
    status, output = run("check", "--against", "public")
    assert (status, output.count("no changes")) == (1, 11)
    assert "Append" in output
    status, output = export()
    assert status == 1
    assert "  the-defects: Episode 1" in output
    status, output = export("--force")
    assert (status, "1 written, 11 unchanged" in output) == (0, True)


def test_removal_has_to_be_allowed(shows: Path) -> None:
    export()
    (shows / "k-on.yaml").unlink()
    status, output = run("check", "--against", "public")
    assert status == 1
    assert "subscribers would lose" in output
    assert "/k-on/" in output
    status, output = export()
    assert status == 1
    assert "subscribers would lose" in output
    status, output = export("--allow-removal")
    assert (status, "11 unchanged, 1 removed" in output) == (0, True)
    status, output = run("check", "--against", "public")
    assert (status, output.count("no changes")) == (0, 11)


def test_new_show_is_not_published_yet(shows: Path) -> None:
    held_back = (shows / "k-on.yaml").rename("k-on.yaml")
    export()
    held_back.rename(shows / "k-on.yaml")
    status, output = run("check", "--against", "public")
    assert (status, output.count("no changes")) == (0, 11)
    assert output.count(": not published yet") == 1


def test_folder_is_compared_with_a_service(shows: Path, tmp_path: Path) -> None:
    with run_granian(tmp_path / "shows", "http://127.0.0.1") as server:
        address = f"http://127.0.0.1:{server.port}"
        status, output = run("check", "--against", f"{address}/")
        assert status == 0, output
        assert output.count("no changes") == 12
        status, output = run("check", "--against", f"{address}/the-defects")
        assert status == 1
        assert f"error: {address}/the-defects/shows.json: not found (status 404)." in output
    assert shows.is_dir()


@pytest.mark.parametrize(
    ("against", "message"),
    [
        ("nothing", "error: nothing: not a folder. Use an exported folder, or the URL of a site"),
        ("shows", "error: shows: no shows here. Use an exported folder, or the URL of a site"),
    ],
)
def test_comparison_needs_a_published_site(shows: Path, against: str, message: str) -> None:
    assert shows.is_dir()
    status, output = run("check", "--against", against)
    assert status == 1
    assert message in output


def test_markdown_has_a_report_for_each_show(shows: Path) -> None:
    export()
    edit(shows / "the-defects.yaml", "time: 23:00", "time: 22:30")
    status, output = run("check", "--against", "public", "--format", "markdown")
    assert status == 1
    assert "The Defects, compared with public/the-defects" in output


@pytest.mark.parametrize("option", [["--folder", "public"], ["--allow-removal"]])
def test_options_of_folders_need_a_folder(option: list[str], shows: Path) -> None:
    options = ["--schedule", str(shows / "k-on.yaml"), "--port", "0", "--url", URL]
    result = run_cli("serve", *options, *option)
    assert result.exit_code == 2
    assert "and --allow-removal are for a folder of schedules." in result.stderr


def test_exported_folder_needs_the_public_url(shows: Path) -> None:
    result = run_cli("serve", "--schedule", str(shows), "--port", "0", "--folder", "public")
    assert result.exit_code == 2
    assert "Use --url with it." in result.stderr


def test_copied_folder_loses_a_show_as_any_other(shows: Path) -> None:
    export()
    shutil.copytree("public", "copy")
    (shows / "k-on.yaml").unlink()
    status, _ = run("export", "copy", "--url", URL, "--allow-removal")
    assert status == 0
    assert not Path("copy/k-on").exists()


def test_one_schedule_is_not_exported_over_several(shows: Path) -> None:
    export()
    schedule = str(shows / "k-on.yaml")
    result = run_cli("export", "public", "--url", URL, "--schedule", schedule)
    assert result.exit_code == 1
    assert "public: has the site of several schedules." in result.stderr


def test_archive_of_everything_is_refused(shows: Path) -> None:
    (shows / "site.yaml").write_text("archive_before: 2037-12-31\n", "utf-8")
    status, output = export()
    assert status == 1
    assert "archive_before: `/all.ics` would be empty: the last event is on" in output


def test_large_combined_feed_is_a_warning(shows: Path) -> None:
    for path in shows.glob("*.yaml"):
        path.unlink()
    text = (ROOT / "schedule.yaml").read_text("utf-8")
    for number in range(4):
        uid = f"00000000-0000-0000-0000-00000000000{number + 1}"
        copy = text.replace("5d0c8a2e-6f3b-4c19-9a77-2b8e4f1d6c30", uid)
        copy = copy.replace("slug: the-defects", f"slug: show-{number}")
        (shows / f"show-{number}.yaml").write_text(copy.replace("episodes: 8", "episodes: 300"))
    status, output = run("check")
    assert status == 0
    words = " ".join(output.split())
    assert "shows/site.yaml: `/all-reminders.ics` has 1." in words
    assert "Move older events to archives with `archive_before: 2025-01-01`." in words
