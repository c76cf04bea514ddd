"""Check the file as a whole: whether it is a calendar, and its syntax."""

from __future__ import annotations

from collections.abc import Iterator

from defects_ical.doctor.issues.calendars import CalendarIssue
from defects_ical.doctor.issues.files import FileIssue
from defects_ical.doctor.issues.http import RequestIssue
from defects_ical.doctor.issues.issue import Occurrence
from defects_ical.doctor.parsed_feed import MAX_EVENTS, collect_components
from defects_ical.rfc5545.content_lines import looks_like_html
from defects_ical.rfc5545.lenient_parser import LenientParse
from defects_ical.rfc5545.syntax_rules import SyntaxRule
from defects_ical.text.display import excerpt


def check_file(body: bytes, parse: LenientParse) -> Iterator[Occurrence]:
    """Yield what is wrong with a response as a file, which ``parse`` was read from."""
    observations = parse.observations
    if not parse.calendars:
        if not body.strip():
            yield RequestIssue.EMPTY_RESPONSE.at(1)
            return
        yield FileIssue.NO_CALENDAR.at(1, content=_describe_content(body))
        observations = tuple(
            each for each in observations if each.rule is SyntaxRule.WRONG_ENCODING
        )
    for each in observations:
        yield FileIssue[each.rule.name].at(each.line, **each.details)
    reported = {each.line for each in observations}
    # One that begins in another is reported as such.
    for second in [each for each in parse.calendars[1:2] if each.number not in reported]:
        yield FileIssue.SEVERAL_CALENDARS.at(second.number, count=len(parse.calendars))
    events = collect_components(parse.calendars, "VEVENT")
    for event in events[MAX_EVENTS : MAX_EVENTS + 1]:
        yield CalendarIssue.TOO_MANY_EVENTS.at(event.number, limit=MAX_EVENTS, count=len(events))


def _describe_content(body: bytes) -> str:
    if looks_like_html(body):
        return "an HTML page"
    start = body[:2_000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] in {b"{", b"["}:
        return "JSON"
    if start[:2] == b"\x1f\x8b":
        return "gzip data"
    return f"text that starts with “{excerpt(start[:200].decode(errors='replace'))}”"
