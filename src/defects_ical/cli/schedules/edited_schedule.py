"""Find the schedule that a command edits: a file, or one show of a folder."""

from __future__ import annotations

import shlex
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import click

from defects_ical.authoring.changes.edit import Load
from defects_ical.cli.options import DEFAULT_SCHEDULE
from defects_ical.cli.schedules.completion import complete_from
from defects_ical.errors import Problem, ScheduleError
from defects_ical.shows.file_state import is_folder
from defects_ical.shows.folder import scan_folder
from defects_ical.shows.loader import load_alone, load_show
from defects_ical.shows.settings import load_settings
from defects_ical.text.suggestions import closest_match

SHOW_OPTION: Final = click.option(
    "--show",
    metavar="SLUG",
    shell_complete=complete_from(lambda schedule: (schedule.show.slug,)),
    help="The show, in a folder of schedules.",
)


class EditedFile(NamedTuple):
    """The path of a schedule, how it is loaded, and the options by which a command finds it."""

    path: Path
    load: Load
    options: str


def find_schedule(path: Path, show: str | None) -> EditedFile:
    """Return the schedule at a path, or that of a show in the folder at the path.

    A schedule may use the platforms that `site.yaml` in its folder shares. Other shows of a folder
    need not be valid. Raises ScheduleError if no show can be found because of that, and a usage
    error for a show that is not there.
    """
    option = "" if path == DEFAULT_SCHEDULE else f" --schedule {shlex.quote(str(path))}"
    if not is_folder(path):
        if show is not None:
            raise click.UsageError("--show is for a folder of schedules.")
        return EditedFile(path, partial(load_alone, path), option)
    settings, files, problems = load_settings(path), dict[str, Path](), list[Problem]()
    for name in scan_folder(path).schedules:
        try:
            files[load_show(path / name, settings).show.slug] = path / name
        except ScheduleError as error:
            problems += error.problems
    if show not in files:
        if problems:
            raise ScheduleError(tuple(problems))
        raise click.UsageError(_explain_unknown(show, tuple(sorted(files))))
    load = partial(load_show, files[show], settings)
    return EditedFile(files[show], load, f"{option} --show {show}")


def _explain_unknown(show: str | None, slugs: tuple[str, ...]) -> str:
    known = f"The shows are {', '.join(slugs)}."
    if show is None:
        return f"This is a folder of schedules. Use --show SLUG. {known}"
    closest = closest_match(show, slugs)
    hint = f"Use --show {closest}." if closest else known
    return f"There is no show {show} in the folder. {hint}"
