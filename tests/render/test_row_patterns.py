"""Rows that are filled into a pattern are those that their macro renders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import pytest

from defects_ical.render.templates import RowPatterns, Texts
from defects_ical.site.build import build_site
from tests.conftest import SITE_URL
from tests.support.example_schedules import SCHEDULE_WITH_CHANGES, load_yaml, make_yaml
from tests.support.hostile_schedules import TEXTS
from tests.support.translated_schedules import make_schedules
from tests.support.variants import sample

LANGUAGES: Final = ("en", "ko", "ar")


def write_attack(_kind: str) -> str:
    return TEXTS["injection"].short


SCHEDULES: Final[Mapping[str, str]] = {
    "changes": SCHEDULE_WITH_CHANGES,
    "plain": make_yaml(),
    **make_schedules(LANGUAGES),
    **{f"hostile {name}": text for name, text in make_schedules(LANGUAGES, write_attack).items()},
}


def render_with_macro(_self: RowPatterns, texts: Texts, render: Callable[[Texts], str]) -> bytes:
    return render(texts).encode()


@pytest.mark.parametrize("name", sample(SCHEDULES, 2))
def test_site_is_same_without_patterns(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    schedule = load_yaml(SCHEDULES[name])
    site = build_site(schedule, SITE_URL)
    monkeypatch.setattr(RowPatterns, "render", render_with_macro)
    assert build_site(schedule, SITE_URL) == site


def test_row_is_rendered_once_for_each_set_of_names() -> None:
    patterns, calls = RowPatterns(), []

    def render(texts: Texts) -> str:
        calls.append(texts)
        return f"<b>{texts['name']}</b>{texts.get('teaser', '')}<i>{texts['name']}</i>"

    assert patterns.render({"name": "<é>"}, render).decode() == "<b>&lt;é&gt;</b><i>&lt;é&gt;</i>"
    assert patterns.render({"name": "&"}, render) == b"<b>&amp;</b><i>&amp;</i>"
    assert patterns.render({"name": "A", "teaser": ""}, render) == b"<b>A</b><i>A</i>"
    assert len(calls) == 2
