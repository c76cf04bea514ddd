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

from defects_ical.errors import Problem, ProblemCode, ScheduleError, SourceLocation
from defects_ical.text.display import INVISIBLE_CHARS, codepoint_name, excerpt

# How a user chooses the file: on the command line, or for another WSGI server.
OPTION: Final = "--schedule FILE (or DEFECTS_ICAL_SCHEDULE for wsgi.py)"
MAX_BYTES: Final = 2_000_000
MAX_DEPTH: Final = 32
MAX_EVENTS: Final = 200_000

LINE_BREAK: Final = re.compile("\r\n|\n")
# A "#" without a space after it is more often part of the text, as in "Show #1".
TRUNCATING_COMMENT: Final = re.compile(" +(#[^ #\r\n]+)")

SHRINK: Final = "Remove what is not part of the schedule."
ALIGN: Final = "Start the keys of a mapping in the same column"
UNCLOSED: Final = {
    "found unexpected end of stream",
    "did not find expected ',' or ']'",
    "did not find expected ',' or '}'",
}
SYNTAX_HINTS: Final = {
    "mapping values are not allowed in this context": f"{ALIGN}, or quote text that contains `: `.",
    "found unexpected end of stream": "Close the quotation mark.",
    "found character that cannot start any token": "Quote this text.",
    "did not find expected ',' or ']'": "Close the list with `]`, or quote the text in it.",
    "did not find expected ',' or '}'": "Close the mapping with `}`, or quote the text in it.",
    "did not find expected key": f"{ALIGN}, quote a text as a whole, and put no `[]` above a list.",
    "did not find expected '-' indicator": "Start the items of a list in the same column.",
    "could not find expected ':'": "Put `: ` after the key.",
}


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text; ``path`` is its path in the document (``show.cast[0].actor``)."""

    location: SourceLocation
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of values."""

    location: SourceLocation
    path: str
    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and their values, in file order; every key is unique."""

    location: SourceLocation
    path: str
    entries: tuple[tuple[Scalar, Value], ...]


Value: TypeAlias = Scalar | Sequence | Mapping
Plain: TypeAlias = "str | list[Plain] | dict[str, Plain]"

KeyPath: TypeAlias = tuple[str | int, ...]
"""The keys and indexes that lead to a value: ("changes", 2, "move")."""

KEY_MARK: Final = "[key]"
"""The last part of the key path of a mapping's key, as pydantic has it."""


class ValueLocation(NamedTuple):
    """Where a value is in its file, and its path as messages show it."""

    location: SourceLocation
    path: str


Locations: TypeAlias = dict[KeyPath, ValueLocation]


@dataclass(frozen=True, slots=True)
class Document:
    """The value of a file, and the problems that did not prevent reading it.

    ``digest`` is the SHA-256 of the file, in hexadecimal.
    """

    root: Value
    problems: tuple[Problem, ...]
    digest: str


def read_yaml(path: Path) -> Document:
    """Read the YAML file at ``path``.

    Raises ScheduleError for a file that cannot be opened, is larger than 2 MB or not UTF-8,
    contains invisible characters, or is not YAML of the supported subset.
    """
    file, content = str(path), _read_bytes(path)
    reader = _EventReader(file, _decode(file, content))
    return reader.read_document(hashlib.sha256(content).hexdigest())


def to_plain(value: Value) -> Plain:
    """Convert a value to strings, lists and dictionaries."""
    match value:
        case Scalar():
            return value.text
        case Sequence():
            return [to_plain(item) for item in value.items]
        case Mapping():
            return {key.text: to_plain(item) for key, item in value.entries}


def locate_values(value: Value, key_path: KeyPath = ()) -> Iterator[tuple[KeyPath, ValueLocation]]:
    """Yield the key path and location of a value and of every key and value in it."""
    yield key_path, ValueLocation(value.location, value.path)
    match value:
        case Sequence():
            for index, item in enumerate(value.items):
                yield from locate_values(item, (*key_path, index))
        case Mapping():
            for key, item in value.entries:
                yield (*key_path, key.text, KEY_MARK), ValueLocation(key.location, key.path)
                yield from locate_values(item, (*key_path, key.text))


