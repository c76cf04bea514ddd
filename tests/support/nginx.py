"""A real nginx with the configurations that are shipped, each in a folder of its own.

Nothing in them is changed but names, ports and paths; what changes has to be there.
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

from tests.support.processes import BIN, ROOT, Server, answers, started, wait_for

DEPLOY: Final = ROOT / "deploy"
# Debian has it where the paths of users do not lead; where there is none, the Makefile unpacks it.
UNPACKED: Final = str(BIN.parent / "debian" / "usr" / "sbin")
PLACES: Final = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", UNPACKED])
# As Debian's own: what is shipped has to undo compression, and types that are not ours.
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
# Below the ports that the system gives to those who ask for any: a replica that stops gets its own
# again. Each process begins elsewhere.
_PORTS: Final = count(12_000 + os.getpid() * 16 % 16_000)


def installed() -> str:
    """The path of the nginx that is installed."""
    found = shutil.which("nginx", path=PLACES)
    if not found:
        raise RuntimeError("the tests need nginx: install it, or run make test")
    return found


def free_port() -> int:
    """A port that nobody has, and that nobody gets by chance."""
    for port in _PORTS:
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError


def configuration(name: str, changes: Mapping[str, str]) -> str:
    """A configuration that is shipped, with what its operator would change."""
    text = (DEPLOY / name).read_text("utf-8")
    for old, new in changes.items():
        assert old in text, f"{name} has no `{old}`"
        text = text.replace(old, new)
    return text


@contextmanager
def nginx(name: str, changes: Mapping[str, str], folder: Path) -> Iterator[Server]:
    """Run nginx with a configuration that is shipped; ``changes`` are besides where it listens."""
    port = free_port()
    listening = {
        "listen 80;": f"listen 127.0.0.1:{port};",
        # Not every machine has IPv6.
        "listen [::]:80;": "",
    }
    folder.mkdir()
    (folder / "site.conf").write_text(configuration(name, {**listening, **changes}), "utf-8")
    # Its workers would otherwise be somebody who may not read what a test has written.
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(MAIN.format(user=user, folder=folder), "utf-8")
    command = [installed(), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
    with started(command) as (process, log):
        server = Server(process, port, log)
        wait_for(lambda: answers(server), process, log)
        yield server
