"""Tables, errors and warnings in a terminal, with colours."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TypeAlias

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from defects_ical.errors import Problem

Cells: TypeAlias = tuple[str | Text, ...]


def print_table(headings: Iterable[str], rows: Iterable[Cells]) -> None:
    """Print a table whose last column is aligned to the right.

    No column is cut to fit the terminal: line breaks are easier to read.
    """
    columns = [Column(heading, no_wrap=True) for heading in headings]
    columns[-1].justify = "right"
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    # Wider than any table, which takes no more than it needs.
    Console(width=100_000, highlight=False, markup=False, emoji=False).print(table)


def print_problems(problems: Iterable[Problem]) -> None:
    """Print a line for each problem of a schedule to standard error."""
    _print_errors(map(_format_problem, problems))


def print_error(message: str) -> None:
    """Print what ended the program to standard error."""
    _print_errors([Text.assemble(("error: ", "red"), message)])


def print_warnings(warnings: Iterable[str]) -> None:
    """Print a line for each warning to standard error."""
    _print_errors(Text.assemble(("warning: ", "yellow"), warning) for warning in warnings)


def _format_problem(problem: Problem) -> Text:
    """Format a problem with its location dimmed and its message in bold."""
    subject = f"{problem.key_path}: " if problem.key_path else ""
    message = f"{subject}{problem.message}. "
    return Text.assemble((f"{problem.location}: ", "dim"), (message, "bold"), problem.hint)


def _print_errors(lines: Iterable[Text]) -> None:
    # A terminal gets lines broken between words; a file or a program gets them in one piece.
    err = Console(stderr=True, highlight=False, soft_wrap=not sys.stderr.isatty())
    for line in lines:
        err.print(line)
