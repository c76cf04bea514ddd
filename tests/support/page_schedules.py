"""The schedules whose pages are tested in the browser, and when their episodes start."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from tests.support.example_schedules import make_yaml
from tests.support.processes import ROOT


def parse_utc(text: str) -> datetime:
    """Parse a time in UTC: "2025-07-21T14:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


SHIPPED: Final = (ROOT / "schedule.yaml").read_text("utf-8")
# By episode id, in the order of the page.
SHIPPED_STARTS: Final = {
    "e01": parse_utc("2025-07-21T14:00"),
    "e02": parse_utc("2025-07-22T14:00"),
    "e03": parse_utc("2025-07-28T14:00"),
    "e04": parse_utc("2025-07-29T14:00"),
    "e05": parse_utc("2025-08-04T14:00"),
    "e06": parse_utc("2025-08-05T14:00"),
    "e07": parse_utc("2025-08-11T14:00"),
    "e08": parse_utc("2025-08-12T14:00"),
}
# A season with a DST change in Auckland, London, New York and Los Angeles. An episode moves to
# the next day; others are tentative, cancelled, longer; one is a special.
AUTUMN: Final = (
    make_yaml(
        premiere="2025-09-22",
        weekdays="[monday]",
        published="2025-09-01T09:00:00+09:00",
        clocks="[America/New_York, Pacific/Auckland, UTC]",
        platforms="""
  channel: {name: Channel, kind: television, region: South Korea, url: "https://channel.example/"}
  stream: {name: Stream, kind: streaming, region: Elsewhere, delay: 90}""",
        specials="[{id: making-of, title: The making of, airs: 2025-10-25T21:00, runtime: 45}]",
        changes="""
  - {at: 2025-09-10T12:00:00+09:00, episodes: [2], move: 2025-09-30T22:30, reason: A game ran over.}
  - {at: 2025-09-11T12:00:00+09:00, episodes: [3], status: tentative}
  - {at: 2025-09-12T12:00:00+09:00, episodes: [4], status: cancelled, reason: A strike.}
  - {at: 2025-09-13T12:00:00+09:00, episodes: [5], runtime: 90}""",
    )
    + """\
episodes:
  1: {teaser: "It begins.", recap: "He did it."}
"""
)
AUTUMN_STARTS: Final = {
    "e01": parse_utc("2025-09-22T14:00"),
    "e02": parse_utc("2025-09-30T13:30"),
    "e03": parse_utc("2025-10-06T14:00"),
    "e04": parse_utc("2025-10-13T14:00"),
    "e05": parse_utc("2025-10-20T14:00"),
    "making-of": parse_utc("2025-10-25T12:00"),
    "e06": parse_utc("2025-10-27T14:00"),
    "e07": parse_utc("2025-11-03T14:00"),
    "e08": parse_utc("2025-11-10T14:00"),
}
BEFORE_AUTUMN: Final = parse_utc("2025-09-15T12:00")
# The expected headline of the autumn season at some times in UTC.
AUTUMN_HEADLINES: Final = {
    # The old time of episode 2, which has moved, is over.
    "2025-09-29T14:30": ("next", "Episode 2", "moved", "23 hours", "Tuesday 30 September"),
    "2025-09-30T13:45": ("on air now", "Episode 2"),
    "2025-10-05T14:00": ("next", "Episode 3", "confirmed", "1 day"),
    "2025-10-06T14:30": ("may be on air now", "Episode 3", "confirmed"),
    "2025-10-12T14:00": ("next", "Episode 5", "Episode 4", "cancelled", "8 days"),
    "2025-10-13T14:30": ("next", "Episode 5", "6 days"),
    "2025-10-20T15:15": ("on air now", "Episode 5"),
    "2025-10-24T12:00": ("next", "The making of", "1 day"),
    "2025-11-10T15:01": ("season", "ended"),
}
# What the page lays out differently: seasons, a long list, an unknown hour, a postponed season, a
# film, and a show of which only the month is known.
_SHOW: Final = """\
format: 1
show:
  uid: 3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29
  slug: show
  title: A House of Winters
  synopsis: Two families fight over a bakery by the sea, and over the only recipe that both know.
timezone: Asia/Seoul
published: 2021-07-01T00:00:00Z
platforms:
  channel: {name: Channel, kind: television, region: Korea, url: "https://channel.example/"}
  stream: {name: Stream, kind: streaming, region: Elsewhere, delay: 60}
  late:
    name: Late
    kind: television
    region: Elsewhere
    airing: {season: 3, premiere: 2026-08-01, time: 20:00, runtime: 50, episodes: 2}
"""
_PLAIN_SHOW: Final = _SHOW[: _SHOW.index("  late:")]
THREE_SEASONS: Final = (
    _SHOW
    + """\
airing:
  - {season: 1, premiere: 2022-02-18, time: 00:00, runtime: 50, episodes: 9}
  - {season: 2, premiere: 2025-01-17, weekdays: [friday], time: 00:00, runtime: 50, episodes: 10}
  - {season: 3, premiere: 2026-07-20, weekdays: [monday], time: 22:00, runtime: 60, episodes: 8}
  - {season: 4, premiere: 2027-10}
specials: [{id: christmas, title: A Christmas special, airs: 2025-12-25T20:00, runtime: 75}]
reminders: [1440]
episodes:
  s01e02: {title: Half Loop, teaser: A new start.}
  s03e01: {title: The Search, links: {stream: "https://stream.example/1"}}
"""
)
DAILY: Final = (
    _PLAIN_SHOW
    + """\
airing:
  premiere: 2026-01-05
  weekdays: [monday, tuesday, wednesday, thursday, friday]
  time: 19:30
  runtime: 30
  episodes: 120
"""
)
UNKNOWN_HOUR: Final = (
    _PLAIN_SHOW
    + """\
airing: {premiere: 2026-07-20, weekdays: [monday], episodes: 8}
changes: [{at: 2026-07-10T00:00:00Z, episodes: [1], time: 22:00, runtime: 60}]
"""
)
POSTPONED_SEASON: Final = (
    _PLAIN_SHOW
    + """\
airing:
  - {premiere: 2026-01-05, weekdays: [monday], time: 22:00, runtime: 60, episodes: 4}
  - {season: 2, premiere: 2026-07-20, weekdays: [monday], time: 22:00, runtime: 60, episodes: 8}
changes: [{at: 2026-01-10T00:00:00Z, episodes: [s02], status: postponed, reason: A strike.}]
"""
)
FILM: Final = (
    _PLAIN_SHOW
    + """\
specials: [{id: film, title: A House of Winters, airs: 2026-05-15}]
"""
)
ANNOUNCED: Final = (
    _PLAIN_SHOW
    + """\
airing: {season: 1, premiere: 2027-10}
"""
)
# Each with a time at which it is visited.
LAYOUTS: Final = {
    "three seasons": (THREE_SEASONS, parse_utc("2026-07-22T10:00")),
    "120 episodes": (DAILY, parse_utc("2026-01-21T12:00")),
    "unknown hour": (UNKNOWN_HOUR, parse_utc("2026-07-24T10:00")),
    "postponed season": (POSTPONED_SEASON, parse_utc("2026-01-11T10:00")),
    "film": (FILM, parse_utc("2026-05-01T10:00")),
    "announced": (ANNOUNCED, parse_utc("2026-05-01T10:00")),
}
PAGES: Final = ("/", "/404.html", "/embed.html")