def problem_at(
    locations: Locations,
    key_path: KeyPath,
    message: str,
    hint: str,
    code: ProblemCode | None = None,
    *details: str,
) -> Problem:
    """Return a problem with the value at ``key_path``, or with the closest value around it."""
    while key_path and key_path not in locations:
        key_path = key_path[:-1]
    found = locations.get(key_path, ValueLocation(SourceLocation("schedule"), ""))
    return Problem(*found, message, hint, code, details)


def _read_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        _fail(SourceLocation(str(path)), *_explain_open_error(error))
    if len(content) > MAX_BYTES:
        _fail(SourceLocation(str(path)), "the file is larger than 2 MB", SHRINK)
    return content


def _explain_open_error(error: OSError) -> tuple[str, str]:
    match error:
        case FileNotFoundError():
            hint = f"Choose the schedule with {OPTION}, or create one with `defects-ical init`."
            return "the file does not exist", hint
        case IsADirectoryError():
            return "this is a folder", "Use the schedule file in it."
        case PermissionError():
            return "permission denied", "Allow reading with `chmod u+r`."
    reason = os.strerror(error.errno) if error.errno else str(error)
    return f"the file cannot be read ({reason})", f"Choose another file with {OPTION}."


def _decode(file: str, content: bytes) -> str:
    # Editors on Windows add a byte order mark, which is not part of the text.
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        message = f"byte 0x{content[error.start]:02X} is not valid UTF-8"
        _fail(_locate_end(file, before), message, "Save the file as UTF-8.")
    if invisible := tuple(_find_invisible(file, text)):
        raise ScheduleError(invisible)
    return text


def _find_invisible(file: str, text: str) -> Iterator[Problem]:
    """Yield a problem for the first invisible character or tab of each line."""
    for number, line in enumerate(LINE_BREAK.split(text), start=1):
        if found := INVISIBLE_CHARS.search(line):
            location = SourceLocation(file, number, found.start() + 1)
            if found[0] == "\t":
                yield Problem(location, "", "tabs are not allowed", "Use spaces.")
            else:
                message = f"control character {codepoint_name(found)} is not allowed"
                yield Problem(location, "", message, "Remove it.")


def _locate_end(file: str, before: str) -> SourceLocation:
    """Return the location of the character that follows the text ``before``."""
    lines = LINE_BREAK.split(before)
    return SourceLocation(file, len(lines), len(lines[-1]) + 1)


def _fail(location: SourceLocation, message: str, hint: str) -> NoReturn:
    raise ScheduleError((Problem(location, "", message, hint),))


class _Mark(Protocol):
    """A position as PyYAML counts it, from 0."""

    line: int
    column: int


