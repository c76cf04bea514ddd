"""The body of a request to a webhook: limits, and what does not fit."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defects_ical.compare.comparison import Comparison
from defects_ical.compare.differences import Difference, EventState, Issue, Kind
from defects_ical.compare.discord.announcements import list_announcements
from defects_ical.compare.discord.messages import format_message
from defects_ical.model.episode_numbers import EpisodeNumber
from defects_ical.model.schedule import Schedule
from tests.compare.discord.announcing import announce, list_news
from tests.compare.edits import SITE_URL
from tests.support.discord import count_left_out, find_markup, read_message, show_text
from tests.support.example_schedules import load_yaml, make_yaml
from tests.support.hostile_schedules import TEXTS
from tests.support.variants import sample

KINDS: tuple[Kind, ...] = (
    *("added", "moved", "hour known", "duration changed", "episodes changed", "text changed"),
    *("restored", "cancelled", "postponed", "tentative", "confirmed"),
)
START = datetime(2025, 7, 21, 14, tzinfo=UTC)
HOSTILE_TEXTS = ("*", "@everyone ", "\U0001f3ac", "漢", "[x](https://a.example/_b_)", "||", "a")
# A schedule has no backslashes, but a live feed may.
HOSTILE_NAMES = (*HOSTILE_TEXTS, "\\")


@cache
def load_hostile(unit: str) -> Schedule:
    """Return a schedule whose texts are as long as possible, with many platforms and entries."""
    text = (unit * 5000)[:4990]
    platforms = {
        f"p{n}": {"name": text, "kind": "streaming", "region": "Here", "delay": n}
        for n in range(12)
    }
    changes = [
        {
            "at": f"2025-08-{1 + n:02}T00:00:00Z",
            "episodes": "all",
            "note": f"{n}{text}",
            "reason": f"{text}{n}",
            **({"platform": f"p{n}"} if n else {}),
        }
        for n in range(12)
    ]
    special = {"id": "gala", "title": text, "airs": "2026-01-01"}
    platform_text, log, specials = map(write, (platforms, changes, [special]))
    schedule = make_yaml(platforms=platform_text, changes=log, specials=specials)
    return load_yaml(schedule.replace("title: The Show", f"title: {write(text)}"))


def write(value: object) -> str:
    """Write a value as YAML on one line."""
    return json.dumps(value, ensure_ascii=False)


def make_comparison(schedule: Schedule, differences: Iterable[Difference]) -> Comparison:
    return Comparison(schedule, Path("schedule.yaml"), "public", SITE_URL, tuple(differences))


states = st.builds(
    EventState,
    st.one_of(
        st.integers(0, 5000).map(lambda hours: START + timedelta(hours=hours)),
        st.just(date(2025, 12, 24)),
    ),
    st.sampled_from([None, 60, 90, 100_000]),
    st.sampled_from(["confirmed", "tentative", "postponed", "cancelled"]),
)


@st.composite
def differences(draw: st.DrawFn) -> Difference:
    number = draw(st.integers(1, 400))
    count = draw(st.sampled_from([1, 1, 1, 3]))
    numbers = tuple(EpisodeNumber(None, each) for each in range(number, number + count))
    is_special = draw(st.integers(0, 9)) == 0
    kind = draw(st.sampled_from(KINDS))
    return Difference(
        episode=draw(st.sampled_from(["gala", "other"])) if is_special else numbers[0].id,
        name=draw(st.sampled_from(HOSTILE_NAMES)) * draw(st.sampled_from([1, 40, 5000])),
        kind=kind,
        before="",
        after="",
        feed=draw(st.sampled_from(["/show.ics", "/show.ics", "/show-p1.ics", "/ko/show-p2.ics"])),
        issue=draw(st.sampled_from([None, None, None, Issue.UNANNOUNCED_TEXT])),
        numbers=() if is_special else numbers,
        states=(None if kind == "added" else draw(states), draw(states)),
        revised=draw(st.sampled_from([START, START + timedelta(days=25)])),
    )


@settings(deadline=None, max_examples=30)
@given(st.sampled_from(HOSTILE_TEXTS), st.lists(differences(), max_size=120))
def test_message_is_within_the_limits(unit: str, found: list[Difference]) -> None:
    schedule = load_hostile(unit)
    announcements = list_announcements(found, schedule)
    line = format_message(make_comparison(schedule, found))
    assert bool(line) == bool(announcements)
    if not line:
        return
    embed = read_message(line)
    assert len(embed["fields"]) + count_left_out(embed) == len(announcements)
    assert find_markup(embed["title"]) == []
    list_news(embed)


@pytest.mark.parametrize("name", TEXTS)
def test_hostile_texts_are_shown_as_they_are(name: str) -> None:
    """From a real comparison, and of texts that attack the pages."""
    hostile = TEXTS[name].text
    title = write(hostile)
    special = f"[{{id: gala, title: {title}, airs: 2025-08-29T20:00, runtime: 60}}]"
    text = make_yaml(specials=special, changes="").replace("title: The Show", f"title: {title}")
    entry = f"{{at: 2025-08-01T12:00:00Z, episodes: [gala], status: cancelled, reason: {title}}}"
    embed = announce(entry, text=text, live=text)
    schedule = load_yaml(text)
    ((field, value),) = list_news(embed).items()
    for shown, expected in (
        (embed["title"], schedule.show.title),
        (field, schedule.specials[0].title),
        (value, f"Cancelled. {schedule.specials[0].title}"),
    ):
        plain = show_text(shown).translate(dict.fromkeys((0x2068, 0x2069)))
        line = " ".join(expected.split()).translate(dict.fromkeys((0x2068, 0x2069)))
        common = plain.rstrip(".").removesuffix("…")
        assert line.startswith(common)
        assert len(common) > 20 or common == line


def make_moves(count: int, note: str = "") -> list[str]:
    """Return an entry for each of some episodes that moves it."""
    return [
        f"{{at: 2025-07-{1 + n // 24:02}T{n % 24:02}:30:00Z, episodes: [{n + 1}], "
        f"shift: {{days: {n + 1}}}{note}}}"
        for n in range(count)
    ]


def announce_moves(count: int, note: str = "") -> tuple[int, str]:
    """Return how many of the moved episodes are shown, and the footer."""
    text = make_yaml(episodes=60, changes="")
    embed = announce(*make_moves(count, note), text=text, live=text)
    assert next(iter(list_news(embed))) == "Episode 1"
    return len(embed["fields"]), embed.get("footer", {}).get("text", "")


def test_what_does_not_fit_is_counted() -> None:
    assert announce_moves(25) == (25, "")
    assert announce_moves(39) == (25, "and 14 more")
    # Of such texts, fewer fit.
    assert announce_moves(39, f", reason: {'a' * 400}") == (16, "and 23 more")


def make_move(episode: str, number: int | None = None, name: str = "") -> Difference:
    """Return an announced move; no two are by the same time."""
    hours = number or int(episode.removeprefix("other-"))
    return Difference(
        episode=episode,
        name=name,
        kind="moved",
        before="",
        after="",
        feed="/show.ics",
        numbers=(EpisodeNumber(None, number),) if number else (),
        states=(
            EventState(START, 60, "confirmed"),
            EventState(START + timedelta(hours=hours), 60, "confirmed"),
        ),
        revised=START,
    )


@pytest.mark.parametrize("length", sample(range(196, 257), 12))
def test_message_is_as_long_as_it_may_be(length: int) -> None:
    schedule = load_yaml(make_yaml())
    found = [
        make_move(f"other-{n}", name=f"{n:{length}}".replace(" ", "a")) for n in range(100, 140)
    ]
    line = format_message(make_comparison(schedule, found))
    assert line
    embed = read_message(line)
    texts = [text for each in embed["fields"] for text in each.values()]
    total = sum(map(len, (embed["title"], embed["footer"]["text"], *texts)))
    # Room for another change, and for the footer.
    assert 6000 - 100 - length - len(embed["fields"][0]["value"]) < total <= 6000


def test_long_notes_are_shortened() -> None:
    """Each of them, and the last of them are left out."""
    text = make_yaml(changes="")
    entries = [
        f"{{at: 2025-07-2{n}T12:00:00Z, episodes: [8], platform: channel, note: {n}{'a' * 999}}}"
        for n in range(1, 6)
    ]
    (value,) = list_news(announce(*entries, text=text, live=text)).values()
    first, second, end = value.removeprefix("Channel: ").split(" ")
    assert (first, second) == ("1" + "a" * 298 + "…", "2" + "a" * 298 + "…")
    assert end == "…"


def test_many_changes_take_no_time() -> None:
    """A message about a thousand events needs no more than one pass."""
    schedule = load_yaml(make_yaml(episodes=1300))
    found = [make_move(f"e{n:02}", n) for n in range(1, 1301)]
    line = format_message(make_comparison(schedule, found))
    assert line
    assert count_left_out(read_message(line)) == 1275
