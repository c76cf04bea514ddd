"""A feed as the checks read it: all of its calendars as one."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import chain, count
from typing import Final

from defects_ical.rfc5545.content_lines import Component, ContentLine
from defects_ical.rfc5545.lenient_parser import LenientParse
from defects_ical.rfc5545.syntax_rules import SyntaxRule
from defects_ical.rfc5545.values import is_iana_name

# More events show no other issues.
MAX_EVENTS: Final = 20_000
CALENDAR_NAMES: Final = ("NAME", "X-WR-CALNAME")
ENTRIES: Final = frozenset({"VEVENT", "VTODO", "VJOURNAL"})
"""The components that a calendar shows, each with a UID and a name."""
TIMES: Final = ("DTSTART", "DTEND", "RECURRENCE-ID")
"""The properties whose times the checks read."""

# Subscribers of a feed with such a name chose to get reminders.
_REMINDERS: Final = re.compile("remind|alarm|alert", re.IGNORECASE)


@dataclass(frozen=True)
class ParsedFeed:
    """The calendars of one response that was received at ``now`` (UTC).

    ``complete`` is False if the response has more lines or events than are read. ``unreadable`` are
    the lines whose parameters could not be read.
    """

    calendars: tuple[Component, ...]
    now: datetime
    complete: bool
    unreadable: frozenset[int]

    @cached_property
    def events(self) -> tuple[Component, ...]:
        """The events of all calendars."""
        return collect_components(self.calendars, "VEVENT")

    @cached_property
    def timezones(self) -> tuple[Component, ...]:
        """The VTIMEZONEs of all calendars."""
        return collect_components(self.calendars, "VTIMEZONE")

    @cached_property
    def entries(self) -> tuple[Component, ...]:
        """The events, to-dos and journal entries of all calendars, in the order of their lines."""
        parts = chain.from_iterable(each.components for each in self.calendars)
        return tuple(each for each in parts if each.name in ENTRIES)

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        return tuple(each.number for each in self.entries)

    @cached_property
    def unknown_zones(self) -> tuple[ContentLine, ...]:
        """The X-WR-TIMEZONE of each calendar that no database knows."""
        lines = chain.from_iterable(each.get_lines("X-WR-TIMEZONE") for each in self.calendars)
        return tuple(each for each in lines if not is_iana_name(each.value, ignore_case=True))

    def find_entry(self, line: int) -> Component | None:
        """Return the event, to-do or journal entry that a physical line (from 1) is in."""
        index = bisect_right(self._starts, line) - 1
        entry = self.entries[index] if index >= 0 else None
        return entry if entry and line <= entry.end else None

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
    unreadable = frozenset(
        each.line for each in parse.observations if each.rule is SyntaxRule.INVALID_PARAMETERS
    )
    return ParsedFeed(calendars, now, complete, unreadable)


def _drop_events(components: tuple[Component, ...], number: Iterator[int]) -> Iterator[Component]:
    return (each for each in components if each.name != "VEVENT" or next(number) < MAX_EVENTS)
