"""A live feed, fetched as the importers fetch it: everything that came back, and no verdict.

Who sends what is what servers have logged: the programs' User-Agents, Outlook's bearer token
without a token, Google's lack of an Accept. Thunderbird (its CalICSProvider) asks with HEAD before
it asks with GET; ICSx5 (its CalendarFetcher) is the one whose conditional requests are known.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from threading import Thread
from typing import Final, Literal, TypeAlias
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

import httpx

from defects_ical.errors import InvalidFeedURLError
from defects_ical.probe.clients import CLIENTS

Purpose: TypeAlias = Literal[
    "robots", "head", "subscribe", "webcal", "again", "by tag", "by date", "by another tag"
]
"""Why an address was asked: "subscribe" is a program's own way to the feed, "webcal" one that got
no feed by http, before https; the last three are conditional (RFC 9110 §13)."""

TroubleKind: TypeAlias = Literal[
    "unknown host",
    "no connection",
    "certificate",
    "no tls",
    "silence",
    "broken off",
    "not http",
    "time up",
    "out of time",
    "loop",
    "too many redirects",
    "redirect to nowhere",
]
"""What stood in the way of a whole answer: "time up" is its own fault, "out of time" is what the
others left no time for."""

HEADERS: Final[Mapping[str, Mapping[str, str]]] = {
    "Google": {"User-Agent": "Google-Calendar-Importer", "Accept-Encoding": "gzip"},
    "Apple": {
        "User-Agent": "iOS/26.5 (23F77) dataaccessd/1.0",
        "Accept": "*/*",
        "Accept-Encoding": "gzip, deflate",
    },
    "Outlook": {
        "User-Agent": "Microsoft Exchange/15.20 (Windows NT 10.0; Win64; x64)",
        "Authorization": "Bearer",
    },
    "Thunderbird": {
        "User-Agent": (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.0"
        ),
        "Accept": "*/*",
        "Accept-Encoding": "gzip, deflate",
    },
    "ICSx5": {
        "User-Agent": "ICSx5/2.4.3 (ical4j/3.2.19 okhttp/5.3.2 Android/16)",
        "Accept": "text/calendar, */*;q=0.9",
        "Accept-Encoding": "gzip",
    },
}
"""What each of PROGRAMS sends; of the compressions, those alone that can be undone here."""

ANOTHER_TAG: Final = '"matches-nothing"'
WRITE: Final = "write the feed's address like `https://defects.example/the-defects.ics`"
# Characters of an address that a message quotes.
MOST_SHOWN: Final = 120
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
UNDONE: Final = frozenset({"gzip", "x-gzip", "deflate"})
CODINGS: Final = UNDONE | {"br", "zstd", "compress", "x-compress", "dcb", "dcz"}
"""The compressions that there are (IANA's HTTP Content Coding Registry); the first can be undone.
"""
# Beyond its time, what an answer that cannot be interrupted is waited for.
GRACE: Final = 0.25
# The most of all the time that one answer may take.
SHARE: Final = 0.4
# What is true of a server whoever asks; it need not be asked again.
OF_THE_SERVER: Final[frozenset[TroubleKind]] = frozenset(
    {"unknown host", "no connection", "certificate", "no tls"}
)
# OpenSSL's X509_V_ERR_…
CERTIFICATES: Final = {
    9: "it is not valid yet",
    10: "it has expired",
    18: "it is signed by itself",
    19: "it is signed by an issuer of its own",
    20: "its issuer is not known, or the certificate between is not sent",
    21: "its issuer is not known, or the certificate between is not sent",
    62: "it is for another name",
    64: "it is for another address",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """How far an examination goes; times in seconds, ``size`` in bytes of one body.

    ``seconds`` is for everything together, ``answer`` for each program's way, ``robots`` for
    robots.txt, ``connecting`` for each connection; an answer that takes longer than ``slow`` is
    worth a word. ``pause`` is from an answer to the same question once more: in another second,
    what is stamped with the time shows.
    """

    seconds: float = 20
    answer: float = 8
    robots: float = 5
    connecting: float = 5
    slow: float = 5
    pause: float = 1.5
    size: int = 10_000_000
    redirects: int = 5

    def patience(self, purpose: Purpose) -> float:
        """How long one visit may take, so that there is time for others."""
        longest = self.robots if purpose == "robots" else self.answer
        return min(longest, self.seconds * SHARE)


LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class FetchError:
    """Why an answer is not whole, in words that follow a colon."""

    kind: TroubleKind
    words: str


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """One answer's head; the names of ``headers`` are in lower case."""

    url: str
    status: int
    headers: Mapping[str, str]

    @property
    def location(self) -> str | None:
        """Where it sends whoever asked (RFC 9110 §15.4), if it does."""
        return self.headers.get("location") if self.status in REDIRECTS else None


@dataclass(frozen=True, slots=True)
class Probe:
    """One program's way to an answer: what it asked, and every answer until the last.

    ``body`` is the last answer's, without the compression that its header names, and ``cut`` at
    the limit; it is ``legible`` unless that could not be undone. ``seconds`` is what it all took.
    """

    program: str
    purpose: Purpose
    url: str
    sent: Mapping[str, str]
    hops: tuple[ResponseHead, ...] = ()
    body: bytes = b""
    cut: bool = False
    legible: bool = True
    trouble: FetchError | None = None
    seconds: float = 0

    @property
    def status(self) -> int:
        """The last answer's status; 0 if there was no whole answer."""
        return self.hops[-1].status if self.hops and not self.trouble else 0

    @property
    def ok(self) -> bool:
        """Whether it ended in a whole answer with a status of 200."""
        return self.status == HTTPStatus.OK

    def header(self, name: str) -> str | None:
        """The last answer's header of this name, in lower case."""
        return self.hops[-1].headers.get(name) if self.hops else None

    @property
    def encoding(self) -> str:
        """The last answer's Content-Encoding in lower case, or nothing."""
        named = (self.header("content-encoding") or "").lower().split(",")
        return ", ".join(each.strip() for each in named if each.strip() not in {"", "identity"})

    @property
    def is_calendar(self) -> bool:
        """Whether the body begins as a calendar does."""
        beginning = self.body[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()
        return beginning.upper().startswith(b"BEGIN:VCALENDAR")

    @property
    def out_of_time(self) -> bool:
        """Whether others left it no time."""
        return self.trouble is not None and self.trouble.kind == "out of time"


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """Everything that was fetched of an address, in order."""

    url: str
    visits: tuple[Probe, ...]
    limits: Limits

    def of(self, purpose: Purpose) -> tuple[Probe, ...]:
        """The visits for one purpose."""
        return tuple(visit for visit in self.visits if visit.purpose == purpose)

    @property
    def feeds(self) -> tuple[Probe, ...]:
        """Each program's own way to the feed that ended in a whole body."""
        return tuple(visit for visit in self.of("subscribe") if visit.ok and visit.body)


@dataclass(slots=True)
class _Session:
    """Whoever makes the visits, one after the other; ``answered`` is when each program was."""

    address: SplitResult
    limits: Limits
    client: httpx.Client
    end: float
    visits: list[Probe] = field(default_factory=list)
    silent: dict[str, FetchError] = field(default_factory=dict)
    answered: dict[str, float] = field(default_factory=dict)

    def explore(self) -> None:
        for program in CLIENTS:
            if program == "Thunderbird":
                self._reach(program, "head")
            self._reach(program, "subscribe")
            self.answered[program] = time.monotonic()
        self._reach("Google", "robots", "/robots.txt")
        fetched = [each for each in self.visits if each.purpose == "subscribe" and each.ok]
        # The first may have got a page instead of the feed.
        for visit in sorted(fetched, key=lambda each: not each.is_calendar)[:1]:
            self._pause(self.answered[visit.program] + self.limits.pause)
            self._visit(visit.program, "again", visit.url)
        for visit in fetched:
            if visit.program == "ICSx5":
                self._revalidate(visit)

    def _pause(self, until: float) -> None:
        if until < self.end:
            time.sleep(max(until - time.monotonic(), 0))

    def _revalidate(self, visit: Probe) -> None:
        tag, date = visit.header("etag"), visit.header("last-modified")
        if tag:
            self._visit("ICSx5", "by tag", visit.url, {"If-None-Match": tag})
        if date:
            self._visit("ICSx5", "by date", visit.url, {"If-Modified-Since": date})
        self._visit("ICSx5", "by another tag", visit.url, {"If-None-Match": ANOTHER_TAG})

    def _visit(
        self, program: str, purpose: Purpose, url: str, extra: Mapping[str, str] | None = None
    ) -> None:
        """Ask, and keep what came of it."""
        self.visits.append(self._made(program, purpose, url, extra))

    def _reach(self, program: str, purpose: Purpose, path: str | None = None) -> None:
        """Visit by the first of a program's ways that leads there."""
        address = self.address._replace(path=path, query="") if path else self.address
        first, *others = candidate_urls(address)
        visit = self._made(program, purpose, first)
        for url in others:
            if not visit.ok:
                visit = self._better(visit, self._made(program, purpose, url))
        self.visits.append(visit)

    def _better(self, visit: Probe, other: Probe) -> Probe:
        """The visit by https, if it got further than the one by http, which is kept then, too."""
        if not other.ok and (visit.hops or other.out_of_time):
            return visit
        if visit.purpose == "subscribe":
            self.visits.append(replace(visit, purpose="webcal"))
        return other

    def _made(
        self, program: str, purpose: Purpose, url: str, extra: Mapping[str, str] | None = None
    ) -> Probe:
        """A visit as far as it came in its time."""
        visit = Probe(program, purpose, url, {**HEADERS[program], **(extra or {})})
        walk = _Request(visit, self.limits, self.client, self.silent, time.monotonic(), self.end)
        if walk.begun >= self.end:
            return replace(visit, trouble=walk.time_up())
        # A resolver knows no time limit, and a head may come an octet a second: whoever waits for
        # either is left behind.
        thread = Thread(target=walk.run, daemon=True)
        thread.start()
        thread.join(walk.end - walk.begun + GRACE)
        left_behind = thread.is_alive()
        if walk.failure:
            raise walk.failure
        visit = replace(walk.visit, seconds=time.monotonic() - walk.begun)
        return replace(visit, trouble=walk.time_up()) if left_behind else visit


@dataclass(slots=True)
class _Request:
    """A visit that is under way: ``visit`` is what has come of it until now."""

    visit: Probe
    limits: Limits
    client: httpx.Client
    silent: dict[str, FetchError]
    begun: float
    end_of_all: float
    failure: BaseException | None = None

    @property
    def patience(self) -> float:
        return self.limits.patience(self.visit.purpose)

    @property
    def end(self) -> float:
        return min(self.begun + self.patience, self.end_of_all)

    def run(self) -> None:
        """Go until the last answer; what goes wrong with ourselves is for whoever waits."""
        try:
            for visit in self._follow(self.visit):
                self.visit = visit
        except BaseException as error:  # noqa: BLE001 - raised again by the other thread
            self.failure = error

    def time_up(self) -> FetchError:
        """Why it ends now: whoever asked last is not to blame for the time of the others."""
        if self.begun + self.patience > self.end_of_all:
            return FetchError("out of time", f"{self.limits.seconds:g} seconds were over")
        return FetchError("time up", f"not finished after {self.patience:g} seconds")

    def _follow(self, visit: Probe) -> Iterator[Probe]:
        """The visit after each redirect, the last one with a body or its trouble."""
        url = visit.url
        while not visit.trouble:
            visit = self._ask(visit, url)
            yield visit
            location = visit.hops[-1].location if visit.hops else None
            if visit.trouble or location is None:
                return
            url = _joined(url, location)
            if wrong := self._objection(visit, url):
                yield replace(visit, trouble=wrong)
                return

    def _objection(self, visit: Probe, url: str) -> FetchError | None:
        """Why a redirect is not followed."""
        if not _is_web(url):
            return FetchError("redirect to nowhere", f"to {redact_url(url)}")
        if url in {hop.url for hop in visit.hops}:
            return FetchError("loop", f"{redact_url(url)} leads back to itself")
        if len(visit.hops) > self.limits.redirects:
            return FetchError("too many redirects", f"more than {self.limits.redirects}")
        return None

    def _ask(self, visit: Probe, url: str) -> Probe:
        """Ask one address; what comes back is added to the visit."""
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        if origin in self.silent:
            return replace(visit, trouble=self.silent[origin])
        try:
            return self._answered(visit, url)
        except httpx.TimeoutException as error:
            trouble = self._timeout(error)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            trouble = _trouble(error)
        if trouble.kind in OF_THE_SERVER:
            self.silent[origin] = trouble
        # What came before it broke off is still there.
        return replace(self.visit, trouble=trouble)

    def _answered(self, visit: Probe, url: str) -> Probe:
        method = "HEAD" if visit.purpose == "head" else "GET"
        left = max(self.end - time.monotonic(), 0.001)
        timeout = httpx.Timeout(left, connect=min(left, self.limits.connecting))
        # Made by hand, it has these headers alone, and none of httpx's own.
        request = httpx.Request(
            method, url, headers=visit.sent, extensions={"timeout": timeout.as_dict()}
        )
        response = self.client.send(request, stream=True)
        try:
            visit = replace(visit, hops=(*visit.hops, _hop(url, response)))
            self.visit = visit
            return visit if visit.hops[-1].location else self._read(visit, response)
        finally:
            response.close()

    def _read(self, visit: Probe, response: httpx.Response) -> Probe:
        """The visit with the answer's body, as far as time and the limit allow."""
        inflated = _Inflated(visit.encoding) if visit.encoding in UNDONE else None
        legible = inflated is not None or CODINGS.isdisjoint(visit.encoding.split(", "))
        body, came = bytearray(), 0
        for chunk in response.iter_raw():
            came += len(chunk)
            try:
                body += inflated.feed(chunk, self.limits.size + 1) if inflated else chunk
            except zlib.error:
                return replace(visit, body=bytes(body), legible=False)
            if max(len(body), came) > self.limits.size:
                return replace(visit, body=bytes(body[: self.limits.size]), cut=True)
            if time.monotonic() > self.end:
                return replace(visit, body=bytes(body), trouble=self.time_up())
        whole = inflated is None or inflated.whole or not came
        return replace(visit, body=bytes(body), legible=legible and whole)

    def _timeout(self, error: httpx.TimeoutException) -> FetchError:
        if time.monotonic() >= self.end:
            return self.time_up()
        if isinstance(error, httpx.ConnectTimeout):
            what = f"no connection within {self.limits.connecting:g} seconds"
            return FetchError("no connection", what)
        return FetchError("silence", "no answer came")


class _Inflated:
    """Octets without their compression, as they come.

    Gzip may have any number of members (RFC 1952 §2.2), and some servers send deflate without its
    zlib header (RFC 9110 §8.4.1.2).
    """

    def __init__(self, encoding: str) -> None:
        self._inner = zlib.decompressobj(47)
        self._may_be_raw = encoding == "deflate"
        self._kept = b""

    @property
    def whole(self) -> bool:
        return self._inner.eof

    def feed(self, octets: bytes, most: int) -> bytes:
        """What these octets, after those before, are; ``most`` octets of it or a few more."""
        octets, found = self._kept + octets, bytearray()
        self._kept = b""
        while octets and len(found) < most:
            if self._inner.eof:
                if not octets.startswith(b"\x1f\x8b"):
                    # Perhaps half a beginning; what else follows is nobody's.
                    self._kept = octets if octets == b"\x1f" else b""
                    break
                self._inner = zlib.decompressobj(47)
            found += self._decompressed(octets, most - len(found))
            octets = self._inner.unused_data if self._inner.eof else b""
        return bytes(found)

    def _decompressed(self, octets: bytes, most: int) -> bytes:
        try:
            found = self._inner.decompress(octets, most)
        except zlib.error:
            if not self._may_be_raw:
                raise
            self._inner = zlib.decompressobj(-15)
            found = self._inner.decompress(octets, most)
        self._may_be_raw = False
        return found


def examine(
    url: str, limits: Limits = LIMITS, trusted: ssl.SSLContext | None = None
) -> ProbeResult:
    """Fetch a feed as each of PROGRAMS does, once more, and by its validators.

    Nothing is asked but this address, where it leads, and the robots.txt of its host: at most a
    dozen requests besides redirects, half as many again of a webcal address, one at a time.
    ``trusted`` is whose certificates hold, if not the public issuers'. Raises DoctorError for what
    is no http, https or webcal address.
    """
    address = _parsed(url)
    # No proxies, netrc or other certificates from the environment: the importers have none of
    # them, and what is asked is what the feed's own server says.
    client = httpx.Client(
        trust_env=False,
        verify=True if trusted is None else trusted,
        limits=httpx.Limits(max_keepalive_connections=0),
    )
    explorer = _Session(address, limits, client, time.monotonic() + limits.seconds)
    with client:
        explorer.explore()
    return ProbeResult(url, tuple(explorer.visits), limits)


def candidate_urls(address: SplitResult) -> Iterator[str]:
    """The web addresses at which programs look for a feed, in order.

    A webcal address is asked for by http, and by https where no feed comes; no other is, for what
    is secret in an https address is not to be sent in the clear.
    """
    if address.scheme == "webcal":
        yield urlunsplit(address._replace(scheme="http"))
        yield urlunsplit(address._replace(scheme="https"))
    else:
        yield urlunsplit(address)


def _parsed(url: str) -> SplitResult:
    """The address, without its fragment; raises DoctorError."""
    try:
        address = urlsplit(url.strip())
        host, _ = address.hostname, address.port
    except ValueError as error:
        raise InvalidFeedURLError(f"{redact_url(url)}: not an address ({error}); {WRITE}") from None
    if address.scheme not in {"http", "https", "webcal"}:
        what = f"not an http, https or webcal address; {_instead(url)}"
        raise InvalidFeedURLError(f"{redact_url(url)}: {what}")
    if not host or not url.strip().isprintable() or " " in url.strip():
        raise InvalidFeedURLError(f"{redact_url(url)}: not an address; {WRITE}")
    if "@" in address.netloc:
        what = "a name or password is in it, which importers do not send on; leave it out"
        raise InvalidFeedURLError(f"{redact_url(url)}: {what}")
    if not _is_address(urlunsplit(address)):
        raise InvalidFeedURLError(f"{redact_url(url)}: not an address; {WRITE}")
    return address._replace(path=address.path or "/", fragment="")


def _instead(url: str) -> str:
    scheme, colon, rest = url.partition("://")
    https = redact_url(f"https://{rest}")
    return f"write `{https}`" if colon and scheme.lower() in {"webcals", "feed"} else WRITE


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
        named = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    # httpx would write a space as %20, and ask for a host of that name.
    return named and " " not in parts.netloc and _is_address(url)


def _is_address(url: str) -> bool:
    """Whether its host can be asked for: a name has parts, and of a certain length."""
    try:
        address = httpx.URL(url)
        # Whoever decodes it finds out what is wrong with `xn--`.
        return bool(address.host) and bool(address.raw_host.decode().encode("idna"))
    except (httpx.InvalidURL, ValueError):
        return False


def _joined(url: str, location: str) -> str:
    """Where a redirect leads, without a fragment, and without a name or password (RFC 9110 §15.4).

    What is no address stays as it is.
    """
    try:
        parts = urlsplit(urljoin(url, location.strip()))
    except ValueError:
        return location
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment=""))


