"""Update an imported schedule: the dates and titles are the source's, and each change announced."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from defects_ical.errors import ListingError
from defects_ical.model.fields import Slot
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.expansion import expand_episodes
from defects_ical.sources.listing import ListedEpisode, Listing
from tests.authoring.imports.listings import (
    NEW_YORK,
    list_episode,
    list_every,
    list_weekly,
    make_lighthouse,
    make_listing,
    number_episodes,
)
from tests.authoring.shows import FILE
from tests.authoring.updates.updates import (
    EPISODES,
    LISTING,
    NOW,
    URL,
    add,
    change,
    create,
    find_episode,
    find_starts,
    list_entries,
    propose,
    update,
)

EVERYTHING = add(
    change(
        LISTING,
        e5={"title": "The Search"},
        e6={"when": "2025-02-10T20:30", "runtime": 90},
        e7={"number": 12, "title": "Home"},
        e8={"is_cancelled": True},
    ),
    list_episode("2025-03-02T21:00", 9, season=1, title="Nine: the end"),
    list_episode("2025-03-09T21:00", 10, season=1),
    *number_episodes(list_weekly("2025-09-07", 6, "22:00"), season=2),
    list_episode("2025-12-24T20:00", None, season=2, title="Christmas"),
)


def check_source(schedule: Schedule | None, listing: Listing) -> None:
    """Check that everything is as the source has it, by the source's own ids."""
    assert schedule
    assert schedule.source
    episodes = {each.id: each for each in expand_episodes(schedule)}
    listed = {each.id: each for each in listing.episodes}
    assert {*schedule.source.episodes.values()} == {*listed}
    for own, source_id in schedule.source.episodes.items():
        episode, there = episodes[own], listed[source_id]
        assert (episode.status == "cancelled") == there.is_cancelled
        assert (episode.start or episode.date) == (there.start or there.day)
        assert (episode.runtime, episode.title) == (there.runtime, there.title)


def test_update_without_news() -> None:
    create(LISTING)
    proposed = update(LISTING)
    assert (proposed.content, proposed.schedule) == (None, None)
    assert (proposed.actions, proposed.questions) == ((), ())


def test_update_takes_everything_at_once() -> None:
    before = create(LISTING)
    proposed = update(EVERYTHING)
    check_source(proposed.schedule, EVERYTHING)
    assert proposed.questions == ()
    assert proposed.actions == (
        "Episode 6 moves to 2025-02-10T20:30, lasts 90 minutes",
        "Episode 8 is cancelled",
        "Episode 5 has a new title: “The Search”",
        "Episode 7 has a new title: “Home”",
        "Episodes 9\u201310 are new, from 2025-03-02T21:00 to 2025-03-09T21:00",
        "S02E01\u2013E06 are new, from 2025-09-07T22:00 to 2025-10-12T22:00",
        "“Christmas” is new, on 2025-12-24T20:00",
    )
    assert proposed.schedule
    assert {*find_starts(before)} < {*find_starts(proposed.schedule)}
    sequences = {
        each.id: len(each.revisions)
        for each in expand_episodes(proposed.schedule)
        if each.revisions
    }
    assert sequences == {"e05": 1, "e06": 1, "e07": 1, "e08": 1}


MOVED = change(LISTING, e6={"when": "2025-02-10T20:30"})
WEEK_LATER = change(
    LISTING,
    **{
        f"e{n}": {"when": when}
        for n, when in zip((6, 7, 8), list_weekly("2025-02-16", 3), strict=True)
    },
)
LATE = change(
    LISTING,
    **{
        f"e{n}": {"when": when}
        for n, when in zip((6, 7, 8), list_weekly("2025-02-09", 3, "25:30"), strict=True)
    },
)
UNKNOWN = change(LISTING, e6={"when": "2025-02-09"}, e8={"when": "2025-03-04"})


