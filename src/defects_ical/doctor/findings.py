"""Findings: occurrences of issues in, one entry of the report for each issue out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Final

from defects_ical.doctor.issues import SEVERITIES, Issue, Occurrence, Severity
from defects_ical.text.display import excerpt

# Characters of a detail that a message quotes, and that are read for it.
MAX_DETAIL: Final = 120
MAX_READ: Final = 400
OTHERS_WORK: Final = " Other clients get the feed."


@dataclass(frozen=True, slots=True)
class Finding:
    """An issue of one feed, in complete sentences: the first occurrence of ``count``.

    ``clients`` are those that are affected (empty: any), ``line`` is the physical line from 1.
    """

    issue: Issue
    message: str
    impact: str
    fix: str
    clients: tuple[str, ...] = ()
    line: int | None = None
    count: int = 1

    @property
    def severity(self) -> Severity:
        """The severity of the issue."""
        return self.issue.value.severity


def build_findings(occurrences: Iterable[Occurrence]) -> tuple[Finding, ...]:
    """Return one finding for each issue and the clients that it affects, the worst first.

    Findings of one severity have the order of the catalogue.
    """
    groups: dict[tuple[Issue, tuple[str, ...]], list[Occurrence]] = {}
    for occurrence in occurrences:
        groups.setdefault((occurrence.issue, occurrence.clients), []).append(occurrence)
    order = [*product(SEVERITIES, Issue)]
    findings = (_build_finding(group[0], len(group)) for group in groups.values())
    return tuple(sorted(findings, key=lambda each: order.index((each.severity, each.issue))))


def has_errors(findings: Iterable[Finding]) -> bool:
    """Return whether a client cannot show the feed, or shows it wrong."""
    return any(each.severity == "error" for each in findings)


def _build_finding(occurrence: Occurrence, count: int) -> Finding:
    issue_type = occurrence.issue.value
    details = {name: _quote(value) for name, value in occurrence.details.items()}
    return Finding(
        issue=occurrence.issue,
        message=issue_type.message.format_map(details),
        impact=issue_type.impact + (OTHERS_WORK if occurrence.others_work else ""),
        fix=issue_type.fix.format_map(details),
        clients=occurrence.clients or issue_type.clients,
        line=occurrence.line,
        count=count,
    )


def _quote(value: object) -> object:
    """Return text of feeds and servers short, on one line, with invisible characters named."""
    return excerpt(value[:MAX_READ], MAX_DETAIL) if isinstance(value, str) else value
