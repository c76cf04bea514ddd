"""Texts of a source as a schedule can have them: plain, visible, in lines of limited length."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import unescape
from typing import Final

from defects_ical.text.display import INVISIBLE_CHARS, has_balanced_isolates

MAX_LINE_LENGTH: Final = 5000
MAX_TEXT_LENGTH: Final = 20_000

# Characters without a width that join nothing, and halves of surrogate pairs, which JSON can name.
_INVISIBLE: Final = re.compile("[\u00ad\u200b\u2060\ud800-\udfff]")
_ISOLATES: Final = re.compile("[\u2066-\u2069]")
_BREAKS: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACES: Final = re.compile("[ \t\u00a0]+")
_EMPTY_LINES: Final = re.compile(r"\n{3,}")
_ENTITY: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# A comment, a doctype, or a tag with its name.
_TAG: Final = re.compile(r"<!(?:--)?[^<>]*>|<(/?)([A-Za-z][A-Za-z0-9]*)(?:[\s/][^<>]*)?>")
_KNOWN_TAG: Final = re.compile(
    r"</?(?:html|body|head|a|b|blockquote|br|div|em|font|h[1-6]|hr|i|img|li|ol|p|small|span|strong"
    r"|table|tbody|td|th|tr|u|ul)(?:[\s/][^<>]*)?>",
    re.IGNORECASE,
)
# What a tag ends: a line, or a paragraph.
_LINE_TAGS: Final = frozenset({"br", "div", "hr", "tr", "table", "ul", "ol", "blockquote"})
_PARAGRAPH_TAGS: Final = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6"})
# Elements whose content is not shown.
_HIDDEN_TAGS: Final = frozenset({"script", "style", "title"})


def clean_line(text: str | None, limit: int = MAX_LINE_LENGTH) -> str:
    """Return a text in one line, without invisible characters and backslashes; may be empty.

    One of more than ``limit`` characters is cut off, and ends in "…".
    """
    return _shorten(" ".join(_remove_invisible(text or "").split()), limit)


def clean_text(text: str | None, limit: int = MAX_TEXT_LENGTH) -> str:
    """Return a text with its line breaks, without invisible characters and backslashes.

    One of more than ``limit`` characters is cut off, and ends in "…".
    """
    lines = (_SPACES.sub(" ", line).strip() for line in _remove_invisible(text or "").split("\n"))
    return _shorten(_EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip(), limit)


def html_to_text(html: str) -> str:
    """Return the text of HTML: paragraphs as lines with an empty one between them."""
    return clean_text(_ENTITY.sub(_unescape, "".join(_iterate_texts(html))))


def remove_markup(text: str) -> str:
    """Return a text that may be HTML without tags and character references, not cleaned.

    Text is HTML if it has one of the usual tags: "<3" and "a < b > c" stay.
    """
    plain = "".join(_iterate_texts(text)) if _KNOWN_TAG.search(text) else text
    return _ENTITY.sub(_unescape, plain)


def _iterate_texts(html: str) -> Iterator[str]:
    """Yield what stands between tags, and the line breaks that tags make, in linear time."""
    position, hidden = 0, ""
    for found in _TAG.finditer(html):
        slash, name = found[1] or "", (found[2] or "").lower()
        if not hidden:
            yield html[position : found.start()]
            yield _get_break(name, slash)
        position = found.end()
        if not hidden and not slash and name in _HIDDEN_TAGS:
            hidden = name
        elif slash and name == hidden:
            hidden = ""
    if not hidden:
        yield html[position:]


def _get_break(name: str, slash: str) -> str:
    """Return the text that a tag stands for."""
    if name == "li":
        return "" if slash else "\n- "
    if name in _PARAGRAPH_TAGS:
        return "\n\n"
    return "\n" if name in _LINE_TAGS else ""


def _unescape(found: re.Match[str]) -> str:
    return unescape(found[0])


def _remove_invisible(text: str) -> str:
    """Return a text in NFC whose only control characters are line feeds and tabs."""
    text = _BREAKS.sub("\n", text).replace("\\", "/")
    lines = (_SPACES.sub(" ", line) for line in text.split("\n"))
    visible = _INVISIBLE.sub("", INVISIBLE_CHARS.sub("", "\n".join(lines)))
    if not has_balanced_isolates(visible):
        visible = _ISOLATES.sub("", visible)
    return unicodedata.normalize("NFC", visible)


def _shorten(text: str, limit: int) -> str:
    if len(text) > limit:
        text = f"{text[: limit - 1].rstrip()}…"
    if has_balanced_isolates(text):
        return text
    # The end of an isolate was cut off. Without marks between them, two characters may become one.
    return unicodedata.normalize("NFC", _ISOLATES.sub("", text)).strip()
