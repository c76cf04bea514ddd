"""All issues, in the order of reports."""

from __future__ import annotations

from itertools import chain
from typing import Final

from defects_ical.doctor.issues.calendars import CalendarIssue
from defects_ical.doctor.issues.events import EventIssue
from defects_ical.doctor.issues.files import FileIssue
from defects_ical.doctor.issues.http import RequestIssue, ResponseIssue
from defects_ical.doctor.issues.issue import Issue
from defects_ical.doctor.issues.recurrences import RecurrenceIssue
from defects_ical.doctor.issues.times import TimeIssue
from defects_ical.doctor.issues.timezones import TimezoneIssue
from defects_ical.doctor.issues.values import ValueIssue

HTTP_ISSUES: Final[tuple[Issue, ...]] = (*RequestIssue, *ResponseIssue)
"""What can be wrong with requests and responses."""

CONTENT_ISSUES: Final[tuple[Issue, ...]] = tuple(
    chain(
        FileIssue, CalendarIssue, TimezoneIssue, EventIssue, TimeIssue, RecurrenceIssue, ValueIssue
    )
)
"""What can be wrong with a feed itself."""

ISSUES: Final = HTTP_ISSUES + CONTENT_ISSUES
"""All issues, in the order of reports."""
