"""Run the shell steps of `action.yml` as GitHub's runner does, with its files and variables."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from tests.support.processes import BIN, ROOT

ACTION: Final[dict[str, Any]] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
DEFAULTS: Final = {name: each.get("default") for name, each in ACTION["inputs"].items()}
REPOSITORY: Final = "me/my-show"
# Stands for GitHub's own program: it lists the comments of a file, and notes what it should write.
GH: Final = """\
#!/bin/sh
test "$GH_TOKEN" = token || exit 4
case "$*" in *--jq*) cat "$GITHUB_STATE/comments"; exit ;; esac
for last; do :; done
printf '%s ' "$@" > "$GITHUB_STATE/arguments"
cat "${last#body=@}" > "$GITHUB_STATE/body"
"""


@dataclass
class Run:
    """A run of the action: its event, its inputs, and what its steps have set so far."""

    folder: Path
    inputs: dict[str, str]
    event: str = "pull_request"
    is_fork: bool = False
    comments: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    log: str = ""

    def read(self, name: str) -> str:
        """Return the text of a file that a step or `gh` has written; of none, an empty text."""
        path = self.folder / "runner" / name
        return path.read_text("utf-8") if path.exists() else ""

    def run(self) -> int:
        """Run the steps up to the first that fails; return its exit status, otherwise 0."""
        self._prepare()
        for step in ACTION["runs"]["steps"]:
            name = step.get("name") or step["uses"].partition("@")[0]
            if name == "Install" or not CONDITIONS[step.get("if")](self):
                continue
            self.done.append(name)
            if "run" in step and (status := self._run_step(step)):
                return status
        return 0

    def _prepare(self) -> None:
        runner = self.folder / "runner"
        (runner / "bin").mkdir(parents=True)
        (runner / "bin" / "gh").write_text(GH, "utf-8")
        (runner / "bin" / "gh").chmod(0o755)
        (runner / "comments").write_text(self.comments, "utf-8")

    def _run_step(self, step: dict[str, Any]) -> int:
        assert step["shell"] == "bash"
        assert "${{" not in step["run"]
        runner = self.folder / "runner"
        (runner / "script").write_text(step["run"], "utf-8")
        (runner / "output").write_text("", "utf-8")
        variables = {name: self._evaluate(text) for name, text in step.get("env", {}).items()}
        done = subprocess.run(
            ["/bin/bash", "--noprofile", "--norc", "-eo", "pipefail", str(runner / "script")],
            cwd=self.folder,
            env=self._make_environment() | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        self.log += done.stdout + done.stderr
        lines = self.read("output").splitlines()
        self.outputs |= dict(line.split("=", 1) for line in lines)
        return done.returncode

    def _make_environment(self) -> dict[str, str]:
        runner = self.folder / "runner"
        return {
            "PATH": os.pathsep.join((str(runner / "bin"), str(BIN), os.environ["PATH"])),
            "HOME": str(runner),
            "NO_PROXY": "*",
            "RUNNER_TEMP": str(runner),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_EVENT_NAME": self.event,
            "GITHUB_OUTPUT": str(runner / "output"),
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_STATE": str(runner),
            "GITHUB_STEP_SUMMARY": str(runner / "summary"),
        }

    def _evaluate(self, text: str) -> str:
        found = re.fullmatch(r"\$\{\{ (.*) \}\}", text)
        assert found, text
        values = DEFAULTS | self.inputs
        if name := re.fullmatch(r"inputs\.([a-z-]+)", found[1]):
            return str(values[name[1]])
        table = {
            "inputs.against || inputs.url": str(values["against"] or values["url"]),
            "github.token": "token",
            "github.event.pull_request.number": "7",
        }
        return table[found[1]]


def _is_exported(run: Run) -> bool:
    return run.outputs["command"] == "export"


# What each condition of a step means. Another one is an error.
CONDITIONS: Final[dict[str | None, Callable[[Run], bool]]] = {
    None: lambda _: True,
    "github.event_name == 'pull_request'"
    " && github.event.pull_request.head.repo.full_name == github.repository": lambda run: (
        run.event == "pull_request" and not run.is_fork
    ),
    "steps.compare.outputs.status != '0' && inputs.force != 'true'": lambda run: (
        run.outputs["status"] != "0" and run.inputs.get("force") != "true"
    ),
    "steps.compare.outputs.command == 'export'": _is_exported,
    "steps.compare.outputs.command == 'export' && inputs.deploy == 'true'": lambda run: (
        _is_exported(run) and run.inputs.get("deploy", DEFAULTS["deploy"]) == "true"
    ),
}
