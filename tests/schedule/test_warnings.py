"""Warnings about probable mistakes in a valid schedule."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from defects_ical.schedule.expansion import expand_schedule
from defects_ical.schedule.validation.warnings import find_missing_texts, find_warnings
from tests.support.example_schedules import load_yaml, make_yaml

NOW = datetime(2025, 8, 1, tzinfo=UTC)
NINE_AT_ONCE = """\
format: 1
show: {uid: 3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29, slug: show, title: The Show}
timezone: Asia/Seoul
published: 2025-07-01T00:00:00+00:00
airing:
  - {premiere: 2025-09-17, time: 16:00, runtime: 55, episodes: 9}
  - {premiere: 2025-10-06, weekdays: [monday], time: 16:00, runtime: 55, together: 2, episodes: 4}
platforms: {channel: {name: Channel, kind: streaming, region: everywhere}}
"""


def warn(text: str, now: datetime = NOW) -> list[tuple[str, str, str]]:
    schedule = load_yaml(text)
    warnings = find_warnings(schedule, expand_schedule(schedule), now)
    return [(each.key_path, each.message, each.hint) for each in warnings]


def test_plausible_schedule_has_no_warning() -> None:
    assert warn(make_yaml()) == []


def test_future_change_is_a_warning() -> None:
    text = make_yaml(changes="[{at: 2025-08-04T12:00:00+09:00, episodes: [5], note: Corrected.}]")
    hint = "Use the time when it was decided."
    assert warn(text) == [("changes[0].at", "the time is in the future", hint)]
    assert warn(text, datetime(2025, 8, 5, tzinfo=UTC)) == []


SAME_START = "Episode 1 and Extra start at the same time, 2025-07-21 23:00"


def test_simultaneous_starts_are_a_warning() -> None:
    extra = "[{id: extra, title: Extra, airs: 2025-07-21T23:00, runtime: 45}]"
    hint = "Move or cancel one of them in `changes`."
    assert warn(make_yaml(specials=extra)) == [("specials", SAME_START, hint)]


def test_late_hour_and_next_day_are_simultaneous() -> None:
    extra = "[{id: extra, title: Extra, airs: 2025-07-20T24:30, runtime: 45}]"
    (warning,) = warn(make_yaml(specials=extra, time="00:30"))
    assert warning[1] == "Episode 1 and Extra start at the same time, 2025-07-21 00:30"


@pytest.mark.parametrize("status", ["cancelled", "postponed"])
def test_broadcast_that_does_not_air_is_not_simultaneous(status: str) -> None:
    text = make_yaml(
        specials="[{id: extra, title: Extra, airs: 2025-07-21T23:00, runtime: 45}]",
        changes=f"[{{at: 2025-07-10T12:00:00+09:00, episodes: [extra], status: {status}}}]",
    )
    assert warn(text) == []


def test_episodes_released_together_are_not_simultaneous() -> None:
    """Nine on one date, then two each week."""
    assert warn(NINE_AT_ONCE) == []


def test_unknown_hours_are_not_simultaneous() -> None:
    extra = "[{id: extra, title: Extra, airs: 2025-07-21}]"
    assert warn(make_yaml(specials=extra).replace("  time: 23:00\n", "")) == []


def test_two_blocks_at_one_time_are_a_warning() -> None:
    """They stay two events: only what one block plans together is one."""
    text = NINE_AT_ONCE.replace("premiere: 2025-10-06", "premiere: 2025-09-17").replace(
        "[monday]", "[wednesday]"
    )
    (warning,) = warn(text)
    assert warning[0] == "airing"
    message = "Episodes 1\u20139 and Episodes 10\u201311 start at the same time, 2025-09-17 16:00"
    assert warning[1] == message


def test_date_after_two_years_is_a_warning() -> None:
    text = make_yaml(premiere="2028-07-24", episodes=2)
    message = "Episode 2 is on 2028-07-25, more than two years ahead"
    assert warn(text) == [("airing", message, "Check the year.")]
    assert warn(text, datetime(2026, 8, 1, tzinfo=UTC)) == []


def test_special_after_two_years_is_a_warning() -> None:
    text = make_yaml(specials="[{id: extra, title: Extra, airs: 2028-07-25}]")
    message = "Extra is on 2028-07-25, more than two years ahead"
    assert warn(text) == [("specials[0].airs", message, "Check the year.")]


def test_move_by_more_than_two_years_is_a_warning() -> None:
    text = make_yaml(
        changes="[{at: 2025-07-10T12:00:00+09:00, episodes: [2], move: 2029-07-22T23:00}]"
    )
    message = "Episode 2 is on 2029-07-22, more than two years ahead"
    assert warn(text) == [("changes", message, "Check the year.")]


def test_own_plan_after_two_years_is_a_warning() -> None:
    airing = "airing: {dates: [2025-07-22, 2028-07-23T20:00]}"
    text = make_yaml(platforms=f"{{x: {{name: X, kind: cinema, region: here, {airing}}}}}")
    message = "Episode 2 is on 2028-07-23, more than two years ahead"
    assert warn(text) == [("platforms.x.airing", message, "Check the year.")]


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Law &amp; Order", "&amp;"),
        ("It&#39;s on", "&#39;"),
        ("<b>Show</b>", "<b>"),
        ("One<br/>Two", "<br/>"),
    ],
)
def test_html_in_a_text_is_a_warning(title: str, shown: str) -> None:
    message = f"calendar apps show `{shown}` as it is written"
    text = make_yaml().replace("title: The Show", f"title: {title}")
    assert warn(text) == [("show.title", message, "Write plain text.")]


@pytest.mark.parametrize("title", ["Law & Order", "R&D; B", "I <3 you", "1 < 2 > 0"])
def test_plain_text_is_no_warning(title: str) -> None:
    assert warn(make_yaml().replace("title: The Show", f"title: {title}")) == []


def test_html_is_found_in_every_text() -> None:
    """Each text that a feed or page shows has one `<i>`."""
    text = make_yaml(
        specials="[{id: extra, title: <i>, airs: 2025-07-20}]",
        changes="[{at: 2025-07-10T12:00:00+09:00, episodes: [1], note: <i>, reason: <i>}]",
        platforms="{channel: {name: <i>, kind: television, region: <i>}}",
    ).replace(
        "title: The Show",
        "title: <i>, original_title: <i>, synopsis: <i>, genres: [<i>], "
        "cast: [{actor: <i>, role: <i>}], "
        'credit: {name: <i>, url: "https://a.example/", licence: <i>}',
    )
    text += "episodes: {1: {title: <i>, teaser: <i>, recap: <i>}}\n"
    assert len(warn(text)) == text.count("<i>")


# Several languages.


TRANSLATED = """\
format: 1
languages: [ko, en, ja]
show:
  uid: 3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29
  slug: show
  title: {ko: 아이쇼핑, en: The Defects, ja: 欠陥}
  synopsis: 아이들.
  genres: [{ko: 스릴러, en: thriller}]
  cast: [{actor: Yum Jung-ah, role: {ko: 김세희, ja: キム}}]
