"""Schedules whose texts are in several languages: the example, and some that use many words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

from tests.support.processes import ROOT

Plain: TypeAlias = dict[str, Any]
Write: TypeAlias = Callable[[str], object]
"""A function that returns a text of a schedule, or its mapping of languages to texts."""

EXAMPLE: Final = (ROOT / "tests" / "languages" / "the-defects.yaml").read_text("utf-8")
"""The Defects, in every language."""

# An entry of each kind that a small change log has, with reasons in every language.
_EXAMPLE_CHANGES: Final = """\
changes:
  - at: 2025-07-24T12:00:00+09:00
    episodes: [3]
    move: 2025-07-28T23:30
    reason:
      en: A game ran over.
      ko: 경기 중계가 길어졌습니다.
      ja: 試合中継が延長されました。
      zh-Hant: 球賽轉播延長。
      es: Un partido se alargó.
      pt-BR: Um jogo se estendeu.
      fr: Un match a duré plus longtemps.
      de: Ein Spiel dauerte länger.
      id: Pertandingan berlangsung lebih lama.
      ar: طالت مباراة.
  - at: 2025-07-30T12:00:00+09:00
    episodes: [4]
    runtime: 70
    status: tentative
    note:
      en: A longer cut.
      ko: 확장판입니다.
      ja: 拡大版です。
      zh-Hant: 加長版。
      es: Una versión más larga.
      pt-BR: Uma versão mais longa.
      fr: Une version longue.
      de: Eine längere Fassung.
      id: Versi yang lebih panjang.
      ar: نسخة أطول.
  - {at: 2025-08-01T12:00:00+09:00, episodes: [5], status: postponed}
  - {at: 2025-08-02T12:00:00+09:00, episodes: [6], status: cancelled}
  - {at: 2025-08-03T12:00:00+09:00, episodes: [7], move: 2025-08-18}
"""


def write_changed_example() -> str:
    """Return The Defects in every language, with a change log."""
    text, found, rest = EXAMPLE.rpartition("changes:\n")
    assert found
    assert not rest
    return text + _EXAMPLE_CHANGES


# A word in the script of each language, for texts that differ in each.
SAMPLES: Final[Mapping[str, str]] = {
    "en": "winter",
    "ko": "겨울 이야기",
    "ja": "冬物語",
    "zh-Hant": "冬日故事",
    "es": "mañana",
    "pt-BR": "coração",
    "fr": "été en forêt",
    "de": "Straßenfüße",
    "id": "musim",
    "ar": "قصة الشتاء",
}
# Before the sample: what a text is about, in digits, which are the same in every language.
KINDS: Final = (
    *("title", "synopsis", "genre", "actor", "role", "region", "name", "teaser", "recap"),
    *("special", "extra", "reason", "note", "party"),
)


def make_writer(languages: Iterable[str]) -> Write:
    """Return a function that writes a text of some kind in each language, as a mapping."""
    codes = [*languages]

    def write(kind: str) -> object:
        texts = {code: f"{SAMPLES[code]} {1 + KINDS.index(kind)}" for code in codes}
        return texts if len(codes) > 1 else texts[codes[0]]

    return write


def write_greek(kind: str) -> str:
    """Return a text of some kind in a script that no language of the site has."""
    return f"Κείμενο {1 + KINDS.index(kind)}"


def make_schedules(languages: Iterable[str], write: Write | None = None) -> dict[str, str]:
    """Return schedules in some languages that together use most words of the site, by name.

    They are a series with changes of every kind, one with seasons, one that is released at once, a
    film, a contest on several dates, and a series of which only the month is known.
    """
    codes = [*languages]
    write = write or make_writer(codes)
    made = {
        "changes": _make_changed_series(write),
        "seasons": _make_seasons(write),
        "release": _make_release(write),
        "film": _make_film(write),
        "contest": _make_contest(write),
        "announced": _make_announced(write),
    }
    return {name: to_yaml({**values, "languages": codes}) for name, values in made.items()}


def to_yaml(schedule: Mapping[str, Any]) -> str:
    """Return the text of a schedule's file; JSON is YAML."""
    return json.dumps(schedule, ensure_ascii=False)


