"""What Discord makes of a message: its limits, and its Markdown as far as messages have it."""

from __future__ import annotations

import json
import re
from typing import Any, Final

MAX_EMBEDS: Final = 10
MAX_FIELDS: Final = 25
MAX_TOTAL: Final = 6000
MAX_LENGTHS: Final = {"title": 256, "description": 4096, "footer": 2048, "name": 256, "value": 1024}

# A backslash takes the meaning of any character that is no letter, digit or space.
_ESCAPED: Final = re.compile(r"\\([^0-9A-Za-z\s])")
_URL: Final = re.compile(r"""https?://[^\s<]+[^<.,:;"')\]\s]""")
_TIMESTAMP: Final = re.compile(r"<t:-?[0-9]{1,17}(:[tTdDfFR])?>")
_TEXT: Final = re.compile(r"[0-9A-Za-z]+|.", re.DOTALL)
# What has a meaning anywhere, and what has one at the beginning of a line.
_INLINE: Final = {
    "bold": r"\*\*\S?[\s\S]*?\*\*",
    "italic": r"\*[^\s*][\s\S]*?\*|_[^_\s][\s\S]*?_",
    "underline": r"__[\s\S]+?__",
    "strikethrough": r"~~[\s\S]+?~~",
    "spoiler": r"\|\|[\s\S]+?\|\|",
    "code": r"(`+)[\s\S]*?[^`]\1(?!`)",
    "link": r"\[[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*\]\(\s*<?[^\s)]*",
    "mention": r"<(?:@[!&]?|#)[0-9]+>|@(?:everyone|here)\b|<id:\w+>|</[^>]+:[0-9]+>",
    "timestamp": _TIMESTAMP.pattern,
    "emoji": r"<a?:\w+:[0-9]+>|:[\w+~-]+:",
    "address in brackets": r"<https?://[^ >]+>",
}
_BLOCK: Final = {
    "heading": r" *#{1,3}\s+\S",
    "small text": r" *-# +\S",
    "quotation": r" *>(?:>>)? +\S",
    "list": r" *(?:[*+-]|[0-9]+\.) +\S",
}


def find_markup(text: str) -> list[str]:
    """Return the names of all markup in a text; addresses that are links by themselves are none."""
    return [name for name, _ in _parse(text) if name]


def show_text(text: str) -> str:
    """Return a text as Discord shows it, with markup as it is written."""
    return "".join(shown for _, shown in _parse(text))


def _parse(text: str) -> list[tuple[str, str]]:
    """Return the parts of a text: the name of each markup, empty for none, and what is shown."""
    parts: list[tuple[str, str]] = []
    position = 0
    while position < len(text):
        is_start = not position or text[position - 1] == "\n"
        name, shown, position = _match(text, position, is_start=is_start)
        parts.append((name, shown))
    return parts


def _match(text: str, position: int, *, is_start: bool) -> tuple[str, str, int]:
    if found := _ESCAPED.match(text, position):
        return "", found[1], found.end()
    if found := _URL.match(text, position):
        return "", found[0], found.end()
    for name, pattern in {**(_BLOCK if is_start else {}), **_INLINE}.items():
        if found := re.compile(pattern).match(text, position):
            return name, found[0], found.end()
    found = _TEXT.match(text, position)
    assert found
    # A word ends where an address begins.
    return "", found[0], found.end()


def read_message(line: str) -> dict[str, Any]:
    """Return the only embed of a message that Discord accepts, and that mentions nobody."""
    assert line.isascii()
    assert "\n" not in line
    message: dict[str, Any] = json.loads(line)
    assert message["allowed_mentions"] == {"parse": []}
    assert len(message.get("content", "")) <= 2000
    assert 1 <= len(message["embeds"]) <= MAX_EMBEDS
    assert sum(map(_check_embed, message["embeds"])) <= MAX_TOTAL
    (embed,) = message["embeds"]
    assert isinstance(embed, dict)
    return embed


def count_left_out(embed: dict[str, Any]) -> int:
    """Return the number in the footer: how many changes are not shown."""
    return int(re.sub("[^0-9]", "", embed.get("footer", {"text": "0"})["text"]))


def _check_embed(embed: dict[str, Any]) -> int:
    """Check the limits of an embed; return its length."""
    assert 0 <= embed["color"] <= 0xFFFFFF
    assert 1 <= len(embed["fields"]) <= MAX_FIELDS
    texts: list[tuple[str, str]] = []
    texts += [(key, embed[key]) for key in ("title", "description") if key in embed]
    texts += [("footer", embed["footer"]["text"])] if "footer" in embed else []
    texts += [(key, field[key]) for field in embed["fields"] for key in ("name", "value")]
    for key, text in texts:
        assert text.strip(), key
        assert _count(text) <= MAX_LENGTHS[key], key
    return sum(_count(text) for _, text in texts)


def _count(text: str) -> int:
    """Return the code points or the UTF-16 units of a text, whichever are more."""
    return max(len(text), sum(2 if ord(each) > 0xFFFF else 1 for each in text))
