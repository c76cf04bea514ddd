"""The frame, the custom element and oEmbed are complete, small, and safe with any text."""

from __future__ import annotations

import json
import re
from typing import Final

import pytest

from defects_ical.model.schedule import Schedule
from defects_ical.render.embed import EMBED_PATHS, MAX_ROWS, WEEK_PATHS, build_embed_policy
from tests.support.embeds import (
    HOSTILE_TEXTS,
    MOVED_CANCELLED_TENTATIVE,
    SITE_URL,
    compressed_size,
    load_with_text,
    make_code,
    render_files,
)
from tests.support.example_schedules import edit_airing, load_yaml, make_yaml
from tests.support.html_tree import HtmlTree
from tests.support.json_documents import RELEASES

# The texts of the script: data, which no browser runs.
SCRIPT_WORDS: Final = {"type": "application/json", "id": "script_words"}


def render_frame(schedule: Schedule) -> HtmlTree:
    return HtmlTree(render_files(schedule)["/embed.html"].decode())


def test_embed_paths(schedule: Schedule) -> None:
    paths = ["/embed.html", "/embed.css", "/frame.js", "/embed.js", "/card.svg", "/oembed.json"]
    assert list(render_files(schedule)) == paths
    assert {*paths, *WEEK_PATHS} == EMBED_PATHS


def test_embeds_are_small(schedule: Schedule) -> None:
    frame, style, script, element, *_ = render_files(schedule).values()
    assert compressed_size(frame, style, script) <= 12_000
    # With its texts, which its visitor reads in one language.
    assert compressed_size(element) <= 6_700


def test_frame_has_no_inline_code(schedule: Schedule) -> None:
    frame = render_frame(schedule)
    assert frame.find_all("script") == [SCRIPT_WORDS, {"src": "frame.js"}]
    assert frame.find_all("style") == []
    attributes = [name for _, names in frame.elements for name in names]
    assert [name for name in attributes if name == "style" or name.startswith("on")] == []


def test_frame_policy_names_its_origin(schedule: Schedule) -> None:
    metas = render_frame(schedule).find_all("meta")
    policy = next(each["content"] for each in metas if "http-equiv" in each)
    assert policy == build_embed_policy(SITE_URL)
    assert "script-src 'self' https://me.example; " in policy


def test_frame_is_complete_without_scripts(schedule: Schedule) -> None:
    frame = render_frame(schedule)
    assert len(frame.find_all("li")) == 8
    assert "Tuesday 12 August 2025, 23:00 KST" in frame.text
    assert [each["href"] for each in frame.find_all("a")] == [
        "https://me.example/the-defects/",
        "webcal://me.example/the-defects/the-defects.ics",
        "https://me.example/the-defects/the-defects.ics",
        "https://me.example/the-defects/#subscribe",
    ]
    assert "https://me.example/the-defects/the-defects.ics" in frame.text


def test_frame_shows_changes() -> None:
    text = render_frame(load_yaml(MOVED_CANCELLED_TENTATIVE)).text
    assert "moved from Tuesday 22 July 2025, 23:00 KST" in text
    assert "Episode 3 (cancelled)" in text
    assert "Episode 4 (to be confirmed)" in text


def list_rows(schedule: Schedule) -> list[str]:
    """Return the text of each heading and row of the frame."""
    body = render_files(schedule)["/embed.html"].decode()
    parts = re.findall(r"<h2>.*?</h2>|<li[ >].*?</li>", body, re.DOTALL)
    return [" ".join(re.sub("<.*?>", " ", each).split()) for each in parts]


def test_frame_has_newest_season_first() -> None:
    assert list_rows(load_yaml(RELEASES)) == [
        "Season 3",
        "Announced October 2027",
        "Season 2",
        "S02E01–E02 Monday 6 January 2025, 22:00 GMT",  # noqa: RUF001 - an en dash
        "S02E04 Monday 13 January 2025",
        "S02E03 Tuesday 14 January 2025 moved from Monday 13 January 2025",
        "S02E05 (postponed) Monday 20 January 2025",
        "Season 1",
        "Episodes 1–2 Saturday 11 May 2024, 20:00 BST",  # noqa: RUF001 - an en dash
        "The party Wednesday 25 December 2024",
    ]


