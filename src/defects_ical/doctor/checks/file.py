"""Check the file as a whole: whether it is a calendar, and its syntax."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Final

import icalendar

from defects_ical.doctor.issues import Issue, Occurrence
from defects_ical.doctor.parsed_feed import MAX_EVENTS, collect_components
from defects_ical.rfc5545.content_lines import looks_like_html
from defects_ical.rfc5545.lenient_parser import LenientParse, SyntaxRule
from defects_ical.text.display import excerpt

# The icalendar library takes a second for half a megabyte.
MAX_PARSED_BYTES: Final = 500_000


def check_file(body: bytes, parse: LenientParse) -> Iterator[Occurrence]:
    """Yield what is wrong with a response as a file, which ``parse`` was read from."""
    observations = parse.observations
    if not parse.calendars:
        if not body.strip():
            yield Issue.EMPTY_RESPONSE.at(1)
            return
        yield Issue.NO_CALENDAR.at(1, content=_describe_content(body))
        observations = tuple(
            each for each in observations if each.rule is SyntaxRule.WRONG_ENCODING
        )
    for each in observations:
        yield Issue[each.rule.name].at(each.line, **each.details)
    for second in parse.calendars[1:2]:
        yield Issue.SEVERAL_CALENDARS.at(second.number, count=len(parse.calendars))
    events = collect_components(parse.calendars, "VEVENT")
    for event in events[MAX_EVENTS : MAX_EVENTS + 1]:
        yield Issue.TOO_MANY_EVENTS.at(event.number, limit=MAX_EVENTS, count=len(events))


def check_with_icalendar(body: bytes) -> Iterator[Occurrence]:
    """Yield why the icalendar library, which services in Python use, cannot parse a response."""
    if len(body) > MAX_PARSED_BYTES:
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            icalendar.Calendar.from_ical(body, multiple=True)
    except Exception as error:  # noqa: BLE001 - a bug of the library stops its users too
        yield Issue.PARSE_ERROR.at(error=str(error).strip() or type(error).__name__)


def _describe_content(body: bytes) -> str:
    if looks_like_html(body):
        return "an HTML page"
    start = body[:2_000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] in {b"{", b"["}:
        return "JSON"
    if start[:2] == b"\x1f\x8b":
        return "gzip data"
    return f"text that starts with “{excerpt(start[:200].decode(errors='replace'))}”"
