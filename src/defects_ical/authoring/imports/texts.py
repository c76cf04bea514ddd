"""Texts and ids made from what a source has: cleaned, and within the limits of the format."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

from defects_ical.model.fields import MAX_ID_LENGTH, make_id
from defects_ical.sources.plain_text import clean_line

MAX_GENRE: Final = 100
MAX_GENRES: Final = 20
MAX_ROLES: Final = 200

_WORD: Final = r"(?:episode|episodio|episódio|épisode|folge|afsnit|avsnitt|aflevering|bölüm|ep\.?)"
_PLACEHOLDER: Final = re.compile(
    rf"{_WORD}? *[#№]? *(?:[0-9]+[.x-])?[0-9]+|s[0-9]+ *e[0-9]+|[0-9]+x[0-9]+"
    "|第? *[0-9]+ *[話话回集화회]|[0-9]+\\. *(?:folge|bölüm)"
    "|tb[acd]|to be (?:announced|confirmed|determined)",
    re.IGNORECASE,
)


def clean_genres(genres: Iterable[str]) -> tuple[str, ...]:
    """Return genres as the format accepts them: each once, and several in one text separated."""
    parts = (clean_line(part, MAX_GENRE) for each in genres for part in each.split(","))
    return tuple(dict.fromkeys(filter(None, parts)))[:MAX_GENRES]


def clean_cast(cast: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the pairs of actor and role of which both are known."""
    pairs = ((clean_line(actor), clean_line(role)) for actor, role in cast)
    return tuple(pair for pair in pairs if all(pair))[:MAX_ROLES]


def is_placeholder(title: str) -> bool:
    """Return whether a title only repeats a number, or says that there is none: "Episode 3"."""
    return bool(_PLACEHOLDER.fullmatch(title))


class UniqueIds:
    """Makes ids from names: each once, and none that is ``taken`` or means something else.

    A name without a letter from a to z, or one that would mean something else, gets ``fallback``
    with a number.
    """

    def __init__(
        self, fallback: str, taken: Iterable[str], is_reserved: Callable[[str], bool]
    ) -> None:
        self._fallback = fallback
        self._taken = {*taken}
        self._is_reserved = is_reserved
        self._counts = Counter[str]()

    def make(self, name: str) -> str:
        """Return a new id."""
        base = make_id(name)
        if not self._is_free(base):
            base = self._add_number(base)
        self._taken.add(base)
        return base

    def _add_number(self, base: str) -> str:
        """Return a free id with a number: from 2 for a name, from 1 for the fallback."""
        if not base or self._is_reserved(base):
            base = self._fallback
        else:
            self._counts[base] = max(self._counts[base], 1)
        while True:
            self._counts[base] += 1
            suffix = f"-{self._counts[base]}"
            found = f"{base[: MAX_ID_LENGTH - len(suffix)].rstrip('-')}{suffix}"
            if self._is_free(found):
                return found

    def _is_free(self, found: str) -> bool:
        return bool(found) and found not in self._taken and not self._is_reserved(found)
