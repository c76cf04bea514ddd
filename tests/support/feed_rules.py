"""The rules for every .ics file of a site, checked byte by byte.

They do not use the code or the library that renders the files, so that they do not share its
errors. Sections without another RFC are those of RFC 5545.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import chain, pairwise, takewhile
from typing import Final, TypeAlias

from defects_ical.rfc5545.content_lines import (
    Component,
    ContentLine,
    count_uids,
    find_invisible,
    find_tzids,
    is_utf8,
)
from tests.support.calendar_files import CalendarFile
from tests.support.strict_parser import MalformedError, parse_calendar

Rule: TypeAlias = Callable[[CalendarFile], Iterator[str]]
"""A function that yields a message for each part of a file that breaks the rule."""

# Bytes


def check_line_ends(file: CalendarFile) -> Iterator[str]:
    """Check that each line ends in CRLF and contains no CR or LF (§3.1)."""
    for line in file.physical_lines:
        if line.has_bare_ending:
            yield f"line {line.number}: a bare {line.ending!r}"


def check_last_line_end(file: CalendarFile) -> Iterator[str]:
    """Check that the last line ends in CRLF too (§3.1)."""
    if not file.content.endswith(b"END:VCALENDAR\r\n"):
        yield f"the last bytes are {file.content[-15:]!r}"


def check_line_lengths(file: CalendarFile) -> Iterator[str]:
    """Check that no line is longer than 75 bytes, without its end (§3.1)."""
    for line in file.physical_lines:
        if line.is_too_long:
            yield f"line {line.number} has {len(line.raw)} bytes"


def check_folds(file: CalendarFile) -> Iterator[str]:
    """Check that no fold splits a character: each folded line is UTF-8 (§3.1)."""
    for line in file.physical_lines:
        if not is_utf8(line.raw):
            yield f"line {line.number} is not UTF-8"


def check_byte_order_mark(file: CalendarFile) -> Iterator[str]:
    """Check that the file does not start with a byte order mark."""
    if not file.content.startswith(b"BEGIN:VCALENDAR\r\n"):
        yield f"the first bytes are {file.content[:17]!r}"


def check_control_characters(file: CalendarFile) -> Iterator[str]:
    """Check that no line has an invisible character that an app may take for a line end."""
    for line in file.physical_lines:
        for character in find_invisible(line.raw.decode(errors="replace")):
            yield f"line {line.number}: U+{ord(character):04X}"


# Lines and nesting


def check_nesting(file: CalendarFile) -> Iterator[str]:
    """Check that each BEGIN has its END, and every line is a content line (§3.4, §3.6)."""
    try:
        parse_calendar(file.content)
    except MalformedError as error:
        yield str(error)


def check_empty_values(file: CalendarFile) -> Iterator[str]:
    """Check that every property has a value."""
    for line in chain.from_iterable(each.lines for each in file.calendar.walk()):
        if not line.value.strip():
            yield f"line {line.number}: {line.name} is empty"


def check_property_order(file: CalendarFile) -> Iterator[str]:
    """Check that the properties of a component come before the components in it (§3.4, §3.6)."""
    for each in file.calendar.walk():
        start = min((part.number for part in each.components), default=len(file.physical_lines))
        for line in each.lines:
            if line.number > start:
                yield f"line {line.number}: {line.name} comes after a component"


def check_normalization(file: CalendarFile) -> Iterator[str]:
    """Check that text is in Unicode normalization form NFC."""
    for line in file.lines:
        if not unicodedata.is_normalized("NFC", line.text):
            yield f"line {line.number}: {line.name} is not in NFC"


TEXTS: Final = frozenset(
    {"CATEGORIES", "COLOR", "DESCRIPTION", "LOCATION", "NAME", "PRODID", "STATUS", "SUMMARY"}
    | {"TZID", "TZNAME", "X-APPLE-CALENDAR-COLOR", "X-WR-CALDESC", "X-WR-CALNAME", "X-WR-TIMEZONE"}
)


def check_escapes(file: CalendarFile) -> Iterator[str]:
    r"""Check that text is escaped: commas, semicolons; no backslash but ``\n \, \;`` (§3.3.11).

    A category has no comma: some apps split there even if it is escaped.
    """
    for line in file.lines:
        allowed = r"([^\\;]|\\;)+" if line.name == "CATEGORIES" else r"([^\\,;]|\\[n,;])+"
        if line.name in TEXTS and not re.fullmatch(allowed, line.value):
            yield f"line {line.number}: {line.name} is not escaped: {line.value}"


# Properties

EPISODE_FILE: Final = ("VERSION", "PRODID", "CALSCALE")
FEED: Final = (
    *(*EPISODE_FILE, "NAME", "X-WR-CALNAME", "DESCRIPTION", "X-WR-CALDESC", "X-WR-TIMEZONE"),
    *("LAST-MODIFIED", "SOURCE", "URL", "REFRESH-INTERVAL", "X-PUBLISHED-TTL"),
    *("COLOR", "X-APPLE-CALENDAR-COLOR"),
)
EVENT: Final = (
    *("UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "CREATED", "DTSTART", "DTEND", "SUMMARY"),
    *("DESCRIPTION", "LOCATION", "URL", "STATUS", "TRANSP", "CATEGORIES"),
)
ALARM: Final = ("ACTION", "TRIGGER", "DESCRIPTION")
OBSERVANCE: Final = ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME")
NEVER: Final = frozenset(
    {"METHOD", "ORGANIZER", "ATTENDEE", "ATTACH", "DURATION", "COMMENT", "RDATE", "EXDATE"}
)
WITHIN: Final = {
    "VCALENDAR": {"VTIMEZONE", "VEVENT"},
    "VTIMEZONE": {"STANDARD", "DAYLIGHT"},
    "VEVENT": {"VALARM"},
}


def check_first_properties(file: CalendarFile) -> Iterator[str]:
    """Check that VERSION, PRODID and CALSCALE come first (§3.7), each with its only value."""
    found = [f"{line.name}:{line.value}" for line in file.calendar.lines[:3]]
    expected = ["VERSION:2.0", "PRODID:-//defects-ical//defects-ical//EN", "CALSCALE:GREGORIAN"]
    if found != expected:
        yield f"the first lines are {found}"


def check_calendar_properties(file: CalendarFile) -> Iterator[str]:
    """Check that a feed has all its properties (RFC 7986 §5), and an episode file only three.

    None has a UID. Outlook creates a new calendar for a file of one event if it has a name.
    """
    yield from _check_properties(file.calendar, EPISODE_FILE if file.is_episode else FEED)


def check_event_properties(file: CalendarFile) -> Iterator[str]:
    """Check that an event has each of its properties once, and no other (§3.6.1)."""
    for event in file.events:
        yield from _check_properties(event, EVENT)


def check_unwanted_properties(file: CalendarFile) -> Iterator[str]:
    """Check that nothing is there that some app fails on; RRULE is only in observances."""
    for each in file.calendar.walk():
        for line in each.lines:
            if line.name in NEVER or (line.name == "RRULE" and each.name in {"VEVENT", "VALARM"}):
                yield f"line {line.number}: {line.name} in {each.name}"
        for part in each.components:
            if part.name not in WITHIN.get(each.name, ()):
                yield f"line {part.number}: {part.name} in {each.name}"


def _check_properties(component: Component, names: tuple[str, ...]) -> Iterator[str]:
    counts = Counter(line.name for line in component.lines)
    for name in sorted({*counts, *names}):
        if counts[name] != int(name in names):
            yield f"{component.name} of line {component.number}: {counts[name]} times {name}"


# The calendar of a feed


def check_names(file: CalendarFile) -> Iterator[str]:
    """Check that name and description are there twice, with the same value, in one line."""
    for name, other in (("NAME", "X-WR-CALNAME"), ("DESCRIPTION", "X-WR-CALDESC")):
        value, other_value = file.calendar.get_value(name), file.calendar.get_value(other)
        if value != other_value or r"\n" in value:
            yield f"{name} is {value!r} and {other} is {other_value!r}"


def check_urls(file: CalendarFile) -> Iterator[str]:
    """Check that SOURCE is the URL of the feed (RFC 7986 §5.8), URL that of the site (§5.5)."""
    expected = [(("VALUE", "URI"),), file.url]
    for line in file.calendar.get_lines("SOURCE"):
        if [line.parameters, line.value] != expected:
            yield f"line {line.number}: SOURCE is {line.value} with {line.parameters}"
    for line in file.calendar.get_lines("URL"):
        if line.value != file.site_url:
            yield f"line {line.number}: URL is {line.value}"


def check_refresh_interval(file: CalendarFile) -> Iterator[str]:
    """Check that a feed asks to be refreshed every hour (RFC 7986 §5.7)."""
    expected = {"REFRESH-INTERVAL": (("VALUE", "DURATION"),), "X-PUBLISHED-TTL": ()}
    for name, parameters in expected.items():
        for line in file.calendar.get_lines(name):
            if (line.parameters, line.value) != (parameters, "PT1H"):
                yield f"line {line.number}: {name} is {line.value} with {line.parameters}"


def check_colors(file: CalendarFile) -> Iterator[str]:
    """Check that the colour is a CSS name (RFC 7986 §5.9) and, for Apple, six digits."""
    patterns = {"COLOR": "[a-z]+", "X-APPLE-CALENDAR-COLOR": "#[0-9A-F]{6}"}
    for name, pattern in patterns.items():
        for line in file.calendar.get_lines(name):
            if not re.fullmatch(pattern, line.value):
                yield f"line {line.number}: {name} is {line.value}"


def check_last_modified(file: CalendarFile) -> Iterator[str]:
    """Check that a feed was last modified with the latest of its events (RFC 7986 §5.4)."""
    latest = max((event.get_value("LAST-MODIFIED") for event in file.events), default="")
    for line in file.calendar.get_lines("LAST-MODIFIED"):
        if file.events and line.value != latest:
            yield f"line {line.number}: LAST-MODIFIED is {line.value}, not {latest}"


# Events

ONE_DAY: Final = timedelta(days=1)
# What a value looks like by its parameter, for those without TZID.
TIMES: Final = {(): r"\d{8}T\d{6}Z", (("VALUE", "DATE"),): r"\d{8}"}
UUID5: Final = "[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
PREFIXES: Final = {
    "CANCELLED: ": "CANCELLED",
    "TBC: ": "TENTATIVE",
    "POSTPONED: ": "TENTATIVE",
    "": "CONFIRMED",
}


def is_date(line: ContentLine) -> bool:
    """Return whether the value of a DTSTART or DTEND is a date (§3.3.4)."""
    return line.get_parameter("VALUE") == "DATE"


def read_date(line: ContentLine) -> date:
    """Return a date; the first day of all for any other value."""
    is_valid = re.fullmatch(r"\d{8}", line.value)
    return (
        datetime.strptime(line.value, "%Y%m%d").replace(tzinfo=UTC).date() if is_valid else date.min
    )


def check_uids(file: CalendarFile) -> Iterator[str]:
    """Check that each event has its own UID, a UUID of version 5 (RFC 7986 §5.3)."""
    for (uid, _), count in count_uids(file.events).items():
        if count != 1 or not re.fullmatch(UUID5, uid):
            yield f"{count} times UID:{uid}"


def check_stamps(file: CalendarFile) -> Iterator[str]:
    """Check that DTSTAMP, LAST-MODIFIED and SEQUENCE increase together (§3.8.7)."""
    for event in file.events:
        created, stamp, modified = map(event.get_value, ("CREATED", "DTSTAMP", "LAST-MODIFIED"))
        if not re.fullmatch(r"\d{8}T\d{6}Z", stamp) or stamp != modified or created > stamp:
            yield f"line {event.number}: created {created}, stamped {stamp}, modified {modified}"
        sequence = event.get_value("SEQUENCE")
        if not re.fullmatch(r"0|[1-9]\d{0,3}", sequence) or (sequence == "0") != (created == stamp):
            yield f"line {event.number}: SEQUENCE is {sequence}"


def check_times(file: CalendarFile) -> Iterator[str]:
    """Check that start and end are both in one zone, in UTC, or dates, never floating (§3.3.5).

    An end comes after its start; of dates, it is the next day (§3.6.1).
    """
    for event in file.events:
        start_end = (*event.get_lines("DTSTART"), *event.get_lines("DTEND"))
        for line in start_end:
            pattern = TIMES.get(line.parameters[:1], r"\d{8}T\d{6}")
            if not re.fullmatch(pattern, line.value) or len(line.parameters) > 1:
                yield f"line {line.number}: {line.name} is {line.value}"
        for start, end in pairwise(start_end):
            is_next_day = not is_date(start) or read_date(end) - read_date(start) == ONE_DAY
            if start.parameters != end.parameters or start.value >= end.value or not is_next_day:
                yield f"line {event.number}: from {start} to {end}"


def check_statuses(file: CalendarFile) -> Iterator[str]:
    """Check that the title shows the status (§3.8.1.11), because most apps do not."""
    for event in file.events:
        status, summary = event.get_value("STATUS"), event.get_value("SUMMARY")
        prefix = next(each for each in PREFIXES if summary.startswith(each))
        if PREFIXES[prefix] != status:
            yield f"line {event.number}: {status}, but {summary}"


def check_transparency(file: CalendarFile) -> Iterator[str]:
    """Check that a broadcast does not make its viewers busy (§3.8.2.7)."""
    for event in file.events:
        if event.get_value("TRANSP") != "TRANSPARENT":
            yield f"line {event.number}: TRANSP is {event.get_value('TRANSP')}"


def check_locations(file: CalendarFile) -> Iterator[str]:
    """Check that a location is a name: Google looks up a URL on its map."""
    for line in file.lines:
        if line.name == "LOCATION" and "://" in line.value:
            yield f"line {line.number}: LOCATION is {line.value}"


def check_links(file: CalendarFile) -> Iterator[str]:
    """Check that no URL has a comma or semicolon, where some apps cut it off."""
    for line in file.lines:
        for link in re.findall(r"https?://\S+", line.text):
            if "," in link or ";" in link:
                yield f"line {line.number}: {line.name} has {link}"
    for event in file.events:
        if not event.get_value("URL").startswith(f"{file.site_url}#"):
            yield f"line {event.number}: URL is {event.get_value('URL')}"


def check_alarms(file: CalendarFile) -> Iterator[str]:
    """Check that only feeds with reminders have alarms, half an hour before (§3.6.6).

    Other feeds have their minutes in the path. What does not air, or has no hour, has no alarm.
    """
    for event in file.events:
        status, summary = event.get_value("STATUS"), event.get_value("SUMMARY")
        does_air = status != "CANCELLED" and not summary.startswith("POSTPONED: ")
        has_hour = not any(map(is_date, event.get_lines("DTSTART")))
        expected = file.reminder is not None and does_air and has_hour
        if len(event.get_components("VALARM")) != int(expected):
            yield f"line {event.number}: {len(event.get_components('VALARM'))} alarms"
        for alarm in event.get_components("VALARM"):
            yield from _check_properties(alarm, ALARM)
            action, trigger = map(alarm.get_value, ("ACTION", "TRIGGER"))
            if (action, read_trigger(trigger)) != ("DISPLAY", file.reminder):
                yield f"line {alarm.number}: {action} at {trigger}"


def read_trigger(trigger: str) -> int | None:
    """Return how many minutes before the start a trigger is: "-PT30M", "-P1DT2H" (§3.3.6)."""
    found = re.fullmatch(r"-P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?)?", trigger)
    if not found:
        return None
    days, hours, minutes = (int(each or 0) for each in found.groups())
    return (days * 24 + hours) * 60 + minutes


# Time zones


def check_timezones(file: CalendarFile) -> Iterator[str]:
    """Check that the zones of events, and no others, are defined before them (§3.2.19).

    Without events, a calendar needs another component (§3.6): the definition of its zone, or of
    UTC if its zone has no yearly rules.
    """
    used = set(find_tzids(file.events))
    components = file.calendar.components
    first = tuple(takewhile(lambda each: each.name == "VTIMEZONE", components))
    defined = [zone.get_value("TZID") for zone in file.calendar.get_components("VTIMEZONE")]
    if not file.events:
        own = {line.value for line in file.calendar.get_lines("X-WR-TIMEZONE")}
        used = {"UTC"} if defined == ["UTC"] else own
    if defined != sorted(used) or len(first) != len(defined):
        yield f"events use {used}; {defined} are defined, {len(first)} of them before the events"
    for line in file.calendar.get_lines("X-WR-TIMEZONE"):
        if used - {line.value, "UTC"}:
            yield f"line {line.number}: X-WR-TIMEZONE is {line.value}"


def check_observances(file: CalendarFile) -> Iterator[str]:
    """Check that a VTIMEZONE is complete (§3.6.5) and starts before its events.

    It has one STANDARD with equal offsets, or Emacs ignores it; or a STANDARD and a DAYLIGHT with
    yearly rules, because Outlook reads no other form.
    """
    lines = [line for event in file.events for line in event.get_lines("DTSTART")]
    starts = [line.value for line in lines if not is_date(line)] or ["20380101T000000"]
    for zone in file.calendar.get_components("VTIMEZONE"):
        yield from _check_properties(zone, ("TZID",))
        first = min((each.get_value("DTSTART") for each in zone.components), default="")
        if not zone.get_components("STANDARD") or not "19700101T000000" <= first < min(starts):
            yield f"line {zone.number}: starts at {first} for {starts}"
        has_rules = len(zone.components) > 1
        if [each.name for each in zone.components] != ["STANDARD", "DAYLIGHT"][: 1 + has_rules]:
            yield f"line {zone.number}: {[each.name for each in zone.components]}"
        for each in zone.components:
            yield from _check_properties(each, (*OBSERVANCE, "RRULE") if has_rules else OBSERVANCE)
            offsets = [each.get_value(name) for name in ("TZOFFSETFROM", "TZOFFSETTO")]
            if has_rules != (offsets[0] != offsets[1]):
                yield f"line {each.number}: from {offsets[0]} to {offsets[1]}"


RULES: Final[tuple[Rule, ...]] = (
    check_line_ends,
    check_last_line_end,
    check_line_lengths,
    check_folds,
    check_byte_order_mark,
    check_control_characters,
    check_nesting,
    check_empty_values,
    check_property_order,
    check_normalization,
    check_escapes,
    check_first_properties,
    check_calendar_properties,
    check_event_properties,
    check_unwanted_properties,
    check_names,
    check_urls,
    check_refresh_interval,
    check_colors,
    check_last_modified,
    check_uids,
    check_stamps,
    check_times,
    check_statuses,
    check_transparency,
    check_locations,
    check_links,
    check_alarms,
    check_timezones,
    check_observances,
)
"""All rules."""
