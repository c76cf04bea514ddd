"""The site: which paths there are, and that the same input makes the same bytes everywhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest

from defects_ical.content.site_url import SiteURL
from defects_ical.schedule.loader import load_schedule
from defects_ical.schedule.model import Schedule
from defects_ical.site.build import Site, build_site
from tests.support import golden
from tests.support.example_schedules import load_yaml, make_yaml
from tests.support.site_digest import digest_site

ROOT = Path(__file__).parent.parent.parent
INVALID = ROOT / "tests" / "schedule" / "invalid"

PATHS = {
    "/",
    "/the-defects.ics",
    "/the-defects-reminders.ics",
    "/the-defects-ena.ics",
    "/the-defects-ena-reminders.ics",
    "/the-defects-tving.ics",
    "/the-defects-tving-reminders.ics",
    "/the-defects-kocowa.ics",
    "/the-defects-kocowa-reminders.ics",
    "/episodes/the-defects-e01.ics",
    "/episodes/the-defects-e02.ics",
    "/episodes/the-defects-e03.ics",
    "/episodes/the-defects-e04.ics",
    "/episodes/the-defects-e05.ics",
    "/episodes/the-defects-e06.ics",
    "/episodes/the-defects-e07.ics",
    "/episodes/the-defects-e08.ics",
    "/episodes.json",
    "/changes.atom",
    "/robots.txt",
    "/sitemap.xml",
    "/404.html",
    "/style.css",
    "/page.js",
    "/embed.html",
    "/embed.css",
    "/frame.js",
    "/embed.js",
    "/card.svg",
    "/oembed.json",
    "/icon.svg",
}
CALENDARS = {"calendar.google.com", "outlook.live.com", "outlook.office.com"}
# The command line's way from a file to a digest, in a process of its own.
SCRIPT = """
import locale, sys; from pathlib import Path
locale.setlocale(locale.LC_ALL, "")
from defects_ical.content.site_url import SiteURL
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.build import build_site
from tests.support.site_digest import digest_site
site_url = SiteURL.parse("https://defects.example")
print(digest_site(build_site(load_schedule(Path(sys.argv[1])), site_url)))
"""
SURROUNDINGS = [
    *({"PYTHONHASHSEED": seed} for seed in ("0", "1", "2", "3", "4294967295")),
    *({"TZ": zone} for zone in ("UTC", "America/St_Johns", "Pacific/Kiritimati")),
    *({"LC_ALL": locale} for locale in ("C", "C.UTF-8")),
]


class Links(HTMLParser):
    """Collects the addresses that a page links to."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {"a": "href", "link": "href", "img": "src", "script": "src", "iframe": "src"}
        self.found += [value for name, value in attrs if name == names.get(tag) and value]


