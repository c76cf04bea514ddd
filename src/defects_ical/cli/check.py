"""The command ``check``: validate a schedule, or compare it with what is live."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import click
from rich.text import Text

from defects_ical.cli.console import Cells, print_table, print_warnings, schedule_option, utc_now
from defects_ical.cli.event_table import print_events
from defects_ical.compare.published import load_published
from defects_ical.compare.report import HEADINGS, Report, build_report, to_markdown, used_columns
from defects_ical.compare.site_diff import compare_site
from defects_ical.content.descriptions import format_date_range
from defects_ical.content.site_url import SiteURL
from defects_ical.errors import Problem
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.episodes import sort_by_start
from defects_ical.schedule.expansion import expand_episodes, expand_schedule
from defects_ical.schedule.loader import load_schedule
from defects_ical.schedule.warnings import find_warnings
from defects_ical.shows.loader import load_folder
from defects_ical.site.build import build_site
from defects_ical.site.feed_size import check_feed_sizes, find_large_feeds
from defects_ical.text.display import bidi_isolate
from defects_ical.text.english import count_noun

# The sizes of feeds depend on it, by a few bytes for each event.
PLACEHOLDER_URL: Final = SiteURL.parse("https://www.example.org")
SEVERITY_STYLES: Final = {"ok": "green", "warning": "yellow", "error": "red"}


@click.command(short_help="Validate the schedule and list its episodes.")
@schedule_option("FILE|DIR", "The schedule to read, or a folder with a schedule for each show.")
@click.option(
    "--against",
    metavar="PUBLISHED",
    help="Compare with what is live: a feed's file, an exported folder, or a feed's URL.",
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
    if path.is_dir():
        if against:
            raise click.UsageError("--against compares one schedule: use --schedule FILE.")
        _check_folder(path)
        return
    schedule = load_schedule(path)
    if against:
        _compare(schedule, against, path, as_markdown=output_format == "markdown")
        return
    listings = expand_schedule(schedule)
    click.echo(schedule.show.title)
    print_events(schedule, listings)
    warnings = print_schedule_warnings(schedule, check_feed_sizes(schedule, PLACEHOLDER_URL))
    verdict = f", {count_noun(warnings, 'warning')}" if warnings else ""
    click.echo(f"{path}: OK, {count_noun(len(listings.main.episodes), 'episode')}{verdict}")


def print_schedule_warnings(schedule: Schedule, others: Iterable[Problem] = ()) -> int:
    """Print what is probably a mistake in a valid schedule, then the other warnings.

    Returns the number of warnings.
    """
    found = find_warnings(schedule, expand_schedule(schedule), utc_now())
    warnings = [*map(str, found), *map(str, others)]
    print_warnings(warnings)
    return len(warnings)


def _check_folder(path: Path) -> None:
    """List the shows of a folder, then the warnings of each schedule."""
    schedules = load_folder(path).schedules
    print_table(("Show", "Slug", "Dates", "Episodes"), map(_make_show_row, schedules))
    warnings = sum(
        print_schedule_warnings(each, check_feed_sizes(each, PLACEHOLDER_URL)) for each in schedules
    )
    episodes = sum(len(expand_episodes(each)) for each in schedules)
    counts = [count_noun(len(schedules), "show"), count_noun(episodes, "episode")]
    if warnings:
        counts.append(count_noun(warnings, "warning"))
    click.echo(f"{path}: OK, {', '.join(counts)}")


def _make_show_row(schedule: Schedule) -> Cells:
    episodes, show = sort_by_start(expand_episodes(schedule)), schedule.show
    dates = format_date_range(episodes, schedule)
    return (bidi_isolate(show.title), show.slug, dates, str(len(episodes)))


def _compare(schedule: Schedule, against: str, path: Path, *, as_markdown: bool) -> None:
    """Print what would change for subscribers; exit with 1 if a change is unannounced."""
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
    if any(each.severity == "error" for each in differences):
        click.get_current_context().exit(1)


def _print_report(report: Report, title: str, path: Path) -> None:
    click.echo(title)
    if report.rows:
        columns = used_columns(report)
        print_table((HEADINGS[each] for each in columns), _build_change_rows(report, columns))
    for step in report.steps:
        click.echo(f"- {step}")
    for entry in report.entries:
        # Not wrapped, so that it can be copied.
        click.echo(f"  {entry}")
    click.echo(f"{path}: {report.summary}")


def _build_change_rows(report: Report, columns: list[int]) -> Iterator[Cells]:
    for row in report.rows:
        *cells, result = (row.cells[index] for index in columns)
        yield (*cells, Text(result, SEVERITY_STYLES[row.severity]))
