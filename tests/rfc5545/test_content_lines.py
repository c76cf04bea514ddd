"""Physical lines, content lines and components (RFC 5545 §3.1)."""

from __future__ import annotations

import pytest

from defects_ical.rfc5545.content_lines import (
    ContentLine,
    PhysicalLine,
    has_unescaped_separator,
    parse_line,
    split_physical_lines,
    unescape_text,
    unfold,
)


def test_split_physical_lines_with_any_endings() -> None:
    assert list(split_physical_lines(b"A:1\r\nB:2\rC:3\nD:4")) == [
        PhysicalLine(1, b"A:1", b"\r\n"),
        PhysicalLine(2, b"B:2", b"\r"),
        PhysicalLine(3, b"C:3", b"\n"),
        PhysicalLine(4, b"D:4", b""),
    ]


def test_unfold() -> None:
    assert unfold(b"SUMMARY:Caf" + b"\xc3\r\n \xa9\r\n\tnoir\r\nEND:VEVENT\r\n") == (
        "SUMMARY:Cafénoir\r\nEND:VEVENT\r\n".encode()
    )


def test_parse_line() -> None:
    line = parse_line('dtstart;tzid="A:B";X-N=1,2:20260721T230000', 7)
    parameters = (("TZID", '"A:B"'), ("X-N", "1,2"))
    assert line == ContentLine("DTSTART", parameters, "20260721T230000", 7)
    assert line.number == 7
    assert line.tzid == "A:B"


@pytest.mark.parametrize("text", ["", "SUMMARY", ":text", "A;B:text", 'A;B="c:text', "Ä:text"])
def test_parse_line_rejects(text: str) -> None:
    assert parse_line(text) is None


def test_unescape_text() -> None:
    assert unescape_text(r"a\, b\; c\\n\nd\Ne \x") == "a, b; c\\n\nd\ne \\x"


@pytest.mark.parametrize(
    ("value", "unescaped"),
    [("a, b", True), (r"a\, b", False), (r"a\\, b", True), (r"a\\\; b", False), (";", True)],
)
def test_has_unescaped_separator(value: str, unescaped: bool) -> None:  # noqa: FBT001 - a table's column
    assert has_unescaped_separator(value) is unescaped
