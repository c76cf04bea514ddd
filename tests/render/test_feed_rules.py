"""Every .ics file of a site follows all rules, and each rule finds an error if there is one."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple, TypeAlias

import pytest

from defects_ical.content.site_url import SiteURL
from defects_ical.rfc5545.content_lines import Component
from defects_ical.site.build import Site, build_site
from tests.conftest import SITE_URL
from tests.support.example_schedules import load_yaml, make_yaml
from tests.support.feed_rules import (
    RULES,
    CalendarFile,
    MalformedError,
    Rule,
    check_alarms,
    check_byte_order_mark,
    check_calendar_properties,
    check_colors,
    check_control_characters,
    check_empty_values,
    check_escapes,
    check_event_properties,
    check_first_properties,
    check_folds,
    check_last_line_end,
    check_last_modified,
    check_line_ends,
    check_line_lengths,
    check_links,
    check_locations,
    check_names,
    check_nesting,
    check_normalization,
    check_observances,
    check_property_order,
    check_refresh_interval,
    check_stamps,
    check_statuses,
    check_times,
    check_timezones,
    check_transparency,
    check_uids,
    check_unwanted_properties,
    check_urls,
    parse_calendar,
)

CalendarFiles: TypeAlias = dict[str, CalendarFile]
"""The .ics files of a site by path."""

SHOW = uuid.UUID("3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29")
TITLE = """Love, Lies; and "Truth": 사랑과 거짓말 💔"""
OTHER_URL = SiteURL.parse("https://me.example/love")

FAMILY = "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
EMOJI = f"🇰🇷{FAMILY}💔" * 30
DECOMPOSED = "Cafe\N{COMBINING ACUTE ACCENT}, nai\N{COMBINING DIAERESIS}ve; " * 20

TITLE_AND_COLOR = f"title: '{TITLE}', color: mediumpurple, genres: [K-drama, 'sci-fi; horror']}}"

PLATFORMS = """
  first: {name: 'Première, "One"; 채널 📺', kind: television, region: 'Here, there; everywhere'}
  later:
    name: Later
    kind: streaming
    region: Elsewhere
    url: "https://later.example/watch?title=love,lies;part=1&a='b'"
    delay: 95
  next-week: {name: Next week, kind: streaming, region: Nowhere, delay: 10080}
"""

SPECIALS = f"""
  - id: making-of
    title: '뒷이야기: "cut", uncut; 🎬{FAMILY}'
    airs: 2025-11-02T01:30-05:00
    runtime: 45
  - {{id: finale-party, title: The party, airs: 2025-11-02T01:15-04:00, runtime: 90}}
  - {{id: reunion, title: The reunion, airs: 2026-03-08T03:00, runtime: 60}}
"""

CHANGES = """
  - at: 2025-10-02T12:00:00-04:00
    episodes: [2]
    move: 2025-10-07T22:30
    reason: A game, and a speech; both ran over.
  - {at: 2025-10-03T12:00:00-04:00, episodes: [3, 4], shift: {weeks: 1, hours: -1}}
  - at: 2025-10-03T12:00:01-04:00
    episodes: [4]
    status: tentative
    note: '아직 확정되지 않았습니다, 곧 알려 드리겠습니다; 기다려 주세요!'
  - at: 2025-10-04T12:00:00-04:00
    episodes: [5, reunion]
    status: cancelled
    reason: 'The studio is "closed": nobody knows why.'
  - {at: 2025-10-05T12:00:00-04:00, episodes: [6], note: Teaser corrected.}
  - {at: 2025-10-06T12:00:00-04:00, episodes: [7], runtime: 125}
"""

NOTES = f"""
episodes:
  1:
    teaser: |
      One line, and then; "another":

      {"다음 이야기에서는 모든 것이 달라집니다. " * 12}
      {EMOJI}
      {DECOMPOSED}
      {"x" * 300}
  6:
    teaser: "A: b, c; d"
