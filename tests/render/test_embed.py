"""The frame, the custom element and oEmbed are complete, small, and safe with any text."""

from __future__ import annotations

import json
import re

import pytest

from defects_ical.model.schedule import Schedule
from defects_ical.render.embed import EMBED_PATHS, MAX_ROWS, build_embed_policy
from tests.support.embeds import (
    HOSTILE_TEXTS,
    MOVED_CANCELLED_TENTATIVE,
    SITE_URL,
    compressed_size,
    load_with_text,
    render_files,
)
from tests.support.example_schedules import load_yaml, make_yaml
from tests.support.html_tree import HtmlTree


def render_frame(schedule: Schedule) -> HtmlTree:
    return HtmlTree(render_files(schedule)["/embed.html"].decode())


def test_embed_paths(schedule: Schedule) -> None:
    paths = ["/embed.html", "/embed.css", "/frame.js", "/embed.js", "/card.svg", "/oembed.json"]
    assert list(render_files(schedule)) == paths
    assert set(paths) == EMBED_PATHS


def test_embeds_are_small(schedule: Schedule) -> None:
    frame, style, script, element, *_ = render_files(schedule).values()
    assert compressed_size(frame, style, script) <= 12_000
    assert compressed_size(element) <= 6_000


def test_frame_has_no_inline_code(schedule: Schedule) -> None:
    frame = render_frame(schedule)
    assert frame.find_all("script") == [{"src": "frame.js"}]
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


def test_embeds_have_no_spoilers(schedule: Schedule) -> None:
    assert b"Ah-hyeon" not in b"".join(render_files(schedule).values())


def test_long_list_can_be_focused() -> None:
    """A keyboard scrolls a list only if it has the focus."""
    short, long = (
        render_frame(load_yaml(make_yaml(episodes=count))).find_all("ol")[0]
        for count in (MAX_ROWS, MAX_ROWS + 1)
    )
    assert short == {}
    assert long == {"tabindex": "0", "aria-label": "Episodes"}


def test_frame_and_element_scroll_alike(schedule: Schedule) -> None:
    assert f"const MAX_ROWS = {MAX_ROWS};".encode() in render_files(schedule)["/embed.js"]


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=range(len(HOSTILE_TEXTS)))
def test_hostile_text_stays_text(text: str) -> None:
    files = render_files(load_with_text(text))
    frame = HtmlTree(files["/embed.html"].decode())
    assert frame.find_all("script") == [{"src": "frame.js"}]
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
