"""The catalogue of issues."""

from __future__ import annotations

import re

import pytest

from defects_ical.doctor.catalogue import ISSUES
from defects_ical.doctor.issues.files import FileIssue
from defects_ical.doctor.issues.issue import Issue
from defects_ical.probe.clients import CLIENTS
from defects_ical.rfc5545.syntax_rules import SyntaxRule

OTHER_CLIENTS = {
    *("vdirsyncer", "ruby-icalendar", "Evolution", "KDE", "libical", "Nextcloud", "calcurse"),
    *("Home Assistant", "icalendar", "recurring-ical-events", "ics", "vobject"),
    *("ical.js", "node-ical"),
}


@pytest.mark.parametrize("issue", ISSUES, ids=lambda issue: issue.id)
def test_texts_are_sentences(issue: Issue) -> None:
    """Messages and impacts start in upper case; what follows "Fix: " does not."""
    texts = issue.value
    # A URL or a quotation at the end of a message has no full stop, so that it can be copied.
    assert re.fullmatch(r"(?:[A-Z{]|robots\.txt|webcal).*(?:\.|[”}])", texts.message)
    names = r"ics|ical\.js|vobject|libical|node-ical|recurring-ical-events"
    assert re.fullmatch(rf"(?:[A-Z]|{names}).*\.(?: \[[^]]+\])?", texts.impact)
    assert re.fullmatch(r"[a-z].*\.", texts.fix)


@pytest.mark.parametrize("issue", ISSUES, ids=lambda issue: issue.id)
def test_details_must_be_complete(issue: Issue) -> None:
    with pytest.raises(TypeError, match=issue.name):
        issue.at(unknown="")
    if issue.value.fields:
        with pytest.raises(TypeError, match=issue.name):
            issue.at()


def test_clients_are_known() -> None:
    named = {client for issue in ISSUES for client in issue.value.clients}
    assert named <= {*CLIENTS, *OTHER_CLIENTS}


def test_every_syntax_rule_is_an_issue() -> None:
    assert {rule.name for rule in SyntaxRule} <= {issue.name for issue in FileIssue}
