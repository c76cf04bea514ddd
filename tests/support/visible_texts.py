"""The texts of a site's files that people read, see or hear."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from html.parser import HTMLParser
from itertools import groupby
from typing import Final, NamedTuple
from xml.etree import ElementTree as ET

from tests.support.html_tree import VOID
from tests.support.strict_parser import parse_calendar

# What attributes say to a browser or a script. The value of any other one may be shown.
CODE_ATTRIBUTES: Final = frozenset(
    {
        *("aria-current", "aria-hidden", "aria-labelledby", "aria-live", "charset", "checked"),
        *("class", "color", "data-app", "data-copies", "data-end", "data-for", "data-genres"),
        *("data-platforms", "data-previous", "data-start", "data-status", "datetime", "dir"),
        *("for", "frameborder", "height", "hidden", "href", "hreflang", "http-equiv", "id"),
        *("lang", "loading", "media", "name", "open", "property", "rel", "role", "sandbox"),
        *("sizes", "src", "tabindex", "target", "type", "value", "width", "async"),
        # SVG.
        *("clip-path", "cx", "cy", "d", "fill", "font-family", "font-size", "font-weight", "r"),
        *("opacity", "stroke", "stroke-width", "text-anchor", "text-decoration", "transform"),
        *("viewbox", "x", "x1", "x2", "xml:lang", "xml:space", "xmlns", "y", "y1", "y2", "dx"),
        *("direction", "textlength", "lengthadjust", "style", "dominant-baseline", "offset"),
        *("stop-color", "stroke-linecap", "stroke-linejoin", "letter-spacing", "rx", "ry"),
        "unicode-bidi",
    }
)
# Of metadata, only these are texts.
TEXT_META: Final = frozenset(
    {"description", "og:site_name", "og:title", "og:description", "og:image:alt"}
)
CODE_KEYS: Final = frozenset(
    {
        *("@context", "@type", "color", "date", "end", "event", "eventStatus", "ics", "id"),
        *("inLanguage", "json", "kind", "language", "page", "platform", "slug"),
        *("start", "status", "timezone", "type", "url", "version", "webcal", "feed"),
    }
)
TEXT_PROPERTIES: Final = frozenset(
    {"CATEGORIES", "DESCRIPTION", "LOCATION", "NAME", "SUMMARY", "X-WR-CALDESC", "X-WR-CALNAME"}
)


# Elements within a sentence.
INLINE: Final = frozenset(
    {"a", "bdi", "code", "em", "i", "small", "span", "strong", "time", "tspan"}
)


class Text(NamedTuple):
    """A text, and where it stands: the name of an element, attribute, property or key.

    Text nodes of HTML have the number of their block, such as a paragraph or the item of a list.
    """

    place: str
    text: str
    block: int = 0


class _Reader(HTMLParser):
    """Collects the texts of HTML or SVG, except those that are marked as another language."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.texts: list[Text] = []
        self._language = language
        # Each open element with its language, which may be that of one around it.
        self._open: list[tuple[str, str]] = [("", language)]
        self._block = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        language = attributes.get("lang", self._open[-1][1])
        if language == self._language:
            self._read_attributes(tag, attributes)
        self._block += tag not in INLINE
        if tag not in VOID and not self.get_starttag_text().endswith("/>"):  # type: ignore[union-attr]
            self._open.append((tag, language))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._open[-1][1] == self._language:
            self._read_attributes(tag, {name: value or "" for name, value in attrs})

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag
        self._block += tag not in INLINE

    def handle_data(self, data: str) -> None:
        tag, language = self._open[-1]
        if language != self._language or not data.strip() or tag in {"style", "script"}:
            if tag == "script" and language == self._language and '"@context"' in data:
                self.texts += read_json(data, self._language)
            return
        if tag == "code" and self._open[-2][0] == "pre" and data.startswith("<"):
            self.texts += read_html(data, self._language)
        else:
            self.texts.append(Text(tag, data, self._block))

    def _read_attributes(self, tag: str, attributes: Mapping[str, str]) -> None:
        for name, value in attributes.items():
            if tag == "meta" and name == "content":
                kind = attributes.get("name") or attributes.get("property")
                if kind in TEXT_META:
                    self.texts.append(Text(f"meta {kind}", value))
            elif name not in CODE_ATTRIBUTES and value:
                self.texts.append(Text(f"{tag} {name}", value))


def join_blocks(texts: Iterable[Text]) -> Iterator[Text]:
    """Yield the texts with the nodes of each block of HTML as one."""
    for block, nodes in groupby(texts, key=lambda each: each.block):
        if block:
            yield Text("block", "".join(each.text for each in nodes))
        else:
            yield from nodes


def read_html(text: str, language: str) -> list[Text]:
    """Return the texts of HTML or SVG in a language."""
    reader = _Reader(language)
    reader.feed(text)
    reader.close()
    return reader.texts


def read_calendar(body: bytes) -> Iterator[Text]:
    """Yield the texts of an .ics file."""
    for component in parse_calendar(body).walk():
        for line in component.lines:
            place = f"{component.name} {line.name}"
            if line.name == "CATEGORIES":
                for each in line.value.split(","):
                    yield Text(place, unescape(each))
            elif line.name in TEXT_PROPERTIES:
                yield Text(place, unescape(line.value))


def unescape(value: str) -> str:
    """Return the text of an escaped value (RFC 5545 §3.3.11)."""
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


def read_json(text: str, language: str) -> Iterator[Text]:
    """Yield the texts of a JSON document: in a language, if it has others under `texts`."""
    document = json.loads(text)
    others = document.pop("texts", {})
    yield from _walk_json("", others.get(language, document), language)


def _walk_json(key: str, value: object, language: str) -> Iterator[Text]:
    if key in CODE_KEYS:
        return
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _walk_json(name, each, language)
    elif isinstance(value, list):
        # Lists of platforms and of episodes, as far as they are only referred to, have ids.
        is_ids = key in {"platforms", "episodes"}
        for each in value:
            if not (is_ids and isinstance(each, str)):
                yield from _walk_json(key, each, language)
    elif isinstance(value, str) and key == "html":
        yield from read_html(value, language)
    elif isinstance(value, str) and not re.match(r"https?://|\d{4}(-\d\d){0,2}(T|$)", value):
        yield Text(key, value)


def read_feed(body: bytes) -> Iterator[Text]:
    """Yield the texts of an Atom feed."""
    for each in ET.fromstring(body).iter():  # noqa: S314 - our own file
        name = each.tag.rpartition("}")[2]
        if each.text and each.text.strip() and name not in {"id", "updated", "published"}:
            yield Text(name, each.text)
        if title := each.get("title"):
            yield Text(f"{name} title", title)


def read_texts(path: str, body: bytes, language: str) -> list[Text]:
    """Return the texts of a file of a site that are in a language; none of code."""
    readers: dict[str, Callable[[], Iterator[Text] | list[Text]]] = {
        "": lambda: read_html(body.decode(), language),
        "html": lambda: read_html(body.decode(), language),
        "svg": lambda: read_html(body.decode(), language),
        "ics": lambda: read_calendar(body),
        "json": lambda: read_json(body.decode(), language),
        "atom": lambda: read_feed(body),
    }
    extension = path.rpartition("/")[2].rpartition(".")[2]
    return [*readers[extension]()] if extension in readers else []
