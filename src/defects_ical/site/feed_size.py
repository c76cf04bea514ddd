"""Warnings about feeds that are larger than some calendar apps accept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from defects_ical.content.links.feeds import all_feeds
from defects_ical.content.links.site_url import SiteURL
from defects_ical.content.site_input import SiteInput
from defects_ical.errors import Problem
from defects_ical.model.airing import number_blocks
from defects_ical.model.episode_numbers import EpisodeRange
from defects_ical.model.schedule import Schedule
from defects_ical.render.ics.feeds import render_feeds
from defects_ical.schedule.episodes import Event, Listing
from defects_ical.schedule.expansion import expand_schedule
from defects_ical.text.english import count_noun

MAX_SIZE: Final = 1_000_000
"""What Google Calendar imports, in bytes (https://support.google.com/calendar/answer/37118)."""

# More bytes than the head of a feed has, with its time zone.
_CALENDAR_BYTES: Final = 20_000
# More bytes than an event has, apart from its texts; and a line of its description.
_EVENT_BYTES: Final = 1_500
_LINE_BYTES: Final = 200
# A character takes up to four bytes, and names are written twice.
_CHARACTER_BYTES: Final = 10


def check_feed_sizes(schedule: Schedule, site_url: SiteURL) -> Iterator[Problem]:
    """Yield a warning if a feed would be too large; render only what might be."""
    main = SiteInput(schedule, site_url)
    for site in (main, *main.others):
        if max(estimate_size(each, site.schedule) for each in list_listings(site)) > MAX_SIZE:
            sizes = {path: len(each) for path, each in render_feeds(site)}
            yield from find_large_feeds(
                site.schedule, sizes, "" if site.is_main else site.words.code
            )


def find_large_feeds(
    schedule: Schedule, sizes: Mapping[str, int], language: str = ""
) -> Iterator[Problem]:
    """Yield a warning that names the largest feed, if it is too large; ``sizes`` are by path.

    ``language`` is the folder of the feeds, if they are not in the main language.
    """
    large = {each.path: sizes[each.path] for each in all_feeds(schedule)}
    large = {path: size for path, size in large.items() if size > MAX_SIZE}
    if not large:
        return
    path = max(large, key=lambda each: large[each])
    folder = f"/{language}" if language else ""
    size = f"`{folder}{path}` has {large[path] / 1_000_000:.1f} MB"
    others = f" ({count_noun(len(large) - 1, 'other feed')} too)" if len(large) > 1 else ""
    message = f"{size}, more than the 1 MB that Google Calendar imports{others}"
    hint = (
        f"Begin with a later episode{_suggest_range(schedule)}, or use fewer entries in `changes`."
    )
    yield schedule.problem(("airing",), message, hint)


def _suggest_range(schedule: Schedule) -> str:
    """Return an example of a range with the second half of the episodes, if they are one block."""
    numbers = number_blocks(schedule.airing)
    if len(numbers) != 1:
        return ""
    later = numbers[0][len(numbers[0]) // 2 :]
    return f", like `episodes: {EpisodeRange(later[0].number, later[-1].number)}`"


def list_listings(site: SiteInput) -> tuple[Listing, ...]:
    """Return what is in each feed without reminders."""
    return (site.listings.main, *site.listings.platforms.values())


def estimate_feed_size(schedule: Schedule) -> int:
    """Return a number of bytes that no feed of a schedule exceeds."""
    listings = expand_schedule(schedule)
    every = (listings.main, *listings.platforms.values())
    return max(estimate_size(each, schedule) for each in every)


def estimate_size(listing: Listing, schedule: Schedule) -> int:
    """Return a number of bytes that the feed of a listing does not exceed."""
    shared = sum(
        _LINE_BYTES + _CHARACTER_BYTES * len(f"{each.name}{each.region}{each.url or ''}")
        for each in schedule.platforms.values()
    )
    shared += _LINE_BYTES * len(schedule.clocks) + _EVENT_BYTES
    shared += _CHARACTER_BYTES * len("".join((schedule.show.title, *schedule.show.genres)))
    calendar = _CALENDAR_BYTES + _CHARACTER_BYTES * len(schedule.show.synopsis or "")
    return calendar + sum(shared + _estimate_texts(each) for each in listing.events)


def _estimate_texts(event: Event) -> int:
    texts = [f"{each.name}{each.teaser or ''}" for each in event.episodes]
    texts += [url for each in event.episodes for _, url in each.links]
    parts = [part for revision in event.revisions for _, part in revision.parts]
    texts += [f"{each.note or ''}{each.reason or ''}" for each in parts]
    return _LINE_BYTES * len(texts) + _CHARACTER_BYTES * len("".join(texts))
