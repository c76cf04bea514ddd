"""The image runs as another user, on a read-only root without shells, as process 1."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.shows.shows import write_show
from tests.support.containers import (
    IMAGE,
    Container,
    Image,
    measure_bytes,
    run_container,
    start_container,
)
from tests.support.nginx import find_free_port
from tests.support.processes import Server, responds, run_process, wait_for
from tests.support.replicas import FEED, URL, build_version
from tests.support.schedule_editor import RELOAD_SECONDS, make_version

pytestmark = pytest.mark.container

MAX_BYTES: Final = 80_000_000
STOP_SECONDS: Final = 2.0
VARIABLES: Final = {"DEFECTS_ICAL_URL": URL}


@pytest.fixture
def schedule(tmp_path: Path) -> Path:
    """Return a folder with version 1 of a schedule, to be mounted."""
    folder = tmp_path / "schedule"
    folder.mkdir()
    (folder / "schedule.yaml").write_text(make_version(1), "utf-8")
    return folder


def mount_as_kubelet(folder: Path, number: int, files: dict[str, str]) -> None:
    """Write a version of a ConfigMap as kubelet does: a new folder, and a link that is replaced."""
    version = folder / f"..{number}"
    version.mkdir()
    for name, text in files.items():
        (version / name).write_text(text, "utf-8")
    link = folder / "..data_tmp"
    link.symlink_to(version.name)
    link.replace(folder / "..data")
    for name in files:
        if not (folder / name).is_symlink():
            (folder / name).unlink(missing_ok=True)
            (folder / name).symlink_to(f"..data/{name}")


def measure_seconds(condition: Callable[[], bool]) -> float:
    """Return after how many seconds a condition becomes true."""
    before = time.monotonic()
    wait_for(condition)
    return time.monotonic() - before


def stop(container: Container) -> float:
    """Send the service the image's signal, and return after how many seconds it has ended."""
    os.kill(container.pid, signal.Signals[container.image.config["StopSignal"]])
    return measure_seconds(lambda: not Path(f"/proc/{container.pid}").exists())


def read_status(container: Container) -> dict[str, str]:
    """Return what the system says of the service: user, capabilities, number in its namespace."""
    lines = Path(f"/proc/{container.pid}/status").read_text("ascii").splitlines()
    return {
        name: " ".join(value.split()) for name, _, value in (line.partition(":") for line in lines)
    }


def test_every_path_is_served(image: Image, schedule: Path) -> None:
    site = build_version(1, schedule.parent)
    with run_container(image, schedule, VARIABLES) as container:
        for path, resource in site.items():
            response = container.server.request(path)
            assert (path, response.status, response.body) == (path, 200, resource.body)
        assert container.server.request("/nowhere").status == 404


def test_service_is_process_1_of_another_user(image: Image, schedule: Path) -> None:
    with run_container(image, schedule, VARIABLES | {"DEFECTS_ICAL_WORKERS": "2"}) as container:
        status = read_status(container)
        assert status["NSpid"].split()[1:] == ["1"]
        assert (status["Uid"], status["Gid"]) == ("65532 65532 65532 65532",) * 2
        assert (int(status["CapEff"], 16), int(status["CapPrm"], 16)) == (0, 0)
        assert status["Groups"] == ""
        assert status["NoNewPrivs"] == "1"


def test_root_is_read_only_and_has_no_shell(image: Image, schedule: Path) -> None:
    with run_container(image, schedule, VARIABLES) as container:
        program = "import os, sys; os.close(os.open(sys.argv[1], os.O_CREAT | os.O_WRONLY))"
        for path in ("/app/file", "/tmp/file", "/schedule/file"):  # noqa: S108 - in the container
            done = container.run(["/app/bin/python3", "-c", program, path])
            assert b"Read-only file system" in done.stderr
        assert container.run(["/bin/sh", "-c", "exit"]).returncode == 126


def test_only_the_program_is_added_to_the_base(image: Image) -> None:
    added = {path.name for path in image.root.iterdir()} - {
        path.name for path in image.base_root.iterdir()
    }
    assert added == {"app", "schedule"}
    site_packages = {path.name for path in image.root.glob("app/lib/*/site-packages/*")}
    assert "granian" in site_packages
    assert site_packages & {"pip", "setuptools", "wheel"} == set()
    size = measure_bytes(image.root) - measure_bytes(image.base_root)
    print(f"\nThe image is {size / 1e6:.1f} MB over its base.")  # noqa: T201 - a result
    assert size < MAX_BYTES


def test_edit_is_served(image: Image, schedule: Path) -> None:
    feeds = [build_version(number, schedule.parent)[FEED].body for number in (1, 2)]
    with run_container(image, schedule, VARIABLES) as container:
        assert container.server.request(FEED).body == feeds[0]
        (schedule / "schedule.yaml").write_text(make_version(2), "utf-8")
        seconds = measure_seconds(lambda: container.server.request(FEED).body == feeds[1])
    print(f"\nThe edit was served after {seconds:.2f} s.")  # noqa: T201 - a result
    assert seconds < RELOAD_SECONDS


