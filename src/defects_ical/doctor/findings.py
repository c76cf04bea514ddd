"""What a look at somebody's feed finds: what is wrong, in which programs it shows, and the mend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Severity: TypeAlias = Literal["fault", "risk", "note"]
"""A fault keeps programs from showing the feed, or makes them show it wrong; a risk may; a note
is true and harms nobody."""

SEVERITIES: Final[tuple[Severity, ...]] = ("fault", "risk", "note")
"""The worst first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, in plain sentences.

    ``name`` is what tests and documents call it: "media-type". ``what`` is what was seen,
    ``consequence`` what ``programs`` (none: any) make of it and why, ``mend`` what its publisher
    has to do. ``line`` is the physical line of the feed, from 1, where there is one.
    """

    name: str
    severity: Severity
    what: str
    consequence: str
    mend: str
    programs: tuple[str, ...] = ()
    line: int | None = None
