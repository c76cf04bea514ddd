"""The .ics files: texts, times and UIDs of events, and what files have in common."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import pytz

from defects_ical.content.site_input import SiteInput
from defects_ical.render.ics.feeds import render_feeds
from defects_ical.rfc5545.content_lines import Component
from defects_ical.site.build import Site, build_site
from tests.conftest import SITE_URL
from tests.support.calendar_files import (
    EMOJI,
    FAMILY,
    TITLE,
    CalendarFile,
    CalendarFiles,
    list_calendar_files,
)
from tests.support.example_schedules import edit_airing, load_yaml, make_yaml
from tests.support.other_parsers import READERS, Reader, list_broadcasts
from tests.support.variants import sample

SHOW = uuid.UUID("3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29")
STARTS = [
    datetime(2025, 7, 21, 14, 0, tzinfo=UTC),
    datetime(2025, 7, 22, 14, 0, tzinfo=UTC),
    datetime(2025, 7, 28, 14, 0, tzinfo=UTC),
    datetime(2025, 7, 29, 14, 0, tzinfo=UTC),
    datetime(2025, 8, 4, 14, 0, tzinfo=UTC),
    datetime(2025, 8, 5, 14, 0, tzinfo=UTC),
    datetime(2025, 8, 11, 14, 0, tzinfo=UTC),
    datetime(2025, 8, 12, 14, 0, tzinfo=UTC),
]


@pytest.fixture(scope="module")
def events(site: Site) -> list[icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(site["/the-defects.ics"].body)
    assert isinstance(calendar, icalendar.Calendar)
    return calendar.events


def render_main_feed(yaml: str) -> str:
    _, body = next(render_feeds(SiteInput(load_yaml(yaml), SITE_URL)))
    return body.decode()


def find_vtimezone(feed: str) -> str:
    """Return the VTIMEZONE of a feed; empty if all its times are in UTC."""
    if "TZID" not in feed:
        return ""
    begin, end = "BEGIN:VTIMEZONE\r\n", "END:VTIMEZONE\r\n"
    return feed[feed.index(begin) : feed.index(end) + len(end)]


def find_lines(text: str, *prefixes: str) -> list[str]:
    return [line for line in text.split("\r\n") if line.startswith(prefixes)]


# The Defects


def test_feed_has_eight_events_of_an_hour(events: list[icalendar.Event]) -> None:
    assert [event.start for event in events] == STARTS
    assert [event.end - event.start for event in events] == [timedelta(minutes=60)] * 8
    assert [event["SUMMARY"] for event in events] == [
        "The Defects: Episode 1",
        "The Defects: Episode 2",
        "The Defects: Episode 3",
        "The Defects: Episode 4",
        "The Defects: Episode 5",
        "The Defects: Episode 6",
        "The Defects: Episode 7",
        "The Defects: Episode 8",
    ]


def test_description_has_platforms_and_four_clocks(events: list[icalendar.Event]) -> None:
    for event in events:
        lines = str(event["DESCRIPTION"]).splitlines()
        assert "ENA (television, South Korea)" in lines
        assert "TVing (streaming, South Korea) https://www.tving.com/" in lines
        assert "Kocowa (streaming, outside South Korea) https://www.kocowa.com/" in lines
        assert "23:00 KST (Seoul)" in lines
        assert "10:00 EDT (New York)" in lines
        assert "15:00 BST (London)" in lines
        assert "14:00 UTC" in lines
        assert "GMT" not in str(event["DESCRIPTION"])


def test_description_starts_with_teaser(events: list[icalendar.Event]) -> None:
    assert str(events[2]["DESCRIPTION"]).startswith("The survivors set out on a search.\n\n")
    assert str(events[4]["DESCRIPTION"]).startswith("Where to watch:\n")


def test_no_file_contains_gmt(site: Site) -> None:
    """UTC is the name of the time zone; GMT is London's winter time."""
    assert not [path for path, resource in site.items() if b"GMT" in resource.body]


def test_no_feed_contains_a_recap(site: Site) -> None:
    spoilers = (b"crash", b"Si-woo", b"A shot ends", b"audition", b"school bag")
    unfolded = {path: each.body.replace(b"\r\n ", b"") for path, each in site.items()}
    assert not [
        path
        for path, body in unfolded.items()
        for word in spoilers
        if word in body
        if path.endswith(".ics")
    ]


