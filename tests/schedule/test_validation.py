"""Rules across fields that the golden files do not show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import defects_ical
from defects_ical.schedule.expansion import expand_schedule
from defects_ical.schedule.validation.names import PAGE_SECTION_IDS
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


BLOCKS = """\
format: 1
show: {uid: 3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29, slug: show, title: The Show}
timezone: Asia/Seoul
published: 2025-07-01T00:00:00+00:00
airing: AIRING
platforms: {channel: {name: Channel, kind: television, region: everywhere}}
"""

FRIDAYS = "premiere: 2025-07-25, weekdays: [friday 25:30, friday 22:00]"
MONDAYS = "premiere: 2025-07-21, weekdays: [monday, monday 22:00]"


@pytest.mark.parametrize(
    ("airing", "slots"),
    [
        # The same weekday twice is one.
        (
            "{premiere: 2025-07-23, weekdays: [wednesday, wednesday], episodes: 2}",
            ["2025-07-23", "2025-07-30"],
        ),
        # Hours of one day in their order, and late ones of the evening before.
        (
            f"{{{FRIDAYS}, runtime: 9, episodes: 3}}",
            ["2025-07-25T22:00", "2025-07-25T25:30", "2025-08-01T22:00"],
        ),
        # A skipped date has no slot at all.
        (
            f"{{{MONDAYS}, skip: [2025-07-28], runtime: 9, episodes: 3}}",
            ["2025-07-21", "2025-07-21T22:00", "2025-08-04"],
        ),
        # A late hour is before an early one of the next day.
        (
            "{dates: [2025-07-23T25:30, 2025-07-24T02:00], runtime: 30}",
            ["2025-07-23T25:30", "2025-07-24T02:00"],
        ),
        # The hour of one of two dates on a day is not known.
        (
            "{dates: [2025-07-23, 2025-07-23T22:00], runtime: 30}",
            ["2025-07-23", "2025-07-23T22:00"],
        ),
        # The last slot takes what is left.
        (
            "{dates: [2025-07-23, 2025-07-24], together: 2, episodes: 3}",
            ["2025-07-23", "2025-07-24"],
        ),
        # What is known of a season that is only announced is not news later.
        ("[{premiere: 2025-07-23, episodes: 1}, {premiere: 2025-07, weekdays: [monday]}]",
         ["2025-07-23"]),
        ("[{premiere: 2025-07-31, episodes: 1}, {premiere: 2025-07}]", ["2025-07-31"]),
    ],
)  # fmt: skip
def test_block_is_valid(airing: str, slots: list[str]) -> None:
    schedule = load_yaml(BLOCKS.replace("AIRING", airing))
    events = expand_schedule(schedule).main.events
    assert [each.first.slot.isoformat() for each in events] == slots


@pytest.mark.parametrize(
    ("action", "slots"),
    [
        ("episodes: [2], move: 2025-07-22T25:30", ["2025-07-21T23:00", "2025-07-22T25:30"]),
        ("episodes: [1], move: 2025-07-20", ["2025-07-20", "2025-07-22T23:00"]),
        ("episodes: [1-2], time: 24:10", ["2025-07-21T24:10", "2025-07-22T24:10"]),
        ("episodes: [2], shift: {slots: 1}", ["2025-07-21T23:00", "2025-07-28T23:00"]),
        ("episodes: [1], shift: {hours: 2}", ["2025-07-21T25:00", "2025-07-22T23:00"]),
    ],
)
def test_change_is_valid(action: str, slots: list[str]) -> None:
    entry = f"{{at: 2025-07-10T12:00:00+09:00, {action}}}"
    events = expand_schedule(load_yaml(make_yaml(episodes=2, changes=f"[{entry}]"))).main.events
    assert [each.first.slot.isoformat() for each in events] == slots


@pytest.mark.parametrize(
    ("delay", "start"),
    [
        ("-60", "2025-07-21T22:00"),
        ("{days: 14}", "2025-08-04T23:00"),
        ("{days: -7}", "2025-07-14T23:00"),
        ("{days: 1, minutes: -30}", "2025-07-22T22:30"),
    ],
)
def test_delay_is_valid(delay: str, start: str) -> None:
    channel = f"{{name: X, kind: streaming, region: here, delay: {delay}}}"
    listings = expand_schedule(load_yaml(make_yaml(platforms=f"{{x: {channel}}}")))
    assert listings.platforms["x"].episodes[0].slot.isoformat() == start
