"""The suggested entries announce every edit, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from defects_ical.compare.differences import Issue
from defects_ical.compare.report import format_subject
from defects_ical.errors import ScheduleError
from tests.compare.comparisons import (
    WHOLE_FEED_ISSUES,
    apply_edit,
    apply_report,
    assert_announces,
    compare,
    find_announced,
    find_issues,
    find_named_episodes,
    find_states,
    get_live_feeds,
    make_report,
    make_schedule,
    select_feeds,
)
from tests.compare.edits import EDITS, PUBLISHED
from tests.compare.versions import GALA, VERSIONS
from tests.support.example_schedules import load_yaml, make_yaml
from tests.support.variants import sample


@pytest.mark.parametrize("name", [name for name, edit in EDITS.items() if edit.entries])
def test_first_and_last_suggested_entry(name: str) -> None:
    edit = EDITS[name]
    entries = make_report(apply_edit(edit)).entries
    assert (entries[0], entries[-1]) == (edit.entries[0], edit.entries[-1])


@pytest.mark.parametrize("name", sample(EDITS, 4))
def test_suggestion_announces_exactly_the_changes(name: str) -> None:
    text = apply_edit(EDITS[name])
    before = compare(text)
    if any(each.issue in WHOLE_FEED_ISSUES for each in before):
        return
    suggested = make_report(text)
    after = apply_report(text, suggested)
    assert not find_issues(after)
    assert_announces(after, find_named_episodes(suggested.entries, after) | find_announced(before))


@pytest.mark.parametrize("name", sample(EDITS, 4))
def test_suggestion_is_right_if_edit_is_undone(name: str) -> None:
    text = apply_edit(EDITS[name])
    differences = compare(text)
    if (
        any(each.issue in WHOLE_FEED_ISSUES for each in differences)
        or name == "time zone with another offset"
    ):
        return
    suggested = make_report(text)
    undone = PUBLISHED + "".join(f"  {entry}\n" for entry in suggested.entries)
    assert not find_issues(undone)
    assert_announces(undone, find_named_episodes(suggested.entries, undone))
    errors = {each.episode for each in differences if each.severity == "error"}
    intended = {id_: each for id_, each in find_states(text).items() if id_ in errors}
    assert {id_: each for id_, each in find_states(undone).items() if id_ in intended} == intended


@pytest.mark.parametrize("name", sample(EDITS, 6))
def test_no_entry_replaces_a_missing_feed(name: str) -> None:
    text = apply_edit(EDITS[name])
    missing = [each for each in compare(text) if each.issue in WHOLE_FEED_ISSUES]
    suggested = make_report(text)
    for each in missing:
        assert any(step.startswith(format_subject(missing)) for step in suggested.steps)
        assert (each.episode, each.required) == (None, None)
    remaining = find_issues(apply_report(text, suggested))
    assert remaining == missing


@pytest.mark.parametrize("name", VERSIONS)
def test_suggestion_for_two_versions(name: str) -> None:
    before, after, entries = VERSIONS[name]
    suggested = make_report(after, get_live_feeds(before))
    assert [*suggested.entries] == entries
    result = apply_report(after, suggested)
    assert not find_issues(result, get_live_feeds(before))
    announced = find_announced(compare(after, get_live_feeds(before)))
    assert_announces(result, find_named_episodes(suggested.entries, result) | announced, before)


def test_platform_feed_restores_broadcast_time() -> None:
    text = apply_edit(EDITS["special removed"])
    assert (
        make_report(text, select_feeds("/show-stream.ics")).steps[0] == make_report(text).steps[0]
    )


def test_suggestion_exceeds_highest_stamp_of_all_feeds() -> None:
    newer = apply_edit(EDITS["move appended"])
    mixed = get_live_feeds() | select_feeds("/show-stream.ics", text=newer)
    found = compare(PUBLISHED, mixed)
    assert [(each.feed, each.issue) for each in found] == [
        ("/show-stream.ics", Issue.STAMP_DECREASED)
    ]
    result = apply_report(PUBLISHED, make_report(PUBLISHED, mixed))
    assert not find_issues(result, mixed)


def test_special_is_restored_if_show_title_changed() -> None:
    text = apply_edit(EDITS["special removed"]).replace("title: The Show", "title: The Film")
    assert (
        'Restore `- {id: making-of, title: "The making of", '
        "airs: 2025-08-26T23:00, runtime: 45}` under `specials`."
    ) in make_report(text).steps


TIMES: Final = ("23:00", "00:30", "01:30")

MOVES: Final = ("2025-11-01T20:00", "2025-11-02T01:30-04:00", "2025-11-02T01:30-05:00")

ACTIONS: Final = (
    *(f"move: {time}" for time in MOVES),
    *("shift: {weeks: 1}", "shift: {hours: -1}", "runtime: 45", "note: Again."),
    *("status: tentative", "status: cancelled", "status: confirmed"),
)


@st.composite
def draw_schedules(draw: st.DrawFn) -> str:
    """Draw a schedule around an ambiguous hour in New York, with a few entries."""
    count = draw(st.integers(1, 3))
    special = draw(st.booleans())
    targets = ["all", *(f"[{n + 1}]" for n in range(count)), *(["[gala]"] if special else [])]
    log = [
        f"{{at: 2025-10-{draw(st.sampled_from((10 + n, 11 + n)))}T00:00:00+00:00, "
        f"episodes: {draw(st.sampled_from(targets))}, {draw(st.sampled_from(ACTIONS))}}}"
        for n in range(0, 2 * draw(st.integers(0, 3)), 2)
    ]
    delay = draw(st.sampled_from((0, 60)))
    stream = f"{{name: Stream, kind: streaming, region: Everywhere, delay: {delay}}}"
    return make_schedule(
        *log,
        special=GALA.replace("2025-08-19", "2025-11-02") if special else "",
        text=make_yaml(
            timezone=draw(st.sampled_from(("America/New_York", "America/Chicago"))),
            published=f"2025-10-0{draw(st.integers(1, 2))}T00:00:00+00:00",
            premiere="2025-10-25",
            weekdays="[saturday, sunday]",
            time=draw(st.sampled_from(TIMES)),
            runtime=draw(st.sampled_from((60, 90))),
            episodes=count,
            platforms=f"{{stream: {stream}}}",
        ),
    )


def is_valid(text: str) -> bool:
    try:
        load_yaml(text)
    except ScheduleError:
        return False
    return True


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(draw_schedules().filter(is_valid), draw_schedules().filter(is_valid), st.integers(1, 20))
def test_suggestion_announces_any_edit(before: str, after: str, day: int) -> None:
    live, now = get_live_feeds(before), datetime(2025, 10, day, tzinfo=UTC)
    differences = compare(after, live)
    suggested = make_report(after, live, now)
    result = apply_report(after, suggested)
    assert not find_issues(result, live)
    assert_announces(
        result, find_named_episodes(suggested.entries, result) | find_announced(differences), before
    )
