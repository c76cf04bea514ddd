"""Schedules with any number of episodes."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from defects_ical.model.schedule import Schedule
from defects_ical.schedule.loader import load_schedule

LARGE: Final = 1000
"""The episodes of a large schedule."""

# Like the shipped schedule, with any number of episodes.
SCHEDULE_TEMPLATE: Final = """\
format: 1
show:
  uid: 3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29
  slug: the-show
  title: The Show
  genres: [K-drama, thriller]
timezone: Asia/Seoul
published: 2025-07-01T09:00:00+09:00
airing:
  premiere: 2025-07-21
  weekdays: [monday, tuesday, wednesday, thursday, friday]
  time: 23:00
  runtime: 60
  episodes: {episodes}
clocks: [America/New_York, Europe/London, UTC]
platforms:
  ena: {{name: ENA, kind: television, region: South Korea}}
  tving: {{name: TVing, kind: streaming, region: South Korea, url: "https://www.tving.com/"}}
  kocowa:
    {{name: Kocowa, kind: streaming, region: outside South Korea, url: "https://www.kocowa.com/"}}
episodes:
{teasers}changes:
"""
TEASER_TEMPLATE: Final = (
    "  {number}: {{teaser: A missing person is found again in part {number}.}}\n"
)
ENTRY_TEMPLATE: Final = (
    "  - {{at: 2025-07-{day:02}T{hour:02}:00:00+09:00, episodes: [{number}], "
    "move: 2030-01-{day:02}T22:30, reason: A game ran over.}}\n"
)


def make_schedule_text(episodes: int, entries: int = 0) -> str:
    """Return a schedule with this many episodes, all with teasers, and change entries."""
    teasers = "".join(TEASER_TEMPLATE.format(number=each) for each in range(1, episodes + 1))
    changes = "".join(
        ENTRY_TEMPLATE.format(day=2 + each // 24, hour=each % 24, number=each + 5)
        for each in range(entries)
    )
    return SCHEDULE_TEMPLATE.format(episodes=episodes, teasers=teasers) + changes


def load_large_schedule(folder: Path, episodes: int = LARGE) -> Schedule:
    """Write a schedule with this many episodes to a folder, and load it."""
    file = folder / f"{episodes}.yaml"
    file.write_text(make_schedule_text(episodes), "utf-8")
    return load_schedule(file)
