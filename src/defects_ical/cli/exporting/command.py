"""The command ``export``: write the site to a folder."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import Any

import click

from defects_ical.cli.options import SCHEDULE_OPTION, parse_site_url
from defects_ical.content.links.site_url import SiteURL
from defects_ical.export.manifest import check_up_to_date
from defects_ical.site.fingerprint import input_fingerprint


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
def export(folder: Path, path: Path, site_url: SiteURL, **options: Any) -> None:
    """Write the site to DIR: a new folder, an empty one, or one with an earlier export.

    Of a folder of schedules, only the shows that have changed are built.
    """
    found = check_up_to_date(folder, partial(_identify_inputs, path, site_url))
    if found:
        result = str(found)
    else:
        from defects_ical.cli.exporting.runs import (  # noqa: PLC0415 - slow, and often not needed
            ExportOptions,
            run_export,
        )

        result = run_export(folder, path, ExportOptions(site_url, **options))
    click.echo(f"{folder}: {result}")


def _identify_inputs(path: Path, site_url: SiteURL, picture: str | None) -> str | None:
    """Return the fingerprint of a schedule file and its picture; None if they cannot be read."""
    try:
        # A pipe can be read only once.
        if not path.is_file():
            return None
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        content = path.with_name(picture).read_bytes() if picture else None
    except (OSError, ValueError):
        # A damaged manifest may have a path in place of a name.
        return None
    return input_fingerprint(digest, content, site_url)
