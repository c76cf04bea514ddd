"""A feed as the checks read it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import Final

from defects_ical.rfc5545.content_lines import Component, ContentLine, tzids_used

# Feeds that say so were asked for with their reminders.
REMINDING: Final = re.compile("remind|alarm|alert", re.IGNORECASE)
NAMES: Final = ("NAME", "X-WR-CALNAME")


@dataclass(frozen=True)
class ParsedFeed:
    """One reading of a feed: all its calendars as one, at the instant ``now`` (UTC).

    ``whole`` is whether all that it has is here.
    """

    calendars: tuple[Component, ...]
    now: datetime
    whole: bool = True

    @cached_property
    def events(self) -> tuple[Component, ...]:
        """The events of all calendars."""
        return tuple(chain.from_iterable(each.parts("VEVENT") for each in self.calendars))

    @cached_property
    def definitions(self) -> tuple[Component, ...]:
        """The definitions of zones in all calendars."""
        return tuple(chain.from_iterable(each.parts("VTIMEZONE") for each in self.calendars))

    @cached_property
    def zones(self) -> Mapping[str, ContentLine]:
        """The zones that events name, each with the first line that does."""
        return tzids_used(self.events)

    @property
    def reminds(self) -> bool:
        """Whether its name says that it comes with reminders."""
        said = (each.value(name) for each in self.calendars for name in (*NAMES, "SOURCE"))
        return any(REMINDING.search(value) for value in said)
