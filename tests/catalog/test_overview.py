"""The overview lists every show, event and feed, in the site's zone, in few bytes."""

from __future__ import annotations

import gzip
import re
from datetime import date
from pathlib import Path

import pytest

from defects_ical.catalog import agenda, overview, week
from defects_ical.catalog.agenda import make_agenda
from defects_ical.catalog.catalog import Catalog
from defects_ical.catalog.overview import render_overview
from defects_ical.catalog.summary import ShowSummary
from defects_ical.render.page import CONTENT_SECURITY_POLICY
from defects_ical.site.headers import get_media_type
from defects_ical.text.dates import format_days
from defects_ical.text.languages import ENGLISH
from tests.catalog.overview_sites import (
    FILM,
    make_catalog,
    make_large_catalog,
    make_small_catalog,
    write_show,
)
from tests.support.html_tree import HtmlTree, find_links


@pytest.fixture(scope="module")
def small() -> Catalog:
    """Return a site of three shows."""
    return make_small_catalog()


@pytest.fixture(scope="module")
def large() -> Catalog:
    """Return a site of thirty shows with sixteen episodes each."""
    return make_large_catalog()


def render_page(catalog: Catalog) -> str:
    return dict(render_overview(catalog))["/"].decode()


def list_texts(page: str, tag: str) -> list[str]:
    """Return the text of each element with a tag, without markup and repeated spaces."""
    found = re.findall(rf"<{tag}[ >].*?</{tag}>", page, re.DOTALL)
    return [" ".join(HtmlTree(each).text.split()) for each in found]


def find_row(page: str, fragment: str) -> dict[str, str]:
    """Return the attributes of the row that links to a path."""
    row = re.search(rf'<li [^>]*>(?=<time[^>]*>[^<]*</time><a href="{fragment}")', page)
    assert row
    return HtmlTree(f"{row[0]}</li>").find_all("li")[0]


def test_paths(small: Catalog) -> None:
    paths = [path for path, _ in render_overview(small)]
    assert paths == ["/", "/404.html", "/overview.css", "/overview.js"]
    assert all(map(get_media_type, paths))


@pytest.mark.parametrize("path", ["/", "/404.html"])
def test_pages_have_no_inline_code(small: Catalog, path: str) -> None:
    page = HtmlTree(dict(render_overview(small))[path].decode())
    policy = next(each for each in page.find_all("meta") if "http-equiv" in each)
    assert policy["content"] == CONTENT_SECURITY_POLICY
    assert {each.get("src") or each["id"] for each in page.find_all("script")} <= {
        "/tv/overview.js",
        "script_words",
    }
    assert "style" not in page.tags
    attributes = [name for _, names in page.elements for name in names]
    assert [each for each in attributes if each == "style" or each.startswith("on")] == []


def test_page_is_complete_without_scripts(small: Catalog) -> None:
    page = render_page(small)
    assert "Times in Seoul." in page
    # The first heading is the script's.
    weeks = list_texts(page, "h3")
    assert weeks[1:3] == ["21 to 27 July 2025", "28 July to 3 August 2025"]
    assert list_texts(page, "h4")[:3] == ["Monday 21 July", "Tuesday 22 July", "Saturday 26 July"]
    assert "23:00The DefectsEpisode 1 ENA, TVing, Kocowa" in list_texts(page, "li")
    assert (
        "23:00AutumnEpisode 4 cancelled Channel, Stream (1 h 30 min after the broadcast)"
        in list_texts(page, "li")
    )
    assert page.count("data-start=") == 18
    assert "21 July to 10 November 2025" in page
    assert "3 shows, 18 dates" in page


def test_rows_have_what_scripts_need(small: Catalog) -> None:
    page = render_page(small)
    assert find_row(page, "/tv/the-defects/#e01") == {
        "data-start": "2025-07-21T14:00:00Z",
        "data-end": "2025-07-21T15:00:00Z",
        "data-platforms": "ena tving kocowa",
        "data-genres": "1 2",
    }
    assert find_row(page, "/tv/autumn/#e03")["data-status"] == "tentative"
    assert '<option value="1">K-drama</option>' in page


def test_event_without_hour_has_its_own_day(small: Catalog) -> None:
    """In New York, where it airs, and not in the site's zone; its name is the show's."""
    page = render_page(small)
    assert find_row(page, "/tv/film/#film")["data-day"] == "2025-07-26"
    assert "no hour yetA <Film> & moreCinema" in list_texts(page, "li")


def test_days_are_those_of_the_sites_zone() -> None:
    page = render_page(make_small_catalog(timezone="Pacific/Kiritimati"))
    assert "Times in Kiritimati." in page
    assert list_texts(page, "h4")[:2] == ["Tuesday 22 July", "Wednesday 23 July"]


def test_shows_have_cards(small: Catalog) -> None:
    page = render_page(small)
    shows = page.partition('<ul class="shows">')[2]
    assert list_texts(shows, "h3") == ["Autumn", "A <Film> & more", "The Defects"]
    assert "A man is lost.\n" not in shows
    assert ">A man is lost.</p>" in shows
    assert "아이쇼핑" in shows
    links = find_links(shows.partition("</ul>")[0].encode())
    assert links[-4:] == [
        "/tv/the-defects/",
        "webcal://shows.example/tv/the-defects/the-defects.ics",
        "/tv/the-defects/the-defects.ics",
        "/tv/the-defects/",
    ]


