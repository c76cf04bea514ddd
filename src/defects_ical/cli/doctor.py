"""The command ``doctor``: check a feed."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.text import Text

from defects_ical.cli.schedule_output import utc_now
from defects_ical.doctor.diagnosis import Diagnosis, diagnose_file, diagnose_url
from defects_ical.doctor.findings import reaches
from defects_ical.doctor.issues.issue import SEVERITIES, Severity
from defects_ical.doctor.reports import json_report, markdown_report, text_report
from defects_ical.errors import FeedFileError

STDIN: Final = "-"
STYLES: Final = {
    "error": "bold red",
    "warning": "bold yellow",
    "info": "bold cyan",
    "title": "bold",
    "place": "dim",
}
"""How a terminal shows the parts of a report, by role."""


@click.command(short_help="Check a feed for problems in calendar apps.")
@click.argument("source", metavar="URL|FILE|-")
@click.option(
    "--format",
    "report_format",
    type=click.Choice(("text", "json", "markdown")),
    default="text",
    help="How to write the report.",
)
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    default="error",
    help="Exit with status 1 for findings of this severity or worse.",
)
def doctor(source: str, report_format: str, fail_on: Severity) -> None:
    """Check a feed, yours or any other, for problems in calendar apps.

    A URL is requested as Google, Apple, Outlook, Thunderbird and ICSx5 do. Of a FILE, or of
    standard input (-), only the content is checked.
    """
    # A large feed becomes a million objects, none of which is garbage before the end: looking for
    # it takes a quarter of the time.
    gc.disable()
    diagnosis = _diagnose(source)
    _print_report(diagnosis, report_format)
    if reaches(diagnosis.findings, fail_on):
        click.get_current_context().exit(1)


def _diagnose(source: str) -> Diagnosis:
    if source == STDIN:
        return diagnose_file("standard input", sys.stdin.buffer.read(), utc_now())
    if "://" in source:
        with Console(stderr=True).status("Requesting the feed") as status:
            return diagnose_url(source, utc_now(), on_step=status.update)
    try:
        body = Path(source).read_bytes()
    except OSError as error:
        hint = "Give the path of a file, or a URL that starts with https://."
        raise FeedFileError(f"{source}: {error.strerror}. {hint}") from None
    return diagnose_file(source, body, utc_now())


def _print_report(diagnosis: Diagnosis, report_format: str) -> None:
    if report_format == "json":
        click.echo(json_report.format_report(diagnosis), nl=False)
    elif report_format == "markdown":
        click.echo(markdown_report.format_report(diagnosis), nl=False)
    else:
        console = Console(highlight=False, soft_wrap=True)
        width = min(console.width, text_report.WIDTH) if console.is_terminal else text_report.WIDTH
        segments = text_report.format_report(diagnosis, width)
        parts = ((text, STYLES.get(role, "")) for text, role in segments)
        console.print(Text.assemble(*parts), end="")
