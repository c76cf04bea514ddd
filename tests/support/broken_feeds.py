r"""Feeds as others write them: one that is sound, and what can be wrong with it, each by its name.

A name says what was done, not what is found: `test_content` has both.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

NOW: Final = datetime(2026, 10, 1, 12, tzinfo=UTC)
"""When the feeds are looked at: all of their events are ahead."""

ZONE: Final = """\
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
FIRST: Final = """\
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
HEAD: Final = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Lectures//Evening lectures 4.1//EN
X-WR-CALNAME:Evening lectures
"""
END: Final = "END:VCALENDAR\n"
SOUND: Final = (HEAD + ZONE + FIRST + SECOND_EVENT + END).replace("\n", "\r\n").encode()


def _with(before: str, after: str) -> bytes:
    """The sound feed with the first ``before`` in it written as ``after``."""
    old, new = (text.replace("\n", "\r\n").encode() for text in (before, after))
    assert old in SOUND, before
    return SOUND.replace(old, new, 1)


def _every(before: str, after: str) -> bytes:
    assert before.encode() in SOUND, before
    return SOUND.replace(before.encode(), after.encode())


START: Final = "DTSTART;TZID=America/New_York:20261020T190000\n"
FINISH: Final = "DTEND;TZID=America/New_York:20261020T203000\n"
TITLE: Final = "SUMMARY:Lecture 1: Tides\\, and what moves them\n"
STAMP: Final = "DTSTAMP:20260901T080000Z\n"
UID: Final = "UID:7d1f5b62-lecture-1@lectures.example\n"
OTHER_UID: Final = "UID:7d1f5b62-lecture-2@lectures.example\n"
ALARM: Final = "BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:Soon\nTRIGGER:-PT1H\nEND:VALARM\n"
EVENT_END: Final = "END:VEVENT\n"
# A fold three octets earlier would be sound.
SPLIT: Final = SOUND.replace("Café".encode(), b"Caf\xc3\r\n \xa9")
HISTORY: Final = "\n".join(
    f"BEGIN:STANDARD\nDTSTART:{year}1104T020000\nTZOFFSETFROM:-0400\nTZOFFSETTO:-0500\nEND:STANDARD"
    for year in range(1960, 2000)
)

