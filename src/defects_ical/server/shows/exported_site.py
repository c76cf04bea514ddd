"""A site of several shows, served from the folder to which it is exported.

The folder's files are shared by all processes: the system keeps them in memory once. A process
keeps the responses that were requested last. The root's manifest says which shows have changed.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import re
import sys
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from threading import Lock, Thread
from typing import BinaryIO, Final, NamedTuple

from defects_ical import __version__
from defects_ical.content.links.site_url import INDEX, SiteURL, name_file
from defects_ical.errors import ExportError
from defects_ical.export.manifest import ROOT_MANIFEST_FILE
from defects_ical.export.shows.root_manifest import RootManifest
from defects_ical.export.shows.show_manifest import ShowManifest
from defects_ical.export.shows.show_stage import ExportTarget
from defects_ical.server.responses import (
    CHUNK_BYTES,
    PathResponses,
    compress,
    is_compressible,
    prepare_file_responses,
    prepare_responses,
)
from defects_ical.server.shows.health import HEALTH_FILE
from defects_ical.shows.file_state import FileState, stat_file
from defects_ical.site.build import Resource, compute_etag, make_resource

LOG: Final = logging.getLogger(__name__)
# Seconds between two looks at the manifest.
POLL_SECONDS: Final = 0.2
# Bytes of the bodies that are kept, compressed ones included.
MAX_CACHED_BYTES: Final = 6_000_000
# A larger file is read while it is sent.
MAX_BODY: Final = 1_000_000
# A name that begins with a dot or an underscore is no resource.
_NAME: Final = re.compile(r"([A-Za-z-]+/)?[A-Za-z0-9-][A-Za-z0-9.-]*")


class _Place(NamedTuple):
    """Where a path leads: to a file of a show, or of the root, whose slug is empty."""

    slug: str
    name: str


class _LargeFile(NamedTuple):
    """What is kept of a large file: its state, its resource without body, its gzip variant."""

    state: FileState
    resource: Resource
    compressed: bytes | None


class ExportedSite:
    """A served site that reads files when they are first requested."""

    def __init__(self, target: ExportTarget) -> None:
        self._target = target
        self._manifest = RootManifest()
        self._state: FileState | None = None
        self._responses: dict[str, tuple[_Place, PathResponses]] = {}
        self._names: dict[str, frozenset[str]] = {}
        self._large_files: dict[_Place, _LargeFile] = {}
        self._cached_bytes = 0
        self._generation = 0
        self._lock = Lock()
        self._is_started = False
        self.refresh()

    def find_responses(self, path: str) -> PathResponses | None:
        """Return all responses of a path, or None if there is no resource."""
        if cached := self._responses.get(path):
            return cached[1]
        found = self._read_responses(path)
        # The path may be new.
        return self._read_responses(path) if found is None and self.refresh() else found

    def find_error_page(self, path: str) -> Resource | None:
        """Return the page for a path that does not exist: that of its show, or of the site."""
        slug = self._strip_root(path).strip("/").partition("/")[0]
        places = [
            _Place(each, "404.html")
            for each in (slug, "")
            if each in self._manifest.shows or not each
        ]
        found = (self._read_resource(place) for place in places)
        return next((each for each in found if each), None)

    def find_page(self, path: str) -> str | None:
        """Return the path of a page that is requested by the name of its file or folder."""
        root = self._target.site_url.path
        if root and path == root:
            return f"{root}/" if self._manifest.files else None
        if path.endswith("/"):
            return None
        page = path.removesuffix(INDEX) if path.endswith(f"/{INDEX}") else f"{path}/"
        return f"{root}{self._strip_root(page)}" if self._locate(page) else None

    def describe_health(self) -> Mapping[str, object]:
        """Return the state of the service, as the process that builds shows has written it."""
        try:
            content = (self._target.folder / HEALTH_FILE).read_bytes()
            health: Mapping[str, object] = json.loads(content)
        except (OSError, ValueError):
            return {"status": "unavailable", "version": __version__}
        return health

    def start(self) -> None:
        """Look at the manifest from now on, in a thread."""
        with self._lock:
            if self._is_started:
                return
            self._is_started = True
        self.refresh()
        # What is there now stays: looking at it again would hold up requests.
        gc.freeze()
        Thread(target=self._follow, name="manifest", daemon=True).start()

    def refresh(self) -> bool:
        """Take up what has changed in the folder; return whether anything has."""
        state = stat_file(self._target.folder / ROOT_MANIFEST_FILE)
        if state == self._state:
            return False
        try:
            manifest = RootManifest.read(self._target.folder)
        except (ExportError, OSError):
            # A folder in which nothing was exported yet.
            return False
        with self._lock:
            before = self._manifest.shows
            changed = {slug for slug, each in manifest.shows.items() if before.get(slug) != each}
            changed |= before.keys() - manifest.shows.keys()
            self._manifest, self._state = manifest, state
            self._generation += 1
            self._drop({"", *changed})
        return True

    def _follow(self) -> None:
        while True:
            time.sleep(POLL_SECONDS)
            try:
                self.refresh()
            except Exception:
                # If this thread ended, no change would be served until the next restart.
                LOG.exception("%s could not be read", self._target.folder)

    def _strip_root(self, path: str) -> str:
        root = self._target.site_url.path
        return path.removeprefix(root) if root and path.startswith(f"{root}/") else path

    def _locate(self, path: str) -> _Place | None:
        """Return the file for a path, if its name can be one of ours."""
        local = self._strip_root(path)
        slug, slash, rest = local.removeprefix("/").partition("/")
        if slash and slug in self._manifest.shows:
            name = name_file(f"/{rest}")
            return _Place(slug, name) if name in self._list_names(slug) else None
        name = name_file(local)
        is_ours = name in self._manifest.files and _NAME.fullmatch(name)
        return _Place("", name) if is_ours else None

    def _list_names(self, slug: str) -> frozenset[str]:
        """Return the names of a show's files: others in its folder are not served."""
        if (known := self._names.get(slug)) is not None:
            return known
        generation = self._generation
        manifest = ShowManifest.read(self._target.folder / slug)
        names = frozenset(map(sys.intern, manifest.files if manifest else ()))
        with self._lock:
            # Otherwise they may be those of the version before.
            if generation == self._generation:
                self._names[slug] = names
        return names

    def _read_responses(self, path: str) -> PathResponses | None:
        place = self._locate(path)
        if not place or (place.name.endswith(INDEX) and not path.endswith("/")):
            return None
        generation = self._generation
        try:
            stream = _open_file(self._get_path(place))
        except OSError:
            return None
        if os.fstat(stream.fileno()).st_size > MAX_BODY:
            return self._prepare_large_file(place, stream)
        with stream:
            responses = prepare_responses(self._make_resource(place, stream.read()))
        self._keep(path, place, responses, generation)
        return responses

    def _prepare_large_file(self, place: _Place, stream: BinaryIO) -> PathResponses:
        """Return responses for one request; what they need of the content is kept."""
        state = FileState.of(os.fstat(stream.fileno()))
        known = self._large_files.get(place)
        if not known or known.state != state:
            etag = compute_etag(iter(partial(stream.read, CHUNK_BYTES), b""))
            stream.seek(0)
            resource = self._make_resource(place, b"")._replace(etag=etag)
            compressed = compress(stream.read()) if is_compressible(resource.media_type) else None
            stream.seek(0)
            known = _LargeFile(state, resource, compressed)
            self._large_files[place] = known
        return prepare_file_responses(known.resource, stream, state.size, known.compressed)

    def _read_resource(self, place: _Place) -> Resource | None:
        try:
            with _open_file(self._get_path(place)) as stream:
                return self._make_resource(place, stream.read())
        except OSError:
            return None

    def _get_path(self, place: _Place) -> Path:
        folder = self._target.folder
        return folder / place.slug / place.name if place.slug else folder / place.name

    def _make_resource(self, place: _Place, body: bytes) -> Resource:
        return make_resource(f"/{place.name.removesuffix(INDEX)}", body, self._get_url(place.slug))

    def _get_url(self, slug: str) -> SiteURL:
        return self._target.get_show_url(slug) if slug else self._target.site_url

    def _keep(self, path: str, place: _Place, responses: PathResponses, generation: int) -> None:
        """Keep responses for the next request, unless the folder has changed since."""
        size = responses.size
        with self._lock:
            if generation != self._generation:
                return
            if replaced := self._responses.get(path):
                self._cached_bytes -= replaced[1].size
            self._responses[path] = (place, responses)
            self._cached_bytes += size
            while self._cached_bytes > MAX_CACHED_BYTES and self._responses:
                oldest = next(iter(self._responses))
                self._cached_bytes -= self._responses.pop(oldest)[1].size

    def _drop(self, slugs: set[str]) -> None:
        for slug in slugs:
            self._names.pop(slug, None)
        for path, (place, responses) in [*self._responses.items()]:
            if place.slug in slugs:
                del self._responses[path]
                self._cached_bytes -= responses.size


def _open_file(path: Path) -> BinaryIO:
    """Open a file to read it; raise OSError for a link, which no export has made."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb")
