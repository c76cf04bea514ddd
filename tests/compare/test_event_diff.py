"""What changed in the events of an episode, in its own feed and in those of platforms."""

from __future__ import annotations

from defects_ical.compare.differences import Issue
from defects_ical.compare.report import format_subject
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
from tests.compare.test_event_parser import refold


def test_change_in_all_feeds_is_reported_once() -> None:
    assert {each.feed for each in compare(TIME_EDITED)} == {"/show.ics"}


def test_platform_change_is_reported_for_its_feed() -> None:
    moved = [each for each in compare(DELAY_EDITED) if each.kind == "moved"]
    assert {each.feed for each in moved} == {"/show-stream.ics"}
    assert (moved[0].before, moved[0].after) == (
        "Tuesday 22 July 2025, 01:00 KST",
        "Tuesday 22 July 2025, 00:00 KST",
    )


def test_platform_that_moves_more_is_reported_too() -> None:
    text = DELAY_EDITED.replace("time: 23:00", "time: 22:00")
    moved = [each for each in compare(text) if (each.kind, each.episode) == ("moved", "e01")]
    assert [(each.feed, each.after) for each in moved] == [
        ("/show.ics", "Monday 21 July 2025, 22:00 KST"),
        ("/show-stream.ics", "Monday 21 July 2025, 23:00 KST"),
    ]
    entry = "- {at: 2025-08-01T12:00:00+09:00, episodes: [1], move: 2025-07-21T22:00}"
    assert make_report(text).entries[0] == entry


def test_older_copy_of_platform_feed_is_ok() -> None:
    """As after an export that was killed: some feeds are new, others are not."""
    text = apply_edit(EDITS["move appended"])
    mixed = get_live_feeds(text) | select_feeds("/show-stream.ics")
    (moved,) = compare(text, mixed)
    assert (moved.feed, moved.kind, moved.severity) == ("/show-stream.ics", "moved", "ok")


def test_other_changed_property_is_a_warning() -> None:
    live = {
        path: body.replace(b"TRANSPARENT", b"OPAQUE") for path, body in get_live_feeds().items()
    }
    found = compare(PUBLISHED, live)
    assert {(each.kind, each.severity, each.after) for each in found} == {
        ("text changed", "warning", "details")
    }
    assert format_subject(found) == ALL_EPISODES


def test_description_of_another_release_is_compared() -> None:
    def reword(body: bytes) -> bytes:
        return refold(body).replace(b"Where to watch:", b"Watch it:").replace(b"\r\n\t", b"")

    live = {path: reword(body) for path, body in get_live_feeds().items()}
    found = compare(PUBLISHED, live)
    assert {(each.kind, each.severity) for each in found} == {("text changed", "warning")}
    result = apply_report(PUBLISHED, make_report(PUBLISHED, live))
    assert not find_issues(result, live)


def test_event_of_unknown_episode_is_restored_by_id() -> None:
    live = {
        path: body.replace(b"/#making-of", b"/#made")
        for path, body in select_feeds("/show.ics").items()
    }
    text = apply_edit(EDITS["special removed"])
    (removed,) = compare(text, live)
    assert (removed.episode, removed.name, removed.issue, removed.required) == (
        None,
        "The making of",
        Issue.UNKNOWN_EVENT_REMOVED,
        None,
    )
    assert make_report(text, live).steps == ("The making of: Restore it with its former id.",)
