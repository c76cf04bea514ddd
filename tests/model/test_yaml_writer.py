"""Writing YAML: what is written reads back as the same text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from defects_ical.model.yaml.reader import read_yaml
from defects_ical.model.yaml.writer import quote_scalar, write_flow, write_scalar


@pytest.mark.parametrize(
    ("value", "written"),
    [("23:00", "23:00"), ("the-show", "the-show"), ("9 pm", '"9 pm"'), ("x:", '"x:"'), ("", '""')],
)
def test_scalar_is_quoted_if_needed(value: str, written: str) -> None:
    assert write_scalar(value) == written


def test_quoted_scalar_escapes_invisible_characters() -> None:
    assert quote_scalar('a"\u2028é') == '"a\\"\\u2028é"'


@given(text=st.text(st.characters(codec="utf-8"), max_size=200))
def test_quoted_scalar_reads_back(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("yaml") / "file.yaml"
    file.write_text(write_flow({"key": [quote_scalar(text)]}), "utf-8")
    assert read_yaml(Path(file)).root == {"key": [text]}


def test_flow_nests_mappings_and_lists() -> None:
    assert write_flow({"a": [1, "x"], "b": {"c": 2}}) == "{a: [1, x], b: {c: 2}}"
