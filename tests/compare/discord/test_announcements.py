"""What is news for viewers, and in which words."""

from __future__ import annotations

import json
import re

import pytest

from defects_ical.compare.discord.messages import format_message
from defects_ical.text.languages import LANGUAGES
from tests.compare.comparisons import apply_edit
from tests.compare.discord.announcing import announce, list_news, make_comparison
from tests.compare.edits import EDITS, PUBLISHED
from tests.support.example_schedules import load_yaml, make_yaml
from tests.support.translated_schedules import make_schedules, to_yaml
from tests.support.variants import sample

AT = "at: 2025-08-01T12:00:00+09:00"
LATER = "at: 2025-08-01T13:00:00+09:00"

# Entries, and what viewers read: the names of episodes, and what changed.
NEWS = {
    "moved": (
        ["episodes: [5], move: 2025-08-04T23:30, reason: A game ran over"],
        {"Episode 5": "Moved from <t:1754316000:F> to <t:1754317800:F>. A game ran over."},
    ),
    "moved to a date": (
        ["episodes: [5], move: 2025-08-09"],
        {"Episode 5": "Moved from <t:1754316000:F> to Saturday 9 August 2025; hour not known."},
    ),
    "hour unknown on the same date": (
        ["episodes: [5], move: 2025-08-04"],
        {"Episode 5": "Moved from <t:1754316000:F> to Monday 4 August 2025; hour not known."},
    ),
    "cancelled together": (
        ["episodes: [7, 8], status: cancelled, reason: A strike."],
        {"Episodes 7\u20138": "Cancelled. A strike."},
    ),
    "cancelled with a special": (
        ["episodes: [1, 3, 8, making-of], status: postponed"],
        {"Episodes 1, 3, 8, The making of": "Postponed."},
    ),
    "restored": (["episodes: [4], status: confirmed"], {"Episode 4": "Confirmed."}),
    "tentative": (["episodes: [4], status: tentative"], {"Episode 4": "To be confirmed."}),
    "longer": (
        ["episodes: [5], runtime: 75, note: A longer cut."],
        {"Episode 5": "Now 1 h 15 min long, not 1 h. A longer cut."},
    ),
    "text": (
        ["episodes: [1], note: A new teaser., reason: The old one was wrong."],
        {"Episode 1": "A new teaser. The old one was wrong."},
    ),
    "a platform": (
        ["episodes: [2], platform: stream, shift: {days: 1}, reason: Rights."],
        {"Episode 2": "Stream: Moved from <t:1753200000:F> to <t:1753286400:F>. Rights."},
    ),
    "a note about a platform": (
        ["episodes: [2], platform: stream, note: Now with subtitles."],
        {"Episode 2": "Stream: Now with subtitles."},
    ),
    "the net effect of two entries": (
        [
            "episodes: [5], move: 2025-08-05T20:00, reason: A game.",
            "episodes: [5], move: 2025-08-04T23:30, status: confirmed, reason: No game.",
        ],
        {
            "Episode 5": "Moved from <t:1754316000:F> to <t:1754317800:F>. Confirmed. "
            "A game. No game."
        },
    ),
}


@pytest.mark.parametrize("name", NEWS)
def test_announced_change_is_news(name: str) -> None:
    entries, expected = NEWS[name]
    dated = [f"{{{at}, {each}}}" for at, each in zip((AT, LATER), entries, strict=False)]
    assert list_news(announce(*dated)) == expected


def test_message_is_about_the_show() -> None:
    text = PUBLISHED.replace("title: The Show", "title: The *Show*\n  color: crimson")
    embed = announce(f"{{{AT}, episodes: [4], status: confirmed}}", text=text, live=text)
    assert (embed["title"], embed["url"], embed["color"]) == (
        r"The \*Show\*",
        "https://defects.example/",
        0xDC143C,
    )
    assert "footer" not in embed


HOURLESS = PUBLISHED.replace("  time: 23:00\n  runtime: 60\n", "").replace(
    PUBLISHED[PUBLISHED.index("  - {at:") :], ""
)


def test_hour_that_is_known_is_news() -> None:
    entry = "{at: 2025-07-20T12:00:00+09:00, episodes: [1], time: 23:00, runtime: 60}"
    news = list_news(announce(entry, text=HOURLESS, live=HOURLESS))
    assert news == {"Episode 1": "The hour is known: <t:1753106400:F>."}


