"""Render what search engines read: the page's JSON-LD (schema.org) and the sitemap."""

from __future__ import annotations

import html
import json
from datetime import timedelta
from functools import partial
from typing import Final

from defects_ical.content.build_cache import BuildCache
from defects_ical.content.descriptions import platform_start
from defects_ical.content.feeds import PICTURE_PATH
from defects_ical.content.site_url import SiteURL
from defects_ical.schedule.episodes import Episode, sort_by_start
from defects_ical.schedule.model import Platform, Schedule
from defects_ical.timezones.conversion import format_local, format_utc

SCHEMA: Final = "https://schema.org"

# A browser ends a script at `</script`, and reads on oddly after `<!--`; JavaScript before ES2019
# takes the last two for line breaks.
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


def render_sitemap(schedule: Schedule, site_url: SiteURL) -> bytes:
    """Return the sitemap (sitemaps.org 0.9), UTF-8."""
    changed = max([schedule.published, *(change.at for change in schedule.changes)])
    return _SITEMAP.format(page=html.escape(str(site_url)), changed=format_utc(changed)).encode()


def json_ld(
    schedule: Schedule, episodes: tuple[Episode, ...], site_url: SiteURL, cache: BuildCache
) -> str:
    """The page's JSON-LD (schema.org), ready to stand inside a script element as it is."""
    series = _series(schedule, sort_by_start(episodes), site_url, cache)
    text = json.dumps(series, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(_SCRIPT_ESCAPES)


def _series(
    schedule: Schedule, episodes: tuple[Episode, ...], site_url: SiteURL, cache: BuildCache
) -> dict[str, object]:
    show = schedule.show
    whole = {"numberOfEpisodes": schedule.airing.episodes}
    listed = cache.get_or_render(
        "structured data", episodes, partial(_tv_episode, schedule, site_url)
    )
    told = {"episode": listed}
    season = {"@type": "TVSeason", "seasonNumber": show.season, **whole, **told}
    return _drop_none(
        {
            "@context": SCHEMA,
            "@type": "TVSeries",
            "name": show.title,
            "alternateName": show.original_title,
            "description": show.synopsis,
            "genre": show.genres or None,
            "actor": [_performance(each.actor, each.role) for each in show.cast] or None,
            "url": str(site_url),
            "image": site_url.join(PICTURE_PATH) if schedule.picture else None,
            # How many episodes earlier seasons had, a schedule does not say.
            **(whole if show.season in {None, 1} else {}),
            **({"containsSeason": season} if show.season else told),
        }
    )


def _performance(actor: str, role: str) -> dict[str, object]:
    # A role stands between a thing and its value, under the same property on both sides.
    person = {"@type": "Person", "name": actor}
    return {"@type": "PerformanceRole", "actor": person, "characterName": role}


def _tv_episode(schedule: Schedule, site_url: SiteURL, episode: Episode) -> dict[str, object]:
    platforms = schedule.platforms.values()
    return _drop_none(
        {
            "@type": "TVEpisode",
            "episodeNumber": episode.number,
            "name": episode.name,
            "description": episode.teaser,
            "url": site_url.join(f"/#{episode.id}"),
            "publication": [_publication(episode, schedule, each) for each in platforms],
        }
    )


def _publication(episode: Episode, schedule: Schedule, platform: Platform) -> dict[str, object]:
    """An episode on one platform: a broadcast has an end, a stream only a beginning."""
    start = platform_start(episode.start, platform)
    broadcast = platform.kind == "television"
    end = start + timedelta(minutes=episode.runtime)
    return _drop_none(
        {
            "@type": "BroadcastEvent" if broadcast else "OnDemandEvent",
            "startDate": format_local(start, schedule.timezone),
            "endDate": format_local(end, schedule.timezone) if broadcast else None,
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
    previous = format_local(platform_start(before, platform), schedule.timezone)
    return {"eventStatus": f"{SCHEMA}/EventRescheduled", "previousStartDate": previous}


def _service(platform: Platform) -> dict[str, object]:
    """A platform: schema.org has broadcast services on the air and online alike."""
    return _drop_none(
        {
            "@type": "BroadcastService",
            "name": platform.name,
            "areaServed": platform.region,
            "url": platform.url,
        }
    )


def _drop_none(properties: dict[str, object]) -> dict[str, object]:
    """The properties that have a value."""
    return {name: value for name, value in properties.items() if value is not None}
