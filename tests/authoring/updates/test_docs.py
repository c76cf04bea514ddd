"""The example in the documentation is what an update says."""

from __future__ import annotations

from dataclasses import replace

from tests.authoring.imports.listings import list_episode, list_weekly, number_episodes
from tests.authoring.updates.updates import LISTING, add, change, create, remove, update
from tests.support.documents import read_code_blocks


def test_example_is_what_an_update_says() -> None:
    listing = replace(LISTING, kind="tvmaze", reference="82")
    create(listing)
    proposed = update(
        add(
            remove(
                change(
                    listing,
                    e5={"title": "The Search"},
                    e6={"when": "2025-02-10T20:30", "runtime": 90},
                ),
                8,
            ),
            list_episode("2025-03-02T21:00", 9, season=1),
            *number_episodes(list_weekly("2025-09-07", 6, "22:00"), season=2),
        )
    )
    (example,) = (
        each for each in read_code_blocks("docs/importing.md", "text") if "has a new title" in each
    )
    assert example.splitlines() == [*proposed.actions, *proposed.questions]
