"""Open pages in the Chromium that is installed, and watch for anything unexpected.

Test modules that name this module in their ``pytest_plugins`` share one browser. They also import
from it, before pytest could rewrite its assertions: PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    ViewportSize,
    WebError,
    expect,
    sync_playwright,
)

from tests.support.deployments import Deployment, Deployments

# The first is Chromium without windows of its own: a page takes less than half the time.
BROWSERS: Final = ("chromium-headless-shell", "google-chrome", "chromium", "chromium-browser")
# Chromium sends no requests of its own, so that every request is the page's.
FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DAY_BEFORE_PREMIERE: Final = datetime(2025, 7, 20, 14, tzinfo=UTC)
WIDE: Final = 1280
PHONE: Final = 390
# Milliseconds.
TIMEOUT: Final = 10_000
expect.set_options(timeout=TIMEOUT)

# Records layout shifts in `window.shifts`, from the first paint on.
RECORD_SHIFTS: Final = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) {
    if (!each.hadRecentInput) window.shifts.push(each.value);
  }
}).observe({type: "layout-shift", buffered: true});
"""
# Defines every(root): all elements, those in shadow roots included, in document order.
DEFINE_EVERY: Final = """
const every = (root) => [...root.querySelectorAll("*")].flatMap(
  (each) => [each, ...(each.shadowRoot ? every(each.shadowRoot) : [])]);
"""

ColorScheme = Literal["light", "dark"]


@dataclass
class Watcher:
    """The requests of a page, and the problems: whatever should not have happened.

    ``answered`` are the URLs of other sites that the test answers itself.
    """

    deployment: Deployment
    answered: set[str] = field(default_factory=set)
    requests: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @contextmanager
    def watch(self, context: BrowserContext) -> Iterator[None]:
        """Watch all pages and frames of a context until the block ends."""
        listeners: Mapping[Any, Callable[[Any], None]] = {
            "request": self._record_request,
            "requestfailed": self._record_failure,
            "console": self._record_console,
            "weberror": self._record_error,
        }
        for event, listener in listeners.items():
            context.on(event, listener)
        yield
        for event, listener in listeners.items():
            context.remove_listener(event, listener)

    def _record_request(self, request: Request) -> None:
        self.requests.append(request.url)
        # A data URL sends no request.
        if urlsplit(request.url).scheme == "data" or request.url in self.answered:
            return
        if not self.deployment.owns(request.url):
            self.problems.append(f"not the site's: {request.url}")

    def _record_failure(self, request: Request) -> None:
        # Leaving a page, or a download, aborts requests.
        if request.failure != "net::ERR_ABORTED":
            self.problems.append(f"failed: {request.url}: {request.failure}")

    def _record_console(self, message: ConsoleMessage) -> None:
        # The policy of the card blocks scripts, those that the tests add included.
        if re.search("Blocked script execution in '.*/card.svg' .* sandboxed", message.text):
            return
        self.problems.append(f"console: {message.type}: {message.text}")

    def _record_error(self, error: WebError) -> None:
        self.problems.append(f"error: {error.error}")


@dataclass(frozen=True)
class Visitor:
    """The visitor of a page: time zone, clock (``fixed`` or running), screen, browser."""

    zone: str = "Europe/London"
    now: datetime = DAY_BEFORE_PREMIERE
    fixed: bool = True
    scheme: ColorScheme = "light"
    width: int = WIDE
    script: bool = True
    agent: str | None = None

    @property
    def viewport(self) -> ViewportSize:
        """The size of the screen."""
        return {"width": self.width, "height": 800}

    @property
    def without_clock(self) -> Visitor:
        """The visitor with the default clock: the one that is the same in a context."""
        return replace(self, now=DAY_BEFORE_PREMIERE)

    def open_context(self, browser: Browser) -> BrowserContext:
        """Open a browser context, which shares nothing with others."""
        context = browser.new_context(
            timezone_id=self.zone,
            color_scheme=self.scheme,
            viewport=self.viewport,
            java_script_enabled=self.script,
            user_agent=self.agent,
        )
        context.set_default_timeout(TIMEOUT)
        context.add_init_script(RECORD_SHIFTS)
        if self.script:
            if self.fixed:
                context.clock.set_fixed_time(self.now)
            else:
                context.clock.install(time=self.now)
        return context

    def set_clock(self, page: Page) -> None:
        """Set the fixed clock of a context, unless it has the time already."""
        milliseconds = 1000 * self.now.timestamp()
        if self.script and self.fixed and page.evaluate("Date.now()") != milliseconds:
            page.clock.set_fixed_time(self.now)

    def reset(self, page: Page) -> None:
        """Undo what tests do to a page, except its listeners, routes and scripts."""
        page.goto("about:blank")
        page.mouse.move(0, 0)
        if page.viewport_size != self.viewport:
            page.set_viewport_size(self.viewport)
        page.emulate_media(media="null", color_scheme=self.scheme, forced_colors="null")
        page.context.clear_permissions()


