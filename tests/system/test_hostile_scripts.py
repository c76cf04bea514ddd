"""Hostile texts of a schedule never run, on the site's pages or on those of other sites."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Dialog, Page

from defects_ical.content.links.site_url import SiteURL
from defects_ical.export.exporter import export_site
from defects_ical.site.build import build_site
from tests.support.browser import DEFINE_EVERY, WatchedBrowser, click_to_copy, open_previews
from tests.support.deployments import SHARED, Deployment, Deployments, serve_folder
from tests.support.example_schedules import load_yaml
from tests.support.hostile_schedules import HARMLESS_SCHEDULE, PAGES, SCHEDULES, strip_isolates
from tests.support.variants import sample

pytest_plugins = ["tests.support.browser"]

# The snippets in the order of the page.
SNIPPETS: Final = ("frame", "element", "html", "markdown", "oembed", "picture")
# Lists what could run a script: event handlers, and URLs with an unexpected scheme.
FIND_SCRIPTS: Final = f"""() => {{ {DEFINE_EVERY}
  const urls = ["href", "src", "action", "formaction", "data", "srcdoc", "xlink:href"];
  return every(document).flatMap((each) => [...each.attributes])
    .filter(({{name, value}}) => name.startsWith("on") || name === "srcdoc"
      || (urls.includes(name) && !/^(https?:|webcal:|[a-z0-9#/.-]+$)/.test(value)))
    .map(({{name, value}}) => `${{name}}: ${{value}}`);
}}"""
# Lists each element with the names of its attributes.
OUTLINE: Final = f"""() => {{ {DEFINE_EVERY}
  return every(document).map((each) => [each.localName, ...each.getAttributeNames()].join(" "));
}}"""
POLICY: Final = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
HARMFUL_HTML: Final = """\
<script>window.ran = 1; alert("dialog")</script>
<img src="http://localhost:9/" alt="" onerror="window.ran = 2">
<a href="javascript:window.ran=3">here</a>
"""


@dataclass(frozen=True)
class OtherSite(Deployment):
    """Another site, whose pages may load files of ours."""

    ours: Deployment

    def owns(self, url: str) -> bool:
        return super().owns(url) or self.ours.owns(url)


@pytest.fixture(scope="module")
def folder_without_policy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("without-policy")


@pytest.fixture(scope="module")
def without_policy(folder_without_policy: Path) -> Iterator[Deployment]:
    """Serve the exported site without its Content-Security-Policy."""
    with serve_folder(folder_without_policy, SHARED) as origin:
        site_url = SiteURL.parse(origin)
        site = build_site(load_yaml(SCHEDULES["injection"]), site_url)
        export_site(site, site_url, folder_without_policy)
        for name in PAGES.values():
            file = folder_without_policy / name
            text, count = POLICY.subn("", file.read_text("utf-8"))
            assert count == 1, name
            assert "Content-Security-Policy" not in text, name
            file.write_text(text, "utf-8")
        yield Deployment(origin)


@pytest.fixture(params=["with policy", "without policy"])
def deployment(request: pytest.FixtureRequest, deployments: Deployments) -> Deployment:
    """Deploy the injection, also without the policy, which would hide unescaped text."""
    if request.param == "with policy":
        return deployments.get(SCHEDULES["injection"], "service")
    found: Deployment = request.getfixturevalue("without_policy")
    return found


def open_page(browser: WatchedBrowser, deployment: Deployment, path: str) -> Page:
    """Open a page. Dialogs count as problems."""
    page = browser.open_blank(deployment)
    problems = browser.watchers[-1].problems

    def dismiss(dialog: Dialog) -> None:
        problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", dismiss)
    # The browser requests an icon for an SVG by itself.
    page.route("**/favicon.ico", lambda route: route.abort())
    page.goto(deployment.join(path))
    return page


def copy_everything(page: Page) -> None:
    """Click every copy button, of every feed."""
    page.context.grant_permissions(["clipboard-write"])
    clicked = click_copy_buttons(page, "#embed")
    for feed in page.locator("[name=feed]").all():
        for reminders in page.locator("[name=reminders]").all():
            feed.check()
            reminders.check()
            clicked += click_copy_buttons(page, "#subscribe")
    assert clicked == page.locator("button").count()


def click_copy_buttons(page: Page, section: str) -> int:
    """Click the visible buttons of a section and count them."""
    buttons = page.locator(f"{section} button:visible").all()
    for button in buttons:
        assert click_to_copy(button) == "Copied"
    return len(buttons)


def assert_nothing_ran(page: Page) -> None:
    # The error handler of a missing image runs a little later.
    page.wait_for_timeout(100)
    for frame in page.frames:
        assert frame.evaluate("window.ran") is None, frame.url
        assert frame.evaluate(FIND_SCRIPTS) == [], frame.url


@pytest.mark.parametrize("path", sample([*PAGES, "/card.svg"], 2))
def test_injection_does_not_run(deployment: Deployment, browser: WatchedBrowser, path: str) -> None:
    page = open_page(browser, deployment, path)
    open_previews(page)
    copy_everything(page)
    assert len(page.frames) == (2 if path == "/" else 1)
    assert_nothing_ran(page)


def test_injection_does_not_run_on_other_sites(
    deployment: Deployment, browser: WatchedBrowser, tmp_path: Path
) -> None:
    page = browser.open(deployment)
    code = dict(zip(SNIPPETS, page.locator(".snippet pre code").all_text_contents(), strict=True))
    for name in ("markdown", "oembed"):
        code[name] = f"<pre>{escape(code[name])}</pre>"
    body = "".join(code.values())
    (tmp_path / "host.html").write_text(f"<!doctype html><meta charset=utf-8>{body}", "utf-8")
    (tmp_path / "favicon.ico").touch()
    with serve_folder(tmp_path) as origin:
        host = open_page(browser, OtherSite(origin, deployment), "/host.html")
        open_previews(host)
        assert len(host.frames) == 2
        assert_nothing_ran(host)
        assert host.locator("defects-episodes li").count() == 5
        markdown = strip_isolates(host.locator("pre").first.inner_text())
        assert markdown.startswith(r"[javascript:window.ran=1// \<")


def test_check_notices_unescaped_html(
    without_policy: Deployment, folder_without_policy: Path, browser: WatchedBrowser
) -> None:
    page_file = folder_without_policy / "index.html"
    before, body, after = page_file.read_text("utf-8").partition("<body>")
    assert after
    harmful = folder_without_policy / "harmful.html"
    harmful.write_text(f"{before}{body}{HARMFUL_HTML}{after}", "utf-8")
    page = open_page(browser, without_policy, "/harmful.html")
    with pytest.raises(AssertionError):
        assert_nothing_ran(page)
    assert page.evaluate("window.ran") > 0
    assert len(page.evaluate(FIND_SCRIPTS)) == 2
    problems = browser.watchers[-1].problems
    assert [each for each in problems if each.startswith("dialog")] == ["dialog: dialog"]
    assert "not the site's: http://localhost:9/" in problems
    problems.clear()


def outline(browser: WatchedBrowser, deployment: Deployment) -> list[list[str]]:
    """Return the elements of the page and of the frame in it, after their scripts."""
    page = browser.open(deployment)
    open_previews(page)
    found: list[list[str]] = [frame.evaluate(OUTLINE) for frame in page.frames]
    assert [len(each) > 50 for each in found] == [True, True]
    return found


def test_injection_adds_no_elements(deployments: Deployments, browser: WatchedBrowser) -> None:
    injection = outline(browser, deployments.get(SCHEDULES["injection"], "service"))
    assert injection == outline(browser, deployments.get(HARMLESS_SCHEDULE, "service"))
