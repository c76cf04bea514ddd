"""The HTTP headers of a site's resources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from defects_ical.content.links.feeds import EPISODES_DIR
from defects_ical.content.links.site_url import SiteURL, split_language
from defects_ical.render.embed import EMBED_PATHS, build_embed_policy
from defects_ical.render.page import CONTENT_SECURITY_POLICY

MEDIA_TYPES: Final = {
    "": "text/html; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    # iOS treats any other type as a file that it cannot open.
    ".ics": "text/calendar; charset=utf-8",
    # No charset for XML types: the document declares it (RFC 7303 §3).
    ".atom": "application/atom+xml",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml",
}
# Short, so that a change on the day of the broadcast gets through a CDN. A CDN may serve an old
# copy while the server is down.
CACHE_CONTROL: Final = "public, max-age=300, stale-while-revalidate=3600, stale-if-error=604800"
# For an SVG that is opened by itself.
SVG_POLICY: Final = "default-src 'none'; sandbox"
PERMISSIONS_POLICY: Final = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
SECURITY_HEADERS: Final = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
)
# One year, without includeSubDomains: the subdomains may belong to other sites.
HSTS: Final = ("Strict-Transport-Security", "max-age=31536000")


def get_media_type(path: str) -> str:
    """Return the value of Content-Type for a path."""
    _, dot, suffix = path.rpartition("/")[2].rpartition(".")
    return MEDIA_TYPES[f"{dot}{suffix}" if dot else ""]


def get_security_headers(site_url: SiteURL) -> tuple[tuple[str, str], ...]:
    """Return the headers of every response, including errors."""
    return (*SECURITY_HEADERS, HSTS) if site_url.origin.startswith("https:") else SECURITY_HEADERS


def list_headers(path: str, site_url: SiteURL) -> Iterator[tuple[str, str]]:
    """Yield all headers of a resource except ETag."""
    _, path = split_language(path)
    is_feed = path.endswith(".ics")
    yield "Content-Type", get_media_type(path)
    yield "Cache-Control", f"{CACHE_CONTROL}, no-transform" if is_feed else CACHE_CONTROL
    if path.endswith((".ics", ".json", ".atom")) or path in EMBED_PATHS:
        yield "Access-Control-Allow-Origin", "*"
    if path.endswith((".html", "/")):
        page_policy = f"{CONTENT_SECURITY_POLICY}; frame-ancestors 'none'"
        policy = build_embed_policy(site_url) if path in EMBED_PATHS else page_policy
        yield "Content-Security-Policy", policy
        yield "Permissions-Policy", PERMISSIONS_POLICY
    if path.endswith(".svg"):
        yield "Content-Security-Policy", SVG_POLICY
    if path.startswith(EPISODES_DIR):
        yield "Content-Disposition", f'attachment; filename="{path.rpartition("/")[2]}"'
    elif is_feed:
        yield "Content-Disposition", "inline"
    yield from get_security_headers(site_url)
