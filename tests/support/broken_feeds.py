"""A valid feed, and copies of it with one thing changed each, by name.

A name says what is changed; ``test_diagnosis`` says which issues are found.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

NOW: Final = datetime(2026, 10, 1, 12, tzinfo=UTC)
"""The time of the requests: all events are upcoming."""

VTIMEZONE: Final = """\
BEGIN:VTIMEZONE
TZID:America/New_York
BEGIN:DAYLIGHT
DTSTART:20070311T020000
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
TZNAME:EDT
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20071104T020000
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
TZNAME:EST
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
END:STANDARD
END:VTIMEZONE
"""
FIRST_EVENT: Final = """\
BEGIN:VEVENT
UID:7d1f5b62-lecture-1@lectures.example
DTSTAMP:20260901T080000Z
DTSTART;TZID=America/New_York:20261020T190000
DTEND;TZID=America/New_York:20261020T203000
SUMMARY:Lecture 1: Tides\\, and what moves them
DESCRIPTION:The moon does most of it\\; the sun helps. Doors open at half pa
 st six.\\nFree\\, as ever. Café in the foyer.
LOCATION:Old Observatory
URL:https://lectures.example/tides
END:VEVENT
"""
SECOND_EVENT: Final = """\
BEGIN:VEVENT
UID:7d1f5b62-lecture-2@lectures.example
DTSTAMP:20260915T101500Z
DTSTART;TZID=America/New_York:20261117T190000
DTEND;TZID=America/New_York:20261117T203000
SUMMARY:Lecture 2: Auroras
LOCATION:Old Observatory
RRULE:FREQ=WEEKLY;COUNT=3
END:VEVENT
"""
HEADER: Final = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Lectures//Evening lectures 4.1//EN
X-WR-CALNAME:Evening lectures
"""
FOOTER: Final = "END:VCALENDAR\n"
VALID: Final = (
    (HEADER + VTIMEZONE + FIRST_EVENT + SECOND_EVENT + FOOTER).replace("\n", "\r\n").encode()
)


def _replace_once(before: str, after: str) -> bytes:
    """Return the valid feed with the first ``before`` replaced."""
    old, new = (text.replace("\n", "\r\n").encode() for text in (before, after))
    assert old in VALID, before
    return VALID.replace(old, new, 1)


def _replace_all(before: str, after: str) -> bytes:
    """Return the valid feed with every ``before`` replaced."""
    assert before.encode() in VALID, before
    return VALID.replace(before.encode(), after.encode())


DTSTART: Final = "DTSTART;TZID=America/New_York:20261020T190000\n"
DTEND: Final = "DTEND;TZID=America/New_York:20261020T203000\n"
SUMMARY: Final = "SUMMARY:Lecture 1: Tides\\, and what moves them\n"
DTSTAMP: Final = "DTSTAMP:20260901T080000Z\n"
FIRST_UID: Final = "UID:7d1f5b62-lecture-1@lectures.example\n"
SECOND_UID: Final = "UID:7d1f5b62-lecture-2@lectures.example\n"
VALARM: Final = "BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:Soon\nTRIGGER:-PT1H\nEND:VALARM\n"
TODO: Final = f"BEGIN:VTODO\nUID:1\n{DTSTAMP}DURATION:PT1H\nSUMMARY:Return the chairs\nEND:VTODO\n"
END_VEVENT: Final = "END:VEVENT\n"
# A fold three bytes earlier would be valid.
SPLIT_CHARACTER: Final = VALID.replace("Café".encode(), b"Caf\xc3\r\n \xa9")
DAYLIGHT: Final = VTIMEZONE[VTIMEZONE.index("BEGIN:DAYLIGHT") : VTIMEZONE.index("BEGIN:ST")]
HISTORY: Final = "\n".join(
    f"BEGIN:STANDARD\nDTSTART:{year}1104T020000\nTZOFFSETFROM:-0400\nTZOFFSETTO:-0500\nEND:STANDARD"
    for year in range(1960, 2000)
)

