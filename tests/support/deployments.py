"""Deploy sites in the ways that operators do: as a service, as a folder, under a path."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from defects_ical.content.links.site_url import SiteURL
from defects_ical.export.exporter import export_site
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.build import build_site
from tests.support.processes import BIN, run_server

NO_HEADERS: Final[Mapping[str, str]] = {}
# Lets scripts of other sites read the files of a plain server.
SHARED: Final[Mapping[str, str]] = {"Access-Control-Allow-Origin": "*"}


@dataclass(frozen=True)
class Deployment:
    """A site that is served. ``url`` has no trailing slash."""

    url: str

    def join(self, path: str) -> str:
        """Return the URL of a path of the site, which begins with a slash."""
        return f"{self.url}{path}"

    def owns(self, url: str) -> bool:
        """Return whether a URL belongs to the site."""
        return url.startswith(self.join("/"))


class _FolderHandler(SimpleHTTPRequestHandler):
    """Serves the files of a folder, with additional headers."""

    def __init__(self, *request: Any, headers: Mapping[str, str], directory: str) -> None:
        self.additional_headers = headers
        super().__init__(*request, directory=directory)

    def end_headers(self) -> None:
        for header in self.additional_headers.items():
            self.send_header(*header)
        super().end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


class _FolderServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *request: object) -> None:
        """Ignore errors: browsers close connections at any time."""


@contextmanager
def serve_folder(folder: Path, headers: Mapping[str, str] = NO_HEADERS) -> Iterator[str]:
    """Serve the files of a folder on loopback, with additional headers. Yields the origin."""
    handler = partial(_FolderHandler, headers=headers, directory=str(folder))
    with _FolderServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=partial(server.serve_forever, 0.02))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def serve_export(
    schedule: Path, path: str = "", headers: Mapping[str, str] = NO_HEADERS
) -> Iterator[Deployment]:
    """Export a schedule's site and serve the folder, under a path, without the site's headers."""
    with tempfile.TemporaryDirectory() as root, serve_folder(Path(root), headers) as origin:
        url = SiteURL.parse(f"{origin}{path}")
        export_site(build_site(load_schedule(schedule), url), url, Path(f"{root}{path}"))
        yield Deployment(f"{origin}{path}")


@contextmanager
def run_service(schedule: Path) -> Iterator[Deployment]:
    """Run the service, at the URL of its own port."""
    command = [str(BIN / "defects-ical"), "serve", "--schedule", str(schedule), "--port", "0"]
    with run_server(command, r"(?:is|are) at http://\S+:(\d+)/ until") as server:
        yield Deployment(f"http://127.0.0.1:{server.port}")


DEPLOYMENT_KINDS: Final[Mapping[str, Callable[[Path], AbstractContextManager[Deployment]]]] = {
    "service": run_service,
    "folder": serve_export,
    "folder under a path": partial(serve_export, path="/fans/the-defects"),
}


class Deployments:
    """Deployments of schedules, each started on first use and kept until the last test."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._running: dict[tuple[str, str], Deployment] = {}

    def get(self, schedule: str, kind: str) -> Deployment:
        """Return the deployment of a schedule's text; ``kind`` is a key of DEPLOYMENT_KINDS."""
        if (schedule, kind) not in self._running:
            file = self._folder / f"{len(self._running)}.yaml"
            file.write_text(schedule, "utf-8")
            running = self._stack.enter_context(DEPLOYMENT_KINDS[kind](file))
            self._running[schedule, kind] = running
        return self._running[schedule, kind]
