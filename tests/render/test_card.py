"""The card is one SVG file, shows as many episodes as fit, and is safe with any text."""

from __future__ import annotations

import re
from typing import Final
from xml.etree import ElementTree as ET

import pytest

from defects_ical.model.schedule import Schedule
from tests.support.embeds import (
    HOSTILE_TEXTS,
    MOVED_CANCELLED_TENTATIVE,
    load_with_text,
    render_files,
)
from tests.support.example_schedules import edit_airing, load_yaml, make_yaml
from tests.support.json_documents import RELEASES

SVG: Final = "{http://www.w3.org/2000/svg}"
# Each name stands between these characters, which isolate its writing direction.
ISOLATES: Final = "\u2068\u2069"


def render_card(schedule: Schedule) -> ET.Element:
    return ET.fromstring(render_files(schedule)["/card.svg"])  # noqa: S314 - our own


def read_texts(schedule: Schedule) -> list[str]:
    texts = render_card(schedule).iter(f"{SVG}text")
    return ["".join(each.itertext()).strip(ISOLATES) for each in texts]


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=range(len(HOSTILE_TEXTS)))
def test_hostile_text_stays_text(text: str) -> None:
    tags = {each.tag.removeprefix(SVG) for each in render_card(load_with_text(text)).iter()}
    assert tags <= {"svg", "title", "defs", "radialGradient", "stop", "rect", "text"}


@pytest.mark.parametrize("count", [1, 4, 5, 8, 16, 17, 500])
def test_card_counts_episodes_that_do_not_fit(count: int) -> None:
    texts = read_texts(load_yaml(make_yaml(episodes=count)))
    episodes = [each for each in texts if each.startswith("Episode ")]
    rest = [each for each in texts if each.startswith("and ")]
    assert len(episodes) == (count if count <= 16 else 15)
    assert rest == ([] if count <= 16 else [f"and {count - 15} more"])


def test_card_shows_names_times_and_changes() -> None:
    texts = read_texts(load_yaml(MOVED_CANCELLED_TENTATIVE))
    rows = dict(zip(texts[2:-2:2], texts[3:-2:2], strict=True))
    assert list(rows) == [f"Episode {number}" for number in (1, 2, 3, 4, 5, 6, 7, 8)]
    assert rows["Episode 2"] == "Wed 23 Jul, 01:30 KST"
    assert rows["Episode 3"] == "Mon 28 Jul, cancelled"
    assert rows["Episode 4"] == "Tue 29 Jul, 23:00 (TBC)"


def test_card_shows_newest_season_with_dates() -> None:
    texts = read_texts(load_yaml(RELEASES))
    assert texts[1] == "Season 2 · 6 January to 20 January 2025 · Stream, Channel"
    assert texts[2:-2] == [
        *("S02E01–E02", "Mon 6 Jan, 22:00 GMT"),  # noqa: RUF001 - an en dash
        *("S02E04", "Mon 13 Jan"),
        *("S02E03", "Tue 14 Jan"),
        *("S02E05", "Mon 20 Jan, postponed"),
        *("Season 3", "October 2027"),
    ]


def test_card_of_an_announced_schedule_has_its_month() -> None:
    texts = read_texts(load_yaml(edit_airing("{premiere: 2027-03}")))
    assert texts == [
        *("The Show", "March 2027 · Channel", "Announced", "March 2027"),
        *("me.example/the-defects", "Times in Seoul"),
    ]


def test_card_loads_no_other_files(schedule: Schedule) -> None:
    card = render_files(schedule)["/card.svg"].decode()
    assert re.findall(r"(?:href|src|style|class)=|<style|<script|@import", card) == []
    assert re.findall(r"url\((.*?)\)", card) == ["#night"]


# Other languages.


def make_translated(code: str, title: str) -> Schedule:
    text = make_yaml(platforms="{channel: {name: Channel+, kind: television, region: Everywhere}}")
    return load_yaml(f"languages: [{code}]\n{text}".replace("title: The Show", f"title: {title}"))


def read_title_lines(schedule: Schedule) -> list[str]:
    bold = (each for each in render_card(schedule).iter(f"{SVG}text") if each.get("font-weight"))
    sizes = {"104", "68", "54"}
    return [str(each.text).strip(ISOLATES) for each in bold if each.get("font-size") in sizes]


def test_card_in_arabic_is_mirrored() -> None:
    card = render_card(make_translated("ar", "بيت الشتاء"))
    assert card.get("direction") == "rtl"
    boxes = [each for each in card.iter(f"{SVG}svg") if each.find(f"{SVG}rect") is not None][1:]
    # The first column is at the right; each name is at the right of its row, each time at the left.
    assert [each.get("x") for each in boxes] == ["628"] * 4 + ["72"] * 4
    for box in boxes:
        name, time = box.findall(f"{SVG}text")
        assert (name.get("x"), name.get("text-anchor")) == (box.get("width"), None)
        assert (time.get("x"), time.get("text-anchor")) == ("0", "end")
        assert "…" not in str(name.text)
    subtitle = read_texts(make_translated("ar", "بيت الشتاء"))[1]
    assert subtitle.endswith("\u2068Channel+")


@pytest.mark.parametrize(
    ("code", "font"),
    [("ko", "Malgun Gothic"), ("ja", "Yu Mincho"), ("zh-Hant", "Songti TC"), ("ar", "Geeza Pro")],
)
def test_card_names_its_language_and_fonts(code: str, font: str) -> None:
    card = render_card(make_translated(code, "A"))
    assert card.get("{http://www.w3.org/XML/1998/namespace}lang") == code
    assert f"'{font}'" in str(card.get("font-family"))


def test_card_in_english_is_as_before(schedule: Schedule) -> None:
    attributes = render_card(schedule).attrib
    assert attributes["font-family"] == "Georgia, 'Noto Serif', serif"
    assert not {"direction", "{http://www.w3.org/XML/1998/namespace}lang"} & attributes.keys()


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        # Japanese breaks between characters, but for some.
        ("君の 住む街に降る雪の物語を今も聞く", ["君の 住む街に降る雪の物語を今", "も聞く"]),
        (
            "あの冬の日に君と歩いた海の道、もう一度",
            ["あの冬の日に君と歩いた海の", "道、もう一度"],
        ),
        (
            "星から来たあなたのためのシャッターチャンス",
            ["星から来たあなたのための", "シャッターチャンス"],
        ),
        # Korean breaks between words.
        (
            "슬기로운 의사생활 그리고 우리들의 블루스",
            ["슬기로운 의사생활 그리고", "우리들의 블루스"],
        ),
    ],
)
def test_title_breaks_as_its_script_does(title: str, lines: list[str]) -> None:
    assert read_title_lines(make_translated("ja", title)) == lines
