"""The credit of a schedule in each file, and no trace of it or of its source without one."""

from __future__ import annotations

import json
import re
from functools import cache
from html import unescape
from typing import Any, Final
from xml.etree import ElementTree as ET

import feedparser
import icalendar
import pytest

from defects_ical.content.links.site_url import SiteURL
from defects_ical.render.card import _estimate_width
from defects_ical.site.build import Site, build_site
from defects_ical.text.languages import LANGUAGES, load_words
from tests.conftest import SITE_URL
from tests.support import feed_rules
from tests.support.calendar_files import CalendarFile
from tests.support.credits import CREDIT, HOSTILE_NAMES, write_credited
from tests.support.embeds import compressed_size
from tests.support.example_schedules import load_yaml, make_yaml
from tests.support.html_tree import HtmlTree
from tests.support.site_digest import digest_site

TEXT: Final = "Schedule data: TVmaze (CC BY-SA 4.0)"
KOREAN: Final = "일정 정보 제공: TVmaze (CC BY-SA 4.0)"
ARABIC: Final = "مصدر بيانات جدول العرض: \u2068TVmaze\u2069 (\u2068CC BY-SA 4.0\u2069)"
TEXTS: Final = {"": TEXT, "/ko": KOREAN, "/ar": ARABIC}
LICENCE_URL: Final = "https://creativecommons.org/licenses/by-sa/4.0/"
FEEDS: Final = ("/show.ics", "/show-channel.ics", "/show-reminders.ics")
SVG: Final = "{http://www.w3.org/2000/svg}"
ATOM: Final = "{http://www.w3.org/2005/Atom}"


@cache
def build(text: str, site_url: SiteURL = SITE_URL) -> Site:
    return build_site(load_yaml(text), site_url)


@pytest.fixture(scope="module")
def credited() -> Site:
    return build(write_credited(languages="[en, ko, ar]"))


def read(site: Site, path: str) -> str:
    return site[path].body.decode()


def remove_isolates(text: str) -> str:
    return re.sub("[\u200f\u2068\u2069]", "", text)


def read_calendar(site: Site, path: str) -> icalendar.Calendar:
    calendar = icalendar.Calendar.from_ical(site[path].body)
    assert isinstance(calendar, icalendar.Calendar)
    return calendar


# Pages and frames.


def find_paragraph(page: str) -> str:
    """Return the HTML of the paragraph with the credit."""
    (found,) = re.findall(r'<p class="credit">(.*?)</p>', page)
    return re.sub("</?small>", "", found)


@pytest.mark.parametrize("path", ["/", "/embed.html"])
@pytest.mark.parametrize("folder", TEXTS)
def test_page_and_frame_credit_with_links(credited: Site, folder: str, path: str) -> None:
    paragraph = HtmlTree(find_paragraph(read(credited, f"{folder}{path}")))
    assert paragraph.text == remove_isolates(TEXTS[folder])
    assert [each["href"] for each in paragraph.find_all("a")] == [CREDIT["url"], LICENCE_URL]
    # Each isolates its direction.
    assert paragraph.tags == ["a", "bdi", "a", "bdi"]


def test_links_of_frame_open_windows(credited: Site) -> None:
    links = HtmlTree(find_paragraph(read(credited, "/embed.html"))).find_all("a")
    assert [(each["target"], each["rel"]) for each in links] == [("_blank", "noopener")] * 2


def test_licence_without_known_url_is_text() -> None:
    page = read(build(write_credited(licence="Own licence")), "/")
    paragraph = HtmlTree(find_paragraph(page))
    assert paragraph.text == "Schedule data: TVmaze (Own licence)"
    assert paragraph.tags == ["a", "bdi", "bdi"]


def test_plain_html_has_the_credit(credited: Site) -> None:
    """The snippet that other sites copy."""
    code = re.findall(r"<code>(.*?)</code>", read(credited, "/"), re.DOTALL)
    (snippet,) = (unescape(each) for each in code if "Schedule data" in each)
    assert HtmlTree(snippet).text.endswith(f"{TEXT}\n")


def test_frame_is_higher_by_the_credit() -> None:
    heights = [
        json.loads(read(build(text), "/oembed.json"))["height"]
        for text in (make_yaml(), write_credited())
    ]
    assert heights[1] - heights[0] == 35


# The card.


def read_card(site: Site, path: str = "/card.svg") -> list[str]:
    """Return the texts of the card, the credit last."""
    card = ET.fromstring(site[path].body)  # noqa: S314 - our own
    return ["".join(each.itertext()) for each in card.iter(f"{SVG}text")]


@pytest.mark.parametrize("folder", TEXTS)
def test_card_ends_with_the_credit(credited: Site, folder: str) -> None:
    assert read_card(credited, f"{folder}/card.svg")[-1] == TEXTS[folder]


@pytest.mark.parametrize("letter", ["W", "漢", "M", "ش", "i"])
@pytest.mark.parametrize("code", LANGUAGES)
def test_credit_fits_on_the_card(code: str, letter: str) -> None:
    """The longest name and licence are truncated, each, so that both are there."""
    text = write_credited(letter * 100, letter * 100, languages=f"[{code}]")
    line = remove_isolates(read_card(build(text))[-1])
    assert sum(map(_estimate_width, line)) * 18 <= 1056
    assert line.count("…") == 2
    assert line.count(letter * 9) >= 2


def test_credit_that_fits_is_complete() -> None:
    name = "The Free Database of Television"
    line = read_card(build(write_credited(name)))[-1]
    assert line == f"Schedule data: {name} (CC BY-SA 4.0)"


