"""Text as Discord shows it: escaped, shortened to a limit, with times on the reader's clock."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

ELLIPSIS: Final = "…"

# Characters with a meaning anywhere in a text. A colon has one around the name of an emoji, and in
# an address.
_INLINE: Final = re.compile(r"[\\`*_~|<@\[\]]|:(?=[\w+~-]+:|//)")
# What makes a heading, small text, a list, a quotation at the beginning of a line.
_BLOCK: Final = re.compile(r"^(\s*)([#>+-])|^(\s*[0-9]+)(\.)")
# A plain address, which Discord links by itself: a backslash would become part of it.
_URL: Final = re.compile(
    r"""(?<![^\s("'])(https?://[A-Za-z0-9./?#&=%_~+-]+)(?=[.,;:!?)"'…]*(?:\s|$))"""
)


def measure(text: str) -> int:
    """Return the length of a text for Discord's limits, in UTF-16 code units.

    Discord does not document whether it counts these or code points; there are never fewer units.
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def escape(text: str, limit: int) -> str:
    """Return a text on one line that Discord shows as it is, except that plain addresses are links.

    It has at most ``limit`` units; a longer text ends in an ellipsis.
    """
    line = " ".join(text.split())
    kept, end = line[:limit], "" if len(line) <= limit else ELLIPSIS
    while measure(escaped := f"{_escape(kept)}{end}") > limit:
        # A character has at most two units, with its backslash.
        kept, end = kept[: -max(1, (measure(escaped) - limit) // 2)], ELLIPSIS
    return escaped


def _escape(line: str) -> str:
    parts = _URL.split(line)
    # Every second part is an address.
    return "".join(
        part if index % 2 else _escape_part(part, is_first=not index)
        for index, part in enumerate(parts)
    )


def _escape_part(part: str, *, is_first: bool) -> str:
    escaped = _INLINE.sub(r"\\\g<0>", part)
    return _BLOCK.sub(r"\1\3\\\2\4", escaped) if is_first else escaped


def format_timestamp(time: datetime) -> str:
    """Return the markup of a time, which each reader sees on the own clock, with the date."""
    return f"<t:{int(time.timestamp())}:F>"


def join_fitting(parts: Iterable[str], separator: str, limit: int) -> str:
    """Join as many parts as fit into ``limit`` units; an ellipsis stands for the others."""
    joined = ""
    for part in parts:
        longer = f"{joined}{separator}{part}" if joined else part
        if measure(longer) + measure(f"{separator}{ELLIPSIS}") > limit:
            return f"{joined}{separator}{ELLIPSIS}" if joined else ELLIPSIS
        joined = longer
    return joined
