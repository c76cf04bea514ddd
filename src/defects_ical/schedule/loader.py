"""Load a schedule file: a checked Schedule, or every problem in it."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, TypeAlias

from pydantic import ValidationError

from defects_ical.errors import Problem, ScheduleError
from defects_ical.model.pydantic_errors import to_problems
from defects_ical.model.schedule import FileContext, Schedule, read_languages
from defects_ical.model.yaml.reader import Document, Plain, parse_yaml, read_yaml
from defects_ical.schedule.expansion import expand_schedule
from defects_ical.schedule.validation.airing import check_totals
from defects_ical.schedule.validation.rules import validate

MAX_PICTURE_BYTES: Final = 2_000_000
PICTURE_SIZE: Final = (1200, 630)
PNG_START: Final = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


Completion: TypeAlias = Callable[[Document], Document]
"""Adds to a schedule what stands in another file; may raise ScheduleError."""


def load_schedule(
    path: Path,
    complete: Completion | None = None,
    content: bytes | None = None,
    *,
    needs_picture: bool = True,
) -> Schedule:
    """Load the schedule in the file at ``path``; its episodes can be expanded.

    With ``content`` it is loaded as if the file had these bytes.

    Raises ScheduleError with all field errors, or, if there are none, with all violations of
    rules across fields. ``complete`` is called before any of these checks. If the picture is yet
    to be made, the schedule does not need it.
    """
    document = read_yaml(path) if content is None else parse_yaml(str(path), content)
    if complete:
        document = complete(document)
    picture = _read_picture(path.parent, document.root)
    languages = read_languages(document.root)
    context = FileContext(document.locations, picture, document.digest, languages)
    try:
        schedule = Schedule.model_validate(document.root, context=context)
    except ValidationError as error:
        raise ScheduleError((*document.problems, *to_problems(error, document.locations))) from None
    found = (*(_check_picture(schedule) if needs_picture else ()), *_find_problems(schedule))
    if problems := (*document.problems, *found):
        raise ScheduleError(problems)
    return schedule


def _find_problems(schedule: Schedule) -> Iterator[Problem]:
    if totals := [*check_totals(schedule)]:
        # All else would list the episodes one by one.
        yield from totals
        return
    yield from validate(schedule)
    try:
        expand_schedule(schedule)
    except ScheduleError as error:
        yield from error.problems


def _read_picture(folder: Path, raw: Plain) -> bytes | None:
    """Return the start of the picture file that an unchecked schedule names, if readable."""
    show = raw.get("show") if isinstance(raw, dict) else None
    name = show.get("picture") if isinstance(show, dict) else None
    if not isinstance(name, str) or "/" in name or "\0" in name:
        return None
    try:
        # Opening a pipe would wait for a writer.
        if not (folder / name).is_file():
            return None
        with (folder / name).open("rb") as stream:
            return stream.read(MAX_PICTURE_BYTES + 1)
    except OSError:
        return None


def _check_picture(schedule: Schedule) -> Iterator[Problem]:
    name, content, key_path = schedule.show.picture, schedule.picture, ("show", "picture")
    if name is None:
        return
    if content is None:
        hint = "Put the file next to the schedule."
        yield schedule.problem(key_path, f"`{name}` cannot be read", hint)
    elif not content.startswith(PNG_START) or len(content) > MAX_PICTURE_BYTES:
        message = f"`{name}` is not a PNG of at most 2 MB"
        yield schedule.problem(key_path, message, "Save the picture as one.")
    else:
        size = struct.unpack_from(">II", content.ljust(24), len(PNG_START))
        if size != PICTURE_SIZE:
            message = f"`{name}` has {size[0]} by {size[1]} pixels"
            yield schedule.problem(key_path, message, "Use a picture of 1200 by 630 pixels.")
