"""Print comparisons for programs: as one JSON document, or as messages for Discord."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Literal, TypeAlias

import click

from defects_ical.cli.console import print_warnings
from defects_ical.compare.comparison import Comparison
from defects_ical.compare.discord.messages import format_message
from defects_ical.compare.report import format_issues
from defects_ical.compare.reports import json_report
from defects_ical.errors import DefectsIcalError, UnannouncedChangeError

OutputFormat: TypeAlias = Literal["text", "markdown", "json", "discord"]
"""The format of a comparison."""


@contextmanager
def report_errors(output_format: OutputFormat) -> Iterator[None]:
    """Print an error that prevents a comparison as JSON, too, if that is the format."""
    try:
        yield
    except DefectsIcalError as error:
        if output_format == "json":
            click.echo(json_report.format_error(error), nl=False)
        raise


def print_messages(comparisons: Iterable[Comparison], source: str, now: datetime) -> None:
    """Print a message for each show that has news, and warnings of unannounced texts.

    Raises UnannouncedChangeError, and prints nothing, if a change of any show is unannounced:
    then the site does not go live, and nothing is news yet.
    """
    found = [*comparisons]
    if refused := [line for each in found for line in _list_issues(each, source, now)]:
        cause = "because some calendar apps would not show these changes"
        raise UnannouncedChangeError(
            "\n".join((f"{source}: nothing to announce, {cause}:", *refused))
        )
    for each in found:
        issues = format_issues(each.differences, each.schedule, now, with_warnings=True)
        print_warnings(f"{each.source}: {message}. {hint}" for message, hint in issues)
    for message in filter(None, map(format_message, found)):
        click.echo(message)


def _list_issues(comparison: Comparison, source: str, now: datetime) -> Iterator[str]:
    """Yield a line for each unannounced change; of several shows, with the show's slug."""
    schedule = comparison.schedule
    show = "" if comparison.source == source else f"{schedule.show.slug}: "
    for message, hint in format_issues(comparison.differences, schedule, now):
        yield f"  {show}{message}. {hint}"
