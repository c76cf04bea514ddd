"""The site's own pages and their sitemap."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import segno

from defects_ical.content.links import calendar_apps
from defects_ical.content.links.feeds import all_feeds
from defects_ical.content.links.site_url import SiteURL
from defects_ical.content.site_input import SiteInput
from defects_ical.model.schedule import Schedule
from defects_ical.render.page import render_pages
from defects_ical.schedule.validation.names import PAGE_SECTION_IDS
from defects_ical.site.build import build_site
from defects_ical.text.languages import load_words
from tests.conftest import SITE_URL
from tests.support.example_schedules import SCHEDULE_WITH_CHANGES, load_yaml, make_yaml
from tests.support.html_tree import HtmlTree

ELSEWHERE: Final = SiteURL.parse("https://me.example/my-show")
# The script adds it.
COUNTDOWN: Final = "countdown"
OWN_PLAN: Final = """\
format: 1
show: {uid: 3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29, slug: show, title: The Show}
timezone: Asia/Seoul
published: 2025-06-01T00:00:00+00:00
airing: {premiere: 2025-07-02, time: 20:00, runtime: 60, episodes: 2}
platforms:
  x:
    name: X
    kind: television
    region: here
    airing: {dates: [2025-07-03, 2025-07-04], time: 20:00}
changes:
  - {at: 2025-06-03T00:00:00Z, episodes: [2], platform: x, status: cancelled}
"""


def render_files(schedule: Schedule, site_url: SiteURL = SITE_URL) -> dict[str, bytes]:
    return dict(render_pages(SiteInput(schedule, site_url)))


def test_page_sections_are_reserved() -> None:
    """An episode's id may have no underscore, so ids with one need no reservation."""
    cast = "cast: [{actor: Someone, role: A role}]"
    changes = "[{at: 2025-07-02T00:00:00+00:00, episodes: all, note: Announced.}]"
    text = make_yaml(episodes=2, changes=changes).replace("slug: show", f"slug: show, {cast}")
    elements = HtmlTree(render_files(load_yaml(text))["/"].decode()).elements
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert len(set(ids)) == len(ids)
    sections = {each for each in ids if "_" not in each} - {"e01", "e02"}
    assert sections == PAGE_SECTION_IDS - {COUNTDOWN}


def test_row_says_what_is_cancelled_on_platform() -> None:
    """The broadcast is confirmed, and so is the other episode on the platform."""
    page = render_files(load_yaml(OWN_PLAN))["/"].decode()
    dates = re.findall('<p class="own"><bdi>X</bdi>: ([^<]+)</p>', page)
    assert dates == [
        "Thursday 3 July 2025, 20:00 KST",
        "Friday 4 July 2025, 20:00 KST, cancelled",
    ]


def test_every_feed_leads_to_google_without_scripts(schedule: Schedule) -> None:
    """The link to the form, with the steps and the address to paste, and the shortcut."""
    page = render_files(schedule)["/"].decode()
    sections = re.findall('<section class="feed .*?</section>', page, re.DOTALL)
    assert len(sections) == len(all_feeds(schedule)) == 8
    for feed, section in zip(all_feeds(schedule), sections, strict=True):
        tree = HtmlTree(section)
        _, form, shortcut, *_ = tree.find_all("a")
        assert form["href"] == calendar_apps.GOOGLE
        address = SITE_URL.join(feed.path)
        assert unquote(shortcut["href"]).endswith(address.replace("https:", "?cid=webcal:"))
        assert f"\n{address} " in tree.text
        assert "Copy the address, " in tree.text


# The sitemap


def render_sitemap(schedule: Schedule, site_url: SiteURL = SITE_URL) -> bytes:
    return render_files(schedule, site_url)["/sitemap.xml"]


def test_page_of_each_language_has_code_of_its_own_url() -> None:
    text = "languages: [en, ko, ar]\n" + make_yaml()
    site = build_site(load_yaml(text), SITE_URL)
    for code, path in (("en", "/"), ("ko", "/ko/"), ("ar", "/ar/")):
        title, url = load_words(code).qr_code, SITE_URL.join(path)
        codes = (segno.make(url, error="m", micro=False, mask=mask) for mask in range(8))
        drawn = [each.svg_inline(border=2, omitsize=True, title=title) for each in codes]
        assert sum(each in site[path].body.decode() for each in drawn) == 1


def test_sitemap_lists_page(schedule: Schedule) -> None:
    assert render_sitemap(schedule).decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        " <url>\n"
        "  <loc>https://defects.example/</loc>\n"
        "  <lastmod>2025-07-22T00:00:00Z</lastmod>\n"
        " </url>\n"
        "</urlset>\n"
    )


def test_sitemap_has_time_of_last_change() -> None:
    sitemap = ET.fromstring(render_sitemap(load_yaml(SCHEDULE_WITH_CHANGES), ELSEWHERE))  # noqa: S314 - it is our own
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    assert [each.tag for each in sitemap.iter()] == [
        f"{space}{name}" for name in ("urlset", "url", "loc", "lastmod")
    ]
    assert sitemap.findtext(f"{space}url/{space}loc") == "https://me.example/my-show/"
    assert sitemap.findtext(f"{space}url/{space}lastmod") == "2025-03-22T16:00:30Z"


def test_sitemap_escapes_url() -> None:
    # SiteURL.parse() rejects such a path.
    site_url = SiteURL("https://me.example", "/a&b<c")
    sitemap = ET.fromstring(render_sitemap(load_yaml(make_yaml()), site_url))  # noqa: S314 - it is our own
    loc = [each.text for each in sitemap.iter() if each.tag.endswith("loc")]
    assert loc == ["https://me.example/a&b<c/"]
