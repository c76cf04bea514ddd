"""The Pythons that installations are tested on: ``make soak`` names those of the machine."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Final

VERSIONS: Final = tuple(
    (os.environ.get("PYTHONS") or f"{sys.version_info.major}.{sys.version_info.minor}").split()
)
"""Versions such as 3.12; without the variable PYTHONS, the one that runs the tests."""


def find_python(version: str) -> str:
    """Return the path of a Python. Raises RuntimeError if it is not installed."""
    # With pyenv, python3.12 works only if that version is selected.
    environment = {**os.environ, "PYENV_VERSION": version}
    command = [f"python{version}", "-c", "import sys; print(sys.executable)"]
    try:
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise RuntimeError(f"Python {version} is not installed, but PYTHONS names it.") from error
    return done.stdout.strip()
