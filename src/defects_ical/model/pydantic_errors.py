"""Translate pydantic's errors to problems with a location, a message and a hint.

For `genres: thriller`, pydantic reports the type "tuple_type" at ("show", "genres"). The problem
that is made of it:

    schedule.yaml:7:11: show.genres: expected a list, got text. Use `[thriller]`.

Errors of field types bring their message and hint. For all others, hints need the models: which
keys a mapping has, and an example of a missing value. `_find_field` follows the key path through
the annotations of the models to the field that it leads to.
"""

from __future__ import annotations

import collections.abc
import types
import typing
from collections.abc import Iterator
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from defects_ical.errors import Problem, ProblemCode
from defects_ical.model.airing import BLOCK_EXAMPLE, Block
from defects_ical.model.field_types import FieldType, name_kind
from defects_ical.model.schedule import Schedule
from defects_ical.model.yaml.reader import (
    KEY_MARK,
    KeyPath,
    Locations,
    problem_at,
    to_written_path,
)
from defects_ical.model.yaml.writer import write_flow
from defects_ical.text.suggestions import closest_match

MAX_PROBLEMS: Final = 1000
"""How many problems of one file are reported."""

# Of a key to an unknown one: below it ("languages", "changes") they share letters by chance.
MIN_SIMILARITY: Final = 0.65
# Longer text is not repeated in a hint.
MAX_REPEATED: Final = 60


def to_problems(
    error: ValidationError, locations: Locations, root: type[BaseModel] = Schedule
) -> Iterator[Problem]:
    """Yield the problems in a pydantic error, at most `MAX_PROBLEMS` and a note of the rest.

    ``root`` is the model of the whole file.
    """
    errors = error.errors(include_url=False)
    for each in errors:
        each["loc"] = to_written_path(each["loc"], locations)
    if len(errors) > MAX_PROBLEMS:
        message = f"{len(errors) - MAX_PROBLEMS} more problems follow"
        yield problem_at(locations, errors[MAX_PROBLEMS]["loc"], message, "Fix the others first.")
        errors = errors[:MAX_PROBLEMS]
    unknown = (each["loc"] for each in errors if each["type"] == "extra_forbidden")
    suggested = {_suggest_key_path(key_path, locations, root) for key_path in unknown}
    around = {
        each["loc"][:length]
        for each in errors
        for length in range(len(each["loc"]) + (each["type"] != "too_short"))
    }
    for each in errors:
        # A misspelt required key is one problem, not two, and so is a list of invalid items.
        misspelt = each["type"] == "missing" and each["loc"] in suggested
        if not misspelt and not (each["type"] == "too_short" and each["loc"] in around):
            yield _to_problem(each, locations, root)


def _to_problem(error: ErrorDetails, locations: Locations, root: type[BaseModel]) -> Problem:
    key_path, raw = error["loc"], error["input"]
    match error["type"]:
        case "field":
            message, hint = error["ctx"]["message"], error["ctx"]["hint"]
        case "missing":
            key, example = str(key_path[-1]), _write_example(_find_field(key_path, root)[0])
            message, hint = f"`{key}` is missing", f"Add it, for example `{key}: {example}`."
            problem = problem_at(locations, key_path[:-1], message, hint)
            return problem._replace(code=ProblemCode.MISSING_KEY, details=(key, example))
        case "extra_forbidden":
            message, hint = "unknown key", _hint_at_key(key_path, raw, locations, root)
            key_path = (*key_path, KEY_MARK)
        case "too_short":
            example = _write_example(_find_field(key_path, root)[0])
            message, hint = "must not be empty", f"Use a value like `{example}`."
        case "too_long":
            maximum = error["ctx"]["max_length"]
            message, hint = f"more than {maximum} items", f"Keep at most {maximum}."
        case "tuple_type":
            message = f"expected a list, got {name_kind(raw)}"
            hint = _hint_at_list(key_path, raw, root)
        case "model_type" | "mapping_type" | "dict_type":
            message = f"expected a mapping, got {name_kind(raw)}"
            hint = _hint_at_mapping(key_path, root)
        case kind:
            raise AssertionError(f"an error that no schedule should cause: {kind}")
    return problem_at(locations, key_path, message, hint)


def _hint_at_key(
    key_path: KeyPath, raw: object, locations: Locations, root: type[BaseModel]
) -> str:
    """Return what to do with an unknown key: use a similar one, quote it or remove it."""
    if suggested := _suggest_key_path(key_path, locations, root):
        return f"Use `{suggested[-1]}`."
    if raw == "":
        return "Remove it, or quote text that contains a comma."
    unused = ", ".join(f"`{key}`" for key in _find_unused_keys(key_path[:-1], locations, root))
    return f"Remove it, or use another key: {unused}." if unused else "Remove it."


