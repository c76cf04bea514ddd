"""The types of a comparison: a difference, its kind, its issue and its severity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from defects_ical.compare.suggested_entries import RequiredEntry

Kind: TypeAlias = Literal[
    "added",
    "moved",
    "retimed",
    "reworded",
    "cancelled",
    "in doubt",
    "confirmed",
    "restored",
    "removed",
]
"""What a subscriber sees; what is ``retimed`` is longer or shorter."""

Severity: TypeAlias = Literal["fine", "warning", "error"]

Issue: TypeAlias = Literal["unannounced", "silent", "fallen", "stuck", "removed", "gone", "renewed"]
"""Why a difference is not fine.

``unannounced``: other words under stamps that did not all rise; ``silent``: another time or
status under such stamps; ``fallen``: a stamp is lower than it was; ``stuck``: SEQUENCE rose and
the other stamps did not; ``removed``: an event is gone; ``gone``: a feed is; ``renewed``: a feed
is there with none of its events.
"""

WHOLE_FEED: Final = "The whole feed"
CALENDAR: Final = "The calendar"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that subscribers to ``feed``, a path of the site, would see.

    ``episode`` is its id, None for what is about a feed as a whole; ``name`` is what people call
    it. ``before`` and ``after`` are in words, times on the schedule's clock; empty where there is
    nothing to tell. ``need`` is what the change log has to say of the episode.
    """

    episode: str | None
    name: str
    kind: Kind
    before: str
    after: str
    feed: str
    fault: Issue | None = None
    need: RequiredEntry | None = None

    @property
    def verdict(self) -> Severity:
        """Whether it may be published: a warning is of words alone."""
        if self.fault is None:
            return "fine"
        return "warning" if self.fault == "unannounced" else "error"
