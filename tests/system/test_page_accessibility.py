"""Pages are accessible, stable while they load, small, and printable."""

from __future__ import annotations

from typing import Any, Final

import pytest
from playwright.sync_api import Page

from tests.support.browser import (
    PHONE,
    WIDE,
    ColorScheme,
    Visitor,
    WatchedBrowser,
    find_visible_links,
    open_details,
)
from tests.support.deployments import Deployment, Deployments
from tests.support.page_checks import (
    OPERABLE,
    assert_accessible,
    delay_scripts,
    sum_shifts,
    tab_through,
    weigh,
)
from tests.support.page_schedules import (
    AUTUMN,
    AUTUMN_HEADLINES,
    AUTUMN_STARTS,
    BEFORE_AUTUMN,
    PAGES,
    SHIPPED,
    parse_utc,
)
from tests.support.variants import leave_to_soak, sample

pytest_plugins = ["tests.support.browser"]


@pytest.mark.parametrize(
    ("scheme", "width"),
    [("dark", PHONE), *leave_to_soak(("light", WIDE), ("light", PHONE), ("dark", WIDE))],
)
@pytest.mark.parametrize("path", PAGES)
def test_pages_are_accessible(
    service: Deployment, browser: WatchedBrowser, path: str, scheme: ColorScheme, width: int
) -> None:
    page = browser.open(service, path, Visitor(scheme=scheme, width=width))
    assert_accessible(page)
    if page.locator("details").count():
        open_details(page)
        assert_accessible(page)


@pytest.mark.parametrize("scheme", ["dark", *leave_to_soak("light")])
def test_changes_are_accessible(
    autumn_service: Deployment, browser: WatchedBrowser, scheme: ColorScheme
) -> None:
    page = browser.open(autumn_service, visitor=Visitor(now=BEFORE_AUTUMN, scheme=scheme))
    open_details(page)
    assert_accessible(page)
    # Moved, tentative, and over.
    for now in ("2025-09-29T14:30", "2025-10-05T14:00", "2025-11-10T15:01"):
        page.clock.set_fixed_time(parse_utc(now))
        page.reload()
        assert_accessible(page)


def test_choice_is_visible_in_forced_colors(service: Deployment, browser: WatchedBrowser) -> None:
    page = browser.open(service)
    page.emulate_media(forced_colors="active")
    colors = page.locator(".choice label").evaluate_all(
        "all => all.map(each => getComputedStyle(each).backgroundColor)"
    )
    checked = page.locator(".choice input").evaluate_all("all => all.map(each => each.checked)")
    by_state = {
        state: {color for color, each in zip(colors, checked, strict=True) if each is state}
        for state in (True, False)
    }
    assert not by_state[True] & by_state[False]


def test_not_found_page_works_at_any_depth(service: Deployment, browser: WatchedBrowser) -> None:
    page = browser.open_blank(service)
    page.goto(service.join("/no/such/page"))
    assert_accessible(page)
    page.locator("main a").first.click()
    assert page.url == service.join("/")
    # The browser reports the status only.
    problems = browser.watchers[-1].problems
    assert len(problems) == 1
    assert "404" in problems.pop()


# Keyboard.


@pytest.mark.parametrize("path", sample(PAGES, 3))
@pytest.mark.parametrize("width", [PHONE, *leave_to_soak(WIDE)])
def test_tab_reaches_everything_visibly(
    service: Deployment, browser: WatchedBrowser, path: str, width: int
) -> None:
    page = browser.open(service, path, Visitor(width=width))
    open_details(page)
    reached = tab_through(page)
    assert [html for number, html in page.evaluate(OPERABLE) if number not in reached] == []
    assert [html for html, is_visible in reached.values() if not is_visible] == []


def test_keyboard_opens_and_closes_details(service: Deployment, browser: WatchedBrowser) -> None:
    page = browser.open(service)
    recap = page.locator("details.recap").first
    recap.locator("summary").focus()
    for key, is_open in (("Enter", True), ("Space", False)):
        page.keyboard.press(key)
        assert (recap.get_attribute("open") is not None) == is_open


def choose_next(page: Page, group: str) -> None:
    page.locator(f"[name={group}]:checked").focus()
    page.keyboard.press("ArrowRight")


