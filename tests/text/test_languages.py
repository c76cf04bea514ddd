"""The files of the languages: what each must have, besides the wording."""

from __future__ import annotations

import string
from collections.abc import Iterable
from itertools import chain
from typing import Final

import pytest
from babel import Locale

from defects_ical.text.languages import DEFAULT_LANGUAGE, ENGLISH, LANGUAGES, load_words
from defects_ical.text.lengths import choose_plural
from tests.support.languages import (
    GLOSSARY,
    PATTERN_PARTS,
    TRANSLATIONS,
    Value,
    find_placeholders,
    list_texts,
    load_locale,
    read_cities,
    read_texts,
)

TERRITORIES: Final = {
    "en": "GB",
    "ko": "KR",
    "ja": "JP",
    "zh-Hant": "TW",
    "es": "ES",
    "pt-BR": "BR",
    "fr": "FR",
    "de": "DE",
    "id": "ID",
    "ar": "EG",
}
"""Where the most readers of a language are likely to be."""

CATEGORIES: Final = ("zero", "one", "two", "few", "many", "other")
"""CLDR's plural categories, in the order in which a language lists its own."""

LONGER_NUMBERS: Final = (2001, 9999, 10_003, 12_345, 100_000, 100_011, 999_999)


def has_same_type(value: Value, original: Value) -> bool:
    """Return whether a value is a text, a number or a list of texts where the original is."""
    if isinstance(value, list):
        return isinstance(original, list) and all(isinstance(each, str) for each in value)
    return type(value) is type(original)


@pytest.mark.parametrize("code", TRANSLATIONS)
def test_names_of_texts_are_those_of_the_original(code: str) -> None:
    assert [*read_texts(code)] == [*read_texts(DEFAULT_LANGUAGE)]


@pytest.mark.parametrize("code", TRANSLATIONS)
def test_types_are_those_of_the_original(code: str) -> None:
    original = read_texts(DEFAULT_LANGUAGE)
    values = read_texts(code).items()
    differing = [name for name, value in values if not has_same_type(value, original[name])]
    assert [each for each in differing if each != "reviewed"] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_words_have_what_the_file_has(code: str) -> None:
    words, texts = load_words(code), read_texts(code)
    values = {
        name: tuple(value) if isinstance(value, list) else value for name, value in texts.items()
    }
    assert words.code == code
    assert words.cities == read_cities(code)
    loaded = vars(words).keys() - {"code", "cities"}
    assert {name: getattr(words, name) for name in loaded} == {
        name: value
        for name, value in values.items()
        if name != "reviewed" and not name.startswith(GLOSSARY)
    }


def test_languages_have_names_of_their_own() -> None:
    names = [load_words(code).name for code in LANGUAGES]
    assert len({*names}) == len(LANGUAGES)
    assert ENGLISH.name == "English"


@pytest.mark.parametrize("code", LANGUAGES)
def test_reviewer_has_a_name(code: str) -> None:
    """``reviewed`` is the name of a native speaker who has read all texts, or null."""
    reviewed = read_texts(code)["reviewed"]
    assert reviewed is None or (isinstance(reviewed, str) and reviewed.strip())


@pytest.mark.parametrize("code", LANGUAGES)
def test_glossary_has_every_term(code: str) -> None:
    terms = [value for name, value in read_texts(code).items() if name.startswith(GLOSSARY)]
    assert len(terms) >= 10
    assert all(isinstance(each, str) and each for each in terms)


# Languages and their regions


@pytest.mark.parametrize("code", LANGUAGES)
def test_direction_is_that_of_the_script(code: str) -> None:
    assert load_words(code).direction == load_locale(code).text_direction


@pytest.mark.parametrize("code", LANGUAGES)
def test_week_begins_as_in_the_likely_territory(code: str) -> None:
    territory = Locale.parse(f"und_{TERRITORIES[code]}")
    assert load_words(code).first_weekday == territory.first_week_day


