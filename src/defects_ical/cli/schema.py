"""The command ``schema``: print the schedule's format for editors."""

from __future__ import annotations

import json

import click

from defects_ical.model.schedule import build_json_schema


@click.command(short_help="Print the JSON Schema of a schedule.")
def schema() -> None:
    """Print the JSON Schema of the schedule's format, for editors."""
    click.echo(json.dumps(build_json_schema(), indent=2, ensure_ascii=False))
