"""How each kind of change in the change log affects the feeds."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from defects_ical.site.build import build_site
from tests.conftest import SITE_URL
from tests.support.events import get_stamps, get_value, split_events
from tests.support.example_schedules import load_yaml, make_yaml
from tests.support.variants import sample

EPISODES = ("e01", "e02", "e03", "e04", "e05", "e06", "e07", "e08", "making-of")
PUBLISHED = "20250701T000000Z"

# Each kind of change: the entry, the ids of its episodes, and a line of their events.
CHANGES = {
    "move": (
        "{at: 2025-08-01T12:00:00+09:00, episodes: [5], move: 2025-08-04T23:30, reason: Baseball.}",
        ("e05",),
        "DTSTART;TZID=Asia/Seoul:20250804T233000",
    ),
    "shift of several": (
        "{at: 2025-08-01T12:00:00+09:00, episodes: [6, 7, 8], shift: {weeks: 1}}",
        ("e06", "e07", "e08"),
        "SEQUENCE:1",
    ),
    "shift of all": (
        "{at: 2025-08-01T12:00:00+09:00, episodes: all, shift: {hours: -1}}",
        EPISODES,
        "SEQUENCE:1",
    ),
    "runtime": (
        "{at: 2025-08-01T12:00:00+09:00, episodes: [8], runtime: 75}",
        ("e08",),
        "DTEND;TZID=Asia/Seoul:20250813T001500",
    ),
    "tentative": (
        "{at: 2025-08-01T12:00:00+09:00, episodes: [8], status: tentative}",
        ("e08",),
        "SUMMARY:TBC: The Show: Episode 8",
    ),
    "cancelled": (
        "{at: 2025-08-01T12:00:00+09:00, episodes: [8], status: cancelled, reason: A strike}",
        ("e08",),
        "STATUS:CANCELLED",
    ),
    "note": (
        "{at: 2025-08-01T12:00:00+09:00, episodes: [3], note: Teaser corrected.}",
        ("e03",),
        "LAST-MODIFIED:20250801T030000Z",
    ),
    "special": (
        "{at: 2025-08-01T12:00:00+09:00, episodes: [making-of], move: 2025-08-19T22:00}",
        ("making-of",),
        "DTSTART;TZID=Asia/Seoul:20250819T220000",
    ),
}
SPECIAL = "[{id: making-of, title: The making of, airs: 2025-08-18T23:00, runtime: 45}]"
PLATFORMS = """
  channel: {name: Channel, kind: television, region: Everywhere}
  stream: {name: Stream, kind: streaming, region: Everywhere, delay: 120}"""


def render_events(*changes: str) -> Mapping[str, list[str]]:
    """Return the events of each .ics file with these changes, by path."""
    log = "".join(f"\n  - {change}" for change in changes) or "[]"
    site = build_site(
        load_yaml(make_yaml(specials=SPECIAL, platforms=PLATFORMS, changes=log)), SITE_URL
    )
    return {path: split_events(each.body) for path, each in site.items() if path.endswith(".ics")}


def list_ids(path: str) -> tuple[str, ...]:
    """Return the ids of the episodes in a file."""
    id_ = path.removeprefix("/episodes/show-").removesuffix(".ics")
    return EPISODES if path.count("/") == 1 else (id_,)


BEFORE = render_events()


@pytest.mark.parametrize("kind", CHANGES)
@pytest.mark.parametrize("path", sample(BEFORE, 3))
def test_change_increases_stamps_of_its_episodes(kind: str, path: str) -> None:
    """All other events stay the same, byte for byte."""
    change, ids, _ = CHANGES[kind]
    after = render_events(change)[path]
    for id_, old, new in zip(list_ids(path), BEFORE[path], after, strict=True):
        assert get_value(new, "UID") == get_value(old, "UID")
        assert get_stamps(old) == ("0", PUBLISHED, PUBLISHED)
        if id_ in ids:
            assert get_stamps(new) == ("1", "20250801T030000Z", "20250801T030000Z")
        else:
            assert new == old


@pytest.mark.parametrize("kind", CHANGES)
def test_change_appears_in_its_events(kind: str) -> None:
    change, ids, line = CHANGES[kind]
    for id_ in ids:
        (event,) = render_events(change)[f"/episodes/show-{id_}.ics"]
        assert line in event.split("\r\n")


def test_changes_apply_in_order() -> None:
    log = [
        "{at: 2025-08-01T12:00:00+09:00, episodes: [5], move: 2025-08-05T20:00}",
        "{at: 2025-08-02T12:00:00+09:00, episodes: all, shift: {weeks: 1, minutes: 30}}",
        "{at: 2025-08-03T12:00:00+09:00, episodes: [5, 6], runtime: 90, status: tentative}",
        "{at: 2025-08-04T12:00:00+09:00, episodes: [5], status: confirmed}",
    ]
    (event,) = render_events(*log)["/episodes/show-e05.ics"]
    assert get_stamps(event) == ("4", "20250804T030000Z", "20250804T030000Z")
    assert "DTSTART;TZID=Asia/Seoul:20250812T203000\r\n" in event
    assert "DTEND;TZID=Asia/Seoul:20250812T220000\r\n" in event
    assert get_value(event, "SUMMARY") == "The Show: Episode 5"


def test_description_lists_changes_newest_first() -> None:
    log = [
        "{at: 2025-08-01T12:00:00+09:00, episodes: [5], move: 2025-08-05T20:00, reason: Baseball}",
        "{at: 2025-08-03T12:00:00+09:00, episodes: [5], runtime: 90, status: tentative}",
    ]
    (event,) = render_events(*log)["/episodes/show-e05.ics"]
    assert (
        r"What changed:\nSunday 3 August 2025: Now 1 h 30 min long\, not 1 h. To be confirmed.\n"
        r"Friday 1 August 2025: Moved from Monday 4 August 2025\, 23:00 KST to Tuesday 5 August "
        r"2025\, 20:00 KST. Baseball.\n"
    ) in get_value(event, "DESCRIPTION")


def test_platform_with_delay_has_its_own_times() -> None:
    event = BEFORE["/show-stream.ics"][0]
    assert "DTSTART;TZID=Asia/Seoul:20250722T010000\r\n" in event
    assert "DTEND;TZID=Asia/Seoul:20250722T020000\r\n" in event
    assert get_value(event, "LOCATION") == "Stream"
    assert "Tuesday 22 July 2025" in get_value(event, "DESCRIPTION")


def test_move_on_platform_has_its_own_times() -> None:
    event = render_events(CHANGES["move"][0])["/show-stream.ics"][4]
    assert (
        r"Moved from Tuesday 5 August 2025\, 01:00 KST to Tuesday 5 August 2025\, 01:30 KST."
    ) in get_value(event, "DESCRIPTION")


def test_cancelled_episode_has_no_alarm() -> None:
    after = render_events(CHANGES["cancelled"][0])["/show-reminders.ics"]
    assert ["BEGIN:VALARM" in event for event in after] == [True] * 7 + [False, True]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ("status: confirmed", "Confirmed."),
        ("move: 2025-08-04T23:00", "Announced again, unchanged."),
        ("move: 2025-08-04T23:00+09:00", "Announced again, unchanged."),
        ("runtime: 60", "Announced again, unchanged."),
        ("note: So they say…", "So they say…"),
        ("""note: 'The studio is "closed."'""", 'The studio is "closed."'),
    ],
)
def test_every_change_is_described(change: str, text: str) -> None:
    log = f"{{at: 2025-08-01T12:00:00+09:00, episodes: [5], {change}}}"
    (event,) = render_events(log)["/episodes/show-e05.ics"]
    escaped = text.replace(",", "\\,")
    assert rf"What changed:\nFriday 1 August 2025: {escaped}\n" in get_value(event, "DESCRIPTION")


def test_restored_episode_differs_only_in_stamps() -> None:
    log = [
        "{at: 2025-08-01T12:00:00+09:00, episodes: [8], status: cancelled}",
        "{at: 2025-08-02T12:00:00+09:00, episodes: [8], status: confirmed}",
    ]
    (event,) = render_events(*log)["/episodes/show-e08.ics"]
    assert get_value(event, "STATUS") == "CONFIRMED"
    assert get_value(event, "SUMMARY") == "The Show: Episode 8"
    assert get_stamps(event)[0] == "2"
