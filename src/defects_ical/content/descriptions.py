"""Describe episodes, platforms and changes in English, the same in feeds and on pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from defects_ical.model.airing import Delay
from defects_ical.model.episode_numbers import format_numbers
from defects_ical.model.schedule import Platform, Schedule
from defects_ical.schedule.episodes import (
    Availability,
    Episode,
    Event,
    EventRevision,
    Revision,
    Start,
    sort_by_start,
)
from defects_ical.text.display import bidi_isolate
from defects_ical.text.english import (
    MONTHS,
    count_noun,
    format_date,
    format_day,
    format_distance,
    format_duration,
    format_month,
)
from defects_ical.timezones.conversion import LocalTime, to_local

# Most calendar apps do not show STATUS, so the title has to say it.
TITLE_PREFIXES: Final = {
    "cancelled": "CANCELLED: ",
    "postponed": "POSTPONED: ",
    "tentative": "TBC: ",
    "confirmed": "",
}
STATUS_TEXTS: Final = {
    "cancelled": "cancelled",
    "postponed": "postponed",
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


def format_event_title(item: Event | Episode, schedule: Schedule) -> str:
    """Return the title of an event: status, show and episode, without spoilers.

    A film, which is a special with the show's title, is named once.
    """
    episode = item.first if isinstance(item, Event) else item
    prefix, show = TITLE_PREFIXES[episode.status], schedule.show.title
    if not schedule.airing and item.name == show:
        return f"{prefix}{show}"
    return f"{prefix}{show}: {item.name}"


def describe_episodes(event: Event) -> str:
    """Return the teaser, or what an event of several episodes contains."""
    if len(event.episodes) == 1:
        return event.first.teaser or ""
    lines = [f"{count_noun(len(event.episodes), 'episode')}, released together."]
    lines += (
        f"{each.name}: {each.teaser}" if each.teaser else each.name
        for each in event.episodes
        if each.title or each.teaser
    )
    return "\n".join(lines)


def list_platforms(availability: Iterable[Availability], schedule: Schedule) -> tuple[str, ...]:
    """Return the ids of the platforms that show at least one episode of an event."""
    absent = {name for name, episodes in availability if not episodes}
    return tuple(name for name in schedule.platforms if name not in absent)


def describe_platforms(
    names: Iterable[str],
    availability: Iterable[Availability],
    links: Iterable[tuple[str, str]],
    schedule: Schedule,
) -> Iterator[str]:
    """Yield a line for each platform: name, kind, region, delay or dates, link.

    ``availability`` and ``links`` are those of an event and of its first episode.
    """
    own, own_links = {each.platform: each for each in availability}, dict(links)
    for name in names:
        platform = schedule.platforms[name]
        url = own_links.get(name, platform.url)
        link = f" {url}" if url else ""
        if name in own:
            dates = describe_own_dates(own[name].episodes, schedule)
            where = f"{_describe_kind(platform)}: {dates}"
        else:
            where = describe_availability(platform)
        yield f"{bidi_isolate(platform.name)} {where}{link}"


def describe_own_dates(episodes: tuple[Episode, ...], schedule: Schedule) -> str:
    """Return when a platform with its own plan shows the episodes of an event.

    Without those that are cancelled or postponed there, unless all of them are.
    """
    shown = [each for each in episodes if each.status not in {"cancelled", "postponed"}]
    ordered = sort_by_start(shown or episodes)
    first, last = (format_air_time(ordered[n], schedule) for n in (0, -1))
    dates = first if first == last else f"from {first} to {last}"
    statuses = () if shown else dict.fromkeys(STATUS_TEXTS[each.status] for each in ordered)
    return ", ".join(filter(None, (dates, " or ".join(statuses))))


def describe_availability(platform: Platform) -> str:
    """Return a platform's kind, region and delay: "(streaming, Asia), 1 h after the broadcast"."""
    delay = describe_delay(platform.delay) if platform.delay else ""
    return ", ".join(filter(None, (_describe_kind(platform), delay)))


def _describe_kind(platform: Platform) -> str:
    return f"({platform.kind}, {bidi_isolate(platform.region)})"


def describe_delay(delay: Delay) -> str:
    """Return a delay: "14 days after the broadcast", "1 h before the broadcast"; empty for none."""
    total = delay.total_minutes
    days, minutes = divmod(abs(total), 24 * 60) if delay.whole_days else (0, abs(total))
    direction = "after" if total > 0 else "before"
    return f"{format_distance(days, minutes)} {direction} the broadcast" if total else ""


# Dates and times.


