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
    show_default=True,
    metavar="FILE",
    help="The schedule to read.",
)


class SiteURLParameter(click.ParamType[SiteURL]):
    """An http or https URL, with or without a path."""

    name = "url"

    def convert(
        self, value: str | SiteURL, param: click.Parameter | None, ctx: click.Context | None
    ) -> SiteURL:
        """Return the URL of the site; a value that is none is a usage error."""
        if isinstance(value, SiteURL):
            return value
        try:
            return SiteURL.parse(value)
        except SiteURLError as error:
            self.fail(str(error), param, ctx)
