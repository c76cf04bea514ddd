"""Where the texts stand: each is used, and nothing uses one that does not exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Final

import pytest

import defects_ical
from defects_ical.text.languages import ENGLISH
from defects_ical.text.words import Words
from tests.support.languages import (
    GLOSSARY,
    PATTERN_PARTS,
    find_placeholders,
    list_texts,
    read_texts,
)

PACKAGE: Final = Path(defects_ical.__file__).parent
MODULES: Final = tuple(sorted(PACKAGE.rglob("*.py")))
TEMPLATES: Final = tuple(sorted((PACKAGE / "templates").glob("*.*")))
SCRIPTS: Final = tuple(sorted((PACKAGE / "static").glob("*.js")))

# How code, templates and scripts refer to a text.
USE: Final = re.compile(r"\b(?:words|WORDS|ENGLISH)\.(\w+)")
OWN: Final = {each for each in vars(Words) if not each.startswith("_")} | {"code", "cities"}
"""What words have besides texts: methods, and what is not in the file."""


def find_uses(path: Path) -> set[str]:
    """Return the names of the texts that a file uses."""
    return {*USE.findall(path.read_text("utf-8"))}


def find_fillings(path: Path) -> Iterator[tuple[str, set[str]]]:
    """Yield the texts that a file fills in one expression, and the names of the values."""
    text = path.read_text("utf-8")
    for name, values in re.findall(r"words\.(\w+)(?:\.format| \| fill)\(([^()]*)\)", text):
        yield name, {*re.findall(r"(?:^|[\s,])(\w+)=", values)}
    for name, values in re.findall(r"fill(?:Nodes)?\(WORDS\.(\w+), \{([^{}]*)\}\)", text):
        yield name, {*re.findall(r"(?:^|,)\s*(\w+)", re.sub(r"\([^()]*\)", "", values))}


def test_every_text_is_used() -> None:
    uses = set(chain.from_iterable(map(find_uses, (*MODULES, *TEMPLATES, *SCRIPTS))))
    texts = {each for each in read_texts("en") if not each.startswith(GLOSSARY)} - {"reviewed"}
    assert texts - uses == set()


@pytest.mark.parametrize("path", [*TEMPLATES, *SCRIPTS], ids=lambda path: path.name)
def test_every_used_text_exists(path: Path) -> None:
    assert find_uses(path) - vars(ENGLISH).keys() - OWN == set()


def test_texts_get_the_values_of_their_placeholders() -> None:
    placeholders = {name: {*find_placeholders(text)} for name, text in list_texts("en")}
    fillings = [*chain.from_iterable(map(find_fillings, (*MODULES, *TEMPLATES, *SCRIPTS)))]
    assert len(fillings) > 50
    assert [
        (name, values)
        for name, values in fillings
        if values and values != placeholders[name] and name not in PATTERN_PARTS
    ] == []