def test_added_episodes_are_news_after_the_others() -> None:
    text = PUBLISHED.replace("episodes: 8", "episodes: 11").replace(
        "specials:\n",
        "specials:\n  - {id: gala, title: The gala, airs: 2025-08-27}\n"
        "  - {id: ball, title: The ball, airs: 2025-08-28T20:00, runtime: 60}\n",
    )
    assert list_news(announce(f"{{{AT}, episodes: [4], status: confirmed}}", text=text)) == {
        "Episode 4": "Confirmed.",
        "The gala": "Wednesday 27 August 2025",
        "The ball": "<t:1756378800:F>",
        "Episodes 9\u201311": "From <t:1755525600:F>",
    }


def test_one_added_episode_is_news_with_its_title() -> None:
    text = PUBLISHED.replace("episodes: 8", "episodes: 9").replace(
        "specials:", "  9: {title: Home}\nspecials:"
    )
    assert list_news(announce(text=text)) == {"Episode 9, Home": "<t:1755525600:F>"}


def test_added_episode_that_is_tentative_says_so() -> None:
    text = PUBLISHED.replace("episodes: 8", "episodes: 9")
    news = list_news(announce(f"{{{AT}, episodes: [9], status: tentative}}", text=text))
    assert news == {"Episode 9": "<t:1755525600:F>, to be confirmed"}


RELEASED_TOGETHER = make_yaml(changes="").replace("episodes: 8", "episodes: 8\n  together: 4")


def test_event_of_several_episodes_is_news_by_episodes() -> None:
    entry = f"{{{AT}, episodes: [2], status: postponed, reason: Not ready.}}"
    news = list_news(announce(entry, text=RELEASED_TOGETHER, live=RELEASED_TOGETHER))
    assert news == {"Episode 2": "Postponed. Not ready."}
    entry = f"{{{AT}, episodes: [1-4], shift: {{days: 1}}}}"
    news = list_news(announce(entry, text=RELEASED_TOGETHER, live=RELEASED_TOGETHER))
    assert news == {"Episodes 1\u20134": "Moved from <t:1753106400:F> to <t:1753192800:F>."}


# What is not news.


@pytest.mark.parametrize(
    "edit",
    [
        "nothing",
        "color edited",
        "recap edited",
        "teaser edited",
        "title edited",
        "rule time edited",
    ],
)
def test_unannounced_change_is_no_news(edit: str) -> None:
    assert format_message(make_comparison(apply_edit(EDITS[edit]))) is None


@pytest.mark.parametrize("note", ["Announced again.", "Details corrected."])
def test_suggested_note_is_no_news(note: str) -> None:
    entry = f'  - {{{AT}, episodes: [1], note: "{note}"}}\n'
    assert format_message(make_comparison(PUBLISHED + entry)) is None


def test_changed_texts_are_not_quoted() -> None:
    """Neither the teaser nor the recap, which is a spoiler, nor the entries before."""
    text = PUBLISHED.replace("They run., recap: They ran.", "Who fell?, recap: It was Max.")
    embed = announce(
        f"{{{AT}, episodes: [1], runtime: 70, note: New texts.}}",
        f"{{{AT}, episodes: [5], status: confirmed}}",
        text=text,
    )
    assert list_news(embed) == {
        "Episode 1": "Now 1 h 10 min long, not 1 h. New texts.",
        "Episode 5": "Confirmed.",
    }


# Languages.


@pytest.mark.parametrize("code", sample(LANGUAGES, 3))
def test_news_is_in_the_main_language(code: str) -> None:
    """Every kind of change, with no markup but times in any language."""
    text = make_schedules([code])["changes"]
    document = json.loads(text)
    live = to_yaml({**document, "changes": []})
    embed = announce(text=text, live=live)
    news = list_news(embed)
    words = load_yaml(text).words
    assert len(news) >= 12
    shown = "\n".join(news.values())
    for each in (words.now_cancelled, words.now_postponed, words.now_tentative):
        assert each in shown
    if code != "en":
        assert not re.search("Moved|Cancelled|Episode [0-9]|hour", shown.replace("Episode 1", ""))
    assert words.event_title


def test_news_in_korean() -> None:
    text = "languages: [ko, en]\n" + PUBLISHED.replace(
        "title: The Show", "title: {ko: 아이쇼핑, en: The Defects}"
    )
    entry = (
        f"{{{AT}, episodes: [5], move: 2025-08-04T23:30, reason: {{ko: 야구 중계., en: A game.}}}}"
    )
    embed = announce(entry, f"{{{LATER}, episodes: [7], status: cancelled}}", text=text, live=text)
    assert embed["title"] == "아이쇼핑"
    assert list_news(embed) == {
        "5화": "일정 변경: <t:1754316000:F> → <t:1754317800:F>. 야구 중계.",
        "7화": "취소되었습니다.",
    }
