"""Texts of a schedule in several languages."""

from __future__ import annotations

import pytest

from defects_ical.text.translations import Foreign, Translated, translate

TITLE = Translated.create("The Defects", {"ko": "아이쇼핑", "de": "The Defects"})


def test_text_is_that_of_the_main_language() -> None:
    assert TITLE == "The Defects"
    assert TITLE.upper() == "THE DEFECTS"


@pytest.mark.parametrize(
    ("language", "text"), [("en", "The Defects"), ("ko", "아이쇼핑"), ("de", "The Defects")]
)
def test_text_is_translated(language: str, text: str) -> None:
    translated = translate(TITLE, language, "en")
    assert translated == text
    assert not isinstance(translated, Foreign)


def test_text_without_translation_is_of_the_main_language() -> None:
    translated = translate(TITLE, "fr", "en")
    assert translated == "The Defects"
    assert isinstance(translated, Foreign)
    assert translated.language == "en"


def test_main_language_may_be_another() -> None:
    title = Translated.create("아이쇼핑", {"en": "The Defects"})
    assert translate(title, "en", "ko") == "The Defects"
    assert translate(title, "ko", "ko") == "아이쇼핑"
    foreign = translate(title, "ja", "ko")
    assert isinstance(foreign, Foreign)
    assert foreign.language == "ko"


def test_text_of_no_language_is_for_all() -> None:
    """The schedule of a site with one language has plain texts."""
    text = translate("ENA", "ko", "en")
    assert text == "ENA"
    assert not isinstance(text, Foreign)


def test_translations_are_those_of_creation() -> None:
    translations = {"ko": "아이쇼핑"}
    title = Translated.create("The Defects", translations, is_shared=True)
    translations["ko"] = "another"
    assert title.translations == {"ko": "아이쇼핑"}
    assert title.is_shared
    assert not TITLE.is_shared


def test_values_of_the_main_language_go_before_the_text() -> None:
    title = Translated.create("The Defects", {"en": "Defects"})
    assert translate(title, "en", "en") == "Defects"
