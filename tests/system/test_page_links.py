"""Links, buttons and metadata of the page work wherever the site is deployed."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urldefrag, urlsplit

import pytest
import segno
from playwright.sync_api import Page, expect

from defects_ical.content.links import calendar_apps
from defects_ical.schedule.validation.names import PAGE_SECTION_IDS
from tests.support.browser import (
    PHONE,
    Contexts,
    Visitor,
    WatchedBrowser,
    click_to_copy,
    find_urls,
    find_visible_links,
    open_details,
)
from tests.support.deployments import Deployment, Deployments
from tests.support.page_checks import delay_scripts, sum_shifts
from tests.support.page_schedules import PAGES, SHIPPED, SHIPPED_STARTS
from tests.support.variants import leave_to_soak, sample

pytest_plugins = ["tests.support.browser"]


@pytest.fixture(scope="module")
def links_without_script(contexts: Contexts, deployments: Deployments) -> set[str]:
    """Find the links that are visible if no script detects the device."""
    browser = WatchedBrowser(contexts)
    page = browser.open(deployments.get(SHIPPED, "service"), visitor=Visitor(script=False))
    found = find_visible_links(page)
    assert browser.close() == []
    return found


def assert_links_work(page: Page, deployment: Deployment) -> None:
    found = find_urls(page)
    assert found
    own = {link for link in found if deployment.owns(link)}
    for link in own:
        assert_resolves(page, link)
    for link in found - own:
        assert_well_formed(link, deployment)


def assert_resolves(page: Page, link: str) -> None:
    target, fragment = urldefrag(link)
    if target == urldefrag(page.url).url:
        assert not fragment or page.locator(f"[id='{fragment}']").count() == 1, link
        return
    response = page.request.get(target)
    assert response.ok, link
    assert not fragment or f'id="{fragment}"' in response.text(), link


def assert_well_formed(link: str, deployment: Deployment) -> None:
    parts = urlsplit(link)
    assert link.isascii(), link
    if parts.scheme == "webcal":
        assert deployment.owns(link.replace("webcal:", "http:", 1)), link
    else:
        assert parts.scheme == "https", link
        assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", parts.netloc), link


@pytest.mark.parametrize("path", sample(PAGES, 2))
def test_every_link_works(deployment: Deployment, browser: WatchedBrowser, path: str) -> None:
    assert_links_work(browser.open(deployment, path), deployment)


def test_every_link_works_after_changes(
    autumn_deployment: Deployment, browser: WatchedBrowser
) -> None:
    assert_links_work(browser.open(autumn_deployment), autumn_deployment)


def test_page_sections_have_unique_ids(service: Deployment, browser: WatchedBrowser) -> None:
    """A special may not take the id of a section; see PAGE_SECTION_IDS."""
    page = browser.open(service)
    ids = page.locator("[id]").evaluate_all("all => all.map(each => each.id)")
    assert sorted(set(ids)) == sorted(ids)
    others = set(ids) - SHIPPED_STARTS.keys()
    # The shipped schedule has no changes yet.
    assert {each for each in others if "_" not in each} == PAGE_SECTION_IDS - {"changes"}


def test_every_webcal_link_has_a_feed(deployment: Deployment, browser: WatchedBrowser) -> None:
    page = browser.open(deployment)
    webcal_links = {link for link in find_urls(page) if link.startswith("webcal:")}
    assert len(webcal_links) == 8
    for link in webcal_links:
        response = page.request.get(link.replace("webcal:", "http:", 1))
        assert response.body().startswith(b"BEGIN:VCALENDAR\r\n"), link


# Devices. Each has its User-Agent, the device that the page detects, and what it offers first.
SAFARI: Final = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1"
IPHONE: Final = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X)"
ANDROID: Final = "Mozilla/5.0 (Linux; Android 15; Pixel 9"
CHROME: Final = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0"
AGENTS: Final = {
    "iPhone": (f"{IPHONE} {SAFARI}", None, "Apple Calendar"),
    "Mac": (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {SAFARI}", None, "Apple Calendar"),
    "Linux": (f"Mozilla/5.0 (X11; Linux x86_64) {CHROME} Safari/537.36", None, "Apple Calendar"),
    "Chrome on iPhone": (
        f"{IPHONE} {SAFARI.replace('Version/18.6', 'CriOS/140.0.7339.39')}",
        "iphone",
        "Copy",
    ),
    "Edge on iPhone": (
        f"{IPHONE} {SAFARI.replace('Mobile', 'EdgiOS/140.0.3485.54 Mobile')}",
        "iphone",
        "Copy",
    ),
    "Google app on iPhone": (
        f"{IPHONE} {SAFARI.replace('Version/18.6', 'GSA/382.1')}",
        "iphone",
        "Copy",
    ),
    "unknown app on iPhone": (
        f"{IPHONE} AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
        "app",
        "Copy",
    ),
    "KakaoTalk on iPhone": (f"{IPHONE} {SAFARI} KAKAOTALK/25.7.0 (INAPP)", "app", "Copy"),
    "Android": (f"{ANDROID}) {CHROME} Mobile Safari/537.36", "android", "Copy"),
    "Firefox on Android": (
        "Mozilla/5.0 (Android 15; Mobile; rv:142.0) Gecko/142.0 Firefox/142.0",
        "android",
        "Copy",
    ),
    "Instagram on Android": (
        f"{ANDROID}; wv) {CHROME} Mobile Safari/537.36 Instagram 390.0.0.0.0 Android",
        "app",
        "Copy",
    ),
    "Windows": (
        f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edg/140.0",
        "windows",
        "Outlook.com",
    ),
}
# The text and the vertical position of each visible button, in document order.
VISIBLE_BUTTONS: Final = """
all => all.filter(each => each.checkVisibility({visibilityProperty: true}))
  .map(each => [each.textContent, each.getBoundingClientRect().top])
