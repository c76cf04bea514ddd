"""The overview and the week in the browser: the visitor's days, filters, other sites."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from defects_ical.catalog.week import render_frame_code, render_week_element
from defects_ical.content.links.site_url import SiteURL
from tests.catalog.overview_sites import make_catalog, write_small_site
from tests.support.browser import (
    PHONE,
    WIDE,
    ColorScheme,
    Contexts,
    Visitor,
    WatchedBrowser,
    open_details,
)
from tests.support.deployments import SHARED, Deployment, serve_folder
from tests.support.page_checks import (
    OPERABLE,
    assert_accessible,
    delay_scripts,
    sum_shifts,
    tab_through,
)
from tests.support.page_schedules import parse_utc
from tests.support.variants import leave_to_soak

pytest_plugins = ["tests.support.browser"]

# During the second episode of The Defects.
ON_AIR: Final = parse_utc("2025-07-22T14:20")
HOST: Final = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Host</title><main><h1>Host</h1>"
)
PAGES: Final = ("/", "/404.html", "/week.html")


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Serve the site of three shows under a path."""
    root = tmp_path_factory.mktemp("site")
    with serve_folder(root, SHARED) as origin:
        write_small_site(root / "tv", SiteURL.parse(f"{origin}/tv"))
        yield Deployment(f"{origin}/tv")


def open_overview(
    browser: WatchedBrowser, deployment: Deployment, now: str = "2025-07-22T14:20"
) -> Page:
    return browser.open(deployment, visitor=Visitor(now=parse_utc(now)))


def list_rows(page: Page) -> list[str]:
    """Return the text of each visible day and row of the calendar, on one line."""
    texts = page.locator("#weeks :is(h4, li):visible").all_inner_texts()
    return [" ".join(each.split()) for each in texts]


@pytest.mark.parametrize(("scheme", "width"), [("dark", PHONE), *leave_to_soak(("light", WIDE))])
def test_pages_are_accessible(
    deployment: Deployment, browser: WatchedBrowser, scheme: ColorScheme, width: int
) -> None:
    page = browser.open(deployment, visitor=Visitor(now=ON_AIR, scheme=scheme, width=width))
    for path in PAGES:
        page.goto(deployment.join(path))
        assert_accessible(page)
    page.goto(deployment.join("/"))
    open_details(page)
    assert_accessible(page)


@pytest.mark.parametrize("width", [PHONE, *leave_to_soak(768), WIDE])
def test_nothing_overflows(deployment: Deployment, browser: WatchedBrowser, width: int) -> None:
    page = browser.open(deployment, visitor=Visitor(now=ON_AIR, width=width))
    for path in PAGES:
        page.goto(deployment.join(path))
        open_details(page)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width


def test_tab_reaches_everything_visibly(deployment: Deployment, browser: WatchedBrowser) -> None:
    page = open_overview(browser, deployment)
    reached = tab_through(page)
    assert [html for number, html in page.evaluate(OPERABLE) if number not in reached] == []
    assert [html for html, is_visible in reached.values() if not is_visible] == []


@pytest.mark.parametrize("width", [PHONE, *leave_to_soak(WIDE)])
@pytest.mark.parametrize("path", ["/", "/week.html"])
def test_nothing_moves_when_the_script_runs(
    deployment: Deployment, browser: WatchedBrowser, path: str, width: int
) -> None:
    page = browser.open_blank(deployment, Visitor(now=ON_AIR, width=width))
    delay_scripts(page)
    page.goto(deployment.join(path))
    expect(page.locator("#next")).to_contain_text("On air" if path == "/" else "This week")
    assert sum_shifts(page) == 0


def test_page_without_scripts(deployment: Deployment, browser: WatchedBrowser) -> None:
    page = browser.open(deployment, visitor=Visitor(script=False))
    assert page.locator("#controls, .copy, .shown").count() > 10
    expect(page.locator(":is(#controls, .copy, .shown):visible")).to_have_count(0)
    expect(page.locator(".zone")).to_have_text("Times in Seoul.")
    page.get_by_text("21 to 27 July 2025").click()
    assert "23:00 The Defects Episode 1 ENA, TVing, Kocowa" in list_rows(page)
    expect(page.locator("code:visible")).to_have_text(deployment.join("/all.ics"))
    page.get_by_text("30 min before").click()
    expect(page.locator("code:visible")).to_have_text(deployment.join("/all-reminders.ics"))


# The visitor's week.


def test_visitor_sees_this_week(deployment: Deployment, browser: WatchedBrowser) -> None:
    page = open_overview(browser, deployment)
    expect(page.locator("#week")).to_have_text("21 to 27 July 2025 this week")
    assert list_rows(page) == [
        "Monday 21 July",
        "15:00 The Defects Episode 1 ENA, TVing, Kocowa ended",
        "Tuesday Today, 22 July",
        "15:00 The Defects Episode 2 ENA, TVing, Kocowa on now",
        "Saturday 26 July",
        "no hour yet A <Film> & more Cinema next",
    ]
    headline = page.locator("#next")
    expect(headline).to_contain_text("On air now: The Defects, Episode 2")
    expect(headline).to_contain_text("Next: A <Film> & more, Saturday 26 July 2025")
    headline.get_by_role("link", name="The Defects").click()
    assert page.url == deployment.join("/the-defects/#e02")


