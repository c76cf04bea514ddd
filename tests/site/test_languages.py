"""A site in several languages: its paths, its pages, and its URL."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

import pytest

from defects_ical.content.links.site_url import SiteURL
from defects_ical.errors import ScheduleError
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.build import Site, build_site
from tests.conftest import ROOT, SITE_URL
from tests.site.translated_site import CODES, FOLDERS, SCHEDULE, TRANSLATED
from tests.support.example_schedules import load_yaml, make_yaml
from tests.support.html_tree import HtmlTree, find_links
from tests.support.site_digest import digest_site

SHARED: Final = {
    "404.html",
    "embed.css",
    "episodes.json",
    "frame.js",
    "icon.svg",
    "page.js",
    "robots.txt",
    "sitemap.xml",
    "style.css",
}


def read_page(site: Site, path: str) -> HtmlTree:
    return HtmlTree(site[path].body.decode())


def list_links(site: Site, path: str, rel: str) -> list[tuple[str, str]]:
    """Return the language and the URL of each link of a page with this relation to it."""
    links = (each for each in read_page(site, path).find_all("link") if each["rel"] == rel)
    return [(each.get("hreflang", ""), each["href"]) for each in links]


def test_site_has_its_paths(translated: Site) -> None:
    """Styles, scripts, the icon and the list of pages are there once."""
    expected = {f"{folder}{name}" for folder in FOLDERS.values() for name in TRANSLATED}
    assert set(translated) == expected | {f"/{name}" for name in SHARED}


def test_picture_is_there_once(tmp_path: Path) -> None:
    text = SCHEDULE.replace("  slug: show\n", "  slug: show\n  picture: picture.png\n")
    (tmp_path / "schedule.yaml").write_text(text, "utf-8")
    shutil.copy(ROOT / "tests" / "schedule" / "invalid" / "picture.png", tmp_path)
    site = build_site(load_schedule(tmp_path / "schedule.yaml"), SITE_URL)
    assert [path for path in site if path.endswith(".png")] == ["/picture.png"]
    for folder in FOLDERS.values():
        page = site[folder].body
        assert b'property="og:image" content="https://defects.example/picture.png"' in page
        assert b'"image":"https://defects.example/picture.png"' in page


@pytest.mark.parametrize("languages", ["languages: [en]\n", "languages:\n  - en\n"])
def test_site_in_english_only_has_same_bytes(languages: str) -> None:
    text = make_yaml(
        clocks="[Europe/London]",
        changes="[{at: 2025-07-10T12:00:00+09:00, episodes: [2], move: 2025-07-23T20:00}]",
    )
    plain, other = (build_site(load_yaml(each), SITE_URL) for each in (text, languages + text))
    assert set(plain) == set(other)
    assert digest_site(plain) == digest_site(other)


def test_folders_do_not_depend_on_main_language() -> None:
    """The English texts are the same in a site of English only, but for what leads elsewhere."""
    text = make_yaml(clocks="[Europe/London]")
    plain = build_site(load_yaml(text), SITE_URL.below("en"))
    site = build_site(load_yaml(f"languages: [ko, en]\n{text}"), SITE_URL)
    for path in ("/show.ics", "/show-channel-reminders.ics", "/episodes/show-e03.ics"):
        assert site[f"/en{path}"].body == plain[path].body


# Pages.


@pytest.mark.parametrize("code", CODES)
def test_page_names_all_languages(code: str, translated: Site) -> None:
    """Each page is its own canonical one, and lists itself and all others."""
    page, url = read_page(translated, FOLDERS[code]), f"https://defects.example{FOLDERS[code]}"
    assert list_links(translated, FOLDERS[code], "canonical") == [("", url)]
    alternates = [each for each in list_links(translated, FOLDERS[code], "alternate") if each[0]]
    assert alternates == [
        ("ko", "https://defects.example/"),
        ("en", "https://defects.example/en/"),
        ("ar", "https://defects.example/ar/"),
        ("x-default", "https://defects.example/"),
    ]
    (html,) = page.find_all("html")
    assert html == {"lang": "ar", "dir": "rtl"} if code == "ar" else {"lang": code}


def test_page_of_one_language_names_no_other(site: Site) -> None:
    page = site["/"].body
    assert b"hreflang" not in page
    assert b"og:locale:alternate" not in page
    assert b"inLanguage" not in page
    assert b"hreflang" not in site["/sitemap.xml"].body
    assert b'class="languages"' not in page


@pytest.mark.parametrize(
    ("code", "locale", "others"),
    [
        ("ko", "ko_KR", ["en", "ar_AR"]),
        ("en", "en", ["ko_KR", "ar_AR"]),
        ("ar", "ar_AR", ["ko_KR", "en"]),
    ],
)
def test_open_graph_names_language(
    code: str, locale: str, others: list[str], translated: Site
) -> None:
    metas = [
        (each["property"], each["content"])
        for each in read_page(translated, FOLDERS[code]).find_all("meta")
        if "property" in each
    ]
    assert [value for name, value in metas if name == "og:locale"] == [locale]
    assert [value for name, value in metas if name == "og:locale:alternate"] == others
    assert ("og:url", f"https://defects.example{FOLDERS[code]}") in metas


@pytest.mark.parametrize("code", CODES)
def test_structured_data_is_in_language_of_page(code: str, translated: Site) -> None:
    page = translated[FOLDERS[code]].body.decode()
    found = re.search('<script type="application/ld.json">(.*?)</script>', page)
    assert found
    series, url = json.loads(found[1]), f"https://defects.example{FOLDERS[code]}"
    names = {"ko": "아이쇼핑", "en": "The Defects", "ar": "العيوب"}
    assert (series["inLanguage"], series["name"], series["url"]) == (code, names[code], url)
    assert [each["url"] for each in series["episode"]] == [
        f"{url}#e01",
        f"{url}#e02",
        f"{url}#extra",
    ]
    # The Korean title is the original one.
    assert series.get("alternateName") == (None if code == "ko" else "아이쇼핑")


@pytest.mark.parametrize("path", ["/", "/embed.html"])
def test_original_title_is_not_repeated(path: str, translated: Site) -> None:
    original = {
        code: len(re.findall('class="(?:soft )?original"', translated[name].body.decode()))
        for code, name in ((each, f"{FOLDERS[each]}{path.removeprefix('/')}") for each in CODES)
    }
    assert original == {"ko": 0, "en": 1, "ar": 1}


def test_sitemap_lists_every_page_with_all_languages(translated: Site) -> None:
    text = translated["/sitemap.xml"].body.decode()
    urls = [
        "https://defects.example/",
        "https://defects.example/en/",
        "https://defects.example/ar/",
    ]
    assert re.findall("<loc>(.*?)</loc>", text) == urls
    assert re.findall('hreflang="(.*?)" href="(.*?)"', text) == 3 * [
        *zip(CODES, urls, strict=True),
        ("x-default", urls[0]),
    ]
    assert 'xmlns:xhtml="http://www.w3.org/1999/xhtml"' in text


@pytest.mark.parametrize("url", ["https://defects.example", "https://me.example/the-defects"])
@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("name", ["", "embed.html", "404.html"])
def test_page_has_no_dead_links(code: str, name: str, url: str) -> None:
    site_url = SiteURL.parse(url)
    site = build_site(load_yaml(SCHEDULE), site_url)
    path = "/404.html" if name == "404.html" else f"{FOLDERS[code]}{name}"
    own = {site_url.join(each) for each in site} | {site_url.webcal(each) for each in site}
    # The 404 page is served for a path in any folder.
    base = site_url.join("/ko/no/such/page" if name == "404.html" else path)
    links = {urljoin(base, each).partition("#")[0] for each in find_links(site[path].body)}
    known = ("https://calendar.google.com/", "https://outlook.")
    assert {each for each in links - own if not each.startswith(known)} == set()


def test_pages_link_to_all_languages(translated: Site) -> None:
    for path in (*FOLDERS.values(), "/404.html"):
        own = "/" if path == "/404.html" else path
        switch = {
            each["href"]: each["lang"]
            for each in read_page(translated, path).find_all("a")
            if "hreflang" in each
        }
        others = {folder: code for code, folder in FOLDERS.items() if folder != own}
        assert switch.items() >= others.items()


def test_folder_has_only_its_own_links(translated: Site) -> None:
    """Feeds, embeds and the card of a language are those that its page and files lead to."""
    for name in (
        "",
        "embed.html",
        "oembed.json",
        "changes.atom",
        "show.ics",
        "episodes/show-e01.ics",
    ):
        text = re.sub(rb"\r\n ", b"", translated[f"/en/{name}"].body).decode()
        text = re.sub("<nav.*?</nav>|<link [^>]*hreflang[^>]*>", "", text, flags=re.DOTALL)
        links = set(re.findall(r"(?:https|webcal)://defects\.example(/[^\"<>\s)\\;&#]*)", text))
        assert links
        shared = {"/episodes.json", "/style.css", "/page.js", "/icon.svg"}
        assert {each for each in links if not each.startswith("/en/")} <= shared


# The URL.


@pytest.mark.parametrize("code", CODES)
def test_url_must_not_end_in_a_language(code: str) -> None:
    url = SiteURL.parse(f"https://me.example/shows/{code}/")
    with pytest.raises(ScheduleError) as caught:
        build_site(load_yaml(SCHEDULE), url)
    (problem,) = caught.value.problems
    assert str(problem).partition("schedule.yaml:")[2] == (
        f"2:{13 + 4 * CODES.index(code)}: languages[{CODES.index(code)}]: the URL of the site ends "
        f"in `/{code}`, the folder of a language. Publish it at `https://me.example/shows/`, or "
        "remove the language."
    )


@pytest.mark.parametrize(
    ("languages", "url"),
    [
        ("", "https://me.example/ko"),
        ("languages: [ko]\n", "https://me.example/ko"),
        # Neither is a folder of this site.
        ("languages: [en, ko]\n", "https://me.example/ja"),
        ("languages: [en, ko]\n", "https://me.example/ko/show"),
    ],
)
def test_url_may_end_in_another_language(languages: str, url: str) -> None:
    site = build_site(load_yaml(languages + make_yaml()), SiteURL.parse(url))
    assert f"SOURCE;VALUE=URI:{url}/show.ics".encode() in site["/show.ics"].body
