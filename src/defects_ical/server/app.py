"""The WSGI application: prepared responses for the site's paths, Flask for all other requests."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, redirect, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, ServiceUnavailable
from werkzeug.wrappers import Response as BaseResponse

from defects_ical import __version__
from defects_ical.content.site_url import SiteURL
from defects_ical.server.reloader import LiveSite, SiteReloader
from defects_ical.server.responses import METHODS, PathResponses, prepare_responses
from defects_ical.site.headers import get_security_headers


@dataclass(frozen=True, slots=True)
class ResponseTable:
    """A live site and its responses by path, each path with and without the site URL's path."""

    live: LiveSite
    responses: Mapping[str, PathResponses]


class SiteMiddleware:
    """A WSGI middleware that serves the site's paths, and passes other requests on.

    It accepts paths with and without the site URL's path in front, because some proxies strip it.
    It starts polling with its first request, not earlier: a server may create the application in
    one process and serve requests in others.
    """

    def __init__(self, reloader: SiteReloader, site_url: SiteURL, app: WSGIApplication) -> None:
        self.table = ResponseTable(LiveSite(), {})
        self._reloader = reloader
        self._site_url = site_url
        self._app = app
        self._is_started = False
        self._start_lock = Lock()
        self.swap_in()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Respond to one request (PEP 3333)."""
        if not self._is_started:
            self.start()
        responses = self.table.responses.get(_get_path(environ))
        response = responses and responses.select(environ)
        if not response:
            return self._app(environ, start_response)
        # New lists for each request: a server or another middleware may change them.
        start_response(response.status, [*response.headers])
        return [response.body]

    def start(self) -> None:
        """Catch up with the schedule file, then poll it in a thread."""
        with self._start_lock:
            if self._is_started:
                return
            if self._reloader.catch_up():
                self.swap_in()
            self._reloader.start_polling(self.swap_in)
            self._is_started = True

    def swap_in(self) -> None:
        """Serve the reloader's live site from now on. Keep the responses of unchanged resources."""
        live, before = self._reloader.live, self.table
        if live.site is before.live.site:
            self.table = replace(before, live=live)
            return
        responses = {
            path: before.responses[path]
            if before.live.site.get(path) == resource
            else prepare_responses(resource)
            for path, resource in live.site.items()
        }
        responses |= {self._site_url.path + path: each for path, each in responses.items()}
        # One assignment after all responses are ready: no request sees half of a new site.
        self.table = ResponseTable(live, responses)


def create_app(reloader: SiteReloader, site_url: SiteURL) -> Flask:
    """Return the application that serves the reloader's live site at ``site_url``.

    As long as there is no site, every path except ``/healthz`` responds with 503.
    """
    app = Flask(__name__, static_folder=None)
    # Only exact paths are valid: `//the-defects.ics` is a 404, not a redirect.
    app.url_map.merge_slashes = False
    middleware = SiteMiddleware(reloader, site_url, app.wsgi_app)
    app.wsgi_app = middleware  # type: ignore[method-assign] # the way Flask documents

    health = partial(_get_health, middleware)
    root = partial(_redirect_to_page, middleware, site_url)
    for prefix in {"", site_url.path}:
        app.add_url_rule(f"{prefix}/healthz", "health", health)
        # The name of the page in an exported folder.
        app.add_url_rule(f"{prefix}/index.html", "root", root)
    if site_url.path:
        app.add_url_rule(site_url.path, "root", root)

    app.before_request(_reject_double_slash)
    app.register_error_handler(HTTPException, partial(_handle_http_error, middleware))
    app.after_request(partial(_add_common_headers, site_url))
    return app


def _get_path(environ: WSGIEnvironment) -> str:
    """Return the requested path; a server may leave out an empty PATH_INFO (PEP 3333)."""
    return environ.get("PATH_INFO") or "/"


def _get_health(middleware: SiteMiddleware) -> Response:
    """Return the state of the service as JSON: 200 if there is a site, otherwise 503."""
    live = middleware.table.live
    facts = {
        "status": ("degraded" if live.problem else "ok") if live.site else "unavailable",
        "version": __version__,
        "loaded_at": live.loaded_at and live.loaded_at.isoformat(timespec="seconds"),
        "digest": live.digest,
        "episodes": live.episodes and dict(live.episodes),
        "problem": live.problem,
    }
    body = f"{json.dumps(facts, indent=2)}\n"
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return Response(body, 200 if live.site else 503, headers)


def _redirect_to_page(middleware: SiteMiddleware, site_url: SiteURL) -> BaseResponse:
    """Redirect to the page by its path only: the Host header is not trusted."""
    if not middleware.table.live.site:
        raise NotFound
    response = redirect(f"{site_url.path}/", 308)
    # Without an explicit lifetime, browsers keep a permanent redirect indefinitely.
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def _reject_double_slash() -> None:
    # Flask merges slashes at the start of a path even with merge_slashes = False.
    if _get_path(request.environ).startswith("//"):
        raise NotFound


def _handle_http_error(middleware: SiteMiddleware, error: HTTPException) -> BaseResponse:
    """Return the response to a request that neither the site nor a Flask view can serve."""
    table = middleware.table
    if not isinstance(error, (NotFound, MethodNotAllowed)):
        return _make_plain_text_error(error)
    if isinstance(error, MethodNotAllowed) or _get_path(request.environ) in table.responses:
        return _make_plain_text_error(MethodNotAllowed(METHODS, "Use GET, HEAD or OPTIONS."))
    if not table.live.site:
        message = "There is no valid schedule. Try again in a minute."
        return _make_plain_text_error(ServiceUnavailable(message, retry_after=60))
    page = table.live.site["/404.html"]
    response = Response(page.body, 404, page.headers)
    # Short: an edit of the schedule can add an episode with this path.
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


def _add_common_headers(site_url: SiteURL, response: Response) -> Response:
    """Add the headers that all of Flask's responses have."""
    response.headers.update(get_security_headers(site_url))
    # Nothing here is secret, and a script on another site may need to read the error.
    response.headers["Access-Control-Allow-Origin"] = "*"
    if "Allow" in response.headers:
        # Flask lists the methods in an order that differs between processes.
        response.headers["Allow"] = ", ".join(METHODS)
    return response


def _make_plain_text_error(error: HTTPException) -> BaseResponse:
    """Return an error as one line of text, with the headers of its status."""
    response = error.get_response()
    response.content_type = "text/plain; charset=utf-8"
    response.set_data(f"{error.code} {error.name}: {error.description}\n")
    response.headers["Cache-Control"] = "no-store"
    return response