def format_time(local: LocalTime) -> str:
    """Format a local time: "23:00 KST"."""
    return f"{local.naive:%H:%M} {local.abbreviation}"


def format_date_time(local: LocalTime) -> str:
    """Format a local date and time: "Monday 4 August 2025, 23:00 KST"."""
    return f"{format_date(local.naive)}, {format_time(local)}"


def format_start(start: Start, zone: str) -> str:
    """Format a start in the local time of a zone, or its date while the hour is unknown."""
    if isinstance(start, datetime):
        return format_date_time(to_local(start, zone))
    return format_date(start)


def format_air_time(episode: Episode, schedule: Schedule) -> str:
    """Format the local start of an episode, or its date while the hour is unknown."""
    return format_start(episode.start or episode.date, schedule.timezone)


def format_local_date(time: datetime, schedule: Schedule) -> str:
    """Format the date in the schedule's time zone: "Monday 4 August 2025"."""
    return format_date(to_local(time, schedule.timezone).naive)


def format_date_range(episodes: Sequence[Episode], schedule: Schedule) -> str:
    """Format the first and last local date: "21 July to 12 August 2025".

    ``episodes`` are sorted by their start; without any, it is the month that is known.
    """
    if not episodes:
        periods = (block.period for block in schedule.airing if block.period)
        return next((format_month(*period) for period in periods), "")
    first, last = (episodes[n].date for n in (0, -1))
    if first == last:
        return format_day(first)
    same_year = first.year == last.year
    start = f"{first.day} {MONTHS[first.month - 1]}" if same_year else format_day(first)
    return f"{start} to {format_day(last)}"


def to_local_times(time: datetime, schedule: Schedule) -> tuple[LocalTime, ...]:
    """Convert a time to the schedule's own zone and to each of its ``clocks``, in this order."""
    return tuple(to_local(time, zone) for zone in (schedule.timezone, *schedule.clocks))


def format_local_times(start: Start, schedule: Schedule) -> Iterator[str]:
    """Yield the date in the schedule's zone, then a line for each of its clocks.

    Without an hour, the only line says in which place that date is.
    """
    if not isinstance(start, datetime):
        # The name of the place does not depend on the date.
        city = to_local(schedule.published, schedule.timezone).city
        yield f"{format_date(start)} in {city}; the hour is not known"
        return
    own, *others = to_local_times(start, schedule)
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


def describe_dated_change(revision: Revision, schedule: Schedule) -> str:
    """Return the date of a revision and what it changed."""
    date = format_local_date(revision.at, schedule)
    return f"{date}: {describe_change(revision, schedule)}"


def describe_event_change(revision: EventRevision, schedule: Schedule) -> str:
    """Return the date of an event's revision, and what it changed in which of its episodes."""
    texts = (
        f"{format_numbers(numbers)}: {text}" if numbers else text
        for numbers, each in revision.parts
        for text in (describe_change(each, schedule),)
    )
    return f"{format_local_date(revision.at, schedule)}: {' '.join(texts)}"


def describe_change(revision: Revision, schedule: Schedule) -> str:
    """Return what a revision changed and why: "Now 1 h 30 min long, not 1 h. A game ran over."."""
    effects = _describe_effects(revision, schedule.timezone)
    sentences = [*effects, *filter(None, (revision.note, revision.reason))]
    text = " ".join(map(_end_sentence, sentences or ["Announced again, unchanged"]))
    if not revision.platform:
        return text
    return f"{bidi_isolate(schedule.platforms[revision.platform].name)}: {text}"


def _end_sentence(text: str) -> str:
    ended = text.rstrip("\"')]»”").endswith((".", "!", "?", "…", "。"))
    return bidi_isolate(text) if ended else f"{bidi_isolate(text)}."


def _describe_effects(revision: Revision, zone: str) -> Iterator[str]:
    if revision.start_change:
        yield _describe_move(*revision.start_change, zone, adds_hour=revision.adds_hour)
    if revision.runtime_change:
        before, after = revision.runtime_change
        instead = f", not {format_duration(before)}" if before else ""
        yield f"Now {format_duration(after)} long{instead}"
    if revision.status:
        yield STATUS_TEXTS[revision.status].capitalize()


def _describe_move(before: Start | None, after: Start, zone: str, *, adds_hour: bool) -> str:
    if adds_hour:
        return f"The hour is known: {format_start(after, zone)}"
    if before is None:
        return f"Moved to {format_start(after, zone)}"
    if isinstance(before, datetime) and not isinstance(after, datetime):
        return f"Moved from {format_start(before, zone)} to {format_date(after)}; hour not known"
    return f"Moved from {format_start(before, zone)} to {format_start(after, zone)}"
