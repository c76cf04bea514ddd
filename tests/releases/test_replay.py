"""What each word of a change log does to one episode, to several together, and so on.

The folder changes/ has a file for each word. Each case there lists the events that an entry
changes, feed by feed, and lines that they have then. All other events keep every byte.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import pytest
import yaml

from defects_ical.errors import ScheduleError
from tests.support.events import get_stamps
from tests.support.replays import FEEDS, find_changed, list_paths, load, make_uid, replay

PUBLISHED: Final = ("0", "20260101T000000Z", "20260101T000000Z")
CHANGED: Final = ("1", "20260110T120000Z", "20260110T120000Z")
FOLDER: Final = Path(__file__).parent / "changes"


class Case(NamedTuple):
    """An entry, the ids of the events that it changes in each feed, and lines in them.

    Without ``channel`` and ``later``, these feeds are like ``show``. A line begins with the feed
    and the id of its event.
    """

    entry: str
    show: str
    stream: str = ""
    box: str = ""
    channel: str | None = None
    later: str | None = None
    lines: str = ""

    def list_ids(self, feed: str) -> list[str]:
        """Return the ids of the events that the entry changes in a feed."""
        ids = {"stream": self.stream, "box": self.box}.get(feed)
        if ids is None:
            ids = {"channel": self.channel, "later": self.later}.get(feed)
        return (self.show if ids is None else ids).split()


@cache
def read_cases(name: str) -> dict[str, Case]:
    """Return the cases of a word of the change log, by what they are about."""
    cases = yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))
    return {about: Case(**case) for about, case in cases.items()}


WORDS = sorted(path.stem for path in FOLDER.glob("*.yaml"))
CASES = {f"{word}, {name}": case for word in WORDS for name, case in read_cases(word).items()}


@pytest.mark.parametrize("name", CASES)
def test_change_reaches_its_events_in_each_feed(name: str) -> None:
    case = CASES[name]
    before, after = replay(), replay(case.entry)
    for feed in FEEDS:
        expected = {make_uid(feed, id_) for id_ in case.list_ids(feed)}
        for path in list_paths(feed):
            assert find_changed(before, after, path) == expected, path
            for uid, event in after[path].items():
                stamps = CHANGED if uid in expected else PUBLISHED
                assert get_stamps(event) == stamps, (path, uid)


@pytest.mark.parametrize("name", CASES)
def test_change_reaches_the_files_of_its_events(name: str) -> None:
    """Each event of the show's feed has a file with the same event."""
    before, after = replay(), replay(CASES[name].entry)
    events = dict[str, str]()
    for path in after:
        if path.startswith("/episodes/"):
            find_changed(before, after, path)
            events |= after[path]
    assert events == after["/show.ics"]


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name].lines])
def test_changed_events_have_expected_lines(name: str) -> None:
    case = CASES[name]
    after = replay(case.entry)
    for expected in case.lines.strip().splitlines():
        feed, id_, line = expected.split(maxsplit=2)
        path = next(list_paths(feed))
        assert line in after[path][make_uid(feed, id_)].split("\r\n"), expected


@pytest.mark.parametrize("name", read_cases("status"))
def test_postponed_or_cancelled_episode_has_no_alarm(name: str) -> None:
    after = replay(read_cases("status")[name].entry)
    for feed in FEEDS:
        plain, *with_alarms = (after[path] for path in list_paths(feed))
        for events in with_alarms:
            for uid, event in events.items():
                silent = "SUMMARY:POSTPONED" in event or "STATUS:CANCELLED" in event
                assert ("BEGIN:VALARM" in event) != (silent or "VALUE=DATE" in event)
                assert event.startswith(plain[uid].removesuffix("END:VEVENT\r\n"))


REFUSED = {
    "move of two events": (
        "episodes: [1, 2], move: 2026-02-17T21:00",
        "move: a `move` needs a single episode, or episodes that are released together",
    ),
    "move of two common events": (
        "episodes: [s02], move: 2026-03-04T20:00",
        "move: a `move` needs a single episode, or episodes that are released together",
    ),
    "hours of a date": (
        "episodes: [s03e01], shift: {hours: 1}",
        "shift.hours: the hour of s03e01 is not known",
    ),
    "an hour without a runtime": ("episodes: [s03e01], time: 22:00", "no runtime"),
    "slots of a special": ("episodes: [special], shift: {slots: 1}", "special has no rule"),
    "slots of one date": ("episodes: [s05e01], shift: {slots: 1}", "s05e01 has no rule"),
    "slots after the last of some dates": (
        "episodes: [2], platform: stream, shift: {slots: 1}",
        "shift.slots: episode 2 has no such slot",
    ),
    "slots before the premiere": (
        "episodes: [2], shift: {slots: -2}",
        "shift.slots: episode 2 has no such slot",
    ),
    "absent on a platform": ("episodes: [1], platform: box, note: A.", "is not on `box`"),
}
MONTH_ONLY = (
    *("move: 2027-10-04T20:00", "shift: {weeks: 1}", "shift: {slots: 1}", "time: 20:00"),
    *("runtime: 50", "note: Louder.", "status: postponed", "platform: channel, note: Louder."),
)


@pytest.mark.parametrize("name", REFUSED)
def test_impossible_change_is_refused(name: str) -> None:
    entry, message = REFUSED[name]
    with pytest.raises(ScheduleError, match=r"\bchanges\[0\]") as caught:
        load(entry)
    assert message in str(caught.value)


@pytest.mark.parametrize("action", MONTH_ONLY)
@pytest.mark.parametrize("word", ["s04e01", "s04", "s04e01-s04e02"])
def test_change_of_announced_episode_is_refused(word: str, action: str) -> None:
    with pytest.raises(ScheduleError) as caught:
        load(f"episodes: [{word}], {action}")
    assert "nothing is planned yet: only its month is known" in str(caught.value)


def test_all_does_not_name_announced_episodes() -> None:
    assert "s04" not in str(load("episodes: all, note: Louder.").airing[0])
    uids = {uid for events in replay("episodes: all, note: Louder.").values() for uid in events}
    assert not uids & {make_uid(feed, "s04e01") for feed in FEEDS}
