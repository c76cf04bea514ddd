"""Check the timezones that events use, and their VTIMEZONEs against the IANA database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import Final

from defects_ical.doctor.content_checks.times import STAMPS
from defects_ical.doctor.issues.issue import Occurrence
from defects_ical.doctor.issues.times import TimeIssue
from defects_ical.doctor.issues.timezones import TimezoneIssue
from defects_ical.doctor.parsed_feed import TIMES, ParsedFeed, collect_components
from defects_ical.rfc5545 import values
from defects_ical.rfc5545.content_lines import Component, ContentLine
from defects_ical.rfc5545.rrule import RuleFault, parse_rule
from defects_ical.rfc5545.vtimezone import (
    Observance,
    count_transitions,
    defined_offset,
    parse_observances,
    parse_yearly_rrule,
    tzid_of,
)
from defects_ical.timezones.conversion import FIRST_YEAR, LAST_YEAR, format_offset, to_local

OBSERVANCES: Final = frozenset({"STANDARD", "DAYLIGHT"})
# In these, importers accept no parameter; in DTSTART only VALUE.
WITHOUT_PARAMETERS: Final = frozenset({"TZID", "TZNAME", "TZOFFSETFROM", "TZOFFSETTO", "RDATE"})
# Rules of these have so many instances that importers hang.
SHORT_FREQUENCIES: Final = frozenset({"SECONDLY", "MINUTELY", "HOURLY"})
# The longest history that Outlook was seen to read has fewer transitions.
LONG_HISTORY: Final = 40
# Comparing takes the product of transitions and times.
MAX_TRANSITIONS: Final = 200
MAX_TIMES: Final = 300
MAX_TIMEZONES: Final = 10


def check_timezones(feed: ParsedFeed) -> Iterator[Occurrence]:
    """Yield what is wrong with the timezones of a feed."""
    yield from _check_definitions(feed)
    yield from _check_calendar_zone(feed)
    times = _collect_times(feed)
    for definition in feed.timezones[:MAX_TIMEZONES]:
        yield from _check_components(definition, is_used=tzid_of(definition) in times)
        yield from _compare_with_iana(definition, times.get(tzid_of(definition), {}))


def _check_definitions(feed: ParsedFeed) -> Iterator[Occurrence]:
    yield from _check_names(feed)
    if not all(map(tzid_of, feed.timezones)):
        # It may be that of any timezone.
        return
    defined = set(_list_defined_names(feed))
    for tzid, line in _find_tzids(feed).items():
        if values.is_windows_name(tzid):
            is_defined = tzid in defined
            issue = (
                TimezoneIssue.WINDOWS_TIMEZONE
                if is_defined
                else TimezoneIssue.UNDEFINED_WINDOWS_TIMEZONE
            )
            yield issue.at(line.number, timezone=tzid)
        elif tzid not in defined and tzid not in values.UTC_NAMES:
            is_known = values.is_iana_name(tzid)
            issue = TimezoneIssue.UNDEFINED_TIMEZONE if is_known else TimezoneIssue.UNKNOWN_TIMEZONE
            yield issue.at(line.number, timezone=tzid)


def _check_names(feed: ParsedFeed) -> Iterator[Occurrence]:
    for calendar in feed.calendars:
        seen: dict[str, Component] = {}
        for definition in calendar.get_components("VTIMEZONE"):
            tzid = tzid_of(definition)
            if not tzid:
                yield TimezoneIssue.NO_TZID.at(definition.number)
            elif seen.setdefault(tzid, definition) != definition:
                yield TimezoneIssue.DUPLICATE_TIMEZONE.at(definition.number, timezone=tzid)


def _list_defined_names(feed: ParsedFeed) -> Iterator[str]:
    for definition in feed.timezones:
        yield from (line.text for line in definition.get_lines("TZID")[:1])
        yield definition.get_value("TZID")
        # Clients look these up by their names anyway.
        if values.is_iana_name(tzid_of(definition)):
            yield tzid_of(definition)


def _find_tzids(feed: ParsedFeed) -> dict[str, ContentLine]:
    """Return the TZIDs of times, each with the first line that uses it."""
    lines: dict[str, ContentLine] = {}
    busy = collect_components(feed.calendars, "VFREEBUSY")
    for line in chain.from_iterable(each.lines for each in (*feed.entries, *busy)):
        if line.tzid and line.name not in STAMPS and line.tzid not in lines:
            # A colon in a TZID without quotation marks makes the time unreadable.
            is_list = line.name in {"EXDATE", "RDATE"}
            if is_list or line.name not in TIMES or values.parse_date_time(line):
                lines[line.tzid] = line
    return lines


def _check_calendar_zone(feed: ParsedFeed) -> Iterator[Occurrence]:
    for line in feed.unknown_zones:
        yield TimezoneIssue.UNKNOWN_CALENDAR_ZONE.at(line.number, timezone=line.value)


def _collect_times(feed: ParsedFeed) -> dict[str, dict[datetime, int]]:
    """Return the different local times that events have, each with its first line, by TZID."""
    times: dict[str, dict[datetime, int]] = {}
    for line in chain.from_iterable(event.lines for event in feed.events):
        if line.name in TIMES and line.tzid and (time := values.parse_date_time(line)):
            of_timezone = times.setdefault(line.tzid, {})
            if len(of_timezone) < MAX_TIMES:
                of_timezone.setdefault(time.naive, line.number)
    return times


def _check_components(definition: Component, *, is_used: bool) -> Iterator[Occurrence]:
    tzid = tzid_of(definition)
    if not definition.components:
        yield TimezoneIssue.NO_OBSERVANCE.at(definition.number, timezone=tzid)
    elif {each.name for each in definition.components} == {"DAYLIGHT"}:
        is_wrong = is_used and _has_no_winter(definition)
        issue = TimezoneIssue.ONLY_DAYLIGHT if is_wrong else TimezoneIssue.NO_STANDARD
        yield issue.at(definition.number, timezone=tzid)
    for line in definition.get_lines("COMMENT"):
        yield TimezoneIssue.TIMEZONE_COMMENT.at(line.number, timezone=tzid)
    yield from _check_parameters(tzid, definition)
    for observance in definition.components:
        if observance.name in OBSERVANCES:
            yield from _check_parameters(tzid, observance)
            yield from _check_observance(tzid, observance)
        else:
            details = {"timezone": tzid, "component": observance.name}
            yield TimezoneIssue.UNKNOWN_OBSERVANCE.at(observance.number, **details)
    count = count_transitions(definition)
    if count > LONG_HISTORY:
        yield TimezoneIssue.LONG_HISTORY.at(definition.number, timezone=tzid, count=count)


def _has_no_winter(definition: Component) -> bool:
    """Return whether all observances end in one offset, and the IANA database knows no other."""
    offsets = {each.get_value("TZOFFSETTO") for each in definition.components}
    changes = any(offsets != {each.get_value("TZOFFSETFROM")} for each in definition.components)
    # An IANA timezone is compared with the database.
    return len(offsets) == 1 and changes and not values.to_iana(tzid_of(definition))


def _check_parameters(tzid: str, component: Component) -> Iterator[Occurrence]:
    for line in component.lines:
        if line.parameters and line.name in {"DTSTART", *WITHOUT_PARAMETERS}:
            refused = (name for name, _ in line.parameters if not _is_accepted(line, name))
            for name in islice(refused, 1):
                yield TimezoneIssue.ZONE_PARAMETER.at(
                    line.number, timezone=tzid, property=line.name, parameter=name
                )


def _is_accepted(line: ContentLine, parameter: str) -> bool:
    return parameter == "VALUE" and line.name in {"DTSTART", "RDATE"}


PARSERS: Final = {
    "DTSTART": values.parse_local_datetime,
    "TZOFFSETFROM": values.parse_utc_offset,
    "TZOFFSETTO": values.parse_utc_offset,
}
"""The properties that an observance requires."""


def _check_observance(tzid: str, observance: Component) -> Iterator[Occurrence]:
    invalid = (name for name in PARSERS if PARSERS[name](observance.get_value(name)) is None)
    for name in islice(invalid, 1):
        line = next(iter(observance.get_lines(name)), observance)
        yield TimezoneIssue.INCOMPLETE_OBSERVANCE.at(line.number, timezone=tzid, property=name)
        return
    onset = values.parse_local_datetime(observance.get_value("DTSTART"))
    for line in observance.get_lines("RRULE"):
        if onset:
            yield from _check_zone_rule(line, tzid, onset)
    for line in observance.get_lines("DTSTART")[:1]:
        if line.value[13:15] == "60":
            yield TimeIssue.LEAP_SECOND.at(line.number, property=line.name, value=line.value)
    for line in observance.get_lines("RDATE"):
        yield from _check_zone_rdate(line, tzid)


def _check_zone_rdate(line: ContentLine, tzid: str) -> Iterator[Occurrence]:
    details = {"timezone": tzid, "value": line.value}
    words = line.value.split(",")
    if not all(values.parse_local_datetime(word.removesuffix("Z")) for word in words):
        yield TimezoneIssue.INVALID_ZONE_RDATE.at(line.number, **details)
    elif "Z" in line.value:
        yield TimezoneIssue.ZONE_RDATE_IN_UTC.at(line.number, **details)


def _check_zone_rule(line: ContentLine, tzid: str, onset: datetime) -> Iterator[Occurrence]:
    details = {"timezone": tzid, "rule": line.value}
    rule = parse_rule(line.value)
    until = rule.parts.get("UNTIL", "")
    is_refused = any(each.fault is not RuleFault.REPEATED_PART for each in rule.problems)
    is_refused |= rule.parts.get("FREQ") in SHORT_FREQUENCIES or line.value != line.value.upper()
    if is_refused or any(name.startswith("X-") for name in rule.parts):
        yield TimezoneIssue.INVALID_ZONE_RULE.at(line.number, **details)
    elif "T" in until and not until.endswith("Z"):
        yield TimezoneIssue.LOCAL_UNTIL.at(line.number, **details)
    elif until.endswith("Z") and not values.is_iana_name(tzid):
        yield TimezoneIssue.CUSTOM_ZONE_UNTIL.at(line.number, **details)
    elif not parse_yearly_rrule(line.value, onset):
        yield TimezoneIssue.COMPLEX_RULE.at(line.number, **details)


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
            yield TimezoneIssue.LATE_TIMEZONE.at(line, timezone=tzid, date=first)
        elif name and (utc := values.find_utc(time, name)):
            defined, actual = defined_offset(observances, time), time - utc.replace(tzinfo=None)
            if defined is not None and defined != actual:
                offsets = {"defined": format_offset(defined), "actual": format_offset(actual)}
                yield TimezoneIssue.WRONG_OFFSET.at(line, time=time, timezone=name, **offsets)


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
            yield TimezoneIssue.LATE_ONSET.at(
                observance.component.number, onset=onset, offset=offset
            )


def _is_in_later_offset(name: str, observance: Observance, onset: datetime) -> bool:
    later, earlier = onset - observance.offset_to, onset - observance.offset_from
    return _has_transition(name, later) and not _has_transition(name, earlier)


def _has_transition(name: str, utc: datetime) -> bool:
    """Return whether the IANA timezone has a transition at a UTC time, given without tzinfo."""
    at = utc.replace(tzinfo=UTC)
    return to_local(at - timedelta(seconds=1), name).offset != to_local(at, name).offset


def _is_in_database(naive: datetime) -> bool:
    return FIRST_YEAR <= naive.year <= LAST_YEAR
