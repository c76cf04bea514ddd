"""Starts, ends, durations and stamps: their boundaries, and valid ones that look odd."""

from __future__ import annotations

from typing import Final

import pytest

from tests.doctor.content_issues import Issues, find_issues
from tests.support.broken_feeds import DTEND, DTSTAMP, DTSTART, FEEDS, FOOTER, TODO, VALID

UTC_END: Final = "DTEND:20261021T003000Z"


def replace_times(start: str, end: str) -> bytes:
    """Return the valid feed with another start (line 25) and end (line 26) of its first event."""
    body = VALID.replace(DTSTART.strip().encode(), start.encode())
    return body.replace(DTEND.strip().encode(), end.encode())


@pytest.mark.parametrize(
    ("second", "issues"),
    [("59", []), ("60", [("leap-second", 26)]), ("61", [("invalid-time", 26)])],
)
def test_leap_second_is_valid_but_refused(second: str, issues: Issues) -> None:
    assert find_issues(replace_times(DTSTART.strip(), f"DTEND:20261021T0059{second}Z")) == issues


def test_end_that_equals_the_start_is_worth_knowing() -> None:
    body = VALID.replace(b"20261020T203000", b"20261020T190000")
    assert find_issues(body) == [("empty-event", 26)]


@pytest.mark.parametrize(
    ("start", "end", "issues"),
    [
        # The same instant and earlier ones, in other timezones.
        (DTSTART.strip(), "DTEND:20261021T003000Z", []),
        (DTSTART.strip(), "DTEND:20261020T203000Z", [("end-before-start", 26)]),
        # Importers that know UTC by this name ignore it where a Z says the same.
        ("DTSTART;TZID=UTC:20261020T230000Z", UTC_END, []),
        ("DTSTART;TZID=Etc/UTC:20261020T230000", UTC_END, []),
        (
            "DTSTART;TZID=Europe/London:20261020T230000Z",
            UTC_END,
            [("undefined-timezone", 25), ("tzid-with-utc", 25)],
        ),
        ('DTSTART;VALUE="DATE":20261020', "DTEND;VALUE=DATE:20261021", []),
        ("DTSTART;VALUE=DATE-TIME:20261020T230000Z", UTC_END, []),
        ("DTSTART;VALUE=:20261020T230000Z", UTC_END, [("wrong-time-type", 25)]),
        (
            "DTSTART;VALUE=DATE;TZID=America/New_York:20261020",
            "DTEND;VALUE=DATE:20261021",
            [("wrong-time-type", 25)],
        ),
        # A date without VALUE=DATE is the cause only if both are dates.
        ("DTSTART:20261020", "DTEND:20261021", [("undeclared-date", 25)]),
        ("DTSTART:20261020T230000Z", "DTEND:20261021", [("mixed-times", 26)]),
        ("DTSTART:20261020", UTC_END, [("mixed-times", 26)]),
        (
            "DTSTART:20261020",
            "DTEND:20261019",
            [("end-before-start", 26), ("undeclared-date", 25)],
        ),
    ],
)
def test_start_and_end(start: str, end: str, issues: Issues) -> None:
    assert find_issues(replace_times(start, end)) == issues


VALID_DURATIONS: Final = ("PT1H", "+PT1H", "P1D", "P2W", "PT90M", "P1DT2H", "PT2H30S", "-PT0S")
UNUSUAL: Final = ("P1W2D", "P1DT", "P1W2DT3H")
INVALID: Final = (
    *("1H", "P", "-P", "PT", "P1H", "PT1", "T1H", "PT-5M", "PT1H ", "pt5m", "PT5m", "PT1M1H"),
    # Their ends are after the year 9999.
    *("P3650000D", "PT999999999H", "P999999999W", "P9999999999D"),
)


@pytest.mark.parametrize(
    ("durations", "issue"),
    [
        (VALID_DURATIONS, "no-dtend"),
        (UNUSUAL, "unusual-duration"),
        (INVALID, "invalid-duration"),
        (("-PT30M", "-P1W2D"), "negative-duration"),
    ],
)
def test_duration(durations: tuple[str, ...], issue: str) -> None:
    for duration in durations:
        body = FEEDS["DURATION"].replace(b"PT90M", duration.encode())
        assert find_issues(body) == [(issue, 26)], duration


@pytest.mark.parametrize(
    ("duration", "issue"),
    [
        ("P1D", "no-dtend"),
        ("P1DT0H", "no-dtend"),
        ("PT24H", "timed-duration"),
        ("P0D", "empty-day"),
        ("P1W1D", "unusual-duration"),
    ],
)
def test_duration_of_a_day(duration: str, issue: str) -> None:
    body = replace_times("DTSTART;VALUE=DATE:20261020", f"DURATION:{duration}")
    assert find_issues(body) == [(issue, 26)]


@pytest.mark.parametrize(
    ("lines", "issues"),
    [
        ("DTSTART:20261020T190000Z\nDURATION:PT1H\n", []),
        ("DTSTART:20261020T190000Z\nDUE:20261020T190000Z\n", []),
        ("DTSTART:20261020T190000Z\nDUE:20261020T185959Z\n", [("due-before-start", 46)]),
        ("DTSTART:20261020T190000Z\nDUE:20261021T190000\n", [("mixed-forms", 46)]),
        ("DUE:20261020T190000Z\nDURATION:PT1H\n", [("end-and-duration", 46)]),
        ("DTSTART:20261020T190000Z\nDURATION:-PT1H\n", [("negative-duration", 46)]),
    ],
)
def test_todo_may_be_due_or_last(lines: str, issues: Issues) -> None:
    todo = TODO.replace("DURATION:PT1H\n", lines) + FOOTER
    body = VALID.replace(b"END:VCALENDAR\r\n", todo.replace("\n", "\r\n").encode())
    assert find_issues(body) == issues


@pytest.mark.parametrize(
    ("stamp", "issue"),
    [
        (":20260901T080000Z", None),
        (";VALUE=DATE-TIME:20260901T080000Z", None),
        (";TZID=UTC:20260901T080000", None),
        (":19700101T000000Z", None),
        (";TZID=America/New_York:20260901T080000", "local-stamp"),
        (";TZID=Europe/Paris:20260901T080000", "local-stamp"),
        (";TZID=Our town:20260901T080000", "invalid-stamp"),
        (";VALUE=TEXT:20260901T080000Z", "wrong-time-type"),
        (":20260901T080000z", "invalid-stamp"),
        (":20260901T080000Z ", "invalid-stamp"),
        (":20260901T080060Z", "leap-second"),
    ],
)
def test_stamp(stamp: str, issue: str | None) -> None:
    body = VALID.replace(DTSTAMP.strip().encode(), f"DTSTAMP{stamp}".encode())
    assert find_issues(body) == ([(issue, 24)] if issue else [])


def test_times_of_free_busy_are_checked() -> None:
    busy = b"BEGIN:VFREEBUSY\r\nUID:1\r\nDTSTAMP:soon\r\nDTSTART;TZID=Our town:20261020T190000\r\n"
    body = VALID.replace(b"END:VCALENDAR", busy + b"END:VFREEBUSY\r\nEND:VCALENDAR")
    assert find_issues(body) == [("unknown-timezone", 45), ("invalid-stamp", 44)]
