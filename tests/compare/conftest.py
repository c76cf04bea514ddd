"""Fixtures: a working folder with a schedule, and an export of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from defects_ical.cli import schedule_output
from defects_ical.cli.check import comparison, folder_comparison
from defects_ical.cli.exporting import runs
from defects_ical.export.exporter import export_site
from defects_ical.site.build import build_site
from tests.compare.edits import NOW, PUBLISHED, SITE_URL
from tests.support.example_schedules import load_yaml


@pytest.fixture(autouse=True)
def freeze_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every test run at the same time, and use no proxy."""
    for command in (comparison, folder_comparison, schedule_output, runs):
        monkeypatch.setattr(command, "utc_now", lambda: NOW)
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def schedule_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make and enter a folder with the schedule."""
    monkeypatch.chdir(tmp_path)
    Path("schedule.yaml").write_text(PUBLISHED, "utf-8")
    return tmp_path


@pytest.fixture(scope="session")
def exported_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an export of the schedule."""
    folder = tmp_path_factory.mktemp("exported")
    export_site(build_site(load_yaml(PUBLISHED), SITE_URL), SITE_URL, folder)
    return folder


@pytest.fixture
def export_folder(schedule_folder: Path, exported_site: Path) -> Path:
    """Make and enter a folder with the schedule, and its export in `public`."""
    shutil.copytree(exported_site, "public")
    return schedule_folder
