"""Hostile texts of a schedule are shown and published unchanged."""

from __future__ import annotations

import json
import re
from typing import NamedTuple
from unicodedata import normalize
from xml.etree import ElementTree as ET

import icalendar
import pytest
from playwright.sync_api import Page

from defects_ical.errors import ScheduleError
from defects_ical.model.schedule import Schedule
from defects_ical.site.build import Site, build_site
from tests.conftest import SITE_URL
from tests.support import feed_rules
from tests.support.browser import WatchedBrowser
from tests.support.calendar_files import CalendarFile
from tests.support.deployments import Deployments
from tests.support.example_schedules import load_yaml
from tests.support.hostile_schedules import (
    HARMLESS_SCHEDULE,
    PAGES,
    SCHEDULES,
    TEXTS,
    Texts,
    replace_value,
    strip_isolates,
)
from tests.support.html_tree import HtmlTree
from tests.support.variants import sample

pytest_plugins = ["tests.support.browser"]


class HostileSite(NamedTuple):
    """A schedule with hostile texts, and its site."""

    texts: Texts
    schedule: Schedule
    site: Site

    @property
    def text(self) -> str:
        """The hostile text as the schedule keeps it."""
        return normalize("NFC", self.texts.text)

    @property
    def prose(self) -> str:
        """The text of fields that may have several lines."""
        return f"{self.text}\n{self.text}"

    def read(self, path: str) -> bytes:
        return self.site[path].body


@pytest.fixture(scope="module", params=sample(SCHEDULES, 2))
def hostile(request: pytest.FixtureRequest) -> HostileSite:
    schedule = load_yaml(SCHEDULES[request.param])
    return HostileSite(TEXTS[request.param], schedule, build_site(schedule, SITE_URL))


@pytest.fixture(scope="module")
def harmless() -> Site:
    """Build the same site with harmless texts."""
    return build_site(load_yaml(HARMLESS_SCHEDULE), SITE_URL)


def test_loader_keeps_texts(hostile: HostileSite) -> None:
    show, text = hostile.schedule.show, hostile.text
    assert (show.title, show.original_title, show.synopsis) == (text, text, hostile.prose)
    assert [(each.actor, each.role) for each in show.cast] == [(text, text)]
    assert show.genres == (hostile.texts.genre,)


def test_feeds_follow_rules_and_keep_texts(hostile: HostileSite) -> None:
    files = {path: each.body for path, each in hostile.site.items() if path.endswith(".ics")}
    assert len(files) == 11
    for path, body in files.items():
        file = CalendarFile(str(SITE_URL), path, body)
        assert [error for rule in feed_rules.RULES for error in rule(file)] == [], path
        assert_icalendar_reads_texts(body, hostile)


def assert_icalendar_reads_texts(body: bytes, hostile: HostileSite) -> None:
    text = hostile.text
    calendar = icalendar.Calendar.from_ical(body)
    assert isinstance(calendar, icalendar.Calendar)
    assert calendar.to_ical()
    for event in calendar.events:
        assert re.fullmatch("(TBC: |CANCELLED: )?", str(event["SUMMARY"]).partition(text)[0])
        assert str(event["LOCATION"]) in {text, f"{text}, {text}"}
        assert hostile.texts.genre in event.categories
        assert f"\n{strip_isolates(text)} (" in strip_isolates(str(event["DESCRIPTION"]))


def test_episodes_json_keeps_texts(hostile: HostileSite) -> None:
    text, prose = hostile.text, hostile.prose
    content = json.loads(hostile.read("/episodes.json"))
    show = content["show"]
    assert (show["title"], show["original_title"], show["synopsis"]) == (text, text, prose)
    assert show["genres"] == [hostile.texts.genre]
    assert [(each["name"], each["region"]) for each in content["platforms"]] == [(text, text)] * 2
    names = [each["name"] for each in content["episodes"]]
    assert names == [text, text, "Episode 1", "Episode 2", "Episode 3"]
    assert [each["teaser"] for each in content["episodes"]] == [None, None, prose, None, None]
    assert all(
        strip_isolates(f" {text}. {text}") in strip_isolates(each["text"])
        for each in content["changes"]
    )
    assert {
        strip_isolates(each["title"]).replace(strip_isolates(text), "T")
        for each in content["feeds"]
    } == {
        *("T", "T (reminders)", "T on T", "T on T (reminders)"),
    }


