"""The HTTP headers of each resource of a site."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from defects_ical.content.feeds import EPISODES_DIR
from defects_ical.content.site_url import SiteURL
from defects_ical.render.embed import PATHS, content_security_policy
from defects_ical.render.page import CONTENT_SECURITY_POLICY

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
CACHE_CONTROL: Final = "public, max-age=300, stale-while-revalidate=3600, stale-if-error=604800"
# Other sites show these wherever they like; the pages themselves are framed nowhere.
# A picture runs nothing, also where it is opened by itself.
PICTURE_POLICY: Final = "default-src 'none'; sandbox"
EMBED_PATHS: Final = frozenset(PATHS)
PERMISSIONS_POLICY: Final = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
# Said of every answer, found or not: a body is what its type says, and nobody else learns which
# page its reader came from.
SECURITY_HEADERS: Final = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
)
# A year. Only of this host: what else its owner serves, and how, is not ours to say.
HSTS: Final = ("Strict-Transport-Security", "max-age=31536000")


def security_headers(site_url: SiteURL) -> tuple[tuple[str, str], ...]:
    """The headers that keep readers safe, for whatever is sent from this address."""
    return (*SECURITY_HEADERS, HSTS) if site_url.origin.startswith("https:") else SECURITY_HEADERS


def headers_for(path: str, site_url: SiteURL) -> Iterator[tuple[str, str]]:
    """Yield the headers of a resource but for Content-Type and the security headers."""
    yield (
        "Cache-Control",
        f"{CACHE_CONTROL}, no-transform" if path.endswith(".ics") else CACHE_CONTROL,
    )
    if path.endswith((".ics", ".json", ".atom")) or path in EMBED_PATHS:
        yield "Access-Control-Allow-Origin", "*"
    if path.endswith((".html", "/")):
        alone = f"{CONTENT_SECURITY_POLICY}; frame-ancestors 'none'"
        policy = content_security_policy(site_url) if path in EMBED_PATHS else alone
        yield "Content-Security-Policy", policy
        yield "Permissions-Policy", PERMISSIONS_POLICY
    if path.endswith(".svg"):
        yield "Content-Security-Policy", PICTURE_POLICY
    if not path.endswith(".ics"):
        return
    if path.startswith(EPISODES_DIR):
        yield "Content-Disposition", f'attachment; filename="{path.rpartition("/")[2]}"'
    else:
        yield "Content-Disposition", "inline"
