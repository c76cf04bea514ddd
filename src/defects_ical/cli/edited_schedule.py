"""Find the schedule that a command edits: a file, or one show of a folder."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import click

from defects_ical.authoring.changes.edit import Load
from defects_ical.cli.completion import complete_from
from defects_ical.schedule.loader import load_schedule
from defects_ical.shows.loader import load_folder, load_show
from defects_ical.text.suggestions import closest_match

SHOW_OPTION: Final = click.option(
    "--show",
    metavar="SLUG",
    shell_complete=complete_from(lambda schedule: (schedule.show.slug,)),
    help="The show, in a folder of schedules.",
)


class EditedFile(NamedTuple):
    """The path of a schedule, and how it is loaded."""

    path: Path
    load: Load


def find_schedule(path: Path, show: str | None) -> EditedFile:
    """Return the schedule at a path, or that of a show in the folder at the path.

    Raises ScheduleError if the folder is not valid, and a usage error for a show that is not there.
    """
    if not path.is_dir():
        if show is not None:
            raise click.UsageError("--show is for a folder of schedules.")
        return EditedFile(path, lambda content: load_schedule(path, content=content))
    folder = load_folder(path)
    files = {
        each.show.slug: Path(each.problem((), "", "").location.file) for each in folder.schedules
    }
    if show not in files:
        raise click.UsageError(_explain_unknown(show, tuple(files)))
    file = files[show]
    return EditedFile(file, partial(load_show, file, folder.settings))


def _explain_unknown(show: str | None, slugs: tuple[str, ...]) -> str:
    known = f"The shows are {', '.join(slugs)}."
    if show is None:
        return f"This is a folder of schedules. Use --show SLUG. {known}"
    closest = closest_match(show, slugs)
    hint = f"Use --show {closest}." if closest else known
    return f"There is no show {show} in the folder. {hint}"
