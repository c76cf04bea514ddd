"""Export example sites, and see what exports did to a folder."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

import pytest

from defects_ical.content.links.site_url import SiteURL
from defects_ical.errors import ExportError
from defects_ical.export.exporter import export_site
from defects_ical.site.build import Site, build_site
from tests.support.example_schedules import load_yaml, make_yaml

URL: Final = "https://defects.example"
SITE_URL: Final = SiteURL.parse(URL)
MANIFEST_FILE: Final = ".defects-ical.json"
TEMPORARY_FILE: Final = ".defects-ical.tmp"
EXTRA_FILES: Final = {".nojekyll", "_headers", MANIFEST_FILE}
"""The files of an export that are no resources of the site."""

CHANNEL: Final = "channel: {name: Channel, kind: television, region: Everywhere}"
VOD: Final = "vod: {name: Vod, kind: streaming, region: Everywhere}"
ONE_PLATFORM: Final = make_yaml(platforms=f"{{{CHANNEL}}}")
TWO_PLATFORMS: Final = make_yaml(platforms=f"{{{CHANNEL}, {VOD}}}")
MOVED: Final = make_yaml(
    changes="[{at: 2025-08-01T00:00:00+00:00, episodes: [5], move: 2025-08-04T23:30}]"
)
SPECIAL: Final = "[{id: special-1, title: The making of, airs: 2025-07-14T23:00, runtime: 60}]"
LARGE: Final = (
    make_yaml(episodes=1000, platforms=f"{{{CHANNEL}, {VOD}}}"),
    make_yaml(episodes=1000, specials=SPECIAL).replace("title: The Show", "title: The Film"),
)
Files: TypeAlias = dict[str, bytes]


@cache
def build(text: str, site_url: SiteURL = SITE_URL) -> Site:
    return build_site(load_yaml(text), site_url)


def read_files(folder: Path) -> Files:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def record_states(folder: Path) -> dict[str, tuple[int, int]]:
    """Return the inode and the modification time (ns) of a folder and everything in it."""
    states = {str(path): path.lstat() for path in (folder, *folder.rglob("*"))}
    return {path: (state.st_ino, state.st_mtime_ns) for path, state in states.items()}


@contextmanager
def assert_untouched(folder: Path) -> Iterator[None]:
    before = read_files(folder), record_states(folder)
    yield
    assert (read_files(folder), record_states(folder)) == before


def get_export_error(site: Site, folder: Path) -> str:
    """Return the message of an export that is refused and changes nothing."""
    with assert_untouched(folder), pytest.raises(ExportError) as caught:
        export_site(site, SITE_URL, folder)
    return str(caught.value)


def diff_files(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> set[str]:
    """Return the paths whose content differs, or that only one of the two has."""
    return {path for path in {*one, *other} if one.get(path) != other.get(path)}


def list_site_files(site: Site) -> Files:
    """Return the content of every file that an export of the site should write."""
    return {path.lstrip("/") or "index.html": each.body for path, each in site.items()}


def export_arguments(folder: Path, schedule: Path, url: str = URL) -> list[str]:
    return ["export", f"{folder}", "--url", url, "--schedule", f"{schedule}"]


def run_python(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, umask=0o022)


def run_export(folder: Path, schedule: Path, url: str = URL) -> subprocess.CompletedProcess[str]:
    return run_python("-m", "defects_ical", *export_arguments(folder, schedule, url))


def write_text(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
