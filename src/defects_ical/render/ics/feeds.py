"""Render episodes as iCalendar files (RFC 5545, RFC 7986).

There are three kinds: feeds, the same feeds with reminders, and a file for each episode. A property
is there because a calendar app needs it, and left out if another app fails on it. Each event is
rendered once and its bytes are reused in all three kinds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache, partial
from itertools import chain, repeat
from typing import Final, NamedTuple

from icalendar.prop import vCategory, vUri

from defects_ical.content import descriptions
from defects_ical.content.credits import describe_credits
from defects_ical.content.links.feeds import Feed, add_reminders, event_path
from defects_ical.content.site_input import SiteInput
from defects_ical.render.ics.calendar import (
    UNNAMED_HEAD,
    CalendarProperties,
    assemble_calendar,
    render_head,
)
from defects_ical.render.ics.lines import (
    BEGIN_EVENT,
    END_EVENT,
    escape_text,
    fold_line,
    render_line,
)
from defects_ical.render.ics.neutral_lines import NeutralLines
from defects_ical.schedule.episodes import Availability, Event
from defects_ical.text.lengths import DAY_MINUTES, format_distance

BEGIN_ALARM: Final = b"BEGIN:VALARM\r\nACTION:DISPLAY\r\n"
# What stands for the platforms in a description; no text of a schedule has it.
_GAP: Final = "\0"


def render_feeds(
    site: SiteInput, neutral: NeutralLines | None = None
) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of every .ics file.

    ``neutral`` are the lines that the site has in common with those in other languages.
    """
    neutral = neutral or NeutralLines(site)
    schedule, listings, timezone = site.schedule, site.listings, neutral.timezone
    lines = _SharedLines(site, neutral)
    for feed in site.feeds:
        renderer = _FeedRenderer(site, feed, lines)
        events = listings.of(feed.platform).events
        modified = max((each.modified for each in events), default=schedule.published)
        # An edit of one event may change the form of the times of all others.
        name = f"{feed.path} in {neutral.zone.name}"
        contents = site.cache.get_or_render(name, events, renderer.render_event)
        head = renderer.render_head(feed, modified)
        yield feed.path, assemble_calendar(head, timezone, _end_events(contents))
        for each in add_reminders(feed, schedule):
            head, alarms = renderer.render_head(each, modified), lines.get_alarms(each, events)
            yield each.path, assemble_calendar(head, timezone, _end_events(contents, alarms))
        if feed.platform is None:
            assemble = partial(_assemble_event_file, timezone)
            files = site.cache.get_or_render(f"files with {timezone!r}", contents, assemble)
            for file, event in zip(files, events, strict=True):
                yield event_path(event.id, schedule), file


def _assemble_event_file(timezone: bytes, content: bytes) -> bytes:
    return assemble_calendar(UNNAMED_HEAD, timezone, (content, END_EVENT))


def _end_events(*parts: Sequence[bytes]) -> Iterator[bytes]:
    """Yield each event in pieces: its content, a reminder if there are any, and its end.

    Reminders are only in feeds with reminders: many subscribers do not want one.
    """
    return chain.from_iterable(zip(*parts, repeat(END_EVENT), strict=False))


class _EventTexts(NamedTuple):
    """What an event says in every feed: its title, content lines, and most of its description.

    ``before`` and ``after`` are the escaped description before and after the platforms.
    """

    title: str
    summary: bytes
    url: bytes
    before: bytes
    after: bytes


