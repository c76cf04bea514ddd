"""deploy/upload.sh with the AWS command line, to an S3 server on loopback that stores files."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import pytest

from defects_ical.content.links.site_url import SiteURL
from defects_ical.export.exporter import export_site
from defects_ical.site.build import Resource
from tests.deploy.test_upload import assert_pages_come_last, get_expected_upload
from tests.export.test_headers_file import export_shows, list_resources
from tests.support.nginx import DEPLOY, find_free_port
from tests.support.processes import BIN, run_server, wait_for
from tests.support.replicas import URL, build_version

pytestmark = pytest.mark.soak

BUCKET: Final = "me.example"
PROGRAMS: Final = BIN.parent / "buckets" / "bin"
# Asks for the headers of objects, with the library of the AWS command line.
HEAD_PROGRAM: Final = """
import json, sys
import awscli.botocore.session
client = awscli.botocore.session.get_session().create_client("s3")
bucket, *names = sys.argv[1:]
found = [(name, client.head_object(Bucket=bucket, Key=name)) for name in names]
keys = ("ContentType", "CacheControl", "ContentDisposition")
print(json.dumps([[name, [head.get(key) for key in keys]] for name, head in found]))
"""
# Headers of one connection, which a proxy does not pass on.
HOP_BY_HOP: Final = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@dataclass
class Bucket:
    """A bucket behind a proxy, which notes each object put or deleted, in this order.

    The proxy refuses what comes after ``limit`` such requests, as a server that is overloaded.
    """

    upstream: int
    folder: Path
    port: int = 0
    actions: list[tuple[str, str]] = field(default_factory=list)
    limit: int | None = None

    def take_actions(self) -> list[tuple[str, str]]:
        """Return what was put and deleted since the last call."""
        taken, self.actions = self.actions, []
        return taken

    def list_objects(self) -> set[str]:
        """Return the names of the objects, from the disk of the server."""
        root = self.folder / BUCKET
        return {str(each.relative_to(root)) for each in root.rglob("*") if each.is_file()}

    def read_objects(self, names: Iterable[str]) -> list[list[object]]:
        """Return what the server says of objects, each as `get_expected_upload` does."""
        done = subprocess.run(
            [str(PROGRAMS / "python"), "-c", HEAD_PROGRAM, BUCKET, *names],
            env=make_environment(self),
            capture_output=True,
            text=True,
            check=True,
        )
        found: list[list[object]] = json.loads(done.stdout)
        return found


def make_environment(bucket: Bucket) -> dict[str, str]:
    return {
        **os.environ,
        "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{bucket.port}",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_MAX_ATTEMPTS": "1",
        "NO_PROXY": "*",
    }


def make_proxy(bucket: Bucket) -> ThreadingHTTPServer:
    """Return a server that passes requests on, and notes those that change the bucket."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            name = unquote(urlsplit(self.path).path).removeprefix(f"/{BUCKET}/")
            if self.command in {"PUT", "DELETE"}:
                if bucket.limit is not None and len(bucket.actions) >= bucket.limit:
                    self.respond(503, [], b"")
                    return
                bucket.actions.append((self.command, name))
            connection = HTTPConnection("127.0.0.1", bucket.upstream, timeout=20)
            with contextlib.closing(connection):
                connection.request(self.command, self.path, body, dict(self.headers.items()))
                response = connection.getresponse()
                self.respond(response.status, response.getheaders(), response.read())

        def respond(self, status: int, headers: Sequence[tuple[str, str]], body: bytes) -> None:
            self.send_response_only(status)
            for name, value in headers:
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, value)
            length = dict(headers).get("Content-Length", "0")
            self.send_header("Content-Length", length if self.command == "HEAD" else str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def handle_expect_100(self) -> bool:
            self.send_response_only(100)
            self.end_headers()
            return True

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the base
            pass

    for method in ("GET", "HEAD", "PUT", "POST", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.handle_one)
    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)


