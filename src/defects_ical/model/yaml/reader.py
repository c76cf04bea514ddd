"""Read a YAML file into plain values, and the line and column of each.

Supports the subset that a schedule needs: mappings, lists and scalars. Scalars stay strings, so
that `no` is not False and `23:00` is not 1380. Anchors, aliases and tags are rejected.
"""

from __future__ import annotations

import codecs
import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple, NoReturn, Protocol, TypeAlias

import yaml

from defects_ical.errors import Problem, ScheduleError, SourceLocation
from defects_ical.text.display import INVISIBLE_CHARS, codepoint_name, excerpt

# How a user chooses the file: on the command line, or for another WSGI server.
OPTION: Final = "--schedule FILE (or DEFECTS_ICAL_SCHEDULE)"
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


Plain: TypeAlias = "str | list[Plain] | dict[str, Plain]"

KeyPath: TypeAlias = tuple[str | int, ...]
"""The keys and indexes that lead to a value: ("changes", 2, "move")."""

KEY_MARK: Final = "[key]"
"""The last part of the key path of a mapping's key, as pydantic has it."""

Locations: TypeAlias = dict[KeyPath, SourceLocation]


class Document(NamedTuple):
    """The content of a YAML file, and the problems that did not prevent reading it.

    ``locations`` has every value and key; ``digest`` is the file's SHA-256, in hexadecimal.
    """

    root: Plain
    locations: Locations
    problems: tuple[Problem, ...]
    digest: str


def read_yaml(path: Path, empty: Plain | None = None) -> Document:
    """Read the YAML file at ``path``; ``empty`` is the root of an empty file, None if it is wrong.

    Raises ScheduleError for a file that cannot be opened, is larger than 2 MB or not UTF-8,
    contains invisible characters, or is not YAML of the supported subset.
    """
    return parse_yaml(str(path), read_content(path), empty)


def parse_yaml(file: str, content: bytes, empty: Plain | None = None) -> Document:
    """Parse what is, or would be, the content of a file; raise ScheduleError as `read_yaml`."""
    reader = _EventReader(file, decode(file, content))
    try:
        root = reader.read_root(empty)
    except yaml.MarkedYAMLError as error:
        reader.fail_syntax(error)
    digest = hashlib.sha256(content).hexdigest()
    return Document(root, reader.locations, tuple(reader.problems), digest)


def problem_at(locations: Locations, key_path: KeyPath, message: str, hint: str) -> Problem:
    """Return a problem with the value at ``key_path``, or with the closest value around it."""
    key_path = to_written_path(key_path, locations)
    while key_path and key_path not in locations:
        key_path = key_path[:-1]
    location = locations.get(key_path, SourceLocation("schedule"))
    return Problem(location, format_key_path(key_path), message, hint)


def to_written_path(key_path: KeyPath, locations: Locations) -> KeyPath:
    """Return the path of a value as the file has it: without an index where it has no list."""
    written: KeyPath = ()
    for part in key_path:
        if not isinstance(part, int) or (*written, 0) in locations:
            written = (*written, part)
    return written


def format_key_path(key_path: KeyPath) -> str:
    """Return a key path as messages show it: "show.cast[0].actor"."""
    parts = key_path[:-1] if key_path[-1:] == (KEY_MARK,) else key_path
    shown = (f"[{each}]" if isinstance(each, int) else f".{excerpt(each)}" for each in parts)
    return "".join(shown).removeprefix(".")


def read_content(path: Path) -> bytes:
    """Return the bytes of a file of at most 2 MB; raise ScheduleError if that is impossible."""
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
            return (
                "permission denied",
                "Allow reading with `chmod a+r`, and entering its folder with `chmod a+x`.",
            )
    reason = os.strerror(error.errno) if error.errno else str(error)
    return f"the file cannot be read ({reason})", f"Choose another file with {OPTION}."


def decode(file: str, content: bytes) -> str:
    """Return the text of a file, without a byte order mark; raise ScheduleError if it has none."""
    # Editors on Windows add a byte order mark, which is not part of the text.
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        lines = LINE_BREAK.split(content[: error.start].decode("utf-8"))
        location = SourceLocation(file, len(lines), len(lines[-1]) + 1)
        message = f"byte 0x{content[error.start]:02X} is not valid UTF-8"
        _fail(location, message, "Save the file as UTF-8.")
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


def _fail(location: SourceLocation, message: str, hint: str) -> NoReturn:
    raise ScheduleError((Problem(location, "", message, hint),))


def _explain_unsupported(event: yaml.NodeEvent) -> tuple[str, str]:
    """Return the message and the hint for an alias, an anchor or a tag."""
    if isinstance(event, yaml.AliasEvent):
        alias = f"alias `*{excerpt(event.anchor or '')}` is not supported"
        return alias, "Repeat the value, or quote text that starts with `*`."
    if event.anchor:
        anchor = f"anchor `&{excerpt(event.anchor)}` is not supported"
        return anchor, "Remove it, or quote text that starts with `&`."
    tag = excerpt(str(getattr(event, "tag", "")).replace("tag:yaml.org,2002:", "!!"))
    return f"tag `{tag}` is not supported", "Remove it, or quote text that starts with `!`."


