"""Pages in other languages: their layout, from right to left too, and their scripts' letters."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from defects_ical.text.languages import LANGUAGES, load_words
from tests.support.browser import (
    PHONE,
    WIDE,
    ColorScheme,
    Contexts,
    Visitor,
    WatchedBrowser,
    open_details,
)
from tests.support.deployments import Deployment, Deployments, serve_folder
from tests.support.layout_checks import find_cut_off, find_text, scroll_width
from tests.support.page_checks import assert_accessible, delay_scripts, sum_shifts
from tests.support.page_schedules import parse_utc
from tests.support.translated_schedules import (
    EXAMPLE,
    make_schedules,
    write_changed_example,
    write_greek,
)
from tests.support.variants import leave_to_soak

pytest_plugins = ["tests.support.browser"]

# Scripts without capitals, whose letters join or are square.
JOINED: Final = frozenset({"ar", "ja", "ko", "zh-Hant"})
# Of the texts of `write_greek`, which are in the main language only.
GREEK: Final = "Κείμενο"
# Between the moved episode and the tentative one.
NOW: Final = parse_utc("2025-07-28T16:00")


_EVERY_LOOK: Final = {
    (code, scheme, width)
    for code in LANGUAGES
    for scheme in ("dark", "light")
    for width in (PHONE, WIDE)
}
_LOOKS: Final = (
    *((code, "dark", PHONE) for code in ("ko", "ar", "de")),
    ("ja", "light", WIDE),
)
LOOKS: Final = [*_LOOKS, *leave_to_soak(*sorted(_EVERY_LOOK - {*_LOOKS}))]
"""The languages whose letters or length differ the most from English, then all."""


@pytest.fixture
def translated(deployments: Deployments) -> Deployment:
    """Run the service with the example in every language."""
    return deployments.get(EXAMPLE, "service")


@pytest.fixture
def changed(deployments: Deployments) -> Deployment:
    """Run the service with a changed schedule in every language."""
    return deployments.get(write_changed_example(), "service")


def join_language(code: str, path: str = "/") -> str:
    return path if code == "en" else f"/{code}{path}"


def assert_in_language(page: Page, code: str) -> None:
    root = page.locator("html")
    assert root.get_attribute("lang") == code
    assert root.evaluate("each => getComputedStyle(each).direction") == load_words(code).direction


# How many texts are in capitals, or have other spaces between letters than the font has.
SPACED_LETTERS: Final = """() => [...document.querySelectorAll(".kicker, h1, h2, h3, .status")]
  .map(each => getComputedStyle(each))
  .filter(style => !["normal", "0px"].includes(style.letterSpacing)
    || style.textTransform !== "none").length
