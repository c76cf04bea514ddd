"""The command ``init``: create a schedule for another show."""

from __future__ import annotations

import shlex
import uuid
from pathlib import Path
from typing import Any

import click

from defects_ical.authoring.answers import ShowAnswers
from defects_ical.authoring.schedule_file import create_schedule
from defects_ical.cli.console import DEFAULT_SCHEDULE, utc_now
from defects_ical.text.english import count_noun


@click.command(short_help="Create a schedule for another show.")
@click.argument("path", type=click.Path(path_type=Path), default=DEFAULT_SCHEDULE, metavar="[FILE]")
@click.option("--title", required=True, help="The title of the show.")
@click.option(
    "--premiere", required=True, metavar="YYYY-MM-DD", help="The date of the first episode."
)
@click.option("--time", required=True, metavar="HH:MM", help="The local time at which it airs.")
@click.option(
    "--timezone",
    required=True,
    metavar="ZONE",
    help="Its IANA time zone, such as America/New_York.",
)
@click.option(
    "--episodes", required=True, metavar="N", help="The number of episodes, 1 for a film."
)
@click.option(
    "--platform",
    "platforms",
    required=True,
    multiple=True,
    metavar="NAME[,KEY=VALUE…]",
    help="A channel or service that shows it. Repeat the option for each. The keys are kind "
    "(television or streaming), region, url, delay (minutes after the broadcast) and id.",
)
@click.option(
    "--weekday",
    "weekdays",
    multiple=True,
    metavar="DAY[,DAY…]",
    help="The weekdays on which it airs, such as monday,tuesday.",
    show_default="the weekday of the premiere",
)
@click.option("--runtime", default="60", metavar="MINUTES", help="The length of an episode.")
@click.option("--slug", help="The word in every URL.", show_default="made from the title")
def init(path: Path, **answers: Any) -> None:
    """Create a commented schedule for another show in FILE, by default schedule.yaml.

    FILE must not exist.
    """
    schedule = create_schedule(path, ShowAnswers(**answers), uuid.uuid4(), utc_now())
    airing = schedule.airing
    count = count_noun(airing.episodes, "episode")
    click.echo(f"{path}: {schedule.show.title}, {count} from {airing.premiere}")
    click.echo("Never change its `uid`. Complete the file as its comments say, then run:")
    option = "" if path == DEFAULT_SCHEDULE else f" --schedule {shlex.quote(str(path))}"
    for command in ("check", "serve", "export public --url URL"):
        click.echo(f"  defects-ical {command}{option}")