def redact_url(url: str) -> str:
    """An address for people: without a name or password, and not too long."""
    bare = re.sub(r"(^|//)[^/?#]*@", r"\1", url)
    return bare if len(bare) <= MOST_SHOWN else f"{bare[:MOST_SHOWN]}…"


def _hop(url: str, response: httpx.Response) -> ResponseHead:
    return ResponseHead(url, response.status_code, dict(response.headers.items()))


def _trouble(error: Exception) -> FetchError:
    """What broke, in words."""
    causes = tuple(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            words = CERTIFICATES.get(cause.verify_code, cause.verify_message)
            return FetchError("certificate", words)
    # httpx reads a Location before we do.
    if isinstance(error, httpx.RemoteProtocolError) and "location header" in str(error):
        return NO_ADDRESS
    for kind, trouble in TROUBLES:
        if any(isinstance(cause, kind) for cause in causes):
            return trouble
    if isinstance(error, httpx.InvalidURL | UnicodeError):
        return NO_ADDRESS
    return FetchError("not http", "the server does not speak HTTP")


NO_ADDRESS: Final = FetchError("redirect to nowhere", "its Location is no address")
TROUBLES: Final[tuple[tuple[type[Exception], FetchError], ...]] = (
    (socket.gaierror, FetchError("unknown host", "no server has this name")),
    (ConnectionRefusedError, FetchError("no connection", "no server listens there")),
    (ssl.SSLError, FetchError("no tls", "the server does not speak https")),
    (httpx.ConnectError, FetchError("no connection", "the server cannot be reached")),
    (httpx.NetworkError, FetchError("broken off", "the connection broke")),
    (httpx.RemoteProtocolError, FetchError("broken off", "the answer broke off, or is not HTTP")),
)


def _causes(error: BaseException | None) -> Iterable[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
