"""The tables of ``check``: what airs when, in the show's feed and where a platform differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

import click
from rich.text import Text

from defects_ical.cli.console import Cells, print_table
from defects_ical.content.descriptions import format_time, to_local_times
from defects_ical.model.airing import Block, number_blocks
from defects_ical.model.episode_numbers import EpisodeNumber, format_numbers
from defects_ical.model.fields import format_clock
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.episodes import Episode, Event, Listings
from defects_ical.text.dates import format_month
from defects_ical.text.display import bidi_isolate
from defects_ical.text.english import WEEKDAYS, count_noun
from defects_ical.text.languages import ENGLISH
from defects_ical.text.lengths import DAY_MINUTES
from defects_ical.timezones.conversion import LocalTime

STATUS_STYLES: Final = {
    "confirmed": "green",
    "tentative": "yellow",
    "postponed": "yellow",
    "cancelled": "red",
}


def print_events(schedule: Schedule, listings: Listings) -> None:
    """Print a table of the show's events, what is announced, and a table for some platforms.

    A platform's table has the events that do not simply follow the broadcast.
    """
    _print_events(listings.main.events, schedule)
    for line in _list_announced(schedule):
        click.echo(line)
    for name, listing in listings.platforms.items():
        if own := [each for each in listing.events if each.availability]:
            click.echo(f"\n{schedule.platforms[name].name}")
            _print_events(own, schedule)


def _print_events(events: Sequence[Event], schedule: Schedule) -> None:
    if not events:
        return
    has_titles = any(_format_title(each) for each in events if each.first.number)
    cities = (clock.city for clock in to_local_times(schedule.published, schedule))
    headings = ["Ep.", *(["Title"] if has_titles else []), *cities, "Status", "Rev."]
    ordered = sorted(events, key=lambda each: each.first.position)
    print_table(headings, (_make_row(each, schedule, has_titles=has_titles) for each in ordered))


def _make_row(event: Event, schedule: Schedule, *, has_titles: bool) -> Cells:
    status = event.first.status
    return (
        _format_keys(event),
        *([_format_title(event)] if has_titles else []),
        *_format_times(event.first, schedule),
        Text(status, STATUS_STYLES[status]),
        str(event.sequence),
    )


def _format_keys(event: Event) -> str:
    """Return what `changes` calls the episodes of an event: "3", with a dash "s02e01-e03"."""
    numbers = [each.number for each in event.episodes if each.number]
    if len(event.episodes) == 1 or not numbers:
        return event.first.key
    return format_numbers(numbers).removeprefix("Episodes ").lower()


def _format_title(event: Event) -> str:
    """Return the title of a single episode; an event of several is named without any."""
    return bidi_isolate(event.first.title or "") if len(event.episodes) == 1 else ""


def _format_times(episode: Episode, schedule: Schedule) -> Iterator[str]:
    """Yield the start on the schedule's own clock, with its date, and on each other clock."""
    if not episode.start:
        yield f"{_format_date(episode.date)}  hour not known"
        yield from ("" for _ in schedule.clocks)
        return
    own, *others = to_local_times(episode.start, schedule)
    minutes = episode.slot.minutes or 0
    is_late = minutes >= DAY_MINUTES
    if is_late:
        morning = f"({_format_weekday(own)} {format_time(own, ENGLISH)})"
        yield f"{_format_date(episode.slot.day)} {format_clock(minutes)} {morning}"
    else:
        yield f"{_format_date(own.naive.date())} {format_time(own, ENGLISH)}"
    for each in others:
        # A late night has two days in the first column.
        has_day = is_late or own.naive.date() != each.naive.date()
        yield (
            f"{_format_weekday(each)} {format_time(each, ENGLISH)}"
            if has_day
            else format_time(each, ENGLISH)
        )


def _format_date(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()][:3]} {day}"


def _format_weekday(time: LocalTime) -> str:
    return WEEKDAYS[time.naive.weekday()][:3]


def _list_announced(schedule: Schedule) -> Iterator[str]:
    """Yield a line for each block of which only the month or the year is known."""
    blocks = schedule.airing
    for block, numbers in zip(blocks, number_blocks(blocks), strict=True):
        if block.period:
            count = f", {count_noun(len(numbers), 'episode')}" if block.season and numbers else ""
            yield f"{_name_block(block, numbers)}: {format_month(*block.period, ENGLISH)}{count}"


def _name_block(block: Block, numbers: Sequence[EpisodeNumber]) -> str:
    if block.season or not numbers:
        return f"Season {block.season}" if block.season else "Announced"
    return format_numbers(numbers)