class _Mark(Protocol):
    """A position as PyYAML counts it, from 0."""

    line: int
    column: int


class _EventReader:
    """Builds the values of one file from PyYAML's events, within limits."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.locations: Locations = {}
        self.problems: list[Problem] = []
        # Not yaml.compose(): it recurses in C, and deep nesting crashes the process.
        self.events = self.reject_unsupported(yaml.parse(text, Loader=yaml.CBaseLoader))

    def reject_unsupported(self, events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
        """Yield the same events; raise ScheduleError at the first that is not supported."""
        for count, event in enumerate(events, start=1):
            if count > MAX_EVENTS:
                self.fail(event.start_mark, "the file has more than 200,000 values", SHRINK)
            if isinstance(event, yaml.NodeEvent) and (event.anchor or getattr(event, "tag", None)):
                self.fail(event.start_mark, *_explain_unsupported(event))
            yield event

    def read_root(self, empty: Plain | None) -> Plain:
        next(self.events)  # the stream's start
        if isinstance(next(self.events), yaml.StreamEndEvent):
            if empty is not None:
                return empty
            hint = "Delete the file and run `defects-ical init`."
            _fail(SourceLocation(self.file, 1, 1), "the file is empty", hint)
        root = self.read_value(next(self.events), ())
        next(self.events)  # the document's end
        event = next(self.events)
        if not isinstance(event, yaml.StreamEndEvent):
            hint = "Keep one, and remove this `---`."
            self.fail(event.start_mark, "a second document starts here", hint)
        return root

    def read_value(self, event: yaml.Event, key_path: KeyPath) -> Plain:
        # The locations of a repeated key are those of the first one.
        self.locations.setdefault(key_path, self.locate(event.start_mark))
        if isinstance(event, yaml.ScalarEvent):
            self.check_comment(event, key_path)
            return event.value
        if len(key_path) >= MAX_DEPTH:
            hint = "A schedule needs four levels."
            self.fail(event.start_mark, "nested more than 32 levels deep", hint)
        if isinstance(event, yaml.MappingStartEvent):
            return self.read_entries(key_path)
        items: list[Plain] = []
        for item in self.events:
            if isinstance(item, yaml.SequenceEndEvent):
                break
            items.append(self.read_value(item, (*key_path, len(items))))
        return items

    def read_entries(self, key_path: KeyPath) -> dict[str, Plain]:
        entries: dict[str, Plain] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                hint = "Remove the brackets, dashes or `?` here."
                self.fail(event.start_mark, "a key must be plain text", hint)
            key, location = event.value, self.locate(event.start_mark)
            first = self.locations.setdefault((*key_path, key, KEY_MARK), location)
            value = self.read_value(next(self.events), (*key_path, key))
            if key in entries:
                message = f"`{excerpt(key)}` is already in line {first.line}"
                self.report(location, (*key_path, key), message, "Remove one of the two.")
            else:
                entries[key] = value
        return entries

    def check_comment(self, event: yaml.ScalarEvent, key_path: KeyPath) -> None:
        """Reject a comment without a space after "#", behind a text without quotes."""
        mark = event.end_mark
        if event.style in {"'", '"', "|", ">"} or mark is None:
            return
        if found := TRUNCATING_COMMENT.match(self.text, mark.index):
            column = mark.column + found.start(1) - found.start() + 1
            location = SourceLocation(self.file, mark.line + 1, column)
            message = f"`{excerpt(found[1])}` is read as a comment"
            hint = "Quote the text, or put a space after `#`."
            self.report(location, key_path, message, hint)

    def report(self, location: SourceLocation, key_path: KeyPath, message: str, hint: str) -> None:
        self.problems.append(Problem(location, format_key_path(key_path), message, hint))

    def locate(self, mark: _Mark | None) -> SourceLocation:
        if mark is None:
            return SourceLocation(self.file)
        return SourceLocation(self.file, mark.line + 1, mark.column + 1)

    def fail(self, mark: _Mark | None, message: str, hint: str) -> NoReturn:
        raise ScheduleError((*self.problems, Problem(self.locate(mark), "", message, hint)))

    def fail_syntax(self, error: yaml.MarkedYAMLError) -> NoReturn:
        problem = error.problem or "unreadable"
        message = f"invalid YAML: {problem}"
        hint = SYNTAX_HINTS.get(problem, "Check the quotes, brackets and indentation here.")
        mark = error.problem_mark or error.context_mark
        if error.context_mark and problem in UNCLOSED:
            # Where it was opened helps more than where the file ends.
            message = f"{message}, up to line {self.locate(mark).line}"
            mark = error.context_mark
        self.fail(mark, message, hint)
