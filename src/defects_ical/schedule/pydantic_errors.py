"""Translate the errors of pydantic to problems with a location, a message and a hint."""

from __future__ import annotations

import collections.abc
import typing
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from defects_ical.errors import Problem
from defects_ical.schedule.fields import FieldType
from defects_ical.schedule.model import KEY_MARK, KeyPath, Schedule
from defects_ical.schedule.yaml_reader import ValueLocation
from defects_ical.schedule.yaml_writer import write_flow
from defects_ical.text.display import excerpt
from defects_ical.text.suggestions import closest_match

MAX_PROBLEMS: Final = 1000
"""How many problems are told one by one: a file with more is not a schedule yet."""

# A longer text is not repeated in the advice how to write it.
SHORT: Final = 60


def to_problems(
    error: ValidationError, locations: Mapping[KeyPath, ValueLocation]
) -> Iterator[Problem]:
    """The problems in a pydantic error, each at the place where its value stands."""
    errors = error.errors(include_url=False)
    if len(errors) > MAX_PROBLEMS:
        message = f"{len(errors) - MAX_PROBLEMS} more problems follow"
        yield _problem(errors[MAX_PROBLEMS]["loc"], message, "mend those before first", locations)
        errors = errors[:MAX_PROBLEMS]
    meant = {
        _closest_known_key(each["loc"]) for each in errors if each["type"] == "extra_forbidden"
    }
    parents = {each["loc"][:-1] for each in errors}
    for each in errors:
        # A misspelt required key is one problem, not two; so is a list of nothing but mistakes.
        followed = each["type"] == "missing" and each["loc"] in meant
        if not followed and not (each["type"] == "too_short" and each["loc"] in parents):
            key_path, message, hint = _explained(each, locations)
            yield _problem(key_path, message, hint, locations)


def _problem(
    key_path: KeyPath, message: str, hint: str, locations: Mapping[KeyPath, ValueLocation]
) -> Problem:
    while key_path not in locations:
        key_path = key_path[:-1]
    return Problem(*locations[key_path], message, hint)


def _explained(
    error: ErrorDetails, locations: Mapping[KeyPath, ValueLocation]
) -> tuple[KeyPath, str, str]:
    """The location to show, what is wrong, and how to mend it."""
    key_path = error["loc"]
    match error["type"]:
        case "field":
            message, hint = error["ctx"]["message"], error["ctx"]["hint"]
        case "missing":
            message = f"`{key_path[-1]}` is missing"
            hint = f"add it, like `{key_path[-1]}: {_example(_field(key_path)[0])}`"
            key_path = key_path[:-1]
        case "extra_forbidden":
            message, hint = "unknown key", _known_keys(error, locations)
            key_path = (*key_path, KEY_MARK)
        case "too_short":
            message, hint = "nothing is there", f"write `{_example(_field(key_path)[0])}`"
        case "too_long":
            most = error["ctx"]["max_length"]
            message, hint = f"more than {most} are too many", f"keep {most} at most"
        case "tuple_type":
            message = f"a list belongs here, not {_kind(error['input'])}"
            hint = f"write `{_as_list(error)}`"
        case "model_type" | "mapping_type" | "dict_type":
            message = f"a mapping belongs here, not {_kind(error['input'])}"
            hint = _as_mapping(key_path, error["input"])
        case kind:
            raise AssertionError(f"an error that no schedule should give: {kind}")
    return key_path, message, hint


def _kind(raw: object) -> str:
    if raw == "":
        return "nothing"
    return "a list" if isinstance(raw, list) else "a mapping" if isinstance(raw, dict) else "a text"


def _as_list(error: ErrorDetails) -> str:
    raw = error["input"]
    if isinstance(raw, str) and 0 < len(raw) <= SHORT:
        return f"[{raw}]"
    field, _ = _field(error["loc"])
    return _example(field) if field.is_required() else "[]"


def _as_mapping(key_path: KeyPath, raw: object) -> str:
    if not key_path:
        return "begin with `format: 1`, as in the README"
    field, inside = _field(key_path)
    example = _mapping_example(_model(key_path)) if inside else _example(field)
    if example != "{}":
        return f"write `{example}`"
    if isinstance(raw, str) and raw:
        return f"write `{{{next(iter(_model(key_path).model_fields))}: {excerpt(raw)}}}`"
    return "write keys and values; known here: " + _listed(_model(key_path))


def _known_keys(error: ErrorDetails, locations: Mapping[KeyPath, ValueLocation]) -> str:
    key_path = error["loc"]
    likely = _closest_known_key(key_path)
    if likely in locations:
        return f"remove it: `{likely[-1]}` is there already"
    if likely[-1]:
        return f"write `{likely[-1]}`"
    if error["input"] == "":
        return "put a text that holds a comma in quotes, or remove it"
    return "remove it, or write one of " + _listed(_model(key_path[:-1]))


def _listed(model: type[BaseModel]) -> str:
    return ", ".join(f"`{key}`" for key in model.model_fields)


def _closest_known_key(key_path: KeyPath) -> tuple[str | int | None, ...]:
    """The location that an unknown key was probably meant to be; ends in None if none is near."""
    return (
        *key_path[:-1],
        closest_match(str(key_path[-1]), tuple(_model(key_path[:-1]).model_fields)),
    )


def _model(key_path: KeyPath) -> type[BaseModel]:
    """The model of the mapping at ``location``, or of the values in the container there."""
    if not key_path:
        return Schedule
    return next(_models(_field(key_path)[0].annotation))


def _field(key_path: KeyPath) -> tuple[FieldInfo, bool]:
    """The last field on the way to ``location``, and whether the location is inside it."""
    model: type[BaseModel] = Schedule
    parts = list(key_path)
    while True:
        field = model.model_fields[str(parts.pop(0))]
        inside = bool(parts) and _is_container(field)
        # What follows a container is an index or a key, not a field.
        parts = parts[1:] if inside else parts
        if not parts:
            return field, inside
        model = next(_models(field.annotation))


def _is_container(field: FieldInfo) -> bool:
    return typing.get_origin(field.annotation) in {tuple, collections.abc.Mapping}


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in typing.get_args(annotation):
        yield from _models(part)


def _example(field: FieldInfo) -> str:
    """A value of the field as one would write it, from its own example or its form's."""
    if field.examples:
        return write_flow(field.examples[0])
    for each in field.metadata:
        if isinstance(each, FieldType):
            return write_flow(each.schema["examples"][0])
    return _mapping_example(next(_models(field.annotation)))


def _mapping_example(model: type[BaseModel]) -> str:
    required = {key: each for key, each in model.model_fields.items() if each.is_required()}
    return write_flow({key: _example(each) for key, each in required.items()})
