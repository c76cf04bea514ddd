"""Text that is safe to show."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies

from defects_ical.text.display import (
    bidi_isolate,
    excerpt,
    has_balanced_isolates,
    isolate_ltr,
    mark_rtl_lines,
    remove_direction_marks,
)

HEBREW = "\u05e1\u05d5\u05e3"
ARABIC = "\u062d\u0644\u0642\u0629"


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
    ("text", "isolated"), [("The Show", "The Show"), (HEBREW, f"\u2068{HEBREW}\u2069")]
)
def test_only_right_to_left_text_is_isolated(text: str, isolated: str) -> None:
    assert bidi_isolate(text) == isolated


@pytest.mark.parametrize(
    ("text", "isolated"),
    [
        ("ENA", "\u2068ENA\u2069"),
        ("\ubc29\uc1a1", "\u2068\ubc29\uc1a1\u2069"),
        (f"{ARABIC} 3: ENA", f"\u2068{ARABIC} 3: ENA\u2069"),
        (ARABIC, ARABIC),
        ("21:00", "21:00"),
        ("", ""),
    ],
)
def test_text_with_left_to_right_letters_is_isolated(text: str, isolated: str) -> None:
    assert isolate_ltr(text) == isolated


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        (f"{ARABIC} ENA", f"{ARABIC} ENA"),
        (f"ENA {ARABIC}", f"\u200fENA {ARABIC}"),
        (f"\u2068ENA\u2069 {ARABIC}", f"\u200f\u2068ENA\u2069 {ARABIC}"),
        (f"3 {ARABIC}", f"3 {ARABIC}"),
        ("21:00", "21:00"),
        (f"{ARABIC}\n\nENA\n{HEBREW}", f"{ARABIC}\n\n\u200fENA\n{HEBREW}"),
        ("\u200fENA", "\u200fENA"),
        ("", ""),
    ],
)
def test_lines_run_right_to_left(text: str, marked: str) -> None:
    """A line that begins with another letter begins with a mark; marking twice adds none."""
    assert mark_rtl_lines(text) == marked
    assert mark_rtl_lines(marked) == marked


@pytest.mark.parametrize(
    "text",
    [
        f"\u200f\u2068ENA\u2069: {ARABIC}",
        f"\u2066ENA\u2069: \u2067{ARABIC}\u2069",
        f"{mark_rtl_lines('ENA')}: {isolate_ltr(ARABIC)}",
    ],
)
def test_direction_marks_are_removed(text: str) -> None:
    assert remove_direction_marks(text) == f"ENA: {ARABIC}"


@given(strategies.text())
def test_isolates_and_marks_only_add(value: str) -> None:
    plain = remove_direction_marks(value)
    for change in (bidi_isolate, isolate_ltr, mark_rtl_lines):
        assert remove_direction_marks(change(value)) == plain
