"""action.yml: its steps run in a shell, next to a live site, with a substitute for `gh`."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.deploy.conftest import EXAMPLE, MOVED
from tests.support.documents import ROOT, read_code_blocks
from tests.support.processes import BIN, run_server
from tests.support.variants import leave_to_soak
from tests.support.workflow_steps import ACTION, REPOSITORY, Run

ANNOUNCED: Final = (
    f"{EXAMPLE}changes: [{{at: 2025-03-01T12:00:00-05:00, episodes: [2], status: cancelled}}]\n"
)
PAGES_ACTIONS: Final = ["actions/upload-pages-artifact", "actions/deploy-pages"]
# The schema of the file on each page, and the most lines that it may have.
SCHEMAS: Final = {
    "docs/github-pages.md": ("vendor.github-workflows", 15),
    "docs/gitlab-pages.md": ("vendor.gitlab-ci", 20),
}


def make_run(folder: Path, schedule: str, url: str, event: str, **inputs: str) -> Run:
    (folder / "schedule.yaml").write_text(schedule, "utf-8")
    return Run(folder, {"url": url, **inputs}, event)


def test_action_comments_on_unannounced_change(live_url: str, tmp_path: Path) -> None:
    run = make_run(tmp_path, MOVED, live_url, "pull_request")
    # Comments of others, and one about another site.
    run.comments = "1 Hello\n2 <!-- defects-ical https://me.example -->\n"
    assert run.run() == 1
    assert run.read("arguments").startswith(
        f"api --silent --method POST repos/{REPOSITORY}/issues/7/comments -F body=@"
    )
    comment = run.read("body")
    assert comment.startswith(f"<!-- defects-ical {live_url} -->\n### My Show")
    assert "move: 2025-03-02T20:00" in comment
    assert run.read("summary") == comment
    assert run.done[-1] == "Report errors"
    assert not (tmp_path / "public").exists()


def test_action_updates_its_own_comment(live_url: str, tmp_path: Path) -> None:
    run = make_run(tmp_path, EXAMPLE, live_url, "pull_request")
    run.comments = f"1 Hello\n5 <!-- defects-ical {live_url} -->\n6 Bye\n"
    assert run.run() == 0
    path = f"repos/{REPOSITORY}/issues/comments/5"
    assert run.read("arguments").startswith(f"api --silent --method PATCH {path} -F")
    assert "no changes" in run.read("body").lower()
    assert run.outputs["command"] == "check"


def test_action_reports_invalid_schedule_of_fork(live_url: str, tmp_path: Path) -> None:
    """The report of a fork is in the summary only; what is quoted there is no markup."""
    run = make_run(tmp_path, "<b>@me</b>\n", live_url, "pull_request")
    run.is_fork = True
    assert run.run() == 1
    assert "Comment" not in run.done
    assert "\n    schedule.yaml:1:1: " in run.read("summary")
    assert all(each[:1] in {"", " ", "<"} for each in run.read("summary").splitlines())


def test_action_checks_what_is_not_live_yet(live_url: str, tmp_path: Path) -> None:
    run = make_run(tmp_path, EXAMPLE, f"{live_url}/none", "pull_request")
    assert run.run() == 0
    assert f"Nothing is published at `{live_url}/none` yet." in run.read("body")


def test_action_publishes_what_is_announced(live_url: str, tmp_path: Path) -> None:
    run = make_run(tmp_path, ANNOUNCED, live_url, "push")
    assert run.run() == 0
    feed = (tmp_path / "public" / "my-show.ics").read_text("utf-8")
    assert "STATUS:CANCELLED" in feed
    assert f"SOURCE;VALUE=URI:{live_url}/my-show.ics" in feed
    assert run.done[-2:] == PAGES_ACTIONS
    assert '"title": "My Show"' in run.read("messages")


def test_action_publishes_a_first_time(live_url: str, tmp_path: Path) -> None:
    run = make_run(tmp_path, EXAMPLE, f"{live_url}/none", "workflow_dispatch", deploy="false")
    assert (run.run(), run.done[-1], run.read("messages")) == (0, "Export", "")
    assert (tmp_path / "public" / "my-show.ics").exists()


@pytest.mark.parametrize(("force", "status"), [("false", 1), ("true", 0)])
def test_action_publishes_unannounced_by_force(
    force: str, status: int, live_url: str, tmp_path: Path
) -> None:
    run = make_run(tmp_path, MOVED, live_url, "push", force=force)
    assert run.run() == status
    assert (tmp_path / "public").exists() == (not status)


def test_action_stops_if_live_site_is_down(tmp_path: Path) -> None:
    """A site that does not respond is no site without subscribers."""
    # Port 9 is that of a service that nothing provides.
    run = make_run(tmp_path, EXAMPLE, "http://127.0.0.1:9", "push")
    assert run.run() != 0
    assert not (tmp_path / "public").exists()


def test_action_runs_no_input(live_url: str, tmp_path: Path) -> None:
    """Inputs with characters of the shell, and what looks like an option, are only texts."""
    name = '--help"; touch broken; echo `touch broken` $(touch broken) [a]*.yaml'
    (tmp_path / name).write_text(EXAMPLE, "utf-8")
    folder = "--force $(touch broken)"
    run = Run(tmp_path, {"url": f"{live_url}/none", "schedule": name, "folder": folder}, "push")
    assert run.run() == 0, run.log
    assert (tmp_path / folder / "my-show.ics").exists()
    assert not (tmp_path / "broken").exists()


def test_action_rejects_unknown_command(live_url: str, tmp_path: Path) -> None:
    run = make_run(tmp_path, EXAMPLE, live_url, "push", command="$(echo export)")
    assert run.run() == 2
    assert run.log == "::error::The input command is neither check nor export.\n"


@pytest.mark.parametrize(
    "event",
    ["pull_request_target", *leave_to_soak("issue_comment", "schedule")],
)
def test_action_exports_on_no_other_event(event: str, live_url: str, tmp_path: Path) -> None:
    run = make_run(tmp_path, EXAMPLE, live_url, event)
    assert (run.run(), run.done[-1]) == (0, "Compare")


def test_action_names_releases_by_their_commit() -> None:
    uses = [each["uses"] for each in ACTION["runs"]["steps"] if "uses" in each]
    assert len(uses) == 3
    assert all(len(each.partition("@")[2]) == 40 for each in uses)


def validate(schema: str, file: Path) -> None:
    """Validate a file with a schema that the program carries; no network is needed."""
    command = [str(BIN / "check-jsonschema"), "--builtin-schema", schema, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_action_agrees_with_schema_of_github() -> None:
    validate("vendor.github-actions", ROOT / "action.yml")


@pytest.mark.soak
def test_action_compares_several_shows(tmp_path: Path) -> None:
    (tmp_path / "shows").mkdir()
    (tmp_path / "shows" / "my-show.yaml").write_text(EXAMPLE, "utf-8")
    command = [str(BIN / "defects-ical"), "serve", "--schedule", "shows", "--port", "0"]
    with run_server(command, r"http://127\.0\.0\.1:(\d+)/", folder=tmp_path) as live:
        url = f"http://127.0.0.1:{live.port}"
        run = Run(tmp_path, {"url": url, "schedule": "shows"}, "push")
        assert run.run() == 0, run.log
        (tmp_path / "shows" / "my-show.yaml").write_text(MOVED, "utf-8")
        shutil.rmtree(tmp_path / "runner")
        assert Run(tmp_path, {"url": url, "schedule": "shows"}).run() == 1
    assert (tmp_path / "public" / "my-show" / "my-show.ics").exists()


@pytest.mark.parametrize("page", SCHEMAS)
def test_documented_workflow_agrees_with_schema(page: str, tmp_path: Path) -> None:
    (workflow,) = read_code_blocks(page, "yaml")
    schema, max_lines = SCHEMAS[page]
    assert len(workflow.splitlines()) <= max_lines
    (tmp_path / "workflow.yml").write_text(workflow, "utf-8")
    validate(schema, tmp_path / "workflow.yml")


@pytest.mark.soak
def test_action_installs_the_program(tmp_path: Path) -> None:
    (step,) = (each for each in ACTION["runs"]["steps"] if each.get("name") == "Install")
    environment = {
        **os.environ,
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_ACTION_PATH": str(ROOT),
        "GITHUB_PATH": str(tmp_path / "path"),
    }
    shell = ["/bin/bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    subprocess.run(shell, cwd=tmp_path, env=environment, check=True)
    program = Path((tmp_path / "path").read_text("utf-8").strip()) / "defects-ical"
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("defects-ical, version ")
