"""Faults of HTTP servers by name, and servers that have them."""

from __future__ import annotations

import gzip
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Final

from defects_ical.probe.session import Limits, ProbeResult, probe_feed
from tests.support.faulty_server import (
    FEED,
    PATH,
    FaultyServer,
    Handler,
    Reply,
    Request,
    Scenario,
    close_connection,
    delay,
    for_client,
    hang,
    redirect,
    redirect_times,
    send_headers,
    send_healthy,
    send_html,
    send_robots,
    send_status,
    serve,
    trust_certificate,
)

# A test of its own waits for timestamps to change; the others need no pause.
QUICK: Final = Limits(pause=0)
# For responses that never end.
IMPATIENT: Final = Limits(request=0.2, pause=0)
LIMITS: Final = {
    "slow body": IMPATIENT,
    "slow head": IMPATIENT,
    "no response": IMPATIENT,
    "slow response": Limits(slow=0.05, pause=0),
}
"""The limits for the slow scenarios; QUICK is for the others."""

PAGE: Final = b"<!DOCTYPE html><title>Welcome</title><p>This is a page."
LOGIN_PAGE: Final = b'<!doctype html><form action="/login"><input type="password" name="p"></form>'
CHALLENGE: Final = b"<!DOCTYPE html><title>Just a moment...</title><p>Checking your browser."
TEN_GIGABYTES: Final = 10_000_000_000
FILLER: Final = b"X-FILLER:" + b"x" * 65_525 + b"\r\n"
DAY: Final = timedelta(days=1)


@contextmanager
def serve_scenario(
    name: str, feed: bytes = FEED, second_feed: bytes | None = None
) -> Iterator[FaultyServer]:
    """Run a server with one of SCENARIOS, and a healthy one that it may redirect to."""
    with serve(Scenario(send_healthy), feed, second_feed) as healthy:
        scenario = SCENARIOS[name]
        filled = replace(scenario, feed=_fill_location(scenario.feed, healthy.url))
        with serve(filled, feed, second_feed) as server:
            yield server


def probe_scenario(
    name: str, limits: Limits | None = None, feed: bytes = FEED
) -> tuple[ProbeResult, list[Request]]:
    """Probe a server with one of SCENARIOS; return the result and the requests that it received."""
    # Its faults are in its redirect, not in its certificate.
    trusted = trust_certificate() if name == "redirect from https to http" else None
    with serve_scenario(name, feed) as server:
        result = probe_feed(server.url, limits or LIMITS.get(name, QUICK), trusted)
    return result, server.log


def _fill_location(handler: Handler, url: str) -> Handler:
    """Fill the placeholders in redirects with another server's URL."""

    def handle(request: Request) -> Reply:
        reply = handler(request)
        location = reply.headers.get("Location", "")
        if "{" not in location:
            return reply
        urls = {"plain": url, "named": url.replace("127.0.0.1", "localhost")}
        return reply.with_headers(Location=location.format(**urls))

    return handle


def for_head(faulty: Handler) -> Handler:
    return lambda request: (faulty if request.method == "HEAD" else send_healthy)(request)


def redirect_to_login(request: Request) -> Reply:
    if request.path == PATH:
        return redirect("/login?next=show")(request)
    return send_html(LOGIN_PAGE)(request)


def send_last_modified(date: Callable[[Request], datetime]) -> Handler:
    """Send the feed with a Last-Modified and without an ETag."""
    return lambda request: send_healthy(request).with_headers(
        ETag=None, Last_Modified=format_datetime(date(request), usegmt=True)
    )


def send_constant_last_modified(request: Request) -> Reply:
    """Send another feed each time, with the same Last-Modified."""
    if request.header("if-modified-since"):
        return Reply(304)
    send = send_last_modified(lambda _: datetime(2025, 7, 22, tzinfo=UTC))
    return send(_change_feed(request))


def send_constant_etag(request: Request) -> Reply:
    """Send another feed each time, with the same ETag."""
    return send_healthy(_change_feed(request)).with_headers(ETag='"v1"')


def _change_feed(request: Request) -> Request:
    changed = request.feed.replace(b"Episode 1", b"Episode %d" % request.count)
    return replace(request, feed=changed)


