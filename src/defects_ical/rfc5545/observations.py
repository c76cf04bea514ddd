"""What a reader of iCalendar text observes, without judging it."""

from __future__ import annotations

from typing import Final, NamedTuple

from defects_ical.text.display import excerpt

# Only so much of a value is looked at for a message: `shortened` reads all of what it gets.
QUOTED: Final = 400


class Observation(NamedTuple):
    """An ailment seen once: in which physical line (None: nowhere in particular), and on what."""

    name: str
    line: int | None = None
    details: tuple[str, ...] = ()


def quoted(text: str) -> str:
    """Somebody else's text as a message shows it: short, in one line, nothing in it unseen."""
    return excerpt(text[:QUOTED])
