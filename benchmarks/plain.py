"""What most would write: a Flask view that returns the same bytes, prepared once."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, request

import wsgi
from defects_ical.loading import load
from defects_ical.site import build

FEED: Final = build(load(wsgi.SCHEDULE), wsgi.ADDRESS)["/the-defects.ics"]

app: Final = Flask(__name__)


@app.get("/the-defects.ics")
def feed() -> Response:
    """The feed, or 304 for those who have it."""
    response = Response(FEED.body, headers=dict(FEED.headers))
    response.set_etag(FEED.etag.strip('"'))
    response.make_conditional(request)
    return response
