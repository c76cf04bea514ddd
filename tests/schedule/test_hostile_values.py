"""The loader rejects values that no page could show safely, and accepts similar ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from defects_ical.errors import ScheduleError
from defects_ical.model.schedule import build_json_schema
from tests.support.example_schedules import load_yaml
from tests.support.hostile_schedules import INJECTION, MAX_TEXT, replace_value


def list_text_fields(model: str, schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield the fields of a model that may have any text."""
    for name, field in schema["properties"].items():
        value = field.get("items", field)
        if value.get("type") == ["string", "number", "boolean"]:
            yield f"{model}.{name}"


def test_hostile_schedules_cover_all_text_fields() -> None:
    models = build_json_schema()["$defs"]
    assert {each for name, model in models.items() for each in list_text_fields(name, model)} == {
        *("Show.title", "Show.original_title", "Show.synopsis", "Show.genres"),
        *("Role.actor", "Role.role"),
        *("Platform.name", "Platform.region"),
        *("EpisodeText.teaser", "EpisodeText.recap"),
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
