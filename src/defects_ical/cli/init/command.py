"""The command ``init``: create a schedule for another show."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any, Final

import click

from defects_ical.authoring.answers import ShowAnswers
from defects_ical.authoring.new_file import check_is_new
from defects_ical.authoring.schedule_file import create_schedule
from defects_ical.cli.init.dialogue import ask_show
from defects_ical.cli.options import DEFAULT_SCHEDULE
from defects_ical.cli.questions import is_interactive
from defects_ical.cli.schedule_output import print_next_commands, utc_now
from defects_ical.cli.schedules.completion import complete_timezone
from defects_ical.model.schedule import Schedule
from defects_ical.text.english import count_noun

# The options without which there is no schedule, and what their values are called.
REQUIRED: Final = ("title", "premiere", "timezone", "platform")
NAMES: Final = {"platform": "platforms"}


@click.command(short_help="Create a schedule for another show.")
@click.argument("path", type=click.Path(path_type=Path), default=DEFAULT_SCHEDULE, metavar="[FILE]")
@click.option("--title", help="The title of the show.")
@click.option(
    "--premiere",
    metavar="YYYY-MM[-DD]",
    help="The date of the first episode; a month or a year if no more is known.",
)
@click.option(
    "--time",
    metavar="HH:MM",
    help="The local time at which it airs, up to 29:59. Without it, the hour is not known.",
)
@click.option(
    "--timezone",
    metavar="ZONE",
    shell_complete=complete_timezone,
    help="Its IANA time zone, such as America/New_York.",
)
@click.option(
    "--episodes",
    metavar="N[-M]",
    help="The number of episodes, or their numbers, such as 7250-7289; 1 for a film.",
)
@click.option(
    "--platform",
    "platforms",
    multiple=True,
    metavar="NAME[,KEY=VALUE…]",
    help="A channel or service that shows it. Repeat the option for each. The keys are kind "
    "(television, streaming or cinema), region, url, delay (minutes after the broadcast) and id.",
)
@click.option(
    "--weekday",
    "weekdays",
    multiple=True,
    metavar="DAY[,DAY…]",
    help="The weekdays on which it airs, such as sunday, or 'friday 21:50,saturday 21:40'. "
    "Without any, all episodes come on the date of the premiere.",
)
@click.option("--together", metavar="N", help="How many episodes are released at once.")
@click.option(
    "--runtime",
    metavar="MINUTES",
    help="The length of an episode.",
    show_default="60, if an hour is known",
)
@click.option("--slug", help="The word in every URL.", show_default="made from the title")
def init(path: Path, **options: Any) -> None:
    """Create a commented schedule for another show in FILE, by default schedule.yaml.

    FILE must not exist. Without options, on a terminal, the command asks.
    """
    uid, now = uuid.uuid4(), utc_now()
    answers = _read_options(options)
    if answers is None:
        check_is_new(path)
        answers = ask_show(uid, now)
    schedule = create_schedule(path, answers, uid, now)
    click.echo(f"{path}: {schedule.show.title}, {_describe_plan(schedule)}")
    click.echo("Never change its `uid`. Complete the file as its comments say, then run:")
    print_next_commands(path)


def _read_options(options: dict[str, Any]) -> ShowAnswers | None:
    """Return the answers that were given as options; None if there are none to be asked for."""
    given = {name for name, value in options.items() if value not in {None, ()}}
    if not given and is_interactive():
        return None
    if missing := [f"--{name}" for name in REQUIRED if NAMES.get(name, name) not in given]:
        raise click.UsageError(f"Missing option '{missing[0]}'.")
    return ShowAnswers(**options)


def _describe_plan(schedule: Schedule) -> str:
    """Return how many episodes there are, and when: "6 episodes from 2025-10-12"."""
    if not schedule.airing:
        return f"a film on {schedule.specials[0].airs.day}"
    (block,) = schedule.airing
    count = count_noun(block.count, "episode")
    if block.period:
        known = f"{count} announced" if block.count else "announced"
        return f"{known} for {block.period.isoformat()}"
    return f"{count} from {block.premiere}" if block.weekdays else f"{count} on {block.premiere}"
