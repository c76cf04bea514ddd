"""Describe episodes, platforms and changes in words, the same in feeds and on pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from typing import NamedTuple

from defects_ical.model.airing import Delay
from defects_ical.model.changes import Status
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
from defects_ical.text.dates import format_date, format_days, format_month
from defects_ical.text.dates import format_time as format_clock
from defects_ical.text.lengths import format_count, format_distance, format_duration
from defects_ical.text.sentences import has_sentence_end
from defects_ical.text.words import Words
from defects_ical.timezones import conversion
from defects_ical.timezones.conversion import LocalTime, to_local


def name_status(status: Status, words: Words) -> str:
    """Return a status as a label: "to be confirmed"."""
    return {
        "cancelled": words.status_cancelled,
        "postponed": words.status_postponed,
        "tentative": words.status_tentative,
        "confirmed": words.status_confirmed,
    }[status]


def get_title_pattern(status: Status, words: Words) -> str:
    """Return the pattern of an event's title, which says its status.

    Most calendar apps do not show STATUS.
    """
    return {
        "cancelled": words.title_cancelled,
        "postponed": words.title_postponed,
        "tentative": words.title_tentative,
        "confirmed": "{title}",
    }[status]


class EventDescription(NamedTuple):
    r"""The paragraphs of an event's DESCRIPTION, without their headings.

    The lines of a paragraph are separated by ``\n``. ``teaser`` and ``changes`` may be empty.
    """

    teaser: str
    platforms: str
    times: str
    changes: str
    link: str

    @classmethod
    def parse(cls, text: str, words: Words) -> EventDescription:
        """Split a DESCRIPTION into its paragraphs, by the headings of its language.

        Without the heading of the platforms (another release may word it differently), all of
        the text is in ``teaser``.
        """
        teaser, _, rest = f"\n\n{text}".partition(f"\n\n{words.where_to_watch_label}\n")
        body, _, link = rest.rpartition("\n\n")
        body, _, changes = body.partition(f"\n\n{words.what_changed_label}\n")
        platforms, _, times = body.partition("\n\n")
        return cls(teaser.strip(), platforms, times, changes, link)

    def join(self, words: Words) -> str:
        """Return the DESCRIPTION."""
        platforms = f"{words.where_to_watch_label}\n{self.platforms}"
        changes = f"{words.what_changed_label}\n{self.changes}" if self.changes else ""
        paragraphs = (self.teaser, platforms, self.times, changes, self.link)
        return words.mark_lines("\n\n".join(filter(None, paragraphs)))


def format_event_title(item: Event | Episode, schedule: Schedule) -> str:
    """Return the title of an event: status, show and episode, without spoilers.

    A film, which is a special with the show's title, is named once.
    """
    episode = item.first if isinstance(item, Event) else item
    words, title = schedule.words, schedule.words.isolate_in_rtl(schedule.show.title)
    if schedule.airing or item.name != schedule.show.title:
        name = words.isolate_in_rtl(item.name)
        title = words.event_title.format(show=title, episode=name)
    return words.mark_lines(get_title_pattern(episode.status, words).format(title=title))


def describe_episodes(event: Event, words: Words) -> str:
    """Return the teaser, or what an event of several episodes contains."""
    if len(event.episodes) == 1:
        return words.isolate_lines_in_rtl(event.first.teaser or "")
    count = len(event.episodes)
    lines = [format_count(count, words.released_together_sentence, words)]
    lines += (
        words.episode_teaser.format(
            episode=words.isolate_in_rtl(each.name), teaser=words.isolate_in_rtl(each.teaser)
        )
        if each.teaser
        else each.name
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
    words = schedule.words
    for name in names:
        platform = schedule.platforms[name]
        if name in own:
            dates = describe_own_dates(own[name].episodes, schedule)
            description = words.kind_region_and_dates.format(
                **_name_kind(platform, words), dates=dates
            )
        else:
            description = describe_availability(platform, words)
        url = own_links.get(name, platform.url)
        pattern = words.platform_line_with_link if url else words.platform_line
        yield pattern.format(
            platform=words.isolate(platform.name),
            description=description,
            url=words.isolate_in_rtl(url or ""),
        )


def describe_own_dates(episodes: tuple[Episode, ...], schedule: Schedule) -> str:
    """Return when a platform with its own plan shows the episodes of an event.

    Without those that are cancelled or postponed there, unless all of them are.
    """
    words = schedule.words
    shown = [each for each in episodes if each.status not in {"cancelled", "postponed"}]
    ordered = sort_by_start(shown or episodes)
    first, last = (format_air_time(ordered[n], schedule) for n in (0, -1))
    same = first == last
    dates = first if same else words.from_start_to_start.format(first=first, last=last)
    if shown:
        return dates
    statuses = [*dict.fromkeys(name_status(each.status, words) for each in ordered)]
    status = statuses[0]
    if len(statuses) > 1:
        status = words.either_status.format(first=statuses[0], second=statuses[1])
    return words.time_and_status.format(time=dates, status=status)


def describe_availability(platform: Platform, words: Words) -> str:
    """Return a platform's kind, region and delay: "(streaming, Asia), 1 h after the broadcast"."""
    delay = describe_delay(platform.delay, words) if platform.delay else ""
    pattern = words.kind_region_and_delay if delay else words.kind_and_region
    return pattern.format(**_name_kind(platform, words), delay=delay)


