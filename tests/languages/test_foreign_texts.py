"""A text that a schedule has not in a language says which language it is in."""

from __future__ import annotations

from typing import Final

import pytest

from defects_ical.site.build import build_site
from tests.conftest import SITE_URL
from tests.support.example_schedules import load_yaml
from tests.support.translated_schedules import Write, make_schedules, write_greek
from tests.support.visible_texts import read_html

LANGUAGES: Final = ("en", "ko")
# Of all Greek texts, which are in the main language.
GREEK: Final = "Κείμενο"
# Plain text, in which nothing can say so.
PLAIN: Final = frozenset({"title", "code"})


def write_title_only(kind: str) -> object:
    """Return a text in the main language only, unless it is the title."""
    text = write_greek(kind)
    return {"en": text, "ko": "겨울"} if kind == "title" else text


@pytest.mark.parametrize("write", [write_title_only, write_greek])
@pytest.mark.parametrize("name", make_schedules(LANGUAGES))
def test_texts_in_another_language_are_marked(name: str, write: Write) -> None:
    site = build_site(load_yaml(make_schedules(LANGUAGES, write)[name]), SITE_URL)
    pages = [site[path].body.decode() for path in ("/ko/", "/ko/embed.html")]
    for page in pages:
        found = [each for each in read_html(page, "ko") if each.block and GREEK in each.text]
        assert [each for each in found if each.place not in PLAIN] == []
    assert any(GREEK in each.text for each in read_html(pages[0], "en"))


def test_texts_in_the_language_of_the_page_are_not_marked() -> None:
    site = build_site(load_yaml(make_schedules(LANGUAGES)["changes"]), SITE_URL)
    for path in ("/ko/", "/ko/embed.html"):
        texts = (each.text.strip() for each in read_html(site[path].body.decode(), "en"))
        # The links to the other language are in that, and the names of platforms have no other.
        others = {"English", "Read this page in English"}
        assert {each for each in texts if not each.startswith("Ψ")} <= others
