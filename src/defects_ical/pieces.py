"""What one episode becomes in one place of the site, kept from one build to the next.

An edit concerns a few episodes; what the others became is used again. The bytes are the same
as without: a piece is made of its episode and of what all episodes share, and of nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from defects_ical.episodes import Episode
from defects_ical.links import Address
from defects_ical.schedule import Schedule

# What these say of an episode is in the Episode itself.
TOLD_BY_EPISODES: Final = {"airing", "episodes", "specials", "changes"}

Piece = TypeVar("Piece")


class Pieces:
    """The pieces of the site that was last built with them, and none that are older."""

    def __init__(self) -> None:
        self._shared: object = None
        self._places: dict[str, dict[Episode, Any]] = {}

    def begin(self, schedule: Schedule, address: Address) -> None:
        """Go on to another site; where it differs in what all episodes share, from nothing."""
        fields = Schedule.model_fields.keys() - TOLD_BY_EPISODES
        # As they are written: of platforms, the order counts too.
        shared = address, {name: repr(getattr(schedule, name)) for name in fields}
        if shared != self._shared:
            self._shared = shared
            self._places.clear()

    def made(
        self, place: str, episodes: Iterable[Episode], make: Callable[[Episode], Piece]
    ) -> list[Piece]:
        """What each episode becomes in a place, made anew only for those that are not as before.

        No two places have the same name, and ``make`` always makes the same of the same.
        """
        before = self._places.get(place, {})
        made = {each: before[each] if each in before else make(each) for each in episodes}
        self._places[place] = made
        return [*made.values()]
