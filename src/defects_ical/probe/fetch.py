"""Request a URL over HTTP, with limits on redirects, size and time.

Network errors are not raised, but part of the response: see ``Response.error``.
"""

from __future__ import annotations

import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass, field, replace
from threading import Thread
from typing import Final, TypeVar, get_args
from urllib.parse import urlsplit

import httpx

from defects_ical.probe.decompression import CONTENT_CODINGS, DECODABLE, Decompressor
from defects_ical.probe.responses import FetchError, Response, ResponseHead, ServerErrorKind
from defects_ical.probe.urls import is_web_url, redact_url, resolve_location

# Seconds after its deadline that a request which cannot be interrupted is waited for.
GRACE_PERIOD: Final = 0.25
INVALID_LOCATION: Final = FetchError("invalid redirect", "its Location is not a URL")
# The first that matches.
_NETWORK_ERRORS: Final[tuple[tuple[type[Exception], FetchError], ...]] = (
    (socket.gaierror, FetchError("unknown host", "the host name cannot be resolved")),
    (ConnectionRefusedError, FetchError("no connection", "the server refuses the connection")),
    (ssl.SSLError, FetchError("tls", "the server does not speak HTTPS on this port")),
    (httpx.ProxyError, FetchError("no connection", "the proxy does not forward the request")),
    (httpx.ConnectError, FetchError("no connection", "the server cannot be reached")),
    (httpx.NetworkError, FetchError("incomplete response", "the connection was lost")),
    (
        httpx.RemoteProtocolError,
        FetchError(
            "incomplete response", "the connection was closed early, or the response is not HTTP"
        ),
    ),
)
# OpenSSL's X509_V_ERR_… codes.
_CERTIFICATE_ERRORS: Final = {
    9: "it is not valid yet",
    10: "it has expired",
    18: "it is self-signed",
    19: "its chain ends in a self-signed certificate",
    **dict.fromkeys((20, 21), "its issuer is unknown, or an intermediate certificate is missing"),
    62: "it is for another host name",
    64: "it is for another IP address",
}

Result = TypeVar("Result")


def get(
    url: str, *, user_agent: str, timeout: float, max_bytes: int, max_redirects: int = 10
) -> Response:
    """Download a URL, through the proxies that the environment names.

    ``timeout`` is in seconds and for everything together.
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
    """Return what a function returns, or None if it takes longer than ``seconds``.

    It runs in a thread of its own, which is abandoned when the time is up: resolving a host name
    has no timeout, and each byte of a slow response head starts httpx's read timeout again.
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
        seconds = timeout + GRACE_PERIOD
        response = run_with_deadline(exchange.run, seconds) if timeout > 0 else None
        response = response or exchange.to_response(error=timeout_error)
        return replace(response, started=started, finished=time.monotonic())


@dataclass(frozen=True, slots=True)
class _Exchange:
    """A request and its redirects; ``heads`` are the responses so far.

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
        self, body: bytes | bytearray = b"", error: FetchError | None = None
    ) -> Response:
        """Return a response with the heads so far."""
        return Response(self.url, tuple(self.heads), bytes(body), error=error)

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
            error = _classify_error(exception)
        if error.kind in get_args(ServerErrorKind):
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
        encoding, max_bytes = self.to_response().encoding, self.fetcher.max_bytes
        decompressor = Decompressor(encoding) if encoding in DECODABLE else None
        decoded = decompressor is not None or CONTENT_CODINGS.isdisjoint(encoding.split(", "))
        body, received = bytearray(), 0
        for chunk in response.iter_raw():
            received += len(chunk)
            try:
                body += decompressor.decode(chunk, max_bytes + 1) if decompressor else chunk
            except zlib.error:
                return replace(self.to_response(body), decoded=False)
            if max(len(body), received) > max_bytes:
                return replace(self.to_response(body[:max_bytes]), truncated=True)
            if time.monotonic() > self.end:
                return self.to_response(body, self.timeout_error)
        complete = decompressor is None or decompressor.complete or not received
        return replace(self.to_response(body), decoded=decoded and complete)

    def _classify_timeout(self, error: httpx.TimeoutException) -> FetchError:
        if time.monotonic() >= self.end:
            return self.timeout_error
        if isinstance(error, httpx.ConnectTimeout):
            seconds = self.fetcher.connect_timeout
            return FetchError("no connection", f"no connection within {seconds:g} seconds")
        return FetchError("no response", "no data was received")


def _classify_error(error: Exception) -> FetchError:
    """Return the kind and the message of an exception that httpx raised, but for timeouts."""
    causes = tuple(_list_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            message = _CERTIFICATE_ERRORS.get(cause.verify_code, cause.verify_message)
            return FetchError("certificate", message)
    # httpx parses a Location before the caller sees it.
    if isinstance(error, httpx.RemoteProtocolError) and "location header" in str(error):
        return INVALID_LOCATION
    for kind, fetch_error in _NETWORK_ERRORS:
        if any(isinstance(cause, kind) for cause in causes):
            return fetch_error
    if isinstance(error, httpx.InvalidURL | UnicodeError):
        return INVALID_LOCATION
    return FetchError("not http", "the response cannot be parsed")


def _list_causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
