"""Occurrences of issues in, one entry of the report for each issue out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from textwrap import fill
from typing import Final

from defects_ical.doctor.issues import SEVERITIES, Issue, Occurrence, Severity
from defects_ical.text.display import codepoint_name, excerpt
from defects_ical.text.english import count_noun

# Characters of a detail that a message quotes, and that are read for it.
MAX_DETAIL: Final = 120
MAX_READ: Final = 400
OTHERS_WORK: Final = " Other clients get the feed."
WIDTH: Final = 88
# Severities have a column of their own; everything else is indented by its width.
INDENT: Final = " " * (max(map(len, SEVERITIES)) + 2)
# textwrap does not break lines at it.
UNBROKEN_SPACE: Final = "\xa0"

# Control characters but for line breaks; joiners, direction marks and isolates; byte order marks.
_UNSAFE: Final = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)
_EVIDENCE: Final = re.compile(r"\[[^]]+\]")


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


def format_report(url: str, findings: Iterable[Finding]) -> str:
    """Return a report: a line with the number of findings, then a paragraph for each.

    Characters that are invisible, or change the direction of text, are replaced by their names:
    feeds and servers could use them to attack the terminal.
    """
    findings = tuple(findings)
    parts = (f"{url}: {_format_verdict(findings)}", *map(_format_finding, findings))
    return _UNSAFE.sub(codepoint_name, "\n\n".join(parts)) + "\n"


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


def _format_verdict(findings: tuple[Finding, ...]) -> str:
    counts = Counter(each.severity for each in findings)
    # "info" has no plural.
    nouns = [
        f"{counts[each]:,} info" if each == "info" else count_noun(counts[each], each)
        for each in SEVERITIES
        if counts[each]
    ]
    return ", ".join(nouns) or "no problems found"


def _format_finding(finding: Finding) -> str:
    head = "  ".join((*_format_subjects(finding), finding.message))
    impact = _EVIDENCE.sub(lambda found: found[0].replace(" ", UNBROKEN_SPACE), finding.impact)
    paragraphs = (head, impact, f"Fix: {finding.fix}")
    text = "\n".join(map(_wrap, paragraphs))
    return finding.severity.ljust(len(INDENT)) + text.removeprefix(INDENT)


def _format_subjects(finding: Finding) -> Iterator[str]:
    """Yield the clients that a finding is about, and its line in the feed."""
    if finding.clients:
        yield ", ".join(finding.clients)
    if finding.line:
        count = f" (first of {finding.count:,})" if finding.count > 1 else ""
        yield f"line {finding.line}{count}"


def _wrap(text: str) -> str:
    """Wrap text, but leave URLs in one piece so that they can be copied."""
    wrapped = fill(
        text,
        WIDTH,
        initial_indent=INDENT,
        subsequent_indent=INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return wrapped.replace(UNBROKEN_SPACE, " ")
