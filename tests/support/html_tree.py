"""HTML as a reader of it finds it: its elements, and its text."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final

# They have no end.
VOID: Final = frozenset({"meta", "link", "img", "br", "input"})


class Markup(HTMLParser):
    """The elements of a piece of HTML, which has to close whatever it opens."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        """The attributes of each element of a name."""
        return [attributes for name, attributes in self.found if name == tag]


LINK_ATTRIBUTES: Final = {
    "a": "href",
    "link": "href",
    "img": "src",
    "script": "src",
    "iframe": "src",
}


def find_links(page: bytes) -> list[str]:
    """Return the URLs to which a page links, in order."""
    found = Markup(page.decode()).found
    urls = (attributes.get(LINK_ATTRIBUTES.get(tag, "")) for tag, attributes in found)
    return [url for url in urls if url]
