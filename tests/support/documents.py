"""The documentation as data: pages, code blocks, commands, tables and generated sections."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent.parent

_PATHS: Final = (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"))
PAGES: Final = {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in sorted(_PATHS)}
"""The text of each page, by its path in the repository."""

PLACEHOLDER_UID: Final = "00000000-0000-0000-0000-000000000000"
UID: Final = "8a4b1d0c-52e7-4c36-9f10-6d2e7b3c5a48"


def read_code_blocks(page: str, language: str) -> list[str]:
    """Return the code blocks of a page in one language."""
    return re.findall(rf"```{language}\n(.*?)```", PAGES[page], flags=re.DOTALL)


def read_commands(block: str) -> list[str]:
    """Return the commands of a console block, each in one line and without its comment."""
    lines = re.sub(r"\\\n\s*", "", block).splitlines()
    return [re.sub(r"\s+#.*", "", line) for line in lines]


def read_all_commands() -> set[str]:
    """Return every command that some page shows."""
    blocks = chain.from_iterable(read_code_blocks(page, "console") for page in PAGES)
    return {command for block in blocks for command in read_commands(block)}


def read_schedule_example(page: str = "docs/schedule.md") -> str:
    """Return the first schedule that a page shows, with a uid instead of the placeholder."""
    return read_code_blocks(page, "yaml")[0].replace(PLACEHOLDER_UID, UID)


def read_snippets(page: str) -> dict[str, str]:
    """Return the YAML of each section of a page that shows one, by the section's heading."""
    sections = re.split("^#+ ", PAGES[page], flags=re.MULTILINE)
    found = (
        (each.partition("\n")[0], re.search(r"```yaml\n(.*?)```", each, re.DOTALL))
        for each in sections
    )
    return {heading: block[1] for heading, block in found if block}


def read_table_rows(text: str) -> Iterator[list[str]]:
    """Yield the cells of each table row in a text, without headings and rulers."""
    for table in re.findall(r"(?:^\|.*\n)+", text, flags=re.MULTILINE):
        for row in table.splitlines()[2:]:
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]


def read_section(page: str, heading: str) -> str:
    """Return the text under a heading of a page, up to the next heading of the same level."""
    level = heading.split(maxsplit=1)[0]
    return PAGES[page].partition(f"{heading}\n")[2].partition(f"\n{level} ")[0]
