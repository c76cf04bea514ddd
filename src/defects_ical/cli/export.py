"""The command ``export``: write the site to a folder."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn

from defects_ical.cli.console import (
    SCHEDULE_OPTION,
    parse_site_url,
    print_schedule_warnings,
    print_warnings,
    utc_now,
)
from defects_ical.compare.live.published import split_readable
from defects_ical.compare.report import format_issues
from defects_ical.compare.site_diff import compare_site, is_unchanged
from defects_ical.content.links.site_url import SiteURL
from defects_ical.errors import UnannouncedChangeError
from defects_ical.export.exporter import check_up_to_date, export_site
from defects_ical.export.show_stage import ExportTarget, Verdict
from defects_ical.export.site_exporter import Progress as ReportProgress
from defects_ical.export.site_exporter import SiteExport
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.expansion import expand_schedule
from defects_ical.schedule.loader import load_schedule
from defects_ical.schedule.warnings import find_warnings
from defects_ical.site.build import Site, build_site
from defects_ical.site.fingerprint import input_fingerprint
from defects_ical.text.english import count_noun
from defects_ical.text.languages import DEFAULT_LANGUAGE, LANGUAGES

# Feeds are directly in the folder of the site or of a language; episode files repeat them.
FEED_PATH: Final = re.compile(rf"(/({'|'.join(LANGUAGES)}))?/[^/]+\.ics")
# Seconds after which an export shows its progress.
PROGRESS_DELAY: Final = 1.0


@click.command(short_help="Write the site to a folder.")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--url",
    "site_url",
    callback=parse_site_url,
    required=True,
    metavar="URL",
    help="The URL at which the folder will be public. Links in the feeds begin with it.",
)
@SCHEDULE_OPTION
@click.option(
    "--force",
    is_flag=True,
    help="Also export changes that some calendar apps would not show, and removals.",
)
@click.option(
    "--allow-removal",
    is_flag=True,
    help="Also take away a show whose schedule is gone, or a combined feed.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=1,
    metavar="N",
    help="The number of processes that build shows.",
)
def export(folder: Path, path: Path, **options: Any) -> None:
    """Write the site to DIR: a new folder, an empty one, or one with an earlier export.

    Of a folder of schedules, only the shows that have changed are built.
    """
    (_export_shows if path.is_dir() else _export_show)(folder, path, _Options(**options))


@dataclass(frozen=True, slots=True)
class _Options:
    site_url: SiteURL
    force: bool
    allow_removal: bool
    jobs: int


def _export_show(folder: Path, path: Path, options: _Options) -> None:
    """Export the site of one schedule."""
    schedule = load_schedule(path)
    fingerprint = input_fingerprint(schedule, options.site_url)
    result = check_up_to_date(folder, fingerprint)
    if result is None:
        site = build_site(schedule, options.site_url)
        check = partial(
            _check_changes, site=site, schedule=schedule, folder=folder, force=options.force
        )
        result = export_site(site, options.site_url, folder, check, fingerprint)
    print_schedule_warnings(schedule)
    counts = f"{result.written} written, {result.unchanged} unchanged, {result.removed} removed"
    click.echo(f"{folder}: {counts}")


def _export_shows(folder: Path, path: Path, options: _Options) -> None:
    """Export the site of a folder of schedules."""
    with _show_progress() as progress:
        export_shows = SiteExport(
            source=path,
            target=ExportTarget(folder, options.site_url),
            check=partial(_check_show, folder, force=options.force),
            jobs=options.jobs,
            allow_removal=options.allow_removal or options.force,
            progress=progress,
        )
        result = export_shows.run()
    print_warnings(result.warnings)
    counts = f"{result.written} written, {result.unchanged} unchanged, {result.removed} removed"
    click.echo(f"{folder}: {counts} ({count_noun(result.files, 'file')} written)")


@contextmanager
def _show_progress() -> Iterator[ReportProgress]:
    """Show a bar on a terminal once the work has taken a second."""
    columns = (TextColumn("Shows"), BarColumn(), MofNCompleteColumn(), TaskProgressColumn())
    console, started = Console(stderr=True), time.monotonic()
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", visible=False)

        def report(done: int, total: int) -> None:
            is_visible = time.monotonic() - started > PROGRESS_DELAY
            bar.update(task, completed=done, total=total, visible=is_visible)

        yield report


def _check_show(
    folder: Path, exported: Mapping[str, bytes], site: Site, schedule: Schedule, *, force: bool
) -> Verdict:
    """Return what prevents the export of a show, and what else to know of it."""
    verdict = _compare(exported, site, schedule, folder / schedule.show.slug, force=force)
    described = schedule.described_in(DEFAULT_LANGUAGE)
    found = find_warnings(described, expand_schedule(described), utc_now())
    return Verdict(verdict.errors, (*verdict.warnings, *map(str, found)))


def _check_changes(
    exported: Mapping[str, bytes], site: Site, schedule: Schedule, folder: Path, *, force: bool
) -> None:
    """Raise UnannouncedChangeError if some calendar apps would not show a change."""
    verdict = _compare(exported, site, schedule, folder, force=force)
    if verdict.errors:
        lines = [
            f"{folder}: export refused, because some calendar apps would not show these changes:",
            *(f"  {message}. {hint}" for message, hint in verdict.errors),
            "  Use --force to export anyway.",
        ]
        raise UnannouncedChangeError("\n".join(lines))
    print_warnings(verdict.warnings)


def _compare(
    exported: Mapping[str, bytes], site: Site, schedule: Schedule, folder: Path, *, force: bool
) -> Verdict:
    """Return the changes that some calendar apps would not show, as errors.

    Changed texts alone are warnings; with ``force``, everything is.
    """
    feeds = {path: body for path, body in exported.items() if FEED_PATH.fullmatch(path)}
    if is_unchanged(feeds, site):
        return Verdict()
    readable, damaged = split_readable(feeds)
    differences = compare_site(readable, site, schedule)
    errors = format_issues(differences, schedule, utc_now())
    if errors and not force:
        return Verdict(errors)
    issues = format_issues(differences, schedule, utc_now(), with_warnings=True)
    warnings = [f"{folder}{path}: damaged, not compared" for path in damaged]
    return Verdict((), (*warnings, *(f"{folder}: {message}. {hint}" for message, hint in issues)))
