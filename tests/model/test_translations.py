"""A schedule in each of its languages."""

from __future__ import annotations

from typing import Final

import pytest
from jsonschema import ValidationError

from defects_ical.errors import ScheduleError
from defects_ical.model.schedule import Schedule, read_languages
from defects_ical.text.languages import LANGUAGES
from defects_ical.text.translations import Foreign, Translated
from tests.model.test_schedule import VALIDATOR, read_like_editor
from tests.support.example_schedules import load_yaml, make_yaml
from tests.support.translated_schedules import make_schedules, write_changed_example

TEXT: Final = """\
format: 1
languages: [ko, en, ja]
show:
  uid: 3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29
  slug: show
  title: {ko: 아이쇼핑, en: The Defects}
  original_title: 아이쇼핑
  synopsis: {ko: 버려진 아이들., en: Abandoned children., ja: 捨てられた子ら。}
  genres: [{ko: 스릴러, en: thriller}, noir]
  cast: [{actor: Yum Jung-ah, role: 김세희}]
timezone: Asia/Seoul
published: 2025-07-01T00:00:00+00:00
airing: {premiere: 2025-07-21, weekdays: [monday], time: 22:00, runtime: 60, episodes: 2}
platforms:
  ena: {name: ENA, kind: television, region: {ko: 대한민국, en: South Korea}}
episodes:
  1: {title: {ko: 시작, en: The Start}, teaser: 달린다.}
  2: {runtime: 70}
specials: [{id: extra, title: {ko: 뒷이야기, en: Backstage}, airs: 2025-07-29}]
changes: [{at: 2025-07-10T12:00:00+09:00, episodes: [1], note: 수정., reason: {ko: 경기., en: A game.}}]
"""  # noqa: E501 - as a maintainer would write it


@pytest.fixture(scope="module")
def korean() -> Schedule:
    return load_yaml(TEXT)


def list_texts(schedule: Schedule) -> dict[str, str | None]:
    show, change, special = schedule.show, schedule.changes[0], schedule.specials[0]
    return {
        "title": show.title,
        "original_title": show.original_title,
        "synopsis": show.synopsis,
        "genres": ", ".join(show.genres),
        "role": show.cast[0].role,
        "region": schedule.platforms["ena"].region,
        "episode": schedule.episodes["1"].title,
        "special": special.title,
        "reason": change.reason,
        "note": change.note,
    }


def test_main_language_is_the_first(korean: Schedule) -> None:
    assert (korean.languages, korean.language, korean.words.code) == (
        ("ko", "en", "ja"),
        "ko",
        "ko",
    )
    assert list_texts(korean) == {
        "title": "아이쇼핑",
        "original_title": "아이쇼핑",
        "synopsis": "버려진 아이들.",
        "genres": "스릴러, noir",
        "role": "김세희",
        "region": "대한민국",
        "episode": "시작",
        "special": "뒷이야기",
        "reason": "경기.",
        "note": "수정.",
    }


def test_texts_in_another_language(korean: Schedule) -> None:
    english = korean.in_language("en")
    assert (english.languages, english.language, english.words.code) == (
        ("ko", "en", "ja"),
        "en",
        "en",
    )
    assert list_texts(english) == {
        "title": "The Defects",
        "original_title": "아이쇼핑",
        "synopsis": "Abandoned children.",
        "genres": "thriller, noir",
        "role": "김세희",
        "region": "South Korea",
        "episode": "The Start",
        "special": "Backstage",
        "reason": "A game.",
        "note": "수정.",
    }


def test_missing_text_is_foreign(korean: Schedule) -> None:
    """It is that of the main language, and says so; a text of its own language is plain."""
    english = korean.in_language("en")
    role, note, teaser = (
        english.show.cast[0].role,
        english.changes[0].note,
        english.episodes["1"].teaser,
    )
    for each in (role, note, teaser):
        assert isinstance(each, Foreign)
        assert each.language == "ko"
    assert type(english.show.title) is str
    assert [type(each) for each in english.show.genres] == [str, Foreign]


def test_name_in_plain_text_is_the_same_in_every_language(korean: Schedule) -> None:
    """The name of a channel or an actor is not marked as foreign in its own language."""
    name = korean.platforms["ena"].name
    assert isinstance(name, Translated)
    assert name.is_shared
    assert korean.in_language("en").platforms["ena"].name == "ENA"
    assert korean.in_language("en").show.cast[0].actor == "Yum Jung-ah"


def test_original_title_that_is_the_title_is_left_out(korean: Schedule) -> None:
    assert korean.in_language("en").show.original_title == "아이쇼핑"
    # There is no Japanese title, so that the Korean one is shown.
    japanese = korean.in_language("ja").show
    assert (japanese.title, japanese.original_title) == ("아이쇼핑", None)


