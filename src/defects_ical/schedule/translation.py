"""Translate what airs: listings in the main language in, the same in another language out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from defects_ical.model.schedule import Schedule
from defects_ical.schedule.episodes import (
    Availability,
    Episode,
    Event,
    EventRevision,
    LazyListings,
    Listing,
    Listings,
    Revision,
)
from defects_ical.text.translations import Foreign, translate


def translate_listings(listings: Listings, schedule: Schedule) -> Listings:
    """Return the same listings in the language of a copy of their schedule."""
    translate_listing = _ListingTranslator(schedule).translate
    makers = {
        name: partial(_translate_platform, listings, name, translate_listing)
        for name in listings.platforms
    }
    return Listings(translate_listing(listings.main), LazyListings(makers))


def _translate_platform(
    listings: Listings, name: str, translate_listing: Callable[[Listing], Listing]
) -> Listing:
    return translate_listing(listings.platforms[name])


class _ListingTranslator:
    """A translator of listings; what several listings have in common is translated once."""

    def __init__(self, schedule: Schedule) -> None:
        self._words = schedule.words
        self._codes = schedule.language, schedule.languages[0]
        self._episodes: dict[int, tuple[Episode, Episode]] = {}
        self._listings: dict[int, tuple[Listing, Listing]] = {}

    def translate(self, listing: Listing) -> Listing:
        """Return a listing in the language."""
        # By identity: most platforms have the listing of the show.
        if id(listing) not in self._listings:
            episodes = tuple(map(self._translate_episode, listing.episodes))
            events = tuple(map(self._translate_event, listing.events))
            self._listings[id(listing)] = listing, Listing(episodes, events)
        return self._listings[id(listing)][1]

    def _translate_event(self, event: Event) -> Event:
        return Event(
            tuple(map(self._translate_episode, event.episodes)),
            tuple(map(self._translate_event_revision, event.revisions)),
            tuple(
                Availability(each.platform, tuple(map(self._translate_episode, each.episodes)))
                for each in event.availability
            ),
        )

    def _translate_event_revision(self, revision: EventRevision) -> EventRevision:
        parts = ((numbers, self._translate_revision(each)) for numbers, each in revision.parts)
        return EventRevision(revision.at, tuple(parts))

    def _translate_episode(self, episode: Episode) -> Episode:
        if id(episode) not in self._episodes:
            texts = (episode.title, episode.teaser, episode.recap)
            title, teaser, recap = map(self._translate_text, texts)
            revisions = tuple(map(self._translate_revision, episode.revisions))
            reasons = (text for each in revisions for text in (each.note, each.reason))
            translated = episode._replace(
                title=title,
                teaser=teaser,
                recap=recap,
                revisions=revisions,
                words=self._words,
                foreign=tuple(
                    isinstance(each, Foreign) for each in (title, teaser, recap, *reasons)
                ),
            )
            self._episodes[id(episode)] = episode, translated
        return self._episodes[id(episode)][1]

    def _translate_revision(self, revision: Revision) -> Revision:
        note, reason = map(self._translate_text, (revision.note, revision.reason))
        is_same = note is revision.note and reason is revision.reason
        return revision if is_same else revision._replace(note=note, reason=reason)

    def _translate_text(self, text: str | None) -> str | None:
        return translate(text, *self._codes) if text else text
