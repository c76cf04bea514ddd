"""A real Chromium, the one that is installed, and the places where it looks at a site.

Tests that name this module among their ``pytest_plugins`` share one browser. They import from it
as well, earlier than pytest could rewrite its assertions: PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    sync_playwright,
)

from defects_ical.content.site_url import SiteURL
from defects_ical.export.exporter import export_site
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.build import build_site
from tests.support.processes import BIN, run_server

BROWSERS: Final = ("google-chrome", "chromium", "chromium-browser")
# It asks for nothing by itself, so that every request is the page's.
FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NOTHING: Final[Mapping[str, str]] = {}
# A day before the shipped schedule's premiere.
EVE: Final = datetime(2025, 7, 20, 14, tzinfo=UTC)
WIDE: Final = 1280
PHONE: Final = 390
# Milliseconds; a page that is not there by then will never be.
PATIENCE: Final = 10_000

# Keeps what moved under the reader's eyes, from the first paint on, in `shifts`.
SHIFTS: Final = """
window.shifts = [];
new PerformanceObserver((seen) => {
  for (const each of seen.getEntries()) {
    if (!each.hadRecentInput) window.shifts.push(each.value);
  }
}).observe({type: "layout-shift", buffered: true});
"""

Scheme = Literal["light", "dark"]


@dataclass(frozen=True)
class Place:
    """Where a site is looked at; ``address`` is the site's own, without a final slash."""

    address: str

    def at(self, path: str) -> str:
        """The address of a path of the site, which begins with a slash."""
        return f"{self.address}{path}"

    def is_own(self, url: str) -> bool:
        """Whether an address is the site's."""
        return url.startswith(self.at("/"))


class _Files(SimpleHTTPRequestHandler):
    """What any plain web server does with a folder, and nothing else."""

    def __init__(self, *request: Any, headers: Mapping[str, str], directory: str) -> None:
        self.added = headers
        super().__init__(*request, directory=directory)

    def end_headers(self) -> None:
        for header in self.added.items():
            self.send_header(*header)
        super().end_headers()

    def log_message(self, *said: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *request: object) -> None:
        """Browsers hang up whenever they like."""


@contextmanager
def plain(folder: Path, headers: Mapping[str, str] = NOTHING) -> Iterator[str]:
    """Serve a folder's files, with these headers added; what is given is the origin."""
    handler = partial(_Files, headers=headers, directory=str(folder))
    with _Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=partial(server.serve_forever, 0.02))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def service(schedule: Path) -> Iterator[Place]:
    """The running service, at the address where it listens."""
    command = [str(BIN / "defects-ical"), "serve", "--schedule", str(schedule), "--port", "0"]
    with run_server(command, r"is at http://\S+:(\d+)/ until") as server:
        yield Place(f"http://127.0.0.1:{server.port}")


@contextmanager
def folder(schedule: Path, path: str = "") -> Iterator[Place]:
    """The exported folder on a plain server that sends none of our headers, under a path."""
    with tempfile.TemporaryDirectory() as root, plain(Path(root)) as origin:
        address = SiteURL.parse(f"{origin}{path}")
        export_site(build_site(load_schedule(schedule), address), address, Path(f"{root}{path}"))
        yield Place(f"{origin}{path}")


PLACES: Final[Mapping[str, Callable[[Path], AbstractContextManager[Place]]]] = {
    "service": service,
    "folder": folder,
    "folder under a path": partial(folder, path="/fans/the-defects"),
}


@dataclass
class Watcher:
    """What a page asked for, and everything that should not have happened."""

    place: Place
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        """Listen to every page and frame of a context."""
        context.on("request", self._asked)
        context.on("requestfailed", self._failed)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.complaints.append(f"error: {error.error}"))

    def _asked(self, request: Request) -> None:
        self.requests.append(request.url)
        # An address that holds its content leads nowhere.
        if urlsplit(request.url).scheme != "data" and not self.place.is_own(request.url):
            self.complaints.append(f"not the site's: {request.url}")

    def _failed(self, request: Request) -> None:
        # A page that is left stops asking, and a download leaves its request unanswered.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"failed: {request.url}: {request.failure}")

    def _said(self, message: ConsoleMessage) -> None:
        self.complaints.append(f"console: {message.type}: {message.text}")


