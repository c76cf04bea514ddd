"""Load a schedule file: a checked Schedule, or every problem in it."""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeAlias

from pydantic import ValidationError

from defects_ical.errors import Problem, ScheduleError, SourceLocation
from defects_ical.schedule.episodes import expand_episodes
from defects_ical.schedule.model import KEY_MARK, FileContext, KeyPath, Schedule
from defects_ical.schedule.pydantic_errors import MAX_PROBLEMS, to_problems
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
Locations: TypeAlias = dict[KeyPath, ValueLocation]
Edits: TypeAlias = dict[KeyPath, Value | None]
Entries: TypeAlias = dict[str, tuple[Scalar, Value]]

# Stands in for a required value that is missing or wrong, so that the rest is still checked.
STAND_IN: Final[Plain] = {
    "format": "1",
    "show": {"uid": "6f1f4c2e-8c57-4f0e-9b53-5a0f3f5f7c11", "slug": "show", "title": "Show"},
    "timezone": "UTC",
    "published": "1973-01-01T00:00:00+00:00",
    "airing": {
        "premiere": "2025-07-21",
        "weekdays": ["monday"],
        "time": "23:00",
        "runtime": "60",
        "episodes": "1",
    },
    "platforms": {"stand-in": {"name": "Name", "kind": "television", "region": "Region"}},
}

# What single episodes are made of.
EXPANDED: Final = ("timezone", "published", "airing", "specials")


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
        found = (*document.problems, *to_problems(error, origin.locations))
        few = error.error_count() <= MAX_PROBLEMS
        rest = _problems_of_the_rest(document.root, origin) if few else ()
        raise ScheduleError((*found, *rest)) from None
    problems = (*document.problems, *_validate(schedule), *_check_expansion(schedule))
    if problems:
        raise ScheduleError(problems)
    return schedule


def _validate(schedule: Schedule, doubtful: frozenset[str] = frozenset()) -> tuple[Problem, ...]:
    return (*validate(schedule, doubtful), *_picture_problems(schedule))


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


# The rest of a file in which something is wrong is checked in the same run.


def _problems_of_the_rest(root: Value, whole: FileContext) -> tuple[Problem, ...]:
    rest, doubtful = _repaired(root)
    origin = replace(whole, locations=dict(_locations(rest, ())))
    schedule = Schedule.model_validate(_plain(rest), context=origin)
    problems = _validate(schedule, doubtful)
    if any(path.startswith(EXPANDED) or not path for path in doubtful):
        return problems
    return (*problems, *_check_expansion(schedule))


def _repaired(root: Value) -> tuple[Value, frozenset[str]]:
    """The document with wrong values dropped or stood in for, and the paths of these."""
    doubtful: set[str] = set()
    while True:
        try:
            Schedule.model_validate(_plain(root))
        except ValidationError as error:
            locations = dict(_locations(root, ()))
            faulty = {_faulty(each["loc"], locations) for each in error.errors(include_url=False)}
            doubtful |= {_path(key_path, locations) for key_path in faulty}
            edits = {key_path: _stand_in(key_path) for key_path in faulty}
            root = _kept(root, (), edits) or root
        else:
            return root, frozenset(doubtful)


def _faulty(key_path: KeyPath, locations: Locations) -> KeyPath:
    """What has to go: the wrong value, or what lacks a value that nothing can stand in for."""
    if key_path and key_path[-1] == KEY_MARK:
        key_path = key_path[:-1]
    there = _stand_in(key_path) or key_path in locations
    return key_path if there else key_path[:-1]


def _path(key_path: KeyPath, locations: Locations) -> str:
    """The path, in the original document, of what is or should be at ``location``."""
    if key_path in locations:
        return locations[key_path].key_path
    return f"{locations[key_path[:-1]].key_path}.{key_path[-1]}".lstrip(".")


def _stand_in(key_path: KeyPath) -> Value | None:
    value: Plain = STAND_IN
    for part in key_path:
        if not isinstance(value, dict) or not isinstance(part, str) or part not in value:
            return None
        value = value[part]
    return _value(value)


def _value(plain: Plain) -> Value:
    nowhere = SourceLocation("")
    match plain:
        case str():
            return Scalar(nowhere, "", plain)
        case list():
            return Sequence(nowhere, "", tuple(map(_value, plain)))
        case dict():
            entries = ((Scalar(nowhere, "", key), _value(each)) for key, each in plain.items())
            return Mapping(nowhere, "", tuple(entries))


def _kept(value: Value, key_path: KeyPath, edits: Edits) -> Value | None:
    """The value at ``location`` after the edits: None removes, another value takes its place."""
    return edits[key_path] if key_path in edits else _edited(value, key_path, edits)


def _edited(value: Value, key_path: KeyPath, edits: Edits) -> Value:
    match value:
        case Sequence():
            items = ((index, item) for index, item in enumerate(value.items))
            kept = (_kept(item, (*key_path, index), edits) for index, item in items)
            return replace(value, items=tuple(item for item in kept if item))
        case Mapping():
            entries = {
                key.text: (key, item)
                for key, old in value.entries
                if (item := _kept(old, (*key_path, key.text), edits))
            }
            entries |= _added(key_path, entries.keys(), edits)
            return replace(value, entries=tuple(entries.values()))
        case Scalar():
            return value


def _added(key_path: KeyPath, there: Collection[str], edits: Edits) -> Entries:
    """What was missing at ``location``, and is stood in for."""
    stand_in = _stand_in(key_path)
    entries = stand_in.entries if isinstance(stand_in, Mapping) else ()
    return {
        key.text: (key, value)
        for key, value in entries
        if key.text not in there and edits.get((*key_path, key.text))
    }
