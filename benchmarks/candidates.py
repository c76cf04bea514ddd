"""The servers that are measured: each has one worker on one core, and runs until its block ends."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

from benchmarks.applications import FOLDER_VARIABLE, SCHEDULE, SITE_URL
from tests.support.nginx import find_free_port, find_nginx, run_nginx
from tests.support.processes import (
    BIN,
    EMPTY,
    Server,
    make_wsgi_environment,
    responds,
    run_granian,
    run_process,
    wait_for,
)
from tests.support.replicas import run_proxy

# The settings of `defects-ical serve`.
GRANIAN: Final = (
    *("granian", "--interface", "wsgi", "--runtime-mode", "st", "--blocking-threads", "1"),
    *("--http", "1", "--no-ws", "--backlog", "1024", "--backpressure", "4096"),
    *("--http1-buffer-size", "65536", "--log-level", "error"),
)
REPLICAS: Final = 3
# gthread, because the default sync worker closes every connection.
GUNICORN: Final = ("gunicorn", "--worker-class", "gthread", "--threads", "1", "--keep-alive", "75")
# Common to both plain nginx candidates.
NGINX: Final = """\
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log stderr error;
events {{ worker_connections 768; }}
http {{
  types {{ text/calendar ics; }}
  charset utf-8;
  charset_types text/calendar;
  sendfile on;
  tcp_nopush on;
  {settings}
  client_body_temp_path {folder}/client_body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; root {exported}; {directives} }}
}}
"""
# The settings of Debian's package.
DEBIAN_SETTINGS: Final = "access_log {folder}/access.log; gzip on;"
# Without a log, and with files kept open.
FAST_SETTINGS: Final = (
    "access_log off; keepalive_requests 1000000000; "
    "open_file_cache max=1000 inactive=1h; open_file_cache_valid 1h;"
)


Headers: TypeAlias = tuple[tuple[str, str], ...]


@cache
def get_cores() -> tuple[int, int]:
    """Return the core for the servers and the one for the load generator."""
    server_core, *others = sorted(os.sched_getaffinity(0))
    if not others:
        sys.exit("The benchmarks need two processor cores.")
    return server_core, others[0]


@contextmanager
def pin_to_core(core: int) -> Iterator[None]:
    """Run this process, and processes started in the block, on one core until the block ends."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def run_ours(*options: str) -> Iterator[Server]:
    """Run ``defects-ical serve``."""
    with run_granian(SCHEDULE, str(SITE_URL), 1, *options) as server:
        yield server


@contextmanager
def run_under_granian(application: str, exported: Path | None = None) -> Iterator[Server]:
    """Run an application, or a function that creates one, under Granian with our settings."""
    port = find_free_port()
    factory = [] if application.endswith(":app") else ["--factory"]
    command = [*GRANIAN, "--port", str(port), *factory, application]
    environment = make_wsgi_environment(SCHEDULE, str(SITE_URL))
    environment[FOLDER_VARIABLE] = str(exported or "")
    with run_server(command, port, environment) as server:
        yield server


@contextmanager
def run_under_gunicorn() -> Iterator[Server]:
    """Run our application under gunicorn."""
    port = find_free_port()
    command = [*GUNICORN, "--no-control-socket", "--bind", f"127.0.0.1:{port}", "wsgi:app"]
    with run_server(command, port, make_wsgi_environment(SCHEDULE, str(SITE_URL))) as server:
        yield server


@contextmanager
def run_shipped_nginx(exported: Path) -> Iterator[Server]:
    """Run nginx with ``deploy/nginx-folder.conf`` and the exported folder."""
    with tempfile.TemporaryDirectory() as folder:
        changes = {"root /srv/defects;": f"root {exported};"}
        with run_nginx("nginx-folder.conf", changes, Path(folder) / "nginx") as server:
            yield server


@contextmanager
def run_replicas() -> Iterator[Server]:
    """Run nginx with ``deploy/nginx-replicas.conf`` in front of as many replicas as it has."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        # nginx's worker runs as another user.
        folder.chmod(0o755)
        ports = [stack.enter_context(run_ours()).port for _ in range(REPLICAS)]
        yield stack.enter_context(run_proxy(ports, folder))


@contextmanager
def run_plain_nginx(exported: Path, headers: Headers, settings: str) -> Iterator[Server]:
    """Run nginx with the exported folder, ``settings``, and the same headers for all files."""
    # nginx sets Content-Type itself.
    added = [header for header in headers if header[0] != "Content-Type"]
    directives = " ".join(f'add_header {name} "{value}";' for name, value in added)
    with run_nginx_server(exported, directives, settings) as server:
        yield server


@contextmanager
def run_nginx_server(root: Path, directives: str, settings: str) -> Iterator[Server]:
    """Run nginx with a folder, the ``directives`` of its only server, and ``settings``."""
    port = find_free_port()
    with tempfile.TemporaryDirectory() as folder:
        configuration = Path(folder) / "nginx.conf"
        configuration.write_text(
            NGINX.format(
                folder=folder,
                port=port,
                exported=root,
                settings=settings.format(folder=folder),
                directives=directives,
            ),
            "utf-8",
        )
        command = [find_nginx(), "-e", "stderr", "-c", str(configuration)]
        with run_server(command, port) as server:
            yield server


@contextmanager
def run_server(
    command: list[str], port: int, environment: Mapping[str, str] = EMPTY
) -> Iterator[Server]:
    """Run a command that listens on this port; Python's own come first."""
    name, *arguments = command
    found = BIN / name
    command = [str(found) if found.exists() else name, *arguments]
    with run_process(command, environment) as (process, log):
        server = Server(process, port, log)
        wait_for(lambda: responds(server), process, log)
        yield server