# Time zones


@pytest.mark.parametrize("zone", sample(sorted({*pytz.all_timezones} - {"UTC"}), 24))
def test_event_refers_to_zone_and_its_definition(zone: str) -> None:
    feed = render_main_feed(make_yaml(timezone=zone, time="12:00", episodes=1))
    feed = feed.replace("\r\n ", "")
    if "VTIMEZONE" not in feed:
        start = datetime(2025, 7, 21, 12, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        assert find_lines(feed, "DTSTART", "DTEND") == [
            f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
            f"DTEND:{start + timedelta(hours=1):%Y%m%dT%H%M%SZ}",
        ]
        return
    assert find_lines(find_vtimezone(feed), "TZID") == [f"TZID:{zone}"]
    assert f"\r\nDTSTART;TZID={zone}:20250721T120000\r\n" in feed
    assert f"\r\nDTEND;TZID={zone}:20250721T130000\r\n" in feed


def test_zone_is_defined_before_events_if_used() -> None:
    late = "[{id: late, title: Late, airs: 2025-11-02T01:30-05:00, runtime: 60}]"
    site = build_site(load_yaml(make_yaml(timezone="America/New_York", specials=late)), SITE_URL)
    files = {path: each.body.decode() for path, each in site.items() if path.endswith(".ics")}
    assert {path for path, file in files.items() if "TZID" not in file} == {
        "/episodes/show-late.ics"
    }
    for file in files.values():
        assert file.count("BEGIN:VTIMEZONE") == int("TZID" in file)
        assert file.rfind("END:VTIMEZONE") < file.index("BEGIN:VEVENT")


def test_zone_without_yearly_rules_is_in_utc() -> None:
    """Only the calendar and the descriptions show the zone."""
    feed = render_main_feed(make_yaml(timezone="Africa/Cairo", episodes=1))
    assert find_lines(feed, "DTSTART", "DTEND", "BEGIN", "X-WR-TIMEZONE") == [
        "BEGIN:VCALENDAR",
        "X-WR-TIMEZONE:Africa/Cairo",
        "BEGIN:VEVENT",
        "DTSTART:20250721T200000Z",
        "DTEND:20250721T210000Z",
    ]
    assert "23:00 EEST (Cairo)" in feed.replace("\r\n ", "")


@pytest.mark.parametrize("read", READERS)
def test_empty_calendar_of_such_a_zone_defines_utc(read: Reader) -> None:
    """A calendar needs a component (§3.6)."""
    yaml = edit_airing("{premiere: 2027-10}").replace("Asia/Seoul", "Africa/Casablanca")
    feed = render_main_feed(yaml)
    assert find_vtimezone(feed).splitlines() == [
        "BEGIN:VTIMEZONE",
        "TZID:UTC",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZNAME:UTC",
        "TZOFFSETFROM:+0000",
        "TZOFFSETTO:+0000",
        "END:STANDARD",
        "END:VTIMEZONE",
    ]
    assert "\r\nX-WR-TIMEZONE:Africa/Casablanca\r\n" in feed
    assert list_broadcasts(read, feed.encode()) == []


def test_feed_in_utc_defines_no_zone() -> None:
    feed = render_main_feed(make_yaml(timezone="UTC", episodes=2))
    assert "VTIMEZONE" not in feed
    assert find_lines(feed, "DTSTART", "DTEND") == [
        *("DTSTART:20250721T230000Z", "DTEND:20250722T000000Z"),
        *("DTSTART:20250722T230000Z", "DTEND:20250723T000000Z"),
    ]


@pytest.mark.parametrize(
    ("airs", "runtime", "lines"),
    [
        ("2025-11-02T01:30-05:00", 60, ["DTSTART:20251102T063000Z", "DTEND:20251102T073000Z"]),
        ("2025-11-02T01:30-04:00", 60, ["DTSTART:20251102T053000Z", "DTEND:20251102T063000Z"]),
        (
            "2025-11-02T01:30-04:00",
            20,
            [
                "DTSTART;TZID=America/New_York:20251102T013000",
                "DTEND;TZID=America/New_York:20251102T015000",
            ],
        ),
        (
            "2025-11-02T01:30-04:00",
            90,
            [
                "DTSTART;TZID=America/New_York:20251102T013000",
                "DTEND;TZID=America/New_York:20251102T020000",
            ],
        ),
    ],
)
def test_event_is_in_utc_if_local_time_is_ambiguous(
    airs: str, runtime: int, lines: list[str]
) -> None:
    """An event is in UTC if it starts or ends in the second occurrence of a repeated hour."""
    special = f"[{{id: late, title: Late, airs: {airs}, runtime: {runtime}}}]"
    feed = render_main_feed(make_yaml(timezone="America/New_York", specials=special))
    assert find_lines(feed.rpartition("BEGIN:VEVENT")[2], "DTSTART", "DTEND") == lines


# One event in several files


def list_uids(file: CalendarFile) -> list[str]:
    return [event.get_value("UID") for event in file.events]


def derive_uids(names: Iterable[str]) -> list[str]:
    return [str(uuid.uuid5(SHOW, name)) for name in names]


RICH_IDS = (
    *("e01", "e02", "e03", "e04", "e05", "e06", "e07", "e08"),
    *("making-of", "finale-party", "reunion"),
)


def test_rich_site_has_all_kinds_of_files(rich: CalendarFiles) -> None:
    assert list(rich) == [
        "/show.ics",
        "/show-reminders.ics",
        *(f"/episodes/show-{name}.ics" for name in RICH_IDS),
        "/show-first.ics",
        "/show-first-reminders.ics",
        "/show-later.ics",
        "/show-later-reminders.ics",
        "/show-next-week.ics",
        "/show-next-week-reminders.ics",
    ]


def test_episode_has_one_uid_in_its_files(rich: CalendarFiles) -> None:
    """The UID is the same in the main feed, the feed with reminders and the episode file."""
    assert list_uids(rich["/show.ics"]) == derive_uids(RICH_IDS)
    assert list_uids(rich["/show-reminders.ics"]) == derive_uids(RICH_IDS)
    for name in RICH_IDS:
        assert list_uids(rich[f"/episodes/show-{name}.ics"]) == derive_uids([name])


@pytest.mark.parametrize("platform", ["first", "later", "next-week"])
def test_episode_has_other_uid_for_each_platform(rich: CalendarFiles, platform: str) -> None:
    expected = derive_uids(f"{platform}/{name}" for name in RICH_IDS)
    assert list_uids(rich[f"/show-{platform}.ics"]) == expected
    assert list_uids(rich[f"/show-{platform}-reminders.ics"]) == expected


def find_events(file: CalendarFile) -> list[bytes]:
    """Return the folded lines of each event, without its alarm."""
    _, *parts = file.content.split(b"BEGIN:VEVENT\r\n")
    return [
        part.partition(b"BEGIN:VALARM\r\n")[0].partition(b"END:VEVENT\r\n")[0] for part in parts
    ]


def test_episode_has_same_bytes_in_its_files(files: CalendarFiles) -> None:
    main, with_reminders, *others = files.values()
    episodes = [event for file in others if file.is_episode for event in find_events(file)]
    assert find_events(main) == find_events(with_reminders) == episodes


def test_change_affects_its_event_and_last_modified() -> None:
    change = "[{at: 2025-08-01T00:00:00+00:00, episodes: [2], note: Corrected.}]"
    before, after = (
        list_calendar_files(build_site(load_yaml(text), SITE_URL), SITE_URL)["/show.ics"].calendar
        for text in (make_yaml(), make_yaml(changes=change))
    )
    others = zip(before.components, after.components, strict=True)
    assert [n for n, (was, now) in enumerate(others) if was != now] == [2]
    own = zip(before.lines, after.lines, strict=True)
    assert [(was.name, was.value, now.value) for was, now in own if was != now] == [
        ("LAST-MODIFIED", "20250701T000000Z", "20250801T000000Z")
    ]


# Difficult texts, in the rich schedule


def map_events(file: CalendarFile) -> dict[str, Component]:
    return {event.get_value("URL").partition("#")[2]: event for event in file.events}


def test_calendar_name_is_escaped(rich: CalendarFiles) -> None:
    (name,) = rich["/show.ics"].calendar.get_lines("NAME")
    assert name.value == r"""Love\, Lies\; and "Truth": 사랑과 거짓말 💔"""
    assert name.text == TITLE
    (name,) = rich["/show-first-reminders.ics"].calendar.get_lines("X-WR-CALNAME")
    assert name.text == f"""{TITLE} on Première, "One"; 채널 📺 (reminders)"""


def test_location_has_names_of_platforms(rich: CalendarFiles) -> None:
    first = r"""Première\, "One"\; 채널 📺"""
    locations = {event.get_value("LOCATION") for event in rich["/show.ics"].events}
    assert locations == {rf"{first}\, Later\, Next week"}
    assert {event.get_value("LOCATION") for event in rich["/show-first.ics"].events} == {first}
    assert {event.get_value("LOCATION") for event in rich["/show-later.ics"].events} == {"Later"}


def test_category_has_escaped_semicolon(rich: CalendarFiles) -> None:
    categories = {event.get_value("CATEGORIES") for event in rich["/show.ics"].events}
    assert categories == {r"TV,K-drama,sci-fi\; horror"}


def test_title_has_punctuation_and_joined_emoji(rich: CalendarFiles) -> None:
    (summary,) = map_events(rich["/show.ics"])["making-of"].get_lines("SUMMARY")
    assert summary.text == f"""{TITLE}: 뒷이야기: "cut", uncut; 🎬{FAMILY}"""


def test_teaser_has_all_its_lines(rich: CalendarFiles) -> None:
    (description,) = map_events(rich["/show.ics"])["e01"].get_lines("DESCRIPTION")
    lines = description.text.splitlines()
    assert lines[:2] == ['One line, and then; "another":', ""]
    assert lines[3] == EMOJI
    assert lines[4].startswith("Caf\u00e9, na\u00efve; Caf\u00e9")
    assert lines[5] == "x" * 300


def test_platform_link_has_no_comma_or_semicolon(rich: CalendarFiles) -> None:
    link = "https://later.example/watch?title=love%2Clies%3Bpart=1&a='b'"
    (description,) = map_events(rich["/show-later.ics"])["e01"].get_lines("DESCRIPTION")
    assert f"Later (streaming, Elsewhere), 1 h 35 min after the broadcast {link}" in (
        description.text.splitlines()
    )


def test_events_have_their_status(rich: CalendarFiles) -> None:
    statuses = {
        name: event.get_value("STATUS") for name, event in map_events(rich["/show.ics"]).items()
    }
    others = dict.fromkeys(RICH_IDS, "CONFIRMED")
    expected = {"e04": "TENTATIVE", "e05": "CANCELLED", "reunion": "CANCELLED"}
    assert statuses == others | expected


def test_revision_increases_sequence_and_dtstamp(rich: CalendarFiles) -> None:
    stamps = {
        name: (event.get_value("SEQUENCE"), event.get_value("DTSTAMP"))
        for name, event in map_events(rich["/show-later.ics"]).items()
    }
    assert stamps == dict.fromkeys(RICH_IDS, ("0", "20251001T040000Z")) | {
        "e02": ("1", "20251002T160000Z"),
        "e03": ("1", "20251003T160000Z"),
        "e04": ("2", "20251003T160001Z"),
        "e05": ("1", "20251004T160000Z"),
        "e06": ("1", "20251005T160000Z"),
        "e07": ("1", "20251006T160000Z"),
        "reunion": ("1", "20251004T160000Z"),
    }


def test_ambiguous_times_are_in_utc(rich: CalendarFiles) -> None:
    events = map_events(rich["/show.ics"])
    times = {
        name: tuple(
            (line.get_parameter("TZID"), line.value)
            for line in (*events[name].get_lines("DTSTART"), *events[name].get_lines("DTEND"))
        )
        for name in ("e02", "making-of", "finale-party")
    }
    assert times == {
        "e02": (("America/New_York", "20251007T223000"), ("America/New_York", "20251007T233000")),
        # From the second 01:30 of that night; from the first 01:15 to the second 01:45.
        "making-of": ((None, "20251102T063000Z"), (None, "20251102T071500Z")),
        "finale-party": ((None, "20251102T051500Z"), (None, "20251102T064500Z")),
    }


def test_file_with_event_in_utc_has_no_vtimezone(rich: CalendarFiles) -> None:
    assert not rich["/episodes/show-making-of.ics"].calendar.get_components("VTIMEZONE")
    (zone,) = rich["/episodes/show-reunion.ics"].calendar.get_components("VTIMEZONE")
    assert [each.name for each in zone.components] == ["STANDARD", "DAYLIGHT"]
