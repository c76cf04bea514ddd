"""Render what search engines read: the page's JSON-LD (schema.org) and the sitemap."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Final

from defects_ical.content.build_cache import BuildCache
from defects_ical.content.descriptions import add_platform_delay
from defects_ical.content.feeds import PICTURE_PATH
from defects_ical.content.site_url import SiteURL
from defects_ical.schedule.episodes import Episode, sort_by_start
from defects_ical.schedule.model import Platform, Schedule
from defects_ical.timezones.conversion import format_local, format_utc

SITEMAP_PATH: Final = "/sitemap.xml"
SCHEMA: Final = "https://schema.org"

# A browser ends a script at `</script` and may not end it there after `<!--`; JavaScript before
# ES2019 takes the last two characters for line breaks.
_SCRIPT_ESCAPES: Final = {ord(each): f"\\u{ord(each):04X}" for each in "<>&\u2028\u2029"}

_SITEMAP: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
 <url>
  <loc>{page}</loc>
  <lastmod>{changed}</lastmod>
 </url>
</urlset>
"""


def render_sitemap(schedule: Schedule, site_url: SiteURL) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of the sitemap (sitemaps.org 0.9), which lists the page."""
    changed = max([schedule.published, *(change.at for change in schedule.changes)])
    text = _SITEMAP.format(page=html.escape(str(site_url)), changed=format_utc(changed))
    yield SITEMAP_PATH, text.encode()


def render_json_ld(
    schedule: Schedule, episodes: tuple[Episode, ...], site_url: SiteURL, cache: BuildCache
) -> str:
    """Return the page's JSON-LD (schema.org), escaped for a script element."""
    series = _make_series(schedule, sort_by_start(episodes), site_url, cache)
    text = json.dumps(series, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(_SCRIPT_ESCAPES)


def _make_series(
    schedule: Schedule, episodes: tuple[Episode, ...], site_url: SiteURL, cache: BuildCache
) -> dict[str, object]:
    show = schedule.show
    count = {"numberOfEpisodes": schedule.airing.episodes}
    listed = {
        "episode": cache.get_or_render(
            "JSON-LD", episodes, partial(_make_episode, schedule, site_url)
        )
    }
    season = {"@type": "TVSeason", "seasonNumber": show.season, **count, **listed}
    return _drop_none(
        {
            "@context": SCHEMA,
            "@type": "TVSeries",
            "name": show.title,
            "alternateName": show.original_title,
            "description": show.synopsis,
            "genre": show.genres or None,
            "actor": [_make_role(each.actor, each.role) for each in show.cast] or None,
            "url": str(site_url),
            "image": site_url.join(PICTURE_PATH) if schedule.picture else None,
            # Of a later season: a schedule does not say how many episodes the series has.
            **(count if show.season in {None, 1} else {}),
            **({"containsSeason": season} if show.season else listed),
        }
    )


def _make_role(actor: str, role: str) -> dict[str, object]:
    # A schema.org Role repeats the property that it qualifies: actor in actor.
    person = {"@type": "Person", "name": actor}
    return {"@type": "PerformanceRole", "actor": person, "characterName": role}


def _make_episode(schedule: Schedule, site_url: SiteURL, episode: Episode) -> dict[str, object]:
    platforms = schedule.platforms.values()
    return _drop_none(
        {
            "@type": "TVEpisode",
            "episodeNumber": episode.number,
            "name": episode.name,
            "description": episode.teaser,
            "url": site_url.join(f"/#{episode.id}"),
            "publication": [_make_publication(episode, schedule, each) for each in platforms],
        }
    )


def _make_publication(
    episode: Episode, schedule: Schedule, platform: Platform
) -> dict[str, object]:
    """Return an episode on one platform; a broadcast has an end, a stream only a start."""
    start = add_platform_delay(episode.start, platform)
    broadcast = platform.kind == "television"
    end = start + timedelta(minutes=episode.runtime)
    return _drop_none(
        {
            "@type": "BroadcastEvent" if broadcast else "OnDemandEvent",
            "startDate": format_local(start, schedule.timezone),
            "endDate": format_local(end, schedule.timezone) if broadcast else None,
            **_make_event_status(episode, schedule, platform),
            "publishedOn": _make_service(platform),
        }
    )


def _make_event_status(
    episode: Episode, schedule: Schedule, platform: Platform
) -> dict[str, object]:
    # A tentative episode is scheduled: EventPostponed would mean that it has no date.
    before = episode.previous_start
    if episode.status == "cancelled":
        return {"eventStatus": f"{SCHEMA}/EventCancelled"}
    if before is None:
        return {"eventStatus": f"{SCHEMA}/EventScheduled"}
    previous = format_local(add_platform_delay(before, platform), schedule.timezone)
    return {"eventStatus": f"{SCHEMA}/EventRescheduled", "previousStartDate": previous}


def _make_service(platform: Platform) -> dict[str, object]:
    # Also for streaming: in schema.org, a BroadcastService may be online.
    return _drop_none(
        {
            "@type": "BroadcastService",
            "name": platform.name,
            "areaServed": platform.region,
            "url": platform.url,
        }
    )


def _drop_none(properties: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in properties.items() if value is not None}
