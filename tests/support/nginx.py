"""Run a real nginx with the configurations in ``deploy/``, each in its own folder.

Only host names, ports and paths are replaced; a text to replace must exist.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Final

from tests.support.processes import BIN, ROOT, Server, responds, run_process, wait_for

DEPLOY: Final = ROOT / "deploy"
# Debian installs nginx in /usr/sbin, which is not on users' PATH; the Makefile unpacks it in .venv.
UNPACKED: Final = str(BIN.parent / "debian" / "usr" / "sbin")
SEARCH_PATH: Final = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", UNPACKED])
# Like Debian's: the configurations must override its compression and its media types.
MAIN: Final = """\
{user}
daemon off;
pid {folder}/pid;
error_log stderr;
worker_processes 1;
events {{ worker_connections 256; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    gzip on;
    types {{ text/plain ics json; }}
    default_type application/octet-stream;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""
# Below the ephemeral ports, so that a replica can bind its port again after a restart. Each test
# process starts at another port.
_PORTS: Final = count(12_000 + os.getpid() * 16 % 16_000)


def find_nginx() -> str:
    """Return the path of the installed nginx. Raises RuntimeError if there is none."""
    found = shutil.which("nginx", path=SEARCH_PATH)
    if not found:
        raise RuntimeError("nginx not found. Install it, or run `make test`.")
    return found


def find_free_port() -> int:
    """Return a free port that the system does not give to other processes."""
    for port in _PORTS:
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError


def read_configuration(name: str, replacements: Mapping[str, str]) -> str:
    """Return a configuration from ``deploy/`` with an operator's edits."""
    text = (DEPLOY / name).read_text("utf-8")
    for old, new in replacements.items():
        assert old in text, f"{name} has no `{old}`"
        text = text.replace(old, new)
    return text


def prepare_nginx(name: str, replacements: Mapping[str, str], folder: Path, port: int) -> list[str]:
    """Write a configuration from ``deploy/``, edited, and return the command that runs nginx."""
    listen = {
        "listen 80;": f"listen 127.0.0.1:{port};",
        # Not every machine has IPv6.
        "listen [::]:80;": "",
    }
    folder.mkdir()
    (folder / "site.conf").write_text(read_configuration(name, {**listen, **replacements}), "utf-8")
    # Otherwise the workers run as another user, who cannot read the test's files.
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(MAIN.format(user=user, folder=folder), "utf-8")
    return [find_nginx(), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]


@contextmanager
def run_nginx(name: str, replacements: Mapping[str, str], folder: Path) -> Iterator[Server]:
    """Run nginx with a configuration from ``deploy/``, edited, on a free port."""
    port = find_free_port()
    command = prepare_nginx(name, replacements, folder, port)
    with run_process(command) as (process, log):
        server = Server(process, port, log)
        wait_for(lambda: responds(server), process, log)
        yield server
