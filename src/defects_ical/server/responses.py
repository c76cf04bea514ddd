"""Prepare every response of a path in advance, so that a request only selects one."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from functools import lru_cache
from typing import BinaryIO, Final, NamedTuple, TypeAlias
from wsgiref.types import WSGIEnvironment

from werkzeug.http import parse_accept_header, parse_etags

from defects_ical.server.monitoring.counters import classify_resource, find_slot
from defects_ical.site.build import Resource

Headers: TypeAlias = tuple[tuple[str, str], ...]

METHODS: Final = ("GET", "HEAD", "OPTIONS")
# No calendars: Outlook fails on compressed feeds.
COMPRESSED_TYPES: Final = {
    "application/atom+xml",
    "application/json",
    "image/svg+xml",
    "text/css",
    "text/html",
    "text/javascript",
}
# Headers that describe a body, left out of a 304 (RFC 9110 §15.4.5) and of OPTIONS.
BODY_HEADERS: Final = {
    "Content-Disposition",
    "Content-Encoding",
    "Content-Security-Policy",
    "Content-Type",
    "Permissions-Policy",
}
# Bytes of a large body that are in memory at a time.
CHUNK_BYTES: Final = 262_144
# The longest Accept-Encoding that is parsed and cached, in characters.
MAX_ACCEPT_ENCODING: Final = 256


class FileChunks:
    """The content of an open file in pieces, as a WSGI server sends them; it closes the file."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self._stream.read(CHUNK_BYTES):
            yield chunk

    def close(self) -> None:
        """Close the file (PEP 3333)."""
        self._stream.close()

    def __del__(self) -> None:
        # A response without a body reads nothing, and no server closes it.
        self.close()


class PreparedResponse(NamedTuple):
    """A complete response: status line, headers and body; ``chunks`` in place of a large body.

    ``slot`` is where it is counted.
    """

    status: str
    headers: Headers
    body: bytes = b""
    chunks: FileChunks | None = None
    slot: int = 0


class Variant(NamedTuple):
    """A resource in one content coding, with the responses to GET, HEAD and If-None-Match."""

    etag: str
    full: PreparedResponse
    head: PreparedResponse
    not_modified: PreparedResponse


class PathResponses(NamedTuple):
    """All responses of one path."""

    plain: Variant
    compressed: Variant | None
    options: PreparedResponse

    @property
    def size(self) -> int:
        """The bytes of all bodies."""
        bodies = [each.full.body for each in (self.plain, self.compressed) if each]
        return sum(map(len, bodies))

    def select(self, environ: WSGIEnvironment) -> PreparedResponse | None:
        """Return the response to a request, or None if its method is not in ``METHODS``."""
        method = environ["REQUEST_METHOD"]
        if method == "OPTIONS":
            return self.options
        if method not in METHODS:
            return None
        variant = self.plain
        if self.compressed and prefers_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
            variant = self.compressed
        if_none_match = environ.get("HTTP_IF_NONE_MATCH")
        if if_none_match is not None and (match := self._match_etag(if_none_match, variant)):
            return match
        return variant.full if method == "GET" else variant.head

    def _match_etag(self, if_none_match: str, preferred: Variant) -> PreparedResponse | None:
        """Return the 304 for If-None-Match, by weak comparison (RFC 9110 §13.1.2).

        The ETag of the other variant matches too. The 304 then confirms that ETag, because a
        cache looks up its stored response by it (RFC 9111 §4.3.4).
        """
        # Nearly every client sends one ETag, exactly as it got it: no parsing.
        if if_none_match in (preferred.etag, "*"):
            return preferred.not_modified
        etags = parse_etags(if_none_match)
        for variant in (preferred, self.plain, self.compressed):
            if variant and etags.contains_weak(variant.etag[1:-1]):
                return variant.not_modified
        return None


