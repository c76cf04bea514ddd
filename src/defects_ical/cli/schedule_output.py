"""What commands say of a schedule: probable mistakes, missing texts, what to do next."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from defects_ical.cli.options import DEFAULT_SCHEDULE
from defects_ical.content.links.site_url import SiteURL
from defects_ical.errors import Problem
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.expansion import expand_schedule
from defects_ical.schedule.validation.warnings import find_missing_texts, find_warnings
from defects_ical.text.languages import DEFAULT_LANGUAGE

# How many texts a line names.
MAX_NAMED: Final = 5
# For a check, which needs no public one: the sizes of feeds depend on it by a few bytes.
PLACEHOLDER_URL: Final = SiteURL.parse("https://www.example.org")


def utc_now() -> datetime:
    """Return the current time in UTC. Tests replace this function."""
    return datetime.now(UTC)


def print_schedule_warnings(schedule: Schedule, others: Iterable[Problem] = ()) -> int:
    """Print what is probably a mistake in a valid schedule, then the other warnings.

    Returns the number of warnings.
    """
    warnings = [*map(str, list_warnings(schedule)), *map(str, others)]
    _print_warnings(warnings)
    return len(warnings)


def print_new_warnings(before: Schedule, after: Schedule) -> None:
    """Print what is probably a mistake in an edited schedule, and was not before the edit.

    But for the dates of entries: the program chose that of a new one.
    """
    known = {each.message for each in list_warnings(before)}
    found = (each for each in list_warnings(after) if not each.key_path.endswith(".at"))
    _print_warnings([str(each) for each in found if each.message not in known])


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


def _print_warnings(warnings: Sequence[str]) -> None:
    if warnings:
        from defects_ical.cli.console import print_warnings  # noqa: PLC0415 - slow, and seldom needed

        print_warnings(warnings)
