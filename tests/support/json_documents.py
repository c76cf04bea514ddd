"""What the tests of episodes.json and of the JSON-LD share."""

from __future__ import annotations

import json
from typing import Any, Final, NoReturn

from defects_ical.model.schedule import Schedule
from defects_ical.schedule.episodes import expand_episodes
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
