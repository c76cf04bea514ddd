"""What a plan that grows does to older events, and what a change of clocks does to delays."""

from __future__ import annotations

from typing import Final

import pytest

from tests.support.events import get_value
from tests.support.replays import (
    FEEDS,
    edit,
    find_event,
    list_lines,
    list_paths,
    make_uid,
    read_stamps,
    replay,
    replay_each,
)

EN_DASH: Final = "\N{EN DASH}"

# The plan grows

LOG: Final = (
    "episodes: all, shift: {weeks: 1}",
    "episodes: [2], status: tentative",
    "episodes: [s02e02], platform: later, shift: {days: 1}",
)
LAST_BLOCK: Final = "  - {season: 5, premiere: 2026-09-01, time: 12:00, runtime: 30, episodes: 2}\n"
NEW_SEASON: Final = "  - {season: 6, premiere: 2026-11-02, weekdays: [monday], episodes: 4"
SPECIAL_TITLE: Final = "title: The special, airs: 2026-12-24T19:00"
GROWTH = {
    "a block extended": edit("    episodes: 3\n", "    episodes: 5\n"),
    "a common block extended": edit(
        "     episodes: 6}\n  - {season: 3", "     episodes: 9}\n  - {season: 3"
    ),
    "a season appended": edit(LAST_BLOCK, f"{LAST_BLOCK}{NEW_SEASON}}}\n"),
    "a month becomes a date": edit(
        "{season: 4, premiere: 2027-10, ", "{season: 4, premiere: 2027-10-04, "
    ),
    "a month becomes a rule": edit(
        "{season: 4, premiere: 2027-10, ",
        "{season: 4, premiere: 2027-10-04, weekdays: [monday], time: 20:00, runtime: 50, ",
    ),
    "a month is announced": edit(LAST_BLOCK, f"{LAST_BLOCK}  - {{season: 6, premiere: 2028}}\n"),
}


@pytest.mark.parametrize("growth", GROWTH)
@pytest.mark.parametrize("count", range(1 + len(LOG)))
def test_longer_plan_changes_no_earlier_event(growth: str, count: int) -> None:
    before, after = replay(*LOG[:count]), replay(*LOG[:count], text=GROWTH[growth])
    for path, events in before.items():
        assert {uid: after[path][uid] for uid in events} == events


@pytest.mark.parametrize("published", ["2026-01-10T12:00:00Z", "2026-01-20T00:00:00Z"])
def test_older_entries_do_not_act_on_what_is_added_later(published: str) -> None:
    text = edit(LAST_BLOCK, f"{LAST_BLOCK}{NEW_SEASON}, published: {published}}}\n")
    special = f"  - {{id: extra, published: {published}, {SPECIAL_TITLE}, runtime: 90}}\nchanges:"
    text = text.replace("changes:", special)
    before, after = replay(LOG[0]), replay(LOG[0], text=text)
    stamp = published.replace("-", "").replace(":", "")
    for feed in FEEDS[:4]:
        for path in list_paths(feed):
            added = after[path].keys() - before[path].keys()
            ids = ["extra", "s06e01", "s06e02", "s06e03", "s06e04"]
            assert added == {make_uid(feed, id_) for id_ in ids}
            assert {uid: after[path][uid] for uid in before[path]} == before[path]
            for uid in added:
                event = after[path][uid]
                assert read_stamps(event) == (0, stamp, stamp)
                assert get_value(event, "CREATED") == stamp
                assert "What changed" not in event
    assert find_event(after, "s06e01").count("DTSTART;VALUE=DATE:20261102") == 1
    assert find_event(after, "extra").count("DTSTART;TZID=Europe/London:20261224T190000") == 1


def test_older_entries_act_on_a_special_without_its_own_publication() -> None:
    special = f"  - {{id: extra, {SPECIAL_TITLE}, runtime: 90}}\nchanges:"
    after = replay(LOG[0], text=edit("changes:", special))
    assert find_event(after, "extra").count("DTSTART;TZID=Europe/London:20261231T190000") == 1


