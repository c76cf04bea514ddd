"""What commands print: tables, errors and warnings."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeAlias

import click
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from defects_ical.cli.options import DEFAULT_SCHEDULE
from defects_ical.content.links.site_url import SiteURL
from defects_ical.errors import Problem
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.expansion import expand_schedule
from defects_ical.schedule.warnings import find_missing_texts, find_warnings
from defects_ical.text.languages import DEFAULT_LANGUAGE

# How many texts a line names.
MAX_NAMED: Final = 5
# For a check, which needs no public one: the sizes of feeds depend on it by a few bytes.
PLACEHOLDER_URL: Final = SiteURL.parse("https://www.example.org")


Cells: TypeAlias = tuple[str | Text, ...]


def utc_now() -> datetime:
    """Return the current time in UTC. Tests replace this function."""
    return datetime.now(UTC)


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


def print_schedule_warnings(schedule: Schedule, others: Iterable[Problem] = ()) -> int:
    """Print what is probably a mistake in a valid schedule, then the other warnings.

    Returns the number of warnings.
    """
    warnings = [*map(str, list_warnings(schedule)), *map(str, others)]
    print_warnings(warnings)
    return len(warnings)


def print_new_warnings(before: Schedule, after: Schedule) -> None:
    """Print what is probably a mistake in an edited schedule, and was not before the edit.

    But for the dates of entries: the program chose that of a new one.
    """
    known = {each.message for each in list_warnings(before)}
    found = (each for each in list_warnings(after) if not each.key_path.endswith(".at"))
    print_warnings(str(each) for each in found if each.message not in known)


def list_warnings(schedule: Schedule) -> list[Problem]:
    """Return what is probably a mistake in a valid schedule."""
    described = schedule.described_in(DEFAULT_LANGUAGE)
    return [*find_warnings(described, expand_schedule(described), utc_now())]


def print_missing_texts(schedule: Schedule, prefix: str = "") -> None:
    """Print a line for each language in which texts are missing; ``prefix`` begins it."""
    for language, paths in find_missing_texts(schedule):
        shown = ", ".join(paths[:MAX_NAMED])
        others = f" and {len(paths) - MAX_NAMED} more" if len(paths) > MAX_NAMED else ""
        missing = "1 text is" if len(paths) == 1 else f"{len(paths):,} texts are"
        main = schedule.languages[0]
        click.echo(f"{prefix}{language}: {missing} missing and shown in {main}: {shown}{others}")


def print_next_commands(path: Path) -> None:
    """Print the commands for a new schedule."""
    option = "" if path == DEFAULT_SCHEDULE else f" --schedule {shlex.quote(str(path))}"
    for command in ("check", "serve", "export public --url URL"):
        click.echo(f"  defects-ical {command}{option}")


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
