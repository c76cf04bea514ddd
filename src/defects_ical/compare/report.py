"""Report a comparison to people: as rows of a table, steps and entries, and as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from defects_ical.compare.differences import Difference, Issue, Severity
from defects_ical.compare.messages import format_subject
from defects_ical.compare.suggested_entries import suggest_entries
from defects_ical.content.feeds import main_feeds
from defects_ical.schedule.model import Schedule
from defects_ical.text.english import count_noun

HEADINGS: Final = ("Episodes", "Change", "Before", "After", "Feed", "Result")

# What GitHub would take for an HTML element or a mention.
_HTML: Final = re.compile("[<>@&]")
_MARKUP: Final = re.compile(r"([\\`*_{}\[\]<>|#~])")


@dataclass(frozen=True, slots=True)
class Row:
    """The same change of some episodes; ``cells`` belong to HEADINGS."""

    cells: tuple[str, ...]
    severity: Severity


@dataclass(frozen=True, slots=True)
class Report:
    """A comparison in English.

    ``steps`` are sentences: what to edit. The last of them says where ``entries`` belong, if there
    are any. ``summary`` counts: "3 changes, 1 unannounced".
    """

    rows: tuple[Row, ...]
    steps: tuple[str, ...]
    entries: tuple[str, ...]
    summary: str


def build_report(differences: tuple[Difference, ...], schedule: Schedule, now: datetime) -> Report:
    """Report differences; the suggested entries are dated ``now``."""
    required = [each.required for each in differences if each.required]
    suggestion = suggest_entries(required, schedule, now)
    steps = [*_list_first_steps(differences, schedule), *suggestion.steps]
    if suggestion.entries:
        has_errors = any(each.severity == "error" for each in differences)
        reason = "" if has_errors else ", or some calendar apps will not show the new text"
        steps.append(f"Append to `changes`{reason}:")
    rows = tuple(_build_rows(differences, schedule))
    return Report(rows, tuple(steps), suggestion.entries, _summarize(differences))


def used_columns(report: Report) -> list[int]:
    """Return the indexes of the HEADINGS whose columns are not empty."""
    return [index for index in range(len(HEADINGS)) if any(row.cells[index] for row in report.rows)]


def to_markdown(report: Report, title: str) -> str:
    """Format a report for GitHub: a table, the steps, and the entries to copy."""
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


def _build_rows(differences: Iterable[Difference], schedule: Schedule) -> Iterator[Row]:
    """Yield a row for each change; episodes with the same change share one."""
    groups: dict[tuple[object, ...], list[Difference]] = {}
    for each in differences:
        name = each.name if each.episode is None else ""
        change = (name, each.kind, each.before, each.after, each.feed, each.issue)
        groups.setdefault(change, []).append(each)
    main_feed = main_feeds(schedule)[0].path
    for group in groups.values():
        first = group[0]
        subject = format_subject(group) if first.episode else first.name
        feed = "" if first.feed == main_feed and first.episode else first.feed
        result = _format_result(first)
        cells = (subject, first.kind, first.before, first.after, feed, result)
        yield Row(cells, first.severity)


def _format_result(difference: Difference) -> str:
    if difference.issue:
        return f"{difference.severity}: {difference.issue.value.label}"
    if difference.kind == "added":
        return "new"
    return "announced" if difference.episode else "ok"


def _list_first_steps(differences: tuple[Difference, ...], schedule: Schedule) -> Iterator[str]:
    """Yield what to do if no entry helps, and what is better than an entry."""
    for issue in (Issue.FEED_MISSING, Issue.ALL_UIDS_CHANGED, Issue.UNKNOWN_EVENT_REMOVED):
        if found := [each for each in differences if each.issue is issue]:
            yield f"{format_subject(found)}: {issue.value.fix}"
    issues = {each.issue for each in differences}
    if Issue.STAMP_DECREASED in issues:
        yield "If an entry was removed or edited by mistake, restore it and compare again."
    if Issue.STAMP_UNCHANGED in issues:
        yield (
            "Move new entries to the end, give them a later `at`, and compare again; or keep them."
        )
    if _should_undo_edit(differences, schedule):
        yield (
            "If you edited the rule, a special or an earlier entry, undo the edit; "
            "the entries are right in both cases."
        )


def _should_undo_edit(differences: Iterable[Difference], schedule: Schedule) -> bool:
    """Return whether the schedule says other times than before, local to the same time zone."""
    required = [
        each.required for each in differences if each.issue is Issue.UNANNOUNCED and each.required
    ]
    edits = [each for each in required if each.move or each.runtime or each.status]
    own_times = {None, schedule.timezone}
    return bool(edits) and all(each.published_timezone in own_times for each in edits)


def _summarize(differences: tuple[Difference, ...]) -> str:
    if not differences:
        return "no changes"
    severities = [each.severity for each in differences]
    errors, warnings = severities.count("error"), severities.count("warning")
    counts = [count_noun(len(severities), "change"), f"{errors:,} unannounced"]
    if warnings:
        counts.append(count_noun(warnings, "warning"))
    return ", ".join(counts)
