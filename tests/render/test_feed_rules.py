"""Every .ics file of a site follows all rules, and each rule finds an error if there is one."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from defects_ical.schedule.loader import load_schedule
from defects_ical.site.build import build_site
from tests.conftest import SITE_URL
from tests.support.calendar_files import CalendarFile, CalendarFiles, list_calendar_files
from tests.support.example_schedules import edit_airing, load_yaml
from tests.support.feed_rules import (
    RULES,
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
)
from tests.support.json_documents import RELEASES
from tests.support.strict_parser import MalformedError, parse_calendar
from tests.support.variants import sample

RELEASE_PATTERNS = {
    path.stem: partial(load_schedule, path)
    for path in sorted((Path(__file__).parent.parent / "releases").glob("*.yaml"))
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_files_follow_rule(rule: Rule, files: CalendarFiles) -> None:
    """Each rule is described in its docstring."""
    assert len(files) >= 12
    assert [f"{path}: {each}" for path, file in files.items() for each in rule(file)] == []


@pytest.mark.parametrize("name", ["everything", *sample(RELEASE_PATTERNS, 6)])
def test_files_of_release_pattern_follow_every_rule(name: str) -> None:
    """Announced, postponed and common events follow the rules, too, and dates without an hour."""
    schedule = RELEASE_PATTERNS[name]() if name in RELEASE_PATTERNS else load_yaml(RELEASES)
    files = list_calendar_files(build_site(schedule, SITE_URL), SITE_URL)
    assert len(files) >= 4
    errors = [
        f"{path}: {rule.__name__}: {each}"
        for path, file in files.items()
        for rule in RULES
        for each in rule(file)
    ]
    assert errors == []


# Each rule finds an error in a damaged file


class Damage(NamedTuple):
    """An edit of a valid file: replace the first ``before`` by ``after``."""

    rule: Rule
    name: str
    before: bytes
    after: bytes
    path: str = "/the-defects-reminders.ics"


PLAIN = "/the-defects.ics"
DATES = "/show-reminders.ics"
ANNOUNCED = "/announced.ics"
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
    b"TZOFFSETFROM:+0900\r\nTZOFFSETTO:+0900\r\nEND:STANDARD\r\n"
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
    Damage(
        check_times,
        "a date that ends on its day",
        b"DTEND;VALUE=DATE:20241226",
        b"DTEND;VALUE=DATE:20241225",
        DATES,
    ),
    Damage(
        check_times,
        "a date of two days",
        b"DTEND;VALUE=DATE:20241226",
        b"DTEND;VALUE=DATE:20241227",
        DATES,
    ),
    Damage(
        check_times,
        "a date that ends at an hour",
        b"DTEND;VALUE=DATE:20241226",
        b"DTEND:20241226T000000Z",
        DATES,
    ),
    Damage(
        check_times,
        "an hour as a date",
        b"DTSTART;VALUE=DATE:20241225",
        b"DTSTART;VALUE=DATE:20241225T200000",
        DATES,
    ),
    Damage(
        check_alarms,
        "an alarm without an hour",
        b"DTSTART;VALUE=DATE:20241225",
        b"DTSTART:20241225T000000Z",
        DATES,
    ),
    Damage(
        check_alarms,
        "an alarm of a postponed event",
        b"SUMMARY:The Show: E",
        b"SUMMARY:POSTPONED: E",
        DATES,
    ),
    Damage(
        check_alarms,
        "half an hour instead of a day",
        b"TRIGGER:-P1D",
        b"TRIGGER:-PT30M",
        "/show-reminders-1440.ics",
    ),
    Damage(
        check_statuses, "postponed without status", b"STATUS:TENTATIVE", b"STATUS:CONFIRMED", DATES
    ),
    Damage(check_timezones, "no component", b"TZID:Asia/Seoul", b"TZID:Asia/Tokyo", ANNOUNCED),
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
    Damage(check_observances, "another offset before", b"FROM:+0900", b"FROM:+1000"),
    Damage(check_observances, "two observances without rules", STANDARD, STANDARD * 2),
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


@pytest.fixture(scope="module")
def valid_files(the_defects: CalendarFiles) -> CalendarFiles:
    """Return files with every kind of event: also without an hour, or without any event."""
    announced = edit_airing("{premiere: 2027-03}").replace("slug: show", "slug: announced")
    sites = (build_site(load_yaml(text), SITE_URL) for text in (RELEASES, announced))
    files = [list_calendar_files(site, SITE_URL) for site in sites]
    return {path: file for each in (the_defects, *files) for path, file in each.items()}


def apply_damage(damage: Damage, files: CalendarFiles) -> CalendarFile:
    """Damage a file that follows the rule."""
    valid = files[damage.path]
    assert list(damage.rule(valid)) == []
    assert damage.before in valid.content
    return replace(valid, content=valid.content.replace(damage.before, damage.after, 1))


@pytest.mark.parametrize(
    "damage", [pytest.param(each, id=f"{each.rule.__name__}: {each.name}") for each in DAMAGES]
)
def test_rule_finds_damage(valid_files: CalendarFiles, damage: Damage) -> None:
    assert list(damage.rule(apply_damage(damage, valid_files)))


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
