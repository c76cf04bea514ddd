"""Parse iCalendar text of any quality.

Never raises and takes linear time. Returns the calendars that it could read, and an observation
for every rule that was broken. Where text is not valid, the parser reads what was probably meant,
so that the rest can be checked too. Libraries do not do this: none gives line numbers for broken
input.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

from defects_ical.rfc5545.component_stack import (
    CALENDAR,
    DELIMITER,
    MAX_QUOTED_BYTES,
    ComponentStack,
)
from defects_ical.rfc5545.content_lines import (
    BARE_ENDINGS,
    FOLDS,
    MAX_LINE_BYTES,
    Component,
    ContentLine,
    PhysicalLine,
    find_invisible,
    is_utf8,
    parse_line,
    split_physical_lines,
)
from defects_ical.rfc5545.syntax_rules import Observation, SyntaxRule

# As many as a file of 10 MB has with lines of the usual length.
MAX_LINES: Final = 400_000
# A description with an embedded picture is shorter. Parsing parameters takes memory.
MAX_LINE_CHARS: Final = 1_000_000
DOUBLED_ENDING: Final = b"\r\r\n"
# With one of these, or with nothing, a line begins that may be blank.
BLANK: Final = frozenset({b"", *(bytes([each]) for each in b" \t\x0b\x0c")})

FIRST_PRINTABLE: Final = 0x20
_LOWER_CASE: Final = re.compile(r";([A-Z0-9-]*[a-z][A-Za-z0-9-]*)=")
_QUOTED: Final = re.compile('"[^"]*"')
# Allowed in texts, and no client ends a line at them: a tab, a byte order mark, C1 but for NEL.
_HARMLESS: Final = re.compile("[\t\ufeff\x80-\x84\x86-\x9f]")
_LOOSE_LINE: Final = re.compile(r"([A-Za-z0-9-]+)[;:]")


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
    text = _join_doubled_endings(_decode_to_utf8(body, observations), observations)
    lines = list(islice(split_physical_lines(text), MAX_LINES + 1))
    complete = len(lines) <= MAX_LINES
    if not complete:
        observations.append(Observation(SyntaxRule.TOO_MANY_LINES, MAX_LINES, {"limit": MAX_LINES}))
        lines.pop()
    lines = _cut_to_calendars(lines, observations, complete=complete)
    if complete and lines and not lines[-1].ending:
        observations.append(Observation(SyntaxRule.NO_FINAL_LINE_ENDING, lines[-1].number))
    observations.extend(_check_physical_lines(lines))
    stack = ComponentStack(observations)
    for line in _parse_lines(lines, observations):
        stack.add(line)
    calendars = stack.close_all(complete=complete)
    return LenientParse(calendars, tuple(_drop_consequences(observations)), complete)


def _decode_to_utf8(body: bytes, observations: list[Observation]) -> bytes:
    """Return the text in UTF-8 and without a byte order mark."""
    if body.startswith(codecs.BOM_UTF8):
        observations.append(Observation(SyntaxRule.BYTE_ORDER_MARK, 1))
        return body.removeprefix(codecs.BOM_UTF8)
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        observations.append(Observation(SyntaxRule.WRONG_ENCODING, 1))
        return body.decode("utf-16", "replace").encode()
    return body


def _join_doubled_endings(text: bytes, observations: list[Observation]) -> bytes:
    """Return the text with CRLF for each CR CR LF, which line numbers count as one ending."""
    if DOUBLED_ENDING not in text:
        return text
    line = text[: text.index(DOUBLED_ENDING)].count(b"\n") + 1
    observations.append(Observation(SyntaxRule.DOUBLED_LINE_ENDING, line))
    return text.replace(DOUBLED_ENDING, b"\r\n")


def _drop_consequences(observations: list[Observation]) -> Iterator[Observation]:
    """Yield the observations but for empty lines in texts whose line breaks are reported."""
    broken = {
        each.details["next_line"] for each in observations if each.rule is SyntaxRule.RAW_LINE_BREAK
    }
    for each in reversed(observations):
        if each.rule is SyntaxRule.EMPTY_LINE and each.line + 1 in broken:
            broken.add(each.line)
    return (
        each
        for each in observations
        if each.rule is not SyntaxRule.EMPTY_LINE or each.line not in broken
    )


def _cut_to_calendars(
    lines: list[PhysicalLine], observations: list[Observation], *, complete: bool
) -> list[PhysicalLine]:
    """Return the lines from the first BEGIN:VCALENDAR to the last END, and report what is around.

    A page after the calendar is one mistake, however many lines it has.
    """
    begins = (n for n, line in enumerate(lines) if _is_delimiter(line, b"BEGIN"))
    begin = next(begins, None)
    if begin is None:
        return lines
    _report_preamble(lines[: begin + 1], observations)
    first = lines[begin]
    kept = [first._replace(raw=first.raw.lstrip()), *lines[begin + 1 :]]
    ends = (n for n in range(len(kept) - 1, 0, -1) if _is_delimiter(kept[n], b"END"))
    end = next(ends, None) if complete else None
    if end is None:
        return kept
    rest = kept[end + 1 :]
    texts = [each for each in rest if each.raw.strip()]
    observations.extend(map(_make_observation_of_text, texts[:1]))
    if rest and not texts:
        where = {"place": "after `END:VCALENDAR`"}
        observations.append(Observation(SyntaxRule.EMPTY_LINES_AROUND, rest[0].number, where))
    return kept[: end + 1]


def _report_preamble(lines: list[PhysicalLine], observations: list[Observation]) -> None:
    """Report text or white space before the first BEGIN:VCALENDAR, which is in the last line."""
    *before, begin = lines
    texts = [line for line in before if line.raw.strip()]
    if texts:
        observations.append(_make_observation_of_text(texts[0]))
    elif before and not begin.raw[:1].isspace() and not any(each.raw for each in before):
        where = {"place": "before `BEGIN:VCALENDAR`"}
        observations.append(Observation(SyntaxRule.EMPTY_LINES_AROUND, before[0].number, where))
    elif before or begin.raw[:1].isspace():
        quoted = b"".join(line.raw + line.ending for line in before) + begin.raw
        text = {"text": quoted[-MAX_QUOTED_BYTES:].decode(errors="replace")}
        observations.append(Observation(SyntaxRule.SPACE_BEFORE_CALENDAR, lines[0].number, text))


def _make_observation_of_text(line: PhysicalLine) -> Observation:
    text = line.raw[:MAX_QUOTED_BYTES].decode(errors="replace")
    return Observation(SyntaxRule.TEXT_OUTSIDE_CALENDAR, line.number, {"text": text})


def _is_delimiter(line: PhysicalLine, name: bytes) -> bool:
    return line.raw.strip().upper() == name + b":" + CALENDAR.encode()


def _check_physical_lines(lines: list[PhysicalLine]) -> Iterator[Observation]:
    for number, raw, ending in lines:
        if ending in BARE_ENDINGS:
            is_lf = ending == b"\n"
            rule = SyntaxRule.LINE_ENDING if is_lf else SyntaxRule.CR_LINE_ENDING
            yield Observation(rule, number)
        if len(raw) > MAX_LINE_BYTES:
            lengths = {"length": len(raw), "limit": MAX_LINE_BYTES}
            yield Observation(SyntaxRule.LONG_LINE, number, lengths)


def _parse_lines(
    lines: list[PhysicalLine], observations: list[Observation]
) -> Iterator[ContentLine | PhysicalLine]:
    """Yield content lines, and the first physical line of each text that is not one."""
    for parts in _group_continuations(lines, observations):
        text = _decode_line(parts, observations)
        number = parts[0].number
        # No invisible character is printable, and most texts have only printable ones.
        if not text.isprintable():
            observations.extend(_find_control_character(text, number))
        line = parse_line(text, number) if len(text) <= MAX_LINE_CHARS else None
        if not line and (line := _parse_without_parameters(text, number)):
            observations.append(Observation(SyntaxRule.INVALID_PARAMETERS, number, {"text": text}))
        elif line and line.parameters:
            observations.extend(_check_parameters(line, text))
        yield line or parts[0]


def _find_control_character(text: str, number: int) -> Iterator[Observation]:
    """Yield the first control character of a text, if it has any."""
    for character in [each for each in find_invisible(text) if not _HARMLESS.fullmatch(each)][:1]:
        details = {"codepoint": f"U+{ord(character):04X}"}
        is_c0 = ord(character) < FIRST_PRINTABLE or character == "\x7f"
        rule = SyntaxRule.CONTROL_CHARACTER if is_c0 else SyntaxRule.LINE_SEPARATOR
        yield Observation(rule, number, details)


def _check_parameters(line: ContentLine, text: str) -> Iterator[Observation]:
    """Yield names of parameters that occur twice, or are not in capitals."""
    names = [name for name, _ in line.parameters]
    if len(set(names)) < len(names):
        name = next(each for each in names if names.count(each) > 1)
        details = {"parameter": name, "property": line.name}
        yield Observation(SyntaxRule.REPEATED_PARAMETER, line.number, details)
    found = _LOWER_CASE.search(_QUOTED.sub("", text[: len(text) - len(line.value)]))
    if found:
        details = {"parameter": found[1], "property": line.name}
        yield Observation(SyntaxRule.LOWER_CASE_PARAMETER, line.number, details)


def _group_continuations(
    lines: list[PhysicalLine], observations: list[Observation]
) -> Iterator[list[PhysicalLine]]:
    """Yield each line with those that continue it (§3.1); drop empty lines."""
    parts: list[PhysicalLine] = []
    empty: list[PhysicalLine] = []
    for line in lines:
        first = line.raw[:1]
        # Most lines begin with a letter.
        if first in BLANK and not line.raw.strip():
            empty.append(line)
            continue
        # Empty lines at the end of the file are not reported: clients ignore them.
        if empty:
            observations.extend(Observation(SyntaxRule.EMPTY_LINE, each.number) for each in empty)
            empty.clear()
        if first in FOLDS and parts and not _is_indented_delimiter(line, parts[-1]):
            parts.append(line)
            continue
        if parts:
            yield parts
        parts = [line]
    if parts:
        yield parts


def _is_indented_delimiter(line: PhysicalLine, previous: PhysicalLine) -> bool:
    """Return whether a line that looks like a fold is a BEGIN or END after another of these."""
    if not DELIMITER.fullmatch(line.raw):
        return False
    return previous.raw[:6].upper() == b"BEGIN:" or previous.raw[:4].upper() == b"END:"


def _decode_line(parts: list[PhysicalLine], observations: list[Observation]) -> str:
    """Unfold and decode a line, as Latin-1 if it is not UTF-8."""
    raw = parts[0].raw
    if len(parts) == 1 and raw.isascii():
        return raw.decode("ascii")
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