def _make_base(slug: str, uid_end: str, write: Write) -> Plain:
    return {
        "format": 1,
        "show": {
            "uid": f"3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b{uid_end}",
            "slug": slug,
            "title": write("title"),
            "original_title": "아이쇼핑",
            "synopsis": write("synopsis"),
            "genres": [write("genre")],
            "cast": [{"actor": write("actor"), "role": write("role")}],
            "color": "teal",
        },
        "timezone": "Asia/Seoul",
        "published": "2025-06-01T00:00:00Z",
        "clocks": ["America/New_York", "Pacific/Auckland", "UTC"],
        "platforms": {
            "channel": {"name": "Ψ1", "kind": "television", "region": write("region")},
            "stream": {
                "name": "Ψ2",
                "kind": "streaming",
                "region": write("region"),
                "delay": 90,
                "url": "https://stream.example/",
            },
        },
    }


def _make_changed_series(write: Write) -> Plain:
    """Return a series without seasons, of which every episode changed in another way."""
    base = _make_base("changes", "3a21", write)
    base["show"]["credit"] = {
        "name": "Ψ6",
        "url": "https://credit.example/",
        "licence": "CC BY-SA 4.0",
    }
    base["platforms"] |= {
        "early": {
            "name": "Ψ3",
            "kind": "streaming",
            "region": write("region"),
            "delay": -30,
        },
        "later": {
            "name": "Ψ4",
            "kind": "cinema",
            "region": write("region"),
            "delay": {"days": 14},
        },
    }
    weekly = {"weekdays": ["monday"], "runtime": 60}
    return {
        **base,
        "reminders": [1440, 90],
        "airing": [
            {**weekly, "premiere": "2025-07-07", "time": "22:00", "episodes": 10},
            # Without an hour.
            {"premiere": "2025-09-15", "weekdays": ["monday"], "episodes": "11-13"},
            # Two at a time.
            {
                **weekly,
                "premiere": "2025-10-06",
                "time": "21:00",
                "episodes": "14-19",
                "together": 2,
                "published": "2025-06-20T00:00:00Z",
            },
            {"premiere": "2026-03", "episodes": "20-22", "published": "2025-06-21T00:00:00Z"},
        ],
        "episodes": {
            "1": {
                "title": write("name"),
                "teaser": write("teaser"),
                "recap": write("recap"),
                "links": {"stream": "https://stream.example/1"},
            },
            "14": {"title": write("name"), "teaser": write("teaser")},
        },
        "specials": [
            {
                "id": "extra",
                "title": write("extra"),
                "airs": "2025-12-25T08:00",
                "runtime": 45,
                "published": "2025-06-22T00:00:00Z",
            }
        ],
        "changes": [*_list_changes(write)],
    }


def _list_changes(write: Write) -> list[Plain]:
    changes: list[Plain] = [
        {"episodes": [1], "move": "2025-07-08T22:30", "reason": write("reason")},
        {"episodes": [2], "move": "2025-07-16"},
        {"episodes": [3], "runtime": 90, "note": write("note")},
        {"episodes": [4], "status": "tentative"},
        {"episodes": [5], "status": "cancelled", "reason": write("reason")},
        {"episodes": [6], "status": "postponed"},
        {"episodes": [7], "status": "tentative"},
        {"episodes": [7], "status": "confirmed"},
        # It is there already.
        {"episodes": [8], "move": "2025-08-25T22:00"},
        {"episodes": [11], "time": "21:00", "runtime": 50},
        {"episodes": [12], "status": "tentative"},
        {"episodes": ["14"], "note": write("note")},
        {"episodes": ["16-17"], "shift": {"hours": 1}},
        {"episodes": [9], "platform": "stream", "move": "2025-09-02T20:00"},
        {"episodes": ["1", "3", "4", "9", "extra"], "shift": {"minutes": 15}},
        {"episodes": "all", "note": write("note")},
    ]
    for day, each in enumerate(changes, start=1):
        each["at"] = f"2025-07-{day:02}T00:00:00Z"
    return changes


