"""The configurations for nginx: `nginx -t` accepts each, without warnings."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.support.nginx import DEPLOY, find_free_port, prepare_nginx

# Paths that only root may create.
REPLACEMENTS: Final = {"nginx-replicas.conf": "/var/cache/nginx-defects"}
CONFIGURATIONS: Final = sorted(path.name for path in DEPLOY.glob("*.conf"))


def check_syntax(name: str, folder: Path, replacements: dict[str, str]) -> tuple[int, str]:
    """Return the exit status of `nginx -t` and what it says, with all warnings."""
    if name in REPLACEMENTS:
        replacements |= {REPLACEMENTS[name]: str(folder.with_name("cache"))}
    command = [*prepare_nginx(name, replacements, folder, find_free_port()), "-t"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_nginx_accepts_configuration(name: str, tmp_path: Path) -> None:
    status, said = check_syntax(name, tmp_path / "nginx", {})
    assert (status, "[warn]" in said, "[alert]" in said) == (0, False, False), said
    assert said.endswith("test is successful\n")


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_nginx_refuses_a_mistake(name: str, tmp_path: Path) -> None:
    status, said = check_syntax(name, tmp_path / "nginx", {"server_name": "server_names"})
    assert status == 1
    assert 'unknown directive "server_names"' in said