@pytest.mark.parametrize(
    ("listing", "entries", "actions"),
    [
        (
            MOVED,
            [{"episodes": ("6",), "move": "2025-02-10T20:30"}],
            ("Episode 6 moves to 2025-02-10T20:30",),
        ),
        (
            WEEK_LATER,
            [{"episodes": ("6-8",), "shift": {"weeks": 1}}],
            ("Episodes 6\u20138 move 1 week later",),
        ),
        (LATE, [{"episodes": ("6-8",), "time": 1530}], ("Episodes 6\u20138 air at 25:30",)),
        (
            UNKNOWN,
            [
                {"episodes": ("6",), "move": "2025-02-09"},
                {"episodes": ("8",), "move": "2025-03-04"},
            ],
            (
                "Episode 6 moves to 2025-02-09, at an unknown hour",
                "Episode 8 moves to 2025-03-04, at an unknown hour",
            ),
        ),
        (
            change(LISTING, e6={"runtime": 75}, e8={"runtime": 75}),
            [{"episodes": ("6", "8"), "runtime": 75}],
            ("Episodes 6, 8 last 75 minutes",),
        ),
        (
            change(LISTING, e6={"is_cancelled": True, "title": "CANCELLED"}),
            [{"episodes": ("6",), "status": "cancelled"}],
            ("Episode 6 is cancelled",),
        ),
        (
            change(LISTING, e1={"title": "Home"}, e2={"title": "Episode 2"}),
            [{"episodes": ("1",), "note": "New title."}],
            ("Episode 1 has a new title: “Home”",),
        ),
        (change(LISTING, e6={"number": 9}, e7={"number": None}, e8={"season": 4}), [], ()),
    ],
    ids=["move", "shift", "time", "hours unknown", "runtime", "cancelled", "title", "renumbered"],
)
def test_update_takes_each_change(
    listing: Listing, entries: list[object], actions: tuple[str, ...]
) -> None:
    create(LISTING)
    proposed = update(listing)
    assert (proposed.actions, proposed.questions) == (actions, ())
    if not entries:
        assert proposed.schedule is None
        return
    found = [
        {**each, "move": Slot(*each["move"]).isoformat()} if "move" in each else each
        for each in list_entries(proposed.schedule)
    ]
    assert found == entries


def test_update_moves_along_the_rule() -> None:
    """A lost evening of a daily show: each episode has the evening of the next one."""
    days = [each for each in list_every(1, "2025-02-03", 28) if each[8:10] not in WEEKENDS]
    listing = replace(LISTING, episodes=tuple(number_episodes(days[:10])))
    create(listing)
    later = replace(listing, episodes=tuple(number_episodes([*days[:3], *days[4:11]])))
    proposed = update(later)
    assert list_entries(proposed.schedule) == [{"episodes": ("4-10",), "shift": SHIFT_BY_SLOT}]


WEEKENDS = {f"{day:02}" for day in (8, 9, 15, 16, 22, 23)}
SHIFT_BY_SLOT = {"slots": 1}


def test_update_moves_one_event_of_several() -> None:
    """Episodes that are released together stay together."""
    listing = replace(LISTING, episodes=tuple(number_episodes(["2025-03-01T09:00"] * 6)))
    create(listing)
    moved = replace(listing, episodes=tuple(number_episodes(["2025-03-02T10:30"] * 6)))
    proposed = update(moved)
    assert proposed.actions == ("Episodes 1\u20136 move to 2025-03-02T10:30",)
    split = change(moved, e5={"when": "2025-03-09T10:30"}, e6={"when": "2025-03-09T10:30"})
    proposed = update(split)
    assert proposed.actions == ("Episodes 5\u20136 move 1 week later",)
    proposed = update(
        change(split, e2={"when": "2025-03-04T11:00"}, e3={"when": "2025-03-04T12:00"})
    )
    assert len({each.at for each in proposed.schedule.changes[-2:]}) == 2  # type: ignore[union-attr]


def test_update_takes_hours_that_become_known() -> None:
    dates = [each[:10] for each in list_weekly("2025-02-09", 4)]
    listing = replace(LISTING, episodes=tuple(number_episodes(dates, runtime=None)))
    create(listing)
    known = change(
        listing,
        **{f"e{n}": {"when": f"{dates[n - 1]}T21:00", "runtime": 45} for n in (1, 2, 3)},
        e4={"when": "2025-03-05T20:00", "runtime": 45},
    )
    proposed = update(known)
    assert proposed.actions == (
        "Episodes 1\u20133 air at 21:00, last 45 minutes",
        "Episode 4 moves to 2025-03-05T20:00, lasts 45 minutes",
    )
    check_source(proposed.schedule, known)


def test_update_gives_a_known_hour_some_runtime() -> None:
    listing = replace(LISTING, episodes=tuple(number_episodes(["2025-02-09"], runtime=None)))
    create(listing)
    proposed = update(change(listing, e1={"when": "2025-02-09T21:00"}))
    assert proposed.actions == ("Episode 1 airs at 21:00, lasts 60 minutes",)


