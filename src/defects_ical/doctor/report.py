"""Format findings as text for a terminal."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from textwrap import fill
from typing import Final

from defects_ical.doctor.findings import Finding
from defects_ical.doctor.issues import SEVERITIES
from defects_ical.text.display import codepoint_name
from defects_ical.text.english import count_noun

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


def format_report(url: str, findings: Iterable[Finding]) -> str:
    """Return a report: a line with the number of findings, then a paragraph for each.

    Characters that are invisible, or change the direction of text, are replaced by their names:
    feeds and servers could use them to attack the terminal.
    """
    findings = tuple(findings)
    parts = (f"{url}: {_format_verdict(findings)}", *map(_format_finding, findings))
    return _UNSAFE.sub(codepoint_name, "\n\n".join(parts)) + "\n"


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
