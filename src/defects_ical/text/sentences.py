"""The ends of sentences, in every language of the site."""

from __future__ import annotations

import re
from typing import Final

# Full-width marks need no space after them.
_WIDE_ENDS: Final = "。！？"  # noqa: RUF001 - full-width marks
_ENDS: Final = f".!?…؟{_WIDE_ENDS}"
_BOUNDARY: Final = re.compile(rf"(?<=[{_ENDS}])\s|(?<=[{_WIDE_ENDS}])")
_CLOSING_QUOTES: Final = "\"')]»”」』"


def find_first_sentence(text: str) -> str:
    """Return the first sentence of a text."""
    return _BOUNDARY.split(text.strip(), maxsplit=1)[0]


def has_sentence_end(text: str) -> bool:
    """Return whether a text ends as a sentence, perhaps in quotation marks."""
    return text.rstrip(_CLOSING_QUOTES).endswith(tuple(_ENDS))
