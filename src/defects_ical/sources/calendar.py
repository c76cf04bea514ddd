"""Read a show from an iCalendar file of any client: bytes in, a `Listing` out (RFC 5545)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import chain
from pathlib import PurePath
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

from defects_ical.errors import ListingError
from defects_ical.rfc5545.content_lines import Component, looks_like_html
from defects_ical.rfc5545.lenient_parser import MAX_LINES, parse_lenient
from defects_ical.rfc5545.syntax_rules import SyntaxRule
from defects_ical.sources.checks import (
    check_count,
    check_timezone,
    check_year,
    describe_date,
    describe_number,
)
from defects_ical.sources.events.names import (
    EventName,
    find_title,
    guess_show,
    parse_name,
    remove_cancelled_label,
)
from defects_ical.sources.events.reader import CalendarEvent, EventReader
from defects_ical.sources.events.times import find_day, find_main_zone, read_zones
from defects_ical.sources.listing import ListedEpisode, Listing
from defects_ical.sources.plain_text import clean_line, clean_text, remove_markup
from defects_ical.text.display import excerpt

USE_CALENDAR: Final = "Use the export of a calendar: a file or URL that ends in `.ics`."
_SCHEME: Final = re.compile("[a-z][a-z0-9+.-]*://", re.IGNORECASE)
# Names that programs give to every file.
_PLAIN_NAMES: Final = frozenset({"basic", "calendar", "feed", "export", "ical", "index"})


class _NamedEvent(NamedTuple):
    """An event with the parts of its name."""

    event: CalendarEvent
    name: EventName


class _Numbered(NamedTuple):
    """An episode, and its event for messages."""

    episode: ListedEpisode
    event: CalendarEvent


def parse_calendar(
    content: bytes, *, name: str, timezone: str | None = None, until: date | None = None
) -> Listing:
    """Return the listing of the show in a calendar.

    ``name`` is its URL, or its file as the user named it. ``timezone`` is the IANA zone that the
    user chose: that of the listing, and of times in no known zone. ``until`` is the last day of
    series without an end. If all times are in UTC and ``timezone`` is None, so is the zone of the
    listing, and days are those of UTC. Raises ListingError.
    """
    check_timezone(timezone)
    calendars = _parse_calendars(content, name)
    components = tuple(chain.from_iterable(each.get_components("VEVENT") for each in calendars))
    if not components:
        raise ListingError(f"{name}: the calendar has no events. {USE_CALENDAR}")
    check_count(len(components), name)
    zones = read_zones(calendars, timezone)
    events = [_parse_event_name(each) for each in EventReader(name, zones, until).read(components)]
    shows = _find_shows(calendars, events) or [_name_file(name)]
    zone = timezone or find_main_zone(zones, components)
    return Listing(
        kind="ics",
        # Of a webcal URL, too, the file is on a web server.
        reference=re.sub("^webcals?:", "https:", name) if _SCHEME.match(name) else "",
        title=shows[0],
        timezone=zone,
        episodes=_list_episodes(events, shows, zone),
        summary=_read_header(calendars, "X-WR-CALDESC", "DESCRIPTION", multiline=True) or None,
    )


def _parse_calendars(content: bytes, name: str) -> tuple[Component, ...]:
    if looks_like_html(content):
        raise ListingError(f"{name}: a web page, not a calendar. {USE_CALENDAR}")
    parse = parse_lenient(content)
    if not parse.calendars:
        raise ListingError(f"{name}: not a calendar. {USE_CALENDAR}")
    if not parse.complete:
        message = f"the calendar has more than {MAX_LINES:,} lines"
        raise ListingError(f"{name}: {message}. Use a calendar with one show only.")
    if any(each.rule is SyntaxRule.TRUNCATED_FILE for each in parse.observations):
        message = "truncated: `END:VCALENDAR` is missing at the end"
        raise ListingError(f"{name}: {message}. Get a complete copy.")
    return parse.calendars


def _parse_event_name(event: CalendarEvent) -> _NamedEvent:
    summary = remove_cancelled_label(event.summary) if event.is_cancelled else event.summary
    return _NamedEvent(event, parse_name(summary).drop_special_number())


def _find_shows(calendars: tuple[Component, ...], events: list[_NamedEvent]) -> list[str]:
    """Return the names of the show: the calendar's, and what those of its events begin with."""
    header = _read_header(calendars, "X-WR-CALNAME", "NAME")
    # What stands before the number of a single event may be its title.
    is_alone = bool(header) and len(events) == 1
    names = [] if is_alone else [each.name for each in events]
    guessed = guess_show(names, by_words=not header)
    return [each for each in (header, guessed) if each]


