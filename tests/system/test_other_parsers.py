"""Four other libraries read the same broadcasts from the site's calendars."""

from __future__ import annotations

from datetime import datetime

import pytest

from defects_ical.site.build import Site, build_site
from tests.conftest import SITE_URL
from tests.support.example_schedules import load_yaml, make_yaml
from tests.support.other_parsers import (
    READERS,
    Broadcast,
    Reader,
    list_broadcasts,
    parse_calendar_with_ical,
    read_with_ical,
    read_with_vobject,
)

# The Defects

TIMES = (
    ("2025-07-21T14:00:00Z", "2025-07-21T15:00:00Z"),
    ("2025-07-22T14:00:00Z", "2025-07-22T15:00:00Z"),
    ("2025-07-28T14:00:00Z", "2025-07-28T15:00:00Z"),
    ("2025-07-29T14:00:00Z", "2025-07-29T15:00:00Z"),
    ("2025-08-04T14:00:00Z", "2025-08-04T15:00:00Z"),
    ("2025-08-05T14:00:00Z", "2025-08-05T15:00:00Z"),
    ("2025-08-11T14:00:00Z", "2025-08-11T15:00:00Z"),
    ("2025-08-12T14:00:00Z", "2025-08-12T15:00:00Z"),
)
UIDS = {
    "the-defects": (
        "35f0bb9b-0723-5c72-a3dd-08309c0e0911",
        "3174ad23-e0cf-5c87-858b-0afcbb744676",
        "5ad258a7-4cc5-5d49-a084-4903ae6875cb",
        "3b796ac1-ff92-50e4-a99c-9cc396b77aa8",
        "f2997017-465f-524e-9703-49338a30922f",
        "4aa7646f-2246-592a-b4e8-e7bad890088e",
        "18863e4f-7186-5a54-9563-6e97beac0493",
        "1413976b-421d-5b0a-84af-d1e385dcf87b",
    ),
    "the-defects-ena": (
        "b7e34b89-3efc-589d-a2b1-911741e6443f",
        "1d7d39d7-32d5-59f3-8832-6584ae8fdc9a",
        "3a9f5ffd-e28e-5368-9cf3-3f379ace787f",
        "066fe672-79d0-5859-9362-036cf86bc891",
        "f19a783f-7ce7-5821-b31c-48400c9842f5",
        "2bc67f48-9284-5ccd-9e3b-231689682c83",
        "099b6516-b851-574b-a074-e764c99fcc24",
        "fc0dc79e-feeb-5458-9eb7-d4b8069cac62",
    ),
    "the-defects-tving": (
        "08a1badd-eee7-59d2-9ab7-5b2d8efddc6a",
        "42e760ff-fb37-5106-9048-3bcbda8e28f7",
        "d4d0a433-3872-53b7-bb96-0441801ade0a",
        "987247ce-42c6-540d-83fe-395a3780d7c8",
        "bda56757-e263-5bf1-874e-7ce4bf4228cb",
        "57fe9949-d8ac-5883-a261-16d6c0d11e5d",
        "094ffe6c-39b0-5b6c-943b-74769e71ff0e",
        "e3614273-a43b-5649-8a3f-750d4c1332ae",
    ),
    "the-defects-kocowa": (
        "96f51fb9-ec2a-53cc-b232-5f5601e0f061",
        "98460357-df01-5944-87e4-081ecf70c3e0",
        "734c74f8-ded5-528a-aa3b-6b56bb64f953",
        "73ef271d-1d96-5930-9ad8-604094856c07",
        "6d219397-be75-565c-b498-47fc27b42761",
        "d93170b8-933b-5d33-90c4-f58d1d3609d0",
        "88a7ca7f-cc67-5fb9-bcfb-df08a7ddd5b6",
        "4eec8a6f-5b3a-5044-a9a9-f900bfb099d9",
    ),
}


def list_confirmed(feed: str) -> list[Broadcast]:
    """Return the eight broadcasts of a feed."""
    return [
        Broadcast(uid, start, end, "CONFIRMED")
        for uid, (start, end) in zip(UIDS[feed], TIMES, strict=True)
    ]


def test_site_has_no_other_calendars(site: Site) -> None:
    assert {path for path in site if path.endswith(".ics")} == {
        *(f"/{feed}.ics" for feed in UIDS),
        *(f"/{feed}-reminders.ics" for feed in UIDS),
        *(f"/episodes/the-defects-e{number:02}.ics" for number in range(1, 9)),
    }


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("feed", UIDS)
def test_parser_reads_feed(site: Site, read: Reader, feed: str) -> None:
    assert list_broadcasts(read, site[f"/{feed}.ics"].body) == list_confirmed(feed)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("feed", UIDS)
def test_parser_reads_feed_with_reminders(site: Site, read: Reader, feed: str) -> None:
    assert list_broadcasts(read, site[f"/{feed}-reminders.ics"].body) == list_confirmed(feed)


@pytest.mark.parametrize("read", READERS)
def test_parser_reads_episode_file(site: Site, read: Reader) -> None:
    for number, broadcast in enumerate(list_confirmed("the-defects"), start=1):
        assert list_broadcasts(read, site[f"/episodes/the-defects-e{number:02}.ics"].body) == [
            broadcast
        ]


# A schedule with changes

