"""Render the schedule as JSON, for other sites and programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Final

from defects_ical.content.changelog import Entry
from defects_ical.content.descriptions import name_city
from defects_ical.content.links.feeds import Feed, all_feeds, event_path
from defects_ical.content.links.site_url import SiteURL
from defects_ical.content.site_input import SiteInput
from defects_ical.model.airing import Block, Delay
from defects_ical.model.schedule import DEFAULT_REMINDER, Platform, Schedule
from defects_ical.model.source import Credit
from defects_ical.schedule.episodes import Episode, Event, Start
from defects_ical.text.languages import DEFAULT_LANGUAGE
from defects_ical.timezones.conversion import format_local, format_utc

JSON_PATH: Final = "/episodes.json"
# Increased when a key is removed or gets another meaning.
VERSION: Final = 1


def render_json(site: SiteInput) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of episodes.json."""
    schedule, format_item = site.schedule, partial(_format_episode, site)
    items = ((each, site.events_by_episode[each.id]) for each in site.episodes_by_start)
    announced = [_serialize_announced(block) for block in schedule.airing if block.period]
    document = {
        "version": VERSION,
        "show": _serialize_show(site),
        "timezone": schedule.timezone,
        "published": format_utc(schedule.published),
        "feeds": [serialize_feed(each, site.url) for each in all_feeds(schedule)],
        "platforms": [_serialize_platform(*each) for each in schedule.platforms.items()],
        "episodes": None,
        **({"announced": announced} if announced else {}),
        "changes": [_serialize_change(each) for each in site.changes],
        **_serialize_languages(site),
    }
    episodes = site.cache.get_or_render("episodes.json", items, format_item)
    # No text of a schedule has a line break: JSON escapes it.
    joined = ",\n  ".join(episodes)
    formatted = f"[\n  {joined}\n ]" if episodes else "[]"
    text = _format(document).replace('\n "episodes": null', f'\n "episodes": {formatted}')
    if site.others:
        texts = {each.words.code: _serialize_texts(each) for each in site.others}
        text = text.removesuffix("\n}") + f",\n {format_texts(texts)}\n}}"
    yield JSON_PATH, f"{text}\n".encode()


def _format(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1)


def _format_episode(site: SiteInput, item: tuple[Episode, Event]) -> str:
    """Return an episode as an item of a list in the document."""
    return _format(_serialize_episode(site, item)).replace("\n", "\n  ")


def format_texts(texts: Mapping[str, object]) -> str:
    """Format the texts of each language, by its code, on a line: indenting them takes long."""
    lines = (f'  "{code}": {json.dumps(each, ensure_ascii=False)}' for code, each in texts.items())
    joined = ",\n".join(lines)
    return f'"texts": {{\n{joined}\n }}'


def _serialize_languages(site: SiteInput) -> dict[str, object]:
    """Return the main language, unless it is the only one and English."""
    if site.schedule.languages == (DEFAULT_LANGUAGE,):
        return {}
    return {"language": site.words.code, "city": _name_city(site)}


def _name_city(site: SiteInput) -> str:
    return name_city(site.schedule.timezone, site.schedule.published, site.words)


def _serialize_texts(site: SiteInput) -> dict[str, object]:
    """Return the texts and the URLs of another language than the main one."""
    schedule, show = site.schedule, site.show
    texts = {
        "title": show.title,
        "synopsis": show.synopsis,
        "genres": show.genres,
        "city": _name_city(site),
        "page": str(site.url),
        "feeds": [serialize_feed_texts(each, site.url) for each in all_feeds(schedule)],
        "platforms": {
            name: {"name": each.name, "region": each.region}
            for name, each in schedule.platforms.items()
        },
        "episodes": {
            each.id: _serialize_episode_texts(site, each) for each in site.episodes_by_start
        },
        "changes": [{"text": each.text} for each in site.changes],
    }
    return _drop_none(texts)


def serialize_feed_texts(feed: Feed, site_url: SiteURL) -> dict[str, object]:
    """Return the title and the URLs of a feed in another language."""
    feed_url = site_url.join(feed.path)
    return {"title": feed.title, "url": feed_url, "webcal": site_url.webcal(feed.path)}


def _serialize_episode_texts(site: SiteInput, episode: Episode) -> dict[str, object]:
    event = site.events_by_episode[episode.id]
    texts = {
        "name": episode.name,
        "title": episode.title if episode.number else None,
        "teaser": episode.teaser,
        "page": site.link_to(episode),
        "ics": site.url.join(event_path(event.id, site.schedule)),
    }
    return _drop_none(texts)


def _drop_none(values: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in values.items() if value is not None}


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
        **serialize_credit(show.credit),
    }


def serialize_credit(credit: Credit | None) -> dict[str, object]:
    """Return the key for the credit of a show, if it has one."""
    return {"credit": credit.model_dump()} if credit else {}


def serialize_feed(feed: Feed, site_url: SiteURL) -> dict[str, object]:
    """Return what programs need of a feed."""
    return {
        "title": feed.title,
        "platform": feed.platform,
        "reminders": feed.reminder is not None,
        **({"minutes": feed.reminder} if feed.reminder not in {None, DEFAULT_REMINDER} else {}),
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
        "delay": (platform.delay or Delay()).total_minutes if platform.follows else None,
    }


def _serialize_episode(site: SiteInput, item: tuple[Episode, Event]) -> dict[str, object]:
    # Without the recap, which is a spoiler.
    episode, event = item
    return {
        "id": episode.id,
        "number": episode.number.number if episode.number else None,
        "name": episode.name,
        "status": episode.status,
        "start": format_utc(episode.start) if episode.start else None,
        "end": format_utc(episode.end) if episode.end else None,
        "start_local": _format_local(episode, site.schedule),
        "runtime": episode.runtime,
        "teaser": episode.teaser,
        "revision": event.sequence,
        "page": site.link_to(episode),
        "ics": site.url.join(event_path(event.id, site.schedule)),
        "previous_start": _format_start(episode.previous_start),
        **_serialize_extras(site, episode, event),
    }


def _serialize_extras(site: SiteInput, episode: Episode, event: Event) -> dict[str, object]:
    """Return the keys that an episode has only if its schedule uses them."""
    number = episode.number
    own = {
        each.platform: shown and _format_start(shown.start or shown.date)
        for each in event.availability
        for shown in (site.episodes_by_platform[each.platform].get(episode.id),)
    }
    extras: dict[str, object] = {
        "season": number.season if number else None,
        "title": episode.title if number else None,
        "date": None if episode.start else episode.date.isoformat(),
        "event": event.id if len(event.episodes) > 1 else None,
        "links": dict(episode.links) or None,
        "platforms": own or None,
    }
    return _drop_none(extras)


def _format_local(episode: Episode, schedule: Schedule) -> str | None:
    return format_local(episode.start, schedule.timezone) if episode.start else None


def _format_start(start: Start | None) -> str | None:
    """Format a time in UTC, or a local date ("2026-07-20") while the hour is unknown."""
    if isinstance(start, datetime):
        return format_utc(start)
    return start.isoformat() if start else None


def _serialize_announced(block: Block) -> dict[str, object]:
    """Return what is known of episodes of which only the month or year is known."""
    values = {
        "season": block.season,
        "when": block.period.isoformat() if block.period else None,
        "episodes": block.count or None,
    }
    return _drop_none(values)


def _serialize_change(entry: Entry) -> dict[str, object]:
    return {
        "at": format_utc(entry.at),
        "episodes": [episode.id for episode in entry.episodes],
        "text": entry.text,
    }
