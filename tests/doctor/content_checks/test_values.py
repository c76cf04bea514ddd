"""Properties and components: what is valid though it looks odd, and what only looks valid."""

from __future__ import annotations

from typing import Final

import pytest

from tests.doctor.content_issues import Issues, find, find_issues, find_one
from tests.support.broken_feeds import FEEDS, HEADER, VALID

# The line of what is inserted before the first URL.
LINE: Final = 31


def insert(text: str) -> bytes:
    """Return the valid feed with lines added to its first event."""
    return VALID.replace(b"URL:", text.replace("\n", "\r\n").encode() + b"\r\nURL:", 1)


VALID_LINES: Final = (
    *("PRIORITY:0", "PRIORITY:9", "SEQUENCE:2147483647", "SEQUENCE:007"),
    *("GEO:-90;180", "GEO:+0.5;-0.25", "GEO;X-NOTE=dome:61;28"),
    *("STATUS:CANCELLED", "TRANSP:transparent", "CLASS:X-MEMBERS", "COLOR:MidnightBlue"),
    *("REQUEST-STATUS:2.0;Success", "REQUEST-STATUS:3.1;Bad\\; value;DTSTART:tomorrow"),
    *("COMMENT;ENCODING=8BIT:Bring a torch", "RELATED-TO;RELTYPE=X-NEXT:2@a.example"),
    "CONFERENCE;VALUE=URI:tel:+1-412-555-0123",
    "IMAGE;VALUE=BINARY;ENCODING=BASE64;FMTTYPE=image/png:U3Rh",
    "COMMENT:One\nCOMMENT:Two\nCATEGORIES:A\nCATEGORIES:B\nX-A:1\nX-A:2",
    "X-A;VALUE=ROOM;ENCODING=GZIP;PARTSTAT=MAYBE:1",
    "BEGIN:X-ROOM\nSTATUS:OPEN\nPRIORITY:HIGH\nEND:X-ROOM",
    "BEGIN:VLOCATION\nUID:1\nNAME:Dome\nGEO:61;28\nEND:VLOCATION",
    "STYLED-DESCRIPTION;VALUE=TEXT:a\nSTRUCTURED-DATA;VALUE=URI:https://a.example/\nREFID:a",
)


@pytest.mark.parametrize("text", VALID_LINES)
def test_valid_lines_are_no_issue(text: str) -> None:
    assert find_issues(insert(text)) == []


ODD_LINES: Final[dict[str, Issues]] = {
    # Python, and so Home Assistant, reads these as numbers.
    "PRIORITY:5 ": [("unusual-number", LINE)],
    "SEQUENCE:1_0": [("unusual-number", LINE)],
    "SEQUENCE:2147483648": [("unusual-number", LINE)],
    "GEO: 61;28": [("unusual-geo", LINE)],
    "GEO:nan;28": [("unusual-geo", LINE)],
    "GEO:61;28;3": [("invalid-geo", LINE)],
    "GEO:61,5;28,5": [("invalid-geo", LINE)],
    f"PRIORITY:{'9' * 60}": [("invalid-number", LINE)],
    "STATUS:Confirmed": [("invalid-status", LINE)],
    "SUMARY:Tides": [("unknown-property", LINE)],
    "COMMENT;VALUE=DATE:tomorrow": [("wrong-type", LINE)],
    "ATTACH;VALUE=BINARY;ENCODING=BASE64:U3R": [("incomplete-base64", LINE)],
    "ATTACH;VALUE=BINARY;ENCODING=GZIP:U3Rh": [("unknown-binary-encoding", LINE)],
    "ORGANIZER:mailto:": [("invalid-address", LINE)],
    "REQUEST-STATUS:2.0": [("invalid-request-status", LINE)],
    "SOURCE;VALUE=URI:https://a.example/": [("misplaced-property", LINE)],
    "FREEBUSY:20310315T190000Z/PT2H": [("misplaced-time", LINE)],
    "TZID:America/New_York": [("misplaced-property", LINE)],
    "GEO:61;28\nGEO:by the lake": [("invalid-geo", LINE + 1), ("repeated-property", LINE + 1)],
    "BEGIN:VROOM\nSTATUS:OPEN\nEND:VROOM": [("unknown-component", LINE)],
    "BEGIN:VALARMS\nEND:VALARMS": [("unknown-component", LINE)],
}


