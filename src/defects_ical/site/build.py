"""Build a site: every path with the resource found there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from types import MappingProxyType

from defects_ical.content.build_cache import BuildCache
from defects_ical.content.feeds import PICTURE_PATH
from defects_ical.content.site_url import SiteURL
from defects_ical.render.atom import render_atom
from defects_ical.render.embed import render_embeds
from defects_ical.render.episodes_json import render_json
from defects_ical.render.ics import render_feeds
from defects_ical.render.page import render_pages
from defects_ical.render.structured_data import render_sitemap
from defects_ical.schedule.episodes import expand_episodes
from defects_ical.schedule.model import Schedule
from defects_ical.site.headers import MEDIA_TYPES, headers_for, security_headers


@dataclass(frozen=True, slots=True)
class Resource:
    """A finished answer: what is found at one path.

    ``etag`` is strong and quoted, made of the body alone, so that replicas agree on it
    (RFC 9110 §8.8.3). ``headers`` are all others that describe it, ``Content-Type`` first.
    """

    body: bytes
    media_type: str
    etag: str
    headers: tuple[tuple[str, str], ...]


Site = Mapping[str, Resource]
"""Every path, beginning with a slash and without the address's own, and what is there."""


def build_site(schedule: Schedule, site_url: SiteURL, cache: BuildCache | None = None) -> Site:
    """The site of a schedule at a public address: the same bytes for the same two, always.

    With the ``pieces`` of a site that differs little, it takes less time. Raises ScheduleError
    for a schedule whose times cannot be expanded.
    """
    cache = cache or BuildCache()
    cache.start_build(schedule, site_url)
    bodies = _bodies(schedule, site_url, cache)
    return MappingProxyType({path: _resource(path, body, site_url) for path, body in bodies})


def digest_site(site: Site) -> str:
    """SHA-256, in hexadecimal, over every path with its headers and its body."""
    whole = hashlib.sha256()
    for path, resource in sorted(site.items()):
        parts = (path, resource.etag, *map(": ".join, resource.headers))
        for part in (*(each.encode() for each in parts), resource.body):
            whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()


def _bodies(
    schedule: Schedule, site_url: SiteURL, cache: BuildCache
) -> Iterator[tuple[str, bytes]]:
    episodes = expand_episodes(schedule)
    # The order in which an export writes: what is linked to is there before what links to it.
    yield from render_feeds(schedule, episodes, site_url, cache)
    if schedule.picture:
        yield PICTURE_PATH, schedule.picture
    yield from render_embeds(schedule, episodes, site_url, cache)
    yield from render_atom(schedule, episodes, site_url)
    yield from render_json(schedule, episodes, site_url, cache)
    yield "/sitemap.xml", render_sitemap(schedule, site_url)
    yield from render_pages(schedule, episodes, site_url, cache)


def _resource(path: str, body: bytes, site_url: SiteURL) -> Resource:
    media_type = MEDIA_TYPES[PurePosixPath(path).suffix]
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = (
        ("Content-Type", media_type),
        *headers_for(path, site_url),
        *security_headers(site_url),
    )
    return Resource(body, media_type, etag, headers)