def test_edit_of_a_config_map_is_served(image: Image, schedule: Path) -> None:
    feeds = [build_version(number, schedule.parent)[FEED].body for number in (1, 2)]
    mount_as_kubelet(schedule, 1, {"schedule.yaml": make_version(1)})
    with run_container(image, schedule, VARIABLES) as container:
        assert container.server.request(FEED).body == feeds[0]
        mount_as_kubelet(schedule, 2, {"schedule.yaml": make_version(2)})
        seconds = measure_seconds(lambda: container.server.request(FEED).body == feeds[1])
    print(f"\nThe edit of the ConfigMap was served after {seconds:.2f} s.")  # noqa: T201 - a result
    assert seconds < RELOAD_SECONDS


def test_folder_of_schedules_needs_only_tmp(image: Image, schedule: Path) -> None:
    (schedule / "schedule.yaml").unlink()
    for name in ("one", "two"):
        write_show(schedule.parent / f"{name}.yaml")
    texts = {
        f"{name}.yaml": (schedule.parent / f"{name}.yaml").read_text() for name in ("one", "two")
    }
    mount_as_kubelet(schedule, 1, texts)
    variables = VARIABLES | {"DEFECTS_ICAL_SCHEDULE": "/schedule"}
    with run_container(image, schedule, variables, has_tmp=True) as container:
        for path in ("/", "/all.ics", "/one/one.ics", "/two/two.ics"):
            assert container.server.request(path).status == 200
        texts["one.yaml"] = texts["one.yaml"].replace("title: one", "title: Renamed")
        mount_as_kubelet(schedule, 2, texts)
        page = "/one/"
        seconds = measure_seconds(lambda: b"Renamed" in container.server.request(page).body)
        assert seconds < RELOAD_SECONDS
        assert stop(container) < STOP_SECONDS


@pytest.mark.parametrize("workers", ["1", "2"])
def test_signal_stops_the_service(image: Image, schedule: Path, workers: str) -> None:
    variables = VARIABLES | {"DEFECTS_ICAL_WORKERS": workers}
    with run_container(image, schedule, variables) as container, container.server.connect():
        assert container.server.request("/").status == 200
        seconds = stop(container)
        print(f"\nThe service ended after {seconds:.2f} s.")  # noqa: T201 - a result
        assert seconds < STOP_SECONDS
        assert container.server.process.wait(timeout=20) == 0


def test_signal_stops_a_service_that_loads(image: Image, schedule: Path) -> None:
    """The system ignores a signal to process 1 that the process does not handle."""
    bit = 1 << signal.SIGTERM - 1
    with start_container(image, schedule, VARIABLES) as container:
        seconds = measure_seconds(lambda: int(read_status(container)["SigCgt"], 16) & bit != 0)
        print(f"\nThe service handled the signal after {seconds:.2f} s.")  # noqa: T201 - a result
        assert not responds(container.server)
        assert stop(container) < STOP_SECONDS
        assert container.server.process.wait(timeout=20) == 128 + signal.SIGTERM


def test_health_check_sees_a_broken_service(image: Image, schedule: Path) -> None:
    kind, *command = image.config["Healthcheck"]["Test"]
    assert kind == "CMD"
    with run_container(image, schedule, VARIABLES) as container:
        before = time.monotonic()
        done = container.run(command)
        print(f"\nThe health check took {time.monotonic() - before:.2f} s.")  # noqa: T201 - a result
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        # A broken edit leaves the last good version online: healthy, though degraded.
        (schedule / "schedule.yaml").write_text("nothing", "utf-8")
        wait_for(lambda: json.loads(container.server.request("/healthz").body)["problem"])
        assert container.run(command).returncode == 0
        container.environment[:] = [
            re.sub("^(DEFECTS_ICAL_LISTEN_PORT)=.*", rf"\1={find_free_port()}", each)
            for each in container.environment
        ]
        assert container.run(command).returncode == 1


def test_missing_url_is_explained(image: Image, schedule: Path) -> None:
    with start_container(image, schedule, {}) as container:
        assert container.server.process.wait(timeout=20) == 2
        assert "DEFECTS_ICAL_URL" in container.server.log.read_text("utf-8")


def test_buildah_runs_the_image(image: Image, schedule: Path) -> None:
    """The engine's own run: its variables, user and command, in the network of this machine."""
    port = find_free_port()
    schedule.chmod(0o755)
    options = ["--isolation", "chroot", "--volume", f"{schedule}:/schedule:ro"]
    options += ["--env", f"DEFECTS_ICAL_URL={URL}", "--env", f"DEFECTS_ICAL_LISTEN_PORT={port}"]
    command = [*image.config["Entrypoint"], *image.config["Cmd"]]
    name = image.create_container(IMAGE)
    with run_process([*image.buildah, "run", *options, name, *command]) as (process, log):
        server = Server(process, port, log)
        wait_for(lambda: responds(server), process, log)
        assert server.request(FEED).body == build_version(1, schedule.parent)[FEED].body
