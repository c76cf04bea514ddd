"""The report for programs.

Its keys, and the codes in it, stay the same; new ones may be added.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from defects_ical.compare.comparison import Comparison, SiteComparison
from defects_ical.compare.differences import Difference, EventState
from defects_ical.compare.report import build_report
from defects_ical.content.links.feeds import all_feeds
from defects_ical.content.links.site_url import split_language
from defects_ical.errors import DefectsIcalError, Problem, ScheduleError
from defects_ical.timezones.conversion import format_utc


def format_comparison(comparison: Comparison, now: datetime) -> str:
    """Return the comparison of a show as JSON; the suggested entries are dated ``now``."""
    return _format(_describe_comparison(comparison, now))


def format_site(comparison: SiteComparison, now: datetime) -> str:
    """Return the comparison of a folder of shows as JSON."""
    shows = [_describe_comparison(each, now) for each in comparison.shows]
    summary = Counter[str]()
    for each in shows:
        summary.update(each["summary"])
    document = {
        "against": comparison.source,
        "shows": shows,
        "lost_urls": list(comparison.lost_urls),
        "summary": {"shows": len(shows), **summary},
    }
    return _format(document)


def format_error(error: DefectsIcalError) -> str:
    """Return as JSON why there is no comparison."""
    if isinstance(error, ScheduleError):
        errors = [*map(_describe_problem, error.problems)]
    else:
        names = ("file", "line", "column", "key", "hint")
        errors = [{"message": str(error), **dict.fromkeys(names)}]
    return _format({"errors": errors})


def _format(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _describe_problem(problem: Problem) -> dict[str, Any]:
    location = problem.location
    return {
        "message": problem.message,
        "file": location.file,
        "line": location.line or None,
        "column": location.column or None,
        "key": problem.key_path or None,
        "hint": problem.hint,
    }


def _describe_comparison(comparison: Comparison, now: datetime) -> dict[str, Any]:
    schedule, differences = comparison.schedule, comparison.differences
    report = build_report(differences, schedule, now)
    platforms = {each.path: each.platform for each in all_feeds(schedule)}
    severities = Counter(each.severity for each in differences)
    return {
        "show": {
            "title": schedule.show.title,
            "slug": schedule.show.slug,
            "page": str(comparison.site_url) if comparison.site_url else None,
        },
        "against": comparison.source,
        "published": comparison.site_url is not None,
        "timezone": schedule.timezone,
        "changes": [_describe_difference(each, platforms) for each in differences],
        "steps": list(report.steps),
        "entries": list(report.entries),
        "summary": {
            "changes": len(differences),
            "unannounced": severities["error"],
            "warnings": severities["warning"],
        },
    }


def _describe_difference(
    difference: Difference, platforms: Mapping[str, str | None]
) -> dict[str, Any]:
    numbers = difference.numbers
    before, after = difference.states
    return {
        "episodes": _list_episodes(difference),
        "episode_numbers": [{"season": each.season, "number": each.number} for each in numbers],
        "name": difference.name,
        "kind": difference.kind.replace(" ", "-"),
        "before": difference.before or None,
        "after": difference.after or None,
        **_describe_states(before, after),
        "feed": difference.feed,
        "platform": platforms.get(split_language(difference.feed)[1]),
        "severity": difference.severity,
        "issue": difference.issue.code if difference.issue else None,
    }


def _list_episodes(difference: Difference) -> list[str]:
    """Return the ids of the episodes of an event; none if it is unknown."""
    if not difference.episode:
        return []
    return [each.id for each in difference.numbers] or [difference.episode]


def _describe_states(before: EventState | None, after: EventState | None) -> dict[str, Any]:
    """Return each value of an event before and after; None where there is none."""
    old, new = _describe_state(before), _describe_state(after)
    return {
        key: value
        for name in old
        for key, value in ((f"{name}_before", old[name]), (f"{name}_after", new[name]))
    }


def _describe_state(state: EventState | None) -> dict[str, Any]:
    """Return the start in UTC, or its local date while the hour is unknown."""
    start = state.start if state else None
    time = start if isinstance(start, datetime) else None
    return {
        "start": format_utc(time) if time else None,
        "date": start.isoformat() if start and not time else None,
        "runtime": state.runtime if state else None,
        "status": state.status if state else None,
    }
