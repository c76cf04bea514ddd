"""Decide what of the source's news becomes an entry, and what is a question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from defects_ical.authoring.imports.selection import Broadcast
from defects_ical.authoring.updates.matching import Matching, Pair, find_start, get_start
from defects_ical.authoring.updates.names import name_episodes, write_words
from defects_ical.model.changes import Status
from defects_ical.model.fields import Slot
from defects_ical.schedule.episodes import Episode, Start
from defects_ical.schedule.starts import to_position

NO_CANCELLATIONS: Final = frozenset({"tvmaze"})
"""Sources that never say that an episode is cancelled: so they do not say that it is not."""

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Difference:
    """What an entry has to change about an episode; None for what stays. ``runtime`` in minutes."""

    episode: Episode
    slot: Slot | None = None
    runtime: int | None = None
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """The differences of upcoming episodes, what the program does not decide, and what it checks.

    ``expected`` are the broadcasts as they have to be after the update.
    """

    differences: tuple[Difference, ...]
    questions: tuple[str, ...]
    expected: tuple[Broadcast, ...]


class Reviewer:
    """Reviews the news of one source, as ``now`` (UTC).

    ``name`` is that of the source, ``zone`` the time zone of the schedule, ``runtime`` (minutes)
    for hours that become known.
    """

    def __init__(self, kind: str, name: str, zone: str, now: datetime, runtime: int) -> None:
        self.kind, self.name, self.zone = kind, name, zone
        self.now, self.runtime = now, runtime
        self.questions = list[str]()
        self.expected = list[Broadcast]()

    def review(self, matching: Matching) -> Review:
        """Return what follows from the news."""
        found = (self._review(each) for each in matching.pairs)
        differences = tuple(each for each in found if each)
        self.questions += self._ask_about_dates(matching.pairs)
        self.questions += self._ask_about_gone(matching.gone)
        return Review(differences, tuple(self.questions), tuple(self.expected))

    def is_over(self, start: Start) -> bool:
        """Return whether a start, or the end of its day, is past."""
        if isinstance(start, datetime):
            return start < self.now
        return to_position(start + _DAY, self.zone) <= self.now

    def _is_upcoming(self, episode: Episode) -> bool:
        return not self.is_over(get_start(episode))

    def _is_open(self, episode: Episode) -> bool:
        """Return whether an episode is planned for a date that is not past."""
        return episode.status in {"confirmed", "tentative"} and self._is_upcoming(episode)

    def _review(self, pair: Pair) -> Difference | None:
        episode, broadcast = pair.episode, pair.broadcast
        if pair.listed.is_cancelled:
            is_news = episode.status != "cancelled" and self._is_upcoming(episode)
            return Difference(episode, status="cancelled") if is_news else None
        if not broadcast:
            return None
        if episode.status == "cancelled":
            return self._review_cancelled(episode, broadcast)
        is_later = episode.status == "postponed" and not self.is_over(find_start(broadcast))
        if self._is_upcoming(episode) or is_later:
            return self._compare(episode, broadcast)
        self._review_past(episode, broadcast)
        return None

    def _compare(
        self, episode: Episode, broadcast: Broadcast, status: Status | None = None
    ) -> Difference | None:
        """Return the difference of an episode that has not aired."""
        self.expected.append(broadcast)
        is_moved = find_start(broadcast) != get_start(episode)
        runtime = broadcast.runtime
        if runtime is None and episode.runtime is None and broadcast.slot.minutes is not None:
            runtime = self.runtime
        if is_moved and episode.status == "postponed":
            status = "confirmed"
        difference = Difference(
            episode,
            slot=broadcast.slot if is_moved else None,
            runtime=None if runtime == episode.runtime else runtime,
            status=status,
        )
        return None if difference == Difference(episode) else difference

    def _review_cancelled(self, episode: Episode, broadcast: Broadcast) -> Difference | None:
        if self.is_over(find_start(broadcast)):
            return None
        if self.kind not in NO_CANCELLATIONS:
            return self._compare(episode, broadcast, "confirmed")
        name = _name([episode])
        message = f"{name} is cancelled here, and {self.name} has it on"
        self._ask(f"{message} {broadcast.slot.isoformat()}", [episode], "--status confirmed")
        return None

    def _review_past(self, episode: Episode, broadcast: Broadcast) -> None:
        """Ask about what has aired, or should have, and has another date at the source."""
        start, slot = find_start(broadcast), broadcast.slot.isoformat()
        if start == get_start(episode):
            return
        name, old = _name([episode]), episode.slot.isoformat()
        if episode.status != "postponed" and not self.is_over(start):
            message = f"{name} aired on {old}, and {self.name} has it on {slot} now"
            self._ask(message, [episode], f"--move {slot}", "If it did not air")
        elif episode.status == "postponed" and self.is_over(start):
            message = f"{name} is postponed here, and {self.name} has it on {slot}"
            self._ask(message, [episode], f"--move {slot}", "If it aired then")

    def _ask_about_dates(self, pairs: Iterable[Pair]) -> Iterator[str]:
        undated = [
            each.episode
            for each in pairs
            if not (each.broadcast or each.listed.is_cancelled) and self._is_open(each.episode)
        ]
        if undated:
            pronoun = "it is" if len(undated) == 1 else "they are"
            message = f"{self.name} no longer has a date for {_name(undated)}"
            yield _write_question(message, undated, "--postpone", f"If {pronoun} postponed")

    def _ask_about_gone(self, gone: Iterable[Episode]) -> Iterator[str]:
        missing = [each for each in gone if self._is_open(each)]
        if missing:
            pronoun = "it is" if len(missing) == 1 else "they are"
            message = f"{self.name} no longer lists {_name(missing)}"
            condition = f"If {pronoun} cancelled"
            yield _write_question(message, missing, "--status cancelled", condition)

    def _ask(
        self, message: str, episodes: list[Episode], option: str, condition: str = "If it airs"
    ) -> None:
        self.questions.append(_write_question(message, episodes, option, condition))


def _name(episodes: Iterable[Episode]) -> str:
    return name_episodes(each.number or each.title or each.id for each in episodes)


def _write_question(message: str, episodes: list[Episode], option: str, condition: str) -> str:
    words = " ".join(write_words(each.key for each in episodes))
    sentence = f"{message[0].upper()}{message[1:]}"
    return f"{sentence}. {condition}: `defects-ical change {words} {option}`"
