"""Read HTML: its elements and its text."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final

# Elements without an end tag.
VOID: Final = frozenset({"meta", "link", "img", "br", "input"})


class HtmlTree(HTMLParser):
    """The elements, in document order, and the text of HTML in which every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def tags(self) -> list[str]:
        """The tag of each element."""
        return [tag for tag, _ in self.elements]

    def find_all(self, tag: str) -> list[dict[str, str]]:
        """Return the attributes of each element with a tag."""
        return [attributes for each, attributes in self.elements if each == tag]


LINK_ATTRIBUTES: Final = {
    "a": "href",
    "link": "href",
    "img": "src",
    "script": "src",
    "iframe": "src",
}


def find_links(page: bytes) -> list[str]:
    """Return the URLs to which a page links, in order."""
    elements = HtmlTree(page.decode()).elements
    urls = (attributes.get(LINK_ATTRIBUTES.get(tag, "")) for tag, attributes in elements)
    return [url for url in urls if url]
