"""The pictures of the README, from the running program. ``make pictures`` writes them."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from tests.support.browser import FLAGS, Reader, Scheme, installed, service
from tests.support.documents import ROOT

IMAGES: Final = ROOT / "docs" / "images"
# An hour and a half before the third episode.
NOW: Final = datetime(2025, 7, 28, 12, 30, tzinfo=UTC)
SCHEMES: Final[tuple[Scheme, ...]] = ("light", "dark")
# In CSS pixels.
WIDTH: Final = 620
HEIGHT: Final = 1110


def photograph_page(browser: Browser) -> bytes:
    """Return a PNG of the example's page: in light and, next to it, in dark."""
    halves = []
    with service(ROOT / "schedule.yaml") as site:
        for scheme in SCHEMES:
            context = Reader(now=NOW, scheme=scheme, width=WIDTH).context(browser)
            page = context.new_page()
            page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
            page.goto(site.at("/"))
            halves.append(page.screenshot())
            context.close()
    return photograph_html(browser, "".join(map(make_image_tag, halves)))


def make_image_tag(png: bytes) -> str:
    """Return an HTML image that contains a PNG."""
    return f'<img src="data:image/png;base64,{base64.b64encode(png).decode()}">'


def photograph_html(browser: Browser, body: str) -> bytes:
    """Return a PNG of HTML elements side by side."""
    style = "body { margin: 0; display: inline-flex } img { flex: none }"
    page = browser.new_page(viewport={"width": 2 * WIDTH, "height": HEIGHT})
    page.set_content(f"<style>{style}</style>{body}", wait_until="load")
    png = page.locator("body").screenshot()
    page.close()
    return png


def write() -> None:
    """Write both pictures."""
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=FLAGS)
        (IMAGES / "page.png").write_bytes(photograph_page(browser))
        browser.close()


if __name__ == "__main__":
    write()
