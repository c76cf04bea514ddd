"""Sentences end with the marks of each language."""

from __future__ import annotations

import pytest

from defects_ical.text.sentences import find_first_sentence, has_sentence_end


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("One. Two.", "One."),
        ("No full stop", "No full stop"),
        ("Really?! Yes.", "Really?!"),
        ("Version 2.0 is here. More.", "Version 2.0 is here."),
        ("一つ。二つ。", "一つ。"),
        ("من هي؟ أم.", "من هي؟"),
    ],
)
def test_find_first_sentence(text: str, sentence: str) -> None:
    assert find_first_sentence(text) == sentence


@pytest.mark.parametrize("text", ["Yes.", "Really?”", "終わり。」", "من هي؟", "Wait…"])
def test_has_sentence_end(text: str) -> None:
    assert has_sentence_end(text)
    assert not has_sentence_end(f"{text} More")
