"""Word the issues of a comparison."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Final

from defects_ical.compare.differences import WHOLE_FEED, Difference, Issue, Kind, Severity
from defects_ical.compare.event_diff import episode_number
from defects_ical.compare.suggested_entries import suggest_entries
from defects_ical.schedule.model import Schedule

ERRORS: Final[tuple[Severity, ...]] = ("error",)
ERRORS_AND_WARNINGS: Final[tuple[Severity, ...]] = ("error", "warning")


def format_issues(
    differences: Iterable[Difference],
    schedule: Schedule,
    now: datetime | None = None,
    verdicts: Collection[Severity] = ERRORS,
) -> tuple[tuple[str, str], ...]:
    """The differences of these verdicts in plain words: what is wrong, and how to mend it."""
    chosen = [each for each in differences if each.verdict in verdicts]
    every = [each.need for each in chosen if each.need]
    told: dict[tuple[str, Issue], list[Difference]] = {}
    for those in _by_episode(chosen):
        happened = ", ".join(dict.fromkeys(map(_happened, those)))
        worst = min(those, key=lambda each: each.verdict)
        told.setdefault((happened, worst.fault or "silent"), []).extend(those)
    lines = []
    said: set[str] = set()
    for (happened, fault), those in told.items():
        needs = [each.need for each in those if each.need]
        mended = suggest_entries(needs, schedule, now, beside=every)
        # Pasted one behind the other, entries must not run back in time.
        now = mended.latest if needs else now
        steps = [step for step in mended.restore if step not in said]
        said.update(steps)
        advice = ", and ".join((*steps, _advice(fault, mended.entries)))
        lines.append((f"{name_episodes(those)}: {happened}{ISSUE_MESSAGES[fault][0]}", advice))
    return tuple(lines)


def _advice(fault: Issue, entries: Iterable[str]) -> str:
    quoted = " and ".join(f"`{entry}`" for entry in entries)
    if fault == "removed" and not quoted:
        return "put it back, with the id that it had"
    return f"{ISSUE_MESSAGES[fault][1]} {quoted}".rstrip()


def name_episodes(differences: Iterable[Difference]) -> str:
    """What they are about: "Episodes 1 to 3, 5, The making of", or a feed's path."""
    numbers: set[int] = set()
    others: list[str] = []
    for each in differences:
        number = episode_number(each.episode) if each.episode else None
        if number:
            numbers.add(number)
        else:
            others.append(each.feed if each.name == WHOLE_FEED else each.name)
    named = [f"Episode{'s' * (len(numbers) > 1)} {_ranges(numbers)}"] if numbers else []
    return ", ".join((*named, *dict.fromkeys(others)))


def _ranges(numbers: Iterable[int]) -> str:
    """Numbers as people list them: "1 to 3, 5"."""
    runs: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1] = runs[-1][0], number
        else:
            runs.append((number, number))
    return ", ".join(f"{first} to {last}" if last > first else f"{first}" for first, last in runs)


def _by_episode(differences: Iterable[Difference]) -> Iterable[list[Difference]]:
    together: dict[tuple[str, str], list[Difference]] = {}
    for each in differences:
        key = (each.episode, "") if each.episode else (each.name, each.feed)
        together.setdefault(key, []).append(each)
    return together.values()


def _happened(difference: Difference) -> str:
    before, after, need = difference.before, difference.after, difference.need
    if difference.name == WHOLE_FEED:
        return ""
    if difference.kind == "moved" and need and not need.move:
        return f"at another time in `{difference.feed}`"
    words: Mapping[Kind, str] = {
        "moved": f"moved from {before} to {after}",
        "retimed": f"{after} long, not {before}",
        "in doubt": "to be confirmed",
        "reworded": f"reworded ({after})",
    }
    return words.get(difference.kind, difference.kind)


ISSUE_MESSAGES: Final[Mapping[Issue, tuple[str, str]]] = {
    "unannounced": (", without an entry in `changes`", "append"),
    "silent": (", without an entry in `changes`", "append"),
    "fallen": (
        ", without an entry that was published, or dated earlier: programs ignore it for now",
        "put back the entry that was taken away or edited, or append",
    ),
    "stuck": (", with a SEQUENCE that rose and a DTSTAMP that did not", "append"),
    "removed": (", so that programs keep it, or drop it without a word", "append"),
    "gone": (
        "gone, so that subscribers would find nothing",
        "put the `slug`, or the platform's id, back",
    ),
    "renewed": (
        "without any event of before: subscribers would lose them, or see all twice",
        "put `show.uid` back",
    ),
}
"""What is wrong, said behind what happened; and what to do about it, said before the entries."""
