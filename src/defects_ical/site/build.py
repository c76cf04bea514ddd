"""Build a site: all of its paths, each with its finished resource."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import NamedTuple

from defects_ical.content.build_cache import BuildCache
from defects_ical.content.links.feeds import PICTURE_PATH
from defects_ical.content.links.site_url import SiteURL
from defects_ical.content.site_input import SiteInput
from defects_ical.errors import ScheduleError
from defects_ical.model.schedule import Schedule
from defects_ical.render.atom import render_atom
from defects_ical.render.embed import render_embeds
from defects_ical.render.episodes_json import render_json
from defects_ical.render.ics.feeds import render_feeds
from defects_ical.render.ics.neutral_lines import NeutralLines
from defects_ical.render.page import render_pages
from defects_ical.site.headers import get_media_type, list_headers


class Resource(NamedTuple):
    """A finished response body and its headers.

    ``etag`` is strong and quoted, and depends only on the body, so that replicas agree on it
    (RFC 9110 §8.8.3). ``headers`` are all others, ``Content-Type`` first.
    """

    body: bytes
    media_type: str
    etag: str
    headers: tuple[tuple[str, str], ...]


Site = Mapping[str, Resource]
"""The resources by path; a path starts with a slash and is relative to the site's URL."""


def build_site(schedule: Schedule, site_url: SiteURL, cache: BuildCache | None = None) -> Site:
    """Build the site of a schedule; the same schedule and URL always yield the same bytes.

    The ``cache`` of a previous build makes it faster. Raises ScheduleError if the episodes cannot
    be expanded, or if the URL ends in the code of one of its languages.
    """
    check_site_url(schedule, site_url)
    cache = cache or BuildCache()
    cache.start_build(schedule, site_url)
    before: Site = cache.resources
    site: dict[str, Resource] = {}
    with pause_collection():
        for path, body in _render_files(SiteInput(schedule, site_url, cache)):
            known = before.get(path)
            site[path] = (
                known if known and known.body == body else make_resource(path, body, site_url)
            )
    cache.resources = MappingProxyType(site)
    return cache.resources


@contextmanager
def pause_collection() -> Iterator[None]:
    """Collect no garbage: among thousands of new objects that stay, looking for it takes longer."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def check_site_url(schedule: Schedule, site_url: SiteURL) -> None:
    """Raise ScheduleError if the site's URL ends in one of its languages.

    The feeds of its main language would then look like those of another site.
    """
    codes, last = schedule.languages, site_url.path.rpartition("/")[2]
    if len(codes) > 1 and last in codes:
        message = f"the URL of the site ends in `/{last}`, the folder of a language"
        hint = f"Publish it at `{str(site_url).removesuffix(f'{last}/')}`, or remove the language."
        raise ScheduleError((schedule.problem(("languages", codes.index(last)), message, hint),))


def _render_files(
    site: SiteInput, neutral: NeutralLines | None = None
) -> Iterator[tuple[str, bytes]]:
    # An export writes in this order: a file comes before the pages that link to it.
    neutral = neutral or NeutralLines(site)
    for each in site.others:
        for path, body in _render_files(each, neutral):
            yield f"/{each.words.code}{path}", body
    yield from render_feeds(site, neutral)
    if site.schedule.picture and site.is_main:
        yield PICTURE_PATH, site.schedule.picture
    yield from render_embeds(site)
    yield from render_atom(site)
    if site.is_main:
        yield from render_json(site)
    yield from render_pages(site)


def make_resource(path: str, body: bytes, site_url: SiteURL) -> Resource:
    """Return the resource at a path of the site that is at ``site_url``."""
    headers = (*list_headers(path, site_url),)
    return Resource(body, get_media_type(path), compute_etag([body]), headers)


def compute_etag(chunks: Iterable[bytes]) -> str:
    """Return the entity tag of a body that comes in pieces."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return f'"{digest.hexdigest()[:32]}"'