@pytest.fixture
def bucket(tmp_path: Path) -> Iterator[Bucket]:
    """Run the server, with an empty bucket, and the proxy in front of it."""
    storage, port = tmp_path / "storage", find_free_port()
    (storage / BUCKET).mkdir(parents=True)
    command = [str(PROGRAMS / "rclone"), "serve", "s3", "--addr", f"127.0.0.1:{port}"]
    command += ["--auth-key", "key,secret", "--config", str(tmp_path / "none"), str(storage)]
    ready = rf"Starting s3 server on \[?http://127\.0\.0\.1:({port})"
    with run_server(command, ready, folder=tmp_path) as server:
        found = Bucket(server.port, storage)
        proxy = make_proxy(found)
        found.port = proxy.server_port
        thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield found
        finally:
            proxy.shutdown()
            proxy.server_close()
            thread.join()


def start_upload(folder: Path, bucket: Bucket) -> subprocess.Popen[bytes]:
    command = ["/bin/sh", str(DEPLOY / "upload.sh"), str(folder), f"s3://{BUCKET}"]
    return subprocess.Popen(
        command,
        env=make_environment(bucket),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def run_upload(folder: Path, bucket: Bucket) -> int:
    """Upload a folder; return the exit status."""
    with start_upload(folder, bucket) as process:
        return process.wait()


def get_names(actions: Sequence[tuple[str, str]], method: str) -> list[str]:
    return [name for each, name in actions if each == method]


def export_version(number: int, folder: Path, tmp_path: Path) -> list[list[object]]:
    """Export a version of a site; return the objects that it has to become."""
    site = build_version(number, tmp_path)
    export_site(site, SiteURL.parse(URL), folder)
    return expect_objects(site)


def expect_objects(resources: Any) -> list[list[object]]:
    found: dict[str, Resource] = dict(resources)
    return sorted(map(get_expected_upload, found, found.values()))


def test_objects_have_their_headers_and_order(bucket: Bucket, tmp_path: Path) -> None:
    folder = tmp_path / "public"
    expected = export_version(1, folder, tmp_path)
    stale = bucket.folder / BUCKET / "episodes" / "show-e99.ics"
    stale.parent.mkdir()
    stale.write_text("old", "utf-8")
    assert run_upload(folder, bucket) == 0
    assert bucket.read_objects(sorted(bucket.list_objects())) == expected
    actions = bucket.take_actions()
    assert actions[-1] == ("DELETE", "episodes/show-e99.ics")
    assert_pages_come_last(get_names(actions, "PUT"))
    assert len(actions) == len(expected) + 1
    # Nothing changed.
    assert run_upload(folder, bucket) == 0
    assert bucket.take_actions() == []


def test_next_upload_finishes_a_refused_one(bucket: Bucket, tmp_path: Path) -> None:
    folder = tmp_path / "public"
    expected = export_version(1, folder, tmp_path)
    bucket.limit = 7
    assert run_upload(folder, bucket) != 0
    first = bucket.take_actions()
    assert len(first) == 7
    assert "index.html" not in bucket.list_objects()
    bucket.limit = None
    assert run_upload(folder, bucket) == 0
    assert not {*first} & {*bucket.take_actions()}
    assert bucket.read_objects(sorted(bucket.list_objects())) == expected


def test_next_upload_finishes_a_killed_one(bucket: Bucket, tmp_path: Path) -> None:
    folder = tmp_path / "public"
    expected = export_version(1, folder, tmp_path)
    with start_upload(folder, bucket) as process:
        wait_for(lambda: len(bucket.actions) > 9)
        os.killpg(process.pid, 9)
    assert len(bucket.list_objects()) < len(expected)
    assert run_upload(folder, bucket) == 0
    assert bucket.read_objects(sorted(bucket.list_objects())) == expected


def test_shows_reach_the_bucket_before_the_root(bucket: Bucket, tmp_path: Path) -> None:
    folder = export_shows(tmp_path)
    assert run_upload(folder, bucket) == 0
    expected = expect_objects(list_resources(folder))
    names = get_names(bucket.take_actions(), "PUT")
    levels = [[*each] for _, each in groupby(names, lambda name: "/" in name)]
    assert ["/" in each[0] for each in levels] == [True, False]
    for level in levels:
        assert_pages_come_last(level)
    assert bucket.read_objects(sorted(bucket.list_objects())) == expected
    # A show that is gone is removed, and nothing else happens to the others.
    shutil.rmtree(folder / "k-on")
    assert run_upload(folder, bucket) == 0
    actions = bucket.take_actions()
    assert {method for method, _ in actions} == {"DELETE"}
    assert all(re.match("k-on/", name) for _, name in actions)