"""


@pytest.mark.parametrize("name", sample(AGENTS, 8))
def test_first_button_works_on_device(
    service: Deployment, browser: WatchedBrowser, links_without_script: set[str], name: str
) -> None:
    """It is on the first screen, first for the keyboard; nothing is hidden or moves."""
    agent, device, first = AGENTS[name]
    page = browser.open_blank(service, Visitor(agent=agent, width=PHONE))
    delay_scripts(page)
    page.goto(service.join("/"))
    assert links_without_script <= find_visible_links(page)
    hints = page.locator(".hint:visible")
    assert hints.evaluate_all("all => all.map(each => each.dataset.for)") == [device] * bool(device)
    buttons = page.locator(".feed .button, .feed .copy").evaluate_all(VISIBLE_BUTTONS)
    assert {"Apple Calendar", "Google Calendar", "Outlook.com", "Microsoft 365", "Copy"} == {
        text for text, _ in buttons
    }
    assert buttons[0][1] <= 800, "not on the first screen"
    assert buttons[0][0] == min(buttons, key=lambda each: float(each[1]))[0] == first
    assert sum_shifts(page) < 0.02


def test_copy_button_copies_feed_url(service: Deployment, browser: WatchedBrowser) -> None:
    page = browser.open(service)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_text("30 min before").click()
    button = page.locator(".feed .copy:visible")
    assert click_to_copy(button) == "Copied"
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied == service.join("/the-defects-reminders.ics")


def test_copy_button_selects_without_clipboard(
    service: Deployment, browser: WatchedBrowser
) -> None:
    page = browser.open_blank(service)
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.goto(service.join("/"))
    button = page.locator(".feed .copy:visible")
    assert click_to_copy(button) == "Selected"
    selected = page.evaluate("() => getSelection().toString()")
    assert selected == service.join("/the-defects.ics")


# Without an icon, the browser requests Google's.
GOOGLE_FORM: Final = '<!DOCTYPE html><link rel="icon" href="data:,">'


def open_google(page: Page, browser: WatchedBrowser, key: str = "") -> str:
    """Use the visible link to Google Calendar, by a key or a click; return what it opens.

    Its page is answered here: no request leaves this machine.
    """
    browser.watchers[-1].answered.add(calendar_apps.GOOGLE)
    # Once: the next test uses the same context.
    page.context.route(
        calendar_apps.GOOGLE,
        lambda route: route.fulfill(body=GOOGLE_FORM, content_type="text/html"),
        times=1,
    )
    link = page.locator(".feed:visible [data-copies]")
    with page.expect_popup() as popup:
        if key:
            link.press(key)
        else:
            link.click()
    popup.value.wait_for_url("https://calendar.google.com/**")
    url = popup.value.url
    popup.value.close()
    expect(link).to_be_focused()
    return url


def read_google_note(page: Page) -> str:
    """Return the visible text next to the visible link to Google Calendar."""
    note = page.locator(".feed:visible [data-app='Google Calendar'] small").first
    return note.inner_text().replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("key", ["Enter", *leave_to_soak("")])
def test_google_link_copies_address_and_opens_form(
    service: Deployment, browser: WatchedBrowser, key: str
) -> None:
    page = browser.open_blank(service)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(service.join("/"))
    page.get_by_text("30 min before").click()
    assert read_google_note(page) == (
        "On a computer. Copies the address: paste it on the page that opens, then choose “Add "
        "calendar”."
    )
    assert open_google(page, browser, key) == calendar_apps.GOOGLE
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied == service.join("/the-defects-reminders.ics")
    assert read_google_note(page) == (
        "On a computer. Address copied. Paste it on the new page, then choose “Add calendar”."
    )
    shortcut = page.locator(".feed:visible [data-app='Google Calendar'] small a")
    assert "webcal%3A%2F%2F" in str(shortcut.get_attribute("href"))


def test_google_link_selects_address_without_clipboard(
    service: Deployment, browser: WatchedBrowser
) -> None:
    page = browser.open_blank(service)
    page.add_init_script("document.execCommand = () => false")
    page.goto(service.join("/"))
    assert open_google(page, browser) == calendar_apps.GOOGLE
    assert read_google_note(page) == (
        "On a computer. Address selected. Copy it, paste it on the new page, then choose “Add "
        "calendar”."
    )
    selected = page.evaluate("() => getSelection().toString()")
    assert selected == service.join("/the-defects.ics")


def test_google_link_opens_form_without_script(
    service: Deployment, browser: WatchedBrowser
) -> None:
    page = browser.open_blank(service, Visitor(script=False))
    page.goto(service.join("/"))
    assert read_google_note(page) == (
        "On a computer. Copy the address, paste it on the page that opens, then choose “Add "
        "calendar”."
    )
    expect(page.locator(".feed:visible code")).to_have_text(service.join("/the-defects.ics"))
    assert open_google(page, browser) == calendar_apps.GOOGLE


def test_copy_button_copies_complete_snippet(service: Deployment, browser: WatchedBrowser) -> None:
    page = browser.open(service)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_details(page)
    snippets = page.locator(".snippet").all()
    assert len(snippets) == 6
    for snippet in snippets:
        assert click_to_copy(snippet.locator(".copy")) == "Copied"
        copied = page.evaluate("() => navigator.clipboard.readText()")
        assert copied == snippet.locator("code").text_content()


def test_snippets_have_previews(deployment: Deployment, browser: WatchedBrowser) -> None:
    page = browser.open(deployment)
    open_details(page)
    frame = page.locator("iframe.preview")
    frame.scroll_into_view_if_needed()
    body = page.frame_locator("iframe.preview").locator("body")
    expect(body.locator("li:has(.yours:visible)")).to_have_count(8)
    expect(page.locator("defects-episodes li:has(.yours)")).to_have_count(8)
    expect(page.locator("div.preview time")).to_have_count(8)
    page.locator("img.preview").scroll_into_view_if_needed()
    page.wait_for_function("() => document.querySelector('img.preview').naturalWidth > 0")
    page.wait_for_timeout(100)
    height = body.evaluate("body => body.getBoundingClientRect().height")
    assert 0 <= frame.evaluate("frame => frame.clientHeight") - height < 2


# Metadata.

READ_METADATA: Final = """
all => all.map(each => [each.rel || each.getAttribute("property") || each.name,
  each.type || "", each.title || "", each.content || each.getAttribute("href")])
