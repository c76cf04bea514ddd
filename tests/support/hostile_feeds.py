"""Feeds that would take a parser without bounds forever, or all memory."""

from __future__ import annotations

from typing import Final

from defects_ical.rfc5545.lenient_parser import MAX_LINES
from tests.support.broken_feeds import HEADER, VALID

OPEN: Final = HEADER.encode() + b"BEGIN:VEVENT\n"


def make_hostile_feeds(many: int) -> dict[str, bytes]:
    """Return feeds by what they have too many of; their sizes are in proportion to ``many``."""
    return {
        "empty lines": b"\n" * min(many * 20, MAX_LINES + 1),
        "one line": OPEN + b"X:" + b"a" * many * 60,
        "parameters": OPEN + b"X" + b";A=B" * many + b";",
        "quotation marks": OPEN + b'X;A="' * many,
        "quoted lists": OPEN + b"X;A=" + b'"a",' * many,
        "folds": OPEN + b"X:" + b"\n a" * many,
        "empty folds": OPEN + b"X:" + b"\n " * many,
        "backslashes": OPEN + b"SUMMARY:" + b"\\" * many * 10 + b",",
        "tags": OPEN + b"DESCRIPTION:" + b"<a" * many * 5,
        "calendars": b"BEGIN:VCALENDAR\n" * many,
        "events": HEADER.encode() + b"BEGIN:VEVENT\n" * many,
        "unknown components": HEADER.encode() + b"BEGIN:X\n" * many + b"END:X\n" * many,
        "unmatched ENDs": OPEN + b"END:VALARM\n" * many,
        "events without BEGIN": HEADER.encode()
        + b"BEGIN:VTODO\nEND:VTODO\n"
        + b"UID:1\nEND:VEVENT\n" * many,
        "unmatched ENDs behind many lines": HEADER.encode()
        + b"X-A:1\n" * many
        + b"BEGIN:VTODO\nEND:VTODO\n"
        + b"END:VEVENT\n" * many,
        "timezones": HEADER.encode() + b"BEGIN:VTIMEZONE\nTZID:UTC\nEND:VTIMEZONE\n" * many,
        "different timezones": HEADER.encode()
        + b"".join(b"BEGIN:VTIMEZONE\nTZID:A%d\nEND:VTIMEZONE\n" % each for each in range(many))
        + b"BEGIN:VEVENT\n"
        + b"".join(b"DTSTART;TZID=B%d:20260101T000000\n" % each for each in range(many)),
        "RDATEs": VALID.replace(b"TZNAME:EST", b"RDATE:" + b"20200101T000000," * many),
        "recurrences": VALID.replace(b"FREQ=WEEKLY", b"FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30"),
        "a long rule": VALID.replace(b"RRULE:", b"RRULE:" + b"A=B;" * many),
        "a long timezone rule": VALID.replace(b"BYDAY=2SU", b"BYDAY=" + b"2SU," * many),
        "a long TZID": VALID.replace(b"=America", b"=" + b"a/" * many),
    }