def test_frame_of_an_announced_schedule_has_its_month() -> None:
    announced = edit_airing("{premiere: 2027, episodes: 8}")
    assert list_rows(load_yaml(announced)) == ["Episodes 1–8 2027"]  # noqa: RUF001 - an en dash


def test_frame_of_a_film() -> None:
    film = edit_airing(specials="{id: film, title: The Show, airs: 2026-05-15}")
    assert list_rows(load_yaml(film)) == ["The Show Friday 15 May 2026"]


def test_row_without_hour_covers_its_day() -> None:
    frame = render_frame(load_yaml(edit_airing(specials="{id: a, title: A, airs: 2026-05-15}")))
    (row,) = frame.find_all("li")
    assert row == {
        "data-start": "2026-05-14T15:00:00Z",
        "data-end": "2026-05-15T15:00:00Z",
        "data-day": "Friday 15 May 2026",
        "data-status": "confirmed",
    }


@pytest.mark.parametrize(
    ("block", "height"),
    [
        ("premiere: 2025-07-21, weekdays: [monday], time: 23:00, runtime: 60, episodes: 120", 856),
        ("premiere: 2025-07-21, weekdays: [monday], time: 23:00, runtime: 60, episodes: 2", 414),
        ("premiere: 2025-07-21, weekdays: [monday], episodes: 2", 372),
        ("premiere: 2025-07-21, time: 23:00, runtime: 60, episodes: 120", 347),
        ("premiere: 2025-07", 326),
    ],
)
def test_frame_height_is_that_of_its_rows(block: str, height: int) -> None:
    response = render_files(load_yaml(edit_airing(f"{{{block}}}")))["/oembed.json"]
    assert json.loads(response)["height"] == height


def test_static_html_has_each_season() -> None:
    html = make_code(load_yaml(RELEASES), "html")
    assert re.findall(r"<p>(Season \d)</p>", html) == ["Season 3", "Season 2", "Season 1"]
    assert "<li>Announced: October 2027</li>" in html
    assert '<time datetime="2025-01-20">Monday 20 January 2025</time> (postponed)' in html
    assert html.count("<li>") == 7


def test_embeds_have_no_spoilers(schedule: Schedule) -> None:
    assert b"Ah-hyeon" not in b"".join(render_files(schedule).values())


def test_long_list_can_be_focused() -> None:
    """A keyboard scrolls a list only if it has the focus."""
    short, long = (
        render_frame(load_yaml(make_yaml(episodes=count))).find_all("div")[0]
        for count in (MAX_ROWS, MAX_ROWS + 1)
    )
    assert short == {"id": "list"}
    assert long == {"id": "list", "tabindex": "0", "role": "group", "aria-label": "Episodes"}


def test_frame_and_element_scroll_alike(schedule: Schedule) -> None:
    assert f"const MAX_ROWS = {MAX_ROWS};".encode() in render_files(schedule)["/embed.js"]


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=range(len(HOSTILE_TEXTS)))
def test_hostile_text_stays_text(text: str) -> None:
    files = render_files(load_with_text(text))
    frame = HtmlTree(files["/embed.html"].decode())
    assert frame.find_all("script") == [SCRIPT_WORDS, {"src": "frame.js"}]
    assert frame.find_all("img") == []
    assert text in frame.text
    assert HtmlTree(json.loads(files["/oembed.json"])["html"]).tags == ["iframe"]


def test_oembed_describes_frame(schedule: Schedule) -> None:
    response = json.loads(render_files(schedule)["/oembed.json"])
    frame = HtmlTree(response.pop("html")).find_all("iframe")[0]
    assert (frame["width"], frame["height"]) == ("600", str(response.pop("height")))
    assert response == {
        "version": "1.0",
        "type": "rich",
        "title": "The Defects",
        "provider_name": "The Defects",
        "provider_url": "https://me.example/the-defects/",
        "cache_age": 3600,
        "width": 600,
    }


def test_oembed_html_suits_wordpress(schedule: Schedule) -> None:
    """Its wp_filter_oembed_result() expects exactly this, and keeps it in one line."""
    html = json.loads(render_files(schedule)["/oembed.json"])["html"]
    assert re.fullmatch(r"<iframe .*?></iframe>", html)
