"""The JSON Schema of the format, for editors."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, ValidationError

from defects_ical.errors import ScheduleError
from defects_ical.model.schedule import build_json_schema
from tests.schedule.test_loader import SCHEDULE_WITH_CHANGES, SHIPPED_SCHEDULE
from tests.support.example_schedules import load_yaml, make_yaml

ROOT = Path(__file__).parent.parent.parent
RELEASES = sorted(path.stem for path in (ROOT / "tests" / "releases").glob("*.yaml"))
VALIDATOR = Draft202012Validator(
    build_json_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER
)


def read_like_editor(text: str) -> Any:
    return convert_scalars(yaml.load(text, Loader=yaml.BaseLoader))  # noqa: S506 - strings only


def convert_scalars(value: Any) -> Any:
    """Convert strings as YAML 1.2 does: integers to numbers, nothing to null, dates not."""
    if isinstance(value, dict):
        return {key: convert_scalars(item) for key, item in value.items()}
    if isinstance(value, list):
        return [convert_scalars(item) for item in value]
    return int(value) if re.fullmatch("-?[0-9]+", value) else value or None


def test_committed_schema_is_current() -> None:
    current = json.dumps(build_json_schema(), indent=2, ensure_ascii=False) + "\n"
    assert (ROOT / "schedule.schema.json").read_text("utf-8") == current, "run make schema"


def test_schema_is_valid_json_schema() -> None:
    Draft202012Validator.check_schema(build_json_schema())


@pytest.mark.parametrize(
    "text",
    [
        SHIPPED_SCHEDULE,
        SCHEDULE_WITH_CHANGES,
        make_yaml(),
        make_yaml().replace("title: The Show", "title: 1984"),
    ],
)
def test_schema_accepts_valid_schedules(text: str) -> None:
    VALIDATOR.validate(read_like_editor(text))


@pytest.mark.parametrize("name", RELEASES)
def test_schema_accepts_release_patterns(name: str) -> None:
    text = (ROOT / "tests" / "releases" / f"{name}.yaml").read_text("utf-8")
    VALIDATOR.validate(read_like_editor(text))


def test_schema_describes_keys_for_completion() -> None:
    """Every key of a block or an entry has a description, an example or a list of values."""
    models = build_json_schema()["$defs"]
    undescribed = [
        f"{model}.{key}"
        for model in ("Block", "Change", "EpisodeDetails", "Platform", "Special")
        for key, value in models[model]["properties"].items()
        if not value.keys() & {"description", "examples", "enum"}
    ]
    assert undescribed == []
    without_example = [
        key
        for key, value in models["Block"]["properties"].items()
        if "examples" not in json.dumps(value)
    ]
    assert without_example == []


def test_shipped_schedule_starts_with_modeline() -> None:
    modeline = "# yaml-language-server: $schema=schedule.schema.json"
    assert SHIPPED_SCHEDULE.splitlines()[0] == modeline


@pytest.mark.parametrize(
    ("valid", "invalid"),
    [
        ("time: 23:00", "time: 30:00"),
        ("premiere: 2025-07-21", "premiere: 21.7.2025"),
        ("runtime: 60", "runtime: 0"),
        ("premiere:", "premire:"),
        ("Asia/Seoul", "Asia/Soul"),
        ("[monday, tuesday]", "[monday, tusday]"),
        ("slug: show", "slug: the/show"),
        ("kind: television", "kind: tv"),
        ("channel:", "The_Channel:"),
        ("changes: []", "episodes: {two: {}}"),
        ("episodes: 8", "episodes: 60 - 75"),
        ("episodes: 8", "episodes: 8\n  together: all"),
        ("episodes: 8", "episodes: 8\n  season: 0"),
        ("episodes: 8", "episodes: 8\n  status: postponed"),
        ("episodes: 8", "episodes: 8\n  skip: 2025-08-04"),
        ("[monday, tuesday]", "[monday 30:00]"),
        ("premiere: 2025-07-21", "premiere: 2025-13"),
        ("Everywhere}", "Everywhere, delay: 14 days}"),
        ("changes: []", "reminders: [0]"),
        ("changes: []", "changes: [{at: 2025-07-02T00:00:00Z, episodes: [1], time: noon}]"),
        ("3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29", "00000000-0000-0000-0000-000000000000"),
    ],
)
def test_schema_rejects_what_loader_rejects(valid: str, invalid: str) -> None:
    text = make_yaml().replace(valid, invalid)
    with pytest.raises(ValidationError):
        VALIDATOR.validate(read_like_editor(text))
    with pytest.raises(ScheduleError):
        load_yaml(text)
