"""Requests for the shipped schedule's site, and the exact responses to them.

Headers that the server itself adds (Date, Server, Connection) are left out.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import replace
from typing import Final

from defects_ical.schedule.loader import load_schedule
from defects_ical.site.build import build_site
from tests.support import golden
from tests.support.processes import ROOT, Response

SCHEDULE: Final = ROOT / "schedule.yaml"
SITE: Final = build_site(load_schedule(SCHEDULE), golden.SITE_URL)


def make_etag(body: bytes) -> str:
    """Return the ETag of a body without compression."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


CACHE: Final = "public, max-age=300, stale-while-revalidate=3600, stale-if-error=604800"
SECURITY_HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000",
}
FEED: Final = SITE["/the-defects.ics"].body
FEED_ETAG: Final = make_etag(FEED)
FEED_304: Final = Response(
    304,
    {
        "cache-control": f"{CACHE}, no-transform",
        "access-control-allow-origin": "*",
        "etag": FEED_ETAG,
        **SECURITY_HEADERS,
    },
    b"",
)
FEED_200: Final = Response(
    200,
    {
        **FEED_304.headers,
        "content-type": "text/calendar; charset=utf-8",
        "content-disposition": "inline",
        "content-length": str(len(FEED)),
    },
    FEED,
)
FEED_204: Final = Response(
    204,
    {
        "allow": "GET, HEAD, OPTIONS",
        "access-control-allow-origin": "*",
        "access-control-allow-methods": "GET, HEAD, OPTIONS",
        "access-control-allow-headers": "*",
        "access-control-max-age": "86400",
        **SECURITY_HEADERS,
    },
    b"",
)
EPISODE: Final = SITE["/episodes/the-defects-e03.ics"].body
EPISODE_200: Final = Response(
    200,
    {
        **FEED_200.headers,
        "content-disposition": 'attachment; filename="the-defects-e03.ics"',
        "content-length": str(len(EPISODE)),
        "etag": make_etag(EPISODE),
    },
    EPISODE,
)
PAGE: Final = SITE["/"].body
PAGE_ETAG: Final = make_etag(PAGE)
PAGE_304: Final = Response(
    304,
    {"cache-control": CACHE, "vary": "Accept-Encoding", "etag": PAGE_ETAG, **SECURITY_HEADERS},
    b"",
)
PAGE_HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
PAGE_200: Final = Response(
    200,
    {
        **PAGE_304.headers,
        **PAGE_HEADERS,
        "content-type": "text/html; charset=utf-8",
        "content-length": str(len(PAGE)),
    },
    PAGE,
)
GZIP: Final = gzip.compress(PAGE, 5, mtime=0)
GZIP_ETAG: Final = f'{PAGE_ETAG[:-1]}-gzip"'
GZIP_304: Final = replace(PAGE_304, headers=PAGE_304.headers | {"etag": GZIP_ETAG})
GZIP_200: Final = Response(
    200,
    {
        **PAGE_200.headers,
        "content-encoding": "gzip",
        "content-length": str(len(GZIP)),
        "etag": GZIP_ETAG,
    },
    GZIP,
)
PAGE_204: Final = Response(204, {"allow": "GET, HEAD, OPTIONS", **SECURITY_HEADERS}, b"")
ROBOTS: Final = SITE["/robots.txt"].body
ROBOTS_200: Final = Response(
    200,
    {
        "cache-control": CACHE,
        "content-type": "text/plain; charset=utf-8",
        "content-length": "70",
        "etag": make_etag(ROBOTS),
        **SECURITY_HEADERS,
    },
    b"User-agent: *\nDisallow:\n\nSitemap: https://defects.example/sitemap.xml\n",
)
# Headers of all of Flask's responses.
FLASK_HEADERS: Final = {**SECURITY_HEADERS, "access-control-allow-origin": "*"}
NOT_FOUND_PAGE: Final = SITE["/404.html"].body
NOT_FOUND: Final = Response(
    404,
    {
        "cache-control": "public, max-age=60",
        "content-type": "text/html; charset=utf-8",
        **PAGE_HEADERS,
        "content-length": str(len(NOT_FOUND_PAGE)),
        **FLASK_HEADERS,
    },
    NOT_FOUND_PAGE,
)
NOT_ALLOWED_TEXT: Final = b"405 Method Not Allowed: Use GET, HEAD or OPTIONS.\n"
NOT_ALLOWED: Final = Response(
    405,
    {
        "allow": "GET, HEAD, OPTIONS",
        "cache-control": "no-store",
        "content-type": "text/plain; charset=utf-8",
        "content-length": str(len(NOT_ALLOWED_TEXT)),
        **FLASK_HEADERS,
    },
    NOT_ALLOWED_TEXT,
)
OTHER_ETAG: Final = '"0123456789abcdef0123456789abcdef"'
BEFORE_PUBLICATION: Final = "Thu, 01 Jan 1970 00:00:00 GMT"
# Later than the schedule's `published`, and not in the future.
AFTER_PUBLICATION: Final = "Thu, 01 Jan 2026 00:00:00 GMT"


