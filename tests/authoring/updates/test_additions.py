"""New episodes: where they go, and that no other gets another number."""

from __future__ import annotations

from dataclasses import replace

import pytest

from defects_ical.model.episode_numbers import EpisodeRange
from defects_ical.model.schedule import Schedule
from defects_ical.sources.listing import ListedEpisode, Listing
from tests.authoring.imports.listings import list_episode, list_weekly, number_episodes
from tests.authoring.shows import FILE
from tests.authoring.updates.updates import (
    EPISODES,
    LISTING,
    add,
    create,
    find_episode,
    find_starts,
    update,
)


def list_blocks(schedule: Schedule | None) -> list[tuple[int | None, object]]:
    """Return the season of each block, and how many episodes it has, or which."""
    assert schedule
    return [(each.season, each.episodes) for each in schedule.airing]


def number_weekly(
    first: str, number: int, count: int = 1, clock: str = "21:00"
) -> list[ListedEpisode]:
    return number_episodes(list_weekly(first, count, clock), first=number, season=1)


@pytest.mark.parametrize(
    ("new", "blocks"),
    [
        (number_weekly("2025-03-02", 9, 2), [(None, 10)]),
        (number_weekly("2025-03-02", 9, 2, clock="22:00"), [(None, 8), (None, None)]),
        (number_weekly("2025-03-02", 11), [(None, 8), (None, EpisodeRange(11, 11))]),
        (
            [*number_weekly("2025-03-02", 9), *number_weekly("2025-04-06", 10, 3)],
            [(None, 9), (None, 3)],
        ),
        (
            [*number_weekly("2025-03-02", 9), *number_weekly("2025-04-06", 12, 3)],
            [(None, 9), (None, EpisodeRange(12, 14))],
        ),
        (
            [
                *number_episodes(list_weekly("2026-02-01", 4), season=3),
                *number_episodes(list_weekly("2025-09-07", 4), season=2),
            ],
            [(None, 8), (2, 4), (3, 4)],
        ),
        (number_episodes(["2026-01-09T09:00"] * 9, season=2), [(None, 8), (2, 9)]),
        (
            number_episodes(list_weekly("2026-01-09", 3), season=2, first=4),
            [(None, 8), (2, EpisodeRange(4, 6))],
        ),
    ],
    ids=[
        *("continued", "another hour", "gap", "continued and a break", "continued and a gap"),
        *("seasons", "all at once", "season from the middle"),
    ],
)
def test_new_episodes_get_blocks(new: list[ListedEpisode], blocks: list[object]) -> None:
    create(LISTING)
    proposed = update(add(LISTING, *new))
    assert list_blocks(proposed.schedule) == blocks
    assert proposed.schedule
    assert len(find_starts(proposed.schedule)) == len(EPISODES) + len(new)
    assert not proposed.schedule.changes


def test_dates_are_continued() -> None:
    dates = ["2025-02-09T21:00", "2025-02-12T20:00", "2025-02-27T21:00", "2025-03-03T21:00"]
    listing = replace(LISTING, episodes=tuple(number_episodes(dates)))
    create(listing)
    more = number_episodes(["2025-04-01T21:00", "2025-04-12T25:00"], first=5)
    proposed = update(add(listing, *more))
    assert "2025-04-01, 2025-04-12T25:00]" in FILE.read_text()
    assert list_blocks(proposed.schedule) == [(None, None)]


def test_entry_for_all_does_not_move_what_is_new() -> None:
    """It acts on all episodes of its block, also on those that are added later."""
    create(LISTING)
    entry = (
        "changes:\n  - {at: 2025-01-03T12:00:00-05:00, episodes: all, shift: {weeks: 0, days: 7}}"
    )
    FILE.write_text(FILE.read_text().replace("changes:", entry))
    new = number_weekly("2025-03-02", 9)
    listing = add(
        replace(LISTING, episodes=tuple(number_weekly("2025-01-12", 1, 8))),
        replace(new[0], start=new[0].start, id="9"),
    )
    proposed = update(listing)
    assert list_blocks(proposed.schedule) == [(None, 8), (None, 1)]


