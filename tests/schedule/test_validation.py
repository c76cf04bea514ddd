"""Rules across fields that the golden files do not show, and warnings."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import defects_ical
from defects_ical.schedule.episodes import expand_episodes
from defects_ical.schedule.validation import PAGE_SECTION_IDS, find_warnings
from tests.support.example_schedules import load_yaml, make_yaml

PACKAGE = Path(defects_ical.__file__).parent


def test_section_ids_are_those_of_the_page() -> None:
    """A new section of the page must be added to the reserved ids."""
    page = "\n".join(
        (PACKAGE / "templates" / name).read_text("utf-8") for name in ("index.html", "changes.html")
    )
    ids = set(re.findall(r'<(?:section|figure)[^>]*\bid="([a-z]+)"', page))
    assert ids | {"countdown"} == PAGE_SECTION_IDS
    assert 'countdown.id = "countdown"' in (PACKAGE / "static" / "page.js").read_text("utf-8")


def test_future_change_is_a_warning() -> None:
    changes = "[{at: 2025-08-04T12:00:00+09:00, episodes: [5], note: Corrected.}]"
    schedule = load_yaml(make_yaml(changes=changes))
    now = datetime(2025, 8, 1, tzinfo=UTC)
    (warning,) = find_warnings(schedule, expand_episodes(schedule), now)
    assert warning.key_path == "changes[0].at"
    assert warning.message == "the time is in the future"
    later = datetime(2025, 8, 5, tzinfo=UTC)
    assert list(find_warnings(schedule, expand_episodes(schedule), later)) == []


def test_simultaneous_starts_are_a_warning() -> None:
    specials = "[{id: extra, title: Extra, airs: 2025-07-21T23:00, runtime: 45}]"
    schedule = load_yaml(make_yaml(specials=specials))
    now = datetime(2025, 8, 1, tzinfo=UTC)
    (warning,) = find_warnings(schedule, expand_episodes(schedule), now)
    assert (warning.key_path, warning.message) == (
        "specials",
        "Episode 1 and Extra start at the same time, 2025-07-21 23:00",
    )
