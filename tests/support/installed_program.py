"""Use an installed program without a clone: start a schedule, serve it, request it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from defects_ical import __version__
from tests.support.processes import run_server

INIT: Final = (
    *("init", "--title", "My Show", "--premiere", "2025-03-02", "--weekday", "sunday"),
    *("--time", "21:00", "--timezone", "America/New_York", "--episodes", "10"),
    *("--platform", "Channel,region=United States"),
)


def make_environment(home: Path, **variables: str) -> dict[str, str]:
    """Return an environment with an empty home, without Python's variables and our programs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return kept | {"HOME": str(home), "PATH": "/usr/bin:/bin", **variables}


def install_beside_libraries(wheel: Path, folder: Path) -> Path:
    """Install a wheel into a new environment that has the locked libraries, but not our ``src/``.

    Returns the folder of its programs. Nothing is downloaded.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--no-index", "--no-compile", str(wheel)], check=True)
    site_packages = next(folder.glob("lib/python*/site-packages"))
    # A path alone: what the .pth files there lead to stays out.
    (site_packages / "libraries.pth").write_text(f"{sysconfig.get_path('purelib')}\n", "utf-8")
    return python.parent


def check_program(program: Path, folder: Path, environment: Mapping[str, str]) -> None:
    """Check that ``init`` and then ``serve`` give a page and a feed; ``folder`` is created."""
    folder.mkdir()
    # `-i`: without the variables of this process.
    command = ["/usr/bin/env", "-i", *map("=".join, environment.items()), str(program)]
    subprocess.run([*command, *INIT], cwd=folder, check=True, capture_output=True)
    with run_server(
        [*command, "serve", "--port", "0"], r"http://127\.0\.0\.1:(\d+)/", folder=folder
    ) as server:
        page, feed, script = map(server.request, ("/", "/my-show.ics", "/embed.js"))
        assert (page.status, feed.status, script.status) == (200, 200, 200)
        assert b"My Show" in page.body
        assert feed.body.count(b"BEGIN:VEVENT\r\n") == 10
        assert json.loads(server.request("/healthz").body)["version"] == __version__
