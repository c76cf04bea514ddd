"""The command ``check``: validate a schedule, or compare it with what is live."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import click

from defects_ical.cli.check.comparison import compare_file
from defects_ical.cli.check.event_table import print_events
from defects_ical.cli.check.folder import check_folder
from defects_ical.cli.check.folder_comparison import compare_folder
from defects_ical.cli.check.program_output import OutputFormat
from defects_ical.cli.options import SCHEDULE_OPTION
from defects_ical.cli.schedule_output import (
    PLACEHOLDER_URL,
    print_missing_texts,
    print_schedule_warnings,
)
from defects_ical.cli.schedules.completion import complete_file
from defects_ical.schedule.expansion import expand_schedule
from defects_ical.schedule.loader import load_schedule
from defects_ical.shows.file_state import is_folder
from defects_ical.site.feed_size import check_feed_sizes
from defects_ical.text.english import count_noun


@click.command(short_help="Validate the schedule and list its episodes.")
@SCHEDULE_OPTION
@click.option(
    "--against",
    metavar="PUBLISHED",
    shell_complete=complete_file,
    help="Compare with what is live: a feed's file, an exported folder, or the URL of a feed or "
    "of the site. Of a folder of schedules: an exported folder, or the URL of the site.",
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(get_args(OutputFormat)),
    help="The format of a comparison: text for a terminal, markdown for a pull request, json for "
    "programs, discord for a webhook: a message a line.",
)
def check(path: Path, against: str | None, output_format: OutputFormat | None) -> None:
    """Validate the schedule and list every episode with its local times; of a folder, every show.

    With --against, list instead what would change for subscribers, and the entries to append to
    the schedule so that calendar apps apply the changes.
    """
    if output_format and not against:
        raise click.UsageError("--format needs --against.")
    if against:
        compare = compare_folder if is_folder(path) else compare_file
        compare(path, against, output_format or "text")
    elif is_folder(path):
        check_folder(path)
    else:
        _check_schedule(path)


def _check_schedule(path: Path) -> None:
    schedule = load_schedule(path)
    listings = expand_schedule(schedule)
    click.echo(schedule.show.title)
    print_events(schedule, listings)
    print_missing_texts(schedule)
    warnings = print_schedule_warnings(schedule, check_feed_sizes(schedule, PLACEHOLDER_URL))
    verdict = f", {count_noun(warnings, 'warning')}" if warnings else ""
    click.echo(f"{path}: OK, {count_noun(len(listings.main.episodes), 'episode')}{verdict}")