def _read_header(calendars: tuple[Component, ...], *names: str, multiline: bool = False) -> str:
    """Return the first text of a calendar's own properties; empty without one."""
    lines = (line for each in calendars for name in names for line in each.get_lines(name))
    clean = clean_text if multiline else clean_line
    return next(filter(None, (clean(remove_markup(line.text)) for line in lines)), "")


def _name_file(name: str) -> str:
    """Return a title from the name of a file or the path of a URL."""
    path = unquote(urlsplit(name).path) if _SCHEME.match(name) else name
    words = clean_line(re.sub("[_-]+", " ", PurePath(path).stem))
    return "Unnamed show" if words.lower() in {"", *_PLAIN_NAMES} else words


# Numbers.


def _list_episodes(
    events: list[_NamedEvent], shows: list[str], zone: str | None
) -> tuple[ListedEpisode, ...]:
    """Return the episodes of all events, in the order of the file."""
    if all(each.name.number is None for each in events):
        events = _number_by_start(events)
    seasons = {each.name.season for each in events if each.name.season is not None}
    only_season = min(seasons) if len(seasons) == 1 else None
    found: list[_Numbered] = []
    for each in events:
        completed = _complete_season(each, only_season, has_seasons=len(seasons) > 1)
        title = find_title(completed.name, shows)
        found += (_Numbered(entry, completed.event) for entry in _split(completed, title, zone))
    return tuple(_resolve_duplicates(found))


def _number_by_start(events: list[_NamedEvent]) -> list[_NamedEvent]:
    """Return events without any number with those of their order in time."""
    order = sorted(range(len(events)), key=lambda index: events[index].event.sort_key)
    numbers = {index: number for number, index in enumerate(order, start=1)}
    return [
        each._replace(name=each.name._replace(number=numbers[index], last=numbers[index]))
        for index, each in enumerate(events)
    ]


def _complete_season(
    named: _NamedEvent, only_season: int | None, *, has_seasons: bool
) -> _NamedEvent:
    """Return an event with the only season of the calendar, if its number has none.

    Raises ListingError if there are several.
    """
    event, name = named
    if name.number is None:
        return named
    if name.season is None and has_seasons:
        message = f"has episode {name.number} without a season, and other events have seasons"
        raise ListingError(f"{event.where} {message}. Write it like `S01E{name.number:02}`.")
    season = only_season if name.season is None else name.season
    return named._replace(name=name._replace(season=season))


def _split(named: _NamedEvent, title: str | None, zone: str | None) -> Iterator[ListedEpisode]:
    """Yield the episodes of an event: several if its name has a range of numbers.

    They share the start, which makes them one event of a schedule, and the running time.
    """
    event, name = named
    numbers = [None] if name.number is None else [*range(name.number, (name.last or 0) + 1)]
    runtime = event.runtime // len(numbers) if event.runtime else None
    day = find_day(event.start, zone)
    check_year(day, event.where)
    start = event.start.utc
    for index, number in enumerate(numbers):
        yield ListedEpisode(
            id=f"{event.id}+{index}" if index and event.id else event.id,
            season=name.season,
            number=number,
            title=title,
            start=start.replace(second=0) if start else None,
            day=day,
            runtime=runtime or None,
            summary=event.description or None,
            is_cancelled=event.is_cancelled,
        )


def _resolve_duplicates(found: list[_Numbered]) -> Iterator[ListedEpisode]:
    """Return the episodes; of two with one number, the one that is not cancelled, or the last.

    Programs that cannot move an event cancel it and add another. Raises ListingError if neither
    is cancelled.
    """
    kept: dict[tuple[int | None, int], _Numbered] = {}
    for each in found:
        episode = each.episode
        if episode.number is None:
            continue
        other = kept.setdefault((episode.season, episode.number), each)
        if not (episode.is_cancelled or other.episode.is_cancelled or other is each):
            raise _create_duplicate_error(other, each)
        if episode.is_cancelled and not other.episode.is_cancelled:
            continue
        kept[episode.season, episode.number] = each
    chosen = {id(each) for each in kept.values()}
    return (each.episode for each in found if each.episode.number is None or id(each) in chosen)


def _create_duplicate_error(first: _Numbered, second: _Numbered) -> ListingError:
    number = describe_number(second.episode.season, second.episode.number or 0)
    dates = f"{describe_date(first.episode)} and {describe_date(second.episode)}"
    other = f"“{excerpt(first.event.summary)}” in line {first.event.line}"
    message = f"has the number of another event, {other} ({number}, on {dates})"
    hint = "Correct the name of one, or remove it; a special has no number."
    return ListingError(f"{second.event.where} {message}. {hint}")
