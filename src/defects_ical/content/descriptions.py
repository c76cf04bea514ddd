"""Describe episodes, platforms and changes in English, the same in feeds and on pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from defects_ical.schedule.episodes import Episode, Revision
from defects_ical.schedule.model import Platform, Schedule, Show
from defects_ical.text.display import bidi_isolate
from defects_ical.text.english import format_date, format_day, format_duration
from defects_ical.timezones.conversion import LocalTime, to_local

# Most calendar programs show no status, so the title has to say it.
PREFIXES: Final = {"cancelled": "CANCELLED: ", "tentative": "TBC: ", "confirmed": ""}
STATUSES: Final = {
    "cancelled": "cancelled",
    "tentative": "to be confirmed",
    "confirmed": "confirmed",
}


def event_title(episode: Episode, show: Show) -> str:
    """The title of an event: the show and the episode, nothing that gives the story away."""
    return f"{PREFIXES[episode.status]}{show.title}: {episode.name}"


def format_local_date(at: datetime, schedule: Schedule) -> str:
    """The date of an instant on the schedule's clock, in full."""
    return format_date(to_local(at, schedule.timezone).naive)


def format_date_range(episodes: Sequence[Episode], schedule: Schedule) -> str:
    """The first day and the last, on the schedule's clock: "21 July to 12 August 2025".

    ``episodes`` are in the order in which they air.
    """
    ends = (to_local(episodes[at].start, schedule.timezone).naive for at in (0, -1))
    first, last = map(format_day, ends)
    if first == last:
        return first
    (days, _, year), (_, _, last_year) = first.rpartition(" "), last.rpartition(" ")
    return f"{days if year == last_year else first} to {last}"


def format_time(reading: LocalTime) -> str:
    """A time with the name of its clock: "23:00 KST"."""
    return f"{reading.naive:%H:%M} {reading.abbreviation}"


def local_times(at: datetime, schedule: Schedule) -> tuple[LocalTime, ...]:
    """What the schedule's own clock and each of its other clocks show at an instant."""
    return tuple(to_local(at, zone) for zone in (schedule.timezone, *schedule.clocks))


def clock_lines(at: datetime, schedule: Schedule) -> Iterator[str]:
    """A line for each clock, with the date where it is not the schedule's own."""
    own, *others = local_times(at, schedule)
    yield format_date(own.naive)
    lines = [_clock_line(own, own), *(_clock_line(each, own) for each in others)]
    yield from dict.fromkeys(lines)


def _clock_line(reading: LocalTime, own: LocalTime) -> str:
    place = "" if reading.place == reading.abbreviation else reading.place
    elsewhen = format_date(reading.naive) if reading.naive.date() != own.naive.date() else ""
    aside = ", ".join(filter(None, (place, elsewhen)))
    return f"{format_time(reading)} ({aside})" if aside else format_time(reading)


def where_to_watch(platforms: Iterable[Platform]) -> Iterator[str]:
    """A line for each platform: what it is, who can watch it there, how much later, its link."""
    for platform in platforms:
        link = f" {platform.url}" if platform.url else ""
        yield f"{bidi_isolate(platform.name)} {describe_audience(platform)}{link}"


def describe_audience(platform: Platform) -> str:
    """What kind of platform it is, who can watch it there, and how much later."""
    later = f", {format_duration(platform.delay)} after the broadcast" if platform.delay else ""
    return f"({platform.kind}, {bidi_isolate(platform.region)}){later}"


def describe_dated_change(
    revised: Revision, schedule: Schedule, platform: Platform | None = None
) -> str:
    """What one entry of the change log did to an episode, why, and on which day.

    Its times are those of the platform, or of the first broadcast for None.
    """
    return (
        f"{format_local_date(revised.at, schedule)}: {describe_change(revised, schedule, platform)}"
    )


def describe_change(revised: Revision, schedule: Schedule, platform: Platform | None = None) -> str:
    """The same without the day: "Now 1 h 30 min long, not 1 h. A game ran over."."""
    effects = _describe_effects(revised, schedule.timezone, platform)
    told = [*effects, *filter(None, (revised.note, revised.reason))]
    return " ".join(map(_end_sentence, told or ["Announced again, unchanged"]))


def _end_sentence(told: str) -> str:
    ended = told.rstrip("\"')]»”").endswith((".", "!", "?", "…", "。"))
    return bidi_isolate(told) if ended else f"{bidi_isolate(told)}."


def _describe_effects(revised: Revision, zone: str, platform: Platform | None) -> Iterator[str]:
    if revised.start_change:
        before, after = revised.start_change
        origin = f"from {_format_start(platform_start(before, platform), zone)} " if before else ""
        yield f"Moved {origin}to {_format_start(platform_start(after, platform), zone)}"
    if revised.runtime_change:
        yield "Now {1} long, not {0}".format(*map(format_duration, revised.runtime_change))
    if revised.status:
        yield STATUSES[revised.status].capitalize()


def _format_start(at: datetime, zone: str) -> str:
    there = to_local(at, zone)
    return f"{format_date(there.naive)}, {format_time(there)}"


def platform_start(start: datetime, platform: Platform | None) -> datetime:
    """When a broadcast that starts then is shown on a platform; for None, the broadcast itself."""
    return start + timedelta(minutes=platform.delay if platform else 0)
