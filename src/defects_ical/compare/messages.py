"""Describe the issues of a comparison: what is wrong, and how to fix it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from defects_ical.compare.differences import WHOLE_FEED, Difference, Issue, Kind
from defects_ical.compare.event_diff import parse_episode_number
from defects_ical.compare.suggested_entries import RequiredEntry, Suggestion, suggest_entries
from defects_ical.schedule.model import Schedule


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


def _group_by_message(differences: Iterable[Difference]) -> list[_Group]:
    """Group by episode, then join the episodes that have the same message."""
    by_episode: dict[tuple[str, str], list[Difference]] = {}
    for each in differences:
        key = (each.episode, "") if each.episode else (each.name, each.feed)
        by_episode.setdefault(key, []).append(each)
    groups: dict[tuple[str, Issue], list[Difference]] = {}
    for same_episode in by_episode.values():
        changes = ", ".join(dict.fromkeys(map(_describe_change, same_episode)))
        # If there are errors, they are what has to be fixed.
        worst = min(same_episode, key=lambda each: each.severity != "error")
        if worst.issue:
            groups.setdefault((changes, worst.issue), []).extend(same_episode)
    return [_Group(*texts, found) for texts, found in groups.items()]


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
    numbers: set[int] = set()
    others: list[str] = []
    for each in differences:
        number = parse_episode_number(each.episode) if each.episode else None
        if number:
            numbers.add(number)
        else:
            others.append(each.feed if each.name == WHOLE_FEED else each.name)
    named = [f"Episode{'s' * (len(numbers) > 1)} {_format_ranges(numbers)}"] if numbers else []
    return ", ".join((*named, *dict.fromkeys(others)))


def _format_ranges(numbers: Iterable[int]) -> str:
    """Format numbers as a list of ranges: "1 to 3, 5"."""
    ranges: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1] = ranges[-1][0], number
        else:
            ranges.append((number, number))
    return ", ".join(f"{first} to {last}" if last > first else f"{first}" for first, last in ranges)


def _describe_change(difference: Difference) -> str:
    before, after, required = difference.before, difference.after, difference.required
    if difference.name == WHOLE_FEED:
        return ""
    if difference.kind == "moved" and required and not required.move:
        return f"moved in `{difference.feed}`"
    texts: Mapping[Kind, str] = {
        "moved": f"moved from {before} to {after}",
        "duration changed": f"duration changed from {before} to {after}",
        "text changed": f"text changed ({after})",
        "tentative": "marked tentative",
    }
    return texts.get(difference.kind, difference.kind)
