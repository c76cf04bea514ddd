"""The options that commands share."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from defects_ical.content.links.site_url import SiteURL
from defects_ical.errors import SiteURLError

Command = TypeVar("Command", bound=Callable[..., Any])

DEFAULT_SCHEDULE: Final = Path("schedule.yaml")

# An option that a variable may set (``envvar``), as its help says.
variable_option: Final = partial(click.option, show_envvar=True)


def schedule_option(
    metavar: str, text: str, envvar: str | None = None
) -> Callable[[Command], Command]:
    """Return the option ``--schedule`` of a command, and of which variable it takes its default."""
    return variable_option(
        "--schedule",
        "path",
        type=click.Path(readable=False, path_type=Path),
        default=DEFAULT_SCHEDULE,
        metavar=metavar,
        help=text,
        envvar=envvar,
    )


SCHEDULE_OPTION: Final = schedule_option(
    "FILE|DIR",
    "The schedule to read, or a folder with a schedule for each show.",
    "DEFECTS_ICAL_SCHEDULE",
)


def parse_site_url(_: click.Context, __: click.Parameter, value: str | None) -> SiteURL | None:
    """Parse the value of an option, if it is given. Report one that is no URL as a usage error."""
    try:
        return None if value is None else SiteURL.parse(value)
    except SiteURLError as error:
        raise click.BadParameter(str(error)) from None