# Feeds for calendars and for readers.


@pytest.mark.parametrize("folder", TEXTS)
@pytest.mark.parametrize("path", FEEDS)
def test_calendar_has_the_credit(credited: Site, folder: str, path: str) -> None:
    calendar = read_calendar(credited, f"{folder}{path}")
    for name in ("DESCRIPTION", "X-WR-CALDESC"):
        assert str(calendar[name]).endswith(f". {TEXTS[folder]}")


def test_description_of_calendar_stays_before_the_credit(credited: Site) -> None:
    descriptions = [str(read_calendar(credited, path)["DESCRIPTION"]) for path in FEEDS[:2]]
    assert descriptions == [
        f"When The Show airs, and where to watch it. {TEXT}",
        f"When The Show is on Channel (Everywhere). {TEXT}",
    ]


def test_events_are_as_without_a_credit(credited: Site) -> None:
    plain = build(f"{make_yaml()}languages: [en, ko, ar]\n")
    for path in (each for each in plain if each.endswith(".ics")):
        events = [site[path].body.partition(b"BEGIN:VTIMEZONE")[2] for site in (credited, plain)]
        assert events[0] == events[1], path


@pytest.mark.parametrize("folder", TEXTS)
def test_atom_feed_has_rights(credited: Site, folder: str) -> None:
    """RFC 4287 §4.2.10: one element, a text for people, before the entries."""
    body = credited[f"{folder}/changes.atom"].body
    feed = ET.fromstring(body)  # noqa: S314 - our own
    (rights,) = feed.iter(f"{ATOM}rights")
    assert (rights.text, rights.attrib) == (TEXTS[folder], {})
    assert feedparser.parse(body).feed.rights == TEXTS[folder]


# Data.


def test_json_has_the_credit(credited: Site) -> None:
    document = json.loads(credited["/episodes.json"].body)
    assert document["show"]["credit"] == CREDIT
    assert [*document["show"]][-1] == "credit"


def read_json_ld(site: Site) -> dict[str, Any]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', read(site, "/"))
    assert found
    series: dict[str, Any] = json.loads(found[1])
    return series


def test_structured_data_credit_what_the_page_is_based_on(credited: Site) -> None:
    """The series itself has no free licence, so it must not have `license` or `isBasedOn`."""
    series = read_json_ld(credited)
    assert series["mainEntityOfPage"] == {
        "@type": "WebPage",
        "url": "https://defects.example/",
        "isBasedOn": {
            "@type": "CreativeWork",
            "name": "TVmaze",
            "url": CREDIT["url"],
            "license": {"@type": "CreativeWork", "name": "CC BY-SA 4.0", "url": LICENCE_URL},
        },
    }
    assert {"license", "isBasedOn", "creditText"} & series.keys() == set()


def test_structured_data_have_no_unknown_licence_url() -> None:
    page = read_json_ld(build(write_credited(licence="Own")))["mainEntityOfPage"]
    assert page["isBasedOn"]["license"] == {"@type": "CreativeWork", "name": "Own"}


# Any text.


@pytest.mark.parametrize("code", ["en", "ar"])
@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=range(len(HOSTILE_NAMES)))
def test_hostile_credit_stays_text(name: str, code: str) -> None:
    site, harmless = (
        build(write_credited(each, each, languages=f"[{code}]")) for each in (name, "Own")
    )
    text = remove_isolates(load_words(code).credit.format(name=name, licence=name))
    for path in ("/", "/embed.html"):
        paragraph = HtmlTree(find_paragraph(read(site, path)))
        assert remove_isolates(paragraph.text) == text
        assert HtmlTree(read(site, path)).tags == HtmlTree(read(harmless, path)).tags
    credit = json.loads(site["/episodes.json"].body)["show"]["credit"]
    assert (credit["name"], credit["licence"]) == (name, name)
    assert read_json_ld(site)["mainEntityOfPage"]["isBasedOn"]["name"] == name
    atom = ET.fromstring(site["/changes.atom"].body)  # noqa: S314 - our own
    assert remove_isolates(f"{atom.findtext(f'{ATOM}rights')}") == text
    assert len(read_card(site)) == len(read_card(harmless))
    assert_calendars_keep_text(site, text)


def assert_calendars_keep_text(site: Site, text: str) -> None:
    for path in (each for each in site if each.endswith(".ics")):
        file = CalendarFile(str(SITE_URL), path, site[path].body)
        assert [error for rule in feed_rules.RULES for error in rule(file)] == [], path
    description = str(read_calendar(site, "/show.ics")["DESCRIPTION"])
    assert remove_isolates(description).endswith(text)


# Sizes, and what has no credit.


def test_credit_keeps_embeds_small(credited: Site) -> None:
    frame = ("/embed.html", "/embed.css", "/frame.js")
    assert compressed_size(*(credited[each].body for each in frame)) <= 12_000
    assert compressed_size(credited["/embed.js"].body) <= 6_700


def test_files_without_credit_have_no_trace_of_it() -> None:
    site = build(make_yaml())
    pattern = re.compile("credit|rights|Schedule data|isBasedOn", re.IGNORECASE)
    assert [path for path in site if pattern.search(read(site, path))] == []


def test_source_is_in_no_file() -> None:
    source = "source: {tvmaze: 987654321, episodes: {e03: 2238231987}}\n"
    assert digest_site(build(make_yaml() + source)) == digest_site(build(make_yaml()))
    assert not [
        path for path, each in build(make_yaml() + source).items() if b"2238231987" in each.body
    ]
