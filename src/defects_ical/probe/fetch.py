"""Request a URL over HTTP, with limits on redirects, size and time.

Network errors are not raised, but part of the response: see ``Response.error``.
"""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass, field, replace
from threading import Thread
from typing import Final, TypeVar
from urllib.parse import urlsplit

import httpx

from defects_ical.probe.decompression import CONTENT_CODINGS, DECODABLE, Decompressor
from defects_ical.probe.fetch_errors import FetchError, FetchErrorKind, classify_error
from defects_ical.probe.responses import Response, ResponseHead
from defects_ical.probe.urls import is_web_url, redact_url, resolve_location

# Seconds after its deadline that a request which cannot be interrupted is waited for.
GRACE_PERIOD: Final = 0.25
# Errors that every request to the same server would meet.
SERVER_ERRORS: Final[frozenset[FetchErrorKind]] = frozenset(
    {"unknown host", "no connection", "certificate", "tls"}
)

Result = TypeVar("Result")


def get(
    url: str, *, user_agent: str, timeout: float, max_bytes: int, max_redirects: int = 10
) -> Response:
    """Download a URL, through the proxies that the environment names.

    ``timeout`` is in seconds and for everything together. Network errors are not raised: see
    ``Response.error``.
    """
    if not is_web_url(url) or "@" in urlsplit(url).netloc:
        return Response(url, error=FetchError("invalid url", "not a valid http or https URL"))
    try:
        client = httpx.Client(verify=ssl.create_default_context())
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        message = f"the proxy named in the environment cannot be used ({error})"
        return Response(url, error=FetchError("no connection", message))
    with client:
        fetcher = Fetcher(client, max_bytes=max_bytes, max_redirects=max_redirects)
        return fetcher.fetch("GET", url, {"User-Agent": user_agent}, timeout)


def run_with_deadline(function: Callable[[], Result], seconds: float) -> Result | None:
    """Return what the function returns, or None if it takes longer than that.

    It runs in a thread of its own, which is abandoned when the time is up: resolving a host name
    knows no timeout, and each byte of a slow response head starts httpx's read timeout again.
    Raises what the function raises.
    """
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(function())
        except BaseException as error:  # noqa: BLE001 - raised in the waiting thread
            future.set_exception(error)

    Thread(target=run, daemon=True).start()
    finished = wait([future], seconds).done
    return future.result() if finished else None


@dataclass(frozen=True, slots=True)
class Fetcher:
    """An HTTP client with limits.

    ``connect_timeout`` is in seconds and for each connection. ``unreachable`` holds the servers
    that could not be reached, by scheme and host: they are not tried again.
    """

    client: httpx.Client
    max_bytes: int
    max_redirects: int
    connect_timeout: float = 10
    unreachable: dict[str, FetchError] = field(default_factory=dict)

    def fetch(self, method: str, url: str, headers: Mapping[str, str], timeout: float) -> Response:
        """Send a request with these headers only, and follow redirects.

        ``timeout`` is in seconds and for everything together.
        """
        started = time.monotonic()
        timeout_error = FetchError("timeout", f"not finished after {timeout:g} seconds")
        exchange = _Exchange(self, method, url, headers, started + timeout, timeout_error)
        response = None
        if timeout > 0:
            response = run_with_deadline(exchange.run, timeout + GRACE_PERIOD)
        if response is None:
            response = exchange.to_response(error=timeout_error)
        return replace(response, started=started, finished=time.monotonic())


@dataclass(frozen=True, slots=True)
class _Exchange:
    """A request and its redirects; ``heads`` are the responses until now.

    ``timeout_error`` is its error if it is not finished at ``end`` (monotonic clock, seconds).
    """

    fetcher: Fetcher
    method: str
    url: str
    headers: Mapping[str, str]
    end: float
    timeout_error: FetchError
    heads: list[ResponseHead] = field(default_factory=list)

    def run(self) -> Response:
        """Request the URL and where it redirects to, until a response that is no redirect."""
        url = self.url
        while True:
            response = self._request(url)
            location = self.heads[-1].location if self.heads else None
            if response.error or location is None:
                return response
            url = resolve_location(url, location)
            if error := self._check_redirect(url):
                return self.to_response(error=error)

    def to_response(
        self,
        body: bytes = b"",
        *,
        truncated: bool = False,
        decoded: bool = True,
        error: FetchError | None = None,
    ) -> Response:
        """Return a response with the heads until now."""
        return Response(self.url, tuple(self.heads), body, truncated, decoded, error)

    def _check_redirect(self, url: str) -> FetchError | None:
        """Return why a redirect is not followed, or None."""
        if not is_web_url(url):
            return FetchError("invalid redirect", f"to {redact_url(url)}")
        if url in {head.url for head in self.heads}:
            return FetchError("redirect loop", f"{redact_url(url)} redirects back to itself")
        if len(self.heads) > self.fetcher.max_redirects:
            return FetchError("too many redirects", f"more than {self.fetcher.max_redirects}")
        return None

    def _request(self, url: str) -> Response:
        """Request one URL, unless its server is known to be unreachable."""
        server = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        if server in self.fetcher.unreachable:
            return self.to_response(error=self.fetcher.unreachable[server])
        try:
            return self._send(url)
        except httpx.TimeoutException as exception:
            error = self._classify_timeout(exception)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as exception:
            error = classify_error(exception)
        if error.kind in SERVER_ERRORS:
            self.fetcher.unreachable[server] = error
        return self.to_response(error=error)

    def _send(self, url: str) -> Response:
        remaining = max(self.end - time.monotonic(), 0.001)
        timeout = httpx.Timeout(remaining, connect=min(remaining, self.fetcher.connect_timeout))
        # A request that the client does not build has none of httpx's own headers.
        request = httpx.Request(
            self.method, url, headers=self.headers, extensions={"timeout": timeout.as_dict()}
        )
        response = self.fetcher.client.send(request, stream=True)
        try:
            head = ResponseHead(url, response.status_code, dict(response.headers.items()))
            self.heads.append(head)
            return self.to_response() if head.location else self._read_body(response)
        finally:
            response.close()

    def _read_body(self, response: httpx.Response) -> Response:
        """Read and decode the body, within the limits on time and size."""
        encoding, max_bytes = self.to_response().encoding, self.fetcher.max_bytes
        decompressor = Decompressor(encoding) if encoding in DECODABLE else None
        decoded = decompressor is not None or CONTENT_CODINGS.isdisjoint(encoding.split(", "))
        body, received = bytearray(), 0
        for chunk in response.iter_raw():
            received += len(chunk)
            try:
                body += decompressor.decode(chunk, max_bytes + 1) if decompressor else chunk
            except zlib.error:
                return self.to_response(bytes(body), decoded=False)
            if max(len(body), received) > max_bytes:
                return self.to_response(bytes(body[:max_bytes]), truncated=True)
            if time.monotonic() > self.end:
                return self.to_response(bytes(body), error=self.timeout_error)
        complete = decompressor is None or decompressor.complete or not received
        return self.to_response(bytes(body), decoded=decoded and complete)

    def _classify_timeout(self, error: httpx.TimeoutException) -> FetchError:
        if time.monotonic() >= self.end:
            return self.timeout_error
        if isinstance(error, httpx.ConnectTimeout):
            seconds = self.fetcher.connect_timeout
            return FetchError("no connection", f"no connection within {seconds:g} seconds")
        return FetchError("no response", "no data was received")
