"""Parse a calendar strictly: any error is an exception with the line number (RFC 5545)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from defects_ical.rfc5545.content_lines import MAX_DEPTH, Component, ContentLine, parse_line

CRLF: Final = b"\r\n"
_CONTROL: Final = re.compile("[\x00-\x08\x0a-\x1f\x7f]")


class MalformedError(ValueError):
    """Exception raised for bytes that are not an iCalendar object, with the line number."""


def parse_calendar(content: bytes) -> Component:
    """Parse a file that contains exactly one calendar (§3.4).

    Raises MalformedError if it is not UTF-8, or for an invalid content line or nesting.
    """
    lines = _unfold(content)
    first = next(lines, None)
    if first is None or (first.name, first.value) != ("BEGIN", "VCALENDAR"):
        raise MalformedError("the first line is not BEGIN:VCALENDAR")
    calendar = _parse_component(first, lines)
    for line in lines:
        raise MalformedError(f"line {line.number}: {line.name} after END:VCALENDAR")
    return calendar


def _unfold(content: bytes) -> Iterator[ContentLine]:
    """Yield the unfolded lines (§3.1); unfold before decoding, since a fold may split bytes."""
    start, parts = 0, list[bytes]()
    for number, physical in enumerate(content.removesuffix(CRLF).split(CRLF), start=1):
        if physical[:1] in {b" ", b"\t"} and parts:
            parts.append(physical[1:])
            continue
        if parts:
            yield _parse_line(b"".join(parts), start)
        start, parts = number, [physical]
    yield _parse_line(b"".join(parts), start)


def _parse_line(content: bytes, number: int) -> ContentLine:
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise MalformedError(f"line {number}: {error.reason}") from None
    line = parse_line(text, number)
    if not line or _CONTROL.search(text):
        raise MalformedError(f"line {number} is not a content line")
    return line


def _parse_component(begin: ContentLine, lines: Iterator[ContentLine], depth: int = 1) -> Component:
    if depth > MAX_DEPTH:
        raise MalformedError(f"line {begin.number}: nested more than {MAX_DEPTH} deep")
    own: list[ContentLine] = []
    inner: list[Component] = []
    for line in lines:
        if line.name == "BEGIN":
            inner.append(_parse_component(line, lines, depth + 1))
        elif line.name != "END":
            own.append(line)
        elif line.value == begin.value:
            return Component(begin.value, tuple(own), tuple(inner), begin.number, line.number)
        else:
            raise MalformedError(f"line {line.number}: END:{line.value} within {begin.value}")
    raise MalformedError(f"END:{begin.value} is missing")
