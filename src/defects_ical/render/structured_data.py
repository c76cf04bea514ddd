"""Render the page's JSON-LD (schema.org), which search engines read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Final, NamedTuple

from defects_ical.content.credits import find_licence_url
from defects_ical.content.links.feeds import PICTURE_PATH
from defects_ical.content.seasons import Season
from defects_ical.content.site_input import SiteInput
from defects_ical.model.changes import Status
from defects_ical.model.schedule import Platform
from defects_ical.model.source import Credit
from defects_ical.render.scripts import serialize_for_script
from defects_ical.schedule.episodes import Episode, Start
from defects_ical.text.languages import DEFAULT_LANGUAGE
from defects_ical.timezones.conversion import format_local

SCHEMA: Final = "https://schema.org"

# No text of a schedule has this character.
_PLACEHOLDER: Final = re.compile(r'"\\u0000(?P<id>[a-z0-9-]+)"')


class _Showings(NamedTuple):
    """An episode, and the same on each platform; None where it is not on the platform."""

    episode: Episode
    on_platforms: tuple[tuple[str, Episode | None], ...]

    def __hash__(self) -> int:
        return hash(self.episode)


class _Showing(NamedTuple):
    """What is the same in every language of an episode on a platform; ``runtime`` in minutes."""

    is_broadcast: bool
    start: Start
    runtime: int
    status: Status
    previous_start: Start | None


def render_json_ld(site: SiteInput) -> str:
    """Return the page's JSON-LD, for a script element."""
    items, platforms = [*_list_showings(site)], site.schedule.platforms
    services = {name: serialize_for_script(_make_service(each)) for name, each in platforms.items()}
    serialize = partial(_serialize_episode, site, services)
    texts = site.cache.get_or_render("JSON-LD", items, serialize)
    by_id = {item.episode.id: text for item, text in zip(items, texts, strict=True)}
    series = serialize_for_script(_make_series(site, texts))
    return _PLACEHOLDER.sub(lambda found: by_id[found["id"]], series)


def _list_showings(site: SiteInput) -> Iterator[_Showings]:
    """Yield each episode with when it is on the platforms, in the order in which they air."""
    names, listings = site.episodes_by_platform.keys(), site.episodes_by_platform.values()
    for episode in site.episodes_by_start:
        shown = [each.get(episode.id) for each in listings]
        yield _Showings(episode, tuple(zip(names, shown, strict=True)))


def _make_placeholder(episode: Episode) -> str:
    """Return what stands for an episode in the series, until its own text replaces it."""
    return f"\0{episode.id}"


def _make_series(site: SiteInput, texts: list[str]) -> dict[str, object]:
    """Return the series, or the film; ``texts`` are its episodes."""
    show, film = site.show, site.film
    names_language = site.schedule.languages != (DEFAULT_LANGUAGE,)
    parts = _list_releases(*texts) if film else _make_parts(site)
    return _drop_none(
        {
            "@context": SCHEMA,
            "@type": "Movie" if film else "TVSeries",
            "name": show.title,
            "alternateName": site.original_title,
            "description": show.synopsis,
            "genre": show.genres or None,
            "actor": [_make_role(each.actor, each.role) for each in show.cast] or None,
            "url": str(site.url),
            "inLanguage": site.words.code if names_language else None,
            "image": site.main_url.join(PICTURE_PATH) if site.schedule.picture else None,
            "mainEntityOfPage": _make_page(site, show.credit) if show.credit else None,
            **parts,
        }
    )


def _make_page(site: SiteInput, credit: Credit) -> dict[str, object]:
    """Return the page, and what it is based on: the licence is not that of the series itself."""
    url = find_licence_url(credit.licence)
    original = {
        "@type": "CreativeWork",
        "name": credit.name,
        "url": credit.url,
        "license": _drop_none({"@type": "CreativeWork", "name": credit.licence, "url": url}),
    }
    return {"@type": "WebPage", "url": str(site.url), "isBasedOn": original}


def _list_releases(text: str) -> dict[str, object]:
    episode = json.loads(text)
    return {name: episode[name] for name in ("publication", "subjectOf") if name in episode}


def _make_parts(site: SiteInput) -> dict[str, object]:
    """Return the number of episodes, the seasons, and the episodes that belong to none."""
    seasons = [_make_season(each) for each in site.seasons if each.number is not None]
    loose = next((each for each in site.seasons if each.number is None), None)
    return _drop_none(
        {
            "numberOfEpisodes": _count_episodes(site.seasons),
            "startDate": _find_start(loose) if loose else None,
            "containsSeason": (seasons if len(seasons) > 1 else next(iter(seasons), None)),
            "episode": [*map(_make_placeholder, loose.episodes)] or None if loose else None,
        }
    )


def _count_episodes(seasons: tuple[Season, ...]) -> int | None:
    """Return the number of episodes of the series; None if the schedule has not all of them."""
    counts = [each.episode_count for each in seasons]
    numbers = {each.number or 1 for each in seasons}
    return (
        sum(filter(None, counts))
        if all(counts) and numbers == {*range(1, len(seasons) + 1)}
        else None
    )


