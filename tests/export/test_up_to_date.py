"""An export is skipped if the folder holds the files of the same inputs already."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from pstats import Stats
from typing import Final

import pytest

from defects_ical.errors import ExportError
from defects_ical.export.exporter import export_site
from defects_ical.export.manifest import ExportResult, Inputs, check_up_to_date
from defects_ical.site.build import Site
from tests.support.example_schedules import make_yaml
from tests.support.exports import (
    MANIFEST_FILE,
    SITE_URL,
    TEMPORARY_FILE,
    build,
    export_arguments,
    run_export,
    run_python,
    write_text,
)


@pytest.fixture
def site() -> Site:
    return build(make_yaml())


def test_folder_is_up_to_date_with_its_fingerprint(site: Site, tmp_path: Path) -> None:
    export_site(site, SITE_URL, tmp_path, inputs=Inputs("this"))
    assert check_up_to_date(tmp_path, lambda _: "this") == ExportResult(0, len(site) + 2, 0)
    assert check_up_to_date(tmp_path, lambda _: "that") is None
    export_site(site, SITE_URL, tmp_path, inputs=Inputs("that"))
    assert check_up_to_date(tmp_path, lambda _: "that") == ExportResult(0, len(site) + 2, 0)
    assert check_up_to_date(tmp_path, lambda _: "this") is None


def clear_fingerprint(folder: Path) -> None:
    """Leave the manifest of an export that was killed after its first step."""
    manifest = json.loads((folder / MANIFEST_FILE).read_bytes())
    (folder / MANIFEST_FILE).write_text(json.dumps(manifest | {"fingerprint": ""}), "utf-8")


def replace_by_link(folder: Path) -> None:
    folder.rename(folder.with_name("moved"))
    folder.symlink_to("moved")


DAMAGES: Final[dict[str, Callable[[Path], object]]] = {
    "edited file": lambda folder: write_text(folder / "index.html", "edited"),
    "missing file": lambda folder: (folder / "show.ics").unlink(),
    "killed export": clear_fingerprint,
    "temporary file": lambda folder: write_text(folder / TEMPORARY_FILE, ""),
    "linked folder": lambda folder: replace_by_link(folder / "episodes"),
    "missing manifest": lambda folder: (folder / MANIFEST_FILE).unlink(),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=list(DAMAGES))
def test_damaged_folder_is_not_up_to_date(
    damage: Callable[[Path], object], site: Site, tmp_path: Path
) -> None:
    export_site(site, SITE_URL, tmp_path, inputs=Inputs("this"))
    damage(tmp_path)
    # An export fails on some damages and repairs the others.
    with suppress(ExportError):
        assert check_up_to_date(tmp_path, lambda _: "this") is None


def test_folder_without_fingerprint_is_not_up_to_date(site: Site, tmp_path: Path) -> None:
    export_site(site, SITE_URL, tmp_path)
    assert check_up_to_date(tmp_path, lambda _: "") is None


def test_check_does_not_create_folder(tmp_path: Path) -> None:
    assert check_up_to_date(tmp_path / "new", lambda _: "") is None
    assert not (tmp_path / "new").exists()


def test_check_rejects_damaged_manifest(tmp_path: Path) -> None:
    write_text(tmp_path / MANIFEST_FILE, "[]")
    with pytest.raises(ExportError, match="damaged"):
        check_up_to_date(tmp_path, lambda _: "this")


def test_command_renders_only_if_needed(tmp_path: Path) -> None:
    """A profile shows whether the feeds were rendered: assemble_calendar() makes each file."""
    schedule, folder, profile = (tmp_path / name for name in ("schedule.yaml", "site", "profile"))
    command = ("-m", "cProfile", "-o", f"{profile}", "-m", "defects_ical")
    runs = []
    for runtime in (60, 60, 61):
        write_text(schedule, make_yaml(runtime=runtime))
        done = run_python(*command, *export_arguments(folder, schedule), "--force")
        calls = Stats(f"{profile}").get_stats_profile().func_profiles
        runs.append((done.stdout.partition(": ")[2].strip(), "assemble_calendar" in calls))
    assert runs == [
        ("29 written, 0 unchanged, 0 removed", True),
        ("0 written, 29 unchanged, 0 removed", False),
        ("15 written, 14 unchanged, 0 removed", True),
    ]


def test_schedule_from_a_pipe_is_read_once(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "defects_ical"]
    command += export_arguments(tmp_path / "site", Path("/dev/stdin"))
    outputs = []
    for runtime in (60, 61):
        text = make_yaml(runtime=runtime)
        done = subprocess.run(
            [*command, "--force"], input=text, capture_output=True, text=True, check=True
        )
        outputs.append(done.stdout.partition(": ")[2].strip())
    assert outputs == ["29 written, 0 unchanged, 0 removed", "15 written, 14 unchanged, 0 removed"]


def test_schedule_without_end_is_refused(tmp_path: Path, site: Site) -> None:
    export_site(site, SITE_URL, tmp_path, inputs=Inputs("this"))
    done = run_python("-m", "defects_ical", *export_arguments(tmp_path, Path("/dev/zero")))
    assert (done.returncode, done.stdout) == (1, "")
    assert "larger than 2 MB" in done.stderr


@pytest.mark.parametrize("schedule", ["schedule.yaml", "."])
def test_manifest_with_a_path_in_place_of_a_picture(
    schedule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_text(tmp_path / "schedule.yaml", make_yaml())
    assert run_export(Path("site"), Path("schedule.yaml")).returncode == 0
    manifest = json.loads((tmp_path / "site" / MANIFEST_FILE).read_bytes())
    write_text(tmp_path / "site" / MANIFEST_FILE, json.dumps(manifest | {"picture": "a/b.png"}))
    done = run_export(Path("site"), Path(schedule))
    assert "Traceback" not in done.stderr
    assert done.returncode == (1 if schedule == "." else 0)