def digest_in(folder: Path, environment: dict[str, str]) -> str:
    command = [sys.executable, "-c", SCRIPT, str(ROOT / "schedule.yaml")]
    return subprocess.run(
        command,
        cwd=folder,
        env=os.environ | environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_the_paths_are_those_of_the_design(site: Site) -> None:
    assert set(site) == PATHS


def test_the_site_is_the_committed_one(site: Site) -> None:
    assert {path: site[path].body for path in golden.FEEDS} == {
        path: file.read_bytes() for path, file in golden.FEEDS.items()
    }
    assert f"{digest_site(site)}\n" == golden.DIGEST.read_text("utf-8"), "if meant: make golden"


@pytest.mark.parametrize("environment", SURROUNDINGS, ids=str)
def test_its_bytes_do_not_depend_on_the_process(environment: dict[str, str]) -> None:
    assert digest_in(ROOT, environment) == golden.DIGEST.read_text("utf-8")


def test_its_bytes_do_not_depend_on_the_working_folder(tmp_path: Path) -> None:
    assert digest_in(tmp_path, {}) == golden.DIGEST.read_text("utf-8")


def test_its_bytes_depend_on_the_address(schedule: Schedule, site: Site) -> None:
    moved = build_site(schedule, SiteURL.parse("https://defects.example/elsewhere"))
    assert digest_site(moved) != digest_site(site)
    assert set(moved) == set(site)


def test_it_cannot_be_changed(site: Site) -> None:
    with pytest.raises(TypeError):
        site["/"] = site["/404.html"]  # type: ignore[index] # the point of the test


def test_entity_tags_are_strong_and_follow_the_body(site: Site) -> None:
    assert all(
        each.etag[0] == each.etag[-1] == '"' and len(each.etag) == 34 for each in site.values()
    )
    assert len({each.etag for each in site.values()}) == len({each.body for each in site.values()})


def test_a_feed_has_the_headers_that_calendar_programs_need(site: Site) -> None:
    caching = "public, max-age=300, stale-while-revalidate=3600, stale-if-error=604800"
    assert site["/the-defects.ics"].headers == (
        ("Content-Type", "text/calendar; charset=utf-8"),
        ("Cache-Control", f"{caching}, no-transform"),
        ("Access-Control-Allow-Origin", "*"),
        ("Content-Disposition", "inline"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Strict-Transport-Security", "max-age=31536000"),
    )
    assert dict(site["/episodes/the-defects-e03.ics"].headers)["Content-Disposition"] == (
        'attachment; filename="the-defects-e03.ics"'
    )
    own = "'self'; "
    assert dict(site["/"].headers) == {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": caching,
        "Content-Security-Policy": (
            f"default-src 'none'; script-src {own}style-src {own}img-src {own}connect-src {own}"
            f"frame-src {own}base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Strict-Transport-Security": "max-age=31536000",
    }


def test_robots_are_kept_out_of_nothing(site: Site) -> None:
    assert site["/robots.txt"].body == (
        b"User-agent: *\nDisallow:\n\nSitemap: https://defects.example/sitemap.xml\n"
    )


@pytest.mark.parametrize("address", ["https://defects.example", "https://me.example/the-defects"])
@pytest.mark.parametrize("page", ["/", "/404.html", "/embed.html"])
def test_every_link_of_a_page_leads_somewhere(schedule: Schedule, address: str, page: str) -> None:
    public = SiteURL.parse(address)
    site = build_site(schedule, public)
    there = {public.join(path) for path in site} | {public.webcal(path) for path in site}
    elsewhere = {"www.tving.com", "www.kocowa.com", *CALENDARS}
    # A host shows its 404 page at any depth.
    base = public.join("/no/such/page") if page == "/404.html" else public.join(page)
    links = {urldefrag(urljoin(base, link)).url for link in Links(site[page].body).found}
    assert {link for link in links - there if urlsplit(link).hostname not in elsewhere} == set()
    assert str(public) in links


def test_the_page_lists_every_feed_and_every_episode(site: Site) -> None:
    links = Links(site["/"].body).found
    feeds = {path for path in PATHS if path.endswith(".ics")}
    assert [path for path in feeds if not any(link.endswith(path) for link in links)] == []


def test_the_page_keeps_recaps_closed_behind_a_warning(site: Site) -> None:
    page = site["/"].body.decode()
    closed = re.findall('<details class="recap">.*?</details>', page, flags=re.DOTALL)
    assert [each.count("<summary>Recap (spoilers)</summary>") for each in closed] == [1, 1]
    assert "Young Ah-hyeon" in closed[0]
    assert "Young Ah-hyeon" not in page.replace(closed[0], "")


def test_what_the_schedule_says_is_text_on_the_page() -> None:
    text = make_yaml().replace("title: The Show", "title: '<script>alert(1)</script> & \"more\"'")
    page = build_site(load_yaml(text), golden.SITE_URL)["/"].body
    assert b"<script>" not in page
    assert b"&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;more&#34;" in page


def test_a_picture_is_published_as_it_is() -> None:
    schedule = load_schedule(INVALID / "picture-missing.mended.yaml")
    picture = build_site(schedule, golden.SITE_URL)["/picture.png"]
    assert picture.body == (INVALID / "picture.png").read_bytes()
    assert picture.media_type == "image/png"
