"""Descriptions of events: what is written can be read back."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from defects_ical.content.descriptions import EventDescription, describe_platforms
from defects_ical.schedule.expansion import expand_schedule
from defects_ical.schedule.loader import load_schedule
from defects_ical.text.languages import ENGLISH

OWN_PLAN = """\
format: 1
show: {uid: 3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29, slug: show, title: The Show}
timezone: Asia/Seoul
published: 2025-01-01T00:00:00+00:00
airing: {premiere: 2025-03-02, time: 20:00, runtime: 60, episodes: 3}
platforms:
  x:
    name: X
    kind: television
    region: here
    airing: {dates: [2025-03-03, 2025-03-10, 2025-03-17], time: 20:00, episodes: 3}
changes:
  - {at: 2025-02-03T00:00:00Z, platform: x, ENTRY}
"""

FULL: Final = EventDescription(
    teaser="They run.\n\nThey hide.",
    platforms="Channel (television, Everywhere)\nStream (streaming, Asia) https://stream.example/",
    times="Monday 21 July 2025\n23:00 KST (Seoul)\n14:00 UTC",
    changes="Sunday 3 August 2025: To be confirmed.\nFriday 1 August 2025: Cancelled.",
    link="All episodes and changes: https://defects.example/#e01",
)


@pytest.mark.parametrize(
    "description",
    [
        FULL,
        FULL._replace(teaser=""),
        FULL._replace(changes=""),
        FULL._replace(teaser="", changes=""),
    ],
)
def test_description_survives_round_trip(description: EventDescription) -> None:
    assert EventDescription.parse(description.join(ENGLISH), ENGLISH) == description


def test_description_has_headings() -> None:
    assert FULL.join(ENGLISH).split("\n\n")[2:] == [
        f"Where to watch:\n{FULL.platforms}",
        FULL.times,
        f"What changed:\n{FULL.changes}",
        FULL.link,
    ]


def test_description_without_headings_is_teaser() -> None:
    parsed = EventDescription.parse("They run.\n\nOn: Channel", ENGLISH)
    assert parsed == EventDescription("They run.\n\nOn: Channel", "", "", "", "")


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        # The first of several episodes may be the last one there.
        (
            "episodes: [1], move: 2025-04-01T20:00",
            "from Monday 10 March 2025, 20:00 KST to Tuesday 1 April 2025, 20:00 KST",
        ),
        (
            "episodes: [3], status: cancelled",
            "from Monday 3 March 2025, 20:00 KST to Monday 10 March 2025, 20:00 KST",
        ),
        ("episodes: [2, 3], status: postponed", "Monday 3 March 2025, 20:00 KST"),
        (
            "episodes: all, status: cancelled",
            "from Monday 3 March 2025, 20:00 KST to Monday 17 March 2025, 20:00 KST, cancelled",
        ),
    ],
)
def test_dates_of_platform_after_change(entry: str, expected: str, tmp_path: Path) -> None:
    """The main feed's event names when its three episodes are on a platform with its own plan."""
    path = tmp_path / "schedule.yaml"
    path.write_text(OWN_PLAN.replace("ENTRY", entry), "utf-8")
    schedule = load_schedule(path)
    (event,) = expand_schedule(schedule).main.events
    (line,) = describe_platforms(["x"], event.availability, [], schedule)
    assert line == f"X (television, here): {expected}"
