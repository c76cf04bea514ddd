"""The wheel: what is in it, and that it works without a clone."""

from __future__ import annotations

import subprocess
import zipfile
from email import message_from_bytes
from pathlib import Path
from typing import Final

import pytest

import defects_ical
from tests.support.installed_program import (
    check_program,
    install_beside_libraries,
    make_environment,
)
from tests.support.processes import ROOT, run_server

PACKAGE: Final = Path(defects_ical.__file__).parent


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the programs of an environment with the wheel, and with the locked libraries."""
    return install_beside_libraries(wheel, tmp_path_factory.mktemp("environment"))


def test_wheel_has_every_file_of_the_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    files = {
        str(path.relative_to(PACKAGE.parent))
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.parent.name != "__pycache__"
    }
    assert {Path(each).suffix for each in files} >= {".html", ".js", ".json", ".svg", ".yaml"}
    assert files - names == set()
    assert {each.partition("/")[0].partition("-")[0] for each in names} == {"defects_ical"}


def test_metadata_has_version_of_the_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (path,) = (each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        metadata = message_from_bytes(archive.read(path))
    assert metadata["Version"] == defects_ical.__version__
    assert wheel.name == f"defects_ical-{defects_ical.__version__}-py3-none-any.whl"


def test_init_and_serve_work_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    environment = make_environment(tmp_path)
    found = subprocess.run(
        [str(installed / "python"), "-c", "import defects_ical; print(defects_ical.__file__)"],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert Path(found).is_relative_to(installed.parent)
    check_program(installed / "defects-ical", tmp_path / "my-show", environment)


def test_schema_from_the_wheel_is_ours(installed: Path, tmp_path: Path) -> None:
    command = [str(installed / "defects-ical"), "schema"]
    environment = make_environment(tmp_path)
    done = subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
    assert done.stdout == (ROOT / "schedule.schema.json").read_bytes()


def test_wsgi_works_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "schedule.yaml").write_bytes((ROOT / "schedule.yaml").read_bytes())
    gunicorn = [str(installed / "python"), "-m", "gunicorn", "--no-control-socket"]
    command = [*gunicorn, "--bind", "127.0.0.1:0", "defects_ical.wsgi:app"]
    environment = {"DEFECTS_ICAL_URL": "https://me.example", "PYTHONPATH": ""}
    ready = r"Listening at: http://127\.0\.0\.1:(\d+)"
    with run_server(command, ready, environment, tmp_path) as server:
        assert server.request("/the-defects.ics").status == 200
