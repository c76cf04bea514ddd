"""Read the events of a calendar: series are expanded, and changed instances put in their places."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NoReturn

from defects_ical.errors import ListingError
from defects_ical.rfc5545.content_lines import Component
from defects_ical.rfc5545.values import parse_duration
from defects_ical.sources.checks import check_count, clamp_runtime
from defects_ical.sources.events.series import DayBudget, Series, is_series
from defects_ical.sources.events.times import CalendarZones, EventStart
from defects_ical.sources.plain_text import clean_line, clean_text, remove_markup
from defects_ical.text.display import excerpt

# Digits of a SEQUENCE that are read.
_MAX_DIGITS: Final = 9


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """An event, or an instance of a series.

    ``id`` is empty if the calendar has none for it. ``where`` begins messages and names the event,
    which begins at ``line``. ``start`` has the local time as it is written. ``runtime`` is in
    minutes; texts are plain.
    """

    id: str
    where: str
    line: int
    summary: str
    description: str
    start: EventStart
    runtime: int | None
    is_cancelled: bool

    @property
    def sort_key(self) -> datetime:
        """The start for sorting: in UTC, if its hour is known."""
        return self.start.utc.replace(tzinfo=None) if self.start.utc else self.start.naive


@dataclass(frozen=True, slots=True)
class EventReader:
    """Reads the events of a calendar; ``source`` is the name of its file, or its URL.

    ``until`` is the last local day of series without an end, or None.
    """

    source: str
    zones: CalendarZones
    until: date | None

    def read(self, events: Iterable[Component]) -> list[CalendarEvent]:
        """Return all events and instances, in the order of the file.

        Raises ListingError for a time or a rule that cannot be read, and for too many events.
        """
        budget = DayBudget()
        found: list[CalendarEvent] = []
        for each in self._read_all(tuple(events), budget):
            found.append(each)
            check_count(len(found), self.source)
        return found

    def _read_all(
        self, events: tuple[Component, ...], budget: DayBudget
    ) -> Iterator[CalendarEvent]:
        mains: defaultdict[str, list[Component]] = defaultdict(list)
        changed: defaultdict[str, list[Component]] = defaultdict(list)
        for index, event in enumerate(events):
            uid = event.get_value("UID").strip() or f"\0{index}"
            (changed if event.get_lines("RECURRENCE-ID") else mains)[uid].append(event)
        for uid, same in mains.items():
            newest = _select_newest(same)
            is_unique = len(newest) == 1 and not uid.startswith("\0")
            for event in newest:
                changes = self._index_changes(changed.pop(uid, []))
                yield from self._read_main(event, uid if is_unique else "", changes, budget)
        # A file may have the changed instances of a series alone.
        for uid, alone in changed.items():
            yield from self._read_changes(uid, self._index_changes(alone))

    def _read_main(
        self, event: Component, uid: str, changes: dict[str, Component], budget: DayBudget
    ) -> Iterator[CalendarEvent]:
        """Yield an event or the instances of a series, in their changed forms."""
        start = self._read_start(event)
        if not is_series(event):
            yield self._read_event(event, uid, start)
        else:
            series = Series(event, start, self._locate(event), self.zones, self.until, budget)
            instances = [*series.list_starts()]
            days = Counter(each.naive.date() for each in instances)
            for instance in instances:
                change = _pop_change(changes, instance)
                # Without the hour, so that a series with another hour has the same instances.
                is_alone = days[instance.naive.date()] == 1
                key = f"{instance.naive:%Y%m%d}" if is_alone else instance.key
                instance_id = f"{uid}/{key}" if uid else ""
                changed_start = self._read_start(change) if change else instance
                yield self._read_event(change or event, instance_id, changed_start)
        yield from self._read_changes(uid, changes)

    def _read_changes(self, uid: str, changes: dict[str, Component]) -> Iterator[CalendarEvent]:
        """Yield the changed instances that no rule gives."""
        for key, event in changes.items():
            is_named = uid and not uid.startswith("\0")
            yield self._read_event(
                event, f"{uid}/{key}" if is_named else "", self._read_start(event)
            )

    def _index_changes(self, events: list[Component]) -> dict[str, Component]:
        """Return the changed instances of one series by what identifies them."""
        by_key: defaultdict[str, list[Component]] = defaultdict(list)
        for event in events:
            line = event.get_lines("RECURRENCE-ID")[0]
            original = self.zones.read_start(line, self._locate(event))
            if not original:
                problem = f"has an invalid RECURRENCE-ID: `{excerpt(line.value)}`"
                self._fail(event, problem, "Correct or remove the event.")
            if (line.get_parameter("RANGE") or "").upper() == "THISANDFUTURE":
                problem = "changes a series from one instance on, which is not supported"
                self._fail(event, problem, "Replace the recurring event by single events.")
            by_key[original.key].append(event)
        return {key: _select_newest(same)[-1] for key, same in by_key.items()}

    def _read_event(self, event: Component, event_id: str, start: EventStart) -> CalendarEvent:
        return CalendarEvent(
            id=clean_line(event_id),
            where=self._locate(event),
            line=event.number,
            summary=_read_summary(event),
            description=clean_text(remove_markup(_get_text(event, "DESCRIPTION"))),
            start=start,
            runtime=self._read_runtime(event),
            is_cancelled=event.get_value("STATUS").strip().upper() == "CANCELLED",
        )

    def _read_start(self, event: Component) -> EventStart:
        lines = event.get_lines("DTSTART")
        start = self.zones.read_start(lines[0], self._locate(event)) if lines else None
        if not start:
            found = f"an invalid DTSTART: `{excerpt(lines[0].value)}`" if lines else "no DTSTART"
            self._fail(event, f"has {found}", "Correct its DTSTART, or remove the event.")
        # Outlook may write a whole day as one from midnight to midnight.
        is_whole_day = event.get_value("X-MICROSOFT-CDO-ALLDAYEVENT").strip().upper() == "TRUE"
        return start._replace(utc=None) if is_whole_day else start

    def _read_runtime(self, event: Component) -> int | None:
        """Return the minutes from start to end of an event; None for a whole day."""
        start, where = self._read_start(event), self._locate(event)
        ends = event.get_lines("DTEND")
        end = self.zones.read_start(ends[0], where) if ends else None
        duration = parse_duration(event.get_value("DURATION").strip().upper())
        if end and end.utc and start.utc:
            duration = end.utc - start.utc
        is_timed = duration is not None and start.utc is not None
        return (
            clamp_runtime(round(duration / timedelta(minutes=1))) if duration and is_timed else None
        )

    def _locate(self, event: Component) -> str:
        """Return where an event is and how it is named, for the beginning of a message."""
        return f"{self.source}:{event.number}: the event “{excerpt(_read_summary(event))}”"

    def _fail(self, event: Component, problem: str, hint: str) -> NoReturn:
        raise ListingError(f"{self._locate(event)} {problem}. {hint}")


def _read_summary(event: Component) -> str:
    return clean_line(remove_markup(_get_text(event, "SUMMARY")))


def _get_text(event: Component, name: str) -> str:
    lines = event.get_lines(name)
    return lines[0].text if lines else ""


def _select_newest(events: list[Component]) -> list[Component]:
    """Return the events with the highest SEQUENCE: of versions of one event, the last one.

    There are several if a program gives one UID to different events.
    """
    newest = max(map(_read_sequence, events))
    kept = [each for each in events if _read_sequence(each) == newest]
    starts = {each.get_value("DTSTART") for each in kept}
    return kept if len(starts) > 1 else kept[-1:]


def _read_sequence(event: Component) -> int:
    raw = event.get_value("SEQUENCE").strip()
    return int(raw) if raw.isdecimal() and len(raw) <= _MAX_DIGITS else 0


def _pop_change(changes: dict[str, Component], start: EventStart) -> Component | None:
    """Take the change of an instance; some clients name it by its date alone."""
    by_date = changes.pop(f"{start.naive:%Y%m%d}", None)
    return changes.pop(start.key, None) or by_date
