"""What programs read of the site: the schedule as JSON, its structured data, and the sitemap."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Final

from defects_ical import timezones, wording
from defects_ical.changelog import Entry, entries
from defects_ical.episodes import Episode, by_start
from defects_ical.links import PICTURE, Address, Feed, feeds, single_path
from defects_ical.pieces import Pieces
from defects_ical.schedule import Platform, Schedule

VERSION: Final = 1
"""Of the keys of episodes.json: it rises when one changes its meaning or goes away."""

SCHEMA: Final = "https://schema.org"

# A browser ends a script at `</script`, and reads on oddly after `<!--`; JavaScript before ES2019
# takes the last two for line breaks.
_WITHIN_A_SCRIPT: Final = {ord(each): f"\\u{ord(each):04X}" for each in "<>&\u2028\u2029"}

_SITEMAP: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
 <url>
  <loc>{page}</loc>
  <lastmod>{changed}</lastmod>
 </url>
</urlset>
"""


def render(
    schedule: Schedule, episodes: tuple[Episode, ...], address: Address, pieces: Pieces
) -> Iterator[tuple[str, bytes]]:
    """Every file for programs: its path and its bytes, UTF-8."""
    content = _content(schedule, by_start(episodes), address, pieces)
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1)
    yield "/episodes.json", f"{text}\n".encode()
    changed = max([schedule.published, *(change.at for change in schedule.changes)])
    sitemap = _SITEMAP.format(page=html.escape(str(address)), changed=timezones.in_utc(changed))
    yield "/sitemap.xml", sitemap.encode()


