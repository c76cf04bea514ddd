"""The events of our main feed as plain values, which other libraries make a calendar of."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from defects_ical.content.descriptions import (
    EventDescription,
    describe_episodes,
    describe_event_change,
    describe_platforms,
    format_event_title,
    format_local_times,
)
from defects_ical.content.links.feeds import event_uid
from defects_ical.content.site_input import SiteInput
from defects_ical.schedule.episodes import Event


class PlainEvent(NamedTuple):
    """An event with all of its texts; ``start`` and ``end`` are in the local time of the show."""

    uid: str
    start: datetime
    end: datetime
    summary: str
    description: str
    url: str
    created: datetime
    modified: datetime
    sequence: int
    status: str


@dataclass(frozen=True, slots=True)
class PlainFeed:
    """A calendar with its events; these may be an iterator."""

    title: str
    timezone: str
    location: str
    categories: tuple[str, ...]
    events: Iterable[PlainEvent]

    def keep(self) -> PlainFeed:
        """Return a feed whose events can be taken again."""
        return replace(self, events=tuple(self.events))


class _Row(NamedTuple):
    """What a plain script knows of an episode: its times in UTC, and its teaser."""

    id: str
    number: int
    start: datetime
    end: datetime
    teaser: str
    published: datetime


def make_plain_feed(site: SiteInput) -> PlainFeed:
    """Return our main feed, with our texts, as plain values.

    Its texts are written while its events are taken.
    """
    return PlainFeed(
        site.show.title,
        site.schedule.timezone,
        ", ".join(each.name for each in site.schedule.platforms.values()),
        ("TV", *site.show.genres),
        (_make_event(site, event) for event in site.listings.main.events),
    )


def _make_event(site: SiteInput, event: Event) -> PlainEvent:
    start, end = _get_times(event)
    timezone = ZoneInfo(site.schedule.timezone)
    return PlainEvent(
        event_uid(site.show, event.id),
        start.astimezone(timezone),
        end.astimezone(timezone),
        format_event_title(event, site.schedule),
        _format_description(site, event),
        site.link_to(event),
        event.first.published,
        event.modified,
        event.sequence,
        event.first.status.upper(),
    )


def _get_times(event: Event) -> tuple[datetime, datetime]:
    """Return start and end, in UTC; the benchmarks' episodes all have an hour."""
    start, end = event.first.start, event.first.end
    if not start or not end:
        raise ValueError(event.id)
    return start, end


def _format_description(site: SiteInput, event: Event) -> str:
    """Return our DESCRIPTION."""
    schedule, first = site.schedule, event.first
    changes = (describe_event_change(each, schedule) for each in reversed(event.revisions))
    platforms = describe_platforms(schedule.platforms, event.availability, first.links, schedule)
    description = EventDescription(
        teaser=describe_episodes(event, schedule.words),
        platforms="\n".join(platforms),
        times="\n".join(format_local_times(first.start or first.date, schedule)),
        changes="\n".join(changes),
        link=f"All episodes and changes: {site.link_to(event)}",
    )
    return description.join(schedule.words)


class PlainScript:
    """A script that writes the texts of a long show's main feed, with none of our code."""

    def __init__(self, site: SiteInput) -> None:
        self._feed = make_plain_feed(site)
        self._site_url = site.url.join("/")
        self._show_uid = site.show.uid
        self._timezone = ZoneInfo(site.schedule.timezone)
        self._clocks = [(name, ZoneInfo(name)) for name in site.schedule.clocks]
        self._platforms = tuple(site.schedule.platforms.values())
        self._rows = [_make_row(event) for event in site.listings.main.events]
        if list(self.write().events) != list(make_plain_feed(site).events):
            raise RuntimeError("the plain script writes another feed")

    def write(self) -> PlainFeed:
        """Return the feed; its texts are written while its events are taken."""
        return replace(self._feed, events=map(self._write_event, self._rows))

    def _write_event(self, row: _Row) -> PlainEvent:
        start = row.start.astimezone(self._timezone)
        url = f"{self._site_url}#{row.id}"
        return PlainEvent(
            str(uuid.uuid5(self._show_uid, row.id)),
            start,
            row.end.astimezone(self._timezone),
            f"{self._feed.title}: Episode {row.number}",
            self._write_description(row, start, url),
            url,
            row.published,
            row.published,
            0,
            "CONFIRMED",
        )

    def _write_description(self, row: _Row, start: datetime, url: str) -> str:
        platforms = "\n".join(self._list_platforms())
        times = "\n".join(self._list_times(start))
        link = f"All episodes and changes: {url}"
        return f"{row.teaser}\n\nWhere to watch:\n{platforms}\n\n{times}\n\n{link}"

    def _list_platforms(self) -> Iterator[str]:
        for each in self._platforms:
            yield f"{each.name} ({each.kind}, {each.region}) {each.url or ''}".rstrip()

    def _list_times(self, start: datetime) -> Iterator[str]:
        yield _format_date(start)
        yield f"{start:%H:%M %Z} ({_name_city(self._feed.timezone)})"
        for name, timezone in self._clocks:
            local = start.astimezone(timezone)
            place = "" if name == "UTC" else f" ({_name_city(name)})"
            date = "" if local.date() == start.date() else f", {_format_date(local)}"
            yield f"{local:%H:%M %Z}{place}{date}"


def _make_row(event: Event) -> _Row:
    start, end = _get_times(event)
    teaser, published = event.first.teaser or "", event.first.published
    return _Row(event.id, int(event.id.lstrip("e")), start, end, teaser, published)


def _format_date(local: datetime) -> str:
    """Return a date: "Monday 4 August 2025"."""
    return f"{local:%A} {local.day} {local:%B %Y}"


def _name_city(timezone: str) -> str:
    return timezone.rpartition("/")[2].replace("_", " ")
