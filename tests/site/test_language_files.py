"""The files of a site in several languages: JSON, Atom, and feeds with equal events."""

from __future__ import annotations

import json
import re
from typing import Final

import pytest

from defects_ical.export.headers_file import MAX_RULES, format_headers
from defects_ical.site.build import Site, build_site
from defects_ical.text.languages import LANGUAGES
from tests.conftest import SITE_URL
from tests.site.translated_site import CODES, FOLDERS, SCHEDULE, TRANSLATED
from tests.support.example_schedules import load_yaml
from tests.support.translated_schedules import write_changed_example

# What identifies events and their versions.
IDENTITY: Final = re.compile(rb"(?m)^(?:UID|SEQUENCE|DTSTAMP|LAST-MODIFIED|DTSTART|DTEND|PRODID).*")


# JSON and Atom.


def test_json_has_the_texts_of_each_language(translated: Site) -> None:
    document = json.loads(translated["/episodes.json"].body)
    assert (document["language"], document["city"]) == ("ko", "서울")
    assert document["show"]["title"] == "아이쇼핑"
    assert [*document["texts"]] == ["en", "ar"]
    english = document["texts"]["en"]
    assert english["title"] == "The Defects"
    assert english["synopsis"] == "Abandoned children."
    assert english["genres"] == ["thriller"]
    assert english["city"] == "Seoul"
    assert english["page"] == "https://defects.example/en/"
    assert [each["url"] for each in english["feeds"]] == [
        "https://defects.example/en/show.ics",
        "https://defects.example/en/show-reminders.ics",
        "https://defects.example/en/show-ena.ics",
        "https://defects.example/en/show-ena-reminders.ics",
    ]
    assert english["platforms"] == {"ena": {"name": "ENA", "region": "South Korea"}}
    assert english["episodes"] == {
        "e01": {
            "name": "Episode 1, The Start",
            "title": "The Start",
            "teaser": "달린다.",
            "page": "https://defects.example/en/#e01",
            "ics": "https://defects.example/en/episodes/show-e01.ics",
        },
        "e02": {
            "name": "Episode 2",
            "page": "https://defects.example/en/#e02",
            "ics": "https://defects.example/en/episodes/show-e02.ics",
        },
        "extra": {
            "name": "Backstage",
            "page": "https://defects.example/en/#extra",
            "ics": "https://defects.example/en/episodes/show-extra.ics",
        },
    }
    day = "Monday 28 July 2025"
    assert [each["text"] for each in english["changes"]] == [
        "Friday 11 July 2025: Corrected.",
        f"Thursday 10 July 2025: Moved from {day}, 22:00 KST to {day}, 23:00 KST. A game.",
    ]
    assert document["texts"]["ar"]["episodes"]["e01"]["teaser"] == "يركضون."


def test_json_texts_have_the_order_of_what_they_translate(translated: Site) -> None:
    document = json.loads(translated["/episodes.json"].body)
    for texts in document["texts"].values():
        assert [*texts["episodes"]] == [each["id"] for each in document["episodes"]]
        assert [*texts["platforms"]] == [each["id"] for each in document["platforms"]]
        assert len(texts["feeds"]) == len(document["feeds"])
        assert len(texts["changes"]) == len(document["changes"])


def test_json_of_english_only_has_no_new_keys(site: Site) -> None:
    document = json.loads(site["/episodes.json"].body)
    assert not document.keys() & {"language", "city", "texts"}


def test_atom_feeds_have_their_own_ids(translated: Site) -> None:
    """They never change: readers would show every entry again."""
    ids = {
        code: re.findall(b"<id>urn:uuid:(.*?)</id>", translated[f"{folder}changes.atom"].body)
        for code, folder in FOLDERS.items()
    }
    assert len({id_ for each in ids.values() for id_ in each}) == 9
    assert ids["en"] == [
        b"eb42a020-8490-5ae6-a9dc-2968f2808fab",
        b"b5d0d2be-c39c-57cf-86f4-062f7a922800",
        b"f89fd28e-ba31-50d9-b266-55c90bb163ee",
    ]
    # Nor do they depend on the other languages.
    fewer = re.sub(", ar(?:: [^,}]*)?", "", SCHEDULE)
    alone = build_site(load_yaml(fewer), SITE_URL)
    for folder in ("/", "/en/"):
        assert alone[f"{folder}changes.atom"].body == translated[f"{folder}changes.atom"].body


@pytest.mark.parametrize("code", CODES)
def test_atom_feed_names_its_language_and_address(code: str, translated: Site) -> None:
    feed, url = translated[f"{FOLDERS[code]}changes.atom"].body.decode(), FOLDERS[code]
    assert f' xml:lang="{code}">' in feed
    assert f'rel="self" type="application/atom+xml" href="https://defects.example{url}' in feed


# Feeds.


def test_feeds_identify_events_alike_in_every_language(translated: Site) -> None:
    """No client chooses by LANGUAGE, and some lose a title that has it."""
    for name in TRANSLATED:
        if name.endswith(".ics"):
            bodies = [translated[f"{folder}{name}"].body for folder in FOLDERS.values()]
            found = [IDENTITY.findall(re.sub(rb"\r\n ", b"", each)) for each in bodies]
            assert found[0]
            assert found[0] == found[1] == found[2]
            assert not any(b"LANGUAGE" in each for each in bodies)
            assert b"\r\nPRODID:-//defects-ical//defects-ical//EN\r\n" in bodies[0]


def test_headers_of_a_folder_are_those_of_the_main_language(translated: Site) -> None:
    for name in TRANSLATED:
        for folder in ("/en/", "/ar/"):
            assert translated[f"{folder}{name}"].headers == translated[f"/{name}"].headers


def test_site_in_ten_languages_needs_under_100_rules() -> None:
    """Cloudflare Pages reads no more."""
    site = build_site(load_yaml(write_changed_example()), SITE_URL)
    assert {path.split("/")[1] for path in site} >= {*LANGUAGES} - {"en"}
    rules = re.findall("(?m)^/.*", format_headers(site, SITE_URL))
    assert len(rules) <= MAX_RULES == 100
    assert len(set(rules)) == len(rules)
