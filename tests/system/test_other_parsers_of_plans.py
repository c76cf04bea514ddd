"""Other libraries read all-day events, and events of several episodes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

import pytest
import pytz

from defects_ical.content.site_input import SiteInput
from defects_ical.render.ics.feeds import render_feeds
from defects_ical.schedule.loader import load_schedule
from tests.conftest import SITE_URL
from tests.releases.test_patterns import FOLDER, NAMES, read_expected
from tests.support.example_schedules import load_yaml
from tests.support.other_parsers import READERS, Reader
from tests.support.variants import sample

# Far from UTC, so that a date that is read as a time there is another one.
ZONES: Final = {"Pacific/Kiritimati": "+14:00", "Pacific/Pago_Pago": "-11:00"}
SCHEDULE: Final = """\
format: 1
show: {{uid: 3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29, slug: show, title: The Show}}
timezone: {zone}
published: 2026-01-01T00:00:00Z
airing:
  - {{premiere: 2026-02-02, weekdays: [monday], together: 3, episodes: 6}}
  - {{season: 2, premiere: 2026-05-04, time: 25:30, runtime: 45, episodes: 4}}
platforms:
  channel: {{name: Channel, kind: television, region: Here}}
  later: {{name: Later, kind: streaming, region: There, delay: {{days: 1}}}}
changes:
  - {{at: 2026-01-02T00:00:00Z, episodes: [2], move: 2026-02-03}}
  - {{at: 2026-01-03T00:00:00Z, episodes: [4-6], time: 12:00, runtime: 30}}
  - {{at: 2026-01-04T00:00:00Z, episodes: [s02e04], move: 2026-05-05}}
  - {{at: 2026-01-05T00:00:00Z, episodes: [s02e04], status: postponed}}
"""
EN_DASH: Final = "\N{EN DASH}"


def has_dates_or_common_events(name: str) -> bool:
    rows = read_expected(name)["show"]
    return any("T" not in start or EN_DASH in title for _, start, _, _, title, *_ in rows)


PATTERNS = [name for name in NAMES if has_dates_or_common_events(name)]


def format_local(time: object, zone: str) -> str:
    """Format a time as in the lists of the release patterns."""
    if not isinstance(time, datetime):
        return str(time)
    assert time.tzinfo is not None
    return time.astimezone(pytz.timezone(zone)).isoformat(timespec="minutes")


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("name", sample(PATTERNS, 4))
def test_parser_reads_release_pattern(read: Reader, name: str) -> None:
    schedule = load_schedule(FOLDER / f"{name}.yaml")
    files = dict(render_feeds(SiteInput(schedule, SITE_URL)))
    zone = schedule.timezone
    found = [
        (format_local(each.start, zone), format_local(each.end, zone), each.title)
        for each in read(files[f"/{schedule.show.slug}.ics"])
    ]
    expected = [(start, end, title) for _, start, end, _, title, *_ in read_expected(name)["show"]]
    assert sorted(found) == sorted(expected)


# Start, end, status and title of each event, in the local time of the zone.
ROWS: Final = {
    "/show.ics": [
        ("2026-02-02", "2026-02-03", "CONFIRMED", "Episodes 1, 3"),
        ("2026-02-03", "2026-02-04", "CONFIRMED", "Episode 2"),
        ("2026-02-09T12:00", "2026-02-09T12:30", "CONFIRMED", f"Episodes 4{EN_DASH}6"),
        ("2026-05-05", "2026-05-06", "TENTATIVE", "S02E04"),
        ("2026-05-05T01:30", "2026-05-05T02:15", "CONFIRMED", f"S02E01{EN_DASH}E03"),
    ],
    "/show-later.ics": [
        ("2026-02-03", "2026-02-04", "CONFIRMED", "Episodes 1, 3"),
        ("2026-02-04", "2026-02-05", "CONFIRMED", "Episode 2"),
        ("2026-02-10T12:00", "2026-02-10T12:30", "CONFIRMED", f"Episodes 4{EN_DASH}6"),
        ("2026-05-06", "2026-05-07", "TENTATIVE", "S02E04"),
        ("2026-05-06T01:30", "2026-05-06T02:15", "CONFIRMED", f"S02E01{EN_DASH}E03"),
    ],
}


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("path", ROWS)
def test_parser_reads_changed_dates_and_common_events(read: Reader, zone: str, path: str) -> None:
    files = dict(render_feeds(SiteInput(load_yaml(SCHEDULE.format(zone=zone)), SITE_URL)))
    with_alarms = path.replace(".ics", "-reminders.ics")
    for body in (files[path], files[with_alarms]):
        found = [
            (
                format_local(each.start, zone).removesuffix(ZONES[zone]),
                format_local(each.end, zone).removesuffix(ZONES[zone]),
                each.status,
                each.title.removeprefix("POSTPONED: ").removeprefix("The Show: "),
            )
            for each in read(body)
        ]
        assert sorted(found) == ROWS[path]


@pytest.mark.parametrize("read", READERS)
def test_parser_reads_the_file_of_a_common_event(read: Reader) -> None:
    files = dict(render_feeds(SiteInput(load_yaml(SCHEDULE.format(zone="Asia/Seoul")), SITE_URL)))
    (event,) = read(files["/episodes/show-e01.ics"])
    assert (event.start, event.end) == (date(2026, 2, 2), date(2026, 2, 3))
    assert event.title == "The Show: Episodes 1, 3"
    assert "/episodes/show-e03.ics" not in files


@pytest.mark.parametrize("read", READERS)
def test_parser_reads_a_feed_without_events(read: Reader) -> None:
    schedule = load_schedule(FOLDER / "announced-for-march-2027.yaml")
    files = dict(render_feeds(SiteInput(schedule, SITE_URL)))
    feeds = [body for path, body in files.items() if path.endswith(".ics")]
    assert feeds
    assert [[*read(body)] for body in feeds] == [[] for _ in feeds]
