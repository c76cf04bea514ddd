"""The report for pull requests and issue trackers, in GitHub's Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from defects_ical.doctor.diagnosis import Diagnosis
from defects_ical.doctor.findings import Finding
from defects_ical.doctor.reports.text_report import (
    describe_clients,
    describe_places,
    describe_readings,
    describe_verdict,
)

# What Markdown reads as markup, and GitHub as a mention. Code in backticks stays code.
_MARKUP: Final = re.compile(r"[\\*_\[\]<>|#~&`!]")
_CODE: Final = re.compile(r"((?<!`)`[^`<>@\[\]#]+`(?!`))")


def format_report(diagnosis: Diagnosis) -> str:
    """Return a report as Markdown: a heading, then a list item for each finding."""
    verdict = describe_verdict(diagnosis.findings)
    items = ("\n".join(_format_finding(each)) for each in diagnosis.findings)
    readings = "\n".join(map(_escape, describe_readings(diagnosis.readings)))
    parts = (f"### {_escape(diagnosis.source)}: {verdict}", *items, readings)
    return "\n\n".join(filter(None, parts)) + "\n"


def _format_finding(finding: Finding) -> Iterator[str]:
    yield f"- **{finding.severity.capitalize()}: {_escape(finding.message)}**"
    subjects = " ".join(filter(None, (describe_places(finding), describe_clients(finding))))
    if subjects:
        yield f"  {_escape(subjects)}<br>"
    yield f"  {_escape(finding.impact)}<br>"
    yield f"  Fix: {_escape(finding.fix)}"


def _escape(text: str) -> str:
    parts = _CODE.split(text)
    # Every second part is code.
    return "".join(
        part if index % 2 else _MARKUP.sub(r"\\\g<0>", part).replace("@", "@\u200b")
        for index, part in enumerate(parts)
    )
