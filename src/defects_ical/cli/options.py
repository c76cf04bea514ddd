"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from defects_ical.content.site_url import SiteURL
from defects_ical.errors import SiteURLError

DEFAULT_SCHEDULE: Final = Path("schedule.yaml")
SCHEDULE_OPTION: Final = click.option(
    "--schedule",
    "path",
    type=click.Path(readable=False, path_type=Path),
    default=DEFAULT_SCHEDULE,
    metavar="FILE",
    help="The schedule to read.",
)


def parse_site_url(_: click.Context, __: click.Parameter, value: str | None) -> SiteURL | None:
    """Parse the value of an option, if it is given. Report one that is no URL as a usage error."""
    try:
        return None if value is None else SiteURL.parse(value)
    except SiteURLError as error:
        raise click.BadParameter(str(error)) from None
