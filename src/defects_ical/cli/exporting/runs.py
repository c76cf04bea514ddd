"""Run an export: of a schedule, or of a folder of schedules."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn

from defects_ical.cli.console import print_warnings
from defects_ical.cli.schedule_output import list_warnings, print_schedule_warnings, utc_now
from defects_ical.compare.live.published import split_readable
from defects_ical.compare.report import format_issues
from defects_ical.compare.site_diff import compare_site, is_unchanged
from defects_ical.content.links.site_url import SiteURL
from defects_ical.errors import UnannouncedChangeError
from defects_ical.export.exporter import export_site
from defects_ical.export.manifest import Inputs
from defects_ical.export.shows.show_stage import ExportTarget, Verdict
from defects_ical.export.shows.site_exporter import Progress as ReportProgress
from defects_ical.export.shows.site_exporter import SiteExport
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.loader import load_schedule
from defects_ical.shows.file_state import is_folder
from defects_ical.site.build import Site, build_site
from defects_ical.site.fingerprint import input_fingerprint
from defects_ical.text.english import count_noun
from defects_ical.text.languages import LANGUAGES

# Feeds are directly in the folder of the site or of a language; episode files repeat them.
FEED_PATH: Final = re.compile(rf"(/({'|'.join(LANGUAGES)}))?/[^/]+\.ics")
# Seconds after which an export shows its progress.
PROGRESS_DELAY: Final = 1.0


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """The options of ``export``."""

    site_url: SiteURL
    force: bool
    allow_removal: bool
    jobs: int


def run_export(folder: Path, path: Path, options: ExportOptions) -> str:
    """Export the site of a schedule, or of a folder of them; return what was written, in words.

    Prints warnings. Raises ScheduleError, ExportError or UnannouncedChangeError.
    """
    return (_export_shows if is_folder(path) else _export_show)(folder, path, options)


def _export_show(folder: Path, path: Path, options: ExportOptions) -> str:
    """Export the site of one schedule."""
    schedule, url = load_schedule(path), options.site_url
    fingerprint = input_fingerprint(schedule.digest, schedule.picture, url)
    site = build_site(schedule, url)
    check = partial(
        _check_changes, site=site, schedule=schedule, folder=folder, force=options.force
    )
    inputs = Inputs(fingerprint, schedule.show.picture)
    result = export_site(site, url, folder, check, inputs)
    print_schedule_warnings(schedule)
    return str(result)


def _export_shows(folder: Path, path: Path, options: ExportOptions) -> str:
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
    return f"{result} ({count_noun(result.files, 'file')} written)"


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
    return Verdict(verdict.errors, (*verdict.warnings, *map(str, list_warnings(schedule))))


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