"""

RICH = (
    make_yaml(
        timezone="America/New_York",
        published="2025-10-01T00:00:00-04:00",
        premiere="2025-10-06",
        time="23:30",
        clocks="[Asia/Seoul, Africa/Casablanca, Asia/Kathmandu, America/St_Johns, UTC]",
        platforms=PLATFORMS,
        specials=SPECIALS,
        changes=CHANGES,
    ).replace("title: The Show}", TITLE_AND_COLOR)
    + NOTES
)


class Case(NamedTuple):
    """The YAML of a schedule and the URL of its site."""

    yaml: str
    site_url: SiteURL


CASES = {
    "rich": Case(RICH, OTHER_URL),
    "utc": Case(make_yaml(timezone="UTC", clocks="[Asia/Seoul]"), SITE_URL),
    "zone-without-rules": Case(
        make_yaml(timezone="Africa/Casablanca", premiere="2025-02-03"), SITE_URL
    ),
    "across-new-year": Case(
        make_yaml(timezone="Australia/Sydney", premiere="2025-12-29", platforms=PLATFORMS), SITE_URL
    ),
}


def list_calendar_files(site: Site, site_url: SiteURL) -> CalendarFiles:
    return {
        path: CalendarFile(str(site_url), path, resource.body)
        for path, resource in site.items()
        if path.endswith(".ics")
    }


def build_case(name: str) -> CalendarFiles:
    yaml, site_url = CASES[name]
    return list_calendar_files(build_site(load_yaml(yaml), site_url), site_url)


@pytest.fixture(scope="module")
def shipped(site: Site) -> CalendarFiles:
    return list_calendar_files(site, SITE_URL)


@pytest.fixture(scope="module")
def rich() -> CalendarFiles:
    return build_case("rich")


@pytest.fixture(scope="module", params=["shipped", *CASES])
def files(request: pytest.FixtureRequest, shipped: CalendarFiles) -> CalendarFiles:
    """Return the .ics files of each site in turn."""
    return shipped if request.param == "shipped" else build_case(request.param)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_files_follow_rule(rule: Rule, files: CalendarFiles) -> None:
    """Each rule is described in its docstring."""
    assert len(files) >= 12
    assert [f"{path}: {each}" for path, file in files.items() for each in rule(file)] == []


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
    """In the main feed, the same feed with reminders, and the episode file."""
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


# Each rule finds an error in a damaged file


class Damage(NamedTuple):
    """An edit of a valid file: replace the first ``before`` by ``after``."""

    rule: Rule
    name: str
    before: bytes
    after: bytes
    path: str = "/the-defects-reminders.ics"


PLAIN = "/the-defects.ics"
EPISODE_FILE = "/episodes/the-defects-e01.ics"
UID = b"UID:35f0bb9b-0723-5c72-a3dd-08309c0e0911"
OTHER_UID = b"UID:3174ad23-e0cf-5c87-858b-0afcbb744676"
ALARM = (
    b"BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:The Defects: Episode 1 starts in 30 min\r\n"
    b"TRIGGER:-PT30M\r\nEND:VALARM\r\n"
)
END = b"END:VEVENT\r\n"
ZONED = b"DTSTART;TZID=Asia/Seoul:2025"

STANDARD = (
    b"BEGIN:STANDARD\r\nDTSTART:19881009T030000\r\nTZNAME:KST\r\n"
    b"TZOFFSETFROM:+1000\r\nTZOFFSETTO:+0900\r\nEND:STANDARD\r\n"
)

DAMAGES = (
    Damage(check_line_ends, "a line feed alone", b"2.0\r\n", b"2.0\n"),
    Damage(check_line_ends, "a carriage return alone", b"2.0\r\n", b"2.0\r"),
    Damage(check_line_ends, "a carriage return too many", b"2.0\r\n", b"2.0\r\r\n"),
    Damage(check_last_line_end, "no last end", b"END:VCALENDAR\r\n", b"END:VCALENDAR"),
    Damage(check_last_line_end, "an empty last line", b"END:VCALENDAR", b"END:VCALENDAR\r\n"),
    Damage(check_line_lengths, "76 bytes", b"NAME:The Defects", b"NAME:" + b"x" * 59),
    Damage(check_line_lengths, "76 bytes in fewer characters", b":2.0", b":" + b"\xc3\xa9" * 34),
    Damage(check_folds, "a fold within a character", b":The", b":\xc3\r\n \xa9"),
    Damage(check_folds, "Latin-1", b":The", b":\xe9"),
    Damage(check_byte_order_mark, "a byte order mark", b"BEGIN:VC", b"\xef\xbb\xbfBEGIN:VC"),
    Damage(check_byte_order_mark, "an empty first line", b"BEGIN:VC", b"\r\nBEGIN:VC"),
    Damage(check_control_characters, "a tab", b":The Def", b":The\tDef"),
    Damage(check_control_characters, "a NUL", b":The Def", b":The\0Def"),
    Damage(check_control_characters, "a next line", b":The", b":\xc2\x85The"),
    Damage(check_control_characters, "a line separator", b":The", b":\xe2\x80\xa8The"),
    Damage(check_control_characters, "a byte order mark in a text", b":The", b":\xef\xbb\xbfThe"),
    Damage(check_normalization, "a combining accent", b":The", b":Cafe\xcc\x81"),
    Damage(check_nesting, "an event without its end", END, b""),
    Damage(check_nesting, "an end without its event", b"BEGIN:VEVENT\r\n", b""),
    Damage(check_nesting, "a calendar without its end", b"END:VCALENDAR\r\n", b""),
    Damage(check_nesting, "a second calendar", b"END:VC", b"END:VCALENDAR\r\nBEGIN:VC"),
    Damage(check_nesting, "ends in the wrong order", b"END:STANDARD", b"END:VTIMEZONE"),
    Damage(check_nesting, "no calendar at all", b"BEGIN:VCALENDAR\r\n", b""),
    Damage(check_nesting, "a line without a name", b"VERSION:2.0", b"2.0"),
    Damage(check_nesting, "an empty line", b"VERSION:2.0\r\n", b"VERSION:2.0\r\n\r\n"),
    Damage(check_nesting, "a fold that is missing", b"\r\n ", b"\r\n"),
    Damage(check_nesting, "a parameter without a value", b";VALUE=URI", b";VALUE"),
    Damage(check_nesting, "a parameter with an open quote", b";VALUE=URI", b';VALUE="URI'),
    Damage(check_empty_values, "nothing after the colon", b"LOCATION:ENA\\, T", b"LOCATION:\r\nX:"),
    Damage(check_empty_values, "a space after the colon", b"COLOR:crimson", b"COLOR: "),
    Damage(check_property_order, "a property after the events", b"END:VC", b"COLOR:red\r\nEND:VC"),
    Damage(
        check_property_order,
        "a property after an alarm",
        b"END:VALARM",
        b"END:VALARM\r\nCLASS:PUBLIC",
    ),
    Damage(check_escapes, "a comma in a description", b"returned. Not", b"returned, Not"),
    Damage(check_escapes, "a semicolon in a title", b"SUMMARY:The", b"SUMMARY:The;"),
    Damage(check_escapes, "a comma in a calendar's name", b"NAME:The", b"NAME:The,"),
    Damage(check_escapes, "a backslash too many", b"television\\,", b"television\\\\\\,"),
    Damage(check_escapes, "a backslash before a colon", b"SUMMARY:The", b"SUMMARY:\\:The"),
    Damage(check_escapes, "a capital N", b"\\n", b"\\N"),
    Damage(check_escapes, "a backslash at the end", b"Episode 1\r\n", b"Episode 1\\\r\n"),
    Damage(check_escapes, "a comma within a category", b"K-drama", b"K\\,drama"),
    Damage(check_escapes, "an empty category", b"TV,K-drama", b"TV,;"),
    Damage(check_first_properties, "another version", b"VERSION:2.0", b"VERSION:1.0"),
    Damage(
        check_first_properties, "no PRODID", b"PRODID:-//defects-ical//defects-ical//EN\r\n", b""
    ),
    Damage(check_first_properties, "a PRODID with a version", b"//EN", b" 1.0//EN"),
    Damage(
        check_first_properties, "a name before the version", b"VERSION", b"NAME:Show\r\nVERSION"
    ),
    Damage(check_calendar_properties, "a UID", b"CALSCALE", b"UID:1\r\nCALSCALE"),
    Damage(check_calendar_properties, "a method", b"CALSCALE", b"METHOD:PUBLISH\r\nCALSCALE"),
    Damage(check_calendar_properties, "a version twice", b"VERSION", b"VERSION:2.0\r\nVERSION"),
    Damage(check_calendar_properties, "a feed without a name", b"\r\nNAME:", b"\r\nX-NAME:"),
    Damage(
        check_calendar_properties,
        "an episode file with a name",
        b"CALSCALE",
        b"X-WR-CALNAME:Show\r\nCALSCALE",
        EPISODE_FILE,
    ),
    Damage(check_event_properties, "an event without a stamp", b"DTSTAMP:", b"X-STAMP:"),
    Damage(check_event_properties, "two titles", b"SUMMARY:", b"SUMMARY:The Show\r\nSUMMARY:"),
    Damage(check_event_properties, "a class", b"SEQUENCE:", b"CLASS:PUBLIC\r\nSEQUENCE:"),
    Damage(check_unwanted_properties, "a method", b"CALSCALE:", b"METHOD:PUBLISH\r\nCALSCALE:"),
    Damage(
        check_unwanted_properties, "an organizer", b"UID:", b"ORGANIZER:mailto:a@b.example\r\nUID:"
    ),
    Damage(
        check_unwanted_properties, "an attachment", b"UID:", b"ATTACH:https://a.example\r\nUID:"
    ),
    Damage(check_unwanted_properties, "a recurrence", b"UID:", b"RRULE:FREQ=WEEKLY\r\nUID:"),
    Damage(check_unwanted_properties, "a duration", b"UID:", b"DURATION:PT1H\r\nUID:"),
    Damage(check_unwanted_properties, "a comment in a zone", b"TZID:", b"COMMENT:Seoul\r\nTZID:"),
    Damage(
        check_unwanted_properties, "a task", END, END + b"BEGIN:VTODO\r\nUID:1\r\nEND:VTODO\r\n"
    ),
    Damage(check_names, "two names", b"X-WR-CALNAME:The Defects", b"X-WR-CALNAME:Defects"),
    Damage(check_names, "two descriptions", b"X-WR-CALDESC:When", b"X-WR-CALDESC:Where"),
    Damage(check_urls, "another feed's URL", b"defects-reminders.ics", b"defects.ics"),
    Damage(check_urls, "no VALUE", b"SOURCE;VALUE=URI", b"SOURCE"),
    Damage(check_urls, "another page", b"URL:https://defects.example/", b"URL:https://x.example/"),
    Damage(check_refresh_interval, "no VALUE", b"INTERVAL;VALUE=DURATION", b"INTERVAL"),
    Damage(check_refresh_interval, "half a day", b"=DURATION:PT1H", b"=DURATION:PT12H"),
    Damage(check_refresh_interval, "half a day for Outlook", b"TTL:PT1H", b"TTL:PT12H"),
    Damage(check_colors, "digits as a name", b"\r\nCOLOR:crimson", b"\r\nCOLOR:#DC143C"),
    Damage(check_colors, "a name as digits", b"#DC143C", b"crimson"),
    Damage(
        check_last_modified, "older than its events", b"MODIFIED:20250722", b"MODIFIED:20250721"
    ),
    Damage(check_uids, "one UID twice", UID, OTHER_UID),
    Damage(check_uids, "a UID with a host", UID, UID + b"@defects.example"),
    Damage(check_uids, "a random UUID", b"-5c72-", b"-4c72-"),
    Damage(check_stamps, "another stamp", b"DTSTAMP:20250722", b"DTSTAMP:20250723"),
    Damage(check_stamps, "a local stamp", b"DTSTAMP:20250722T000000Z", b"DTSTAMP:20250722T000000"),
    Damage(check_stamps, "created after it was revised", b"CREATED:20250722", b"CREATED:20250723"),
    Damage(check_stamps, "a sequence without a revision", b"SEQUENCE:0", b"SEQUENCE:1"),
    Damage(check_stamps, "a revision without a sequence", b"CREATED:20250722", b"CREATED:20250721"),
    Damage(check_times, "a floating start", ZONED, b"DTSTART:2025"),
    Damage(check_times, "a zone for UTC", b":20250721T230000", b":20250721T140000Z"),
    Damage(check_times, "two zones", b"DTEND;TZID=Asia/Seoul", b"DTEND;TZID=Asia/Tokyo"),
    Damage(check_times, "an end before its start", b"Seoul:20250722T00", b"Seoul:20250721T00"),
    Damage(check_times, "a date alone", b":20250721T230000", b":20250721"),
    Damage(check_statuses, "cancelled without prefix", b"STATUS:CONFIRMED", b"STATUS:CANCELLED"),
    Damage(check_statuses, "tentative without prefix", b"STATUS:CONFIRMED", b"STATUS:TENTATIVE"),
    Damage(check_statuses, "prefix without status", b"SUMMARY:", b"SUMMARY:CANCELLED: "),
    Damage(check_statuses, "an unknown status", b"STATUS:CONFIRMED", b"STATUS:confirmed"),
    Damage(check_transparency, "busy", b"TRANSPARENT", b"OPAQUE"),
    Damage(check_locations, "a URL as location", b"LOCATION:ENA", b"LOCATION:https://ena.example"),
    Damage(check_links, "a semicolon in a link", b"/#e01\r\n", b"/;#e01\r\n"),
    Damage(check_links, "an escaped comma in a link", b"tving.com/", b"tving.com/a\\,b"),
    Damage(
        check_links,
        "a link elsewhere",
        b"URL:https://defects.example/#",
        b"URL:https://x.example/#",
    ),
    Damage(check_alarms, "an alarm in a plain feed", END, ALARM + END, PLAIN),
    Damage(check_alarms, "an alarm in an episode file", END, ALARM + END, EPISODE_FILE),
    Damage(check_alarms, "two alarms", END, ALARM + END),
    Damage(check_alarms, "no alarm", ALARM, b""),
    Damage(check_alarms, "an alarm of a cancelled event", b"CONFIRMED", b"CANCELLED"),
    Damage(check_alarms, "an hour before", b"-PT30M", b"-PT1H"),
    Damage(check_alarms, "half an hour after", b"-PT30M", b"PT30M"),
    Damage(check_alarms, "another action", b"ACTION:DISPLAY", b"ACTION:AUDIO"),
    Damage(
        check_alarms, "an alarm without description", b"DESCRIPTION:The Defects: E", b"X-WORDS:E"
    ),
    Damage(check_timezones, "a zone that is not defined", ZONED, b"DTSTART;TZID=Asia/Tokyo:2025"),
    Damage(check_timezones, "a zone by another name", b"TZID:Asia/Seoul", b"TZID:Asia/Tokyo"),
    Damage(
        check_timezones, "another zone for the calendar", b"ZONE:Asia/Seoul", b"ZONE:Asia/Tokyo"
    ),
    Damage(
        check_timezones,
        "an event before the zone",
        b"BEGIN:VTIMEZONE",
        b"BEGIN:VEVENT\r\n" + END + b"BEGIN:VTIMEZONE",
    ),
    Damage(check_observances, "start after its events", b"19881009T03", b"20881009T03"),
    Damage(check_observances, "start before 1970", b"19881009T03", b"19081009T03"),
    Damage(check_observances, "no offset", b"TZOFFSETTO:+0900\r\n", b""),
    Damage(check_observances, "no observance", STANDARD, b""),
    Damage(
        check_observances, "no standard time", STANDARD, STANDARD.replace(b"STANDARD", b"DAYLIGHT")
    ),
    Damage(
        check_observances,
        "a date of the zone",
        b"TZID:",
        b"LAST-MODIFIED:20250101T000000Z\r\nTZID:",
    ),
)


def apply_damage(damage: Damage, files: CalendarFiles) -> CalendarFile:
    """Damage a file, which follows the rule before."""
    valid = files[damage.path]
    assert list(damage.rule(valid)) == []
    assert damage.before in valid.content
    return replace(valid, content=valid.content.replace(damage.before, damage.after, 1))


@pytest.mark.parametrize(
    "damage", [pytest.param(each, id=f"{each.rule.__name__}: {each.name}") for each in DAMAGES]
)
def test_rule_finds_damage(shipped: CalendarFiles, damage: Damage) -> None:
    assert list(damage.rule(apply_damage(damage, shipped)))


def test_every_rule_has_a_damage() -> None:
    assert {damage.rule for damage in DAMAGES} == set(RULES)


# The parser of the rules


def test_parser_unfolds_before_decoding() -> None:
    calendar = parse_calendar(
        b"BEGIN:VCALENDAR\r\nNA\r\n ME:caf\xc3\r\n\t\xa9\r\nEND:VCALENDAR\r\n"
    )
    assert [(line.name, line.value, line.number) for line in calendar.lines] == [
        ("NAME", "café", 2)
    ]


def test_parser_reads_parameters_and_quotes() -> None:
    line = b'attach;fmttype=text/plain;X-A="a;b:c,d",e:https://a.example/;b:c'
    (found,) = parse_calendar(b"BEGIN:VCALENDAR\r\n" + line + b"\r\nEND:VCALENDAR\r\n").lines
    assert (found.name, found.value) == ("ATTACH", "https://a.example/;b:c")
    assert found.parameters == (("FMTTYPE", "text/plain"), ("X-A", '"a;b:c,d",e'))
    assert found.get_parameter("FMTTYPE") == "text/plain"
    assert found.get_parameter("TZID") is None


def test_parser_unescapes_from_left_to_right() -> None:
    value = b"a\\, b\\; c\\n\\Nd\\\\n"
    (found,) = parse_calendar(b"BEGIN:VCALENDAR\r\nNAME:" + value + b"\r\nEND:VCALENDAR\r\n").lines
    assert found.text == "a, b; c\n\nd\\n"


def test_parser_error_has_line_number() -> None:
    with pytest.raises(MalformedError, match=r"^line 4: END:VALARM within VEVENT$"):
        parse_calendar(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nEND:VALARM\r\n")
    with pytest.raises(MalformedError, match=r"^line 2 is not a content line$"):
        parse_calendar(b"BEGIN:VCALENDAR\r\nNAME\r\nEND:VCALENDAR\r\n")
    with pytest.raises(MalformedError, match=r"^line 9: nested more than 8 deep$"):
        parse_calendar(b"BEGIN:VCALENDAR\r\n" * 100_000)
    with pytest.raises(MalformedError, match=r"^the first line is not BEGIN:VCALENDAR$"):
        parse_calendar(b"VERSION:2.0\r\n")
