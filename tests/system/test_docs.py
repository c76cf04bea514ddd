"""The documents: what they promise is there, and what they show works."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml

from defects_ical.cli.app import main
from defects_ical.errors import ScheduleError
from defects_ical.schedule.episodes import expand_episodes
from defects_ical.schedule.loader import load_schedule
from defects_ical.schedule.model import Change, Platform, Schedule, Show
from defects_ical.site.build import Site
from tests.support.example_schedules import load_yaml
from tests.support.processes import BIN, run_server

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text("utf-8")
DESIGN = (ROOT / "DESIGN.md").read_text("utf-8")
COMMANDS = list(main.commands.values())


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


PLACEHOLDER = "00000000-0000-0000-0000-000000000000"
SHOWN_EXAMPLE, CHANGES, WORKFLOW = blocks("yaml")
EXAMPLE = SHOWN_EXAMPLE.replace(PLACEHOLDER, "8a4b1d0c-52e7-4c36-9f10-6d2e7b3c5a48")
SHOWN = [line for block in blocks("console") for line in block.splitlines()]


def test_the_example_of_a_schedule_is_one() -> None:
    assert len(expand_episodes(load_yaml(EXAMPLE))) == 10


def test_the_message_shown_is_the_one_that_a_wrong_premiere_gets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wrong = EXAMPLE.replace("premiere: 2025-03-02", "premiere: 2025-03-03")
    Path("schedule.yaml").write_text(wrong, "utf-8")
    with pytest.raises(ScheduleError) as caught:
        load_schedule(Path("schedule.yaml"))
    assert [f"{caught.value}\n"] == blocks("text")


def test_the_example_wants_a_uid_of_its_own() -> None:
    with pytest.raises(ScheduleError) as caught:
        load_yaml(SHOWN_EXAMPLE)
    assert [problem.key_path for problem in caught.value.problems] == ["show.uid"]


def test_the_example_of_a_change_log_fits_the_example_of_a_schedule() -> None:
    episodes = expand_episodes(load_yaml(EXAMPLE + CHANGES))
    assert [episode.sequence for episode in episodes] == [1, 2, 1, 3, 1, 1, 1, 1, 2, 3]


def test_the_commands_shown_work_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "schedule.yaml").write_text(EXAMPLE, "utf-8")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    commands = [line for line in SHOWN if re.match("defects-ical (check|export)", line)]
    assert len(commands) == 3
    for command in commands:
        subprocess.run(command.split(), cwd=tmp_path, env=os.environ | {"PATH": path}, check=True)
    assert (tmp_path / "public" / "my-show.ics").exists()


GH = """\
#!/bin/sh
test "$GH_TOKEN" && printf '%s ' "$@" > "$ASKED" && cat comparison.md >> "$ASKED"
"""


def test_the_workflow_shown_compares_comments_and_publishes(tmp_path: Path) -> None:
    # All that runs is here, but for GitHub's own actions and its program, which notes what it was
    # asked to do. What is published is a served feed; the clone has another schedule.
    clone, published = tmp_path / "clone", tmp_path / "published.yaml"
    published.write_text(EXAMPLE, "utf-8")
    clone.mkdir()
    (clone / "schedule.yaml").write_text(EXAMPLE.replace("time: 21:00", "time: 20:00"), "utf-8")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "gh").write_text(GH, "utf-8")
    (tmp_path / "bin" / "gh").chmod(0o755)
    jobs = {name: steps(name) for name in ("compare", "publish")}
    assert jobs["publish"][:2] == jobs["compare"][:2]
    with run_server([str(BIN / "defects-ical"), "serve", *PORT], PUBLIC, folder=tmp_path) as server:
        site = f"http://127.0.0.1:{server.port}"
        environment = {
            "PATH": f"{tmp_path / 'bin'}{os.pathsep}{BIN}{os.pathsep}{os.environ['PATH']}",
            "SITE": site,
            "FEEDS": "my-show.ics my-show-channel.ics",
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
            "ASKED": str(tmp_path / "asked"),
            "GH_TOKEN": "token",
            "NUMBER": "7",
        }
        done = [shell(step, clone, environment) for step in jobs["compare"][2:]]
        assert done == [0, 1, 0, 0]
        shutil.copy(published, clone / "schedule.yaml")
        assert shell(jobs["compare"][3], clone, environment) == 0
        (clone / "schedule.yaml").write_text("nothing", "utf-8")
        assert shell(jobs["compare"][3], clone, environment) == 1
        assert "schedule.yaml:1:1" in (clone / "comparison.md").read_text("utf-8")
        shutil.copy(published, clone / "schedule.yaml")
    asked = (tmp_path / "asked").read_text("utf-8")
    comparison = (tmp_path / "summary").read_text("utf-8")
    assert (
        asked == f"pr comment 7 --edit-last --create-if-none --body-file comparison.md {comparison}"
    )
    assert "move: 2025-03-02T20:00" in comparison
    assert shell(jobs["publish"][2], clone, environment) == 0
    assert (clone / "public" / "my-show.ics").exists()


PORT = ["--schedule", "published.yaml", "--port", "0"]
PUBLIC = r"is at http://\S+:(\d+)/ until"


def steps(job: str) -> list[str]:
    """What one job of the workflow runs in its shell."""
    workflow = yaml.safe_load(WORKFLOW)
    return [step["run"] for step in workflow["jobs"][job]["steps"] if "run" in step]


def shell(step: str, folder: Path, environment: dict[str, str]) -> int:
    """Run a step as GitHub does; its exit status."""
    return subprocess.run(
        ["/bin/bash", "-e", "-c", step], cwd=folder, env=os.environ | environment, check=False
    ).returncode


def test_what_the_workflow_installs_is_what_the_install_section_does() -> None:
    for job in ("compare", "publish"):
        assert [step for step in steps(job)[:2] if step not in SHOWN] == []


def test_the_services_shown_serve_the_feed(tmp_path: Path) -> None:
    schedule = tmp_path / "schedule.yaml"
    schedule.write_text(EXAMPLE, "utf-8")
    (serve,) = (line for line in SHOWN if line.startswith("defects-ical serve"))
    (other,) = (line for line in SHOWN if line.endswith("gunicorn wsgi:app"))
    *variables, program, application = other.replace("schedule.yaml", str(schedule)).split()
    settings = dict(each.split("=") for each in variables)
    ways = [
        run_server(
            [str(BIN / "defects-ical"), *serve.split()[1:], "--port", "0"],
            r"served from http://127\.0\.0\.1:(\d+)/",
            folder=tmp_path,
        ),
        run_server(
            [str(BIN / program), "--bind", "127.0.0.1:0", "--no-control-socket", application],
            r"Listening at: http://127\.0\.0\.1:(\d+)",
            settings,
        ),
    ]
    feeds = []
    for way in ways:
        with way as server:
            feeds.append(server.request("/my-show.ics").body)
    assert feeds[0] == feeds[1]
    assert b"\r\nURL:https://me.example/\r\n" in feeds[0]


def test_the_first_commands_are_targets_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = [line.split()[1] for line in SHOWN if line.startswith("make ")]
    assert targets == ["serve", "serve", "test"]
    assert all(re.search(f"^{target}:", makefile, flags=re.MULTILINE) for target in targets)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each.name)
def test_every_command_and_option_is_in_the_readme(command: click.Command) -> None:
    assert f"defects-ical {command.name}" in README
    options = [each for each in command.params if isinstance(each, click.Option)]
    assert [each.opts[0] for each in options if each.opts[0] not in README] == []


@pytest.mark.parametrize("model", [Schedule, Show, Platform, Change])
def test_every_key_of_a_schedule_is_in_the_readme(model: type[Schedule]) -> None:
    words = set(re.findall(r"[a-z_]+", README))
    assert set(model.model_fields) - words == set()


def keys(value: object) -> set[str]:
    """Every key within a value read from JSON."""
    if isinstance(value, dict):
        return set(value).union(*map(keys, value.values()))
    return set().union(*map(keys, value)) if isinstance(value, list) else set()


def test_every_key_of_episodes_json_is_in_the_readme(site: Site) -> None:
    # The shipped `changes` are empty: their keys are named here.
    found = keys(json.loads(site["/episodes.json"].body)) | {"at", "text"}
    assert found - set(re.findall(r"`([a-z_]+)`", README)) == set()


def test_every_folder_is_in_the_design() -> None:
    package = ROOT / "src" / "defects_ical"
    folders = {path.parent.name for path in package.glob("*/__init__.py")} | {"errors"}
    assert set(re.findall(r"^\| `(\w+)` \|", DESIGN, flags=re.MULTILINE)) == folders


def test_every_link_within_the_documents_leads_somewhere() -> None:
    for document in ROOT.glob("*.md"):
        links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text("utf-8"))
        assert [link for link in links if not (ROOT / link).exists()] == [], document


def test_the_figures_shown_are_those_that_were_measured() -> None:
    measured = (ROOT / "benchmarks" / "RESULTS.md").read_text("utf-8").splitlines()
    section = README.partition("## How fast it is\n")[2].partition("\n## ")[0]
    shown = [line for line in section.splitlines() if line.startswith("|")]
    assert [line for line in shown if line not in measured] == []
    assert len([line for line in shown if line.endswith("| reached |")]) > 5


def test_the_schedule_that_is_begun_as_shown_is_one(tmp_path: Path) -> None:
    (shown,) = (line for line in SHOWN if line.startswith("defects-ical init"))
    command = [sys.executable, "-m", *shlex.split(shown.replace("-", "_", 1))]
    subprocess.run(command, cwd=tmp_path, check=True)
    assert len(expand_episodes(load_schedule(tmp_path / "schedule.yaml"))) == 10
