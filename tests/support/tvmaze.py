"""A local server that answers as TVmaze's API does, with the shows in tests/sources/tvmaze."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from tests.support.faulty_server import PATH, Reply, Request, Scenario, serve

SHOWS_FOLDER: Final = Path(__file__).parent.parent / "sources" / "tvmaze"
WEEKLY: Final = 81001
DAILY: Final = 81002
BINGE: Final = 81003
SEASONS: Final = 81004
UNKNOWN: Final = 81005
ENDED: Final = 81006

_HEADERS: Final = {
    "Content-Type": "application/json; charset=UTF-8",
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "public, max-age=3600",
}
_SHOW_PATH: Final = re.compile("/shows/([0-9]+)")


@dataclass
class TVmazeServer:
    """A server that is running; ``api`` is the URL to use instead of TVmaze's.

    ``shows`` may be changed at any time. The next ``refusals`` requests get a 429 with
    ``retry_after`` (seconds, or None for no such header). ``log`` has every request.
    """

    shows: dict[int, dict[str, Any]]
    api: str = ""
    log: list[Request] = field(default_factory=list)
    refusals: int = 0
    retry_after: str | None = "0"

    def respond(self, request: Request) -> Reply:
        """Return what TVmaze would send."""
        if self.refusals:
            self.refusals -= 1
            headers = {} if self.retry_after is None else {"Retry-After": self.retry_after}
            return _send_error(429, "Too Many Requests", headers)
        url = urlsplit(request.path)
        found = _SHOW_PATH.fullmatch(url.path)
        show = self.shows.get(int(found[1])) if found else None
        if show is None:
            return _send_error(404, "Not Found")
        return Reply(200, _HEADERS, json.dumps(_embed(show, unquote(url.query))).encode())


def load_shows() -> dict[int, dict[str, Any]]:
    """Return the shows in the folder by their ids: new objects, which a test may change."""
    shows = [json.loads(path.read_bytes()) for path in sorted(SHOWS_FOLDER.glob("*.json"))]
    return {show["id"]: show for show in shows}


@contextmanager
def serve_tvmaze(shows: Mapping[int, dict[str, Any]] | None = None) -> Iterator[TVmazeServer]:
    """Run a server in a thread, with these shows or those in the folder."""
    server = TVmazeServer(dict(load_shows() if shows is None else shows))
    with serve(Scenario(server.respond)) as running:
        server.api, server.log = running.url.removesuffix(PATH), running.log
        yield server


def _embed(show: dict[str, Any], query: str) -> dict[str, Any]:
    """Return a show with the parts that a query asks for, as TVmaze names them."""
    requested = parse_qs(query).get("embed[]", [])
    embedded = show.get("_embedded", {})
    plain = {name: value for name, value in show.items() if name != "_embedded"}
    parts = {name: value for name, value in embedded.items() if name in requested}
    return plain | {"_embedded": parts} if parts else plain


def _send_error(status: int, name: str, headers: Mapping[str, str] | None = None) -> Reply:
    body = {"name": name, "message": "", "code": 0, "status": status}
    return Reply(status, {**_HEADERS, **(headers or {})}, json.dumps(body).encode())
