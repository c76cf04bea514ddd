"""Describe episodes, platforms and changes in English, the same in feeds and on pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from defects_ical.model.schedule import Platform, Schedule, Show
from defects_ical.schedule.episodes import Episode, Revision
from defects_ical.text.display import bidi_isolate
from defects_ical.text.english import MONTHS, format_date, format_day, format_duration
from defects_ical.timezones.conversion import LocalTime, to_local

# Most calendar apps do not show STATUS, so the title has to say it.
TITLE_PREFIXES: Final = {"cancelled": "CANCELLED: ", "tentative": "TBC: ", "confirmed": ""}
STATUS_TEXTS: Final = {
    "cancelled": "cancelled",
    "tentative": "to be confirmed",
    "confirmed": "confirmed",
}
WHERE_TO_WATCH: Final = "Where to watch:\n"
WHAT_CHANGED: Final = "What changed:\n"


@dataclass(frozen=True, slots=True)
class EventDescription:
    r"""The paragraphs of an event's DESCRIPTION, without their headings.

    The lines of a paragraph are separated by ``\n``. ``teaser`` and ``changes`` may be empty.
    """

    teaser: str
    platforms: str
    times: str
    changes: str
    link: str

    @classmethod
    def parse(cls, text: str) -> EventDescription:
        """Split a DESCRIPTION into its paragraphs.

        Without the heading of the platforms (another release may word it differently), all of
        the text is in ``teaser``.
        """
        teaser, _, rest = f"\n\n{text}".partition(f"\n\n{WHERE_TO_WATCH}")
        body, _, link = rest.rpartition("\n\n")
        body, _, changes = body.partition(f"\n\n{WHAT_CHANGED}")
        platforms, _, times = body.partition("\n\n")
        return cls(teaser.strip(), platforms, times, changes, link)

    def __str__(self) -> str:
        changes = f"{WHAT_CHANGED}{self.changes}" if self.changes else ""
        paragraphs = (self.teaser, f"{WHERE_TO_WATCH}{self.platforms}", self.times, changes)
        return "\n\n".join(filter(None, (*paragraphs, self.link)))


def format_event_title(episode: Episode, show: Show) -> str:
    """Return the title of an event: status, show and episode, without spoilers."""
    return f"{TITLE_PREFIXES[episode.status]}{show.title}: {episode.name}"


def describe_platforms(platforms: Iterable[Platform]) -> Iterator[str]:
    """Yield a line for each platform: name, kind, region, delay, link."""
    for platform in platforms:
        link = f" {platform.url}" if platform.url else ""
        yield f"{bidi_isolate(platform.name)} {describe_availability(platform)}{link}"


def describe_availability(platform: Platform) -> str:
    """Return a platform's kind, region and delay: "(streaming, Asia), 1 h after the broadcast"."""
    later = f", {format_duration(platform.delay)} after the broadcast" if platform.delay else ""
    return f"({platform.kind}, {bidi_isolate(platform.region)}){later}"


def get_platform_delay(platform: Platform | None) -> timedelta:
    """Return how long after the broadcast a platform shows it; zero without a platform."""
    return timedelta(minutes=platform.delay if platform else 0)


# Dates and times.


def format_time(local: LocalTime) -> str:
    """Format a local time: "23:00 KST"."""
    return f"{local.naive:%H:%M} {local.abbreviation}"


def format_date_time(local: LocalTime) -> str:
    """Format a local date and time: "Monday 4 August 2025, 23:00 KST"."""
    return f"{format_date(local.naive)}, {format_time(local)}"


def format_local_date(time: datetime, schedule: Schedule) -> str:
    """Format the date in the schedule's time zone: "Monday 4 August 2025"."""
    return format_date(to_local(time, schedule.timezone).naive)


def format_date_range(episodes: Sequence[Episode], schedule: Schedule) -> str:
    """Format the first and last date in the schedule's zone: "21 July to 12 August 2025".

    ``episodes`` are sorted by their start.
    """
    first, last = (to_local(episodes[n].start, schedule.timezone).naive.date() for n in (0, -1))
    if first == last:
        return format_day(first)
    same_year = first.year == last.year
    start = f"{first.day} {MONTHS[first.month - 1]}" if same_year else format_day(first)
    return f"{start} to {format_day(last)}"


def to_local_times(time: datetime, schedule: Schedule) -> tuple[LocalTime, ...]:
    """Convert a time to the schedule's own zone and to each of its ``clocks``, in this order."""
    return tuple(to_local(time, zone) for zone in (schedule.timezone, *schedule.clocks))


def format_local_times(time: datetime, schedule: Schedule) -> Iterator[str]:
    """Yield the date in the schedule's zone, then a line for each of its clocks."""
    own, *others = to_local_times(time, schedule)
    yield format_date(own.naive)
    # Two names of one zone, such as UTC and Etc/UTC, give the same line.
    yield from dict.fromkeys(_format_clock(each, own) for each in (own, *others))


def _format_clock(local: LocalTime, own: LocalTime) -> str:
    """Format a time with its city, and with its date if that is not the schedule's."""
    city = "" if local.city == local.abbreviation else local.city
    date = "" if local.naive.date() == own.naive.date() else format_date(local.naive)
    note = ", ".join(filter(None, (city, date)))
    return f"{format_time(local)} ({note})" if note else format_time(local)


# Changes.


def describe_dated_change(
    revision: Revision, schedule: Schedule, platform: Platform | None = None
) -> str:
    """Return the date of a revision and what it changed, with the times of ``platform``."""
    date = format_local_date(revision.at, schedule)
    return f"{date}: {describe_change(revision, schedule, platform)}"


def describe_change(
    revision: Revision, schedule: Schedule, platform: Platform | None = None
) -> str:
    """Return what a revision changed and why: "Now 1 h 30 min long, not 1 h. A game ran over."."""
    effects = _describe_effects(revision, schedule.timezone, platform)
    sentences = [*effects, *filter(None, (revision.note, revision.reason))]
    return " ".join(map(_end_sentence, sentences or ["Announced again, unchanged"]))


def _end_sentence(text: str) -> str:
    ended = text.rstrip("\"')]»”").endswith((".", "!", "?", "…", "。"))
    return bidi_isolate(text) if ended else f"{bidi_isolate(text)}."


def _describe_effects(revision: Revision, zone: str, platform: Platform | None) -> Iterator[str]:
    if revision.start_change:
        delay = get_platform_delay(platform)
        before, after = (
            format_date_time(to_local(each + delay, zone)) if each else ""
            for each in revision.start_change
        )
        yield f"Moved from {before} to {after}" if before else f"Moved to {after}"
    if revision.runtime_change:
        before, after = map(format_duration, revision.runtime_change)
        yield f"Now {after} long, not {before}"
    if revision.status:
        yield STATUS_TEXTS[revision.status].capitalize()
