"""The frame and the element of the week are complete, small, and safe with any text."""

from __future__ import annotations

import gzip

import pytest

from defects_ical.catalog.week import (
    MAX_ROWS,
    render_frame_code,
    render_week,
    render_week_element,
)
from defects_ical.render.embed import build_embed_policy
from tests.catalog.overview_sites import (
    SITE_URL,
    make_catalog,
    make_large_catalog,
    make_small_catalog,
)
from tests.support.embeds import compressed_size
from tests.support.html_tree import HtmlTree


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """Render the files of a site of three shows."""
    return dict(render_week(make_small_catalog()))


def test_paths(files: dict[str, bytes]) -> None:
    assert list(files) == ["/week.html", "/week.css", "/week-frame.js", "/week.js"]


def test_frame_has_no_inline_code(files: dict[str, bytes]) -> None:
    frame = HtmlTree(files["/week.html"].decode())
    data = {"type": "application/json", "id": "script_words"}
    assert frame.find_all("script") == [data, {"src": "week-frame.js"}]
    attributes = [name for _, names in frame.elements for name in names]
    assert [each for each in attributes if each == "style" or each.startswith("on")] == []
    metas = frame.find_all("meta")
    policy = next(each["content"] for each in metas if "http-equiv" in each)
    assert policy == build_embed_policy(SITE_URL)


def test_frame_is_complete_without_scripts(files: dict[str, bytes]) -> None:
    frame = HtmlTree(files["/week.html"].decode())
    assert len(frame.find_all("li")) == 18
    assert "Times in Seoul." in frame.text
    assert "21 to 27 July 2025" in frame.text
    assert "23:00The DefectsEpisode 1 ENA, TVing, Kocowa" in frame.text
    assert {each["href"] for each in frame.find_all("a")} >= {
        "https://shows.example/tv/",
        "webcal://shows.example/tv/all.ics",
        "https://shows.example/tv/all.ics",
        "/tv/the-defects/#e01",
    }


def test_links_of_the_frame_open_windows(files: dict[str, bytes]) -> None:
    """A page cannot be shown inside the frame."""
    for each in HtmlTree(files["/week.html"].decode()).find_all("a"):
        assert (each.get("target") == "_blank") is not each["href"].endswith(".ics")


def test_frame_has_at_most_200_rows() -> None:
    frame = dict(render_week(make_large_catalog()))["/week.html"]
    assert frame.count(b"data-start=") == MAX_ROWS == 200
    assert b"does not have every date" in frame
    assert len(gzip.compress(frame, mtime=0)) <= 10_000


def test_embeds_are_small(files: dict[str, bytes]) -> None:
    frame, style, script, element = files.values()
    assert compressed_size(frame, style, script) <= 12_000
    assert compressed_size(element) <= 7_000


def test_scripts_define_no_globals(files: dict[str, bytes]) -> None:
    for path in ("/week-frame.js", "/week.js"):
        assert files[path].startswith(b'(() => {\n"use strict";\n')
        assert b"\n//" not in files[path]


def test_code_escapes_texts() -> None:
    catalog = make_catalog(title='"><script>alert(1)</script>')
    for code in (render_frame_code(catalog), render_week_element(catalog)):
        assert HtmlTree(code).find_all("script") == [
            {"src": "https://shows.example/tv/week.js", "async": ""}
        ]


def test_frame_of_no_shows() -> None:
    assert b"No date is known." in dict(render_week(make_catalog()))["/week.html"]
