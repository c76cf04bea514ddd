"""deploy/compose.yaml and deploy/kubernetes.yaml are what the schemas of both demand."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest
import yaml

from tests.support.nginx import DEPLOY
from tests.support.processes import BIN

pytestmark = pytest.mark.container

# Debian's docker-compose, which the Makefile unpacks, has that of 2021.
COMPOSE_SCHEMA: Final = "debian/usr/lib/python3/dist-packages/compose/config/compose_spec.json"


def list_compose_errors(document: dict[str, Any]) -> list[str]:
    """Return what is wrong with a Compose file."""
    schema = json.loads((Path(sys.prefix) / COMPOSE_SCHEMA).read_text("utf-8"))
    validator = jsonschema.Draft7Validator(schema)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


def validate_kubernetes(file: Path) -> subprocess.CompletedProcess[str]:
    """Validate a manifest with the schemas of a release of Kubernetes; no unknown keys."""
    command = [str(BIN / "kubernetes-validate"), "--strict", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_compose_file_is_valid() -> None:
    document = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    # Newer than the schema.
    assert document.pop("name") == "defects-ical"
    assert list_compose_errors(document) == []
    document["services"]["first"]["read_onli"] = True
    assert len(list_compose_errors(document)) == 1


def test_kubernetes_manifest_is_valid(tmp_path: Path) -> None:
    done = validate_kubernetes(DEPLOY / "kubernetes.yaml")
    print(f"\n{done.stdout}{done.stderr}")  # noqa: T201 - a result
    assert done.returncode == 0
    assert (done.stdout + done.stderr).count(" passed for resource ") == 3
    text = (DEPLOY / "kubernetes.yaml").read_text("utf-8")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(text.replace("runAsNonRoot:", "runAsNonRoots:"), "utf-8")
    assert validate_kubernetes(wrong).returncode != 0
