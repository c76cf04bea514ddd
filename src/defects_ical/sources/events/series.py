"""The times at which a series recurs (RFC 5545 §3.8.5), within bounds.

Days are tested one by one up to a last one, so that a rule with a filter that nothing passes ends
too. Only rules that `Recurrence` can decide are expanded. Instances after the last year that a
schedule can have are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Final, NoReturn

from defects_ical.errors import ListingError
from defects_ical.model.airing import MAX_EPISODES
from defects_ical.rfc5545.content_lines import Component, ContentLine
from defects_ical.rfc5545.rrule import Recurrence, parse_rule
from defects_ical.rfc5545.values import DateTimeValue, parse_date_time
from defects_ical.sources.events.times import CalendarZones, EventStart
from defects_ical.text.display import excerpt
from defects_ical.timezones.conversion import LAST_YEAR

# Days that are tested in all series of a calendar.
MAX_DAYS: Final = 300_000
DAY: Final = timedelta(days=1)
LAST_DAY: Final = date(LAST_YEAR, 12, 31)

USE_SINGLE_EVENTS: Final = "Replace the recurring event by single events."


@dataclass(slots=True)
class DayBudget:
    """The days that may still be tested in one calendar."""

    days: int = MAX_DAYS


@dataclass(frozen=True, slots=True)
class Series:
    """An event that recurs, and what its times mean.

    ``where`` begins messages and names the event. ``until`` is the last local day of a rule
    without an end, or None.
    """

    event: Component
    start: EventStart
    where: str
    zones: CalendarZones
    until: date | None
    budget: DayBudget

    def list_starts(self) -> list[EventStart]:
        """Return the start of every instance, in order: by rule and RDATE, without EXDATEs.

        Raises ListingError for a rule that cannot be expanded.
        """
        by_rule = islice(self._expand_rule(), MAX_EPISODES + 1)
        starts = {each.key: each for each in (self.start, *by_rule, *self._read_times("RDATE"))}
        excluded = {each.key for each in self._read_times("EXDATE")}
        # Some clients exclude a time by its date alone.
        kept = (
            each
            for key, each in starts.items()
            if key not in excluded and f"{each.naive:%Y%m%d}" not in excluded
        )
        return sorted(kept, key=_get_local_time)

    def _expand_rule(self) -> Iterator[EventStart]:
        recurrence = self._read_rule()
        if recurrence is None:
            return
        for day in self._iterate_days(recurrence, self._find_last_day(recurrence)):
            start = self._make_start(datetime.combine(day, self.start.naive.time()))
            if _is_before_end(recurrence, start):
                yield start

    def _read_rule(self) -> Recurrence | None:
        """Return the only rule of the series; None if its times are listed."""
        rules = self.event.get_lines("RRULE")
        if len(rules) > 1 or self.event.get_lines("EXRULE"):
            self._fail("has more than one rule", USE_SINGLE_EVENTS)
        if not rules:
            return None
        rule = parse_rule(rules[0].value)
        recurrence = Recurrence(rule.parts, self.start.naive)
        if rule.problems or not recurrence.is_decidable:
            shown = f"`{excerpt(rules[0].value)}`"
            self._fail(f"has a rule that is not supported: {shown}", USE_SINGLE_EVENTS)
        return recurrence

    def _find_last_day(self, recurrence: Recurrence) -> date:
        """Return a local day after which the rule gives nothing."""
        if "COUNT" in recurrence.parts:
            return LAST_DAY
        until = _get_until(recurrence)
        if until:
            # In the zone of the series, a time in UTC may be on the next day.
            day = min(until.naive.date(), LAST_DAY) + DAY
            return min(day, LAST_DAY)
        if self.until is None:
            hint = "Use `--until YYYY-MM-DD` with the last day to import."
            self._fail("recurs without an end", hint)
        return min(self.until, LAST_DAY)

    def _iterate_days(self, recurrence: Recurrence, last: date) -> Iterator[date]:
        """Yield the local days of the series from its start to ``last``, COUNT of them at most.

        The start is always the first, also if the rule does not give it, as in most clients.
        """
        day = recurrence.start.date()
        remaining = int(recurrence.parts.get("COUNT", MAX_DAYS))
        while day <= last and remaining:
            self._spend_day()
            if day == recurrence.start.date() or recurrence.has_day(day):
                remaining -= 1
                yield day
            day += DAY

    def _spend_day(self) -> None:
        self.budget.days -= 1
        if self.budget.days < 0:
            self._fail("and others before it recur over too many days", USE_SINGLE_EVENTS)

    def _read_times(self, name: str) -> Iterator[EventStart]:
        for line in self.event.get_lines(name):
            for word in filter(None, line.value.split(",")):
                # Of a period, its start.
                value = replace(line, value=word.strip().partition("/")[0])
                start = self.zones.read_start(value, self.where)
                if not start:
                    problem = f"has an invalid {name}: `{excerpt(word)}`"
                    self._fail(problem, f"Correct or remove the {name}.")
                yield start

    def _make_start(self, naive: datetime) -> EventStart:
        """Return an instance at a local time of the series."""
        line = self.event.get_lines("DTSTART")[0]
        value = parse_date_time(line) if self.start.utc else None
        utc = self.zones.to_utc(value._replace(naive=naive), self.where) if value else None
        return EventStart(naive, utc)

    def _fail(self, problem: str, hint: str) -> NoReturn:
        raise ListingError(f"{self.where} {problem}. {hint}")


def is_series(event: Component) -> bool:
    """Return whether an event recurs."""
    return any(event.get_lines(name) for name in ("RRULE", "RDATE", "EXRULE"))


def _get_local_time(start: EventStart) -> datetime:
    return start.naive


def _get_until(recurrence: Recurrence) -> DateTimeValue | None:
    return parse_date_time(ContentLine("UNTIL", (), recurrence.parts.get("UNTIL", ""), 0))


def _is_before_end(recurrence: Recurrence, start: EventStart) -> bool:
    """Return whether an instance is not after UNTIL, which may be a date, local or in UTC."""
    until, raw = _get_until(recurrence), recurrence.parts.get("UNTIL", "")
    if until is None:
        return True
    if "T" not in raw or not start.utc:
        return start.naive.date() <= until.naive.date()
    # A local UNTIL is that of a floating series (§3.3.10).
    is_utc = raw.endswith("Z")
    return start.utc <= until.naive.replace(tzinfo=UTC) if is_utc else start.naive <= until.naive
