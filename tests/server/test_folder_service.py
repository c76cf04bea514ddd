"""A folder of schedules, served by real servers while its files are edited at random."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

import pytest

from tests.conftest import ROOT
from tests.server.test_soak import run_in_threads
from tests.shows.shows import write_show
from tests.support.processes import (
    BIN,
    WSGI_APPLICATION,
    Server,
    make_wsgi_environment,
    run_granian,
    run_server,
    wait_for,
)

URL: Final = "https://tv.example"
FILES: Final = 50
# Of these, each is added at some time.
ADDED: Final = 10
READERS: Final = 4
# Seconds within which an edit goes live while other tests run, too. Alone, it takes about one.
LIVE_SECONDS: Final = 4.0
VERSION: Final = re.compile(rb"Version (\d+) of (show-\d+)")


def run_folder(folder: Path) -> AbstractContextManager[Server]:
    """Serve a folder with two workers, from an exported folder next to it."""
    return run_granian(folder, URL, 2, "--folder", str(folder.with_name("public")))


def run_gunicorn_on_folder(folder: Path) -> AbstractContextManager[Server]:
    command = [str(BIN / "gunicorn"), "--bind", "127.0.0.1:0", "--workers", "2"]
    environment = {
        **make_wsgi_environment(folder, URL),
        "DEFECTS_ICAL_FOLDER": str(folder.with_name("public")),
    }
    ready = r"Listening at: http://127\.0\.0\.1:(\d+)"
    return run_server([*command, "--no-control-socket", WSGI_APPLICATION], ready, environment)


def write_version(path: Path, version: int) -> None:
    """Replace a schedule by one whose first teaser names its version and its slug."""
    draft = path.parent / ".new" / path.name
    write_show(draft, platforms="[ena]")
    teaser = f"episodes: {{1: {{teaser: Version {version} of {path.stem}.}}}}\n"
    draft.write_text(draft.read_text("utf-8") + teaser, "utf-8")
    draft.replace(path)


@dataclass
class FolderEditor:
    """Edits, breaks, adds and deletes schedules of a folder at random.

    ``versions`` are the last good ones by slug. ``good`` lists what was written: the monotonic
    time, the slug and its version. A version that is replaced before it goes live may be skipped.
    """

    folder: Path
    chance: random.Random
    versions: dict[str, int] = field(default_factory=dict)
    good: list[tuple[float, str, int]] = field(default_factory=list)

    def write_all(self) -> None:
        self.folder.mkdir()
        text = "platforms: {ena: {name: ENA, kind: television, region: South Korea}}\n"
        (self.folder / "site.yaml").write_text(text, "utf-8")
        for number in range(FILES):
            self.write(f"show-{number}")

    def write(self, slug: str) -> None:
        self._forget_short_version(slug)
        version = self.versions.get(slug, 0) + 1
        write_version(self.folder / f"{slug}.yaml", version)
        self.versions[slug] = version
        self.good.append((time.monotonic(), slug, version))

    def edit(self) -> None:
        slug = f"show-{self.chance.randrange(FILES)}"
        path = self.folder / f"{slug}.yaml"
        action = self.chance.choice(["write", "write", "write", "break", "delete", "add"])
        if action == "break":
            self._forget_short_version(slug)
            path.write_text("format: 1\nshow: [", "utf-8")
        elif action == "delete":
            self._forget_short_version(slug)
            path.unlink(missing_ok=True)
        elif action == "add":
            self.write(f"show-{FILES + self.chance.randrange(ADDED)}")
        else:
            self.write(slug)

    def _forget_short_version(self, slug: str) -> None:
        """Drop a version that is replaced before it must have been seen."""
        now = time.monotonic()
        self.good = [each for each in self.good if each[1] != slug or now - each[0] >= LIVE_SECONDS]


@dataclass
class FolderReader:
    """Requests feeds of random shows, and notes which version each had when."""

    port: int
    stop: threading.Event
    chance: random.Random
    seen: list[tuple[float, str, int]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def run(self) -> None:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        while not self.stop.is_set():
            slug = f"show-{self.chance.randrange(FILES + ADDED)}"
            self._read(connection, slug)
            if self.chance.random() < 0.05:
                self._request(connection, self.chance.choice(["/all.ics", "/", "/show-1/"]))
        connection.close()

    def _read(self, connection: HTTPConnection, slug: str) -> None:
        requested_at = time.monotonic()
        is_new = int(slug.rpartition("-")[2]) >= FILES
        body = self._request(connection, f"/{slug}/{slug}.ics", is_new=is_new)
        found = VERSION.findall(body.replace(b"\r\n ", b""))
        if is_new and not found:
            # Not added yet.
            self.seen.append((requested_at, slug, 0))
        elif [name for _, name in found] != [slug.encode()]:
            self.failures.append(f"{slug} has {found}")
        else:
            self.seen.append((requested_at, slug, int(found[0][0])))

    def _request(self, connection: HTTPConnection, path: str, *, is_new: bool = False) -> bytes:
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read()
        if response.status != 200 and not (is_new and response.status == 404):
            self.failures.append(f"{path}: {response.status} {body[:80]!r}")
        return body


def edit_under_load(tmp_path: Path, seconds: float) -> None:
    """Edit a folder at random while clients read it; check what they got."""
    editor = FolderEditor(tmp_path / "shows", random.Random(seconds))  # noqa: S311 - repeatable
    editor.write_all()
    stop = threading.Event()
    with run_folder(editor.folder) as server:
        chances = [random.Random(number) for number in range(READERS)]  # noqa: S311 - repeatable
        readers = [FolderReader(server.port, stop, chance) for chance in chances]
        editor.good.clear()
        with run_in_threads(readers, stop):
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                editor.edit()
                time.sleep(editor.chance.uniform(0.05, 0.35))
            # Some requests come after the last edit.
            time.sleep(LIVE_SECONDS + 0.5)
        health = json.loads(server.request("/healthz").body)
        assert "Traceback" not in server.log.read_text("utf-8")
    assert [failure for reader in readers for failure in reader.failures] == []
    assert health["shows"] >= FILES
    assert_folders_are_apart(tmp_path / "public")
    seen = [each for reader in readers for each in reader.seen]
    assert len(seen) > 100 * seconds
    assert_edits_went_live(editor, seen)


def assert_folders_are_apart(exported: Path) -> None:
    """Assert that no folder has a feed of another show."""
    for folder in exported.glob("show-*/"):
        stems = (each.stem.removesuffix("-reminders") for each in folder.glob("*.ics"))
        assert {*stems} == {folder.name, f"{folder.name}-ena"}


def assert_edits_went_live(editor: FolderEditor, seen: list[tuple[float, str, int]]) -> None:
    """Check that no request got an older version once a newer one had to be live."""
    for written_at, slug, version in editor.good:
        later = [
            found for at, name, found in seen if name == slug and at > written_at + LIVE_SECONDS
        ]
        assert min(later, default=version) >= version, (slug, version)


def test_random_edits_fail_no_request(tmp_path: Path) -> None:
    edit_under_load(tmp_path, 3)


@pytest.mark.soak
def test_minute_of_random_edits_fails_no_request(tmp_path: Path) -> None:
    edit_under_load(tmp_path, 60)


SERVERS: Final[dict[str, Callable[[Path], AbstractContextManager[Server]]]] = {
    "granian": run_folder,
    "gunicorn": run_gunicorn_on_folder,
}


@pytest.mark.parametrize("server", SERVERS)
def test_paths_of_shows_and_of_the_root(server: str, tmp_path: Path) -> None:
    folder = tmp_path / "shows"
    for name in ("one", "two"):
        write_show(folder / f"{name}.yaml")
    with SERVERS[server](folder) as running:
        wait_for(lambda: running.request("/healthz").status == 200)
        expected = {
            **dict.fromkeys(
                ("/", "/all.ics", "/on-ena.ics", "/week.html", "/one/", "/healthz"), 200
            ),
            **dict.fromkeys(("/one/one.ics", "/one/episodes/one-e01.ics", "/one/404.html"), 200),
            **dict.fromkeys(("/one", "/index.html", "/one/index.html"), 308),
            **dict.fromkeys(("/one/two.ics", "/three/", "/_headers", "/.nojekyll"), 404),
            **dict.fromkeys(("/one/.defects-ical-show.json", "/one/..%2fall.ics"), 404),
            **dict.fromkeys(("/.defects-ical-site.json", "//all.ics", "/one//one.ics"), 404),
        }
        assert {path: running.request(path).status for path in expected} == expected
        assert running.request("/one").headers["location"] == "/one/"
        assert b"of <bdi>one</bdi>" in running.request("/one/nothing").body
        assert b"TV calendar" in running.request("/nothing/").body
        assert running.request("/one/", "POST").status == 405
        assert running.request("/one/", "OPTIONS").status == 204
        page = running.request("/one/one.ics")
        again = running.request("/one/one.ics", headers={"If-None-Match": page.headers["etag"]})
        assert again.status == 304
        compressed = running.request("/", headers={"Accept-Encoding": "gzip"})
        assert compressed.headers["content-encoding"] == "gzip"


def test_worker_that_is_killed_is_replaced(tmp_path: Path) -> None:
    write_show(tmp_path / "shows" / "one.yaml")
    with run_folder(tmp_path / "shows") as server:
        first, *_ = pids = server.get_worker_pids()
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: len(server.get_worker_pids()) == 2 and server.get_worker_pids() != pids)
        assert {server.request("/one/one.ics").status for _ in range(10)} == {200}


def test_wsgi_needs_a_folder(tmp_path: Path) -> None:
    write_show(tmp_path / "shows" / "one.yaml")
    environment = {**os.environ, **make_wsgi_environment(tmp_path / "shows", URL)}
    done = subprocess.run(
        [sys.executable, "-c", "import defects_ical.wsgi"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert done.stderr.endswith(
        "DEFECTS_ICAL_FOLDER is not set. Set it to a folder for the site of these schedules.\n"
    )
