"""The command ``check``: validate a schedule, or compare it with what is live."""

from __future__ import annotations

from pathlib import Path

import click

from defects_ical.cli.check.comparison import compare_schedule
from defects_ical.cli.check.event_table import print_events
from defects_ical.cli.check.folder import check_folder, compare_folder
from defects_ical.cli.console import (
    PLACEHOLDER_URL,
    SCHEDULE_OPTION,
    print_missing_texts,
    print_schedule_warnings,
)
from defects_ical.schedule.expansion import expand_schedule
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.feed_size import check_feed_sizes
from defects_ical.text.english import count_noun


@click.command(short_help="Validate the schedule and list its episodes.")
@SCHEDULE_OPTION
@click.option(
    "--against",
    metavar="PUBLISHED",
    help="Compare with what is live: a feed's file, an exported folder, or a feed's URL. Of a "
    "folder of schedules: an exported folder, or the URL of the site.",
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "markdown"]),
    help="The format of a comparison: text for a terminal, markdown for a pull request.",
)
def check(path: Path, against: str | None, output_format: str | None) -> None:
    """Validate the schedule and list every episode with its local times; of a folder, every show.

    With --against, list instead what would change for subscribers, and the entries to append to
    the schedule so that calendar apps apply the changes.
    """
    if output_format and not against:
        raise click.UsageError("--format needs --against.")
    as_markdown = output_format == "markdown"
    if path.is_dir():
        if against:
            compare_folder(path, against, as_markdown=as_markdown)
        else:
            check_folder(path)
    elif against:
        is_announced = compare_schedule(load_schedule(path), against, path, as_markdown=as_markdown)
        if not is_announced:
            click.get_current_context().exit(1)
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
