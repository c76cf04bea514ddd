"""A feed as the checks read it: all of its calendars as one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import chain, count
from typing import Final

from defects_ical.rfc5545.content_lines import Component
from defects_ical.rfc5545.lenient_parser import LenientParse

# More events show no other issues.
MAX_EVENTS: Final = 20_000
CALENDAR_NAMES: Final = ("NAME", "X-WR-CALNAME")
TIMES: Final = ("DTSTART", "DTEND", "RECURRENCE-ID")
"""The properties whose times the checks read."""

# Subscribers of a feed with such a name chose to get reminders.
_REMINDERS: Final = re.compile("remind|alarm|alert", re.IGNORECASE)


@dataclass(frozen=True)
class ParsedFeed:
    """The calendars of one response that was received at ``now`` (UTC).

    ``complete`` is False if the response has more lines or events than are read.
    """

    calendars: tuple[Component, ...]
    now: datetime
    complete: bool

    @cached_property
    def events(self) -> tuple[Component, ...]:
        """The events of all calendars."""
        return collect_components(self.calendars, "VEVENT")

    @cached_property
    def timezones(self) -> tuple[Component, ...]:
        """The VTIMEZONEs of all calendars."""
        return collect_components(self.calendars, "VTIMEZONE")

    @property
    def has_reminders(self) -> bool:
        """Whether the name or the URL says that the feed has reminders."""
        names = (*CALENDAR_NAMES, "SOURCE")
        values = (each.get_value(name) for each in self.calendars for name in names)
        return any(_REMINDERS.search(value) for value in values)


def collect_components(calendars: tuple[Component, ...], name: str) -> tuple[Component, ...]:
    """Return the components of a name in all calendars."""
    return tuple(chain.from_iterable(each.get_components(name) for each in calendars))


def read_feed(parse: LenientParse, now: datetime) -> ParsedFeed:
    """Return what is checked of a response: no more than its first MAX_EVENTS events."""
    number = count()
    calendars = tuple(
        replace(each, components=tuple(_drop_events(each.components, number)))
        for each in parse.calendars
    )
    complete = parse.complete and len(collect_components(parse.calendars, "VEVENT")) <= MAX_EVENTS
    return ParsedFeed(calendars, now, complete)


def _drop_events(components: tuple[Component, ...], number: Iterator[int]) -> Iterator[Component]:
    return (each for each in components if each.name != "VEVENT" or next(number) < MAX_EVENTS)
