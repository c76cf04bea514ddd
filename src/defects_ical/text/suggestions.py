"""Suggest the known word that a misspelt one was probably meant to be."""

from __future__ import annotations

import difflib
from functools import lru_cache


@lru_cache
def closest_match(word: str, known: tuple[str, ...]) -> str | None:
    """The known word that ``word`` was most likely meant to be, whatever its case."""
    by_lower = {each.lower(): each for each in known}
    found = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.5)
    return by_lower[found[0]] if found else None