def _suggest_key_path(
    key_path: KeyPath, locations: Locations, root: type[BaseModel]
) -> KeyPath | None:
    """Return the path of the unused key that is most similar to an unknown one, if any is."""
    unused = _find_unused_keys(key_path[:-1], locations, root)
    key = closest_match(str(key_path[-1]), unused, MIN_SIMILARITY)
    return (*key_path[:-1], key) if key else None


def _find_unused_keys(
    key_path: KeyPath, locations: Locations, root: type[BaseModel]
) -> tuple[str, ...]:
    """Return the known keys that the mapping at ``key_path`` does not have."""
    keys = _find_model(key_path, root).model_fields
    return tuple(key for key in keys if (*key_path, key) not in locations)


def _hint_at_mapping(key_path: KeyPath, root: type[BaseModel]) -> str:
    if not key_path:
        key, field = next(iter(root.model_fields.items()))
        return f"Start the file with `{key}: {_write_example(field)}`."
    field, inside = _find_field(key_path, root)
    example = _write_mapping(_find_model(key_path, root)) if inside else _write_example(field)
    return f"Use `{example}`."


def _hint_at_list(key_path: KeyPath, raw: object, root: type[BaseModel]) -> str:
    """Return a list of the one value that is there, else an example, empty if that is allowed."""
    if isinstance(raw, str) and 0 < len(raw) <= MAX_REPEATED:
        return f"Use `[{raw}]`."
    if isinstance(raw, dict) and key_path[-1] == "weekdays":
        slots = [f"{day} {hour}" for day, hour in raw.items() if isinstance(hour, str)]
        return f"Use `{write_flow(slots)}`." if slots else "Use a list."
    field, _ = _find_field(key_path, root)
    needs_item = field.is_required() or any(
        getattr(each, "min_length", 0) for each in field.metadata
    )
    return f"Use `{_write_example(field) if needs_item else '[]'}`."


def _find_model(key_path: KeyPath, root: type[BaseModel]) -> type[BaseModel]:
    """Return the model of the mapping at ``key_path``, or of the items of the container there."""
    if not key_path:
        return root
    return _find_model_in(_find_field(key_path, root)[0].annotation)


def _find_field(key_path: KeyPath, root: type[BaseModel]) -> tuple[FieldInfo, bool]:
    """Return the last field on ``key_path``, and whether the path leads to an item in it.

    ("show", "cast", 0) leads to an item of `cast`, ("show", "cast", 0, "actor") to `actor`.
    """
    model = root
    parts = list(key_path)
    while True:
        field = model.model_fields[str(parts.pop(0))]
        container = typing.get_origin(_strip_optional(field.annotation))
        inside = container in {tuple, collections.abc.Mapping} and bool(parts)
        # After a container comes an index or a key, which is no field; a single block has none.
        if inside and (container is not tuple or isinstance(parts[0], int)):
            parts = parts[1:]
        if not parts:
            return field, inside
        model = _find_model_in(field.annotation)


def _strip_optional(annotation: Any) -> Any:
    """Return the type in an annotation that allows None, without metadata."""
    if typing.get_origin(annotation) in {typing.Union, types.UnionType}:
        annotation = next(each for each in typing.get_args(annotation) if each is not type(None))
    if typing.get_origin(annotation) is typing.Annotated:
        annotation = typing.get_args(annotation)[0]
    return annotation


def _find_model_in(annotation: Any) -> type[BaseModel]:
    parts = (part for part in _list_parts(annotation) if isinstance(part, type))
    return next(part for part in parts if issubclass(part, BaseModel))


def _list_parts(annotation: Any) -> Iterator[Any]:
    """Yield an annotation, and the types and metadata in it."""
    yield annotation
    for part in typing.get_args(annotation):
        yield from _list_parts(part)


def _write_example(field: FieldInfo) -> str:
    """Write a value of the field, from its own example or its type's."""
    if field.examples:
        return write_flow(field.examples[0])
    parts = (*field.metadata, *_list_parts(field.annotation))
    examples = [str(each.example) for each in parts if isinstance(each, FieldType)]
    if typing.get_origin(_strip_optional(field.annotation)) is collections.abc.Mapping:
        return write_flow({examples[0]: _write_mapping(_find_model_in(field.annotation))})
    return examples[0] if examples else _write_mapping(_find_model_in(field.annotation))


def _write_mapping(model: type[BaseModel]) -> str:
    """Write a mapping with an example of every required key, else of the first key."""
    if model is Block:
        return write_flow(BLOCK_EXAMPLE)
    fields = model.model_fields
    keys = [key for key, field in fields.items() if field.is_required()] or [*fields][:1]
    return write_flow({key: _write_example(fields[key]) for key in keys})