"""


def read_metadata(page: Page) -> list[list[str]]:
    found: list[list[str]] = page.locator(
        "head > link:not([rel=stylesheet], [rel=icon]), head > meta[property], "
        "head > meta[name^='twitter'], head > meta[name=description], head > meta[name=referrer]"
    ).evaluate_all(READ_METADATA)
    return found


DESCRIPTION: Final = (
    "When The Defects airs in your time zone, and where to watch it. 21 July to 12 August 2025. "
    "Subscribe in Apple Calendar, Google Calendar or Outlook, or download."
)


def test_metadata_describe_page_and_feeds(deployment: Deployment, browser: WatchedBrowser) -> None:
    url = deployment.join
    calendar, atom = "text/calendar", "application/atom+xml"
    assert read_metadata(browser.open(deployment)) == [
        ["referrer", "", "", "no-referrer"],
        ["description", "", "", DESCRIPTION],
        ["canonical", "", "", url("/")],
        ["alternate", "application/json+oembed", "The Defects", url("/oembed.json")],
        ["alternate", calendar, "The Defects", url("/the-defects.ics")],
        ["alternate", calendar, "The Defects on ENA", url("/the-defects-ena.ics")],
        ["alternate", calendar, "The Defects on TVing", url("/the-defects-tving.ics")],
        ["alternate", calendar, "The Defects on Kocowa", url("/the-defects-kocowa.ics")],
        ["alternate", atom, "The Defects: what changed", url("/changes.atom")],
        ["og:type", "", "", "website"],
        ["og:site_name", "", "", "The Defects"],
        ["og:locale", "", "", "en"],
        ["og:title", "", "", "The Defects: every episode in your calendar"],
        ["og:description", "", "", DESCRIPTION],
        ["og:url", "", "", url("/")],
        ["twitter:card", "", "", "summary"],
    ]


def test_qr_code_has_page_url(deployment: Deployment, browser: WatchedBrowser) -> None:
    page = browser.open(deployment)
    # A module of the code is dark where a line of the path crosses its centre.
    modules: list[list[bool]] = page.locator(".code svg").evaluate(
        """svg => {
          const path = svg.querySelector("path");
          const at = (x, y) => path.isPointInStroke(new DOMPoint(x + 0.5, y + 0.5));
          const count = [...Array(svg.viewBox.baseVal.width).keys()];
          return count.map(y => count.map(x => at(x, y)));
        }"""
    )
    border = 2
    inner = [row[border:-border] for row in modules[border:-border]]
    expected = segno.make(deployment.join("/"), error="m", micro=False).matrix
    assert inner == [[bool(module) for module in row] for row in expected]


def test_policy_works_without_headers(deployment: Deployment, browser: WatchedBrowser) -> None:
    page = browser.open_blank(deployment)
    page.goto(deployment.join("/"))
    executed = page.evaluate(
        """() => new Promise((done) => {
            document.addEventListener("securitypolicyviolation", () => done(false));
            const script = document.createElement("script");
            script.textContent = "window.executed = true";
            document.body.append(script);
            setTimeout(() => done(Boolean(window.executed)), 100);
        })"""
    )
    assert not executed
    # The browser reports the violation.
    problems = browser.watchers[-1].problems
    assert problems
    assert all("Content Security Policy" in each for each in problems)
    problems.clear()
