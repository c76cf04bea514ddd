"""The events of all shows by week and by day, in the time zone of the site."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Final, NamedTuple

from defects_ical.catalog.catalog import Catalog
from defects_ical.catalog.summary import EventSummary, PlatformSummary, ShowSummary
from defects_ical.content.descriptions import name_city
from defects_ical.text.dates import format_day_of_year, format_days, format_time
from defects_ical.text.words import Words
from defects_ical.timezones.conversion import format_utc, to_local

# How long before the newest change of the site a list begins that cannot have every event.
DAYS_BEFORE_CHANGE: Final = 14


@dataclass(frozen=True, slots=True)
class Row:
    """An event in a list, with its local day and time: "23:00", or empty without an hour.

    ``genres`` are indexes of the catalog's genres. ``name`` is empty if it is the show's title.
    """

    show: ShowSummary
    event: EventSummary
    url: str
    day: date
    time: str
    genres: tuple[int, ...]
    words: Words

    @property
    def name(self) -> str:
        """The name of the event, unless the show has the same."""
        return "" if self.event.name == self.show.title else self.event.name

    @property
    def platform_names(self) -> str:
        """The names of the platforms, as one text: "ENA, Kocowa (1 h after the broadcast)"."""
        platforms = (self.show.platforms[each] for each in self.event.platforms)
        names = (_name_platform(each, self.words) for each in platforms)
        return self.words.list_separator.join(names)

    @property
    def attributes(self) -> dict[str, str]:
        """What a script needs of the event, by the names of data attributes."""
        event = self.event
        found = {
            "start": format_utc(event.start),
            "end": format_utc(event.end),
            "day": "" if event.has_hour else self.day.isoformat(),
            "status": "" if event.status == "confirmed" else event.status,
            "platforms": " ".join(event.platforms),
            "genres": " ".join(map(str, self.genres)),
        }
        return {name: value for name, value in found.items() if value}


class Day(NamedTuple):
    """A day, and the rows of its events."""

    date: date
    rows: tuple[Row, ...]
    words: Words

    @property
    def weekday(self) -> str:
        """The name of the day: "Monday"."""
        return self.words.weekdays[self.date.weekday()]

    @property
    def title(self) -> str:
        """The date without weekday and year, which is in the week's: "21 July"."""
        return format_day_of_year(self.date, self.words)


class Week(NamedTuple):
    """A week, and those of its days that have events."""

    start: date
    days: tuple[Day, ...]
    words: Words

    @property
    def title(self) -> str:
        """The dates of the week: "21 to 27 July 2025"."""
        return format_days(self.start, self.start + timedelta(days=6), self.words)


@dataclass(frozen=True, slots=True)
class Agenda:
    """The weeks that have events; without some events if ``is_limited``.

    ``days`` are the first and the last day of all events, without events none; ``event_count``
    is the number of all.
    """

    weeks: tuple[Week, ...]
    is_limited: bool
    days: tuple[date, ...]
    event_count: int


class _ShowEvent(NamedTuple):
    """An event and its show."""

    show: ShowSummary
    event: EventSummary


def make_agenda(catalog: Catalog, max_rows: int) -> Agenda:
    """Return the events by week: all of them, or ``max_rows`` from the newest changes on."""
    events = [_ShowEvent(show, event) for show in catalog.shows for event in show.events]
    # Shows are sorted by slug, and a sort keeps their order.
    events.sort(key=lambda each: each.event.start)
    limited = _limit_events(events, catalog, max_rows)
    ends = _make_rows([events[0], events[-1]] if events else [], catalog)
    return Agenda(
        weeks=tuple(_group_weeks(_make_rows(limited, catalog), catalog.words)),
        is_limited=len(limited) < len(events),
        days=tuple(each.day for each in ends),
        event_count=len(events),
    )


def _make_rows(events: Iterable[_ShowEvent], catalog: Catalog) -> list[Row]:
    """Return the rows of events by their day; those without an hour begin it."""
    indexes = {each.casefold(): index for index, each in enumerate(catalog.genres)}
    rows = [_make_row(*each, catalog, indexes) for each in events]
    return sorted(rows, key=lambda each: (each.day, each.event.has_hour))


def _make_row(
    show: ShowSummary, event: EventSummary, catalog: Catalog, indexes: dict[str, int]
) -> Row:
    local = to_local(event.start, catalog.settings.timezone).naive
    return Row(
        show=show,
        event=event,
        url=f"{catalog.get_show_url(show.slug).path}/#{event.id}",
        day=local.date() if event.has_hour else event.day,
        time=format_time(local, catalog.words) if event.has_hour else "",
        genres=tuple(sorted({indexes[each.casefold()] for each in show.genres})),
        words=catalog.words,
    )


def _name_platform(platform: PlatformSummary, words: Words) -> str:
    name = words.isolate(platform.name)
    if not platform.when:
        return name
    return words.platform_delay.format(platform=name, delay=platform.when)


def find_newest_change(catalog: Catalog) -> date | None:
    """Return the day of the newest change of a show, None without shows.

    It stands in for the current day, on which no page may depend.
    """
    newest = max((each.modified for each in catalog.shows), default=None)
    return to_local(newest, catalog.settings.timezone).naive.date() if newest else None


def find_city(catalog: Catalog) -> str:
    """Return the place whose times the lists have: "Seoul", "UTC"."""
    newest = max((each.modified for each in catalog.shows), default=None)
    zone, words = catalog.settings.timezone, catalog.words
    return name_city(zone, newest, words) if newest else words.cities.get(zone, zone)


def _limit_events(
    events: Sequence[_ShowEvent], catalog: Catalog, max_rows: int
) -> Sequence[_ShowEvent]:
    newest = max((each.modified for each in catalog.shows), default=None)
    if len(events) <= max_rows or not newest:
        return events
    since = newest - timedelta(days=DAYS_BEFORE_CHANGE)
    earlier = sum(1 for each in events if each.event.start < since)
    # As many rows as there may be, also when most events were before the newest change.
    start = min(earlier, len(events) - max_rows)
    return events[start : start + max_rows]


def _group_weeks(rows: Iterable[Row], words: Words) -> Iterable[Week]:
    by_day = groupby(rows, key=lambda each: each.day)
    days = (Day(day, tuple(found), words) for day, found in by_day)
    for start, found in groupby(days, key=_find_week_start):
        yield Week(start, tuple(found), words)


def _find_week_start(day: Day) -> date:
    return day.date - timedelta(days=(day.date.weekday() - day.words.first_weekday) % 7)
