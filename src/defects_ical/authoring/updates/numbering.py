"""Give new episodes of the source the numbers that they have here, or ask about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from defects_ical.authoring.imports.schedule_text import is_source_id
from defects_ical.authoring.imports.selection import (
    Broadcast,
    find_runtime,
    find_slot,
    is_nameless,
    is_numbered,
    is_outside,
    is_reserved_id,
)
from defects_ical.authoring.imports.texts import UniqueIds
from defects_ical.authoring.updates.matching import Matching, find_title
from defects_ical.authoring.updates.names import name_episodes
from defects_ical.model.airing import MAX_EPISODES, number_blocks
from defects_ical.model.episode_numbers import MAX_NUMBER, EpisodeNumber
from defects_ical.model.schedule import Schedule
from defects_ical.sources.listing import ListedEpisode, Listing
from defects_ical.sources.plain_text import clean_line
from defects_ical.text.english import count_noun


class Numbering:
    """The numbers of one schedule; ``source`` is the name of its source in sentences."""

    def __init__(
        self, schedule: Schedule, listing: Listing, matching: Matching, source: str
    ) -> None:
        self.schedule, self.listing, self.source = schedule, listing, source
        self.new = [each for each in matching.new if not each.is_cancelled]
        self.taken = {number for block in number_blocks(schedule.airing) for number in block}
        self.seasons = self._map_seasons(matching)
        self.counts_by_date = all(map(is_nameless, listing.episodes)) and any(
            each.episode.number for each in matching.pairs
        )
        self.questions = list[str]()

    def list_broadcasts(self) -> tuple[Broadcast, ...]:
        """Return the new episodes that can be added, each with its own id here."""
        dated = [*self._leave_out(self.new)]
        if not dated:
            return ()
        numbered = [*self._number(dated)]
        if self._has_space(numbered):
            return tuple(self._name(numbered))
        return ()

    def _map_seasons(self, matching: Matching) -> dict[int | None, int | None]:
        """Return which seasons here are those of the source."""
        label = self.schedule.show.season
        found: dict[int | None, Counter[int | None]] = {}
        for pair in matching.pairs:
            if pair.episode.number and is_numbered(pair.listed):
                counts = found.setdefault(pair.listed.season, Counter())
                counts[pair.episode.number.season] += 1
        seasons = {season: counts.most_common(1)[0][0] for season, counts in found.items()}
        if label is not None and not all(each.season for each in self.schedule.airing):
            seasons.setdefault(label, None)
        return seasons

    def _leave_out(self, new: Iterable[ListedEpisode]) -> Iterator[ListedEpisode]:
        """Yield the episodes with an id and a date; ask about the others."""
        undated, nameless, outside = (list[ListedEpisode]() for _ in range(3))
        for each in new:
            if not is_source_id(each.id):
                nameless.append(each)
            elif not (each.start or each.day):
                undated.append(each)
            elif is_outside(each, self.listing.timezone, self.schedule.timezone):
                outside.append(each)
            else:
                yield each
        self._ask(undated, "without a date", "They are added when it has one")
        self._ask(nameless, "without an id of its own", "Add them by hand")
        self._ask(outside, "outside of the years that a schedule may have", "Leave them out")

    def _ask(self, episodes: list[ListedEpisode], reason: str, advice: str) -> None:
        if not episodes:
            return
        names = name_episodes(map(self._describe, episodes))
        advice = advice.replace("They are", "It is") if len(episodes) == 1 else advice
        advice = advice.replace("them", "it") if len(episodes) == 1 else advice
        sentence = f"{self.source} lists {names} {reason}"
        self.questions.append(f"{sentence[0].upper()}{sentence[1:]}. {advice}.")

    def _describe(self, listed: ListedEpisode) -> EpisodeNumber | str:
        return self._find_number(listed) or self._find_special_title(listed)

    def _find_number(self, listed: ListedEpisode) -> EpisodeNumber | None:
        if listed.number is None or not is_numbered(listed):
            return None
        return EpisodeNumber(self.seasons.get(listed.season, listed.season), listed.number)

    def _find_special_title(self, listed: ListedEpisode) -> str:
        if title := clean_line(listed.title):
            return title
        return self.schedule.show.title if listed.number is None else f"Special {listed.number}"

    def _number(self, dated: list[ListedEpisode]) -> Iterator[Broadcast]:
        """Yield broadcasts, without the ids of specials; ask about numbers that are not free."""
        double = list[ListedEpisode]()
        if self.counts_by_date:
            dated = [*self._count(dated)]
        for each in dated:
            number = self._find_number(each)
            if number and number in self.taken:
                double.append(each)
                continue
            self.taken |= {number} if number else set()
            yield self._make_broadcast(each, number)
        if double:
            is_one = len(double) == 1
            reason = "another episode has this number" if is_one else "others have these numbers"
            advice = f"Add {'it' if is_one else 'them'} by hand, with a free number"
            self._ask(double, f"as new, and {reason} here", advice)

    def _count(self, dated: list[ListedEpisode]) -> Iterator[ListedEpisode]:
        """Yield episodes that nothing names with the next numbers, in the order of their dates."""
        season = next(iter({each.season for each in self.taken}))
        last = max(each.number for each in self.taken if each.season == season)
        zone = self.schedule.timezone
        in_order = sorted(
            dated, key=lambda each: find_slot(each, self.listing.timezone, zone).naive
        )
        for number, each in enumerate(in_order, start=last + 1):
            self.seasons.setdefault(None, season)
            yield replace(each, number=number if number <= MAX_NUMBER else None)

    def _make_broadcast(self, listed: ListedEpisode, number: EpisodeNumber | None) -> Broadcast:
        return Broadcast(
            id=number.id if number else "",
            number=number,
            slot=find_slot(listed, self.listing.timezone, self.schedule.timezone),
            runtime=find_runtime(listed),
            title=find_title(listed) if number else self._find_special_title(listed),
            listed=listed,
        )

    def _has_space(self, broadcasts: list[Broadcast]) -> bool:
        total = sum(each.count for each in self.schedule.airing) + len(self.schedule.specials)
        if total + len(broadcasts) <= MAX_EPISODES:
            return True
        counted = count_noun(len(broadcasts), "new episode")
        message = f"{self.source} lists {counted}, and a schedule has at most {MAX_EPISODES:,}"
        self.questions.append(f"{message[0].upper()}{message[1:]}. None is added.")
        return False

    def _name(self, broadcasts: list[Broadcast]) -> Iterator[Broadcast]:
        """Yield the broadcasts, specials with ids made from their titles."""
        taken = {each.id for each in self.schedule.specials} | {each.id for each in self.taken}
        ids = UniqueIds("special", taken, is_reserved_id)
        for each in broadcasts:
            yield each if each.number else replace(each, id=ids.make(each.title or ""))


def sort_by_slot(broadcasts: Iterable[Broadcast]) -> list[Broadcast]:
    """Return broadcasts in the order of their dates."""

    def make_key(broadcast: Broadcast) -> tuple[datetime, int]:
        number = broadcast.number
        return broadcast.slot.naive, number.number if number else 0

    return sorted(broadcasts, key=make_key)