FEEDS: Final[dict[str, bytes]] = {
    "valid": VALID,
    # Not a calendar.
    "empty": b"",
    "blank": b"\r\n \r\n",
    "html": b"<!DOCTYPE html><html><title>Just a moment...</title></html>",
    "json": b'{"error": "not found"}',
    "text": b"Not found\n",
    "gzip": b"\x1f\x8b\x08\0\0\0\0\0",
    # The file.
    "byte order mark": b"\xef\xbb\xbf" + VALID,
    "UTF-16": b"\xff\xfe" + VALID.decode().encode("utf-16-le"),
    "Latin-1": VALID.replace("é".encode(), b"\xe9"),
    "LF line endings": VALID.replace(b"\r\n", b"\n"),
    "CR line endings": VALID.replace(b"\r\n", b"\r"),
    "one LF line ending": VALID.replace(
        b"URL:https://lectures.example/tides\r", b"URL:https://a.example"
    ),
    "no final line ending": VALID.removesuffix(b"\r\n"),
    "an empty line": _replace_once("LOCATION", "\nLOCATION"),
    "empty lines at the end": VALID + b"\r\n\r\n",
    "a long line": _replace_once("pa\n st six.", "past six."),
    "a fold within a character": SPLIT_CHARACTER,
    "a missing fold": _replace_once("pa\n st six", "pa\nst six"),
    "an unclosed quotation mark": _replace_once("URL:", 'URL;X-NOTE="now:'),
    "a parameter without a value": _replace_once("URL:", "URL;X-NOTE:"),
    "a tab in a text": _replace_once("Tides", "\tTides\ufeff"),
    "a control character": _replace_once("Tides", "Tides\a"),
    "a line separator": _replace_once("Tides", "Tides\u2028"),
    "HTML before the calendar": b"<br />\r\n" + VALID,
    "HTML after the calendar": VALID + b"<!-- 0.2 s -->\r\n",
    "an event without END": _replace_once(END_VEVENT, ""),
    "END without BEGIN": _replace_once("URL:", "END:VTODO\nURL:"),
    "too many nested components": _replace_once(
        "URL:", "BEGIN:X-A\n" * 9 + "END:X-A\n" * 9 + "URL:"
    ),
    "truncated": VALID[: VALID.index(b"RRULE:FREQ=WEEKLY")],
    "two calendars": _replace_once(SECOND_EVENT, FOOTER + HEADER + VTIMEZONE + SECOND_EVENT),
    "white space before the calendar": b"\r\n  " + VALID,
    "a space after a delimiter": _replace_once(END_VEVENT, "END:VEVENT \n"),
    "an invalid LAST-MODIFIED": _replace_once("X-WR-CALNAME", "LAST-MODIFIED:soon\nX-WR-CALNAME"),
    "an unknown property": _replace_once("LOCATION:Old", "SEATS:80\nLOCATION:Old"),
    "VALUE=DATE of a text": _replace_once("LOCATION:Old", "LOCATION;VALUE=DATE:Old"),
    "an attachment in quoted-printable": _replace_once(
        "URL:", "ATTACH;VALUE=BINARY;ENCODING=QUOTED-PRINTABLE:=41\nURL:"
    ),
    "incomplete base64": _replace_once("URL:", "ATTACH;VALUE=BINARY;ENCODING=BASE64:QUJ\nURL:"),
    "an unknown component": _replace_once(
        "BEGIN:VEVENT", "BEGIN:X-ROOM\nX-SEATS:80\nEND:X-ROOM\nBEGIN:VEVENT"
    ),
    # The calendar.
    "no VERSION": _replace_once("VERSION:2.0\n", ""),
    "VERSION 1.0": _replace_once("VERSION:2.0\n", "VERSION:1.0\n"),
    "no PRODID": _replace_once("PRODID:-//Lectures//Evening lectures 4.1//EN\n", ""),
    "METHOD": _replace_once("X-WR-CALNAME", "METHOD:PUBLISH\nX-WR-CALNAME"),
    "a calendar UID": _replace_once("X-WR-CALNAME", "UID:1\nX-WR-CALNAME"),
    "a single event with a calendar name": _replace_once(SECOND_EVENT, ""),
    "no events": _replace_once(VTIMEZONE + FIRST_EVENT + SECOND_EVENT, ""),
    "no upcoming events": _replace_all("2026", "2025"),
    # Timezones.
    "no VTIMEZONE": _replace_once(VTIMEZONE, ""),
    "a Windows timezone without VTIMEZONE": _replace_once(VTIMEZONE, "").replace(
        b"America/New_York", b"Eastern Standard Time"
    ),
    "a Windows timezone": _replace_all("America/New_York", "Eastern Standard Time"),
    "a VTIMEZONE one hour off": _replace_once("TZOFFSETTO:-0400", "TZOFFSETTO:-0500"),
    "a VTIMEZONE without DAYLIGHT": _replace_once(DAYLIGHT, ""),
    "a TZID with a prefix": _replace_all("America/New_York", "/lectures.example/America/New_York"),
    "a custom timezone": _replace_all("America/New_York", "Our town"),
    "a VTIMEZONE that starts late": _replace_once(
        "DTSTART:20070311T020000", "DTSTART:20270314T020000"
    ).replace(b"DTSTART:20071104", b"DTSTART:20271107"),
    "an onset one hour late": _replace_once("DTSTART:20070311T02", "DTSTART:20070311T03"),
    "a VTIMEZONE without STANDARD": _replace_all(":STANDARD", ":DAYLIGHT"),
    "an observance without an offset": _replace_once("TZOFFSETFROM:-0500\n", ""),
    "a rule with BYYEARDAY": _replace_once("BYMONTH=11;BYDAY=1SU", "BYYEARDAY=308"),
    "a rule with BYMONTHDAY": _replace_once("BYDAY=1SU", "BYMONTHDAY=1,2,3,4,5,6,7;BYDAY=SU"),
    "a long timezone history": _replace_once("END:VTIMEZONE", f"{HISTORY}\nEND:VTIMEZONE"),
    "COMMENT in a VTIMEZONE": _replace_once("TZID:America", "COMMENT:Eastern time\nTZID:America"),
    "a parameter in a VTIMEZONE": _replace_once("TZNAME:EDT", "TZNAME;LANGUAGE=en:EDT"),
    "an unknown observance": _replace_all(":DAYLIGHT", ":SUMMER"),
    "an RDATE of a VTIMEZONE in UTC": _replace_once(
        "END:STANDARD", "RDATE:20281105T060000Z\nEND:STANDARD"
    ),
    "a custom timezone with UNTIL": _replace_all("America/New_York", "Our town").replace(
        b"BYDAY=1SU", b"BYDAY=1SU;UNTIL=20371101T060000Z"
    ),
    # Events.
    "no UID": _replace_once(FIRST_UID, ""),
    "a duplicate UID": _replace_once(FIRST_UID, SECOND_UID),
    "one of a series": _replace_once(
        FIRST_UID, SECOND_UID + "RECURRENCE-ID;TZID=America/New_York:20261124T190000\n"
    ),
    "no DTSTAMP": _replace_once(DTSTAMP, ""),
    "DTSTAMP of the request": _replace_once(DTSTAMP, "DTSTAMP:20261001T120000Z\n").replace(
        b"20260915T101500Z", b"20261001T120000Z"
    ),
    "no DTSTART": _replace_once(DTSTART, ""),
    "an invalid DTSTART": _replace_once(DTSTART, "DTSTART:tomorrow\n"),
    "31 February": _replace_once(DTSTART, "DTSTART;TZID=America/New_York:20260231T190000\n"),
    "floating times": _replace_once(
        DTSTART + DTEND, "DTSTART:20261020T190000\nDTEND:20261020T203000\n"
    ),
    "times in UTC": _replace_once(
        DTSTART + DTEND, "DTSTART:20261020T230000Z\nDTEND:20261021T003000Z\n"
    ),
    "an all-day event": _replace_once(DTSTART + DTEND, "DTSTART;VALUE=DATE:20261020\n"),
    "DTEND before DTSTART": _replace_once(DTEND, "DTEND;TZID=America/New_York:20261019T203000\n"),
    "DURATION": _replace_once(DTEND, "DURATION:PT90M\n"),
    "a misspelt STATUS": _replace_once("URL:", "STATUS:CANCELED\nURL:"),
    "letters as SEQUENCE": _replace_once("URL:", "SEQUENCE:x\nURL:"),
    "an unknown FREQ": _replace_once("RRULE:FREQ=WEEKLY", "RRULE:FREQ=SOMETIMES"),
    "an invalid DURATION": _replace_once(DTEND, "DURATION:1H\n"),
    "an invalid TRIGGER": _replace_once(END_VEVENT, VALARM.replace("-PT1H", "-30M") + END_VEVENT),
    "weeks and days as DURATION": _replace_once(DTEND, "DURATION:P1W2D\n"),
    "a to-do with DURATION alone": _replace_once(FOOTER, TODO + FOOTER),
    "a to-do without DTSTAMP": _replace_once(
        FOOTER, TODO.replace(DTSTAMP, "").replace("DURATION:PT1H\n", "") + FOOTER
    ),
    "a date as DTEND": _replace_once(DTEND, "DTEND;VALUE=DATE:20261021\n"),
    "an alarm": _replace_once(END_VEVENT, VALARM + END_VEVENT),
    "an alarm in a feed with reminders": _replace_once(END_VEVENT, VALARM + END_VEVENT).replace(
        b"NAME:Evening lectures", b"NAME:Evening lectures with reminders"
    ),
    "an organizer": _replace_once("URL:", "ORGANIZER:mailto:a@lectures.example\nURL:"),
    "an attendee": _replace_once("URL:", "ATTENDEE:mailto:a@lectures.example\nURL:"),
    "an attachment": _replace_once("URL:", "ATTACH:https://lectures.example/a.pdf\nURL:"),
    "HTML in DESCRIPTION": _replace_once("The moon does most", "<b>Moon</b> most"),
    "less-than signs in DESCRIPTION": _replace_once("The moon does most", "moon < sun > ice"),
    "a link in LOCATION": _replace_once(
        "LOCATION:Old Observatory", "LOCATION:https://a.example/map"
    ),
    "an unescaped comma": _replace_once("Tides\\,", "Tides,"),
    "an unescaped semicolon": _replace_once("of it\\;", "of it;"),
    "an empty property": _replace_once("LOCATION:Old Observatory", "LOCATION:"),
    "a repeated SUMMARY": _replace_once(SUMMARY, SUMMARY + SUMMARY),
    # Issues that only a second response shows.
    "random UIDs": _replace_once(FIRST_UID, "UID:b3f0\n").replace(
        SECOND_UID[:-1].encode(), b"UID:44c1"
    ),
    "a changing DTSTAMP": _replace_once(DTSTAMP, "DTSTAMP:20260930T120000Z\n"),
    "a moved event": VALID,
    "a new event": VALID.replace(SECOND_EVENT.replace("\n", "\r\n").encode(), b"").replace(
        b"X-WR-CALNAME:Evening lectures\r\n", b""
    ),
}
"""The first response, by name."""

SECOND_RESPONSES: Final[dict[str, bytes]] = {
    "DTSTAMP of the request": FEEDS["DTSTAMP of the request"].replace(
        b"20261001T120000Z", b"20261001T120003Z"
    ),
    "random UIDs": _replace_once(FIRST_UID, "UID:09ad\n").replace(
        SECOND_UID[:-1].encode(), b"UID:e5d2"
    ),
    "a changing DTSTAMP": _replace_once(DTSTAMP, "DTSTAMP:20260930T120003Z\n"),
    "a moved event": _replace_once(
        DTSTAMP + DTSTART, DTSTAMP.replace("0901", "1001") + DTSTART.replace("1020", "1021")
    ),
    "a new event": VALID,
}
"""The second response, if it differs from the first."""
