"""The structure of iCalendar text: physical lines, content lines and components (RFC 5545 §3.1).

All readers of iCalendar text are built from these functions: the lenient parser, the comparison
with live feeds, and the rules that the tests hold our own feeds against.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import Final, NamedTuple, TypeAlias

MAX_LINE_BYTES: Final = 75
"""The limit for a physical line, without its line ending (§3.1)."""
BARE_ENDINGS: Final = frozenset({b"\r", b"\n"})
"""Line endings that are not CRLF, as they should be (§3.1)."""
FOLDS: Final = frozenset({b" ", b"\t"})
"""What a line begins with that continues the previous one (§3.1)."""
MAX_DEPTH: Final = 8
"""The limit for nested components. No standard needs more than four; without a limit, a hostile
file exceeds Python's recursion limit."""

_Parameters: TypeAlias = tuple[tuple[str, str], ...]
_PARAMETER: Final = r';[A-Za-z0-9-]+=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*'
_HEAD: Final = re.compile(f"(?P<name>[A-Za-z0-9-]+)(?P<parameters>(?:{_PARAMETER})*)")
_LINE: Final = re.compile(f"(?P<head>[A-Za-z0-9-]+(?:{_PARAMETER})*):(?P<value>.*)")
MAX_CACHED_HEAD: Final = 100
_FOLD: Final = re.compile(rb"(?:\r\n|\r|\n)[ \t]")
# Unicode categories Cc, Zl and Zp, and the byte order mark: some clients end a line at these.
_INVISIBLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_ESCAPE: Final = re.compile(r"\\([\\;,nN])")


class PhysicalLine(NamedTuple):
    """A line of a file, before unfolding.

    ``number`` counts from 1. ``raw`` is the line without ``ending``, which is CRLF, CR or LF, or
    empty at the end of a file.
    """

    number: int
    raw: bytes
    ending: bytes

    @property
    def has_bare_ending(self) -> bool:
        """Whether it ends in CR or LF alone (§3.1)."""
        return self.ending in BARE_ENDINGS

    @property
    def is_too_long(self) -> bool:
        """Whether it is longer than 75 bytes, without its line ending (§3.1)."""
        return len(self.raw) > MAX_LINE_BYTES

    @property
    def is_continuation(self) -> bool:
        """Whether it continues the previous line (§3.1)."""
        return self.raw[:1] in FOLDS


@dataclass(frozen=True, slots=True)
class ContentLine:
    """A property or a BEGIN or END (§3.1): name in capitals, parameters, and the raw value.

    ``number`` is that of its first physical line. Equality ignores it.
    """

    name: str
    parameters: tuple[tuple[str, str], ...]
    value: str
    number: int = field(compare=False)

    def get_parameter(self, name: str) -> str | None:
        """Return the raw value of a parameter, or None."""
        return dict(self.parameters).get(name)

    @property
    def tzid(self) -> str:
        """The TZID without quotation marks; empty without one."""
        # Most lines have no parameters.
        return (self.get_parameter("TZID") or "").strip('"') if self.parameters else ""

    @property
    def text(self) -> str:
        """The value as a TEXT without escapes (§3.3.11)."""
        return unescape_text(self.value)


@dataclass(frozen=True, slots=True)
class Component:
    """A component (§3.6): its properties and its subcomponents, in order.

    ``number`` is that of its BEGIN line, ``end`` that of the line that closes it. Equality ignores
    both.
    """

    name: str
    lines: tuple[ContentLine, ...]
    components: tuple[Component, ...]
    number: int = field(compare=False)
    end: int = field(compare=False)

    def get_lines(self, name: str) -> tuple[ContentLine, ...]:
        """Return all properties of a name."""
        return tuple([line for line in self.lines if line.name == name])

    def get_value(self, name: str) -> str:
        """Return the raw value of the first property of a name; empty without one."""
        return next((line.value for line in self.lines if line.name == name), "")

    def get_components(self, name: str) -> tuple[Component, ...]:
        """Return the subcomponents of a name, without those further down."""
        return tuple(each for each in self.components if each.name == name)

    def walk(self) -> Iterator[Component]:
        """Yield this component and all components within it, outermost first."""
        yield self
        for each in self.components:
            yield from each.walk()


def looks_like_html(body: bytes) -> bool:
    """Return whether a file that should be a calendar begins as an HTML page does."""
    beginning = body[:1024].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    return beginning.startswith((b"<!doctype html", b"<html", b"<head", b"<!--", b"<script"))


def split_physical_lines(text: bytes) -> Iterator[PhysicalLine]:
    """Split text into physical lines, with any line endings."""
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        raw = line.rstrip(b"\r\n")
        yield PhysicalLine(number, raw, line[len(raw) :])


def unfold(text: bytes) -> bytes:
    """Remove folds: line endings followed by a space or a tab (§3.1)."""
    return _FOLD.sub(b"", text)


def parse_line(text: str, number: int = 0) -> ContentLine | None:
    """Parse an unfolded line (§3.1) in linear time; return None if it is not a content line."""
    head, colon, value = text.partition(":")
    if colon and len(head) <= MAX_CACHED_HEAD and '"' not in head:
        parsed = _parse_cached_head(head)
    else:
        found = _LINE.fullmatch(text)
        parsed = _parse_head(found["head"]) if found else None
        value = found["value"] if found else ""
    return ContentLine(*parsed, value, number) if parsed else None


def _parse_head(head: str) -> tuple[str, _Parameters] | None:
    """Return the name and the parameters of a line; None if they are not valid."""
    found = _HEAD.fullmatch(head)
    if not found:
        return None
    pairs = (each[1:].partition("=") for each in re.findall(_PARAMETER, found["parameters"]))
    return found["name"].upper(), tuple((name.upper(), value) for name, _, value in pairs)


# The events of a feed begin their lines with the same words.
_parse_cached_head = lru_cache(maxsize=2_000)(_parse_head)


def unescape_text(value: str) -> str:
    r"""Replace the escapes of a TEXT (§3.3.11): ``\\``, ``\;``, ``\,``, ``\n`` and ``\N``."""
    return _ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)


def has_unescaped_separator(value: str) -> bool:
    """Return whether a TEXT contains a comma or a semicolon without a backslash (§3.3.11)."""
    if "," not in value and ";" not in value:
        return False
    # Many times as fast as a pattern: without escaped backslashes, then without escaped separators.
    rest = value.replace("\\\\", "").replace("\\,", "").replace("\\;", "")
    return "," in rest or ";" in rest


def find_invisible(text: str) -> Iterator[str]:
    """Yield the invisible characters of a line, at which some clients end it."""
    return (found[0] for found in _INVISIBLE.finditer(text))


def is_utf8(raw: bytes) -> bool:
    """Return whether bytes are complete UTF-8 characters."""
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def get_event_key(event: Component) -> tuple[str, str]:
    """Return what identifies an event: UID, and RECURRENCE-ID for one of a series (§3.8.4.4)."""
    return event.get_value("UID"), event.get_value("RECURRENCE-ID")


def count_uids(events: Iterable[Component]) -> Counter[tuple[str, str]]:
    """Count the events by ``get_event_key``."""
    return Counter(map(get_event_key, events))


def find_tzids(events: Iterable[Component]) -> dict[str, ContentLine]:
    """Return the TZIDs of events, each with the first line that uses it."""
    lines: dict[str, ContentLine] = {}
    for line in chain.from_iterable(event.lines for event in events):
        if line.tzid:
            lines.setdefault(line.tzid, line)
    return lines
