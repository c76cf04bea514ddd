"""Cut a feed into pieces that can be left out one by one, whatever its bytes are."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final, NamedTuple

from defects_ical.rfc5545.content_lines import PhysicalLine, split_physical_lines

MAX_BYTES: Final = 1_000_000
"""The size of a feed that importers read in full: it takes each of them about a second."""
EXCERPT_BYTES: Final = 250_000
"""The size of what they read of a larger feed, for which the doctor's own checks need the time."""
# Only a hostile feed has more.
_MAX_PIECES: Final = 20_000
_MAX_TIMEZONE_BYTES: Final = 200_000

# What a calendar contains directly (RFC 5545 §3.6). Where one of these begins, an earlier
# component ends, even if it is not closed.
_COMPONENTS: Final = {b"VEVENT", b"VTODO", b"VJOURNAL", b"VFREEBUSY", b"VTIMEZONE", b"VCALENDAR"}
_MARKER: Final = re.compile(rb"(BEGIN|END):([A-Z0-9-]+)[ \t]*", re.IGNORECASE)
_LATER: Final = re.compile(
    rb"(?:\A|[\r\n])(BEGIN:VEVENT|(?:BEGIN|END):VTIMEZONE)[ \t]*(?=[\r\n]|\Z)", re.IGNORECASE
)
_LINE_ENDING: Final = re.compile(rb"\r\n|\r|\n")


class Piece(NamedTuple):
    """A component or a content line of a calendar, with its folds.

    ``line`` is the number of its first physical line in the feed. ``kind`` is "event", "frame" for
    the BEGIN and END of a calendar, or "other".
    """

    line: int
    kind: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The pieces that importers read: ``given`` of ``total`` events, and everything else.

    Of a feed of more than MAX_BYTES these are the first events, what is between them, and the
    timezones of the whole feed. There are no pieces if no event fits.
    """

    pieces: tuple[Piece, ...]
    given: int
    total: int


class _Marker(NamedTuple):
    keyword: bytes
    component: bytes


def cut_excerpt(body: bytes) -> Excerpt:
    """Cut a feed with any line endings into its pieces. Accepts any bytes, in linear time."""
    limit = MAX_BYTES if len(body) <= MAX_BYTES else EXCERPT_BYTES
    cut = _cut_pieces(split_physical_lines(body[:limit]))
    pieces = list(islice(cut, _MAX_PIECES + 1))
    if len(body) > limit or len(pieces) > _MAX_PIECES:
        # The last piece may be incomplete.
        return _finish_excerpt(pieces[:-1], body)
    count = _count_events(pieces)
    return Excerpt(tuple(pieces), count, count)


def _cut_pieces(lines: Iterable[PhysicalLine]) -> Iterator[Piece]:
    raw: list[bytes] = []
    number, kind, component = 0, "other", b""
    for line in lines:
        marker = _read_marker(line.raw)
        if raw and _ends_before(component, line, marker):
            yield Piece(number, kind, b"".join(raw))
            raw = []
        if not raw:
            number, kind, component = line.number, *_classify(marker)
        raw.append(line.raw + line.ending)
        if component and marker == (b"END", component):
            yield Piece(number, kind, b"".join(raw))
            raw = []
    if raw:
        yield Piece(number, kind, b"".join(raw))


def _read_marker(raw: bytes) -> _Marker | None:
    # Most lines are neither; the regular expression takes longer to find that out.
    found = _MARKER.fullmatch(raw) if raw[:1] in {b"B", b"E", b"b", b"e"} else None
    return _Marker(found[1].upper(), found[2].upper()) if found else None


def _ends_before(component: bytes, line: PhysicalLine, marker: _Marker | None) -> bool:
    if not component:
        return not line.is_continuation
    begins_next = marker and marker.keyword == b"BEGIN" and marker.component in _COMPONENTS
    return bool(begins_next) or marker == (b"END", b"VCALENDAR")


def _classify(marker: _Marker | None) -> tuple[str, bytes]:
    """Return the kind of a piece, and the name of the component that has to be closed."""
    if marker and marker.component == b"VCALENDAR":
        return "frame", b""
    if marker and marker.keyword == b"BEGIN":
        return ("event" if marker.component == b"VEVENT" else "other"), marker.component
    return "other", b""


def _finish_excerpt(pieces: list[Piece], body: bytes) -> Excerpt:
    """Close an excerpt of the first pieces, with the timezones that come later.

    The END that closes it is in no line of the feed.
    """
    given = _count_events(pieces)
    later, timezones = _scan_rest(body, sum(len(each.raw) for each in pieces))
    if not given or sum(len(each.raw) for each in timezones) > _MAX_TIMEZONE_BYTES:
        return Excerpt((), 0, given + later)
    frames = [each.raw.strip().upper() for each in pieces if each.kind == "frame"]
    is_open = bool(frames) and frames[-1].startswith(b"BEGIN")
    end = [Piece(sys.maxsize, "frame", b"END:VCALENDAR\r\n")] if is_open else []
    return Excerpt((*pieces, *(timezones if is_open else ()), *end), given, given + later)


def _scan_rest(body: bytes, start: int) -> tuple[int, list[Piece]]:
    """Count the events after a position, and collect the timezones."""
    events, opened = 0, -1
    spans: list[tuple[int, int]] = []
    for found in _LATER.finditer(body, max(start - 1, 0)):
        marker = found[1].upper()
        if marker == b"BEGIN:VEVENT":
            events += 1
        elif marker == b"BEGIN:VTIMEZONE":
            opened = found.start(1)
        elif opened >= 0:
            spans.append((opened, found.end()))
            opened = -1
    return events, list(_number_pieces(body, spans))


def _number_pieces(body: bytes, spans: Iterable[tuple[int, int]]) -> Iterator[Piece]:
    line, counted = 1, 0
    for start, end in spans:
        line += sum(1 for _ in _LINE_ENDING.finditer(body, counted, start))
        counted = start
        yield Piece(line, "other", body[start:end] + b"\r\n")


def _count_events(pieces: Iterable[Piece]) -> int:
    return sum(each.kind == "event" for each in pieces)


def join_pieces(*groups: Iterable[Piece]) -> bytes:
    """Return the text of pieces in the order of the feed."""
    return b"".join(each.raw for each in sorted(chain(*groups)))
