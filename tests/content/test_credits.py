"""Sentences that credit sources, in plain text, and the URLs of licences."""

from __future__ import annotations

from itertools import product

import pytest

from defects_ical.content.credits import describe_credit, describe_credits, find_licence_url
from defects_ical.model.source import Credit
from defects_ical.text.languages import ENGLISH, LANGUAGES, load_words
from tests.support.credits import CREDIT

MAZE = Credit.model_validate(CREDIT)
OTHER = Credit.model_validate({**CREDIT, "name": "ويكي", "licence": "Own"})


@pytest.mark.parametrize("code", LANGUAGES)
def test_credit_has_name_and_licence(code: str) -> None:
    text = describe_credit(MAZE, load_words(code))
    assert text.count("TVmaze") == text.count("CC BY-SA 4.0") == 1


def test_credit_in_languages() -> None:
    assert describe_credit(MAZE, ENGLISH) == "Schedule data: TVmaze (CC BY-SA 4.0)"
    korean = describe_credit(MAZE, load_words("ko"))
    assert korean == "일정 정보 제공: TVmaze (CC BY-SA 4.0)"
    # The names are isolated: they run the other way.
    arabic = describe_credit(MAZE, load_words("ar"))
    assert arabic == "مصدر بيانات جدول العرض: \u2068TVmaze\u2069 (\u2068CC BY-SA 4.0\u2069)"
    assert describe_credit(OTHER, ENGLISH) == "Schedule data: \u2068ويكي\u2069 (Own)"


def test_credits_are_named_once() -> None:
    same = Credit.model_validate({**CREDIT, "url": "https://www.tvmaze.com/shows/2/y"})
    assert describe_credits([MAZE, OTHER, same], ENGLISH) == (
        "Schedule data: TVmaze (CC BY-SA 4.0). Schedule data: \u2068ويكي\u2069 (Own)"
    )


def test_text_before_credits_ends_as_a_sentence() -> None:
    assert describe_credits([MAZE], ENGLISH, "Every event") == (
        "Every event. Schedule data: TVmaze (CC BY-SA 4.0)"
    )
    assert describe_credits([MAZE], ENGLISH, "When Who? airs on Who?") == (
        "When Who? airs on Who? Schedule data: TVmaze (CC BY-SA 4.0)"
    )
    japanese = describe_credits([MAZE], load_words("ja"), "全作品の全日程")
    assert japanese == "全作品の全日程。スケジュール情報提供：TVmaze（CC BY-SA 4.0）"  # noqa: RUF001 - Japanese


@pytest.mark.parametrize("text", ["", "Every event"])
def test_without_credits_the_text_is_alone(text: str) -> None:
    assert describe_credits([], ENGLISH, text) == text


@pytest.mark.parametrize(
    ("licence", "path"),
    [
        ("CC BY-SA 4.0", "licenses/by-sa/4.0/"),
        ("CC-BY-4.0", "licenses/by/4.0/"),
        ("CC BY 2.5", "licenses/by/2.5/"),
        ("CC BY-NC-SA 3.0", "licenses/by-nc-sa/3.0/"),
        ("CC BY-SA 4.0 International", "licenses/by-sa/4.0/"),
        ("CC0 1.0", "publicdomain/zero/1.0/"),
        ("CC0", "publicdomain/zero/1.0/"),
    ],
)
def test_url_of_creative_commons(licence: str, path: str) -> None:
    assert find_licence_url(licence) == f"https://creativecommons.org/{path}"


@pytest.mark.parametrize(
    "licence",
    ["CC BY-SA", "CC", "CC BY-SA 4.0 or later", "CC XX 4.0", "CC BY-SA 9.0", "cc by-sa 4.0", "MIT"],
)
def test_other_licences_have_no_url(licence: str) -> None:
    assert find_licence_url(licence) is None


def test_urls_are_of_licences_that_exist() -> None:
    terms = ("BY", "BY-SA", "BY-ND", "BY-NC", "BY-NC-SA", "BY-NC-ND")
    versions = ("2.0", "2.5", "3.0", "4.0")
    names = [f"CC {each} {version}" for each, version in product(terms, versions)]
    assert len({find_licence_url(each) for each in names}) == 24
    assert [
        each for each in ("CC BY-SA 1.5", "CC BY 3.5", "CC BY 4.5") if find_licence_url(each)
    ] == []
