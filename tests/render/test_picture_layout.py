"""What the picture for link previews says, in which fonts, and where."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from defects_ical.content.site_input import SiteInput
from defects_ical.errors import PictureError
from defects_ical.model.schedule import Schedule
from defects_ical.render.picture.layout import lay_out_picture
from tests.support.embeds import MOVED_CANCELLED_TENTATIVE, SITE_URL, load_with_text
from tests.support.example_schedules import edit_airing, load_yaml, make_yaml
from tests.support.json_documents import RELEASES

SVG = "{http://www.w3.org/2000/svg}"


def lay_out(schedule: Schedule) -> list[ET.Element]:
    """Return the elements of the texts."""
    svg = lay_out_picture(SiteInput(schedule, SITE_URL))
    return [*ET.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 - our own


def read_texts(schedule: Schedule) -> list[str]:
    return [str(each.text) for each in lay_out(schedule)]


def load_title(title: str, language: str = "en") -> Schedule:
    text = make_yaml().replace("title: The Show", f'title: "{title}"')
    return load_yaml(f"languages: [{language}]\n{text}")


def test_picture_has_title_dates_platforms_and_first(schedule: Schedule) -> None:
    assert read_texts(schedule) == [
        *("The Defects", "21 July to 12 August 2025", "ENA, TVing, Kocowa"),
        *("Episode 1", "Mon 21 Jul, 23:00 KST"),
        *("Episode 2", "Tue 22 Jul, 23:00 KST"),
        *("Episode 3", "Mon 28 Jul, 23:00 KST", "and 5 more"),
    ]


@pytest.mark.parametrize(("count", "rest"), [(1, []), (4, []), (5, ["and 2 more"])])
def test_picture_counts_what_does_not_fit(count: int, rest: list[str]) -> None:
    texts = read_texts(load_yaml(make_yaml(episodes=count)))
    assert len([each for each in texts if each.startswith("Episode")]) == count - 2 * len(rest)
    assert [each for each in texts if each.startswith("and ")] == rest


def test_picture_shows_newest_season_with_dates() -> None:
    texts = read_texts(load_yaml(RELEASES))
    assert texts[1:3] == ["Season 2 · 6 January to 20 January 2025", "Stream, Channel"]
    assert texts[-1] == "and 2 more"


def test_picture_of_announced_schedule_has_its_month() -> None:
    texts = read_texts(load_yaml(edit_airing("{premiere: 2027-03}")))
    assert texts == ["The Show", "March 2027", "Channel", "Announced", "March 2027"]


def test_cancelled_episode_is_struck() -> None:
    lines = lay_out(load_yaml(MOVED_CANCELLED_TENTATIVE))
    struck = [each.text for each in lines if each.get("text-decoration") == "line-through"]
    assert struck == ["Episode 3"]


def test_lines_stay_in_the_picture_and_apart() -> None:
    lines = lay_out(load_with_text("W" * 5000))
    boxes = [(int(str(each.get("y"))), int(str(each.get("font-size")))) for each in lines]
    rows = sorted({*boxes})
    assert all(y - size >= above for (above, _), (y, size) in pairwise(rows))
    assert rows[-1][0] < 630
    assert all(
        len(str(each.text)) * size < 1056 for each, (_, size) in zip(lines, boxes, strict=True)
    )


def test_picture_loads_no_other_files(schedule: Schedule) -> None:
    svg = lay_out_picture(SiteInput(schedule, SITE_URL))
    assert re.findall(r"(?:href|src|style|class)=|<style|@import", svg) == []
    assert re.findall(r"url\((.*?)\)", svg) == ["#night"]


# Fonts.


@pytest.mark.parametrize(
    ("title", "language", "font"),
    [
        ("The Show", "en", "Georgia"),
        ("The Show", "ko", "Noto Serif CJK KR"),
        ("骨", "ja", "Noto Serif CJK JP"),
        ("骨", "zh-Hant", "Noto Serif CJK TC"),
        ("아이쇼핑 2", "en", "Noto Serif CJK KR"),
        ("カメラ", "fr", "Noto Serif CJK JP"),
        ("骨", "en", "Noto Serif CJK TC"),
    ],
)
def test_fonts_are_those_of_language_and_script(title: str, language: str, font: str) -> None:
    families = str(lay_out(load_title(title, language))[0].get("font-family"))
    assert families.startswith(f"'{font}', ")
    assert families.endswith("'Arial'")


# Directions.


@pytest.mark.parametrize("title", ["بيت الشتاء", "The בית", "abc \u202edef"])
def test_text_from_right_to_left_is_refused(title: str) -> None:
    with pytest.raises(PictureError) as caught:
        lay_out(load_title(title))
    assert str(caught.value).endswith(
        "written from right to left. Take a screenshot of `/card.svg` instead."
    )


def test_language_from_right_to_left_is_refused() -> None:
    with pytest.raises(PictureError, match="right to left"):
        lay_out(load_title("The Show", "ar"))


def test_isolates_are_left_out() -> None:
    assert read_texts(load_title("a \u2066b\u2069"))[0] == "a b"


def test_picture_credits_the_source_of_its_data() -> None:
    credit = "{name: TVmaze, url: 'https://www.tvmaze.com/shows/1/x', licence: CC BY-SA 4.0}"
    text = make_yaml().replace("title: The Show", f"title: The Show, credit: {credit}")
    assert read_texts(load_yaml(text))[-1] == "Schedule data: TVmaze (CC BY-SA 4.0)"
