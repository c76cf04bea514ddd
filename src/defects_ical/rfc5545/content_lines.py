"""An .ics file octet by octet: a strict reader, and every rule that the site's files keep.

Nothing here knows how the files are made, so that a fault of the writing side, or of the
library it writes with, has no twin on this side. Sections are RFC 5545's where no other is named.
What anybody's file is examined for as well asks for no more than a line or a component.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Final, NamedTuple

MAX_LINE_BYTES: Final = 75
# No standard has more than four; without a limit a hostile file ends the program.
MAX_DEPTH: Final = 8

_PARAMETER: Final = r';[A-Za-z0-9-]+=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*'
_LINE: Final = re.compile(f"(?P<name>[A-Za-z0-9-]+)(?P<parameters>(?:{_PARAMETER})*):(?P<value>.*)")
_END: Final = re.compile(rb"\r\n|\r|\n")
# What cannot be seen and some program takes for the end of a line (categories Cc, Zl and Zp).
_UNSEEN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_STRAY: Final = re.compile(r"(?<!\\)(?:\\\\)*[,;]")
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)


class PhysicalLine(NamedTuple):
    """A line as it is folded: its octets, and those that end it (none at the end of a file)."""

    number: int
    octets: bytes
    end: bytes

    @property
    def bare(self) -> bool:
        """Whether it ends in a CR or an LF that stands alone (§3.1)."""
        return self.end in {b"\r", b"\n"}

    @property
    def long(self) -> bool:
        """Whether it has more than 75 octets, without its end (§3.1)."""
        return len(self.octets) > MAX_LINE_BYTES

    @property
    def folded(self) -> bool:
        """Whether it goes on with the line before (§3.1)."""
        return self.octets[:1] in {b" ", b"\t"}


@dataclass(frozen=True, slots=True)
class ContentLine:
    """A content line (§3.1): its name in capitals, its parameters, its value as it stands.

    ``number`` is that of its first physical line, from 1; two lines are equal wherever they are.
    """

    name: str
    parameters: tuple[tuple[str, str], ...]
    value: str
    number: int = field(compare=False)

    def parameter(self, name: str) -> str | None:
        """The parameter of that name, as it stands, or None."""
        return dict(self.parameters).get(name)

    @property
    def text(self) -> str:
        """The value without its escapes (§3.3.11)."""
        return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], self.value)


@dataclass(frozen=True, slots=True)
class Component:
    """A component (§3.6): its properties and the components within it, in their order.

    ``number`` is that of its BEGIN line.
    """

    name: str
    lines: tuple[ContentLine, ...]
    components: tuple[Component, ...]
    number: int = field(compare=False)

    def named(self, name: str) -> tuple[ContentLine, ...]:
        """Every property of that name."""
        return tuple(line for line in self.lines if line.name == name)

    def value(self, name: str) -> str:
        """The value of the first property of that name, as it stands; empty without one."""
        return next((line.value for line in self.named(name)), "")

    def parts(self, name: str) -> tuple[Component, ...]:
        """Every component of that name directly within this one."""
        return tuple(each for each in self.components if each.name == name)

    def walk(self) -> Iterator[Component]:
        """This component and all within it, outermost first."""
        yield self
        for each in self.components:
            yield from each.walk()


def physical_lines(octets: bytes) -> Iterator[PhysicalLine]:
    """The lines of a file, whatever ends each of them."""
    start, number = 0, 1
    for number, found in enumerate(_END.finditer(octets), start=1):
        yield PhysicalLine(number, octets[start : found.start()], found[0])
        start = found.end()
    if start < len(octets):
        yield PhysicalLine(number + bool(start), octets[start:], b"")


def parse_line(text: str, number: int) -> ContentLine | None:
    """The content line that a text is (§3.1), or None; it takes linear time."""
    found = _LINE.fullmatch(text)
    if not found:
        return None
    pairs = (each[1:].partition("=") for each in re.findall(_PARAMETER, found["parameters"]))
    parameters = tuple((name.upper(), value) for name, _, value in pairs)
    return ContentLine(found["name"].upper(), parameters, found["value"], number)


# What anybody's file may have wrong.


def find_invisible(text: str) -> Iterator[str]:
    """The characters in a line that cannot be seen and that some program takes for its end."""
    return (found[0] for found in _UNSEEN.finditer(text))


def is_utf8(octets: bytes) -> bool:
    """Whether they are whole characters of UTF-8."""
    try:
        octets.decode()
    except UnicodeDecodeError:
        return False
    return True


def has_unescaped_separator(text: str) -> bool:
    """Whether a comma or a semicolon of a text stands without its backslash (§3.3.11)."""
    return bool(_STRAY.search(text))


def empty_properties(component: Component) -> Iterator[ContentLine]:
    """The properties that have no value."""
    return (line for line in component.lines if not line.value.strip())


def count_uids(events: Iterable[Component]) -> Counter[tuple[str, str]]:
    """How many events have a UID; those that replace one of a series have another (§3.8.4.4)."""
    return Counter((event.value("UID"), event.value("RECURRENCE-ID")) for event in events)


def tzids_used(events: Iterable[Component]) -> dict[str, ContentLine]:
    """The zones that events name, each with the first line that does."""
    found: dict[str, ContentLine] = {}
    for line in chain.from_iterable(event.lines for event in events):
        if zone := line.parameter("TZID"):
            found.setdefault(zone.strip('"'), line)
    return found


def first_onset(zone: Component) -> str:
    """The wall time at which the first observance of a definition begins; empty without one."""
    return min((each.value("DTSTART") for each in zone.components), default="")
