"""Suggest the known word that a misspelt one was probably meant to be."""

from __future__ import annotations

import difflib
from functools import lru_cache


@lru_cache
def closest_match(word: str, known: tuple[str, ...], cutoff: float = 0.5) -> str | None:
    """Return the known word that is most similar to ``word`` in any case, if one is.

    ``cutoff`` is the least similarity, as in `difflib.get_close_matches`.
    """
    by_lower = {each.lower(): each for each in known}
    found = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=cutoff)
    return by_lower[found[0]] if found else None
