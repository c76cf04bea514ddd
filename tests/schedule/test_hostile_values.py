"""The loader rejects values that no page could show safely, and accepts similar ones."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from defects_ical.errors import ScheduleError
from defects_ical.model.airing import Block
from defects_ical.model.changes import Change, Shift
from defects_ical.model.schedule import EpisodeDetails, Platform, Special, build_json_schema
from defects_ical.model.source import Credit, Source
from defects_ical.schedule.expansion import expand_schedule
from defects_ical.site.build import build_site
from tests.model.test_schedule import VALIDATOR, convert_scalars
from tests.schedule.test_loader import SITE_URL, build_or_reject
from tests.support.example_schedules import load_yaml
from tests.support.hostile_schedules import INJECTION, MAX_TEXT, replace_value


def list_text_fields(model: str, schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield the fields of a model that may have any text."""
    for name, field in schema["properties"].items():
        value = field.get("items", field)
        # A text, or a mapping of languages to texts.
        value = value.get("anyOf", [value])[0]
        if value.get("type") == ["string", "number", "boolean"]:
            yield f"{model}.{name}"


def test_hostile_schedules_cover_all_text_fields() -> None:
    models = build_json_schema()["$defs"]
    assert {each for name, model in models.items() for each in list_text_fields(name, model)} == {
        *("Show.title", "Show.original_title", "Show.synopsis", "Show.genres"),
        *("Role.actor", "Role.role"),
        *("Credit.name", "Credit.licence"),
        *("Platform.name", "Platform.region"),
        *("EpisodeDetails.title", "EpisodeDetails.teaser", "EpisodeDetails.recap"),
        "Special.title",
        *("Change.note", "Change.reason"),
    }


