"""Check the texts that clients show: names, descriptions and places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from defects_ical.doctor.issues.events import EventIssue
from defects_ical.doctor.issues.issue import Occurrence
from defects_ical.doctor.parsed_feed import ParsedFeed
from defects_ical.rfc5545.component_stack import TEXTS
from defects_ical.rfc5545.content_lines import Component, ContentLine, has_unescaped_separator

# Bytes.
LONGEST_TEXT: Final = 64_000
MAX_BYTES_OF_CHARACTER: Final = 4
# Characters of a text in which mistakes are looked for.
MAX_READ: Final = 10_000

_HTML_TAG: Final = re.compile(
    r"</?(?:a|b|br|div|em|h[1-6]|i|img|li|ol|p|span|strong|table|td|tr|u|ul)[ />]", re.IGNORECASE
)
_ENTITY: Final = re.compile(
    r"&(?:amp|lt|gt|quot|apos|nbsp|ndash|mdash|hellip|[lr][sd]quo|#[0-9]{1,7}|#x[0-9a-f]{1,6});",
    re.IGNORECASE,
)
# A backslash before none of the characters that it escapes (§3.3.11).
_STRAY_BACKSLASH: Final = re.compile(r"(?<!\\)(?:\\\\)*\\(?![\\;,nN])")
_DOUBLED_BREAK: Final = re.compile(r"(?<!\\)\\\\n(?![a-z])")
# How the bytes of UTF-8 look if they are read as Windows-1252, which has no character for some.
_CP1252: Final = {
    character: bytes([byte])
    for byte in range(0x80, 0x100)
    for character in {bytes([byte]).decode("cp1252", "ignore") or chr(byte), chr(byte)}
}
_CONTINUATION: Final = "".join(
    re.escape(character) for character, byte in _CP1252.items() if byte < b"\xc0"
)
# Two bytes with one of the usual first bytes, a typographic sign, or two longer characters: a
# French quotation that ends in “é »” is no mojibake.
_MOJIBAKE: Final = re.compile(
    f"[ÂÃÄÅÐÑ][{_CONTINUATION}]|â[€\x80][{_CONTINUATION}]"
    f"|(?:[Ì-ÏØ-Þ\u00d7][{_CONTINUATION}]){{2}}|(?:[à-ï][{_CONTINUATION}]{{2}}){{2}}|ð[{_CONTINUATION}]{{3}}"
)


def check_texts(feed: ParsedFeed) -> Iterator[Occurrence]:
    """Yield what is wrong with the texts of a feed."""
    for entry in feed.entries:
        if entry.name == "VEVENT":
            yield from _check_name(entry)
        for line in entry.lines:
            if line.name in TEXTS and line.value:
                yield from _check_text(line)


def _check_name(event: Component) -> Iterator[Occurrence]:
    names = event.get_lines("SUMMARY")
    if not names:
        yield EventIssue.NO_SUMMARY.at(event.number)
    elif not names[0].value.strip():
        yield EventIssue.EMPTY_SUMMARY.at(names[0].number)


def _check_text(line: ContentLine) -> Iterator[Occurrence]:
    number, value, name = line.number, line.value, line.name
    # To look for a character is many times as fast as to look for a pattern.
    if name == "DESCRIPTION" and "<" in value and (tag := _HTML_TAG.search(value)):
        yield EventIssue.HTML_IN_DESCRIPTION.at(number, tag=tag[0])
    if "&" in value and (entity := _ENTITY.search(value)):
        yield EventIssue.HTML_ENTITY.at(number, property=name, entity=entity[0])
    elif has_unescaped_separator(value):
        yield EventIssue.UNESCAPED_TEXT.at(number, property=name)
    if name == "LOCATION" and "://" in value:
        yield EventIssue.LINK_IN_LOCATION.at(number, location=value)
    if "\\" in value:
        yield from _check_backslashes(line)
    if not value.isascii():
        yield from _check_characters(line)
    if len(value) * MAX_BYTES_OF_CHARACTER > LONGEST_TEXT:
        yield from _check_length(line)


def _check_length(line: ContentLine) -> Iterator[Occurrence]:
    length = len(line.value.encode())
    if length > LONGEST_TEXT:
        yield EventIssue.LONG_TEXT.at(line.number, property=line.name, kilobytes=length / 1000)


def _check_backslashes(line: ContentLine) -> Iterator[Occurrence]:
    if "\\\\n" in line.value and _DOUBLED_BREAK.search(line.value):
        yield EventIssue.DOUBLED_LINE_BREAK.at(line.number, property=line.name)
    elif _has_stray_backslash(line.value) and (found := _STRAY_BACKSLASH.search(line.value)):
        following = line.value[found.end() : found.end() + 1]
        text = f"\\{following}" if following else "\\ at its end"
        yield EventIssue.STRAY_BACKSLASH.at(line.number, property=line.name, text=text)


def _has_stray_backslash(value: str) -> bool:
    """Return whether a backslash stands before none of the characters that it escapes."""
    rest = value.replace("\\\\", "")
    return rest.count("\\") > sum(map(rest.count, ("\\n", "\\,", "\\;", "\\N")))


def _check_characters(line: ContentLine) -> Iterator[Occurrence]:
    if "\ufffd" in line.value:
        yield EventIssue.REPLACEMENT_CHARACTER.at(line.number, property=line.name)
    for read, meant in list(find_mojibake(line.value[:MAX_READ]))[:1]:
        yield EventIssue.MOJIBAKE.at(line.number, property=line.name, text=read, meant=meant)


def find_mojibake(text: str) -> Iterator[tuple[str, str]]:
    """Yield characters that are UTF-8 read as Windows-1252, and what they mean."""
    for found in _MOJIBAKE.finditer(text):
        raw = b"".join(_CP1252[character] for character in found[0])
        try:
            yield found[0], raw.decode()
        except UnicodeDecodeError:
            continue
