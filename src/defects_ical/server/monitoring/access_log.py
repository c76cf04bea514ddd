"""The access log: one line for each request, without the address of the client."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Final, Protocol, TypeAlias
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIEnvironment

from defects_ical.server.monitoring.logs import with_fields

LOG: Final = logging.getLogger("defects_ical.access")
# Characters of a path or a method that are logged.
MAX_PATH: Final = 500
MAX_METHOD: Final = 20
# What a path may contain unescaped (RFC 3986 §3.3).
_SAFE: Final = "/!$&'()*+,;=:@"

_ExcInfo: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]
)


class _Application(Protocol):
    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse, /
    ) -> Iterable[bytes]: ...

    def start(self) -> None: ...


class AccessLog:
    """A WSGI middleware that logs each request when its response is passed to the server.

    Who it is from is left to the proxy, which knows it. The query is left out: it has no effect.
    """

    def __init__(self, app: _Application) -> None:
        self._app = app

    def start(self) -> None:
        """Start the site."""
        self._app.start()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Respond to one request (PEP 3333)."""
        started = time.perf_counter()
        response = _Response(start_response)
        try:
            return self._app(environ, response)
        except BaseException:
            response.status = 500
            raise
        finally:
            _log_request(environ, response, time.perf_counter() - started)


class _Response:
    """Remembers the status and the size of a response."""

    def __init__(self, start_response: StartResponse) -> None:
        self._start_response = start_response
        self.status = 0
        self._length = 0

    def __call__(
        self,
        status: str,
        headers: list[tuple[str, str]],
        exc_info: _ExcInfo | None = None,
        /,
    ) -> Callable[[bytes], object]:
        self.status = int(status[:3])
        lengths = (value for name, value in headers if name.lower() == "content-length")
        self._length = int(next(lengths, "0"))
        if exc_info:
            return self._start_response(status, headers, exc_info)
        return self._start_response(status, headers)

    def count_bytes(self, method: str) -> int:
        """Return the bytes of the body, which not every response has (RFC 9110 §6.4.1)."""
        return 0 if method == "HEAD" or self.status in {204, 304} else self._length


def _log_request(environ: WSGIEnvironment, response: _Response, seconds: float) -> None:
    method = _escape(environ["REQUEST_METHOD"], MAX_METHOD, "")
    path = _escape(environ.get("PATH_INFO") or "/", MAX_PATH, _SAFE)
    size, milliseconds = response.count_bytes(method), round(seconds * 1000, 3)
    LOG.info(
        "%s %s %d %d bytes %.3f ms",
        method,
        path,
        response.status,
        size,
        milliseconds,
        extra=with_fields(
            "request",
            method=method,
            path=path,
            status=response.status,
            bytes=size,
            duration_ms=milliseconds,
        ),
    )


def _escape(text: str, length: int, safe: str) -> str:
    """Return a text in visible ASCII characters, shortened to ``length`` before it is escaped."""
    # WSGI decodes as Latin-1 (PEP 3333).
    shown = quote(text[:length], safe, "latin-1")
    return f"{shown}..." if len(text) > length else shown
