"""The scripts show no English text on a page in another language, in any state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import pytest
from playwright.sync_api import Page, expect

from defects_ical.content.links.site_url import SiteURL
from tests.support.browser import Visitor, WatchedBrowser, open_details
from tests.support.deployments import Deployment, serve_folder
from tests.support.example_schedules import load_yaml
from tests.support.page_schedules import parse_utc
from tests.support.pseudo_language import (
    CODE,
    GLUE,
    ON_OVERVIEW,
    ON_PAGES,
    find_english,
    find_glue,
    find_names,
    use_pseudo_language,
)
from tests.support.pseudo_sites import (
    build_pseudo_folder,
    build_pseudo_site,
    load_example,
    load_pseudo_schedules,
    write_site,
)
from tests.support.translated_schedules import make_called_off, to_yaml, write_greek
from tests.support.visible_texts import join_blocks, read_html

pytest_plugins = ["tests.support.browser"]

# The states of each site, by the time in UTC at which they are seen.
STATES: Final = {
    "changes": (
        # Before the premiere, which has moved; on air; between episodes.
        *("2025-07-01T00:00", "2025-07-08T12:44", "2025-07-08T13:50", "2025-07-08T16:00"),
        # An episode without an hour: on the day before, and on its day.
        *("2025-07-15T00:00", "2025-07-16T05:00"),
        # Tentative: next, on air, on its day without an hour.
        *("2025-07-27T13:00", "2025-07-28T13:30"),
        # The next is cancelled, then one is postponed.
        *("2025-08-03T00:00", "2025-08-12T00:00"),
        # Tentative, on its day without an hour; the end.
        *("2025-09-22T05:00", "2026-01-01T00:00"),
    ),
    "seasons": ("2026-01-01T00:00", "2026-01-05T13:10", "2026-07-01T00:00"),
    "release": ("2026-05-01T07:00", "2026-06-01T00:00"),
    "film": ("2026-05-01T00:00", "2026-05-15T08:00", "2026-06-01T00:00"),
    "contest": ("2026-03-01T00:00", "2026-06-01T00:00"),
    "announced": ("2026-05-01T00:00",),
    # One was on, and five are cancelled; then the last is cancelled, too.
    "called-off": ("2025-07-10T00:00", "2025-08-20T00:00", "2026-01-01T00:00"),
    "all-cancelled": ("2025-07-01T00:00",),
    "film-cancelled": ("2025-07-01T00:00",),
    "film-postponed": ("2025-07-01T00:00",),
}
# Of the overview, and of the week's frame and element.
WEEKS: Final = (
    # Something is on, may be on, and has ended.
    *("2025-07-08T13:50", "2025-07-28T13:30", "2026-01-05T13:10", "2026-01-06T00:00"),
    # Nothing this week, and nothing later.
    *("2025-11-12T00:00", "2027-03-03T00:00"),
)
# A page of another site.
HOST: Final = f"""<!doctype html><html lang="{CODE}"><meta charset="utf-8"><title>1</title>
<defects-week></defects-week><iframe src="shows/week.html" title="1"></iframe>
<script src="shows/week.js"></script>"""
DEVICES: Final = ("app", "android", "iphone", "windows")
# Lets the test run what pages do each minute, in place of waiting for it.
COLLECT_TIMERS: Final = """
const timers = new Map();
for (const name of ["setTimeout", "setInterval"]) {
  const original = window[name];
  window[name] = (callback, wait, ...values) => {
    if (!(wait > 10000)) return original(callback, wait, ...values);
    timers.set(callback, () => callback(...values));
    return 0;
  };
}
window.run_timers = () => [...timers.values()].forEach((each) => each());
"""
# What a button or link says after a click, if the clipboard works, and if not.
CLICK: Final = """async ([selector, works]) => {
  navigator.clipboard.writeText = () => works ? Promise.resolve() : Promise.reject();
  document.execCommand = () => works;
  const found = document.querySelector(selector);
  found.removeAttribute("href");
  found.click();
  await new Promise((done) => setTimeout(done, 20));
  const status = found.parentElement.querySelector("[role=status]");
  return (status || found).textContent;
}"""


class Reader:
    """Reads pages, frames and elements, of which all texts are in the pseudo-language."""

    def __init__(self, own: dict[str, tuple[str, ...]]) -> None:
        self._own = own
        self.names: set[str] = set()
        self.problems: set[tuple[str, str]] = set()
        self._done: set[tuple[str, str]] = set()

    def read(self, site: str, html: str) -> None:
        """Read the HTML of a page or of a shadow root."""
        for each in join_blocks(read_html(html, CODE)):
            self.read_text(site, each.text)

    def read_text(self, site: str, text: str) -> None:
        """Read one text."""
        if (site, text) in self._done:
            return
        self._done.add((site, text))
        own = self._own[site]
        self.names |= find_names(text)
        if wrong := find_english(text, own) or find_glue(text, own, GLUE):
            self.problems.add((str(wrong), text))

    def read_page(self, site: str, page: Page) -> None:
        """Read a page with the frames and elements that it has."""
        open_details(page)
        for element in page.locator("defects-episodes, defects-week").all():
            expect(element.locator("section")).to_be_visible()
            self.read(site, element.evaluate("each => each.shadowRoot.innerHTML"))
        page.locator("iframe").evaluate_all("all => all.forEach((each) => { each.loading = ''; })")
        for frame in page.locator("iframe").all():
            content = frame.content_frame
            expect(content.locator("#next")).to_be_visible()
            self.read(site, content.locator("html").evaluate("each => each.outerHTML"))
        self.read(site, page.content())


class Sites(NamedTuple):
    """Sites that are served, and the texts of their schedules, by the names of the sites."""

    deployment: Deployment
    own: dict[str, tuple[str, ...]]


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    """Serve every site in the pseudo-language, each in a folder with its name."""
    root, own = tmp_path_factory.mktemp("sites"), {}
    with pytest.MonkeyPatch.context() as monkeypatch, serve_folder(root) as origin:
        use_pseudo_language(monkeypatch)
        schedules = {**load_pseudo_schedules(), "example": load_example()}
        for name, values in make_called_off(write_greek).items():
            schedules[name] = load_yaml(to_yaml({**values, "languages": [CODE]}))
        for name, schedule in schedules.items():
            site = build_pseudo_site(schedule, SiteURL.parse(f"{origin}/{name}"))
            write_site(root / name, site.files)
            own[name] = site.own
        folder = build_pseudo_folder(SiteURL.parse(f"{origin}/shows"))
        write_site(root / "shows", folder.files)
        (root / "favicon.ico").touch()
        (root / "host.html").write_text(HOST, "utf-8")
        own["shows"] = folder.own
        yield Sites(Deployment(origin), own)


def test_pages_frames_and_elements(sites: Sites, browser: WatchedBrowser) -> None:
    reader = Reader(sites.own)
    page = browser.open_blank(sites.deployment)
    page.add_init_script(COLLECT_TIMERS)
    for name, times in STATES.items():
        for number, now in enumerate(times):
            page.clock.set_fixed_time(parse_utc(now))
            if number:
                for frame in page.frames:
                    frame.evaluate("run_timers()")
            else:
                page.goto(sites.deployment.join(f"/{name}/"))
            reader.read_page(name, page)
    assert not reader.problems
    for works in (True, False):
        for selector in (".copy", "[data-copies]"):
            reader.read_text("announced", page.evaluate(CLICK, [selector, works]))
    assert not reader.problems
    assert ON_PAGES - reader.names == set()


def test_overview_and_week(sites: Sites, browser: WatchedBrowser) -> None:
    reader = Reader(sites.own)
    page = browser.open(sites.deployment, "/shows/404.html")
    reader.read("shows", page.content())
    for now in WEEKS:
        page.clock.set_fixed_time(parse_utc(now))
        page.goto(sites.deployment.join("/shows/"))
        reader.read("shows", page.content())
        page.goto(sites.deployment.join("/host.html"))
        reader.read_page("shows", page)
    page.goto(sites.deployment.join("/shows/"))
    page.locator("#platform").select_option("early")
    page.locator("#genre").select_option(index=1)
    reader.read("shows", page.content())
    assert not reader.problems
    assert ON_OVERVIEW - reader.names == set()


def test_hints_for_devices(sites: Sites, browser: WatchedBrowser) -> None:
    reader = Reader(sites.own)
    page = browser.open(sites.deployment, "/changes/")
    for device in DEVICES:
        page.evaluate("each => { document.documentElement.dataset.device = each; }", device)
        reader.read_text("changes", page.locator(".hint:visible").inner_text())
    assert not reader.problems
    assert reader.names == {f"hint_{each}" for each in DEVICES}


def test_version_of_a_page(sites: Sites, browser: WatchedBrowser) -> None:
    """A page that is not in the main language offers English, in English, and is not in it."""
    reader = Reader(sites.own)
    page = browser.open(sites.deployment, f"/example/{CODE}/", Visitor())
    reader.read_page("example", page)
    page.goto(sites.deployment.join("/changes/404.html"))
    reader.read("changes", page.content())
    assert not reader.problems
    assert {"next", "not_found"} <= reader.names
