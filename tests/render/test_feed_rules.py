"""Every .ics file of a site, octet by octet: what it must be for every calendar program."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

import pytest

from defects_ical.content.site_url import SiteURL
from defects_ical.rfc5545.content_lines import Component
from defects_ical.site.build import Site, build_site
from tests.conftest import SITE_URL
from tests.support import feed_rules
from tests.support.example_schedules import load_yaml, make_yaml
from tests.support.feed_rules import File, MalformedError, Rule

Files: TypeAlias = dict[str, File]

SHOW = uuid.UUID("3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29")
TITLE = """Love, Lies; and "Truth": 사랑과 거짓말 💔"""
PLACE = SiteURL.parse("https://me.example/love")

FAMILY = "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
EMOJI = f"🇰🇷{FAMILY}💔" * 30
DECOMPOSED = "Cafe\N{COMBINING ACUTE ACCENT}, nai\N{COMBINING DIAERESIS}ve; " * 20

SHOWN = f"title: '{TITLE}', color: mediumpurple, genres: [K-drama, 'sci-fi; horror']}}"

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
    ).replace("title: The Show}", SHOWN)
    + NOTES
)


class Case(NamedTuple):
    """A schedule and where its site is."""

    text: str
    address: SiteURL


CASES = {
    "rich": Case(RICH, PLACE),
    "without-a-zone": Case(make_yaml(timezone="UTC", clocks="[Asia/Seoul]"), SITE_URL),
    "without-a-rule": Case(
        make_yaml(timezone="Africa/Casablanca", premiere="2025-02-03"), SITE_URL
    ),
    "over-new-year": Case(
        make_yaml(timezone="Australia/Sydney", premiere="2025-12-29", platforms=PLATFORMS), SITE_URL
    ),
}


def files_of(site: Site, address: SiteURL) -> Files:
    return {
        path: File(str(address), path, resource.body)
        for path, resource in site.items()
        if path.endswith(".ics")
    }


def case(name: str) -> Files:
    text, address = CASES[name]
    return files_of(build_site(load_yaml(text), address), address)


@pytest.fixture(scope="module")
def shipped(site: Site) -> Files:
    return files_of(site, SITE_URL)


@pytest.fixture(scope="module")
def rich() -> Files:
    return case("rich")


@pytest.fixture(scope="module", params=["shipped", *CASES])
def files(request: pytest.FixtureRequest, shipped: Files) -> Files:
    """Every .ics file of one site after the other."""
    return shipped if request.param == "shipped" else case(request.param)


def faults(rule: Rule, files: Files) -> list[str]:
    """What the rule finds in the files, which must not be none."""
    assert len(files) >= 12
    return [f"{path}: {fault}" for path, file in files.items() for fault in rule(file)]


# The octets.


def test_no_carriage_return_and_no_line_feed_stands_alone(files: Files) -> None:
    assert faults(feed_rules.line_ends, files) == []


def test_the_last_line_ends_like_every_other(files: Files) -> None:
    assert faults(feed_rules.final_line_end, files) == []


def test_no_line_is_longer_than_75_octets(files: Files) -> None:
    assert faults(feed_rules.line_lengths, files) == []


def test_every_fold_falls_between_two_characters(files: Files) -> None:
    assert faults(feed_rules.folds, files) == []


def test_no_byte_order_mark_comes_first(files: Files) -> None:
    assert faults(feed_rules.byte_order_mark, files) == []


def test_there_are_no_control_characters(files: Files) -> None:
    assert faults(feed_rules.control_characters, files) == []


def test_text_is_in_nfc(files: Files) -> None:
    assert faults(feed_rules.normalization, files) == []


def test_each_begin_has_its_end(files: Files) -> None:
    assert faults(feed_rules.nesting, files) == []


def test_every_property_has_a_value(files: Files) -> None:
    assert faults(feed_rules.empty_values, files) == []


def test_properties_stand_before_components(files: Files) -> None:
    assert faults(feed_rules.order, files) == []


def test_text_is_escaped_as_the_standard_has_it(files: Files) -> None:
    assert faults(feed_rules.escapes, files) == []


# The calendar.


def test_version_producer_and_calendar_scale_come_first_and_once(files: Files) -> None:
    assert faults(feed_rules.head, files) == []


def test_feeds_describe_themselves_and_single_files_do_not(files: Files) -> None:
    assert faults(feed_rules.calendar_properties, files) == []


def test_what_calendar_programs_stumble_over_is_nowhere(files: Files) -> None:
    assert faults(feed_rules.unwanted, files) == []


def test_a_feed_has_its_name_and_its_description_in_both_spellings(files: Files) -> None:
    assert faults(feed_rules.names, files) == []


def test_a_feed_knows_its_own_address_and_the_page(files: Files) -> None:
    assert faults(feed_rules.source, files) == []


def test_a_feed_wants_to_be_read_again_in_an_hour(files: Files) -> None:
    assert faults(feed_rules.refresh, files) == []


def test_a_feed_has_its_colour_as_a_name_and_as_six_digits(files: Files) -> None:
    assert faults(feed_rules.colors, files) == []


def test_a_feed_was_modified_with_the_latest_of_its_events(files: Files) -> None:
    assert faults(feed_rules.calendar_stamp, files) == []


# The events.


def test_an_event_has_each_of_its_properties_once_and_no_other(files: Files) -> None:
    assert faults(feed_rules.event_properties, files) == []


def test_no_identity_is_there_twice(files: Files) -> None:
    assert faults(feed_rules.identities, files) == []


def test_the_stamps_and_the_sequence_rise_together(files: Files) -> None:
    assert faults(feed_rules.stamps, files) == []


def test_no_time_is_floating(files: Files) -> None:
    assert faults(feed_rules.times, files) == []


def test_a_title_says_when_its_event_is_cancelled_or_not_certain(files: Files) -> None:
    assert faults(feed_rules.statuses, files) == []


def test_no_event_makes_anybody_busy(files: Files) -> None:
    assert faults(feed_rules.transparency, files) == []


def test_no_place_is_a_link(files: Files) -> None:
    assert faults(feed_rules.locations, files) == []


def test_no_link_has_a_comma_or_a_semicolon(files: Files) -> None:
    assert faults(feed_rules.links, files) == []


def test_only_reminder_feeds_remind_and_only_of_what_will_air(files: Files) -> None:
    assert faults(feed_rules.alarms, files) == []


def test_the_zone_that_events_name_is_defined_before_them(files: Files) -> None:
    assert faults(feed_rules.zones, files) == []


def test_a_zone_is_complete_and_begins_before_its_events(files: Files) -> None:
    assert faults(feed_rules.observances, files) == []


# One event in several files.


def identities(file: File) -> list[str]:
    return [event.get_value("UID") for event in file.events]


def derived(names: Iterable[str]) -> list[str]:
    return [str(uuid.uuid5(SHOW, name)) for name in names]


RICH_IDS = (
    *("e01", "e02", "e03", "e04", "e05", "e06", "e07", "e08"),
    *("making-of", "finale-party", "reunion"),
)


def test_the_rich_site_has_a_file_of_every_kind(rich: Files) -> None:
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


def test_an_episode_has_one_identity_in_feed_twin_and_single_file(rich: Files) -> None:
    assert identities(rich["/show.ics"]) == derived(RICH_IDS)
    assert identities(rich["/show-reminders.ics"]) == derived(RICH_IDS)
    for name in RICH_IDS:
        assert identities(rich[f"/episodes/show-{name}.ics"]) == derived([name])


@pytest.mark.parametrize("platform", ["first", "later", "next-week"])
def test_an_episode_has_another_identity_on_each_platform(rich: Files, platform: str) -> None:
    expected = derived(f"{platform}/{name}" for name in RICH_IDS)
    assert identities(rich[f"/show-{platform}.ics"]) == expected
    assert identities(rich[f"/show-{platform}-reminders.ics"]) == expected


def event_octets(file: File) -> list[bytes]:
    """The lines of each event as they are folded, without its alarm."""
    _, *parts = file.octets.split(b"BEGIN:VEVENT\r\n")
    return [
        part.partition(b"BEGIN:VALARM\r\n")[0].partition(b"END:VEVENT\r\n")[0] for part in parts
    ]


def test_an_episode_has_the_same_octets_in_feed_twin_and_single_file(files: Files) -> None:
    main, twin, *others = files.values()
    singles = [part for file in others if file.single for part in event_octets(file)]
    assert event_octets(main) == event_octets(twin) == singles


def test_a_change_touches_nothing_but_its_event_and_the_feeds_stamp() -> None:
    change = "[{at: 2025-08-01T00:00:00+00:00, episodes: [2], note: Corrected.}]"
    before, after = (
        files_of(build_site(load_yaml(text), SITE_URL), SITE_URL)["/show.ics"].calendar
        for text in (make_yaml(), make_yaml(changes=change))
    )
    others = zip(before.components, after.components, strict=True)
    assert [n for n, (was, now) in enumerate(others) if was != now] == [2]
    own = zip(before.lines, after.lines, strict=True)
    assert [(was.name, was.value, now.value) for was, now in own if was != now] == [
        ("LAST-MODIFIED", "20250701T000000Z", "20250801T000000Z")
    ]


# What becomes of difficult texts, in the rich schedule.


def by_name(file: File) -> dict[str, Component]:
    return {event.get_value("URL").partition("#")[2]: event for event in file.events}


def test_a_calendars_name_is_escaped(rich: Files) -> None:
    (name,) = rich["/show.ics"].calendar.get_lines("NAME")
    assert name.value == r"""Love\, Lies\; and "Truth": 사랑과 거짓말 💔"""
    assert name.text == TITLE
    (shown,) = rich["/show-first-reminders.ics"].calendar.get_lines("X-WR-CALNAME")
    assert shown.text == f"""{TITLE} on Première, "One"; 채널 📺 (reminders)"""


def test_a_place_is_the_names_of_all_platforms_or_of_one(rich: Files) -> None:
    first = r"""Première\, "One"\; 채널 📺"""
    everywhere = {event.get_value("LOCATION") for event in rich["/show.ics"].events}
    assert everywhere == {rf"{first}\, Later\, Next week"}
    assert {event.get_value("LOCATION") for event in rich["/show-first.ics"].events} == {first}
    assert {event.get_value("LOCATION") for event in rich["/show-later.ics"].events} == {"Later"}


def test_a_category_keeps_its_semicolon(rich: Files) -> None:
    categories = {event.get_value("CATEGORIES") for event in rich["/show.ics"].events}
    assert categories == {r"TV,K-drama,sci-fi\; horror"}


def test_a_title_keeps_its_punctuation_and_its_family(rich: Files) -> None:
    (summary,) = by_name(rich["/show.ics"])["making-of"].get_lines("SUMMARY")
    assert summary.text == f"""{TITLE}: 뒷이야기: "cut", uncut; 🎬{FAMILY}"""


def test_a_teasers_lines_come_through(rich: Files) -> None:
    (description,) = by_name(rich["/show.ics"])["e01"].get_lines("DESCRIPTION")
    lines = description.text.splitlines()
    assert lines[:2] == ['One line, and then; "another":', ""]
    assert lines[3] == EMOJI
    assert lines[4].startswith("Caf\u00e9, na\u00efve; Caf\u00e9")
    assert lines[5] == "x" * 300


def test_a_platforms_link_is_not_cut_by_a_comma_or_semicolon(rich: Files) -> None:
    link = "https://later.example/watch?title=love%2Clies%3Bpart=1&a='b'"
    (description,) = by_name(rich["/show-later.ics"])["e01"].get_lines("DESCRIPTION")
    assert f"Later (streaming, Elsewhere), 1 h 35 min after the broadcast {link}" in (
        description.text.splitlines()
    )


def test_every_status_is_there(rich: Files) -> None:
    statuses = {
        name: event.get_value("STATUS") for name, event in by_name(rich["/show.ics"]).items()
    }
    others = dict.fromkeys(RICH_IDS, "CONFIRMED")
    expected = {"e04": "TENTATIVE", "e05": "CANCELLED", "reunion": "CANCELLED"}
    assert statuses == others | expected


def test_a_revised_episode_has_a_higher_sequence_and_a_later_stamp(rich: Files) -> None:
    stamps = {
        name: (event.get_value("SEQUENCE"), event.get_value("DTSTAMP"))
        for name, event in by_name(rich["/show-later.ics"]).items()
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


def test_times_are_local_but_for_the_hour_that_comes_twice(rich: Files) -> None:
    events = by_name(rich["/show.ics"])
    times = {
        name: tuple(
            (line.get_parameter("TZID"), line.value)
            for line in (*events[name].get_lines("DTSTART"), *events[name].get_lines("DTEND"))
        )
        for name in ("e02", "making-of", "finale-party")
    }
    assert times == {
        "e02": (("America/New_York", "20251007T223000"), ("America/New_York", "20251007T233000")),
        # 01:30 by the second pass of that hour, and 01:15 by the first until the second's 01:45.
        "making-of": ((None, "20251102T063000Z"), (None, "20251102T071500Z")),
        "finale-party": ((None, "20251102T051500Z"), (None, "20251102T064500Z")),
    }


def test_a_file_whose_only_event_is_in_utc_defines_no_zone(rich: Files) -> None:
    assert not rich["/episodes/show-making-of.ics"].calendar.get_components("VTIMEZONE")
    (zone,) = rich["/episodes/show-reunion.ics"].calendar.get_components("VTIMEZONE")
    assert [each.name for each in zone.components] == ["STANDARD", "DAYLIGHT"]


# Each rule can fail: the shipped files, damaged.


class Damage(NamedTuple):
    """What is done to a sound file: the first ``before`` in it becomes ``after``."""

    rule: Rule
    what: str
    before: bytes
    after: bytes
    path: str = "/the-defects-reminders.ics"


PLAIN = "/the-defects.ics"
SINGLE = "/episodes/the-defects-e01.ics"
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
    Damage(feed_rules.line_ends, "a line feed alone", b"2.0\r\n", b"2.0\n"),
    Damage(feed_rules.line_ends, "a carriage return alone", b"2.0\r\n", b"2.0\r"),
    Damage(feed_rules.line_ends, "a carriage return too many", b"2.0\r\n", b"2.0\r\r\n"),
    Damage(feed_rules.final_line_end, "no last end", b"END:VCALENDAR\r\n", b"END:VCALENDAR"),
    Damage(feed_rules.final_line_end, "an empty last line", b"END:VCALENDAR", b"END:VCALENDAR\r\n"),
    Damage(feed_rules.line_lengths, "76 octets", b"NAME:The Defects", b"NAME:" + b"x" * 59),
    Damage(
        feed_rules.line_lengths, "76 octets in fewer characters", b":2.0", b":" + b"\xc3\xa9" * 34
    ),
    Damage(feed_rules.folds, "a fold within a character", b":The", b":\xc3\r\n \xa9"),
    Damage(feed_rules.folds, "Latin-1", b":The", b":\xe9"),
    Damage(feed_rules.byte_order_mark, "a byte order mark", b"BEGIN:VC", b"\xef\xbb\xbfBEGIN:VC"),
    Damage(feed_rules.byte_order_mark, "an empty first line", b"BEGIN:VC", b"\r\nBEGIN:VC"),
    Damage(feed_rules.control_characters, "a tab", b":The Def", b":The\tDef"),
    Damage(feed_rules.control_characters, "a NUL", b":The Def", b":The\0Def"),
    Damage(feed_rules.control_characters, "a next line", b":The", b":\xc2\x85The"),
    Damage(feed_rules.control_characters, "a line separator", b":The", b":\xe2\x80\xa8The"),
    Damage(feed_rules.control_characters, "a zero-width space", b":The", b":\xef\xbb\xbfThe"),
    Damage(feed_rules.normalization, "an accent of its own", b":The", b":Cafe\xcc\x81"),
    Damage(feed_rules.nesting, "an event without its end", END, b""),
    Damage(feed_rules.nesting, "an end without its event", b"BEGIN:VEVENT\r\n", b""),
    Damage(feed_rules.nesting, "a calendar without its end", b"END:VCALENDAR\r\n", b""),
    Damage(feed_rules.nesting, "a second calendar", b"END:VC", b"END:VCALENDAR\r\nBEGIN:VC"),
    Damage(feed_rules.nesting, "ends in the wrong order", b"END:STANDARD", b"END:VTIMEZONE"),
    Damage(feed_rules.nesting, "no calendar at all", b"BEGIN:VCALENDAR\r\n", b""),
    Damage(feed_rules.nesting, "a line without a name", b"VERSION:2.0", b"2.0"),
    Damage(feed_rules.nesting, "an empty line", b"VERSION:2.0\r\n", b"VERSION:2.0\r\n\r\n"),
    Damage(feed_rules.nesting, "a fold that is missing", b"\r\n ", b"\r\n"),
    Damage(feed_rules.nesting, "a parameter without a value", b";VALUE=URI", b";VALUE"),
    Damage(feed_rules.nesting, "a parameter with an open quote", b";VALUE=URI", b';VALUE="URI'),
    Damage(
        feed_rules.empty_values, "nothing after the colon", b"LOCATION:ENA\\, T", b"LOCATION:\r\nX:"
    ),
    Damage(feed_rules.empty_values, "a space after the colon", b"COLOR:crimson", b"COLOR: "),
    Damage(feed_rules.order, "a property behind the events", b"END:VC", b"COLOR:red\r\nEND:VC"),
    Damage(
        feed_rules.order, "a property behind an alarm", b"END:VALARM", b"END:VALARM\r\nCLASS:PUBLIC"
    ),
    Damage(feed_rules.escapes, "a comma in a description", b"returned. Not", b"returned, Not"),
    Damage(feed_rules.escapes, "a semicolon in a title", b"SUMMARY:The", b"SUMMARY:The;"),
    Damage(feed_rules.escapes, "a comma in a calendar's name", b"NAME:The", b"NAME:The,"),
    Damage(feed_rules.escapes, "a backslash too many", b"television\\,", b"television\\\\\\,"),
    Damage(feed_rules.escapes, "a backslash before a colon", b"SUMMARY:The", b"SUMMARY:\\:The"),
    Damage(feed_rules.escapes, "a capital N", b"\\n", b"\\N"),
    Damage(feed_rules.escapes, "a backslash at the end", b"Episode 1\r\n", b"Episode 1\\\r\n"),
    Damage(feed_rules.escapes, "a comma within a category", b"K-drama", b"K\\,drama"),
    Damage(feed_rules.escapes, "an empty category", b"TV,K-drama", b"TV,;"),
    Damage(feed_rules.head, "another version", b"VERSION:2.0", b"VERSION:1.0"),
    Damage(feed_rules.head, "no maker", b"PRODID:-//defects-ical//defects-ical//EN\r\n", b""),
    Damage(feed_rules.head, "a maker with a version", b"//EN", b" 1.0//EN"),
    Damage(feed_rules.head, "a name before the version", b"VERSION", b"NAME:Show\r\nVERSION"),
    Damage(feed_rules.calendar_properties, "an identity", b"CALSCALE", b"UID:1\r\nCALSCALE"),
    Damage(feed_rules.calendar_properties, "a method", b"CALSCALE", b"METHOD:PUBLISH\r\nCALSCALE"),
    Damage(
        feed_rules.calendar_properties, "a version twice", b"VERSION", b"VERSION:2.0\r\nVERSION"
    ),
    Damage(feed_rules.calendar_properties, "a feed without a name", b"\r\nNAME:", b"\r\nX-NAME:"),
    Damage(
        feed_rules.calendar_properties,
        "a single file with a name",
        b"CALSCALE",
        b"X-WR-CALNAME:Show\r\nCALSCALE",
        SINGLE,
    ),
    Damage(feed_rules.event_properties, "an event without a stamp", b"DTSTAMP:", b"X-STAMP:"),
    Damage(feed_rules.event_properties, "two titles", b"SUMMARY:", b"SUMMARY:The Show\r\nSUMMARY:"),
    Damage(feed_rules.event_properties, "a class", b"SEQUENCE:", b"CLASS:PUBLIC\r\nSEQUENCE:"),
    Damage(feed_rules.unwanted, "a method", b"CALSCALE:", b"METHOD:PUBLISH\r\nCALSCALE:"),
    Damage(feed_rules.unwanted, "an organizer", b"UID:", b"ORGANIZER:mailto:a@b.example\r\nUID:"),
    Damage(feed_rules.unwanted, "an attachment", b"UID:", b"ATTACH:https://a.example\r\nUID:"),
    Damage(feed_rules.unwanted, "a recurrence", b"UID:", b"RRULE:FREQ=WEEKLY\r\nUID:"),
    Damage(feed_rules.unwanted, "a duration", b"UID:", b"DURATION:PT1H\r\nUID:"),
    Damage(feed_rules.unwanted, "a comment in a zone", b"TZID:", b"COMMENT:Seoul\r\nTZID:"),
    Damage(feed_rules.unwanted, "a task", END, END + b"BEGIN:VTODO\r\nUID:1\r\nEND:VTODO\r\n"),
    Damage(feed_rules.names, "two names", b"X-WR-CALNAME:The Defects", b"X-WR-CALNAME:Defects"),
    Damage(feed_rules.names, "two descriptions", b"X-WR-CALDESC:When", b"X-WR-CALDESC:Where"),
    Damage(feed_rules.source, "another feed's address", b"defects-reminders.ics", b"defects.ics"),
    Damage(feed_rules.source, "no VALUE", b"SOURCE;VALUE=URI", b"SOURCE"),
    Damage(
        feed_rules.source,
        "another page",
        b"URL:https://defects.example/",
        b"URL:https://x.example/",
    ),
    Damage(feed_rules.refresh, "no VALUE", b"INTERVAL;VALUE=DURATION", b"INTERVAL"),
    Damage(feed_rules.refresh, "half a day", b"=DURATION:PT1H", b"=DURATION:PT12H"),
    Damage(feed_rules.refresh, "half a day for Outlook", b"TTL:PT1H", b"TTL:PT12H"),
    Damage(feed_rules.colors, "digits as a name", b"\r\nCOLOR:crimson", b"\r\nCOLOR:#DC143C"),
    Damage(feed_rules.colors, "a name as digits", b"#DC143C", b"crimson"),
    Damage(
        feed_rules.calendar_stamp,
        "older than its events",
        b"MODIFIED:20250722",
        b"MODIFIED:20250721",
    ),
    Damage(feed_rules.identities, "one identity twice", UID, OTHER_UID),
    Damage(feed_rules.identities, "an identity with a host", UID, UID + b"@defects.example"),
    Damage(feed_rules.identities, "a random identity", b"-5c72-", b"-4c72-"),
    Damage(feed_rules.stamps, "a stamp of its own", b"DTSTAMP:20250722", b"DTSTAMP:20250723"),
    Damage(
        feed_rules.stamps, "a local stamp", b"DTSTAMP:20250722T000000Z", b"DTSTAMP:20250722T000000"
    ),
    Damage(
        feed_rules.stamps, "made after it was revised", b"CREATED:20250722", b"CREATED:20250723"
    ),
    Damage(feed_rules.stamps, "a sequence without a revision", b"SEQUENCE:0", b"SEQUENCE:1"),
    Damage(
        feed_rules.stamps, "a revision without a sequence", b"CREATED:20250722", b"CREATED:20250721"
    ),
    Damage(feed_rules.times, "a floating start", ZONED, b"DTSTART:2025"),
    Damage(feed_rules.times, "a zone for UTC", b":20250721T230000", b":20250721T140000Z"),
    Damage(feed_rules.times, "two zones", b"DTEND;TZID=Asia/Seoul", b"DTEND;TZID=Asia/Tokyo"),
    Damage(feed_rules.times, "an end before its start", b"Seoul:20250722T00", b"Seoul:20250721T00"),
    Damage(feed_rules.times, "a date alone", b":20250721T230000", b":20250721"),
    Damage(feed_rules.statuses, "cancelled in silence", b"STATUS:CONFIRMED", b"STATUS:CANCELLED"),
    Damage(feed_rules.statuses, "tentative in silence", b"STATUS:CONFIRMED", b"STATUS:TENTATIVE"),
    Damage(
        feed_rules.statuses, "cancelled in its title alone", b"SUMMARY:", b"SUMMARY:CANCELLED: "
    ),
    Damage(feed_rules.statuses, "an unknown status", b"STATUS:CONFIRMED", b"STATUS:confirmed"),
    Damage(feed_rules.transparency, "busy", b"TRANSPARENT", b"OPAQUE"),
    Damage(
        feed_rules.locations, "a link for a place", b"LOCATION:ENA", b"LOCATION:https://ena.example"
    ),
    Damage(feed_rules.links, "a semicolon in a link", b"/#e01\r\n", b"/;#e01\r\n"),
    Damage(feed_rules.links, "an escaped comma in a link", b"tving.com/", b"tving.com/a\\,b"),
    Damage(
        feed_rules.links,
        "a link elsewhere",
        b"URL:https://defects.example/#",
        b"URL:https://x.example/#",
    ),
    Damage(feed_rules.alarms, "an alarm in a plain feed", END, ALARM + END, PLAIN),
    Damage(feed_rules.alarms, "an alarm in a single file", END, ALARM + END, SINGLE),
    Damage(feed_rules.alarms, "two alarms", END, ALARM + END),
    Damage(feed_rules.alarms, "no alarm", ALARM, b""),
    Damage(feed_rules.alarms, "an alarm for what is cancelled", b"CONFIRMED", b"CANCELLED"),
    Damage(feed_rules.alarms, "an hour before", b"-PT30M", b"-PT1H"),
    Damage(feed_rules.alarms, "half an hour after", b"-PT30M", b"PT30M"),
    Damage(feed_rules.alarms, "a sound", b"ACTION:DISPLAY", b"ACTION:AUDIO"),
    Damage(
        feed_rules.alarms, "an alarm without words", b"DESCRIPTION:The Defects: E", b"X-WORDS:E"
    ),
    Damage(feed_rules.zones, "a zone that is not defined", ZONED, b"DTSTART;TZID=Asia/Tokyo:2025"),
    Damage(feed_rules.zones, "a zone by another name", b"TZID:Asia/Seoul", b"TZID:Asia/Tokyo"),
    Damage(
        feed_rules.zones, "another zone for the calendar", b"ZONE:Asia/Seoul", b"ZONE:Asia/Tokyo"
    ),
    Damage(
        feed_rules.zones,
        "an event before the zone",
        b"BEGIN:VTIMEZONE",
        b"BEGIN:VEVENT\r\n" + END + b"BEGIN:VTIMEZONE",
    ),
    Damage(feed_rules.observances, "begun after its events", b"19881009T03", b"20881009T03"),
    Damage(feed_rules.observances, "begun before 1970", b"19881009T03", b"19081009T03"),
    Damage(feed_rules.observances, "no offset", b"TZOFFSETTO:+0900\r\n", b""),
    Damage(feed_rules.observances, "no observance", STANDARD, b""),
    Damage(
        feed_rules.observances,
        "no standard time",
        STANDARD,
        STANDARD.replace(b"STANDARD", b"DAYLIGHT"),
    ),
    Damage(
        feed_rules.observances,
        "a history of the zone",
        b"TZID:",
        b"LAST-MODIFIED:20250101T000000Z\r\nTZID:",
    ),
)


def applied(damage: Damage, files: Files) -> File:
    """The damaged file, which was sound before."""
    sound = files[damage.path]
    assert list(damage.rule(sound)) == []
    assert damage.before in sound.octets
    return File(sound.site, sound.path, sound.octets.replace(damage.before, damage.after, 1))


@pytest.mark.parametrize(
    "damage", [pytest.param(each, id=f"{each.rule.__name__}: {each.what}") for each in DAMAGES]
)
def test_a_rule_finds_the_damage(shipped: Files, damage: Damage) -> None:
    assert list(damage.rule(applied(damage, shipped)))


def test_every_rule_has_its_damage() -> None:
    assert {damage.rule for damage in DAMAGES} == set(feed_rules.RULES)


# The reader itself.


def test_the_reader_undoes_folds_before_it_reads_characters() -> None:
    calendar = feed_rules.read(
        b"BEGIN:VCALENDAR\r\nNA\r\n ME:caf\xc3\r\n\t\xa9\r\nEND:VCALENDAR\r\n"
    )
    assert [(line.name, line.value, line.number) for line in calendar.lines] == [
        ("NAME", "café", 2)
    ]


def test_the_reader_knows_parameters_and_quotes() -> None:
    line = b'attach;fmttype=text/plain;X-A="a;b:c,d",e:https://a.example/;b:c'
    (found,) = feed_rules.read(b"BEGIN:VCALENDAR\r\n" + line + b"\r\nEND:VCALENDAR\r\n").lines
    assert (found.name, found.value) == ("ATTACH", "https://a.example/;b:c")
    assert found.parameters == (("FMTTYPE", "text/plain"), ("X-A", '"a;b:c,d",e'))
    assert found.get_parameter("FMTTYPE") == "text/plain"
    assert found.get_parameter("TZID") is None


def test_the_reader_undoes_escapes_from_the_left() -> None:
    value = b"a\\, b\\; c\\n\\Nd\\\\n"
    (found,) = feed_rules.read(b"BEGIN:VCALENDAR\r\nNAME:" + value + b"\r\nEND:VCALENDAR\r\n").lines
    assert found.text == "a, b; c\n\nd\\n"


def test_the_reader_says_in_which_line_it_stopped() -> None:
    with pytest.raises(MalformedError, match=r"^line 4: END:VALARM within VEVENT$"):
        feed_rules.read(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nEND:VALARM\r\n")
    with pytest.raises(MalformedError, match=r"^line 2 is no content line$"):
        feed_rules.read(b"BEGIN:VCALENDAR\r\nNAME\r\nEND:VCALENDAR\r\n")
    with pytest.raises(MalformedError, match=r"^line 9: nested more than 8 deep$"):
        feed_rules.read(b"BEGIN:VCALENDAR\r\n" * 100_000)
    with pytest.raises(MalformedError, match=r"^the first line is not BEGIN:VCALENDAR$"):
        feed_rules.read(b"VERSION:2.0\r\n")
