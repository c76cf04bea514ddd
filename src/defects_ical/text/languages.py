"""The languages of the site, and the texts of each."""

from __future__ import annotations

import copyreg
import json
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from defects_ical.text.words import Words

LANGUAGES: Final = ("en", "ko", "ja", "zh-Hant", "es", "pt-BR", "fr", "de", "id", "ar")
"""The codes of the languages (BCP 47), each with a file of its texts."""

DEFAULT_LANGUAGE: Final = "en"

_FOLDER: Final = Path(__file__).parent.parent / "languages"
# For translators, not for the site.
_NOTES: Final = ("reviewed", "glossary_")


@cache
def load_words(code: str) -> Words:
    """Return the texts of a language, by its code."""
    text = (_FOLDER / f"{code}.json").read_text("utf-8")
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in json.loads(text).items()
        if not name.startswith(_NOTES)
    }
    cities = {name: values.pop(name) for name in [*values] if "/" in name}
    return Words(code=code, cities=MappingProxyType(cities), **values)


# A pickled text of a schedule refers to its language: in another process, it equals those loaded.
copyreg.pickle(Words, lambda words: (load_words, (words.code,)))

ENGLISH: Final = load_words(DEFAULT_LANGUAGE)
"""The texts of messages, reports and documentation, whatever the site speaks."""