TITLE: Final = ("show", "title")
CHANNEL: Final = ("platforms", "channel", "url")
# The path of a value, a value that is rejected, and the most similar one that is accepted (None if
# only certain words are).
REJECTED: Final[list[tuple[tuple[str | int, ...], str, str | None]]] = [
    (TITLE, "W" * (MAX_TEXT + 1), "W" * MAX_TEXT),
    (TITLE, "漢" * (MAX_TEXT + 1), "漢" * MAX_TEXT),
    (TITLE, "a\u033f" * (MAX_TEXT // 2) + "a", "a\u033f" * (MAX_TEXT // 2)),
    (TITLE, "a\nb", "a b"),
    (TITLE, "a\tb", "a b"),
    (TITLE, "a\\b", "a/b"),
    *((TITLE, f"a{each}b", "ab") for each in "\0\a\b\x1b\x7f\x85\u2028\u2029\ufeff\ufffe\uffff"),
    (TITLE, "\u3000", "\u200f"),
    # No isolation could keep these from reordering the text around them.
    (TITLE, "\u202eQXQ\u2066XQX", "\u202eQXQ\u2066XQX\u2069"),
    (TITLE, "a\u2069b", "ab"),
    (("show", "original_title"), "W" * (MAX_TEXT + 1), "W" * MAX_TEXT),
    (("show", "season"), INJECTION, None),
    (("show", "synopsis"), "W" * (4 * MAX_TEXT + 1), "W" * (4 * MAX_TEXT)),
    (("show", "genres", 0), "W" * 101, "W" * 100),
    (("show", "genres", 0), "<b>,", "<b>;"),
    (("show", "cast", 0, "actor"), "W" * (MAX_TEXT + 1), "W" * MAX_TEXT),
    (("show", "cast", 0, "role"), "W" * (MAX_TEXT + 1), "W" * MAX_TEXT),
    (("show", "credit", "name"), "W" * 101, "W" * 100),
    (("show", "credit", "name"), "a\nb", "a b"),
    (("show", "credit", "licence"), "W" * 101, "W" * 100),
    (("show", "credit", "licence"), "a\u2069b", "ab"),
    (("show", "credit", "url"), "javascript:window.ran=1", "https://javascript:1/"),
    (("show", "credit", "url"), "https://a.example/><script>", "https://a.example/)(script)"),
    (("show", "slug"), "</script>", None),
    (("show", "slug"), "../show", None),
    (("show", "color"), "red;}*{display:none", None),
    (("show", "picture"), "../picture.png", None),
    (("show", "picture"), "//elsewhere.example/a.png", None),
    (("timezone",), "<img/src/onerror=alert(1)>", None),
    (("clocks", 0), "<img/src/onerror=alert(1)>", None),
    (("platforms", "channel", "name"), "W" * (MAX_TEXT + 1), "W" * MAX_TEXT),
    (("platforms", "channel", "region"), "W" * (MAX_TEXT + 1), "W" * MAX_TEXT),
    (("platforms", "channel", "kind"), INJECTION, None),
    (CHANNEL, "javascript:window.ran=1", "https://javascript:1/"),
    (CHANNEL, "javascript://elsewhere.example/%0awindow.ran=1", "https://elsewhere.example/%0a"),
    (CHANNEL, "JavaScript://elsewhere.example/%0awindow.ran=1", "https://elsewhere.example/%0a"),
    (CHANNEL, "data:text/html,<script>window.ran=1</script>", None),
    (CHANNEL, "//elsewhere.example/", "https://elsewhere.example/"),
    (CHANNEL, 'https://a.example/"onfocus="window.ran=1', "https://a.example/'onfocus='ran=1"),
    (CHANNEL, "https://a.example/><script>", "https://a.example/)(script)"),
    (CHANNEL, "https://a.example@elsewhere.example/", "https://a.example/@elsewhere.example/"),
    (CHANNEL, "https://a.example/\u202e", "https://a.example/%E2%80%AE"),
    (("episodes", "1", "teaser"), "W" * (4 * MAX_TEXT + 1), "W" * (4 * MAX_TEXT)),
    (("episodes", "1", "recap"), "a\x1bb", "a\nb"),
    (("specials", 0, "id"), "x' onfocus='window.ran=1", None),
    (("specials", 0, "title"), "W" * (MAX_TEXT + 1), "W" * MAX_TEXT),
    (("changes", 0, "note"), "W" * (MAX_TEXT + 1), "W" * MAX_TEXT),
    (("changes", 0, "reason"), "a\nb", "a b"),
]


@pytest.mark.parametrize(("path", "rejected", "accepted"), REJECTED, ids=range(len(REJECTED)))
def test_hostile_value_is_rejected(
    path: tuple[str | int, ...], rejected: str, accepted: str | None
) -> None:
    with pytest.raises(ScheduleError) as caught:
        load_yaml(replace_value(path, rejected))
    assert len(caught.value.problems) == 1
    if accepted is not None:
        load_yaml(replace_value(path, accepted))


# A schedule in which every key below a block, an entry, a platform, an episode and a special is
# present; a value of each is replaced at random.
COMPLETE: Final[dict[str, Any]] = {
    "format": "1",
    "show": {
        "uid": "3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29",
        "slug": "show",
        "title": {"en": "The Show", "ko": "아이쇼핑"},
        "season": "1",
        "credit": {"name": "TVmaze", "url": "https://a.example/1", "licence": "CC BY-SA 4.0"},
    },
    "source": {"tvmaze": "12345", "episodes": {"e03": "2238231", "s02e03": "7", "extra": "a@b"}},
    "languages": ["en", "ko"],
    "timezone": "Asia/Seoul",
    "published": "2025-07-01T00:00:00+00:00",
    "airing": [
        {
            "premiere": "2025-07-21",
            "weekdays": ["monday", "tuesday 25:30"],
            "time": "23:00",
            "runtime": "60",
            "together": "2",
            "episodes": "8",
            "skip": ["2025-07-28"],
            "status": "tentative",
        },
        {"dates": ["2025-10-04", "2025-10-11T20:00"], "time": "21:00", "runtime": "60"},
        {
            "season": "2",
            "published": "2025-07-05T00:00:00+00:00",
            "premiere": "2026-01-05",
            "episodes": "0-7",
        },
        {"season": "3", "premiere": "2027-10", "episodes": "4"},
    ],
    "platforms": {
        "channel": {"name": "Channel", "kind": "television", "region": "here", "delay": "60"},
        "stream": {
            "name": "Stream",
            "kind": "streaming",
            "region": "here",
            "delay": {"weeks": "1", "days": "-1", "hours": "2", "minutes": "3"},
            "airing": [{"dates": ["2025-08-01T12:00"], "together": "8"}],
        },
    },
    "reminders": ["1440"],
    "episodes": {
        "3": {"title": "Home", "runtime": "70", "links": {"channel": "https://a.example/3"}},
        "s02e03": {"title": "Away", "teaser": "A trip.", "recap": "They are back."},
    },
    "specials": [
        {
            "id": "extra",
            "title": "Extra",
            "published": "2025-07-03T00:00:00+00:00",
            "airs": "2025-12-24T25:00",
            "runtime": "30",
        }
    ],
    "changes": [
        {"at": "2025-07-06T00:00:00+00:00", "episodes": ["1-2"], "move": "2025-07-22T24:30"},
        {"at": "2025-07-07T00:00:00+00:00", "episodes": ["3", "5-8"], "shift": {"slots": "1"}},
        {"at": "2025-07-08T00:00:00+00:00", "episodes": ["s02"], "time": "22:00", "runtime": "50"},
        {
            "at": "2025-07-09T00:00:00+00:00",
            "episodes": ["s02e01-s02e03"],
            "status": "postponed",
            "reason": "A strike.",
        },
        {
            "at": "2025-07-10T00:00:00+00:00",
            "episodes": ["1"],
            "platform": "stream",
            "shift": {"weeks": "1", "days": "1", "hours": "1", "minutes": "1"},
        },
        {"at": "2025-07-11T00:00:00+00:00", "episodes": "all", "note": "Seen."},
    ],
}
KEYS: Final = sorted(
    {*Block.model_fields, *Change.model_fields, *Platform.model_fields, *Shift.model_fields}
    | {*EpisodeDetails.model_fields, *Special.model_fields}
    | {*Credit.model_fields, *Source.model_fields}
)
WORDS: Final = (
    *("0", "1", "8", "-1", "60-75", "75-60", "5000", "99999", "1-99999", "7 - 9", "2.5", "", "~"),
    *("2025-07-21", "2025-07-22", "2025-07-28", "2027-10", "2027", "0000-01-01", "2037-12-31"),
    *("2025-10-11T20:00", "2025-10-11T29:59", "2037-12-31T29:59", "2025-02-30T10:00", "30:00"),
    *("00:00", "25:30", "monday", "monday 23:00", "friday 25:30", "tuesday 01:30", "sat 21:40"),
    *("all", "s02", "s2", "s02e03", "s02e03-s02e08", "s02e01-s03e01", "e01", "3", "2-4", "extra"),
    *("confirmed", "tentative", "postponed", "cancelled", "cinema", "channel", "stream"),
    *("2025-07-02T00:00:00+00:00", "2025-07-07T00:00:00+00:00", "https://a.example/"),
    *("en", "ko", "zh-Hant", "zh-TW", "pt"),
)
SCALARS: Final = st.sampled_from(WORDS) | st.text(max_size=8)
VALUES: Final = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS) | SCALARS, inner, max_size=3)
    ),
    max_leaves=6,
)


