"""Calendars for the import: those in tests/sources/calendars, and small ones made of events."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

import pytest

from defects_ical.errors import ListingError
from defects_ical.sources.calendar import parse_calendar
from defects_ical.sources.listing import Listing

CALENDARS_FOLDER: Final = Path(__file__).parent.parent / "sources" / "calendars"


def read_listing(name: str, timezone: str | None = None) -> Listing:
    content = (CALENDARS_FOLDER / f"{name}.ics").read_bytes()
    return parse_calendar(content, name=f"{name}.ics", timezone=timezone)


def make_event(uid: int | str, start: str, summary: str, *lines: str) -> str:
    """Return an event; ``start`` is the end of its DTSTART line: ":20250721T140000Z"."""
    head = ("BEGIN:VEVENT", f"UID:{uid}", f"DTSTART{start}", f"SUMMARY:{summary}")
    return "\r\n".join((*head, *lines, "END:VEVENT", ""))


def make_calendar(*events: str, header: str = "") -> bytes:
    head = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{header}"
    return f"{head}{''.join(events)}END:VCALENDAR\r\n".encode()


def parse_events(
    *events: str,
    header: str = "",
    timezone: str | None = None,
    until: date | None = None,
    name: str = "show.ics",
) -> Listing:
    content = make_calendar(*events, header=header)
    return parse_calendar(content, name=name, timezone=timezone, until=until)


def find_message(*events: str, header: str = "", timezone: str | None = None) -> str:
    with pytest.raises(ListingError) as error:
        parse_events(*events, header=header, timezone=timezone)
    return str(error.value)


def read_or_refuse(content: bytes) -> str:
    """Return the message for a calendar, or "read" if it has none."""
    try:
        parse_calendar(content, name="show.ics", until=date(2030, 1, 1))
    except ListingError as error:
        return str(error)
    return "read"


def list_starts(listing: Listing) -> list[str]:
    """Return the starts in UTC, as in a calendar; the days where the hour is unknown."""
    return [
        f"{each.start:%Y%m%dT%H%M}" if each.start else f"{each.day:%Y%m%d}"
        for each in listing.episodes
    ]
