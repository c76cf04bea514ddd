"""The texts of each language as its file has them, and the same languages in CLDR."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final, TypeAlias

from babel import Locale

from defects_ical.text.languages import DEFAULT_LANGUAGE, LANGUAGES

Value: TypeAlias = str | int | list[str] | None

TRANSLATIONS: Final = tuple(each for each in LANGUAGES if each != DEFAULT_LANGUAGE)
"""The languages into which the original is translated."""

GLOSSARY: Final = "glossary_"
"""How the names of terms begin that are for translators only."""

PATTERN_PARTS: Final[dict[str, tuple[set[str], ...]]] = {
    "time": ({"hour", "plain_hour", "hour12"}, {"minute"}),
    "date": ({"weekday"}, {"day", "padded_day"}, {"month"}, {"year"}),
    "date_without_weekday": ({"day", "padded_day"}, {"month"}, {"year"}),
    "day_and_month": ({"day", "padded_day"}, {"month"}),
    "short_date": ({"weekday"}, {"day", "padded_day"}, {"month"}),
    "month_and_year": ({"month"}, {"year"}),
    "year": ({"year"},),
    "dates_in_month": (
        {"first_day"},
        {"last_day"},
        {"first_month", "last_month"},
        {"first_year", "last_year"},
    ),
    "dates_in_year": (
        *({each} for each in ("first_day", "first_month", "last_day", "last_month")),
        {"first_year", "last_year"},
    ),
    "dates_over_years": (
        *({each} for each in ("first_day", "first_month", "first_year")),
        *({each} for each in ("last_day", "last_month", "last_year")),
    ),
}
"""The patterns whose placeholders depend on the language, which needs one of each group."""

# Arabic without a country has Western digits, as all texts have.
_LOCALES: Final = {"en": "en_GB", "zh-Hant": "zh_Hant", "pt-BR": "pt_BR"}

_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


@cache
def read_texts(code: str) -> Mapping[str, Value]:
    """Return what stands in the file of a language, without the names of cities."""
    return {name: value for name, value in _read_file(code).items() if "/" not in name}


@cache
def read_cities(code: str) -> Mapping[str, str]:
    """Return the names of cities in the file of a language, by their time zones."""
    return {name: str(value) for name, value in _read_file(code).items() if "/" in name}


def list_texts(code: str) -> list[tuple[str, str]]:
    """Return each text of a language with its name; those with several forms several times."""
    return [(name, text) for name, value in read_texts(code).items() for text in list_forms(value)]


def list_forms(value: Value) -> tuple[str, ...]:
    """Return the texts of a value: one, several or none."""
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else ()


def find_placeholders(text: str) -> list[str]:
    """Return the names of the placeholders in a text, in its order."""
    return _PLACEHOLDER.findall(text)


def split_text(text: str) -> list[str]:
    """Split a text at its placeholders; every second part is the name of one."""
    return _PLACEHOLDER.split(text)


def remove_placeholders(text: str) -> str:
    """Return a text without its placeholders."""
    return _PLACEHOLDER.sub("", text)


@cache
def load_locale(code: str) -> Locale:
    """Return what CLDR knows about a language."""
    return Locale.parse(_LOCALES.get(code, code))


def _read_file(code: str) -> dict[str, Value]:
    text = files("defects_ical").joinpath("languages", f"{code}.json").read_text("utf-8")
    values: dict[str, Value] = json.loads(text)
    return values
