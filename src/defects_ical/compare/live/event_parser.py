"""Parse a published calendar as far as a comparison needs it: bytes in, events out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import chain, zip_longest
from typing import Final, NamedTuple, TypeAlias, get_args

from defects_ical.content.descriptions import get_title_pattern
from defects_ical.model.changes import Status
from defects_ical.model.episode_numbers import EpisodeNumber, parse_id, parse_numbers
from defects_ical.rfc5545.content_lines import ContentLine, parse_line, unfold
from defects_ical.rfc5545.values import parse_local_datetime
from defects_ical.schedule.episodes import Start
from defects_ical.text.display import excerpt, remove_direction_marks
from defects_ical.text.english import join_names
from defects_ical.text.languages import ENGLISH, LANGUAGES, load_words
from defects_ical.text.words import Words
from defects_ical.timezones.conversion import (
    TIMEZONE_NAMES,
    AmbiguousTimeError,
    NonexistentTimeError,
    to_utc,
)

BEGIN_EVENT: Final = b"BEGIN:VEVENT\r\n"
END_EVENT: Final = b"END:VEVENT\r\n"
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
# In a calendar, "postponed" is TENTATIVE with another title.
STATUSES: Final[Mapping[str, Status]] = {
    each.upper(): each for each in get_args(Status) if each != "postponed"
}

# Most lines of an event are in others, too.
_parse_line: Final = lru_cache(maxsize=1024)(parse_line)

Properties: TypeAlias = Mapping[str, ContentLine]
"""The properties of a component by name."""


class CalendarError(ValueError):
    """A calendar cannot be parsed; the message says why."""


class RevisionStamps(NamedTuple):
    """What calendar apps compare to see whether an event is newer; times in UTC."""

    sequence: int
    dtstamp: datetime
    last_modified: datetime


@dataclass(frozen=True, slots=True)
class PublishedEvent:
    """A VEVENT: ``start`` in UTC, ``runtime`` in minutes, texts without escapes.

    While the hour is unknown, ``start`` is a date and ``runtime`` is None. ``episode_id`` ("e08")
    is the fragment of its URL, which names its first episode. ``timezone`` is the zone of its
    calendar, or the TZID of its times; None if neither is known. ``lines`` are its unfolded lines,
    sorted, with DTSTART and DTEND in UTC: how a time is written makes no difference.
    """

    uid: str
    episode_id: str
    stamps: RevisionStamps
    start: Start
    runtime: int | None
    timezone: str | None
    status: Status
    summary: str
    description: str
    properties: Properties
    lines: tuple[str, ...]
    words: Words

    @property
    def title(self) -> str:
        """The SUMMARY without the status, and without the marks of its direction."""
        summary = remove_direction_marks(self.summary) if self.words.is_rtl else self.summary
        start, end = get_title_pattern(self.status, self.words).split("{title}")
        return summary.removeprefix(start).removesuffix(end)

    def find_name(self, show_title: str) -> str:
        """Return the name within the show, also if the show had another title."""
        pattern = self.words.event_title.format(show=show_title, episode="{episode}")
        start, end = pattern.split("{episode}")
        if self.title.startswith(start) and self.title.endswith(end):
            return self.title.removeprefix(start).removesuffix(end)
        return self.title.partition(self._separator)[2] or self.title

    @property
    def _separator(self) -> str:
        """What stands between the show and its episode."""
        return self.words.event_title.partition("{show}")[2].partition("{episode}")[0]

    def list_numbers(self, show_title: str) -> tuple[EpisodeNumber, ...]:
        """Return the numbers of its episodes; none for a special."""
        first = parse_id(self.episode_id)
        if not first:
            return ()
        numbers = parse_numbers(self.find_name(show_title), self.words)
        numbers = numbers or parse_numbers(self.title.rpartition(self._separator)[2], self.words)
        return numbers if numbers[:1] == (first,) else (first,)


Changes: TypeAlias = dict[str, tuple[PublishedEvent | None, PublishedEvent | None]]
"""Events before and after by UID; None if there is none."""


def normalize_line_ends(body: bytes) -> bytes:
    """Restore the CRLF line endings that a copy may have lost, and remove a byte order mark."""
    body = body.removeprefix(BYTE_ORDER_MARK)
    if body.count(b"\n") == body.count(b"\r\n"):
        return body
    return body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def split_events(body: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    """Return what precedes the events of a calendar, and the folded lines within each event."""
    header, *events = body.split(BEGIN_EVENT)
    return header, tuple(each.partition(END_EVENT)[0] for each in events)


def parse_header(body: bytes) -> Properties:
    """Parse the properties of the calendar itself; raises CalendarError."""
    lines = _split_lines(body.partition(BEGIN_EVENT)[0])
    if lines[:1] != ["BEGIN:VCALENDAR"]:
        raise CalendarError("the first line is not `BEGIN:VCALENDAR`")
    return _parse_properties(lines[1:])


def find_changed_events(before: bytes, after: bytes, words: Words = ENGLISH) -> Changes:
    """Return the events whose lines differ between two calendars, or that only one of them has.

    Events with equal bytes are not parsed, so that they cost almost nothing. ``words`` are those
    of the calendars' language. Raises CalendarError.
    """
    old_bodies, new_bodies = _split_differing_events(before, after)
    old_zone, new_zone = map(_find_timezone, (before, after))
    old_events = _parse_events(old_bodies, old_zone, words)
    new_events = _parse_events(new_bodies, new_zone, words)
    uids = (*new_events, *old_events)
    pairs = ((uid, old_events.get(uid), new_events.get(uid)) for uid in uids)
    changed = ((uid, old, new) for uid, old, new in pairs if not _is_same(old, new))
    # A damaged copy may have an event twice, and one of them unchanged.
    return {
        uid: (old, new)
        for uid, old, new in changed
        if (old and new) or f"\r\nUID:{uid}\r\n".encode() not in (after if old else before)
    }


def _is_same(old: PublishedEvent | None, new: PublishedEvent | None) -> bool:
    # The folds of lines and their order make no difference.
    return bool(old and new and old.lines == new.lines)


def _split_differing_events(before: bytes, after: bytes) -> tuple[list[bytes], list[bytes]]:
    """Return the folded lines within the events that differ; one that only moved does not."""
    pairs = zip_longest(*(each.split(BEGIN_EVENT)[1:] for each in (before, after)))
    # Most events stay where they are: those need no hash.
    differing = [pair for pair in pairs if pair[0] != pair[1]]
    old, new = (
        [pair[side].partition(END_EVENT)[0] for pair in differing if pair[side] is not None]
        for side in (0, 1)
    )
    moved = {*old} & {*new}
    return [each for each in old if each not in moved], [each for each in new if each not in moved]


def detect_language(calendar: bytes, expected: Words) -> str:
    """Return the code of the language that events are in, by the heading of the platforms.

    It is that of ``expected`` if no language has the heading that is there.
    """
    # Nearly always, the first event has the heading: to unfold all of them takes long.
    for part in (calendar.partition(END_EVENT)[0], calendar):
        text = unfold(part)
        known = chain((expected,), map(load_words, LANGUAGES)) if BEGIN_EVENT in text else ()
        headings = (each for each in known if f"{each.where_to_watch_label}\\n".encode() in text)
        if found := next(headings, None):
            return found.code
    return expected.code


def _find_timezone(body: bytes) -> str | None:
    """Return the zone that a calendar names; its events may be in UTC. Episode files name none."""
    line = parse_header(body).get("X-WR-TIMEZONE") if body else None
    return line.text if line and line.text in TIMEZONE_NAMES else None


def _parse_events(
    events: Iterable[bytes], timezone: str | None, words: Words
) -> dict[str, PublishedEvent]:
    parsed = (parse_event(each, timezone, words) for each in events)
    return {each.uid: each for each in parsed}


def parse_event(
    event: bytes, timezone: str | None = None, words: Words = ENGLISH
) -> PublishedEvent:
    """Parse the folded lines within an event of a calendar with this time zone and language.

    Raises CalendarError if it is not as this program writes events.
    """
    lines = _split_lines(event)
    properties = _parse_properties(lines)
    try:
        start = _parse_start(properties["DTSTART"])
        summary = properties["SUMMARY"].text
        return PublishedEvent(
            uid=properties["UID"].value,
            episode_id=properties["URL"].value.rpartition("#")[2],
            stamps=_parse_stamps(properties),
            start=start,
            runtime=_parse_runtime(start, properties["DTEND"]),
            timezone=timezone or properties["DTSTART"].tzid or None,
            status=_parse_status(properties["STATUS"], summary, words),
            summary=summary,
            description=properties["DESCRIPTION"].text,
            properties=properties,
            lines=tuple(sorted(map(_normalize_time, lines))),
            words=words,
        )
    except KeyError as error:
        raise CalendarError(f"an event has no {error.args[0]}") from None


def _split_lines(part: bytes) -> list[str]:
    try:
        return unfold(part).decode().removesuffix("\r\n").split("\r\n")
    except UnicodeDecodeError:
        raise CalendarError("not UTF-8") from None


def _parse_properties(lines: Iterable[str]) -> Properties:
    """Return the properties of a component, without those of components within it."""
    properties: dict[str, ContentLine] = {}
    depth = 0
    for text in lines:
        line = _parse_line(text)
        if not line:
            raise CalendarError(f"`{excerpt(text)}` is not a content line")
        if line.name == "BEGIN":
            depth += 1
        elif line.name == "END":
            depth -= 1
        elif not depth:
            properties[line.name] = line
    return properties


def _parse_stamps(properties: Properties) -> RevisionStamps:
    sequence, *dates = (properties[name] for name in ("SEQUENCE", "DTSTAMP", "LAST-MODIFIED"))
    if not re.fullmatch("[0-9]{1,5}", sequence.value):
        raise _create_value_error(sequence, "is not a number from 0 to 99999")
    for each in dates:
        if not each.value.endswith("Z"):
            raise _create_value_error(each, "is not in UTC")
    return RevisionStamps(int(sequence.value), *map(_parse_time, dates))


def _parse_status(line: ContentLine, summary: str, words: Words) -> Status:
    if line.value not in STATUSES:
        raise _create_value_error(line, f"is not one of {join_names([*STATUSES])}")
    status = STATUSES[line.value]
    start, end = get_title_pattern("postponed", words).split("{title}")
    summary = remove_direction_marks(summary) if words.is_rtl else summary
    has_label = summary.startswith(start) and summary.endswith(end)
    is_postponed = status == "tentative" and has_label
    return "postponed" if is_postponed else status


def _parse_start(line: ContentLine) -> Start:
    return _parse_date(line) if _is_date(line) else _parse_time(line)


def _parse_runtime(start: Start, end: ContentLine) -> int | None:
    """Return the minutes from ``start`` to ``end``; None for an event of a whole day."""
    if not isinstance(start, datetime):
        return None
    return round((_parse_time(end) - start).total_seconds() / 60)


def _is_date(line: ContentLine) -> bool:
    return (line.get_parameter("VALUE") or "").upper() == "DATE"


def _parse_date(line: ContentLine) -> date:
    try:
        return datetime.strptime(line.value, "%Y%m%d").date()  # noqa: DTZ007 - a date, no time
    except ValueError:
        raise _create_value_error(line, "is not a date") from None


def _parse_time(line: ContentLine) -> datetime:
    """Return a time in UTC."""
    local = parse_local_datetime(line.value.removesuffix("Z"))
    if not local:
        raise _create_value_error(line, "is not a date and time")
    if line.value.endswith("Z"):
        return local.replace(tzinfo=UTC)
    if line.tzid not in TIMEZONE_NAMES:
        raise _create_value_error(line, "is neither in UTC nor in an IANA time zone")
    try:
        return to_utc(local, line.tzid)
    except AmbiguousTimeError as error:
        # iCalendar means the first of the two (RFC 5545 §3.3.5).
        return (local - error.first).replace(tzinfo=UTC)
    except NonexistentTimeError:
        raise _create_value_error(line, f"does not exist in {line.tzid}") from None


def _normalize_time(text: str) -> str:
    """Write DTSTART or DTEND in UTC; return any other line as it is."""
    line = _parse_line(text) if text.startswith(("DTSTART", "DTEND")) else None
    if not line or _is_date(line):
        return text
    return f"{line.name}:{_parse_time(line):%Y%m%dT%H%M%SZ}"


def _create_value_error(line: ContentLine, problem: str) -> CalendarError:
    return CalendarError(f"the {line.name} `{excerpt(line.value)}` of an event {problem}")
