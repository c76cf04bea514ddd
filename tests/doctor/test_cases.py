"""Feeds with one defect each have one finding each; sound feeds have none that matters."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import pytest

from defects_ical.doctor.catalogue import CONTENT_ISSUES
from defects_ical.doctor.issues.files import FileIssue
from defects_ical.doctor.issues.http import RequestIssue
from tests.doctor import test_diagnosis
from tests.doctor.content_issues import find
from tests.doctor.outcomes.cases import load_cases

NOW: Final = datetime(2031, 1, 1, tzinfo=UTC)
"""All events of the cases are upcoming."""
CASES: Final = load_cases()
FILES: Final = CASES.list_files()
# Of a file that is too large, and of importers, which other tests cover.
ELSEWHERE: Final = {"too-many-lines", "too-many-events", "refused", "incomplete-reading"}


@pytest.mark.parametrize("name", CASES.broken)
def test_defect_is_found_once_and_in_its_place(name: str) -> None:
    case = CASES.broken[name]
    (finding,) = find(FILES[name].read_bytes(), now=NOW)
    assert (finding.issue.id, finding.severity) == (case.finding, case.severity)
    assert finding.line == case.line


@pytest.mark.parametrize("name", CASES.good)
def test_sound_feed_has_no_error(name: str) -> None:
    findings = find(FILES[name].read_bytes(), now=NOW)
    assert " ".join(each.issue.id for each in findings) == (CASES.good[name].finding or "")
    assert all(each.severity != "error" for each in findings)


def test_event_of_a_defect_is_named() -> None:
    """By its title, or by its UID if it has none."""
    for name, case in CASES.broken.items():
        (finding,) = find(FILES[name].read_bytes(), now=NOW)
        is_in_file = isinstance(finding.issue, FileIssue) or name.startswith("free-busy")
        if case.event and not is_in_file:
            assert all(each.event for each in finding.places), name


def test_every_issue_has_a_case() -> None:
    every = (*CASES.broken.values(), *CASES.good.values())
    found = {id_ for case in every for id_ in (case.finding or "").split()}
    found |= {id_ for issues in test_diagnosis.EXPECTED.values() for id_, _ in issues}
    expected = {each.id for each in (*CONTENT_ISSUES, RequestIssue.EMPTY_RESPONSE)}
    assert expected - {*found, *ELSEWHERE} == set()
