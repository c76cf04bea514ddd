"""Render the page's JSON-LD (schema.org), which search engines read."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from typing import Final

from defects_ical.content.descriptions import get_platform_delay
from defects_ical.content.feeds import PICTURE_PATH
from defects_ical.content.site_input import SiteInput
from defects_ical.model.schedule import Platform
from defects_ical.schedule.episodes import Episode
from defects_ical.timezones.conversion import format_local

SCHEMA: Final = "https://schema.org"

# A browser ends a script at `</script` and may not end it there after `<!--`; JavaScript before
# ES2019 takes the last two characters for line breaks.
_SCRIPT_ESCAPES: Final = {ord(each): f"\\u{ord(each):04X}" for each in "<>&\u2028\u2029"}


def render_json_ld(site: SiteInput) -> str:
    """Return the page's JSON-LD, escaped for a script element."""
    series = _make_series(site)
    text = json.dumps(series, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(_SCRIPT_ESCAPES)


def _make_series(site: SiteInput) -> dict[str, object]:
    show, make = site.show, partial(_make_episode, site)
    count = {"numberOfEpisodes": site.schedule.airing.episodes}
    listed = {"episode": site.cache.get_or_render("JSON-LD", site.episodes_by_start, make)}
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
            "url": str(site.url),
            "image": site.url.join(PICTURE_PATH) if site.schedule.picture else None,
            # Of a later season: a schedule does not say how many episodes the series has.
            **(count if show.season in {None, 1} else {}),
            **({"containsSeason": season} if show.season else listed),
        }
    )


def _make_role(actor: str, role: str) -> dict[str, object]:
    # A schema.org Role repeats the property that it qualifies: actor in actor.
    person = {"@type": "Person", "name": actor}
    return {"@type": "PerformanceRole", "actor": person, "characterName": role}


def _make_episode(site: SiteInput, episode: Episode) -> dict[str, object]:
    schedule = site.schedule
    publications = [
        _make_publication(episode, each, schedule.timezone) for each in schedule.platforms.values()
    ]
    return _drop_none(
        {
            "@type": "TVEpisode",
            "episodeNumber": episode.number,
            "name": episode.name,
            "description": episode.teaser,
            "url": site.link_to(episode),
            "publication": publications,
        }
    )


def _make_publication(episode: Episode, platform: Platform, zone: str) -> dict[str, object]:
    """Return an episode on one platform; a broadcast has an end, a stream only a start."""
    delay = get_platform_delay(platform)
    broadcast = platform.kind == "television"
    return _drop_none(
        {
            "@type": "BroadcastEvent" if broadcast else "OnDemandEvent",
            "startDate": format_local(episode.start + delay, zone),
            "endDate": format_local(episode.end + delay, zone) if broadcast else None,
            **_make_event_status(episode, delay, zone),
            "publishedOn": _make_service(platform),
        }
    )


def _make_event_status(episode: Episode, delay: timedelta, zone: str) -> dict[str, object]:
    # A tentative episode is scheduled: EventPostponed would mean that it has no date.
    before = episode.previous_start
    if episode.status == "cancelled":
        return {"eventStatus": f"{SCHEMA}/EventCancelled"}
    if before is None:
        return {"eventStatus": f"{SCHEMA}/EventScheduled"}
    previous = format_local(before + delay, zone)
    return {"eventStatus": f"{SCHEMA}/EventRescheduled", "previousStartDate": previous}


def _make_service(platform: Platform) -> dict[str, str]:
    # Also for streaming: in schema.org, a BroadcastService may be online.
    service = {"@type": "BroadcastService", "name": platform.name, "areaServed": platform.region}
    return service | ({"url": platform.url} if platform.url else {})


def _drop_none(properties: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in properties.items() if value is not None}
