"""The credits of shows in what combines them: feeds, the overview, the week, JSON, Atom."""

from __future__ import annotations

import json
import re
from typing import Final
from xml.etree import ElementTree as ET

import icalendar
import pytest

from defects_ical.catalog.root_files import render_root_files
from defects_ical.catalog.summary import ShowSummary
from defects_ical.shows.settings import SiteSettings
from tests.support.catalogs import BuiltShow, build_show, make_catalog, make_show_feeds
from tests.support.credits import CREDIT, write_credited
from tests.support.example_schedules import load_yaml, make_yaml
from tests.support.html_tree import HtmlTree

MAZE: Final = "Schedule data: TVmaze (CC BY-SA 4.0)"
OWN: Final = "Schedule data: Wiki (Own)"
OWN_URL: Final = "https://wiki.example/"


def build(text: str, slug: str, number: int, platform: str = "channel") -> BuiltShow:
    edited = text.replace("slug: show", f"slug: {slug}").replace("3c2d1f64", f"3c2d1f6{number}")
    return build_show(load_yaml(edited.replace("{channel:", f"{{{platform}:")))


def render(*shows: BuiltShow, settings: SiteSettings | None = None) -> dict[str, bytes]:
    """Return the files at the root, by path; those of other languages in their folders."""
    main = make_catalog(shows, settings)
    feeds = make_show_feeds(shows)
    return {
        f"/{catalog.words.code}{path}" if catalog.main else path: b"".join(parts)
        for catalog in (main, *main.others)
        for path, parts in render_root_files(catalog, feeds)
    }


PLAIN: Final = build(make_yaml(), "plain", 0)
SHOWS: Final = (
    build(write_credited(), "maze", 1),
    build(write_credited(url="https://www.tvmaze.com/shows/2/y"), "second", 2),
    build(write_credited("Wiki", "Own", OWN_URL), "own", 3, "stream"),
    PLAIN,
)


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return render(*SHOWS)


def describe(feed: bytes) -> str:
    calendar = icalendar.Calendar.from_ical(feed)
    assert isinstance(calendar, icalendar.Calendar)
    assert calendar["DESCRIPTION"] == calendar["X-WR-CALDESC"]
    return str(calendar["DESCRIPTION"])


def test_combined_feed_has_each_credit_once(files: dict[str, bytes]) -> None:
    expected = f"Every event of every show. {MAZE}. {OWN}"
    assert describe(files["/all.ics"]) == expected
    assert describe(files["/all-reminders.ics"]) == expected


def test_combined_feed_credits_only_what_is_in_it(files: dict[str, bytes]) -> None:
    stream = describe(files["/on-stream.ics"])
    assert stream == f"What is on Channel (Everywhere). {OWN}"
    assert describe(files["/on-channel.ics"]) == f"What is on Channel (Everywhere). {MAZE}"


def test_overview_credits_each_show_with_links(files: dict[str, bytes]) -> None:
    page = files["/"].decode()
    credits_ = re.findall(r'<p class="facts">(Schedule data.*?)</p>', page)
    assert [HtmlTree(each).text for each in credits_] == [MAZE, OWN, MAZE]
    links = [HtmlTree(each).find_all("a")[0]["href"] for each in credits_]
    assert links == [CREDIT["url"], OWN_URL, "https://www.tvmaze.com/shows/2/y"]


def test_week_frame_has_each_credit_once(files: dict[str, bytes]) -> None:
    page = files["/week.html"].decode()
    assert re.findall(r'<p class="soft credit">(.*?)</p>', page) == [f"{MAZE}. {OWN}"]


def test_json_has_the_credit_of_each_show(files: dict[str, bytes]) -> None:
    shows = {each["slug"]: each for each in json.loads(files["/shows.json"])["shows"]}
    assert shows["maze"]["credit"] == CREDIT
    assert shows["own"]["credit"] == {"name": "Wiki", "url": OWN_URL, "licence": "Own"}
    assert "credit" not in shows["plain"]


def test_atom_feed_has_one_text_of_rights(files: dict[str, bytes]) -> None:
    feed = ET.fromstring(files["/changes.atom"])  # noqa: S314 - our own
    (rights,) = feed.iter("{http://www.w3.org/2005/Atom}rights")
    assert rights.text == f"{MAZE}. {OWN}"


def test_other_languages_have_the_credits() -> None:
    settings = SiteSettings(languages=("en", "ar"))
    files = render(*SHOWS, settings=settings)
    arabic = "مصدر بيانات جدول العرض: \u2068TVmaze\u2069 (\u2068CC BY-SA 4.0\u2069)"
    for path in ("/ar/all.ics", "/ar/week.html", "/ar/changes.atom"):
        text = files[path].decode().replace("\r\n ", "")
        assert arabic in text.encode().replace(b"\r\n ", b"").decode(), path


def test_files_without_credits_have_no_trace_of_them() -> None:
    found = [
        path
        for path, body in render(PLAIN).items()
        if re.search(rb"(?i)credit|<rights|Schedule data", body)
    ]
    assert found == []


def test_week_element_shows_credits_only_if_there_are_some(files: dict[str, bytes]) -> None:
    assert b"WORDS.credit" in files["/week.js"]
    assert b"WORDS.credit" not in render(PLAIN)["/week.js"]


def test_summary_keeps_the_credit() -> None:
    summary = SHOWS[0].summary
    stored = ShowSummary.from_json(summary.to_json())
    assert stored.credit == summary.credit
    assert ShowSummary.from_json(PLAIN.summary.to_json()).credit is None
