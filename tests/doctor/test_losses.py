"""What importers refuse or lose is an error, unless a check explains it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import pytest

from defects_ical.doctor.importers.readings import IMPORTERS, Reading, Status
from defects_ical.doctor.issues.calendars import CalendarIssue
from defects_ical.doctor.issues.events import EventIssue
from defects_ical.doctor.issues.files import FileIssue
from defects_ical.doctor.issues.issue import Occurrence
from defects_ical.doctor.losses import find_unexplained_losses
from defects_ical.doctor.parsed_feed import read_feed
from defects_ical.rfc5545.lenient_parser import parse_lenient
from tests.support.broken_feeds import VALID

FEED: Final = read_feed(parse_lenient(VALID), datetime(2026, 10, 1, tzinfo=UTC))
FIRST, SECOND = FEED.entries


def make_reading(status: Status, *, line: int | None = None, events: int | None = None) -> Reading:
    message = "Field required" if status is Status.REFUSED else ""
    return Reading(IMPORTERS[0], "1.0", status, message, line, events, None, 2, 2)


def find_losses(reading: Reading, *occurrences: Occurrence) -> list[Occurrence]:
    return list(find_unexplained_losses([reading], occurrences))


@pytest.mark.parametrize("line", [None, FIRST.number])
def test_refusal_is_an_error_with_the_message_of_the_importer(line: int | None) -> None:
    (loss,) = find_losses(make_reading(Status.REFUSED, line=line))
    assert (loss.issue, loss.line) == (FileIssue.REFUSED, line)
    assert loss.clients == ("Home Assistant",)
    assert loss.details == {"importer": "ical (Home Assistant)", "message": "Field required"}


def test_loss_of_events_is_an_error() -> None:
    (loss,) = find_losses(make_reading(Status.READ, events=1))
    assert loss.issue is FileIssue.INCOMPLETE_READING
    assert find_losses(make_reading(Status.READ, events=2)) == []


def test_importer_that_was_left_out_loses_nothing() -> None:
    assert find_losses(make_reading(Status.LEFT_OUT)) == []


def test_warning_explains_nothing_unless_it_names_the_importer() -> None:
    warning = CalendarIssue.NO_VERSION.at(1)
    assert len(find_losses(make_reading(Status.REFUSED), warning)) == 1


def test_error_explains_the_refusal_of_its_event_only() -> None:
    error = Occurrence(EventIssue.UNSTABLE_UID, FIRST.number, {}, entry=FIRST)
    assert find_losses(make_reading(Status.REFUSED, line=FIRST.number), error) == []
    assert len(find_losses(make_reading(Status.REFUSED, line=SECOND.number), error)) == 1


def test_any_error_explains_a_refusal_that_has_no_place() -> None:
    error = Occurrence(EventIssue.UNSTABLE_UID, FIRST.number, {}, entry=FIRST)
    assert find_losses(make_reading(Status.REFUSED), error) == []
