"""The fingerprint of a site's inputs: it changes if one of them does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

import defects_ical
from defects_ical.content.links.site_url import SiteURL
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.fingerprint import input_fingerprint
from tests.conftest import SITE_URL
from tests.support.example_schedules import load_yaml, make_yaml
from tests.support.variants import leave_to_soak

PACKAGE: Final = Path(defects_ical.__file__).parent
PICTURE: Final = Path(__file__).parent.parent / "schedule" / "invalid" / "picture.png"
SCRIPT: Final = """
import sys
from pathlib import Path
from defects_ical.content.links.site_url import SiteURL
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.fingerprint import input_fingerprint
site_url = SiteURL.parse("https://defects.example")
schedule = load_schedule(Path(sys.argv[1]))
print(input_fingerprint(schedule.digest, schedule.picture, site_url))
"""


def compute(schedule: Schedule, site_url: SiteURL) -> str:
    return input_fingerprint(schedule.digest, schedule.picture, site_url)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "schedule.yaml"
    file.write_text(make_yaml(), "utf-8")
    return file


def run_script(schedule: Path, *search: Path, **environment: str) -> str:
    """Return the fingerprint by another process, which imports from these folders first."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(schedule)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, search)), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_fingerprint_is_same_in_every_process(file: Path) -> None:
    fingerprint = compute(load_schedule(file), SITE_URL)
    assert compute(load_schedule(file), SITE_URL) == fingerprint
    for seed, zone in (("0", "UTC"), ("1", "Asia/Seoul")):
        assert run_script(file, PYTHONHASHSEED=seed, TZ=zone) == fingerprint


def test_fingerprint_depends_on_schedule_picture_url(file: Path) -> None:
    yaml = make_yaml().replace("title: The Show", "title: The Show, picture: one.png")
    file.write_text(yaml, "utf-8")
    picture = file.with_name("one.png")
    picture.write_bytes(PICTURE.read_bytes())
    with_picture = load_schedule(file)
    # Bytes after the end of a PNG are ignored.
    picture.write_bytes(PICTURE.read_bytes() + b"\n")
    with_other_picture = load_schedule(file)
    fingerprints = {
        compute(load_yaml(make_yaml()), SITE_URL),
        compute(load_yaml(make_yaml(runtime=61)), SITE_URL),
        compute(load_yaml(make_yaml()), SiteURL.parse("https://defects.example/show")),
        compute(with_picture, SITE_URL),
        compute(with_other_picture, SITE_URL),
    }
    assert len(fingerprints) == 5


@pytest.mark.parametrize(
    "name", ["render/ics/feeds.py", *leave_to_soak("templates/index.html", "static/page.js")]
)
def test_fingerprint_depends_on_program(name: str, file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(PACKAGE, copy / "defects_ical")
    assert run_script(file, copy) == run_script(file)
    with (copy / "defects_ical" / name).open("a", encoding="utf-8") as stream:
        stream.write("\n")
    assert run_script(file, copy) != run_script(file)


def test_fingerprint_depends_on_libraries(file: Path, tmp_path: Path) -> None:
    fingerprints = {run_script(file)}
    for version in ("1.0", "1.1"):
        (tmp_path / version / f"sample-{version}.dist-info").mkdir(parents=True)
        fingerprints.add(run_script(file, tmp_path / version))
    assert len(fingerprints) == 3
