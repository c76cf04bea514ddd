"""A server on loopback that misbehaves as it is told, by name; and one that does not.

Each of MISBEHAVIOURS is how a server answers, made of how a healthy one does. What is wrong with
the octets of a feed is not here: any feed can be handed in, and another for every later fetch.
"""

from __future__ import annotations

import gzip
import hashlib
import itertools
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final, TypeAlias

from defects_ical.probe.session import Limits

CERTIFICATE: Final = Path(__file__).with_name("self-signed.pem")
"""Of 127.0.0.1, signed by itself, with its key: good for nothing but these tests."""

# What is stamped with the time is asked for by tests of their own; the rest need not wait.
QUICK: Final = Limits(pause=0)
# Of an answer that never ends, a fifth of a second is as telling as eight.
IMPATIENT: Final = Limits(request=0.2, pause=0)
LIMITS: Final = {
    "slow drip": IMPATIENT,
    "slow drip in the head": IMPATIENT,
    "silence": IMPATIENT,
    "late": Limits(slow=0.05, pause=0),
}
"""How long to wait for those of MISBEHAVIOURS that take their time; QUICK for the others."""

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
PAGE: Final = b"<!DOCTYPE html><title>Welcome</title><p>This is a page."
LOGIN: Final = b'<!doctype html><form action="/login"><input type="password" name="p"></form>'
CHALLENGE: Final = b"<!DOCTYPE html><title>Just a moment...</title><p>Checking your browser."
HUGE: Final = 10_000_000_000
BLOCK: Final = b"X-FILLER:" + b"x" * 65_525 + b"\r\n"

DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Asked:
    """A request: ``count`` is how many the server had before that were no HEAD and of this path.

    The names of ``headers`` are in lower case; ``feed`` is what a healthy server would send.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    count: int
    feed: bytes
    ending: threading.Event

    def header(self, name: str) -> str:
        return self.headers.get(name, "")


@dataclass(frozen=True)
class Answer:
    """A response; None as its status breaks the connection off without one."""

    status: int | None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Iterable[bytes] = b""

    def but(self, **headers: str | None) -> Answer:
        """The same with other headers, or without those that are None."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        left = {name: value for name, value in self.headers.items() if name not in named}
        return replace(self, headers=left | {k: v for k, v in named.items() if v is not None})


Behaviour: TypeAlias = Callable[[Asked], Answer]


@dataclass(frozen=True)
class Misbehaviour:
    """How a server answers for its feed; over TLS, if told so, and for robots.txt."""

    feed: Behaviour
    tls: bool = False
    robots: Behaviour | None = None


def healthy(asked: Asked) -> Answer:
    """The feed, with everything that it should have."""
    tag = f'"{hashlib.sha256(asked.feed).hexdigest()[:16]}"'
    headers = {"ETag": tag, "Cache-Control": "public, max-age=300"}
    if tag in asked.header("if-none-match"):
        return Answer(304, headers)
    return Answer(200, headers | {"Content-Type": "text/calendar; charset=utf-8"}, asked.feed)


