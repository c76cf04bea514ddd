"""Update a schedule from its own source: show what would change, ask, and write."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import click

from defects_ical.authoring.locked_file import LockedFile, lock_file
from defects_ical.authoring.updates.update import ProposedUpdate, propose_update
from defects_ical.cli.check.comparison import print_changes
from defects_ical.cli.importing.sources import SourceOptions, open_source_of
from defects_ical.cli.questions import confirm_writing
from defects_ical.cli.schedule_output import utc_now
from defects_ical.cli.schedules.edited_schedule import EditedFile
from defects_ical.compare.preview import preview_edit
from defects_ical.errors import ScheduleFileError
from defects_ical.model.yaml.reader import read_content

# A command that a question suggests.
_CHANGE_COMMAND: Final = re.compile(r"(`defects-ical change [^`]*)`")


def update_schedule(
    file: EditedFile, options: SourceOptions, timezone: str | None, *, is_confirmed: bool
) -> None:
    """Update a schedule from its source; unless ``is_confirmed``, ask before it is written.

    Raises ListingError if the schedule names no source, or if it cannot be read, and
    ScheduleFileError if the edits have to be made by hand.
    """
    content = read_content(file.path)
    schedule = file.load(content)
    # Before the lock: others must not wait for a slow source.
    listing = open_source_of(schedule, options)(timezone or schedule.timezone)
    with lock_file(file.path) as locked:
        if locked.content != content:
            message = "the file was changed in the meantime. Run the command again."
            raise ScheduleFileError(f"{file.path}: {message}")
        now = utc_now()
        proposed = propose_update(schedule, str(file.path), locked.content, listing, file.load, now)
        _print_proposal(proposed, file)
        if proposed.by_hand:
            raise ScheduleFileError(_explain_by_hand(file.path, proposed))
        if proposed.content is None or proposed.schedule is None:
            click.echo(f"{file.path}: up to date")
            return
        print_changes(preview_edit(schedule, proposed.schedule, now))
        _write(locked, proposed.content, is_confirmed=is_confirmed)


def _print_proposal(proposed: ProposedUpdate, file: EditedFile) -> None:
    for action in proposed.actions:
        click.echo(f"- {action}")
    for question in proposed.questions:
        completed = _CHANGE_COMMAND.sub(lambda found: f"{found[1]}{file.options}`", question)
        click.secho(f"? {completed}", fg="yellow")


def _explain_by_hand(path: Path, proposed: ProposedUpdate) -> str:
    """Return the lines to paste, and where."""
    message = f"{path}: the edits cannot be inserted without changing other values; nothing was"
    return "\n".join((f"{message} written. Make them by hand:", *proposed.by_hand))


def _write(locked: LockedFile, content: bytes, *, is_confirmed: bool) -> None:
    if is_confirmed or confirm_writing(f"Write this to {locked.path}?"):
        locked.replace(content)
        click.echo(f"{locked.path}: updated")
