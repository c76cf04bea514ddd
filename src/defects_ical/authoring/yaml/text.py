"""Write values as YAML in the style of a file, and insert text between those that it has."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from defects_ical.authoring.yaml.layout import ListNode, MappingNode, Node
from defects_ical.model.yaml.reader import KeyPath, Plain
from defects_ical.model.yaml.writer import fill_lines, quote_scalar, write_flow, write_scalar

INDENT: Final = 2
# Texts are always quoted, so that an edit of them cannot make them something else.
TEXT_KEYS: Final = frozenset({"note", "reason", "title"})

_LINE_BREAK: Final = re.compile("\r?\n")
_SPACE_AND_COMMENTS: Final = re.compile(r"(?:\s|#[^\r\n]*)*")
_REST_OF_LINE: Final = re.compile(r" *(?:#[^\r\n]*)?(?=\r?\n|\Z)")

Entry: TypeAlias = Mapping[str, Plain]
"""A mapping as `model.yaml.reader` reads it: all scalars are text."""


class Edit(NamedTuple):
    """Text in place of that from ``start`` to ``end``."""

    start: int
    end: int
    text: str


Edits: TypeAlias = tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class EditedText:
    """A text that is edited, with the positions of its values."""

    text: str
    root: Node
    end: int
    as_json: bool

    def find(self, path: KeyPath) -> Node | None:
        """Return the value at a path, or None."""
        node: Node | None = self.root
        for part in path:
            if isinstance(node, ListNode) and isinstance(part, int):
                node = node.items[part]
            else:
                node = node.find(str(part)) if isinstance(node, MappingNode) else None
        return node


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Return the text with the edits; of two insertions at one index, the first comes first."""
    parts, position = list[str](), 0
    for edit in sorted(edits, key=lambda each: (each.start, each.end)):
        parts += (text[position : edit.start], edit.text)
        position = edit.end
    return "".join((*parts, text[position:]))


def write_entry(entry: Entry) -> str:
    """Write an entry in one line of YAML: "{at: 2025-08-04T12:00:00+09:00, episodes: [5]}"."""
    return write_flow(_write_value("", dict(entry)))


def write_value(value: Plain, key: str = "", *, as_json: bool = False) -> str:
    """Write a value in one line; ``key`` decides whether a text is quoted that needs no quotes."""
    if as_json:
        return json.dumps(value, ensure_ascii=False)
    return write_flow(_write_value(key, value))


def write_key(key: str, *, as_json: bool = False) -> str:
    """Write the key of a mapping."""
    return json.dumps(key, ensure_ascii=False) if as_json else write_scalar(key)


def write_pair(key: str, value: Plain, *, as_json: bool = False) -> str:
    """Write a key and its value in one line."""
    return f"{write_key(key, as_json=as_json)}: {write_value(value, key, as_json=as_json)}"


def write_entry_lines(entry: Entry, max_columns: int | None = None) -> list[str]:
    """Write an entry in a line for each key; lists that are longer than a line over several."""
    return [line for key, value in entry.items() for line in _write_pair(key, value, max_columns)]


def write_block(key: str, value: Plain) -> list[str]:
    """Write a key in lines: a mapping of mappings, or a list of them, has a line for each."""
    indent = " " * INDENT
    if isinstance(value, list) and all(isinstance(each, dict) for each in value):
        return [f"{write_key(key)}:", *(f"{indent}- {write_value(each)}" for each in value)]
    if isinstance(value, dict) and all(isinstance(each, dict) for each in value.values()):
        pairs = (f"{indent}{write_pair(name, each)}" for name, each in value.items())
        return [f"{write_key(key)}:", *pairs]
    return [write_pair(key, value)]


def _write_pair(key: str, value: Plain, max_columns: int | None) -> list[str]:
    line = write_pair(key, value)
    if not max_columns or len(line) <= max_columns or not isinstance(value, list):
        return [line]
    lines = fill_lines((write_value(each, key) for each in value), max_columns - INDENT)
    return [f"{write_key(key)}: [", *(f"{' ' * INDENT}{each}" for each in lines), "]"]


def _write_value(key: str, value: Plain) -> object:
    match value:
        case str():
            return quote_scalar(value) if key in TEXT_KEYS else write_scalar(value)
        case list():
            return [_write_value(key, each) for each in value]
        case dict():
            # The translations of a text are texts.
            return {
                write_scalar(name): _write_value(key if key in TEXT_KEYS else name, each)
                for name, each in value.items()
            }


def is_json(text: str) -> bool:
    """Return whether other programs may read the text as JSON."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def append_to_brackets(text: str, first: Node, last: Node, written: str) -> Edits:
    """Append to a list or a mapping with brackets, behind its last item.

    ``first`` is where the item starts: the key of a mapping's entry. A comma behind the last item
    stays the last thing but comments, and an item on a line of its own gets a sibling on the next.
    """
    behind = _SPACE_AND_COMMENTS.match(text, last.end)
    comma = behind.end() + 1 if behind and text[behind.end() : behind.end() + 1] == "," else None
    start = text.rfind("\n", 0, first.start) + 1
    indent = text[start : first.start]
    if indent.strip(" "):
        separated = f" {written}" if comma else f", {written}"
        return (Edit(comma or last.end, comma or last.end, separated),)
    rest = _REST_OF_LINE.match(text, comma or last.end)
    line_end = rest.end() if rest else comma or last.end
    item = f"{find_line_break(text)}{indent}{written}"
    if comma:
        return (Edit(line_end, line_end, f"{item},"),)
    if line_end == last.end:
        return (Edit(line_end, line_end, f",{item}"),)
    return Edit(last.end, last.end, ","), Edit(line_end, line_end, item)


def insert_lines(text: str, index: int, lines: Iterable[str]) -> Edit:
    """Insert lines at the start of a line, or at the end of a last line without a line break."""
    line_break = find_line_break(text)
    inserted = line_break.join(lines)
    is_line_start = index == 0 or text[index - 1] == "\n"
    return Edit(index, index, inserted + line_break if is_line_start else line_break + inserted)


def find_line_end(text: str, index: int) -> int:
    """Return where the line after that of an index starts; the end of the text if none does."""
    if index and text[index - 1] == "\n":
        # A block scalar ends where the next line starts.
        return index
    found = _LINE_BREAK.search(text, index)
    return found.end() if found else len(text)


def find_line_break(text: str) -> str:
    """Return the first line break of a text: that of the system on which it was written."""
    found = _LINE_BREAK.search(text)
    return found[0] if found else "\n"
