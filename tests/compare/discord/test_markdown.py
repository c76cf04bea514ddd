"""Texts within Discord's Markdown: no character of a schedule has a meaning."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from defects_ical.compare.discord.markdown import escape, format_timestamp, join_fitting, measure
from tests.support.discord import find_markup, show_text
from tests.support.hostile_schedules import INJECTION

LONG = 100_000

MARKUP = {
    "bold": ["**b**", "a **b** c", "***b***"],
    "italic": ["*b*", "_b_", "a _b_ c", "日本_b_"],
    "underline": ["__b__"],
    "strikethrough": ["~~b~~"],
    "spoiler": ["||b||", "who ||dies|| today"],
    "code": ["`b`", "``a ` b``", "```js b```"],
    "link": ["[x](https://elsewhere.example)", "[x](<https://elsewhere.example>)", "[a[b]](c)"],
    "mention": ["<@1>", "<@!12>", "<@&12>", "<#12>", "@everyone", "@here", "<id:home>", "</a:12>"],
    "timestamp": ["<t:1754316000:F>", "<t:0>"],
    "emoji": [":smile:", "<:a:12>", "<a:b:12>", "10:+1:5"],
    "address in brackets": ["<https://elsewhere.example>"],
    "heading": ["# b", "## b", "### b"],
    "small text": ["-# b"],
    "quotation": ["> b", ">>> b"],
    "list": ["- b", "* b", "+ b", "1. b", "12. b"],
}
PLAIN = (
    *("Episode 5", "Semi-final", "Who? Me!", "(b)", "a - b", "2 > 1", "50 %", "C#", "{0} %s"),
    *("https://a.example/b_c_d?e=f&g=~h~#i-j", "See https://a.example/_b_.", "(https://a.example)"),
)


@pytest.mark.parametrize(
    ("name", "text"), [(name, each) for name in MARKUP for each in MARKUP[name]]
)
def test_markup_is_shown_as_it_is_written(name: str, text: str) -> None:
    assert find_markup(text) == [name]
    escaped = escape(text, LONG)
    assert (find_markup(escaped), show_text(escaped)) == ([], text)


@pytest.mark.parametrize("text", PLAIN)
def test_plain_text_has_no_backslashes(text: str) -> None:
    assert escape(text, LONG) == text


@pytest.mark.parametrize(
    "text",
    [
        "https://a.example/*b*",
        "https://a.example/b:*c*",
        "xhttps://a.example/_b_",
        "https://a.example/日本_b_",
        "https://",
        "https://a.example/||b||",
        INJECTION,
    ],
)
def test_other_addresses_are_plain_text(text: str) -> None:
    escaped = escape(text, LONG)
    assert (find_markup(escaped), show_text(escaped)) == ([], " ".join(text.split()))
    assert "https://a" not in escaped


@given(
    st.lists(
        st.sampled_from(
            [*"\\`*_~|<>@[]()#-+.:!&/ 1aé日\n\U0001f3ac", "http://", "https://a", "here"]
        )
    ).map("".join)
)
def test_any_text_is_shown_as_it_is_written(text: str) -> None:
    escaped = escape(text, LONG)
    assert (find_markup(escaped), show_text(escaped)) == ([], " ".join(text.split()))


@given(
    st.lists(st.sampled_from([*"\\*_<:a日\U0001f3ac ", "https://a"]), max_size=60).map("".join),
    st.integers(1, 40),
)
def test_text_is_shortened_to_a_limit(text: str, limit: int) -> None:
    escaped, line = escape(text, limit), " ".join(text.split())
    assert measure(escaped) <= limit
    shown = show_text(escaped)
    assert shown == line or (shown[-1] == "…" and line.startswith(shown[:-1]))
    assert find_markup(escaped) == []


def test_shortened_text_uses_the_room() -> None:
    assert escape("b" * 5000, 256) == "b" * 255 + "…"
    assert escape("*" * 5000, 256) == r"\*" * 127 + "…"
    assert escape("\U0001f3ac" * 5000, 256) == "\U0001f3ac" * 127 + "…"


def test_time_is_a_timestamp_of_discord() -> None:
    assert format_timestamp(datetime(2025, 8, 4, 14, tzinfo=UTC)) == "<t:1754316000:F>"


def test_parts_are_joined_as_long_as_they_fit() -> None:
    assert join_fitting(["aa", "bb", "cc"], ", ", 12) == "aa, bb, …"
    assert join_fitting(["aa", "bb", "cc"], ", ", 13) == "aa, bb, cc"
    assert join_fitting(["a" * 9], ", ", 5) == "…"
