"""The wording of the texts: letters, punctuation, sentences, and values in them."""

# ruff: noqa: RUF001 - texts have the punctuation of their languages

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

import pytest

from defects_ical.text.languages import LANGUAGES, load_words
from tests.support.languages import (
    TRANSLATIONS,
    find_placeholders,
    list_texts,
    read_cities,
    remove_placeholders,
    split_text,
)

SETTINGS: Final = ("direction", "open_graph_locale", "plural_categories", "group_separator")
"""What is no text."""
CALENDAR: Final = ("weekdays", "short_weekdays", "months", "short_months", "day_periods")
"""Names that are as CLDR has them."""
SEPARATORS: Final = ("list_separator", "sentence_separator", "length_separator", "group_separator")
"""Texts that begin or end with a space, or are one."""

# Longer names stand before those that begin alike.
PROGRAM_NAMES: Final = (
    "Apple Calendar",
    "Google Calendar",
    "Outlook.com",
    "Outlook",
    "Microsoft 365",
    "ICSx⁵",
    "Safari",
    "WordPress",
    "oEmbed",
    "Markdown",
    "HTML",
    "Atom",
    "QR",
    "Windows",
    "Android",
    "iPhone",
    "iPad",
    "Mac",
    "README",
    "TV",
)
"""Names of programs, devices and formats, which are the same in every script."""

