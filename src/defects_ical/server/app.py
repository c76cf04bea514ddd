"""The site over HTTP: prepared responses for its paths, and Flask for everything else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock
from typing import Final
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, redirect, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, ServiceUnavailable
from werkzeug.wrappers import Response as BaseResponse

from defects_ical import __version__
from defects_ical.content.site_url import SiteURL
from defects_ical.server.reloader import LiveSite, SiteReloader
from defects_ical.server.responses import METHODS, PathResponses, prepare_responses
from defects_ical.site.build import Resource
from defects_ical.site.headers import get_security_headers

NOT_ALLOWED: Final = "Nothing can be changed here; ask with GET, HEAD or OPTIONS."
# Seconds after which it is worth asking again for what cannot be served now.
RETRY_AFTER: Final = 60
UNAVAILABLE: Final = "There is no schedule to show at the moment; ask again in a minute."
# An address that leads nowhere now may be an episode's tomorrow: a CDN keeps that a minute.
NOT_FOUND_CACHE: Final = "public, max-age=60"
# Browsers keep a redirect for ever that says nothing of it.
REDIRECT_CACHE: Final = "public, max-age=300"


@dataclass(frozen=True, slots=True)
class ResponseTable:
    """A publication, and everything that its paths answer, with and without the address's own."""

    publication: LiveSite
    answers: Mapping[str, PathResponses]


NOTHING: Final = ResponseTable(LiveSite(), {})


class SiteMiddleware:
    """A WSGI application that answers for the site's paths; another one answers for the rest.

    The paths are known with and without the address's own before them, since some proxies take
    that away and some do not. With its first request it begins to follow its publisher: not
    before, since a server may load the application in one process and answer in others.
    """

    def __init__(self, publisher: SiteReloader, site_url: SiteURL, rest: WSGIApplication) -> None:
        self.served = _build_table(publisher.publication, site_url, NOTHING)
        self._publisher = publisher
        self._site_url = site_url
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
        self.served = _build_table(publication, self._site_url, self.served)


def create_app(publisher: SiteReloader, site_url: SiteURL) -> Flask:
    """The service of what is published at ``address``, now and after every edit.

    As long as there is no site, every path but ``/healthz`` answers 503.
    """
    app = Flask(__name__, static_folder=None)
    # A path is one of the site's to the letter, or it is not.
    app.url_map.merge_slashes = False
    responder = SiteMiddleware(publisher, site_url, app.wsgi_app)
    app.wsgi_app = responder  # type: ignore[method-assign] # how Flask wants it wrapped

    health, root = partial(_health, responder), partial(_to_root, responder, site_url)
    for prefix in {"", site_url.path}:
        app.add_url_rule(f"{prefix}/healthz", "health", health)
        # So is the page called in a folder of files.
        app.add_url_rule(f"{prefix}/index.html", "root", root)
    if site_url.path:
        app.add_url_rule(site_url.path, "root", root)

    app.before_request(_know_slashes)
    app.register_error_handler(HTTPException, partial(_refuse, responder))
    app.after_request(partial(_complete, site_url))
    return app


def _build_table(publication: LiveSite, site_url: SiteURL, before: ResponseTable) -> ResponseTable:
    """What is served of a publication; what has not changed answers as before."""
    if publication.site is before.publication.site:
        return replace(before, publication=publication)
    had = before.publication.site
    answers = {
        path: before.answers[path] if had.get(path) == resource else prepare_responses(resource)
        for path, resource in publication.site.items()
    }
    answers |= {site_url.path + path: each for path, each in answers.items()}
    return ResponseTable(publication, answers)


def _path(environ: WSGIEnvironment) -> str:
    """The path asked for; a server may leave out what is empty (PEP 3333)."""
    return environ.get("PATH_INFO") or "/"


def _health(responder: SiteMiddleware) -> Response:
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


def _to_root(responder: SiteMiddleware, site_url: SiteURL) -> BaseResponse:
    """Where the page is: of the host, which only a request could tell, it says nothing."""
    if not responder.served.publication.site:
        raise NotFound
    response = redirect(f"{site_url.path}/", 308)
    response.headers["Cache-Control"] = REDIRECT_CACHE
    return response


def _know_slashes() -> None:
    # In request.path, and in what Flask matches, the first ones are merged all the same.
    if _path(request.environ).startswith("//"):
        raise NotFound


def _refuse(responder: SiteMiddleware, error: HTTPException) -> BaseResponse:
    """What is answered instead of what was asked for."""
    served = responder.served
    if not isinstance(error, (NotFound, MethodNotAllowed)):
        return _plain_text_error(error)
    if isinstance(error, MethodNotAllowed) or _path(request.environ) in served.answers:
        return _plain_text_error(MethodNotAllowed(METHODS, NOT_ALLOWED))
    if not served.publication.site:
        return _plain_text_error(ServiceUnavailable(UNAVAILABLE, retry_after=RETRY_AFTER))
    return _not_found(served.publication.site["/404.html"])


def _complete(site_url: SiteURL, response: Response) -> Response:
    """A response of Flask's with the headers that all have."""
    response.headers.update(get_security_headers(site_url))
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


def _plain_text_error(error: HTTPException) -> BaseResponse:
    """An error in a line of text, with the headers that belong to it."""
    response = error.get_response()
    response.content_type = "text/plain; charset=utf-8"
    response.set_data(f"{error.code} {error.name}: {error.description}\n")
    response.headers["Cache-Control"] = "no-store"
    return response