def test_oembed_keeps_texts(hostile: HostileSite) -> None:
    response = json.loads(hostile.read("/oembed.json"))
    assert (response["title"], response["provider_name"]) == (hostile.text, hostile.text)
    ((tag, attributes),) = HtmlTree(response["html"]).elements
    assert (tag, attributes["title"]) == ("iframe", f"{hostile.text}: when the episodes air")


def test_sitemap_and_card_are_well_formed(hostile: HostileSite) -> None:
    sitemap = ET.fromstring(hostile.read("/sitemap.xml"))  # noqa: S314 - our own
    assert [each.text for each in sitemap.iter() if each.tag.endswith("}loc")] == [str(SITE_URL)]
    card = ET.fromstring(hostile.read("/card.svg"))  # noqa: S314 - our own
    title = card.findtext("{http://www.w3.org/2000/svg}title")
    assert title == f"{hostile.text}: when the episodes air"


def outline(site: Site, path: str) -> list[tuple[str, ...]]:
    """Return the elements of a page with the names of their attributes."""
    return [(tag, *names) for tag, names in HtmlTree(site[path].body.decode()).elements]


@pytest.mark.parametrize("path", PAGES)
def test_texts_add_no_elements(hostile: HostileSite, harmless: Site, path: str) -> None:
    assert outline(hostile.site, path) == outline(harmless, path)
    assert hostile.text in HtmlTree(hostile.read(path).decode()).text


def test_special_may_not_have_id_of_page_element(harmless: Site) -> None:
    elements = HtmlTree(harmless["/"].body.decode()).elements
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    own = set(ids) - {"e01", "e02", "e03", "extra", "gone"}
    assert len(own) == len(ids) - 5 >= 10
    for id_ in own:
        with pytest.raises(ScheduleError):
            load_yaml(replace_value(("specials", 1, "id"), id_))


@pytest.mark.parametrize("name", sample(SCHEDULES, 2))
def test_page_shows_texts(deployments: Deployments, browser: WatchedBrowser, name: str) -> None:
    page = browser.open(deployments.get(SCHEDULES[name], "service"))
    text = normalize("NFC", TEXTS[name].text)
    prose = f"{text}\n{text}"
    expected = {
        "h1": [text],
        ".original": [f"{text}Season 1"],
        ".synopsis": [prose],
        ".cast li": [f"{text} {text}"],
        "#watch li > :first-child": [text, text],
        "#watch small": [
            f"(television, {text})",
            f"(streaming, {text}), 1 h 30 min after the broadcast",
        ],
        ".episode h3 a": [text, text, "Episode 1", "Episode 2", "Episode 3"],
        ".teaser": [prose],
        ".recap p": [prose],
    }
    for selector, texts in expected.items():
        found = page.locator(selector).all_text_contents()
        assert [*map(strip_isolates, found)] == [*map(strip_isolates, texts)], selector
    headline = page.locator("#next").text_content() or ""
    assert headline.startswith(f"Next: {text}, ")
    assert f"Cancelled: {text}." in headline
    assert all(
        strip_isolates(f" {text}. {text}") in strip_isolates(each)
        for each in page.locator(".revision").all_text_contents()
    )
    assert_json_ld_keeps_texts(page, text)


def assert_json_ld_keeps_texts(page: Page, text: str) -> None:
    prose = f"{text}\n{text}"
    series = json.loads(page.locator("script[type='application/ld+json']").text_content() or "")
    assert (series["name"], series["alternateName"], series["description"]) == (text, text, prose)
    (role,) = series["actor"]
    assert (role["actor"]["name"], role["characterName"]) == (text, text)
    episodes = series["containsSeason"]["episode"]
    assert [each["name"] for each in episodes][:2] == [text, text]
    assert [each.get("description") for each in episodes] == [None, None, prose, None, None]
    services = [each["publishedOn"] for each in episodes[0]["publication"]]
    assert [(each["name"], each["areaServed"]) for each in services] == [(text, text)] * 2
