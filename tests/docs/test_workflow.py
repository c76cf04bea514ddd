"""The workflow for GitHub Pages that docs/static-hosting.md shows."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import yaml

from tests.support.documents import read_all_commands, read_code_blocks, read_schedule_example
from tests.support.processes import BIN, run_server

SERVE: Final = ["serve", "--schedule", "published.yaml", "--port", "0"]
# Stands for GitHub's own program: it notes its arguments, and the comment that it should post.
GH: Final = """\
#!/bin/sh
test "$GH_TOKEN" && printf '%s ' "$@" > "$ARGUMENTS" && cat comparison.md >> "$ARGUMENTS"
"""


def read_steps(job: str) -> list[str]:
    """Return the shell commands of one job of the workflow."""
    (workflow,) = (
        yaml.safe_load(each) for each in read_code_blocks("docs/static-hosting.md", "yaml")
    )
    return [step["run"] for step in workflow["jobs"][job]["steps"] if "run" in step]


def run_step(step: str, folder: Path, environment: Mapping[str, str]) -> int:
    """Run a step as GitHub does, and return its exit status."""
    shell = ["/bin/bash", "-e", "-c", step]
    return subprocess.run(shell, cwd=folder, env=os.environ | environment, check=False).returncode


def test_workflow_compares_comments_and_publishes(tmp_path: Path) -> None:
    """All steps run except GitHub's own actions and its program `gh`.

    A served feed stands for the live site; the clone has another schedule.
    """
    clone, published = tmp_path / "clone", tmp_path / "published.yaml"
    example = read_schedule_example()
    published.write_text(example, "utf-8")
    clone.mkdir()
    (clone / "schedule.yaml").write_text(example.replace("time: 21:00", "time: 20:00"), "utf-8")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "gh").write_text(GH, "utf-8")
    (tmp_path / "bin" / "gh").chmod(0o755)
    jobs = {name: read_steps(name) for name in ("compare", "publish")}
    assert jobs["publish"][:2] == jobs["compare"][:2]
    with run_server(
        [str(BIN / "defects-ical"), *SERVE], r"http://127\.0\.0\.1:(\d+)/", folder=tmp_path
    ) as server:
        environment = {
            "PATH": f"{tmp_path / 'bin'}{os.pathsep}{BIN}{os.pathsep}{os.environ['PATH']}",
            "SITE": f"http://127.0.0.1:{server.port}",
            "FEEDS": "my-show.ics my-show-channel.ics",
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
            "ARGUMENTS": str(tmp_path / "arguments"),
            "GH_TOKEN": "token",
            "NUMBER": "7",
        }
        statuses = [run_step(step, clone, environment) for step in jobs["compare"][2:]]
        assert statuses == [0, 1, 0, 0]
        shutil.copy(published, clone / "schedule.yaml")
        assert run_step(jobs["compare"][3], clone, environment) == 0
        (clone / "schedule.yaml").write_text("nothing", "utf-8")
        assert run_step(jobs["compare"][3], clone, environment) == 1
        assert "schedule.yaml:1:1" in (clone / "comparison.md").read_text("utf-8")
        shutil.copy(published, clone / "schedule.yaml")
    comparison = (tmp_path / "summary").read_text("utf-8")
    arguments = "pr comment 7 --edit-last --create-if-none --body-file comparison.md "
    assert (tmp_path / "arguments").read_text("utf-8") == arguments + comparison
    assert "move: 2025-03-02T20:00" in comparison
    assert run_step(jobs["publish"][2], clone, environment) == 0
    assert (clone / "public" / "my-show.ics").exists()


def test_workflow_installs_as_documented() -> None:
    for job in ("compare", "publish"):
        assert set(read_steps(job)[:2]) - read_all_commands() == set()
