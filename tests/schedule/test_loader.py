"""The format: its JSON Schema, and that no file whatever makes the loader stumble."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError

from defects_ical.content.site_url import SiteURL
from defects_ical.errors import ScheduleError
from defects_ical.schedule.model import json_schema
from defects_ical.site.build import build_site
from tests.support.example_schedules import load_yaml, make_yaml

ROOT = Path(__file__).parent.parent.parent
SHIPPED = (ROOT / "schedule.yaml").read_text("utf-8")
SITE_URL = SiteURL.parse("https://defects.example")
VALIDATOR = Draft202012Validator(json_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)

CHANGED = make_yaml(
    clocks="[America/New_York, UTC]",
    specials="[{id: making-of, title: The making of, airs: 2025-08-18T23:00, runtime: 45}]",
    changes="""
  - {at: 2025-08-04T12:00:00+09:00, episodes: [5], move: 2025-08-04T23:30, reason: Baseball.}
  - {at: 2025-08-05T12:00:00+09:00, episodes: [6, 7], shift: {weeks: 1}, runtime: 75}
  - {at: 2025-08-06T12:00:00+09:00, episodes: all, status: tentative, note: To be seen.}
""",
)
# What a mutated schedule is most likely to trip over.
PIECES = st.sampled_from(
    [
        *("[", "]", "{", "}", ":", ": ", "- ", "? ", "\n", "  ", "#", "'", '"', "|", ">", "---\n"),
        *(
            "\ufffe",
            "\uffff",
            "\xff",
            "&a ",
            "*a",
            "!!str ",
            "\t",
            "\r",
            "\x00",
            "\x85",
            "\ufeff",
            "\\",
            "é",
            "\U0001f600",
        ),
        *("~", "null", "0", "-1", "9" * 30, "2025-02-30", "24:00", "2025-11-02T01:30", "+09:00"),
        *("all", "e01", '"[key]"'),
    ]
)


def as_an_editor_reads(value: Any) -> Any:
    """The values of YAML 1.2: whole numbers are numbers, nothing is null, dates are texts."""
    if isinstance(value, dict):
        return {key: as_an_editor_reads(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_an_editor_reads(item) for item in value]
    return int(value) if re.fullmatch("-?[0-9]+", value) else value or None


def read(text: str) -> Any:
    return as_an_editor_reads(yaml.load(text, Loader=yaml.BaseLoader))  # noqa: S506 - texts only


def test_the_committed_json_schema_is_the_one_of_the_models() -> None:
    written = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    assert (ROOT / "schedule.schema.json").read_text("utf-8") == written, "run make schema"


def test_the_json_schema_is_one() -> None:
    Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize(
    "text", [SHIPPED, CHANGED, make_yaml(), make_yaml().replace("title: The Show", "title: 1984")]
)
def test_what_loads_is_valid_to_an_editor(text: str) -> None:
    VALIDATOR.validate(read(text))


def test_the_shipped_schedule_names_its_json_schema_in_its_first_line() -> None:
    assert SHIPPED.splitlines()[0] == "# yaml-language-server: $schema=schedule.schema.json"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("time: 23:00", "time: 25:00"),
        ("premiere: 2025-07-21", "premiere: 21.7.2025"),
        ("runtime: 60", "runtime: 0"),
        ("premiere:", "premire:"),
        ("Asia/Seoul", "Asia/Soul"),
        ("[monday, tuesday]", "[monday, tusday]"),
        ("slug: show", "slug: the/show"),
        ("kind: television", "kind: tv"),
        ("channel:", "The_Channel:"),
        ("changes: []", "episodes: {two: {}}"),
        ("3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29", "00000000-0000-0000-0000-000000000000"),
    ],
)
def test_an_editor_marks_what_the_loader_refuses(right: str, wrong: str) -> None:
    text = make_yaml().replace(right, wrong)
    with pytest.raises(ValidationError):
        VALIDATOR.validate(read(text))
    with pytest.raises(ScheduleError):
        load_yaml(text)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_schedule_mutated_at_random_either_makes_a_site_or_is_refused(
    data: st.DataObject,
) -> None:
    text = data.draw(st.sampled_from([SHIPPED, CHANGED]))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        length = data.draw(st.integers(0, 30))
        text = text[:start] + data.draw(PIECES | st.text(max_size=6)) + text[start + length :]
    make_or_refuse(text)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_schedule_with_its_lines_shuffled_either_makes_a_site_or_is_refused(
    data: st.DataObject,
) -> None:
    lines = data.draw(st.sampled_from([SHIPPED, CHANGED])).splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        here, there = data.draw(st.tuples(*[st.integers(0, len(lines) - 1)] * 2))
        lines[here], lines[there] = lines[there], lines[here]
    make_or_refuse("\n".join(lines))


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_file_with_any_bytes_in_it_either_makes_a_site_or_is_refused(
    data: st.DataObject,
) -> None:
    content = data.draw(st.sampled_from([SHIPPED, CHANGED])).encode()
    start = data.draw(st.sampled_from([0, 3]) | st.integers(0, len(content)))
    piece = data.draw(st.sampled_from([b"\xef\xbb\xbf", b"\xff\xfe", b""]))
    piece += data.draw(st.binary(max_size=8))
    make_or_refuse(content[:start] + piece + content[start:])


def make_or_refuse(text: str | bytes) -> None:
    try:
        schedule = load_yaml(text)
    except ScheduleError:
        return
    assert build_site(schedule, SITE_URL)
