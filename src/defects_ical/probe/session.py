"""Request a feed as each calendar client does, once more, and conditionally."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import SplitResult

import httpx

from defects_ical.probe.clients import CLIENT_HEADERS, CLIENTS
from defects_ical.probe.fetch import Fetcher
from defects_ical.probe.responses import FetchError, Probe, Purpose, Response
from defects_ical.probe.urls import candidate_urls, parse_feed_url

UNKNOWN_ETAG: Final = '"matches-nothing"'
# The share of all the time that one request may take.
MAX_SHARE: Final = 0.4


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a probe goes; times are in seconds, sizes in bytes of one body.

    ``total`` is for everything together, ``request`` for a request with its redirects, ``robots``
    for that of robots.txt, ``connect`` for each connection. A response that takes longer than
    ``slow`` is reported. ``pause`` is between a response and the same request once more: in another
    second, timestamps of the current time differ.
    """

    total: float = 20
    request: float = 8
    robots: float = 5
    connect: float = 5
    slow: float = 5
    pause: float = 1.5
    max_bytes: int = 10_000_000
    max_redirects: int = 5


LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """Everything that was requested of a feed's URL, in order."""

    url: str
    probes: tuple[Probe, ...]
    limits: Limits

    def select(self, purpose: Purpose) -> tuple[Probe, ...]:
        """Return the probes for one purpose."""
        return tuple(probe for probe in self.probes if probe.purpose == purpose)

    @property
    def feeds(self) -> tuple[Probe, ...]:
        """The clients' own requests that brought a complete body."""
        return tuple(
            probe for probe in self.select("subscribe") if probe.response.ok and probe.response.body
        )


def ignore(_: str) -> None:
    """Ignore what is done next."""


def probe_feed(
    url: str,
    limits: Limits = LIMITS,
    trusted: ssl.SSLContext | None = None,
    *,
    on_request: Callable[[str], None] = ignore,
) -> ProbeResult:
    """Request a feed as each of CLIENTS does, once more, and by its validators.

    Requests only this URL, its redirects, and the robots.txt of its host: at most a dozen requests
    besides redirects, half as many again of a webcal URL, one at a time. ``trusted`` replaces the
    public certificate authorities. ``on_request`` is called with the client's name before each
    request. Raises InvalidFeedURLError unless it is an http, https or webcal URL.
    """
    feed_url = parse_feed_url(url)
    # The environment's proxies and certificates are ignored: importers have neither.
    client = httpx.Client(
        trust_env=False,
        verify=True if trusted is None else trusted,
        limits=httpx.Limits(max_keepalive_connections=0),
    )
    with client:
        fetcher = Fetcher(client, limits.max_bytes, limits.max_redirects, limits.connect)
        session = _Session(feed_url, limits, fetcher, time.monotonic() + limits.total, on_request)
        return ProbeResult(url, tuple(session.run()), limits)


@dataclass(frozen=True, slots=True)
class _Session:
    """The requests of one probe, which share a time budget: ``end`` is on the monotonic clock."""

    feed_url: SplitResult
    limits: Limits
    fetcher: Fetcher
    end: float
    on_request: Callable[[str], None]

    def run(self) -> Iterator[Probe]:
        fetched = []
        for client in CLIENTS:
            if client == "Thunderbird":
                yield from self._try_candidates(client, "head", self.feed_url)
            for probe in self._try_candidates(client, "subscribe", self.feed_url):
                yield probe
                if probe.purpose == "subscribe" and probe.response.ok:
                    fetched.append(probe)
        robots_url = self.feed_url._replace(path="/robots.txt", query="")
        yield from self._try_candidates("Google", "robots", robots_url)
        yield from self._repeat(fetched)
        for probe in fetched:
            if probe.client == "ICSx5":
                yield from self._revalidate(probe.response)

    def _try_candidates(
        self, client: str, purpose: Purpose, feed_url: SplitResult
    ) -> Iterator[Probe]:
        """Request the candidate URLs until one is there; yield the best response last.

        A feed's response over http is yielded as "webcal" if the one over https got further.
        """
        first, *others = candidate_urls(feed_url)
        best = self._probe(client, purpose, first)
        for url in others:
            if best.response.ok:
                break
            other = self._probe(client, purpose, url)
            if not other.response.ok and (best.response.heads or other.response.had_no_time):
                continue
            if purpose == "subscribe":
                yield replace(best, purpose="webcal")
            best = other
        yield best

    def _repeat(self, fetched: Sequence[Probe]) -> Iterator[Probe]:
        """Repeat the first request that brought a calendar, or else the first of all."""
        # A client that got a web page says nothing about the feed.
        for probe in sorted(fetched, key=lambda each: not each.response.is_calendar)[:1]:
            until = probe.response.finished + self.limits.pause
            if until < self.end:
                time.sleep(max(until - time.monotonic(), 0))
            yield self._probe(probe.client, "repeat", probe.response.url)

    def _revalidate(self, response: Response) -> Iterator[Probe]:
        """Send conditional requests with the validators of a response, and with an unknown one."""
        requests: tuple[tuple[Purpose, str, str | None], ...] = (
            ("if-none-match", "If-None-Match", response.header("etag")),
            ("if-modified-since", "If-Modified-Since", response.header("last-modified")),
            ("unknown etag", "If-None-Match", UNKNOWN_ETAG),
        )
        for purpose, header, value in requests:
            if value:
                yield self._probe("ICSx5", purpose, response.url, {header: value})

    def _probe(
        self, client: str, purpose: Purpose, url: str, headers: Mapping[str, str] | None = None
    ) -> Probe:
        """Send a request, in a part of the time so that there is time for others."""
        self.on_request(client)
        method = "HEAD" if purpose == "head" else "GET"
        headers = {**CLIENT_HEADERS[client], **(headers or {})}
        limit = self.limits.robots if purpose == "robots" else self.limits.request
        timeout = min(limit, self.limits.total * MAX_SHARE)
        remaining = self.end - time.monotonic()
        response = self.fetcher.fetch(method, url, headers, min(timeout, remaining))
        if remaining < timeout and response.error and response.error.kind == "timeout":
            # The last request is not to blame for the time of the others.
            error = FetchError("no time left", f"{self.limits.total:g} seconds were over")
            response = replace(response, error=error)
        return Probe(client, purpose, response)
