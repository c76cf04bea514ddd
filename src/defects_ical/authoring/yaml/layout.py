"""Where the values of a YAML text are, so that text can be inserted between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import yaml


@dataclass(frozen=True, slots=True)
class Node:
    """A value in a text; ``start``, ``end`` and ``column`` count characters from 0.

    A value ends behind its last scalar or bracket, before any comment; the lines that a block
    scalar keeps (YAML 1.2.2 §8.1.1.2) are part of it. A block list starts at its first dash.
    """

    start: int
    end: int
    column: int


@dataclass(frozen=True, slots=True)
class ListNode(Node):
    """A list; ``is_flow`` says whether it has brackets."""

    is_flow: bool
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class MappingNode(Node):
    """A mapping; ``keys`` and ``values`` are in the order of the text."""

    is_flow: bool
    names: tuple[str, ...]
    keys: tuple[Node, ...]
    values: tuple[Node, ...]

    def find(self, name: str) -> Node | None:
        """Return the value of a key, or None."""
        return dict(zip(self.names, self.values, strict=True)).get(name)


class Layout(NamedTuple):
    """The root of a document, and the index at which it ends: at `...`, or with the text."""

    root: Node
    end: int


def find_layout(text: str) -> Layout:
    """Return the layout of a text that `model.yaml.reader` has read without a problem."""
    events = yaml.parse(text, Loader=yaml.CBaseLoader)
    root, end = Node(0, 0, 0), len(text)
    for event in events:
        if isinstance(event, yaml.NodeEvent):
            root = _read_node(event, events)
        elif isinstance(event, yaml.DocumentEndEvent) and event.explicit:
            end = _locate(event).start
    return Layout(root, end)


def _locate(event: yaml.Event) -> Node:
    start, end = event.start_mark, event.end_mark
    if start is None or end is None:
        raise AssertionError(f"{event} has no position")
    return Node(start.index, end.index, start.column)


def _read_node(event: yaml.Event, events: Iterator[yaml.Event]) -> Node:
    place = _locate(event)
    if not isinstance(event, yaml.CollectionStartEvent):
        return place
    names: list[str] = []
    items: list[Node] = []
    end, is_flow = place.end, bool(event.flow_style)
    for each in events:
        if isinstance(each, yaml.CollectionEndEvent):
            # The end of a block collection is reported where the next value starts.
            end = _locate(each).end if is_flow or not items else items[-1].end
            break
        names.append(each.value if isinstance(each, yaml.ScalarEvent) else "")
        items.append(_read_node(each, events))
    if isinstance(event, yaml.SequenceStartEvent):
        return ListNode(place.start, end, place.column, is_flow, (*items,))
    keys, values = (*items[::2],), (*items[1::2],)
    return MappingNode(place.start, end, place.column, is_flow, (*names[::2],), keys, values)