SCRIPTS: Final = {
    "ko": {"HANGUL"},
    "ja": {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"},
    "zh-Hant": {"CJK"},
    "ar": {"ARABIC"},
}
"""The first words of the names of a script's letters. Other languages have Latin letters."""

ALPHABETS: Final = {
    "en": "",
    "es": "áéíñóúü",
    "pt-BR": "áâãàçéêíóôõú",
    "fr": "àâçéèêëîïôœùûü",
    "de": "äöüß",
    "id": "",
}
"""The letters that a language has besides those from A to Z."""

NATIONAL_CHARACTERS: Final = {"ja": "shift_jis", "zh-Hant": "big5"}
"""Older character sets, which have no simplified characters of Chinese."""

LOAN_WORD: Final = "the language has the same word"
SYMBOL: Final = "the symbol is international"
NAME: Final = "a name"
SAME_AS_ENGLISH: Final = {
    "ko": {"category": "Koreans write the letters TV", "embed_markdown": NAME},
    "ja": {"embed_markdown": NAME},
    "zh-Hant": {"embed_markdown": NAME},
    "es": {
        "glossary_feed": LOAN_WORD,
        "glossary_spoilers": LOAN_WORD,
        "minutes": SYMBOL,
        "hours": SYMBOL,
        "kind_streaming": LOAN_WORD,
        "category": LOAN_WORD,
        "embed_markdown": NAME,
        "feeds": LOAN_WORD,
    },
    "pt-BR": {
        "glossary_feed": LOAN_WORD,
        "glossary_spoilers": LOAN_WORD,
        "minutes": SYMBOL,
        "hours": SYMBOL,
        "kind_streaming": LOAN_WORD,
        "kind_cinema": LOAN_WORD,
        "category": LOAN_WORD,
        "embed_markdown": NAME,
        "feeds": LOAN_WORD,
    },
    "fr": {
        "glossary_spoilers": LOAN_WORD,
        "long_minutes": LOAN_WORD,
        "count_dates": LOAN_WORD,
        "kind_streaming": LOAN_WORD,
        "category": LOAN_WORD,
        "heading_date": LOAN_WORD,
        "heading_dates": LOAN_WORD,
        "embed_markdown": NAME,
        "embed_image": LOAN_WORD,
        "page_sections": LOAN_WORD,
        "genre": LOAN_WORD,
        "archives": LOAN_WORD,
    },
    "de": {
        "category": LOAN_WORD,
        "embed_frame": LOAN_WORD,
        "embed_markdown": NAME,
        "feeds": LOAN_WORD,
        "date_time_in_city": "the preposition is the same",
        "same_day_time_in_city": "the preposition is the same",
        "feed_of_genres": LOAN_WORD,
        "genre": LOAN_WORD,
    },
    "id": {
        "glossary_feed": LOAN_WORD,
        "glossary_episode": LOAN_WORD,
        "glossary_platform": LOAN_WORD,
        "episode": LOAN_WORD,
        "count_episodes": LOAN_WORD,
        "kind_streaming": LOAN_WORD,
        "category": LOAN_WORD,
        "embed_frame": LOAN_WORD,
        "embed_markdown": NAME,
        "platform": LOAN_WORD,
        "genre": LOAN_WORD,
    },
    "ar": {"embed_markdown": NAME},
}
"""The texts that may be the same as in English, and why."""

ABBREVIATIONS: Final = {"de": {"minutes", "hours"}}
"""The texts that end with the full stop of an abbreviation, besides names of days and months."""

HOSTILE_VALUES: Final = (
    "\"'`&amp;<b>",
    "{0}{x}{{}}",
    "%s %(name)s $& \\1",
    "</script><!--",
    "\N{HEBREW LETTER ALEF}\N{ARABIC LETTER ALEF}\N{RIGHT-TO-LEFT OVERRIDE}",
    "a\r\nb",
    "",
)
"""What values may contain that a text must give back as it is."""

# Particles with two forms, of which the sound before chooses one; a closing mark may be before.
PARTICLES: Final = re.compile(
    r"\}[)\]’”」』(]*(은|는|이|가|을|를|과|와|으|로|아|야|나|라|랑|든|며|여|란|예요)"
)

# What tells a value from the words before it: a colon, a dash, an arrow, or a bracket that ends.
LABEL: Final = re.compile(r"[:：–→\])】]\s*\Z")
DATE: Final = "a date"
LABELS_WITHOUT_SIGN: Final = {
    "ko": {
        "date": DATE,
        "month_and_year": DATE,
        "season": NAME,
        "either_status": "two statuses",
        "today_date": DATE,
    },
    "ja": {
        "date": DATE,
        "month_and_year": DATE,
        "season": NAME,
        "either_status": "two statuses",
        "today_date": DATE,
    },
}
"""The texts that end in a value after words, but are no sentences, and what they are."""

QUOTES: Final = '«»„“”"'
WRONG_PUNCTUATION: Final = {
    "ko": f"[，。：；？！、{QUOTES}]",
    "ja": f"[,;?!{QUOTES}]|[。、：（）「」？！] ",
    "zh-Hant": f"[,;?!{QUOTES}]|[。，、：（）「」？！] ",
    "es": r"[„“”\"]|^[^¿]*\?|^[^¡]*!",
    "pt-BR": r"[«»„\"]",
    "fr": r"[„“”\"']|[^\u00a0](?:[;?!»]|:(?!\{minute))|«[^\u00a0]",
    "de": r"[«»”\"]",
    "id": r"[«»„\"]",
    "ar": r"[,;?„“”\"]",
}
"""Marks that a language does not write so."""


def list_wording(code: str) -> list[tuple[str, str]]:
    """Return each text of a language that is wording, with its name."""
    return [(name, text) for name, text in list_texts(code) if name not in SETTINGS]


def list_sentences(code: str) -> list[tuple[str, str]]:
    """Return each sentence or label of a language, with the name of its text."""
    end, separator = load_words(code).sentence_end, load_words(code).sentence_separator
    return [
        (name, sentence)
        for name, text in list_wording(code)
        for sentence in re.split(rf"(?<={re.escape(end)}){separator}(?=\S)", text)
    ]


def remove_program_names(text: str) -> str:
    """Return a text without the names that are the same in every script."""
    return re.sub("|".join(map(re.escape, PROGRAM_NAMES)), "", text)


# Letters


@pytest.mark.parametrize("code", LANGUAGES)
def test_texts_are_normalized(code: str) -> None:
    texts = (*list_texts(code), *read_cities(code).items())
    assert [each for each in texts if unicodedata.normalize("NFC", each[1]) != each[1]] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_texts_have_no_space_around_them(code: str) -> None:
    texts = (*list_texts(code), *read_cities(code).items())
    assert [
        (name, text) for name, text in texts if text.strip() != text and name not in SEPARATORS
    ] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_texts_are_single_lines_of_visible_characters(code: str) -> None:
    """No text has two spaces in a row, a line break, or an invisible character."""
    texts = (*list_texts(code), *read_cities(code).items())
    invisible = re.compile(r"\s\s|[\t\n\r]|[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
    assert [each for each in texts if invisible.search(each[1])] == []


@pytest.mark.parametrize("code", SCRIPTS)
def test_letters_are_of_the_script(code: str) -> None:
    texts = (*list_wording(code), *read_cities(code).items())
    assert [
        (name, each)
        for name, text in texts
        for each in remove_program_names(remove_placeholders(text))
        if each.isalpha() and unicodedata.name(each).split()[0] not in SCRIPTS[code]
    ] == []


@pytest.mark.parametrize("code", ALPHABETS)
def test_letters_are_of_the_alphabet(code: str) -> None:
    alphabet = {*"abcdefghijklmnopqrstuvwxyz", *ALPHABETS[code]}
    assert [
        (name, each)
        for name, text in list_wording(code)
        for each in remove_placeholders(text).lower()
        if each.isalpha() and each not in alphabet
    ] == []


@pytest.mark.parametrize("code", ALPHABETS)
def test_letters_of_cities_are_latin(code: str) -> None:
    letters = {each for text in read_cities(code).values() for each in text if each.isalpha()}
    assert [each for each in letters if not unicodedata.name(each).startswith("LATIN ")] == []


@pytest.mark.parametrize("code", NATIONAL_CHARACTERS)
def test_characters_are_those_of_the_country(code: str) -> None:
    """Texts in Japanese and Traditional Chinese have none of each other's characters."""
    letters = {
        each
        for _, text in (*list_wording(code), *read_cities(code).items())
        for each in text
        if each.isalpha()
    }
    unknown = {
        each for each in letters if not each.encode(NATIONAL_CHARACTERS[code], errors="ignore")
    }
    assert unknown == set()


@pytest.mark.parametrize("code", TRANSLATIONS)
def test_texts_are_translated(code: str) -> None:
    """Only names and words that the language has, too, are the same as in English."""
    original = {*list_wording("en")}
    same = {
        name
        for name, text in list_wording(code)
        if name not in CALENDAR
        if (name, text) in original and re.search(r"[^\W\d_]", remove_placeholders(text))
    }
    assert same == SAME_AS_ENGLISH[code].keys()


# Values


@pytest.mark.parametrize("value", HOSTILE_VALUES)
@pytest.mark.parametrize("code", LANGUAGES)
def test_values_stand_unchanged_in_texts(code: str, value: str) -> None:
    for _, text in list_texts(code):
        parts = split_text(text)
        expected = "".join(value if index % 2 else part for index, part in enumerate(parts))
        assert text.format(**dict.fromkeys(find_placeholders(text), value)) == expected


def test_no_korean_particle_depends_on_a_value() -> None:
    assert [each for each in list_texts("ko") if PARTICLES.search(each[1])] == []


@pytest.mark.parametrize("text", ["{name}을", "{name}(으)로", "({city})로", "{count}이나"])
def test_korean_particles_are_found(text: str) -> None:
    assert PARTICLES.search(text)


@pytest.mark.parametrize("code", ["ko", "ja"])
def test_sentences_do_not_end_in_a_value(code: str) -> None:
    """A verb or noun ends a sentence; labels have a value after a sign."""
    end = re.escape(load_words(code).sentence_end)
    # The last placeholder may end a link.
    ending = re.compile(rf"(.*)\{{(?!end\}})\w+\}}(?:{end})?\Z")
    last_words = [
        (name, split_text(found[1])[-1])
        for name, sentence in list_sentences(code)
        if (found := ending.match(sentence))
    ]
    without_sign = {
        name
        for name, words in last_words
        if re.search(r"[^\W\d_]", words) and not LABEL.search(words)
    }
    assert without_sign == LABELS_WITHOUT_SIGN[code].keys()


# Sentences


def find_wrong_ends(code: str) -> Iterator[str]:
    """Yield the texts that end as a sentence where the English one does not, or the opposite."""
    originals = dict(list_wording("en"))
    end = load_words(code).sentence_end
    for name, text in list_wording(code):
        if name in CALENDAR or name in ABBREVIATIONS.get(code, ()):
            continue
        is_sentence = originals.get(name, "").endswith((".", "?"))
        if text.endswith((end, "!", "?", "？", "؟")) is not is_sentence:
            yield f"{name}: {text}"


@pytest.mark.parametrize("code", TRANSLATIONS)
def test_sentences_end_as_in_the_original(code: str) -> None:
    assert [*find_wrong_ends(code)] == []


@pytest.mark.parametrize("code", TRANSLATIONS)
def test_punctuation_is_that_of_the_language(code: str) -> None:
    wrong = re.compile(WRONG_PUNCTUATION[code])
    assert [each for each in list_wording(code) if wrong.search(each[1])] == []
