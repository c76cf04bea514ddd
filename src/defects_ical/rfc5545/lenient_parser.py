"""Parse iCalendar text of any quality.

Never raises and takes linear time. Returns the calendars that it could read, and an observation
for every rule that was broken. Where text is not valid, the parser reads what was probably meant,
so that the rest can be checked too. Libraries do not do this: none gives line numbers for broken
input.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import islice
from typing import Final, NamedTuple

from defects_ical.rfc5545.content_lines import (
    MAX_DEPTH,
    MAX_LINE_BYTES,
    Component,
    ContentLine,
    PhysicalLine,
    find_invisible,
    is_utf8,
    parse_line,
    split_physical_lines,
)

# As many as a file of 10 MB has with lines of the usual length.
MAX_LINES: Final = 400_000
# A description with an embedded picture is shorter. Parsing parameters takes memory.
MAX_LINE_CHARS: Final = 1_000_000
# Bytes of an unreadable line that an observation quotes.
MAX_QUOTED_BYTES: Final = 300
CALENDAR: Final = "VCALENDAR"
# These occur only directly in a calendar: where one begins, all others must have ended.
TOP_COMPONENTS: Final = frozenset({"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE"})
# Allowed in texts, and no client ends a line at them.
HARMLESS_CHARS: Final = frozenset("\t\ufeff")

_LOOSE_LINE: Final = re.compile(r"([A-Za-z0-9-]+)[;:]")


class SyntaxRule(Enum):
    """A rule that the lenient parser checks, named after what is wrong (RFC 5545 §3.1 to §3.6)."""

    WRONG_ENCODING = auto()
    BYTE_ORDER_MARK = auto()
    TEXT_OUTSIDE_CALENDAR = auto()
    TOO_MANY_LINES = auto()
    LINE_ENDING = auto()
    NO_FINAL_LINE_ENDING = auto()
    EMPTY_LINE = auto()
    LONG_LINE = auto()
    SPLIT_CHARACTER = auto()
    NOT_UTF_8 = auto()
    NO_CONTENT_LINE = auto()
    INVALID_PARAMETERS = auto()
    CONTROL_CHARACTER = auto()
    TOO_DEEP = auto()
    UNMATCHED_END = auto()
    UNCLOSED_COMPONENT = auto()
    TRUNCATED_FILE = auto()


@dataclass(frozen=True, slots=True)
class Observation:
    """A rule that a physical line breaks (numbered from 1), with raw details from the text."""

    rule: SyntaxRule
    line: int
    details: Mapping[str, object] = field(default_factory=dict)


class LenientParse(NamedTuple):
    """The outermost calendars of a text, and the rules that it breaks.

    ``complete`` is False if the text has more than MAX_LINES lines, and the rest was not read.
    """

    calendars: tuple[Component, ...]
    observations: tuple[Observation, ...]
    complete: bool


def parse_lenient(body: bytes) -> LenientParse:
    """Parse a response body of any quality."""
    observations: list[Observation] = []
    text = _decode_to_utf8(body, observations)
    lines = list(islice(split_physical_lines(text), MAX_LINES + 1))
    complete = len(lines) <= MAX_LINES
    if not complete:
        observations.append(Observation(SyntaxRule.TOO_MANY_LINES, MAX_LINES, {"limit": MAX_LINES}))
        lines.pop()
    elif lines and not lines[-1].ending:
        observations.append(Observation(SyntaxRule.NO_FINAL_LINE_ENDING, lines[-1].number))
    observations.extend(_check_physical_lines(lines))
    stack = _ComponentStack(observations)
    for line in _parse_lines(lines, observations):
        stack.add(line)
    return LenientParse(stack.close_all(complete=complete), tuple(observations), complete)


def _decode_to_utf8(body: bytes, observations: list[Observation]) -> bytes:
    """Return the text in UTF-8 and without a byte order mark."""
    if body.startswith(codecs.BOM_UTF8):
        observations.append(Observation(SyntaxRule.BYTE_ORDER_MARK, 1))
        return body.removeprefix(codecs.BOM_UTF8)
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        observations.append(Observation(SyntaxRule.WRONG_ENCODING, 1))
        return body.decode("utf-16", "replace").encode()
    return body


def _check_physical_lines(lines: list[PhysicalLine]) -> Iterator[Observation]:
    for line in lines:
        if line.has_bare_ending:
            ending = "CR" if line.ending == b"\r" else "LF"
            yield Observation(SyntaxRule.LINE_ENDING, line.number, {"ending": ending})
        if line.is_too_long:
            lengths = {"length": len(line.raw), "limit": MAX_LINE_BYTES}
            yield Observation(SyntaxRule.LONG_LINE, line.number, lengths)


def _parse_lines(
    lines: list[PhysicalLine], observations: list[Observation]
) -> Iterator[ContentLine | PhysicalLine]:
    """Yield content lines, and the first physical line of each text that is not one."""
    for parts in _group_continuations(lines, observations):
        text = _decode_line(parts, observations)
        number = parts[0].number
        for character in [each for each in find_invisible(text) if each not in HARMLESS_CHARS][:1]:
            details = {"codepoint": f"U+{ord(character):04X}"}
            observations.append(Observation(SyntaxRule.CONTROL_CHARACTER, number, details))
        line = parse_line(text, number) if len(text) <= MAX_LINE_CHARS else None
        if not line and (line := _parse_without_parameters(text, number)):
            observations.append(Observation(SyntaxRule.INVALID_PARAMETERS, number, {"text": text}))
        yield line or parts[0]


def _group_continuations(
    lines: list[PhysicalLine], observations: list[Observation]
) -> Iterator[list[PhysicalLine]]:
    """Yield each line with those that continue it (§3.1); drop empty lines."""
    parts: list[PhysicalLine] = []
    empty: list[PhysicalLine] = []
    for line in lines:
        if not line.raw.strip():
            empty.append(line)
            continue
        # Empty lines at the end of the file are not reported: clients ignore them.
        observations.extend(Observation(SyntaxRule.EMPTY_LINE, each.number) for each in empty)
        empty.clear()
        if line.is_continuation and parts:
            parts.append(line)
            continue
        if parts:
            yield parts
        parts = [line]
    if parts:
        yield parts


def _decode_line(parts: list[PhysicalLine], observations: list[Observation]) -> str:
    """Unfold and decode a line, as Latin-1 if it is not UTF-8."""
    raw = parts[0].raw
    if len(parts) > 1:
        raw += b"".join(part.raw[1:] for part in parts[1:])
    if not is_utf8(raw):
        bad = next((part for part in parts if not is_utf8(part.raw)), parts[0])
        observations.append(Observation(SyntaxRule.NOT_UTF_8, bad.number))
        return raw.decode("latin-1")
    if len(parts) > 1 and not raw.isascii():
        split = [part.number for part in parts if not is_utf8(part.raw)]
        # Each character is split between two lines.
        observations.extend(Observation(SyntaxRule.SPLIT_CHARACTER, each) for each in split[::2])
    return raw.decode()


def _parse_without_parameters(text: str, number: int) -> ContentLine | None:
    """Return the name and the value of a line whose parameters are not valid."""
    found = _LOOSE_LINE.match(text)
    if not found or len(text) > MAX_LINE_CHARS:
        return None
    return ContentLine(found[1].upper(), (), text.partition(":")[2], number)


@dataclass
class _OpenComponent:
    """A component whose END has not been read yet."""

    name: str
    number: int
    lines: list[ContentLine] = field(default_factory=list)
    components: list[Component] = field(default_factory=list)

    def close(self) -> Component:
        return Component(self.name, tuple(self.lines), tuple(self.components), self.number)


class _ComponentStack:
    """The open components, outermost first, and the calendars that are closed."""

    def __init__(self, observations: list[Observation]) -> None:
        self._observations = observations
        self._open: list[_OpenComponent] = []
        self._calendars: list[Component] = []
        self._skipped_depth = 0

    def add(self, line: ContentLine | PhysicalLine) -> None:
        """Add a line to the innermost component, or begin or end one."""
        if isinstance(line, PhysicalLine):
            self._report_text(line.number, line.raw[:MAX_QUOTED_BYTES].decode(errors="replace"))
        elif line.name == "BEGIN":
            self._begin(line.value.strip().upper(), line.number)
        elif line.name == "END":
            self._end(line.value.strip().upper(), line.number)
        elif not self._open:
            self._report_text(line.number, f"{line.name}:{line.value[:MAX_LINE_BYTES]}")
        elif not self._skipped_depth:
            self._open[-1].lines.append(line)

    def close_all(self, *, complete: bool) -> tuple[Component, ...]:
        """Return all calendars, and report what is still open at the end of a complete file."""
        if self._open and complete:
            last = self._open[-1]
            self._report(SyntaxRule.TRUNCATED_FILE, last.number, component=last.name)
        self._close_to(0)
        return tuple(self._calendars)

    def _begin(self, name: str, number: int) -> None:
        if name == CALENDAR:
            self._leave(0, f"BEGIN:{name}", number)
        elif name in TOP_COMPONENTS and self._open and self._open[0].name == CALENDAR:
            self._leave(1, f"BEGIN:{name}", number)
        if len(self._open) == MAX_DEPTH:
            self._skipped_depth += 1
            self._report(SyntaxRule.TOO_DEEP, number, component=name, limit=MAX_DEPTH)
        else:
            self._open.append(_OpenComponent(name, number))

    def _end(self, name: str, number: int) -> None:
        if self._skipped_depth:
            self._skipped_depth -= 1
            return
        depths = [depth for depth, each in enumerate(self._open) if each.name == name]
        if not depths:
            self._report(SyntaxRule.UNMATCHED_END, number, component=name)
            return
        self._leave(depths[-1] + 1, f"END:{name}", number)
        self._close_to(depths[-1])

    def _leave(self, depth: int, line: str, number: int) -> None:
        """Close and report what must not be open at a BEGIN or END line."""
        if len(self._open) > depth:
            inner = self._open[-1].name
            self._report(SyntaxRule.UNCLOSED_COMPONENT, number, component=inner, next_line=line)
            self._skipped_depth = 0
        self._close_to(depth)

    def _close_to(self, depth: int) -> None:
        while len(self._open) > depth:
            component = self._open.pop().close()
            if self._open:
                self._open[-1].components.append(component)
            elif component.name == CALENDAR:
                self._calendars.append(component)

    def _report_text(self, number: int, text: str) -> None:
        rule = SyntaxRule.NO_CONTENT_LINE if self._open else SyntaxRule.TEXT_OUTSIDE_CALENDAR
        self._report(rule, number, text=text)

    def _report(self, rule: SyntaxRule, number: int, **details: object) -> None:
        self._observations.append(Observation(rule, number, details))
