"""The site over HTTP: a responder for the site's paths, and Flask for everything else.

All that can be prepared is prepared when the application is made: a request for a path of the
site picks a finished answer and never enters Flask. Nothing of a request reaches the content.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from threading import Lock
from typing import Final, TypeAlias
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, redirect, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, ServiceUnavailable
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Response as BaseResponse

from defects_ical import __version__
from defects_ical.links import Address
from defects_ical.publisher import Publication, Publisher
from defects_ical.site import Resource, safety

Headers: TypeAlias = tuple[tuple[str, str], ...]

METHODS: Final = ("GET", "HEAD", "OPTIONS")
NOT_ALLOWED: Final = "Nothing can be changed here; ask with GET, HEAD or OPTIONS."
# Seconds after which it is worth asking again for what cannot be served now.
RETRY_AFTER: Final = 60
UNAVAILABLE: Final = "There is no schedule to show at the moment; ask again in a minute."
# Not feeds: compressed ones broke subscriptions in Outlook.
COMPRESSED: Final = {
    "application/atom+xml",
    "application/json",
    "image/svg+xml",
    "text/css",
    "text/html",
    "text/javascript",
}
# The ninth level takes up to eight times as long, and saves a page of eight episodes 0.3 %.
COMPRESSION: Final = 6
# What tells of a body is left out where there is none (RFC 9110 §15.4.5).
OF_THE_BODY: Final = {
    "Content-Disposition",
    "Content-Encoding",
    "Content-Security-Policy",
    "Content-Type",
    "Permissions-Policy",
}
# An address that leads nowhere now may be an episode's tomorrow: a CDN keeps that a minute.
NOT_FOUND_CACHE: Final = "public, max-age=60"
# Browsers keep a redirect for ever that says nothing of it.
REDIRECT_CACHE: Final = "public, max-age=300"
MOST_OF_A_HEADER: Final = 256
ENTITY_TAG: Final = re.compile(r'"[\x21\x23-\x7e\x80-\xff]*"')


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer: the status line, all headers, the body."""

    status: str
    headers: Headers
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a resource, as it is or compressed: its entity tag, and what it answers."""

    tag: str
    full: Answer
    head: Answer
    unchanged: Answer


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything that one path answers."""

    plain: Form
    compressed: Form | None
    options: Answer

    def select(self, environ: WSGIEnvironment) -> Answer | None:
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

    def _unchanged(self, known: str, form: Form) -> Answer | None:
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


@dataclass(frozen=True, slots=True)
class Served:
    """A publication, and everything that its paths answer, with and without the address's own."""

    publication: Publication
    answers: Mapping[str, Answers]


NOTHING: Final = Served(Publication(), {})


class Responder:
    """A WSGI application that answers for the site's paths; another one answers for the rest.

    The paths are known with and without the address's own before them, since some proxies take
    that away and some do not. With its first request it begins to follow its publisher: not
    before, since a server may load the application in one process and answer in others.
    """

    def __init__(self, publisher: Publisher, address: Address, rest: WSGIApplication) -> None:
        self.served = _served(publisher.publication, address, NOTHING)
        self._publisher = publisher
        self._address = address
        self._rest = rest
        self._begun = False
        self._beginning = Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        if not self._begun:
            self.begin()
        answers = self.served.answers.get(_path(environ))
        answer = answers and answers.select(environ)
        if not answer:
            return self._rest(environ, start_response)
        # Lists of this request's own: a server or a middleware may add to them.
        start_response(answer.status, [*answer.headers])
        return [answer.body]

    def begin(self) -> None:
        """Follow the publisher from now on, with what has become of it at once."""
        with self._beginning:
            if self._begun:
                return
            if self._publisher.catch_up():
                self.take_up()
            self._publisher.follow(self.take_up)
            self._begun = True

    def take_up(self) -> None:
        """Serve from now on what the publisher publishes now."""
        # All is prepared before anything of it is served, and then served at once.
        publication = self._publisher.publication
        self.served = _served(publication, self._address, self.served)


def create_app(publisher: Publisher, address: Address) -> Flask:
    """The service of what is published at ``address``, now and after every edit.

    As long as there is no site, every path but ``/healthz`` answers 503.
    """
    app = Flask(__name__, static_folder=None)
    # A path is one of the site's to the letter, or it is not.
    app.url_map.merge_slashes = False
    responder = Responder(publisher, address, app.wsgi_app)
    app.wsgi_app = responder  # type: ignore[method-assign] # how Flask wants it wrapped

    health, root = partial(_health, responder), partial(_to_root, responder, address)
    for prefix in {"", address.path}:
        app.add_url_rule(f"{prefix}/healthz", "health", health)
        # So is the page called in a folder of files.
        app.add_url_rule(f"{prefix}/index.html", "root", root)
    if address.path:
        app.add_url_rule(address.path, "root", root)

    app.before_request(_know_slashes)
    app.register_error_handler(HTTPException, partial(_refuse, responder))
    app.after_request(partial(_complete, address))
    return app


def prefers_gzip(accept_encoding: str) -> bool:
    """Whether this Accept-Encoding asks for gzip (RFC 9110 §12.5.3)."""
    # A longer one would be long to read, and to remember.
    return len(accept_encoding) <= MOST_OF_A_HEADER and _prefers_gzip(accept_encoding)