def remove_body(response: Response) -> Response:
    return replace(response, body=b"")


FEED_PATH: Final = "/the-defects.ics"
REQUESTS: Final[list[tuple[str, str, dict[str, str], Response]]] = [
    ("GET", FEED_PATH, {}, FEED_200),
    ("HEAD", FEED_PATH, {}, remove_body(FEED_200)),
    ("OPTIONS", FEED_PATH, {}, FEED_204),
    ("OPTIONS", FEED_PATH, {"Origin": "https://fan.example"}, FEED_204),
    ("POST", FEED_PATH, {"Content-Length": "0"}, NOT_ALLOWED),
    ("PUT", FEED_PATH, {"Content-Length": "0"}, NOT_ALLOWED),
    ("DELETE", FEED_PATH, {}, NOT_ALLOWED),
    ("PROPFIND", FEED_PATH, {"Depth": "0"}, NOT_ALLOWED),
    ("BREW", FEED_PATH, {}, NOT_ALLOWED),
    ("GET", "/episodes/the-defects-e03.ics", {}, EPISODE_200),
    ("GET", "/", {}, PAGE_200),
    ("HEAD", "/", {}, remove_body(PAGE_200)),
    ("OPTIONS", "/", {}, PAGE_204),
    ("POST", "/", {"Content-Length": "0"}, NOT_ALLOWED),
    ("GET", "/robots.txt", {}, ROBOTS_200),
    ("GET", "/robots.txt", {"Accept-Encoding": "gzip"}, ROBOTS_200),
    # Conditional requests.
    ("GET", FEED_PATH, {"If-None-Match": FEED_ETAG}, FEED_304),
    ("HEAD", FEED_PATH, {"If-None-Match": FEED_ETAG}, FEED_304),
    ("OPTIONS", FEED_PATH, {"If-None-Match": FEED_ETAG}, FEED_204),
    ("GET", FEED_PATH, {"If-None-Match": f"W/{FEED_ETAG}"}, FEED_304),
    ("GET", FEED_PATH, {"If-None-Match": f"{OTHER_ETAG}, {FEED_ETAG}"}, FEED_304),
    ("GET", FEED_PATH, {"If-None-Match": f'"a,b",W/{FEED_ETAG},{OTHER_ETAG}'}, FEED_304),
    ("GET", FEED_PATH, {"If-None-Match": "*"}, FEED_304),
    ("GET", FEED_PATH, {"If-None-Match": OTHER_ETAG}, FEED_200),
    ("GET", FEED_PATH, {"If-None-Match": FEED_ETAG.upper()}, FEED_200),
    # Not valid, but clear: a client that strips the quotes.
    ("GET", FEED_PATH, {"If-None-Match": FEED_ETAG.strip('"')}, FEED_304),
    ("GET", FEED_PATH, {"If-None-Match": FEED_ETAG.rstrip('"')}, FEED_200),
    ("GET", FEED_PATH, {"If-None-Match": f'{FEED_ETAG[:-1]}-gzip"'}, FEED_200),
    ("GET", FEED_PATH, {"If-None-Match": '"*"'}, FEED_200),
    ("GET", FEED_PATH, {"If-None-Match": ""}, FEED_200),
    ("GET", FEED_PATH, {"If-None-Match": "garbage"}, FEED_200),
    ("GET", FEED_PATH, {"If-None-Match": '""""",,,W/W/"'}, FEED_200),
    ("GET", FEED_PATH, {"If-None-Match": "\xff\xfe"}, FEED_200),
    (
        "GET",
        FEED_PATH,
        {"If-None-Match": OTHER_ETAG, "If-Modified-Since": AFTER_PUBLICATION},
        FEED_200,
    ),
    (
        "GET",
        FEED_PATH,
        {"If-None-Match": FEED_ETAG, "If-Modified-Since": BEFORE_PUBLICATION},
        FEED_304,
    ),
    ("GET", FEED_PATH, {"If-Modified-Since": AFTER_PUBLICATION}, FEED_200),
    ("GET", FEED_PATH, {"If-Modified-Since": BEFORE_PUBLICATION}, FEED_200),
    ("GET", FEED_PATH, {"If-Modified-Since": "yesterday"}, FEED_200),
    # Compression: pages, but no feeds.
    ("GET", FEED_PATH, {"Accept-Encoding": "gzip"}, FEED_200),
    ("GET", "/", {"Accept-Encoding": "gzip"}, GZIP_200),
    ("HEAD", "/", {"Accept-Encoding": "gzip"}, remove_body(GZIP_200)),
    ("GET", "/", {"Accept-Encoding": "gzip, deflate, br, zstd"}, GZIP_200),
    ("GET", "/", {"Accept-Encoding": "*"}, GZIP_200),
    ("GET", "/", {"Accept-Encoding": "gzip;q=0"}, PAGE_200),
    ("GET", "/", {"Accept-Encoding": "gzip;q=0, *"}, PAGE_200),
    ("GET", "/", {"Accept-Encoding": "*;q=0"}, PAGE_200),
    ("GET", "/", {"Accept-Encoding": "br"}, PAGE_200),
    ("GET", "/", {"Accept-Encoding": ""}, PAGE_200),
    ("GET", "/", {"If-None-Match": PAGE_ETAG}, PAGE_304),
    ("GET", "/", {"If-None-Match": GZIP_ETAG, "Accept-Encoding": "gzip"}, GZIP_304),
    # The ETag of either variant earns a 304, which confirms that ETag.
    ("GET", "/", {"If-None-Match": GZIP_ETAG}, GZIP_304),
    ("GET", "/", {"If-None-Match": PAGE_ETAG, "Accept-Encoding": "gzip"}, PAGE_304),
    ("GET", "/", {"If-None-Match": f"{PAGE_ETAG}, W/{GZIP_ETAG}"}, PAGE_304),
    ("GET", "/", {"If-None-Match": "*", "Accept-Encoding": "gzip"}, GZIP_304),
    ("GET", "/", {"If-None-Match": OTHER_ETAG, "Accept-Encoding": "gzip"}, GZIP_200),
    # Ignored headers and queries.
    ("GET", FEED_PATH, {"Accept": "nonsense"}, FEED_200),
    ("GET", FEED_PATH, {"Accept": "application/json;q=1, text/html;q=0"}, FEED_200),
    ("GET", FEED_PATH, {"Authorization": "Bearer x"}, FEED_200),
    ("GET", FEED_PATH, {"Cookie": "session=x"}, FEED_200),
    ("GET", FEED_PATH, {"Range": "bytes=0-9"}, FEED_200),
    ("GET", FEED_PATH, {"If-Match": OTHER_ETAG}, FEED_200),
    ("GET", FEED_PATH, {"Content-Length": "0"}, FEED_200),
    ("GET", f"{FEED_PATH}?v=2", {}, FEED_200),
    ("GET", f"{FEED_PATH}?", {}, FEED_200),
    ("GET", "/the%2Ddefects.ics", {}, FEED_200),
    ("GET", f"http://evil.example{FEED_PATH}", {}, FEED_200),
    # Paths that do not exist.
    ("GET", "/no-such-page", {}, NOT_FOUND),
    ("HEAD", "/no-such-page", {}, remove_body(NOT_FOUND)),
    ("POST", "/no-such-page", {"Content-Length": "0"}, NOT_FOUND),
    ("BREW", "/no-such-page", {}, NOT_FOUND),
    ("GET", "/no-such-page", {"Accept-Encoding": "gzip", "If-None-Match": "*"}, NOT_FOUND),
    ("GET", f"{FEED_PATH}/", {}, NOT_FOUND),
    ("GET", "/The-Defects.ics", {}, NOT_FOUND),
    ("GET", "/static/x", {}, NOT_FOUND),
    ("GET", "/episodes/", {}, NOT_FOUND),
    ("GET", f"/{FEED_PATH}", {}, NOT_FOUND),
    ("POST", f"/{FEED_PATH}", {"Content-Length": "0"}, NOT_FOUND),
    ("GET", "//healthz", {}, NOT_FOUND),
    ("GET", "//index.html", {}, NOT_FOUND),
    ("GET", "//", {}, NOT_FOUND),
    ("GET", "/episodes//the-defects-e03.ics", {}, NOT_FOUND),
    ("GET", f"/..{FEED_PATH}", {}, NOT_FOUND),
    ("GET", f"/episodes/..{FEED_PATH}", {}, NOT_FOUND),
    ("GET", f"/%2e%2e{FEED_PATH}", {}, NOT_FOUND),
    ("GET", "/%2e%2e%2f%2e%2e%2fetc%2fpasswd", {}, NOT_FOUND),
    ("GET", "/%00", {}, NOT_FOUND),
    ("GET", f"{FEED_PATH}%00", {}, NOT_FOUND),
    ("GET", "/%ff%fe", {}, NOT_FOUND),
    ("GET", "/%zz", {}, NOT_FOUND),
    ("GET", "/%0d%0aX-Injected:%20yes", {}, NOT_FOUND),
]
