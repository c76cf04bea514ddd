"""Render rows that differ in their texts only: by a macro once, then by filling in the texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from markupsafe import escape

Texts: TypeAlias = Mapping[str, str]
"""The texts in which rows differ, by names that tell them apart."""

# No text of a schedule has it.
_GAP: Final = "\0"


class RowPatterns:
    """Rows with gaps for their texts: to fill in a thousand takes a fifth of a macro's time."""

    def __init__(self) -> None:
        self._patterns: dict[tuple[str, ...], list[str]] = {}

    def render(self, texts: Texts, render: Callable[[Texts], str]) -> bytes:
        """Return what ``render`` returns for the texts, in UTF-8.

        ``render`` is the same for all rows that have texts of these names, whatever they say, and
        it escapes each of them.
        """
        names = tuple(texts)
        if names not in self._patterns:
            gaps = {name: f"{_GAP}{name}{_GAP}" for name in names}
            self._patterns[names] = render(gaps).split(_GAP)
        # To escape all in one call is faster.
        escaped = str(escape(_GAP.join(texts.values()))).split(_GAP)
        by_name = dict(zip(names, escaped, strict=True))
        parts = [*self._patterns[names]]
        parts[1::2] = [by_name[name] for name in parts[1::2]]
        return "".join(parts).encode()
