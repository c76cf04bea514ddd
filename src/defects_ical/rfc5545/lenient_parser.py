"""Anybody's octets → the calendars in them as far as they can be read, and what is wrong with them.

It takes linear time and never fails. What `octets` refuses is seen and told here, then read as it
was probably meant, so that the rest can be examined too.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
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
    physical_lines,
)
from defects_ical.rfc5545.observations import Observation, quoted

# What a file of 10 MB has where its lines are as long as lines are.
MAX_LINES: Final = 400_000
# A description with a picture in it is shorter; the pattern of a line takes memory for parameters.
MAX_LINE: Final = 1_000_000
CALENDAR: Final = "VCALENDAR"
# They stand in a calendar and nowhere else: one that begins elsewhere ends what was open.
OUTERMOST: Final = frozenset({"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE"})
# These may stand in a text, and nobody takes them for the end of a line.
HARMLESS: Final = frozenset("\t\ufeff")
BARE: Final = {b"\r": "CR alone", b"\n": "LF alone"}
MARKS: Final = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))

_LOOSE: Final = re.compile(r"([A-Za-z0-9-]+)[;:]")


class LenientParse(NamedTuple):
    """The calendars that octets hold, outermost only, and what was wrong with the octets.

    ``whole`` is whether all lines were looked at.
    """

    calendars: tuple[Component, ...]
    sights: tuple[Observation, ...]
    whole: bool


def parse_lenient(body: bytes) -> LenientParse:
    """Everything that can be read of an answer's octets."""
    sights: list[Observation] = []
    text = _as_utf8(body, sights)
    physical = list(islice(physical_lines(text), MAX_LINES + 1))
    whole = len(physical) <= MAX_LINES
    if not whole:
        sights.append(Observation("too-many-lines", MAX_LINES, (f"{MAX_LINES:,}",)))
        physical.pop()
    else:
        sights.extend(_ending(text, physical))
    sights.extend(_ends(physical))
    nest = _ComponentStack(sights)
    for line in _lines(physical, sights):
        nest.take(line)
    return LenientParse(nest.closed(whole=whole), tuple(sights), whole)


def _as_utf8(body: bytes, sights: list[Observation]) -> bytes:
    """The octets without their mark, in UTF-8 where the mark says that they are not."""
    if body.startswith(codecs.BOM_UTF8):
        sights.append(Observation("byte-order-mark", 1))
        return body.removeprefix(codecs.BOM_UTF8)
    for mark, encoding in MARKS:
        if body.startswith(mark):
            sights.append(Observation("encoding", 1, (encoding[:6].upper(),)))
            return body.removeprefix(mark).decode(encoding, "replace").encode()
    return body


def _ending(text: bytes, physical: list[PhysicalLine]) -> Iterator[Observation]:
    if physical and not text.endswith((b"\r", b"\n")):
        yield Observation("final-line-end", physical[-1].number)


def _ends(physical: list[PhysicalLine]) -> Iterator[Observation]:
    """What is wrong with physical lines: their ends and their lengths."""
    for line in physical:
        if line.bare:
            yield Observation("line-ends", line.number, (BARE[line.end],))
        if line.long:
            yield Observation("line-length", line.number, (f"{len(line.octets):,}",))


def _lines(
    physical: list[PhysicalLine], sights: list[Observation]
) -> Iterator[ContentLine | PhysicalLine]:
    """Content lines, and as they stand those that are none."""
    for parts in _unfolded(physical, sights):
        text = _text(parts, sights)
        number = parts[0].number
        if found := next((each for each in find_invisible(text) if each not in HARMLESS), None):
            sights.append(Observation("control-character", number, (f"U+{ord(found):04X}",)))
        line = parse_line(text, number) if len(text) <= MAX_LINE else None
        if not line and (line := _loosely(text, number)):
            sights.append(Observation("parameters", number, (quoted(text),)))
        yield line or parts[0]


def _unfolded(
    physical: list[PhysicalLine], sights: list[Observation]
) -> Iterator[list[PhysicalLine]]:
    """The physical lines that make one line each (§3.1); empty ones are passed over."""
    parts: list[PhysicalLine] = []
    blank: list[PhysicalLine] = []
    for line in physical:
        if not line.octets.strip():
            blank.append(line)
            continue
        # After the last line, empty ones end what has ended.
        sights.extend(Observation("empty-line", each.number) for each in blank)
        blank.clear()
        if line.folded and parts:
            parts.append(line)
            continue
        if parts:
            yield parts
        parts = [line]
    if parts:
        yield parts