@pytest.mark.parametrize("text", ODD_LINES)
def test_odd_lines_have_expected_issues(text: str) -> None:
    found = find_issues(insert(text))
    assert sorted(found) == sorted(ODD_LINES[text])


@pytest.mark.parametrize("name", ["VEVNT", "VEVETN", "EVENT", "VEVENTS", "vevent1", "VTODOS"])
def test_misspelt_component_is_named(name: str) -> None:
    body = VALID.replace(b":VEVENT", f":{name}".encode(), 2)
    finding = find_one(body, "misspelt-component")
    assert finding.line == 22
    assert finding.places[0].event == "Lecture 1: Tides, and what moves them"
    assert ("VTODO" if "TODO" in name else "VEVENT") in finding.fix


def test_properties_have_a_finding_each() -> None:
    findings = find(insert("PRIORITY:HIGH\nSEQUENCE:first\nSEQUENCE:second"))
    numbers = [each for each in findings if each.issue.id == "invalid-number"]
    assert [(each.message, each.count) for each in numbers] == [
        ("PRIORITY is “HIGH”, but must be a whole number from 0 to 9.", 1),
        ("SEQUENCE is “first”, but must be a whole number from 0 to 2147483647.", 2),
    ]


def test_spaces_in_values_stay_visible() -> None:
    message = "SEQUENCE is “ 0”, but should be a whole number from 0 to 2147483647."
    assert find_one(insert("SEQUENCE: 0"), "unusual-number").message == message


def test_every_event_with_a_uid_is_counted() -> None:
    event = "BEGIN:VEVENT\nUID:a\nDTSTAMP:20260901T080000Z\nDTSTART:20261020T190000Z\nEND:VEVENT\n"
    changed = event.replace("DTSTART", "RECURRENCE-ID:20261020T190000Z\nDTSTART")
    body = f"{HEADER}{event * 27}{changed}{event.replace('UID:a', 'UID:b')}END:VCALENDAR\n"
    finding = find_one(body.replace("\n", "\r\n").encode(), "duplicate-uid")
    assert finding.message == "27 events have the UID a."
    assert [each.line for each in finding.places] == [6, 11, 16]
    assert (finding.count, finding.events) == (27, 27)


def test_event_without_begin_has_one_finding() -> None:
    body = VALID.replace(b"BEGIN:VEVENT\r\n", b"", 1)
    (finding,) = find(body)
    assert (finding.issue.id, finding.line) == ("unopened-component", 22)
    assert finding.places[0].event == "Lecture 1: Tides, and what moves them"


INNER_EVENT: Final = (
    "BEGIN:VEVENT\nUID:1\nDTSTAMP:20260901T080000Z\nDTSTART:20261020T190000Z\n"
    "DTEND:20261020T200000Z\nSUMMARY:Inner\nEND:VEVENT"
)
INNER_CALENDAR: Final = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:a\n{INNER_EVENT}\nEND:VCALENDAR"


def test_event_in_event_has_one_finding() -> None:
    assert find_issues(insert(INNER_EVENT)) == [("nested-component", LINE)]


def test_what_follows_a_calendar_in_a_calendar_is_checked() -> None:
    inner = INNER_CALENDAR.replace("\n", "\r\n").encode() + b"\r\nBEGIN:VEVENT"
    for feed, others in (("valid", []), ("a misspelt STATUS", [("invalid-status", LINE + 11)])):
        body = FEEDS[feed].replace(b"BEGIN:VEVENT", inner, 1)
        assert find_issues(body) == [("nested-component", 22), *others]