"""


@pytest.mark.parametrize(("code", "scheme", "width"), LOOKS)
def test_page_looks_right(
    changed: Deployment, browser: WatchedBrowser, code: str, scheme: ColorScheme, width: int
) -> None:
    """With every part open, it has no shifts, no violations, and no text that is cut off."""
    page = browser.open_blank(changed, Visitor(now=NOW, scheme=scheme, width=width))
    delay_scripts(page)
    page.goto(changed.join(join_language(code)))
    assert sum_shifts(page) < 0.01
    assert_in_language(page, code)
    assert find_text(page.locator(".feed:visible .button").first).bottom < 800
    assert find_text(page.locator("#next strong")).bottom < 400
    assert bool(page.evaluate(SPACED_LETTERS)) == (code not in JOINED)
    open_details(page)
    assert find_cut_off(page) == []
    assert scroll_width(page) == width
    assert_accessible(page)


@pytest.mark.parametrize("path", ["/ko/", "/ko/embed.html"])
def test_headline_marks_a_title_in_another_language(
    deployments: Deployments, browser: WatchedBrowser, path: str
) -> None:
    schedule = make_schedules(("en", "ko"), write_greek)["changes"]
    before = Visitor(now=parse_utc("2025-07-01T00:00"))
    page = browser.open(deployments.get(schedule, "service"), path, before)
    name = page.locator("#next bdi").first
    expect(name.locator("[lang=en]")).to_contain_text(GREEK)
    names = page.locator("[data-start] bdi").all()
    assert name.inner_html() in [each.inner_html() for each in names]


@pytest.mark.parametrize("code", ["ar", *leave_to_soak(*LANGUAGES[:-1])])
def test_page_looks_right_without_scripts(
    changed: Deployment, browser: WatchedBrowser, code: str
) -> None:
    page = browser.open(changed, join_language(code), Visitor(width=PHONE, script=False))
    assert_in_language(page, code)
    assert page.locator("#language_offer").is_hidden()
    page.locator(".languages summary").click()
    links = page.locator(".languages a")
    assert links.all_inner_texts() == [load_words(each).name for each in LANGUAGES]
    assert find_cut_off(page) == []
    assert scroll_width(page) == PHONE
    links.nth(1).click()
    assert_in_language(page, "ko")


@pytest.mark.parametrize("width", [320, *leave_to_soak(PHONE, WIDE)])
@pytest.mark.parametrize("path", ["/embed.html", *leave_to_soak("/")])
def test_no_language_scrolls_sideways(
    changed: Deployment, browser: WatchedBrowser, path: str, width: int
) -> None:
    page = browser.open(changed, path, Visitor(now=NOW, width=width))
    for code in LANGUAGES:
        page.goto(changed.join(join_language(code, path)))
        open_details(page)
        assert scroll_width(page) == width, code
        assert find_cut_off(page) == [], code


# From right to left.


@pytest.mark.parametrize("width", [PHONE, *leave_to_soak(WIDE)])
def test_page_is_mirrored_in_arabic(
    changed: Deployment, browser: WatchedBrowser, width: int
) -> None:
    page = browser.open(changed, "/ar/", Visitor(now=NOW, width=width))
    middle = width / 2
    for selector in ("h1", ".kicker", "#episodes h2", "#e01 h3", "#e01 .times"):
        assert find_text(page.locator(selector).first).right > middle, selector
    switch, title = page.locator(".languages summary"), page.locator("h1")
    assert find_text(switch).right < middle
    assert find_text(switch).bottom <= find_text(title).top
    if width == WIDE:
        assert find_text(page.locator("#next")).right < find_text(title).left
    # The address and the code stay as they are.
    for selector in (".feed:visible code", "#embed_frame bdi", ".add bdi"):
        style = page.locator(selector).first.evaluate("each => getComputedStyle(each).direction")
        assert style == "ltr", selector


@pytest.mark.parametrize("code", ["ar", "en"])
def test_embeds_keep_their_direction(
    translated: Deployment, contexts: Contexts, tmp_path: Path, code: str
) -> None:
    """On a page in the other direction, the embeds have their own, and leave the page its own."""
    own = load_words(code).direction
    host = {"rtl": "ltr", "ltr": "rtl"}[own]
    url = translated.join(join_language(code))
    (tmp_path / "page.html").write_text(
        f"<!doctype html><meta charset=utf-8><html dir={host}><body style='text-align: center'>"
        f"<p>Host</p><defects-episodes></defects-episodes>"
        f"<iframe src={url}embed.html width=600 height=600></iframe>"
        f"<script src={url}embed.js></script>",
        "utf-8",
    )
    visitor = Visitor("America/Sao_Paulo", width=900)
    with serve_folder(tmp_path) as origin, contexts.open_page(visitor, new=True) as page:
        page.goto(f"{origin}/page.html")
        frame = page.frame_locator("iframe")
        for root in (page.locator("section"), frame.locator("html")):
            expect(root).to_have_css("direction", own)
            expect(root).to_have_attribute("lang", code)
        expect(frame.locator("#next")).to_be_visible()
        expect(page.locator("body > p")).to_have_css("direction", host)
        for name in (page.locator("section h2"), frame.locator("h1")):
            box, middle = find_text(name), name.evaluate("each => each.offsetWidth / 2")
            assert (box.left > middle) == (own == "rtl")
        times = page.locator("section .times").first, page.locator("section .name").first
        assert (find_text(times[0]).left < find_text(times[1]).left) == (own == "rtl")
