"""A language for tests whose texts are recognizable: whatever is not in it is an English text.

Its texts are the English ones in full-width letters, each in brackets and after a character that
stands for the name of the text. So each text tells which it is, also within another one.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from types import MappingProxyType
from typing import Any, Final

import pytest

from defects_ical.model.airing import Model
from defects_ical.text import languages
from defects_ical.text.words import Words
from defects_ical.timezones.conversion import TIMEZONE_NAMES
from tests.support.languages import GLOSSARY, Value, read_texts

CODE: Final = "de"
"""The language in whose place the pseudo-language is: with two plural forms, left to right."""

_OPEN, _CLOSE = "⟦⟧"
# The letters, and from where on private characters stand for the names of texts.
_WIDE: Final = {
    ord(each): ord(each) + 0xFEE0 for each in map(chr, range(0x41, 0x7B)) if each.isalpha()
}
_FIRST_NAME: Final = 0xE000
# What is no text: other programs read it.
_CODES: Final = frozenset(
    {"direction", "open_graph_locale", "plural_categories", "first_weekday", "reviewed"}
)
TEXT_NAMES: Final = tuple(
    each for each in read_texts("en") if not each.startswith(GLOSSARY) and each not in _CODES
)
"""The names of all texts of a language."""

ON_PAGES: Final = frozenset(
    {
        *("long_minutes", "long_hours", "address_copied", "address_selected", "copied", "selected"),
        *("full_schedule", "names_and_more", "your_time", "date_time_in_zone", "until_your_time"),
        *("date_time_in_city", "same_day_time_in_city", "in_length", "moved_from_sentence"),
        *("cancelled_names", "postponed_names", "last_aired_on", "next_episode", "next"),
        *("next_tentative", "today", "today_tentative", "on_air_now", "may_be_on_air_now"),
        *("headline_in_length", "headline_on_day", "one_postponed"),
        *("next_postponed", "one_cancelled", "all_cancelled", "no_more_episodes"),
    }
)
"""The texts that only the scripts of a show's page, frame and element have."""

ON_OVERVIEW: Final = frozenset(
    {
        *("shows_may_be_on_air_now", "times_in_your_zone", "mark_on_now", "mark_maybe_on_now"),
        *("mark_next", "mark_ended", "today_date", "week_is_current", "this_week_dates"),
        *("nothing_this_week", "nothing_this_week_next", "nothing_scheduled"),
        *("nothing_with_filters", "nothing_later", "next_dates", "latest_dates"),
        *("no_more_dates", "last_date"),
    }
)
"""The texts that only the scripts of the overview, and of the week's frame and element have."""

UNSEEN: Final = {
    "group_separator": "only in numbers from a thousand on",
    "status_confirmed": "what is confirmed has no label; only the command line says it",
}
"""The texts that no test sees, with the reason."""

# What is the same in every language.
PROGRAMS: Final = (
    *("Apple Calendar", "Google Calendar", "Outlook.com", "Microsoft 365", "WordPress"),
    *("Google", "Outlook"),
)
FILES: Final = (".ics", "episodes.json", "shows.json")
CODES: Final = (
    *("--defects-ink", "--defects-paper", "--defects-accent", "--defects-font"),
    *('theme="dark"', 'theme="light"', "#dark", "#light"),
)
_SAME: Final = re.compile(
    "|".join(
        (
            r"(?:https?|webcal)://[^\s()]+",
            # The address on the card.
            r"\b(?:[a-z]+\.)?[a-z-]+\.example(?:/[a-z-]+)*",
            # Zones, and episodes of seasons.
            r"\b(?:KST|EDT|EST|NZST|NZDT|BST|MESZ|MEZ|UTC|GMT(?:[+-]\d+)?)(?![A-Za-z])",
            # Also where the card cuts one off.
            r"\bS\d\dE\d\d(?:–E\d\d)?(?:, E\d\d(?:–E\d\d)?)*",  # noqa: RUF001 - an en dash
            r"\bS\d{0,2}(?:E\d?)?…",
            # Dates for scripts.
            r"\d{4}-\d\d-\d\d",
            # A Greek text of a schedule, where the card cuts it off.
            "[\u0370-\u03ff]+…",
            *map(re.escape, (*PROGRAMS, *FILES, *CODES)),
        )
    )
)
# Between whole texts: digits; marks of direction; where the card cuts a text off, and what it puts
# between the season, the dates and the platforms; the syntax of Markdown; the sign of the choice of
# a language, and what a screen reader has between its two words; arrows.
GLUE: Final = "0123456789\u2068\u2069…·[]()文:←→"
_TEXT_FIELDS: Final = frozenset(
    {
        *("title", "original_title", "synopsis", "genres", "actor", "role", "name", "region"),
        *("teaser", "recap", "note", "reason", "description", "licence"),
    }
)
_LETTERS: Final = re.compile(r"[A-Za-z][A-Za-z' ]*")


