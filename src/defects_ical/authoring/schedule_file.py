"""Create the schedule file of a new show from answers, checked before it appears."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from defects_ical import errors
from defects_ical.authoring.answers import PlatformAnswer, ShowAnswers, check_answers, find_option
from defects_ical.model.schedule import Schedule
from defects_ical.model.yaml_writer import quote_scalar, write_flow, write_scalar
from defects_ical.render.templates import get_template
from defects_ical.schedule.loader import load_schedule
from defects_ical.timezones.conversion import TIMEZONE_NAMES, format_local

SCHEMA_FILE: Final = "schedule.schema.json"
EXAMPLE_CHANGES: Final = 5
"""How many entries of a change log the template shows."""

_TEXT_KEYS: Final = frozenset({"name", "region", "url"})


def create_schedule(path: Path, answers: ShowAnswers, uid: UUID, now: datetime) -> Schedule:
    """Write a new schedule to ``path`` and return it.

    ``uid`` becomes the show's identity, ``now`` (UTC) the time of publication. Raises OptionError
    for answers that make no valid schedule, and ScheduleFileError if the file exists or the
    system refuses to create it; then nothing is written.
    """
    with _temporary_draft(path) as draft:
        text = _render(answers, uid, now, has_schema=(path.parent / SCHEMA_FILE).exists())
        schedule = _load_draft(draft, text, answers)
        # Unlike a rename, a link never replaces a file, even one created in the meantime.
        os.link(draft, path)
        return schedule


@contextmanager
def _temporary_draft(path: Path) -> Iterator[Path]:
    """Provide a path on the file system of ``path``, and remove what is there afterwards.

    Turns every OSError of the block into ScheduleFileError.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=".defects-ical-", dir=path.parent) as folder:
            yield Path(folder) / "schedule.yaml"
    except FileExistsError:
        raise errors.ScheduleFileError(f"{path}: already exists. Choose another file.") from None
    except FileNotFoundError:
        message = f"{path.parent}: this folder does not exist. Create it first."
        raise errors.ScheduleFileError(message) from None
    except OSError as error:
        message = f"{path}: {os.strerror(error.errno or 0)}. Fix this, or choose another file."
        raise errors.ScheduleFileError(message) from None


def _load_draft(draft: Path, text: str, answers: ShowAnswers) -> Schedule:
    """Write the draft to disk and load it; raise OptionError if it is not valid."""
    if problems := tuple(check_answers(answers)):
        raise errors.OptionError(problems)
    with draft.open("xb") as stream:
        stream.write(text.encode())
        stream.flush()
        os.fsync(stream.fileno())
    try:
        return load_schedule(draft)
    except errors.ScheduleError as error:
        raise errors.OptionError(tuple(_to_option_problems(error.problems, answers))) from None


def _render(answers: ShowAnswers, uid: UUID, now: datetime, *, has_schema: bool) -> str:
    zone = answers.timezone if answers.timezone in TIMEZONE_NAMES else "UTC"
    times = (now + timedelta(minutes=n) for n in range(EXAMPLE_CHANGES + 1))
    published, *at = (format_local(each, zone) for each in times)
    return get_template("schedule.yaml").render(
        schema=has_schema,
        uid=uid,
        slug=write_scalar(answers.resolve_slug()),
        title=quote_scalar(answers.title),
        timezone=write_scalar(answers.timezone),
        published=published,
        premiere=write_scalar(answers.premiere),
        weekdays=", ".join(map(write_scalar, answers.split_weekdays())),
        time=write_scalar(answers.time),
        runtime=write_scalar(answers.runtime),
        episodes=write_scalar(answers.episodes),
        platforms=[_write_platform(each) for each in answers.parse_platforms()],
        at=at,
    )


def _write_platform(platform: PlatformAnswer) -> str:
    values = {
        key: quote_scalar(value) if key in _TEXT_KEYS else write_scalar(value)
        for key, value in platform.entries
    }
    return f"{write_scalar(platform.key)}: {write_flow(values)}"


def _to_option_problems(
    problems: tuple[errors.Problem, ...], answers: ShowAnswers
) -> Iterator[errors.Problem]:
    """Yield the problems of the file as problems of the options that it was made from."""
    title_is_wrong = any(problem.key_path == "show.title" for problem in problems)
    for problem in problems:
        location = errors.SourceLocation(find_option(problem.key_path, answers))
        if problem.key_path != "show.slug" or answers.slug is not None:
            yield errors.Problem(location, "", problem.message, _write_hint(problem))
        elif not title_is_wrong:
            message = "a slug cannot be made from a title without a letter from a to z"
            yield errors.Problem(location, "", message, "Choose one, like `my-show`.")


def _write_hint(problem: errors.Problem) -> str:
    """Return a hint that names options instead of keys of the file."""
    match problem.code, problem.details:
        case errors.ProblemCode.MISSING_KEY, (key, example):
            return f"Add it, for example `{key}={example}`."
        case errors.ProblemCode.PREMIERE_WEEKDAY, (nearest,):
            return f"Use `{nearest}`, or add the day with `--weekday`."
        case errors.ProblemCode.RULE_TIME, _:
            return "Use a time that occurs once on every day, then move this episode in `changes`."
        case _:
            return problem.hint