def _make_season(season: Season) -> dict[str, object]:
    return _drop_none(
        {
            "@type": "TVSeason",
            "seasonNumber": season.number,
            "numberOfEpisodes": season.episode_count,
            "startDate": _find_start(season),
            "episode": [*map(_make_placeholder, season.episodes)] or None,
        }
    )


def _find_start(season: Season) -> str | None:
    """Return the month or year in which a season begins of which no date is known."""
    if season.episodes or not season.announcements:
        return None
    return season.announcements[0].period.isoformat()


def _make_role(actor: str, role: str) -> dict[str, object]:
    # A schema.org Role repeats the property that it qualifies: actor in actor.
    person = {"@type": "Person", "name": actor}
    return {"@type": "PerformanceRole", "actor": person, "characterName": role}


def _serialize_episode(site: SiteInput, services: Mapping[str, str], item: _Showings) -> str:
    """Return an episode, and when it is on each platform: publications, or screenings.

    ``services`` are the platforms as JSON, by their ids.
    """
    episode, on_platforms = item
    publications: list[str] = []
    screenings: list[str] = []
    for name, shown in on_platforms:
        if shown and site.schedule.platforms[name].kind == "cinema":
            screenings.append(serialize_for_script(_make_screening(site, shown, name)))
        elif shown:
            publications.append(_serialize_publication(site, shown, name, services[name]))
    properties: dict[str, object] = {
        "@type": "TVEpisode",
        "episodeNumber": episode.number.number if episode.number else None,
        "name": episode.title or episode.name,
        "description": episode.teaser,
        "url": site.link_to(episode),
    }
    text = serialize_for_script(_drop_none(properties))
    for key, items in (("publication", publications), ("subjectOf", screenings)):
        if items:
            text = f'{text[:-1]},"{key}":[{",".join(items)}]}}'
    return text


def _make_screening(site: SiteInput, episode: Episode, name: str) -> dict[str, object]:
    """Return an episode in cinemas: an event, but in schema.org no publication."""
    zone, platform = site.schedule.timezone, site.schedule.platforms[name]
    return {
        "@type": "ScreeningEvent",
        "name": episode.title or episode.name,
        "startDate": _format_start(episode.start or episode.date, zone),
        **_make_event_status(episode.status, episode.previous_start, zone),
        "location": {"@type": "Place", "name": platform.name, "address": platform.region},
    }


def _serialize_publication(site: SiteInput, episode: Episode, name: str, service: str) -> str:
    """Return an episode on one platform, whose ``service`` is JSON already."""
    showing = _Showing(
        site.schedule.platforms[name].kind == "television",
        episode.start or episode.date,
        episode.runtime or 0,
        episode.status,
        episode.previous_start,
    )
    text = _serialize_showing(showing, site.schedule.timezone)
    url = dict(episode.links).get(name) if episode.links else None
    link = f',"url":{serialize_for_script(url)}' if url else ""
    return f'{text[:-1]}{link},"publishedOn":{service}}}'


# The site in each language has the same times, and most platforms have those of the broadcast.
@lru_cache(maxsize=16_384)
def _serialize_showing(showing: _Showing, zone: str) -> str:
    """Return when an episode is on a platform; a broadcast has an end, a stream only a start."""
    is_broadcast, start, runtime = showing[:3]
    end = None
    if is_broadcast and isinstance(start, datetime):
        end = format_local(start + timedelta(minutes=runtime), zone)
    properties: dict[str, object] = {
        "@type": "BroadcastEvent" if is_broadcast else "OnDemandEvent",
        "startDate": _format_start(start, zone),
        "endDate": end,
        **_make_event_status(showing.status, showing.previous_start, zone),
    }
    return serialize_for_script(_drop_none(properties))


def _format_start(start: Start, zone: str) -> str:
    return format_local(start, zone) if isinstance(start, datetime) else start.isoformat()


def _make_event_status(
    status: Status, previous_start: Start | None, zone: str
) -> dict[str, object]:
    # A tentative episode is scheduled: EventPostponed would mean that it has no date.
    if status in {"cancelled", "postponed"}:
        return {"eventStatus": f"{SCHEMA}/Event{status.title()}"}
    if previous_start is None:
        return {"eventStatus": f"{SCHEMA}/EventScheduled"}
    previous = _format_start(previous_start, zone)
    return {"eventStatus": f"{SCHEMA}/EventRescheduled", "previousStartDate": previous}


def _make_service(platform: Platform) -> dict[str, str]:
    # Also for streaming: in schema.org, a BroadcastService may be online.
    service = {"@type": "BroadcastService", "name": platform.name, "areaServed": platform.region}
    return service | ({"url": platform.url} if platform.url else {})


def _drop_none(properties: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in properties.items() if value is not None}