FEEDS: Final[dict[str, bytes]] = {
    "sound": SOUND,
    # No calendar.
    "empty": b"",
    "blank": b"\r\n \r\n",
    "html": b"<!DOCTYPE html><html><title>Just a moment...</title></html>",
    "json": b'{"error": "not found"}',
    "text": b"Not found\n",
    "gzip": b"\x1f\x8b\x08\0\0\0\0\0",
    # Octets.
    "byte order mark": b"\xef\xbb\xbf" + SOUND,
    "UTF-16": b"\xff\xfe" + SOUND.decode().encode("utf-16-le"),
    "Latin-1": SOUND.replace("é".encode(), b"\xe9"),
    "line feeds": SOUND.replace(b"\r\n", b"\n"),
    "carriage returns": SOUND.replace(b"\r\n", b"\r"),
    "one line feed": SOUND.replace(
        b"URL:https://lectures.example/tides\r", b"URL:https://a.example"
    ),
    "no last end": SOUND.removesuffix(b"\r\n"),
    "an empty line": _with("LOCATION", "\nLOCATION"),
    "empty lines at the end": SOUND + b"\r\n\r\n",
    "a long line": _with("pa\n st six.", "past six."),
    "a fold within a character": SPLIT,
    "a missing fold": _with("pa\n st six", "pa\nst six"),
    "an open quotation mark": _with("URL:", 'URL;X-NOTE="now:'),
    "a parameter without a value": _with("URL:", "URL;X-NOTE:"),
    "a tab": _with("Tides", "\tTides\ufeff"),
    "a bell": _with("Tides", "Tides\a"),
    "a line separator": _with("Tides", "Tides\u2028"),
    "a page before it": b"<br />\r\n" + SOUND,
    "a page behind it": SOUND + b"<!-- 0.2 s -->\r\n",
    "an event without its end": _with(EVENT_END, ""),
    "an end without its event": _with("URL:", "END:VTODO\nURL:"),
    "too deep": _with("URL:", "BEGIN:X-A\n" * 9 + "END:X-A\n" * 9 + "URL:"),
    "cut off": SOUND[: SOUND.index(b"RRULE:FREQ=WEEKLY")],
    "two calendars": _with(SECOND_EVENT, END + HEAD + ZONE + SECOND_EVENT),
    "what icalendar refuses": _with("X-WR-CALNAME", "LAST-MODIFIED:soon\nX-WR-CALNAME"),
    "an unknown component": _with(
        "BEGIN:VEVENT", "BEGIN:X-ROOM\nX-SEATS:80\nEND:X-ROOM\nBEGIN:VEVENT"
    ),
    # The calendar.
    "no version": _with("VERSION:2.0\n", ""),
    "another version": _with("VERSION:2.0\n", "VERSION:1.0\n"),
    "no maker": _with("PRODID:-//Lectures//Evening lectures 4.1//EN\n", ""),
    "a method": _with("X-WR-CALNAME", "METHOD:PUBLISH\nX-WR-CALNAME"),
    "a calendar's UID": _with("X-WR-CALNAME", "UID:1\nX-WR-CALNAME"),
    "a name for a single event": _with(SECOND_EVENT, ""),
    "no events": _with(ZONE + FIRST + SECOND_EVENT, ""),
    "no future event": _every("2026", "2025"),
    # Zones.
    "no VTIMEZONE": _with(ZONE, ""),
    "a Windows zone without VTIMEZONE": _with(ZONE, "").replace(
        b"America/New_York", b"Eastern Standard Time"
    ),
    "a Windows zone": _every("America/New_York", "Eastern Standard Time"),
    "a zone an hour off": _with("TZOFFSETTO:-0400", "TZOFFSETTO:-0500"),
    "a zone without summer": _with(ZONE[ZONE.index("BEGIN:DAYLIGHT") : ZONE.index("BEGIN:ST")], ""),
    "a zone from its own prefix": _every("America/New_York", "/lectures.example/America/New_York"),
    "a zone of their own": _every("America/New_York", "Our town"),
    "a zone begun too late": _with("DTSTART:20070311T020000", "DTSTART:20270314T020000").replace(
        b"DTSTART:20071104", b"DTSTART:20271107"
    ),
    "a change an hour late": _with("DTSTART:20070311T02", "DTSTART:20070311T03"),
    "no standard time": _every(":STANDARD", ":DAYLIGHT"),
    "an observance without an offset": _with("TZOFFSETFROM:-0500\n", ""),
    "a rule by the day of the year": _with("BYMONTH=11;BYDAY=1SU", "BYYEARDAY=308"),
    "a rule by days of the month": _with("BYDAY=1SU", "BYMONTHDAY=1,2,3,4,5,6,7;BYDAY=SU"),
    "a long history": _with("END:VTIMEZONE", f"{HISTORY}\nEND:VTIMEZONE"),
    "a comment in a zone": _with("TZID:America", "COMMENT:Eastern time\nTZID:America"),
    # Events.
    "no UID": _with(UID, ""),
    "a UID twice": _with(UID, OTHER_UID),
    "one of a series": _with(
        UID, OTHER_UID + "RECURRENCE-ID;TZID=America/New_York:20261124T190000\n"
    ),
    "no DTSTAMP": _with(STAMP, ""),
    "DTSTAMP of now": _with(STAMP, "DTSTAMP:20261001T120000Z\n").replace(
        b"20260915T101500Z", b"20261001T120000Z"
    ),
    "no start": _with(START, ""),
    "an unreadable start": _with(START, "DTSTART:tomorrow\n"),
    "31 February": _with(START, "DTSTART;TZID=America/New_York:20260231T190000\n"),
    "floating times": _with(START + FINISH, "DTSTART:20261020T190000\nDTEND:20261020T203000\n"),
    "UTC": _with(START + FINISH, "DTSTART:20261020T230000Z\nDTEND:20261021T003000Z\n"),
    "a whole day": _with(START + FINISH, "DTSTART;VALUE=DATE:20261020\n"),
    "an end before its start": _with(FINISH, "DTEND;TZID=America/New_York:20261019T203000\n"),
    "a duration": _with(FINISH, "DURATION:PT90M\n"),
    "a misspelt status": _with("URL:", "STATUS:CANCELED\nURL:"),
    "a sequence of letters": _with("URL:", "SEQUENCE:x\nURL:"),
    "an unknown frequency": _with("RRULE:FREQ=WEEKLY", "RRULE:FREQ=SOMETIMES"),
    "a length that is none": _with(FINISH, "DURATION:1H\n"),
    "a trigger that is none": _with(EVENT_END, ALARM.replace("-PT1H", "-30M") + EVENT_END),
    "a day for an end": _with(FINISH, "DTEND;VALUE=DATE:20261021\n"),
    "an alarm": _with(EVENT_END, ALARM + EVENT_END),
    "an alarm that was asked for": _with(EVENT_END, ALARM + EVENT_END).replace(
        b"NAME:Evening lectures", b"NAME:Evening lectures with reminders"
    ),
    "an organizer": _with("URL:", "ORGANIZER:mailto:a@lectures.example\nURL:"),
    "an attendee": _with("URL:", "ATTENDEE:mailto:a@lectures.example\nURL:"),
    "an attachment": _with("URL:", "ATTACH:https://lectures.example/a.pdf\nURL:"),
    "HTML in a text": _with("The moon does most", "<b>Moon</b> most"),
    "a smaller sign": _with("The moon does most", "moon < sun > ice"),
    "a link for a place": _with("LOCATION:Old Observatory", "LOCATION:https://a.example/map"),
    "a comma unescaped": _with("Tides\\,", "Tides,"),
    "a semicolon unescaped": _with("of it\\;", "of it;"),
    "an empty property": _with("LOCATION:Old Observatory", "LOCATION:"),
    "a title twice": _with(TITLE, TITLE + TITLE),
    # What is only seen at the second visit.
    "random UIDs": _with(UID, "UID:b3f0\n").replace(OTHER_UID[:-1].encode(), b"UID:44c1"),
    "another stamp": _with(STAMP, "DTSTAMP:20260930T120000Z\n"),
    "an event that was moved": SOUND,
    "a new event": SOUND.replace(SECOND_EVENT.replace("\n", "\r\n").encode(), b"").replace(
        b"X-WR-CALNAME:Evening lectures\r\n", b""
    ),
}
"""What the first visit finds, by name."""

SECOND: Final[dict[str, bytes]] = {
    "DTSTAMP of now": FEEDS["DTSTAMP of now"].replace(b"20261001T120000Z", b"20261001T120003Z"),
    "random UIDs": _with(UID, "UID:09ad\n").replace(OTHER_UID[:-1].encode(), b"UID:e5d2"),
    "another stamp": _with(STAMP, "DTSTAMP:20260930T120003Z\n"),
    "an event that was moved": _with(
        STAMP + START, STAMP.replace("0901", "1001") + START.replace("1020", "1021")
    ),
    "a new event": SOUND,
}
"""What the second visit finds, where that is not the same."""