def _name_kind(platform: Platform, words: Words) -> dict[str, str]:
    kinds = {
        "television": words.kind_television,
        "streaming": words.kind_streaming,
        "cinema": words.kind_cinema,
    }
    return {"kind": kinds[platform.kind], "region": words.isolate(platform.region)}


def describe_delay(delay: Delay, words: Words) -> str:
    """Return a delay: "14 days after the broadcast", "1 h before the broadcast"; empty for none."""
    total = delay.total_minutes
    if not total:
        return ""
    days, minutes = divmod(abs(total), 24 * 60) if delay.whole_days else (0, abs(total))
    pattern = words.after_broadcast if total > 0 else words.before_broadcast
    return pattern.format(length=format_distance(days, minutes, words))


# Dates and times.


def format_time(local: LocalTime, words: Words) -> str:
    """Format a local time: "23:00 KST"."""
    return _format_time_in_zone(local.naive.time(), local.abbreviation, words)


@lru_cache(maxsize=1024)
def _format_time_in_zone(clock: time, zone: str, words: Words) -> str:
    text = words.time_in_zone.format(time=format_clock(clock, words), zone=zone)
    return words.isolate_in_rtl(text)


def format_date_time(local: LocalTime, words: Words) -> str:
    """Format a local date and time: "Monday 4 August 2025, 23:00 KST"."""
    date = format_date(local.naive, words)
    return words.date_and_time.format(date=date, time=format_time(local, words))


def format_start(start: Start, zone: str, words: Words) -> str:
    """Format a start in the local time of a zone, or its date while the hour is unknown."""
    if isinstance(start, datetime):
        return format_date_time(to_local(start, zone), words)
    return format_date(start, words)


def format_air_time(episode: Episode, schedule: Schedule) -> str:
    """Format the local start of an episode, or its date while the hour is unknown."""
    return format_start(episode.start or episode.date, schedule.timezone, schedule.words)


def format_local_date(time: datetime, schedule: Schedule) -> str:
    """Format the date in the schedule's time zone: "Monday 4 August 2025"."""
    return format_date(to_local(time, schedule.timezone).naive, schedule.words)


def format_date_range(episodes: Sequence[Episode], schedule: Schedule) -> str:
    """Format the first and last local date: "21 July to 12 August 2025".

    ``episodes`` are sorted by their start; without any, it is the month that is known.
    """
    words = schedule.words
    if not episodes:
        periods = (block.period for block in schedule.airing if block.period)
        return next((format_month(*period, words) for period in periods), "")
    first, last = (episodes[n].date for n in (0, -1))
    return format_days(first, last, words, repeat_month=True)


def name_city(zone: str, time: datetime, words: Words) -> str:
    """Return the place of a time zone: "New York", "Seoul"; "UTC+9" for Etc/GMT-9.

    ``time`` (UTC) may be any: the name of a place does not depend on it.
    """
    return words.cities.get(zone) or to_local(time, zone).city


def to_local_times(time: datetime, schedule: Schedule) -> tuple[LocalTime, ...]:
    """Convert a time to the schedule's own zone and to each of its ``clocks``, in this order."""
    return tuple(to_local(time, zone) for zone in (schedule.timezone, *schedule.clocks))


