"""Check the timezones that events use, and their VTIMEZONEs against the IANA database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import Final

from defects_ical.doctor.issues import Issue, Occurrence
from defects_ical.doctor.parsed_feed import TIMES, ParsedFeed
from defects_ical.rfc5545 import values
from defects_ical.rfc5545.content_lines import Component, find_tzids
from defects_ical.rfc5545.vtimezone import (
    Observance,
    count_transitions,
    defined_offset,
    parse_observances,
    parse_yearly_rrule,
    tzid_of,
)
from defects_ical.timezones.conversion import FIRST_YEAR, LAST_YEAR, format_offset, to_local

# The longest history that Outlook was seen to read has fewer transitions.
LONG_HISTORY: Final = 40
# Comparing takes the product of transitions and times.
MAX_TRANSITIONS: Final = 200
MAX_TIMES: Final = 300
MAX_TIMEZONES: Final = 10


def check_timezones(feed: ParsedFeed) -> Iterator[Occurrence]:
    """Yield what is wrong with the timezones of a feed."""
    yield from _check_definitions(feed)
    times = _collect_times(feed)
    for definition in feed.timezones[:MAX_TIMEZONES]:
        yield from _check_components(definition)
        yield from _compare_with_iana(definition, times.get(tzid_of(definition), {}))


def _check_definitions(feed: ParsedFeed) -> Iterator[Occurrence]:
    defined = set(map(tzid_of, feed.timezones))
    for tzid, line in find_tzids(feed.events).items():
        if values.is_windows_name(tzid):
            is_defined = tzid in defined
            issue = Issue.WINDOWS_TIMEZONE if is_defined else Issue.UNDEFINED_WINDOWS_TIMEZONE
            yield issue.at(line.number, timezone=tzid)
        elif tzid not in defined and tzid not in values.UTC_NAMES:
            yield Issue.UNDEFINED_TIMEZONE.at(line.number, timezone=tzid)


def _collect_times(feed: ParsedFeed) -> dict[str, dict[datetime, int]]:
    """Return the different local times that events have, each with its first line, by TZID."""
    times: dict[str, dict[datetime, int]] = {}
    for line in chain.from_iterable(event.lines for event in feed.events):
        if line.name in TIMES and line.tzid and (time := values.parse_date_time(line)):
            of_timezone = times.setdefault(line.tzid, {})
            if len(of_timezone) < MAX_TIMES:
                of_timezone.setdefault(time.naive, line.number)
    return times


def _check_components(definition: Component) -> Iterator[Occurrence]:
    tzid = tzid_of(definition)
    if not definition.get_components("STANDARD"):
        yield Issue.NO_STANDARD.at(definition.number, timezone=tzid)
    for line in definition.get_lines("COMMENT"):
        yield Issue.TIMEZONE_COMMENT.at(line.number, timezone=tzid)
    for observance in definition.components:
        yield from _check_observance(tzid, observance)
    count = count_transitions(definition)
    if count > LONG_HISTORY:
        yield Issue.LONG_HISTORY.at(definition.number, timezone=tzid, count=count)


PARSERS: Final = {
    "DTSTART": values.parse_local_datetime,
    "TZOFFSETFROM": values.parse_utc_offset,
    "TZOFFSETTO": values.parse_utc_offset,
}
"""The properties that an observance requires."""


def _check_observance(tzid: str, observance: Component) -> Iterator[Occurrence]:
    invalid = (name for name in PARSERS if PARSERS[name](observance.get_value(name)) is None)
    for name in islice(invalid, 1):
        yield Issue.INCOMPLETE_OBSERVANCE.at(observance.number, timezone=tzid, property=name)
    onset = values.parse_local_datetime(observance.get_value("DTSTART"))
    for line in observance.get_lines("RRULE"):
        if not onset or not parse_yearly_rrule(line.value, onset):
            yield Issue.COMPLEX_RULE.at(line.number, timezone=tzid, rule=line.value)


def _compare_with_iana(
    definition: Component, times: Mapping[datetime, int]
) -> Iterator[Occurrence]:
    observances = tuple(parse_observances(definition))
    # Parts of a definition may give other offsets than all of it.
    is_complete = len(observances) == len(definition.components)
    if is_complete and count_transitions(definition) <= MAX_TRANSITIONS:
        tzid = tzid_of(definition)
        yield from _check_offsets(tzid, observances, times)
        if name := values.to_iana(tzid):
            yield from _check_onsets(name, observances, times)


def _check_offsets(
    tzid: str, observances: tuple[Observance, ...], times: Mapping[datetime, int]
) -> Iterator[Occurrence]:
    """Yield times before the first onset, and those whose offset is not that of the database."""
    name = values.to_iana(tzid)
    first = min((each.onset for each in observances), default=None)
    for time, line in times.items():
        if first and time < first:
            yield Issue.LATE_TIMEZONE.at(line, timezone=tzid, date=first)
        elif name and (utc := values.find_utc(time, name)):
            defined, actual = defined_offset(observances, time), time - utc.replace(tzinfo=None)
            if defined is not None and defined != actual:
                offsets = {"defined": format_offset(defined), "actual": format_offset(actual)}
                yield Issue.WRONG_OFFSET.at(line, time=time, timezone=name, **offsets)


def _check_onsets(
    name: str, observances: tuple[Observance, ...], times: Mapping[datetime, int]
) -> Iterator[Occurrence]:
    """Yield onsets that are in local time after the transition, in the first year of the events."""
    years = [time.year for time in times if _is_in_database(time)]
    for observance in observances:
        recurring = observance.find_onset(min(years)) if years else None
        onset = recurring or observance.onset
        if _is_in_database(onset) and _is_in_later_offset(name, observance, onset):
            offset = format_offset(observance.offset_to)
            yield Issue.LATE_ONSET.at(observance.component.number, onset=onset, offset=offset)


def _is_in_later_offset(name: str, observance: Observance, onset: datetime) -> bool:
    later, earlier = onset - observance.offset_to, onset - observance.offset_from
    return _has_transition(name, later) and not _has_transition(name, earlier)


def _has_transition(name: str, utc: datetime) -> bool:
    """Return whether the IANA timezone has a transition at a UTC time, given without tzinfo."""
    at = utc.replace(tzinfo=UTC)
    return to_local(at - timedelta(seconds=1), name).offset != to_local(at, name).offset


def _is_in_database(naive: datetime) -> bool:
    return FIRST_YEAR <= naive.year <= LAST_YEAR
