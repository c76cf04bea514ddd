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

from defects_ical.errors import DoctorError
from defects_ical.findings import PROGRAMS

Purpose: TypeAlias = Literal[
    "robots", "head", "subscribe", "webcal", "again", "by tag", "by date", "by another tag"
]
"""Why an address was asked: "subscribe" is a program's own way to the feed, "webcal" one that got
no answer by http, before https; the last three are conditional (RFC 9110 §13)."""

TroubleKind: TypeAlias = Literal[
    "unknown host",
    "no connection",
    "certificate",
    "no tls",
    "silence",
    "broken off",
    "not http",
    "time up",
    "loop",
    "too many redirects",
    "redirect to nowhere",
]
"""What stood in the way of a whole answer."""

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

    ``seconds`` is for everything together, ``connecting`` for each connection; an answer that
    takes longer than ``slow`` is worth a word.
    """

    seconds: float = 20
    connecting: float = 5
    slow: float = 5
    size: int = 10_000_000
    redirects: int = 5


LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an answer is not whole, in words that follow a colon."""

    kind: TroubleKind
    words: str


@dataclass(frozen=True, slots=True)
class Hop:
    """One answer's head; the names of ``headers`` are in lower case."""

    url: str
    status: int
    headers: Mapping[str, str]

    @property
    def location(self) -> str | None:
        """Where it sends whoever asked (RFC 9110 §15.4), if it does."""
        return self.headers.get("location") if self.status in REDIRECTS else None


@dataclass(frozen=True, slots=True)
class Visit:
    """One program's way to an answer: what it asked, and every answer until the last.

    ``body`` is the last answer's, without the compression that its header names if it could be
    undone (``legible``), and ``cut`` at the limit. ``seconds`` is what all of it took.
    """

    program: str
    purpose: Purpose
    url: str
    sent: Mapping[str, str]
    hops: tuple[Hop, ...] = ()
    body: bytes = b""
    cut: bool = False
    legible: bool = True
    trouble: Trouble | None = None
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


@dataclass(frozen=True, slots=True)
class Examination:
    """Everything that was fetched of an address, in order."""

    url: str
    visits: tuple[Visit, ...]
    limits: Limits

    def of(self, purpose: Purpose) -> tuple[Visit, ...]:
        """The visits for one purpose."""
        return tuple(visit for visit in self.visits if visit.purpose == purpose)

    @property
    def feeds(self) -> tuple[Visit, ...]:
        """Each program's own way to the feed that ended in a whole body."""
        return tuple(visit for visit in self.of("subscribe") if visit.ok and visit.body)


