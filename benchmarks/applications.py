"""Other ways to serve the feed from Python: functions that create WSGI applications."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, request
from whitenoise import WhiteNoise

from benchmarks.others.feed_libraries import make_with_icalendar
from benchmarks.others.plain_feeds import PlainFeed, make_plain_feed
from defects_ical.content.links.site_url import SiteURL
from defects_ical.content.site_input import SiteInput
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.build import build_site
from defects_ical.site.headers import MEDIA_TYPES

FEED: Final = "/the-defects.ics"
SCHEDULE: Final = Path(__file__).parent.parent / "schedule.yaml"
SITE_URL: Final = SiteURL.parse("https://defects.example")
FOLDER_VARIABLE: Final = "EXPORTED"
"""The environment variable with the path of the exported folder."""

MakeFeed = Callable[[PlainFeed], bytes]


def create_prebuilt() -> Flask:
    """Create a Flask application that returns our bytes and headers, built in advance."""
    resource = build_site(load_schedule(SCHEDULE), SITE_URL)[FEED]
    app = Flask(__name__)

    @app.get(FEED)
    def get_feed() -> Response:
        response = Response(resource.body, headers=dict(resource.headers))
        response.set_etag(resource.etag.strip('"'))
        response.make_conditional(request)
        return response

    return app


def create_empty() -> WSGIApplication:
    """Create an application that does nothing but return our bytes and headers."""
    resource = build_site(load_schedule(SCHEDULE), SITE_URL)[FEED]
    length = ("Content-Length", str(len(resource.body)))
    headers = [*resource.headers, ("ETag", resource.etag), length]
    chunks = [resource.body]

    def respond(_: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response("200 OK", headers)
        return chunks

    return respond


def create_rebuilding() -> Flask:
    """Create a Flask application that builds the calendar for each request."""
    return _create_rebuilding(partial(make_with_icalendar, add_timezone=True))


def create_rebuilding_without_timezone() -> Flask:
    """Create the same application without VTIMEZONE, which many feeds lack by mistake."""
    return _create_rebuilding(make_with_icalendar)


def _create_rebuilding(make_feed: MakeFeed) -> Flask:
    feed = make_plain_feed(SiteInput(load_schedule(SCHEDULE), SITE_URL)).keep()
    app = Flask(__name__)

    @app.get(FEED)
    def get_feed() -> Response:
        body = make_feed(feed)
        response = Response(body, content_type=MEDIA_TYPES[".ics"])
        response.add_etag()
        response.make_conditional(request)
        return response

    return app


def create_whitenoise() -> WhiteNoise:
    """Create a WhiteNoise application with the exported folder."""
    # By default, WhiteNoise serves .ics as application/octet-stream.
    types = {".ics": MEDIA_TYPES[".ics"].partition(";")[0]}
    folder = os.environ[FOLDER_VARIABLE]
    return WhiteNoise(_respond_not_found, root=folder, mimetypes=types, max_age=300)


def _respond_not_found(_: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    start_response("404 Not Found", [("Content-Length", "0")])
    return []
