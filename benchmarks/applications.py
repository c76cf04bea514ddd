"""Other ways to serve the feed from Python, for any WSGI server: a function makes each."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask, Response, request
from whitenoise import WhiteNoise

from benchmarks import plain
from defects_ical.content.site_url import SiteURL
from defects_ical.schedule.episodes import Episode, expand_episodes
from defects_ical.schedule.loader import load_schedule
from defects_ical.schedule.model import Schedule
from defects_ical.site.build import build_site
from defects_ical.site.headers import MEDIA_TYPES

FEED: Final = "/the-defects.ics"
SCHEDULE: Final = Path(__file__).parent.parent / "schedule.yaml"
SITE_URL: Final = SiteURL.parse("https://defects.example")
FOLDER: Final = "EXPORTED"
"""Names the environment's variable that names the exported folder."""


def prebuilt() -> Flask:
    """A view that returns our bytes and headers, which were made before."""
    resource = build_site(load_schedule(SCHEDULE), SITE_URL)[FEED]
    app = Flask(__name__)

    @app.get(FEED)
    def feed() -> Response:
        response = Response(resource.body, headers=dict(resource.headers))
        response.set_etag(resource.etag.strip('"'))
        response.make_conditional(request)
        return response

    return app


def rebuilding() -> Flask:
    """A view that makes the calendar anew for each request, of episodes that it has at hand."""
    return _rebuilding(plain.whole_calendar)


def rebuilding_without_zone() -> Flask:
    """The same without the definition of the zone, as some feeds are that should have it."""
    return _rebuilding(plain.calendar)


def _rebuilding(calendar: Callable[[Schedule, tuple[Episode, ...], SiteURL], bytes]) -> Flask:
    schedule = load_schedule(SCHEDULE)
    episodes = expand_episodes(schedule)
    app = Flask(__name__)

    @app.get(FEED)
    def feed() -> Response:
        body = calendar(schedule, episodes, SITE_URL)
        response = Response(body, content_type=MEDIA_TYPES[".ics"])
        response.add_etag()
        response.make_conditional(request)
        return response

    return app


def files() -> WhiteNoise:
    """WhiteNoise, with the exported folder."""
    # Without it, feeds would be of no type that calendar programs know.
    types = {".ics": MEDIA_TYPES[".ics"].partition(";")[0]}
    return WhiteNoise(_nothing, root=os.environ[FOLDER], mimetypes=types, max_age=300)


def _nothing(_: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    start_response("404 Not Found", [("Content-Length", "0")])
    return []
