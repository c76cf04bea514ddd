"""A feed's octets, as they came once or twice → what calendar programs would stumble over in them.

It takes linear time and never fails, whatever the octets are. RFC 5545's sections are in
`ailments`, with the programs that each finding is about.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import chain, count
from typing import Final, NamedTuple, TypeAlias

import icalendar

from defects_ical.doctor.catalogue import build_findings, is_fault
from defects_ical.doctor.findings import Finding
from defects_ical.doctor.parsed_feed import NAMES, ParsedFeed
from defects_ical.rfc5545.content_lines import (
    Component,
    ContentLine,
    count_uids,
    empty_properties,
    has_unescaped_separator,
)
from defects_ical.rfc5545.lenient_parser import LenientParse, parse_lenient
from defects_ical.rfc5545.observations import Observation, quoted
from defects_ical.rfc5545.vtimezone import (
    Use,
    check_timezone,
    is_utc,
    is_windows,
    parse_local_datetime,
    to_iana,
    tzid_of,
)
from defects_ical.timezones.conversion import (
    FIRST_YEAR,
    LAST_YEAR,
    AmbiguousTimeError,
    NonexistentTimeError,
    to_utc,
)

# Longer answers are not given to icalendar: it takes a second for half a megabyte.
MAX_READ: Final = 500_000
# Characters of a value of few forms that are looked at.
MAX_VALUE: Final = 2000
MAX_DEFINITIONS: Final = 10
# What is wrong with a feed shows in so many of its events.
MAX_EVENTS: Final = 20_000
DAY: Final = timedelta(days=1)
SOON: Final = timedelta(minutes=1)
# A feed that was made before it was asked for is seldom so fresh.
JUST_NOW: Final = timedelta(seconds=5)
FAR: Final = datetime.max.replace(tzinfo=UTC)
STAMPS: Final = frozenset({"DTSTAMP", "CREATED", "LAST-MODIFIED"})
TEXTS: Final = frozenset({"SUMMARY", "DESCRIPTION", "LOCATION"})
TIMES: Final = ("DTSTART", "DTEND", "RECURRENCE-ID")
ONCE: Final[Mapping[str, frozenset[str]]] = {
    "VCALENDAR": frozenset({"VERSION", "PRODID", "CALSCALE", "METHOD"}),
    "VEVENT": frozenset(
        {"DTSTAMP", "UID", "DTSTART", "CLASS", "CREATED", "DESCRIPTION", "GEO", "LAST-MODIFIED"}
        | {"LOCATION", "ORGANIZER", "PRIORITY", "SEQUENCE", "STATUS", "SUMMARY", "TRANSP", "URL"}
        | {"RECURRENCE-ID", "DTEND", "DURATION"}
    ),
}
"""What may stand only once (§3.6, §3.6.1)."""
ASKED: Final = ("REFRESH-INTERVAL", "X-PUBLISHED-TTL", "SOURCE")
# How long (§3.3.6); each part is bounded, so that it is read once.
LENGTH: Final = (
    r"[+-]?P(?:[0-9]{1,9}W|(?=[0-9T])(?:[0-9]{1,9}D)?"
    r"(?:T(?=[0-9])(?:[0-9]{1,9}H)?(?:[0-9]{1,9}M)?(?:[0-9]{1,9}S)?)?)"
)
FREQUENCY: Final = "SECONDLY|MINUTELY|HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY"
VALUES: Final[Mapping[str, tuple[re.Pattern[str], str]]] = {
    name: (re.compile(pattern, re.IGNORECASE), words)
    for name, pattern, words in (
        ("STATUS", "TENTATIVE|CONFIRMED|CANCELLED", "TENTATIVE, CONFIRMED or CANCELLED"),
        ("TRANSP", "OPAQUE|TRANSPARENT", "OPAQUE or TRANSPARENT"),
        ("SEQUENCE", "[0-9]{1,10}", "a number"),
        ("PRIORITY", "[0-9]", "a number from 0 to 9"),
        ("DURATION", LENGTH, "a length like PT1H30M"),
        ("TRIGGER", rf"{LENGTH}|[0-9]{{8}}T[0-9]{{6}}Z", "a length like -PT30M, or a time in UTC"),
        ("RRULE", rf"(?:[^;]*;)*FREQ=(?:{FREQUENCY})(?:;.*)?", "a rule with FREQ=WEEKLY, for one"),
    )
}
"""The values that have one of few forms, by property (§3.8), and the words for it."""
STEPS: Final[Mapping[str, timedelta]] = {
    "SECONDLY": timedelta(seconds=1),
    "MINUTELY": timedelta(minutes=1),
    "HOURLY": timedelta(hours=1),
    "DAILY": timedelta(days=1),
    "WEEKLY": timedelta(weeks=1),
    # The 31st of a month and 29 February do not come every time.
    "MONTHLY": timedelta(days=62),
    "YEARLY": timedelta(days=8 * 366),
}
"""The longest from one occurrence to the next."""
MAX_DIGITS: Final = 6
MAX_RULE: Final = 500

_MOMENT: Final = re.compile(r"([0-9]{8})(?:T([0-9]{6})(Z?))?")
_MARKUP: Final = re.compile(
    r"</?(?:a|b|br|div|em|h[1-6]|i|img|li|ol|p|span|strong|table|td|tr|u|ul)[ />]", re.IGNORECASE
)
_HTML: Final = re.compile(rb"<(?:!doctype|html|head|body|script|title)", re.IGNORECASE)


Rule: TypeAlias = Callable[[ParsedFeed], Iterator[Observation]]
"""A rule of one reading: it tells each ailment that it sees."""


def check_calendar(bodies: tuple[bytes, ...], now: datetime) -> Iterator[Finding]:
    """What is wrong with an answer, and with how a second one of the same address differs.

    The second is best asked for some seconds later, so that a clock shows in it. ``now`` is in
    UTC.
    """
    return build_findings(_sights(bodies, now))


def _sights(bodies: tuple[bytes, ...], now: datetime) -> Iterator[Observation]:
    first, *others = bodies
    read = parse_lenient(first)
    if not read.calendars:
        yield from _nothing(first, read)
        return
    yield from read.sights
    yield from _too_many(read)
    feed = _parse_feed(read, now)
    seen = [sight for rule in RULES for sight in rule(feed)]
    yield from seen
    # It would say once more what is told already, in the library's words.
    if not any(is_fault(each) or each.name == "value" for each in (*read.sights, *seen)):
        yield from _read_by_others(first)
    changed = [other for other in others if other != first]
    if not changed:
        yield from _stamped_now(feed, JUST_NOW if others else SOON)
    for other in changed:
        yield from _changed(feed, _parse_feed(parse_lenient(other), now))


def _parse_feed(read: LenientParse, now: datetime) -> ParsedFeed:
    """What is looked at of a reading."""
    seen = count()
    calendars = tuple(
        replace(each, components=tuple(part for part in each.components if _is_due(part, seen)))
        for each in read.calendars
    )
    return ParsedFeed(calendars, now, read.whole and next(seen) <= MAX_EVENTS)


def _is_due(part: Component, seen: Iterator[int]) -> bool:
    return part.name != "VEVENT" or next(seen) < MAX_EVENTS


def _too_many(read: LenientParse) -> Iterator[Observation]:
    events = tuple(chain.from_iterable(each.parts("VEVENT") for each in read.calendars))
    for event in events[MAX_EVENTS : MAX_EVENTS + 1]:
        yield Observation("too-many-events", event.number, (f"{len(events):,}", f"{MAX_EVENTS:,}"))


def _nothing(body: bytes, read: LenientParse) -> Iterator[Observation]:
    """What an answer without a calendar is."""
    if not body.strip():
        yield Observation("empty", 1)
        return
    yield from (each for each in read.sights if each.name == "encoding")
    yield Observation("no-calendar", 1, (_kind(body),))


def _kind(body: bytes) -> str:
    head = body[:2_000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if _HTML.search(head):
        return "it is HTML, a page for people"
    if head[:1] in {b"{", b"["}:
        return "it is JSON"
    if head[:2] == b"\x1f\x8b":
        return "it is gzip"
    return f"it begins with “{quoted(head[:200].decode(errors='replace'))}”"


def _read_by_others(body: bytes) -> Iterator[Observation]:
    if len(body) > MAX_READ:
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            icalendar.Calendar.from_ical(body, multiple=True)
    except Exception as error:  # noqa: BLE001 - also what is the library's own mistake stops its users
        yield Observation("unreadable", None, (quoted(str(error)) or type(error).__name__,))


# What a calendar says of itself.


def _head(feed: ParsedFeed) -> Iterator[Observation]:
    for each in feed.calendars:
        version = each.value("VERSION")
        if version != "2.0":
            line = next(iter(each.named("VERSION")), each)
            shown = f"{quoted(version)}, not 2.0" if version else "missing"
            yield Observation("version", line.number, (shown,))
        if not each.named("PRODID"):
            yield Observation("prodid", each.number)


def _calendar(feed: ParsedFeed) -> Iterator[Observation]:
    for each in feed.calendars:
        for line in each.named("METHOD"):
            yield Observation("method", line.number, (quoted(line.value),))
        for line in each.named("UID"):
            yield Observation("calendar-uid", line.number)
    for each in feed.calendars[1:2]:
        yield Observation("several-calendars", each.number, (f"{len(feed.calendars):,}",))


def _named_single(feed: ParsedFeed) -> Iterator[Observation]:
    if not feed.whole or len(feed.events) != 1:
        return
    # One that says how often to ask for it is there to be subscribed to, however few its events.
    if any(each.named(name) for each in feed.calendars for name in ASKED):
        return
    for each in feed.calendars:
        for line in (line for line in each.lines if line.name in NAMES):
            yield Observation("named-single", line.number, (f"“{quoted(line.text)}”",))
            return


def _no_events(feed: ParsedFeed) -> Iterator[Observation]:
    if not feed.events:
        yield Observation("no-events", feed.calendars[0].number)


def _stale(feed: ParsedFeed) -> Iterator[Observation]:
    if not feed.whole:
        return
    ends: list[datetime] = []
    for end in filter(None, map(_last, feed.events)):
        if end >= feed.now:
            return
        ends.append(end)
    if ends:
        yield Observation("stale", None, (f"{max(ends):%Y-%m-%d}",))


# Zones.


def _undefined(feed: ParsedFeed) -> Iterator[Observation]:
    defined = set(map(tzid_of, feed.definitions))
    for zone, line in feed.zones.items():
        if name := _lack(zone, defined=zone in defined):
            yield Observation(name, line.number, (quoted(zone),))


def _lack(zone: str, *, defined: bool) -> str:
    """What is wrong with how a zone is named, if anything is."""
    if is_windows(zone):
        return "zone-windows" if defined else "zone-windows-missing"
    # Nobody is an hour off for want of UTC's definition.
    return "" if defined or is_utc(zone) else "zone-missing"


def _defined(feed: ParsedFeed) -> Iterator[Observation]:
    uses: dict[str, dict[datetime, Use]] = {}
    for line in chain.from_iterable(event.lines for event in feed.events):
        zone, moment = line.parameter("TZID"), _moment(line)
        if zone and moment and line.name in TIMES:
            walls = uses.setdefault(zone.strip('"'), {})
            walls.setdefault(moment.naive, Use(moment.naive, line.number))
    for each in feed.definitions[:MAX_DEFINITIONS]:
        yield from check_timezone(each, tuple(uses.get(tzid_of(each), {}).values()))


# Events.


def _identities(feed: ParsedFeed) -> Iterator[Observation]:
    counts = count_uids(feed.events)
    for event in feed.events:
        key = _identity(event)
        if not key[0]:
            yield Observation("uid-missing", event.number)
        elif counts[key] > 1:
            counts[key] = 0
            yield Observation("uid-twice", event.number, (quoted(key[0]),))


def _stamps(feed: ParsedFeed) -> Iterator[Observation]:
    for event in feed.events:
        if not event.named("DTSTAMP"):
            yield Observation("stamp-missing", event.number)


def _stamped_now(feed: ParsedFeed, since: timedelta) -> Iterator[Observation]:
    """Events that were all changed just now.

    A second reading that is the same may have come within the same second; of a feed that was
    published so lately, stamps are not ahead.
    """
    stamped = [line for event in feed.events for line in event.named("DTSTAMP")]
    moments = [moment.instant for line in stamped if (moment := _moment(line))]
    # One event alone may have been changed just now.
    several = len({_content(event) for event in feed.events}) > 1
    if several and moments and all(-since <= each - feed.now <= SOON for each in moments):
        yield Observation("stamp-clock", stamped[0].number, (quoted(stamped[0].value),))


def _times(feed: ParsedFeed) -> Iterator[Observation]:
    for event in feed.events:
        if not event.named("DTSTART"):
            yield Observation("start-missing", event.number)
        for line in (line for line in event.lines if line.name in TIMES):
            moment = _moment(line)
            if moment is None:
                shown = f"{line.name}:{line.value[:100]}"
                yield Observation("time-unreadable", line.number, (f"“{quoted(shown)}”",))
            elif moment.floating:
                yield Observation("floating", line.number, (f"{line.name} {line.value}",))
        yield from _span(event)


def _span(event: Component) -> Iterator[Observation]:
    start, end = (next(iter(event.named(name)), None) for name in TIMES[:2])
    lengths = [each for each in event.named("DURATION") if not _objection(each)]
    if lengths and not end:
        yield Observation("duration", lengths[0].number)
    if not start or not end:
        return
    begins, ends = _moment(start), _moment(end)
    if begins and ends and ("T" in start.value) != ("T" in end.value):
        yield Observation("end-type", end.number)
    elif begins and ends and _is_before(ends, begins):
        yield Observation("end-before-start", end.number, (f"{start.value} to {end.value}",))


def _is_before(one: _DateTimeValue, other: _DateTimeValue) -> bool:
    # Most are on the same clock, where there is nothing to work out.
    if one.zone == other.zone:
        return one.naive < other.naive
    return one.instant < other.instant


def _resented(feed: ParsedFeed) -> Iterator[Observation]:
    reminds = feed.reminds
    for event in feed.events:
        if not reminds:
            yield from (Observation("alarm", each.number) for each in event.parts("VALARM"))
        for line in event.lines:
            if line.name in {"ORGANIZER", "ATTENDEE"}:
                yield Observation("attendee", line.number, (line.name,))
            elif line.name == "ATTACH":
                yield Observation("attachment", line.number)


def _texts(feed: ParsedFeed) -> Iterator[Observation]:
    for line in chain.from_iterable(event.lines for event in feed.events):
        if line.name == "DESCRIPTION" and (tag := _MARKUP.search(line.value)):
            yield Observation("markup", line.number, (quoted(tag[0]),))
        if line.name == "LOCATION" and "://" in line.value:
            yield Observation("place-link", line.number, (f"“{quoted(line.value)}”",))
        if line.name in TEXTS and has_unescaped_separator(line.value):
            yield Observation("unescaped", line.number, (line.name,))


def _properties(feed: ParsedFeed) -> Iterator[Observation]:
    for each in chain.from_iterable(calendar.walk() for calendar in feed.calendars):
        for line in empty_properties(each):
            yield Observation("empty-property", line.number, (line.name[:40],))
        seen: set[str] = set()
        for line in (line for line in each.lines if line.name in ONCE.get(each.name, ())):
            if line.name in seen:
                yield Observation("repeated-property", line.number, (line.name,))
            seen.add(line.name)


def _values(feed: ParsedFeed) -> Iterator[Observation]:
    for each in chain.from_iterable(event.walk() for event in feed.events):
        for line in each.lines:
            if words := _objection(line):
                yield Observation(
                    "value", line.number, (line.name, f"“{quoted(line.value)}”", words)
                )


def _objection(line: ContentLine) -> str | None:
    """What should stand there, where a value has few forms and this is none of them."""
    if line.name not in VALUES or not line.value:
        return None
    pattern, words = VALUES[line.name]
    return None if pattern.fullmatch(line.value[:MAX_VALUE]) else words


RULES: Final[tuple[Rule, ...]] = (
    *(_head, _calendar, _named_single, _no_events, _stale),
    *(_undefined, _defined),
    *(_identities, _stamps, _times, _values, _resented, _texts, _properties),
)

# Two readings of one feed.


def _changed(first: ParsedFeed, second: ParsedFeed) -> Iterator[Observation]:
    yield from _renamed(first, second)
    yield from _restamped(first, second)


def _renamed(first: ParsedFeed, second: ParsedFeed) -> Iterator[Observation]:
    """Events that are the same but for their UID."""
    had, has = _by_content(first), _by_content(second)
    for content, event in had.items():
        again = has.get(content)
        if again and event.value("UID") != again.value("UID"):
            yield Observation("uid-unstable", event.number, (quoted(event.value("UID")),))


def _by_content(feed: ParsedFeed) -> dict[tuple[str, ...], Component]:
    """Events by their time and title, where no other has the same."""
    keys = [_content(event) for event in feed.events]
    counts = Counter(keys)
    return {key: each for key, each in zip(keys, feed.events, strict=True) if counts[key] == 1}


def _content(event: Component) -> tuple[str, ...]:
    return tuple(map(event.value, ("SUMMARY", *TIMES)))


def _restamped(first: ParsedFeed, second: ParsedFeed) -> Iterator[Observation]:
    """Events that are the same but for their stamps."""
    again = {_identity(event): event for event in second.events}
    for event in first.events:
        other = again.get(_identity(event))
        if other and _stamp(event) != _stamp(other) and _unstamped(event) == _unstamped(other):
            shown = f"{quoted(_stamp(event))}, then {quoted(_stamp(other))}"
            line = next(iter(event.named("DTSTAMP")), event)
            yield Observation("stamp-clock", line.number, (shown,))


def _identity(event: Component) -> tuple[str, str]:
    """Its UID, and which one of a series it replaces, if it does."""
    return event.value("UID"), event.value("RECURRENCE-ID")


def _stamp(event: Component) -> str:
    return event.value("DTSTAMP")


def _unstamped(event: Component) -> list[ContentLine]:
    return [line for line in event.lines if line.name not in STAMPS]


# Times.


class _DateTimeValue(NamedTuple):
    """A time as it is written: what a clock shows, and where; ``zone`` is empty for UTC."""

    naive: datetime
    zone: str
    floating: bool

    @property
    def instant(self) -> datetime:
        """When that is: as in UTC, where that depends on who looks."""
        return _instant(self.naive, self.zone)


def _moment(line: ContentLine) -> _DateTimeValue | None:
    """The time that a line has, or None for what is none; a day is its midnight in UTC."""
    written = _MOMENT.fullmatch(line.value)
    wall = parse_local_datetime(f"{written[1]}T{written[2] or '000000'}") if written else None
    if not written or not wall:
        return None
    zone = (line.parameter("TZID") or "").strip('"')
    floating = bool(written[2]) and not written[3] and not zone
    return _DateTimeValue(wall, "" if written[3] else zone, floating)


@lru_cache(maxsize=2 * MAX_EVENTS)
def _instant(wall: datetime, zone: str) -> datetime:
    name = to_iana(zone)
    if name is None or not FIRST_YEAR <= wall.year <= LAST_YEAR:
        return wall.replace(tzinfo=UTC)
    try:
        return to_utc(wall, name)
    except (NonexistentTimeError, AmbiguousTimeError):
        return wall.replace(tzinfo=UTC)


def _last(event: Component) -> datetime | None:
    """The latest instant of an event and of what it repeats, FAR without an end."""
    own = list(_moments(event))
    if not own:
        return None
    span = max(own) - own[0]
    ends = (_rule_end(line.value, own[0]) for line in event.named("RRULE"))
    return max(*own, own[0], *(_after(each, span, 1) for each in ends))


def _moments(event: Component) -> Iterator[datetime]:
    """When it starts, ends, and comes back by date; a whole day counts until it is over."""
    for name in ("DTSTART", "DTEND", "RDATE"):
        for line in event.named(name):
            for word in line.value.split(","):
                # Of a period, its beginning.
                if moment := _moment(replace(line, value=word.partition("/")[0])):
                    yield _after(moment.instant, DAY, int("T" not in word))


def _rule_end(rule: str, start: datetime) -> datetime:
    """When a recurrence ends at the latest (§3.3.10)."""
    said = dict(word.partition("=")[::2] for word in rule[:MAX_RULE].upper().split(";"))
    if "UNTIL" in said:
        until = _moment(ContentLine("UNTIL", (), said["UNTIL"], 0))
        return _after(until.instant, DAY, 1) if until else FAR
    count, interval = said.get("COUNT", ""), said.get("INTERVAL", "1")
    by = [name for name in said if name.startswith("BY")]
    # What such a rule leaves out cannot be counted without expanding it, which may take for ever.
    if said.get("FREQ") not in STEPS or (by and (said["FREQ"], by) != ("WEEKLY", ["BYDAY"])):
        return FAR
    if not (_is_number(count) and _is_number(interval)):
        return FAR
    steps = int(count) // len(said["BYDAY"].split(",")) + 1 if by else int(count) - 1
    return _after(start, STEPS[said["FREQ"]], steps * int(interval))


def _is_number(word: str) -> bool:
    return word.isdecimal() and len(word) <= MAX_DIGITS


def _after(start: datetime, step: timedelta, times: int) -> datetime:
    try:
        return start + step * times
    except OverflowError:
        return FAR
