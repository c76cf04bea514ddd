"""Planned blocks as YAML: each in one line where it fits, else a line for each key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from textwrap import wrap
from typing import Final, TypeAlias

from defects_ical.authoring.imports.plan import PlannedBlock
from defects_ical.model.fields import WEEKDAYS, WeeklySlot, format_clock
from defects_ical.model.yaml.writer import fill_lines, quote_scalar, write_flow

MAX_COLUMNS: Final = 100

Entries: TypeAlias = Mapping[str, str | list[str]]
"""The keys of a mapping with their values, in YAML."""


def write_airing(blocks: tuple[PlannedBlock, ...]) -> str:
    """Return the lines under `airing`: one block, or a list of several."""
    entries = [dict(list_values(block)) for block in blocks]
    if len(entries) == 1:
        return write_mapping(entries[0], "  ")
    return "".join(map(write_item, entries))


def list_values(block: PlannedBlock) -> Iterator[tuple[str, str | list[str]]]:
    """Yield the keys of a block that it needs, in the order of the documentation."""
    values: dict[str, object] = {
        "season": block.season,
        "premiere": block.premiere,
        "weekdays": [*map(_write_weekday, block.weekdays)],
        "dates": [each.isoformat() for each in block.dates],
        "time": None if block.time is None else format_clock(block.time),
        "runtime": block.runtime,
        "together": block.together,
        "episodes": block.episodes,
        "skip": [each.isoformat() for each in block.skip],
    }
    for key, value in values.items():
        if isinstance(value, list) and value:
            yield key, value
        elif value is not None and not isinstance(value, list):
            yield key, str(value)


def _write_weekday(slot: WeeklySlot) -> str:
    name = WEEKDAYS[slot.weekday]
    return name if slot.minutes is None else f"{name} {format_clock(slot.minutes)}"


def write_item(entries: Entries, indent: str = "  ") -> str:
    """Return an item of a list of mappings."""
    line = f"{indent}- {write_flow(entries)}\n"
    if len(line) <= MAX_COLUMNS + 1:
        return line
    return f"{indent}- {write_mapping(entries, f'{indent}  ').lstrip()}"


def write_entry(key: str, entries: Entries) -> str:
    """Return an entry whose value is a mapping, two columns in."""
    line = f"  {key}: {write_flow(entries)}\n"
    if len(line) <= MAX_COLUMNS + 1:
        return line
    return f"  {key}:\n{write_mapping(entries, '    ')}"


def write_mapping(entries: Entries, indent: str) -> str:
    """Return a line for each key, with lists and quoted texts over several lines if needed."""
    return "".join(f"{_write_pair(key, value, indent)}\n" for key, value in entries.items())


def _write_pair(key: str, value: str | list[str], indent: str) -> str:
    line = f"{indent}{key}: {write_flow(value)}"
    if len(line) <= MAX_COLUMNS:
        return line
    if isinstance(value, list):
        return f"{indent}{key}: [\n{write_lines(value, indent)}{indent}]"
    return wrap_text(key, value, indent) if value.startswith('"') else line


def write_lines(items: Iterable[str], indent: str) -> str:
    """Return the lines between the brackets of a list or mapping, with as many items as fit."""
    lines = fill_lines(items, MAX_COLUMNS - len(f"{indent}  "))
    return "".join(f"{indent}  {line}\n" for line in lines)


def wrap_text(key: str, quoted: str, indent: str) -> str:
    """Break a quoted text between words: YAML reads a line break there as a space.

    The text begins on the line of its key: on a line of its own, it might be a key itself, which
    YAML limits to 1024 characters.
    """
    lines = wrap(
        quoted,
        MAX_COLUMNS,
        initial_indent=f"{indent}{key}: ",
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines)


def write_comment(text: str) -> str:
    """Return a comment of one paragraph, over as many lines as it needs."""
    return "".join(f"# {line}\n" for line in wrap(text, MAX_COLUMNS - 2, break_on_hyphens=False))


def quote_texts(**texts: str | None) -> dict[str, str]:
    """Return the texts that there are, quoted."""
    return {key: quote_scalar(each) for key, each in texts.items() if each}