def _make_seasons(write: Write) -> Plain:
    """Return a series with seasons, a long one and one of which only a month is known."""
    base = _make_base("seasons", "3a22", write)
    base["platforms"]["own"] = {
        "name": "Ψ5",
        "kind": "streaming",
        "region": write("region"),
        "airing": {
            "season": 2,
            "premiere": "2026-02-06",
            "weekdays": ["friday"],
            "time": "20:00",
            "runtime": 50,
            "episodes": 8,
        },
    }
    season = {"weekdays": ["monday"], "runtime": 50}
    return {
        **base,
        "airing": [
            {
                "season": 1,
                "premiere": "2025-01-06",
                "time": "19:30",
                "runtime": 30,
                "weekdays": ["monday", "tuesday", "wednesday"],
                "episodes": 33,
            },
            {
                **season,
                "season": 2,
                "premiere": "2026-01-05",
                "time": "22:00",
                "episodes": 8,
                "together": 4,
            },
            {"season": 2, "premiere": "2026-10", "episodes": "9-12"},
            {
                "season": 3,
                "premiere": "2027",
                "published": "2025-06-20T00:00:00Z",
            },
        ],
        "specials": [{"id": "party", "title": write("party"), "airs": "2026-06-01"}],
        "episodes": {"s02e01": {"title": write("name")}},
        "changes": [
            {
                "at": "2025-12-02T00:00:00Z",
                "episodes": ["s02e05-s02e06"],
                "platform": "own",
                "status": "cancelled",
            },
            {
                "at": "2025-12-03T00:00:00Z",
                "episodes": ["s02e07-s02e08"],
                "platform": "own",
                "status": "postponed",
            },
        ],
    }


def _make_release(write: Write) -> Plain:
    """Return a series of which each season is released at once."""
    base = _make_base("release", "3a26", write)
    release = {"time": "17:00", "runtime": 40, "episodes": 6}
    return {
        **base,
        "airing": [
            {**release, "season": 1, "premiere": "2025-05-01"},
            {
                **release,
                "season": 2,
                "premiere": "2026-05-01",
                "published": "2025-06-20T00:00:00Z",
            },
        ],
    }


def _make_film(write: Write) -> Plain:
    """Return a film: a special with the title of the show."""
    base = _make_base("film", "3a23", write)
    base["show"]["genres"] = [write("special")]
    film = {"id": "film", "title": write("title"), "airs": "2026-05-15", "runtime": 120}
    return {**base, "specials": [film]}


def _make_contest(write: Write) -> Plain:
    """Return what has no numbers, but several dates."""
    base = _make_base("contest", "3a24", write)
    # The first hour is not on the clocks, which go forward.
    airs = {"semi": "2026-03-08T02:30", "final": "2026-05-16T21:00"}
    titles = {"semi": write("special"), "final": write("extra")}
    specials = [
        {"id": id_, "title": titles[id_], "airs": time, "runtime": 180}
        for id_, time in airs.items()
    ]
    move = {"episodes": ["semi"], "move": "2026-03-08T03:30", "at": "2025-12-02T00:00:00Z"}
    zones = {"timezone": "America/New_York", "clocks": ["Asia/Seoul", "UTC"]}
    return {**base, **zones, "specials": specials, "changes": [move]}


def _make_announced(write: Write) -> Plain:
    """Return a series of which only a month is known."""
    base = _make_base("announced", "3a25", write)
    base["show"]["season"] = 1
    del base["show"]["original_title"]
    return {**base, "airing": {"premiere": "2027-10", "episodes": 8}}


def make_called_off(write: Write) -> dict[str, Plain]:
    """Return schedules of which much, or all, is cancelled or postponed, by name."""
    weekly = {"weekdays": ["monday"], "time": "22:00", "runtime": 60}
    series = {
        **_make_base("called-off", "3a27", write),
        "airing": {**weekly, "premiere": "2025-07-07", "episodes": 8},
    }
    film = {
        **_make_base("film", "3a28", write),
        "specials": [{"id": "film", "title": write("title"), "airs": "2026-05-15T20:00"}],
    }
    film["specials"][0]["runtime"] = 120
    return {
        "called-off": {**series, "changes": [_call_off(["2-6", 8], "cancelled")]},
        "all-cancelled": {**series, "changes": [_call_off("all", "cancelled")]},
        "film-cancelled": {**film, "changes": [_call_off("all", "cancelled")]},
        "film-postponed": {**film, "changes": [_call_off("all", "postponed")]},
    }


def _call_off(episodes: object, status: str) -> Plain:
    return {"at": "2025-06-10T00:00:00Z", "episodes": episodes, "status": status}
