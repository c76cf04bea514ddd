"""Text that is safe to show: short, on one line, with invisible characters named."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Control characters except the line feed; what YAML 1.1, Python or a calendar app treats as a
# line break; and what XML forbids.
INVISIBLE_CHARS: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def excerpt(text: str, limit: int = 60) -> str:
    """Return a text as messages quote it: one line, visible, at most ``limit`` characters."""
    line = INVISIBLE_CHARS.sub(codepoint_name, " ".join(text.split()))
    return line if len(line) <= limit else line[: limit - 1] + "…"


def codepoint_name(found: re.Match[str]) -> str:
    """Return the name of a character that cannot be shown: "U+0007"."""
    return f"U+{ord(found[0]):04X}"


# FSI and PDI (UAX #9): the text between them gets the direction of its first letter.
ISOLATES: Final = ("\u2068", "\u2069")
_ANY_ISOLATE: Final = re.compile(r"[\u2066-\u2069]")
RLM: Final = "\u200f"
# The classes of characters from which a browser takes the direction of a line, and of isolates.
STRONG: Final = frozenset({"L", "R", "AL"})
# The bidirectional classes of characters that reorder the text around them.
DIRECTION_CHANGING: Final = frozenset({"R", "AL", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI"})


def has_balanced_isolates(value: str) -> bool:
    """Return whether every isolate that starts in a text also ends in it."""
    depth = 0
    for character in _ANY_ISOLATE.findall(value):
        depth += -1 if character == ISOLATES[1] else 1
        if depth < 0:
            return False
    return depth == 0


def bidi_isolate(value: str) -> str:
    """Isolate right-to-left text, so that it does not reorder the text around it.

    Uses Unicode isolates (UAX #9), because plain text has no markup; most texts need none.
    """
    reorders = any(unicodedata.bidirectional(each) in DIRECTION_CHANGING for each in value)
    return f"{ISOLATES[0]}{value}{ISOLATES[1]}" if reorders else value


def isolate_ltr(value: str) -> str:
    """Isolate text with letters that run left to right, for a text that runs right to left."""
    reorders = any(unicodedata.bidirectional(each) == "L" for each in value)
    return f"{ISOLATES[0]}{value}{ISOLATES[1]}" if reorders else value


def mark_rtl_lines(text: str) -> str:
    """Begin each line that would not run right to left with a mark that makes it."""
    return "\n".join(map(_mark_rtl, text.split("\n")))


def remove_direction_marks(text: str) -> str:
    """Remove the isolates and marks with which a text keeps its direction."""
    return re.sub(f"[{RLM}\u2066-\u2069]", "", text)


def _mark_rtl(line: str) -> str:
    strong = (found for each in line if (found := unicodedata.bidirectional(each)) in STRONG)
    runs_right_to_left = next(strong, "R") in {"R", "AL"} and not line.startswith(ISOLATES[0])
    return line if runs_right_to_left else f"{RLM}{line}"
