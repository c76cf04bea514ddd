"""Descriptions of events: what is written can be read back."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from defects_ical.content.descriptions import EventDescription

FULL: Final = EventDescription(
    teaser="They run.\n\nThey hide.",
    platforms="Channel (television, Everywhere)\nStream (streaming, Asia) https://stream.example/",
    times="Monday 21 July 2025\n23:00 KST (Seoul)\n14:00 UTC",
    changes="Sunday 3 August 2025: To be confirmed.\nFriday 1 August 2025: Cancelled.",
    link="All episodes and changes: https://defects.example/#e01",
)


@pytest.mark.parametrize(
    "description",
    [
        FULL,
        replace(FULL, teaser=""),
        replace(FULL, changes=""),
        replace(FULL, teaser="", changes=""),
    ],
)
def test_description_survives_round_trip(description: EventDescription) -> None:
    assert EventDescription.parse(str(description)) == description


def test_description_has_headings() -> None:
    assert str(FULL).split("\n\n")[2:] == [
        f"Where to watch:\n{FULL.platforms}",
        FULL.times,
        f"What changed:\n{FULL.changes}",
        FULL.link,
    ]


def test_description_without_headings_is_teaser() -> None:
    parsed = EventDescription.parse("They run.\n\nOn: Channel")
    assert parsed == EventDescription("They run.\n\nOn: Channel", "", "", "", "")
