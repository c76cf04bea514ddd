"""No English text is in a site of another language, and every text of a language is used.

The tests replace a language by one whose texts are recognizable; see tests/support/pseudo_language.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import pytest

from defects_ical.catalog import overview, week
from defects_ical.text.languages import LANGUAGES
from tests.support.pseudo_language import (
    CODE,
    GLUE,
    ON_OVERVIEW,
    ON_PAGES,
    TEXT_NAMES,
    UNSEEN,
    find_english,
    find_glue,
    find_names,
    use_pseudo_language,
)
from tests.support.pseudo_sites import (
    PseudoSite,
    build_pseudo_folder,
    build_pseudo_site,
    build_pseudo_version,
    load_example,
    load_pseudo_schedules,
)
from tests.support.visible_texts import Text, join_blocks, read_texts

Place = tuple[str, Text]


class SiteTexts(NamedTuple):
    """The texts of a site, each with the path of its file, and those of its schedules."""

    texts: tuple[Place, ...]
    own: tuple[str, ...]


@pytest.fixture(scope="module")
def sites() -> dict[str, SiteTexts]:
    """Read every site in the pseudo-language."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        use_pseudo_language(monkeypatch)
        # Lists of fewer events than these say so.
        monkeypatch.setattr(overview, "MAX_ROWS", 20)
        monkeypatch.setattr(week, "MAX_ROWS", 20)
        built = {
            name: build_pseudo_site(schedule) for name, schedule in load_pseudo_schedules().items()
        }
        built["example"] = build_pseudo_site(load_example())
        built["folder"] = build_pseudo_folder()
        built["version"] = build_pseudo_version()
    return {name: SiteTexts((*list_texts(site),), site.own) for name, site in built.items()}


def list_texts(site: PseudoSite) -> Iterator[Place]:
    """Yield the texts of a site that are in the pseudo-language, each with the path of its file."""
    main = "en" if f"/{CODE}/" in site.files else CODE
    for path, body in site.files.items():
        folder = path.split("/")[1]
        language = folder if folder in LANGUAGES else main
        # Other languages have links to it, and the main one has its texts for scripts.
        if language == CODE or path.endswith(("/", ".html", "s.json")):
            for text in read_texts(path, body, CODE):
                yield path, text


NAMES: Final = (
    *("changes", "seasons", "release", "film", "contest", "announced", "example"),
    *("folder", "version"),
)


@pytest.mark.parametrize("name", NAMES)
def test_no_english_is_left(sites: dict[str, SiteTexts], name: str) -> None:
    texts, own = sites[name]
    assert len({path for path, _ in texts}) > 10
    found = {
        (path, each.place, *words)
        for path, each in texts
        if (words := find_english(each.text, own))
    }
    assert not found


@pytest.mark.parametrize("name", NAMES)
def test_texts_are_not_glued_together(sites: dict[str, SiteTexts], name: str) -> None:
    """Punctuation between two texts belongs to a language, as the texts do."""
    texts, own = sites[name]
    found = {
        (each.place, glue, each.text)
        for each in join_blocks(text for _, text in texts)
        if (glue := find_glue(each.text, own, GLUE))
    }
    assert not found


def test_every_text_is_used(sites: dict[str, SiteTexts]) -> None:
    """What is not in a file is in a page after its scripts, as other tests prove, or in UNSEEN."""
    texts = {each.text for site in sites.values() for _, each in site.texts}
    seen = {name for text in texts for name in find_names(text)}
    missing = [each for each in TEXT_NAMES if each not in seen]
    elsewhere = ON_PAGES | ON_OVERVIEW | UNSEEN.keys()
    assert missing == [each for each in TEXT_NAMES if each in elsewhere]
