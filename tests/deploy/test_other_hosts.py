"""The scripts on the pages for GitLab and Cloudflare, run next to a live site."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
import yaml

from tests.deploy.conftest import EXAMPLE, MOVED
from tests.support.documents import read_code_blocks
from tests.support.processes import BIN


def read_gitlab_scripts() -> dict[str, str]:
    """Return the script of each job; the program is installed already."""
    (jobs,) = (yaml.safe_load(each) for each in read_code_blocks("docs/gitlab-pages.md", "yaml"))
    scripts = {name: jobs[name]["script"] for name in ("check", "pages")}
    return {
        name: each if isinstance(each, str) else "\n".join(each) for name, each in scripts.items()
    }


def read_cloudflare_script() -> str:
    (script,) = read_code_blocks("docs/cloudflare-pages.md", "sh")
    return script


SCRIPTS: Final = {**read_gitlab_scripts(), "build.sh": read_cloudflare_script()}


def run_script(script: str, folder: Path, variables: Mapping[str, str]) -> int:
    """Run a script; `pip` has nothing to do."""
    (folder / "bin").mkdir()
    (folder / "bin" / "pip").write_text("#!/bin/sh\n", "utf-8")
    (folder / "bin" / "pip").chmod(0o755)
    path = os.pathsep.join((str(folder / "bin"), str(BIN), os.environ["PATH"]))
    environment = {**os.environ, "PATH": path, "NO_PROXY": "*", **variables}
    shell = ["/bin/sh", "-e", "-c", script]
    return subprocess.run(shell, cwd=folder, env=environment, check=False).returncode


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_stops_unannounced_change(name: str, live_url: str, tmp_path: Path) -> None:
    (tmp_path / "schedule.yaml").write_text(MOVED, "utf-8")
    assert run_script(SCRIPTS[name], tmp_path, {"SITE": live_url}) == 1
    assert not (tmp_path / "public").exists()


@pytest.mark.parametrize("name", ["pages", "build.sh"])
def test_script_publishes(name: str, live_url: str, tmp_path: Path) -> None:
    (tmp_path / "schedule.yaml").write_text(EXAMPLE, "utf-8")
    assert run_script(SCRIPTS[name], tmp_path, {"SITE": live_url}) == 0
    assert (tmp_path / "public" / "my-show.ics").exists()


@pytest.mark.soak
@pytest.mark.parametrize("name", ["pages", "build.sh"])
def test_script_publishes_a_first_time(name: str, live_url: str, tmp_path: Path) -> None:
    (tmp_path / "schedule.yaml").write_text(EXAMPLE, "utf-8")
    variables = {"SITE": f"{live_url}/none", "FIRST": "true"}
    assert run_script(SCRIPTS[name], tmp_path, variables) == 0
