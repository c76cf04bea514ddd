"""Every command that the documentation shows is run, or is listed here with a reason."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.support.documents import (
    PAGES,
    ROOT,
    read_all_commands,
    read_code_blocks,
    read_commands,
    read_schedule_example,
)
from tests.support.processes import BIN, Server, run_server
from tests.support.variants import sample

PUBLIC_URL: Final = "https://me.example"

# Commands that are not run here, and why.
INSTALLS: Final = "downloads packages; make serve and make test do the same"
CONTAINER: Final = "needs an engine; tests/container/test_container.py does the same without one"
MANIFEST: Final = "needs a cluster or an engine; tests/deploy/test_manifests.py checks the file"
INSTALLERS: Final = "downloads packages; tests/distribution/test_installers.py does the same"
UPGRADES: Final = "changes the system; tests/distribution/test_upgrade.py does the same elsewhere"
NOT_RUN: Final = {
    "python3 -m venv .venv": INSTALLS,
    "pip install -r requirements/run.txt": INSTALLS,
    "pip install --no-deps --no-build-isolation .": INSTALLS,
    "pip install dist/*.whl": INSTALLERS,
    "pip install --require-hashes -r requirements/run.txt": INSTALLERS,
    "pip install --no-deps dist/*.whl": INSTALLERS,
    "pipx install dist/*.whl": INSTALLERS,
    "uv tool install dist/*.whl": INSTALLERS,
    "python3 -m venv next": INSTALLERS,
    ". next/bin/activate": INSTALLERS,
    "python3 -m venv /opt/defects-ical/0.2.0": UPGRADES,
    "/opt/defects-ical/0.2.0/bin/pip install --require-hashes -r requirements/run.txt": UPGRADES,
    "/opt/defects-ical/0.2.0/bin/pip install --no-deps dist/*.whl": UPGRADES,
    "ln -sfnT 0.2.0 /opt/defects-ical/.venv": UPGRADES,
    "ln -sfnT 0.1.0 /opt/defects-ical/.venv": UPGRADES,
    "python3 -m venv /opt/defects-ical/0.1.0": UPGRADES,
    "/opt/defects-ical/0.1.0/bin/pip install --require-hashes -r requirements/run.txt": UPGRADES,
    "/opt/defects-ical/0.1.0/bin/pip install --no-deps dist/*.whl": UPGRADES,
    'pipx install "$(ls dist/*.whl)[doctor,picture]"': INSTALLERS,
    "systemctl restart defects-ical@8003": "needs systemd",
    (
        "curl --fail --retry 10 --retry-connrefused --retry-delay 1 http://127.0.0.1:8003/healthz"
    ): "needs a replica at this port",
    "pip install gunicorn": "downloads packages; the tests have gunicorn",
    "certbot --nginx --redirect -d me.example": "needs a public host name",
    "cp deploy/defects-ical@.service /etc/systemd/system/": "changes the system",
    "cp deploy/nginx-folder.conf /etc/nginx/conf.d/": "changes the system",
    "nginx -t": "tests/deploy/test_nginx_syntax.py does the same",
    "systemctl reload nginx": "needs systemd",
    "systemctl enable --now defects-ical@8001 defects-ical@8002 defects-ical@8003": (
        "needs systemd; tests/deploy/test_systemd_unit.py runs what the unit runs"
    ),
    "systemctl restart defects-ical@8001": "needs systemd",
    "podman build --format docker --tag defects-ical .": CONTAINER,
    "docker build --file Containerfile --tag defects-ical .": CONTAINER,
    (
        "podman run --read-only --cap-drop all --publish 8000:8000 "
        "--volume ./schedule:/schedule:ro --env DEFECTS_ICAL_URL=https://me.example defects-ical"
    ): CONTAINER,
    "podman run --rm --volume ./schedule:/schedule:ro defects-ical check": CONTAINER,
    (
        "URL=https://me.example PORT=8080 docker compose --file deploy/compose.yaml up --detach"
    ): MANIFEST,
    "docker compose --file deploy/compose.yaml build": MANIFEST,
    "docker compose --file deploy/compose.yaml up --detach first": MANIFEST,
    "docker compose --file deploy/compose.yaml up --detach second": MANIFEST,
    "kubectl apply --filename deploy/kubernetes.yaml": MANIFEST,
    "defects-ical import tvmaze:12345": (
        "needs TVmaze; tests/cli/test_import.py imports from a substitute"
    ),
    "defects-ical import https://me.example/show.ics": "see above",
    "defects-ical import --update": "see above; tests/cli/test_import_update.py runs it",
    "rsync -a --exclude '*.html' public/ me@one.example:/srv/defects/": "needs a remote host",
    "rsync -a --delete-after public/ me@one.example:/srv/defects/": "needs a remote host",
    "sh deploy/upload.sh public s3://me.example": (
        "needs a bucket; tests/deploy/test_bucket.py has one on loopback"
    ),
}

# Commands that run until they are stopped: what is added for a free port, and how they report it.
SERVERS: Final = {
    r"defects-ical serve\b": (" --port 0", r"http://127\.0\.0\.1:(\d+)/"),
    r"make serve\b": (" PORT=0", r"http://127\.0\.0\.1:(\d+)/"),
    r".*\bgunicorn\b": (" --bind 127.0.0.1:0 --no-control-socket", r"http://127\.0\.0\.1:(\d+)"),
    r"python3 -m http\.server\b": (" 0", r"port (\d+)"),
}

# What a page assumes to be there, apart from the schedule that docs/schedule.md shows.
PREPARATIONS: Final = {
    "docs/comparing.md": f"defects-ical export public --url {PUBLIC_URL}",
    "docs/init.md": "rm schedule.yaml",
    "docs/upgrading.md": f"defects-ical export public --url {PUBLIC_URL}",
}


@pytest.fixture(scope="module")
def live_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the example; return the origin that stands for the live site."""
    folder = tmp_path_factory.mktemp("live")
    (folder / "schedule.yaml").write_text(read_schedule_example(), "utf-8")
    command = [str(BIN / "defects-ical"), "serve", "--port", "0"]
    with run_server(command, r"http://127\.0\.0\.1:(\d+)/", folder=folder) as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a folder in which a page's commands run: a small clone with the example schedule."""
    (tmp_path / ".venv").symlink_to(BIN.parent)
    (tmp_path / "schedule.yaml").write_text(read_schedule_example(), "utf-8")
    preparation = PREPARATIONS.get(request.node.callspec.params["page"])
    if preparation:
        run(preparation, tmp_path)
    return tmp_path


