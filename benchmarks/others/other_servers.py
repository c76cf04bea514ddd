"""Servers written in other languages, which make the feed with a library of theirs."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Final

from benchmarks.applications import FEED
from benchmarks.candidates import run_nginx_server, run_server
from benchmarks.others.plain_feeds import PlainFeed
from tests.support.nginx import find_free_port
from tests.support.processes import Server, run_process

HERE: Final = Path(__file__).parent
# The Makefile installs them.
PACKAGES: Final = Path(sys.prefix) / "alternatives-javascript" / "node_modules"
PHP: Final = ("php-fpm", "php-fpm8.4", "php-fpm8.3", "php-fpm8.2")
SEARCH_PATH: Final = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])
# Like Debian's: the user, the number of processes, and opcache, which its php.ini turns on.
POOL: Final = """\
[global]
error_log = /dev/stderr
daemonize = no
[www]
user = www-data
group = www-data
listen = {folder}/php.sock
listen.mode = 0666
pm = dynamic
pm.max_children = 5
pm.start_servers = 2
pm.min_spare_servers = 1
pm.max_spare_servers = 3
"""
FASTCGI: Final = """\
location = {feed} {{
  fastcgi_pass unix:{folder}/php.sock;
  fastcgi_param SCRIPT_FILENAME {script};
  fastcgi_param REQUEST_METHOD $request_method;
  fastcgi_param QUERY_STRING $query_string;
  fastcgi_param FEED {file};
}}
"""


@contextmanager
def run_ical_generator(mode: str, feed: PlainFeed) -> Iterator[Server]:
    """Run Node.js with ical-generator.

    With the ``mode`` "built" it makes the feed for each request, with "prebuilt" only once.
    """
    port = find_free_port()
    with tempfile.TemporaryDirectory() as folder:
        file = _write_feed(feed, Path(folder))
        command = ["node", str(HERE / "ical_generator.cjs"), mode, str(port), str(file)]
        environment = {"NODE_PATH": str(PACKAGES), "NODE_ENV": "production"}
        with run_server(command, port, environment) as server:
            yield server


@contextmanager
def run_php(feed: PlainFeed) -> Iterator[tuple[Server, int]]:
    """Run nginx in front of PHP-FPM with sabre/vobject; yield nginx, and the process ID of PHP."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # Both have workers that run as another user.
        folder.chmod(0o755)
        script = folder / "feed.php"
        shutil.copyfile(HERE / "sabre_vobject.php", script)
        pool = folder / "pool.conf"
        pool.write_text(POOL.format(folder=folder), "utf-8")
        location = FASTCGI.format(
            feed=FEED, folder=folder, script=script, file=_write_feed(feed, folder)
        )
        command = [find_php(), "--nodaemonize", "--fpm-config", str(pool)]
        with (
            run_process(command) as (php, _),
            run_nginx_server(folder, location, "access_log off;") as server,
        ):
            yield server, php.pid


def find_php() -> str:
    """Return the path of PHP-FPM, or its name if it is not installed."""
    paths = (shutil.which(name, path=SEARCH_PATH) for name in PHP)
    return next(filter(None, paths), PHP[0])


def _write_feed(feed: PlainFeed, folder: Path) -> Path:
    """Write a feed as JSON, with its times as ISO 8601."""
    content = {**asdict(feed), "events": [each._asdict() for each in feed.events]}
    file = folder / "feed.json"
    file.write_text(json.dumps(content, default=datetime.isoformat), "utf-8")
    return file
