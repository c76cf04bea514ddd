"""The command line: every command, and what happens to errors."""

from __future__ import annotations

import json
from typing import Final

import click

from defects_ical import __version__
from defects_ical.cli.change.command import change
from defects_ical.cli.check.command import check
from defects_ical.cli.console import ErrorHandlingGroup
from defects_ical.cli.doctor import doctor
from defects_ical.cli.export import export
from defects_ical.cli.init.command import init
from defects_ical.cli.picture import picture
from defects_ical.cli.serve import serve
from defects_ical.model.schedule import build_json_schema

SETTINGS: Final = {"help_option_names": ["-h", "--help"], "show_default": True}


@click.group(cls=ErrorHandlingGroup, context_settings=SETTINGS)
@click.version_option(__version__, prog_name="defects-ical")
def main() -> None:
    """Publish the episodes of a TV series as calendar feeds."""


@click.command(short_help="Print the JSON Schema of a schedule.")
def schema() -> None:
    """Print the JSON Schema of the schedule's format, for editors."""
    click.echo(json.dumps(build_json_schema(), indent=2, ensure_ascii=False))


for command in (change, check, doctor, export, init, picture, schema, serve):
    main.add_command(command)
