"""The site: its paths and its bytes, which depend on nothing but the schedule and the URL."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest

from defects_ical.content.links.site_url import SiteURL
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.build import Site, build_site
from tests.support import golden
from tests.support.example_schedules import load_yaml, make_yaml
from tests.support.html_tree import find_links
from tests.support.site_digest import digest_site
from tests.support.variants import sample

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
CALENDAR_APPS = {"calendar.google.com", "outlook.live.com", "outlook.office.com"}
# Builds the site as the command line does, in another process.
SCRIPT = """
import locale, sys; from pathlib import Path
locale.setlocale(locale.LC_ALL, "")
from defects_ical.content.links.site_url import SiteURL
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.build import build_site
from tests.support.html_tree import find_links
from tests.support.site_digest import digest_site
site_url = SiteURL.parse("https://defects.example")
print(digest_site(build_site(load_schedule(Path(sys.argv[1])), site_url)))
"""
ENVIRONMENTS = [
    *({"PYTHONHASHSEED": seed} for seed in ("0", "1", "2", "3", "4294967295")),
    *({"TZ": zone} for zone in ("UTC", "America/St_Johns", "Pacific/Kiritimati")),
    *({"LC_ALL": locale} for locale in ("C", "C.UTF-8")),
]


def compute_digest_in_process(folder: Path, environment: dict[str, str]) -> str:
    """Return the digest of The Defects' site as another process builds it."""
    command = [sys.executable, "-c", SCRIPT, str(ROOT / "schedule.yaml")]
    return subprocess.run(
        command,
        cwd=folder,
        env=os.environ | environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_site_has_its_paths(site: Site) -> None:
    assert set(site) == PATHS


def test_site_equals_golden_files(site: Site) -> None:
    assert {path: site[path].body for path in golden.FEEDS} == {
        path: file.read_bytes() for path, file in golden.FEEDS.items()
    }
    assert f"{digest_site(site)}\n" == golden.DIGEST.read_text("utf-8"), "if intended: make golden"


@pytest.mark.parametrize("environment", sample(ENVIRONMENTS, 3), ids=str)
def test_bytes_do_not_depend_on_process(environment: dict[str, str]) -> None:
    assert compute_digest_in_process(ROOT, environment) == golden.DIGEST.read_text("utf-8")


def test_bytes_do_not_depend_on_working_folder(tmp_path: Path) -> None:
    assert compute_digest_in_process(tmp_path, {}) == golden.DIGEST.read_text("utf-8")


def test_bytes_depend_on_url(schedule: Schedule, site: Site) -> None:
    moved = build_site(schedule, SiteURL.parse("https://defects.example/elsewhere"))
    assert digest_site(moved) != digest_site(site)
    assert set(moved) == set(site)


def test_site_is_read_only(site: Site) -> None:
    with pytest.raises(TypeError):
        site["/"] = site["/404.html"]  # type: ignore[index] # this is the test


def test_etags_are_strong_and_depend_on_body(site: Site) -> None:
    assert all(
        each.etag[0] == each.etag[-1] == '"' and len(each.etag) == 34 for each in site.values()
    )
    assert len({each.etag for each in site.values()}) == len({each.body for each in site.values()})


def test_robots_txt_allows_everything(site: Site) -> None:
    assert site["/robots.txt"].body == (
        b"User-agent: *\nDisallow:\n\nSitemap: https://defects.example/sitemap.xml\n"
    )


@pytest.mark.parametrize("url", ["https://defects.example", "https://me.example/the-defects"])
@pytest.mark.parametrize("page", ["/", "/404.html", "/embed.html"])
def test_page_has_no_dead_links(schedule: Schedule, url: str, page: str) -> None:
    site_url = SiteURL.parse(url)
    site = build_site(schedule, site_url)
    own = {site_url.join(path) for path in site} | {site_url.webcal(path) for path in site}
    other_hosts = {"www.tving.com", "www.kocowa.com", *CALENDAR_APPS}
    # The 404 page is served for a path in any folder.
    base = site_url.join("/no/such/page" if page == "/404.html" else page)
    links = {urldefrag(urljoin(base, link)).url for link in find_links(site[page].body)}
    assert {link for link in links - own if urlsplit(link).hostname not in other_hosts} == set()
    assert str(site_url) in links


def test_page_links_to_every_feed_and_episode(site: Site) -> None:
    links = find_links(site["/"].body)
    feeds = {path for path in PATHS if path.endswith(".ics")}
    assert [path for path in feeds if not any(link.endswith(path) for link in links)] == []


def test_page_hides_recaps_behind_warning(site: Site) -> None:
    page = site["/"].body.decode()
    recaps = re.findall('<details class="recap">.*?</details>', page, flags=re.DOTALL)
    assert [each.count("<summary>Recap (spoilers)</summary>") for each in recaps] == [1, 1]
    assert "Young Ah-hyeon" in recaps[0]
    assert "Young Ah-hyeon" not in page.replace(recaps[0], "")


def test_page_escapes_texts() -> None:
    text = make_yaml().replace("title: The Show", "title: '<script>alert(1)</script> & \"more\"'")
    page = build_site(load_yaml(text), golden.SITE_URL)["/"].body
    assert b"<script>" not in page
    assert b"&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;more&#34;" in page


def test_picture_is_served_unchanged() -> None:
    schedule = load_schedule(INVALID / "picture-missing.fixed.yaml")
    picture = build_site(schedule, golden.SITE_URL)["/picture.png"]
    assert picture.body == (INVALID / "picture.png").read_bytes()
    assert picture.media_type == "image/png"
