"""Load a schedule file: a checked Schedule, or every problem in it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeAlias

from pydantic import ValidationError

from defects_ical.errors import Problem, ScheduleError
from defects_ical.schedule.episodes import expand_episodes
from defects_ical.schedule.model import KEY_MARK, FileContext, KeyPath, Schedule
from defects_ical.schedule.pydantic_errors import to_problems
from defects_ical.schedule.validation import validate
from defects_ical.schedule.yaml_reader import (
    Mapping,
    Scalar,
    Sequence,
    Value,
    ValueLocation,
    read_yaml,
)

MAX_PICTURE_BYTES: Final = 2_000_000
PICTURE_SIZE: Final = (1200, 630)
PNG_START: Final = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"

Plain: TypeAlias = "str | list[Plain] | dict[str, Plain]"


def load_schedule(path: Path) -> Schedule:
    """The schedule in the file at ``path``, complete, consistent, and ready to be expanded.

    Raises ScheduleError with every problem of the file, each with its place and its mend.
    """
    document = read_yaml(path)
    locations, picture = dict(_locations(document.root, ())), _picture(path.parent, document.root)
    origin = FileContext(locations, picture, document.digest)
    try:
        schedule = Schedule.model_validate(_plain(document.root), context=origin)
    except ValidationError as error:
        problems = (*document.problems, *to_problems(error, locations))
        raise ScheduleError(problems) from None
    problems = (*document.problems, *_find_problems(schedule))
    if problems:
        raise ScheduleError(problems)
    return schedule


def _find_problems(schedule: Schedule) -> Iterator[Problem]:
    yield from validate(schedule)
    yield from _picture_problems(schedule)
    yield from _check_expansion(schedule)


def _check_expansion(schedule: Schedule) -> tuple[Problem, ...]:
    try:
        expand_episodes(schedule)
    except ScheduleError as error:
        return error.problems
    return ()


def _picture(folder: Path, root: Value) -> bytes | None:
    """The content of the picture that the document names, if it can be read."""
    plain = _plain(root)
    show = plain.get("show") if isinstance(plain, dict) else None
    name = show.get("picture") if isinstance(show, dict) else None
    if not isinstance(name, str) or "/" in name or "\0" in name:
        return None
    try:
        with (folder / name).open("rb") as stream:
            return stream.read(MAX_PICTURE_BYTES + 1)
    except OSError:
        return None


def _picture_problems(schedule: Schedule) -> Iterator[Problem]:
    name, content, key_path = schedule.show.picture, schedule.picture, ("show", "picture")
    if name is None:
        return
    if content is None:
        yield schedule.problem(key_path, f"`{name}` cannot be read", "put it beside this file")
    elif not content.startswith(PNG_START) or len(content) > MAX_PICTURE_BYTES:
        yield schedule.problem(key_path, f"`{name}` is no PNG of up to 2 MB", "save it as such")
    else:
        size = struct.unpack_from(">II", content.ljust(24), len(PNG_START))
        if size != PICTURE_SIZE:
            message = f"`{name}` has {size[0]} by {size[1]} pixels"
            yield schedule.problem(key_path, message, "make it 1200 by 630")


def _plain(value: Value) -> Plain:
    match value:
        case Scalar():
            return value.text
        case Sequence():
            return [_plain(item) for item in value.items]
        case Mapping():
            return {key.text: _plain(item) for key, item in value.entries}


def _locations(value: Value, key_path: KeyPath) -> Iterator[tuple[KeyPath, ValueLocation]]:
    yield key_path, ValueLocation(value.location, value.key_path)
    match value:
        case Sequence():
            for index, item in enumerate(value.items):
                yield from _locations(item, (*key_path, index))
        case Mapping():
            for key, item in value.entries:
                yield (*key_path, key.text, KEY_MARK), ValueLocation(key.location, key.key_path)
                yield from _locations(item, (*key_path, key.text))
