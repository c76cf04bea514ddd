"""Prepare every response of a path in advance."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias
from wsgiref.types import WSGIEnvironment

from werkzeug.http import parse_accept_header

from defects_ical.site.build import Resource

Headers: TypeAlias = tuple[tuple[str, str], ...]

METHODS: Final = ("GET", "HEAD", "OPTIONS")
# Not feeds: compressed ones broke subscriptions in Outlook.
COMPRESSED_TYPES: Final = {
    "application/atom+xml",
    "application/json",
    "image/svg+xml",
    "text/css",
    "text/html",
    "text/javascript",
}
# The ninth level takes up to eight times as long, and saves a page of eight episodes 0.3 %.
COMPRESSION_LEVEL: Final = 6
# What tells of a body is left out where there is none (RFC 9110 §15.4.5).
BODY_HEADERS: Final = {
    "Content-Disposition",
    "Content-Encoding",
    "Content-Security-Policy",
    "Content-Type",
    "Permissions-Policy",
}
MAX_HEADER: Final = 256
ENTITY_TAG: Final = re.compile(r'"[\x21\x23-\x7e\x80-\xff]*"')


@dataclass(frozen=True, slots=True)
class Response:
    """A finished answer: the status line, all headers, the body."""

    status: str
    headers: Headers
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Variant:
    """A form of a resource, as it is or compressed: its entity tag, and what it answers."""

    tag: str
    full: Response
    head: Response
    unchanged: Response


@dataclass(frozen=True, slots=True)
class PathResponses:
    """Everything that one path answers."""

    plain: Variant
    compressed: Variant | None
    options: Response

    def select(self, environ: WSGIEnvironment) -> Response | None:
        """The answer to a request; None where the method is not one of ``METHODS``."""
        method = environ["REQUEST_METHOD"]
        if method == "OPTIONS":
            return self.options
        if method not in METHODS:
            return None
        form = self.plain
        if self.compressed and prefers_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
            form = self.compressed
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known is not None and (same := self._unchanged(known, form)):
            return same
        return form.full if method == "GET" else form.head

    def _unchanged(self, known: str, form: Variant) -> Response | None:
        """The 304 that a client earns who has one of the tags (weakly, RFC 9110 §13.1.2).

        A tag of the other form earns it too, and is the one confirmed: a cache must find the
        tag of what it has (RFC 9111 §4.3.4).
        """
        if known in (form.tag, "*"):
            return form.unchanged
        tags = ENTITY_TAG.findall(known)
        for each in (form, self.plain, self.compressed):
            if each and each.tag in tags:
                return each.unchanged
        return None


def prefers_gzip(accept_encoding: str) -> bool:
    """Whether this Accept-Encoding asks for gzip (RFC 9110 §12.5.3)."""
    # A longer one would be long to read, and to remember.
    return len(accept_encoding) <= MAX_HEADER and _prefers_gzip(accept_encoding)


@lru_cache(maxsize=256)
def _prefers_gzip(accept_encoding: str) -> bool:
    accept = parse_accept_header(accept_encoding)
    return accept.quality("gzip") > 0 and accept.best_match(("gzip", "identity")) == "gzip"


def prepare_responses(resource: Resource) -> PathResponses:
    """Return every response of the path at which a resource is."""
    headers = resource.headers
    options = Response("204 No Content", tuple(_options_headers(headers)))
    if resource.media_type.partition(";")[0] not in COMPRESSED_TYPES:
        return PathResponses(_prepare_variant(resource.body, resource.etag, headers), None, options)
    headers = (*headers, ("Vary", "Accept-Encoding"))
    # No date in it: replicas with the same zlib agree on the bytes, too.
    body = gzip.compress(resource.body, COMPRESSION_LEVEL, mtime=0)
    tag = f'{resource.etag[:-1]}-gzip"'
    compressed = _prepare_variant(body, tag, (*headers, ("Content-Encoding", "gzip")))
    return PathResponses(
        _prepare_variant(resource.body, resource.etag, headers), compressed, options
    )


def _prepare_variant(body: bytes, tag: str, headers: Headers) -> Variant:
    headers = (*headers, ("ETag", tag))
    whole = (*headers, ("Content-Length", str(len(body))))
    short = tuple((name, value) for name, value in headers if name not in BODY_HEADERS)
    return Variant(
        tag=tag,
        full=Response("200 OK", whole, body),
        head=Response("200 OK", whole),
        unchanged=Response("304 Not Modified", short),
    )


def _options_headers(headers: Headers) -> Iterator[tuple[str, str]]:
    yield "Allow", ", ".join(METHODS)
    yield from (each for each in headers if each[0] not in {*BODY_HEADERS, "Cache-Control"})
    if any(name == "Access-Control-Allow-Origin" for name, _ in headers):
        # A script elsewhere that sends If-None-Match asks for leave first (a CORS preflight).
        yield "Access-Control-Allow-Methods", ", ".join(METHODS)
        yield "Access-Control-Allow-Headers", "*"
        yield "Access-Control-Max-Age", "86400"
