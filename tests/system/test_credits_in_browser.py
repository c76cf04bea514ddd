"""The credit in the browser: on the page, in the frame, in the custom elements, on the card."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from playwright.sync_api import Locator, Page, expect

from defects_ical.catalog.root_files import render_root_files
from defects_ical.content.links.site_url import SiteURL
from tests.support.browser import (
    WIDE,
    ColorScheme,
    Contexts,
    Visitor,
    WatchedBrowser,
)
from tests.support.catalogs import build_show, make_catalog, make_show_feeds
from tests.support.credits import CREDIT, write_credited
from tests.support.deployments import SHARED, Deployment, Deployments, serve_folder
from tests.support.example_schedules import load_yaml
from tests.support.layout_checks import find_cut_off, scroll_width
from tests.support.page_checks import assert_accessible
from tests.support.pseudo_sites import write_site
from tests.support.variants import leave_to_soak

pytest_plugins = ["tests.support.browser"]

ARABIC: Final = "مصدر بيانات جدول العرض: TVmaze (CC BY-SA 4.0)"
TEXTS: Final = {"/": "Schedule data: TVmaze (CC BY-SA 4.0)", "/ar/": ARABIC}
SCHEDULE: Final = write_credited(languages="[en, ar]")
# As long as they may be, without a space.
LONG: Final = write_credited("W" * 100, "M" * 100)
SCHEMES: Final[tuple[ColorScheme, ...]] = ("light", "dark")
INJECTION: Final = "</script><img src=x onerror=window.ran=1>"
VISITORS: Final = [
    ("/ar/", 320, "dark"),
    *leave_to_soak(*product(TEXTS, (320, WIDE), SCHEMES)),
]


@pytest.fixture(scope="module")
def credited(deployments: Deployments) -> Deployment:
    """Deploy a site with a credit, in two languages."""
    return deployments.get(SCHEDULE, "folder")


@pytest.mark.parametrize(("folder", "width", "scheme"), VISITORS)
def test_page_and_frame_show_the_credit(
    credited: Deployment, browser: WatchedBrowser, folder: str, width: int, scheme: ColorScheme
) -> None:
    for path in (folder, f"{folder}embed.html"):
        page = browser.open(credited, path, Visitor(width=width, scheme=scheme))
        paragraph = page.locator("p.credit")
        expect(paragraph).to_have_text(TEXTS[folder])
        expect(paragraph.get_by_role("link", name="TVmaze")).to_have_attribute(
            "href", CREDIT["url"]
        )
        assert_accessible(page)
        assert scroll_width(page) == width


def test_longest_credit_is_cut_off_nowhere(
    deployments: Deployments, browser: WatchedBrowser
) -> None:
    for path in ("/", "/embed.html"):
        page = browser.open(deployments.get(LONG, "folder"), path, Visitor(width=320))
        assert (scroll_width(page), find_cut_off(page)) == (320, [])


def test_printed_page_has_the_credit(credited: Deployment, browser: WatchedBrowser) -> None:
    page = browser.open(credited)
    page.emulate_media(media="print")
    expect(page.locator("p.credit")).to_be_visible()
    expect(page.locator("footer")).to_be_hidden()


# Draws the card at the top of the page. Returns the left, right and lower edge of the credit.
DRAW_CARD: Final = """async () => {
  const card = await (await fetch("card.svg")).text();
  const svg = new DOMParser().parseFromString(card, "image/svg+xml").documentElement;
  document.body.replaceChildren(document.importNode(svg, true));
  const drawn = document.querySelector("svg").getBoundingClientRect();
  const credit = [...document.querySelectorAll("text")].pop();
  const {left, right, bottom} = credit.getBoundingClientRect();
  return [left - drawn.left, right - drawn.left, bottom - drawn.top];
}"""


@pytest.mark.parametrize("text", [SCHEDULE, LONG], ids=["usual", "long"])
def test_credit_fits_on_the_card_as_it_is_drawn(
    deployments: Deployments, browser: WatchedBrowser, text: str
) -> None:
    page = browser.open(deployments.get(text, "folder"))
    left, right, bottom = page.evaluate(DRAW_CARD)
    assert 72 <= left < right <= 1128
    assert bottom <= 630


# Custom elements, on a page of another site.


class Embedded(NamedTuple):
    """A site whose files other sites may load, and a folder and a page of another site."""

    site: Deployment
    folder: Path
    page: Page

    def open(self, script: str, tag: str) -> Locator:
        """Open a page with an element. Returns what the element shows."""
        head = "<!doctype html><meta charset=utf-8>"
        code = f'{head}<script src="{self.site.join(script)}" async></script><{tag}></{tag}>'
        (self.folder / "index.html").write_text(code, "utf-8")
        (self.folder / "favicon.ico").touch()
        with serve_folder(self.folder) as origin:
            self.page.goto(origin, wait_until="networkidle")
        return self.page.locator(f"{tag} section")


@pytest.fixture
def embedded(contexts: Contexts, tmp_path: Path) -> Iterator[Embedded]:
    """Serve a show, and what combines shows, to other sites."""
    root, host = tmp_path / "site", tmp_path / "host"
    host.mkdir()
    with (
        serve_folder(root, SHARED) as origin,
        contexts.open_page(Visitor(width=600), new=True) as page,
    ):
        url = SiteURL.parse(origin)
        show = build_show(load_yaml(SCHEDULE), url)
        hostile = build_show(load_yaml(write_hostile()), url)
        for each in (show, hostile):
            files = {path: resource.body for path, resource in each.site.items()}
            write_site(root / each.summary.slug, files)
        shows = (show, hostile)
        rendered = render_root_files(make_catalog(shows), make_show_feeds(shows))
        write_site(root, {path: b"".join(parts) for path, parts in rendered})
        yield Embedded(Deployment(origin), host, page)


def write_hostile() -> str:
    """Return the text of another show, whose credit attacks the pages that show it."""
    text = write_credited(INJECTION, INJECTION)
    return text.replace("slug: show", "slug: other").replace("3c2d1f64", "3c2d1f65")


@pytest.mark.parametrize(
    ("script", "text"), [("/show/embed.js", TEXTS["/"]), ("/show/ar/embed.js", ARABIC)]
)
def test_element_shows_the_credit(embedded: Embedded, script: str, text: str) -> None:
    paragraph = embedded.open(script, "defects-episodes").locator(".credit")
    expect(paragraph).to_have_text(text)
    expect(paragraph.locator("a")).to_have_attribute("href", CREDIT["url"])
    assert paragraph.locator("bdi").all_text_contents() == ["TVmaze", "CC BY-SA 4.0"]


def test_week_element_shows_each_credit(embedded: Embedded) -> None:
    section = embedded.open("/week.js", "defects-week")
    texts = section.locator("small", has_text="Schedule data").all_text_contents()
    assert texts == [f"Schedule data: {INJECTION} ({INJECTION})", TEXTS["/"]]


def test_element_runs_nothing_of_a_credit(embedded: Embedded) -> None:
    paragraph = embedded.open("/other/embed.js", "defects-episodes").locator(".credit")
    expect(paragraph).to_have_text(f"Schedule data: {INJECTION} ({INJECTION})")
    assert embedded.page.evaluate("window.ran") is None


def test_element_shows_the_list_if_the_data_lack_a_credit(embedded: Embedded) -> None:
    """A browser may have an older copy of the script, or of the data."""
    embedded.page.route(
        "**/episodes.json",
        lambda route: route.fulfill(
            body=route.fetch().text().replace('"credit"', '"other"'), headers={**SHARED}
        ),
    )
    section = embedded.open("/show/embed.js", "defects-episodes")
    expect(section.locator("li")).to_have_count(8)
    expect(section.locator(".credit")).to_have_count(0)