@pytest.mark.parametrize("code", LANGUAGES)
def test_open_graph_locale_is_of_the_language(code: str) -> None:
    """Readers of Facebook know it, so it has a territory, except for English."""
    language = code.partition("-")[0]
    expected = {"en": "en", "ar": "ar_AR"}.get(code, f"{language}_{TERRITORIES[code]}")
    assert load_words(code).open_graph_locale == expected


@pytest.mark.parametrize("code", LANGUAGES)
def test_calendar_has_every_name(code: str) -> None:
    words = load_words(code)
    assert [len(each) for each in (words.weekdays, words.short_weekdays)] == [7, 7]
    assert [len(each) for each in (words.months, words.short_months)] == [12, 12]
    assert len({*words.weekdays}) == len({*words.short_weekdays}) == 7
    assert len({*words.months}) == len({*words.short_months}) == 12
    assert len(words.day_periods) in {0, 24}


# Plurals


@pytest.mark.parametrize("code", LANGUAGES)
def test_plural_categories_are_those_of_whole_numbers(code: str) -> None:
    """Spanish, Portuguese and French also have "many", for millions, which no count reaches."""
    rule = load_locale(code).plural_form
    used = {rule(number) for number in (*range(2001), *LONGER_NUMBERS)}
    assert load_words(code).plural_categories == tuple(each for each in CATEGORIES if each in used)
    unused = {*rule.tags, "other"} - used
    assert unused == ({"many"} if code in {"es", "pt-BR", "fr"} else set())


@pytest.mark.parametrize("code", LANGUAGES)
def test_plural_is_that_of_cldr(code: str) -> None:
    rule = load_locale(code).plural_form
    numbers = (*range(2001), *LONGER_NUMBERS)
    assert [each for each in numbers if choose_plural(each, code) != rule(each)] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_text_has_each_plural_form(code: str) -> None:
    """Lists whose texts have a count are those with plural forms."""
    count = len(load_words(code).plural_categories)
    forms = {
        name: len(value)
        for name, value in read_texts(code).items()
        if isinstance(value, list) and any("{" in each for each in value)
    }
    assert len(forms) >= 10
    assert {name: length for name, length in forms.items() if length != count} == {}


# Placeholders


def find_pattern_mistakes(name: str, used: set[str], *, has_periods: bool) -> Iterable[str]:
    """Yield what is wrong with the placeholders of a pattern."""
    groups = PATTERN_PARTS[name]
    known = set(chain.from_iterable(groups))
    if name == "time" and has_periods:
        known.add("period")
        if not {"hour12", "period"} <= used:
            yield "time: a clock of 12 hours needs day periods"
    elif name == "time" and "hour12" in used:
        yield "time: a clock of 12 hours needs day periods"
    if used - known:
        yield f"{name}: unknown {sorted(used - known)}"
    for group in groups:
        if not group & used:
            yield f"{name}: none of {sorted(group)}"


@pytest.mark.parametrize("code", LANGUAGES)
def test_pattern_has_the_necessary_parts(code: str) -> None:
    words = load_words(code)
    mistakes = (
        find_pattern_mistakes(
            name, {*find_placeholders(getattr(words, name))}, has_periods=bool(words.day_periods)
        )
        for name in PATTERN_PARTS
    )
    assert [*chain.from_iterable(mistakes)] == []


@pytest.mark.parametrize("code", TRANSLATIONS)
def test_placeholders_are_those_of_the_original(code: str) -> None:
    """Each form of a text has the same ones, as often."""
    original = {name: sorted(find_placeholders(text)) for name, text in list_texts("en")}
    assert [
        (name, text)
        for name, text in list_texts(code)
        if name not in PATTERN_PARTS
        if sorted(find_placeholders(text)) != original.get(name, [])
    ] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_placeholders_are_plain_names(code: str) -> None:
    """Scripts fill texts, too, and know neither formats nor braces in braces."""
    for _, text in list_texts(code):
        fields = [
            (name, spec, conversion)
            for _, name, spec, conversion in string.Formatter().parse(text)
            if name is not None
        ]
        assert fields == [(name, "", None) for name in find_placeholders(text)]
        assert text.count("{") == text.count("}") == len(fields)
