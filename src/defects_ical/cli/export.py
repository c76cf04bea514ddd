"""The command ``export``: write the site to a folder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final

import click

from defects_ical.cli.check import print_schedule_warnings
from defects_ical.cli.console import SCHEDULE_OPTION, parse_site_url, print_warnings, utc_now
from defects_ical.compare.published import split_readable
from defects_ical.compare.report import format_issues
from defects_ical.compare.site_diff import compare_site, is_unchanged
from defects_ical.content.site_url import SiteURL
from defects_ical.errors import UnannouncedChangeError
from defects_ical.export.exporter import check_up_to_date, export_site
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.build import Site, build_site
from defects_ical.site.fingerprint import input_fingerprint

# Feeds are directly in the folder; episode files repeat what feeds say.
FEED_PATH: Final = re.compile(r"/[^/]+\.ics")


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
    "--force", is_flag=True, help="Also export changes that some calendar apps would not show."
)
def export(folder: Path, site_url: SiteURL, path: Path, *, force: bool) -> None:
    """Write the site to DIR: a new folder, an empty one, or one with an earlier export."""
    schedule = load_schedule(path)
    fingerprint = input_fingerprint(schedule, site_url)
    result = check_up_to_date(folder, fingerprint)
    if result is None:
        site = build_site(schedule, site_url)
        check = partial(_check_changes, site=site, schedule=schedule, folder=folder, force=force)
        result = export_site(site, site_url, folder, check, fingerprint)
    print_schedule_warnings(schedule)
    counts = f"{result.written} written, {result.unchanged} unchanged, {result.removed} removed"
    click.echo(f"{folder}: {counts}")


def _check_changes(
    exported: Mapping[str, bytes], site: Site, schedule: Schedule, folder: Path, *, force: bool
) -> None:
    """Raise UnannouncedChangeError if some calendar apps would not show a change.

    Changed texts alone are warnings; with ``force``, everything is.
    """
    feeds = {path: body for path, body in exported.items() if FEED_PATH.fullmatch(path)}
    if is_unchanged(feeds, site):
        return
    readable, damaged = split_readable(feeds)
    differences = compare_site(readable, site, schedule)
    errors = format_issues(differences, schedule, utc_now())
    if errors and not force:
        lines = [
            f"{folder}: export refused, because some calendar apps would not show these changes:",
            *(f"  {message}. {hint}" for message, hint in errors),
            "  Use --force to export anyway.",
        ]
        raise UnannouncedChangeError("\n".join(lines))
    issues = format_issues(differences, schedule, utc_now(), with_warnings=True)
    print_warnings(f"{folder}{path}: damaged, not compared" for path in damaged)
    print_warnings(f"{folder}: {message}. {hint}" for message, hint in issues)
