"""The site: every path and the finished resource found there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Final

from defects_ical import changelog, embeds, ics, pages, programs
from defects_ical.episodes import expand
from defects_ical.links import PICTURE, SINGLES, Address
from defects_ical.pieces import Pieces
from defects_ical.schedule import Schedule

MEDIA_TYPES: Final = {
    "": "text/html; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    # Anything else becomes a file that iOS cannot use.
    ".ics": "text/calendar; charset=utf-8",
    # No charset: the document says it itself, as in the other types made of XML (RFC 7303 §3).
    ".atom": "application/atom+xml",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml",
}
# Short: a move of the same evening must get through a CDN. Stale copies bridge an outage.
CACHE: Final = "public, max-age=300, stale-while-revalidate=3600, stale-if-error=604800"
# Other sites show these wherever they like; the pages themselves are framed nowhere.
# A picture runs nothing, also where it is opened by itself.
PICTURES: Final = "default-src 'none'; sandbox"
EMBEDDED: Final = frozenset(embeds.PATHS)
PERMISSIONS: Final = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
# Said of every answer, found or not: a body is what its type says, and nobody else learns which
# page its reader came from.
SAFETY: Final = (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"))
# A year. Only of this host: what else its owner serves, and how, is not ours to say.
HSTS: Final = ("Strict-Transport-Security", "max-age=31536000")


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


def build(schedule: Schedule, address: Address, pieces: Pieces | None = None) -> Site:
    """The site of a schedule at a public address: the same bytes for the same two, always.

    With the ``pieces`` of a site that differs little, it takes less time. Raises ScheduleError
    for a schedule whose times cannot be expanded.
    """
    pieces = pieces or Pieces()
    pieces.begin(schedule, address)
    bodies = _bodies(schedule, address, pieces)
    return MappingProxyType({path: _resource(path, body, address) for path, body in bodies})


def safety(address: Address) -> tuple[tuple[str, str], ...]:
    """The headers that keep readers safe, for whatever is sent from this address."""
    return (*SAFETY, HSTS) if address.origin.startswith("https:") else SAFETY


def digest(site: Site) -> str:
    """SHA-256, in hexadecimal, over every path with its headers and its body."""
    whole = hashlib.sha256()
    for path, resource in sorted(site.items()):
        parts = (path, resource.etag, *map(": ".join, resource.headers))
        for part in (*(each.encode() for each in parts), resource.body):
            whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()


def _bodies(schedule: Schedule, address: Address, pieces: Pieces) -> Iterator[tuple[str, bytes]]:
    episodes = expand(schedule)
    # The order in which an export writes: what is linked to is there before what links to it.
    yield from ics.render(schedule, episodes, address, pieces)
    if schedule.picture:
        yield PICTURE, schedule.picture
    yield from embeds.render(schedule, episodes, address, pieces)
    yield from changelog.render(schedule, episodes, address)
    yield from programs.render(schedule, episodes, address, pieces)
    yield from pages.render(schedule, episodes, address, pieces)


def _resource(path: str, body: bytes, address: Address) -> Resource:
    media_type = MEDIA_TYPES[PurePosixPath(path).suffix]
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = (("Content-Type", media_type), *_headers(path, address), *safety(address))
    return Resource(body, media_type, etag, headers)


def _headers(path: str, address: Address) -> Iterator[tuple[str, str]]:
    yield "Cache-Control", f"{CACHE}, no-transform" if path.endswith(".ics") else CACHE
    if path.endswith((".ics", ".json", ".atom")) or path in EMBEDDED:
        yield "Access-Control-Allow-Origin", "*"
    if path.endswith((".html", "/")):
        alone = f"{pages.POLICY}; frame-ancestors 'none'"
        policy = embeds.policy(address) if path in EMBEDDED else alone
        yield "Content-Security-Policy", policy
        yield "Permissions-Policy", PERMISSIONS
    if path.endswith(".svg"):
        yield "Content-Security-Policy", PICTURES
    if not path.endswith(".ics"):
        return
    if path.startswith(SINGLES):
        yield "Content-Disposition", f'attachment; filename="{path.rpartition("/")[2]}"'
    else:
        yield "Content-Disposition", "inline"
