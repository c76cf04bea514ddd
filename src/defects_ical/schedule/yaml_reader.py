"""Read a YAML file into plain values that remember their line and column.

Supports the subset that a schedule needs: mappings, lists and scalars. Scalars stay strings, so
that `no` is not False and `23:00` is not 1380. Anchors, aliases and tags are rejected.
"""

from __future__ import annotations

import codecs
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple, NoReturn, Protocol, TypeAlias

import yaml

from defects_ical.errors import Problem, ScheduleError, SourceLocation
from defects_ical.text.display import INVISIBLE_CHARS, codepoint_name, excerpt

# How a user names the file: on the command line, or to another WSGI server.
OPTION: Final = "--schedule FILE (for wsgi.py, DEFECTS_ICAL_SCHEDULE)"
MAX_BYTES: Final = 2_000_000
MAX_DEPTH: Final = 32
MAX_EVENTS: Final = 200_000

LINE_BREAK: Final = re.compile("\r\n|\n")
# A comment that begins without a space: more often a text such as "Show #1", cut short.
TRUNCATING_COMMENT: Final = re.compile(" +(#[^ #\r\n]+)")

REMOVE_OR_QUOTE: Final = "remove it, or put a text in quotes"
UNCLOSED: Final = {
    "found unexpected end of stream",
    "did not find expected ',' or ']'",
    "did not find expected ',' or '}'",
}
SYNTAX_HINTS: Final = {
    "mapping values are not allowed in this context": "put a text that holds `: ` in quotes, or "
    "start the keys of one mapping in the same column",
    "found unexpected end of stream": "close the quotation mark that is open here",
    "found character that cannot start any token": "put this text in quotes",
    "did not find expected ',' or ']'": "close it with `]`, or put its texts in quotes",
    "did not find expected ',' or '}'": "close it with `}`, or put its texts in quotes",
    "did not find expected key": "start the keys of one mapping in the same column, put a text "
    "that begins with a quotation mark in quotes as a whole, and write no `[]` above a list",
    "did not find expected '-' indicator": "start the items of one list in the same column",
    "could not find expected ':'": "put `: ` behind the key",
}


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text; ``key_path`` is its path in the document (``show.cast[0].actor``)."""

    location: SourceLocation
    key_path: str
    text: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of values."""

    location: SourceLocation
    key_path: str
    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and their values, in the order of the file; no key stands twice."""

    location: SourceLocation
    key_path: str
    entries: tuple[tuple[Scalar, Value], ...]


Value: TypeAlias = Scalar | Sequence | Mapping


@dataclass(frozen=True, slots=True)
class Document:
    """A file's one value, and the problems that did not keep it from being read.

    ``digest`` is the SHA-256 of the whole file, in hexadecimal.
    """

    root: Value
    problems: tuple[Problem, ...]
    digest: str


def read_yaml(path: Path) -> Document:
    """Read the YAML file at ``path``.

    Raises ScheduleError, with the place, for a file that cannot be opened, is over 2 MB or not
    UTF-8, has characters that cannot be seen, or is not YAML of the plain kind.
    """
    file, content = str(path), _read_bytes(path)
    return _EventReader(file, _decode(file, content)).document(hashlib.sha256(content).hexdigest())


def _read_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise ScheduleError((_explain_open_error(path, error),)) from None
    if len(content) > MAX_BYTES:
        _fail(SourceLocation(str(path)), "is larger than 2 MB", "remove what is not the schedule")
    return content


def _explain_open_error(path: Path, error: OSError) -> Problem:
    location = SourceLocation(str(path))
    if isinstance(error, FileNotFoundError):
        hint = f"name the schedule with {OPTION}, or begin one with `defects-ical init`"
        return Problem(location, "", "there is no such file", hint)
    if isinstance(error, IsADirectoryError):
        return Problem(location, "", "is a folder", "name the file in it")
    if isinstance(error, PermissionError):
        return Problem(location, "", "may not be read", "allow it with `chmod u+r`")
    reason = os.strerror(error.errno) if error.errno else str(error)
    return Problem(location, "", f"cannot be read ({reason})", f"name another file with {OPTION}")


def _decode(file: str, content: bytes) -> str:
    # Editors on Windows put a byte order mark first; it is no part of the text.
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        byte = f"0x{content[error.start]:02X}"
        _fail(_locate(file, before), f"byte {byte} is not UTF-8", "save the file as UTF-8")
    unseen = tuple(_find_invisible(file, text))
    if unseen:
        raise ScheduleError(unseen)
    return text


def _find_invisible(file: str, text: str) -> Iterator[Problem]:
    """The first character of each line that cannot be seen, or is a tab."""
    for number, line in enumerate(LINE_BREAK.split(text), start=1):
        if found := INVISIBLE_CHARS.search(line):
            location = SourceLocation(file, number, found.start() + 1)
            if found[0] == "\t":
                yield Problem(location, "", "this is a tab", "write spaces instead")
            else:
                yield Problem(
                    location, "", f"control character {codepoint_name(found)}", "remove it"
                )


def _locate(file: str, before: str) -> SourceLocation:
    """The place of the character that follows the text ``before``."""
    lines = LINE_BREAK.split(before)
    return SourceLocation(file, len(lines), len(lines[-1]) + 1)


def _fail(location: SourceLocation, message: str, hint: str) -> NoReturn:
    raise ScheduleError((Problem(location, "", message, hint),))


class _Mark(Protocol):
    """A position of PyYAML's, counted from 0."""

    line: int
    column: int


