"""Importers written in JavaScript, which run in Node.js."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.doctor.outcomes.readings import Occurrence, Reading

FOLDER = Path(__file__).parent
# `make importers` installs them here.
PACKAGES = Path(sys.prefix) / "javascript" / "node_modules"
JAVASCRIPT_IMPORTERS = tuple(json.loads((FOLDER / "package.json").read_text())["dependencies"])


def read_with_javascript(files: Iterable[Path]) -> list[dict[str, Reading]]:
    """Read feeds with all importers written in JavaScript."""
    node = shutil.which("node")
    assert node is not None
    done = subprocess.run(
        (node, FOLDER / "importers.js"),
        input="".join(f"{each}\n" for each in files).encode(),
        # A zone in which nothing else here is: it shows which times are read as local.
        env=os.environ | {"NODE_PATH": str(PACKAGES), "TZ": "Asia/Tokyo"},
        stdout=subprocess.PIPE,
        check=True,
        timeout=120,
    )
    lines = done.stdout.decode().splitlines()
    return [
        {name: _parse_reading(each) for name, each in json.loads(line).items()} for line in lines
    ]


def _parse_reading(reading: dict[str, Any]) -> Reading:
    occurrences = [
        Occurrence(str(uid), str(title), start or "", end)
        for uid, title, start, end in reading["occurrences"]
    ]
    return Reading(occurrences, reading.get("refusal"), reading["failures"])


def list_javascript_versions() -> dict[str, str]:
    """Return the version of each importer."""
    return {
        name: json.loads((PACKAGES / name / "package.json").read_text())["version"]
        for name in JAVASCRIPT_IMPORTERS
    }