def _text(parts: list[PhysicalLine], sights: list[Observation]) -> str:
    """The characters of a line; Latin-1 where they are not UTF-8."""
    whole = parts[0].octets + b"".join(part.octets[1:] for part in parts[1:])
    if not is_utf8(whole):
        bad = next((part for part in parts if not is_utf8(part.octets)), parts[0])
        sights.append(Observation("not-utf-8", bad.number))
        return whole.decode("latin-1")
    if len(parts) > 1 and not whole.isascii():
        split = [part.number for part in parts if not is_utf8(part.octets)]
        # The next line begins in the middle of the same character.
        sights.extend(Observation("split-character", number) for number in split[::2])
    return whole.decode()


def _loosely(text: str, number: int) -> ContentLine | None:
    """The name and the value of a line whose parameters cannot be read."""
    found = _LOOSE.match(text)
    if not found or len(text) > MAX_LINE:
        return None
    return ContentLine(found[1].upper(), (), text.partition(":")[2], number)


@dataclass
class _Open:
    """A component that is not closed yet."""

    name: str
    number: int
    lines: list[ContentLine] = field(default_factory=list)
    components: list[Component] = field(default_factory=list)

    @property
    def component(self) -> Component:
        return Component(self.name, tuple(self.lines), tuple(self.components), self.number)


class _ComponentStack:
    """The components that are open, the outermost first, and the calendars that are closed."""

    def __init__(self, sights: list[Observation]) -> None:
        self._sights = sights
        self._open: list[_Open] = []
        self._calendars: list[Component] = []
        self._too_deep = 0

    def take(self, line: ContentLine | PhysicalLine) -> None:
        """Put a line where it belongs."""
        if isinstance(line, PhysicalLine):
            self._strange(line.number, line.octets[: 4 * MAX_LINE_BYTES].decode(errors="replace"))
        elif line.name == "BEGIN":
            self._begin(line.value.strip().upper(), line.number)
        elif line.name == "END":
            self._end(line.value.strip().upper(), line.number)
        elif not self._open:
            self._strange(line.number, f"{line.name}:{line.value[:MAX_LINE_BYTES]}")
        elif not self._too_deep:
            self._open[-1].lines.append(line)

    def closed(self, *, whole: bool) -> tuple[Component, ...]:
        """Every calendar, the last one closed where its file is cut off."""
        if self._open and whole:
            last = self._open[-1]
            self._sights.append(Observation("cut-off", last.number, (quoted(last.name),)))
        self._close(0)
        return tuple(self._calendars)

    def _strange(self, number: int, text: str) -> None:
        name = "no-content-line" if self._open else "garbage"
        shown = quoted(text) if self._open else f"“{quoted(text)}”"
        self._sights.append(Observation(name, number, (shown,)))

    def _begin(self, name: str, number: int) -> None:
        if name == CALENDAR:
            self._leave(0, name, number)
        elif name in OUTERMOST and self._open and self._open[0].name == CALENDAR:
            self._leave(1, name, number)
        if len(self._open) == MAX_DEPTH:
            self._too_deep += 1
            self._askew(number, f"{quoted(name)} is nested more than {MAX_DEPTH} deep")
        else:
            self._open.append(_Open(name, number))

    def _end(self, name: str, number: int) -> None:
        if self._too_deep:
            self._too_deep -= 1
            return
        depths = [depth for depth, each in enumerate(self._open) if each.name == name]
        if not depths:
            self._askew(number, f"END:{quoted(name)} ends nothing that is open")
            return
        self._leave(depths[-1] + 1, name, number)
        self._close(depths[-1])

    def _leave(self, depth: int, name: str, number: int) -> None:
        """Close what should not be open any more where ``name`` begins or ends."""
        if len(self._open) > depth:
            inner = quoted(self._open[-1].name)
            self._askew(number, f"{inner} is not closed before {quoted(name)}")
            self._too_deep = 0
        self._close(depth)

    def _close(self, depth: int) -> None:
        while len(self._open) > depth:
            done = self._open.pop().component
            if self._open:
                self._open[-1].components.append(done)
            elif done.name == CALENDAR:
                self._calendars.append(done)

    def _askew(self, number: int, what: str) -> None:
        self._sights.append(Observation("nesting", number, (what,)))
