"""Visitors choose the language of a page; a script offers them their own, and never forces it."""

from __future__ import annotations

import json
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from defects_ical.text.languages import LANGUAGES, load_words
from tests.support.browser import PHONE, Visitor, WatchedBrowser
from tests.support.deployments import Deployment, Deployments
from tests.support.page_checks import assert_accessible, sum_shifts
from tests.support.translated_schedules import EXAMPLE

pytest_plugins = ["tests.support.browser"]

# The languages that a browser prefers, and the version that is offered on the page in English.
OFFERS: Final[tuple[tuple[list[str], str | None], ...]] = (
    (["ko"], "ko"),
    (["KO-kr"], "ko"),
    (["de-AT", "en"], "de"),
    (["nl", "ar-EG", "fr"], "ar"),
    # What is written in Taiwan, Hong Kong and Macau.
    (["zh-TW"], "zh-Hant"),
    (["zh-HK"], "zh-Hant"),
    (["zh-MO", "en"], "zh-Hant"),
    (["zh-Hant"], "zh-Hant"),
    (["zh-Hant-US"], "zh-Hant"),
    # Simplified characters are not those of the version.
    (["zh"], None),
    (["zh-CN"], None),
    (["zh-Hans-HK"], None),
    (["zh-CN", "ko"], "ko"),
    (["pt"], "pt-BR"),
    (["pt-PT"], "pt-BR"),
    (["in", "id-ID"], "id"),
    # The page is in a language that they prefer.
    (["en-US", "ko"], None),
    (["nl", "en", "ko"], None),
    (["nl"], None),
    ([], None),
)
# Each page takes the languages from the name of its window, which stays when it loads again.
TAKE_LANGUAGES: Final = """Object.defineProperty(Navigator.prototype, "languages",
  {get: () => JSON.parse(window.name || '["en"]')})"""


@pytest.fixture
def translated(deployments: Deployments) -> Deployment:
    """Run the service with the example in every language."""
    return deployments.get(EXAMPLE, "service")


def open_as(page: Page, url: str, languages: list[str]) -> None:
    """Open a page as a visitor who prefers some languages."""
    page.evaluate("text => { window.name = text; }", json.dumps(languages))
    page.goto(url)


def read_offer(page: Page) -> str | None:
    """Return the language that is offered, whose text, attributes and link agree."""
    offer = page.locator("#language_offer")
    if offer.is_hidden():
        assert offer.inner_html() == ""
        return None
    link = offer.locator("a")
    code = str(link.get_attribute("lang"))
    words = load_words(code)
    assert link.inner_text() == words.read_in_this_language
    assert (link.get_attribute("hreflang"), link.get_attribute("dir")) == (code, words.direction)
    version = page.locator(f".languages li a[hreflang={code}]")
    assert link.evaluate("each => each.href") == version.evaluate("each => each.href")
    return code


def test_own_language_is_offered(translated: Deployment, browser: WatchedBrowser) -> None:
    page = browser.open_blank(translated, Visitor(width=PHONE))
    page.add_init_script(TAKE_LANGUAGES)
    page.goto(translated.join("/"))
    found = {}
    for languages, _ in OFFERS:
        open_as(page, translated.join("/"), languages)
        found[str(languages)] = read_offer(page)
        assert page.url == translated.join("/")
    assert found == {str(languages): code for languages, code in OFFERS}
    open_as(page, translated.join("/"), ["ko"])
    assert sum_shifts(page) < 0.01


def test_offer_is_not_repeated_on_own_page(translated: Deployment, browser: WatchedBrowser) -> None:
    page = browser.open_blank(translated, Visitor(width=PHONE, scheme="dark"))
    page.add_init_script(TAKE_LANGUAGES)
    page.goto(translated.join("/ar/"))
    assert read_offer(page) == "en"
    assert_accessible(page)
    page.locator("#language_offer a").click()
    page.wait_for_url(translated.join("/"))
    assert read_offer(page) is None
    open_as(page, translated.join("/ko/"), ["ko-KR", "en"])
    assert read_offer(page) is None


def test_keyboard_chooses_a_language(translated: Deployment, browser: WatchedBrowser) -> None:
    page = browser.open(translated, visitor=Visitor(width=PHONE))
    switch, names = page.locator(".languages summary"), page.locator(".languages ul")
    heights = [page.locator("header").bounding_box()]
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(switch).to_be_focused()
    expect(names).to_be_hidden()
    page.keyboard.press("Enter")
    expect(names).to_be_visible()
    assert_accessible(page)
    # The names cover the page and do not move it.
    heights.append(page.locator("header").bounding_box())
    assert heights[0] == heights[1]
    page.keyboard.press("Tab")
    expect(names.locator("a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(names).to_be_hidden()
    expect(switch).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(translated.join("/ko/"))
    expect(page.locator(".languages [aria-current=page]")).to_have_text(load_words("ko").name)


def test_list_of_languages_closes_when_it_is_left(
    translated: Deployment, browser: WatchedBrowser
) -> None:
    page = browser.open(translated)
    switch, names = page.locator(".languages summary"), page.locator(".languages ul")
    switch.click()
    expect(names).to_be_visible()
    page.locator("h1").click()
    expect(names).to_be_hidden()
    switch.click()
    for _ in range(len(LANGUAGES) + 1):
        page.keyboard.press("Tab")
    expect(names).to_be_hidden()
    assert page.locator("#next a").evaluate("each => each === document.activeElement")


def test_switch_says_what_it_is(translated: Deployment, browser: WatchedBrowser) -> None:
    page = browser.open(translated, "/de/")
    words = load_words("de")
    navigation = page.get_by_role("navigation", name=words.language)
    expect(navigation.locator("summary")).to_have_accessible_name(f"{words.language} {words.name}")
    navigation.locator("summary").click()
    for code in LANGUAGES:
        link = navigation.get_by_role("link", name=load_words(code).name, exact=True)
        expect(link).to_have_attribute("lang", code)
        expect(link).to_have_attribute("hreflang", code)
    expect(navigation.get_by_role("link", name="العربية")).to_have_attribute("dir", "rtl")


def test_page_in_one_language_has_no_switch(service: Deployment, browser: WatchedBrowser) -> None:
    page = browser.open(service)
    assert page.locator(".languages, #language_offer").count() == 0
