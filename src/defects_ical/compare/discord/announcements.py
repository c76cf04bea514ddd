"""What is news for viewers: announced changes, in the show's main language and Discord's markup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, NamedTuple, TypeAlias

from defects_ical.compare.differences import ANNOUNCED_AGAIN, DETAILS_CORRECTED, Difference
from defects_ical.compare.discord.markdown import escape, format_timestamp, join_fitting
from defects_ical.content.descriptions import describe_status, end_sentence, name_status
from defects_ical.content.links.feeds import all_feeds
from defects_ical.content.links.site_url import split_language
from defects_ical.model.episode_numbers import EpisodeNumber, format_numbers
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.episodes import Event, Revision, Start
from defects_ical.schedule.expansion import expand_schedule
from defects_ical.text.dates import format_date
from defects_ical.text.lengths import format_duration
from defects_ical.text.words import Words

# Discord's limits for a field, and ours for parts of its text.
MAX_NAME: Final = 256
MAX_TEXT: Final = 1024
_MAX_LINE: Final = 900
_MAX_REASON: Final = 300
_MAX_LABEL: Final = 100

# Notes that the program suggests, and that say nothing to viewers.
_EMPTY_NOTES: Final = {ANNOUNCED_AGAIN, DETAILS_CORRECTED}

Sentences: TypeAlias = dict[str | None, dict[str, None]]
"""Sentences in their order, each once, by the platform that they are about."""


class Announcement(NamedTuple):
    """News of some episodes: their name, and what changed. Neither is empty or too long."""

    name: str
    text: str


def list_announcements(
    differences: Iterable[Difference], schedule: Schedule
) -> tuple[Announcement, ...]:
    """Return what viewers should know, in the order of the schedule.

    Only announced changes are news. Of a changed text it is the note in the change log, never the
    text. Episodes with the same news share it. If several were added to a season, they share one,
    too, after the others.
    """
    found = [each for each in differences if each.episode and each.severity == "ok"]
    return tuple(_Announcer(schedule).announce(found))


class _Announcer:
    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self.words = schedule.words
        self.platforms = {each.path: each.platform for each in all_feeds(schedule)}
        listings = expand_schedule(schedule)
        self.events = {
            (platform, event.id): event
            for platform in (None, *schedule.platforms)
            for event in listings.of(platform).events
        }

    def announce(self, differences: list[Difference]) -> Iterator[Announcement]:
        seasons = self._find_added_seasons(differences)
        added = {(self._find_platform(each), each.episode) for same in seasons for each in same}
        by_event: dict[object, list[Difference]] = {}
        for each in differences:
            if (self._find_platform(each), each.episode) not in added:
                by_event.setdefault((each.episode, each.numbers), []).append(each)
        groups: dict[str, list[Difference]] = {}
        for same in by_event.values():
            if text := self._describe(self._collect_sentences(same)):
                groups.setdefault(text, []).append(same[0])
        for text, events in groups.items():
            yield Announcement(self._name(events), text)
        for same in seasons:
            yield Announcement(self._name(same), self._describe_added(same))

    def _find_added_seasons(self, differences: Iterable[Difference]) -> list[list[Difference]]:
        """Return the events that were added, if there are several of a season."""
        seasons: dict[object, dict[str | None, Difference]] = {}
        for each in differences:
            if each.kind == "added" and each.numbers:
                season = (self._find_platform(each), each.numbers[0].season)
                seasons.setdefault(season, {}).setdefault(each.episode, each)
        return [[*events.values()] for events in seasons.values() if len(events) > 1]

    def _describe_added(self, added: list[Difference]) -> str:
        first = min(added, key=lambda each: each.numbers[0])
        sentence = self.words.from_start.format(start=_format_new_start(first, self.words))
        return self._describe({self._find_platform(first): {sentence: None}})

    # Names.

    def _name(self, differences: list[Difference]) -> str:
        """Name the events of differences; a single one with its title."""
        if len(differences) == 1:
            return escape(self._name_event(differences[0]), MAX_NAME)
        seasons: dict[int | None, set[EpisodeNumber]] = {}
        for number in (number for each in differences for number in each.numbers):
            seasons.setdefault(number.season, set()).add(number)
        names = [format_numbers(numbers, self.words) for numbers in seasons.values()]
        names += (self._name_event(each) for each in differences if not each.numbers)
        return escape(self.words.list_separator.join(dict.fromkeys(names)), MAX_NAME)

    def _name_event(self, difference: Difference) -> str:
        event = self._find_event(difference)
        return self.words.isolate_in_rtl(event.name if event else difference.name)

    def _find_platform(self, difference: Difference) -> str | None:
        return self.platforms.get(split_language(difference.feed)[1])

    def _find_event(self, difference: Difference) -> Event | None:
        return self.events.get((self._find_platform(difference), difference.episode or ""))

    # Texts.

    def _describe(self, sentences: Sentences) -> str:
        """Return a line for the broadcast and for each platform."""
        words, lines = self.words, []
        for platform, texts in sentences.items():
            line = join_fitting(texts, words.sentence_separator, _MAX_LINE)
            if platform:
                name = escape(self.schedule.platforms[platform].name, _MAX_LABEL)
                line = words.named_change.format(names=words.isolate(name), change=line)
            lines.append(words.mark_lines(line))
        return join_fitting(lines, "\n", MAX_TEXT)

    def _collect_sentences(self, differences: list[Difference]) -> Sentences:
        """Return what changed in the events of the same episodes, and then why."""
        found: Sentences = {}
        for each in differences:
            if effect := _describe_effect(each, self.words):
                found.setdefault(self._find_platform(each), {})[effect] = None
        # The same entry is in the feed of the show and in that of a platform.
        reasons: dict[str, str | None] = {}
        for each in differences:
            for platform, reason in self._list_reasons(each):
                reasons.setdefault(reason, platform)
        for reason, platform in reasons.items():
            found.setdefault(platform, {})[reason] = None
        return found

    def _list_reasons(self, difference: Difference) -> Iterator[tuple[str | None, str]]:
        """Yield what new entries of the change log say, and the platform that each is about."""
        for numbers, part in _list_new_parts(self._find_event(difference), difference):
            for reason in _list_texts(part, self.words):
                platform = part.platform or self._find_platform(difference)
                yield platform, self._name_part(numbers, reason)

    def _name_part(self, numbers: tuple[EpisodeNumber, ...], text: str) -> str:
        """Return a text about some of the episodes of an event with their numbers."""
        if not numbers:
            return text
        names = escape(format_numbers(numbers, self.words), _MAX_LABEL)
        return self.words.named_change.format(names=names, change=text)


def _list_new_parts(
    event: Event | None, difference: Difference
) -> Iterator[tuple[tuple[EpisodeNumber, ...], Revision]]:
    """Yield what entries did to an event since the live one was revised, and to which episodes.

    Without what they did to episodes that are not in the event any more.
    """
    if not event or not difference.revised:
        return
    for revision in (each for each in event.revisions if each.at > difference.revised):
        for numbers, part in revision.parts:
            if not numbers or not {*numbers}.isdisjoint(difference.numbers):
                yield numbers, part


def _list_texts(revision: Revision, words: Words) -> Iterator[str]:
    """Yield the note and the reason of a revision as sentences."""
    for text in (revision.note, revision.reason):
        if text and text not in _EMPTY_NOTES:
            yield end_sentence(escape(text, _MAX_REASON), words)


def _describe_effect(difference: Difference, words: Words) -> str:
    """Return what changed; nothing if only texts did, or which episodes an event is about.

    The episodes that are not in the event any more have events, and news, of their own.
    """
    before, after = difference.states
    if not after or difference.kind in {"text changed", "episodes changed"}:
        return ""
    if not before:
        return _format_new_start(difference, words)
    if difference.kind in {"moved", "hour known"}:
        return _describe_move(
            before.start, after.start, words, adds_hour=difference.kind != "moved"
        )
    if difference.kind == "duration changed":
        was, now = (format_duration(each.runtime or 0, words) for each in (before, after))
        return words.runtime_changed.format(before=was, after=now)
    return describe_status(after.status, words)


def _describe_move(before: Start, after: Start, words: Words, *, adds_hour: bool) -> str:
    start = _format_start(after, words)
    if adds_hour:
        return words.hour_known.format(start=start)
    loses_hour = isinstance(before, datetime) and not isinstance(after, datetime)
    pattern = words.moved_without_hour if loses_hour else words.moved
    return pattern.format(before=_format_start(before, words), after=start)


def _format_start(start: Start, words: Words) -> str:
    """Format a start on the reader's clock, or its date while the hour is unknown."""
    return format_timestamp(start) if isinstance(start, datetime) else format_date(start, words)


def _format_new_start(difference: Difference, words: Words) -> str:
    """Format the start of an event that is new, with its status unless it is confirmed."""
    state = difference.states[1]
    if not state:
        return ""
    start = _format_start(state.start, words)
    if state.status == "confirmed":
        return start
    return words.time_and_status.format(time=start, status=name_status(state.status, words))
