"""Intended differences between the values of a YAML file, and the ways to write each of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from defects_ical.authoring.yaml.layout import ListNode, MappingNode, Node
from defects_ical.authoring.yaml.text import (
    INDENT,
    TEXT_KEYS,
    Edit,
    EditedText,
    Edits,
    append_to_brackets,
    find_line_break,
    find_line_end,
    insert_lines,
    write_block,
    write_entry_lines,
    write_key,
    write_pair,
    write_value,
)
from defects_ical.model.yaml.reader import KeyPath, Plain, format_key_path
from defects_ical.model.yaml.writer import fill_lines

MAX_COLUMNS: Final = 100

_Change: TypeAlias = Callable[["Plain | None"], Plain]


class Operation(ABC):
    """An intended difference between the values of a file."""

    path: KeyPath

    @abstractmethod
    def change(self, root: Plain) -> Plain:
        """Return the values of the file with the difference."""

    @abstractmethod
    def describe(self) -> str:
        """Return what to do by hand: an instruction, and lines of YAML."""

    @abstractmethod
    def list_ways(self, text: EditedText) -> Iterator[Edits]:
        """Yield the ways to edit the text, the best first."""


@dataclass(frozen=True, slots=True)
class AddKeys(Operation):
    """New keys of a mapping, which may be empty or missing."""

    path: KeyPath
    entries: Mapping[str, Plain]

    def change(self, root: Plain) -> Plain:
        """Return the values with the keys; raise TypeError if there is no mapping."""
        return change_at(root, self.path, self._add)

    def _add(self, value: Plain | None) -> Plain:
        known = value or {}
        if not isinstance(known, dict) or known.keys() & self.entries.keys():
            raise TypeError(f"{format_key_path(self.path)} is no mapping without these keys")
        return {**known, **self.entries}

    def describe(self) -> str:
        """Return the lines to add."""
        lines = (f"  {write_pair(key, value)}" for key, value in self.entries.items())
        return "\n".join((f"Add to `{format_key_path(self.path)}`:", *lines))

    def list_ways(self, text: EditedText) -> Iterator[Edits]:
        """Yield the ways to add the keys."""
        match text.find(self.path):
            case MappingNode(is_flow=False) as node:
                yield (self._insert_below(text, node),)
                yield (_insert_before_last(text, node, self._write_lines(node)),)
            case MappingNode(keys=()) as node:
                yield (Edit(node.start + 1, node.start + 1, self._write(text)),)
            case MappingNode() as node:
                yield self._append_to_brackets(text, node)
            case node:
                yield from add_missing(text, self.path, node, {**self.entries})

    def _write(self, text: EditedText) -> str:
        pairs = (write_pair(*each, as_json=text.as_json) for each in self.entries.items())
        return ", ".join(pairs)

    def _append_to_brackets(self, text: EditedText, node: MappingNode) -> Edits:
        """Append to the last line of the brackets, or below it if the line would be too long."""
        written = self._write(text)
        edits = append_to_brackets(text.text, node.keys[-1], node.values[-1], written)
        start = text.text.rfind("\n", 0, node.keys[-1].start) + 1
        line = text.text[start : node.keys[-1].start]
        has_space = edits[0].end - start + len(edits[0].text) <= MAX_COLUMNS
        if has_space or start < node.start or not line.strip(" "):
            return edits
        indent = line[: len(line) - len(line.lstrip(" "))]
        line_break = f"{find_line_break(text.text)}{indent}"
        pairs = [write_pair(*each, as_json=text.as_json) for each in self.entries.items()]
        below = line_break.join(fill_lines(pairs, MAX_COLUMNS - len(indent))).removesuffix(",")
        comma, _, _ = edits[0].text.partition(written)
        if comma.strip() == ",":
            return (edits[0]._replace(text=f",{line_break}{below}"),)
        return (edits[0]._replace(text=f"{line_break}{below},"),)

    def _insert_below(self, text: EditedText, node: MappingNode) -> Edit:
        is_root = node is text.root
        index = text.end if is_root else find_line_end(text.text, node.values[-1].end)
        return insert_lines(text.text, index, self._write_lines(node))

    def _write_lines(self, node: MappingNode) -> list[str]:
        """Return lines as the last value is written: a mapping in brackets, or in lines."""
        last = node.values[-1]
        indent, deeper = " " * node.column, " " * max(last.column, node.column + INDENT)
        is_block = isinstance(last, MappingNode) and not last.is_flow
        lines = list[str]()
        for key, value in self.entries.items():
            if is_block and isinstance(value, dict):
                values = (deeper + each for each in write_entry_lines(value))
                lines += (f"{indent}{write_key(key)}:", *values)
            else:
                lines += (indent + each for each in write_block(key, value))
        return lines


@dataclass(frozen=True, slots=True)
class SetValue(Operation):
    """Another text in place of one."""

    path: KeyPath
    value: str

    def change(self, root: Plain) -> Plain:
        """Return the values with the new one."""
        return change_at(root, self.path, lambda _: self.value)

    def describe(self) -> str:
        """Return the value to write."""
        return f"Set `{format_key_path(self.path)}` to:\n  {self._write()}"

    def list_ways(self, text: EditedText) -> Iterator[Edits]:
        """Yield the way to replace the value."""
        node = text.find(self.path)
        if not node or isinstance(node, ListNode | MappingNode):
            return
        written = self._write(as_json=text.as_json)
        if text.text[node.start : node.start + 1] in {"|", ">"}:
            # A block scalar ends where the next line starts.
            written += find_line_break(text.text)
        yield (Edit(node.start, node.end, written),)

    def _write(self, *, as_json: bool = False) -> str:
        # The translations of a text are texts.
        key = next((str(part) for part in self.path if part in TEXT_KEYS), "")
        return write_value(self.value, key, as_json=as_json)


def change_at(root: Plain | None, path: KeyPath, change: _Change) -> Plain:
    """Return values in which the one at a path is changed; raise TypeError if there is no place."""
    if not path:
        return change(root)
    part, rest = path[0], path[1:]
    if isinstance(root, list) and isinstance(part, int):
        return [*root[:part], change_at(root[part], rest, change), *root[part + 1 :]]
    if isinstance(root, dict) and isinstance(part, str):
        return {**root, part: change_at(root.get(part), rest, change)}
    raise TypeError(f"there is no {part} in {type(root).__name__}")


def add_missing(
    text: EditedText, path: KeyPath, node: Node | None, value: Plain
) -> Iterator[Edits]:
    """Yield the ways to give a key its first items; the key may be missing."""
    parent, key = text.find(path[:-1]), str(path[-1])
    if not isinstance(parent, MappingNode):
        return
    if node is None:
        yield from AddKeys(path[:-1], {key: value}).list_ways(text)
    elif parent.is_flow or node.start != node.end:
        space = "" if text.text[node.start - 1 : node.start] == " " else " "
        written = write_value(value, as_json=text.as_json)
        yield (Edit(node.start, node.end, f"{space}{written}"),)
    else:
        indent = " " * parent.column
        lines = [indent + each for each in write_block(key, value)[1:]]
        yield (insert_lines(text.text, find_line_end(text.text, node.end), lines),)


def _insert_before_last(text: EditedText, node: MappingNode, lines: list[str]) -> Edit:
    """Insert lines before the last key of a mapping.

    Behind it, a block scalar at the end of a file without a final line break would get one.
    """
    return insert_lines(text.text, node.keys[-1].start - node.keys[-1].column, lines)
