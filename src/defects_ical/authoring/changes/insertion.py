"""Insert an item into a list of a YAML file, in the style of the file, and nothing else.

No library does this: round trips through a parser change line ends, byte order marks, quotes and
comments. The text is inserted where the file's own values are, and the result is read again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias

from defects_ical.errors import ScheduleError
from defects_ical.model.yaml_layout import ListNode, MappingNode, Node, find_layout
from defects_ical.model.yaml_reader import Plain, decode, parse_yaml
from defects_ical.model.yaml_writer import quote_scalar, write_flow, write_scalar

INDENT: Final = 2
# Texts are always quoted, so that an edit of them cannot make them something else.
TEXT_KEYS: Final = frozenset({"note", "reason"})

_LINE_BREAK: Final = re.compile("\r?\n")
_SPACE_AND_COMMENTS: Final = re.compile(r"(?:\s|#[^\r\n]*)*")
_REST_OF_LINE: Final = re.compile(r" *(?:#[^\r\n]*)?(?=\r?\n|\Z)")

Entry: TypeAlias = Mapping[str, Plain]
"""A mapping as `yaml_reader` reads it: all scalars are text."""


class _Edit(NamedTuple):
    """Text in place of that from ``start`` to ``end``."""

    start: int
    end: int
    text: str


_Edits: TypeAlias = tuple[_Edit, ...]


def insert_entry(file: str, content: bytes, key: str, entry: Entry) -> bytes | None:
    """Return the content of a file with an entry at the end of the list at ``key`` of its root.

    The list may be empty or missing. None if the text has no place for it: then every way to
    insert the entry would change another value. Raises ScheduleError for a file that is no YAML.
    """
    expected = _append(parse_yaml(file, content).root, key, entry)
    text = decode(file, content)
    start = content[: len(content) - len(text.encode())]
    for edits in _list_insertions(text, key, entry):
        edited = start + _apply(text, edits).encode()
        try:
            document = parse_yaml(file, edited)
        except ScheduleError:
            continue
        if document.root == expected and not document.problems:
            return edited
    return None


def write_entry(entry: Entry) -> str:
    """Write an entry in one line of YAML: "{at: 2025-08-04T12:00:00+09:00, episodes: [5]}"."""
    return write_flow({key: _write_value(key, value) for key, value in entry.items()})


def _write_value(key: str, value: Plain) -> object:
    match value:
        case str():
            return quote_scalar(value) if key in TEXT_KEYS else write_scalar(value)
        case list():
            return [_write_value(key, each) for each in value]
        case dict():
            return {name: _write_value(name, each) for name, each in value.items()}


def _append(root: Plain, key: str, entry: Entry) -> Plain:
    """Return the values of the file with the entry in them."""
    if not isinstance(root, dict):
        raise TypeError("the root is no mapping")
    items = root.get(key) or []
    if not isinstance(items, list):
        raise TypeError(f"{key} is no list")
    return {**root, key: [*items, dict(entry)]}


def _apply(text: str, edits: _Edits) -> str:
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _list_insertions(text: str, key: str, entry: Entry) -> Iterator[_Edits]:
    """Yield the ways to insert the entry, the best first."""
    layout = find_layout(text)
    root = layout.root
    if not isinstance(root, MappingNode):
        return
    written = json.dumps(entry, ensure_ascii=False) if _is_json(text) else write_entry(entry)
    match root.find(key):
        case None if root.is_flow:
            name = json.dumps(key) if _is_json(text) else key
            items = root.keys, root.values
            yield _append_to_brackets(text, items[0][-1], items[1][-1], f"{name}: [{written}]")
        case None:
            yield from _append_key(text, root, layout.end, key, written)
        case ListNode(is_flow=False) as node:
            yield (_append_item(text, node, entry),)
        case ListNode(items=()) as node:
            yield (_Edit(node.start + 1, node.start + 1, written),)
        case ListNode(items=items):
            yield _append_to_brackets(text, items[-1], items[-1], written)
        case node:
            yield from _fill_empty(text, root, node, written)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _append_item(text: str, node: ListNode, entry: Entry) -> _Edit:
    """Append to a list with dashes: as its last item is written, in one line or in several."""
    last = node.items[-1]
    dash = f"{' ' * node.column}- "
    if isinstance(last, MappingNode) and not last.is_flow:
        values = write_entry_lines(entry)
        lines = [dash + values[0], *(" " * len(dash) + each for each in values[1:])]
    else:
        lines = [dash + write_entry(entry)]
    return _insert_lines(text, _find_line_end(text, last.end), lines)


def write_entry_lines(entry: Entry) -> list[str]:
    """Write an entry in a line of YAML for each key."""
    return [write_entry({key: value})[1:-1] for key, value in entry.items()]


def _append_key(text: str, root: MappingNode, end: int, key: str, written: str) -> Iterator[_Edits]:
    """Append a key to a mapping in lines: at its end, else before the last key.

    A block scalar at the end of a file without a final line break would get one.
    """
    indent = " " * root.column
    lines = [f"{indent}{key}:", f"{indent}{' ' * INDENT}- {written}"]
    yield (_insert_lines(text, end, lines),)
    yield (_insert_lines(text, root.keys[-1].start - root.keys[-1].column, lines),)


def _fill_empty(text: str, root: MappingNode, node: Node, written: str) -> Iterator[_Edits]:
    """Fill a key without a value, or with an empty text in quotes."""
    if root.is_flow or node.start != node.end:
        space = "" if text[node.start - 1 : node.start] == " " else " "
        yield (_Edit(node.start, node.end, f"{space}[{written}]"),)
    else:
        indent = " " * (root.column + INDENT)
        yield (_insert_lines(text, _find_line_end(text, node.end), [f"{indent}- {written}"]),)


def _append_to_brackets(text: str, first: Node, last: Node, written: str) -> _Edits:
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
        return (_Edit(comma or last.end, comma or last.end, separated),)
    rest = _REST_OF_LINE.match(text, comma or last.end)
    line_end = rest.end() if rest else comma or last.end
    item = f"{_find_line_break(text)}{indent}{written}"
    if comma:
        return (_Edit(line_end, line_end, f"{item},"),)
    if line_end == last.end:
        return (_Edit(line_end, line_end, f",{item}"),)
    return _Edit(last.end, last.end, ","), _Edit(line_end, line_end, item)


def _insert_lines(text: str, index: int, lines: list[str]) -> _Edit:
    """Insert lines at the start of a line, or at the end of a last line without a line break."""
    line_break = _find_line_break(text)
    inserted = line_break.join(lines)
    is_line_start = index == 0 or text[index - 1] == "\n"
    return _Edit(index, index, inserted + line_break if is_line_start else line_break + inserted)


def _find_line_end(text: str, index: int) -> int:
    """Return where the line after that of an index starts; the end of the text if none does."""
    if index and text[index - 1] == "\n":
        # A block scalar ends where the next line starts.
        return index
    found = _LINE_BREAK.search(text, index)
    return found.end() if found else len(text)


def _find_line_break(text: str) -> str:
    """Return the first line break of a text: that of the system on which it was written."""
    found = _LINE_BREAK.search(text)
    return found[0] if found else "\n"
