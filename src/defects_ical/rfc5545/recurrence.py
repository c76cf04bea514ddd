"""When an event of a feed is over, with all of its recurrences (RFC 5545 §3.8.5).

Recurrences are not expanded: a rule like FREQ=SECONDLY with a filter that nothing passes takes
forever, in dateutil too. Instead, the end is estimated, never too early, from the longest step
between two recurrences.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from defects_ical.rfc5545.content_lines import Component, ContentLine
from defects_ical.rfc5545.values import parse_date_time

NEVER: Final = datetime.max.replace(tzinfo=UTC)
"""The end of an event that recurs without end, as far as this module knows."""

DAY: Final = timedelta(days=1)
LONGEST_STEPS: Final[Mapping[str, timedelta]] = {
    "SECONDLY": timedelta(seconds=1),
    "MINUTELY": timedelta(minutes=1),
    "HOURLY": timedelta(hours=1),
    "DAILY": DAY,
    "WEEKLY": timedelta(weeks=1),
    # Some months have no 31st, and most years no 29 February.
    "MONTHLY": timedelta(days=62),
    "YEARLY": timedelta(days=8 * 366),
}
"""The longest time from one recurrence to the next, by FREQ."""
MAX_RULE_LENGTH: Final = 500
MAX_DIGITS: Final = 6


def estimate_end(event: Component) -> datetime | None:
    """Return when an event and all of its recurrences are over at the latest, in UTC.

    Returns NEVER for a rule whose end is not known, and None for an event without a valid time.
    """
    times = list(_iterate_times(event))
    if not times:
        return None
    start, duration = times[0], max(times) - times[0]
    rule_ends = (_estimate_last_recurrence(line.value, start) for line in event.get_lines("RRULE"))
    return max(*times, start, *(_add(end, duration) for end in rule_ends))


def _iterate_times(event: Component) -> Iterator[datetime]:
    """Yield start, end and RDATEs in UTC; for a date, when the day is over."""
    for name in ("DTSTART", "DTEND", "RDATE"):
        for line in event.get_lines(name):
            for word in line.value.split(","):
                # Of a period, its start.
                if value := parse_date_time(replace(line, value=word.partition("/")[0])):
                    yield value.utc if "T" in word else _add(value.utc, DAY)


def _estimate_last_recurrence(rule: str, start: datetime) -> datetime:
    """Return when a rule's last recurrence starts at the latest (§3.3.10)."""
    parts = dict(word.partition("=")[::2] for word in rule[:MAX_RULE_LENGTH].upper().split(";"))
    if "UNTIL" in parts:
        until = parse_date_time(ContentLine("UNTIL", (), parts["UNTIL"], 0))
        return _add(until.utc, DAY) if until else NEVER
    frequency, count = parts.get("FREQ", ""), parts.get("COUNT", "")
    interval = parts.get("INTERVAL", "1")
    if frequency not in LONGEST_STEPS or not (_is_number(count) and _is_number(interval)):
        return NEVER
    filters = [name for name in parts if name.startswith("BY")]
    if not filters:
        steps = int(count) - 1
    elif (frequency, filters) == ("WEEKLY", ["BYDAY"]):
        steps = int(count) // len(parts["BYDAY"].split(",")) + 1
    else:
        # How many recurrences the filters drop is unknown without expanding the rule.
        return NEVER
    return _add(start, LONGEST_STEPS[frequency], steps * int(interval))


def _is_number(word: str) -> bool:
    return word.isdecimal() and len(word) <= MAX_DIGITS


def _add(start: datetime, step: timedelta, times: int = 1) -> datetime:
    try:
        return start + step * times
    except OverflowError:
        return NEVER