@dataclass(slots=True)
class _Explorer:
    """Whoever makes the visits, one after the other; ``asking`` is the one that is under way."""

    address: SplitResult
    limits: Limits
    client: httpx.Client
    end: float
    visits: list[Visit] = field(default_factory=list)
    asking: Visit | None = None
    silent: dict[str, Trouble] = field(default_factory=dict)
    failure: BaseException | None = None

    def run(self) -> None:
        """Explore; what goes wrong with ourselves is for whoever waits."""
        try:
            with self.client:
                self.explore()
        except BaseException as error:  # noqa: BLE001 - raised again by the other thread
            self.failure = error

    def explore(self) -> None:
        self._reach("Google", "robots", "/robots.txt")
        for program in PROGRAMS:
            if program == "Thunderbird":
                self._reach(program, "head")
            self._reach(program, "subscribe")
        fetched = [each for each in self.visits if each.purpose == "subscribe" and each.ok]
        for visit in fetched[:1]:
            self._visit(visit.program, "again", visit.url)
        for visit in fetched:
            if visit.program == "ICSx5":
                self._revalidate(visit)

    def _revalidate(self, visit: Visit) -> None:
        tag, date = visit.header("etag"), visit.header("last-modified")
        if tag:
            self._visit("ICSx5", "by tag", visit.url, {"If-None-Match": tag})
        if date:
            self._visit("ICSx5", "by date", visit.url, {"If-Modified-Since": date})
        self._visit("ICSx5", "by another tag", visit.url, {"If-None-Match": ANOTHER_TAG})

    def _reach(self, program: str, purpose: Purpose, path: str | None = None) -> None:
        """Visit by the first of a program's ways that answers."""
        address = self.address._replace(path=path, query="") if path else self.address
        *unsure, last = ways(program, address)
        for url in unsure:
            visit = self._visit(program, purpose, url)
            if visit is None or visit.hops:
                return
            self.visits[-1] = replace(visit, purpose="webcal")
        self._visit(program, purpose, last)

    def _visit(
        self, program: str, purpose: Purpose, url: str, extra: Mapping[str, str] | None = None
    ) -> Visit | None:
        """Ask, and note what came of it; None once the time is up."""
        begun = time.monotonic()
        if begun >= self.end:
            return None
        visit = Visit(program, purpose, url, {**HEADERS[program], **(extra or {})})
        self.asking = visit
        for step in self._follow(visit):
            self.asking = visit = step
        visit = replace(visit, seconds=time.monotonic() - begun)
        self.visits.append(visit)
        self.asking = None
        return visit

    def _follow(self, visit: Visit) -> Iterator[Visit]:
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

    def _objection(self, visit: Visit, url: str) -> Trouble | None:
        """Why a redirect is not followed."""
        if not _is_web(url):
            return Trouble("redirect to nowhere", f"to {shown(url)}")
        if url in {hop.url for hop in visit.hops}:
            return Trouble("loop", f"{shown(url)} leads back to itself")
        if len(visit.hops) > self.limits.redirects:
            return Trouble("too many redirects", f"more than {self.limits.redirects}")
        return None

    def _ask(self, visit: Visit, url: str) -> Visit:
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
        return replace(self.asking or visit, trouble=trouble)

    def _answered(self, visit: Visit, url: str) -> Visit:
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
            self.asking = visit
            return visit if visit.hops[-1].location else self._read(visit, response)
        finally:
            response.close()

    def _read(self, visit: Visit, response: httpx.Response) -> Visit:
        """The visit with the answer's body, as far as time and the limit allow."""
        encoding = (visit.header("content-encoding") or "identity").lower().strip()
        inflate = zlib.decompressobj(47) if encoding in {"gzip", "x-gzip", "deflate"} else None
        legible = inflate is not None or encoding == "identity"
        body, came = bytearray(), 0
        for chunk in response.iter_raw():
            came += len(chunk)
            try:
                body += inflate.decompress(chunk, self.limits.size + 1) if inflate else chunk
            except zlib.error:
                return replace(visit, body=bytes(body), legible=False)
            if max(len(body), came) > self.limits.size:
                return replace(visit, body=bytes(body[: self.limits.size]), cut=True)
            if time.monotonic() > self.end:
                return replace(visit, body=bytes(body), trouble=self._time_up())
        whole = inflate is None or inflate.eof or not came
        return replace(visit, body=bytes(body), legible=legible and whole)

    def _timeout(self, error: httpx.TimeoutException) -> Trouble:
        if time.monotonic() >= self.end:
            return self._time_up()
        if isinstance(error, httpx.ConnectTimeout):
            what = f"no connection within {self.limits.connecting:g} seconds"
            return Trouble("no connection", what)
        return Trouble("silence", "no answer came")

    def _time_up(self) -> Trouble:
        return Trouble("time up", f"not finished after {self.limits.seconds:g} seconds in all")

    def examination(self, url: str) -> Examination:
        """What there is, also if a visit is still under way."""
        visits, asking = tuple(self.visits), self.asking
        if asking:
            seconds = self.limits.seconds
            visits += (replace(asking, trouble=self._time_up(), seconds=seconds),)
        return Examination(url, visits, self.limits)


