"""The steps of docs/upgrading.md: from this release to the next one, and back."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest
from flit_core import buildapi

from defects_ical import __version__
from tests.support.documents import read_schedule_example
from tests.support.installed_program import install_beside_libraries
from tests.support.nginx import find_free_port
from tests.support.processes import ROOT, run_server

NEXT: Final = "99.0.0"
URL: Final = "https://me.example"
FEED: Final = "/my-show.ics"


def build_next_release(folder: Path) -> Path:
    """Return the wheel of a release that words the descriptions of events in another way."""
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    package = folder / "src" / "defects_ical"
    for name, old, new in (
        ("__init__.py", f'"{__version__}"', f'"{NEXT}"'),
        ("languages/en.json", "Where to watch:", "Watch it here:"),
    ):
        text = (package / name).read_text("utf-8")
        assert old in text
        (package / name).write_text(text.replace(old, new), "utf-8")
    with contextlib.chdir(folder):
        return folder / str(buildapi.build_wheel(str(folder)))


def serve_once(folder: Path, port: int) -> tuple[str, bytes]:
    """Start what `.venv` leads to, as the unit of systemd does; return its version and feed."""
    command = [str(folder / ".venv" / "bin" / "defects-ical"), "serve", "--port", str(port)]
    ready = r"served from http://127\.0\.0\.1:(\d+)/"
    with run_server([*command, "--url", URL], ready, folder=folder) as server:
        health = json.loads(server.request("/healthz").body)
        return health["version"], server.request(FEED).body


def unfold(feed: bytes) -> bytes:
    return feed.replace(b"\r\n ", b"")


@pytest.mark.soak
def test_upgrade_is_seen_before_and_goes_back(wheel: Path, tmp_path: Path) -> None:
    (tmp_path / "schedule.yaml").write_text(read_schedule_example(), "utf-8")
    (tmp_path / "next").mkdir()
    link, port = tmp_path / ".venv", find_free_port()
    install_beside_libraries(wheel, tmp_path / __version__)
    programs = install_beside_libraries(build_next_release(tmp_path / "next"), tmp_path / NEXT)
    link.symlink_to(__version__)
    version, feed = serve_once(tmp_path, port)
    assert version == __version__

    (tmp_path / "live.ics").write_bytes(feed)
    check = [str(programs / "defects-ical"), "check", "--against", "live.ics"]
    done = subprocess.run(check, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert "warning: text without an entry" in done.stdout
    assert "episodes: all, note:" in done.stdout

    subprocess.run(["/bin/ln", "-sfn", NEXT, str(link)], check=True)
    version, new_feed = serve_once(tmp_path, port)
    assert version == NEXT
    assert unfold(new_feed) == unfold(feed).replace(b"Where to watch:", b"Watch it here:")

    subprocess.run(["/bin/ln", "-sfn", __version__, str(link)], check=True)
    assert serve_once(tmp_path, port) == (__version__, feed)