def test_event_of_several_does_not_grow() -> None:
    """Another episode on its date would change the event that subscribers have."""
    whens = [*["2025-03-01T09:00"] * 3, *["2025-03-08T09:00"] * 3, *["2025-03-15T09:00"] * 2]
    listing = replace(LISTING, episodes=tuple(number_episodes(whens)))
    create(listing)
    proposed = update(add(listing, *number_episodes(["2025-03-15T09:00"], first=9)))
    assert len(list_blocks(proposed.schedule)) == 2


def test_new_details_are_written() -> None:
    create(LISTING)
    new = list_episode("2025-03-02T21:00", 9, season=1, title="Nine: #1", runtime=120)
    special = list_episode("2025-03-01", None, season=1, title="No: {special}", runtime=None)
    proposed = update(add(LISTING, new, special))
    nine = find_episode(proposed.schedule, "e09")
    assert (nine.title, nine.runtime) == ("Nine: #1", 120)
    found = find_episode(proposed.schedule, "no-special")
    assert (found.title, found.runtime, found.start) == ("No: {special}", None, None)


def test_new_specials_have_free_ids() -> None:
    special = list_episode("2025-03-01T20:00", None, title="The making of")
    create(add(LISTING, special))
    other = replace(special, id="2")
    proposed = update(add(LISTING, special, other))
    assert proposed.schedule
    assert [each.id for each in proposed.schedule.specials] == ["the-making-of", "the-making-of-2"]


def test_nameless_episodes_are_counted_on() -> None:
    whens = list_weekly("2025-01-05", 4)
    nameless = tuple(
        replace(each, number=None, id=f"x{each.number}") for each in number_episodes(whens)
    )
    create(replace(LISTING, episodes=nameless[:3]))
    proposed = update(replace(LISTING, episodes=nameless))
    assert proposed.actions == ("Episode 4 is new, on 2025-01-26T21:00",)


def ask(listing: Listing) -> tuple[str, ...]:
    """Return the questions about a listing of which nothing is taken."""
    create(LISTING)
    proposed = update(listing)
    assert proposed.content is None
    return proposed.questions


@pytest.mark.parametrize(
    ("new", "question"),
    [
        (
            list_episode("", 9, season=1),
            "The calendar lists Episode 9 without a date. It is added when it has one.",
        ),
        (
            replace(list_episode("2025-03-02T21:00", 8, season=1), id="x"),
            (
                "The calendar lists Episode 8 as new, and another episode has this number here. "
                "Add it by hand, with a free number."
            ),
        ),
        (
            replace(list_episode("2025-03-02T21:00", 9, season=1), id=""),
            "The calendar lists Episode 9 without an id of its own. Add it by hand.",
        ),
        (
            list_episode("2024-03-02T21:00", 0, season=1),
            (
                "The calendar lists Episode 0 as new, before a block of that season. "
                "Add a block above it by hand."
            ),
        ),
        (
            list_episode("1950-03-02", 9, season=1),
            (
                "The calendar lists Episode 9 outside of the years that a schedule may have. "
                "Leave it out."
            ),
        ),
    ],
    ids=["undated", "number taken", "no id", "before others", "years"],
)
def test_what_cannot_be_added_is_a_question(new: ListedEpisode, question: str) -> None:
    assert ask(add(LISTING, new)) == (question,)


def test_too_many_episodes_are_a_question() -> None:
    many = (
        replace(each, id=f"x{each.number}", season=2)
        for each in number_episodes(list_weekly("2025-03-02", 8))
    )
    first = replace(LISTING.episodes[0], season=3)
    new = [replace(first, id=f"y{n}", number=n) for n in range(5000)]
    (question,) = ask(add(LISTING, *many, *new))
    assert question == (
        "The calendar lists 5,008 new episodes, and a schedule has at most 5,000. None is added."
    )


def test_announced_season_is_a_question() -> None:
    create(LISTING)
    text = FILE.read_text().replace("airing:\n  premiere", "airing:\n- premiere")
    FILE.write_text(
        text.replace("\nplatforms:", "\n- {season: 2, premiere: 2026-10}\nplatforms:", 1)
    )
    new = number_episodes(list_weekly("2026-10-04", 4), season=2)
    proposed = update(add(LISTING, *new))
    assert proposed.questions == (
        (
            "The calendar lists S02E01\u2013E04 as new, and only their month is known here. "
            "Edit their block by hand."
        ),
    )
