"""A local HTTP server that responds to requests for a feed as a test wants it to.

The feed's bytes are given by the caller, and may differ from the second request on.
"""

from __future__ import annotations

import hashlib
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final, TypeAlias

CERTIFICATE: Final = Path(__file__).with_name("self-signed.pem")
"""A self-signed certificate for 127.0.0.1, with its key; of use in these tests only."""

PATH: Final = "/show.ics"
FEED: Final = b"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//a healthy feed//EN
BEGIN:VEVENT
UID:1d3a7c0e-5ac5-4b0e-a3a2-6f5d3f0c9d51
DTSTAMP:20250722T000000Z
DTSTART:20990721T140000Z
DTEND:20990721T150000Z
SUMMARY:The Show: Episode 1
END:VEVENT
END:VCALENDAR
""".replace(b"\n", b"\r\n")


@dataclass(frozen=True)
class Request:
    """A request; header names are in lower case.

    ``count`` is the number of earlier GET requests for the path, ``feed`` is what a healthy server
    would send, and ``stopping`` is set when the server stops.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    count: int
    feed: bytes
    stopping: threading.Event

    def header(self, name: str) -> str:
        return self.headers.get(name, "")


@dataclass(frozen=True)
class Reply:
    """What the server sends; without a status it closes the connection instead.

    A reply that ``is_head`` sends its body as the lines of an HTTP head that never ends.
    """

    status: int | None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Iterable[bytes] = b""
    is_head: bool = False

    def with_headers(self, **headers: str | None) -> Reply:
        """Return the same reply with other headers, and without those that are None."""
        changed = {name.replace("_", "-"): value for name, value in headers.items()}
        kept = {name: value for name, value in self.headers.items() if name not in changed}
        added = {name: value for name, value in changed.items() if value is not None}
        return replace(self, headers=kept | added)


Handler: TypeAlias = Callable[[Request], Reply]


@dataclass(frozen=True)
class Scenario:
    """How a server responds to requests for its feed and for robots.txt."""

    feed: Handler
    tls: bool = False
    robots: Handler | None = None


@dataclass(frozen=True)
class FaultyServer:
    """A server that is running; ``url`` is that of its feed, ``log`` has every request."""

    url: str
    log: list[Request]


def send_healthy(request: Request) -> Reply:
    """Send the feed with correct headers, or 304 if it matches."""
    etag = f'"{hashlib.sha256(request.feed).hexdigest()[:16]}"'
    headers = {"ETag": etag, "Cache-Control": "public, max-age=300"}
    if etag in request.header("if-none-match"):
        return Reply(304, headers)
    return Reply(200, headers | {"Content-Type": "text/calendar; charset=utf-8"}, request.feed)


def send_status(status: int) -> Handler:
    return lambda _: Reply(status, {"Content-Type": "text/plain"}, b"No.\n")


def send_html(page: bytes, status: int = 200) -> Handler:
    return lambda _: Reply(status, {"Content-Type": "text/html; charset=utf-8"}, page)


def send_headers(**headers: str | None) -> Handler:
    """Send a healthy reply with other headers, and without those that are None."""
    return lambda request: send_healthy(request).with_headers(**headers)


def send_encoded(body: bytes, encoding: str) -> Handler:
    """Send a body with a Content-Encoding, and without an ETag."""
    send = send_headers(Content_Encoding=encoding, ETag=None)
    return lambda request: replace(send(request), body=body)


def send_robots(text: str) -> Handler:
    return lambda _: Reply(200, {"Content-Type": "text/plain"}, text.encode())


def redirect(location: str, status: int = 302) -> Handler:
    """Redirect; `{plain}` and `{named}` stand for a healthy server's IP address and host name."""
    return lambda _: Reply(status, {"Location": location})


def redirect_times(times: int) -> Handler:
    """Redirect that many times, then send the feed."""

    def handle(request: Request) -> Reply:
        step = int(request.path.partition("?")[2] or 0)
        return send_healthy(request) if step == times else redirect(f"{PATH}?{step + 1}")(request)

    return handle


def close_connection(_: Request) -> Reply:
    return Reply(None)


def hang(request: Request) -> Reply:
    """Send nothing until the server stops."""
    request.stopping.wait()
    return Reply(None)


def delay(seconds: float) -> Handler:
    """Send a healthy reply that much later."""

    def handle(request: Request) -> Reply:
        request.stopping.wait(seconds)
        return send_healthy(request)

    return handle


def for_client(pattern: str, faulty: Handler) -> Handler:
    """Use the faulty handler for User-Agents that contain the pattern, a healthy one for others."""

    def handle(request: Request) -> Reply:
        matches = re.search(pattern, request.header("user-agent"))
        return (faulty if matches else send_healthy)(request)

    return handle


@contextmanager
def serve(
    scenario: Scenario, feed: bytes = FEED, second_feed: bytes | None = None
) -> Iterator[FaultyServer]:
    """Run a server in a thread; ``second_feed`` is for all requests after the first."""
    server = _Server(scenario, feed, feed if second_feed is None else second_feed)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield FaultyServer(f"{server.url}{PATH}", server.log)
    finally:
        server.stopping.set()
        server.shutdown()
        thread.join()
        server.server_close()


def trust_certificate() -> ssl.SSLContext:
    """Return the context of a machine that trusts CERTIFICATE."""
    return ssl.create_default_context(cafile=str(CERTIFICATE))


def find_closed_port() -> int:
    """Return a port on which no server listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


class _RequestHandler(BaseHTTPRequestHandler):
    """Sends the replies of the server's scenario, each on a connection of its own."""

    server: _Server

    def do_GET(self) -> None:
        self._send(self.server.reply_to(self))

    def do_HEAD(self) -> None:
        self.do_GET()

    def _send(self, reply: Reply) -> None:
        self.close_connection = True
        if reply.status is None:
            return
        if reply.is_head:
            self.wfile.write(b"HTTP/1.0 200 OK\r\n")
            self._send_body(reply.body)
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        has_length = "Content-Length" in reply.headers or reply.status == 304
        if isinstance(reply.body, bytes) and not has_length:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command != "HEAD":
            self._send_body(reply.body)

    def _send_body(self, body: bytes | Iterable[bytes]) -> None:
        # Clients stop reading at their limits.
        with suppress(OSError):
            for chunk in [body] if isinstance(body, bytes) else body:
                self.wfile.write(chunk)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited name
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, scenario: Scenario, feed: bytes, second_feed: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _RequestHandler)
        self.scenario, self.feeds = scenario, (feed, second_feed)
        self.log: list[Request] = []
        self.stopping = threading.Event()
        if scenario.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            self.socket = context.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )

    @property
    def url(self) -> str:
        return f"{'https' if self.scenario.tls else 'http'}://127.0.0.1:{self.server_port}"

    def reply_to(self, handler: _RequestHandler) -> Reply:
        headers = {name.lower(): value for name, value in handler.headers.items()}
        earlier = [each for each in self.log if each.method == "GET" and each.path == handler.path]
        feed = self.feeds[min(len(earlier), 1)]
        request = Request(handler.command, handler.path, headers, len(earlier), feed, self.stopping)
        self.log.append(request)
        if handler.path == "/robots.txt":
            allow_all = send_robots("User-agent: *\nDisallow:\n")
            return (self.scenario.robots or allow_all)(request)
        return self.scenario.feed(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore clients that close the connection or refuse the certificate."""
