"""The events of a show's finished feeds, cut out of them and chosen for combined feeds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final, NamedTuple

from defects_ical.catalog.catalog import EventFilter
from defects_ical.catalog.summary import FeedEvent, ShowSummary
from defects_ical.content.links.feeds import Feed
from defects_ical.model.schedule import DEFAULT_REMINDER
from defects_ical.render.ics.calendar import END_CALENDAR
from defects_ical.render.ics.lines import BEGIN_EVENT
from defects_ical.text.languages import ENGLISH

_LINE_END: Final = b"\r\n"
_MAIN: Final = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """The chosen events of a show, without and with reminders, as they stand in its feeds.

    ``modified`` is the time of the last change (UTC), None without events. ``has_local_times``
    says that an event refers to the show's time zone.
    """

    plain: bytes
    with_reminders: bytes
    modified: datetime | None
    has_local_times: bool


class _Choice(NamedTuple):
    """An event in the feed of a platform, or in the show's feed."""

    platform: str
    number: int
    event: FeedEvent


class ShowFeeds:
    """The feeds of one show, from which combined feeds take events.

    ``read_feed`` returns the bytes of a feed by its path in the show's site. Each feed is read
    once, when the first combined feed needs it.
    """

    def __init__(self, summary: ShowSummary, read_feed: Callable[[str], bytes]) -> None:
        self.summary = summary
        self._read_feed = read_feed
        self.select = cache(self._select)
        self._get_body = cache(self._cut_body)

    def _select(self, event_filter: EventFilter) -> Selection:
        """Return the events that a filter accepts."""
        choices = [*self._choose(event_filter)] if event_filter.accepts(self.summary) else []
        plain, with_reminders = (self._join(choices, reminders=each) for each in (False, True))
        modified = max((each.event.modified for each in choices), default=None)
        return Selection(plain, with_reminders, modified, b";TZID=" in plain)

    def _choose(self, event_filter: EventFilter) -> Iterator[_Choice]:
        premieres = {each.id for each in self.summary.events if each.is_premiere}
        for choice in self._choose_by_platform(event_filter.platforms):
            event = choice.event
            if event_filter.since and event.day < event_filter.since:
                continue
            if event_filter.before and event.day >= event_filter.before:
                continue
            if not event_filter.premieres_only or event.id in premieres:
                yield choice

    def _choose_by_platform(self, platforms: tuple[str, ...]) -> Iterator[_Choice]:
        """Yield the events of one platform, or those of several, each episode once.

        An episode that two of the platforms show is in the event of the show's own feed.
        """
        names = [each for each in platforms if each in self.summary.platforms]
        if len(names) < 2:  # noqa: PLR2004 - none, or one
            yield from self._list_choices(names[0] if names else _MAIN)
            return
        counts: dict[str, int] = {}
        for name in names:
            for choice in self._list_choices(name):
                for episode in choice.event.episodes:
                    counts[episode] = counts.get(episode, 0) + 1
        shared = {episode for episode, count in counts.items() if count > 1}
        own = [
            choice
            for name in names
            for choice in self._list_choices(name)
            if shared.isdisjoint(choice.event.episodes)
        ]
        missing = counts.keys() - {episode for choice in own for episode in choice.event.episodes}
        yield from (
            each
            for each in self._list_choices(_MAIN)
            if not missing.isdisjoint(each.event.episodes)
        )
        yield from own

    def _list_choices(self, platform: str) -> Iterator[_Choice]:
        for number, event in enumerate(self.summary.feeds[platform]):
            yield _Choice(platform, number, event)

    def _join(self, choices: list[_Choice], *, reminders: bool) -> bytes:
        """Return the chosen events; those of a whole feed are not copied."""
        platforms = {each.platform for each in choices}
        if len(platforms) == 1 and len(choices) == len(self.summary.feeds[choices[0].platform]):
            return self._get_body(choices[0].platform, reminders)
        split = {each: _split_events(self._get_body(each, reminders)) for each in platforms}
        return b"".join(split[each.platform][each.number] for each in choices)

    def _cut_body(self, platform: str, reminders: bool) -> bytes:  # noqa: FBT001 - cached
        slug = self.summary.slug
        feed = Feed(f"{slug}-{platform}" if platform else slug, "")
        if reminders:
            # Only its path counts, which is the same in every language.
            feed = feed.with_reminder(DEFAULT_REMINDER, ENGLISH)
        return _cut_events(self._read_feed(feed.path))


def _cut_events(feed: bytes) -> bytes:
    """Return the VEVENTs of a feed, which follow each other at its end."""
    start = feed.find(_LINE_END + BEGIN_EVENT)
    return feed[start + len(_LINE_END) : -len(END_CALENDAR)] if start >= 0 else b""


def _split_events(events: bytes) -> list[bytes]:
    """Split events where a line begins one; in a text, the words do not begin a line."""
    parts = (_LINE_END + events).removesuffix(_LINE_END).split(_LINE_END + BEGIN_EVENT)
    return [b"".join((BEGIN_EVENT, each, _LINE_END)) for each in parts[1:]]
