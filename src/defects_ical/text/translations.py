"""Texts of a schedule in several languages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


class Translated(str):
    """A text in the main language of its file, with the same text in others by their codes.

    ``is_shared`` means that it is the same in every language, as the name of a channel may be.
    """

    __slots__ = ("is_shared", "translations")
    is_shared: bool
    translations: Mapping[str, str]

    @classmethod
    def create(
        cls, text: str, translations: Mapping[str, str], *, is_shared: bool = False
    ) -> Translated:
        """Create a text of its main language and of all others."""
        created = cls(text)
        created.translations = MappingProxyType(dict(translations))
        created.is_shared = is_shared
        return created


class Foreign(str):
    """A text that stands among texts of another language; ``language`` is the code of its own."""

    __slots__ = ("language",)
    language: str

    def __repr__(self) -> str:
        # Tells apart what is equal, as the cache of a build needs it.
        return f"Foreign({str(self)!r}, {self.language!r})"


def translate(text: str, language: str, main_language: str) -> str:
    """Return a text in a language; without it, in the main one."""
    if not isinstance(text, Translated):
        return text
    if language == main_language or language in text.translations:
        return text.translations.get(language, str(text))
    foreign = Foreign(text)
    foreign.language = main_language
    return foreign