def structured_data(
    schedule: Schedule, episodes: tuple[Episode, ...], address: Address, pieces: Pieces
) -> str:
    """The page's JSON-LD (schema.org), ready to stand inside a script element as it is."""
    series = _series(schedule, by_start(episodes), address, pieces)
    text = json.dumps(series, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(_WITHIN_A_SCRIPT)


def _content(
    schedule: Schedule, episodes: tuple[Episode, ...], address: Address, pieces: Pieces
) -> dict[str, object]:
    """The whole of episodes.json."""
    return {
        "version": VERSION,
        "show": _show(schedule, address),
        "timezone": schedule.timezone,
        "published": timezones.in_utc(schedule.published),
        "feeds": [_feed(each, address) for feed in feeds(schedule) for each in (feed, feed.twin)],
        "platforms": [_platform(*each) for each in schedule.platforms.items()],
        "episodes": pieces.made("programs", episodes, partial(_episode, schedule, address)),
        "changes": [_change(entry) for entry in entries(schedule, episodes)],
    }


def _show(schedule: Schedule, address: Address) -> dict[str, object]:
    show = schedule.show
    return {
        "title": show.title,
        "original_title": show.original_title,
        "season": show.season,
        "synopsis": show.synopsis,
        "genres": show.genres,
        "color": show.color,
        "page": str(address),
    }


def _feed(feed: Feed, address: Address) -> dict[str, object]:
    return {
        "title": feed.title,
        "platform": feed.platform,
        "reminders": feed.reminders,
        "url": address.url(feed.path),
        "webcal": address.webcal(feed.path),
    }


def _platform(name: str, platform: Platform) -> dict[str, object]:
    return {
        "id": name,
        "name": platform.name,
        "kind": platform.kind,
        "region": platform.region,
        "url": platform.url,
        "delay": platform.delay,
    }


def _episode(schedule: Schedule, address: Address, episode: Episode) -> dict[str, object]:
    # Each key by name: the recap is a spoiler.
    previous = episode.previous_start
    return {
        "id": episode.id,
        "number": episode.number,
        "name": episode.name,
        "status": episode.status,
        "start": timezones.in_utc(episode.start),
        "end": timezones.in_utc(episode.end),
        "start_local": _local(episode.start, schedule),
        "runtime": episode.runtime,
        "teaser": episode.teaser,
        "revision": episode.sequence,
        "page": address.url(f"/#{episode.id}"),
        "ics": address.url(single_path(episode, schedule)),
        "previous_start": timezones.in_utc(previous) if previous else None,
    }


def _change(entry: Entry) -> dict[str, object]:
    return {
        "at": timezones.in_utc(entry.at),
        "episodes": [episode.id for episode in entry.episodes],
        "text": entry.text,
    }


def _series(
    schedule: Schedule, episodes: tuple[Episode, ...], address: Address, pieces: Pieces
) -> dict[str, object]:
    show = schedule.show
    whole = {"numberOfEpisodes": schedule.airing.episodes}
    listed = pieces.made("structured data", episodes, partial(_tv_episode, schedule, address))
    told = {"episode": listed}
    season = {"@type": "TVSeason", "seasonNumber": show.season, **whole, **told}
    return _known(
        {
            "@context": SCHEMA,
            "@type": "TVSeries",
            "name": show.title,
            "alternateName": show.original_title,
            "description": show.synopsis,
            "genre": show.genres or None,
            "actor": [_performance(each.actor, each.role) for each in show.cast] or None,
            "url": str(address),
            "image": address.url(PICTURE) if schedule.picture else None,
            # How many episodes earlier seasons had, a schedule does not say.
            **(whole if show.season in {None, 1} else {}),
            **({"containsSeason": season} if show.season else told),
        }
    )


def _performance(actor: str, role: str) -> dict[str, object]:
    # A role stands between a thing and its value, under the same property on both sides.
    person = {"@type": "Person", "name": actor}
    return {"@type": "PerformanceRole", "actor": person, "characterName": role}


def _tv_episode(schedule: Schedule, address: Address, episode: Episode) -> dict[str, object]:
    platforms = schedule.platforms.values()
    return _known(
        {
            "@type": "TVEpisode",
            "episodeNumber": episode.number,
            "name": episode.name,
            "description": episode.teaser,
            "url": address.url(f"/#{episode.id}"),
            "publication": [_publication(episode, schedule, each) for each in platforms],
        }
    )


def _publication(episode: Episode, schedule: Schedule, platform: Platform) -> dict[str, object]:
    """An episode on one platform: a broadcast has an end, a stream only a beginning."""
    start = wording.delayed(episode.start, platform)
    broadcast = platform.kind == "television"
    end = start + timedelta(minutes=episode.runtime)
    return _known(
        {
            "@type": "BroadcastEvent" if broadcast else "OnDemandEvent",
            "startDate": _local(start, schedule),
            "endDate": _local(end, schedule) if broadcast else None,
            **_event_status(episode, schedule, platform),
            "publishedOn": _service(platform),
        }
    )


def _event_status(episode: Episode, schedule: Schedule, platform: Platform) -> dict[str, object]:
    # A tentative one is scheduled: EventPostponed would say that it has no date any more.
    before = episode.previous_start
    if episode.status == "cancelled":
        return {"eventStatus": f"{SCHEMA}/EventCancelled"}
    if before is None:
        return {"eventStatus": f"{SCHEMA}/EventScheduled"}
    previous = _local(wording.delayed(before, platform), schedule)
    return {"eventStatus": f"{SCHEMA}/EventRescheduled", "previousStartDate": previous}


def _service(platform: Platform) -> dict[str, object]:
    """A platform: schema.org has broadcast services on the air and online alike."""
    return _known(
        {
            "@type": "BroadcastService",
            "name": platform.name,
            "areaServed": platform.region,
            "url": platform.url,
        }
    )


def _known(properties: dict[str, object]) -> dict[str, object]:
    """The properties that have a value."""
    return {name: value for name, value in properties.items() if value is not None}


def _local(at: datetime, schedule: Schedule) -> str:
    """An instant on the schedule's clock: "2025-07-21T23:00:00+09:00"."""
    reading = timezones.read(at, schedule.timezone)
    return reading.wall.replace(tzinfo=timezone(reading.offset)).isoformat(timespec="seconds")
