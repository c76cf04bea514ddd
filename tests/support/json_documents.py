"""What the tests of episodes.json and of the JSON-LD share."""

from __future__ import annotations

import json
from typing import Any, Final, NoReturn

from defects_ical.model.schedule import Schedule
from defects_ical.schedule.expansion import expand_episodes
from tests.support.example_schedules import make_yaml

SPOILERS: Final = ("crash", "Si-woo is", "audition", "school bag", "recap", "hideout", "Spoiler")

# Episode 1 is moved from 02:30, which does not exist in New York on 9 March 2025.
MOVED_FROM_NONEXISTENT_TIME: Final = make_yaml(
    timezone="America/New_York",
    published="2025-02-01T00:00:00+00:00",
    premiere="2025-03-09",
    weekdays="[sunday]",
    time="02:30",
    episodes=1,
    changes="[{at: 2025-02-02T00:00:00+00:00, episodes: [1], move: 2025-03-09T03:30}]",
)

# Seasons, episodes that are released together, a platform with a plan of its own, an unknown hour.
RELEASES: Final = """\
format: 1
show: {uid: 3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29, slug: show, title: The Show, season: 1}
timezone: Europe/London
published: 2024-02-01T00:00:00Z
airing:
  - {premiere: 2024-05-11, time: "20:00", runtime: 45, episodes: 2}
  - season: 2
    published: 2024-12-01T00:00:00Z
    premiere: 2025-01-06
    weekdays: [monday]
    runtime: 50
    together: 2
    episodes: 5
  - {season: 3, published: 2025-01-02T00:00:00Z, premiere: 2027-10}
platforms:
  stream: {name: Stream, kind: streaming, region: Everywhere}
  channel:
    name: Channel
    kind: television
    region: London
    airing: {dates: [2024-05-11T21:20, 2024-05-12T21:30]}
reminders: [1440]
episodes:
  2: {title: The Search, teaser: A house is found.}
  s02e02: {title: Home, links: {stream: "https://stream.example/home"}}
specials:
  - {id: party, title: The party, published: 2024-11-01T00:00:00Z, airs: 2024-12-25}
changes:
  - {at: 2024-12-03T00:00:00Z, episodes: [s02e01-s02e02], time: "22:00"}
  - {at: 2024-12-04T00:00:00Z, episodes: [s02e05], status: postponed, reason: A strike.}
  - {at: 2024-12-05T00:00:00Z, episodes: [s02e03], move: 2025-01-14}
  - {at: 2024-12-06T00:00:00Z, episodes: [2], platform: channel, move: 2024-05-12T22:00}
"""


def parse_strict(text: str | bytes) -> Any:
    """Parse JSON; raise AssertionError for NaN and Infinity."""
    return json.loads(text, parse_constant=_reject_constant)


def _reject_constant(constant: str) -> NoReturn:
    raise AssertionError(f"{constant} is not JSON")


def find_spoilers(schedule: Schedule, text: str) -> set[str]:
    """Return the recaps of a schedule, and words of recaps, that are in a text."""
    recaps = {each.recap for each in expand_episodes(schedule) if each.recap}
    assert recaps
    return {each for each in {*recaps, *SPOILERS} if each.lower() in text.lower()}