def test_days_are_the_visitors(deployment: Deployment, browser: WatchedBrowser) -> None:
    """In New Zealand it is tomorrow; a day without an hour stays the same everywhere."""
    page = browser.open(deployment, visitor=Visitor("Pacific/Auckland", ON_AIR))
    assert list_rows(page)[::2] == [
        "Tuesday 22 July",
        "Wednesday Today, 23 July",
        "Saturday 26 July",
    ]
    assert list_rows(page)[1].startswith("02:00 The Defects")
    expect(page.locator(".zone")).to_contain_text("Times in your time zone (")


def test_weeks_can_be_chosen(deployment: Deployment, browser: WatchedBrowser) -> None:
    page = open_overview(browser, deployment)
    week, after = page.locator("#week"), page.locator("#after")
    for _ in range(4):
        after.click()
    expect(week).to_have_text("18 to 24 August 2025")
    expect(page.locator(".nothing")).to_have_text("Nothing is scheduled from 18 to 24 August 2025.")
    page.get_by_text("Next dates: 22 to 28 September 2025").click()
    assert list_rows(page) == [
        "Monday 22 September",
        "15:00 Autumn Episode 1 Channel, Stream (1 h 30 min after the broadcast)",
    ]
    page.locator("#before").click()
    expect(week).to_have_text("15 to 21 September 2025")
    page.locator("#current").click()
    expect(week).to_have_text("21 to 27 July 2025 this week")


def test_week_after_the_last_date(deployment: Deployment, browser: WatchedBrowser) -> None:
    page = open_overview(browser, deployment, "2026-03-03T12:00")
    expect(page.locator("#next")).to_contain_text("No more dates are known.")
    expect(page.locator("#next")).to_contain_text("The last one was on Monday 10 November 2025.")
    expect(page.locator(".nothing")).to_contain_text("Nothing later is known.")
    page.get_by_text("Latest dates: 10 to 16 November 2025").click()
    assert list_rows(page)[0] == "Monday 10 November"


def test_filters(deployment: Deployment, browser: WatchedBrowser) -> None:
    page = open_overview(browser, deployment)
    page.get_by_label("Platform").select_option("Cinema")
    assert len(list_rows(page)) == 2
    page.get_by_label("Genre").select_option("thriller")
    expect(page.locator(".nothing")).to_have_text(
        "Nothing is scheduled from 21 to 27 July 2025 with these filters."
    )
    page.get_by_label("Platform").select_option("All")
    assert len(list_rows(page)) == 4
    page.locator("#after").click()
    assert list_rows(page)[0] == "Monday 28 July"


def test_page_follows_the_clock(deployment: Deployment, browser: WatchedBrowser) -> None:
    """An episode ends, and a week later another week is this week."""
    visitor = Visitor(now=parse_utc("2025-07-22T14:59"), fixed=False)
    page = browser.open(deployment, visitor=visitor)
    expect(page.locator("#next")).to_contain_text("On air now")
    page.clock.run_for("02:00")
    expect(page.locator("#next")).to_contain_text("Next: A <Film> & more")
    assert list_rows(page)[3].endswith("ended")
    page.clock.fast_forward(6 * 24 * 3600 * 1000)
    expect(page.locator("#week")).to_have_text("28 July to 3 August 2025 this week")


# Other sites.


@pytest.mark.parametrize("kind", ["frame", "element"])
def test_week_on_another_site(
    contexts: Contexts, deployment: Deployment, tmp_path: Path, kind: str
) -> None:
    catalog = make_catalog(site_url=SiteURL.parse(deployment.url))
    code = {"frame": render_frame_code, "element": render_week_element}[kind](catalog)
    code = code.replace('height="560"', 'height="1"')
    (tmp_path / "page.html").write_text(f"{HOST}{code}</main>", "utf-8")
    (tmp_path / "favicon.ico").touch()
    with ExitStack() as stack:
        policy = f"default-src 'none'; script-src {catalog.url.origin}; img-src 'self'; "
        policy += f"connect-src {catalog.url.origin}; frame-src {catalog.url.origin}"
        host = stack.enter_context(serve_folder(tmp_path, {"Content-Security-Policy": policy}))
        page = stack.enter_context(contexts.open_page(Visitor(now=ON_AIR, width=900), new=True))
        page.goto(f"{host}/page.html")
        week = page.frame_locator("iframe") if kind == "frame" else page.locator("defects-week")
        expect(week.get_by_text("This week: 21 to 27 July 2025")).to_be_visible()
        expect(week.locator("li")).to_have_count(3)
        expect(week.locator("li").nth(1)).to_contain_text("15:00The DefectsEpisode 2")
        expect(week.locator("li").nth(1)).to_contain_text("on now")
        expect(page.locator('iframe[height="1"]')).to_have_count(0)
        if kind == "element":
            assert_accessible(page)


def test_week_frame_shows_the_next_week_with_dates(
    deployment: Deployment, browser: WatchedBrowser
) -> None:
    visitor = Visitor(now=parse_utc("2025-08-20T12:00"))
    page = browser.open(deployment, "/week.html#dark", visitor)
    expect(page.locator("#next")).to_have_text("Nothing this week. Next: 22 to 28 September 2025")
    expect(page.locator("li")).to_have_count(1)
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(239, 230, 227)"