def make_environment() -> dict[str, str]:
    """Return an environment with our programs first on the PATH, and no variables of make."""
    outer = {name: value for name, value in os.environ.items() if not name.startswith("M")}
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    return outer | {"PATH": path, "PYTHONUNBUFFERED": "1", "COLUMNS": "200"}


def run(script: str, folder: Path) -> None:
    """Run a script in bash, up to the first command that fails."""
    shell = ["/bin/bash", "-euc", script]
    done = subprocess.run(
        shell, cwd=folder, env=make_environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"


def find_server(command: str) -> tuple[str, str] | None:
    """Return what SERVERS says of a command that runs until it is stopped."""
    return next((SERVERS[each] for each in SERVERS if re.match(each, command)), None)


def adapt_command(command: str, live_site: str) -> str:
    """Return the command as it can run here: with the live site, and without a second build."""
    if re.match(r"make\b", command):
        # What the tests run in is there already; a dry run is enough for all but the server.
        venv = BIN.parent
        options = f"--directory {ROOT} VENV={venv} -o {venv}/run -o {venv}/made"
        return command.replace("make", f"make {options}", 1) + (
            "" if "serve" in command else " --dry-run"
        )
    # The public URL of --url and of variables stays.
    return re.sub(rf"(?<!--url )(?<!=){PUBLIC_URL}", live_site, command)


def check_served(server: Server, command: str) -> None:
    """Check that a server has the site, with the public URL that the command names."""
    assert server.request("/").status == 200
    if PUBLIC_URL in command:
        path = "/all.ics" if "--schedule shows" in command else "/my-show.ics"
        assert f"URL:{PUBLIC_URL}/\r\n".encode() in server.request(path).body


@pytest.mark.parametrize(
    "page", sample([page for page in PAGES if read_code_blocks(page, "console")], 3)
)
def test_commands_run_in_their_order(page: str, folder: Path, live_site: str) -> None:
    for block in read_code_blocks(page, "console"):
        script = ""
        for command in read_commands(block):
            if command in NOT_RUN:
                continue
            adapted = adapt_command(command, live_site)
            server = find_server(command)
            if not server:
                script += f"{adapted}\n"
                continue
            added, announcement = server
            shell = ["/bin/bash", "-euc", f"{script}{adapted}{added}"]
            with run_server(shell, announcement, make_environment(), folder) as started:
                check_served(started, command)
            script = ""
        run(script, folder)


def test_exceptions_are_shown_on_some_page() -> None:
    assert NOT_RUN.keys() - read_all_commands() == set()


def test_exceptions_name_tests_that_exist() -> None:
    files = re.findall(r"tests/[\w/]+\.py", " ".join(NOT_RUN.values()))
    assert [file for file in files if not (ROOT / file).exists()] == []


def test_readme_begins_with_serve_and_test() -> None:
    first = read_commands(read_code_blocks("README.md", "console")[0])
    assert first == ["make serve", "make serve PORT=8001", "make test"]
