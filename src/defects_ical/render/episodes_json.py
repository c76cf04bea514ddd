"""Render the schedule as JSON, for other sites and programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Final

from defects_ical.content.changelog import Entry
from defects_ical.content.feeds import Feed, all_feeds, episode_path
from defects_ical.content.site_input import SiteInput
from defects_ical.content.site_url import SiteURL
from defects_ical.model.schedule import Platform
from defects_ical.schedule.episodes import Episode
from defects_ical.timezones.conversion import format_local, format_utc

JSON_PATH: Final = "/episodes.json"
# Increased when a key is removed or gets another meaning.
VERSION: Final = 1


def render_json(site: SiteInput) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of episodes.json."""
    schedule, serialize = site.schedule, partial(_serialize_episode, site)
    document = {
        "version": VERSION,
        "show": _serialize_show(site),
        "timezone": schedule.timezone,
        "published": format_utc(schedule.published),
        "feeds": [_serialize_feed(each, site.url) for each in all_feeds(schedule)],
        "platforms": [_serialize_platform(*each) for each in schedule.platforms.items()],
        "episodes": site.cache.get_or_render("episodes.json", site.episodes_by_start, serialize),
        "changes": [_serialize_change(each) for each in site.changes],
    }
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)
    yield JSON_PATH, f"{text}\n".encode()


def _serialize_show(site: SiteInput) -> dict[str, object]:
    show = site.show
    return {
        "title": show.title,
        "original_title": show.original_title,
        "season": show.season,
        "synopsis": show.synopsis,
        "genres": show.genres,
        "color": show.color,
        "page": str(site.url),
    }


def _serialize_feed(feed: Feed, site_url: SiteURL) -> dict[str, object]:
    return {
        "title": feed.title,
        "platform": feed.platform,
        "reminders": feed.reminders,
        "url": site_url.join(feed.path),
        "webcal": site_url.webcal(feed.path),
    }


def _serialize_platform(key: str, platform: Platform) -> dict[str, object]:
    return {
        "id": key,
        "name": platform.name,
        "kind": platform.kind,
        "region": platform.region,
        "url": platform.url,
        "delay": platform.delay,
    }


def _serialize_episode(site: SiteInput, episode: Episode) -> dict[str, object]:
    # Without the recap, which is a spoiler.
    previous = episode.previous_start
    return {
        "id": episode.id,
        "number": episode.number,
        "name": episode.name,
        "status": episode.status,
        "start": format_utc(episode.start),
        "end": format_utc(episode.end),
        "start_local": format_local(episode.start, site.schedule.timezone),
        "runtime": episode.runtime,
        "teaser": episode.teaser,
        "revision": episode.sequence,
        "page": site.link_to(episode),
        "ics": site.url.join(episode_path(episode, site.schedule)),
        "previous_start": format_utc(previous) if previous else None,
    }


def _serialize_change(entry: Entry) -> dict[str, object]:
    return {
        "at": format_utc(entry.at),
        "episodes": [episode.id for episode in entry.episodes],
        "text": entry.text,
    }