def examine(
    url: str, limits: Limits = LIMITS, trusted: ssl.SSLContext | None = None
) -> Examination:
    """Fetch a feed as each of PROGRAMS does, once more, and by its validators.

    Nothing is asked but this address, where it leads, and the robots.txt of its host: at most a
    dozen requests besides redirects, one at a time. ``trusted`` is whose certificates hold, if not
    the public issuers'. Raises DoctorError for what is no http, https or webcal address.
    """
    address = _parsed(url)
    # No proxies, netrc or other certificates from the environment: the importers have none of
    # them, and what is asked is what the feed's own server says.
    client = httpx.Client(
        trust_env=False,
        verify=True if trusted is None else trusted,
        limits=httpx.Limits(max_keepalive_connections=0),
    )
    explorer = _Explorer(address, limits, client, time.monotonic() + limits.seconds)
    # A resolver knows no time limit, and a head may come an octet a second: whoever waits for
    # either is left behind.
    thread = Thread(target=explorer.run, daemon=True)
    thread.start()
    thread.join(limits.seconds + 0.25)
    if explorer.failure:
        raise explorer.failure
    return explorer.examination(url)


def ways(program: str, address: SplitResult) -> Iterator[str]:
    """The web addresses at which a program looks for a feed, in order.

    A webcal address is asked for by http, and by https where nobody answers. Apple's programs are
    given webcal links of https feeds, too; of those with a port of their own, nothing is known.
    """
    if address.scheme == "webcal" or (program == "Apple" and _by_default(address)):
        yield urlunsplit(address._replace(scheme="http"))
    if address.scheme != "http":
        yield urlunsplit(address._replace(scheme="https"))
    else:
        yield urlunsplit(address)


def _by_default(address: SplitResult) -> bool:
    return address.scheme == "https" and address.port is None


def _parsed(url: str) -> SplitResult:
    """The address, without its fragment; raises DoctorError."""
    try:
        address = urlsplit(url.strip())
        host, _ = address.hostname, address.port
    except ValueError as error:
        raise DoctorError(f"{url}: not an address ({error}); {WRITE}") from None
    if address.scheme not in {"http", "https", "webcal"}:
        raise DoctorError(f"{url}: not an http, https or webcal address; {_instead(url)}")
    if not host or not url.strip().isprintable() or " " in url.strip():
        raise DoctorError(f"{url}: not an address; {WRITE}")
    if "@" in address.netloc:
        what = "a name or password is in it, which importers do not send on; leave it out"
        raise DoctorError(f"{shown(url)}: {what}")
    return address._replace(path=address.path or "/", fragment="")


def _instead(url: str) -> str:
    scheme, colon, rest = url.partition("://")
    return f"write `https://{rest}`" if colon and scheme.lower() in {"webcals", "feed"} else WRITE


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
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


def shown(url: str) -> str:
    """An address for people: without a name or password, and not too long."""
    bare = re.sub(r"//[^/@]*@", "//", url)
    return bare if len(bare) <= MOST_SHOWN else f"{bare[:MOST_SHOWN]}…"


def _hop(url: str, response: httpx.Response) -> Hop:
    return Hop(url, response.status_code, dict(response.headers.items()))


def _trouble(error: Exception) -> Trouble:
    """What broke, in words."""
    causes = tuple(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            words = CERTIFICATES.get(cause.verify_code, cause.verify_message)
            return Trouble("certificate", words)
    for kind, trouble in TROUBLES:
        if any(isinstance(cause, kind) for cause in causes):
            return trouble
    return Trouble("not http", "the server does not speak HTTP")


TROUBLES: Final[tuple[tuple[type[Exception], Trouble], ...]] = (
    (socket.gaierror, Trouble("unknown host", "no server has this name")),
    (ConnectionRefusedError, Trouble("no connection", "no server listens there")),
    (ssl.SSLError, Trouble("no tls", "the server does not speak https")),
    (httpx.ConnectError, Trouble("no connection", "the server cannot be reached")),
    (httpx.NetworkError, Trouble("broken off", "the connection broke")),
    (httpx.RemoteProtocolError, Trouble("broken off", "the answer broke off, or is not HTTP")),
)


def _causes(error: BaseException | None) -> Iterable[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
