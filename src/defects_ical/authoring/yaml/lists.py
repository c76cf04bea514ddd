"""Append items to a list of a YAML file, which may be empty or missing, or a single mapping."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from defects_ical.authoring.yaml.layout import ListNode, MappingNode
from defects_ical.authoring.yaml.operations import Operation, add_missing, change_at
from defects_ical.authoring.yaml.text import (
    INDENT,
    Edit,
    EditedText,
    Edits,
    append_to_brackets,
    find_line_break,
    find_line_end,
    insert_lines,
    write_entry_lines,
    write_value,
)
from defects_ical.model.yaml.reader import KeyPath, Plain, format_key_path


@dataclass(frozen=True, slots=True)
class AppendItems(Operation):
    """Items at the end of a list, which may be empty or missing, or a single mapping.

    Those that do not fit in ``max_columns`` are written in several lines.
    """

    path: KeyPath
    items: tuple[Plain, ...]
    max_columns: int | None = None

    def change(self, root: Plain) -> Plain:
        """Return the values with the items; raise TypeError if there is a text."""
        return change_at(root, self.path, self._append)

    def _append(self, value: Plain | None) -> Plain:
        if isinstance(value, dict):
            return [value, *self.items]
        if value and not isinstance(value, list):
            raise TypeError(f"{format_key_path(self.path)} is no list")
        return [*(value or ()), *self.items]

    def describe(self) -> str:
        """Return the lines to append."""
        lines = (f"  - {write_value(each)}" for each in self.items)
        return "\n".join((f"Append to `{format_key_path(self.path)}`:", *lines))

    def list_ways(self, text: EditedText) -> Iterator[Edits]:
        """Yield the ways to append the items."""
        written = ", ".join(write_value(each, as_json=text.as_json) for each in self.items)
        match text.find(self.path):
            case ListNode(is_flow=False) as node:
                index = find_line_end(text.text, node.items[-1].end)
                yield (insert_lines(text.text, index, self._write_items(node)),)
            case ListNode(items=()) as node:
                yield (Edit(node.start + 1, node.start + 1, written),)
            case ListNode(items=items):
                yield append_to_brackets(text.text, items[-1], items[-1], written)
            case MappingNode() as node:
                yield from self._make_list(text, node, written)
            case node:
                yield from add_missing(text, self.path, node, [*self.items])

    def _write_items(self, node: ListNode) -> Iterator[str]:
        """Yield lines as the last item is written, in one line or in several."""
        last = node.items[-1]
        is_block = isinstance(last, MappingNode) and not last.is_flow
        for each in self.items:
            yield from self._write_item(each, node.column, is_block=is_block)

    def _write_item(self, item: Plain, column: int, *, is_block: bool) -> list[str]:
        dash = f"{' ' * column}- "
        line = f"{dash}{write_value(item)}"
        is_long = self.max_columns is not None and len(line) > self.max_columns
        if not isinstance(item, dict) or not (is_block or is_long):
            return [line]
        columns = self.max_columns and self.max_columns - len(dash)
        first, *rest = write_entry_lines(item, columns)
        return [dash + first, *(" " * len(dash) + each for each in rest)]

    def _make_list(self, text: EditedText, node: MappingNode, written: str) -> Iterator[Edits]:
        """Yield the ways to make a single mapping the first item of a list."""
        parent = text.find(self.path[:-1])
        column = parent.column if isinstance(parent, MappingNode) else 0
        brackets = Edit(node.start, node.start, "["), Edit(node.end, node.end, f", {written}]")
        if isinstance(parent, MappingNode) and parent.is_flow:
            yield brackets
        elif node.is_flow:
            yield self._put_behind_dash(text, node, column + INDENT)
            yield brackets
        else:
            yield from self._put_dash_before(text, node, column)

    def _put_behind_dash(self, text: EditedText, node: MappingNode, column: int) -> Edits:
        """Return the edits that move a mapping in brackets to a line with a dash."""
        start = len(text.text[: node.start].rstrip())
        dash = f"{find_line_break(text.text)}{' ' * column}- "
        lines = (
            line for each in self.items for line in self._write_item(each, column, is_block=False)
        )
        index = find_line_end(text.text, node.end)
        return Edit(start, node.start, dash), insert_lines(text.text, index, lines)

    def _put_dash_before(self, text: EditedText, node: MappingNode, column: int) -> Iterator[Edits]:
        """Yield the ways to put a dash before a mapping in lines.

        Where there is space for the dash, no other line changes; otherwise all lines move.
        """
        index = find_line_end(text.text, node.end)
        for dash in dict.fromkeys((node.column - INDENT, node.column)):
            lines = [
                line for each in self.items for line in self._write_item(each, dash, is_block=True)
            ]
            behind = insert_lines(text.text, index, lines)
            if dash >= column and dash < node.column:
                yield Edit(node.start - INDENT, node.start, "- "), behind
            elif dash >= column:
                yield *_indent_lines(text.text, node), behind


def _indent_lines(text: str, node: MappingNode) -> Iterator[Edit]:
    """Yield the edits that put a mapping in lines behind a dash, all of its lines further in."""
    yield Edit(node.start, node.start, "- ")
    start = find_line_end(text, node.start)
    while start < node.end:
        if text[start : start + 1] not in {"\r", "\n"}:
            yield Edit(start, start, " " * INDENT)
        following = find_line_end(text, start + 1)
        start = following if following > start else len(text)
