"""Every release pattern is a schedule without false news.

In this folder, NAME.yaml is the schedule of a show, and NAME.txt lists the events of its feeds by
hand: id, start, end, status and name, and SEQUENCE if it is not 0.
"""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from pathlib import Path

import icalendar
import pytest
import pytz

from defects_ical.content.links.feeds import event_uid
from defects_ical.doctor.diagnosis import check_content
from defects_ical.doctor.findings import build_findings
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.build import Site, build_site
from tests.conftest import SITE_URL
from tests.support.variants import sample

FOLDER = Path(__file__).parent
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
MIN_PATTERNS = 60
SHOW = "show"


def read_expected(name: str) -> dict[str, list[list[str]]]:
    """Return the cells of each line of NAME.txt by feed: "show", or the id of a platform."""
    feeds: dict[str, list[list[str]]] = {}
    feed: list[list[str]] = []
    for line in (FOLDER / f"{name}.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            feed = feeds.setdefault(line.strip("[]"), [])
        else:
            feed.append([cell.strip() for cell in line.split("|")])
    return feeds


def list_events(schedule: Schedule, site: Site, feed: str) -> list[icalendar.Event]:
    slug, suffix = schedule.show.slug, "" if feed == SHOW else f"-{feed}"
    calendar = icalendar.Calendar.from_ical(site[f"/{slug}{suffix}.ics"].body)
    return calendar.events


def describe(event: icalendar.Event, zone: str) -> list[str]:
    """Return the cells of an event, without its id."""
    summary, status = str(event["SUMMARY"]), str(event["STATUS"]).lower()
    if summary.startswith("POSTPONED: "):
        assert status == "tentative"
        status = "postponed"
    times = [format_time(each, zone) for each in (event.start, event.end)]
    sequence = [f"SEQUENCE {event['SEQUENCE']}"] if event["SEQUENCE"] else []
    return [*times, status, summary, *sequence]


def format_time(value: object, zone: str) -> str:
    if isinstance(value, datetime):
        local = value.astimezone(UTC).astimezone(pytz.timezone(zone))
        return local.isoformat(timespec="minutes")
    return str(value)


@pytest.mark.parametrize("name", sample(NAMES, 2))
def test_feeds_have_expected_events(name: str) -> None:
    schedule = load_schedule(FOLDER / f"{name}.yaml")
    site, expected = build_site(schedule, SITE_URL), read_expected(name)
    assert {*expected} == {SHOW, *schedule.platforms}
    for feed, lines in expected.items():
        events = list_events(schedule, site, feed)
        assert [describe(each, schedule.timezone) for each in events] == [
            cells for _, *cells in lines
        ]
        platform = None if feed == SHOW else feed
        uids = [event_uid(schedule.show, id_, platform) for id_, *_ in lines]
        assert [str(each["UID"]) for each in events] == uids


@pytest.mark.parametrize("name", sample(NAMES, 3))
def test_schedule_without_changes_has_no_news(name: str) -> None:
    schedule = load_schedule(FOLDER / f"{name}.yaml")
    if schedule.changes:
        assert "changes:" in (FOLDER / f"{name}.yaml").read_text("utf-8")
        return
    site = build_site(schedule, SITE_URL)
    for path, resource in site.items():
        if path.endswith(".js"):
            continue
        # The texts of scripts are there for whatever may happen.
        body = re.sub(rb'<script type="application/json" id="script_words">.*', b"", resource.body)
        assert b"Moved" not in body, path
        assert b"What changed:" not in body, path
        if path.endswith(".ics"):
            assert b"SEQUENCE:0\r\n" in resource.body or b"BEGIN:VEVENT" not in resource.body
            assert b"SEQUENCE:1" not in resource.body


def test_patterns_are_many_and_have_their_own_uids() -> None:
    uids = {load_schedule(FOLDER / f"{name}.yaml").show.uid for name in NAMES}
    assert len(uids) == len(NAMES) >= MIN_PATTERNS
    assert all(isinstance(uid, uuid.UUID) for uid in uids)


def test_every_schedule_has_expected_events() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.txt")) == NAMES


@pytest.mark.parametrize("name", sample(NAMES, 4))
def test_doctor_finds_nothing_in_feeds(name: str) -> None:
    schedule = load_schedule(FOLDER / f"{name}.yaml")
    # All events of the patterns are later, and all stamps earlier than now.
    now = datetime(1990, 1, 1, tzinfo=UTC)
    for path, resource in build_site(schedule, SITE_URL).items():
        if path.endswith(".ics"):
            findings = build_findings(check_content((resource.body,), now))
            assert [each.issue.id for each in findings if each.severity != "info"] in (
                [],
                # A series of which only the month is known.
                ["no-events"],
            ), path
