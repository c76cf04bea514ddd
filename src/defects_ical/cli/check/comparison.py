"""Print what would change for subscribers of a show."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
from rich.text import Text

from defects_ical.cli.check.program_output import OutputFormat, print_messages, report_errors
from defects_ical.cli.console import Cells, print_table
from defects_ical.cli.schedule_output import print_schedule_warnings, utc_now
from defects_ical.compare.comparison import Comparison, compare_with_live
from defects_ical.compare.report import HEADINGS, Report, build_report, used_columns
from defects_ical.compare.reports import json_report, markdown_report
from defects_ical.schedule.loader import load_schedule

SEVERITY_STYLES: Final = {"ok": "green", "warning": "yellow", "error": "red"}


def compare_file(path: Path, against: str, output_format: OutputFormat) -> None:
    """Print what would change for subscribers of a show; exit with 1 if it is unannounced."""
    with report_errors(output_format):
        comparison = compare_with_live(load_schedule(path), against, path)
    if output_format == "json":
        click.echo(json_report.format_comparison(comparison, utc_now()), nl=False)
    elif output_format != "discord":
        print_comparison(comparison, as_markdown=output_format == "markdown")
    print_comparison_warnings(comparison)
    if output_format == "discord":
        print_messages([comparison], against, utc_now())
    if not comparison.is_announced:
        click.get_current_context().exit(1)


def print_comparison(comparison: Comparison, *, as_markdown: bool) -> None:
    """Print the differences of a published show, for people."""
    schedule = comparison.schedule
    report = build_report(comparison.differences, schedule, utc_now())
    title = f"{schedule.show.title}, compared with {comparison.source}"
    if as_markdown:
        click.echo(markdown_report.format_report(report, title), nl=False)
    else:
        print_report(report, title, comparison.file)


def print_comparison_warnings(comparison: Comparison) -> None:
    """Print the warnings about a schedule that was compared, and about its feeds."""
    print_schedule_warnings(comparison.schedule, comparison.large_feeds)


def print_report(report: Report, title: str, path: Path) -> None:
    """Print a report as a table with its steps; ``path`` is the schedule's file."""
    click.echo(title)
    print_changes(report)
    for step in report.steps:
        click.echo(f"- {step}")
    for entry in report.entries:
        # Not wrapped, so that it can be copied.
        click.echo(f"  {entry}")
    click.echo(f"{path}: {report.summary}")


def print_changes(report: Report) -> None:
    """Print the table of what subscribers would see."""
    if report.rows:
        columns = used_columns(report)
        print_table((HEADINGS[each] for each in columns), _build_change_rows(report, columns))


def _build_change_rows(report: Report, columns: list[int]) -> Iterator[Cells]:
    for row in report.rows:
        *cells, result = (row.cells[index] for index in columns)
        yield (*cells, Text(result, SEVERITY_STYLES[row.severity]))
