"""Occurrences of issues in; one finding for each issue out, with the places where it occurs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Final, NamedTuple

from defects_ical.doctor.catalogue import ISSUES
from defects_ical.doctor.issues.issue import SEVERITIES, Issue, Occurrence, Severity
from defects_ical.rfc5545.content_lines import Component
from defects_ical.text.display import codepoint_name

MAX_PLACES: Final = 3
# Characters of a detail and of an event's name that a report quotes.
MAX_DETAIL: Final = 200
MAX_NAME: Final = 50
OTHERS_WORK: Final = " Other clients get the feed."

# Control characters and line breaks; spaces that look like the usual one; joiners, direction marks
# and isolates; byte order marks.
_UNSAFE: Final = re.compile(
    "[\x00-\x1f\x7f-\xa0\u061c\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]"
)


class Place(NamedTuple):
    """A physical line of a feed (from 1), and the name of the event that it is in, if any."""

    line: int
    event: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """An issue of one feed, in complete sentences: the first occurrence of ``count``.

    ``clients`` are those that are affected (empty: any), ``places`` the first three places where it
    occurs, and ``events`` how many events it concerns.
    """

    issue: Issue
    message: str
    impact: str
    fix: str
    clients: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    count: int = 1
    events: int = 0

    @property
    def severity(self) -> Severity:
        """The severity of the issue."""
        return self.issue.severity

    @property
    def line(self) -> int | None:
        """The first line in which the issue occurs, if it is in one."""
        return self.places[0].line if self.places else None


def build_findings(occurrences: Iterable[Occurrence]) -> tuple[Finding, ...]:
    """Return one finding for each issue and the clients that it affects, the worst first.

    Findings of one severity have the order of the catalogue.
    """
    groups: dict[tuple[Issue, object, tuple[str, ...]], list[Occurrence]] = {}
    for occurrence in occurrences:
        issue, details = occurrence.issue, occurrence.details
        detail = details["property"] if issue.value.per_property else None
        key = (issue, detail, occurrence.clients)
        groups.setdefault(key, []).append(occurrence)
    order = {key: index for index, key in enumerate(product(SEVERITIES, ISSUES))}
    findings = map(_build_finding, groups.values())
    return tuple(sorted(findings, key=lambda each: order[each.severity, each.issue]))


def reaches(findings: Iterable[Finding], severity: Severity) -> bool:
    """Return whether a finding is as bad as a severity, or worse."""
    bad = SEVERITIES[: SEVERITIES.index(severity) + 1]
    return any(each.severity in bad for each in findings)


def quote(text: str, limit: int = MAX_DETAIL) -> str:
    """Return text of a feed or a server as reports quote it: on one line, every space kept.

    Characters that are invisible, or change the direction of text, are replaced by their names.
    """
    visible = _UNSAFE.sub(codepoint_name, text[: limit * 2])
    return visible if len(visible) <= limit else visible[: limit - 1] + "…"


def _build_finding(occurrences: list[Occurrence]) -> Finding:
    first = occurrences[0]
    issue_type = first.issue.value
    details = {name: _quote_text(value) for name, value in first.details.items()}
    entries = {each.entry.number for each in occurrences if each.entry}
    located = [each for each in occurrences if each.line is not None]
    places = {each.line: _make_place(each.line, each.entry) for each in located if each.line}
    return Finding(
        issue=first.issue,
        message=issue_type.message.format_map(details),
        impact=issue_type.impact + (OTHERS_WORK if first.others_work else ""),
        fix=issue_type.fix.format_map(details),
        clients=first.clients or issue_type.clients,
        places=tuple(places.values())[:MAX_PLACES],
        count=len(occurrences),
        events=len(entries),
    )


def _make_place(line: int, entry: Component | None) -> Place:
    return Place(line, _name_entry(entry) if entry else "")


def _name_entry(entry: Component) -> str:
    """Return the name of an event: its SUMMARY, else its UID."""
    title = next((line.text for line in entry.get_lines("SUMMARY")), "").strip()
    return quote(title or entry.get_value("UID"), MAX_NAME)


def _quote_text(value: object) -> object:
    return quote(value) if isinstance(value, str) else value
