"""Texts of sources without markup and invisible characters."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from defects_ical.model.changes import OneLineText
from defects_ical.model.schedule import MultiLineText
from defects_ical.sources.plain_text import clean_line, clean_text, html_to_text, remove_markup


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One.</p><p>Two &amp; <b>three</b>.</p>", "One.\n\nTwo & three."),
        ("<p>One.</p>\n\n<p>Two.</p>", "One.\n\nTwo."),
        ("a<br>b<br/>c<BR />d", "a\nb\nc\nd"),
        ("<ul><li>One</li><li>Two</li></ul>", "- One\n- Two"),
        ("<style>p {}</style>a<script>b<p>c</script>d", "ad"),
        ("<script>never ends", ""),
        ("<!DOCTYPE html><!-- x -->a", "a"),
        ("1 < 2 &lt; 3 <3", "1 < 2 < 3 <3"),
        ("&#x41;&#66;&copy;&nbsp;&unknown;&amp", "AB© &unknown;&amp"),
        ("&lt;b&gt;bold&lt;/b&gt;", "<b>bold</b>"),
        ("C:\\x", "C:/x"),
    ],
)
def test_html_becomes_text(html: str, text: str) -> None:
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("I <3 you", "I <3 you"),
        ("a <b> c", "a  c"),
        ("if a <name> b", "if a <name> b"),
        ("Tom &amp; Ann", "Tom & Ann"),
        ("x&y; AT&T", "x&y; AT&T"),
        ('See <a href="https://a.example/">this</a>', "See this"),
    ],
)
def test_only_markup_is_removed(text: str, plain: str) -> None:
    assert remove_markup(text) == plain


@given(st.text(st.characters(codec=None)))
def test_cleaned_texts_are_those_of_a_schedule(text: str) -> None:
    line, paragraphs = clean_line(text), clean_text(text)
    for cleaned, kind in ((line, OneLineText), (paragraphs, MultiLineText)):
        if cleaned:
            assert TypeAdapter(kind).validate_python(cleaned) == cleaned
            assert cleaned.encode()
    assert clean_line(line) == line
    assert clean_text(paragraphs) == paragraphs


@pytest.mark.parametrize(
    "part", ["<", "<a", "<!--", "<script>", "</", "&", "&#", "<a b='", "<b>", "\n", "\\", "\u2067"]
)
def test_hostile_markup_takes_linear_time(part: str) -> None:
    text = part * (200_000 // len(part))
    started = time.monotonic()
    html_to_text(text)
    remove_markup(text)
    assert time.monotonic() - started < 2
