"""The snippets are safe with any text."""

from __future__ import annotations

import pytest

from defects_ical.model.schedule import Schedule
from tests.support.embeds import HOSTILE_TEXTS, load_with_text, make_code
from tests.support.html_tree import HtmlTree


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=range(len(HOSTILE_TEXTS)))
def test_hostile_text_stays_text(text: str) -> None:
    schedule = load_with_text(text)
    tags = {
        "frame": ["iframe", "script"],
        "element": ["defects-episodes", "p", "a", "script"],
        "html": ["p", "strong", "a", "ul", *["li", "bdi", "time"] * 9, "p", "a", "a", "a"],
        "picture": ["a", "img"],
    }
    assert {name: HtmlTree(make_code(schedule, name)).tags for name in tags} == tags


def test_markdown_link_keeps_its_text() -> None:
    assert make_code(load_with_text("[a](b) *c* <e> 1 \u00b7 2"), "markdown") == (
        r"[\[a\]\(b\) \*c\* \<e\> 1 · 2: episode calendar](https://me.example/the-defects/)"
        "\n"
    )


def test_frame_is_sandboxed_named_and_lazy(schedule: Schedule) -> None:
    frame = HtmlTree(make_code(schedule, "frame")).find_all("iframe")[0]
    assert frame["src"] == "https://me.example/the-defects/embed.html"
    assert frame["sandbox"] == "allow-scripts allow-downloads allow-popups"
    assert frame["title"] == "The Defects: when the episodes air"
    assert frame["loading"] == "lazy"
