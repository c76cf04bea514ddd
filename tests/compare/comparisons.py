"""Build, compare and fix the schedules of the tests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Final

from defects_ical.compare.differences import Difference, Issue
from defects_ical.compare.report import Report, build_report
from defects_ical.compare.site_diff import compare_site
from defects_ical.content.site_input import SiteInput
from defects_ical.render.ics import render_feeds
from defects_ical.schedule.episodes import expand_episodes
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
    return compare_site(
        live or get_live_feeds(), build_feeds(text), schedule, expand_episodes(schedule)
    )


def find_issues(text: str, live: Mapping[str, bytes] | None = None) -> list[Difference]:
    return [each for each in compare(text, live) if each.issue]


def make_report(text: str, live: Mapping[str, bytes] | None = None, now: datetime = NOW) -> Report:
    return build_report(compare(text, live), load_yaml(text), now)


def apply_edit(edit: Edit) -> str:
    assert PUBLISHED.count(edit.old) == 1
    return PUBLISHED.replace(edit.old, edit.new)


def apply_report(text: str, suggested: Report) -> str:
    """Return the schedule with the steps and entries of a report applied."""
    for step in suggested.steps:
        if found := re.fullmatch("Restore `(episodes: [0-9]+)` under `airing`.", step):
            text = re.sub("(?<=\n  )episodes: [0-9]+", found[1], text)
        elif step.startswith("Write `episodes: [1]` instead of `all`"):
            text = text.replace("episodes: all, move", "episodes: [1], move")
        elif found := re.fullmatch("Restore `(- .*)` under `specials`.", step):
            text = text.replace("specials:\n", f"specials:\n  {found[1]}\n")
    return text + "".join(f"  {entry}\n" for entry in suggested.entries)


def find_named_episodes(entries: Iterable[str], text: str) -> set[str]:
    """Return the ids of the episodes that entries name."""
    everything = {each.number or each.id: each.id for each in expand_episodes(load_yaml(text))}
    ids: set[str] = set()
    for entry in entries:
        found = re.search(r"episodes: (all|\[.*?\])", entry)
        assert found
        listed = found[1].strip("[]").split(", ")
        ids |= {id_ for name, id_ in everything.items() if str(name) in listed or listed == ["all"]}
    return ids


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
