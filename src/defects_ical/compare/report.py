"""Report a comparison in English: as a message for each issue, or as a table with steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, NamedTuple

from defects_ical.compare.differences import (
    WHOLE_FEED,
    Difference,
    Issue,
    Kind,
    RequiredEntry,
    Severity,
)
from defects_ical.compare.suggested_entries import Suggestion, suggest_entries
from defects_ical.content.links.feeds import main_feeds
from defects_ical.model.schedule import Schedule
from defects_ical.text.english import count_noun

# What no entry helps against.
WITHOUT_ENTRY: Final = (
    Issue.MAIN_LANGUAGE_CHANGED,
    Issue.LANGUAGE_MISSING,
    Issue.FEED_MISSING,
    Issue.ALL_UIDS_CHANGED,
    Issue.UNKNOWN_EVENT_REMOVED,
)

HEADINGS: Final = ("Episodes", "Change", "Before", "After", "Feed", "Result")

# How many changes of an edit a log names.
MAX_NAMED: Final = 8

# What is better than an entry.
BETTER_STEPS: Final = {
    Issue.JOINED: (
        "Undo the edit of the plan, because what was published one by one cannot be released "
        "together later."
    ),
    Issue.RENUMBERED: (
        "Put the new block at the end, or write the numbers of each block, like `9-10`."
    ),
}


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
        alternatives = {Issue.STAMP_DECREASED, *BETTER_STEPS}
        is_alternative = any(each.issue in alternatives for each in differences)
        append = "Otherwise, append" if is_alternative else "Append"
        steps.append(f"{append} to `changes`{reason}:")
    rows = tuple(_build_rows(differences, schedule))
    return Report(rows, tuple(steps), suggestion.entries, _summarize(differences))


def used_columns(report: Report) -> list[int]:
    """Return the indexes of the HEADINGS whose columns are not empty."""
    return [index for index in range(len(HEADINGS)) if any(row.cells[index] for row in report.rows)]


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
    for issue in WITHOUT_ENTRY:
        if found := [each for each in differences if each.issue is issue]:
            yield f"{format_subject(found)}: {issue.value.fix}"
    for issue, step in BETTER_STEPS.items():
        if found := [each for each in differences if each.issue is issue]:
            yield f"{format_subject(found)}: {step}"
    issues = {each.issue for each in differences}
    if Issue.STAMP_DECREASED in issues:
        yield "If an entry was removed or edited by mistake, restore it and compare again."
    if Issue.STAMP_UNCHANGED in issues:
        yield (
            "Move new entries to the end, give them a later `at`, and compare again; or keep them."
        )
    if _should_undo_edit(differences, schedule):
        yield (
            "If you edited the rule, a special or an earlier entry, undo that edit. "
            "The entries below are correct whether you undo it or not."
        )


def _should_undo_edit(differences: Iterable[Difference], schedule: Schedule) -> bool:
    """Return whether an edit changed more than text, and the time zone is still the same."""
    unannounced = [each.required for each in differences if each.issue is Issue.UNANNOUNCED]
    edits = [each for each in unannounced if each and not each.is_note]
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


# Messages.


class _Group(NamedTuple):
    """Differences that have the same message."""

    message: str
    issue: Issue
    differences: list[Difference]

    @property
    def required(self) -> list[RequiredEntry]:
        return [each.required for each in self.differences if each.required]


def format_issues(
    differences: Iterable[Difference],
    schedule: Schedule,
    now: datetime | None = None,
    *,
    with_warnings: bool = False,
) -> tuple[tuple[str, str], ...]:
    """Return message and fix of each error, and of each warning if requested.

    Both are one line: "Episode 5: moved from … to … without an entry in `changes`", "Append
    `- {…}` to `changes`." The entries are dated ``now``, or as early as possible.
    """
    severities = {"error", "warning"} if with_warnings else {"error"}
    groups = _group_by_message(each for each in differences if each.severity in severities)
    return tuple(map(_format_group, groups, _suggest_for_groups(groups, schedule, now)))


def describe_changes(differences: Iterable[Difference]) -> Iterator[str]:
    """Yield what changes, once for episodes with the same changes: "Episode 5: moved from …"."""
    groups: dict[str, list[Difference]] = {}
    for same_episode in _group_by_episode(differences):
        changes = ", ".join(filter(None, dict.fromkeys(map(_describe_change, same_episode))))
        groups.setdefault(changes, []).extend(same_episode)
    for changes, same in groups.items():
        yield f"{format_subject(same)}: {changes or 'changed'}"


def summarize_edit(changes: Sequence[str]) -> str:
    """Return what an edit changes in one sentence without a full stop, at most MAX_NAMED of it."""
    named = "; ".join(changes[:MAX_NAMED]) or "No event changed"
    others = len(changes) - MAX_NAMED
    return f"{named}; and {others} more" if others > 0 else named


def _group_by_message(differences: Iterable[Difference]) -> list[_Group]:
    """Group by episode, then join the episodes that have the same message."""
    groups: dict[tuple[str, Issue], list[Difference]] = {}
    for same_episode in _group_by_episode(differences):
        changes = ", ".join(filter(None, dict.fromkeys(map(_describe_change, same_episode))))
        # If there are errors, they are what has to be fixed.
        worst = min(same_episode, key=lambda each: each.severity != "error")
        if worst.issue:
            groups.setdefault((changes, worst.issue), []).extend(same_episode)
    return [_Group(*texts, found) for texts, found in groups.items()]


def _group_by_episode(differences: Iterable[Difference]) -> Iterable[list[Difference]]:
    by_episode: dict[tuple[str, str], list[Difference]] = {}
    for each in differences:
        key = (each.episode, "") if each.episode else (each.name, each.feed)
        by_episode.setdefault(key, []).append(each)
    return by_episode.values()


def _suggest_for_groups(
    groups: Iterable[_Group], schedule: Schedule, now: datetime | None
) -> Iterator[Suggestion]:
    """Suggest entries for each group, so that all of them can be appended in this order."""
    removed = [each for group in groups for each in group.required if each.removed]
    date, known_steps = now, set[str]()
    for group in groups:
        suggestion = suggest_entries(group.required, schedule, date, also_restored=removed)
        if group.required:
            date = suggestion.latest
        steps = [each for each in suggestion.steps if each not in known_steps]
        known_steps.update(steps)
        yield replace(suggestion, steps=tuple(steps))


def _format_group(group: _Group, suggestion: Suggestion) -> tuple[str, str]:
    message = f"{format_subject(group.differences)}: {group.message}{group.issue.value.problem}"
    entries = " and ".join(f"`{entry}`" for entry in suggestion.entries)
    return message, " ".join((*suggestion.steps, group.issue.value.fix.format(entries=entries)))


def format_subject(differences: Iterable[Difference]) -> str:
    """Format what differences are about: "Episodes 1 to 3, 5, The making of", or feeds."""
    numbers: dict[int | None, set[int]] = {}
    others: list[str] = []
    for each in differences:
        for season, number in each.numbers:
            numbers.setdefault(season, set()).add(number)
        if not each.numbers:
            others.append(each.feed if each.name == WHOLE_FEED else each.name)
    ordered = sorted(numbers.items(), key=lambda each: each[0] or 0)
    named = (_format_season(season, same) for season, same in ordered)
    return ", ".join((*named, *dict.fromkeys(others)))


def _format_season(season: int | None, numbers: set[int]) -> str:
    """Format the numbers of a season: "Episodes 1 to 3, 5", "S02E01 to E03, E05"."""
    if season is None:
        return f"Episode{'s' * (len(numbers) > 1)} {_format_ranges(numbers, '{}')}"
    return f"S{season:02}{_format_ranges(numbers, 'E{:02}')}"


def _format_ranges(numbers: Iterable[int], pattern: str) -> str:
    """Format numbers as a list of ranges: "1 to 3, 5"."""
    ranges: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1] = ranges[-1][0], number
        else:
            ranges.append((number, number))
    texts = (" to ".join(pattern.format(end) for end in dict.fromkeys(each)) for each in ranges)
    return ", ".join(texts)


def _describe_change(difference: Difference) -> str:
    before, after, required = difference.before, difference.after, difference.required
    if difference.name == WHOLE_FEED or difference.issue is Issue.RENUMBERED:
        return ""
    is_about_platform = required and required.platform
    where = f" in `{difference.feed}`" if is_about_platform else ""
    if difference.kind == "moved" and required and not required.changes_time:
        return f"moved in `{difference.feed}`"
    texts: Mapping[Kind, str] = {
        "joined": f"now in the event of {after}",
        "moved": f"moved from {before} to {after}",
        "hour known": f"the hour is known, {after}",
        "duration changed": f"duration changed from {before} to {after}",
        "episodes changed": f"now the event of {after}, not of {before},",
        "text changed": f"text changed ({after})",
        "tentative": "marked tentative",
    }
    return texts.get(difference.kind, difference.kind) + where