class Contexts:
    """Browser contexts, each with a page, kept for the next test with the same kind of visitor.

    A new context, or a new page, costs several times as much as another page in an open one.
    """

    def __init__(self, chromium: Browser) -> None:
        self._chromium = chromium
        self._unused: dict[Visitor, list[BrowserContext]] = {}

    @contextmanager
    def open_page(self, visitor: Visitor, *, new: bool = False) -> Iterator[Page]:
        """Open an empty page, in a context that no other test uses at the same time.

        Listeners, routes and scripts stay with their page: tests that add some need a new one.
        """
        unused = self._unused.setdefault(visitor.without_clock, [])
        context = unused.pop() if unused else visitor.open_context(self._chromium)
        kept = context.pages[0] if context.pages else context.new_page()
        _clear_cache(kept)
        visitor.set_clock(kept)
        yield context.new_page() if new else kept
        for each in context.pages:
            if each != kept:
                # A route may still be at work.
                each.unroute_all(behavior="wait")
                each.close()
        visitor.reset(kept)
        if visitor.fixed:
            unused.append(context)
        else:
            context.close()


def _clear_cache(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.clearBrowserCache")
    session.detach()


class WatchedBrowser:
    """Opens pages and watches them. ``watchers`` has one watcher for each, in order."""

    def __init__(self, contexts: Contexts) -> None:
        self._contexts = contexts
        self._pages = ExitStack()
        self.watchers: list[Watcher] = []

    def open(self, deployment: Deployment, path: str = "/", visitor: Visitor | None = None) -> Page:
        """Open a page of a site and wait until it is loaded."""
        page = self._open_empty(deployment, visitor or Visitor(), new=False)
        response = page.goto(deployment.join(path))
        assert response is None or response.ok, f"{response.status} {response.url}"
        return page

    def open_blank(self, deployment: Deployment, visitor: Visitor | None = None) -> Page:
        """Open a new, empty page, which may then request only URLs of the deployment."""
        return self._open_empty(deployment, visitor or Visitor(), new=True)

    def _open_empty(self, deployment: Deployment, visitor: Visitor, *, new: bool) -> Page:
        page = self._pages.enter_context(self._contexts.open_page(visitor, new=new))
        self.watchers.append(Watcher(deployment))
        self._pages.enter_context(self.watchers[-1].watch(page.context))
        return page

    def close(self) -> list[str]:
        """Close all pages and return their problems."""
        problems = [each for watcher in self.watchers for each in watcher.problems]
        self._pages.close()
        return problems


def find_browser() -> str:
    """Return the path of the installed browser."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not path:
        names = ", ".join(BROWSERS)
        raise RuntimeError(f"no browser found. Install one of {names}, or run `make test`.")
    return path


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start Chromium, once, with a new profile."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def deployments(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployments]:
    """Keep deployments until the last test."""
    with ExitStack() as stack:
        yield Deployments(tmp_path_factory.mktemp("schedules"), stack)


@pytest.fixture(scope="session")
def contexts(chromium: Browser) -> Contexts:
    """Keep browser contexts until the last test."""
    return Contexts(chromium)


@pytest.fixture
def browser(contexts: Contexts) -> Iterator[WatchedBrowser]:
    """Watch a browser. Fail the test if a page has problems that the test did not clear."""
    watched = WatchedBrowser(contexts)
    yield watched
    problems = watched.close()
    assert not problems, problems


def open_details(page: Page) -> None:
    """Open every ``<details>`` element."""
    page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true; })")


def open_previews(page: Page) -> None:
    """Open every ``<details>`` element and wait for the previews in them."""
    open_details(page)
    for lazy in page.locator("iframe, img").all():
        lazy.scroll_into_view_if_needed()
    for frame in page.locator("iframe").all():
        expect(frame.content_frame.locator("#next")).to_be_visible()
    for element in page.locator("defects-episodes").all():
        expect(element.locator("section")).to_be_visible()


def click_to_copy(button: Locator) -> str:
    """Click a button that copies, and return the result that it shows, for two seconds only."""
    button.evaluate(
        """each => new MutationObserver(() => { each.shown ??= each.textContent; })
          .observe(each, {childList: true})"""
    )
    button.click()
    shown = button.page.wait_for_function("each => each.shown", arg=button.element_handle())
    return str(shown.json_value())


def find_urls(page: Page) -> set[str]:
    """Return the absolute URLs of all links and embedded files."""
    found: list[str] = page.locator("[href], [src], object[data]").evaluate_all(
        "all => all.map(each => each.href || each.src || each.data)"
    )
    return set(found)


def find_visible_links(page: Page) -> set[str]:
    """Return the absolute URLs of the visible links."""
    found: list[str] = page.locator("a[href]:visible").evaluate_all("all => all.map(a => a.href)")
    return set(found)
