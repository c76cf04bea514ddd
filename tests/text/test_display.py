"""Text that is safe to show."""

from __future__ import annotations

import pytest

from defects_ical.text.display import bidi_isolate, excerpt, has_balanced_isolates


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\nlines  and\tspace", "two lines and space"),
        ("bell\x07", "bellU+0007"),
        ("x" * 61, "x" * 59 + "…"),
    ],
)
def test_excerpt_is_short_visible_line(text: str, shown: str) -> None:
    assert excerpt(text) == shown


@pytest.mark.parametrize(
    ("text", "balanced"),
    [
        ("plain", True),
        ("\u2067a\u2069", True),
        ("\u2066a\u2067b\u2069\u2069", True),
        ("\u2067a", False),
        ("a\u2069\u2067", False),
    ],
)
def test_isolates_are_balanced(text: str, balanced: bool) -> None:  # noqa: FBT001 - a table
    assert has_balanced_isolates(text) is balanced


@pytest.mark.parametrize(
    ("text", "isolated"),
    [("The Show", "The Show"), ("\u05e1\u05d5\u05e3", "\u2068\u05e1\u05d5\u05e3\u2069")],
)
def test_only_right_to_left_text_is_isolated(text: str, isolated: str) -> None:
    assert bidi_isolate(text) == isolated
