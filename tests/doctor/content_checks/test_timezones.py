"""VTIMEZONEs against the IANA database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import pytest

from defects_ical.content.site_input import SiteInput
from defects_ical.render.ics.feeds import render_feeds
from defects_ical.rfc5545 import values
from tests.conftest import SITE_URL
from tests.doctor.content_issues import find_issues, find_one
from tests.support.broken_feeds import DTSTART, FEEDS, FIRST_EVENT, HEADER, VALID, VTIMEZONE
from tests.support.example_schedules import load_yaml, make_yaml
from tests.support.variants import sample

# Earlier than all events in this module.
EARLY: Final = datetime(2025, 1, 1, tzinfo=UTC)


# Without transitions, with yearly rules of 30, 60 and 120 minutes, and without any: in UTC.
AWKWARD_ZONES: Final = (
    *("Africa/Cairo", "Africa/Casablanca", "America/Asuncion", "America/Havana", "America/Nuuk"),
    *("America/Santiago", "America/Scoresbysund", "America/St_Johns", "Antarctica/Troll"),
    *("Asia/Gaza", "Asia/Jerusalem", "Asia/Kathmandu", "Asia/Seoul", "Asia/Tehran"),
    *("Australia/Lord_Howe", "Etc/GMT-14", "Europe/Chisinau", "Europe/Dublin"),
    *("Pacific/Apia", "Pacific/Chatham"),
)


@pytest.mark.parametrize("timezone", sample(AWKWARD_ZONES, 3))
def test_our_feed_of_awkward_zone_has_no_issues(timezone: str) -> None:
    """A season of more than a year, across every transition."""
    yaml = make_yaml(timezone=timezone, premiere="2025-07-20", episodes=60, weekdays="[sunday]")
    _, feed = next(render_feeds(SiteInput(load_yaml(yaml), SITE_URL)))
    assert find_issues(feed, now=EARLY) == []


def test_windows_timezone_severity() -> None:
    """A Windows name is an error only without a VTIMEZONE."""
    defined = find_one(FEEDS["a Windows timezone"], "windows-timezone")
    assert (defined.severity, defined.clients) == ("info", ())
    missing = find_one(FEEDS["a Windows timezone without VTIMEZONE"], "undefined-windows-timezone")
    assert missing.severity == "error"
    assert "Home Assistant" in missing.clients


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"20261020T190000", b"20260308T190000"),
        (b"20261020T190000", b"20260308T030000"),
        (b"20261020T190000", b"20260308T010000"),
        (b"20261020T190000", b"20261101T000000"),
        (b"20261020T190000", b"20261101T020000"),
        # Ambiguous: any offset is accepted.
        (b"20261020T190000", b"20261101T013000"),
    ],
)
def test_vtimezone_is_correct_near_transitions(before: bytes, after: bytes) -> None:
    body = VALID.replace(before, after).replace(b"20261020T203000", b"20261205T203000")
    assert find_issues(body, now=EARLY) == []


def test_skipped_time_is_found_and_has_no_wrong_offset() -> None:
    body = VALID.replace(b"20261020T190000", b"20260308T023000")
    body = body.replace(b"20261020T203000", b"20261205T203000")
    assert find_issues(body, now=EARLY) == [("nonexistent-time", 25)]


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
        (b"FREQ=YEARLY;BYMONTH=13;BYDAY=1SU", "invalid-zone-rule"),
        (b"FREQ=YEARLY;BYMONTH=11;BYDAY=1SU,1MO", "complex-rule"),
        (b"FREQ=YEARLY;BYMONTH=11;BYDAY=1SU;UNTIL=00010101T000000Z", "complex-rule"),
        (b"FREQ=YEARLY;BYMONTH=11;BYDAY", "invalid-zone-rule"),
    ],
)
def test_only_simple_yearly_rules_are_evaluated(rule: bytes, name: str | None) -> None:
    body = VALID.replace(b"FREQ=YEARLY;BYMONTH=11;BYDAY=1SU", rule)
    assert [each for each, _ in find_issues(body)] == ([name] if name else [])


@pytest.mark.parametrize(
    ("spring", "autumn", "line"),
    [
        # The last onset decides: in October -4 is right, and in November -5.
        (b"20250309T070000Z", b"20241103T060000Z", 36),
        (b"20120311T070000Z", b"20111106T060000Z", 36),
        (b"20130101", b"20120101", 36),
        (b"20110313T070000Z", b"20111106T060000Z", 25),
        (b"20120101", b"20111231", 25),
        # UNTIL is the UTC time of the last onset, or a second earlier, which excludes it.
        (b"20120311T070000Z", b"20121104T055959Z", 36),
        (b"20120311T070000Z", b"20120101", 36),
        (b"20120311T065959Z", b"20111106T060000Z", 25),
    ],
)
def test_ended_rules_keep_the_last_offset(spring: bytes, autumn: bytes, line: int) -> None:
    body = VALID.replace(b"BYDAY=2SU", b"BYDAY=2SU;UNTIL=" + spring)
    body = body.replace(b"BYDAY=1SU", b"BYDAY=1SU;UNTIL=" + autumn)
    assert find_issues(body) == [("wrong-offset", line)]


def test_rule_may_count_from_end_of_month() -> None:
    body = VALID.replace(b"BYDAY=1SU", b"BYDAY=-5SU").replace(b"20261117T", b"20261030T")
    assert find_issues(body) == []


def test_vtimezone_may_start_with_first_event() -> None:
    body = VALID.replace(b"DTSTART:20071104T020000", b"DTSTART:20281105T020000")
    assert find_issues(body.replace(b"DTSTART:20070311T020000", b"DTSTART:20261020T190000")) == [
        ("wrong-offset", 36)
    ]


def test_rule_before_its_onset_gives_no_offset() -> None:
    body = VALID.replace(b"DTSTART:20070311T020000", b"DTSTART:20270314T020000")
    assert find_issues(body) == [("wrong-offset", 25)]


@pytest.mark.parametrize("name", ["UTC", "Etc/UTC", "GMT", "Etc/GMT", '"Etc/UTC"'])
def test_utc_needs_no_vtimezone(name: str) -> None:
    body = VALID.replace(DTSTART.encode()[:-1], f"DTSTART;TZID={name}:20261020T190000".encode())
    assert find_issues(body) == []
    other = VALID.replace(DTSTART.encode()[:-1], b"DTSTART;TZID=Etc/GMT+5:20261020T190000")
    assert find_issues(other) == [("undefined-timezone", 25)]


@pytest.mark.parametrize("mark", ["TZID:", "TZID="])
def test_tzid_may_have_quotation_marks(mark: str) -> None:
    before, after = f"{mark}America/New_York".encode(), f'{mark}"America/New_York"'.encode()
    assert find_issues(VALID.replace(before, after)) == []
    assert find_issues(FEEDS["a VTIMEZONE one hour off"].replace(before, after)) == [
        ("wrong-offset", 25)
    ]


def test_equal_times_are_converted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[datetime, str]] = []

    def to_utc(naive: datetime, timezone: str) -> datetime:
        calls.append((naive, timezone))
        return naive.replace(tzinfo=UTC)

    monkeypatch.setattr(values, "to_utc", to_utc)
    # No other test has these times, which would be cached.
    event = FIRST_EVENT.replace("America/New_York", "Asia/Pyongyang").replace(
        "20261020", "20260219"
    )
    body = (HEADER + event * 50 + "END:VCALENDAR\n").encode()
    issues = find_issues(body, now=datetime(2027, 1, 1, tzinfo=UTC))
    assert issues[-1] == ("no-upcoming-events", None)
    assert len(calls) == len(set(calls)) == 2


def test_onset_in_a_leap_second_is_read() -> None:
    """Importers refuse it, but it is the right onset."""
    body = VALID.replace(b"DTSTART:20070311T020000", b"DTSTART:20070311T015960")
    assert find_issues(body) == [("leap-second", 8)]


def test_timezone_may_be_defined_again_in_the_same_way() -> None:
    again = VTIMEZONE.replace("\n", "\r\n").encode()
    assert find_issues(VALID.replace(b"BEGIN:VEVENT", again + b"BEGIN:VEVENT", 1)) == []
    other = again.replace(b"TZNAME:EDT", b"TZNAME:DST")
    body = VALID.replace(b"BEGIN:VEVENT", other + b"BEGIN:VEVENT", 1)
    assert find_issues(body) == [("duplicate-timezone", 22)]


def test_name_of_a_custom_timezone_must_be_the_same() -> None:
    """Clients look up IANA names anyway; quotation marks are a part of any other name."""
    custom = FEEDS["a custom timezone"]
    quoted = custom.replace(b"TZID:Our town", b'TZID:"Our town"')
    assert find_issues(quoted) == [("unknown-timezone", 25)]
    assert find_issues(custom.replace(b"TZID=Our town", b'TZID="Our town"')) == []
    escaped = custom.replace(b"TZID:Our town", b"TZID:Our\\, town")
    assert find_issues(escaped.replace(b"TZID=Our town", b'TZID="Our, town"')) == []


def test_daylight_alone_is_wrong_in_winter() -> None:
    """Only where an event is in the timezone, and no other DAYLIGHT ends it."""
    alone = VTIMEZONE[: VTIMEZONE.index("BEGIN:STANDARD")] + "END:VTIMEZONE\n"
    alone = alone.replace("America/New_York", "Our town").replace("\n", "\r\n")
    unused = VALID.replace(b"BEGIN:VEVENT", alone.encode() + b"BEGIN:VEVENT", 1)
    assert find_issues(unused) == [("no-standard", 22)]
    used = unused.replace(b"TZID=America/New_York", b"TZID=Our town")
    assert find_issues(used) == [("only-daylight", 22)]
    several = FEEDS["a custom timezone"].replace(b":STANDARD", b":DAYLIGHT")
    assert find_issues(several) == [("no-standard", 5)]


@pytest.mark.parametrize(
    ("name", "is_known"),
    [
        *((each, True) for each in ("Europe/Helsinki", "europe/helsinki", "UTC", "EET")),
        *((each, False) for each in ("", " Europe/Helsinki", "+02:00", "FLE Standard Time", "Z")),
    ],
)
def test_timezone_of_the_calendar(name: str, *, is_known: bool) -> None:
    """An importer refuses the file for an unknown one, even if all times have another."""
    body = VALID.replace(b"BEGIN:VTIMEZONE", f"X-WR-TIMEZONE:{name}\r\nBEGIN:VTIMEZONE".encode())
    assert find_issues(body) == ([] if is_known else [("unknown-calendar-zone", 5)])


@pytest.mark.parametrize(
    ("before", "after", "is_accepted"),
    [
        ("DTSTART:2007", "DTSTART;VALUE=DATE-TIME:2007", True),
        ("RRULE:FREQ", "RRULE;X-NOTE=1:FREQ", True),
        ("DTSTART:2007", "DTSTART;TZID=America/New_York:2007", False),
        ("TZOFFSETTO:", "TZOFFSETTO;X-NOTE=1:", False),
        ("TZID:", "TZID;X-NOTE=1:", False),
    ],
)
def test_parameters_in_a_vtimezone(before: str, after: str, *, is_accepted: bool) -> None:
    issues = find_issues(VALID.replace(before.encode(), after.encode()))
    assert [name for name, _ in issues] == ([] if is_accepted else ["zone-parameter"])


RULE: Final = b"FREQ=YEARLY;BYMONTH=11;BYDAY=1SU"


@pytest.mark.parametrize(
    "rule",
    [
        RULE + b";INTERVAL=0",
        RULE + b";INTERVAL=",
        RULE + b";X-NOTE=1",
        b"FREQ=SECONDLY",
        b"FREQ=MINUTELY;INTERVAL=30",
        b"FREQ=HOURLY",
        RULE.lower(),
        b"",
        b"YEARLY",
    ],
)
def test_rules_that_importers_refuse(rule: bytes) -> None:
    """Or that they expand forever."""
    assert find_issues(VALID.replace(RULE, rule)) == [("invalid-zone-rule", 19)]
