"""Feeds for importers, of any size."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

NOW: Final = datetime(2026, 6, 1, 12, tzinfo=UTC)
FRAME: Final = ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Tests//EN\r\n", "END:VCALENDAR\r\n")
# Its name is in no database, so that importers need the definition.
TIMEZONE: Final = (
    "BEGIN:VTIMEZONE\r\nTZID:Harbour Time\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
    "TZOFFSETFROM:+0900\r\nTZOFFSETTO:+0900\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)
WITH_OWN_TIMEZONE: Final = "DTSTART;TZID=Harbour Time:20260701T230000\r\n"


def write_event(number: int, lines: str = "DTSTART:20260701T140000Z\r\n") -> str:
    """Return an event, with a fold in it."""
    return (
        f"BEGIN:VEVENT\r\nUID:{number}@tests.example\r\nDTSTAMP:20260501T000000Z\r\n{lines}"
        f"SUMMARY:Episode\r\n  {number}\r\nEND:VEVENT\r\n"
    )


def write_feed(*parts: str) -> bytes:
    """Return a calendar that contains components."""
    return "".join((FRAME[0], *parts, FRAME[1])).encode()


def write_large_feed(size: int, timezone: str = TIMEZONE) -> bytes:
    """Return a feed of at least a number of bytes, whose timezone comes after the events."""
    lines = f"{WITH_OWN_TIMEZONE}DESCRIPTION:{'An evening at the harbour. ' * 8}\r\n"
    count = size // len(write_event(0, lines)) + 1
    return write_feed(*(write_event(number, lines) for number in range(count)), timezone)


def count_lines(body: bytes, text: bytes) -> int:
    """Return the number of the line that a text starts."""
    return body[: body.index(text)].count(b"\n") + 1
