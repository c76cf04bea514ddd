"""Print what would change for subscribers of a show."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
from rich.text import Text

from defects_ical.cli.console import Cells, print_schedule_warnings, print_table, utc_now
from defects_ical.compare.published import load_published
from defects_ical.compare.report import HEADINGS, Report, build_report, to_markdown, used_columns
from defects_ical.compare.site_diff import compare_site
from defects_ical.model.schedule import Schedule
from defects_ical.site.build import build_site
from defects_ical.site.feed_size import find_large_feeds

SEVERITY_STYLES: Final = {"ok": "green", "warning": "yellow", "error": "red"}


def compare_schedule(
    schedule: Schedule, against: str, path: Path, *, as_markdown: bool = False
) -> bool:
    """Print what would change for subscribers; return whether every change is announced."""
    published = load_published(against, schedule)
    site = build_site(schedule, published.site_url)
    differences = compare_site(published.calendars, site, schedule)
    report = build_report(differences, schedule, utc_now())
    title = f"{schedule.show.title}, compared with {against}"
    if as_markdown:
        click.echo(to_markdown(report, title), nl=False)
    else:
        _print_report(report, title, path)
    sizes = {name: len(resource.body) for name, resource in site.items()}
    print_schedule_warnings(schedule, find_large_feeds(schedule, sizes))
    return not any(each.severity == "error" for each in differences)


def _print_report(report: Report, title: str, path: Path) -> None:
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