def healthy_robots(_: Asked) -> Answer:
    return Answer(200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow:\n")


def status(number: int) -> Behaviour:
    return lambda _: Answer(number, {"Content-Type": "text/plain"}, b"No.\n")


def html(page: bytes, number: int = 200) -> Behaviour:
    return lambda _: Answer(number, {"Content-Type": "text/html; charset=utf-8"}, page)


def with_headers(**headers: str | None) -> Behaviour:
    """A healthy answer, but for these headers."""
    return lambda asked: healthy(asked).but(**headers)


def only_for(program: str, wrong: Behaviour) -> Behaviour:
    """Healthy for all but those whose User-Agent this pattern is found in."""

    def answer(asked: Asked) -> Answer:
        meant = re.search(program, asked.header("user-agent"))
        return (wrong if meant else healthy)(asked)

    return answer


def on_head(wrong: Behaviour) -> Behaviour:
    return lambda asked: (wrong if asked.method == "HEAD" else healthy)(asked)


def redirect(to: str, number: int = 302) -> Behaviour:
    """``{plain}`` and ``{named}`` are a healthy server's address, by its number and its name."""
    return lambda _: Answer(number, {"Location": to})


def to_a_login(asked: Asked) -> Answer:
    there = asked.path != PATH
    return html(LOGIN)(asked) if there else redirect("/login?next=show")(asked)


def one_after_another(times: int) -> Behaviour:
    """So many redirects, then the feed."""

    def answer(asked: Asked) -> Answer:
        step = int(asked.path.partition("?")[2] or 0)
        return healthy(asked) if step == times else redirect(f"{PATH}?{step + 1}")(asked)

    return answer


def modified(at: Callable[[Asked], datetime]) -> Behaviour:
    """With a Last-Modified, and without an entity tag."""
    return lambda asked: healthy(asked).but(
        ETag=None, Last_Modified=format_datetime(at(asked), usegmt=True)
    )


def never_later(asked: Asked) -> Answer:
    """By its date nothing ever changes, though every body is another."""
    if asked.header("if-modified-since"):
        return Answer(304)
    return modified(lambda _: datetime(2025, 7, 22, tzinfo=UTC))(another_body(asked))


def another_body(asked: Asked) -> Asked:
    changed = asked.feed.replace(b"Episode 1", b"Episode %d" % asked.count)
    return replace(asked, feed=changed)


def same_tag(asked: Asked) -> Answer:
    return healthy(another_body(asked)).but(ETag='"v1"')


def unquoted(asked: Asked) -> Answer:
    """With a tag without its quotation marks, which is confirmed all the same."""
    matches = asked.header("if-none-match") == "v1"
    return Answer(304) if matches else healthy(asked).but(ETag="v1")


def always_unmodified(asked: Asked) -> Answer:
    conditional = {"if-none-match", "if-modified-since"} & set(asked.headers)
    return Answer(304) if conditional else healthy(asked)


def compressed(asked: Asked) -> Answer:
    """Gzip for everybody."""
    answer = healthy(asked).but(Content_Encoding="gzip", ETag=None)
    return replace(answer, body=gzip.compress(asked.feed, mtime=0))


def huge(asked: Asked) -> Answer:
    blocks = itertools.chain([asked.feed], itertools.repeat(BLOCK, HUGE // len(BLOCK)))
    return replace(healthy(asked), body=blocks)


def large(asked: Asked) -> Answer:
    """With sound events enough for 1.3 MB."""
    events, end, _ = asked.feed.partition(b"END:VCALENDAR")
    return healthy(replace(asked, feed=events + b"".join(map(_event, range(100))) + end + b"\r\n"))


def _event(number: int) -> bytes:
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


def dripping(asked: Asked) -> Answer:
    """An octet every tenth of a second."""
    return replace(healthy(asked), body=_drops(asked))


def _drops(asked: Asked) -> Iterator[bytes]:
    for octet in asked.feed:
        if asked.ending.wait(0.1):
            return
        yield bytes([octet])


def silent(asked: Asked) -> Answer:
    """Nothing, for as long as the server lives."""
    asked.ending.wait()
    return Answer(None)


def late(asked: Asked) -> Answer:
    """A tenth of a second late: the patience is the asker's to choose."""
    asked.ending.wait(0.1)
    return healthy(asked)


def stamping(asked: Asked) -> Answer:
    """Each event stamped with when it is sent, by a tag and a date that do not change."""
    stamp = f"DTSTAMP:{_now():%Y%m%dT%H%M%SZ}".encode()
    stamped = re.sub(rb"DTSTAMP:\w+", stamp, asked.feed)
    if asked.header("if-none-match") == '"v1"' or asked.header("if-modified-since"):
        return Answer(304)
    date = "Tue, 22 Jul 2025 00:00:00 GMT"
    return healthy(replace(asked, feed=stamped)).but(ETag='"v1"', Last_Modified=date)


def slow(seconds: float) -> Behaviour:
    """Healthy, so much later."""

    def answer(asked: Asked) -> Answer:
        asked.ending.wait(seconds)
        return healthy(asked)

    return answer


def dripping_head(asked: Asked) -> Answer:
    """A head whose lines never end."""
    headers = dict(healthy(asked).headers)
    return Answer(-1, headers, (b"X-Line: x\r\n" for _ in _forever(asked)))


def _forever(asked: Asked) -> Iterator[None]:
    while not asked.ending.wait(0.1):
        yield None


def cut_short(asked: Asked) -> Answer:
    longer = str(len(asked.feed) + 1000)
    return healthy(asked).but(Content_Length=longer)


def away(_: Asked) -> Answer:
    return Answer(None)


def robots(text: str) -> Behaviour:
    return lambda _: Answer(200, {"Content-Type": "text/plain"}, text.encode())


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


MISBEHAVIOURS: Final[Mapping[str, Misbehaviour]] = {
    "nothing": Misbehaviour(healthy),
    "403 for one User-Agent": Misbehaviour(only_for("Google", status(403))),
    "403 for two User-Agents": Misbehaviour(only_for("okhttp|Exchange", status(403))),
    "401": Misbehaviour(status(401)),
    "403": Misbehaviour(status(403)),
    "404": Misbehaviour(status(404)),
    "410": Misbehaviour(status(410)),
    "418": Misbehaviour(status(418)),
    "429": Misbehaviour(status(429)),
    "500": Misbehaviour(status(500)),
    "503 for one User-Agent": Misbehaviour(only_for("Exchange", status(503))),
    "304 to everybody": Misbehaviour(lambda _: Answer(304)),
    "no connection for one User-Agent": Misbehaviour(only_for("dataaccessd", away)),
    "HTML with 200": Misbehaviour(html(PAGE)),
    "a challenge with 200": Misbehaviour(html(CHALLENGE)),
    "a challenge with 403": Misbehaviour(
        lambda _: Answer(403, {"Content-Type": "text/html", "cf-mitigated": "challenge"}, PAGE)
    ),
    "a challenge for one User-Agent": Misbehaviour(only_for("ICSx5", html(CHALLENGE, 503))),
    "a login": Misbehaviour(to_a_login),
    "a login in its place": Misbehaviour(html(LOGIN)),
    "empty 200": Misbehaviour(lambda asked: healthy(replace(asked, feed=b""))),
    "no media type": Misbehaviour(with_headers(Content_Type=None)),
    "text/plain": Misbehaviour(with_headers(Content_Type="text/plain; charset=utf-8")),
    "octet-stream": Misbehaviour(with_headers(Content_Type="application/octet-stream")),
    "text/html": Misbehaviour(with_headers(Content_Type="text/html")),
    "no charset": Misbehaviour(
        lambda asked: healthy(
            replace(asked, feed=asked.feed.replace(b"Show", "아이쇼핑".encode()))
        ).but(Content_Type="text/calendar")
    ),
    "HEAD 405": Misbehaviour(on_head(lambda asked: replace(healthy(asked), status=405))),
    "HEAD breaks off": Misbehaviour(on_head(away)),
    "HEAD says HTML": Misbehaviour(on_head(html(b""))),
    "redirect loop": Misbehaviour(redirect(PATH)),
    "five redirects": Misbehaviour(one_after_another(5)),
    "six redirects": Misbehaviour(one_after_another(6)),
    "https to http": Misbehaviour(redirect("{plain}"), tls=True),
    "a redirect to a file": Misbehaviour(redirect("file:///etc/passwd")),
    "a redirect to another host": Misbehaviour(redirect("{named}")),
    "self-signed certificate": Misbehaviour(healthy, tls=True),
    "robots.txt that disallows": Misbehaviour(
        healthy, robots=robots("User-agent: *\nDisallow: /\n")
    ),
    "robots.txt that disallows Google": Misbehaviour(
        healthy, robots=robots(f"User-agent: Google-Calendar-Importer\nDisallow: {PATH}\n")
    ),
    "robots.txt that disallows another": Misbehaviour(
        healthy, robots=robots("User-agent: Bingbot\nDisallow: /\n")
    ),
    "robots.txt that is not found": Misbehaviour(healthy, robots=status(404)),
    "robots.txt with 500": Misbehaviour(healthy, robots=status(500)),
    "1.3 MB": Misbehaviour(large),
    "10 GB": Misbehaviour(huge),
    "slow drip": Misbehaviour(dripping),
    "slow drip in the head": Misbehaviour(dripping_head),
    "silence": Misbehaviour(silent),
    "late": Misbehaviour(late),
    "cut short": Misbehaviour(cut_short),
    "ETag that never matches": Misbehaviour(
        lambda asked: healthy(replace(asked, headers={})).but(ETag=f'"{asked.count}"')
    ),
    "ETag that is ignored": Misbehaviour(lambda asked: healthy(replace(asked, headers={}))),
    "ETag that stands still": Misbehaviour(same_tag),
    "ETag without quotation marks": Misbehaviour(unquoted),
    "always 304": Misbehaviour(always_unmodified),
    "Last-Modified that runs back": Misbehaviour(
        modified(lambda asked: _now() - asked.count * DAY)
    ),
    "Last-Modified ahead": Misbehaviour(modified(lambda _: _now() + DAY)),
    "Last-Modified that is no date": Misbehaviour(with_headers(Last_Modified="yesterday")),
    "304 by date though it changed": Misbehaviour(never_later),
    "gzip always": Misbehaviour(compressed),
    "gzip that is cut off": Misbehaviour(
        lambda asked: replace(compressed(asked), body=gzip.compress(asked.feed, mtime=0)[:-20])
    ),
    "gzip that is none": Misbehaviour(with_headers(Content_Encoding="gzip")),
    "kept for a week": Misbehaviour(with_headers(Cache_Control="max-age=604800")),
    "kept for a week by Expires": Misbehaviour(
        lambda asked: healthy(asked).but(
            Cache_Control=None, Expires=format_datetime(_now() + 7 * DAY, usegmt=True)
        )
    ),
    "attachment": Misbehaviour(with_headers(Content_Disposition='attachment; filename="a.ics"')),
}


class _Handler(BaseHTTPRequestHandler):
    """Answers as its server misbehaves, on a connection for each request."""

    server: _Server

    def do_GET(self) -> None:
        self._answer(self.server.answer(self))

    def do_HEAD(self) -> None:
        self.do_GET()

    def _answer(self, answer: Answer) -> None:
        self.close_connection = True
        if answer.status is None:
            return
        if answer.status < 0:
            self._drip(answer)
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self._send_length(answer)
        self.end_headers()
        if self.command != "HEAD":
            self._send(_pieces(answer))

    def _send_length(self, answer: Answer) -> None:
        known = isinstance(answer.body, bytes) and "Content-Length" not in answer.headers
        if known and answer.status != 304:
            self.send_header("Content-Length", str(sum(map(len, _pieces(answer)))))

    def _drip(self, answer: Answer) -> None:
        self.wfile.write(b"HTTP/1.0 200 OK\r\n")
        self._send(_pieces(answer))

    def _send(self, cache: Iterable[bytes]) -> None:
        with suppress(OSError):
            for piece in cache:
                self.wfile.write(piece)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited name
        pass


def _pieces(answer: Answer) -> Iterable[bytes]:
    return [answer.body] if isinstance(answer.body, bytes) else answer.body


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, misbehaviour: Misbehaviour, body: bytes, second: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.misbehaviour, self.bodies = misbehaviour, (body, second)
        self.log: list[Asked] = []
        self.ending = threading.Event()
        if misbehaviour.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            self.socket = context.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )

    @property
    def url(self) -> str:
        scheme = "https" if self.misbehaviour.tls else "http"
        return f"{scheme}://127.0.0.1:{self.server_port}"

    def answer(self, handler: _Handler) -> Answer:
        headers = {name.lower(): value for name, value in handler.headers.items()}
        gets = [each for each in self.log if each.method == "GET" and each.path == handler.path]
        feed = self.bodies[min(len(gets), 1)]
        asked = Asked(handler.command, handler.path, headers, len(gets), feed, self.ending)
        self.log.append(asked)
        if handler.path == "/robots.txt":
            return (self.misbehaviour.robots or healthy_robots)(asked)
        return self.misbehaviour.feed(asked)

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever asks may go away, or refuse the certificate."""


@dataclass(frozen=True)
class Misbehaving:
    """A server that runs, and everything that it was asked."""

    url: str
    log: list[Asked]


@contextmanager
def running(
    misbehaviour: Misbehaviour, body: bytes = FEED, second: bytes | None = None
) -> Iterator[Misbehaving]:
    """A server that answers so until the block ends; ``second`` is what all later fetches get."""
    server = _Server(misbehaviour, body, body if second is None else second)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield Misbehaving(f"{server.url}{PATH}", server.log)
    finally:
        server.ending.set()
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def misbehaving(
    name: str, body: bytes = FEED, second: bytes | None = None
) -> Iterator[Misbehaving]:
    """A server that misbehaves by one of the names of MISBEHAVIOURS."""
    with running(MISBEHAVIOURS["nothing"], body, second) as other:
        chosen = MISBEHAVIOURS[name]
        with running(replace(chosen, feed=_placed(chosen.feed, other.url)), body, second) as server:
            yield server


def _placed(behaviour: Behaviour, other: str) -> Behaviour:
    """The behaviour, with the places of another server in its redirects."""

    def answer(asked: Asked) -> Answer:
        found = behaviour(asked)
        places = {"plain": other, "named": other.replace("127.0.0.1", "localhost")}
        location = found.headers.get("Location", "")
        return found.but(Location=location.format(**places)) if "{" in location else found

    return answer


def trusting() -> ssl.SSLContext:
    """What a machine trusts that has our certificate among its issuers'."""
    return ssl.create_default_context(cafile=str(CERTIFICATE))


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port
