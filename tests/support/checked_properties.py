"""What the doctor checks of each property and component of RFC 5545, as its cases show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Final

from defects_ical.doctor.diagnosis import check_content
from defects_ical.doctor.issues.calendars import CalendarIssue
from defects_ical.doctor.issues.events import EventIssue
from defects_ical.doctor.issues.files import FileIssue
from defects_ical.doctor.issues.issue import Issue
from defects_ical.doctor.issues.times import TimeIssue
from defects_ical.doctor.issues.timezones import TimezoneIssue
from defects_ical.doctor.issues.values import ValueIssue
from defects_ical.rfc5545.lenient_parser import LenientParse, parse_lenient
from defects_ical.rfc5545.properties import COMPONENTS, PROPERTIES
from tests.support.broken_feeds import FEEDS, NOW
from tests.support.documents import ROOT

# Before the events of the cases.
EARLY: Final = datetime(2031, 1, 1, tzinfo=UTC)

NOT_ABOUT_VALUES: Final[frozenset[Issue]] = frozenset(
    {
        *FileIssue,
        *(ValueIssue.MISPLACED_PROPERTY, ValueIssue.MISPLACED_TIME),
        *(ValueIssue.REPEATED_PROPERTY, ValueIssue.REPEATED_EXTENSION),
        *(ValueIssue.EMPTY_PROPERTY, ValueIssue.BROKEN_TEXT),
    }
)
"""Issues that any property can have."""

MISSING_PROPERTIES: Final[dict[str, Issue]] = {
    "DTSTAMP": TimeIssue.NO_DTSTAMP,
    "DTSTART": TimeIssue.NO_DTSTART,
    "PRODID": CalendarIssue.NO_PRODID,
    "TZOFFSETFROM": TimezoneIssue.INCOMPLETE_OBSERVANCE,
    "TZOFFSETTO": TimezoneIssue.INCOMPLETE_OBSERVANCE,
    "UID": EventIssue.NO_UID,
    "VERSION": CalendarIssue.NO_VERSION,
}
"""Issues about a property that are found where its component begins."""

ONLY_IMPORTERS: Final = "Only the [importers](#importers) read it."
ONLY_PROPERTIES: Final = "Only its properties are checked: few calendar apps show it."
UNCHECKED: Final = {
    "ACTION": ONLY_IMPORTERS,
    "CATEGORIES": "It is a list of any words, and importers accept all.",
    "CLASS": "Any word is valid: apps read unknown ones as PRIVATE.",
    "COMPLETED": ONLY_IMPORTERS,
    "CONTACT": "Any text is valid.",
    "CREATED": ONLY_IMPORTERS,
    "DUE": ONLY_IMPORTERS,
    "EXDATE": ONLY_IMPORTERS,
    "LAST-MODIFIED": ONLY_IMPORTERS,
    "RDATE": ONLY_IMPORTERS,
    "RELATED-TO": "It names the UID of another entry, which may be in another calendar.",
    "REPEAT": ONLY_IMPORTERS,
    "RESOURCES": "It is a list of any words, and importers accept all.",
    "TZNAME": "Any text is valid, and apps show abbreviations of their own.",
    "VFREEBUSY": ONLY_PROPERTIES,
    "VJOURNAL": ONLY_PROPERTIES,
    "VTODO": ONLY_PROPERTIES,
}
"""Why no check concerns the value of a property, or a component itself."""


def list_standard_properties() -> list[str]:
    """Return the names of all properties of RFC 5545."""
    return sorted(each.name for each in PROPERTIES.values() if each.section.startswith("RFC 5545"))


def list_standard_components() -> list[str]:
    """Return the names of all components of RFC 5545."""
    return sorted(name for name, section in COMPONENTS.items() if section.startswith("RFC 5545"))


@cache
def find_issues_by_name() -> dict[str, set[Issue]]:
    """Return the issues that the doctor finds in its broken feeds, by property and component."""
    issues = defaultdict[str, set[Issue]](set)
    for issue, name in (*_list_found(), *((each, n) for n, each in MISSING_PROPERTIES.items())):
        if issue not in NOT_ABOUT_VALUES:
            issues[name].add(issue)
    return issues


def _list_found() -> Iterator[tuple[Issue, str]]:
    files = (ROOT / "tests" / "doctor" / "cases" / "broken").glob("*.ics")
    bodies = [(file.read_bytes(), EARLY) for file in files]
    bodies += [(body, NOW) for body in FEEDS.values()]
    for body, now in bodies:
        names = _name_lines(parse_lenient(body))
        for each in check_content((body,), now):
            if name := names.get(each.line or 0):
                yield each.issue, name


def _name_lines(parse: LenientParse) -> dict[int, str]:
    """Return the property or the component that begins in each line."""
    names: dict[int, str] = {}
    for calendar in parse.calendars:
        for component in calendar.walk():
            names |= {line.number: line.name for line in component.lines}
            names.setdefault(component.number, component.name)
    return names
