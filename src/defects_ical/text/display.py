"""Text that is safe to show: short, on one line, with invisible characters named."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Cc but for line breaks; what YAML 1.1, Python or a calendar program takes for a line break; and
# what XML does not allow.
INVISIBLE_CHARS: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def excerpt(text: str, limit: int = 60) -> str:
    """The text as a message quotes it: in one line, visible, and cut where it is long."""
    line = INVISIBLE_CHARS.sub(codepoint_name, " ".join(text.split()))
    return line if len(line) <= limit else line[: limit - 1] + "…"


def codepoint_name(found: re.Match[str]) -> str:
    """The name of a character that cannot be shown: "U+0007"."""
    return f"U+{ord(found[0]):04X}"


# FSI and PDI, around a text that finds its own direction; and the classes of characters that turn
# what stands beside them (UAX #9).
ISOLATES: Final = ("\u2068", "\u2069")
DIRECTION_CHANGING: Final = frozenset({"R", "AL", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI"})


def has_balanced_isolates(value: str) -> bool:
    """Whether what isolates a part of a text also ends there, whatever then surrounds it."""
    depth = 0
    for character in re.findall(r"[\u2066-\u2069]", value):
        depth += -1 if character == ISOLATES[1] else 1
        if depth < 0:
            return False
    return depth == 0


def bidi_isolate(value: str) -> str:
    """A text as it can stand beside others: one that reads from right to left turns none of them.

    By the Unicode isolates (UAX #9), since plain text has nothing else; most texts need none.
    """
    turns = any(unicodedata.bidirectional(each) in DIRECTION_CHANGING for each in value)
    return f"{ISOLATES[0]}{value}{ISOLATES[1]}" if turns else value