def prefers_gzip(accept_encoding: str) -> bool:
    """Return whether Accept-Encoding prefers gzip to no compression (RFC 9110 §12.5.3)."""
    return len(accept_encoding) <= MAX_ACCEPT_ENCODING and _prefers_gzip(accept_encoding)


@lru_cache(maxsize=256)
def _prefers_gzip(accept_encoding: str) -> bool:
    accept = parse_accept_header(accept_encoding)
    return accept.quality("gzip") > 0 and accept.best_match(("gzip", "identity")) == "gzip"


def prepare_responses(resource: Resource) -> PathResponses:
    """Return all responses of the path that serves ``resource``."""
    compressed = compress(resource.body) if is_compressible(resource.media_type) else None
    full = PreparedResponse("", (), resource.body)
    return _prepare_path(resource, full, len(resource.body), compressed)


def prepare_file_responses(
    resource: Resource, stream: BinaryIO, size: int, compressed: bytes | None
) -> PathResponses:
    """Return all responses of a path whose body is in an open file of ``size`` bytes.

    ``resource`` has no body. They are for one request: the first that is sent closes the file.
    """
    full = PreparedResponse("", (), chunks=FileChunks(stream))
    return _prepare_path(resource, full, size, compressed)


def is_compressible(media_type: str) -> bool:
    """Return whether resources of this type are compressed for clients that accept it."""
    return media_type.partition(";")[0] in COMPRESSED_TYPES


def compress(body: bytes) -> bytes:
    """Compress a body with gzip; the same body always becomes the same bytes."""
    # An edit compresses its pages while readers wait. Level 9 would make a page of eight episodes
    # one percent smaller, and take up to eight times as long.
    # Without a time stamp, all replicas with the same zlib compress to the same bytes.
    return gzip.compress(body, compresslevel=5, mtime=0)


def _prepare_path(
    resource: Resource, full: PreparedResponse, size: int, compressed: bytes | None
) -> PathResponses:
    headers, kind = resource.headers, classify_resource(resource)
    allowed = (*_make_options_headers(headers),)
    options = PreparedResponse("204 No Content", allowed, slot=find_slot(kind, 204))
    if compressed is None:
        plain = _prepare_variant(full, size, resource.etag, headers, kind)
        return PathResponses(plain, None, options)
    headers = (*headers, ("Vary", "Accept-Encoding"))
    etag = f'{resource.etag[:-1]}-gzip"'
    body, encoding = PreparedResponse("", (), compressed), ("Content-Encoding", "gzip")
    return PathResponses(
        plain=_prepare_variant(full, size, resource.etag, headers, kind),
        compressed=_prepare_variant(body, len(compressed), etag, (*headers, encoding), kind),
        options=options,
    )


def _prepare_variant(
    full: PreparedResponse, size: int, etag: str, headers: Headers, kind: str
) -> Variant:
    headers = (*headers, ("ETag", etag))
    all_headers = (*headers, ("Content-Length", str(size)))
    bodyless = tuple((name, value) for name, value in headers if name not in BODY_HEADERS)
    slot = find_slot(kind, 200)
    return Variant(
        etag=etag,
        full=full._replace(status="200 OK", headers=all_headers, slot=slot),
        head=PreparedResponse("200 OK", all_headers, slot=slot),
        not_modified=PreparedResponse("304 Not Modified", bodyless, slot=find_slot(kind, 304)),
    )


def _make_options_headers(headers: Headers) -> Iterator[tuple[str, str]]:
    yield "Allow", ", ".join(METHODS)
    yield from (each for each in headers if each[0] not in {*BODY_HEADERS, "Cache-Control"})
    if any(name == "Access-Control-Allow-Origin" for name, _ in headers):
        # Browsers send a CORS preflight before a script's request with If-None-Match.
        yield "Access-Control-Allow-Methods", ", ".join(METHODS)
        yield "Access-Control-Allow-Headers", "*"
        yield "Access-Control-Max-Age", "86400"
