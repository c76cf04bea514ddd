"""The pictures of the README, from the running program. ``make pictures`` writes them."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, sync_playwright
from rich.console import Console
from rich.text import Text

from tests.support.broken_feeds import VALID, VTIMEZONE
from tests.support.browser import FLAGS, ColorScheme, Visitor, find_browser
from tests.support.catalogs import list_release_paths
from tests.support.deployments import run_service, serve_folder
from tests.support.documents import ROOT
from tests.support.processes import BIN

IMAGES: Final = ROOT / "docs" / "images"
# An hour and a half before the third episode.
NOW: Final = datetime(2025, 7, 28, 12, 30, tzinfo=UTC)
# On a Wednesday evening in London.
AUTUMN: Final = datetime(2025, 9, 17, 19, 10, tzinfo=UTC)
SHOWS: Final = (
    *("emmerdale", "formula-one-2025", "la-casa-del-faro", "one-piece", "strictly"),
    *("the-late-show", "the-orchard", "to-the-moon"),
)
SETTINGS: Final = """\
title: What airs this week
description: Eight series, on every clock.
timezone: Europe/London
color: teal
"""
SCHEMES: Final[tuple[ColorScheme, ...]] = ("light", "dark")
# In CSS pixels.
WIDTH: Final = 620
HEIGHT: Final = 1096
# In characters.
TERMINAL_WIDTH: Final = 92
FEED_ORIGIN: Final = "http://lectures.example"


def photograph_page(browser: Browser) -> bytes:
    """Return a PNG of the example's page: in light and, next to it, in dark."""
    return photograph_site(browser, ROOT / "schedule.yaml", NOW)


def photograph_overview(browser: Browser) -> bytes:
    """Return a PNG of the overview of several shows, in light and in dark."""
    with tempfile.TemporaryDirectory() as folder:
        for slug in SHOWS:
            shutil.copy(list_release_paths()[slug], folder)
        (Path(folder) / "site.yaml").write_text(SETTINGS, "utf-8")
        return photograph_site(browser, Path(folder), AUTUMN)


def photograph_site(browser: Browser, schedule: Path, now: datetime) -> bytes:
    """Return a PNG of a site's page: in light and, next to it, in dark."""
    halves = []
    with run_service(schedule) as deployment:
        for scheme in SCHEMES:
            context = Visitor(now=now, scheme=scheme, width=WIDTH).open_context(browser)
            page = context.new_page()
            page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
            page.goto(deployment.join("/"))
            halves.append(page.screenshot())
            context.close()
    return photograph_html(browser, "".join(map(make_image_tag, halves)))


def photograph_doctor(browser: Browser) -> bytes:
    """Return a PNG of a terminal in which ``doctor`` checks a feed without its VTIMEZONE.

    The feed is served by a plain server; in the picture, its URL has a name instead of a port.
    """
    with tempfile.TemporaryDirectory() as folder:
        feed = VALID.replace(VTIMEZONE.replace("\n", "\r\n").encode(), b"")
        (Path(folder) / "show.ics").write_bytes(feed)
        with serve_folder(Path(folder)) as origin:
            command = [str(BIN / "defects-ical"), "doctor", f"{origin}/show.ics"]
            # In colours, and as wide as the picture.
            env = os.environ | {"FORCE_COLOR": "1", "COLUMNS": str(TERMINAL_WIDTH)}
            done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    url = f"{FEED_ORIGIN}/show.ics"
    report = done.stdout.replace(f"{origin}/show.ics", url)
    console = Console(record=True, width=TERMINAL_WIDTH, file=StringIO())
    console.print(Text.from_ansi(f"$ defects-ical doctor {url}\n{report.rstrip()}"))
    return photograph_html(browser, console.export_svg(title="Terminal"))


def make_image_tag(png: bytes) -> str:
    """Return an HTML image that contains a PNG."""
    return f'<img src="data:image/png;base64,{base64.b64encode(png).decode()}">'


def photograph_html(browser: Browser, body: str) -> bytes:
    """Return a PNG of HTML elements side by side."""
    style = (
        "body { margin: 0; display: inline-flex } img, svg { flex: none }"
        f"svg {{ width: {2 * WIDTH}px }}"
    )
    # rich refers to a font on the web. Offline, the browser uses the system's font immediately.
    context = browser.new_context(offline=True, viewport={"width": 2 * WIDTH, "height": HEIGHT})
    page = context.new_page()
    page.set_content(f"<style>{style}</style>{body}", wait_until="load")
    png = page.locator("body").screenshot(omit_background=True)
    context.close()
    return png


def write() -> None:
    """Write all pictures."""
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        (IMAGES / "page.png").write_bytes(photograph_page(browser))
        (IMAGES / "overview.png").write_bytes(photograph_overview(browser))
        (IMAGES / "doctor.png").write_bytes(photograph_doctor(browser))
        browser.close()


if __name__ == "__main__":
    write()
