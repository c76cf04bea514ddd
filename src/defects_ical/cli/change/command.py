"""The command ``change``: append an entry to the change log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import click

from defects_ical.authoring.changes.answers import ACTIONS, ChangeAnswers
from defects_ical.authoring.changes.edit import ScheduleEdit, edit_schedule
from defects_ical.cli.change.dialogue import ask_change
from defects_ical.cli.check.comparison import print_changes
from defects_ical.cli.console import print_warnings
from defects_ical.cli.options import SCHEDULE_OPTION
from defects_ical.cli.questions import confirm_writing, is_interactive
from defects_ical.cli.schedule_output import print_new_warnings, utc_now
from defects_ical.cli.schedules.completion import complete_from, list_words
from defects_ical.cli.schedules.edited_schedule import SHOW_OPTION, find_schedule
from defects_ical.compare.preview import preview_edit
from defects_ical.errors import OptionError, Problem, SourceLocation
from defects_ical.model.changes import Status
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.expansion import expand_episodes


@click.command(short_help="Record what happened to episodes.")
@click.argument(
    "episodes", nargs=-1, metavar="[EPISODES]...", shell_complete=complete_from(list_words)
)
@click.option("--move", metavar="DATE[THH:MM]", help="The new local date and time of an episode.")
@click.option(
    "--shift", metavar="AMOUNT", help="A difference in time: 1w, -2d, 1h30m, or 1slot of the rule."
)
@click.option("--time", metavar="HH:MM", help="The new local hour. The dates stay.")
@click.option("--postpone", is_flag=True, help="Postponed without a new date.")
@click.option(
    "--status",
    metavar="STATUS",
    shell_complete=complete_from(lambda _: get_args(Status)),
    help="The new status: confirmed, tentative, postponed or cancelled.",
)
@click.option("--runtime", metavar="MINUTES", help="The new length.")
@click.option("--note", metavar="TEXT", help="What else changed. Subscribers read it.")
@click.option("--reason", metavar="TEXT", help="Why. Subscribers read it: no spoilers.")
@click.option(
    "--platform",
    metavar="ID",
    shell_complete=complete_from(lambda schedule: schedule.platforms),
    help="The only platform that it is about.",
)
@click.option("--yes", is_flag=True, help="Do not ask before writing.")
@SCHEDULE_OPTION
@SHOW_OPTION
def change(
    path: Path, show: str | None, episodes: tuple[str, ...], *, yes: bool, **options: Any
) -> None:
    """Append an entry to `changes` of the schedule, so that calendar apps take up what happened.

    EPISODES are numbers, ranges (6-8), seasons (s02), ids of specials, or all. Without any, on a
    terminal, the command asks.
    """
    answers = _read_options(episodes, **options)
    file = find_schedule(path, show)
    with edit_schedule(file.path, file.load) as edit:
        answers = answers or ask_change(edit, utc_now())
        _append(edit, file.path, answers, is_confirmed=yes)


def _read_options(
    episodes: tuple[str, ...], *, postpone: bool, status: str | None, **options: str | None
) -> ChangeAnswers | None:
    """Return the answers that were given as options; None if there are none to be asked for."""
    if postpone and status:
        raise click.UsageError("--postpone is --status postponed. Use one of the two.")
    status = "postponed" if postpone else status
    answers = ChangeAnswers(episodes, status=status, **options)
    given = [name for name in (*ACTIONS, "reason", "platform") if getattr(answers, name)]
    if not episodes and not given and is_interactive():
        return None
    if not episodes:
        example = "defects-ical change 5 --shift 1w"
        raise click.UsageError(f"Which episodes? Name them, for example: {example}")
    if not any(getattr(answers, name) is not None for name in ACTIONS):
        options_text = ", ".join(f"--{name}" for name in ("postpone", *ACTIONS))
        raise click.UsageError(f"What happened to {' '.join(episodes)}? Use one of {options_text}.")
    return answers


def _append(edit: ScheduleEdit, path: Path, answers: ChangeAnswers, *, is_confirmed: bool) -> None:
    now = utc_now()
    proposed = edit.propose(answers, now)
    report = preview_edit(edit.schedule, proposed.schedule, now)
    print_changes(report)
    if answers.note is None and {row.cells[1] for row in report.rows} <= {"text changed"}:
        raise OptionError((_describe_same(answers),))
    click.echo(f"- {proposed.text}")
    print_warnings(_find_past(edit.schedule, proposed.schedule, now))
    print_new_warnings(edit.schedule, proposed.schedule)
    if is_confirmed or confirm_writing(f"Append this to {path}?"):
        proposed.write()
        click.echo(f"{path}: entry appended")


def _describe_same(answers: ChangeAnswers) -> Problem:
    """Return the problem that nothing would change but the list of changes."""
    location = SourceLocation(" ".join(answers.episodes))
    message = "the time, the length and the status are the same already"
    return Problem(location, "", message, "Use `--note` to announce another change.")


def _find_past(before: Schedule, after: Schedule, now: datetime) -> Iterator[str]:
    """Yield a warning for each upcoming episode that would start in the past."""
    planned = {each.id: each.start for each in expand_episodes(before)}
    for each in expand_episodes(after):
        start = planned[each.id]
        is_over = start is not None and start < now
        if each.start and each.start < now and not is_over:
            slot = each.slot.isoformat()
            yield f"{each.name} would start in the past, on {slot}. Check the year."