def test_update_cancels_and_confirms() -> None:
    create(LISTING)
    update(change(LISTING, e6={"is_cancelled": True}))
    proposed = update(LISTING)
    assert proposed.actions == ("Episode 6 airs after all",)
    update(change(LISTING, e6={"is_cancelled": True}))
    proposed = update(change(LISTING, e6={"when": "2025-03-09T20:00"}))
    assert proposed.actions == ("Episode 6 airs after all, moves to 2025-03-09T20:00",)
    assert [each.status for each in find_episode(proposed.schedule, "e06").revisions] == [
        *("cancelled", "confirmed") * 2
    ]


def test_update_brings_back_what_is_postponed() -> None:
    create(LISTING)
    entry = b"\n  - {at: 2025-02-02T12:00:00-05:00, episodes: [6-8], status: postponed}\n"
    FILE.write_bytes(FILE.read_bytes().replace(b"\nchanges:\n", b"\nchanges:" + entry))
    assert update(LISTING).actions == ()
    proposed = update(WEEK_LATER, datetime(2025, 2, 12, tzinfo=UTC))
    assert proposed.actions == ("Episodes 6\u20138 air after all, move 1 week later",)
    assert find_episode(proposed.schedule, "e06").status == "confirmed"


def test_updates_are_dated_one_after_the_other() -> None:
    """A second update at the same time is later than the first, and than `published`."""
    create(LISTING, NOW)
    update(MOVED, NOW)
    proposed = update(change(MOVED, e6={"when": "2025-02-11T20:30"}), NOW)
    assert proposed.schedule
    assert [each.at.second for each in proposed.schedule.changes] == [1, 2]


def test_retitled_specials_keep_their_ids() -> None:
    special = list_episode("2025-03-01T20:00", None, title="The making of")
    create(add(LISTING, special))
    proposed = update(add(LISTING, replace(special, title="Behind the scenes", number=9, season=1)))
    assert find_episode(proposed.schedule, "the-making-of").title == "Behind the scenes"
    assert proposed.actions == ("“The making of” has a new title: “Behind the scenes”",)


def test_title_of_the_maintainer_stays() -> None:
    create(change(LISTING, e6={"title": "Mine"}))
    assert update(change(LISTING, e6={"title": "Episode 6"})).actions == ()
    assert update(LISTING).actions == ()


def test_titles_in_other_languages_stay() -> None:
    create(change(LISTING, e6={"title": "Old"}))
    text = FILE.read_text("utf-8").replace('title: "Old"', 'title: {en: Old, ko: "옛"}')
    FILE.write_text(text.replace("timezone:", "languages: [en, ko]\ntimezone:"), "utf-8")
    proposed = update(change(LISTING, e6={"title": "New"}))
    assert 'title: {en: "New", ko: "옛"}' in FILE.read_text("utf-8")
    assert proposed.schedule
    title = proposed.schedule.in_language("ko").episodes["6"].title
    assert title == "옛"


def test_lighthouse_gets_its_dates() -> None:
    """A listing with seasons, specials and unknown dates, of which some become known."""
    listing = make_lighthouse()
    create(listing)
    later = change(
        listing,
        **{
            f"e{n}": {"when": when} for n, when in enumerate(list_weekly("2026-01-04", 6), start=10)
        },
        e16={"when": "2026-04-01"},
    )
    proposed = update(later)
    assert proposed.questions == ()
    assert proposed.actions[0].startswith("S02E01\u2013E04")
    check_starts(proposed.schedule, later.episodes)


def check_starts(schedule: Schedule | None, episodes: tuple[ListedEpisode, ...]) -> None:
    assert schedule
    found = sorted(map(str, find_starts(schedule).values()))
    assert found == sorted(str(each.start or each.day) for each in episodes)


@pytest.mark.parametrize(
    ("listing", "message"),
    [
        (replace(LISTING, reference="https://www.example.org/x.ics"), f"is `ics: {URL}`, and not"),
        (replace(LISTING, kind="tvmaze", reference="82"), "not `tvmaze: 82`. Update from the"),
        (make_listing(EPISODES), "not `csv: `"),
    ],
)
def test_other_source_is_refused(listing: Listing, message: str) -> None:
    create(LISTING)
    with pytest.raises(ListingError, match=message):
        propose(listing)


def test_missing_source_is_refused() -> None:
    create(make_listing(EPISODES))
    with pytest.raises(ListingError, match=r"^schedule\.yaml:.*: the schedule has no `source`"):
        propose(LISTING)


def test_zone_of_the_schedule_may_be_another() -> None:
    create(replace(LISTING, timezone="Asia/Seoul"))
    proposed = update(change(LISTING, e6={"when": "2025-02-10T20:30"}))
    assert proposed.actions == ("Episode 6 moves to 2025-02-11T10:30",)
    assert NEW_YORK != "Asia/Seoul"
