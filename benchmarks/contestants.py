"""The servers that are measured: each is one worker, on one core, until its block ends."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

from benchmarks.applications import FOLDER, SCHEDULE, SITE_URL
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

# The settings of `defects-ical serve`.
GRANIAN: Final = (
    *("granian", "--interface", "wsgi", "--runtime-mode", "st", "--blocking-threads", "1"),
    *("--http", "1", "--no-ws", "--backlog", "1024", "--backpressure", "4096"),
    *("--http1-buffer-size", "65536", "--log-level", "error"),
)
# Its sync worker closes every connection.
GUNICORN: Final = ("gunicorn", "--worker-class", "gthread", "--threads", "1", "--keep-alive", "75")
# What both have besides their settings.
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
  server {{ listen 127.0.0.1:{port}; root {exported}; {headers} }}
}}
"""
# As Debian installs it.
USUAL: Final = "access_log {folder}/access.log; gzip on;"
# What it has looked up once, it need not look up again; and it keeps no log.
TUNED: Final = (
    "access_log off; keepalive_requests 1000000000; "
    "open_file_cache max=1000 inactive=1h; open_file_cache_valid 1h;"
)


Headers: TypeAlias = tuple[tuple[str, str], ...]
TYPE: Final = "Content-Type"


@cache
def cores() -> tuple[int, int]:
    """The core that the servers are on, and the one that asks them."""
    serving, *others = sorted(os.sched_getaffinity(0))
    if not others:
        sys.exit("This takes two cores.")
    return serving, others[0]


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """What is started within the block stays on one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def ours() -> Iterator[Server]:
    """The command ``defects-ical serve`` as it is."""
    with run_granian(SCHEDULE, str(SITE_URL)) as server:
        yield server


@contextmanager
def under_granian(application: str, exported: Path | None = None) -> Iterator[Server]:
    """A function that makes an application, or an application, under Granian with our settings."""
    port = find_free_port()
    factory = [] if application.endswith(":app") else ["--factory"]
    command = [*GRANIAN, "--port", str(port), *factory, application]
    environment = make_wsgi_environment(SCHEDULE, str(SITE_URL)) | {FOLDER: str(exported or "")}
    with _answering(command, port, environment) as server:
        yield server


@contextmanager
def under_gunicorn() -> Iterator[Server]:
    """Our application under gunicorn."""
    port = find_free_port()
    command = [*GUNICORN, "--no-control-socket", "--bind", f"127.0.0.1:{port}", "wsgi:app"]
    with _answering(command, port, make_wsgi_environment(SCHEDULE, str(SITE_URL))) as server:
        yield server


@contextmanager
def shipped_nginx(exported: Path) -> Iterator[Server]:
    """The exported folder under nginx, with the configuration that is shipped."""
    with tempfile.TemporaryDirectory() as folder:
        changes = {"root /srv/defects;": f"root {exported};"}
        with run_nginx("nginx-folder.conf", changes, Path(folder) / "nginx") as server:
            yield server


@contextmanager
def plain_nginx(exported: Path, headers: Headers, chosen: str) -> Iterator[Server]:
    """The exported folder under nginx with ``chosen`` settings, and these headers for all files."""
    port = find_free_port()
    with tempfile.TemporaryDirectory() as folder:
        configuration = Path(folder) / "nginx.conf"
        # It knows the type by the file's name.
        added = " ".join(f'add_header {name} "{value}";' for name, value in headers if name != TYPE)
        configuration.write_text(
            NGINX.format(
                folder=folder,
                port=port,
                exported=exported,
                settings=chosen.format(folder=folder),
                headers=added,
            ),
            "utf-8",
        )
        command = [find_nginx(), "-e", "stderr", "-c", str(configuration)]
        with _answering(command, port) as server:
            yield server


@contextmanager
def _answering(
    command: list[str], port: int, environment: Mapping[str, str] = EMPTY
) -> Iterator[Server]:
    command = [str(BIN / command[0]), *command[1:]]
    with run_process(command, environment) as (process, log):
        server = Server(process, port, log)
        wait_for(lambda: responds(server), process, log)
        yield server