def list_paths(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        items: Iterable[tuple[str | int, object]] = value.items()
    else:
        items = enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from list_paths(item, (*path, key))


PATHS: Final = sorted(list_paths(COMPLETE), key=str)


def replace_values(data: st.DataObject) -> dict[str, Any]:
    """Return the complete schedule with up to three values replaced, removed or added."""
    schedule = deepcopy(COMPLETE)
    for _ in range(data.draw(st.integers(1, 3))):
        *parents, key = data.draw(st.sampled_from(PATHS))
        parent: Any = schedule
        for each in parents:
            parent = parent[each] if _has(parent, each) else None
        is_mapping = isinstance(parent, dict)
        if is_mapping and data.draw(st.booleans()):
            parent[data.draw(st.sampled_from(KEYS))] = data.draw(VALUES)
        elif _has(parent, key) and data.draw(st.integers(0, 3)) == 0:
            del parent[key]
        elif is_mapping or _has(parent, key):
            parent[key] = data.draw(VALUES)
    return schedule


def _has(parent: object, key: str | int) -> bool:
    if isinstance(parent, list):
        return isinstance(key, int) and key < len(parent)
    return isinstance(parent, dict) and key in parent


def to_quoted_yaml(schedule: Mapping[str, Any]) -> str:
    return json.dumps(schedule, ensure_ascii=False)


def test_complete_schedule_is_valid() -> None:
    build_or_reject(to_quoted_yaml(COMPLETE))
    load_yaml(to_quoted_yaml(COMPLETE))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_replaced_values_build_or_are_rejected(data: st.DataObject) -> None:
    """Every problem has a line, and a message and a hint that end as sentences do."""
    text = to_quoted_yaml(replace_values(data))
    try:
        schedule = load_yaml(text)
    except ScheduleError as error:
        for problem in error.problems:
            assert problem.location.line
            assert problem.hint.endswith(".")
            assert not problem.message.endswith(".")
    else:
        expand_schedule(schedule)
        assert build_site(schedule, SITE_URL)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_what_schema_refuses_is_rejected(data: st.DataObject) -> None:
    """An editor must not mark what the loader accepts."""
    schedule = replace_values(data)
    if VALIDATOR.is_valid(convert_scalars(schedule)):
        return
    with pytest.raises(ScheduleError):
        load_yaml(to_quoted_yaml(schedule))