class _EventReader:
    """Builds the values of one file from PyYAML's events, within limits."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.count = 0
        self.problems: list[Problem] = []

    def document(self, digest: str) -> Document:
        # Events, not yaml.compose(): that recurses in C, and kills the process on deep nesting.
        events = self.checked(yaml.parse(self.text, Loader=yaml.CBaseLoader))
        try:
            root = self.root(events)
        except yaml.MarkedYAMLError as error:
            self.refuse_syntax(error)
        return Document(root, tuple(self.problems), digest)

    def checked(self, events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
        """The same events, refusing what a schedule has no use for."""
        for event in events:
            self.count += 1
            if self.count > MAX_EVENTS:
                self.refuse(event, "more than 200,000 values", "remove what is not the schedule")
            if isinstance(event, yaml.AliasEvent):
                message = f"`*{excerpt(event.anchor or '')}` is an alias"
                self.refuse(event, message, "write the value itself, or put a text in quotes")
            if isinstance(event, yaml.NodeEvent) and event.anchor:
                self.refuse(event, f"`&{excerpt(event.anchor)}` is an anchor", REMOVE_OR_QUOTE)
            if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag:
                tag = event.tag.replace("tag:yaml.org,2002:", "!!")
                self.refuse(event, f"`{excerpt(tag)}` is a tag", REMOVE_OR_QUOTE)
            yield event

    def root(self, events: Iterator[yaml.Event]) -> Value:
        next(events)  # the stream's start
        event = next(events)
        if isinstance(event, yaml.StreamEndEvent):
            hint = "begin with the example in the README"
            _fail(SourceLocation(self.file, 1, 1), "the file is empty", hint)
        root = self.value(next(events), events, "", 1)
        next(events)  # the document's end
        event = next(events)
        if not isinstance(event, yaml.StreamEndEvent):
            self.refuse(event, "a second document begins", "keep one, and remove this `---`")
        return root

    def value(
        self, event: yaml.Event, events: Iterator[yaml.Event], key_path: str, depth: int
    ) -> Value:
        location = self.location(event.start_mark)
        if isinstance(event, yaml.ScalarEvent):
            self.check_comment(event, key_path)
            return Scalar(location, key_path, event.value)
        if depth > MAX_DEPTH:
            self.refuse(event, "nested more than 32 deep", "a schedule needs four levels")
        if isinstance(event, yaml.SequenceStartEvent):
            return Sequence(location, key_path, tuple(self.items(events, key_path, depth)))
        return Mapping(location, key_path, tuple(self.entries(events, key_path, depth)))

    def check_comment(self, event: yaml.ScalarEvent, key_path: str) -> None:
        """Refuse a comment without a space behind a plain text."""
        mark = event.end_mark
        if event.style in {"'", '"', "|", ">"} or mark is None:
            return
        if found := TRUNCATING_COMMENT.match(self.text, mark.index):
            column = mark.column + found.start(1) - found.start() + 1
            location = SourceLocation(self.file, mark.line + 1, column)
            message = f"`{excerpt(found[1])}` begins a comment"
            hint = "put the text in quotes, or write a space behind `#`"
            self.problems.append(Problem(location, key_path, message, hint))

    def items(self, events: Iterator[yaml.Event], key_path: str, depth: int) -> Iterator[Value]:
        for number, event in enumerate(events):
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield self.value(event, events, f"{key_path}[{number}]", depth + 1)

    def entries(
        self, events: Iterator[yaml.Event], key_path: str, depth: int
    ) -> Iterator[tuple[Scalar, Value]]:
        first: dict[str, SourceLocation] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                return
            key = self.key(event, key_path)
            value = self.value(next(events), events, key.key_path, depth + 1)
            if key.text in first:
                message = f"`{excerpt(key.text)}` is already in line {first[key.text].line}"
                self.problems.append(
                    Problem(key.location, key.key_path, message, "remove one of the two")
                )
            else:
                first[key.text] = key.location
                yield key, value

    def key(self, event: yaml.Event, key_path: str) -> Scalar:
        if not isinstance(event, yaml.ScalarEvent):
            self.refuse(event, "a key must be one word", "remove the brackets, dashes or `?` here")
        name = excerpt(event.value)
        path = f"{key_path}.{name}" if key_path else name
        return Scalar(self.location(event.start_mark), path, event.value)

    def location(self, mark: _Mark | None) -> SourceLocation:
        return (
            SourceLocation(self.file, mark.line + 1, mark.column + 1)
            if mark
            else SourceLocation(self.file)
        )

    def refuse(self, event: yaml.Event, message: str, hint: str) -> NoReturn:
        self.stop(self.location(event.start_mark), message, hint)

    def stop(self, location: SourceLocation, message: str, hint: str) -> NoReturn:
        raise ScheduleError((*self.problems, Problem(location, "", message, hint)))

    def refuse_syntax(self, error: yaml.MarkedYAMLError) -> NoReturn:
        problem = error.problem or "unreadable"
        hint = SYNTAX_HINTS.get(problem, "check the quotes, brackets and indentation here")
        location = self.location(error.problem_mark or error.context_mark)
        if error.context_mark and problem in UNCLOSED:
            # The end of the file says little; where it was opened says all.
            opened = self.location(error.context_mark)
            self.stop(opened, f"this is not YAML: {problem}, up to line {location.line}", hint)
        self.stop(location, f"this is not YAML: {problem}", hint)


class ValueLocation(NamedTuple):
    """Where a value stands in its file, and its path as a message names it."""

    location: SourceLocation
    key_path: str
