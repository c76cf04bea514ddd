"""Edit values of a YAML file in the style of the file, and nothing else.

No library does this: round trips through a parser change line ends, byte order marks, quotes and
comments. Text is inserted where the file's own values are, and the result is read again: it has to
be the old values with exactly what was intended.
"""

from __future__ import annotations

from collections.abc import Iterable

from defects_ical.authoring.yaml.layout import find_layout
from defects_ical.authoring.yaml.lists import AppendItems
from defects_ical.authoring.yaml.operations import Operation
from defects_ical.authoring.yaml.text import Edit, EditedText, Entry, apply_edits, is_json
from defects_ical.errors import ScheduleError
from defects_ical.model.yaml.reader import Plain, decode, parse_yaml


def edit_yaml(file: str, content: bytes, operations: Iterable[Operation]) -> bytes | None:
    """Return the content of a file with all operations, each of which acts on the result so far.

    None if the text has no place for one: then every way to insert it would change another value.
    Raises ScheduleError for a file that is no YAML.
    """
    operations = tuple(operations)
    root = parse_yaml(file, content).root
    if edited := _edit_at_once(file, content, operations, root):
        return edited
    for operation in operations:
        root = operation.change(root)
        if not (edited := _edit(file, content, operation, root)):
            return None
        content = edited
    return content


def _edit_at_once(
    file: str, content: bytes, operations: tuple[Operation, ...], root: Plain
) -> bytes | None:
    """Return the content with the best way for each operation, if they do not disturb each other.

    Thousands of operations, one after the other, would each read the file again.
    """
    text, edits = _read_text(file, content), list[Edit]()
    for operation in operations:
        root = operation.change(root)
        edits += next(operation.list_ways(text), ())
    return _check(file, content, text, edits, root)


def _edit(file: str, content: bytes, operation: Operation, expected: Plain) -> bytes | None:
    text = _read_text(file, content)
    ways = (_check(file, content, text, way, expected) for way in operation.list_ways(text))
    return next((each for each in ways if each), None)


def _read_text(file: str, content: bytes) -> EditedText:
    text = decode(file, content)
    layout = find_layout(text)
    return EditedText(text, layout.root, layout.end, is_json(text))


def _check(
    file: str, content: bytes, text: EditedText, edits: Iterable[Edit], expected: Plain
) -> bytes | None:
    """Return the edited content if its values are the expected ones."""
    start = content[: len(content) - len(text.text.encode())]
    edited = start + apply_edits(text.text, edits).encode()
    try:
        document = parse_yaml(file, edited)
    except ScheduleError:
        return None
    return edited if document.root == expected and not document.problems else None


def insert_entry(file: str, content: bytes, key: str, entry: Entry) -> bytes | None:
    """Return the content of a file with an entry at the end of the list at ``key`` of its root.

    See `edit_yaml`.
    """
    return edit_yaml(file, content, (AppendItems((key,), ({**entry},)),))
