"""Texts that attack the pages of other languages than the main one stay texts."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Final
from xml.etree import ElementTree as ET

import pytest

from defects_ical.render.scripts import bundle_script, select_words
from defects_ical.site.build import Site, build_site
from defects_ical.text.languages import ENGLISH
from tests.conftest import SITE_URL
from tests.support.example_schedules import load_yaml
from tests.support.hostile_schedules import TEXTS
from tests.support.html_tree import HtmlTree
from tests.support.translated_schedules import make_schedules
from tests.support.variants import leave_to_soak

LANGUAGES: Final = ("en", "ko", "ar")
PAGES: Final = ("/", "/ko/", "/ar/", "/embed.html", "/ko/embed.html", "/ar/embed.html", "/404.html")
NAMES: Final = ("changes", *leave_to_soak("seasons", "film", "contest", "announced"))
GENRES: Final = {"genre", "special"}


def write_attack(kind: str) -> str:
    texts = TEXTS["injection"]
    return texts.genre if kind in GENRES else texts.text


def write_attack_in_each_language(kind: str) -> object:
    return dict.fromkeys(LANGUAGES, write_attack(kind))


def write_plain(kind: str) -> str:
    return f"Text of a {kind}"


def write_plain_in_each_language(kind: str) -> object:
    return dict.fromkeys(LANGUAGES, write_plain(kind))


# Texts that attack, and harmless ones; those of one language are marked on the other pages.
WRITERS: Final = {
    "translated": (write_attack_in_each_language, write_plain_in_each_language),
    "foreign": (write_attack, write_plain),
}


@cache
def build(name: str, writer: str, index: int) -> Site:
    return build_site(load_yaml(make_schedules(LANGUAGES, WRITERS[writer][index])[name]), SITE_URL)


def list_elements(site: Site, path: str) -> list[tuple[str, list[str]]]:
    """Return the tags of a page, each with the names of its attributes."""
    return [(tag, sorted(names)) for tag, names in HtmlTree(site[path].body.decode()).elements]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("name", NAMES)
def test_texts_add_no_elements(name: str, writer: str, path: str) -> None:
    attacked, harmless = (build(name, writer, index) for index in (0, 1))
    assert list_elements(attacked, path) == list_elements(harmless, path)


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("name", NAMES)
def test_other_formats_keep_texts(name: str, writer: str) -> None:
    site, text = build(name, writer, 0), TEXTS["injection"].text
    # In NFC.
    text = text.replace("e\u0301", "é")
    for folder in ("/", "/ko/", "/ar/"):
        feed, _ = (
            ET.fromstring(site[f"{folder}{name}"].body)  # noqa: S314 - our own
            for name in ("changes.atom", "card.svg")
        )
        assert text in "".join(feed.itertext())
        assert json.loads(site[f"{folder}oembed.json"].body)["title"] == text
        page = site[folder].body.decode()
        for data in re.findall('<script type="application/[a-z+]*json"[^>]*>(.*?)</script>', page):
            json.loads(data)
    texts = json.loads(site["/episodes.json"].body)["texts"]
    assert texts["ko"]["title"] == texts["ar"]["title"] == text


def test_texts_of_scripts_cannot_end_their_element() -> None:
    """Whatever a translator writes."""
    attack = "</script><!--<script>\"'\u2028&amp;]]>"
    words = type(ENGLISH)(**{**vars(ENGLISH), "copy": attack})
    block = select_words(words, "copy-buttons.js")
    assert json.loads(block)["copy"] == attack
    assert not re.search("[<>&\u2028\u2029]", block)
    # An element has its texts in its script.
    script = bundle_script("copy-buttons.js", words=words).decode()
    assert script.startswith(f'(() => {{\n"use strict";\nconst WORDS = {block};\n')
