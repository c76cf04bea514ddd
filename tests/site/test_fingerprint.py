"""A digest of all that a site is made of, by which a folder is known to hold it already."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from pstats import Stats
from typing import Final

import pytest

import defects_ical
from defects_ical.content.site_url import SiteURL
from defects_ical.errors import ExportError
from defects_ical.export.exporter import ExportResult, check_up_to_date, export_site
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.build import Site, build_site
from defects_ical.site.fingerprint import input_fingerprint
from tests.support.example_schedules import load_yaml, make_yaml

SITE_URL: Final = SiteURL.parse("https://defects.example")
MANIFEST: Final = ".defects-ical.json"
PACKAGE: Final = Path(defects_ical.__file__).parent
TOLD: Final = """
import sys
from pathlib import Path
from defects_ical.content.site_url import SiteURL
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.fingerprint import input_fingerprint
site_url = SiteURL.parse("https://defects.example")
print(input_fingerprint(load_schedule(Path(sys.argv[1])), site_url))
"""


@pytest.fixture(scope="module")
def site() -> Site:
    return build_site(load_yaml(make_yaml()), SITE_URL)


def told(schedule: Path, *search: Path, **environment: str) -> str:
    """What another process says, with these folders in which it looks for modules first."""
    path = os.pathsep.join(map(str, search))
    done = subprocess.run(
        [sys.executable, "-c", TOLD, str(schedule)],
        env={**os.environ, "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_every_process_says_the_same_of_the_same(tmp_path: Path) -> None:
    file = written(tmp_path / "schedule.yaml", make_yaml())
    here = input_fingerprint(load_schedule(file), SITE_URL)
    assert input_fingerprint(load_schedule(file), SITE_URL) == here
    for seed, zone in (("0", "UTC"), ("1", "Asia/Seoul")):
        assert told(file, PYTHONHASHSEED=seed, TZ=zone) == here


def test_another_schedule_picture_or_address_is_something_else(tmp_path: Path) -> None:
    with_picture = make_yaml().replace("title: The Show", "title: The Show, picture: one.png")
    data = Path(__file__).parent.parent / "schedule"
    picture = next(data.rglob("*.png")).read_bytes()
    (tmp_path / "one.png").write_bytes(picture)
    file = written(tmp_path / "schedule.yaml", with_picture)
    one = load_schedule(file)
    # What follows its end, no reader of pictures minds.
    (tmp_path / "one.png").write_bytes(picture + b"\n")
    other = load_schedule(file)
    found = {
        input_fingerprint(load_yaml(make_yaml()), SITE_URL),
        input_fingerprint(load_yaml(make_yaml(runtime=61)), SITE_URL),
        input_fingerprint(load_yaml(make_yaml()), SiteURL.parse("https://defects.example/show")),
        input_fingerprint(one, SITE_URL),
        input_fingerprint(other, SITE_URL),
    }
    assert len(found) == 5


@pytest.mark.parametrize("name", ["render/ics.py", "templates/index.html", "static/page.js"])
def test_another_program_is_something_else(name: str, tmp_path: Path) -> None:
    file = written(tmp_path / "schedule.yaml", make_yaml())
    copy = tmp_path / "copy"
    shutil.copytree(PACKAGE, copy / "defects_ical")
    assert told(file, copy) == told(file)
    with (copy / "defects_ical" / name).open("a", encoding="utf-8") as stream:
        stream.write("\n")
    assert told(file, copy) != told(file)


def test_another_library_is_something_else(tmp_path: Path) -> None:
    file = written(tmp_path / "schedule.yaml", make_yaml())
    facts = tmp_path / "libraries" / "sample-1.0.dist-info"
    facts.mkdir(parents=True)
    seen = {told(file)}
    for version in ("1.0", "1.1"):
        written(facts / "METADATA", f"Metadata-Version: 2.1\nName: sample\nVersion: {version}\n")
        seen.add(told(file, tmp_path / "libraries"))
    assert len(seen) == 3
    # As an interrupted installation leaves it.
    (facts / "METADATA").unlink()
    assert told(file, tmp_path / "libraries")


def test_a_folder_that_holds_just_that_is_known_by_it(site: Site, tmp_path: Path) -> None:
    export_site(site, SITE_URL, tmp_path, fingerprint="this")
    assert check_up_to_date(tmp_path, "this") == ExportResult(0, len(site) + 2, 0)
    assert check_up_to_date(tmp_path, "that") is None
    export_site(site, SITE_URL, tmp_path, fingerprint="that")
    assert check_up_to_date(tmp_path, "that") == ExportResult(0, len(site) + 2, 0)
    assert check_up_to_date(tmp_path, "this") is None


def _unfinished(folder: Path) -> None:
    """As a run leaves it that is killed after its first step."""
    manifest = json.loads((folder / MANIFEST).read_bytes())
    (folder / MANIFEST).write_text(json.dumps(manifest | {"fingerprint": ""}), "utf-8")


def _moved(folder: Path) -> None:
    """Put a link in the place of a folder."""
    folder.rename(folder.with_name("moved"))
    folder.symlink_to("moved")


DAMAGES: Final[dict[str, Callable[[Path], object]]] = {
    "a file was edited": lambda folder: written(folder / "index.html", "edited"),
    "a file is gone": lambda folder: (folder / "show.ics").unlink(),
    "a run was killed": _unfinished,
    "a run left its temporary file": lambda folder: written(folder / ".defects-ical.tmp", ""),
    "its files are elsewhere": lambda folder: _moved(folder / "episodes"),
    "the manifest is gone": lambda folder: (folder / MANIFEST).unlink(),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=list(DAMAGES))
def test_a_folder_that_is_not_whole_is_not(
    damage: Callable[[Path], object], site: Site, tmp_path: Path
) -> None:
    export_site(site, SITE_URL, tmp_path, fingerprint="this")
    damage(tmp_path)
    # An export would refuse some, and put others right.
    with suppress(ExportError):
        assert check_up_to_date(tmp_path, "this") is None


def test_what_it_is_made_of_has_to_be_known(site: Site, tmp_path: Path) -> None:
    export_site(site, SITE_URL, tmp_path)
    assert check_up_to_date(tmp_path, "") is None


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert check_up_to_date(tmp_path / "new", "") is None
    assert not (tmp_path / "new").exists()


def test_a_damaged_manifest_is_refused(tmp_path: Path) -> None:
    written(tmp_path / MANIFEST, "[]")
    with pytest.raises(ExportError, match="damaged"):
        check_up_to_date(tmp_path, "this")


def test_the_command_builds_nothing_for_a_folder_that_holds_it(tmp_path: Path) -> None:
    file, folder, profile = (tmp_path / name for name in ("schedule.yaml", "site", "profile"))
    words = ["export", f"{folder}", "--url", "https://defects.example", "--schedule", f"{file}"]
    line = [sys.executable, "-m", "cProfile", "-o", f"{profile}", "-m", "defects_ical", *words]
    seen = []
    # _assemble joins a calendar from its parts.
    for runtime in (60, 60, 61):
        written(file, make_yaml(runtime=runtime))
        done = subprocess.run([*line, "--force"], capture_output=True, text=True, check=True)
        calls = Stats(f"{profile}").get_stats_profile().func_profiles
        seen.append((done.stdout.partition(": ")[2].strip(), "_assemble" in calls))
    assert seen == [
        ("29 written, 0 unchanged, 0 removed", True),
        ("0 written, 29 unchanged, 0 removed", False),
        ("15 written, 14 unchanged, 0 removed", True),
    ]