class _SharedLines:
    """Content lines that several events or feeds have in common, each rendered once."""

    def __init__(self, site: SiteInput, neutral: NeutralLines) -> None:
        self.site = site
        self.neutral = neutral
        words = site.words
        categories = vCategory([*dict.fromkeys((words.category, *site.show.genres))])
        self.categories = render_line("CATEGORIES", categories)
        # By identity: most platforms have the same events as the show.
        self._texts: dict[int, _EventTexts] = {}
        self._alarms: dict[tuple[int, int | None], list[bytes]] = {}
        self._get_alarm = cache(self._render_alarm)

    def get_texts(self, event: Event) -> _EventTexts:
        """Return what an event says in every feed."""
        if id(event) not in self._texts:
            self._texts[id(event)] = self._make_texts(event)
        return self._texts[id(event)]

    def _make_texts(self, event: Event) -> _EventTexts:
        words, page, schedule = self.site.words, self.site.link_to(event), self.site.schedule
        title = self.site.get_event_title(event)
        changes = (
            descriptions.describe_event_change(each, schedule) for each in reversed(event.revisions)
        )
        description = descriptions.EventDescription(
            teaser=descriptions.describe_episodes(event, words),
            platforms=_GAP,
            times="\n".join(self.site.get_local_times(event.first.start or event.first.date)),
            changes="\n".join(changes),
            link=words.all_episodes_link.format(url=words.isolate_in_rtl(page)),
        )
        before, after = escape_text(description.join(words)).encode().split(_GAP.encode())
        summary, url = render_line("SUMMARY", title), render_line("URL", vUri(page))
        return _EventTexts(title, summary, url, before, after)

    def get_alarms(self, feed: Feed, events: tuple[Event, ...]) -> list[bytes]:
        """Return the reminder of each event in a feed with reminders."""
        key = id(events), feed.reminder
        if key not in self._alarms:
            render = partial(self._render_event_alarm, minutes=feed.reminder or 0)
            self._alarms[key] = self.site.cache.get_or_render(feed.path, events, render)
        return self._alarms[key]

    def _render_event_alarm(self, event: Event, minutes: int) -> bytes:
        """Render the reminder of an event; nothing if it does not air then."""
        if event.first.start is None or event.first.status in {"cancelled", "postponed"}:
            return b""
        return self._get_alarm(self.get_texts(event).title, minutes)

    def _render_alarm(self, title: str, minutes: int) -> bytes:
        words = self.site.words
        length = format_distance(*divmod(minutes, DAY_MINUTES), words)
        text = words.mark_lines(words.alarm.format(title=title, length=length))
        description = render_line("DESCRIPTION", text)
        return b"".join(
            (BEGIN_ALARM, description, self.neutral.get_trigger(minutes), b"END:VALARM\r\n")
        )


class _FeedRenderer:
    """A renderer of the parts of a feed: its events, and the head of its calendar."""

    def __init__(self, site: SiteInput, feed: Feed, lines: _SharedLines) -> None:
        self.site = site
        self.feed = feed
        self.lines = lines
        self.platform = site.schedule.platforms[feed.platform] if feed.platform else None
        # Most events of a feed are on the same platforms.
        self.render_platforms = cache(self._render_platforms)

    def render_head(self, feed: Feed, modified: datetime) -> bytes:
        """Render the head of a feed, or of the same with reminders."""
        properties = CalendarProperties(
            name=self.site.words.mark_lines(feed.title),
            description=self._describe_calendar(),
            timezone=self.site.schedule.timezone,
            modified=modified,
            source=self.site.url.join(feed.path),
            page=str(self.site.url),
            color=self.site.show.color,
        )
        return render_head(properties)

    def render_event(self, event: Event) -> bytes:
        """Render a VEVENT without its end, its properties in the order of icalendar."""
        neutral = self.lines.neutral.get_event(event, self.feed.platform)
        texts = self.lines.get_texts(event)
        platforms, location = self.render_platforms(event.availability, event.first.links)
        description = b"".join((b"DESCRIPTION:", texts.before, platforms, texts.after))
        return b"".join(
            (
                BEGIN_EVENT,
                texts.summary,
                neutral.times,
                self.lines.categories,
                neutral.created,
                fold_line(description),
                neutral.modified,
                location,
                neutral.status,
                texts.url,
            )
        )

    def _describe_calendar(self) -> str:
        words, credited = self.site.words, self.site.show.credits
        return words.mark_lines(describe_credits(credited, words, self._describe_feed()))

    def _describe_feed(self) -> str:
        words = self.site.words
        show = words.isolate_in_rtl(self.site.show.title)
        if not self.platform:
            return words.feed_description.format(show=show)
        return words.platform_feed_description.format(
            show=show,
            platform=words.isolate_in_rtl(self.platform.name),
            region=words.isolate_in_rtl(self.platform.region),
        )

    def _render_platforms(
        self, availability: tuple[Availability, ...], links: tuple[tuple[str, str], ...]
    ) -> tuple[bytes, bytes]:
        """Return where to watch an event, escaped, and its LOCATION."""
        schedule = self.site.schedule
        names = descriptions.list_platforms(availability, schedule)
        shown = (self.feed.platform,) if self.feed.platform else names
        text = "\n".join(self.site.get_platform_lines(shown, availability, links))
        escaped = escape_text(self.site.words.mark_lines(text)).encode()
        # Only names: Google looks up a URL on its map.
        return escaped, render_line("LOCATION", self.site.get_location(shown))
