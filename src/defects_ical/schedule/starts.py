"""Starts of episodes: from local slots to UTC, and from the broadcast to a platform."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Final

from dateutil.relativedelta import relativedelta

from defects_ical.model.airing import Delay
from defects_ical.model.changes import Shift
from defects_ical.model.fields import Slot
from defects_ical.schedule.episodes import Start
from defects_ical.schedule.slots import place_time
from defects_ical.timezones import conversion

OUT_OF_RANGE: Final = Slot(datetime.fromisoformat("9999-12-31").date())


class OffsetError(ValueError):
    """Raised for a local time with a UTC offset that the time zone does not have then."""


def is_in_range(slot: Slot) -> bool:
    """Return whether a slot is in the years of which DST changes are known."""
    # Without the hour if it cannot decide: this is called for every entry and episode.
    if conversion.FIRST_YEAR <= slot.day.year < conversion.LAST_YEAR:
        return True
    return conversion.FIRST_YEAR <= slot.naive.year <= conversion.LAST_YEAR


# An episode's start is needed for its checks, for each of its changes, and at the end.
@lru_cache(maxsize=10_000)
def compute_start(slot: Slot, zone: str) -> Start:
    """Return the start in UTC, or the date while the hour is unknown.

    Raises NonexistentTimeError, AmbiguousTimeError or OffsetError.
    """
    if slot.minutes is None:
        return slot.day
    if slot.offset is not None and conversion.is_valid_offset(slot.naive, slot.offset, zone):
        return (slot.naive - slot.offset).replace(tzinfo=UTC)
    start = conversion.to_utc(slot.naive, zone)
    if slot.offset is not None:
        raise OffsetError(slot.offset)
    return start


def compare_starts(before: Slot, after: Slot, zone: str) -> tuple[Start | None, Start] | None:
    """Return both starts, or None if they are equal or the new one is not valid."""
    if after in (before, OUT_OF_RANGE):
        return None
    old, new = try_start(before, zone), try_start(after, zone)
    return (old, new) if new and old != new else None


def try_start(slot: Slot, zone: str) -> Start | None:
    """Return the start as `compute_start`, or None if the local time is not valid."""
    with suppress(ValueError):
        return compute_start(slot, zone)
    return None


def to_slot(start: datetime, zone: str) -> Slot:
    """Return the local slot of a time, with its UTC offset if it occurs twice there."""
    local = conversion.to_local(start, zone)
    try:
        conversion.to_utc(local.naive, zone)
    except conversion.AmbiguousTimeError:
        return Slot.at(local.naive, local.offset)
    return Slot.at(local.naive)


def shift_slot(slot: Slot, shift: Shift) -> Slot:
    """Return the slot after a difference in local time, `OUT_OF_RANGE` if it has none."""
    difference = relativedelta(**shift.model_dump(exclude={"slots"}))
    try:
        if slot.minutes is None:
            return Slot((slot.naive + difference).date())
        moved = slot.naive + difference
        # An evening goes on past midnight: a show of 23:30 that is an hour late is at 24:30.
        evening = slot.day + timedelta(weeks=shift.weeks, days=shift.days)
    except OverflowError:
        return OUT_OF_RANGE
    return place_time(moved, evening)


def delay_slot(slot: Slot, delay: Delay | None, zone: str) -> Slot:
    """Return when a platform that follows the broadcast shows it.

    Weeks and days go by the local clock; see `to_nearest_utc` for a time that does not exist, or
    occurs twice. Hours and minutes go by elapsed time; a date without an hour ignores them.
    """
    if not delay or not delay.total_minutes:
        return slot
    try:
        if slot.minutes is None:
            return Slot(slot.day + timedelta(days=delay.whole_days))
        start = try_start(slot, zone)
        delayed = delay_start(start, delay, zone) if start else None
        return to_slot(delayed, zone) if isinstance(delayed, datetime) else slot
    except OverflowError:
        return OUT_OF_RANGE


def delay_start(start: Start, delay: Delay, zone: str) -> Start:
    """Return the start on a platform that follows the broadcast; raises OverflowError."""
    if not isinstance(start, datetime):
        return start + timedelta(days=delay.whole_days)
    if delay.whole_days:
        local = conversion.to_local(start, zone).naive + timedelta(days=delay.whole_days)
        start = to_nearest_utc(local, zone)
    return start + timedelta(minutes=delay.elapsed_minutes)


def to_position(start: Start, zone: str) -> datetime:
    """Return a start in UTC, or the beginning of its day while the hour is unknown."""
    if isinstance(start, datetime):
        return start
    return to_nearest_utc(datetime.combine(start, time()), zone)


def to_nearest_utc(naive: datetime, zone: str) -> datetime:
    """Convert a local time to UTC.

    A time that does not exist becomes later, by what clocks go forward; of one that occurs twice
    it is the first.
    """
    try:
        return conversion.to_utc(naive, zone)
    except conversion.NonexistentTimeError as error:
        return conversion.to_utc(error.shifted, zone)
    except conversion.AmbiguousTimeError as error:
        return (naive - error.first).replace(tzinfo=UTC)
