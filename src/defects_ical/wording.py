"""What people read about an episode, as plain English text: the same in feeds and on pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from defects_ical import forms, timezones
from defects_ical.episodes import Episode, Revision
from defects_ical.schedule import Platform, Schedule, Show
from defects_ical.timezones import Reading

# Not strftime's names: those follow the process's locale.
WEEKDAYS: Final = tuple(day.title() for day in forms.WEEKDAYS)
MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
# Most calendar programs show no status, so the title has to say it.
PREFIXES: Final = {"cancelled": "CANCELLED: ", "tentative": "TBC: ", "confirmed": ""}
STATUSES: Final = {
    "cancelled": "cancelled",
    "tentative": "to be confirmed",
    "confirmed": "confirmed",
}


def summary(episode: Episode, show: Show) -> str:
    """The title of an event: the show and the episode, nothing that gives the story away."""
    return f"{PREFIXES[episode.status]}{show.title}: {episode.name}"


def day(when: date) -> str:
    """A date in full: "Monday 21 July 2025"."""
    return f"{WEEKDAYS[when.weekday()]} {when.day} {MONTHS[when.month - 1]} {when.year}"


def own_day(at: datetime, schedule: Schedule) -> str:
    """The date of an instant on the schedule's clock, in full."""
    return day(timezones.read(at, schedule.timezone).wall)


def calendar_date(when: date) -> str:
    """A date without its weekday: "21 July 2025"."""
    return day(when).partition(" ")[2]


def span(episodes: Sequence[Episode], schedule: Schedule) -> str:
    """The first day and the last, on the schedule's clock: "21 July to 12 August 2025".

    ``episodes`` are in the order in which they air.
    """
    ends = (timezones.read(episodes[at].start, schedule.timezone).wall for at in (0, -1))
    first, last = map(calendar_date, ends)
    if first == last:
        return first
    (days, _, year), (_, _, last_year) = first.rpartition(" "), last.rpartition(" ")
    return f"{days if year == last_year else first} to {last}"


def time(reading: Reading) -> str:
    """A time with the name of its clock: "23:00 KST"."""
    return f"{reading.wall:%H:%M} {reading.abbreviation}"


def readings(at: datetime, schedule: Schedule) -> tuple[Reading, ...]:
    """What the schedule's own clock and each of its other clocks show at an instant."""
    return tuple(timezones.read(at, zone) for zone in (schedule.timezone, *schedule.clocks))


def times(at: datetime, schedule: Schedule) -> Iterator[str]:
    """A line for each clock, with the date where it is not the schedule's own."""
    own, *others = readings(at, schedule)
    yield day(own.wall)
    lines = [_clock(own, own), *(_clock(each, own) for each in others)]
    yield from dict.fromkeys(lines)


def _clock(reading: Reading, own: Reading) -> str:
    place = "" if reading.place == reading.abbreviation else reading.place
    elsewhen = day(reading.wall) if reading.wall.date() != own.wall.date() else ""
    aside = ", ".join(filter(None, (place, elsewhen)))
    return f"{time(reading)} ({aside})" if aside else time(reading)


def where_to_watch(platforms: Iterable[Platform]) -> Iterator[str]:
    """A line for each platform: what it is, who can watch it there, how much later, its link."""
    for platform in platforms:
        link = f" {platform.url}" if platform.url else ""
        yield f"{forms.isolated(platform.name)} {audience(platform)}{link}"


def audience(platform: Platform) -> str:
    """What kind of platform it is, who can watch it there, and how much later."""
    later = f", {minutes(platform.delay)} after the broadcast" if platform.delay else ""
    return f"({platform.kind}, {forms.isolated(platform.region)}){later}"


def minutes(count: int) -> str:
    """A length of time: "1 h 30 min"."""
    hours, rest = divmod(count, 60)
    return " ".join(filter(None, (f"{hours} h" if hours else "", f"{rest} min" if rest else "")))


def revision(revised: Revision, schedule: Schedule, platform: Platform | None = None) -> str:
    """What one entry of the change log did to an episode, why, and on which day.

    Its times are those of the platform, or of the first broadcast for None.
    """
    return f"{own_day(revised.at, schedule)}: {outcome(revised, schedule, platform)}"


def outcome(revised: Revision, schedule: Schedule, platform: Platform | None = None) -> str:
    """The same without the day: "Now 1 h 30 min long, not 1 h. A game ran over."."""
    effects = _effects(revised, schedule.timezone, platform)
    told = [*effects, *filter(None, (revised.note, revised.reason))]
    return " ".join(map(_sentence, told or ["Announced again, unchanged"]))


def _sentence(told: str) -> str:
    ended = told.rstrip("\"')]»”").endswith((".", "!", "?", "…", "。"))
    return forms.isolated(told) if ended else f"{forms.isolated(told)}."


def _effects(revised: Revision, zone: str, platform: Platform | None) -> Iterator[str]:
    if revised.moved:
        before, after = revised.moved
        origin = f"from {_moment(delayed(before, platform), zone)} " if before else ""
        yield f"Moved {origin}to {_moment(delayed(after, platform), zone)}"
    if revised.retimed:
        yield "Now {1} long, not {0}".format(*map(minutes, revised.retimed))
    if revised.status:
        yield STATUSES[revised.status].capitalize()


def _moment(at: datetime, zone: str) -> str:
    there = timezones.read(at, zone)
    return f"{day(there.wall)}, {time(there)}"


def delayed(start: datetime, platform: Platform | None) -> datetime:
    """When a broadcast that starts then is shown on a platform; for None, the broadcast itself."""
    return start + timedelta(minutes=platform.delay if platform else 0)