def test_later_entries_act_on_what_was_added() -> None:
    published = "published: 2026-01-10T18:00:00Z"
    text = edit(LAST_BLOCK, f"{LAST_BLOCK}{NEW_SEASON}, {published}}}\n")
    states = replay_each([LOG[0], "episodes: all, shift: {days: 1}"], text)
    assert list_lines(states, "s06e01", "DTSTART", "SEQUENCE", "CREATED")[1:] == [
        ("DTSTART;VALUE=DATE:20261102", "SEQUENCE:0", "CREATED:20260110T180000Z"),
        ("DTSTART;VALUE=DATE:20261103", "SEQUENCE:1", "CREATED:20260110T180000Z"),
    ]


def test_platforms_own_plan_of_a_later_season_has_the_seasons_publication() -> None:
    published = "published: 2026-01-10T18:00:00Z"
    text = edit(LAST_BLOCK, f"{LAST_BLOCK}{NEW_SEASON}, {published}}}\n")
    own = "airing: [{season: 6, premiere: 2026-11-01, episodes: 2}, {season: 2, premiere"
    text = text.replace("airing: {season: 2, premiere", own)
    text = text.replace("runtime: 45, episodes: 6}}", "runtime: 45, episodes: 6}]}")
    event = find_event(replay(LOG[0], text=text), "s06e01", "box")
    assert get_value(event, "SUMMARY") == f"The Show: S06E01{EN_DASH}E02"
    assert read_stamps(event) == (0, "20260110T180000Z", "20260110T180000Z")


# Clocks go forward and back


@pytest.mark.parametrize(
    ("premiere", "delay", "start"),
    [
        # 29 March, 01:30 does not exist: the later reading.
        ("2026-03-22", "{days: 7}", "DTSTART;TZID=Europe/London:20260329T023000"),
        ("2026-03-22", "{days: 7, hours: -1}", "DTSTART;TZID=Europe/London:20260329T003000"),
        ("2026-03-22", "10080", "DTSTART;TZID=Europe/London:20260329T023000"),
        ("2026-03-28", "{hours: 48}", "DTSTART;TZID=Europe/London:20260330T023000"),
        ("2026-03-28", "{days: 2}", "DTSTART;TZID=Europe/London:20260330T013000"),
        # 25 October, 01:30 occurs twice: the first. It ends in the second, so it is in UTC.
        ("2026-10-18", "{weeks: 1}", "DTSTART:20261025T003000Z"),
        ("2026-11-01", "{weeks: -1}", "DTSTART:20261025T003000Z"),
        # The second 01:30.
        ("2026-10-18", "{weeks: 1, hours: 1}", "DTSTART:20261025T013000Z"),
        ("2026-10-25T02:30", "-60", "DTSTART:20261025T013000Z"),
    ],
)
def test_delay_over_a_change_of_clocks(premiere: str, delay: str, start: str) -> None:
    day, _, hour = premiere.partition("T")
    text = edit("delay: {days: 14}", f"delay: {delay}")
    text = text.replace(
        "premiere: 2026-09-01, time: 12:00", f"premiere: {day}, time: {hour or '01:30'}"
    )
    assert list_lines([replay(text=text)], "s05e01", "DTSTART", feed="later") == [(start,)]


def test_moves_that_are_none_on_a_platform_are_not_described_there() -> None:
    """01:30 and 02:30 are the same time a week later, when clocks go forward."""
    text = edit("premiere: 2026-09-01, time: 12:00", "premiere: 2026-03-22, time: 01:30")
    text = text.replace("delay: {days: 14}", "delay: {days: 7}")
    for others in ([], ["episodes: [3], platform: later, note: Louder."]):
        states = replay_each(["episodes: [s05], time: 02:30", *others], text)
        event = find_event(states[-1], "s05e01", "later")
        assert "DTSTART;TZID=Europe/London:20260329T023000\r\n" in event
        assert "Announced again\\, unchanged." in get_value(event, "DESCRIPTION")