SCHEDULE_WITH_CHANGES = make_yaml(
    timezone="America/New_York",
    published="2025-10-01T00:00:00-04:00",
    premiere="2025-10-27",
    time="23:30",
    episodes=5,
    platforms="""
  channel: {name: Channel, kind: television, region: Here}
  later: {name: Later, kind: streaming, region: There, delay: 95}
""",
    # At the second 01:30 of that night.
    specials="[{id: making-of, title: Cut, airs: 2025-11-02T01:30-05:00, runtime: 45}]",
    changes="""
  - {at: 2025-10-02T12:00:00-04:00, episodes: [2], move: 2025-10-29T01:30, runtime: 90}
  - {at: 2025-10-03T12:00:00-04:00, episodes: [3], shift: {weeks: 1, hours: -1}}
  - {at: 2025-10-04T12:00:00-04:00, episodes: [4], status: tentative}
  - {at: 2025-10-05T12:00:00-04:00, episodes: [5], status: cancelled}
  - {at: 2025-10-06T12:00:00-04:00, episodes: [making-of], note: Uncut.}
""",
)


@pytest.fixture(scope="module")
def with_changes() -> Site:
    return build_site(load_yaml(SCHEDULE_WITH_CHANGES), SITE_URL)


def parse_table(text: str) -> list[Broadcast]:
    return [Broadcast(*line.split()) for line in text.strip().splitlines()]


MOVED = {
    "show": parse_table("""
        3cef720c-d706-530d-b036-ebc43a5fa467 2025-10-28T03:30:00Z 2025-10-28T04:30:00Z CONFIRMED
        f7cc34fb-729b-5a52-9b5a-09dd63383aa3 2025-10-29T05:30:00Z 2025-10-29T07:00:00Z CONFIRMED
        5cae08ae-2841-53ca-be68-bcef0cade2a3 2025-11-02T06:30:00Z 2025-11-02T07:15:00Z CONFIRMED
        b49c171e-1006-5bce-83b3-a7738f30746c 2025-11-05T04:30:00Z 2025-11-05T05:30:00Z TENTATIVE
        9278c9ed-c249-5b71-a4d5-d27f3f50946d 2025-11-11T03:30:00Z 2025-11-11T04:30:00Z CONFIRMED
        eed86c3e-9d14-5009-b2a6-9f199d4401c2 2025-11-11T04:30:00Z 2025-11-11T05:30:00Z CANCELLED
    """),
    "show-later": parse_table("""
        960baba1-6023-5156-ae91-d4de22b70fc4 2025-10-28T05:05:00Z 2025-10-28T06:05:00Z CONFIRMED
        20ac64ac-6b84-5af3-8033-0b7f7fcbc11e 2025-10-29T07:05:00Z 2025-10-29T08:35:00Z CONFIRMED
        f38aa020-0078-51be-a762-1eb7dca5981d 2025-11-02T08:05:00Z 2025-11-02T08:50:00Z CONFIRMED
        53aaa29c-a220-56f1-b337-fa69af9ad891 2025-11-05T06:05:00Z 2025-11-05T07:05:00Z TENTATIVE
        5f6e0e71-4047-5dcf-b6f8-2ca6777d952a 2025-11-11T05:05:00Z 2025-11-11T06:05:00Z CONFIRMED
        371215f1-a8e7-5ef2-8b82-b5fd9841c43c 2025-11-11T06:05:00Z 2025-11-11T07:05:00Z CANCELLED
    """),
}


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("feed", MOVED)
def test_parser_reads_changes_in_feeds(with_changes: Site, read: Reader, feed: str) -> None:
    assert list_broadcasts(read, with_changes[f"/{feed}.ics"].body) == MOVED[feed]
    assert list_broadcasts(read, with_changes[f"/{feed}-reminders.ics"].body) == MOVED[feed]


@pytest.mark.parametrize("read", READERS)
def test_parser_reads_changes_in_episode_files(with_changes: Site, read: Reader) -> None:
    names = ("e01", "e02", "making-of", "e04", "e03", "e05")
    for name, broadcast in zip(names, MOVED["show"], strict=True):
        assert list_broadcasts(read, with_changes[f"/episodes/show-{name}.ics"].body) == [broadcast]


# VTIMEZONE under a name that is in no time zone database


@pytest.fixture
def seoul(site: Site) -> bytes:
    return site["/the-defects.ics"].body.replace(b"Asia/Seoul", b"Elsewhere/Seoul")


@pytest.fixture
def new_york(with_changes: Site) -> bytes:
    return with_changes["/show.ics"].body.replace(b"America/New_York", b"Elsewhere/New_York")


# Not with ics 0.7.3, which reads the events before the time zones.


def test_vobject_reads_vtimezone(seoul: bytes, new_york: bytes) -> None:
    assert list_broadcasts(read_with_vobject, seoul) == list_confirmed("the-defects")
    assert list_broadcasts(read_with_vobject, new_york) == MOVED["show"]


def test_ical_reads_vtimezone_with_rules(
    new_york: bytes,
) -> None:
    assert list_broadcasts(read_with_ical, new_york) == MOVED["show"]


def test_ical_reads_local_times_without_rules(
    seoul: bytes,
) -> None:
    # Only local times: ical 14 ignores an observance without RRULE and RDATE, which counts by
    # RFC 5545 §3.6.5, and takes +00:00 for the zone's offset.
    starts = [event.start for event in parse_calendar_with_ical(seoul).events]
    assert [f"{start:%Y-%m-%dT%H:%M}" for start in starts] == [
        "2025-07-21T23:00",
        "2025-07-22T23:00",
        "2025-07-28T23:00",
        "2025-07-29T23:00",
        "2025-08-04T23:00",
        "2025-08-05T23:00",
        "2025-08-11T23:00",
        "2025-08-12T23:00",
    ]
    assert {str(start.tzinfo) for start in starts if isinstance(start, datetime)} == {
        "Elsewhere/Seoul"
    }