timezone: Asia/Seoul
published: 2025-07-01T00:00:00+00:00
airing: {premiere: 2025-07-21, weekdays: [monday], time: 22:00, runtime: 60, episodes: 2}
platforms:
  ena: {name: ENA, kind: television, region: {ko: 대한민국, en: South Korea, ja: 韓国}}
episodes: {1: {title: {ko: 시작}, teaser: {ko: 달린다., en: They run., ja: 走る。}}}
specials: [{id: extra, title: 추석, airs: 2025-07-29}]
changes: [{at: 2025-07-10T12:00:00+09:00, episodes: [1], note: 수정., reason: {ko: 경기.}}]
"""


def test_missing_texts_are_listed_by_language() -> None:
    """A name that is plain text is the same in every language."""
    both = ("episodes.1.title", "specials[0].title", "changes[0].note", "changes[0].reason")
    assert [*find_missing_texts(load_yaml(TRANSLATED))] == [
        ("en", ("show.synopsis", "show.cast[0].role", *both)),
        ("ja", ("show.synopsis", "show.genres[0]", *both)),
    ]


def test_text_in_main_language_only_is_missing_in_others() -> None:
    text = TRANSLATED.replace(
        "title: {ko: 아이쇼핑, en: The Defects, ja: 欠陥}", "title: {ko: 결함}"
    )
    text = text.replace("name: ENA", "name: {ko: 이엔에이, en: ENA}")
    missing = dict(find_missing_texts(load_yaml(text)))
    assert missing["en"][0] == missing["ja"][0] == "show.title"
    assert "platforms.ena.name" in missing["ja"]
    assert "platforms.ena.name" not in missing["en"]


@pytest.mark.parametrize("languages", ["", "languages: [en]\n", "languages: [ko]\n"])
def test_one_language_misses_no_texts(languages: str) -> None:
    assert [*find_missing_texts(load_yaml(languages + make_yaml()))] == []


def test_html_in_a_translation_is_a_warning() -> None:
    text = TRANSLATED.replace("en: The Defects", 'en: "The &amp; Defects"')
    text = text.replace("ja: 走る。", "ja: <b>走る</b>。")
    message, hint = "calendar apps show `{}` as it is written", "Write plain text."
    assert warn(text) == [
        ("show.title.en", message.format("&amp;"), hint),
        ("episodes.1.teaser.ja", message.format("<b>"), hint),
    ]


def test_many_episodes_in_several_languages_are_a_warning() -> None:
    days = "[monday, tuesday, wednesday, thursday, friday, saturday, sunday]"
    text = make_yaml(premiere="2010-01-04", weekdays=days, episodes=3334)
    assert [
        each for each in warn(f"languages: [en, ko, ja]\n{text}") if each[0] == "languages"
    ] == [
        (
            "languages",
            "3,334 episodes in 3 languages are more than 10,000",
            "The site becomes large and slow to build. Use fewer languages.",
        )
    ]
    fewer = text.replace("episodes: 3334", "episodes: 3333")
    assert warn(f"languages: [en, ko, ja]\n{fewer}") == []
