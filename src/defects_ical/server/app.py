"""The WSGI application: prepared responses for the site's paths, Flask for all other requests."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import partial
from itertools import product
from typing import Final, NamedTuple, Protocol
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, redirect, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, ServiceUnavailable
from werkzeug.wrappers import Response as BaseResponse

from defects_ical.content.links.site_url import SiteURL
from defects_ical.server.monitoring.access_log import AccessLog
from defects_ical.server.monitoring.counters import (
    OTHER,
    SERVICE,
    RequestCounters,
    Row,
    find_slot,
)
from defects_ical.server.responses import METHODS, PathResponses, PreparedResponse
from defects_ical.site.build import Resource
from defects_ical.site.headers import get_security_headers


class ServedSite(Protocol):
    """The site that an application serves, which changes while it does.

    Paths are those of requests, with or without the path of the site's URL in front, because some
    proxies strip it.
    """

    def find_responses(self, path: str) -> PathResponses | None:
        """Return all responses of a path, or None if there is no resource."""

    def find_error_page(self, path: str) -> Resource | None:
        """Return the page for a path that does not exist; None if there is no site."""

    def find_page(self, path: str) -> str | None:
        """Return the path of the page that has another name: that of a file, or of a folder."""

    def describe_health(self) -> Mapping[str, object]:
        """Return the state of the service; its status is "unavailable" if there is no site."""

    def start(self) -> None:
        """Begin to follow changes, in the process that serves. May be called again."""


class Monitoring(NamedTuple):
    """What operators want to see: ``/metrics``, if there are counters, and a log of requests."""

    counters: RequestCounters | None = None
    has_access_log: bool = False


NOT_MONITORED: Final = Monitoring()


class SiteMiddleware:
    """A WSGI middleware that serves the site's paths, and passes other requests on.

    The site is started with the first request, not earlier: a server may create the application
    in one process and serve requests in others. ``row`` counts the requests, if they are counted.
    """

    def __init__(
        self, site: ServedSite, app: WSGIApplication, counters: RequestCounters | None = None
    ) -> None:
        self.site = site
        self.row: Row | None = None
        self._app = app
        self._counters = counters
        self._is_started = False

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Respond to one request (PEP 3333)."""
        if not self._is_started:
            self.start()
        responses = self.site.find_responses(_get_path(environ))
        response = responses and responses.select(environ)
        if not response:
            return self._app(environ, start_response)
        if self.row is not None:
            self.row[response.slot] += 1
        # New lists for each request: a server or another middleware may change them.
        start_response(response.status, [*response.headers])
        return response.chunks or [response.body]

    def start(self) -> None:
        """Start the site."""
        if self._counters:
            self.row = self._counters.claim_row()
        self.site.start()
        self._is_started = True


class LateResponse(Response):
    """The site's response to a request that Flask got, because the path was not there before."""

    default_mimetype = None

    def __init__(self, prepared: PreparedResponse) -> None:
        body = prepared.chunks or [prepared.body]
        super().__init__(body, prepared.status, [*prepared.headers])
        self.slot = prepared.slot


def create_app(
    site: ServedSite, site_url: SiteURL, monitoring: Monitoring = NOT_MONITORED
) -> Flask:
    """Return the application that serves a site at ``site_url``.

    As long as there is no site, every path except ``/healthz`` responds with 503.
    """
    app = Flask(__name__, static_folder=None)
    # Only exact paths are valid: `//the-defects.ics` is a 404, not a redirect.
    app.url_map.merge_slashes = False
    middleware = SiteMiddleware(site, app.wsgi_app, monitoring.counters)
    app.wsgi_app = AccessLog(middleware) if monitoring.has_access_log else middleware  # type: ignore[method-assign] # the way Flask documents
    views = {"healthz": partial(_get_health, site)}
    if monitoring.counters:
        views["metrics"] = partial(_get_metrics, site, monitoring.counters)
        app.after_request(partial(_count_response, middleware))
    for name, prefix in product(views, {"", site_url.path}):
        app.add_url_rule(f"{prefix}/{name}", name, views[name])
    app.before_request(partial(_redirect_to_page, site))
    app.register_error_handler(HTTPException, partial(_handle_http_error, site))
    app.after_request(partial(_add_common_headers, site_url))
    return app


def _get_path(environ: WSGIEnvironment) -> str:
    """Return the requested path; a server may leave out an empty PATH_INFO (PEP 3333)."""
    return environ.get("PATH_INFO") or "/"


def _get_health(site: ServedSite) -> Response:
    """Return the state of the service as JSON: 200 if there is a site, otherwise 503."""
    health = site.describe_health()
    body = f"{json.dumps(health, indent=2, ensure_ascii=False)}\n"
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return Response(body, 503 if health["status"] == "unavailable" else 200, headers)


def _get_metrics(site: ServedSite, counters: RequestCounters) -> Response:
    """Return the metrics in Prometheus' text format."""
    from defects_ical.server.monitoring.metrics import (  # noqa: PLC0415 - slow, and rarely wanted
        CONTENT_TYPE,
        render_metrics,
    )

    body = render_metrics(counters.sum_rows(), site.describe_health())
    return Response(body, headers={"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"})


def _count_response(middleware: SiteMiddleware, response: Response) -> Response:
    """Count a response of Flask's; those of the site are counted before."""
    if middleware.row is not None:
        if isinstance(response, LateResponse):
            slot = response.slot
        else:
            slot = find_slot(SERVICE if request.endpoint else OTHER, response.status_code)
        middleware.row[slot] += 1
    return response


def _redirect_to_page(site: ServedSite) -> BaseResponse | None:
    """Redirect to a page by its path only: the Host header is not trusted."""
    path = _get_path(request.environ)
    # Flask merges slashes at the start of a path even with merge_slashes = False.
    if path.startswith("//"):
        raise NotFound
    # `/metrics` is not the show of this name, whose page is `/metrics/`.
    page = None if request.endpoint else site.find_page(path)
    if page is None:
        return None
    if request.method not in METHODS:
        raise MethodNotAllowed(METHODS, "Use GET, HEAD or OPTIONS.")
    response = redirect(page, 308)
    # Without an explicit lifetime, browsers keep a permanent redirect indefinitely.
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def _handle_http_error(site: ServedSite, error: HTTPException) -> BaseResponse:
    """Return the response to a request that neither the middleware nor a Flask view can serve."""
    path = _get_path(request.environ)
    if not isinstance(error, (NotFound, MethodNotAllowed)):
        return _make_plain_text_error(error)
    responses = site.find_responses(path)
    # An edit may have added the path since the middleware looked for it.
    if prepared := responses and responses.select(request.environ):
        return LateResponse(prepared)
    if isinstance(error, MethodNotAllowed) or responses:
        return _make_plain_text_error(MethodNotAllowed(METHODS, "Use GET, HEAD or OPTIONS."))
    page = site.find_error_page(path)
    if not page:
        message = "There is no valid schedule. Try again in a minute."
        return _make_plain_text_error(ServiceUnavailable(message, retry_after=60))
    response = Response(page.body, 404, page.headers)
    # Short: an edit of the schedule can add an episode with this path.
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


def _add_common_headers(site_url: SiteURL, response: Response) -> Response:
    """Add the headers that all of Flask's responses have; those of the site have theirs."""
    if isinstance(response, LateResponse):
        return response
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