def send_unquoted_etag(request: Request) -> Reply:
    """Send an ETag without quotes, but confirm it correctly."""
    if request.header("if-none-match") == "v1":
        return Reply(304)
    return send_healthy(request).with_headers(ETag="v1")


def send_304_to_any_validator(request: Request) -> Reply:
    conditional = {"if-none-match", "if-modified-since"} & set(request.headers)
    return Reply(304) if conditional else send_healthy(request)


def send_unconditional(request: Request) -> Reply:
    """Send the complete feed, whatever the validators."""
    return send_healthy(replace(request, headers={}))


def send_gzip(request: Request) -> Reply:
    """Send gzip, whatever the Accept-Encoding."""
    reply = send_headers(Content_Encoding="gzip", ETag=None)(request)
    return replace(reply, body=gzip.compress(request.feed, mtime=0))


def send_truncated_gzip(request: Request) -> Reply:
    return replace(send_gzip(request), body=gzip.compress(request.feed, mtime=0)[:-20])


def send_ten_gigabytes(request: Request) -> Reply:
    filler = itertools.repeat(FILLER, TEN_GIGABYTES // len(FILLER))
    return replace(send_healthy(request), body=itertools.chain([request.feed], filler))


def send_large(request: Request) -> Reply:
    """Send a feed with as many valid events as make 1.3 MB."""
    events, end, _ = request.feed.partition(b"END:VCALENDAR")
    feed = events + b"".join(map(_make_event, range(100))) + end + b"\r\n"
    return send_healthy(replace(request, feed=feed))


def _make_event(number: int) -> bytes:
    start = datetime(2098, 1, 1, 14, tzinfo=UTC) + number * DAY
    lines = (
        "BEGIN:VEVENT",
        f"UID:6d4cf1d0-7bbd-4b51-9c4f-{number:012}",
        "DTSTAMP:20250722T000000Z",
        f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
        f"DTEND:{start + timedelta(hours=1):%Y%m%dT%H%M%SZ}",
        f"SUMMARY:Chapter {number}",
        "DESCRIPTION:" + "What happens" + ("\r\n " + " and on" * 10) * 180,
        "END:VEVENT\r\n",
    )
    return "\r\n".join(lines).encode()


def send_slow_body(request: Request) -> Reply:
    """Send a byte every tenth of a second."""
    return replace(send_healthy(request), body=_trickle(request))


def _trickle(request: Request) -> Iterator[bytes]:
    for byte in request.feed:
        if request.stopping.wait(0.1):
            return
        yield bytes([byte])


def send_slow_head(request: Request) -> Reply:
    """Send a header every tenth of a second, without end."""
    return Reply(200, body=_repeat_header(request), is_head=True)


def _repeat_header(request: Request) -> Iterator[bytes]:
    while not request.stopping.wait(0.1):
        yield b"X-Line: x\r\n"


def send_truncated_body(request: Request) -> Reply:
    return send_headers(Content_Length=str(len(request.feed) + 1000))(request)


def send_current_dtstamp(request: Request) -> Reply:
    """Send DTSTAMPs of the current time, with validators that never change."""
    if request.header("if-none-match") == '"v1"' or request.header("if-modified-since"):
        return Reply(304)
    stamp = f"DTSTAMP:{_get_now():%Y%m%dT%H%M%SZ}".encode()
    stamped = re.sub(rb"DTSTAMP:\w+", stamp, request.feed)
    date = "Tue, 22 Jul 2025 00:00:00 GMT"
    return send_headers(ETag='"v1"', Last_Modified=date)(replace(request, feed=stamped))


def _get_now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def send_cloudflare_challenge(_: Request) -> Reply:
    return Reply(403, {"Content-Type": "text/html", "cf-mitigated": "challenge"}, PAGE)


def send_empty(request: Request) -> Reply:
    return send_healthy(replace(request, feed=b""))


def send_korean_without_charset(request: Request) -> Reply:
    feed = request.feed.replace(b"Show", "아이쇼핑".encode())
    return send_headers(Content_Type="text/calendar")(replace(request, feed=feed))


def send_expires_in_a_week(request: Request) -> Reply:
    expires = format_datetime(_get_now() + 7 * DAY, usegmt=True)
    return send_headers(Cache_Control=None, Expires=expires)(request)


_FEED_HANDLERS: Final[Mapping[str, Handler]] = {
    "healthy": send_healthy,
    "403 for one User-Agent": for_client("Google", send_status(403)),
    "403 for two User-Agents": for_client("okhttp|Exchange", send_status(403)),
    "401": send_status(401),
    "403": send_status(403),
    "404": send_status(404),
    "410": send_status(410),
    "418": send_status(418),
    "429": send_status(429),
    "500": send_status(500),
    "503 for one User-Agent": for_client("Exchange", send_status(503)),
    "unconditional 304": lambda _: Reply(304),
    "connection closed for one User-Agent": for_client("dataaccessd", close_connection),
    "HTML page": send_html(PAGE),
    "challenge with 200": send_html(CHALLENGE),
    "challenge with 403": send_cloudflare_challenge,
    "challenge for one User-Agent": for_client("ICSx5", send_html(CHALLENGE, 503)),
    "redirect to a login page": redirect_to_login,
    "login page": send_html(LOGIN_PAGE),
    "empty response": send_empty,
    "no media type": send_headers(Content_Type=None),
    "text/plain": send_headers(Content_Type="text/plain; charset=utf-8"),
    "application/octet-stream": send_headers(Content_Type="application/octet-stream"),
    "text/html": send_headers(Content_Type="text/html"),
    "no charset": send_korean_without_charset,
    "HEAD with 405": for_head(lambda request: replace(send_healthy(request), status=405)),
    "HEAD without a response": for_head(close_connection),
    "HEAD with text/html": for_head(send_html(b"")),
    "redirect loop": redirect(PATH),
    "five redirects": redirect_times(5),
    "six redirects": redirect_times(6),
    "redirect to a file URL": redirect("file:///etc/passwd"),
    "redirect to another host": redirect("{named}"),
    "1.3 MB": send_large,
    "10 GB": send_ten_gigabytes,
    "slow body": send_slow_body,
    "slow head": send_slow_head,
    "no response": hang,
    "slow response": delay(0.1),
    "truncated body": send_truncated_body,
    "ETag changes every time": lambda request: send_unconditional(request).with_headers(
        ETag=f'"{request.count}"'
    ),
    "ETag is never confirmed": send_unconditional,
    "ETag never changes": send_constant_etag,
    "ETag without quotes": send_unquoted_etag,
    "304 to any validator": send_304_to_any_validator,
    "Last-Modified decreases": send_last_modified(lambda request: _get_now() - request.count * DAY),
    "Last-Modified in the future": send_last_modified(lambda _: _get_now() + DAY),
    "Last-Modified never changes": send_constant_last_modified,
    "invalid Last-Modified": send_headers(Last_Modified="yesterday"),
    "gzip for all clients": send_gzip,
    "truncated gzip": send_truncated_gzip,
    "gzip header without gzip": send_headers(Content_Encoding="gzip"),
    "max-age of a week": send_headers(Cache_Control="max-age=604800"),
    "Expires in a week": send_expires_in_a_week,
    "attachment": send_headers(Content_Disposition='attachment; filename="a.ics"'),
}
_ROBOTS_HANDLERS: Final[Mapping[str, Handler]] = {
    "robots.txt disallows all": send_robots("User-agent: *\nDisallow: /\n"),
    "robots.txt disallows Google": send_robots(
        f"User-agent: Google-Calendar-Importer\nDisallow: {PATH}\n"
    ),
    "robots.txt disallows another client": send_robots("User-agent: Bingbot\nDisallow: /\n"),
    "robots.txt with 404": send_status(404),
    "robots.txt with 500": send_status(500),
}
SCENARIOS: Final[Mapping[str, Scenario]] = {
    **{name: Scenario(handler) for name, handler in _FEED_HANDLERS.items()},
    **{name: Scenario(send_healthy, robots=each) for name, each in _ROBOTS_HANDLERS.items()},
    "redirect from https to http": Scenario(redirect("{plain}"), tls=True),
    "self-signed certificate": Scenario(send_healthy, tls=True),
}
"""One for each fault that the doctor looks for, and those that it must not report."""
