"""Render the schedule as JSON, for other sites and programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Final

from defects_ical.content.build_cache import BuildCache
from defects_ical.content.changelog import Entry, list_entries
from defects_ical.content.feeds import Feed, all_feeds, episode_path
from defects_ical.content.site_url import SiteURL
from defects_ical.schedule.episodes import Episode, sort_by_start
from defects_ical.schedule.model import Platform, Schedule
from defects_ical.timezones.conversion import format_local, format_utc

JSON_PATH: Final = "/episodes.json"
# Increased when a key is removed or gets another meaning.
VERSION: Final = 1


def render_json(
    schedule: Schedule, episodes: tuple[Episode, ...], site_url: SiteURL, cache: BuildCache
) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of episodes.json."""
    document = _make_document(schedule, sort_by_start(episodes), site_url, cache)
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)
    yield JSON_PATH, f"{text}\n".encode()


def _make_document(
    schedule: Schedule, episodes: tuple[Episode, ...], site_url: SiteURL, cache: BuildCache
) -> dict[str, object]:
    return {
        "version": VERSION,
        "show": _serialize_show(schedule, site_url),
        "timezone": schedule.timezone,
        "published": format_utc(schedule.published),
        "feeds": [_serialize_feed(each, site_url) for each in all_feeds(schedule)],
        "platforms": [_serialize_platform(*each) for each in schedule.platforms.items()],
        "episodes": cache.get_or_render(
            "episodes.json", episodes, partial(_serialize_episode, schedule, site_url)
        ),
        "changes": [_serialize_change(each) for each in list_entries(schedule, episodes)],
    }


def _serialize_show(schedule: Schedule, site_url: SiteURL) -> dict[str, object]:
    show = schedule.show
    return {
        "title": show.title,
        "original_title": show.original_title,
        "season": show.season,
        "synopsis": show.synopsis,
        "genres": show.genres,
        "color": show.color,
        "page": str(site_url),
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


def _serialize_episode(
    schedule: Schedule, site_url: SiteURL, episode: Episode
) -> dict[str, object]:
    # Without the recap, which is a spoiler.
    previous = episode.previous_start
    return {
        "id": episode.id,
        "number": episode.number,
        "name": episode.name,
        "status": episode.status,
        "start": format_utc(episode.start),
        "end": format_utc(episode.end),
        "start_local": format_local(episode.start, schedule.timezone),
        "runtime": episode.runtime,
        "teaser": episode.teaser,
        "revision": episode.sequence,
        "page": site_url.join(f"/#{episode.id}"),
        "ics": site_url.join(episode_path(episode, schedule)),
        "previous_start": format_utc(previous) if previous else None,
    }


def _serialize_change(entry: Entry) -> dict[str, object]:
    return {
        "at": format_utc(entry.at),
        "episodes": [episode.id for episode in entry.episodes],
        "text": entry.text,
    }