class _EventReader:
    """Builds the values of one file from PyYAML's events, within limits."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.count = 0
        self.problems: list[Problem] = []

    def read_document(self, digest: str) -> Document:
        # Not yaml.compose(): it recurses in C, and deep nesting crashes the process.
        events = self.reject_unsupported(yaml.parse(self.text, Loader=yaml.CBaseLoader))
        try:
            root = self.read_root(events)
        except yaml.MarkedYAMLError as error:
            self.fail_syntax(error)
        return Document(root, tuple(self.problems), digest)

    def reject_unsupported(self, events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
        """Yield the same events; raise ScheduleError at the first that is not supported."""
        for event in events:
            self.count += 1
            if self.count > MAX_EVENTS:
                self.fail(event, "the file has more than 200,000 values", SHRINK)
            if isinstance(event, yaml.AliasEvent):
                alias = f"alias `*{excerpt(event.anchor or '')}` is not supported"
                self.fail(event, alias, "Repeat the value, or quote text that starts with `*`.")
            if isinstance(event, yaml.NodeEvent) and event.anchor:
                anchor = f"anchor `&{excerpt(event.anchor)}` is not supported"
                self.fail(event, anchor, "Remove it, or quote text that starts with `&`.")
            if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag:
                tag = excerpt(event.tag.replace("tag:yaml.org,2002:", "!!"))
                hint = "Remove it, or quote text that starts with `!`."
                self.fail(event, f"tag `{tag}` is not supported", hint)
            yield event

    def read_root(self, events: Iterator[yaml.Event]) -> Value:
        next(events)  # the stream's start
        event = next(events)
        if isinstance(event, yaml.StreamEndEvent):
            hint = "Create a schedule with `defects-ical init`."
            _fail(SourceLocation(self.file, 1, 1), "the file is empty", hint)
        root = self.read_value(next(events), events, "", 1)
        next(events)  # the document's end
        event = next(events)
        if not isinstance(event, yaml.StreamEndEvent):
            self.fail(event, "a second document starts here", "Keep one, and remove this `---`.")
        return root

    def read_value(
        self, event: yaml.Event, events: Iterator[yaml.Event], path: str, depth: int
    ) -> Value:
        location = self.locate(event.start_mark)
        if isinstance(event, yaml.ScalarEvent):
            self.check_comment(event, path)
            return Scalar(location, path, event.value)
        if depth > MAX_DEPTH:
            self.fail(event, "nested more than 32 levels deep", "A schedule needs four levels.")
        if isinstance(event, yaml.SequenceStartEvent):
            return Sequence(location, path, tuple(self.read_items(events, path, depth)))
        return Mapping(location, path, tuple(self.read_entries(events, path, depth)))

    def check_comment(self, event: yaml.ScalarEvent, path: str) -> None:
        """Reject a comment without a space after "#", behind a text without quotes."""
        mark = event.end_mark
        if event.style in {"'", '"', "|", ">"} or mark is None:
            return
        if found := TRUNCATING_COMMENT.match(self.text, mark.index):
            column = mark.column + found.start(1) - found.start() + 1
            location = SourceLocation(self.file, mark.line + 1, column)
            message = f"`{excerpt(found[1])}` is read as a comment"
            hint = "Quote the text, or put a space after `#`."
            self.problems.append(Problem(location, path, message, hint))

    def read_items(self, events: Iterator[yaml.Event], path: str, depth: int) -> Iterator[Value]:
        for index, event in enumerate(events):
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield self.read_value(event, events, f"{path}[{index}]", depth + 1)

    def read_entries(
        self, events: Iterator[yaml.Event], path: str, depth: int
    ) -> Iterator[tuple[Scalar, Value]]:
        first: dict[str, SourceLocation] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                return
            key = self.read_key(event, path)
            value = self.read_value(next(events), events, key.path, depth + 1)
            if key.text in first:
                message = f"`{excerpt(key.text)}` is already in line {first[key.text].line}"
                hint = "Remove one of the two."
                self.problems.append(Problem(key.location, key.path, message, hint))
            else:
                first[key.text] = key.location
                yield key, value

    def read_key(self, event: yaml.Event, path: str) -> Scalar:
        if not isinstance(event, yaml.ScalarEvent):
            hint = "Remove the brackets, dashes or `?` here."
            self.fail(event, "a key must be plain text", hint)
        name = excerpt(event.value)
        path = f"{path}.{name}" if path else name
        return Scalar(self.locate(event.start_mark), path, event.value)

    def locate(self, mark: _Mark | None) -> SourceLocation:
        if mark is None:
            return SourceLocation(self.file)
        return SourceLocation(self.file, mark.line + 1, mark.column + 1)

    def fail(self, event: yaml.Event, message: str, hint: str) -> NoReturn:
        self.fail_at(self.locate(event.start_mark), message, hint)

    def fail_at(self, location: SourceLocation, message: str, hint: str) -> NoReturn:
        raise ScheduleError((*self.problems, Problem(location, "", message, hint)))

    def fail_syntax(self, error: yaml.MarkedYAMLError) -> NoReturn:
        problem = error.problem or "unreadable"
        message = f"invalid YAML: {problem}"
        hint = SYNTAX_HINTS.get(problem, "Check the quotes, brackets and indentation here.")
        location = self.locate(error.problem_mark or error.context_mark)
        if error.context_mark and problem in UNCLOSED:
            # Where it was opened helps more than where the file ends.
            opened = self.locate(error.context_mark)
            self.fail_at(opened, f"{message}, up to line {location.line}", hint)
        self.fail_at(location, message, hint)