@dataclass(frozen=True)
class Reader:
    """Who looks: where in the world, when, on what. A clock that is not ``fixed`` runs."""

    zone: str = "Europe/London"
    now: datetime = EVE
    fixed: bool = True
    scheme: Scheme = "light"
    width: int = WIDE
    script: bool = True
    agent: str | None = None

    def context(self, browser: Browser) -> BrowserContext:
        """A window of their own, that knows nothing of earlier ones."""
        context = browser.new_context(
            timezone_id=self.zone,
            color_scheme=self.scheme,
            viewport={"width": self.width, "height": 800},
            java_script_enabled=self.script,
            user_agent=self.agent,
        )
        context.set_default_timeout(PATIENCE)
        context.add_init_script(SHIFTS)
        if self.script:
            if self.fixed:
                context.clock.set_fixed_time(self.now)
            else:
                context.clock.install(time=self.now)
        return context


class Visits:
    """Opens pages of sites. Whatever a page does that it should not, is kept in ``watchers``."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts = ExitStack()
        self.watchers: list[Watcher] = []

    def open(self, place: Place, path: str = "/", reader: Reader | None = None) -> Page:
        """A page as one reader sees it, loaded."""
        page = self.blank(place, reader)
        reply = page.goto(place.at(path))
        assert reply is None or reply.ok, f"{reply.status} {reply.url}"
        return page

    def blank(self, place: Place, reader: Reader | None = None) -> Page:
        """A reader's empty page, about to look at a place."""
        context = (reader or Reader()).context(self._browser)
        self._contexts.callback(context.close)
        self.watchers.append(Watcher(place))
        self.watchers[-1].watch(context)
        return context.new_page()

    def close(self) -> list[str]:
        """Close every page; what is given is all that should not have happened."""
        complaints = [each for watcher in self.watchers for each in watcher.complaints]
        self._contexts.close()
        return complaints


class Places:
    """The places of schedules, each opened when it is first looked at."""

    def __init__(self, files: Path, open_until_the_end: ExitStack) -> None:
        self._files = files
        self._stack = open_until_the_end
        self._open: dict[tuple[str, str], Place] = {}

    def of(self, schedule: str, kind: str) -> Place:
        """Where the site of a schedule's text is; ``kind`` is a name among PLACES."""
        if (schedule, kind) not in self._open:
            file = self._files / f"{len(self._open)}.yaml"
            file.write_text(schedule, "utf-8")
            self._open[schedule, kind] = self._stack.enter_context(PLACES[kind](file))
        return self._open[schedule, kind]


def installed() -> str:
    """The path of the browser that is installed."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        names = ", ".join(BROWSERS)
        raise RuntimeError(f"the tests need a browser: install one of {names}, or run make test")
    return found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser, started once: new user data, nothing kept."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    """The places of schedules, open until the last test."""
    with ExitStack() as stack:
        yield Places(tmp_path_factory.mktemp("schedules"), stack)


@pytest.fixture
def visits(chromium: Browser) -> Iterator[Visits]:
    """Opens pages, and afterwards finds that each asked nobody else and had nothing to say."""
    visits = Visits(chromium)
    yield visits
    complaints = visits.close()
    assert not complaints, complaints


def links(page: Page) -> set[str]:
    """Every address, absolute, that a page names where browsers or their readers follow it."""
    found: list[str] = page.locator("[href], [src], object[data]").evaluate_all(
        "all => all.map(each => each.href || each.src || each.data)"
    )
    return set(found)


def visible_links(page: Page) -> set[str]:
    """Those that a reader can see."""
    found: list[str] = page.locator("a[href]:visible").evaluate_all("all => all.map(a => a.href)")
    return set(found)
