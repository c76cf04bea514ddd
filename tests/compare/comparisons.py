"""Build, compare and fix the schedules of the tests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import cache, partial
from typing import Final

from defects_ical.compare.differences import Difference, Issue
from defects_ical.compare.report import Report, build_report
from defects_ical.compare.site_diff import compare_site
from defects_ical.content.site_input import SiteInput
from defects_ical.model.changes import Change
from defects_ical.render.ics.feeds import render_feeds
from defects_ical.schedule.expansion import expand_episodes
from defects_ical.schedule.roster import list_episodes
from defects_ical.site.build import Resource, Site
from tests.compare.edits import EDITS, NOW, PUBLISHED, SITE_URL, Edit
from tests.support.events import get_stamps, get_value, split_events
from tests.support.example_schedules import load_yaml, make_yaml

WHOLE_FEED_ISSUES: Final = {Issue.FEED_MISSING, Issue.ALL_UIDS_CHANGED}


@cache
def build_feeds(text: str) -> Site:
    """Return the calendars of a schedule, without the rest of its site."""
    calendars = render_feeds(SiteInput(load_yaml(text), SITE_URL))
    return {path: Resource(body, "text/calendar", "", ()) for path, body in calendars}


def get_live_feeds(text: str = PUBLISHED) -> dict[str, bytes]:
    return {path: each.body for path, each in build_feeds(text).items()}


def compare(text: str, live: Mapping[str, bytes] | None = None) -> tuple[Difference, ...]:
    """Compare a schedule with live feeds, or with those of PUBLISHED."""
    schedule = load_yaml(text)
    return compare_site(live or get_live_feeds(), build_feeds(text), schedule)


def find_issues(text: str, live: Mapping[str, bytes] | None = None) -> list[Difference]:
    return [each for each in compare(text, live) if each.issue]


def make_early_report(text: str, before: str) -> Report:
    """Report a comparison with an earlier version, with entries dated as early as possible."""
    return make_report(text, get_live_feeds(before), datetime(2025, 1, 1, tzinfo=UTC))


def make_report(text: str, live: Mapping[str, bytes] | None = None, now: datetime = NOW) -> Report:
    return build_report(compare(text, live), load_yaml(text), now)


def apply_edit(edit: Edit) -> str:
    assert PUBLISHED.count(edit.old) == 1
    return PUBLISHED.replace(edit.old, edit.new)


def apply_report(text: str, suggested: Report) -> str:
    """Return the schedule with the steps and entries of a report applied."""
    for step in suggested.steps:
        if found := re.fullmatch(r"Restore `(episodes: [0-9-]+)` under `airing`.", step):
            text = re.sub("(?<=\n  )episodes: [0-9]+", found[1], text)
            edit = partial(_set_episodes, index=0, episodes=found[1])
            text = _edit_blocks(text, "airing", edit)
        elif found := re.fullmatch(
            r"(?:Restore|Write) `(episodes: .*)` under `(.*)\[(\d+)\]`.", step
        ):
            edit = partial(_set_episodes, index=int(found[3]), episodes=found[1])
            text = _edit_blocks(text, found[2], edit)
        elif found := re.fullmatch(r"Restore `- (.*)` as `(.*)\[(\d+)\]`.", step):
            text = _edit_blocks(
                text, found[2], partial(_insert_block, index=int(found[3]), block=found[1])
            )
        elif found := re.fullmatch(r"Write `delay: 0` under `platforms\.(.*)`.", step):
            text = re.sub(rf"(?m)(?<=^  {found[1]}: {{)", "delay: 0, ", text)
        elif found := re.fullmatch("Write `(episodes: .*)` instead of `(.*)` in .*", step):
            old = rf"episodes: {re.escape(found[2])}(?=(, platform: \w+)?, move)"
            text = re.sub(old, found[1], text)
        elif found := re.fullmatch("Restore `(- .*)` under `specials`.", step):
            text = text.replace("specials:\n", f"specials:\n  {found[1]}\n")
    return text + "".join(f"  {entry}\n" for entry in suggested.entries)


def _edit_blocks(text: str, path: str, edit: Callable[[list[str]], list[str]]) -> str:
    """Edit a list of blocks, each of which is one line: that of the show, or of a platform."""
    if path == "airing":
        found = re.search(r"(?m)(?<=^airing:\n)(?:  - .*\n)+", text)
        if not found:
            return text
        blocks = edit([line.removeprefix("  - ") for line in found[0].splitlines()])
        return text.replace(found[0], "".join(f"  - {block}\n" for block in blocks), 1)
    name = path.split(".")[1]
    found = re.search(rf"(?m)^  {name}: {{(.*?)(?:, airing: \[?({{.*}})\]?)?}}$", text)
    assert found
    blocks = edit(re.findall("{[^{}]*}", found[2] or ""))
    line = f"  {name}: {{{found[1]}, airing: [{', '.join(blocks)}]}}"
    return text.replace(found[0], line, 1)


def _set_episodes(blocks: list[str], index: int, episodes: str) -> list[str]:
    rest = re.sub(", episodes: [0-9-]+", "", blocks[index].removesuffix("}"))
    return [*blocks[:index], f"{rest}, {episodes}}}", *blocks[index + 1 :]]


def _insert_block(blocks: list[str], index: int, block: str) -> list[str]:
    return [*blocks[:index], block, *blocks[index:]]


def find_named_episodes(entries: Iterable[str], text: str) -> set[str]:
    """Return the ids of the episodes that entries name."""
    schedule = load_yaml(text)
    ids = {each.key: each.id for each in expand_episodes(schedule)}
    named: set[str] = set()
    for entry in entries:
        found = re.search(r"at: (.*?), episodes: (all|\[.*?\])", entry)
        assert found
        words = tuple(found[2].strip("[]").split(", "))
        change = Change.model_construct(at=datetime.fromisoformat(found[1]), episodes=words)
        named |= {ids[key] for key in list_episodes(schedule).resolve(change)}
    return named


def assert_announces(text: str, announced: set[str], before: str = PUBLISHED) -> None:
    """Only the events of these episodes change, in every file, and all of their stamps increase."""
    after = build_feeds(text)
    for path, was in get_live_feeds(before).items():
        new = {get_value(event, "UID"): event for event in split_events(after[path].body)}
        for event in split_events(was):
            same = new[get_value(event, "UID")]
            if get_value(event, "URL").rpartition("#")[2] in announced:
                pairs = zip(get_stamps(event), get_stamps(same), strict=True)
                assert all(later > earlier for earlier, later in pairs)
            else:
                assert same == event


def find_announced(differences: Iterable[Difference]) -> set[str]:
    """Return the ids of the episodes whose changes are announced."""
    return {each.episode for each in differences if each.severity == "ok" and each.episode}


def find_states(text: str) -> dict[str, tuple[object, ...]]:
    return {
        each.id: (each.start, each.runtime, each.status)
        for each in expand_episodes(load_yaml(text))
    }


def select_feeds(*paths: str, text: str = PUBLISHED) -> dict[str, bytes]:
    """Return the live feeds of these paths."""
    return {path: body for path, body in get_live_feeds(text).items() if path in paths}


DELAY_EDITED: Final = apply_edit(EDITS["platform delay edited"])

TIME_EDITED: Final = apply_edit(EDITS["rule time edited"])


def make_schedule(*changes: str, special: str = "", text: str = "") -> str:
    """Return a schedule with block lists, so that entries can be appended.

    ``text`` is a schedule without changes and specials.
    """
    special = f"\n  - {special}" if special else ""
    log = "".join(f"\n  - {each}" for each in changes)
    return (
        (text or make_yaml())
        .replace("specials: []", f"specials:{special}")
        .replace("changes: []", f"changes:{log}")
    )
