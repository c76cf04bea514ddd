"""What an update does not decide: nothing changes, and the maintainer reads what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from defects_ical.sources.listing import Listing
from tests.authoring.imports.listings import list_episode
from tests.authoring.shows import FILE
from tests.authoring.updates.updates import LISTING, add, change, create, remove, update

TVMAZE = replace(LISTING, kind="tvmaze", reference="82")


@pytest.mark.parametrize(
    ("listing", "questions"),
    [
        (
            remove(LISTING, 7),
            (
                (
                    "The calendar no longer lists Episode 7. If it is cancelled: "
                    "`defects-ical change 7 --status cancelled`"
                ),
            ),
        ),
        (
            remove(LISTING, 2, 6, 7, 8),
            (
                (
                    "The calendar no longer lists Episodes 6\u20138. If they are cancelled: "
                    "`defects-ical change 6-8 --status cancelled`"
                ),
            ),
        ),
        (
            change(LISTING, e5={"when": "2025-03-02T21:00"}),
            (
                (
                    "Episode 5 aired on 2025-02-02T21:00, and the calendar has it on "
                    "2025-03-02T21:00 now. If it did not air: "
                    "`defects-ical change 5 --move 2025-03-02T21:00`"
                ),
            ),
        ),
        (
            change(LISTING, e7={"when": ""}, e8={"when": ""}),
            (
                (
                    "The calendar no longer has a date for Episodes 7\u20138. "
                    "If they are postponed: `defects-ical change 7 8 --postpone`"
                ),
            ),
        ),
        (change(LISTING, e5={"when": "2025-02-01T20:00", "runtime": 5}), ()),
        (change(LISTING, e5={"is_cancelled": True}, e4={"when": ""}), ()),
        (remove(LISTING, 1, 2, 3, 4, 5), ()),
    ],
    ids=[
        *("gone", "several gone", "aired", "undated"),
        *("aired at another time", "aired and cancelled", "aired and gone"),
    ],
)
def test_news_that_is_not_decided(listing: Listing, questions: tuple[str, ...]) -> None:
    create(LISTING)
    proposed = update(listing)
    assert (proposed.content, proposed.actions) == (None, ())
    assert proposed.questions == questions


def append(entry: str) -> None:
    """Append an entry to an empty change log."""
    FILE.write_text(FILE.read_text().replace("\nchanges:\n", f"\nchanges:\n  - {entry}\n"))


CANCELLED = "{at: 2025-02-02T12:00:00-05:00, episodes: [6], status: cancelled}"
POSTPONED = CANCELLED.replace("cancelled", "postponed")


def test_source_without_cancellations_undoes_none() -> None:
    """TVmaze lists what was cancelled here as if nothing had happened."""
    create(TVMAZE)
    append(CANCELLED)
    proposed = update(TVMAZE)
    assert proposed.content is None
    assert proposed.questions == (
        (
            "Episode 6 is cancelled here, and TVmaze has it on 2025-02-09T21:00. If it airs: "
            "`defects-ical change 6 --status confirmed`"
        ),
    )
    assert update(remove(TVMAZE, 6)).questions == ()
    assert update(TVMAZE, datetime(2025, 2, 20, tzinfo=UTC)).questions == ()


def test_postponed_until_it_has_aired() -> None:
    create(LISTING)
    append(POSTPONED)
    assert update(remove(LISTING, 6)).questions == ()
    proposed = update(
        change(LISTING, e6={"when": "2025-02-12T21:00"}), datetime(2025, 2, 20, tzinfo=UTC)
    )
    assert proposed.questions == (
        (
            "Episode 6 is postponed here, and the calendar has it on 2025-02-12T21:00. If it aired "
            "then: `defects-ical change 6 --move 2025-02-12T21:00`"
        ),
    )


def test_day_of_an_unknown_hour_is_not_over() -> None:
    listing = change(LISTING, e5={"when": "2025-02-03"}, e4={"when": "2025-02-02"})
    create(listing)
    proposed = update(
        change(listing, e5={"when": "2025-02-04T21:00"}, e4={"when": "2025-02-04T20:00"})
    )
    assert proposed.actions == ("Episode 5 moves to 2025-02-04T21:00",)
    assert len(proposed.questions) == 1
    assert proposed.questions[0].startswith("Episode 4 aired on 2025-02-02, and")


def test_specials_are_named_by_their_titles() -> None:
    special = list_episode("2025-03-01T20:00", None, title="The making of")
    create(add(LISTING, special))
    proposed = update(LISTING)
    assert proposed.questions == (
        (
            "The calendar no longer lists “The making of”. If it is cancelled: "
            "`defects-ical change the-making-of --status cancelled`"
        ),
    )
