"""What requests bring, why they were sent, and why a response may be incomplete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Literal, TypeAlias

_ConditionalPurpose: TypeAlias = Literal["if-none-match", "if-modified-since", "unknown etag"]
Purpose: TypeAlias = Literal["subscribe", "webcal", "head", "robots", "repeat", _ConditionalPurpose]
"""Why a URL was requested: "subscribe" is a client's own request for the feed, "webcal" one that
got no feed over http before https was tried. Conditional requests are those of RFC 9110 §13."""

ServerErrorKind: TypeAlias = Literal["unknown host", "no connection", "certificate", "tls"]
"""Errors that every request to the same server would meet."""
RedirectErrorKind: TypeAlias = Literal["redirect loop", "too many redirects", "invalid redirect"]
_ResponseErrorKind: TypeAlias = Literal["no response", "incomplete response", "not http"]
FetchErrorKind: TypeAlias = Literal[
    "invalid url", ServerErrorKind, _ResponseErrorKind, RedirectErrorKind, "timeout", "no time left"
]
"""What went wrong. "timeout" means that the request took too long, "no time left" that earlier
requests did."""

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class FetchError:
    """Why a response is not complete; ``message`` follows a colon, without a full stop."""

    kind: FetchErrorKind
    message: str


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """Status and headers of one response; header names are in lower case."""

    url: str
    status: int
    headers: Mapping[str, str]

    @property
    def location(self) -> str | None:
        """The Location of a redirect (RFC 9110 §15.4)."""
        return self.headers.get("location") if self.status in _REDIRECTS else None


@dataclass(frozen=True, slots=True)
class Response:
    """What a request brought: the head of every response until the last, whose body is ``body``.

    The body is ``decoded`` from its Content-Encoding unless that failed, and ``truncated`` at the
    size limit. ``error`` says why it is incomplete, or missing. ``started`` and ``finished`` are
    times of the monotonic clock, in seconds.
    """

    url: str
    heads: tuple[ResponseHead, ...] = ()
    body: bytes = b""
    truncated: bool = False
    decoded: bool = True
    error: FetchError | None = None
    started: float = 0
    finished: float = 0

    @property
    def seconds(self) -> float:
        """How long it all took."""
        return self.finished - self.started

    @property
    def status(self) -> int:
        """The last response's status; 0 if there was no complete response."""
        return self.heads[-1].status if self.heads and not self.error else 0

    @property
    def ok(self) -> bool:
        """Whether it ended in a complete response with status 200."""
        return self.status == HTTPStatus.OK

    def header(self, name: str) -> str | None:
        """Return the last response's header of this name (in lower case)."""
        return self.heads[-1].headers.get(name) if self.heads else None

    @property
    def encoding(self) -> str:
        """The last response's Content-Encoding in lower case, without `identity`; may be empty."""
        codings = (self.header("content-encoding") or "").lower().split(",")
        return ", ".join(each.strip() for each in codings if each.strip() not in {"", "identity"})

    @property
    def is_calendar(self) -> bool:
        """Whether the body begins as a calendar does."""
        beginning = self.body[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()
        return beginning.upper().startswith(b"BEGIN:VCALENDAR")

    @property
    def had_no_time(self) -> bool:
        """Whether earlier requests had used up the time."""
        return self.error is not None and self.error.kind == "no time left"


@dataclass(frozen=True, slots=True)
class Probe:
    """A request as a calendar client sends it, and its response."""

    client: str
    purpose: Purpose
    response: Response
