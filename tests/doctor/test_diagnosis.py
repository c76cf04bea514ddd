"""All checks of content together: broken feeds, our own feeds, hostile feeds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defects_ical.doctor import parsed_feed
from defects_ical.doctor.content_checks import file as checked_file
from defects_ical.rfc5545 import lenient_parser
from defects_ical.site.build import Site
from defects_ical.text.display import INVISIBLE_CHARS
from tests.doctor.content_issues import Issues, find, find_issues, find_one, list_feeds
from tests.support.broken_feeds import DTSTART, FEEDS, HEADER, SECOND_RESPONSES, VALID
from tests.support.calendar_files import CASES, build_case
from tests.support.hostile_feeds import make_hostile_feeds
from tests.support.variants import sample

IN_SEASON: Final = datetime(2025, 7, 10, tzinfo=UTC)
AFTER_SEASON: Final = datetime(2026, 7, 10, tzinfo=UTC)
# Earlier than all events of the schedules in calendar_files.
EARLY: Final = datetime(2025, 1, 1, tzinfo=UTC)

EXPECTED: Final[dict[str, Issues]] = {
    "valid": [],
    "empty": [("empty-response", 1)],
    "blank": [("empty-response", 1)],
    "html": [("no-calendar", 1)],
    "json": [("no-calendar", 1)],
    "text": [("no-calendar", 1)],
    "gzip": [("no-calendar", 1)],
    "byte order mark": [("byte-order-mark", 1)],
    "UTF-16": [("wrong-encoding", 1)],
    "Latin-1": [("not-utf-8", 29)],
    "LF line endings": [("line-ending", 1)],
    "CR line endings": [("cr-line-ending", 1)],
    "one LF line ending": [("line-ending", 31)],
    "no final line ending": [("no-final-line-ending", 42)],
    "an empty line": [("empty-line", 30)],
    "empty lines at the end": [("empty-lines-around", 43)],
    "a long line": [("long-line", 28)],
    "a fold within a character": [("split-character", 29)],
    "a missing fold": [("raw-line-break", 28)],
    "an unclosed quotation mark": [("invalid-parameters", 31)],
    "a parameter without a value": [("invalid-parameters", 31)],
    "a tab in a text": [],
    "a control character": [("control-character", 27)],
    "a line separator": [("line-separator", 27)],
    "HTML before the calendar": [("text-outside-calendar", 1)],
    "HTML after the calendar": [("text-outside-calendar", 43)],
    "an event without END": [("unclosed-component", 22)],
    "END without BEGIN": [("unmatched-end", 31)],
    "too many nested components": [("too-deep", 37)],
    "truncated": [("truncated-file", 39)],
    "two calendars": [("several-calendars", 34)],
    "an invalid LAST-MODIFIED": [("invalid-stamp", 4)],
    "white space before the calendar": [("space-before-calendar", 1)],
    "a space after a delimiter": [("space-in-delimiter", 32)],
    "an unknown property": [("unknown-property", 30)],
    "VALUE=DATE of a text": [("wrong-type", 30)],
    "an attachment in quoted-printable": [("unknown-binary-encoding", 31)],
    "incomplete base64": [("incomplete-base64", 31)],
    "an unknown component": [],
    "no VERSION": [("no-version", 1)],
    "VERSION 1.0": [("wrong-version", 2)],
    "no PRODID": [("no-prodid", 1)],
    "METHOD": [("method-publish", 4)],
    "a calendar UID": [("calendar-uid", 4)],
    "a single event with a calendar name": [("named-single-event", 4)],
    "no events": [("no-events", 1)],
    "no upcoming events": [("no-upcoming-events", None)],
    "no VTIMEZONE": [("undefined-timezone", 8)],
    "a Windows timezone without VTIMEZONE": [("undefined-windows-timezone", 8)],
    "a Windows timezone": [("windows-timezone", 25)],
    "a VTIMEZONE one hour off": [("wrong-offset", 25)],
    "a VTIMEZONE without DAYLIGHT": [("wrong-offset", 18)],
    "a TZID with a prefix": [],
    "a custom timezone": [],
    "a VTIMEZONE that starts late": [("late-timezone", 25)],
    "an onset one hour late": [("late-onset", 7)],
    "a VTIMEZONE without STANDARD": [("no-standard", 5)],
    "an observance without an offset": [("incomplete-observance", 7)],
    "a rule with BYYEARDAY": [("complex-rule", 19)],
    "a rule with BYMONTHDAY": [],
    "a long timezone history": [("long-history", 5)],
    "COMMENT in a VTIMEZONE": [("timezone-comment", 6)],
    "a parameter in a VTIMEZONE": [("zone-parameter", 11)],
    "an unknown observance": [("unknown-observance", 7)],
    "an RDATE of a VTIMEZONE in UTC": [("zone-rdate-in-utc", 20)],
    "a custom timezone with UNTIL": [("custom-zone-until", 19)],
    "no UID": [("no-uid", 22)],
    "a duplicate UID": [("duplicate-uid", 23)],
    "one of a series": [],
    "no DTSTAMP": [("no-dtstamp", 22)],
    "DTSTAMP of the request": [("unstable-dtstamp", 24)],
    "no DTSTART": [("no-dtstart", 22)],
    "an invalid DTSTART": [("invalid-time", 25)],
    "31 February": [("invalid-time", 25)],
    "floating times": [("floating-time", 25)],
    "times in UTC": [],
    "an all-day event": [],
    "DTEND before DTSTART": [("end-before-start", 26)],
    "DURATION": [("no-dtend", 26)],
    "a misspelt STATUS": [("invalid-status", 31)],
    "letters as SEQUENCE": [("invalid-number", 31)],
    "an unknown FREQ": [("invalid-rule-part", 40)],
    "an invalid DURATION": [("invalid-duration", 26)],
    "an invalid TRIGGER": [("invalid-trigger", 35)],
    "weeks and days as DURATION": [("unusual-duration", 26)],
    "a to-do with DURATION alone": [("duration-without-start", 45)],
    "a to-do without DTSTAMP": [("todo-without-dtstamp", 42)],
    "a date as DTEND": [("mixed-times", 26)],
    "an alarm": [("alarm", 32)],
    "an alarm in a feed with reminders": [],
    "an organizer": [("attendee", 31)],
    "an attendee": [("attendee", 31)],
    "an attachment": [("attachment", 31)],
    "HTML in DESCRIPTION": [("html-in-description", 28)],
    "less-than signs in DESCRIPTION": [],
    "a link in LOCATION": [("link-in-location", 30)],
    "an unescaped comma": [("unescaped-text", 27)],
    "an unescaped semicolon": [("unescaped-text", 28)],
    "an empty property": [("empty-property", 30)],
    "a repeated SUMMARY": [("repeated-property", 28)],
    "random UIDs": [("unstable-uid", 22)],
    "a changing DTSTAMP": [("unstable-dtstamp", 24)],
    "a moved event": [],
    "a new event": [],
}


@pytest.mark.parametrize("name", FEEDS)
def test_feed_has_expected_issues(name: str) -> None:
    assert find_issues(FEEDS[name], SECOND_RESPONSES.get(name, FEEDS[name])) == EXPECTED[name]


def test_finding_has_first_line_and_count() -> None:
    finding = find_one(FEEDS["LF line endings"], "line-ending")
    assert (finding.message, finding.line, finding.count) == ("A line ends in LF alone.", 1, 42)
    assert find_one(FEEDS["one LF line ending"], "line-ending").count == 1


def test_latin_1_is_decoded() -> None:
    single = FEEDS["a single event with a calendar name"]
    body = single.replace(b"NAME:Evening lectures", b"NAME:Caf\xe9")
    assert find_one(body, "named-single-event").message.endswith("name: “Café”")


def test_conditional_issues_name_their_condition() -> None:
    single = find_one(FEEDS["a single event with a calendar name"], "named-single-event")
    assert single.impact.startswith("If the file is for adding one event, ")
    assert find_one(FEEDS["no upcoming events"], "no-upcoming-events").fix == (
        "publish upcoming events. If the season is over, nothing needs fixing."
    )


def test_control_characters_are_named() -> None:
    hostile = VALID.replace(DTSTART.strip().encode(), b"DTSTART:\x1b]0;owned\x07" + b"x" * 5_000)
    assert find_one(hostile, "invalid-time").message == (
        f"DTSTART is not a date or a date-time: “U+001B]0;ownedU+0007{'x' * 179}…”"
    )


def test_our_feeds_have_no_issues(site: Site) -> None:
    """After the season, only upcoming events are missing."""
    for path, body in list_feeds(site):
        assert find_issues(body, body, now=IN_SEASON) == [], path
        assert find_issues(body, body, now=AFTER_SEASON) == [("no-upcoming-events", None)], path


@pytest.mark.parametrize("name", CASES)
def test_feeds_of_other_schedules_have_no_issues(name: str) -> None:
    for path, file in build_case(name).items():
        assert find_issues(file.content, now=EARLY) == [], path


def test_only_first_lines_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = 2_000
    monkeypatch.setattr(lenient_parser, "MAX_LINES", limit)
    body = VALID.replace(b"URL:", b"X-A:1\r\n" * limit + b"URL:")
    # Neither truncated nor without upcoming events: both may be in the rest.
    late = datetime(2030, 1, 1, tzinfo=UTC)
    assert find_issues(body, now=late) == [("too-many-lines", limit)]


def test_only_first_events_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = 500
    for module in (checked_file, parsed_feed):
        monkeypatch.setattr(module, "MAX_EVENTS", limit)
    late = datetime(2030, 1, 1, tzinfo=UTC)
    assert find_issues(make_feed(limit), now=late) == [("no-upcoming-events", None)]
    bad = b"BEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR"
    body = make_feed(limit + 1).replace(b"END:VCALENDAR", bad)
    assert find_issues(body, now=late) == [("too-many-events", 5 + 7 * limit)]
    message = "Only the first 500 of 502 events were checked."
    assert find_one(body, "too-many-events").message == message


def make_feed(events: int) -> bytes:
    """Return a feed with a number of short events."""
    each = (
        "BEGIN:VEVENT\nUID:{}\nDTSTAMP:20260901T080000Z\nSUMMARY:A\n"
        "DTSTART:20261020T190000Z\nDTEND:20261020T200000Z\nEND:VEVENT\n"
    )
    text = HEADER + "".join(map(each.format, range(events))) + "END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def check_robustness(*bodies: bytes) -> None:
    findings = find(*bodies)
    # In UTF-16, every byte may end a line.
    lines = len(bodies[0]) + 1
    assert len({each.message for each in findings}) == len(findings)
    for each in findings:
        assert not INVISIBLE_CHARS.search(f"{each.message}{each.impact}{each.fix}")
        assert len(each.message) < 300
        assert each.line is None or 1 <= each.line <= lines


FRAGMENTS: Final = (
    *(b"BEGIN:", b"END:", b"VCALENDAR", b"VEVENT", b"VTIMEZONE", b"STANDARD"),
    *(b"\r\n", b"\n", b"\r", b" ", b"\t", b";", b":", b'"', b",", b"=", b"\\", b"-", b"{}"),
    *(b"\0", b"\x1b[31m", b"\xff", b"\xc3", b"99991231T235959", b"00010101T000000Z"),
    *(b"TZID=", b"RRULE:FREQ=", b"FREQ=DAILY;", b"COUNT=", b"UNTIL="),
    *(b"00000000", b"/", b"Europe/London", b"RDATE:", b"DTSTART:", b"UID:", b"+2359", b"-2359"),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS) | st.binary(max_size=4), max_size=60).map(b"".join))
def test_any_bytes_are_accepted(body: bytes) -> None:
    check_robustness(body)
    check_robustness(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + body, body)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(VALID)), st.integers(0, 12), st.sampled_from(FRAGMENTS) | st.binary()
        ),
        min_size=1,
        max_size=4,
    )
)
def test_any_damage_is_accepted(damages: list[tuple[int, int, bytes]]) -> None:
    body = VALID
    for at, length, replacement in damages:
        body = body[:at] + replacement + body[at + length :]
    check_robustness(body, VALID)
    check_robustness(VALID, body)


HOSTILE: Final = make_hostile_feeds(20_000)


@pytest.mark.parametrize("name", sample(HOSTILE, 12))
def test_hostile_feeds_take_linear_time(name: str) -> None:
    check_robustness(HOSTILE[name])