def test_what_has_no_texts_is_shared(korean: Schedule) -> None:
    """So that a copy needs little memory."""
    english = korean.in_language("en")
    assert english.airing is korean.airing
    assert english.show.uid is korean.show.uid
    assert english.episodes["2"] is korean.episodes["2"]
    assert english.episodes["1"] is not korean.episodes["1"]
    assert english.specials[0].airs is korean.specials[0].airs
    assert english.digest == korean.digest


def test_copies_are_equal_only_to_themselves(korean: Schedule) -> None:
    """A schedule is the key of what was computed from it."""
    english = korean.in_language("en")
    assert len({korean, english, korean.in_language("en"), english.described_in("ja")}) == 4


def test_copies_do_not_change_the_schedule(korean: Schedule) -> None:
    before = list_texts(korean)
    for code in LANGUAGES:
        korean.in_language(code)
        korean.described_in(code)
    assert list_texts(korean) == before
    assert (korean.language, korean.words.code) == ("ko", "ko")


def test_only_labels_are_in_the_language_of_a_description(korean: Schedule) -> None:
    described = korean.described_in("en")
    assert list_texts(described) == list_texts(korean)
    assert (described.language, described.words.code) == ("ko", "en")
    assert described.described_in("ko").words.code == "ko"
    assert described.described_in("en") is described


@pytest.mark.parametrize("languages", ["", "languages: [en]\n"])
def test_schedule_of_one_language_has_plain_texts(languages: str) -> None:
    schedule = load_yaml(languages + make_yaml())
    assert schedule.languages == ("en",)
    assert type(schedule.show.title) is str
    assert type(schedule.platforms["channel"].region) is str


def test_mapping_may_have_the_main_language_only() -> None:
    text = make_yaml().replace("title: The Show", "title: {en: The Show}")
    assert load_yaml(text).show.title == "The Show"
    translated = load_yaml(f"languages: [en, ko]\n{text}").in_language("ko").show.title
    assert isinstance(translated, Foreign)


@pytest.mark.parametrize(
    ("found", "languages"),
    [
        (None, ("en",)),
        ("ko", ("en",)),
        ([], ("en",)),
        (["fi"], ("en",)),
        (["ko", "fi", "en"], ("ko", "en")),
        ([["ko"], {"ko": "en"}, "ja"], ("ja",)),
    ],
)
def test_languages_of_unchecked_file(found: object, languages: tuple[str, ...]) -> None:
    assert read_languages({} if found is None else {"languages": found}) == languages
    assert read_languages("text") == ("en",)


# The JSON Schema.


@pytest.mark.parametrize("code", LANGUAGES)
def test_schema_accepts_each_language(code: str) -> None:
    text = make_yaml().replace("title: The Show", f"title: {{{code}: '1984', en: x}}")
    text = f"languages: [en, {code}]\n{text}" if code != "en" else make_yaml()
    load_yaml(text)
    VALIDATOR.validate(read_like_editor(text))


@pytest.mark.parametrize(
    "text", [TEXT, write_changed_example(), *make_schedules(LANGUAGES).values()]
)
def test_schema_accepts_translated_schedules(text: str) -> None:
    load_yaml(text)
    VALIDATOR.validate(read_like_editor(text))


@pytest.mark.parametrize(
    ("valid", "invalid"),
    [
        ("[ko, en, ja]", "[ko, en, fi]"),
        ("[ko, en, ja]", "[ko, en, zh-TW]"),
        ("[ko, en, ja]", "[]"),
        ("[ko, en, ja]", "ko"),
        ("[ko, en, ja]", ""),
        ("en: The Defects", "zh-TW: The Defects"),
        ("en: The Defects", "En: The Defects"),
        ("en: The Defects", "en: [The Defects]"),
        ("en: The Defects", "en: "),
        ("{ko: 대한민국, en: South Korea}", "{}"),
        ("{ko: 대한민국, en: South Korea}", "[대한민국]"),
        ("slug: show", "slug: {ko: show, en: show}"),
        ("original_title: 아이쇼핑", "original_title: {ko: 아이쇼핑}"),
        ("kind: television", "kind: {ko: television}"),
    ],
)
def test_schema_rejects_what_loader_rejects(valid: str, invalid: str) -> None:
    text = TEXT.replace(valid, invalid)
    assert text != TEXT
    with pytest.raises(ValidationError):
        VALIDATOR.validate(read_like_editor(text))
    with pytest.raises(ScheduleError):
        load_yaml(text)
