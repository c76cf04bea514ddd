"""The messages of unannounced changes, and their fixes.

The file data/messages.txt has the messages of each edit, a line for each.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

import pytest

from defects_ical.compare.report import Report
from defects_ical.compare.site_diff import review_edit
from tests.compare.comparisons import (
    WHOLE_FEED_ISSUES,
    apply_edit,
    apply_report,
    build_feeds,
    compare,
    get_live_feeds,
)
from tests.compare.edits import DATA, EDITS, NOW, PUBLISHED
from tests.compare.versions import VERSIONS
from tests.support.example_schedules import load_yaml
from tests.support.variants import sample

EXPECTED_MESSAGES: Final = {
    name: text.splitlines()
    for name, text in re.findall(
        r"(?ms)^# (.*?)\n(.*?)^$", (DATA / "messages.txt").read_text("utf-8") + "\n"
    )
}
"""Message and fix of each error, by edit."""


def list_messages(before: str, after: str, now: datetime | None = NOW) -> list[str]:
    published = {path: each.body for path, each in build_feeds(before).items()}
    changes = review_edit(published, build_feeds(after), load_yaml(after), now).unannounced
    return [". ".join(each) for each in changes]


@pytest.mark.parametrize("name", sample(EDITS, 2))
def test_messages_of_each_edit(name: str) -> None:
    assert list_messages(PUBLISHED, apply_edit(EDITS[name])) == EXPECTED_MESSAGES[name]


@pytest.mark.parametrize("name", sample(EDITS, 10))
def test_lost_line_ends_change_no_message(name: str) -> None:
    """The exported feeds of a show may have gone through a program that changes line ends."""
    after = apply_edit(EDITS[name])
    lost = {
        path: each.body.replace(b"\r\n", b"\n") if path.endswith(".ics") else each.body
        for path, each in build_feeds(PUBLISHED).items()
    }
    review = review_edit(lost, build_feeds(after), load_yaml(after), NOW)
    assert [". ".join(each) for each in review.unannounced] == EXPECTED_MESSAGES[name]


def test_entries_without_now_are_dated_early() -> None:
    (line,) = list_messages(PUBLISHED, apply_edit(EDITS["tentative to cancelled"]), None)
    assert "`- {at: 2025-07-31T12:00:01+09:00, episodes: [5], status: cancelled}`" in line


ALL_EDITS: Final = {
    **{name: (PUBLISHED, apply_edit(edit)) for name, edit in EDITS.items()},
    **{name: (before, after) for name, (before, after, _) in VERSIONS.items()},
}


@pytest.mark.parametrize("name", sample(ALL_EDITS, 4))
def test_fixes_of_all_messages_work_together(name: str) -> None:
    before, after = ALL_EDITS[name]
    text = "\n".join(list_messages(before, after))
    if any(each.issue in WHOLE_FEED_ISSUES for each in compare(after, get_live_feeds(before))):
        assert text
        return
    steps = tuple(
        re.findall(r"(?:Restore|Write) `(?:episodes|- {id): .*?\.(?= |$)", text, re.MULTILINE)
    )
    entries = tuple(re.findall("`(- {at: .*?})`", text))
    result = apply_report(after, Report((), steps, entries, ""))
    assert list_messages(before, result) == []
