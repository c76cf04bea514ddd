"""A comparison as people read it: what happened, what to write, and both as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from defects_ical.compare.differences import Difference, Issue, Severity
from defects_ical.compare.messages import ISSUE_MESSAGES, name_episodes
from defects_ical.compare.suggested_entries import suggest_entries
from defects_ical.content.feeds import main_feeds
from defects_ical.schedule.model import Schedule
from defects_ical.text.english import count_noun

HEADINGS: Final = ("Episodes", "Change", "Published", "Now", "Feed", "Verdict")
VERDICTS: Final[Mapping[Issue, str]] = {
    "unannounced": "warning: no entry",
    "silent": "error: no entry",
    "fallen": "error: stamps fell",
    "stuck": "error: stamps stood still",
    "removed": "error: taken away",
    "gone": "error: feed gone",
    "renewed": "error: events gone",
}
EDITED: Final = (
    "if the rule, a special or an earlier entry was edited, put that back; "
    "what follows is right either way"
)
FALLEN: Final = "if an entry was taken away or edited by mistake, put it back and compare again"
STUCK: Final = "put new entries at the end, with a later `at`, and compare again; or leave them"
ANNOUNCED: Final = "append to `changes`:"
WORDS_ONLY: Final = "append to `changes`, or some programs will not show the new words:"

# What a step may hold of a title's, and GitHub would take for an element or for somebody's name.
_HTML: Final = re.compile("[<>@&]")
_MARKUP: Final = re.compile(r"([\\`*_{}\[\]<>|#~])")


@dataclass(frozen=True, slots=True)
class Row:
    """What happened, the same to each of some episodes; ``cells`` go with HEADINGS."""

    cells: tuple[str, ...]
    verdict: Severity


@dataclass(frozen=True, slots=True)
class Report:
    """A whole comparison in words.

    ``steps`` say what to write, a sentence each; the last of them announces ``entries``, where
    there are any. ``summary`` counts: "3 changes, 1 of them silent".
    """

    rows: tuple[Row, ...]
    steps: tuple[str, ...]
    entries: tuple[str, ...]
    summary: str


def build_report(differences: tuple[Difference, ...], schedule: Schedule, now: datetime) -> Report:
    """The words for some differences; what is to be announced is so at ``now``."""
    mended = suggest_entries([each.need for each in differences if each.need], schedule, now)
    steps = [*_first_steps(differences, schedule), *mended.restore]
    if mended.entries:
        errors = any(each.verdict == "error" for each in differences)
        steps.append(ANNOUNCED if errors else WORDS_ONLY)
    rows = tuple(_rows(differences, schedule))
    return Report(rows, tuple(steps), mended.entries, _summary(differences))


def used_columns(told: Report) -> list[int]:
    """Which columns of HEADINGS say anything."""
    return [index for index in range(len(HEADINGS)) if any(row.cells[index] for row in told.rows)]


def to_markdown(told: Report, title: str) -> str:
    """The report as GitHub shows it: a table, and the entries to copy."""
    parts = [f"### {_escaped(title)}"]
    if told.rows:
        parts.append("\n".join(_table(told)))
    if told.steps:
        steps = "\n".join(f"- {step}" for step in told.steps)
        parts.append(f"````text\n{steps}\n````" if _HTML.search(steps) else steps)
    if told.entries:
        parts.append("\n".join(("```yaml", *told.entries, "```")))
    return "\n\n".join((*parts, told.summary)) + "\n"


def _table(told: Report) -> Iterator[str]:
    shown = used_columns(told)
    lines = [HEADINGS, ("---",) * len(HEADINGS), *map(_emphasized, told.rows)]
    for cells in lines:
        yield f"| {' | '.join(cells[index] for index in shown)} |"


def _emphasized(row: Row) -> tuple[str, ...]:
    *cells, verdict = map(_escaped, row.cells)
    return (*cells, verdict if row.verdict == "fine" else f"**{verdict}**")


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)


def _rows(differences: Iterable[Difference], schedule: Schedule) -> Iterator[Row]:
    """What happened alike to several episodes is in one row."""
    together: dict[tuple[object, ...], list[Difference]] = {}
    for each in differences:
        single = each.name if each.episode is None else ""
        alike = (single, each.kind, each.before, each.after, each.feed, each.fault)
        together.setdefault(alike, []).append(each)
    main = main_feeds(schedule)[0].path
    for those in together.values():
        one = those[0]
        subject = name_episodes(those) if one.episode else one.name
        feed = "" if one.feed == main and one.episode else one.feed
        yield Row((subject, one.kind, one.before, one.after, feed, _verdict(one)), one.verdict)


def _verdict(difference: Difference) -> str:
    if difference.fault:
        return VERDICTS[difference.fault]
    if difference.kind == "added":
        return "new"
    return "announced" if difference.episode else "fine"


def _first_steps(differences: tuple[Difference, ...], schedule: Schedule) -> Iterator[str]:
    """What to do where no entry helps, and what is better than an entry."""
    for fault in ("gone", "renewed"):
        if those := [each for each in differences if each.fault == fault]:
            yield f"{name_episodes(those)}: {ISSUE_MESSAGES[fault][1]}"
    if unknown := [each for each in differences if each.fault == "removed" and not each.need]:
        yield f"{', '.join(each.name for each in unknown)}: put it back, with the id that it had"
    faults = {each.fault for each in differences}
    if "fallen" in faults:
        yield FALLEN
    if "stuck" in faults:
        yield STUCK
    needs = [each.need for each in differences if each.fault == "silent" and each.need]
    edits = [need for need in needs if need.move or need.runtime or need.status]
    # What is local to another zone would be wrong once the zone is put back.
    if edits and all(need.zone in {None, schedule.timezone} for need in edits):
        yield EDITED


def _summary(differences: tuple[Difference, ...]) -> str:
    if not differences:
        return "nothing changed"
    verdicts = [each.verdict for each in differences]
    errors, warnings = verdicts.count("error"), verdicts.count("warning")
    warned = [count_noun(warnings, "warning")] if warnings else []
    return ", ".join((count_noun(len(verdicts), "change"), _silent(errors, len(verdicts)), *warned))


def _silent(errors: int, total: int) -> str:
    if total == 1:
        return "silent" if errors else "not silent"
    return f"{'all' if errors == total else errors or 'none'} of them silent"