def test_expected_episodes_are_announced() -> None:
    announced = "airing: [{season: 2, premiere: 2027-10, episodes: 8}]\n"
    page = render_page(make_catalog(FILM + announced))
    assert list_texts(page, "p").count("A <Film> & more, Season 2: expected in October 2027") == 1
    assert list_texts(page, "p").count("Season 2: expected in October 2027") == 1


def test_page_offers_every_feed() -> None:
    feeds = {"kdrama": {"title": "Korean", "genres": ["K-drama"]}}
    catalog = make_small_catalog(feeds=feeds, archive_before="2025-08-01")
    links = find_links(render_page(catalog).encode())
    for each in catalog.feeds:
        assert catalog.url.join(each.feed.path) in links
        reminders = catalog.url.join(each.feed.with_reminder(30, ENGLISH).path)
        assert (reminders in links) is not each.is_archive
        assert (catalog.url.webcal(each.feed.path) in links) is not each.is_archive


def test_many_feeds_have_short_links(monkeypatch: pytest.MonkeyPatch, small: Catalog) -> None:
    whole = render_page(small)
    monkeypatch.setattr(overview, "MAX_DETAILED_FEEDS", 2)
    page = render_page(small)
    assert page.count("Apple Calendar") == 4
    assert len(page) < 0.7 * len(whole)
    assert {*find_links(page.encode())} >= {
        small.url.webcal(each.feed.path) for each in small.feeds
    }


def test_head_names_feeds(small: Catalog) -> None:
    links = HtmlTree(render_page(small)).find_all("link")
    assert {"rel": "canonical", "href": "https://shows.example/tv/"} in links
    alternates = [each["href"] for each in links if each["rel"] == "alternate"]
    assert alternates[0] == "https://shows.example/tv/all.ics"
    assert alternates[-1] == "https://shows.example/tv/changes.atom"
    assert len(alternates) == len(small.feeds) + 1


def test_footer_links_to_data(small: Catalog) -> None:
    links = find_links(render_page(small).encode())
    assert {"/tv/shows.json", "/tv/changes.atom", "/tv/week.html"} <= set(links)
    assert "&lt;defects-week&gt;" in render_page(small)


def test_style_has_the_colors(large: Catalog) -> None:
    style = dict(render_overview(large))["/overview.css"].decode()
    assert "--color: slategray;" in style
    assert style.count(".shows .teal {") == 1


def test_not_found_page_leads_to_shows(small: Catalog) -> None:
    links = find_links(dict(render_overview(small))["/404.html"])
    assert {"/tv/", "/tv/the-defects/", "/tv/film/"} <= set(links)


def test_site_without_shows() -> None:
    page = render_page(make_catalog())
    assert "No date is known." in page
    assert HtmlTree(page).find_all("select") == []


# Size.


def test_large_page_is_small(large: Catalog) -> None:
    files = dict(render_overview(large))
    assert files["/"].count(b"data-start=") == 480
    assert len(gzip.compress(files["/"], mtime=0)) <= 40_000
    assert sum(len(gzip.compress(each, mtime=0)) for each in files.values()) <= 50_000


def test_page_has_at_most_800_rows() -> None:
    """From two weeks before the newest change on: only earlier events are left out."""
    catalog = make_large_catalog(shows=2, episodes=500)
    page = render_page(catalog)
    assert page.count("data-start=") == 800
    assert "does not have every date" in page
    assert "#e01" in page
    assert "#e500" not in page


def test_limited_list_starts_before_the_newest_change() -> None:
    changes = "changes: [{at: 2025-10-20T12:00:00+09:00, episodes: [40], note: More.}]\n"
    found = make_agenda(make_catalog(write_show(0, 60) + changes), 10)
    days = [day.date for each in found.weeks for day in each.days]
    assert days[0] == date(2025, 10, 6)
    assert len(days) == 10
    assert found.is_limited


def test_limited_list_is_full_after_the_last_event() -> None:
    changes = "changes: [{at: 2026-10-20T12:00:00+09:00, episodes: [40], note: More.}]\n"
    found = make_agenda(make_catalog(write_show(0, 60) + changes), 10)
    assert sum(len(each.days) for each in found.weeks) == 10


def test_bytes_depend_on_summaries_only(small: Catalog) -> None:
    stored = tuple(ShowSummary.from_json(each.to_json()) for each in small.shows)
    copy = Catalog(small.settings, small.url, stored)
    assert dict(render_overview(copy)) == dict(render_overview(small))
    for module in (agenda, overview, week):
        assert not re.search(r"\b(now|today|time)\(", Path(str(module.__file__)).read_text("utf-8"))


# Words.


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2025, 7, 21), date(2025, 7, 27), "21 to 27 July 2025"),
        (date(2025, 7, 28), date(2025, 8, 3), "28 July to 3 August 2025"),
        (date(2025, 12, 29), date(2026, 1, 4), "29 December 2025 to 4 January 2026"),
        (date(2025, 7, 21), date(2025, 7, 21), "21 July 2025"),
    ],
)
def test_format_days(first: date, last: date, text: str) -> None:
    assert format_days(first, last, ENGLISH) == text