def format_local_times(start: Start, schedule: Schedule) -> Iterator[str]:
    """Yield the date in the schedule's zone, then a line for each of its clocks.

    Without an hour, the only line says in which place that date is.
    """
    words = schedule.words
    if not isinstance(start, datetime):
        city = name_city(schedule.timezone, schedule.published, words)
        date = format_date(start, words)
        yield words.date_in_city_without_hour.format(date=date, city=city)
        return
    own, *others = to_local_times(start, schedule)
    yield format_date(own.naive, words)
    # Two names of one zone, such as UTC and Etc/UTC, give the same line.
    yield from dict.fromkeys(_format_clock(each, own, words) for each in (own, *others))


def _format_clock(local: LocalTime, own: LocalTime, words: Words) -> str:
    """Format a time with its city, and with its date if that is not the schedule's."""
    day = local.naive.date()
    other_day = day if day != own.naive.date() else None
    return _format_time_in_city(
        local.naive.time(), local.abbreviation, local.zone, other_day, words
    )


# Most episodes air at the same hour.
@lru_cache(maxsize=1024)
def _format_time_in_city(
    clock: time, abbreviation: str, zone: str, day: date | None, words: Words
) -> str:
    city = conversion.name_city(zone, abbreviation)
    patterns = {
        (False, False): "{time}",
        (True, False): words.time_in_city,
        (False, True): words.time_on_date,
        (True, True): words.time_in_city_on_date,
    }
    return patterns[city != abbreviation, day is not None].format(
        time=_format_time_in_zone(clock, abbreviation, words),
        city=words.cities.get(zone, city),
        date=format_date(day, words) if day else "",
    )


# Changes.


def describe_dated_change(revision: Revision, schedule: Schedule) -> str:
    """Return the date of a revision and what it changed."""
    date = format_local_date(revision.at, schedule)
    change = describe_change(revision, schedule)
    return schedule.words.dated_change.format(date=date, change=change)


def describe_event_change(revision: EventRevision, schedule: Schedule) -> str:
    """Return the date of an event's revision, and what it changed in which of its episodes."""
    words = schedule.words
    texts = (
        words.named_change.format(names=format_numbers(numbers, words), change=text)
        if numbers
        else text
        for numbers, each in revision.parts
        for text in (describe_change(each, schedule),)
    )
    date = format_local_date(revision.at, schedule)
    return words.dated_change.format(date=date, change=words.sentence_separator.join(texts))


def describe_change(revision: Revision, schedule: Schedule) -> str:
    """Return what a revision changed and why: "Now 1 h 30 min long, not 1 h. A game ran over."."""
    words = schedule.words
    effects = _describe_effects(revision, schedule)
    reasons = (end_sentence(each, words) for each in (revision.note, revision.reason) if each)
    sentences = [*effects, *reasons] or [words.announced_again]
    text = words.sentence_separator.join(sentences)
    if not revision.platform:
        return text
    name = words.isolate(schedule.platforms[revision.platform].name)
    return words.named_change.format(names=name, change=text)


def end_sentence(text: str, words: Words) -> str:
    """Return a text with the end of a sentence, if it has none in any language."""
    end = "" if has_sentence_end(text) else words.sentence_end
    return f"{words.isolate(text)}{end}"


def _describe_effects(revision: Revision, schedule: Schedule) -> Iterator[str]:
    words = schedule.words
    if revision.start_change:
        yield _describe_move(*revision.start_change, schedule, adds_hour=revision.adds_hour)
    if revision.runtime_change:
        before, after = revision.runtime_change
        pattern = words.runtime_changed if before else words.runtime_known
        yield pattern.format(
            before=format_duration(before or 0, words), after=format_duration(after, words)
        )
    if revision.status:
        yield describe_status(revision.status, words)


def describe_status(status: Status, words: Words) -> str:
    """Return what an event is from now on, as a sentence: "Cancelled."."""
    return {
        "cancelled": words.now_cancelled,
        "postponed": words.now_postponed,
        "tentative": words.now_tentative,
        "confirmed": words.now_confirmed,
    }[status]


def _describe_move(
    before: Start | None, after: Start, schedule: Schedule, *, adds_hour: bool
) -> str:
    words = schedule.words
    start = format_start(after, schedule.timezone, words)
    if adds_hour:
        return words.hour_known.format(start=start)
    if before is None:
        return words.moved_to.format(after=start)
    loses_hour = isinstance(before, datetime) and not isinstance(after, datetime)
    pattern = words.moved_without_hour if loses_hour else words.moved
    return pattern.format(before=format_start(before, schedule.timezone, words), after=start)