@cache
def make_words() -> Words:
    """Return the texts of the pseudo-language."""
    texts: dict[str, Any] = {
        name: _convert(name, value)
        for name, value in read_texts("en").items()
        if not name.startswith(GLOSSARY) and name != "reviewed"
    }
    # A clock of twelve hours, which English has not.
    texts["time"] = _bracket("{hour12}:{minute} {period}", "time")
    texts["day_periods"] = tuple(
        _bracket(each, "day_periods") for each in ["a.m."] * 12 + ["p.m."] * 12
    )
    cities = {name: _bracket(name.rpartition("/")[2], "") for name in TIMEZONE_NAMES}
    return Words(code=CODE, cities=MappingProxyType(cities), **texts)


def use_pseudo_language(monkeypatch: pytest.MonkeyPatch) -> Words:
    """Let the program use the pseudo-language in place of the language with its code."""
    original, words = languages.load_words, make_words()

    def load_words(code: str) -> Words:
        return words if code == CODE else original(code)

    for module in [*sys.modules.values()]:
        if getattr(module, "load_words", None) is original:
            monkeypatch.setattr(module, "load_words", load_words)
    return words


def find_names(text: str) -> set[str]:
    """Return the names of the texts of the pseudo-language in a text."""
    found = re.findall(f"{_OPEN}([{chr(_FIRST_NAME)}-{chr(0xF8FF)}])", text)
    return {TEXT_NAMES[ord(each) - _FIRST_NAME] for each in found}


def list_own_texts(*models: Model) -> tuple[str, ...]:
    """Return the texts of schedules and settings themselves, the longest first."""
    found = {text for each in models for text in _walk(each)}
    return tuple(sorted(found, key=len, reverse=True))


def find_english(text: str, own: Iterable[str] = ()) -> list[str]:
    """Return the words that are neither in the pseudo-language nor the same in all languages.

    ``own`` are texts of the schedule, each as a whole.
    """
    return _LETTERS.findall(_remove_same(text, own))


def find_glue(text: str, own: Iterable[str] = (), allowed: Collection[str] = "") -> str:
    """Return what stands between whole texts: characters that no translator has in a file."""
    rest, depth = "", 0
    for each in _remove_same(text, own):
        depth += (each == _OPEN) - (each == _CLOSE)
        if not depth and each != _CLOSE and each not in allowed:
            rest += each
    return "".join(rest.split())


def _remove_same(text: str, own: Iterable[str]) -> str:
    for each in own:
        text = text.replace(each, "")
    return _SAME.sub("", text)


def _walk(value: object, *, is_text: bool = False) -> Iterator[str]:
    """Yield the texts in a value of a schedule."""
    if isinstance(value, str) and is_text:
        yield str(value)
        # Some formats show each line alone.
        yield from value.split("\n")
    elif isinstance(value, tuple):
        for each in value:
            yield from _walk(each, is_text=is_text)
    elif isinstance(value, MappingProxyType):
        for each in value.values():
            yield from _walk(each)
    elif isinstance(value, Model):
        for name in type(value).model_fields:
            yield from _walk(getattr(value, name), is_text=name in _TEXT_FIELDS)


def _convert(name: str, value: Value) -> object:
    if name in _CODES or not isinstance(value, str | list):
        return tuple(value) if isinstance(value, list) else value
    if isinstance(value, list):
        return tuple(_bracket(each, name) for each in value)
    return _bracket(value, name)


def _bracket(text: str, name: str) -> str:
    """Return a text in brackets, its letters full-width, but not those of placeholders."""
    mark = chr(_FIRST_NAME + TEXT_NAMES.index(name)) if name else ""
    parts = re.split(r"(\{\w+\})", text)
    parts[::2] = (each.translate(_WIDE) for each in parts[::2])
    return f"{_OPEN}{mark}{''.join(parts)}{_CLOSE}"