def test_keyboard_chooses_every_feed(service: Deployment, browser: WatchedBrowser) -> None:
    page = browser.open(service)
    chosen: set[str] = set()
    for _ in range(4):
        choose_next(page, "feed")
        for _ in range(2):
            choose_next(page, "reminders")
            (link,) = (each for each in find_visible_links(page) if each.startswith("webcal:"))
            chosen.add(link)
    assert len(chosen) == 8


# Layout.


@pytest.mark.parametrize("width", [320, *leave_to_soak(WIDE, PHONE)])
@pytest.mark.parametrize("path", sample([*PAGES, "/#e05"], 3))
def test_late_scripts_shift_nothing(
    service: Deployment, browser: WatchedBrowser, path: str, width: int
) -> None:
    page = browser.open_blank(service, Visitor(width=width))
    delay_scripts(page)
    page.goto(service.join(path))
    assert sum_shifts(page) < 0.02


@pytest.mark.parametrize("width", [PHONE, *leave_to_soak(320, WIDE)])
def test_late_scripts_shift_no_changes(
    autumn_service: Deployment, browser: WatchedBrowser, width: int
) -> None:
    page = browser.open_blank(autumn_service, Visitor(now=BEFORE_AUTUMN, width=width))
    delay_scripts(page)
    for now in AUTUMN_HEADLINES:
        page.clock.set_fixed_time(parse_utc(now))
        page.goto(autumn_service.join("/"))
        assert sum_shifts(page) < 0.02, now


@pytest.mark.parametrize("text", [SHIPPED, AUTUMN], ids=["shipped", "autumn"])
@pytest.mark.parametrize("path", PAGES)
def test_narrow_screen_does_not_scroll_sideways(
    deployments: Deployments, browser: WatchedBrowser, path: str, text: str
) -> None:
    page = browser.open(deployments.get(text, "service"), path, Visitor(width=320))
    open_details(page)
    assert page.evaluate("() => document.scrollingElement.scrollWidth") == 320


# The font size, in CSS pixels, of every visible text.
FONT_SIZES: Final = """
() => [...document.querySelectorAll("body *")]
  .filter(each => [...each.childNodes].some(child => child.nodeType === 3 && child.data.trim()))
  .filter(each => !each.closest("script, style, svg") && each.checkVisibility())
  .map(each => parseFloat(getComputedStyle(each).fontSize))
"""


@pytest.mark.parametrize("path", PAGES)
def test_text_is_legible_on_a_phone(
    service: Deployment, browser: WatchedBrowser, path: str
) -> None:
    page = browser.open(service, path, Visitor(width=PHONE))
    open_details(page)
    sizes: list[Any] = page.evaluate(FONT_SIZES)
    assert min(sizes) >= 12
    content = page.locator("meta[name=viewport]").get_attribute("content")
    assert content == "width=device-width, initial-scale=1"


@pytest.mark.parametrize(
    ("path", "initial", "total"), [("/", 17_000, 31_500), ("/embed.html", 12_000, 12_000)]
)
def test_pages_are_small(
    service: Deployment, browser: WatchedBrowser, path: str, initial: int, total: int
) -> None:
    """The limits are bytes, compressed: of what loads first, and with the previews."""
    page = browser.open_blank(service)
    page.goto(service.join(path), wait_until="networkidle")
    watcher = browser.watchers[-1]
    assert 0 < weigh(page, watcher.requests) <= initial
    open_details(page)
    for preview in page.locator("iframe.preview, img.preview").all():
        preview.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert 0 < weigh(page, watcher.requests) <= total


def test_print_shows_only_the_schedule(autumn_service: Deployment, browser: WatchedBrowser) -> None:
    page = browser.open(autumn_service, visitor=Visitor(now=BEFORE_AUTUMN, scheme="dark"))
    page.emulate_media(media="print")
    assert page.locator(".episode .times:visible").count() == len(AUTUMN_STARTS)
    assert page.get_by_role("heading", name="Where to watch").is_visible()
    for selector in ("#next", "#subscribe", "#embed", ".add", "footer", "button", ".recap p"):
        assert not page.locator(f"{selector}:visible").count(), selector
    background = "() => getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(background) == "rgb(255, 255, 255)"
