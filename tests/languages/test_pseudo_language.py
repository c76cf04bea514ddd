"""The pseudo-language finds English texts, and what stands between texts."""

from __future__ import annotations

import pytest

from tests.support.pseudo_language import GLUE, find_english, find_glue, find_names, make_words

WORDS = make_words()
OWN = ("Ψ1", "Κείμενο 1")


def test_whole_texts_are_neither_english_nor_glued() -> None:
    inner = WORDS.episode.format(number=3)
    text = WORDS.download_name.format(name=inner)
    assert find_english(text) == []
    assert find_glue(text, (), GLUE) == ""
    assert find_names(text) == {"download_name", "episode"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Download", ["Download"]),
        (WORDS.download_name.format(name="Episode 3"), ["Episode "]),
        (WORDS.time_in_zone.format(time="11 pm", zone="KST"), ["pm "]),
        ("https://me.example/ Google Calendar, S02E01–E03, --defects-ink .ics", []),  # noqa: RUF001 - an en dash
        ("Κείμενο 1", []),
    ],
)
def test_english_is_found(text: str, expected: list[str]) -> None:
    assert find_english(text, OWN) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{WORDS.copy}, {WORDS.copied}", ","),
        (f"Ψ1 ({WORDS.copied})", "()"),
        (f"{WORDS.copy} 12", ""),
    ],
)
def test_glue_is_found(text: str, expected: str) -> None:
    assert find_glue(text, OWN, "0123456789") == expected
