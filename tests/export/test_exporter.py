"""Export to a folder: which files are written, replaced, removed and refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from defects_ical.errors import ExportError
from defects_ical.export.exporter import export_site
from defects_ical.export.manifest import ExportResult
from defects_ical.site.build import Site
from tests.support.example_schedules import make_yaml
from tests.support.exports import (
    EXTRA_FILES,
    MANIFEST_FILE,
    MOVED,
    ONE_PLATFORM,
    SITE_URL,
    TWO_PLATFORMS,
    assert_untouched,
    build,
    diff_files,
    get_export_error,
    list_site_files,
    read_files,
    record_states,
    run_export,
    write_text,
)


def test_export_writes_every_resource(site: Site, tmp_path: Path) -> None:
    export_site(site, SITE_URL, tmp_path)
    found = read_files(tmp_path)
    assert found["index.html"] == site["/"].body
    assert found["the-defects.ics"] == site["/the-defects.ics"].body
    assert found["episodes/the-defects-e05.ics"] == site["/episodes/the-defects-e05.ics"].body
    assert diff_files(found, list_site_files(site)) == EXTRA_FILES
    assert found[".nojekyll"] == b""


def test_export_creates_parent_folders(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b" / "site"
    outcome = export_site(site, SITE_URL, folder)
    assert outcome == ExportResult(written=len(site) + 2, unchanged=0, removed=0)
    assert (folder / "index.html").read_bytes() == site["/"].body


def test_exported_files_are_world_readable(tmp_path: Path) -> None:
    schedule, folder = write_text(tmp_path / "schedule.yaml", make_yaml()), tmp_path / "site"
    run_export(folder, schedule)
    modes = {path: path.stat().st_mode & 0o777 for path in (folder, *folder.rglob("*"))}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o644}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o755}


def test_second_export_writes_nothing(site: Site, tmp_path: Path) -> None:
    export_site(site, SITE_URL, tmp_path)
    with assert_untouched(tmp_path):
        outcome = export_site(site, SITE_URL, tmp_path)
    assert outcome == ExportResult(written=0, unchanged=len(site) + 2, removed=0)


def test_export_replaces_only_changed_files(tmp_path: Path) -> None:
    export_site(build(ONE_PLATFORM), SITE_URL, tmp_path)
    before = record_states(tmp_path)
    outcome = export_site(build(MOVED), SITE_URL, tmp_path)
    after = record_states(tmp_path)
    changed = diff_files(list_site_files(build(ONE_PLATFORM)), list_site_files(build(MOVED)))
    assert "episodes/show-e05.ics" in changed
    assert "episodes/show-e04.ics" not in changed
    assert outcome.written == len(changed)
    files = {path for path in read_files(tmp_path) if path != MANIFEST_FILE}
    replaced = {
        path for path in files if before[f"{tmp_path / path}"] != after[f"{tmp_path / path}"]
    }
    assert replaced == changed


def test_export_removes_stale_files(tmp_path: Path) -> None:
    export_site(build(TWO_PLATFORMS), SITE_URL, tmp_path)
    assert (tmp_path / "show-vod.ics").exists()
    assert export_site(build(ONE_PLATFORM), SITE_URL, tmp_path).removed == 2
    assert not (tmp_path / "show-vod.ics").exists()
    assert not (tmp_path / "show-vod-reminders.ics").exists()
    assert diff_files(read_files(tmp_path), list_site_files(build(ONE_PLATFORM))) == EXTRA_FILES


def test_export_leaves_unmanaged_files_alone(tmp_path: Path) -> None:
    export_site(build(TWO_PLATFORMS), SITE_URL, tmp_path)
    (tmp_path / "photos").mkdir()
    unmanaged = [
        write_text(tmp_path / "CNAME", "defects.example\n"),
        write_text(tmp_path / "photos" / "one.txt", "a photo\n"),
        write_text(tmp_path / "episodes" / "notes.txt", "my notes\n"),
    ]
    before = [path.stat() for path in unmanaged]
    export_site(build(ONE_PLATFORM), SITE_URL, tmp_path)
    assert [path.stat().st_ino for path in unmanaged] == [state.st_ino for state in before]
    assert [path.stat().st_mtime_ns for path in unmanaged] == [each.st_mtime_ns for each in before]
    assert [path.read_text("utf-8") for path in unmanaged] == [
        "defects.example\n",
        "a photo\n",
        "my notes\n",
    ]


def test_export_keeps_stale_file_that_was_edited(tmp_path: Path) -> None:
    export_site(build(TWO_PLATFORMS), SITE_URL, tmp_path)
    edited = write_text(tmp_path / "show-vod.ics", "mine now\n")
    assert export_site(build(ONE_PLATFORM), SITE_URL, tmp_path).removed == 1
    assert edited.read_text("utf-8") == "mine now\n"
    message = get_export_error(build(TWO_PLATFORMS), tmp_path)
    assert message == f"{edited}: not written by defects-ical. Move it elsewhere."


def test_export_keeps_folder_in_place_of_stale_file(tmp_path: Path) -> None:
    export_site(build(TWO_PLATFORMS), SITE_URL, tmp_path)
    (tmp_path / "show-vod.ics").unlink()
    (tmp_path / "show-vod.ics").mkdir()
    assert export_site(build(ONE_PLATFORM), SITE_URL, tmp_path).removed == 1
    assert (tmp_path / "show-vod.ics").is_dir()


def test_export_restores_edited_and_deleted_files(tmp_path: Path) -> None:
    site = build(ONE_PLATFORM)
    export_site(site, SITE_URL, tmp_path)
    before = read_files(tmp_path)
    write_text(tmp_path / "show.ics", "half a file")
    (tmp_path / "episodes" / "show-e05.ics").unlink()
    assert export_site(site, SITE_URL, tmp_path) == ExportResult(2, len(site), 0)
    assert read_files(tmp_path) == before


def test_export_replaces_symlink_instead_of_target(tmp_path: Path) -> None:
    folder, target = tmp_path / "site", tmp_path / "target.ics"
    export_site(build(ONE_PLATFORM), SITE_URL, folder)
    (folder / "show.ics").rename(target)
    (folder / "show.ics").symlink_to(target)
    with assert_untouched(target):
        assert export_site(build(ONE_PLATFORM), SITE_URL, folder).written == 1
    assert not (folder / "show.ics").is_symlink()
    assert (folder / "show.ics").read_bytes() == target.read_bytes()


def test_export_refuses_unmanaged_folder(tmp_path: Path) -> None:
    write_text(tmp_path / "thesis.txt", "years of work\n")
    assert get_export_error(build(ONE_PLATFORM), tmp_path) == (
        f"{tmp_path}: not empty, and not written by defects-ical. Use a new or empty folder."
    )


def test_export_refuses_file_in_place_of_folder(tmp_path: Path) -> None:
    file = write_text(tmp_path / "thesis.txt", "years of work\n")
    assert get_export_error(build(ONE_PLATFORM), file) == f"{file}: not a folder. Use another path."


def test_export_refuses_folder_below_a_file(tmp_path: Path) -> None:
    file = write_text(tmp_path / "thesis.txt", "years of work\n")
    with assert_untouched(tmp_path), pytest.raises(ExportError) as caught:
        export_site(build(ONE_PLATFORM), SITE_URL, file / "site")
    assert str(caught.value) == f"{file / 'site'}: not a folder. Use another path."


def test_export_refuses_to_replace_unmanaged_file(tmp_path: Path) -> None:
    export_site(build(ONE_PLATFORM), SITE_URL, tmp_path)
    unmanaged = write_text(tmp_path / "show-vod.ics", "BEGIN:VCALENDAR\n")
    message = get_export_error(build(TWO_PLATFORMS), tmp_path)
    assert message == f"{unmanaged}: not written by defects-ical. Move it elsewhere."


def test_export_refuses_to_replace_broken_symlink(tmp_path: Path) -> None:
    export_site(build(ONE_PLATFORM), SITE_URL, tmp_path)
    unmanaged = tmp_path / "show-vod.ics"
    unmanaged.symlink_to("nowhere")
    message = get_export_error(build(TWO_PLATFORMS), tmp_path)
    assert message == f"{unmanaged}: not written by defects-ical. Move it elsewhere."


def test_export_refuses_folder_in_place_of_file(tmp_path: Path) -> None:
    export_site(build(ONE_PLATFORM), SITE_URL, tmp_path)
    unmanaged = tmp_path / "show.ics"
    unmanaged.unlink()
    unmanaged.mkdir()
    message = get_export_error(build(MOVED), tmp_path)
    assert message == f"{unmanaged}: not written by defects-ical. Move it elsewhere."


def test_export_refuses_symlink_in_place_of_episodes(tmp_path: Path) -> None:
    folder, target = tmp_path / "site", tmp_path / "elsewhere"
    export_site(build(ONE_PLATFORM), SITE_URL, folder)
    (folder / "episodes").rename(target)
    (folder / "episodes").symlink_to(target)
    with assert_untouched(target):
        message = get_export_error(build(MOVED), folder)
    assert message == f"{folder / 'episodes'}: must be a folder. Move the file elsewhere."


def test_export_refuses_file_in_place_of_episodes(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    export_site(build(ONE_PLATFORM), SITE_URL, folder)
    (folder / "episodes").rename(tmp_path / "elsewhere")
    write_text(folder / "episodes", "a list of episodes\n")
    message = get_export_error(build(MOVED), folder)
    assert message == f"{folder / 'episodes'}: must be a folder. Move the file elsewhere."


def test_command_prints_file_counts(tmp_path: Path) -> None:
    schedule, folder = write_text(tmp_path / "schedule.yaml", TWO_PLATFORMS), tmp_path / "site"
    count = len(build(TWO_PLATFORMS)) + 2
    first = run_export(folder, schedule)
    assert first.stdout == f"{folder}: {count} written, 0 unchanged, 0 removed\n"
    assert (first.stderr, first.returncode) == ("", 0)
    again = run_export(folder, schedule)
    assert again.stdout == f"{folder}: 0 written, {count} unchanged, 0 removed\n"
    assert diff_files(read_files(folder), list_site_files(build(TWO_PLATFORMS))) == EXTRA_FILES


def test_command_exits_with_1_if_refused(tmp_path: Path) -> None:
    schedule, folder = write_text(tmp_path / "schedule.yaml", make_yaml()), tmp_path / "thesis"
    folder.mkdir()
    write_text(folder / "thesis.txt", "years of work\n")
    with assert_untouched(folder):
        refused = run_export(folder, schedule)
    assert refused.stderr == (
        f"error: {folder}: not empty, and not written by defects-ical. Use a new or empty folder.\n"
    )
    assert (refused.stdout, refused.returncode) == ("", 1)


def test_command_exits_with_2_for_invalid_url(tmp_path: Path) -> None:
    schedule, folder = write_text(tmp_path / "schedule.yaml", make_yaml()), tmp_path / "site"
    refused = run_export(folder, schedule, "defects.example")
    assert (
        "`defects.example` is not a site's URL. Use one like `https://defects.example`."
        in refused.stderr
    )
    assert (refused.stdout, refused.returncode) == ("", 2)
    assert not folder.exists()


def test_invalid_schedule_creates_no_folder(tmp_path: Path) -> None:
    text = make_yaml(weekdays="[monday, moonday]")
    schedule, folder = write_text(tmp_path / "schedule.yaml", text), tmp_path / "site"
    refused = run_export(folder, schedule)
    assert "`moonday`" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert (refused.stdout, refused.returncode) == ("", 1)
    assert not folder.exists()


def test_invalid_schedule_changes_no_file(tmp_path: Path) -> None:
    schedule, folder = write_text(tmp_path / "schedule.yaml", make_yaml()), tmp_path / "site"
    assert run_export(folder, schedule).returncode == 0
    write_text(schedule, make_yaml(time="25:00"))
    with assert_untouched(folder):
        assert run_export(folder, schedule).returncode == 1
