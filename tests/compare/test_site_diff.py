"""Which differences each edit makes, and from which calendars they are found."""

from __future__ import annotations

import pytest

from defects_ical.compare.differences import Difference
from defects_ical.compare.report import format_subject
from defects_ical.compare.site_diff import compare_site
from defects_ical.site.build import build_site
from tests.compare.comparisons import (
    DELAY_EDITED,
    TIME_EDITED,
    apply_edit,
    apply_report,
    compare,
    find_issues,
    get_live_feeds,
    make_report,
    select_feeds,
)
from tests.compare.edits import ALL_EPISODES, EDITS, PUBLISHED
from tests.conftest import SITE_URL
from tests.support.credits import write_credited
from tests.support.example_schedules import load_yaml, make_yaml


@pytest.mark.parametrize("name", EDITS)
def test_each_edit_has_its_differences(name: str) -> None:
    edit = EDITS[name]
    found: dict[tuple[str, str], list[Difference]] = {}
    for each in compare(apply_edit(edit)):
        found.setdefault((each.kind, each.severity), []).append(each)
    assert {key: format_subject(those) for key, those in found.items()} == edit.found


@pytest.mark.parametrize(
    ("path", "text", "feed", "found"),
    [
        ("/show-stream.ics", TIME_EDITED, "/show-stream.ics", "Episodes 1 to 5, 7 to 8"),
        ("/show-stream.ics", DELAY_EDITED, "/show-stream.ics", ALL_EPISODES),
        (
            "/show-stream-reminders.ics",
            TIME_EDITED,
            "/show-stream-reminders.ics",
            "Episodes 1 to 5, 7 to 8",
        ),
        ("/show-reminders.ics", TIME_EDITED, "/show-reminders.ics", "Episodes 1 to 5, 7 to 8"),
        ("/episodes/show-e02.ics", TIME_EDITED, "/episodes/show-e02.ics", "Episode 2"),
    ],
)
def test_one_calendar_is_enough_to_find_moves(path: str, text: str, feed: str, found: str) -> None:
    live = select_feeds(path)
    moved = [each for each in compare(text, live) if each.kind == "moved"]
    assert {each.feed for each in moved} == {feed}
    assert format_subject(moved) == found
    result = apply_report(text, make_report(text, live))
    assert not find_issues(result, live)


def test_episode_file_of_removed_special() -> None:
    text = apply_edit(EDITS["special removed"])
    live = select_feeds("/episodes/show-making-of.ics")
    (removed,) = compare(text, live)
    assert (removed.kind, removed.severity, removed.name) == ("removed", "error", "The making of")
    result = apply_report(text, make_report(text, live))
    assert not find_issues(result, live)


def test_reminders_and_episode_files_are_skipped() -> None:
    live = {
        path: body.replace(b"They run.", b"They hide.") for path, body in get_live_feeds().items()
    }
    feeds = select_feeds("/show.ics", "/show-channel.ics", "/show-stream.ics")
    assert compare(PUBLISHED, live | feeds) == ()


def test_event_that_a_copy_has_twice_is_not_removed() -> None:
    """Neither is an unchanged event elsewhere in the file."""
    feed = get_live_feeds()["/show.ics"]
    head, first, *others = feed.split(b"BEGIN:VEVENT")
    twice = b"BEGIN:VEVENT".join((head, first, first, *others))
    assert compare(PUBLISHED, {"/show.ics": twice}) == ()
    *_, last = others
    ends = b"END:VCALENDAR\r\n"
    moved = (head, last.removesuffix(ends), first, *others[:-1])
    assert compare(PUBLISHED, {"/show.ics": b"BEGIN:VEVENT".join(moved) + ends}) == ()


@pytest.mark.parametrize("old", [make_yaml(), write_credited("Another", "CC0 1.0")])
def test_new_credit_needs_no_entry(old: str) -> None:
    """Only the calendar's description changes, which apps read without looking at stamps."""
    new = load_yaml(f"{write_credited()}source: {{tvmaze: 1}}\n")
    live = {path: each.body for path, each in build_site(load_yaml(old), SITE_URL).items()}
    feeds = {path: body for path, body in live.items() if path.endswith(".ics")}
    site = build_site(new, SITE_URL)
    assert site["/show.ics"].body != feeds["/show.ics"]
    assert compare_site(feeds, site, new) == ()
