"""What of a listing a schedule can have: numbered episodes, specials, and why others are not in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from defects_ical.authoring.answers import DEFAULT_RUNTIME, FILM_ID
from defects_ical.authoring.imports.texts import UniqueIds, is_placeholder
from defects_ical.errors import ListingError
from defects_ical.model.airing import MAX_EPISODES
from defects_ical.model.changes import ALL
from defects_ical.model.episode_numbers import (
    MAX_NUMBER,
    MAX_SEASON,
    SEASON,
    EpisodeNumber,
    format_numbers,
    parse_id,
)
from defects_ical.model.fields import Slot
from defects_ical.schedule.slots import place_time
from defects_ical.schedule.starts import is_in_range, to_slot
from defects_ical.schedule.validation.names import PAGE_SECTION_IDS
from defects_ical.sources.listing import ListedEpisode, Listing
from defects_ical.sources.plain_text import clean_line
from defects_ical.text.display import excerpt
from defects_ical.text.english import count_noun
from defects_ical.text.lengths import DAY_MINUTES
from defects_ical.timezones.conversion import FIRST_YEAR, LAST_YEAR

MAX_NAMED: Final = 300
"""The characters of names in a note, after which the others are only counted."""
MAX_SPECIAL_TITLE: Final = 60


@dataclass(frozen=True, slots=True)
class Broadcast:
    """An episode with a date: numbered, or a special, of which ``id`` is made from its title.

    ``title`` is None if the source has only a placeholder; ``runtime`` if it says none.
    """

    id: str
    number: EpisodeNumber | None
    slot: Slot
    runtime: int | None
    title: str | None
    listed: ListedEpisode


@dataclass(frozen=True, slots=True)
class Selection:
    """The broadcasts of a schedule, and notes on what of the listing is not as it was there.

    ``label`` is the season of episodes whose numbers have none. ``usual_runtime`` is in minutes.
    """

    episodes: tuple[Broadcast, ...]
    specials: tuple[Broadcast, ...]
    notes: tuple[str, ...]
    label: int | None
    usual_runtime: int


def select_broadcasts(listing: Listing, title: str, zone: str) -> Selection:
    """Return what can be planned; ``title`` is that of the show.

    Cancelled episodes are left out, because a new schedule has no news: so are those without a
    date, and those outside of the years that a schedule may have. Of two with one number, the
    first stays. Episodes of a show with season 1 alone have plain numbers, as if it had none.
    Raises ListingError if nothing is left, or if it is too much.
    """
    return _Selector(listing, title, zone).select()


class _Selector:
    """Selects the broadcasts of one listing, and collects the notes."""

    def __init__(self, listing: Listing, title: str, zone: str) -> None:
        self.listing, self.title, self.zone = listing, title, zone
        seasons = {each.season for each in listing.episodes if is_numbered(each)}
        self.label = 1 if seasons == {1} else None
        self.notes = list[str]()

    def select(self) -> Selection:
        planned = self._leave_out(self.listing.episodes)
        self._check_count(len(planned))
        episodes, specials = self._name([*self._place(planned)])
        runtimes = Counter(each.runtime for each in (*episodes, *specials) if each.runtime)
        usual = runtimes.most_common(1)[0][0] if runtimes else int(DEFAULT_RUNTIME)
        self._note_runtimes((*episodes, *specials))
        label = self.label if episodes else None
        return Selection(episodes, specials, tuple(self.notes), label, usual)

    def _leave_out(self, episodes: Iterable[ListedEpisode]) -> list[ListedEpisode]:
        """Return the episodes that are planned for a date; note the others."""
        rest = self._split(
            episodes, lambda each: each.is_cancelled, "the source has them as cancelled"
        )
        rest = self._split(
            rest,
            lambda each: not (each.start or each.day),
            "their date is not known yet",
            "Add them when it is.",
        )
        outside = f"a schedule has the years {FIRST_YEAR} to {LAST_YEAR} only"
        return self._split(rest, self._is_outside, outside)

    def _split(
        self,
        episodes: Iterable[ListedEpisode],
        is_out: Callable[[ListedEpisode], bool],
        reason: str,
        advice: str = "",
    ) -> list[ListedEpisode]:
        found = [(is_out(each), each) for each in episodes]
        if out := [each for left, each in found if left]:
            note = f"Left out, because {reason}: {self._list_names(out)}."
            self.notes.append(f"{note} {advice}".rstrip())
        return [each for left, each in found if not left]

    def _is_outside(self, episode: ListedEpisode) -> bool:
        return is_outside(episode, self.listing.timezone, self.zone)

    def _list_names(self, episodes: Iterable[ListedEpisode]) -> str:
        """Name episodes: numbers as ranges, specials by their titles."""
        numbers: dict[int | None, set[EpisodeNumber]] = {}
        titles = dict[str, None]()
        for each in episodes:
            if number := self._find_number(each):
                numbers.setdefault(number.season, set()).add(number)
            else:
                titles[f"`{excerpt(self._find_special_title(each), MAX_SPECIAL_TITLE)}`"] = None
        names = [*map(format_numbers, numbers.values()), *titles]
        lengths = accumulate(map(len, names))
        shown = [name for name, length in zip(names, lengths, strict=True) if length < MAX_NAMED]
        shown = shown or [f"{names[0][:MAX_NAMED]}…"]
        more = len(names) - len(shown)
        return "; ".join((*shown, f"{more} more") if more else shown)

    def _find_number(self, episode: ListedEpisode) -> EpisodeNumber | None:
        if not is_numbered(episode) or episode.number is None:
            return None
        return EpisodeNumber(None if self.label else episode.season, episode.number)

    def _find_special_title(self, episode: ListedEpisode) -> str:
        if title := clean_line(episode.title):
            return title
        return self.title if episode.number is None else f"Special {episode.number}"

    def _place(self, episodes: Iterable[ListedEpisode]) -> Iterator[Broadcast]:
        """Yield the broadcasts, without the ids of specials, and each number once."""
        taken, repeated = set[EpisodeNumber](), list[ListedEpisode]()
        for each in episodes:
            number = self._find_number(each)
            if number in taken:
                repeated.append(each)
                continue
            taken |= {number} if number else set()
            yield self._make_broadcast(each, number)
        if repeated:
            names = self._list_names(repeated)
            self.notes.append(f"Listed more than once, and taken the first time: {names}.")

    def _make_broadcast(self, episode: ListedEpisode, number: EpisodeNumber | None) -> Broadcast:
        title = clean_line(episode.title) if number else self._find_special_title(episode)
        return Broadcast(
            id=number.id if number else "",
            number=number,
            slot=find_slot(episode, self.listing.timezone, self.zone),
            runtime=find_runtime(episode),
            title=None if not title or (number and is_placeholder(title)) else title,
            listed=episode,
        )

    def _name(
        self, broadcasts: list[Broadcast]
    ) -> tuple[tuple[Broadcast, ...], tuple[Broadcast, ...]]:
        """Return the numbered episodes and the specials, each with its id."""
        if len(broadcasts) > 1 and all(is_nameless(each.listed) for each in broadcasts):
            return tuple(self._number(broadcasts)), ()
        episodes = tuple(each for each in broadcasts if each.number)
        specials = [each for each in broadcasts if not each.number]
        ids = UniqueIds("special", (each.id for each in episodes), is_reserved_id)
        if len(broadcasts) == len(specials) == 1 and specials[0].title == self.title:
            return (), (replace(specials[0], id=FILM_ID),)
        return episodes, tuple(replace(each, id=ids.make(each.title or "")) for each in specials)

    def _number(self, broadcasts: list[Broadcast]) -> Iterator[Broadcast]:
        """Yield episodes that nothing names, numbered in the order of their dates."""
        self.notes.append("The source has no numbers: the episodes have them by date.")
        in_order = sorted(broadcasts, key=lambda each: each.slot.naive)
        for position, each in enumerate(in_order, start=1):
            number = EpisodeNumber(None, position)
            yield replace(each, id=number.id, number=number, title=None)

    def _check_count(self, total: int) -> None:
        if not total:
            reasons = " ".join(self.notes) or "It has no episodes at all."
            raise ListingError(f"The source lists no episode that can be planned. {reasons}")
        if total > MAX_EPISODES:
            counted = count_noun(total, "episode")
            message = f"The source lists {counted} with a date, and a schedule has at most"
            raise ListingError(f"{message} {MAX_EPISODES:,}. Import a part of them.")

    def _note_runtimes(self, broadcasts: Iterable[Broadcast]) -> None:
        timed = [each for each in broadcasts if each.slot.minutes is not None]
        unknown = sum(1 for each in timed if each.runtime is None)
        if unknown:
            which = "the episodes" if unknown == len(timed) else count_noun(unknown, "episode")
            verb = "is" if unknown == 1 else "are"
            self.notes.append(f"The source does not say how long {which} {verb}: check `runtime`.")


def find_slot(episode: ListedEpisode, listed_zone: str | None, zone: str) -> Slot:
    """Return the local slot in ``zone``; a start after midnight belongs to the evening of its day.

    ``listed_zone`` is that of the listing: the day of a listing in another zone is another evening.
    """
    if episode.start is None:
        if episode.day is None:
            raise AssertionError(f"{episode} has no date")
        return Slot(episode.day)
    slot = to_slot(episode.start, zone)
    if episode.day is None or zone != listed_zone:
        return slot
    return place_time(slot.naive, episode.day)._replace(offset=slot.offset)


def is_outside(episode: ListedEpisode, listed_zone: str | None, zone: str) -> bool:
    """Return whether an episode is outside of the years that a schedule may have, or undated."""
    moment = episode.start or episode.day
    if moment is None or FIRST_YEAR < moment.year < LAST_YEAR:
        return moment is None
    # No conversion between time zones near the first and the last year of Python.
    if not FIRST_YEAR - 1 <= moment.year <= LAST_YEAR + 1:
        return True
    slot = find_slot(episode, listed_zone, zone)
    return not (is_in_range(slot) and slot.day.year >= FIRST_YEAR)


def find_runtime(episode: ListedEpisode) -> int | None:
    """Return the runtime as a schedule may have it; None if the source says none."""
    runtime = min(episode.runtime or 0, DAY_MINUTES - 1)
    return runtime if runtime > 0 else None


def is_numbered(episode: ListedEpisode) -> bool:
    """Return whether a schedule can have the number: season 0 is one of specials."""
    has_season = episode.season is None or 1 <= episode.season <= MAX_SEASON
    return episode.number is not None and has_season and 0 <= episode.number <= MAX_NUMBER


def is_nameless(episode: ListedEpisode) -> bool:
    """Return whether neither a number nor a title names an episode."""
    return episode.number is None and not clean_line(episode.title)


def is_reserved_id(name: str) -> bool:
    """Return whether an id means something else: an episode, a season, a section of the page."""
    number = name.removeprefix("e")
    is_number = number != name and number.isdigit()
    is_numbered = is_number or parse_id(name) or re.fullmatch(SEASON, name)
    return bool(is_numbered) or name == ALL or name in PAGE_SECTION_IDS
