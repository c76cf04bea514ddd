"""What a feed's octets and events suffer from: each by its name, and in its line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defects_ical.doctor.diagnosis import check_content
from defects_ical.doctor.findings import Finding, build_findings
from defects_ical.doctor.issues import Issue
from defects_ical.doctor.parsed_feed import MAX_EVENTS
from defects_ical.rfc5545 import values
from defects_ical.rfc5545.lenient_parser import MAX_LINES
from defects_ical.rfc5545.values import parse_local_datetime, parse_utc_offset
from defects_ical.site.build import Site, build_site
from defects_ical.text.display import INVISIBLE_CHARS
from tests.conftest import SITE_URL
from tests.render.test_feed_rules import CASES, build_case
from tests.support.broken_feeds import FEEDS, FIRST, HEAD, NOW, SECOND, SOUND, START
from tests.support.example_schedules import load_yaml, make_yaml

Told: TypeAlias = list[tuple[str, int | None]]

SEASON: Final = datetime(2025, 7, 10, tzinfo=UTC)
YEARS_LATER: Final = datetime(2026, 7, 10, tzinfo=UTC)
# Before the first event of every schedule that tests are made of.
EARLY: Final = datetime(2025, 1, 1, tzinfo=UTC)

EXPECTED: Final[dict[str, Told]] = {
    "sound": [],
    "empty": [("empty-response", 1)],
    "blank": [("empty-response", 1)],
    "html": [("no-calendar", 1)],
    "json": [("no-calendar", 1)],
    "text": [("no-calendar", 1)],
    "gzip": [("no-calendar", 1)],
    "byte order mark": [("byte-order-mark", 1)],
    "UTF-16": [("wrong-encoding", 1)],
    "Latin-1": [("not-utf-8", 29)],
    "line feeds": [("line-ending", 1)],
    "carriage returns": [("line-ending", 1)],
    "one line feed": [("line-ending", 31)],
    "no last end": [("no-final-line-ending", 42)],
    "an empty line": [("empty-line", 30)],
    "empty lines at the end": [],
    "a long line": [("long-line", 28)],
    "a fold within a character": [("split-character", 29)],
    "a missing fold": [("no-content-line", 29)],
    "an open quotation mark": [("invalid-parameters", 31)],
    "a parameter without a value": [("invalid-parameters", 31)],
    "a tab": [],
    "a bell": [("control-character", 27)],
    "a line separator": [("control-character", 27)],
    "a page before it": [("text-outside-calendar", 1)],
    "a page behind it": [("text-outside-calendar", 43)],
    "an event without its end": [("unclosed-component", 32)],
    "an end without its event": [("unmatched-end", 31)],
    "too deep": [("too-deep", 37)],
    "cut off": [("truncated-file", 33)],
    "two calendars": [("several-calendars", 34)],
    "what icalendar refuses": [("parse-error", None)],
    "an unknown component": [],
    "no version": [("no-version", 1)],
    "another version": [("wrong-version", 2)],
    "no maker": [("no-prodid", 1)],
    "a method": [("method", 4)],
    "a calendar's UID": [("calendar-uid", 4)],
    "a name for a single event": [("named-single-event", 4)],
    "no events": [("no-events", 1)],
    "no future event": [("no-upcoming-events", None)],
    "no VTIMEZONE": [("undefined-timezone", 8)],
    "a Windows zone without VTIMEZONE": [("undefined-windows-timezone", 8)],
    "a Windows zone": [("windows-timezone", 25)],
    "a zone an hour off": [("wrong-offset", 25)],
    "a zone without summer": [("wrong-offset", 18)],
    "a zone from its own prefix": [],
    "a zone of their own": [],
    "a zone begun too late": [("late-timezone", 25)],
    "a change an hour late": [("late-onset", 7)],
    "no standard time": [("no-standard", 5)],
    "an observance without an offset": [("incomplete-observance", 7)],
    "a rule by the day of the year": [("complex-rule", 19)],
    "a rule by days of the month": [],
    "a long history": [("long-history", 5)],
    "a comment in a zone": [("timezone-comment", 6)],
    "no UID": [("no-uid", 22)],
    "a UID twice": [("duplicate-uid", 22)],
    "one of a series": [],
    "no DTSTAMP": [("no-dtstamp", 22)],
    "DTSTAMP of now": [("unstable-dtstamp", 24)],
    "no start": [("no-dtstart", 22)],
    "an unreadable start": [("invalid-time", 25)],
    "31 February": [("invalid-time", 25)],
    "floating times": [("floating-time", 25)],
    "UTC": [],
    "a whole day": [],
    "an end before its start": [("end-before-start", 26)],
    "a duration": [("no-dtend", 26)],
    "a misspelt status": [("invalid-value", 31)],
    "a sequence of letters": [("invalid-value", 31)],
    "an unknown frequency": [("invalid-value", 40)],
    "a length that is none": [("invalid-value", 26)],
    "a trigger that is none": [("invalid-value", 35), ("alarm", 32)],
    "a day for an end": [("mixed-times", 26)],
    "an alarm": [("alarm", 32)],
    "an alarm that was asked for": [],
    "an organizer": [("attendee", 31)],
    "an attendee": [("attendee", 31)],
    "an attachment": [("attachment", 31)],
    "HTML in a text": [("html-in-description", 28)],
    "a smaller sign": [],
    "a link for a place": [("link-in-location", 30)],
    "a comma unescaped": [("unescaped-text", 27)],
    "a semicolon unescaped": [("unescaped-text", 28)],
    "an empty property": [("empty-property", 30)],
    "a title twice": [("repeated-property", 28)],
    "random UIDs": [("unstable-uid", 22)],
    "another stamp": [("unstable-dtstamp", 24)],
    "an event that was moved": [],
    "a new event": [],
}


def find_content_issues(bodies: tuple[bytes, ...], now: datetime) -> tuple[Finding, ...]:
    return build_findings(check_content(bodies, now))


def told(*bodies: bytes, now: datetime = NOW) -> Told:
    return [(each.issue.id, each.line) for each in find_content_issues(bodies, now)]


def alone(body: bytes = FEEDS["a name for a single event"]) -> bytes:
    """A feed that has one event for now."""
    return body.replace(b"X-WR-CALNAME", b"X-PUBLISHED-TTL:PT1H\r\nX-WR-CALNAME")


def only(body: bytes, name: str) -> Finding:
    (finding,) = (each for each in find_content_issues((body,), NOW) if each.issue.id == name)
    return finding


@pytest.mark.parametrize("name", FEEDS)
def test_each_feed_has_these_ailments_and_no_others(name: str) -> None:
    assert told(FEEDS[name], SECOND.get(name, FEEDS[name])) == EXPECTED[name]


def test_every_ailment_has_its_feed() -> None:
    seen = {name for those in EXPECTED.values() for name, _ in those}
    first = list(Issue).index(Issue.NO_CALENDAR)
    of_content = {"empty-response", *(each.id for each in list(Issue)[first:])}
    assert {*seen, "too-many-lines", "too-many-events"} == of_content


@pytest.mark.parametrize("name", sorted(SECOND.keys() - {"DTSTAMP of now"}))
def test_what_differs_is_not_seen_at_the_first_visit(name: str) -> None:
    assert told(FEEDS[name]) == []


def test_a_feed_that_was_changed_just_now_is_believed_if_it_stays_so() -> None:
    body = FEEDS["DTSTAMP of now"]
    assert told(body) == [("unstable-dtstamp", 24)]
    assert told(body, now=NOW + timedelta(minutes=2)) == []
    assert told(body, body, now=NOW + timedelta(seconds=10)) == []


def test_a_clock_shows_in_two_readings_of_one_second_too() -> None:
    body = FEEDS["DTSTAMP of now"]
    # It begins to look before it is answered.
    for later in (-10, 0, 3):
        assert told(body, body, now=NOW + timedelta(seconds=later)) == [("unstable-dtstamp", 24)]
    assert told(body, body, now=NOW - timedelta(minutes=2)) == []
    # The other event was changed before.
    older = body.replace(b"DTSTAMP:20261001T120000Z", b"DTSTAMP:20260901T120000Z", 1)
    assert told(older, older) == []


def test_events_that_are_the_same_may_all_have_been_changed_just_now() -> None:
    one = FEEDS["a name for a single event"].replace(b"20260901T080000Z", b"20261001T120000Z")
    assert told(alone(one)) == []
    event = one[one.index(b"BEGIN:VEVENT") : one.index(b"END:VCALENDAR")]
    twice = one.replace(event, event + event.replace(b"lecture-1", b"lecture-3"))
    assert told(twice) == told(twice, twice) == []


def test_one_name_is_told_once_with_the_first_line_and_how_many_there_are() -> None:
    many = only(FEEDS["line feeds"], "line-ending")
    assert (many.message, many.line, many.count) == ("A line ends in LF alone.", 1, 42)
    assert only(FEEDS["one line feed"], "line-ending").count == 1


# What the words say, where it depends on the feed.

WORDS: Final = {
    "html": "The response is not a calendar, but an HTML page.",
    "json": "The response is not a calendar, but JSON.",
    "gzip": "The response is not a calendar, but gzip data.",
    "text": "The response is not a calendar, but text that starts with “Not found”.",
    "a bell": "A text contains the control character U+0007.",
    "a long line": "A line is 119 bytes long; the limit is 75.",
    "a missing fold": "A line has no property name: “st six.\\nFree\\, as ever. Café in the "
    "foyer.”",
    "an event without its end": "VEVENT is not closed before BEGIN:VEVENT.",
    "an end without its event": "END:VTODO has no BEGIN:VTODO before it.",
    "too deep": "X-A is nested more than 8 levels deep.",
    "cut off": "The file is truncated: VEVENT is never closed.",
    "no version": "VERSION is missing.",
    "another version": "VERSION is “1.0”, not 2.0.",
    "no VTIMEZONE": "The timezone America/New_York is used, but has no VTIMEZONE.",
    "a zone an hour off": "The VTIMEZONE gives UTC-5 at 2026-10-20 19:00; America/New_York has "
    "UTC-4.",
    "a change an hour late": "The onset 2026-03-08 03:00 is written in the later offset (UTC-4).",
    "a zone begun too late": "The VTIMEZONE of America/New_York starts on 2027-03-14, later than "
    "an event.",
    "an observance without an offset": "An observance of America/New_York has no valid "
    "TZOFFSETFROM.",
    "a UID twice": "Two events have the UID 7d1f5b62-lecture-2@lectures.example.",
    "no future event": "No upcoming events: the last one ended on 2025-12-02.",
    "random UIDs": "The UID b3f0 of an event was different in a second response.",
    "another stamp": "DTSTAMP is the time of the request: 20260930T120000Z, then 20260930T120003Z.",
}


@pytest.mark.parametrize("name", WORDS)
def test_the_words_name_what_was_seen(name: str) -> None:
    first, *_ = find_content_issues((FEEDS[name], SECOND.get(name, FEEDS[name])), NOW)
    assert first.message == WORDS[name]


def test_latin_1_is_read_as_it_was_meant() -> None:
    single = FEEDS["a name for a single event"]
    body = single.replace(b"NAME:Evening lectures", b"NAME:Caf\xe9")
    assert only(body, "named-single-event").message.endswith("name: “Café”")


def test_what_the_library_cannot_read_is_told_where_no_fault_of_the_octets_is() -> None:
    refused = FEEDS["what icalendar refuses"]
    assert told(refused.replace(b"\r\n", b"\n")) == [("line-ending", 1), ("parse-error", None)]
    assert told(b"\xef\xbb\xbf" + refused) == [("byte-order-mark", 1)]


def test_how_bad_the_name_of_a_zone_is_depends_on_its_definition() -> None:
    defined = only(FEEDS["a Windows zone"], "windows-timezone")
    assert (defined.severity, defined.clients) == ("info", ())
    missing = only(FEEDS["a Windows zone without VTIMEZONE"], "undefined-windows-timezone")
    assert (missing.severity, missing.clients) == ("error", ())


def test_what_only_some_suffer_from_is_told_with_its_condition() -> None:
    single = only(FEEDS["a name for a single event"], "named-single-event")
    assert single.impact.startswith("If the file is for adding one event, ")
    assert only(FEEDS["no future event"], "no-upcoming-events").fix == (
        "publish upcoming events. If the season is over, nothing needs fixing."
    )


# The site's own feeds.


def feeds_of(site: Site) -> Iterator[tuple[str, bytes]]:
    return ((path, each.body) for path, each in site.items() if path.endswith(".ics"))


def test_our_own_feeds_suffer_from_nothing_but_the_end_of_the_season(site: Site) -> None:
    for path, body in feeds_of(site):
        assert told(body, body, now=SEASON) == [], path
        assert told(body, body, now=YEARS_LATER) == [("no-upcoming-events", None)], path


@pytest.mark.parametrize("name", CASES)
def test_what_else_we_can_write_suffers_from_nothing(name: str) -> None:
    for path, file in build_case(name).items():
        assert told(file.content, now=EARLY) == [], path


@pytest.mark.parametrize(
    "zone",
    [
        *("Africa/Casablanca", "America/St_Johns", "America/Santiago", "Asia/Kathmandu"),
        *("Asia/Jerusalem", "Australia/Lord_Howe", "Europe/Dublin", "Pacific/Chatham"),
    ],
)
def test_our_definitions_of_zones_are_those_of_their_names(zone: str) -> None:
    site = build_site(
        load_yaml(
            make_yaml(timezone=zone, premiere="2025-07-20", episodes=60, weekdays="[sunday]")
        ),
        SITE_URL,
    )
    for path, body in feeds_of(site):
        assert told(body, now=EARLY) == [], path


# Single files, reminders, what is ahead.


def test_a_feed_that_has_one_event_may_have_a_name() -> None:
    assert told(alone()) == []
    assert told(FEEDS["a name for a single event"]) == [("named-single-event", 4)]


AHEAD: Final = {
    "FREQ=WEEKLY": True,
    "FREQ=WEEKLY;COUNT=3": False,
    "FREQ=WEEKLY;COUNT=300": True,
    "FREQ=WEEKLY;COUNT=300;BYDAY=MO,TU,WE,TH,FR,SA": False,
    "FREQ=WEEKLY;COUNT=3;INTERVAL=100": True,
    "FREQ=DAILY;UNTIL=20270101T000000Z": False,
    "FREQ=DAILY;UNTIL=20290101": True,
    "FREQ=DAILY;UNTIL=soon": True,
    # 29 February of the years that have one.
    "FREQ=YEARLY;COUNT=2": True,
    "FREQ=MONTHLY;COUNT=999999999999": True,
    "FREQ=DAILY;COUNT=999999": True,
    "FREQ=YEARLY;COUNT=3;BYMONTH=2;BYMONTHDAY=30": True,
    "": True,
}


@pytest.mark.parametrize("rule", AHEAD)
def test_what_comes_back_is_ahead_as_long_as_it_may(rule: str) -> None:
    event = FIRST.replace("URL:", f"RRULE:{rule}\nURL:")
    body = SOUND.replace(FIRST.replace("\n", "\r\n").encode(), event.replace("\n", "\r\n").encode())
    stale = "no-upcoming-events" in dict(told(body, now=datetime(2028, 10, 1, tzinfo=UTC)))
    assert stale is not AHEAD[rule]


def test_an_event_that_is_on_is_not_past() -> None:
    end = datetime(2026, 10, 21, 0, 30, tzinfo=UTC)
    assert told(alone(), now=end) == []
    assert told(alone(), now=end + timedelta(seconds=1)) == [("no-upcoming-events", None)]


def test_a_whole_day_is_not_past_until_it_is_over() -> None:
    body = FEEDS["a whole day"].partition(b"BEGIN:VEVENT\r\nUID:7d1f5b62-lecture-2")[0]
    evening = datetime(2026, 10, 20, 22, tzinfo=UTC)
    assert "no-upcoming-events" not in dict(told(body, now=evening))
    assert "no-upcoming-events" in dict(told(body, now=evening + timedelta(days=1)))


def test_a_date_on_which_an_event_comes_back_is_ahead() -> None:
    dates = b"RDATE;TZID=America/New_York:20300101T190000,20310101T190000\r\nURL:"
    body = SOUND.replace(b"URL:", dates)
    assert told(body, now=datetime(2030, 6, 1, tzinfo=UTC)) == []
    assert told(body, now=datetime(2031, 6, 1, tzinfo=UTC)) == [("no-upcoming-events", None)]


# Zones.


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"20261020T190000", b"20260308T190000"),
        (b"20261020T190000", b"20260308T030000"),
        (b"20261020T190000", b"20260308T010000"),
        (b"20261020T190000", b"20261101T000000"),
        (b"20261020T190000", b"20261101T020000"),
        # These do not exist, or exist twice: nobody knows which is meant.
        (b"20261020T190000", b"20260308T023000"),
        (b"20261020T190000", b"20261101T013000"),
    ],
)
def test_a_definition_is_right_up_to_the_change_and_from_it_on(before: bytes, after: bytes) -> None:
    body = SOUND.replace(before, after).replace(b"20261020T203000", b"20261205T203000")
    assert told(body, now=EARLY) == []


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        (b"FREQ=YEARLY;BYMONTH=11;BYDAY=1SU;UNTIL=20371101T060000Z", None),
        (b"FREQ=YEARLY;BYMONTH=11;BYDAY=1SU;UNTIL=99991231T235959Z", None),
        (b"FREQ=YEARLY;BYMONTH=11;BYDAY=1SU;WKST=MO;INTERVAL=1", None),
        (b"FREQ=YEARLY;BYDAY=1SU", None),
        (b"FREQ=YEARLY;BYMONTH=11;BYDAY=-5SU", None),
        (b"FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=1,2,3,4,5,6,7;BYDAY=SU", None),
        (b"FREQ=YEARLY;BYMONTH=11;BYDAY=-1SU", "wrong-offset"),
        (b"FREQ=YEARLY;BYMONTH=12;BYDAY=1SU", "wrong-offset"),
        (b"FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=30", "wrong-offset"),
        (b"FREQ=YEARLY;INTERVAL=2;BYMONTH=11;BYDAY=1SU", "complex-rule"),
        (b"FREQ=MONTHLY;BYMONTH=11;BYDAY=1SU", "complex-rule"),
        (b"FREQ=YEARLY;BYMONTH=13;BYDAY=1SU", "complex-rule"),
        (b"FREQ=YEARLY;BYMONTH=11;BYDAY=1SU,1MO", "complex-rule"),
        (b"FREQ=YEARLY;BYMONTH=11;BYDAY=1SU;UNTIL=00010101T000000Z", "complex-rule"),
        (b"FREQ=YEARLY;BYMONTH=11;BYDAY", "complex-rule"),
    ],
)
def test_a_yearly_rule_is_followed_and_any_other_named(rule: bytes, name: str | None) -> None:
    body = SOUND.replace(b"FREQ=YEARLY;BYMONTH=11;BYDAY=1SU", rule)
    assert [each for each, _ in told(body)] == ([name] if name else [])


@pytest.mark.parametrize(
    ("spring", "autumn", "line"),
    [
        # The last onset decides: in October -4 is right, and in November -5.
        (b"20250309T070000Z", b"20241103T060000Z", 36),
        (b"20120311T070000Z", b"20111106T060000Z", 36),
        (b"20130101", b"20120101", 36),
        (b"20110313T070000Z", b"20111106T060000Z", 25),
        (b"20120101", b"20111231", 25),
        # It names the instant of the last onset; a second less, and that one is left out.
        (b"20120311T070000Z", b"20121104T055959Z", 36),
        (b"20120311T070000Z", b"20120101", 36),
        (b"20120311T065959Z", b"20111106T060000Z", 25),
    ],
)
def test_rules_that_have_ended_leave_the_last_offset(
    spring: bytes, autumn: bytes, line: int
) -> None:
    body = SOUND.replace(b"BYDAY=2SU", b"BYDAY=2SU;UNTIL=" + spring)
    body = body.replace(b"BYDAY=1SU", b"BYDAY=1SU;UNTIL=" + autumn)
    assert told(body) == [("wrong-offset", line)]


def test_a_rule_may_count_from_the_end_of_a_month() -> None:
    body = SOUND.replace(b"BYDAY=1SU", b"BYDAY=-5SU").replace(b"20261117T", b"20261030T")
    assert told(body) == []


def test_a_definition_may_begin_with_the_first_event() -> None:
    body = SOUND.replace(b"DTSTART:20071104T020000", b"DTSTART:20281105T020000")
    assert told(body.replace(b"DTSTART:20070311T020000", b"DTSTART:20261020T190000")) == [
        ("wrong-offset", 36)
    ]


def test_a_rule_that_has_not_begun_gives_no_offset() -> None:
    body = SOUND.replace(b"DTSTART:20070311T020000", b"DTSTART:20270314T020000")
    assert told(body) == [("wrong-offset", 25)]


def test_offsets_are_read_as_they_are_written() -> None:
    assert parse_utc_offset("-0330") == -timedelta(hours=3, minutes=30)
    assert parse_utc_offset("+005328") == timedelta(minutes=53, seconds=28)
    assert [parse_utc_offset(each) for each in ("", "0900", "+9", "+09:00", "+2400", "+0960")] == [
        None
    ] * 6


@pytest.mark.parametrize("name", ["UTC", "Etc/UTC", "GMT", "Etc/GMT", "Z", '"Etc/UTC"'])
def test_utc_by_name_needs_no_definition(name: str) -> None:
    body = SOUND.replace(START.encode()[:-1], f"DTSTART;TZID={name}:20261020T190000".encode())
    assert told(body) == []
    other = SOUND.replace(START.encode()[:-1], b"DTSTART;TZID=Etc/GMT+5:20261020T190000")
    assert told(other) == [("undefined-timezone", 25)]


@pytest.mark.parametrize("mark", ["TZID:", "TZID="])
def test_a_zone_is_the_same_with_quotation_marks(mark: str) -> None:
    before, after = f"{mark}America/New_York".encode(), f'{mark}"America/New_York"'.encode()
    assert told(SOUND.replace(before, after)) == []
    assert told(FEEDS["a zone an hour off"].replace(before, after)) == [("wrong-offset", 25)]


def test_each_time_of_a_zone_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[datetime, str]] = []

    def instant(wall: datetime, zone: str) -> datetime:
        asked.append((wall, zone))
        return wall.replace(tzinfo=UTC)

    monkeypatch.setattr(values, "to_utc", instant)
    # No other test has these.
    event = FIRST.replace("America/New_York", "Asia/Pyongyang").replace("20261020", "20260219")
    body = (HEAD + event * 50 + "END:VCALENDAR\n").encode()
    assert told(body, now=datetime(2027, 1, 1, tzinfo=UTC))[-1] == ("no-upcoming-events", None)
    assert len(asked) == len(set(asked)) == 2


# Events.


@pytest.mark.parametrize(
    ("second", "ailments"),
    [(b"59", []), (b"60", []), (b"61", [("invalid-time", 26)])],
)
def test_a_minute_may_have_a_leap_second(second: bytes, ailments: Told) -> None:
    end = b"DTEND:20261021T0059" + second + b"Z"
    body = SOUND.replace(b"DTEND;TZID=America/New_York:20261020T203000", end)
    assert told(body) == ailments


def test_a_change_of_clocks_may_be_in_a_leap_second() -> None:
    onset = b"DTSTART:20070311T015960"
    body = SOUND.replace(b"DTSTART:20070311T020000", onset)
    assert told(body) == [("parse-error", None)]
    assert parse_local_datetime("20161231T235960") == parse_local_datetime("20161231T235959")
    assert parse_local_datetime("20161231T235961") is None


def test_those_of_a_series_are_compared_each_with_itself() -> None:
    series = FEEDS["one of a series"]
    again = series.replace(b"20260901T080000Z", b"20260920T080000Z")
    assert told(series, again) == [("unstable-dtstamp", 25)]


def test_an_event_without_length_does_not_end_before_it_starts() -> None:
    assert told(SOUND.replace(b"20261020T203000", b"20261020T190000")) == []


def test_the_ends_of_an_event_are_compared_as_instants() -> None:
    later = SOUND.replace(b"DTEND;TZID=America/New_York:20261020T203000", b"DTEND:20261021T003000Z")
    assert told(later) == []
    sooner = SOUND.replace(
        b"DTEND;TZID=America/New_York:20261020T203000", b"DTEND:20261020T203000Z"
    )
    assert told(sooner) == [("end-before-start", 26)]


def test_events_of_one_time_and_title_may_change_places() -> None:
    head, first, second = SOUND.split(b"BEGIN:VEVENT\r\n")
    twin = first.replace(b"lecture-1", b"lecture-3")
    here, there = (
        b"BEGIN:VEVENT\r\n".join((head, *events, second))
        for events in ((first, twin), (twin, first))
    )
    assert told(here, there) == []


# Whatever comes.


def shown(finding: Finding) -> str:
    return f"{finding.message}{finding.impact}{finding.fix}"


def survives(*bodies: bytes) -> None:
    findings = list(find_content_issues(bodies, NOW))
    # Each octet of UTF-16 may be the end of one.
    lines = len(bodies[0]) + 1
    assert len({each.issue.id for each in findings}) == len(findings)
    for each in findings:
        assert not INVISIBLE_CHARS.search(shown(each))
        assert len(each.message) < 300
        assert each.line is None or 1 <= each.line <= lines


SCRAPS: Final = (
    *(b"BEGIN:", b"END:", b"VCALENDAR", b"VEVENT", b"VTIMEZONE", b"STANDARD"),
    *(b"\r\n", b"\n", b"\r", b" ", b"\t", b";", b":", b'"', b",", b"=", b"\\", b"-", b"{}"),
    *(b"\0", b"\x1b[31m", b"\xff", b"\xc3", b"99991231T235959", b"00010101T000000Z"),
    *(b"TZID=", b"RRULE:FREQ=", b"FREQ=DAILY;", b"COUNT=", b"UNTIL="),
    *(b"00000000", b"/", b"Europe/London", b"RDATE:", b"DTSTART:", b"UID:", b"+2359", b"-2359"),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(SCRAPS) | st.binary(max_size=4), max_size=60).map(b"".join))
def test_nothing_that_an_answer_may_be_ends_the_program(body: bytes) -> None:
    survives(body)
    survives(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + body, body)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(SOUND)), st.integers(0, 12), st.sampled_from(SCRAPS) | st.binary()
        ),
        min_size=1,
        max_size=4,
    )
)
def test_nothing_that_may_happen_to_a_feed_ends_the_program(
    damages: list[tuple[int, int, bytes]],
) -> None:
    body = SOUND
    for at, length, instead in damages:
        body = body[:at] + instead + body[at + length :]
    survives(body, SOUND)
    survives(SOUND, body)


MANY: Final = 20_000
OPEN: Final = HEAD.encode() + b"BEGIN:VEVENT\n"
HOSTILE: Final = {
    "line feeds": b"\n" * (MAX_LINES + 1),
    "one line": OPEN + b"X:" + b"a" * MANY * 60,
    "parameters": OPEN + b"X" + b";A=B" * MANY + b";",
    "quotation marks": OPEN + b'X;A="' * MANY,
    "quoted lists": OPEN + b"X;A=" + b'"a",' * MANY,
    "folds": OPEN + b"X:" + b"\n a" * MANY,
    "folds of nothing": OPEN + b"X:" + b"\n " * MANY,
    "backslashes": OPEN + b"SUMMARY:" + b"\\" * MANY * 10 + b",",
    "tags": OPEN + b"DESCRIPTION:" + b"<a" * MANY * 5,
    "calendars": b"BEGIN:VCALENDAR\n" * MANY,
    "events": HEAD.encode() + b"BEGIN:VEVENT\n" * MANY,
    "strangers": HEAD.encode() + b"BEGIN:X\n" * MANY + b"END:X\n" * MANY,
    "ends": OPEN + b"END:VALARM\n" * MANY,
    "zones": HEAD.encode() + b"BEGIN:VTIMEZONE\nTZID:UTC\nEND:VTIMEZONE\n" * MANY,
    "dates": SOUND.replace(b"TZNAME:EST", b"RDATE:" + b"20200101T000000," * MANY),
    "repetitions": SOUND.replace(b"FREQ=WEEKLY", b"FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30"),
    "a rule": SOUND.replace(b"RRULE:", b"RRULE:" + b"A=B;" * MANY),
    "a zone's rule": SOUND.replace(b"BYDAY=2SU", b"BYDAY=" + b"2SU," * MANY),
    "a zone's name": SOUND.replace(b"=America", b"=" + b"a/" * MANY),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_meant_to_take_for_ever_does_not(name: str) -> None:
    survives(HOSTILE[name])


def test_a_file_of_too_many_lines_is_read_up_to_there() -> None:
    body = SOUND.replace(b"URL:", b"X-A:1\r\n" * MAX_LINES + b"URL:")
    # It is not cut off, and what is ahead may be in the rest.
    late = datetime(2030, 1, 1, tzinfo=UTC)
    assert told(body, now=late) == [("too-many-lines", MAX_LINES)]


def test_of_too_many_events_the_first_are_looked_at() -> None:
    late = datetime(2030, 1, 1, tzinfo=UTC)
    assert told(many(MAX_EVENTS), now=late) == [("no-upcoming-events", None)]
    bad = b"BEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR"
    body = many(MAX_EVENTS + 1).replace(b"END:VCALENDAR", bad)
    assert told(body, now=late) == [("too-many-events", 5 + 5 * MAX_EVENTS)]
    assert (
        only(body, "too-many-events").message
        == "Only the first 20,000 of 20,002 events were checked."
    )


def many(events: int) -> bytes:
    """A feed of so many short events."""
    each = "BEGIN:VEVENT\nUID:{}\nDTSTAMP:20260901T080000Z\nDTSTART:20261020T190000Z\nEND:VEVENT\n"
    text = HEAD + "".join(map(each.format, range(events))) + "END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def test_what_a_feed_says_cannot_take_over_the_terminal() -> None:
    hostile = SOUND.replace(START.strip().encode(), b"DTSTART:\x1b]0;owned\x07" + b"x" * 5_000)
    assert only(hostile, "invalid-time").message == (
        f"DTSTART is not a date or a date-time: “U+001B]0;ownedU+0007{'x' * 99}…”"
    )


LENGTHS: Final = ("PT1H", "P1D", "P2W", "PT90M", "-PT30M", "P1DT2H", "PT1H30M10S", "pt5m")
NO_LENGTHS: Final = ("1H", "P", "PT", "P1H", "PT1", "P1DT", "P1W2D", "T1H", "PT-5M", "PT1H ")


@pytest.mark.parametrize("length", [*LENGTHS, *NO_LENGTHS])
def test_a_length_has_one_form(length: str) -> None:
    body = FEEDS["a duration"].replace(b"PT90M", length.encode())
    assert ("invalid-value" in dict(told(body))) is (length in NO_LENGTHS)
