"""Find what a source is (TVmaze, a calendar, a table), get it, and parse it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from defects_ical.errors import ListingError
from defects_ical.model.schedule import Schedule
from defects_ical.sources.calendar import parse_calendar
from defects_ical.sources.checks import check_timezone
from defects_ical.sources.download import CALENDAR, download
from defects_ical.sources.listing import Listing
from defects_ical.sources.table import parse_table
from defects_ical.sources.tables.written_dates import DateOrder
from defects_ical.sources.tvmaze import fetch_show, parse_reference, parse_show

MAX_BYTES: Final = 10_000_000
CALENDAR_SUFFIXES: Final = frozenset({".ics", ".ical", ".ifb", ".icalendar"})
BEGIN: Final = b"BEGIN:VCALENDAR"

ParseListing: TypeAlias = Callable[[str | None], Listing]
"""Parses what was read of a source; the argument is the time zone that the user chose, or None."""


class SourceOptions(NamedTuple):
    """How a source is read: TVmaze's address, the end of endless series, the order of dates."""

    tvmaze_api: str
    until: date | None
    date_order: DateOrder | None


def open_source(source: str, options: SourceOptions) -> ParseListing:
    """Read a source: "tvmaze:12345", the URL of a show or of a calendar, or the path of a file.

    Raises ListingError if that is impossible, also when it is parsed.
    """
    if show_id := parse_reference(source):
        content = fetch_show(show_id, options.tvmaze_api)
        return lambda timezone: parse_show(content, timezone=timezone)
    if "://" in source:
        content = download(source, expected=CALENDAR)
        return partial(_parse_calendar, content, source, options)
    path = Path(source)
    content = _read_file(path)
    is_calendar = content[:1024].lstrip(b"\xef\xbb\xbf \r\n\t").upper().startswith(BEGIN)
    if is_calendar or path.suffix.lower() in CALENDAR_SUFFIXES:
        return partial(_parse_calendar, content, source, options)
    return partial(_parse_table, content, source, options)


def open_source_of(schedule: Schedule, options: SourceOptions) -> ParseListing:
    """Read the source that a schedule names. Raises ListingError."""
    source = schedule.source
    if source is None:
        location = schedule.problem((), "", "").location.file
        message = "the schedule names no `source`"
        hint = "Import it from TVmaze or from the URL of a calendar to get one."
        raise ListingError(f"{location}: {message}. {hint}")
    return open_source(source.ics or f"tvmaze:{source.tvmaze}", options)


def _parse_calendar(
    content: bytes, name: str, options: SourceOptions, timezone: str | None
) -> Listing:
    return parse_calendar(content, name=name, timezone=timezone, until=options.until)


def _parse_table(
    content: bytes, name: str, options: SourceOptions, timezone: str | None
) -> Listing:
    check_timezone(timezone)
    return parse_table(content, file=name, timezone=timezone, date_order=options.date_order)


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        hint = "Use `tvmaze:12345`, the URL of a calendar, or the path of an .ics or .csv file."
        raise ListingError(f"{path}: the file does not exist. {hint}") from None
    except OSError as error:
        raise ListingError(f"{path}: {os.strerror(error.errno or 0)}. Use another file.") from None
    if len(content) > MAX_BYTES:
        raise ListingError(f"{path}: the file is larger than 10 MB. Use the part with the show.")
    return content
