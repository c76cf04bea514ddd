"""The report for pull requests, in GitHub's Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from defects_ical.compare.report import HEADINGS, Report, Row, used_columns

# What GitHub would take for an HTML element or a mention.
_HTML: Final = re.compile("[<>@&]")
_MARKUP: Final = re.compile(r"([\\`*_{}\[\]<>|#~])")


def format_report(report: Report, title: str) -> str:
    """Return a report as Markdown: a table, the steps, and the entries to copy."""
    parts = [f"### {_escape(title)}"]
    if report.rows:
        parts.append("\n".join(_format_table(report)))
    if report.steps:
        steps = "\n".join(f"- {step}" for step in report.steps)
        parts.append(f"````text\n{steps}\n````" if _HTML.search(steps) else steps)
    if report.entries:
        parts.append("\n".join(("```yaml", *report.entries, "```")))
    return "\n\n".join((*parts, report.summary)) + "\n"


def _format_table(report: Report) -> Iterator[str]:
    columns = used_columns(report)
    for cells in (HEADINGS, ("---",) * len(HEADINGS), *map(_format_cells, report.rows)):
        yield f"| {' | '.join(cells[index] for index in columns)} |"


def _format_cells(row: Row) -> tuple[str, ...]:
    *cells, result = map(_escape, row.cells)
    return (*cells, result if row.severity == "ok" else f"**{result}**")


def _escape(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)