@lru_cache(maxsize=256)
def _prefers_gzip(accept_encoding: str) -> bool:
    accept = parse_accept_header(accept_encoding)
    return accept.quality("gzip") > 0 and accept.best_match(("gzip", "identity")) == "gzip"


def _served(publication: Publication, address: Address, before: Served) -> Served:
    """What is served of a publication; what has not changed answers as before."""
    if publication.site is before.publication.site:
        return replace(before, publication=publication)
    had = before.publication.site
    answers = {
        path: before.answers[path] if had.get(path) == resource else _answers(resource)
        for path, resource in publication.site.items()
    }
    answers |= {address.path + path: each for path, each in answers.items()}
    return Served(publication, answers)


def _path(environ: WSGIEnvironment) -> str:
    """The path asked for; a server may leave out what is empty (PEP 3333)."""
    return environ.get("PATH_INFO") or "/"


def _answers(resource: Resource) -> Answers:
    headers = resource.headers
    options = Answer("204 No Content", tuple(_options(headers)))
    if resource.media_type.partition(";")[0] not in COMPRESSED:
        return Answers(_form(resource.body, resource.etag, headers), None, options)
    headers = (*headers, ("Vary", "Accept-Encoding"))
    # No date in it: replicas with the same zlib agree on the bytes, too.
    body = gzip.compress(resource.body, COMPRESSION, mtime=0)
    tag = f'{resource.etag[:-1]}-gzip"'
    compressed = _form(body, tag, (*headers, ("Content-Encoding", "gzip")))
    return Answers(_form(resource.body, resource.etag, headers), compressed, options)


def _form(body: bytes, tag: str, headers: Headers) -> Form:
    headers = (*headers, ("ETag", tag))
    whole = (*headers, ("Content-Length", str(len(body))))
    short = tuple((name, value) for name, value in headers if name not in OF_THE_BODY)
    return Form(
        tag=tag,
        full=Answer("200 OK", whole, body),
        head=Answer("200 OK", whole),
        unchanged=Answer("304 Not Modified", short),
    )


def _options(headers: Headers) -> Iterator[tuple[str, str]]:
    yield "Allow", ", ".join(METHODS)
    yield from (each for each in headers if each[0] not in {*OF_THE_BODY, "Cache-Control"})
    if any(name == "Access-Control-Allow-Origin" for name, _ in headers):
        # A script elsewhere that sends If-None-Match asks for leave first (a CORS preflight).
        yield "Access-Control-Allow-Methods", ", ".join(METHODS)
        yield "Access-Control-Allow-Headers", "*"
        yield "Access-Control-Max-Age", "86400"


def _health(responder: Responder) -> Response:
    """What an operator or a load balancer wants to know, above all whether there is a site."""
    publication = responder.served.publication
    loaded, there = publication.loaded_at, bool(publication.site)
    facts = {
        "status": ("degraded" if publication.problem else "ok") if there else "unavailable",
        "version": __version__,
        "loaded_at": loaded and loaded.isoformat(timespec="seconds"),
        "digest": publication.digest,
        "episodes": publication.episodes and dict(publication.episodes),
        "problem": publication.problem,
    }
    status = 200 if there else 503
    body = f"{json.dumps(facts, indent=2)}\n"
    response = Response(body, status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _to_root(responder: Responder, address: Address) -> BaseResponse:
    """Where the page is: of the host, which only a request could tell, it says nothing."""
    if not responder.served.publication.site:
        raise NotFound
    response = redirect(f"{address.path}/", 308)
    response.headers["Cache-Control"] = REDIRECT_CACHE
    return response


def _know_slashes() -> None:
    # In request.path, and in what Flask matches, the first ones are merged all the same.
    if _path(request.environ).startswith("//"):
        raise NotFound


def _refuse(responder: Responder, error: HTTPException) -> BaseResponse:
    """What is answered instead of what was asked for."""
    served = responder.served
    if not isinstance(error, (NotFound, MethodNotAllowed)):
        return _brief(error)
    if isinstance(error, MethodNotAllowed) or _path(request.environ) in served.answers:
        return _brief(MethodNotAllowed(METHODS, NOT_ALLOWED))
    if not served.publication.site:
        return _brief(ServiceUnavailable(UNAVAILABLE, retry_after=RETRY_AFTER))
    return _not_found(served.publication.site["/404.html"])


def _complete(address: Address, response: Response) -> Response:
    """A response of Flask's with the headers that all have."""
    response.headers.update(safety(address))
    # Nothing here is secret, and scripts elsewhere may know why they get no feed.
    response.headers["Access-Control-Allow-Origin"] = "*"
    if "Allow" in response.headers:
        # Flask names them in an order that differs between processes.
        response.headers["Allow"] = ", ".join(METHODS)
    return response


def _not_found(page: Resource) -> Response:
    """The site's own page for addresses that lead nowhere."""
    response = Response(page.body, 404, page.headers)
    response.headers["Cache-Control"] = NOT_FOUND_CACHE
    return response


def _brief(error: HTTPException) -> BaseResponse:
    """An error in a line of text, with the headers that belong to it."""
    response = error.get_response()
    response.content_type = "text/plain; charset=utf-8"
    response.set_data(f"{error.code} {error.name}: {error.description}\n")
    response.headers["Cache-Control"] = "no-store"
    return response
